// A view of rows as users hold them: any real type, any strides. Gathering casts and pads in one pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace steepest {

enum class Element { boolean, int8, uint8, int16, uint16, int32, uint32, int64, uint64, float16, float32, float64 };

struct RowView {
  const void* data = nullptr;
  Element element = Element::float32;
  std::ptrdiff_t rows = 0;
  std::ptrdiff_t row_stride = 0;  // in bytes
  // The other dimensions, outermost first, as few as the strides allow: sizes and strides in bytes.
  struct Dimension {
    std::ptrdiff_t size, stride;
  };
  std::vector<Dimension> inner;
  std::ptrdiff_t width = 1;  // the product of the inner sizes
};

// dst[i][0:width] = rows order[i] (or begin + i without an order) of the view, in rows of `ld` whose padding is left alone.
template <class T>
void gather(const RowView& view, const std::int64_t* order, std::ptrdiff_t begin, std::ptrdiff_t count, T* dst,
            std::ptrdiff_t ld);

}  // namespace steepest
