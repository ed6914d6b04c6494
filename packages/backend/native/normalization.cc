// Instance normalisation with scale, shift and leaky ReLU, and its gradients. With x̂ = (x − mean) / √(variance + ε):
//   y₀ = (offset + scale) · x̂ + shift,   y = y₀ > 0 ? y₀ : slope · y₀
// x [batch, height, width, channels]; scale and shift [channels] or [batch, channels].
#include <cmath>

#include "kernel.h"
#include "parallel.h"

namespace stargan {
namespace {

/** Inputs that all four kernels share; `first` is the place of x. */
struct Problem {
  Problem(const Context& context, int first)
      : x(context.input(first)), scale(context.input(first + 1)), shift(context.input(first + 2)), shape(x.shape()),
        epsilon(context.attribute(0)), slope(context.attribute(1)), offset(context.attribute(2)) {
    require(shape.size() == 4, "instance normalisation: x must have rank 4");
    batch = shape[0];
    pixels = shape[1] * shape[2];
    channels = shape[3];
    shared = scale.size() == channels && batch != 1;
    require(scale.size() == (shared ? channels : batch * channels), "instance normalisation: scale does not fit x");
    require(shift.size() == scale.size(), "instance normalisation: shift does not fit scale");
  }

  const Tensor x, scale, shift;
  const std::vector<int64_t> shape;
  const float epsilon, slope, offset;
  int64_t batch, pixels, channels;
  /** One scale and shift for all images. */
  bool shared;
};

/** Statistics and coefficients of a block of one image's channels, `width` (a number or a constant) of them. */
template <typename Width>
struct Block {
  Block(const Problem& problem, int64_t image, int64_t from, Width channels)
      : width(channels), start(image * problem.pixels * problem.channels + from), stride(problem.channels),
        pixels(problem.pixels), slope(problem.slope) {
    const float* x = problem.x.data() + start;
    double sums[kBlock] = {};
    for (int64_t p = 0; p < pixels; p++) addTo(sums, x + p * stride);
    const double count = static_cast<double>(pixels);
    for (int64_t c = 0; c < width; c++) mean[c] = static_cast<float>(sums[c] / count);
    std::fill(sums, sums + kBlock, 0);
    for (int64_t p = 0; p < pixels; p++) addSquaresTo(sums, x + p * stride);
    const int64_t affine = (problem.shared ? 0 : image * problem.channels) + from;
    for (int64_t c = 0; c < width; c++) {
      inverse[c] = static_cast<float>(1 / std::sqrt(sums[c] / count + problem.epsilon));
      scale[c] = (problem.offset + problem.scale.data()[affine + c]) * inverse[c];
      shift[c] = problem.shift.data()[affine + c];
    }
  }

  /** Offset of a pixel's first channel of this block. */
  int64_t at(int64_t pixel) const { return start + pixel * stride; }

  void addTo(double* __restrict sums, const float* __restrict x) const {
    for (int64_t c = 0; c < width; c++) sums[c] += x[c];
  }

  void addSquaresTo(double* __restrict sums, const float* __restrict x) const {
    for (int64_t c = 0; c < width; c++) {
      const double deviation = x[c] - mean[c];
      sums[c] += deviation * deviation;
    }
  }

  void forward(const float* __restrict x, float* __restrict y) const {
    for (int64_t c = 0; c < width; c++) {
      const float before = (x[c] - mean[c]) * scale[c] + shift[c];
      y[c] = before > 0 ? before : before * slope;
    }
  }

  /** Adds g and g·(x − mean) of one pixel, g being the gradient with respect to y₀. */
  void addGradients(const float* __restrict x, const float* __restrict dy, double* __restrict plain, double* __restrict withX) const {
    for (int64_t c = 0; c < width; c++) {
      const float centered = x[c] - mean[c];
      const float g = centered * scale[c] + shift[c] > 0 ? dy[c] : dy[c] * slope;
      plain[c] += g;
      withX[c] += static_cast<double>(g) * centered;
    }
  }

  /** Σ g and Σ g·x̂ over the pixels. */
  void sumGradients(const float* x, const float* dy, double* plain, double* withX) const {
    for (int64_t p = 0; p < pixels; p++) addGradients(x + at(p), dy + at(p), plain, withX);
    for (int64_t c = 0; c < width; c++) withX[c] *= inverse[c];
  }

  void backward(const float* __restrict x, const float* __restrict dy, const float* __restrict meanG,
                const float* __restrict slopeX, float* __restrict dx) const {
    for (int64_t c = 0; c < width; c++) {
      const float centered = x[c] - mean[c];
      const float g = centered * scale[c] + shift[c] > 0 ? dy[c] : dy[c] * slope;
      dx[c] = scale[c] * (g - meanG[c] - centered * slopeX[c]);
    }
  }

