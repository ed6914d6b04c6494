// Convolutions by minimal filtering, and the gradients of their inputs.
#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>

#include "matrix_product.h"
#include "parallel.h"
#include "winograd_filter.h"
#include "winograd_schedule.h"
#include "winograd_tiles.h"
#include "workspace.h"

namespace stargan {

/** Tiles of one matrix product: a whole number of register rows. */
constexpr int64_t kTiles = 3 * kRegisterRows;
/** Panels of one matrix product. */
constexpr int64_t kPanels = 2;
/** Up to this many tiles, transformed filters are used as soon as they are made and never leave the cache. */
constexpr int64_t kFewTiles = 96;

/**
 * A convolution between two sides, without the resampling, which is in `F`; `taking` is for every pixel of the input, `finish` for every
 * element of the output.
 */
template <class Taking, class Finish>
struct Convolution {
  Tiling tiling;
  Map input;
  const float* x;
  Taking taking;
  FilterReading reading;
  const float* filter;
  Map output;
  float* y;
  Finish finish;
};

inline void clearRows(const Map& map, float* y, int64_t from, int64_t to, int64_t channel, int64_t channels) {
  for (int64_t pixel = from * map.width; pixel < to * map.width; pixel++) std::fill_n(y + pixel * map.channels + channel, channels, 0.f);
}

/**
 * For few tiles: reading transformed filters from memory would take longer than the products. All tiles are multiplied
 * with a piece of the filter at a time, which is transformed just before.
 */
template <class F, class From, class To, class Taking, class Finish>
void convolveFewTiles(const Convolution<Taking, Finish>& convolution, Workspace& workspace) {
  const Tiling& tiling = convolution.tiling;
  const FilterReading& reading = convolution.reading;
  const Map& output = convolution.output;
  float* const y = convolution.y;
  constexpr int products = F::products * F::products, values = F::filters * F::filters;
  const int64_t length = reading.length(), count = tiling.count(), tileStride = padded(length);
  const ProductLayout layout = {padded(count * tileStride), tileStride, length, 0};
  float* const tiles = workspace.tiles.floats(products * layout.product);
  inParallel((count + 3) / 4, count * length * products, [&](int64_t four) {
    const int64_t from = 4 * four;
    enterTiles<From>(tiling, convolution.input, convolution.x, convolution.taking, from, std::min(count, from + 4), tiles + from * tileStride, layout);
  });
  const int64_t valueStride = padded(kSummands * kPanel), workStride = padded(count * kPanel);
  const int64_t workSize = values * valueStride + products * workStride;
  float* const works = workspace.works.floats(threadLimit() * workSize);
  inParallelByWorker(reading.columns() / kPanel, count * length * reading.columns(), [&](int64_t panel, int64_t worker) {
    float* const filters = works + worker * workSize;
    float* const work = filters + values * valueStride;
    for (int64_t n = 0; n < length; n += kSummands) {
      const int64_t summands = std::min(kSummands, length - n);
      transformFilter<F>(reading, convolution.filter, panel, n, n + summands, filters, valueStride);
      for (int f = 0; f < products; f++) {
        const Operand from = {tiles + f * layout.product + n, tileStride, 1};
        const float* const matrix = filters + filterOf<F>(f) * valueStride;
        if (n == 0) multiplyPanel<false>(count, summands, from, matrix, kPanel, work + f * workStride, kPanel);
        else multiplyPanel<true>(count, summands, from, matrix, kPanel, work + f * workStride, kPanel);
      }
    }
    if (To::overlaps) clearRows(output, y, 0, tiling.batch * output.height, panel * kPanel, kPanel);
    leaveTiles<To>(tiling, output, work, workStride, kPanel, 0, count, panel * kPanel, kPanel, y, convolution.finish);
  });
}

/** For many tiles: the filter is transformed once, and the tiles are taken in blocks. */
template <class F, class From, class To, class Taking, class Finish>
void convolveManyTiles(const Convolution<Taking, Finish>& convolution, Workspace& workspace) {
  const Tiling& tiling = convolution.tiling;
  const FilterReading& reading = convolution.reading;
  const Map& output = convolution.output;
  float* const y = convolution.y;
  constexpr int products = F::products * F::products, values = F::filters * F::filters;
  const int64_t length = reading.length(), columns = reading.columns(), panels = columns / kPanel;
  const int64_t valueStride = padded(length * columns);
  float* const filters = workspace.filters.floats(values * valueStride);
  const int64_t pieces = (length + kSummands - 1) / kSummands;
  inParallel(panels * pieces, length * columns * values, [&](int64_t part) {
    const int64_t panel = part / pieces, from = part % pieces * kSummands;
    transformFilter<F>(reading, convolution.filter, panel, from, std::min(length, from + kSummands),
                       filters + (panel * length + from) * kPanel, valueStride);
  });
  const int64_t tileStride = padded(length);
  const ProductLayout layout = {padded(kTiles * tileStride), tileStride, length, 0};
  const int64_t workStride = padded(kTiles * kPanels * kPanel), partSize = products * (layout.product + workStride);
  const int64_t workers = threadLimit(), groups = (panels + kPanels - 1) / kPanels;
  float* const works = workspace.works.floats(workers * partSize);
  for (const Phase& bands : scheduleOf<To>(tiling, output, kTiles)) {
    const int64_t count = static_cast<int64_t>(bands.size());
    // Where bands are too few for all workers, several take a band's columns between them, and each transforms its tiles.
    const int64_t shares = count == 0 ? 1 : std::min(groups, (2 * workers + count - 1) / count);
    inParallelByWorker(count * shares, tiling.count() * length * columns, [&](int64_t part, int64_t worker) {
      const Band& band = bands[static_cast<size_t>(part / shares)];
      float* const entered = works + worker * partSize;
      float* const work = entered + products * layout.product;
      const int64_t firstPanel = part % shares * groups / shares * kPanels;
      const int64_t endPanel = std::min(panels, (part % shares + 1) * groups / shares * kPanels);
      clearRows(output, y, band.clearFrom, band.clearTo, firstPanel * kPanel, (endPanel - firstPanel) * kPanel);
      for (const Block& block : band.blocks) {
        enterTiles<From>(tiling, convolution.input, convolution.x, convolution.taking, block.first, block.first + block.tiles,
                         entered, layout);
        for (int64_t panel = firstPanel; panel < endPanel; panel += kPanels) {
          const int64_t somePanels = std::min(kPanels, endPanel - panel);
          for (int f = 0; f < products; f++) {
            for (int64_t p = 0; p < somePanels; p++) {
              const float* const matrix = filters + filterOf<F>(f) * valueStride + (panel + p) * length * kPanel;
              multiplyPanel<false>(block.tiles, length, {entered + f * layout.product, tileStride, 1}, matrix, kPanel,
                                   work + f * workStride + p * kPanel, kPanels * kPanel);
            }
          }
          leaveTiles<To>(tiling, output, work, workStride, kPanels * kPanel, block.first, block.tiles, panel * kPanel,
                         somePanels * kPanel, y, convolution.finish);
        }
      }
    });
  }
}

template <class F, class From, class To, class Taking, class Finish>
void convolve(const Convolution<Taking, Finish>& convolution, Workspace& workspace) {
  const std::lock_guard<std::mutex> lock(workspace.inUse);
  if (convolution.tiling.count() <= kFewTiles) convolveFewTiles<F, From, To>(convolution, workspace);
  else convolveManyTiles<F, From, To>(convolution, workspace);
}

}  // namespace stargan
