// Rows of every element type and layout arrive as the numbers they are.

#include <cstdint>

#include "check.hpp"
#include "model/rows.hpp"

namespace steepest::testing {
namespace {

template <class Source>
void check_type(Element element, const std::vector<Source>& values, const std::vector<double>& expected) {
  const auto count = static_cast<std::ptrdiff_t>(values.size());
  const std::ptrdiff_t size = sizeof(Source);
  const RowView rows = {values.data(), element, 1, count * size, {{count, size}}, count};
  const RowView columns = {values.data(), element, count, size, {}, 1};
  std::vector<double> row(values.size()), column(values.size());
  gather(rows, nullptr, 0, 1, row.data(), count);
  gather(columns, nullptr, 0, count, column.data(), 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    CHECK_CLOSE(row[i], expected[i], 0.0, "element ", i);
    CHECK_CLOSE(column[i], expected[i], 0.0, "element ", i);
  }
}

TEST(gather_casts_every_type) {
  check_type<std::uint8_t>(Element::boolean, {0, 1, 1}, {0, 1, 1});
  check_type<std::int8_t>(Element::int8, {-128, 0, 127}, {-128, 0, 127});
  check_type<std::uint8_t>(Element::uint8, {0, 128, 255}, {0, 128, 255});
  check_type<std::int16_t>(Element::int16, {-32768, 5}, {-32768, 5});
  check_type<std::uint16_t>(Element::uint16, {65535, 5}, {65535, 5});
  check_type<std::int32_t>(Element::int32, {INT32_MIN, 7}, {-2147483648.0, 7});
  check_type<std::uint32_t>(Element::uint32, {UINT32_MAX, 7}, {4294967295.0, 7});
  check_type<std::int64_t>(Element::int64, {-(INT64_C(1) << 53), 7}, {-0x1p53, 7});
  check_type<std::uint64_t>(Element::uint64, {UINT64_C(1) << 63, 7}, {0x1p63, 7});
  check_type<float>(Element::float32, {1.5f, -0.1f}, {1.5, -0.1f});
  check_type<double>(Element::float64, {1.5, -0.1}, {1.5, -0.1});
  // IEEE half: 1, -2, 65504, the smallest denormal, infinity, NaN
  check_type<std::uint16_t>(Element::float16, {0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0x7e00},
                            {1, -2, 65504, 0x1p-24, HUGE_VAL, NAN});
}

TEST(gather_follows_order_strides_and_dimensions) {
  std::vector<float> data(2 * 3 * 4);  // [row][i][j], seen with i and j exchanged
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<float>(i);
  const RowView view = {data.data(), Element::float32, 2, 12 * 4, {{4, 4}, {3, 16}}, 12};
  const std::int64_t order[] = {1, 0, 1};
  std::vector<float> out(3 * 16, -1.0f);
  gather(view, order, 0, 3, out.data(), 16);
  for (std::size_t r = 0; r < 3; ++r) {
    for (std::size_t j = 0; j < 4; ++j)
      for (std::size_t i = 0; i < 3; ++i)
        CHECK(out[r * 16 + j * 3 + i] == static_cast<float>(static_cast<std::size_t>(order[r]) * 12 + i * 4 + j));
    for (std::size_t pad = 12; pad < 16; ++pad) CHECK(out[r * 16 + pad] == -1.0f, "the padding was written");
  }
}

}  // namespace
}  // namespace steepest::testing
