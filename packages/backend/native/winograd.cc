// 3×3 convolutions by minimal filtering: `same`, followed by 2×2 average pooling, and after nearest upsampling ×2; with
// their gradients. Tiles become vectors of products, the products of all tiles are matrix products over the channels,
// and the results become tiles again. A convolution and its gradients are one bilinear form between a wide side (tiles
// overlap) and a narrow side (they do not), read in three ways:
//   wide → narrow: the convolution, with or without pooling; the gradient of the upsampling one
//   narrow → wide: the upsampling convolution (the adjoint of pooling is upsampling); the gradient of the pooling one
//   wide × narrow → filter: the gradient of the filter
#include <mutex>

#include "kernel.h"
#include "matrix_product.h"
#include "parallel.h"
#include "winograd_transforms.h"

namespace stargan {
namespace {

/** Tiles of one matrix product: a whole number of register rows. */
constexpr int64_t kTiles = 3 * kRegisterRows;
/** Panels of one matrix product. */
constexpr int64_t kPanels = 2;
/** Channels of one side of a filter gradient's matrix product. */
constexpr int64_t kRows = 2 * kPanel;
/** Floats that the transformed tiles may take at a time, about what stays in a cache that cores share. */
constexpr int64_t kChunk = int64_t{3} << 20;

/** Memory that is kept between calls: fresh memory costs more than what is computed in it. */
class Scratch {
 public:
  float* floats(int64_t count) {
    if (static_cast<int64_t>(memory.size()) < count) memory = std::vector<float>(static_cast<size_t>(count));
    return memory.data();
  }

