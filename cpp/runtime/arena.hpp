// Sizes first, one aligned allocation, then pointers. Everything starts as zero.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <utility>

namespace steepest {

constexpr std::size_t alignment = 64;

template <class T>
class Arena {
 public:
  // Room for `count` elements, rounded up to whole cache lines; returns where it begins.
  std::size_t reserve(std::size_t count) {
    constexpr std::size_t line = alignment / sizeof(T);
    constexpr std::size_t limit = std::numeric_limits<std::ptrdiff_t>::max() / sizeof(T) - line;
    if (count > limit || size_ > limit - count) throw std::bad_alloc();
    const std::size_t offset = size_;
    size_ += (count + line - 1) / line * line;
    return offset;
  }
  void allocate() {
    data_.reset(static_cast<T*>(::operator new(size_ * sizeof(T) + 1, std::align_val_t(alignment))));
    std::memset(static_cast<void*>(data_.get()), 0, size_ * sizeof(T));
  }
  T* at(std::size_t offset) const { return data_.get() + offset; }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(T* p) const { ::operator delete(p, std::align_val_t(alignment)); }
  };
  std::size_t size_ = 0;
  std::unique_ptr<T, Free> data_;
};

// a * b where it can be represented, std::bad_alloc otherwise: shapes come from users.
inline std::ptrdiff_t checked_product(std::ptrdiff_t a, std::ptrdiff_t b) {
  if (a != 0 && b > std::numeric_limits<std::ptrdiff_t>::max() / a) throw std::bad_alloc();
  return a * b;
}

}  // namespace steepest
