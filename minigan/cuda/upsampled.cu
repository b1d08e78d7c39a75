// The map V → V' of upsampled.py, equation (phases), and its transpose. Tap i and phase φ meet at
//
//     o = ⌊(φ + i + lead) / f⌋,     lead = f·before' - before,  0 ≤ lead < f
//
// and so the taps of (o, φ) are those f from f·o - φ - lead on that the kernel has.

struct Phases {
    integer c, n;                    // channels of V[i, j], in and out
    integer kh, kw;                  // the kernel of V
    integer rows, columns;           // that of V'
    integer down, right;             // factor
    integer lead_rows, lead_columns;
};

// V'[o, p, a, φ, ψ, k] from V[i, j, a, k]: one thread for each number of V'.
extern "C" __global__ void weights(integer n, real *small, const real *V, Phases s) {
    THREAD(t, n)
    const integer k = t % s.n, block = t / s.n;
    const integer psi = block % s.right, phi = block / s.right % s.down;
    const integer pair = block / s.right / s.down, a = pair % s.c;
    const integer p = pair / s.c % s.columns, o = pair / s.c / s.columns;
    const integer top = s.down * o - phi - s.lead_rows;
    const integer left = s.right * p - psi - s.lead_columns;
    real sum = 0;
    for (integer i = max(top, integer(0)); i < min(top + s.down, s.kh); ++i)
        for (integer j = max(left, integer(0)); j < min(left + s.right, s.kw); ++j)
            sum += V[((i * s.kw + j) * s.c + a) * s.n + k];
    small[t] = sum;
}

// dV[i, j, a, k] from dV'[o, p, a, φ, ψ, k]: one thread for each number of dV.
extern "C" __global__ void gradient(integer n, real *dV, const real *small, Phases s) {
    THREAD(t, n)
    const integer k = t % s.n, a = t / s.n % s.c, tap = t / s.n / s.c;
    const integer j = tap % s.kw, i = tap / s.kw;
    real sum = 0;
    for (integer phi = 0; phi < s.down; ++phi)
        for (integer psi = 0; psi < s.right; ++psi) {
            const integer o = (phi + i + s.lead_rows) / s.down;
            const integer p = (psi + j + s.lead_columns) / s.right;
            const integer pair = (o * s.columns + p) * s.c + a;
            sum += small[((pair * s.down + phi) * s.right + psi) * s.n + k];
        }
    dV[t] = sum;
}
