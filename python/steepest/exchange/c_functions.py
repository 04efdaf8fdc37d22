"""The functions that a C file is made of: each is written into it if the model needs it.

They are written in `real`, with the functions and literals of doubles; `c_file` makes floats of them for float32.
"""

from __future__ import annotations

# Of one number: {rule of the core: (hyper-parameters in the order of the arguments, body)}.
ELEMENTS: dict[str, tuple[tuple[str, ...], str]] = {
    "relu": ((), "return x < 0.0 ? 0.0 : x;"),
    "leaky_relu": (("negative_slope",), "return x < 0.0 ? negative_slope * x : x;"),
    "relu6": ((), "return x < 0.0 ? 0.0 : x > 6.0 ? 6.0 : x;"),
    "clipped_relu": (
        ("negative_slope", "max_value", "threshold"),
        "return x > threshold ? fmin(x, max_value) : negative_slope * (x - threshold);",
    ),
    "sigmoid": ((), "return 1.0 / (1.0 + exp(-x));"),
    "tanh": ((), "return tanh(x);"),
    "tanh_shrink": ((), "return x - tanh(x);"),
    "exponential": ((), "return exp(x);"),
    "softplus": ((), "return fmax(x, 0.0) + log1p(exp(-fabs(x)));"),
    "log_sigmoid": ((), "return fmin(x, 0.0) - log1p(exp(-fabs(x)));"),
    "elu": (("alpha",), "return x > 0.0 ? x : alpha * expm1(x);"),
    "selu": ((), "return 1.0507009873554805 * (x > 0.0 ? x : 1.6732632423543772 * expm1(x));"),
    "celu": (("alpha",), "return x > 0.0 ? x : alpha * expm1(x / alpha);"),
    "silu": ((), "return x / (1.0 + exp(-x));"),
    "mish": ((), "return x * tanh(fmax(x, 0.0) + log1p(exp(-fabs(x))));"),
    "gelu": ((), "return 0.5 * x * erfc(-0.7071067811865476 * x);"),
    "gelu_tanh": ((), "return 0.5 * x * (1.0 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));"),
    "hard_sigmoid": ((), "return x <= -3.0 ? 0.0 : x >= 3.0 ? 1.0 : (x + 3.0) / 6.0;"),
    "hard_silu": ((), "return x <= -3.0 ? 0.0 : x >= 3.0 ? x : x * (x + 3.0) / 6.0;"),
    "hard_tanh": ((), "return x < -1.0 ? -1.0 : x > 1.0 ? 1.0 : x;"),
    "hard_shrink": (("threshold",), "return fabs(x) <= threshold ? 0.0 : x;"),
    "soft_shrink": (
        ("threshold",),
        "return x > threshold ? x - threshold : x < -threshold ? x + threshold : 0.0 * x;",
    ),
    "threshold": (("threshold", "default_value"), "return x > threshold ? x : default_value;"),
    "softsign": ((), "return x / (1.0 + fabs(x));"),
    "squareplus": (("b",), "return 0.5 * (x + sqrt(x * x + b));"),
    "sparse_plus": ((), "return x <= -1.0 ? 0.0 : x < 1.0 ? 0.25 * (x + 1.0) * (x + 1.0) : x;"),
    "sparse_sigmoid": ((), "return x <= -1.0 ? 0.0 : x >= 1.0 ? 1.0 : 0.5 * (x + 1.0);"),
}

