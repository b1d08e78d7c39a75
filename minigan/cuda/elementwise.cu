// Formulas of activations.py, dropout.py and objectives.py, one launch each: y[i] from the i-th
// numbers of the arrays.

extern "C" __global__ void relu(integer n, real *y, const real *x) {
    THREAD(i, n)
    y[i] = activated(RELU, x[i], 0);
}

extern "C" __global__ void relu_backward(integer n, real *dx, const real *dy, const real *y) {
    THREAD(i, n)
    dx[i] = pulled_back(RELU, dy[i], y[i], 0);
}

extern "C" __global__ void leaky_relu(integer n, real *y, const real *x, real alpha) {
    THREAD(i, n)
    y[i] = activated(LEAKY_RELU, x[i], alpha);
}

extern "C" __global__ void leaky_relu_backward(integer n, real *dx, const real *dy, const real *y,
                                               real alpha) {
    THREAD(i, n)
    dx[i] = pulled_back(LEAKY_RELU, dy[i], y[i], alpha);
}

extern "C" __global__ void sigmoid(integer n, real *y, const real *x) {
    THREAD(i, n)
    y[i] = activated(SIGMOID, x[i], 0);
}

extern "C" __global__ void sigmoid_backward(integer n, real *dx, const real *dy, const real *x) {
    THREAD(i, n)
    dx[i] = pulled_back(SIGMOID, dy[i], x[i], 0);
}

extern "C" __global__ void hyperbolic_tangent(integer n, real *y, const real *x) {
    THREAD(i, n)
    y[i] = activated(TANH, x[i], 0);
}

extern "C" __global__ void tanh_backward(integer n, real *dx, const real *dy, const real *y) {
    THREAD(i, n)
    dx[i] = pulled_back(TANH, dy[i], y[i], 0);
}

// Of logits, in double precision and rounded once: see `widened` in activations.py.

extern "C" __global__ void softplus(integer n, real *y, const real *a) {
    THREAD(i, n)
    const double wide = a[i];
    y[i] = real((wide < 0 ? 0.0 : wide) + log1p(exp(-abs(wide))));
}

extern "C" __global__ void precise_sigmoid(integer n, real *y, const real *a) {
    THREAD(i, n)
    y[i] = real(sigmoid_of(double(a[i])));
}

extern "C" __global__ void value_slope_on_data(integer n, real *da, const real *a, double smooth,
                                               double rest, real m) {
    THREAD(i, n)
    const double wide = a[i];
    da[i] = real((smooth * sigmoid_of(-wide) - rest * sigmoid_of(wide)) / double(m));
}

extern "C" __global__ void minimax_slope(integer n, real *da, const real *a, real m) {
    THREAD(i, n)
    da[i] = real(-sigmoid_of(double(a[i])) / double(m));
}

extern "C" __global__ void non_saturating_slope(integer n, real *da, const real *a, real m) {
    THREAD(i, n)
    da[i] = real(-sigmoid_of(-double(a[i])) / double(m));
}

extern "C" __global__ void dropout(integer n, real *y, const real *x, const bool *mask, real scale) {
    THREAD(i, n)
    y[i] = x[i] * real(mask[i]) * scale;
}
