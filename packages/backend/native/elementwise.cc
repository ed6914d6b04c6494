// Elementwise functions that would otherwise be two or three passes over a feature map.
#include <algorithm>
#include <vector>

#include "kernel.h"
#include "parallel.h"

namespace stargan {
namespace {

void sum(const Context& context) {
  const Tensor first = context.input(0), second = context.input(1);
  require(first.size() == second.size(), "residual sum: the shapes differ");
  const Tensor output = context.output(0, first.shape());
  const float scale = context.attribute(0);
  const float* __restrict a = first.data();
  const float* __restrict b = second.data();
  float* __restrict y = output.data();
  inRanges(output.size(), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) y[i] = (a[i] + b[i]) * scale;
  });
}

/** Stretches of pixels, about 2¹⁶ elements each. */
struct Stretches {
  Stretches(int64_t pixels, int64_t channels)
      : pixels(pixels), channels(channels), length(std::max<int64_t>(1, (int64_t{1} << 16) / std::max<int64_t>(1, channels))),
        count((pixels + length - 1) / length) {}

  /** Calls `pixel(at, stretch)` for each pixel with the place of its first channel; one thread goes through a stretch in its order. */
  template <typename Pixel>
  void forPixels(const Pixel& pixel) const {
    inParallel(count, pixels * channels, [&](int64_t i) {
      for (int64_t p = i * length; p < std::min(pixels, (i + 1) * length); p++) pixel(p * channels, i);
    });
  }

  /** Sums over the pixels: `pixel(at, sums)` adds those of one pixel. Stretches are summed by themselves and then in their order. */
  template <typename Pixel>
  void sumPixels(float* totals, const Pixel& pixel) const {
    std::vector<double> sums(static_cast<size_t>(count * channels));
    forPixels([&](int64_t at, int64_t stretch) { pixel(at, sums.data() + stretch * channels); });
    for (int64_t c = 0; c < channels; c++) {
      double total = 0;
      for (int64_t stretch = 0; stretch < count; stretch++) total += sums[static_cast<size_t>(stretch * channels + c)];
      totals[c] = static_cast<float>(total);
    }
  }

  const int64_t pixels, channels, length, count;
};

/** x [..., channels] and bias [channels]; `first` is the place of x. */
struct Biased {
  Biased(const Context& context, int first)
      : x(context.input(first)), bias(context.input(first + 1)), shape(x.shape()), slope(context.attribute(0)),
        channels(bias.size()), stretches(channels == 0 ? 0 : x.size() / channels, channels) {
    require(!shape.empty() && shape.back() == channels, "add bias: bias does not fit x");
  }

  const Tensor x, bias;
  const std::vector<int64_t> shape;
  const float slope;
  const int64_t channels;
  const Stretches stretches;
};

void rectify(int64_t channels, const float* __restrict x, const float* __restrict bias, float slope, float* __restrict y) {
  for (int64_t c = 0; c < channels; c++) {
    const float before = x[c] + bias[c];
    y[c] = before > 0 ? before : before * slope;
  }
}

/** dx = g, which is added to `sums` too. */
void rectifyGradients(int64_t channels, const float* __restrict x, const float* __restrict bias, const float* __restrict dy,
                      float slope, float* __restrict dx, double* __restrict sums) {
  for (int64_t c = 0; c < channels; c++) {
    const float g = x[c] + bias[c] > 0 ? dy[c] : dy[c] * slope;
    dx[c] = g;
    sums[c] += g;
  }
}

void biasForward(const Context& context) {
  const Biased problem(context, 0);
  const Tensor output = context.output(0, problem.shape);
  const float* x = problem.x.data();
  const float* bias = problem.bias.data();
  float* y = output.data();
  problem.stretches.forPixels([&](int64_t at, int64_t) { rectify(problem.channels, x + at, bias, problem.slope, y + at); });
}

void biasGradients(const Context& context) {
  const Biased problem(context, 1);
  const Tensor gradient = context.input(0);
  require(gradient.size() == problem.x.size(), "add bias: dy does not fit x");
  const Tensor output = context.output(0, problem.shape), biasOutput = context.output(1, {problem.channels});
  const float* dy = gradient.data();
  const float* x = problem.x.data();
  const float* bias = problem.bias.data();
  float* dx = output.data();
  problem.stretches.sumPixels(biasOutput.data(), [&](int64_t at, double* sums) {
    rectifyGradients(problem.channels, x + at, bias, dy + at, problem.slope, dx + at, sums);
  });
}

/** For the gradient that summands of a scaled sum share, dx = scale · dy, which is added to `sums` too. */
void scaleGradients(int64_t channels, const float* __restrict dy, float scale, float* __restrict dx, double* __restrict sums) {
  for (int64_t c = 0; c < channels; c++) {
    const float g = dy[c] * scale;
    dx[c] = g;
    sums[c] += g;
  }
}

void summandGradients(const Context& context) {
  const Tensor gradient = context.input(0);
  const std::vector<int64_t> shape = gradient.shape();
  require(!shape.empty(), "residual sum: a scalar has no channels");
  const int64_t channels = shape.back();
  const Tensor output = context.output(0, shape), sums = context.output(1, {channels});
  const float scale = context.attribute(0);
  const float* dy = gradient.data();
  float* dx = output.data();
  const Stretches stretches(channels == 0 ? 0 : gradient.size() / channels, channels);
  stretches.sumPixels(sums.data(), [&](int64_t at, double* add) { scaleGradients(channels, dy + at, scale, dx + at, add); });
}

}  // namespace

const Kernel residualSum = {"StarganResidualSum", {"a: float", "b: float"}, {"scale"}, {"y: float"}, sum};
const Enlisted<residualSum> residualSumEnlisted;
const Kernel addBiasLeakyRelu = {
    "StarganAddBiasLeakyRelu", {"x: float", "bias: float"}, {"slope"}, {"y: float"}, biasForward};
const Enlisted<addBiasLeakyRelu> addBiasLeakyReluEnlisted;
const Kernel addBiasLeakyReluGradients = {
    "StarganAddBiasLeakyReluGradients", {"dy: float", "x: float", "bias: float"}, {"slope"}, {"dx: float", "dbias: float"}, biasGradients};
const Enlisted<addBiasLeakyReluGradients> addBiasLeakyReluGradientsEnlisted;
const Kernel biasedSumGradients = {
    "StarganBiasedSumGradients", {"dy: float"}, {"scale"}, {"dsummand: float", "dbias: float"}, summandGradients};
const Enlisted<biasedSumGradients> biasedSumGradientsEnlisted;

}  // namespace stargan
