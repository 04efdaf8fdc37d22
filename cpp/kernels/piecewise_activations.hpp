// Activations of pieces: lines, parabolas, roots; nothing of math.hpp. What a struct holds: see smooth_activations.hpp.
#pragma once

#include "kernel_table.hpp"
#include "smooth_activations.hpp"

namespace steepest::STEEPEST_ISA {

// y = x
struct Linear : NoHyper {
  static constexpr const char* name = "linear";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return x;
  }
  template <class V, class T>
  static V slope(V, V, const T*) {
    return set<V>(1);
  }
};

// y = max(x, 0)
struct Relu : NoHyper {
  static constexpr const char* name = "relu";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return max(set<V>(0), x);
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return select(y > set<V>(0), set<V>(1), set<V>(0));
  }
};

// y = min(x, max_value) above the threshold, negative_slope (x - threshold) elsewhere
struct ClippedRelu {
  static constexpr const char* name = "clipped_relu";
  static constexpr const char* hyper[] = {"negative_slope", "max_value", "threshold"};
  static constexpr int hyper_count = 3;
  static constexpr bool needs_input = true;
  template <class V, class T>
  static V value(V x, const T* h) {
    const V threshold = set<V>(h[2]);
    return select(x > threshold, min(set<V>(h[1]), x), set<V>(h[0]) * (x - threshold));
  }
  template <class V, class T>
  static V slope(V x, V, const T* h) {
    const V inside = select(x < set<V>(h[1]), set<V>(1), set<V>(0));
    return select(x > set<V>(h[2]), inside, set<V>(h[0]));
  }
};

// y = x for x > 0, else negative_slope x, with negative_slope >= 0
struct LeakyRelu {
  static constexpr const char* name = "leaky_relu";
  static constexpr const char* hyper[] = {"negative_slope"};
  static constexpr int hyper_count = 1;
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T* h) {
    return select(x > set<V>(0), x, set<V>(h[0]) * x);
  }
  template <class V, class T>
  static V slope(V, V y, const T* h) {
    return select(y > set<V>(0), set<V>(1), set<V>(h[0]));
  }
};

// y = min(max(x, 0), 6)
struct Relu6 : NoHyper {
  static constexpr const char* name = "relu6";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return min(set<V>(6), max(set<V>(0), x));
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return select(y > set<V>(0), select(y < set<V>(6), set<V>(1), set<V>(0)), set<V>(0));
  }
};

// y = x / 6 + 1 / 2, kept between 0 and 1
struct HardSigmoid : NoHyper {
  static constexpr const char* name = "hard_sigmoid";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return min(set<V>(6), max(set<V>(0), x + set<V>(3))) * set<V>(T(1) / T(6));
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return select(y > set<V>(0), select(y < set<V>(1), set<V>(T(1) / T(6)), set<V>(0)), set<V>(0));
  }
};

// y = x hard_sigmoid(x)
struct HardSilu : NoHyper {
  static constexpr const char* name = "hard_silu";
  static constexpr bool needs_input = true;
  template <class V, class T>
  static V value(V x, const T*) {
    return x * HardSigmoid::value(x, static_cast<const T*>(nullptr));
  }
  template <class V, class T>
  static V slope(V x, V, const T*) {
    const V inside = (x + x + set<V>(3)) * set<V>(T(1) / T(6));
    return select(x > set<V>(-3), select(x < set<V>(3), inside, set<V>(1)), set<V>(0));
  }
};

// y = x, kept between -1 and 1
struct HardTanh : NoHyper {
  static constexpr const char* name = "hard_tanh";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return min(set<V>(1), max(set<V>(-1), x));
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return select(abs(y) < set<V>(1), set<V>(1), set<V>(0));
  }
};

// y = x for |x| > threshold, else 0
struct HardShrink {
  static constexpr const char* name = "hard_shrink";
  static constexpr const char* hyper[] = {"threshold"};
  static constexpr int hyper_count = 1;
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T* h) {
    return select(abs(x) > set<V>(h[0]), x, select(x == x, set<V>(0), x));
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return select(y == set<V>(0), set<V>(0), set<V>(1));
  }
};

// y = x - threshold above threshold, x + threshold below -threshold, 0 between
struct SoftShrink {
  static constexpr const char* name = "soft_shrink";
  static constexpr const char* hyper[] = {"threshold"};
  static constexpr int hyper_count = 1;
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T* h) {
    const V t = set<V>(h[0]);
    return x - min(t, max(set<V>(0) - t, x));
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return select(y == set<V>(0), set<V>(0), set<V>(1));
  }
};

// y = x for x > threshold, else default_value
struct Threshold {
  static constexpr const char* name = "threshold";
  static constexpr const char* hyper[] = {"threshold", "default_value"};
  static constexpr int hyper_count = 2;
  static constexpr bool needs_input = true;
  template <class V, class T>
  static V value(V x, const T* h) {
    return select(x > set<V>(h[0]), x, select(x == x, set<V>(h[1]), x));
  }
  template <class V, class T>
  static V slope(V x, V, const T* h) {
    return select(x > set<V>(h[0]), set<V>(1), set<V>(0));
  }
};

// y = x / (1 + |x|)
struct Softsign : NoHyper {
  static constexpr const char* name = "softsign";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return x / (set<V>(1) + abs(x));
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    const V rest = set<V>(1) - abs(y);
    return rest * rest;
  }
};

// y = (x + sqrt(x^2 + b)) / 2, for x < 0 as b / 2 / (sqrt(x^2 + b) - x); y' = y / (y + b / (4 y))
struct Squareplus {
  static constexpr const char* name = "squareplus";
  static constexpr const char* hyper[] = {"b"};
  static constexpr int hyper_count = 1;
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T* h) {
    const V b = set<V>(h[0]), half = set<V>(T(0.5)), root = sqrt(fma(x, x, b));
    return select(x < set<V>(0), half * b / (root - x), half * (root + x));
  }
  template <class V, class T>
  static V slope(V, V y, const T* h) {
    const V y_minus_x = set<V>(h[0] / 4) / y;
    return select(y == set<V>(0), set<V>(0), y / (y + y_minus_x));
  }
};

// y = 0 for x <= -1, x for x >= 1, (x + 1)^2 / 4 between; y' = sqrt(y) up to 1
struct SparsePlus : NoHyper {
  static constexpr const char* name = "sparse_plus";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    const V inside = max(set<V>(0), x + set<V>(1));
    return select(x < set<V>(1), inside * inside * set<V>(T(0.25)), x);
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return min(set<V>(1), sqrt(y));
  }
};

// y = (x + 1) / 2, kept between 0 and 1
struct SparseSigmoid : NoHyper {
  static constexpr const char* name = "sparse_sigmoid";
  static constexpr bool needs_input = false;
  template <class V, class T>
  static V value(V x, const T*) {
    return min(set<V>(1), max(set<V>(0), (x + set<V>(1)) * set<V>(T(0.5))));
  }
  template <class V, class T>
  static V slope(V, V y, const T*) {
    return select(y > set<V>(0), select(y < set<V>(1), set<V>(T(0.5)), set<V>(0)), set<V>(0));
  }
};

}  // namespace steepest::STEEPEST_ISA
