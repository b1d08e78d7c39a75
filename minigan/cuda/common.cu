// What stands in front of every .cu file. `real` is float or double, by -D real=….
//
// Kernels are one-dimensional: n threads, each with its own i, and no thread reads what another
// one writes. So their order does not matter, and a processor of any kind gives the same numbers.

typedef long long integer;

// The number of this thread; a thread beyond n, which fills up the last block, has nothing to do.
#define THREAD(i, n)                                                        \
    const integer i = blockIdx.x * (integer)blockDim.x + threadIdx.x;       \
    if (i >= n) return;
