// Minimal filtering (Winograd 1980; for networks Lavin, Gray 2016, arXiv 1509.09308): a 3-tap filter over a tile as
// fewer products than outputs × taps. In one dimension, with the filter g and a tile x of the input,
//   y = Aᵀ[(G g) ⊙ (B x)]
// and in two dimensions the same along both axes. Every table below is exact algebra; rounding aside, y is the
// convolution's. The tables' transposes give both gradients.
#pragma once

namespace stargan {

/** Four outputs of a 3-tap convolution from six products: points 0, ±√½, ±√2, ∞, whose rounding error is the smallest. */
struct SameFilter {
  /** Inputs and outputs of a tile, products, different values of G g, and the step of tiles in the input. */
  static constexpr int inputs = 6, outputs = 4, products = 6, filters = 6, step = 4;
  static constexpr float r = 0.70710678118654752f, s = 1.41421356237309505f;
  static constexpr float B[products][inputs] = {
      {1, 0, -2.5f, 0, 1, 0}, {0, -s, -2, r, 1, 0}, {0, s, -2, -r, 1, 0},
      {0, -r, -0.5f, s, 1, 0}, {0, r, -0.5f, -s, 1, 0}, {0, 1, 0, -2.5f, 0, 1}};
  static constexpr float G[filters][3] = {
      {1, 0, 0}, {-2 / 3.f, -s / 3, -1 / 3.f}, {-2 / 3.f, s / 3, -1 / 3.f},
      {1 / 6.f, s / 6, 1 / 3.f}, {1 / 6.f, -s / 6, 1 / 3.f}, {0, 0, 1}};
  static constexpr float A[outputs][products] = {
      {1, 1, 1, 1, 1, 0}, {0, r, -r, s, -s, 0}, {0, 0.5f, 0.5f, 2, 2, 0}, {0, r / 2, -r / 2, 2 * s, -2 * s, 1}};
  /** Which value of G g a product takes. */
  static constexpr int filterOf[products] = {0, 1, 2, 3, 4, 5};
};

/**
 * Two outputs of a 3-tap convolution followed by the mean of neighbours, from five products. The mean goes into the
 * input, b = ½(x₀ + x₁, x₁ + x₂, …), of which the filter then takes every second place: its outer taps meet the even
 * places, for which three products do, its middle tap the odd ones.
 */
struct PooledFilter {
  static constexpr int inputs = 6, outputs = 2, products = 5, filters = 4, step = 4;
  static constexpr float h = 0.5f;
  static constexpr float B[products][inputs] = {
      {h, h, -h, -h, 0, 0}, {0, 0, h, h, 0, 0}, {0, 0, -h, -h, h, h}, {0, h, h, 0, 0, 0}, {0, 0, 0, h, h, 0}};
  static constexpr float G[filters][3] = {{1, 0, 0}, {1, 0, 1}, {0, 0, 1}, {0, 1, 0}};
  static constexpr float A[outputs][products] = {{1, 1, 0, 1, 0}, {0, 1, 1, 0, 1}};
  static constexpr int filterOf[products] = {0, 1, 2, 3, 3};
};

}  // namespace stargan
