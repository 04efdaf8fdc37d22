// An update rule over many weights: what drives the rules of optimizers.hpp.
#pragma once

#include <math.h>
#include <string.h>

#include "kernel_table.hpp"
#include "vec.hpp"

namespace steepest::STEEPEST_ISA {

// A rule on one vector. `shaped`: |g| is limited and a share of w taken away before; a NaN passes.
template <class Rule, bool shaped, class V, class T>
V shaped_update(V w, V g, V* state, const T* c) {
  if constexpr (shaped) {
    const V limit = set<V>(c[clip_constant] > 0 ? c[clip_constant] : T(INFINITY));
    g = min(limit, max(set<V>(0) - limit, g));
    w = w - set<V>(c[decay_constant]) * w;
  }
  return Rule::template update<V>(w, g, state, c);
}

// On the weights from i on that a vector holds.
template <class Rule, bool shaped, class T>
void update_vector(const T* c, ptrdiff_t i, T* w, Vec<T> g, T* const* state) {
  Vec<T> s[max_state];
  for (int k = 0; k < Rule::state_count; ++k) s[k] = load(state[k] + i);
  store(w + i, shaped_update<Rule, shaped>(load(w + i), g, s, c));
  for (int k = 0; k < Rule::state_count; ++k) store(state[k] + i, s[k]);
}

// Over `count` weights; the tail goes through the same code.
template <class Rule, bool shaped, class T>
void walk(const T* constants, ptrdiff_t count, T* w, const T* g, T* const* state) {
  T c[max_constants];  // a copy, which no store to w can be thought to change: it stays in registers
  memcpy(c, constants, sizeof c);
  ptrdiff_t i = 0;
  for (; i + Vec<T>::lanes <= count; i += Vec<T>::lanes) update_vector<Rule, shaped>(c, i, w, load(g + i), state);
  if (const ptrdiff_t rest = count - i) {
    Vec<T> s[max_state];
    for (int k = 0; k < Rule::state_count; ++k) s[k] = load_partial(state[k] + i, rest);
    store_partial(w + i, shaped_update<Rule, shaped>(load_partial(w + i, rest), load_partial(g + i, rest), s, c), rest);
    for (int k = 0; k < Rule::state_count; ++k) store_partial(state[k] + i, s[k], rest);
  }
}

// Over rows of a panel whose gradient is an outer product, which stays in registers.
template <class Rule, bool shaped, class T>
void walk_outer(const T* constants, const OuterProduct<T>& product, T* w, T* const* states) {
  constexpr int parts = Pack<T>::parts, lanes = Vec<T>::lanes;
  const OuterProduct<T> g = product;  // copies, as above
  T c[max_constants], *state[max_state];
  memcpy(c, constants, sizeof c);
  for (int k = 0; k < Rule::state_count; ++k) state[k] = states[k];
  for (ptrdiff_t n = 0; n < g.width; n += pack_size) {
    Vec<T> dz[parts];
    for (int p = 0; p < parts; ++p) dz[p] = load(g.dz + n + p * lanes);
    ptrdiff_t i = n;
    for (ptrdiff_t k = 0; k < g.rows; ++k, i += g.width) {
      const Vec<T> x = broadcast(g.x[k]);
#pragma GCC unroll 8
      for (int p = 0; p < parts; ++p) update_vector<Rule, shaped>(c, i + p * lanes, w, x * dz[p], state);
    }
    for (int p = 0; p < parts && g.bias; ++p) update_vector<Rule, shaped>(c, i + p * lanes, w, dz[p], state);
  }
}

template <class T>
bool shapes(const T* constants) {
  return constants[clip_constant] > 0 || constants[decay_constant] != 0;
}

template <class Rule, class T>
void update(const T* constants, ptrdiff_t count, T* w, const T* g, T* const* state) {
  (shapes(constants) ? walk<Rule, true, T> : walk<Rule, false, T>)(constants, count, w, g, state);
}

template <class Rule, class T>
void update_outer(const T* constants, const OuterProduct<T>& g, T* w, T* const* state) {
  (shapes(constants) ? walk_outer<Rule, true, T> : walk_outer<Rule, false, T>)(constants, g, w, state);
}

template <class Rule, class T>
void prepare(const double* hyper, double learning_rate, int64_t step, T* constants) {
  constants[clip_constant] = constants[decay_constant] = 0;
  Rule::prepare(hyper, learning_rate, step, constants);
}

}  // namespace steepest::STEEPEST_ISA
