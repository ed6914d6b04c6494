// Work in parts. A part is computed by one thread from beginning to end and parts share no result, so that results
// do not depend on the number of threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <system_error>
#include <thread>
#include <type_traits>
#include <vector>

namespace stargan {

/** Threads of a large kernel: TF_NUM_INTRAOP_THREADS as for TensorFlow's own, else the cores of this process. */
inline int threadLimit() {
  static const int limit = [] {
    const char* text = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int wanted = text == nullptr ? 0 : std::atoi(text);
    return std::max(1, wanted > 0 ? wanted : static_cast<int>(std::thread::hardware_concurrency()));
  }();
  return limit;
}

/** Elements below which starting a thread costs more than it saves. */
constexpr int64_t kWorthThreads = int64_t{1} << 20;

/**
 * Calls `part(i, worker)` for i from 0 to parts − 1; no two parts with the same worker, a number below
 * {@link threadLimit}, run at once. `elements` is the size of the whole work.
 */
template <typename Part>
void inParallelByWorker(int64_t parts, int64_t elements, const Part& part) {
  const int64_t threads = elements < kWorthThreads ? 1 : std::min<int64_t>(threadLimit(), parts);
  if (threads <= 1) {
    for (int64_t i = 0; i < parts; i++) part(i, 0);
    return;
  }
  std::atomic<int64_t> next{0};
  const auto work = [&](int64_t worker) {
    for (int64_t i = next++; i < parts; i = next++) part(i, worker);
  };
  std::vector<std::thread> others;
  others.reserve(static_cast<size_t>(threads));
  try {
    for (int64_t i = 1; i < threads; i++) others.emplace_back(work, i);
  } catch (const std::system_error&) {
    // No more threads are to be had (a limit of the user's or a container's): those that there are do the work.
  }
  work(0);
  for (std::thread& other : others) other.join();
}

/** The same without the worker. */
template <typename Part>
void inParallel(int64_t parts, int64_t elements, const Part& part) {
  inParallelByWorker(parts, elements, [&](int64_t i, int64_t) { part(i); });
}

/** Calls `range(begin, end)` for stretches of [0, elements). */
template <typename Range>
void inRanges(int64_t elements, const Range& range) {
  constexpr int64_t stretch = int64_t{1} << 16;
  inParallel((elements + stretch - 1) / stretch, elements, [&](int64_t i) {
    range(i * stretch, std::min(elements, (i + 1) * stretch));
  });
}

/** Most channels in one block of {@link inChannelBlocks}. */
constexpr int64_t kBlock = 64;

/** Calls `block(group, from, to)` for stretches of the channels of each of `groups` groups. */
template <typename Block>
void inChannelBlocks(int64_t groups, int64_t channels, int64_t elements, const Block& block) {
  const auto count = [&](int64_t width) { return (channels + width - 1) / width; };
  // A block narrower than a cache line would fetch lines twice.
  const int64_t width = groups * count(kBlock) < 2 * threadLimit() && elements >= kWorthThreads ? 16 : kBlock;
  inParallel(groups * count(width), elements, [&](int64_t i) {
    const int64_t from = i % count(width) * width;
    block(i / count(width), from, std::min(channels, from + width));
  });
}

/** Calls `f` with the width of a block, as a constant where it is a common one: loops over it are then unrolled. */
template <typename F>
void withWidth(int64_t width, const F& f) {
  switch (width) {
    case 64: return f(std::integral_constant<int64_t, 64>{});
    case 32: return f(std::integral_constant<int64_t, 32>{});
    case 16: return f(std::integral_constant<int64_t, 16>{});
    default: return f(width);
  }
}

}  // namespace stargan
