// Activations with exponentials. An activation is a struct: its name, its hyper-parameters, `value` and `slope` on a pack of
// elements; `needs_input` says that the slope reads x, otherwise it is a function of y alone, and no x has to be kept.
#pragma once

#include "kernel_table.hpp"
#include "math.hpp"

namespace steepest::STEEPEST_ISA {

struct NoHyper {
  static constexpr const char* const* hyper = nullptr;
  static constexpr int hyper_count = 0;
};

// y = 1 / (1 + exp(-x))
struct Sigmoid : NoHyper {
  static constexpr const char* name = "sigmoid";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return sigmoid(x);
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return y * (set<V>(1) - y);
  }
};

// y = tanh(x)
struct Tanh : NoHyper {
  static constexpr const char* name = "tanh";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return tanh(x);
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return set<V>(1) - y * y;
  }
};

// y = x - tanh(x)
struct TanhShrink : NoHyper {
  static constexpr const char* name = "tanh_shrink";
  static constexpr bool needs_input = true;
  template <class V, class T>
  static V value(V x, const T*) {
    return x - tanh(x);
  }
  template <class V, class T>
  static V slope(V x, V, const T*) {
    const V t = tanh(x);
    return t * t;
  }
};

// y = exp(x)
struct Exponential : NoHyper {
  static constexpr const char* name = "exponential";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return exp(x);
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return y;
  }
};

// y = log(1 + exp(x)); y' = 1 - exp(-y)
struct Softplus : NoHyper {
  static constexpr const char* name = "softplus";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return softplus(x);
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return set<V>(0) - expm1(set<V>(0) - y);
  }
};

// y = -log(1 + exp(-x)); y' = 1 - exp(y)
struct LogSigmoid : NoHyper {
  static constexpr const char* name = "log_sigmoid";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return set<V>(0) - softplus(set<V>(0) - x);
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return set<V>(0) - expm1(y);
  }
};

// y = x for x > 0, else alpha (exp(x) - 1), with alpha >= 0
struct Elu {
  static constexpr const char* name = "elu";
  static constexpr const char* hyper[] = {"alpha"};
  static constexpr int hyper_count = 1;
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T* h) {
    return select(x > set<V>(0), x, set<V>(h[0]) * expm1(min(set<V>(0), x)));
  }
  template <class V, class T>
  static V slope(V, V y, const T* h) {
    return select(y > set<V>(0), set<V>(1), y + set<V>(h[0]));
  }
};

// What keeps the mean 0 and the variance 1 from layer to layer (Klambauer et al. 2017).
constexpr double selu_scale = 1.0507009873554804934193349852946, selu_alpha = 1.6732632423543772848170429916717;

// y = scale x for x > 0, else scale alpha (exp(x) - 1)
struct Selu : NoHyper {
  static constexpr const char* name = "selu";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    const V negative = set<V>(T(selu_scale * selu_alpha)) * expm1(min(set<V>(0), x));
    return select(x > set<V>(0), set<V>(T(selu_scale)) * x, negative);
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return select(y > set<V>(0), set<V>(T(selu_scale)), y + set<V>(T(selu_scale * selu_alpha)));
  }
};

// y = x for x > 0, else alpha (exp(x / alpha) - 1)
struct Celu {
  static constexpr const char* name = "celu";
  static constexpr const char* hyper[] = {"alpha"};
  static constexpr int hyper_count = 1;
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T* h) {
    return select(x > set<V>(0), x, set<V>(h[0]) * expm1(min(set<V>(0), x) / set<V>(h[0])));
  }
  template <class V, class T>
  static V slope(V, V y, const T* h) {
    return select(y > set<V>(0), set<V>(1), y / set<V>(h[0]) + set<V>(1));
  }
};

// y = x sigmoid(x)
struct Silu : NoHyper {
  static constexpr const char* name = "silu";
  static constexpr bool needs_input = true;
  template <class V, class T>
  static V value(V x, const T*) {
    return x * sigmoid(x);
  }
  template <class V, class T>
  static V slope(V x, V, const T*) {
    const V s = sigmoid(x);
    return s * (set<V>(1) + x * (set<V>(1) - s));
  }
};

// y = x tanh(log(1 + exp(x))), where tanh(log(1 + n)) = n (n + 2) / (n (n + 2) + 2), here by exp(-|x|)
struct Mish : NoHyper {
  static constexpr const char* name = "mish";
  static constexpr bool needs_input = true;
  template <class V>
  static V gate(V x) {
    const V one = set<V>(1), two = set<V>(2), zero = set<V>(0);
    const V e = exp(zero - abs(x)), square = e * e;
    const V above = one + two * e, below = square + two * e;
    return select(x > zero, above / (above + two * square), below / (below + two));
  }
  template <class V, class T>
  static V value(V x, const T*) {
    return x * gate(x);
  }
  template <class V, class T>
  static V slope(V x, V, const T*) {
    const V t = gate(x);
    return t + x * sigmoid(x) * (set<V>(1) - t * t);
  }
};

// y = x (1 + erf(x / sqrt 2)) / 2, x times the normal distribution
struct Gelu : NoHyper {
  static constexpr const char* name = "gelu";
  static constexpr bool needs_input = true;
  template <class V, class T>
  static V distribution(V x, const T*) {
    const V half = set<V>(T(0.5));
    return half + half * erf(x * set<V>(T(0.70710678118654752)));
  }
  template <class V, class T>
  static V value(V x, const T* h) {
    return x * distribution(x, h);
  }
  template <class V, class T>
  static V slope(V x, V, const T* h) {
    const V density = set<V>(T(0.39894228040143268)) * exp(set<V>(T(-0.5)) * x * x);
    return distribution(x, h) + x * density;
  }
};

// y = x (1 + tanh(c (x + 0.044715 x^3))) / 2 with c = sqrt(2 / pi)
struct GeluTanh : NoHyper {
  static constexpr const char* name = "gelu_tanh";
  static constexpr bool needs_input = true;
  static constexpr double c = 0.79788456080286536, cubic = 0.044715;
  template <class V, class T>
  static V gate(V x, const T*) {
    return tanh(set<V>(T(c)) * x * (set<V>(1) + set<V>(T(cubic)) * x * x));
  }
  template <class V, class T>
  static V value(V x, const T* h) {
    return set<V>(T(0.5)) * x * (set<V>(1) + gate(x, h));
  }
  template <class V, class T>
  static V slope(V x, V, const T* h) {
    const V one = set<V>(1), half = set<V>(T(0.5)), t = gate(x, h);
    const V inner = set<V>(T(c)) * (one + set<V>(T(3 * cubic)) * x * x);
    return half * (one + t) + half * x * (one - t * t) * inner;
  }
};

}  // namespace steepest::STEEPEST_ISA
