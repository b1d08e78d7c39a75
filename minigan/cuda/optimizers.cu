// All parameters of a network in one launch: the steps of optimizers.py, and the sum of two
// gradients. Thread i has element i of all the parameters, which are counted through one after the
// other.

const int MOST = 64;  // parameters in one launch: the arguments of a kernel have 4096 bytes at most

// Where the arrays lie, and the numbers that every step takes.
struct Table {
    real *theta[MOST];
    const real *g[MOST];
    real *m[MOST];  // the first array of state
    real *v[MOST];  // the second one
    integer end[MOST];  // parameter p has the elements end[p - 1] … end[p] - 1
    const real *fed;  // where the rates lie, or nowhere: then they are these
    real rates[2];
    real sign, l1, twice_l2;
    bool penalised[MOST];
    int count;  // of parameters
};

__device__ real rate(const Table &table, int k) {
    return table.fed ? table.fed[k] : table.rates[k];
}

// The parameter that has element i: the first one that ends behind it.
__device__ int owner(const Table &table, integer i) {
    int low = 0, high = table.count - 1;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (i < table.end[middle]) high = middle;
        else low = middle + 1;
    }
    return low;
}

// Element i as one of parameter p: element j there.
#define ELEMENT(p, j, table, i)           \
    const int p = owner(table, i);        \
    const integer j = i - (p ? table.end[p - 1] : 0);

// sign(0) = 0, and a NaN stays one.
__device__ real sign_of(real w) {
    return w > 0 ? real(1) : w < 0 ? real(-1) : w == 0 ? real(0) : w;
}

// g, and where the parameter is penalised g ∓ ∂R/∂θ: R goes downhill whichever way g goes.
__device__ real gradient(const Table &table, int p, integer j) {
    const real g = table.g[p][j], w = table.theta[p][j];
    if (!table.penalised[p]) return g;
    return g - table.sign * (table.l1 * sign_of(w) + table.twice_l2 * w);
}

extern "C" __global__ void sgd(integer n, Table table) {
    THREAD(i, n)
    ELEMENT(p, j, table, i)
    const real g = gradient(table, p, j), alpha = rate(table, 0);
    table.theta[p][j] += (table.sign * alpha) * g;
}

extern "C" __global__ void momentum(integer n, Table table) {
    THREAD(i, n)
    ELEMENT(p, j, table, i)
    const real g = gradient(table, p, j), alpha = rate(table, 0), mu = rate(table, 1);
    const real v = mu * table.m[p][j] + (table.sign * alpha) * g;
    table.m[p][j] = v;
    table.theta[p][j] += v;
}

extern "C" __global__ void rmsprop(integer n, Table table, real decay, real rest, real eps) {
    THREAD(i, n)
    ELEMENT(p, j, table, i)
    const real g = gradient(table, p, j), alpha = rate(table, 0);
    const real r = decay * table.m[p][j] + rest * (g * g);
    table.m[p][j] = r;
    table.theta[p][j] += (table.sign * alpha) * g / (sqrt(r) + eps);
}

extern "C" __global__ void adam(integer n, Table table, real beta1, real rest1, real beta2,
                                real rest2) {
    THREAD(i, n)
    ELEMENT(p, j, table, i)
    const real g = gradient(table, p, j), alpha = rate(table, 0), eps = rate(table, 1);
    const real m = beta1 * table.m[p][j] + (table.sign * rest1) * g;
    const real v = beta2 * table.v[p][j] + rest2 * (g * g);
    table.m[p][j] = m;
    table.v[p][j] = v;
    table.theta[p][j] += alpha * m / (sqrt(v) + eps);
}

// θ ← g + m: the sum in the place of the parameters, the two gradients in those of g and m.
extern "C" __global__ void sum_of_gradients(integer n, Table table) {
    THREAD(i, n)
    ELEMENT(p, j, table, i)
    table.theta[p][j] = table.g[p][j] + table.m[p][j];
}
