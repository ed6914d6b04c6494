// Memory that minimal filtering computes in and keeps between calls: fresh memory costs more than what is computed in it.
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "simd.h"

namespace stargan {

class Scratch {
 public:
  /** Room for `count` floats, whose values are of no importance. */
  float* floats(int64_t count) {
    if (static_cast<int64_t>(memory.size()) < count) {
      // The smaller room goes first, so that both are never there at once.
      std::vector<float>().swap(memory);
      memory = std::vector<float>(static_cast<size_t>(count));
    }
    return memory.data();
  }

 private:
  std::vector<float> memory;
};

struct Workspace {
  Scratch filters, tiles, works;
  /** Held by the one call that computes in them. */
  std::mutex inUse;
};

/** One for all kernels: they take turns. */
inline Workspace workspace;

/** The distance of arrays of `length` floats. A power of two apart, they would share few places of the cache. */
constexpr int64_t padded(int64_t length) { return length + kLanes; }

}  // namespace stargan
