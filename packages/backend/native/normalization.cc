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

/** Statistics and coefficients of a block of one image's channels. */
struct Block {
  Block(const Problem& problem, int64_t image, int64_t from, int64_t to)
      : width(to - from), start(image * problem.pixels * problem.channels + from), stride(problem.channels), pixels(problem.pixels) {
    const float* x = problem.x.data() + start;
    double total[kBlock] = {};
    for (int64_t p = 0; p < pixels; p++) {
      const float* row = x + p * stride;
      for (int64_t c = 0; c < width; c++) total[c] += row[c];
    }
    const double count = static_cast<double>(pixels);
    for (int64_t c = 0; c < width; c++) mean[c] = static_cast<float>(total[c] / count);
    double squares[kBlock] = {};
    for (int64_t p = 0; p < pixels; p++) {
      const float* row = x + p * stride;
      for (int64_t c = 0; c < width; c++) {
        const double deviation = row[c] - mean[c];
        squares[c] += deviation * deviation;
      }
    }
    const int64_t affine = (problem.shared ? 0 : image * problem.channels) + from;
    for (int64_t c = 0; c < width; c++) {
      inverse[c] = static_cast<float>(1 / std::sqrt(squares[c] / count + problem.epsilon));
      scale[c] = (problem.offset + problem.scale.data()[affine + c]) * inverse[c];
      shift[c] = problem.shift.data()[affine + c];
    }
  }

  /** Offset of a pixel's first channel of this block. */
  int64_t at(int64_t pixel) const { return start + pixel * stride; }

  float before(int64_t c, float x) const { return (x - mean[c]) * scale[c] + shift[c]; }

  const int64_t width, start, stride, pixels;
  float mean[kBlock], inverse[kBlock], scale[kBlock], shift[kBlock];
};

/** Adds Σ g and Σ g·x̂ over the pixels, g being the gradient with respect to y₀. */
void sumGradients(const Problem& problem, const Block& block, const float* dy, double* plain, double* withX) {
  const float* x = problem.x.data();
  for (int64_t p = 0; p < block.pixels; p++) {
    const float* xs = x + block.at(p);
    const float* dys = dy + block.at(p);
    for (int64_t c = 0; c < block.width; c++) {
      const float g = block.before(c, xs[c]) > 0 ? dys[c] : dys[c] * problem.slope;
      plain[c] += g;
      withX[c] += static_cast<double>(g) * (xs[c] - block.mean[c]);
    }
  }
  for (int64_t c = 0; c < block.width; c++) withX[c] *= block.inverse[c];
}

void forward(const Context& context) {
  const Problem problem(context, 0);
  const Tensor output = context.output(0, problem.shape);
  const float* x = problem.x.data();
  float* y = output.data();
  inChannelBlocks(problem.batch, problem.channels, output.size(), [&](int64_t image, int64_t from, int64_t to) {
    const Block block(problem, image, from, to);
    for (int64_t p = 0; p < block.pixels; p++) {
      const float* xs = x + block.at(p);
      float* ys = y + block.at(p);
      for (int64_t c = 0; c < block.width; c++) {
        const float before = block.before(c, xs[c]);
        ys[c] = before > 0 ? before : before * problem.slope;
      }
    }
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
    const Block block(problem, image, from, to);
    double plain[kBlock] = {}, withX[kBlock] = {};
    sumGradients(problem, block, dy, plain, withX);
    float meanG[kBlock], slopeX[kBlock];
    for (int64_t c = 0; c < block.width; c++) {
      meanG[c] = static_cast<float>(plain[c] / static_cast<double>(block.pixels));
      slopeX[c] = static_cast<float>(withX[c] / static_cast<double>(block.pixels) * block.inverse[c]);
    }
    for (int64_t p = 0; p < block.pixels; p++) {
      const float* xs = x + block.at(p);
      const float* dys = dy + block.at(p);
      float* dxs = dx + block.at(p);
      for (int64_t c = 0; c < block.width; c++) {
        const float g = block.before(c, xs[c]) > 0 ? dys[c] : dys[c] * problem.slope;
        dxs[c] = block.scale[c] * (g - meanG[c] - (xs[c] - block.mean[c]) * slopeX[c]);
      }
    }
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
  inChannelBlocks(groups, problem.channels, problem.x.size(), [&](int64_t group, int64_t from, int64_t to) {
    double sums[kBlock] = {};
    const int64_t images = problem.shared ? problem.batch : 1;
    for (int64_t i = 0; i < images; i++) {
      const Block block(problem, group + i, from, to);
      double plain[kBlock] = {}, withX[kBlock] = {};
      sumGradients(problem, block, gradient.data(), plain, withX);
      for (int64_t c = 0; c < block.width; c++) sums[c] += ofScale ? withX[c] : plain[c];
    }
    float* target = output.data() + group * problem.channels + from;
    for (int64_t c = 0; c < to - from; c++) target[c] = static_cast<float>(sums[c]);
  });
}

const std::vector<const char*> attributes = {"epsilon", "slope", "offset"};
const std::vector<const char*> gradientInputs = {"dy: float", "x: float", "scale: float", "shift: float"};

}  // namespace

const Kernel instanceNormalization = {
    "StarganInstanceNormalization", {"x: float", "scale: float", "shift: float"}, attributes, {"y: float"}, forward};
const Kernel instanceNormalizationInputGradient = {
    "StarganInstanceNormalizationInputGradient", gradientInputs, attributes, {"dx: float"}, inputGradient};
const Kernel instanceNormalizationScaleGradient = {
    "StarganInstanceNormalizationScaleGradient", gradientInputs, attributes, {"dscale: float"}, affineGradient<true>};
const Kernel instanceNormalizationShiftGradient = {
    "StarganInstanceNormalizationShiftGradient", gradientInputs, attributes, {"dshift: float"}, affineGradient<false>};

}  // namespace stargan
