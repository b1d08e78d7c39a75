// upsampling.py's and upsampled.py's arrays whose pixels come in blocks of down·right.
//
// y (m, height, width, c) consists of rows·columns blocks, of which the last may stand out of it.
// There are n = m·rows·columns·c threads: each has one channel of one block.

struct Blocks {
    integer rows, columns, down, right, height, width, c;
};

// The block of thread t: its channel k, its place (row, column) in an image of y, and the pixel of
// y, counted through all images, where it begins.
#define BLOCK(t, s)                                                                \
    const integer k = t % s.c, block = t / s.c;                                    \
    const integer column = block % s.columns * s.right;                            \
    const integer row = block / s.columns % s.rows * s.down;                       \
    const integer image = block / s.columns / s.rows;                              \
    const integer first = (image * s.height + row) * s.width + column;

// Walk through the block, row by row: at[i, j] is y's number, side its place where a block's pixels
// lie side by side, as (m, rows, columns, down, right, c).
#define EACH_PIXEL(i, j, s)                     \
    for (integer i = 0; i < s.down; ++i)        \
        for (integer j = 0; j < s.right; ++j)
#define IN_Y(i, j, s) ((first + i * s.width + j) * s.c + k)
#define SIDE_BY_SIDE(i, j, s) (((block * s.down + i) * s.right + j) * s.c + k)
#define INSIDE(i, j, s) (row + i < s.height && column + j < s.width)

// y's pixels are copies of their block's one in x (m, rows, columns, c).
extern "C" __global__ void repeat(integer n, real *y, const real *x, Blocks s) {
    THREAD(t, n)
    BLOCK(t, s)
    EACH_PIXEL(i, j, s) y[IN_Y(i, j, s)] = x[t];
}

extern "C" __global__ void block_sums(integer n, real *dx, const real *dy, Blocks s) {
    THREAD(t, n)
    BLOCK(t, s)
    real sum = 0;
    EACH_PIXEL(i, j, s) sum += dy[IN_Y(i, j, s)];
    dx[t] = sum;
}

// From d (m, rows, columns, down·right·c), each block's pixels side by side, to y; and back, with 0
// for what stands out of y.
extern "C" __global__ void interleave(integer n, real *y, const real *d, Blocks s) {
    THREAD(t, n)
    BLOCK(t, s)
    EACH_PIXEL(i, j, s)
        if (INSIDE(i, j, s)) y[IN_Y(i, j, s)] = d[SIDE_BY_SIDE(i, j, s)];
}

extern "C" __global__ void side_by_side(integer n, real *d, const real *y, Blocks s) {
    THREAD(t, n)
    BLOCK(t, s)
    EACH_PIXEL(i, j, s)
        d[SIDE_BY_SIDE(i, j, s)] = INSIDE(i, j, s) ? y[IN_Y(i, j, s)] : real(0);
}
