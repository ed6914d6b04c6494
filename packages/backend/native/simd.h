// Vectors of float32 as wide as the processor's, with multiply-and-add in one rounding where it has that.
#pragma once

#include <cstdint>
#include <utility>

#if defined(__AVX512F__) || (defined(__AVX2__) && defined(__FMA__))
#include <immintrin.h>
#endif

namespace stargan {

#if defined(__AVX512F__)

using Vector = __m512;
constexpr int kLanes = 16;
/** Rows of results that a matrix product keeps in registers, two vectors each. */
constexpr int kRegisterRows = 12;
inline Vector load(const float* from) { return _mm512_loadu_ps(from); }
inline void store(float* to, Vector value) { _mm512_storeu_ps(to, value); }
inline Vector broadcast(float value) { return _mm512_set1_ps(value); }
inline Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm512_fmadd_ps(a, b, c); }
/** Stores at an address that is a multiple of the vector's size, past the caches. */
inline void storePast(float* to, Vector value) { _mm512_stream_ps(to, value); }
inline void orderStoresPast() { _mm_sfence(); }

#elif defined(__AVX2__) && defined(__FMA__)

using Vector = __m256;
constexpr int kLanes = 8;
constexpr int kRegisterRows = 6;
inline Vector load(const float* from) { return _mm256_loadu_ps(from); }
inline void store(float* to, Vector value) { _mm256_storeu_ps(to, value); }
inline Vector broadcast(float value) { return _mm256_set1_ps(value); }
inline Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }
inline void storePast(float* to, Vector value) { _mm256_stream_ps(to, value); }
inline void orderStoresPast() { _mm_sfence(); }

#else

typedef float Vector __attribute__((vector_size(16)));
typedef float UnalignedVector __attribute__((vector_size(16), aligned(4)));
constexpr int kLanes = 4;
constexpr int kRegisterRows = 6;
inline Vector load(const float* from) { return *reinterpret_cast<const UnalignedVector*>(from); }
inline void store(float* to, Vector value) { *reinterpret_cast<UnalignedVector*>(to) = value; }
inline Vector broadcast(float value) { return Vector{value, value, value, value}; }
inline Vector multiplyAdd(Vector a, Vector b, Vector c) { return a * b + c; }
inline void storePast(float* to, Vector value) { store(to, value); }
inline void orderStoresPast() {}

#endif

/**
 * Copies to where nothing is read again soon: ordinary stores would read memory into the caches before they write it.
 * `orderStoresPast` has to follow before another thread reads it.
 */
inline void copyPastCaches(const float* from, int64_t count, float* to) {
  int64_t i = 0;
  for (; i < count && reinterpret_cast<uintptr_t>(to + i) % sizeof(Vector) != 0; i++) to[i] = from[i];
  for (; i + kLanes <= count; i += kLanes) storePast(to + i, load(from + i));
  for (; i < count; i++) to[i] = from[i];
}

/** Element i of the result is element at(i) of `a` followed by `b`. */
template <class Choice, int... i>
inline Vector choose(Vector a, Vector b, std::integer_sequence<int, i...>) {
#if defined(__clang__)
  return __builtin_shufflevector(a, b, Choice::at(i)...);
#else
  typedef int Indices __attribute__((vector_size(kLanes * sizeof(int))));
  return __builtin_shuffle(a, b, Indices{Choice::at(i)...});
#endif
}

template <int half> struct Upper {
  static constexpr int at(int i) { return i & half ? kLanes + i - half : i; }
};
template <int half> struct Lower {
  static constexpr int at(int i) { return i & half ? kLanes + i : i + half; }
};

/** Turns a square around: element (i, k) becomes element (k, i). */
template <int half = kLanes / 2>
inline void transpose(Vector* rows) {
  if constexpr (half > 0) {
    constexpr auto lanes = std::make_integer_sequence<int, kLanes>{};
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; i++) {
      if (i & half) continue;
      const Vector above = rows[i], below = rows[i + half];
      rows[i] = choose<Upper<half>>(above, below, lanes);
      rows[i + half] = choose<Lower<half>>(above, below, lanes);
    }
    transpose<half / 2>(rows);
  }
}

}  // namespace stargan
