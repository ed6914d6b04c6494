// 2×2 pooling and nearest-neighbour upsampling with a factor: each is the other's gradient.
#include "kernel.h"
#include "parallel.h"

namespace stargan {
namespace {

// y = factor · the sum of each 2×2 block
void pool(const Context& context) {
  const Tensor input = context.input(0);
  std::vector<int64_t> shape = input.shape();
  require(shape.size() == 4 && shape[1] % 2 == 0 && shape[2] % 2 == 0, "pool: x must have rank 4 and even sides");
  const int64_t width = shape[2], channels = shape[3];
  shape[1] /= 2;
  shape[2] /= 2;
  const Tensor output = context.output(0, shape);
  const float factor = context.attribute(0);
  inParallel(shape[0] * shape[1], input.size(), [&](int64_t row) {
    const float* top = input.data() + 2 * row * width * channels;
    const float* bottom = top + width * channels;
    float* y = output.data() + row * shape[2] * channels;
    for (int64_t column = 0; column < shape[2]; column++) {
      const int64_t at = 2 * column * channels;
      for (int64_t c = 0; c < channels; c++) {
        const float left = top[at + c] + bottom[at + c];
        const float right = top[at + channels + c] + bottom[at + channels + c];
        y[column * channels + c] = (left + right) * factor;
      }
    }
  });
}

// every pixel, times factor, in a 2×2 block
void enlarge(const Context& context) {
  const Tensor input = context.input(0);
  std::vector<int64_t> shape = input.shape();
  require(shape.size() == 4, "upsample: x must have rank 4");
  const int64_t rows = shape[0] * shape[1], width = shape[2], channels = shape[3];
  shape[1] *= 2;
  shape[2] *= 2;
  const Tensor output = context.output(0, shape);
  const float factor = context.attribute(0);
  inParallel(rows, output.size(), [&](int64_t row) {
    const float* x = input.data() + row * width * channels;
    float* top = output.data() + 4 * row * width * channels;
    for (int64_t column = 0; column < width; column++) {
      float* left = top + 2 * column * channels;
      for (int64_t c = 0; c < channels; c++) {
        const float value = x[column * channels + c] * factor;
        left[c] = value;
        left[channels + c] = value;
      }
    }
    std::copy(top, top + 2 * width * channels, top + 2 * width * channels);
  });
}

}  // namespace

const Kernel sumPool2x2 = {"StarganSumPool2x2", {"x: float"}, {"factor"}, {"y: float"}, pool};
const Enlisted<sumPool2x2> sumPool2x2Enlisted;
const Kernel upsampleNearest2x = {"StarganUpsampleNearest2x", {"x: float"}, {"factor"}, {"y: float"}, enlarge};
const Enlisted<upsampleNearest2x> upsampleNearest2xEnlisted;

}  // namespace stargan
