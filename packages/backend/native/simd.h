// Vectors of float32 as wide as the processor's, with multiply-and-add in one rounding where it has that.
#pragma once

#include <cstdint>

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

#elif defined(__AVX2__) && defined(__FMA__)

using Vector = __m256;
constexpr int kLanes = 8;
constexpr int kRegisterRows = 6;
inline Vector load(const float* from) { return _mm256_loadu_ps(from); }
inline void store(float* to, Vector value) { _mm256_storeu_ps(to, value); }
inline Vector broadcast(float value) { return _mm256_set1_ps(value); }
inline Vector multiplyAdd(Vector a, Vector b, Vector c) { return _mm256_fmadd_ps(a, b, c); }

#else

typedef float Vector __attribute__((vector_size(16)));
typedef float UnalignedVector __attribute__((vector_size(16), aligned(4)));
constexpr int kLanes = 4;
constexpr int kRegisterRows = 6;
inline Vector load(const float* from) { return *reinterpret_cast<const UnalignedVector*>(from); }
inline void store(float* to, Vector value) { *reinterpret_cast<UnalignedVector*>(to) = value; }
inline Vector broadcast(float value) { return Vector{value, value, value, value}; }
inline Vector multiplyAdd(Vector a, Vector b, Vector c) { return a * b + c; }

#endif

}  // namespace stargan
