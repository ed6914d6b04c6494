// Gradients of filters by minimal filtering.
#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>

#include "matrix_product.h"
#include "parallel.h"
#include "winograd_filter.h"
#include "winograd_taking.h"
#include "winograd_tiles.h"
#include "workspace.h"

namespace stargan {

/** Channels of either side that are taken at a time, unless they are few. */
constexpr int64_t kSide = 2 * kPanel;
/** Floats that the transformed tiles may take at a time, about what stays in a cache that cores share. */
constexpr int64_t kChunk = int64_t{10} << 20;
/** Sums of so few channels stay in a core's own cache, beside tiles; they are worth it for that many tiles. */
constexpr int64_t kFewSums = int64_t{5} << 15, kManyTiles = 1024;

/** A filter's gradient, for x and dy whose channels are the filter's rows and columns; `taking` is for every pixel of x. */
template <class Taking>
struct FilterGradient {
  Tiling tiling;
  Map rowMap;
  const float* x;
  Taking taking;
  Map columnMap;
  const float* dy;
  FilterReading reading;
  float* gradient;
};

/** Whether product f is the first that meets its value of the filter. */
template <class F>
constexpr bool isFirst(int product) {
  for (int f = 0; f < product; f++) {
    if (filterOf<F>(f) == filterOf<F>(product)) return false;
  }
  return true;
}

/** Sums of products for rows `row` … `rowEnd` − 1 and columns `column` … `columnEnd` − 1 of the filter. */
struct Sums {
  int64_t row, rowEnd, column, columnEnd, valueStride, rowStride;
  float* work;
  float* at(int value, int64_t r, int64_t c) const { return work + value * valueStride + (r - row) * rowStride + c - column; }
};

/** Tiles of both sides by panels of channels, so that a matrix product reads memory in its order. */
struct PanelTiles {
  const float *rowTiles, *columnTiles;
  /** Tiles that there are, and places for tiles. */
  int64_t tiles, room;
};

/** Adds up product f of all tiles; `afresh` forgets what was there. */
template <class F, class Taking>
void addProduct(const FilterGradient<Taking>& problem, const PanelTiles& entered, int f, bool afresh, const Sums& sums) {
  const float* const rowTiles = entered.rowTiles + f * padded(entered.room * problem.rowMap.channels);
  const float* const columnTiles = entered.columnTiles + f * padded(entered.room * problem.columnMap.channels);
  for (int64_t r = sums.row; r < sums.rowEnd; r += kPanel) {
    for (int64_t c = sums.column; c < sums.columnEnd; c += kPanel) {
      const Operand from = {rowTiles + r * entered.room, 1, kPanel};
      float* const to = sums.at(filterOf<F>(f), r, c);
      if (afresh) multiplyPanel<false>(kPanel, entered.tiles, from, columnTiles + c * entered.room, kPanel, to, sums.rowStride);
      else multiplyPanel<true>(kPanel, entered.tiles, from, columnTiles + c * entered.room, kPanel, to, sums.rowStride);
    }
  }
}

/** dg = Gᵀ sums G for rows `from` … `to` − 1. */
template <class F, class Taking>
void leaveFilter(const FilterGradient<Taking>& problem, const Sums& sums, int64_t from, int64_t to) {
  constexpr int values = F::filters * F::filters;
  const FilterReading& reading = problem.reading;
  for (int64_t r = from; r < to; r++) {
    for (int64_t c = sums.column; c < sums.columnEnd; c += kLanes) {
      Vector input[values], taps[9];
#pragma GCC unroll 36
      for (int u = 0; u < values; u++) input[u] = load(sums.at(u, r, c));
      transformBothAxes<Transposed<FilterMatrix<F>>>(input, taps);
#pragma GCC unroll 9
      for (int i = 0; i < 9; i++) store(problem.gradient + reading.tap(i) + r * reading.out + c, taps[i] * broadcast(reading.scale));
    }
  }
}

/** Brings tiles `from` … `to` − 1 of one side to products, the first to place `place` of `room`. */
template <class Side, class Taking>
void enterPanels(const Tiling& tiling, const Map& map, const float* x, const Taking& taking, int64_t from, int64_t to, float* out,
                 int64_t place, int64_t room) {
  enterTiles<Side>(tiling, map, x, taking, from, to, out + place * kPanel, {padded(room * map.channels), kPanel, kPanel, room * kPanel});
}

/**
 * For few channels: the sums of all rows and columns stay in a core's cache, and so do the tiles of a step. Stretches of
 * tiles are summed by themselves and then added up in their order.
 */
template <class F, class RowSide, class ColumnSide, class Taking>
void filterGradientOfFewChannels(const FilterGradient<Taking>& problem, Workspace& workspace) {
  constexpr int products = F::products * F::products, values = F::filters * F::filters;
  constexpr int64_t step = 32, stretchesAtMost = 8;
  const int64_t rows = problem.rowMap.channels, columns = problem.columnMap.channels, count = problem.tiling.count();
  const int64_t steps = (count + step - 1) / step, stretches = std::min(stretchesAtMost, steps);
  const int64_t valueStride = padded(rows * columns), size = values * valueStride;
  const int64_t entered = products * (padded(step * rows) + padded(step * columns));
  float* const works = workspace.works.floats(stretches * size);
  float* const tiles = workspace.tiles.floats(threadLimit() * entered);
  const auto sumsAt = [&](float* work) { return Sums{0, rows, 0, columns, valueStride, columns, work}; };
  inParallelByWorker(stretches, count * rows * columns, [&](int64_t stretch, int64_t worker) {
    float* const rowTiles = tiles + worker * entered;
    float* const columnTiles = rowTiles + products * padded(step * rows);
    const int64_t begin = steps * stretch / stretches * step, end = std::min(count, steps * (stretch + 1) / stretches * step);
    for (int64_t from = begin; from < end; from += step) {
      const int64_t to = std::min(end, from + step);
      enterPanels<RowSide>(problem.tiling, problem.rowMap, problem.x, problem.taking, from, to, rowTiles, 0, step);
      enterPanels<ColumnSide>(problem.tiling, problem.columnMap, problem.dy, Plain(), from, to, columnTiles, 0, step);
      for (int f = 0; f < products; f++) {
        addProduct<F>(problem, {rowTiles, columnTiles, to - from, step}, f, from == begin && isFirst<F>(f), sumsAt(works + stretch * size));
      }
    }
  });
  inParallel(rows, size * stretches, [&](int64_t row) {
    for (int64_t stretch = 1; stretch < stretches; stretch++) {
      for (int u = 0; u < values; u++) {
        float* const sum = works + u * valueStride + row * columns;
        for (int64_t c = 0; c < columns; c += kLanes) store(sum + c, load(sum + c) + load(sum + stretch * size + c));
      }
    }
    leaveFilter<F>(problem, sumsAt(works), row, row + 1);
  });
}

/** For many channels: all tiles are brought to products before blocks of rows and columns are summed up. */
template <class F, class RowSide, class ColumnSide, class Taking>
void filterGradientOfManyChannels(const FilterGradient<Taking>& problem, Workspace& workspace) {
  constexpr int products = F::products * F::products, values = F::filters * F::filters;
  const Tiling& tiling = problem.tiling;
  const int64_t rows = problem.rowMap.channels, columns = problem.columnMap.channels, count = tiling.count();
  const int64_t chunk = std::min(count, std::max<int64_t>(16, kChunk / (products * (rows + columns))));
  float* const rowTiles = workspace.tiles.floats(products * padded(chunk * rows));
  float* const columnTiles = workspace.filters.floats(products * padded(chunk * columns));
  const int64_t columnBlocks = (columns + kSide - 1) / kSide, blocks = (rows + kSide - 1) / kSide * columnBlocks;
  const int64_t valueStride = padded(kSide * kSide), workSize = values * valueStride;
  // Values of the filter are sums of their own. Where blocks are few, values share the work.
  const int64_t parts = blocks < 4 * threadLimit() ? values : 1;
  const bool passing = chunk == count && parts == 1;
  float* const works = workspace.works.floats((passing ? threadLimit() : blocks) * workSize);
  const auto sumsOf = [&](int64_t block, int64_t place) {
    const int64_t row = block / columnBlocks * kSide, column = block % columnBlocks * kSide;
    return Sums{row, std::min(rows, row + kSide), column, std::min(columns, column + kSide), valueStride, kSide, works + place * workSize};
  };
  for (int64_t from = 0; from < count; from += chunk) {
    const int64_t to = std::min(count, from + chunk);
    inParallel((to - from + 3) / 4, (to - from) * (rows + columns) * products, [&](int64_t four) {
      const int64_t place = 4 * four, last = std::min(to, from + place + 4);
      enterPanels<RowSide>(tiling, problem.rowMap, problem.x, problem.taking, from + place, last, rowTiles, place, chunk);
      enterPanels<ColumnSide>(tiling, problem.columnMap, problem.dy, Plain(), from + place, last, columnTiles, place, chunk);
    });
    inParallelByWorker(blocks * parts, (to - from) * rows * columns, [&](int64_t part, int64_t worker) {
      const int64_t block = part / parts;
      const Sums sums = sumsOf(block, passing ? worker : block);
      for (int f = 0; f < products; f++) {
        if (parts > 1 && filterOf<F>(f) != part % parts) continue;
        addProduct<F>(problem, {rowTiles, columnTiles, to - from, chunk}, f, from == 0 && isFirst<F>(f), sums);
      }
      if (to == count && parts == 1) leaveFilter<F>(problem, sums, sums.row, sums.rowEnd);
    });
  }
  if (parts == 1) return;
  inParallel(blocks, rows * columns * values, [&](int64_t block) {
    const Sums sums = sumsOf(block, block);
    leaveFilter<F>(problem, sums, sums.row, sums.rowEnd);
  });
}

template <class F, class RowSide, class ColumnSide, class Taking>
void filterGradient(const FilterGradient<Taking>& problem, Workspace& workspace) {
  const std::lock_guard<std::mutex> lock(workspace.inUse);
  if (problem.tiling.count() == 0) {
    std::fill_n(problem.gradient, 9 * problem.reading.in * problem.reading.out, 0.f);
    return;
  }
  const int64_t sums = F::filters * F::filters * problem.rowMap.channels * problem.columnMap.channels;
  const bool few = sums <= kFewSums && problem.tiling.count() >= kManyTiles;
  if (few) filterGradientOfFewChannels<F, RowSide, ColumnSide>(problem, workspace);
  else filterGradientOfManyChannels<F, RowSide, ColumnSide>(problem, workspace);
}

}  // namespace stargan
