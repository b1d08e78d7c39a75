// What follows the product of a layer: its bias and the activation, for z (rows, c). Threads stay
// with one channel, i mod c, as in channel_sums.cu.

// z ← z + b, kept where it is an array of its own, and y = φ(z).
extern "C" __global__ void add_bias_and_activate(integer n, real *y, real *z, const real *b,
                                                 integer size, integer c, integer kind,
                                                 real alpha) {
    THREAD(i, n)
    const real bias = b[i % c];
    for (integer j = i; j < size; j += n) {
        const real sum = z[j] + bias;
        if (z != y) z[j] = sum;
        y[j] = activated(kind, sum, alpha);
    }
}

struct Entry {
    real dy, kept;
};

// dz = dy φ', and its sum over a strip: all of db where there is one strip.
extern "C" __global__ void pull_back_and_sum(integer n, real *dz, real *sums, const real *dy,
                                             const real *kept, integer size, integer kind,
                                             real alpha) {
    THREAD(i, n)
    real sum = 0;
    walk(
        i, n, size, [&](integer j) { return Entry{dy[j], kept[j]}; },
        [&](integer j, Entry at) {
            const real d = pulled_back(kind, at.dy, at.kept, alpha);
            dz[j] = d;
            sum += d;
        });
    sums[i] = sum;
}
