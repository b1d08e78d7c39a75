// Enough of CUDA C++ for g++ to compile minigan's kernels, one thread after the other.
#include <cmath>
#include <cstdint>
using std::abs; using std::cos; using std::exp; using std::fabs; using std::floor; using std::fmax;
using std::fmin; using std::log; using std::log1p; using std::max; using std::min; using std::pow;
using std::sin; using std::sqrt; using std::tanh;
#define __global__
#define __device__ static inline
#define __forceinline__
#define __restrict__
#define __launch_bounds__(n)
// Of 32 bits, as in CUDA; the product of two of them, which may have more, is refused.
struct Number { unsigned n; operator unsigned() const { return n; } };
Number operator*(Number, Number) = delete;
struct Dim { Number x; };
static thread_local Dim blockIdx, threadIdx, blockDim, gridDim;
