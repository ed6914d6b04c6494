// Large blocks of memory that are put together from whatever pages are free.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace stargan {

/**
 * Gives out blocks of whole pieces of 1 MiB, and keeps what comes back. Where no free block is large enough, the system moves pages
 * of free ones behind one another (`mremap`), which copies and clears nothing. Free memory is therefore never in the wrong place: what
 * is taken from the system is the most that was in use at once, each block rounded up to whole pieces, and no fragments.
 *
 * For Linux; on other systems it has no blocks to give.
 */
class PagePool {
 public:
  static constexpr size_t kPiece = size_t{1} << 20;

  struct Accounts {
    size_t inUse, free;
  };

  /** A block of at least so many bytes, at an address that is a multiple of a piece; null where the system has none. */
  void* take(size_t bytes);

  /** Takes a block back; false, and nothing done, for an address that is no block of this pool. */
  bool giveBack(void* block);

  /** Bytes of a block; 0 for an address that is no block of this pool. */
  size_t sizeOf(void* block);

  /** Returns all that is free to the system. */
  void release();

  Accounts accounts();

  /** Whether this system moves pages as it should: a block put together from two others holds what they held. */
  bool works();

 private:
  char* assemble(size_t pieces);
  size_t moveInto(char* start, size_t pieces);
  char* takeFree(std::map<size_t, std::vector<char*>>::iterator size);
  void keep(char* start, size_t pieces);
  void releaseLocked();

  std::mutex mutex;
  /** Pieces of each block that is in use. */
  std::unordered_map<void*, size_t> taken;
  /** Free blocks by their number of pieces; the one that was given back last, which the cache still knows, is the first to go. */
  std::map<size_t, std::vector<char*>> unused;
};

}  // namespace stargan