# Of whole rows, and of several; x and y may be the same array where the comment says "in place".
ROWS: dict[str, str] = {
    "dense": """\
/* y = x kernel + bias: x (M, K), kernel (K, N), bias (N) or none, y (M, N). */
static void dense(const real *x, real *y, int M, int K, int N, const real *kernel, const real *bias) {
  for (int m = 0; m < M; ++m, x += K, y += N) {
    for (int n = 0; n < N; ++n) y[n] = bias ? bias[n] : 0.0;
    for (int k = 0; k < K; ++k)
      for (int n = 0; n < N; ++n) y[n] += x[k] * kernel[k * N + n];
  }
}""",
    "softmax": """\
/* y_n = exp(x_n) / sum_j exp(x_j) for each row; in place. The largest x is subtracted, so that nothing overflows. */
static void softmax(const real *x, real *y, int M, int N) {
  for (int m = 0; m < M; ++m, x += N, y += N) {
    real largest = x[0], sum = 0.0;
    for (int n = 1; n < N; ++n) largest = fmax(largest, x[n]);
    for (int n = 0; n < N; ++n) sum += y[n] = exp(x[n] - largest);
    for (int n = 0; n < N; ++n) y[n] /= sum;
  }
}""",
    "log_softmax": """\
/* y_n = x_n - log sum_j exp(x_j) for each row; in place. */
static void log_softmax(const real *x, real *y, int M, int N) {
  for (int m = 0; m < M; ++m, x += N, y += N) {
    real largest = x[0], sum = 0.0;
    for (int n = 1; n < N; ++n) largest = fmax(largest, x[n]);
    for (int n = 0; n < N; ++n) sum += exp(x[n] - largest);
    for (int n = 0; n < N; ++n) y[n] = x[n] - largest - log(sum);
  }
}""",
    "sparsemax": """\
/* y_n = max(x_n - tau, 0), with the tau for which a row adds up to 1; in place. Beginning with all numbers of the row,
   those that are not above tau are left out, until none is. */
static void sparsemax(const real *x, real *y, int M, int N) {
  for (int m = 0; m < M; ++m, x += N, y += N) {
    real largest = x[0], tau = -INFINITY;
    for (int n = 1; n < N; ++n) largest = fmax(largest, x[n]);
    for (int above = 0, before = N + 1;; before = above) {
      real sum = -1.0;
      above = 0;
      for (int n = 0; n < N; ++n)
        if (x[n] - largest > tau) sum += x[n] - largest, ++above;
      if (above == 0 || above == before) break;
      tau = sum / (real)above;
    }
    for (int n = 0; n < N; ++n) y[n] = fmax(x[n] - largest - tau, 0.0);
  }
}""",
    "rescale": """\
/* y = (x - shift) scale + offset, with a shift, a scale and an offset for each of N columns; in place. */
static void rescale(const real *x, real *y, int M, int N, const real *shift, const real *scale, const real *offset) {
  for (int m = 0; m < M; ++m, x += N, y += N)
    for (int n = 0; n < N; ++n) y[n] = (x[n] - shift[n]) * scale[n] + offset[n];
}""",
    "scale": """\
/* y = x gamma + beta, with a gamma and a beta, or none, for each of N columns; in place. */
static void scale(const real *x, real *y, int M, int N, const real *gamma, const real *beta) {
  for (int m = 0; m < M; ++m, x += N, y += N)
    for (int n = 0; n < N; ++n) y[n] = x[n] * (gamma ? gamma[n] : 1.0) + (beta ? beta[n] : 0.0);
}""",
    "layer_normalization": """\
/* y = (x - mean) / sqrt(variance + epsilon) for each row; in place. */
static void layer_normalization(const real *x, real *y, int M, int N, real epsilon) {
  for (int m = 0; m < M; ++m, x += N, y += N) {
    real mean = 0.0, variance = 0.0;
    for (int n = 0; n < N; ++n) mean += x[n] / (real)N;
    for (int n = 0; n < N; ++n) variance += (x[n] - mean) * (x[n] - mean) / (real)N;
    for (int n = 0; n < N; ++n) y[n] = (x[n] - mean) / sqrt(variance + epsilon);
  }
}""",
    "rms_normalization": """\
/* y = x / sqrt(mean of the squares + epsilon) for each row; in place. */
static void rms_normalization(const real *x, real *y, int M, int N, real epsilon) {
  for (int m = 0; m < M; ++m, x += N, y += N) {
    real squares = 0.0;
    for (int n = 0; n < N; ++n) squares += x[n] * x[n] / (real)N;
    for (int n = 0; n < N; ++n) y[n] = x[n] / sqrt(squares + epsilon);
  }
}""",
    "unit_normalization": """\
/* y = x / sqrt(sum of the squares) for each row, which is 0 if nearly all are; in place. */
static void unit_normalization(const real *x, real *y, int M, int N) {
  for (int m = 0; m < M; ++m, x += N, y += N) {
    real squares = 0.0;
    for (int n = 0; n < N; ++n) squares += x[n] * x[n];
    const real inverse = fmin(1.0 / sqrt(squares), 1.0e12);
    for (int n = 0; n < N; ++n) y[n] = x[n] * inverse;
  }
}""",
    "prelu": """\
/* y = x for x > 0, else alpha x, with an alpha for each of N columns; in place. */
static void prelu(const real *x, real *y, int M, int N, const real *alpha) {
  for (int m = 0; m < M; ++m, x += N, y += N)
    for (int n = 0; n < N; ++n) y[n] = x[n] < 0.0 ? alpha[n] * x[n] : x[n];
}""",
    "embedding": """\
/* y = the row of the table (rows, N) whose number x is; NaN where the table has none. */
static void embedding(const real *x, real *y, int M, int N, int rows, const real *table) {
  for (int m = 0; m < M; ++m, y += N) {
    const int known = x[m] >= 0.0 && x[m] < (real)rows;
    for (int n = 0; n < N; ++n) y[n] = known ? table[(int)x[m] * N + n] : (real)NAN;
  }
}""",
    "dot": """\
/* y[p][q] = sum_k a[p][k] b[q][k]: a (P, K), b (Q, K), y (P, Q). */
static void dot(const real *a, const real *b, real *y, int P, int Q, int K) {
  for (int p = 0; p < P; ++p)
    for (int q = 0; q < Q; ++q) {
      real sum = 0.0;
      for (int k = 0; k < K; ++k) sum += a[p * K + k] * b[q * K + k];
      y[p * Q + q] = sum;
    }
}""",
    "beside": """\
/* The K columns of x (M, K) become columns `first` and on of y (M, N). */
static void beside(const real *x, real *y, int M, int K, int N, int first) {
  for (int m = 0; m < M; ++m)
    for (int k = 0; k < K; ++k) y[m * N + first + k] = x[m * K + k];
}""",
}
