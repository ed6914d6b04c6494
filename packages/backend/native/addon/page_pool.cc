#include "page_pool.h"

#include <cstdint>
#include <iterator>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace stargan {
namespace {

constexpr size_t kPiece = PagePool::kPiece;

size_t piecesOf(size_t bytes) { return bytes / kPiece + (bytes % kPiece == 0 ? 0 : 1); }

#ifdef __linux__

/** Fresh memory, untouched and therefore without pages yet; null where the system has none. */
char* reserve(size_t pieces) {
  if (pieces >= SIZE_MAX / kPiece) return nullptr;
  // One piece more, for the address to be a multiple of a piece.
  void* const mapped = mmap(nullptr, (pieces + 1) * kPiece, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  char* const first = static_cast<char*>(mapped);
  const size_t before = (kPiece - reinterpret_cast<uintptr_t>(first) % kPiece) % kPiece;
  if (before > 0) munmap(first, before);
  munmap(first + before + pieces * kPiece, kPiece - before);
  return first + before;
}

void unmap(char* start, size_t pieces) {
  if (pieces > 0) munmap(start, pieces * kPiece);
}

/** Moves the pages of one piece; before Linux 6.17 a call moves no more than what was mapped by one. */
bool movePiece(char* from, char* to) {
  return mremap(from, kPiece, kPiece, MREMAP_MAYMOVE | MREMAP_FIXED, to) != MAP_FAILED;
}

#else

char* reserve(size_t) { return nullptr; }
void unmap(char*, size_t) {}
bool movePiece(char*, char*) { return false; }

#endif

}  // namespace

void* PagePool::take(size_t bytes) {
  const size_t pieces = piecesOf(bytes);
  if (pieces == 0) return nullptr;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto size = unused.lower_bound(pieces);
  char* block;
  if (size == unused.end()) {
    block = assemble(pieces);
  } else {
    const size_t found = size->first;
    block = takeFree(size);
    keep(block + pieces * kPiece, found - pieces);
  }
  if (block != nullptr) taken.emplace(block, pieces);
  return block;
}

bool PagePool::giveBack(void* block) {
  // Spares looking up what cannot be one.
  if (reinterpret_cast<uintptr_t>(block) % kPiece != 0) return false;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto found = taken.find(block);
  if (found == taken.end()) return false;
  keep(static_cast<char*>(block), found->second);
  taken.erase(found);
  return true;
}

size_t PagePool::sizeOf(void* block) {
  if (reinterpret_cast<uintptr_t>(block) % kPiece != 0) return 0;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto found = taken.find(block);
  return found == taken.end() ? 0 : found->second * kPiece;
}

void PagePool::release() {
  const std::lock_guard<std::mutex> lock(mutex);
  releaseLocked();
}

PagePool::Accounts PagePool::accounts() {
  const std::lock_guard<std::mutex> lock(mutex);
  Accounts all{0, 0};
  for (const auto& block : taken) all.inUse += block.second * kPiece;
  for (const auto& size : unused) all.free += size.first * size.second.size() * kPiece;
  return all;
}

bool PagePool::works() {
  char* const two[] = {static_cast<char*>(take(kPiece)), static_cast<char*>(take(kPiece))};
  bool right = two[0] != nullptr && two[1] != nullptr;
  for (int i = 0; i < 2 && right; ++i) two[i][0] = two[i][kPiece - 1] = static_cast<char>('a' + i);
  for (char* const block : two) giveBack(block);
  char* const three = right ? static_cast<char*>(take(3 * kPiece)) : nullptr;
  right = three != nullptr;
  if (right) {
    // The one that came back last goes first.
    right = three[0] == 'b' && three[kPiece - 1] == 'b' && three[kPiece] == 'a' && three[2 * kPiece - 1] == 'a';
    three[3 * kPiece - 1] = 'c';
    giveBack(three);
  }
  release();
  return right;
}

/** A block made of pages of free ones, then of fresh ones. */
char* PagePool::assemble(size_t pieces) {
  char* start = reserve(pieces);
  if (start != nullptr) {
    const size_t moved = moveInto(start, pieces);
    if (moved == pieces || unused.empty()) return start;
    keep(start, moved);
    // Not the piece at which the system refused: it may have been unmapped by then, and another thread's memory be there.
    unmap(start + (moved + 1) * kPiece, pieces - moved - 1);
  }
  // A process may have too many mappings (vm.max_map_count), or too much memory: what is free goes back, and with it its mappings.
  releaseLocked();
  return reserve(pieces);
}

/** Moves free pages to where a block begins, and returns how many pieces: all, or fewer with nothing free left, or where the system refuses. */
size_t PagePool::moveInto(char* start, size_t pieces) {
  size_t moved = 0;
  while (moved < pieces && !unused.empty()) {
    const size_t missing = pieces - moved;
    auto size = unused.lower_bound(missing);
    if (size == unused.end()) size = std::prev(size);
    const size_t found = size->first;
    char* const from = takeFree(size);
    const size_t wanted = found < missing ? found : missing;
    size_t done = 0;
    while (done < wanted && movePiece(from + done * kPiece, start + moved * kPiece)) ++done, ++moved;
    keep(from + done * kPiece, found - done);
    if (done < wanted) break;
  }
  return moved;
}

char* PagePool::takeFree(std::map<size_t, std::vector<char*>>::iterator size) {
  char* const block = size->second.back();
  size->second.pop_back();
  if (size->second.empty()) unused.erase(size);
  return block;
}

void PagePool::keep(char* start, size_t pieces) {
  if (pieces > 0) unused[pieces].push_back(start);
}

void PagePool::releaseLocked() {
  for (const auto& size : unused) {
    for (char* const block : size.second) unmap(block, size.first);
  }
  unused.clear();
}

}  // namespace stargan
