// In which order the tiles of a convolution are computed. What a result is added up from, and in which order, depends on
// the shapes alone and never on the number of threads.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "winograd_tiles.h"

namespace stargan {

/** Tiles that are multiplied together. */
struct Block {
  int64_t first, tiles;
};

/** Blocks that one worker computes in their order. */
struct Band {
  std::vector<Block> blocks;
  /** Rows of the output that this band adds to first; they count on from one map to the next. */
  int64_t clearFrom, clearTo;
};

/** Bands that may be computed at the same time, since no two of them add to the same pixels. */
using Phase = std::vector<Band>;

/** `tiles` tiles from `first` on, in blocks as even as can be of at most `most`. */
inline std::vector<Block> blocksOf(int64_t first, int64_t tiles, int64_t most) {
  const int64_t count = (tiles + most - 1) / most;
  std::vector<Block> blocks;
  for (int64_t i = 0; i < count; i++) {
    const int64_t from = tiles * i / count, to = tiles * (i + 1) / count;
    blocks.push_back({first + from, to - from});
  }
  return blocks;
}

/** Phases in which tiles are computed whose results go to the side `To`, in blocks of at most `most` tiles. */
template <class To>
std::vector<Phase> scheduleOf(const Tiling& tiling, const Map& output, int64_t most) {
  if constexpr (!To::overlaps) {
    Phase phase;
    for (const Block& block : blocksOf(0, tiling.count(), most)) phase.push_back({{block}, 0, 0});
    return {std::move(phase)};
  } else {
    // Bands of whole rows of tiles overlap with the bands above and below them alone: every other one may run at once.
    std::vector<Phase> phases(2);
    const int64_t rows = std::max<int64_t>(1, most / tiling.across);
    for (int64_t image = 0; image < tiling.batch; image++) {
      for (int64_t top = 0; top < tiling.down; top += rows) {
        const int64_t bottom = std::min(tiling.down, top + rows), second = top / rows % 2;
        const auto start = [](int64_t row) { return row * To::step - To::before; };
        int64_t from = std::max<int64_t>(0, start(top)), to = std::min(output.height, start(bottom - 1) + To::size);
        if (second == 1) {
          // What the bands of the first phase have added to stays.
          from = start(top - 1) + To::size;
          if (bottom < tiling.down) to = start(bottom);
        }
        phases[second].push_back({blocksOf((image * tiling.down + top) * tiling.across, (bottom - top) * tiling.across, most),
                                  image * output.height + from, image * output.height + to});
      }
    }
    return phases;
  }
}

}  // namespace stargan
