// Adam and the moving average over lists of parameters in one launch. Constants come as a tensor, because an
// attribute that changes with every step would leave a kernel behind in TensorFlow's cache at every step.
// The order of operations is that of the composed forms in @stargan/optimizers, so that results are equal.
#include <cmath>

#include "kernel.h"
#include "parallel.h"

namespace stargan {
namespace {

/** A stretch of one tensor of a list. */
struct Stretch {
  size_t tensor;
  int64_t begin, end;
  /** Place of the tensor's first element in the flat vector of all. */
  int64_t offset;
};

std::vector<Stretch> stretches(const std::vector<Tensor>& tensors) {
  constexpr int64_t most = int64_t{1} << 16;
  std::vector<Stretch> result;
  int64_t offset = 0;
  for (size_t i = 0; i < tensors.size(); i++) {
    const int64_t size = tensors[i].size();
    for (int64_t begin = 0; begin < size; begin += most) {
      result.push_back({i, begin, std::min(size, begin + most), offset});
    }
    offset += size;
  }
  return result;
}

struct Lists {
  /** Reads two lists of equal length that follow `first` other inputs. */
  Lists(const Context& context, int first) {
    const int count = (context.inputs() - first) / 2;
    for (int i = 0; i < count; i++) {
      left.push_back(context.input(first + i));
      right.push_back(context.input(first + count + i));
      require(left.back().size() == right.back().size(), "optimizer: tensors of one parameter differ in size");
      total += left.back().size();
    }
  }

  std::vector<Tensor> outputsLikeLeft(const Context& context, int first) const {
    std::vector<Tensor> outputs;
    for (size_t i = 0; i < left.size(); i++) outputs.push_back(context.output(first + static_cast<int>(i), left[i].shape()));
    return outputs;
  }

  std::vector<Tensor> left, right;
  int64_t total = 0;
};

/** The step's constants, in the order in which they come. */
struct AdamConstants {
  float weightDecay, beta1, rest1, beta2, rest2, correction, epsilon, stepSize;
};

void adamStep(const Context& context) {
  const Tensor given = context.input(0), first = context.input(1), second = context.input(2);
  const Lists lists(context, 3);
  require(given.size() == sizeof(AdamConstants) / sizeof(float), "adam: eight constants are needed");
  require(first.size() == lists.total && second.size() == lists.total, "adam: the moments do not fit the parameters");
  const AdamConstants k = *reinterpret_cast<const AdamConstants*>(given.data());
  const Tensor newFirst = context.output(0, first.shape()), newSecond = context.output(1, second.shape());
  const std::vector<Tensor> moved = lists.outputsLikeLeft(context, 2);
  const std::vector<Stretch> parts = stretches(lists.left);
  inParallel(static_cast<int64_t>(parts.size()), lists.total, [&](int64_t part) {
    const auto [tensor, begin, end, offset] = parts[part];
    const float* p = lists.left[tensor].data();
    const float* raw = lists.right[tensor].data();
    const float* m = first.data() + offset;
    const float* v = second.data() + offset;
    float* newM = newFirst.data() + offset;
    float* newV = newSecond.data() + offset;
    float* newP = moved[tensor].data();
    for (int64_t i = begin; i < end; i++) {
      const float g = k.weightDecay == 0 ? raw[i] : raw[i] + p[i] * k.weightDecay;
      const float mean = k.beta1 == 0 ? g : m[i] * k.beta1 + g * k.rest1;
      const float square = v[i] * k.beta2 + g * k.rest2 * g;
      newM[i] = mean;
      newV[i] = square;
      newP[i] = p[i] - mean / (std::sqrt(square) / k.correction + k.epsilon) * k.stepSize;
    }
  });
}

// Leaving from the nearer end makes both ends exact.
void average(const Context& context) {
  const Tensor given = context.input(0);
  const Lists lists(context, 1);
  require(given.size() == 2, "moving average: two constants are needed");
  const float decay = given.data()[0], complement = given.data()[1];
  const std::vector<Tensor> outputs = lists.outputsLikeLeft(context, 0);
  const std::vector<Stretch> parts = stretches(lists.left);
  inParallel(static_cast<int64_t>(parts.size()), lists.total, [&](int64_t part) {
    const auto [tensor, begin, end, offset] = parts[part];
    const float* to = lists.left[tensor].data();
    const float* from = lists.right[tensor].data();
    float* y = outputs[tensor].data();
    for (int64_t i = begin; i < end; i++) {
      const float difference = to[i] - from[i];
      y[i] = decay < 0.5f ? from[i] + difference * decay : to[i] - difference * complement;
    }
  });
}

}  // namespace

const Kernel adam = {
    "StarganAdam",
    {"constants: float", "first: float", "second: float", "parameters: N * float", "gradients: N * float"},
    {},
    {"new_first: float", "new_second: float", "new_parameters: N * float"},
    adamStep,
    true};
const Enlisted<adam> adamEnlisted;
const Kernel movingAverage = {
    "StarganMovingAverage",
    {"constants: float", "average: N * float", "parameters: N * float"},
    {},
    {"new_average: N * float"},
    average,
    true};
const Enlisted<movingAverage> movingAverageEnlisted;

}  // namespace stargan