 private:
  std::vector<float> memory;
};

Scratch filterScratch, tileScratch, narrowScratch, workScratch;
/** Held while the scratch memory is in use. */
std::mutex scratchMutex;

struct Map {
  int64_t height, width, channels;
  int64_t size() const { return height * width * channels; }
};

/** The tiles of a batch of feature maps: the narrow side's maps are `down`·outputs × `across`·outputs, or less. */
struct Tiling {
  int64_t batch, down, across;
  int64_t count() const { return batch * down * across; }
};

/** Sides of the bilinear form: where a tile lies, and the matrix that brings it to products. */
template <class F> struct Wide {
  using Enter = InputMatrix<F>;
  static constexpr int size = F::inputs, step = F::step, before = 1;
  static constexpr bool overlaps = true;
};
template <class F> struct Narrow {
  using Enter = Transposed<OutputMatrix<F>>;
  static constexpr int size = F::outputs, step = F::outputs, before = 0;
  static constexpr bool overlaps = false;
};

/** Calls `pixel(i, offset)` with the place in the map of each pixel of a tile that is inside. */
template <class Side, typename Pixel>
void forTile(const Tiling& tiling, const Map& map, int64_t tile, const Pixel& pixel) {
  const int64_t image = tile / (tiling.down * tiling.across), within = tile % (tiling.down * tiling.across);
  const int64_t top = within / tiling.across * Side::step - Side::before, left = within % tiling.across * Side::step - Side::before;
  for (int i = 0; i < Side::size * Side::size; i++) {
    const int64_t y = top + i / Side::size, x = left + i % Side::size;
    if (y < 0 || y >= map.height || x < 0 || x >= map.width) continue;
    pixel(i, image * map.size() + (y * map.width + x) * map.channels);
  }
}

/**
 * Brings tiles `from` … `to` − 1 to products: product f of tile t and channel c goes to
 * out[f · productStride + (c / block) · blockStride + (t − from) · tileStride + c % block].
 */
template <class Side>
void enterTiles(const Tiling& tiling, const Map& map, const float* x, int64_t from, int64_t to, float* out, int64_t productStride,
                int64_t tileStride, int64_t block, int64_t blockStride) {
  constexpr int products = Side::Enter::rows * Side::Enter::rows, pixels = Side::size * Side::size;
  inParallel((to - from + 3) / 4, (to - from) * map.channels * products, [&](int64_t four) {
    for (int64_t tile = from + 4 * four; tile < std::min(to, from + 4 * four + 4); tile++) {
      const float* place[pixels] = {};
      forTile<Side>(tiling, map, tile, [&](int i, int64_t offset) { place[i] = x + offset; });
      for (int64_t c = 0; c < map.channels; c += kLanes) {
        Vector input[pixels], output[products];
#pragma GCC unroll 36
        for (int i = 0; i < pixels; i++) input[i] = place[i] == nullptr ? broadcast(0) : load(place[i] + c);
        transformBothAxes<typename Side::Enter>(input, output);
        float* to = out + (c / block) * blockStride + (tile - from) * tileStride + c % block;
#pragma GCC unroll 36
        for (int f = 0; f < products; f++) store(to + f * productStride, output[f]);
      }
    }
  });
}

/** Brings products [product, tile, channel] of some tiles back to channels `channel` … of a map, adding where tiles overlap. */
template <class Side>
void leaveTiles(const Tiling& tiling, const Map& map, const float* in, int64_t first, int64_t tiles, int64_t channel, int64_t channels, float* y) {
  using Leave = Transposed<typename Side::Enter>;
  constexpr int products = Leave::columns * Leave::columns, pixels = Side::size * Side::size;
  for (int64_t tile = 0; tile < tiles; tile++) {
    float* place[pixels] = {};
    forTile<Side>(tiling, map, first + tile, [&](int i, int64_t offset) { place[i] = y + offset + channel; });
    for (int64_t c = 0; c < channels; c += kLanes) {
      Vector input[products], output[pixels];
#pragma GCC unroll 36
      for (int f = 0; f < products; f++) input[f] = load(in + (f * kTiles + tile) * kPanels * kPanel + c);
      transformBothAxes<Leave>(input, output);
#pragma GCC unroll 36
      for (int i = 0; i < pixels; i++) {
        if (place[i] != nullptr) store(place[i] + c, Side::overlaps ? load(place[i] + c) + output[i] : output[i]);
      }
    }
  }
}

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

/** U = G g Gᵀ as [filters², columns / kPanel, length, kPanel]. */
template <class F>
void transformFilter(const FilterReading& reading, const float* filter, float* out) {
  constexpr int values = F::filters * F::filters;
  const int64_t length = reading.length(), panels = reading.columns() / kPanel;
  inParallel(panels * (length / kLanes), length * reading.columns() * values, [&](int64_t part) {
    const int64_t panel = part % panels, from = part / panels * kLanes;
    float turned[9 * kLanes * kLanes];
    for (int64_t lane = 0; lane < kPanel; lane += kLanes) {
      const int64_t column = panel * kPanel + lane;
      if (reading.transposed) {
        // Rows of the filter are the columns here: turned around, so that vectors run along them.
        for (int i = 0; i < 9; i++) {
          for (int64_t c = 0; c < kLanes; c++) {
            const float* row = filter + reading.tap(i) + (column + c) * reading.out + from;
            for (int64_t n = 0; n < kLanes; n++) turned[(i * kLanes + n) * kLanes + c] = row[n];
          }
        }
      }
      for (int64_t n = 0; n < kLanes; n++) {
        Vector taps[9], output[values];
        for (int i = 0; i < 9; i++) {
          const float* row = reading.transposed ? turned + (i * kLanes + n) * kLanes : filter + reading.tap(i) + (from + n) * reading.out + column;
          taps[i] = load(row) * broadcast(reading.scale);
        }
        transformBothAxes<FilterMatrix<F>>(taps, output);
        for (int u = 0; u < values; u++) store(out + ((u * panels + panel) * length + from + n) * kPanel + lane, output[u]);
      }
    }
  });
}

/** Which transformed filter product f takes. */
template <class F>
constexpr int filterOf(int product) {
  return F::filterOf[product / F::products] * F::filters + F::filterOf[product % F::products];
}

template <class F, class From, class To>
void convolve(const Tiling& tiling, const Map& input, const float* x, const FilterReading& reading, const float* filter, const Map& output, float* y) {
  constexpr int products = F::products * F::products, values = F::filters * F::filters;
  const int64_t length = reading.length(), columns = reading.columns(), panels = columns / kPanel;
  const std::lock_guard<std::mutex> lock(scratchMutex);
  float* const filters = filterScratch.floats(values * length * columns);
  transformFilter<F>(reading, filter, filters);
  // Rows a power of two apart would share few places of the cache.
  const int64_t tileStride = length + kLanes;
  const int64_t chunk = std::min(tiling.count(), std::max<int64_t>(1, kChunk / (products * tileStride * kTiles)) * kTiles);
  float* const tiles = tileScratch.floats(products * chunk * tileStride);
  const int64_t workSize = products * kTiles * kPanels * kPanel;
  float* const works = workScratch.floats(threadLimit() * workSize);
  const int64_t groups = (panels + kPanels - 1) / kPanels;
  for (int64_t from = 0; from < tiling.count(); from += chunk) {
    const int64_t to = std::min(tiling.count(), from + chunk);
    enterTiles<From>(tiling, input, x, from, to, tiles, chunk * tileStride, tileStride, length, 0);
    // Overlapping tiles add up in the order of the tiles, so one worker takes them all.
    const int64_t blocks = (to - from + kTiles - 1) / kTiles, together = To::overlaps ? blocks : 1;
    inParallelByWorker(groups * (blocks / together), (to - from) * length * columns, [&](int64_t part, int64_t worker) {
      const int64_t group = part % groups, firstPanel = group * kPanels, somePanels = std::min(kPanels, panels - firstPanel);
      const int64_t channel = firstPanel * kPanel;
      float* const work = works + worker * workSize;
      if (To::overlaps && from == 0) {
        for (int64_t pixel = 0; pixel < tiling.batch * output.height * output.width; pixel++) {
          std::fill_n(y + pixel * output.channels + channel, somePanels * kPanel, 0.f);
        }
      }
      for (int64_t block = part / groups * together; block < (part / groups + 1) * together; block++) {
        const int64_t first = block * kTiles, some = std::min(kTiles, to - from - first);
        for (int f = 0; f < products; f++) {
          for (int64_t panel = 0; panel < somePanels; panel++) {
            const float* matrix = filters + (filterOf<F>(f) * panels + firstPanel + panel) * length * kPanel;
            multiplyPanel<false>(some, length, {tiles + (f * chunk + first) * tileStride, tileStride, 1}, matrix, kPanel,
                                 work + f * kTiles * kPanels * kPanel + panel * kPanel, kPanels * kPanel);
          }
        }
        leaveTiles<To>(tiling, output, work, from + first, some, channel, somePanels * kPanel, y);
      }
    });
  }
}

/** dg [3, 3, rows, columns] for x and dy, whose channels are the filter's rows and columns. */
template <class F, class RowSide, class ColumnSide>
void filterGradient(const Tiling& tiling, const Map& rowMap, const float* x, const Map& columnMap, const float* dy, const FilterReading& reading, float* gradient) {
  constexpr int products = F::products * F::products, values = F::filters * F::filters;
  constexpr int64_t columnsAtOnce = kPanels * kPanel;
  const int64_t rows = rowMap.channels, columns = columnMap.channels;
  const std::lock_guard<std::mutex> lock(scratchMutex);
  const int64_t chunk = std::min(tiling.count(), std::max<int64_t>(16, 2 * kChunk / (products * (rows + columns))));
  float* const rowTiles = tileScratch.floats(products * chunk * rows);
  float* const columnTiles = narrowScratch.floats(products * chunk * columns);
  const int64_t rowBlocks = (rows + kRows - 1) / kRows, columnBlocks = (columns + columnsAtOnce - 1) / columnsAtOnce;
  const int64_t workSize = values * kRows * columnsAtOnce;
  const bool atOnce = chunk == tiling.count();
  float* const works = workScratch.floats((atOnce ? threadLimit() : rowBlocks * columnBlocks) * workSize);
  for (int64_t from = 0; from < tiling.count(); from += chunk) {
    const int64_t to = std::min(tiling.count(), from + chunk);
    // By panels of channels, so that a matrix product reads memory in its order.
    enterTiles<RowSide>(tiling, rowMap, x, from, to, rowTiles, chunk * rows, kPanel, kPanel, chunk * kPanel);
    enterTiles<ColumnSide>(tiling, columnMap, dy, from, to, columnTiles, chunk * columns, kPanel, kPanel, chunk * kPanel);
    inParallelByWorker(rowBlocks * columnBlocks, (to - from) * rows * columns, [&](int64_t part, int64_t worker) {
      const int64_t row = part / columnBlocks * kRows, column = part % columnBlocks * columnsAtOnce;
      const int64_t rowEnd = std::min(rows, row + kRows), columnEnd = std::min(columns, column + columnsAtOnce);
      float* const work = works + (atOnce ? worker : part) * workSize;
      if (from == 0) std::fill_n(work, workSize, 0.f);
      for (int f = 0; f < products; f++) {
        for (int64_t r = row; r < rowEnd; r += kPanel) {
          for (int64_t c = column; c < columnEnd; c += kPanel) {
            multiplyPanel<true>(kPanel, to - from, {rowTiles + f * chunk * rows + r * chunk, 1, kPanel},
                                columnTiles + f * chunk * columns + c * chunk, kPanel,
                                work + (filterOf<F>(f) * kRows + r - row) * columnsAtOnce + c - column, columnsAtOnce);
          }
        }
      }
      if (to < tiling.count()) return;
      for (int64_t r = row; r < rowEnd; r++) {
        for (int64_t c = column; c < columnEnd; c += kLanes) {
          Vector input[values], taps[9];
          for (int u = 0; u < values; u++) input[u] = load(work + (u * kRows + r - row) * columnsAtOnce + c - column);
          transformBothAxes<Transposed<FilterMatrix<F>>>(input, taps);
          for (int i = 0; i < 9; i++) store(gradient + reading.tap(i) + r * columns + c, taps[i] * broadcast(reading.scale));
        }
      }
    });
  }
}

/** What surrounds the convolution; the value of the attribute `resampling`. */
enum class Resampling { kPool = -1, kNone = 0, kUpsample = 1 };

Resampling resamplingOf(const Context& context) {
  const float value = context.attribute(0);
  require(value == -1 || value == 0 || value == 1, "winograd: resampling must be -1, 0 or 1");
  return static_cast<Resampling>(static_cast<int>(value));
}

Map mapOf(const Tensor& tensor) {
  const std::vector<int64_t> shape = tensor.shape();
  require(shape.size() == 4, "winograd: feature maps must have rank 4");
  require(shape[3] > 0 && shape[3] % kPanel == 0, "winograd: the numbers of channels must be multiples of a panel");
  return {shape[1], shape[2], shape[3]};
}

template <class F>
Tiling tilingOf(int64_t batch, const Map& narrow) {
  return {batch, (narrow.height + F::outputs - 1) / F::outputs, (narrow.width + F::outputs - 1) / F::outputs};
}

/** The convolution, or with `backward` the gradient of its input. */
template <bool backward>
void run(const Context& context) {
  const Resampling resampling = resamplingOf(context);
  const Tensor x = context.input(0), filter = context.input(1);
  const std::vector<int64_t> filterShape = filter.shape();
  const Map input = mapOf(x);
  require(filterShape.size() == 4 && filterShape[0] == 3 && filterShape[1] == 3, "winograd: the filter must be 3×3");
  require(filterShape[2] % kPanel == 0 && filterShape[3] % kPanel == 0, "winograd: the numbers of channels must be multiples of a panel");
  require(filterShape[backward ? 3 : 2] == input.channels, "winograd: the filter does not fit the number of channels");
  const bool shrinks = resampling == (backward ? Resampling::kUpsample : Resampling::kPool);
  const bool grows = resampling == (backward ? Resampling::kPool : Resampling::kUpsample);
  require(!shrinks || (input.height % 2 == 0 && input.width % 2 == 0), "winograd: height and width must be even");
  const auto scaled = [&](int64_t size) { return shrinks ? size / 2 : grows ? size * 2 : size; };
  const Map output = {scaled(input.height), scaled(input.width), filterShape[backward ? 2 : 3]};
  const int64_t batch = x.shape()[0];
  const Tensor y = context.output(0, {batch, output.height, output.width, output.channels});
  FilterReading reading = {filterShape[2], filterShape[3], backward, false, 1};
  if (resampling == Resampling::kNone) {
    // The gradient of a convolution is one with the reversed filter.
    reading.reversed = backward;
    convolve<SameFilter, Wide<SameFilter>, Narrow<SameFilter>>(tilingOf<SameFilter>(batch, output), input, x.data(), reading, filter.data(), output, y.data());
    return;
  }
  if (resampling == Resampling::kUpsample) {
    // The adjoint of pooling halves what upsampling copies, on both axes.
    reading.reversed = true;
    reading.scale = 4;
  }
  using F = PooledFilter;
  if (grows) convolve<F, Narrow<F>, Wide<F>>(tilingOf<F>(batch, input), input, x.data(), reading, filter.data(), output, y.data());
  else convolve<F, Wide<F>, Narrow<F>>(tilingOf<F>(batch, output), input, x.data(), reading, filter.data(), output, y.data());
}

void runFilterGradient(const Context& context) {
  const Resampling resampling = resamplingOf(context);
  const Tensor x = context.input(0), dy = context.input(1);
  const Map input = mapOf(x), output = mapOf(dy);
  const int64_t batch = x.shape()[0];
  const auto factor = [&](int64_t from, int64_t to) {
    return resampling == Resampling::kPool ? from == 2 * to : resampling == Resampling::kUpsample ? 2 * from == to : from == to;
  };
  require(dy.shape()[0] == batch && factor(input.height, output.height) && factor(input.width, output.width), "winograd: dy does not fit x");
  const Tensor gradient = context.output(0, {3, 3, input.channels, output.channels});
  FilterReading reading = {input.channels, output.channels, false, false, 1};
  if (resampling == Resampling::kNone) {
    filterGradient<SameFilter, Wide<SameFilter>, Narrow<SameFilter>>(tilingOf<SameFilter>(batch, output), input, x.data(), output, dy.data(), reading, gradient.data());
    return;
  }
  using F = PooledFilter;
  if (resampling == Resampling::kPool) {
    filterGradient<F, Wide<F>, Narrow<F>>(tilingOf<F>(batch, output), input, x.data(), output, dy.data(), reading, gradient.data());
    return;
  }
  reading.reversed = true;
  reading.scale = 4;
  filterGradient<F, Narrow<F>, Wide<F>>(tilingOf<F>(batch, input), input, x.data(), output, dy.data(), reading, gradient.data());
}

}  // namespace

const Kernel winogradConvolution = {
    "StarganWinogradConvolution", {"x: float", "filter: float"}, {"resampling"}, {"y: float"}, run<false>};
const Enlisted<winogradConvolution> winogradConvolutionEnlisted;
const Kernel winogradConvolutionInputGradient = {
    "StarganWinogradConvolutionInputGradient", {"dy: float", "filter: float"}, {"resampling"}, {"dx: float"}, run<true>};
const Enlisted<winogradConvolutionInputGradient> winogradConvolutionInputGradientEnlisted;
const Kernel winogradConvolutionFilterGradient = {
    "StarganWinogradConvolutionFilterGradient", {"x: float", "dy: float"}, {"resampling"}, {"dfilter: float"}, runFilterGradient};
const Enlisted<winogradConvolutionFilterGradient> winogradConvolutionFilterGradientEnlisted;

}  // namespace stargan
