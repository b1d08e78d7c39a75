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
extern "C" __global__ void unfold(integer n, real *p, const real *x, Window s) {
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

// n = m·h·w·c threads: each sums what the taps (i, j) paint into its number of the image, in the
// taps' order. Tap (i, j) of position (r, q) paints pixel (r·down + i - top, q·right + j - left).
extern "C" __global__ void fold(integer n, real *x, const real *p, Window s) {
    THREAD(t, n)
    const integer k = t % s.c, pixel = t / s.c;
    const integer image = pixel / s.w / s.h;
    const integer row = pixel / s.w % s.h + s.top, column = pixel % s.w + s.left;  // padded
    real sum = 0;
    for (integer i = row % s.down, r = row / s.down; i < s.kh && r >= 0; i += s.down, --r)
        for (integer j = column % s.right, q = column / s.right; j < s.kw && q >= 0;
             j += s.right, --q)
            if (r < s.rows && q < s.columns) {
                const integer position = (image * s.rows + r) * s.columns + q;
                sum += p[((position * s.kh + i) * s.kw + j) * s.c + k];
            }
    x[t] = sum;
}
