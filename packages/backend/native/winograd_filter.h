// Filters as minimal filtering takes them: U = G g Gᵀ for every pair of channels.
#pragma once

#include <cstdint>

#include "matrix_product.h"
#include "winograd_transforms.h"

namespace stargan {

/** How a filter [3, 3, in, out] is read. */
struct FilterReading {
  int64_t in, out;
  /** Contract over `out` instead of `in`: for the gradient of the input. */
  bool transposed;
  /** Taps in reverse order on both axes. */
  bool reversed;
  float scale;

  int64_t length() const { return transposed ? out : in; }
  int64_t columns() const { return transposed ? in : out; }
  /** The place of tap i (row-major) as the minimal filter counts them. */
  int64_t tap(int i) const { return (reversed ? 8 - i : i) * in * out; }
};

/** Which transformed filter product f takes. */
template <class F>
constexpr int filterOf(int product) {
  return F::filterOf[product / F::products] * F::filters + F::filterOf[product % F::products];
}

/** Rows `from` … `to` − 1 of panel `panel` of U: value u of row n goes to out[u · valueStride + (n − from) · kPanel + column]. */
template <class F>
void transformFilter(const FilterReading& reading, const float* filter, int64_t panel, int64_t from, int64_t to, float* out, int64_t valueStride) {
  constexpr int values = F::filters * F::filters;
  for (int64_t lane = 0; lane < kPanel; lane += kLanes) {
    const int64_t column = panel * kPanel + lane;
    for (int64_t some = from; some < to; some += kLanes) {
      Vector turned[9][kLanes];
      if (reading.transposed) {
        // Rows of the filter are the columns here: turned around, so that vectors run along them.
        for (int i = 0; i < 9; i++) {
          for (int c = 0; c < kLanes; c++) turned[i][c] = load(filter + reading.tap(i) + (column + c) * reading.out + some);
          transpose(turned[i]);
        }
      }
      for (int n = 0; n < kLanes; n++) {
        Vector taps[9], output[values];
#pragma GCC unroll 9
        for (int i = 0; i < 9; i++) {
          const Vector tap = reading.transposed ? turned[i][n] : load(filter + reading.tap(i) + (some + n) * reading.out + column);
          taps[i] = tap * broadcast(reading.scale);
        }
        transformBothAxes<FilterMatrix<F>>(taps, output);
#pragma GCC unroll 36
        for (int u = 0; u < values; u++) store(out + u * valueStride + (some - from + n) * kPanel + lane, output[u]);
      }
    }
  }
}

}  // namespace stargan
