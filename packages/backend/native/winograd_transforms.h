// From tiles of a feature map to products and back, for a vector of channels at a time. All matrices are constants,
// so that only their nonzero elements cost something.
#pragma once

#include <utility>

#include "minimal_filters.h"
#include "simd.h"

namespace stargan {

/** A constant matrix of a minimal filter: element (row, column). */
template <class F> struct InputMatrix {
  static constexpr int rows = F::products, columns = F::inputs;
  static constexpr float at(int row, int column) { return F::B[row][column]; }
};
template <class F> struct FilterMatrix {
  static constexpr int rows = F::filters, columns = 3;
  static constexpr float at(int row, int column) { return F::G[row][column]; }
};
template <class F> struct OutputMatrix {
  static constexpr int rows = F::outputs, columns = F::products;
  static constexpr float at(int row, int column) { return F::A[row][column]; }
};
template <class M> struct Transposed {
  static constexpr int rows = M::columns, columns = M::rows;
  static constexpr float at(int row, int column) { return M::at(column, row); }
};

/** sum + Σ M(row, column) · x[column · stride] from `column` on; `started` where sum holds something already. */
template <class M, int row, int column, int stride, bool started>
inline Vector combine(const Vector* x, Vector sum) {
  if constexpr (column == M::columns) {
    return started ? sum : broadcast(0);
  } else {
    constexpr float factor = M::at(row, column);
    if constexpr (factor == 0) {
      return combine<M, row, column + 1, stride, started>(x, sum);
    } else if constexpr (!started) {
      return combine<M, row, column + 1, stride, true>(x, factor == 1 ? x[column * stride] : x[column * stride] * broadcast(factor));
    } else if constexpr (factor == 1) {
      return combine<M, row, column + 1, stride, true>(x, sum + x[column * stride]);
    } else if constexpr (factor == -1) {
      return combine<M, row, column + 1, stride, true>(x, sum - x[column * stride]);
    } else {
      return combine<M, row, column + 1, stride, true>(x, multiplyAdd(broadcast(factor), x[column * stride], sum));
    }
  }
}

/** y[row · outStride] = Σ M(row, column) · x[column · stride] for all rows. */
template <class M, int stride, int outStride, int... row>
inline void multiplyBy(const Vector* x, Vector* y, std::integer_sequence<int, row...>) {
  ((y[row * outStride] = combine<M, row, 0, stride, false>(x, broadcast(0))), ...);
}

/** y [rows, rows] = M x Mᵀ of a square x [columns, columns], both in row-major order. */
template <class M>
inline void transformBothAxes(const Vector* x, Vector* y) {
  constexpr auto rows = std::make_integer_sequence<int, M::rows>{};
  Vector half[M::rows * M::columns];
#pragma GCC unroll 8
  for (int column = 0; column < M::columns; column++) multiplyBy<M, M::columns, M::columns>(x + column, half + column, rows);
#pragma GCC unroll 8
  for (int row = 0; row < M::rows; row++) multiplyBy<M, 1, 1>(half + row * M::columns, y + row * M::rows, rows);
}

}  // namespace stargan
