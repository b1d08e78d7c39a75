// batchnorm.py's formulas, and the activation that follows, for x (rows, c). Where n is a multiple
// of c a thread stays with one channel, i mod c, as in channel_sums.cu. Two sums of a strip stand in
// one row of 2c numbers, so that rows of strips can be added up by sum_strips.

// Both sums of channel i, from those of the strips: `size` numbers.
__device__ void add_strips(integer i, integer c, integer size, const real *sums, real &first,
                           real &second) {
    first = sum_of(i, 2 * c, size, sums);
    second = sum_of(c + i, 2 * c, size, sums);
}

// The numbers of a channel stand in columns, (5, c): mean, rest, s, scale, shift.
__device__ void put_together(integer i, integer c, real *numbers, real mean, real rest, real var,
                             real gamma, real beta, real eps) {
    const real s = sqrt(var + eps), scale = gamma / s;
    numbers[i] = mean;
    numbers[c + i] = rest;
    numbers[2 * c + i] = s;
    numbers[3 * c + i] = scale;
    numbers[4 * c + i] = beta - scale * rest;
}

// From Σ (x - mean) and Σ (x - mean)² to these numbers and the running averages.
__device__ void end_statistics(integer i, integer c, real *numbers, real *running_mean,
                               real *running_var, real mean, real sum, real square, real rows,
                               real gamma, real beta, real decay, real fresh, real eps) {
    const real rest = sum / rows, difference = square / rows - rest * rest;
    const real var = difference < 0 ? real(0) : difference;
    running_mean[i] = running_mean[i] * decay + fresh * (mean + rest);
    running_var[i] = running_var[i] * decay + fresh * var;
    put_together(i, c, numbers, mean, rest, var, gamma, beta, eps);
}

// From Σ dy and Σ dy (x - mean) to a channel's numbers in backward: dγ, dβ, scale, slope, shift.
__device__ void end_gradients(integer i, integer c, real *numbers, real sum_dy, real sum_dy_x,
                              real rest_in_training, real s, real gamma, real rows,
                              integer train) {
    const real rest = train ? rest_in_training : real(0);
    const real sum_dy_x_hat = (sum_dy_x - rest * sum_dy) / s, scale = gamma / s;
    const real slope = train ? scale * sum_dy_x_hat / (rows * s) : real(0);
    numbers[i] = sum_dy_x_hat;
    numbers[c + i] = sum_dy;
    numbers[2 * c + i] = scale;
    numbers[3 * c + i] = slope;
    numbers[4 * c + i] = train ? scale * sum_dy / rows - slope * rest : real(0);
}

// --- forward ---------------------------------------------------------------------------------

// Σ (x - mean) and Σ (x - mean)² over every step-th number from the i-th on.
__device__ void moments(integer i, integer step, integer size, const real *x, real mean, real &sum,
                        real &square) {
    sum = square = 0;
    walk(
        i, step, size, [&](integer j) { return x[j] - mean; },
        [&](integer, real centred) {
            sum += centred;
            square += centred * centred;
        });
}

extern "C" __global__ void moment_strips(integer n, real *sums, const real *x, const real *sum_x,
                                         integer size, integer c, real rows) {
    THREAD(i, n)
    const integer channel = i % c, strip = i / c;
    real sum, square;
    moments(i, n, size, x, sum_x[channel] / rows, sum, square);
    sums[2 * c * strip + channel] = sum;
    sums[2 * c * strip + c + channel] = square;
}

extern "C" __global__ void statistics_of_strips(integer n, real *numbers, real *running_mean,
                                                real *running_var, const real *sum_x,
                                                const real *sums, integer size,
                                                const real *gamma, const real *beta, real rows,
                                                real decay, real fresh, real eps) {
    THREAD(i, n)
    real sum, square;
    add_strips(i, n, size, sums, sum, square);
    end_statistics(i, n, numbers, running_mean, running_var, sum_x[i] / rows, sum, square, rows,
                   gamma[i], beta[i], decay, fresh, eps);
}

