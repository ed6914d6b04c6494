// Drives the pool of pages from several threads: blocks of random sizes come and go, and each must hold what was written to it.
//
//   page-pool-driver SEED BLOCKS THREADS REFUSE
//
// REFUSE: of so many moves and mappings, the system refuses one; 0 for none. Prints as JSON how many pieces were in use at most, as the
// threads counted them, how many the pool had at most, how often the system refused, and how many KiB of memory are left when the pool
// has released all; exits with 1 and a message when a block does not hold what it should.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

#include "../../../native/addon/page_pool.h"

using stargan::PagePool;

namespace {

constexpr size_t kPiece = PagePool::kPiece;

std::atomic<uint64_t> refuseOneOf{0}, refused{0};

bool refuses() {
  thread_local std::mt19937_64 random(std::hash<std::thread::id>()(std::this_thread::get_id()));
  const uint64_t of = refuseOneOf;
  if (of == 0 || random() % of != 0) return false;
  ++refused;
  return true;
}

}  // namespace

extern "C" {
// The linker puts these between the pool and the C library (--wrap).
void* __real_mmap(void*, size_t, int, int, int, off_t);
void* __real_mremap(void*, size_t, size_t, int, ...);

void* __wrap_mmap(void* at, size_t bytes, int protection, int flags, int file, off_t offset) {
  return refuses() ? MAP_FAILED : __real_mmap(at, bytes, protection, flags, file, offset);
}

void* __wrap_mremap(void* from, size_t had, size_t wanted, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  void* const to = va_arg(rest, void*);
  va_end(rest);
  return refuses() ? MAP_FAILED : __real_mremap(from, had, wanted, flags, to);
}
}

namespace {

struct Block {
  char* start;
  size_t bytes;
  uint64_t mark;
};

/** Calls `at` with addresses of marks: at both ends of every piece, as far as the block reaches. */
template <typename At>
void forMarks(const Block& block, At at) {
  const size_t last = block.bytes / sizeof(uint64_t) - 1;
  auto* const words = reinterpret_cast<uint64_t*>(block.start);
  for (size_t word = 0; word <= last; word += kPiece / sizeof(uint64_t)) {
    at(words[word], word);
    const size_t end = std::min(word + kPiece / sizeof(uint64_t) - 1, last);
    at(words[end], end);
  }
}

void fail(const char* what) {
  std::fprintf(stderr, "%s\n", what);
  std::_Exit(1);
}

std::atomic<size_t> piecesInUse{0}, mostInUse{0}, mostInPool{0};

void raise(std::atomic<size_t>& most, size_t value) {
  size_t before = most;
  while (before < value && !most.compare_exchange_weak(before, value)) {
  }
}

long residentKib() {
  long all = 0, resident = 0;
  if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &all, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

size_t piecesOf(const Block& block) { return (block.bytes + kPiece - 1) / kPiece; }

void drive(PagePool& pool, uint64_t seed, int blocks) {
  std::mt19937_64 random(seed);
  std::vector<Block> held;
  const auto giveBack = [&](size_t at) {
    const Block block = held[at];
    held[at] = held.back();
    held.pop_back();
    forMarks(block, [&](uint64_t& word, size_t index) {
      if (word != block.mark + index) fail("a block does not hold what was written to it");
    });
    if (pool.sizeOf(block.start) != piecesOf(block) * kPiece) fail("a block has another size than it was asked for");
    if (pool.sizeOf(block.start + kPiece / 2) != 0 || pool.giveBack(block.start + kPiece / 2)) fail("the middle of a block is taken for one");
    // Counted after, as taking is counted before: the threads' count is never less than the pool's.
    if (!pool.giveBack(block.start)) fail("a block is not known");
    piecesInUse -= piecesOf(block);
  };
  for (int i = 0; i < blocks; ++i) {
    // Phases of large blocks and of small ones, which is when pieces have to move.
    const size_t largest = (i / 50) % 2 == 0 ? 4 : 24;
    Block block{nullptr, 8 * (kPiece / 8 + random() % (largest * kPiece / 8)), random()};
    while (held.size() > 12) giveBack(random() % held.size());
    raise(mostInUse, piecesInUse += piecesOf(block));
    block.start = static_cast<char*>(pool.take(block.bytes));
    if (block.start == nullptr) {
      if (refuseOneOf == 0) fail("there is no block");
      piecesInUse -= piecesOf(block);
      continue;
    }
    if (reinterpret_cast<uintptr_t>(block.start) % kPiece != 0) fail("a block begins within a piece");
    forMarks(block, [&](uint64_t& word, size_t index) { word = block.mark + index; });
    held.push_back(block);
    const PagePool::Accounts accounts = pool.accounts();
    raise(mostInPool, (accounts.inUse + accounts.free) / kPiece);
    if (random() % 3 == 0) giveBack(random() % held.size());
  }
  while (!held.empty()) giveBack(held.size() - 1);
}

}  // namespace

int main(int, char** given) {
  const uint64_t seed = std::strtoull(given[1], nullptr, 10);
  const int blocks = std::atoi(given[2]), threads = std::atoi(given[3]);
  PagePool pool;
  if (!pool.works()) fail("the pool does not work on this system");
  refuseOneOf = std::strtoull(given[4], nullptr, 10);
  const long before = residentKib();
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) running.emplace_back([&pool, seed, blocks, i] { drive(pool, seed * 100 + i, blocks); });
  for (std::thread& thread : running) thread.join();
  if (pool.accounts().inUse != 0) fail("blocks are in use that nobody has");
  int local = 0;
  if (pool.giveBack(&local) || pool.giveBack(nullptr)) fail("the pool takes back what is not its own");
  refuseOneOf = 1;
  if (pool.take(size_t{1} << 40) != nullptr || pool.take(SIZE_MAX) != nullptr) fail("a refused block is there");
  refuseOneOf = 0;
  if (pool.works() && pool.accounts().free != 0) fail("memory that was released is still there");
  std::printf("{\"mostInUse\":%zu,\"mostInPool\":%zu,\"refused\":%llu,\"leftKib\":%ld}\n", mostInUse.load(), mostInPool.load(),
              static_cast<unsigned long long>(refused.load()), residentKib() - before);
}
