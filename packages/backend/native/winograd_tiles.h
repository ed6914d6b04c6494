// Tiles of feature maps: where they lie, and how they become products and come back.
#pragma once

#include <cstdint>
#include <type_traits>

#include "simd.h"
#include "winograd_transforms.h"

namespace stargan {

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
inline void forTile(const Tiling& tiling, const Map& map, int64_t tile, const Pixel& pixel) {
  const int64_t image = tile / (tiling.down * tiling.across), within = tile % (tiling.down * tiling.across);
  const int64_t top = within / tiling.across * Side::step - Side::before, left = within % tiling.across * Side::step - Side::before;
  for (int i = 0; i < Side::size * Side::size; i++) {
    const int64_t y = top + i / Side::size, x = left + i % Side::size;
    if (y < 0 || y >= map.height || x < 0 || x >= map.width) continue;
    pixel(i, image * map.size() + (y * map.width + x) * map.channels);
  }
}

/** Where products go: product f of tile t and channel c is at f · product + t · tile + (c / block) · blockStride + c % block. */
struct ProductLayout {
  int64_t product, tile, block, blockStride;
};

/** Brings tiles `from` … `to` − 1 to products; the first is tile 0 of `out`. Pixels of the map are what `taking` takes them for; 0 is around it. */
template <class Side, class Taking>
void enterTiles(const Tiling& tiling, const Map& map, const float* x, const Taking& taking, int64_t from, int64_t to, float* out,
                const ProductLayout& layout) {
  constexpr int products = Side::Enter::rows * Side::Enter::rows, pixels = Side::size * Side::size;
  for (int64_t tile = from; tile < to; tile++) {
    const float* place[pixels] = {};
    forTile<Side>(tiling, map, tile, [&](int i, int64_t offset) { place[i] = x + offset; });
    const int64_t image = tile / (tiling.down * tiling.across);
    for (int64_t c = 0; c < map.channels; c += kLanes) {
      const auto take = taking.at(image, c);
      Vector input[pixels], output[products];
#pragma GCC unroll 36
      for (int i = 0; i < pixels; i++) input[i] = place[i] == nullptr ? broadcast(0) : take(load(place[i] + c));
      transformBothAxes<typename Side::Enter>(input, output);
      float* to = out + (c / layout.block) * layout.blockStride + (tile - from) * layout.tile + c % layout.block;
#pragma GCC unroll 36
      for (int f = 0; f < products; f++) store(to + f * layout.product, output[f]);
    }
  }
}

/** Leaves results as they are. */
struct AsIs {
  Vector operator()(Vector result, int64_t, int64_t) const { return result; }
};

/** Adds a bias and a shortcut of the same size to results, and scales the sum, in the order of the operations that do it one by one. */
struct ResidualSum {
  const float* bias;
  const float* shortcut;
  float scale;
  Vector operator()(Vector result, int64_t offset, int64_t channel) const {
    return ((result + load(bias + channel)) + load(shortcut + offset)) * broadcast(scale);
  }
};

/**
 * Brings products of `tiles` tiles back to channels `channel` … `channel + channels − 1` of a map, adding where tiles
 * overlap. Product f of tile t and channel c is at in[f · productStride + t · tileStride + c − channel]. `finish(result, offset,
 * channel)` gives what is stored at that offset, where tiles do not overlap.
 */
template <class Side, class Finish>
void leaveTiles(const Tiling& tiling, const Map& map, const float* in, int64_t productStride, int64_t tileStride, int64_t first,
                int64_t tiles, int64_t channel, int64_t channels, float* y, const Finish& finish) {
  static_assert(!Side::overlaps || std::is_same<Finish, AsIs>::value, "sums of overlapping tiles are not finished");
  using Leave = Transposed<typename Side::Enter>;
  constexpr int products = Leave::columns * Leave::columns, pixels = Side::size * Side::size;
  for (int64_t tile = 0; tile < tiles; tile++) {
    float* place[pixels] = {};
    forTile<Side>(tiling, map, first + tile, [&](int i, int64_t offset) { place[i] = y + offset + channel; });
    for (int64_t c = 0; c < channels; c += kLanes) {
      Vector input[products], output[pixels];
#pragma GCC unroll 36
      for (int f = 0; f < products; f++) input[f] = load(in + f * productStride + tile * tileStride + c);
      transformBothAxes<Leave>(input, output);
#pragma GCC unroll 36
      for (int i = 0; i < pixels; i++) {
        if (place[i] == nullptr) continue;
        store(place[i] + c, Side::overlaps ? load(place[i] + c) + output[i] : finish(output[i], place[i] + c - y, channel + c));
      }
    }
  }
}

}  // namespace stargan