extern "C" __global__ void statistics_of_few(integer n, real *numbers, real *running_mean,
                                             real *running_var, const real *x, integer size,
                                             const real *gamma, const real *beta, real rows,
                                             real decay, real fresh, real eps) {
    THREAD(i, n)
    const real mean = sum_of(i, n, size, x) / rows;
    real sum, square;
    moments(i, n, size, x, mean, sum, square);
    end_statistics(i, n, numbers, running_mean, running_var, mean, sum, square, rows, gamma[i],
                   beta[i], decay, fresh, eps);
}

extern "C" __global__ void running_statistics(integer n, real *numbers, const real *running_mean,
                                              const real *running_var, const real *gamma,
                                              const real *beta, real eps) {
    THREAD(i, n)
    put_together(i, n, numbers, running_mean[i], 0, running_var[i], gamma[i], beta[i], eps);
}

// z = γ x̂ + β, kept where it is an array of its own, and y = φ(z).
extern "C" __global__ void normalise(integer n, real *y, real *z, const real *x,
                                     const real *numbers, integer size, integer c, integer kind,
                                     real alpha) {
    THREAD(i, n)
    const integer channel = i % c;
    const real mean = numbers[channel];
    const real scale = numbers[3 * c + channel], shift = numbers[4 * c + channel];
    for (integer j = i; j < size; j += n) {
        const real normalised = (x[j] - mean) * scale + shift;
        if (z != y) z[j] = normalised;
        y[j] = activated(kind, normalised, alpha);
    }
}

// --- backward --------------------------------------------------------------------------------

struct Entry {
    real dy, kept, centred;
};

// Σ dz and Σ dz (x - mean) over every step-th number from the i-th on, where dz = dy φ'.
__device__ void products(integer i, integer step, integer size, const real *dy, const real *kept,
                         const real *x, real mean, integer kind, real alpha, real &sum,
                         real &product) {
    sum = product = 0;
    walk(
        i, step, size, [&](integer j) { return Entry{dy[j], kept[j], x[j] - mean}; },
        [&](integer, Entry at) {
            const real dz = pulled_back(kind, at.dy, at.kept, alpha);
            sum += dz;
            product += dz * at.centred;
        });
}

extern "C" __global__ void gradient_strips(integer n, real *sums, const real *dy, const real *kept,
                                           const real *x, const real *mean, integer size, integer c,
                                           integer kind, real alpha) {
    THREAD(i, n)
    const integer channel = i % c, strip = i / c;
    real sum, product;
    products(i, n, size, dy, kept, x, mean[channel], kind, alpha, sum, product);
    sums[2 * c * strip + channel] = sum;
    sums[2 * c * strip + c + channel] = product;
}

extern "C" __global__ void gradients_of_strips(integer n, real *numbers, const real *sums,
                                               integer size, const real *rest, const real *s,
                                               const real *gamma, real rows, integer train) {
    THREAD(i, n)
    real sum, product;
    add_strips(i, n, size, sums, sum, product);
    end_gradients(i, n, numbers, sum, product, rest[i], s[i], gamma[i], rows, train);
}

extern "C" __global__ void gradients_of_few(integer n, real *numbers, const real *dy,
                                            const real *kept, const real *x, const real *mean,
                                            integer size, integer kind, real alpha,
                                            const real *rest, const real *s, const real *gamma,
                                            real rows, integer train) {
    THREAD(i, n)
    real sum, product;
    products(i, n, size, dy, kept, x, mean[i], kind, alpha, sum, product);
    end_gradients(i, n, numbers, sum, product, rest[i], s[i], gamma[i], rows, train);
}

extern "C" __global__ void normalise_backward(integer n, real *dx, const real *dy, const real *kept,
                                              const real *x, const real *mean, const real *numbers,
                                              integer size, integer c, integer kind, real alpha) {
    THREAD(i, n)
    const integer channel = i % c;
    const real centre = mean[channel], scale = numbers[2 * c + channel];
    const real slope = numbers[3 * c + channel], shift = numbers[4 * c + channel];
    for (integer j = i; j < size; j += n) {
        const real dz = pulled_back(kind, dy[j], kept[j], alpha);
        dx[j] = dz * scale - (x[j] - centre) * slope - shift;
    }
}
