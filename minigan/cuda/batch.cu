// A batch from the data that lie on the GPU: data/scaling.py and, with labels, conditional.py.

// Number i of y (m, height, width, c). Image k of the batch is image index[k] of x (…, h, w, c); it
// stands above and left so many rows and columns from the border.
template <typename Pixel>
__device__ real scaled(integer i, const Pixel *x, const integer *index, integer h, integer w,
                       integer c, integer height, integer width, integer above, integer left,
                       real top, real range, real low, real border) {
    const integer channel = i % c, column = i / c % width - left;
    const integer row = i / c / width % height - above, k = i / c / width / height;
    if (row < 0 || row >= h || column < 0 || column >= w) return border;
    return real(x[((index[k] * h + row) * w + column) * c + channel]) / top * range + low;
}

extern "C" __global__ void images_of_bytes(integer n, real *y, const unsigned char *x,
                                           const integer *index, integer h, integer w, integer c,
                                           integer height, integer width, integer above,
                                           integer left, real top, real range, real low,
                                           real border) {
    THREAD(i, n)
    y[i] = scaled(i, x, index, h, w, c, height, width, above, left, top, range, low, border);
}

extern "C" __global__ void images_of_floats(integer n, real *y, const float *x,
                                            const integer *index, integer h, integer w, integer c,
                                            integer height, integer width, integer above,
                                            integer left, real top, real range, real low,
                                            real border) {
    THREAD(i, n)
    y[i] = scaled(i, x, index, h, w, c, height, width, above, left, top, range, low, border);
}

// y (m, d + classes): row k of x (m, d), and behind it a 1 in column columns[index[k]].
extern "C" __global__ void labelled(integer n, real *y, const real *x, const integer *columns,
                                    const integer *index, integer d, integer classes) {
    THREAD(i, n)
    const integer k = i / (d + classes), j = i % (d + classes);
    y[i] = j < d ? x[k * d + j] : real(columns[index[k]] == j - d);
}
