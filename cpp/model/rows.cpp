#include "model/rows.hpp"

#include <bit>
#include <cstring>
#include <type_traits>

namespace steepest {
namespace {

struct Half {
  std::uint16_t bits;
  explicit operator float() const {
    const std::uint32_t sign = std::uint32_t(bits & 0x8000u) << 16, magnitude = bits & 0x7fffu;
    if (magnitude >= 0x7c00u) return std::bit_cast<float>(sign | 0x7f800000u | (magnitude & 0x3ffu) << 13);
    if (magnitude < 0x400u) {  // denormal: a whole number of 2^-24
      const float value = static_cast<float>(magnitude) * 0x1p-24f;
      return sign ? -value : value;
    }
    return std::bit_cast<float>(sign | ((magnitude << 13) + (112u << 23)));
  }
  explicit operator double() const { return static_cast<double>(static_cast<float>(*this)); }
};

template <class T, class Source>
T element_at(const char* from) {
  Source value;
  std::memcpy(&value, from, sizeof value);
  return static_cast<T>(value);
}

// Elements side by side: a loop of its own, for the constant stride lets it be vectorised.
template <class T, class Source>
void copy_dense(const char* from, std::ptrdiff_t size, T* to) {
  if (size == 1) {
    *to = element_at<T, Source>(from);
  } else if constexpr (std::is_same_v<T, Source>) {
    std::memcpy(to, from, static_cast<std::size_t>(size) * sizeof(T));
  } else {
    for (std::ptrdiff_t i = 0; i < size; ++i) to[i] = element_at<T, Source>(from + i * std::ptrdiff_t(sizeof(Source)));
  }
}

// One row, dimension by dimension; returns where the next element goes.
template <class T, class Source>
T* copy_row(const char* from, const RowView::Dimension* dimension, std::size_t left, T* to) {
  const std::ptrdiff_t size = dimension->size, stride = dimension->stride;
  if (left > 1) {
    for (std::ptrdiff_t i = 0; i < size; ++i) to = copy_row<T, Source>(from + i * stride, dimension + 1, left - 1, to);
  } else if (stride == std::ptrdiff_t(sizeof(Source))) {
    copy_dense<T, Source>(from, size, to);
    to += size;
  } else {
    for (std::ptrdiff_t i = 0; i < size; ++i) *to++ = element_at<T, Source>(from + i * stride);
  }
  return to;
}

// Rows in an order of their own come from memory that nobody can foresee: the next one is asked for while one is copied.
void prefetch(const char* row, std::ptrdiff_t bytes) {
#ifdef __GNUC__
  constexpr std::ptrdiff_t line = 64, most = 4096;  // the hardware goes on by itself
  for (std::ptrdiff_t i = 0; i < bytes && i < most; i += line) __builtin_prefetch(row + i);
#else
  (void)row, (void)bytes;
#endif
}

template <class T, class Source>
void gather_as(const RowView& view, const std::int64_t* order, std::ptrdiff_t begin, std::ptrdiff_t count, T* dst,
               std::ptrdiff_t ld) {
  constexpr auto size = std::ptrdiff_t(sizeof(Source));
  const char* data = static_cast<const char*>(view.data);
  const bool dense = view.inner.empty() || view.inner.back().stride == size;
  const bool whole = dense && view.inner.size() <= 1;  // a row is one piece
  const std::ptrdiff_t bytes = dense ? view.width * size : 0;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    const std::ptrdiff_t row = order ? static_cast<std::ptrdiff_t>(order[begin + i]) : begin + i;
    if (order && i + 1 < count) prefetch(data + order[begin + i + 1] * view.row_stride, bytes);
    const char* from = data + row * view.row_stride;
    if (whole) {
      copy_dense<T, Source>(from, view.width, dst + i * ld);
    } else {
      copy_row<T, Source>(from, view.inner.data(), view.inner.size(), dst + i * ld);
    }
  }
}

}  // namespace

template <class T>
void gather(const RowView& view, const std::int64_t* order, std::ptrdiff_t begin, std::ptrdiff_t count, T* dst,
            std::ptrdiff_t ld) {
  switch (view.element) {
    case Element::boolean:  // NumPy's bool is a byte of 0 or 1
    case Element::uint8: return gather_as<T, std::uint8_t>(view, order, begin, count, dst, ld);
    case Element::int8: return gather_as<T, std::int8_t>(view, order, begin, count, dst, ld);
    case Element::int16: return gather_as<T, std::int16_t>(view, order, begin, count, dst, ld);
    case Element::uint16: return gather_as<T, std::uint16_t>(view, order, begin, count, dst, ld);
    case Element::int32: return gather_as<T, std::int32_t>(view, order, begin, count, dst, ld);
    case Element::uint32: return gather_as<T, std::uint32_t>(view, order, begin, count, dst, ld);
    case Element::int64: return gather_as<T, std::int64_t>(view, order, begin, count, dst, ld);
    case Element::uint64: return gather_as<T, std::uint64_t>(view, order, begin, count, dst, ld);
    case Element::float16: return gather_as<T, Half>(view, order, begin, count, dst, ld);
    case Element::float32: return gather_as<T, float>(view, order, begin, count, dst, ld);
    case Element::float64: return gather_as<T, double>(view, order, begin, count, dst, ld);
  }
}

template void gather(const RowView&, const std::int64_t*, std::ptrdiff_t, std::ptrdiff_t, float*, std::ptrdiff_t);
template void gather(const RowView&, const std::int64_t*, std::ptrdiff_t, std::ptrdiff_t, double*, std::ptrdiff_t);

}  // namespace steepest
