// Elementwise functions that would otherwise be two or three passes over a feature map.
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

/** x [..., channels] and bias [channels]; `first` is the place of x. */
struct Biased {
  Biased(const Context& context, int first)
      : x(context.input(first)), bias(context.input(first + 1)), shape(x.shape()), slope(context.attribute(0)),
        channels(bias.size()), pixels(channels == 0 ? 0 : x.size() / channels) {
    require(!shape.empty() && shape.back() == channels, "add bias: bias does not fit x");
  }

  /** Calls `pixel(i)` for each pixel with the place of its first channel. */
  template <typename Pixel>
  void inPixels(const Pixel& pixel) const {
    const int64_t stretch = std::max<int64_t>(1, (int64_t{1} << 16) / std::max<int64_t>(1, channels));
    inParallel((pixels + stretch - 1) / stretch, x.size(), [&](int64_t i) {
      for (int64_t p = i * stretch; p < std::min(pixels, (i + 1) * stretch); p++) pixel(p * channels);
    });
  }

  const Tensor x, bias;
  const std::vector<int64_t> shape;
  const float slope;
  const int64_t channels, pixels;
};

void rectify(int64_t channels, const float* __restrict x, const float* __restrict bias, float slope, float* __restrict y) {
  for (int64_t c = 0; c < channels; c++) {
    const float before = x[c] + bias[c];
    y[c] = before > 0 ? before : before * slope;
  }
}

void rectifyGradient(int64_t channels, const float* __restrict x, const float* __restrict bias, const float* __restrict dy,
                     float slope, float* __restrict dx) {
  for (int64_t c = 0; c < channels; c++) dx[c] = x[c] + bias[c] > 0 ? dy[c] : dy[c] * slope;
}

void biasForward(const Context& context) {
  const Biased problem(context, 0);
  const Tensor output = context.output(0, problem.shape);
  const float* x = problem.x.data();
  const float* bias = problem.bias.data();
  float* y = output.data();
  problem.inPixels([&](int64_t at) { rectify(problem.channels, x + at, bias, problem.slope, y + at); });
}

void biasInputGradient(const Context& context) {
  const Biased problem(context, 1);
  const Tensor gradient = context.input(0);
  require(gradient.size() == problem.x.size(), "add bias: dy does not fit x");
  const Tensor output = context.output(0, problem.shape);
  const float* dy = gradient.data();
  const float* x = problem.x.data();
  const float* bias = problem.bias.data();
  float* dx = output.data();
  problem.inPixels([&](int64_t at) { rectifyGradient(problem.channels, x + at, bias, dy + at, problem.slope, dx + at); });
}

template <typename Width>
void addGradients(Width width, const float* __restrict x, const float* __restrict bias, const float* __restrict dy,
                  float slope, double* __restrict sums) {
  for (int64_t c = 0; c < width; c++) sums[c] += x[c] + bias[c] > 0 ? dy[c] : dy[c] * slope;
}

void biasGradient(const Context& context) {
  const Biased problem(context, 1);
  const Tensor gradient = context.input(0);
  require(gradient.size() == problem.x.size(), "add bias: dy does not fit x");
  const Tensor output = context.output(0, {problem.channels});
  inChannelBlocks(1, problem.channels, problem.x.size(), [&](int64_t, int64_t from, int64_t to) {
    double sums[kBlock] = {};
    withWidth(to - from, [&](auto width) {
      for (int64_t p = 0; p < problem.pixels; p++) {
        const int64_t at = p * problem.channels + from;
        addGradients(width, problem.x.data() + at, problem.bias.data() + from, gradient.data() + at, problem.slope, sums);
      }
    });
    for (int64_t c = 0; c < to - from; c++) output.data()[from + c] = static_cast<float>(sums[c]);
  });
}

const std::vector<const char*> gradientInputs = {"dy: float", "x: float", "bias: float"};

}  // namespace

const Kernel residualSum = {"StarganResidualSum", {"a: float", "b: float"}, {"scale"}, {"y: float"}, sum};
const Enlisted<residualSum> residualSumEnlisted;
const Kernel addBiasLeakyRelu = {
    "StarganAddBiasLeakyRelu", {"x: float", "bias: float"}, {"slope"}, {"y: float"}, biasForward};
const Enlisted<addBiasLeakyRelu> addBiasLeakyReluEnlisted;
const Kernel addBiasLeakyReluInputGradient = {
    "StarganAddBiasLeakyReluInputGradient", gradientInputs, {"slope"}, {"dx: float"}, biasInputGradient};
const Enlisted<addBiasLeakyReluInputGradient> addBiasLeakyReluInputGradientEnlisted;
const Kernel addBiasLeakyReluBiasGradient = {
    "StarganAddBiasLeakyReluBiasGradient", gradientInputs, {"slope"}, {"dbias: float"}, biasGradient};
const Enlisted<addBiasLeakyReluBiasGradient> addBiasLeakyReluBiasGradientEnlisted;

}  // namespace stargan
