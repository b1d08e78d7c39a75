// Thread i sums every n-th number, from the i-th on. Where n is a multiple of the number of channels
// these are numbers of one channel, and neighbouring threads read neighbouring numbers.

extern "C" __global__ void sum_strips(integer n, real *sums, const real *x, integer size) {
    THREAD(i, n)
    sums[i] = sum_of(i, n, size, x);
}
