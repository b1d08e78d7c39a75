// Formulas of activations.py and dropout.py, one launch each: y[i] from the i-th numbers of the
// arrays. A NaN stays one, as in NumPy's maximum.

__device__ real sigmoid_of(real a) { return exp(min(a, real(0))) / (1 + exp(-abs(a))); }

extern "C" __global__ void relu(integer n, real *y, const real *x) {
    THREAD(i, n)
    y[i] = x[i] < 0 ? real(0) : x[i];
}

extern "C" __global__ void relu_backward(integer n, real *dx, const real *dy, const real *y) {
    THREAD(i, n)
    dx[i] = dy[i] * real(y[i] > 0);
}

extern "C" __global__ void leaky_relu(integer n, real *y, const real *x, real alpha) {
    THREAD(i, n)
    y[i] = x[i] > 0 ? x[i] : alpha * x[i];
}

extern "C" __global__ void leaky_relu_backward(integer n, real *dx, const real *dy, const real *x,
                                               real alpha) {
    THREAD(i, n)
    dx[i] = dy[i] * (x[i] > 0 ? real(1) : alpha);
}

extern "C" __global__ void sigmoid(integer n, real *y, const real *x) {
    THREAD(i, n)
    y[i] = sigmoid_of(x[i]);
}

extern "C" __global__ void sigmoid_backward(integer n, real *dx, const real *dy, const real *x) {
    THREAD(i, n)
    dx[i] = dy[i] * sigmoid_of(x[i]) * sigmoid_of(-x[i]);
}

extern "C" __global__ void hyperbolic_tangent(integer n, real *y, const real *x) {
    THREAD(i, n)
    y[i] = tanh(x[i]);
}

extern "C" __global__ void tanh_backward(integer n, real *dx, const real *dy, const real *y) {
    THREAD(i, n)
    dx[i] = dy[i] * (1 - y[i] * y[i]);
}

extern "C" __global__ void dropout(integer n, real *y, const real *x, const bool *mask, real scale) {
    THREAD(i, n)
    y[i] = x[i] * real(mask[i]) * scale;
}