  const Width width;
  const int64_t start, stride, pixels;
  const float slope;
  float mean[kBlock], inverse[kBlock], scale[kBlock], shift[kBlock];
};

void forward(const Context& context) {
  const Problem problem(context, 0);
  const Tensor output = context.output(0, problem.shape);
  const float* x = problem.x.data();
  float* y = output.data();
  inChannelBlocks(problem.batch, problem.channels, output.size(), [&](int64_t image, int64_t from, int64_t to) {
    withWidth(to - from, [&](auto width) {
      const Block<decltype(width)> block(problem, image, from, width);
      for (int64_t p = 0; p < block.pixels; p++) block.forward(x + block.at(p), y + block.at(p));
    });
  });
}

// dx = (offset + scale) / √(variance + ε) · (g − mean(g) − x̂ · mean(g·x̂))
void inputGradient(const Context& context) {
  const Problem problem(context, 1);
  const Tensor gradient = context.input(0);
  require(gradient.size() == problem.x.size(), "instance normalisation: dy does not fit x");
  const Tensor output = context.output(0, problem.shape);
  const float* x = problem.x.data();
  const float* dy = gradient.data();
  float* dx = output.data();
  inChannelBlocks(problem.batch, problem.channels, output.size(), [&](int64_t image, int64_t from, int64_t to) {
    withWidth(to - from, [&](auto width) {
      const Block<decltype(width)> block(problem, image, from, width);
      double plain[kBlock] = {}, withX[kBlock] = {};
      block.sumGradients(x, dy, plain, withX);
      float meanG[kBlock], slopeX[kBlock];
      for (int64_t c = 0; c < width; c++) {
        meanG[c] = static_cast<float>(plain[c] / static_cast<double>(block.pixels));
        slopeX[c] = static_cast<float>(withX[c] / static_cast<double>(block.pixels) * block.inverse[c]);
      }
      for (int64_t p = 0; p < block.pixels; p++) block.backward(x + block.at(p), dy + block.at(p), meanG, slopeX, dx + block.at(p));
    });
  });
}

/** Gradient with respect to scale (Σ g·x̂) or shift (Σ g), in its shape. */
template <bool ofScale>
void affineGradient(const Context& context) {
  const Problem problem(context, 1);
  const Tensor gradient = context.input(0);
  require(gradient.size() == problem.x.size(), "instance normalisation: dy does not fit x");
  const Tensor output = context.output(0, problem.scale.shape());
  const int64_t groups = problem.shared ? 1 : problem.batch;
  const int64_t images = problem.shared ? problem.batch : 1;
  inChannelBlocks(groups, problem.channels, problem.x.size(), [&](int64_t group, int64_t from, int64_t to) {
    double sums[kBlock] = {};
    withWidth(to - from, [&](auto width) {
      for (int64_t image = group; image < group + images; image++) {
        const Block<decltype(width)> block(problem, image, from, width);
        double plain[kBlock] = {}, withX[kBlock] = {};
        block.sumGradients(problem.x.data(), gradient.data(), plain, withX);
        for (int64_t c = 0; c < width; c++) sums[c] += ofScale ? withX[c] : plain[c];
      }
    });
    float* target = output.data() + group * problem.channels + from;
    for (int64_t c = 0; c < to - from; c++) target[c] = static_cast<float>(sums[c]);
  });
}

const std::vector<const char*> attributes = {"epsilon", "slope", "offset"};
const std::vector<const char*> gradientInputs = {"dy: float", "x: float", "scale: float", "shift: float"};

}  // namespace

const Kernel instanceNormalization = {
    "StarganInstanceNormalization", {"x: float", "scale: float", "shift: float"}, attributes, {"y: float"}, forward};
const Enlisted<instanceNormalization> instanceNormalizationEnlisted;
const Kernel instanceNormalizationInputGradient = {
    "StarganInstanceNormalizationInputGradient", gradientInputs, attributes, {"dx: float"}, inputGradient};
const Enlisted<instanceNormalizationInputGradient> instanceNormalizationInputGradientEnlisted;
const Kernel instanceNormalizationScaleGradient = {
    "StarganInstanceNormalizationScaleGradient", gradientInputs, attributes, {"dscale: float"}, affineGradient<true>};
const Enlisted<instanceNormalizationScaleGradient> instanceNormalizationScaleGradientEnlisted;
const Kernel instanceNormalizationShiftGradient = {
    "StarganInstanceNormalizationShiftGradient", gradientInputs, attributes, {"dshift: float"}, affineGradient<false>};
const Enlisted<instanceNormalizationShiftGradient> instanceNormalizationShiftGradientEnlisted;

}  // namespace stargan
