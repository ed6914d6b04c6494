#include "paged_blocks.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "replaced_functions.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace stargan {
namespace {

/** Never destroyed: threads of TensorFlow's free their blocks until the process ends. */
PagePool& pool() {
  static PagePool& blocks = *new PagePool;
  return blocks;
}

bool inUse = false;

// Smaller blocks come and go too often, and would leave most of a piece empty.
constexpr size_t kSmallest = PagePool::kPiece;

void* takeAligned(size_t alignment, size_t bytes) {
  return bytes >= kSmallest && alignment <= PagePool::kPiece ? pool().take(bytes) : nullptr;
}

extern "C" {

int starganPosixMemalign(void** block, size_t alignment, size_t bytes) {
  const int before = errno;
  void* const taken = takeAligned(alignment, bytes);
  errno = before;
  if (taken == nullptr) return posix_memalign(block, alignment, bytes);
  *block = taken;
  return 0;
}

void* starganAlignedAlloc(size_t alignment, size_t bytes) {
  void* const taken = takeAligned(alignment, bytes);
  return taken == nullptr ? aligned_alloc(alignment, bytes) : taken;
}

void starganFree(void* block) {
  if (block != nullptr && !pool().giveBack(block)) std::free(block);
}

void* starganRealloc(void* block, size_t bytes) {
  const size_t had = block == nullptr ? 0 : pool().sizeOf(block);
  if (had == 0) return std::realloc(block, bytes);
  void* const other = std::malloc(bytes);
  if (other == nullptr) return nullptr;
  std::memcpy(other, block, had < bytes ? had : bytes);
  pool().giveBack(block);
  return other;
}

}  // extern "C"

template <typename Function>
Replacement replacement(const char* name, Function function) {
  return {name, reinterpret_cast<void*>(function)};
}

}  // namespace

bool usePagedBlocks() {
  if (inUse) return true;
  if (!pool().works()) return false;
  // Functions that take blocks back go first: no block of the pool reaches the C library's.
  const char* const libraries = "libtensorflow";
  if (replaceFunctions(libraries, {replacement("free", starganFree), replacement("realloc", starganRealloc)}) == 0) return false;
  inUse = replaceFunctions(libraries, {replacement("posix_memalign", starganPosixMemalign),
                                       replacement("aligned_alloc", starganAlignedAlloc)}) > 0;
#ifdef __GLIBC__
  // What others ask of the C library: its own rule, which follows what is freed, would keep large blocks in heaps, in fragments.
  if (inUse) mallopt(M_MMAP_THRESHOLD, static_cast<int>(kSmallest));
#endif
  return inUse;
}

PagePool* pagedBlocks() { return inUse ? &pool() : nullptr; }

}  // namespace stargan
