// unfold and fold of minigan/patches.py, one launch each.
//
// A row of a patch is kw·c numbers that lie side by side in the image as well, and threads are
// numbered along it. The pads may be negative where the stride is 1: the window then leaves pixels
// out.

struct Window {
    integer h, w, c;        // of an image
    integer rows, columns;  // positions
    integer kh, kw;         // kernel
    integer down, right;    // stride
    integer top, left;      // pads
};

// n = m·rows·columns·kw·c threads: each walks down the kernel's rows, at its place in them.
extern "C" __global__ void unfold(integer n, real *__restrict__ p, const real *__restrict__ x,
                                  Window s) {
    THREAD(t, n)
    const integer length = s.kw * s.c, position = t / length, k = t % length;
    const integer q = position % s.columns, r = position / s.columns % s.rows;
    const integer image = position / s.columns / s.rows;
    const integer place = (q * s.right - s.left) * s.c + k;  // in a row of the image
    const bool inside = 0 <= place && place < s.w * s.c;
    for (integer i = 0; i < s.kh; ++i) {
        const integer row = r * s.down + i - s.top;
        const bool seen = inside && 0 <= row && row < s.h;
        p[(position * s.kh + i) * length + k] =
            seen ? x[(image * s.h + row) * s.w * s.c + place] : real(0);
    }
}

// The first and the last position that see a place of the padded image, of the n that there are:
// those with 0 ≤ place - position·stride < kernel.
__device__ integer first_seeing(integer place, integer kernel, integer stride) {
    return place < kernel ? 0 : (place - kernel) / stride + 1;
}
__device__ integer last_seeing(integer place, integer n, integer stride) {
    return min(place / stride, n - 1);
}

// n = m·h·w·c threads: each sums what is painted into its number of the image. Tap (i, j) of
// position (r, q) paints pixel (r·down + i - top, q·right + j - left). From the last position to the
// first is from the first tap to the last: the plain loop's order.
extern "C" __global__ void fold(integer n, real *__restrict__ x, const real *__restrict__ p,
                                Window s) {
    THREAD(t, n)
    const integer k = t % s.c, pixel = t / s.c, image = pixel / s.w / s.h;
    const integer row = pixel / s.w % s.h + s.top, column = pixel % s.w + s.left;  // padded
    const integer top = first_seeing(row, s.kh, s.down), bottom = last_seeing(row, s.rows, s.down);
    const integer left = first_seeing(column, s.kw, s.right);
    const integer right = last_seeing(column, s.columns, s.right);
    real sum = 0;
    for (integer r = bottom; r >= top; --r)
        for (integer q = right; q >= left; --q) {
            const integer i = row - r * s.down, j = column - q * s.right;
            const integer position = (image * s.rows + r) * s.columns + q;
            sum += p[((position * s.kh + i) * s.kw + j) * s.c + k];
        }
    x[t] = sum;
}
