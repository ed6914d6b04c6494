// Instance normalisation with scale, shift and leaky ReLU, and its gradients. With x̂ = (x − mean) / √(variance + ε):
//   y₀ = (offset + scale) · x̂ + shift,   y = y₀ > 0 ? y₀ : slope · y₀
// x [batch, height, width, channels]; scale and shift [channels] or [batch, channels].
#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel.h"
#include "parallel.h"

namespace stargan {
namespace {

/** Inputs that all kernels share; `first` is the place of x. */
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

/** Pixels of 64 channels that stay in a core's first cache. */
constexpr int64_t kStretch = 64;

/** Statistics and coefficients of a block of one image's channels, `width` (a number or a constant) of them. */
template <typename Width>
struct Block {
  Block(const Problem& problem, int64_t image, int64_t from, Width channels)
      : width(channels), start(image * problem.pixels * problem.channels + from), stride(problem.channels),
        pixels(problem.pixels), slope(problem.slope) {
    double centers[kBlock] = {}, squares[kBlock] = {};
    for (int64_t p = 0; p < pixels; p += kStretch) addStatistics(problem.x.data() + start, p, std::min(pixels, p + kStretch), centers, squares);
    const int64_t affine = (problem.shared ? 0 : image * problem.channels) + from;
    for (int64_t c = 0; c < width; c++) {
      mean[c] = static_cast<float>(centers[c]);
      inverse[c] = static_cast<float>(1 / std::sqrt(squares[c] / static_cast<double>(pixels) + problem.epsilon));
      scale[c] = (problem.offset + problem.scale.data()[affine + c]) * inverse[c];
      shift[c] = problem.shift.data()[affine + c];
    }
  }

  /** Offset of a pixel's first channel of this block. */
  int64_t at(int64_t pixel) const { return start + pixel * stride; }

  /**
   * Means and sums of squared deviations of the pixels before `to`, from those of the pixels before `from`. Pixels come from memory
   * once, since the second pass over so few finds them in the cache (Chan, Golub, LeVeque 1979).
   */
  void addStatistics(const float* x, int64_t from, int64_t to, double* __restrict centers, double* __restrict squares) const {
    double sums[kBlock] = {};
    for (int64_t p = from; p < to; p++) addTo(sums, x + p * stride);
    const double count = static_cast<double>(to - from), weight = count / static_cast<double>(to);
    float own[kBlock];
    for (int64_t c = 0; c < width; c++) own[c] = static_cast<float>(sums[c] / count);
    for (int64_t p = from; p < to; p++) addSquaresTo(squares, x + p * stride, own);
    for (int64_t c = 0; c < width; c++) {
      // The deviations are from a rounded mean, which shows where there is little else.
      const double rounding = sums[c] / count - own[c], distance = sums[c] / count - centers[c];
      squares[c] += distance * distance * weight * static_cast<double>(from) - rounding * rounding * count;
      centers[c] += distance * weight;
    }
  }

  void addTo(double* __restrict sums, const float* __restrict x) const {
    for (int64_t c = 0; c < width; c++) sums[c] += x[c];
  }

  void addSquaresTo(double* __restrict sums, const float* __restrict x, const float* __restrict center) const {
    for (int64_t c = 0; c < width; c++) {
      const double deviation = x[c] - center[c];
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

/** [3, batch, channels]: y₀ = (x − coefficients₀) · coefficients₁ + coefficients₂. */
void coefficients(const Context& context) {
  const Problem problem(context, 0);
  const int64_t each = problem.batch * problem.channels;
  const Tensor output = context.output(0, {3, problem.batch, problem.channels});
  inChannelBlocks(problem.batch, problem.channels, problem.x.size(), [&](int64_t image, int64_t from, int64_t to) {
    withWidth(to - from, [&](auto width) {
      const Block<decltype(width)> block(problem, image, from, width);
      float* const at = output.data() + image * problem.channels + from;
      std::copy_n(block.mean, to - from, at);
      std::copy_n(block.scale, to - from, at + each);
      std::copy_n(block.shift, to - from, at + 2 * each);
    });
  });
}

// g being the gradient with respect to y₀:
//   dx = (offset + scale) / √(variance + ε) · (g − mean(g) − x̂ · mean(g·x̂)),   dscale = Σ g·x̂,   dshift = Σ g
void gradients(const Context& context) {
  const Problem problem(context, 1);
  const Tensor gradient = context.input(0);
  require(gradient.size() == problem.x.size(), "instance normalisation: dy does not fit x");
  const Tensor output = context.output(0, problem.shape);
  const float* x = problem.x.data();
  const float* dy = gradient.data();
  float* dx = output.data();
  const int64_t each = problem.batch * problem.channels;
  std::vector<double> sums(static_cast<size_t>(2 * each));
  inChannelBlocks(problem.batch, problem.channels, output.size(), [&](int64_t image, int64_t from, int64_t to) {
    withWidth(to - from, [&](auto width) {
      const Block<decltype(width)> block(problem, image, from, width);
      double plain[kBlock] = {}, withX[kBlock] = {};
      block.sumGradients(x, dy, plain, withX);
      float meanG[kBlock], slopeX[kBlock];
      for (int64_t c = 0; c < width; c++) {
        const int64_t at = image * problem.channels + from + c;
        sums[static_cast<size_t>(at)] = withX[c];
        sums[static_cast<size_t>(each + at)] = plain[c];
        meanG[c] = static_cast<float>(plain[c] / static_cast<double>(block.pixels));
        slopeX[c] = static_cast<float>(withX[c] / static_cast<double>(block.pixels) * block.inverse[c]);
      }
      for (int64_t p = 0; p < block.pixels; p++) block.backward(x + block.at(p), dy + block.at(p), meanG, slopeX, dx + block.at(p));
    });
  });
  const int64_t images = problem.shared ? problem.batch : 1, affine = each / std::max<int64_t>(1, images);
  for (int of = 0; of < 2; of++) {
    const Tensor total = context.output(1 + of, problem.scale.shape());
    for (int64_t i = 0; i < affine; i++) {
      double sum = 0;
      for (int64_t image = 0; image < images; image++) sum += sums[static_cast<size_t>(of * each + image * affine + i)];
      total.data()[i] = static_cast<float>(sum);
    }
  }
}

const std::vector<const char*> attributes = {"epsilon", "slope", "offset"};
const std::vector<const char*> gradientInputs = {"dy: float", "x: float", "scale: float", "shift: float"};

}  // namespace

const Kernel instanceNormalization = {
    "StarganInstanceNormalization", {"x: float", "scale: float", "shift: float"}, attributes, {"y: float"}, forward};
const Enlisted<instanceNormalization> instanceNormalizationEnlisted;
const Kernel instanceNormalizationCoefficients = {
    "StarganInstanceNormalizationCoefficients", {"x: float", "scale: float", "shift: float"}, attributes, {"coefficients: float"}, coefficients};
const Enlisted<instanceNormalizationCoefficients> instanceNormalizationCoefficientsEnlisted;
const Kernel instanceNormalizationGradients = {
    "StarganInstanceNormalizationGradients", gradientInputs, attributes, {"dx: float", "dscale: float", "dshift: float"}, gradients};
const Enlisted<instanceNormalizationGradients> instanceNormalizationGradientsEnlisted;

}  // namespace stargan
