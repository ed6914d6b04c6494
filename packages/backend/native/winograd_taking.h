// What minimal filtering takes the pixels of its input for: a map that is normalised and rectified on the way needs no memory of its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "kernel.h"
#include "simd.h"

namespace stargan {

/** Takes pixels as they are. */
struct Plain {
  Plain at(int64_t, int64_t) const { return *this; }
  Vector operator()(Vector value) const { return value; }
};

/**
 * Takes v = (pixel − center) · factor + shift, and v · slope where that is not positive: a normalisation or a bias, and a leaky ReLU,
 * computed as those that write a map of their own do it.
 */
struct Activated {
  struct Channels {
    Vector center, factor, shift, slope;
    Vector operator()(Vector value) const {
      const Vector before = (value - center) * factor + shift;
      return before > broadcast(0) ? before : before * slope;
    }
  };
  Channels at(int64_t image, int64_t channel) const {
    const int64_t place = image * stride + channel;
    return {load(center + place), load(factor + place), load(shift + place), broadcast(slope)};
  }
  const float *center, *factor, *shift;
  /** From one image to the next; 0 where all have the same. */
  int64_t stride;
  float slope;
};

/**
 * What a kernel takes the pixels of its input for: input `index` holds [3, batch, channels], which is center, factor and shift, or
 * [1, 1, channels], which is a bias.
 */
class Activation {
 public:
  Activation(const Context& context, int index, int64_t batch, int64_t channels)
      : coefficients(context.input(index)), channels(channels), slope(context.attribute(1)) {
    const std::vector<int64_t> shape = coefficients.shape();
    const int64_t rows = shape.size() == 3 ? shape[0] : -1;
    require((rows == 1 || rows == 3) && shape[1] == (rows == 1 ? 1 : batch) && shape[2] == channels,
            "winograd: the coefficients do not fit x");
    images = shape[1];
    if (rows == 3) return;
    // A bias is a center of the other sign.
    own.resize(static_cast<size_t>(3 * channels));
    std::transform(coefficients.data(), coefficients.data() + channels, own.begin(), std::negate<float>());
    std::fill_n(own.begin() + channels, channels, 1.f);
  }

  Activated taking() const {
    const float* const first = own.empty() ? coefficients.data() : own.data();
    return {first, first + images * channels, first + 2 * images * channels, images == 1 ? 0 : channels, slope};
  }

 private:
  const Tensor coefficients;
  const int64_t channels;
  const float slope;
  int64_t images;
  /** Center, factor and shift where the coefficients are fewer. */
  std::vector<float> own;
};

}  // namespace stargan
