// Adam and the moving average over lists of parameters in one launch. Constants come as a tensor, because an
// attribute that changes with every step would leave a kernel behind in TensorFlow's cache at every step.
// The order of operations is that of the composed forms in @stargan/optimizers, so that results are equal.
#include <algorithm>
#include <cmath>

#include "kernel.h"
#include "parallel.h"
#include "simd.h"

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

/** Elements that are computed before they are stored: a piece of each output stays in the first cache. */
constexpr int64_t kPiece = 1024;
/** With so many elements, outputs are not in the caches any more when they are read. */
constexpr int64_t kPastCaches = int64_t{1} << 21;

/** Stores what was computed of an output; of long lists past the caches, since all is read from memory and written there. */
void storePiece(bool past, const float* computed, int64_t count, float* to) {
  if (past) copyPastCaches(computed, count, to);
  else std::copy_n(computed, count, to);
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

/**
 * Adam of a piece. The constants are copies, and what does not change is decided outside of the loop: it is computed in vectors only
 * where the compiler sees that nothing which is stored changes them.
 */
template <bool decays, bool remembers>
void adamElements(const AdamConstants k, int64_t count, const float* __restrict p, const float* __restrict raw, const float* __restrict m,
                  const float* __restrict v, float* __restrict means, float* __restrict squares, float* __restrict stepped) {
  for (int64_t i = 0; i < count; i++) {
    const float g = decays ? raw[i] + p[i] * k.weightDecay : raw[i];
    const float mean = remembers ? m[i] * k.beta1 + g * k.rest1 : g;
    const float square = v[i] * k.beta2 + g * k.rest2 * g;
    means[i] = mean;
    squares[i] = square;
    stepped[i] = p[i] - mean / (std::sqrt(square) / k.correction + k.epsilon) * k.stepSize;
  }
}

template <typename... Arguments>
void adamPiece(const AdamConstants& k, Arguments... arguments) {
  if (k.weightDecay == 0) k.beta1 == 0 ? adamElements<false, false>(k, arguments...) : adamElements<false, true>(k, arguments...);
  else k.beta1 == 0 ? adamElements<true, false>(k, arguments...) : adamElements<true, true>(k, arguments...);
}

void adamStep(const Context& context) {
  const Tensor given = context.input(0), first = context.input(1), second = context.input(2);
  const Lists lists(context, 3);
  require(given.size() == sizeof(AdamConstants) / sizeof(float), "adam: eight constants are needed");
  require(first.size() == lists.total && second.size() == lists.total, "adam: the moments do not fit the parameters");
  const AdamConstants k = *reinterpret_cast<const AdamConstants*>(given.data());
  const Tensor newFirst = context.output(0, first.shape()), newSecond = context.output(1, second.shape());
  const std::vector<Tensor> moved = lists.outputsLikeLeft(context, 2);
  const std::vector<Stretch> parts = stretches(lists.left);
  const bool past = lists.total >= kPastCaches;
  inParallel(static_cast<int64_t>(parts.size()), lists.total, [&](int64_t part) {
    const auto [tensor, begin, end, offset] = parts[part];
    const float* p = lists.left[tensor].data();
    const float* raw = lists.right[tensor].data();
    const float* m = first.data() + offset;
    const float* v = second.data() + offset;
    float* newM = newFirst.data() + offset;
    float* newV = newSecond.data() + offset;
    float* newP = moved[tensor].data();
    float means[kPiece], squares[kPiece], stepped[kPiece];
    for (int64_t at = begin; at < end; at += kPiece) {
      const int64_t count = std::min(kPiece, end - at);
      adamPiece(k, count, p + at, raw + at, m + at, v + at, means, squares, stepped);
      storePiece(past, means, count, newM + at);
      storePiece(past, squares, count, newV + at);
      storePiece(past, stepped, count, newP + at);
    }
    if (past) orderStoresPast();
  });
}

/** Leaving from the nearer end makes both ends exact. */
template <bool fromParameters>
void averageElements(float decay, float complement, int64_t count, const float* __restrict to, const float* __restrict from,
                     float* __restrict averages) {
  for (int64_t i = 0; i < count; i++) {
    const float difference = to[i] - from[i];
    averages[i] = fromParameters ? from[i] + difference * decay : to[i] - difference * complement;
  }
}

void average(const Context& context) {
  const Tensor given = context.input(0);
  const Lists lists(context, 1);
  require(given.size() == 2, "moving average: two constants are needed");
  const float decay = given.data()[0], complement = given.data()[1];
  const std::vector<Tensor> outputs = lists.outputsLikeLeft(context, 0);
  const std::vector<Stretch> parts = stretches(lists.left);
  const bool past = lists.total >= kPastCaches;
  inParallel(static_cast<int64_t>(parts.size()), lists.total, [&](int64_t part) {
    const auto [tensor, begin, end, offset] = parts[part];
    const float* to = lists.left[tensor].data();
    const float* from = lists.right[tensor].data();
    float* y = outputs[tensor].data();
    float averages[kPiece];
    for (int64_t at = begin; at < end; at += kPiece) {
      const int64_t count = std::min(kPiece, end - at);
      if (decay < 0.5f) averageElements<true>(decay, complement, count, to + at, from + at, averages);
      else averageElements<false>(decay, complement, count, to + at, from + at, averages);
      storePiece(past, averages, count, y + at);
    }
    if (past) orderStoresPast();
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
