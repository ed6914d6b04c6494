// Products of small matrices that lie in the cache. A product's order of additions depends on nothing but its length.
#pragma once

#include <algorithm>
#include <cstdint>

#include "simd.h"

namespace stargan {

/** Columns of one panel: two vectors. */
constexpr int kPanel = 2 * kLanes;
/** Summands of one sum. Long products are sums of such sums: rounding errors then grow with far fewer additions. */
constexpr int64_t kSummands = 64;

/** Where the elements of one side of a product are: element (i, n) is at from[i · across + n · along]. */
struct Operand {
  const float* from;
  int64_t across;
  int64_t along;
};

/** c [rows, kPanel] = or += Σₙ a(row, n) · b[n · bStride + column], n < length. */
template <int rows, bool add>
inline void multiplyRows(int64_t length, Operand a, const float* b, int64_t bStride, float* c, int64_t cStride) {
  Vector sums[rows][2];
#pragma GCC unroll 16
  for (int r = 0; r < rows; r++) sums[r][0] = sums[r][1] = broadcast(0);
  const float* from = a.from;
  for (int64_t n = 0; n < length; n++, b += bStride, from += a.along) {
    const Vector left = load(b), right = load(b + kLanes);
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
      const Vector value = broadcast(from[r * a.across]);
      sums[r][0] = multiplyAdd(value, left, sums[r][0]);
      sums[r][1] = multiplyAdd(value, right, sums[r][1]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < rows; r++) {
    float* to = c + r * cStride;
    store(to, add ? load(to) + sums[r][0] : sums[r][0]);
    store(to + kLanes, add ? load(to + kLanes) + sums[r][1] : sums[r][1]);
  }
}

template <int rows, bool add>
inline void multiplyLast(int64_t left, int64_t length, Operand a, const float* b, int64_t bStride, float* c, int64_t cStride) {
  if constexpr (rows > 0) {
    if (left == rows) return multiplyRows<rows, add>(length, a, b, bStride, c, cStride);
    multiplyLast<rows - 1, add>(left, length, a, b, bStride, c, cStride);
  }
}

/** c [rows, kPanel] = or += a · b for any number of rows. */
template <bool add>
inline void multiplyPanel(int64_t rows, int64_t length, Operand a, const float* b, int64_t bStride, float* c, int64_t cStride) {
  while (rows > 0) {
    // As even as can be: few rows leave the processor waiting for its own additions.
    const int64_t groups = (rows + kRegisterRows - 1) / kRegisterRows;
    const int64_t some = (rows + groups - 1) / groups;
    for (int64_t n = 0; n < length; n += kSummands) {
      const Operand from = {a.from + n * a.along, a.across, a.along};
      const int64_t summands = std::min(kSummands, length - n);
      if (n == 0) multiplyLast<kRegisterRows, add>(some, summands, from, b, bStride, c, cStride);
      else multiplyLast<kRegisterRows, true>(some, summands, from, b + n * bStride, bStride, c, cStride);
    }
    a.from += some * a.across;
    c += some * cStride;
    rows -= some;
  }
}

}  // namespace stargan
