// What stands in front of every .cu file. `real` is float or double, by -D real=….
//
// Kernels are one-dimensional: n threads, each with its own i, and no thread reads what another
// one writes. So their order does not matter, and a processor of any kind gives the same numbers.

typedef long long integer;

// The number of this thread; a thread beyond n, which fills up the last block, has nothing to do.
#define THREAD(i, n)                                                        \
    const integer i = blockIdx.x * (integer)blockDim.x + threadIdx.x;       \
    if (i >= n) return;

// Call use(j, load(j)) for j = first, first + step, … below end, in this order. A thread that waits
// for memory after each number takes long over a few hundred: it loads sixteen, then uses them.
template <class Load, class Use>
__device__ void walk(integer first, integer step, integer end, Load load, Use use) {
    integer j = first;
    for (; j + 15 * step < end; j += 16 * step) {
        decltype(load(j)) loaded[16];
        for (int k = 0; k < 16; ++k) loaded[k] = load(j + k * step);
        for (int k = 0; k < 16; ++k) use(j + k * step, loaded[k]);
    }
    for (; j < end; j += step) use(j, load(j));
}

// Σ x[j] for the same j.
__device__ real sum_of(integer first, integer step, integer end, const real *x) {
    real sum = 0;
    walk(
        first, step, end, [&](integer j) { return x[j]; },
        [&](integer, real number) { sum += number; });
    return sum;
}

// Activations, by number: y = φ(x), and dx = dy φ'(x). The slope is taken from what the layer's
// forward keeps, x for SIGMOID and y for the others. A NaN stays one, as in NumPy's maximum.
enum { NONE, RELU, LEAKY_RELU, SIGMOID, TANH };

template <class Float>
__device__ Float sigmoid_of(Float a) {
    return exp(min(a, Float(0))) / (1 + exp(-abs(a)));
}

__device__ real activated(integer kind, real x, real alpha) {
    if (kind == RELU) return x < 0 ? real(0) : x;
    if (kind == LEAKY_RELU) return x > 0 ? x : alpha * x;
    if (kind == SIGMOID) return sigmoid_of(x);
    if (kind == TANH) return tanh(x);
    return x;
}

__device__ real pulled_back(integer kind, real dy, real kept, real alpha) {
    if (kind == RELU) return dy * real(kept > 0);
    if (kind == LEAKY_RELU) return dy * (kept > 0 ? real(1) : alpha);
    if (kind == SIGMOID) return dy * sigmoid_of(kept) * sigmoid_of(-kept);
    if (kind == TANH) return dy * (1 - kept * kept);
    return dy;
}
