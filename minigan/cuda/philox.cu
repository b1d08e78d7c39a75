// Random numbers, a block of four words for each thread: draws.py says which entry is which number.
// A block's counter is `counter` + what stands at `more` + its own number: an ordinary draw knows
// the counter (and *more is 0), a step that was recorded finds it in memory (and counter is 0).

struct Words { unsigned int x0, x1, x2, x3; };
struct Pair { double first, second; };

__device__ Words philox(unsigned long long counter, unsigned long long key) {
    unsigned int c0 = (unsigned int)counter, c1 = (unsigned int)(counter >> 32), c2 = 0, c3 = 0;
    unsigned int k0 = (unsigned int)key, k1 = (unsigned int)(key >> 32);
    for (int round = 0; round < 10; ++round) {
        const unsigned long long p0 = 0xD2511F53ull * c0, p1 = 0xCD9E8D57ull * c2;
        const unsigned int hi0 = (unsigned int)(p0 >> 32), hi1 = (unsigned int)(p1 >> 32);
        c0 = hi1 ^ c1 ^ k0;
        c1 = (unsigned int)p1;
        c2 = hi0 ^ c3 ^ k1;
        c3 = (unsigned int)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return Words{c0, c1, c2, c3};
}

__device__ unsigned long long long_of(unsigned int high, unsigned int low) {
    return (unsigned long long)(high >> 5) << 26 | low >> 6;  // 53 bits
}

__device__ double log_of(double x) {
    int e;
    double m = frexp(x, &e);
    if (m < 0.7071067811865476) {
        m = 2.0 * m;
        e = e - 1;
    }
    const double s = (m - 1.0) / (m + 1.0), square = s * s;
    double series = 0.0;
    for (int i = 21; i > 0; i -= 2) series = 1.0 / i + square * series;
    return e * 0.6931471805599453 + 2.0 * s * series;
}

__device__ Pair on_the_circle(unsigned long long k, int bits, double scale) {
    const unsigned long long q = k >> (bits - 2), rest = k & ((1ull << (bits - 2)) - 1);
    const double a = (double(rest) * scale - 0.5) * (3.141592653589793 / 2), square = a * a;
    double cos_a = 1.0, sin_a = 1.0;
    for (int i = 16; i > 0; i -= 2) cos_a = 1.0 - square * (1.0 / (i * (i - 1))) * cos_a;
    for (int i = 15; i > 1; i -= 2) sin_a = 1.0 - square * (1.0 / (i * (i - 1))) * sin_a;
    sin_a = a * sin_a;
    const double c = q & 1 ? -sin_a : cos_a, s = q & 1 ? cos_a : sin_a;
    return q >= 2 ? Pair{-c, -s} : Pair{c, s};
}

// Two independent numbers from N(0, 1); k and place have so many bits.
__device__ Pair box_muller(unsigned long long k, unsigned long long place, int bits) {
    const double unit = 1.0 / (1ull << bits);
    const double r = sqrt(-2.0 * log_of(double(k + 1) * unit));
    const Pair z = on_the_circle(place, bits, 4.0 * unit);
    return Pair{r * z.first, r * z.second};
}

extern "C" __global__ void uniform(integer n, real *y, integer size, unsigned long long key,
                                   unsigned long long counter, const unsigned long long *more,
                                   real low, real width) {
    THREAD(i, n)
    const Words w = philox(counter + *more + i, key);
    if (sizeof(real) == 4) {
        const unsigned int x[4] = {w.x0, w.x1, w.x2, w.x3};
        for (int j = 0; j < 4 && j * n + i < size; ++j)
            y[j * n + i] = real(x[j] >> 8) * real(1.0 / (1 << 24)) * width + low;
    } else {
        const unsigned long long x[2] = {long_of(w.x0, w.x1), long_of(w.x2, w.x3)};
        for (int j = 0; j < 2 && j * n + i < size; ++j)
            y[j * n + i] = real(x[j]) * real(1.0 / (1ull << 53)) * width + low;
    }
}

extern "C" __global__ void normal(integer n, real *y, integer size, unsigned long long key,
                                  unsigned long long counter, const unsigned long long *more,
                                  real sigma) {
    THREAD(i, n)
    const Words w = philox(counter + *more + i, key);
    if (sizeof(real) == 4) {
        const Pair a = box_muller(w.x0, w.x1, 32), b = box_muller(w.x2, w.x3, 32);
        const double z[4] = {a.first, a.second, b.first, b.second};
        for (int j = 0; j < 4 && j * n + i < size; ++j) y[j * n + i] = real(z[j]) * sigma;
    } else {
        const Pair a = box_muller(long_of(w.x0, w.x1), long_of(w.x2, w.x3), 53);
        const double z[2] = {a.first, a.second};
        for (int j = 0; j < 2 && j * n + i < size; ++j) y[j * n + i] = real(z[j]) * sigma;
    }
}

extern "C" __global__ void mask(integer n, bool *y, integer size, unsigned long long key,
                                unsigned long long counter, const unsigned long long *more,
                                integer below) {
    THREAD(i, n)
    const Words w = philox(counter + *more + i, key);
    const unsigned int x[4] = {w.x0, w.x1, w.x2, w.x3};
    for (int j = 0; j < 8 && j * n + i < size; ++j)
        y[j * n + i] = (x[j / 2] >> (j % 2 * 16) & 0xFFFF) < below;
}

extern "C" __global__ void integers(integer n, unsigned long long *y, integer size,
                                    unsigned long long key, unsigned long long counter,
                                    const unsigned long long *more) {
    THREAD(i, n)
    const Words w = philox(counter + *more + i, key);
    y[i] = (unsigned long long)w.x0 << 32 | w.x1;
    if (n + i < size) y[n + i] = (unsigned long long)w.x2 << 32 | w.x3;
}
