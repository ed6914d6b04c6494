// A convolution, or a gradient of one, from the inputs and attributes of a kernel.
#pragma once

#include "kernel.h"
#include "winograd_convolution.h"
#include "winograd_filter_gradient.h"
#include "winograd_taking.h"

namespace stargan {

/** What surrounds the convolution; the value of the attribute `resampling`. */
enum class Resampling { kPool = -1, kNone = 0, kUpsample = 1 };

inline Resampling resamplingOf(const Context& context) {
  const float value = context.attribute(0);
  require(value == -1 || value == 0 || value == 1, "winograd: resampling must be -1, 0 or 1");
  return static_cast<Resampling>(static_cast<int>(value));
}

inline Map mapOf(const Tensor& tensor) {
  const std::vector<int64_t> shape = tensor.shape();
  require(shape.size() == 4, "winograd: feature maps must have rank 4");
  require(shape[3] > 0 && shape[3] % kPanel == 0, "winograd: the numbers of channels must be multiples of a panel");
  return {shape[1], shape[2], shape[3]};
}

template <class F>
Tiling tilingOf(int64_t batch, const Map& narrow) {
  return {batch, (narrow.height + F::outputs - 1) / F::outputs, (narrow.width + F::outputs - 1) / F::outputs};
}

/** The filter's shape, once it is known to fit maps of so many channels: into it, or with `backward` out of it. */
inline std::vector<int64_t> filterShapeOf(const Tensor& filter, const Map& input, bool backward) {
  const std::vector<int64_t> shape = filter.shape();
  require(shape.size() == 4 && shape[0] == 3 && shape[1] == 3, "winograd: the filter must be 3×3");
  require(shape[2] % kPanel == 0 && shape[3] % kPanel == 0, "winograd: the numbers of channels must be multiples of a panel");
  require(shape[backward ? 3 : 2] == input.channels, "winograd: the filter does not fit the number of channels");
  return shape;
}

/** The convolution of what `taking` takes x for, or with `backward` the gradient of its input. */
template <bool backward, class Taking>
void computeConvolution(const Context& context, const Taking& taking) {
  const Resampling resampling = resamplingOf(context);
  const Tensor x = context.input(0), filter = context.input(1);
  const Map input = mapOf(x);
  const std::vector<int64_t> filterShape = filterShapeOf(filter, input, backward);
  const bool shrinks = resampling == (backward ? Resampling::kUpsample : Resampling::kPool);
  const bool grows = resampling == (backward ? Resampling::kPool : Resampling::kUpsample);
  require(!shrinks || (input.height % 2 == 0 && input.width % 2 == 0), "winograd: height and width must be even");
  const auto scaled = [&](int64_t size) { return shrinks ? size / 2 : grows ? size * 2 : size; };
  const Map output = {scaled(input.height), scaled(input.width), filterShape[backward ? 2 : 3]};
  const int64_t batch = x.shape()[0];
  const Tensor y = context.output(0, {batch, output.height, output.width, output.channels});
  FilterReading reading = {filterShape[2], filterShape[3], backward, false, 1};
  if (resampling == Resampling::kNone) {
    // The gradient of a convolution is one with the reversed filter.
    reading.reversed = backward;
    using F = SameFilter;
    convolve<F, Wide<F>, Narrow<F>, Taking, AsIs>({tilingOf<F>(batch, output), input, x.data(), taking, reading, filter.data(), output, y.data(), AsIs()}, workspace);
    return;
  }
  if (resampling == Resampling::kUpsample) {
    // The adjoint of pooling halves what upsampling copies, on both axes.
    reading.reversed = true;
    reading.scale = 4;
  }
  using F = PooledFilter;
  if (grows) convolve<F, Narrow<F>, Wide<F>, Taking, AsIs>({tilingOf<F>(batch, input), input, x.data(), taking, reading, filter.data(), output, y.data(), AsIs()}, workspace);
  else convolve<F, Wide<F>, Narrow<F>, Taking, AsIs>({tilingOf<F>(batch, output), input, x.data(), taking, reading, filter.data(), output, y.data(), AsIs()}, workspace);
}

/** scale · (convolution + bias + shortcut), without resampling. */
template <class Taking>
void computeResidualSum(const Context& context, const Taking& taking) {
  const Tensor shortcut = context.input(0), x = context.input(1), filter = context.input(2), bias = context.input(3);
  const Map input = mapOf(x);
  const std::vector<int64_t> filterShape = filterShapeOf(filter, input, false);
  const int64_t batch = x.shape()[0];
  const Map output = {input.height, input.width, filterShape[3]};
  const std::vector<int64_t> shape = {batch, output.height, output.width, output.channels};
  require(shortcut.shape() == shape, "winograd: the shortcut does not fit the result");
  require(bias.size() == output.channels, "winograd: the bias does not fit the filter");
  const Tensor y = context.output(0, shape);
  using F = SameFilter;
  const ResidualSum finish = {bias.data(), shortcut.data(), context.attribute(0)};
  convolve<F, Wide<F>, Narrow<F>, Taking, ResidualSum>({tilingOf<F>(batch, output), input, x.data(), taking, {filterShape[2], filterShape[3], false, false, 1},
                                           filter.data(), output, y.data(), finish}, workspace);
}

/** The gradient of the filter, for what `taking` takes x for. */
template <class Taking>
void computeFilterGradient(const Context& context, const Taking& taking) {
  const Resampling resampling = resamplingOf(context);
  const Tensor x = context.input(0), dy = context.input(1);
  const Map input = mapOf(x), output = mapOf(dy);
  const int64_t batch = x.shape()[0];
  const auto factor = [&](int64_t from, int64_t to) {
    return resampling == Resampling::kPool ? from == 2 * to : resampling == Resampling::kUpsample ? 2 * from == to : from == to;
  };
  require(dy.shape()[0] == batch && factor(input.height, output.height) && factor(input.width, output.width), "winograd: dy does not fit x");
  const Tensor gradient = context.output(0, {3, 3, input.channels, output.channels});
  FilterReading reading = {input.channels, output.channels, false, false, 1};
  if (resampling == Resampling::kNone) {
    using F = SameFilter;
    filterGradient<F, Wide<F>, Narrow<F>, Taking>({tilingOf<F>(batch, output), input, x.data(), taking, output, dy.data(), reading, gradient.data()}, workspace);
    return;
  }
  using F = PooledFilter;
  if (resampling == Resampling::kPool) {
    filterGradient<F, Wide<F>, Narrow<F>, Taking>({tilingOf<F>(batch, output), input, x.data(), taking, output, dy.data(), reading, gradient.data()}, workspace);
    return;
  }
  reading.reversed = true;
  reading.scale = 4;
  filterGradient<F, Narrow<F>, Wide<F>, Taking>({tilingOf<F>(batch, input), input, x.data(), taking, output, dy.data(), reading, gradient.data()}, workspace);
}

}  // namespace stargan
