// What the kernels are made of: tensors and attributes of TensorFlow's C API with owners, and failures as exceptions.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

namespace stargan {

class Status {
 public:
  Status() : raw(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(raw); }
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;
  void require() const {
    if (TF_GetCode(raw) != TF_OK) throw std::runtime_error(TF_Message(raw));
  }
  TF_Status* const raw;
};

/** A float32 tensor, owned. */
class Tensor {
 public:
  explicit Tensor(TF_Tensor* tensor) : raw(tensor) {}
  Tensor(Tensor&& other) noexcept : raw(other.raw) { other.raw = nullptr; }
  Tensor(const Tensor&) = delete;
  Tensor& operator=(const Tensor&) = delete;
  ~Tensor() {
    if (raw != nullptr) TF_DeleteTensor(raw);
  }
  float* data() const { return static_cast<float*>(TF_TensorData(raw)); }
  int64_t size() const { return TF_TensorElementCount(raw); }
  std::vector<int64_t> shape() const {
    std::vector<int64_t> dims(TF_NumDims(raw));
    for (size_t axis = 0; axis < dims.size(); axis++) dims[axis] = TF_Dim(raw, static_cast<int>(axis));
    return dims;
  }

 private:
  TF_Tensor* raw;
};

/** One run of a kernel. */
class Context {
 public:
  Context(TF_OpKernelContext* context, const std::vector<float>& values) : raw(context), attributes(values) {}

  int inputs() const { return TF_NumInputs(raw); }

  Tensor input(int index) const {
    Status status;
    TF_Tensor* tensor = nullptr;
    TF_GetInput(raw, index, &tensor, status.raw);
    status.require();
    return Tensor(tensor);
  }

  Tensor output(int index, const std::vector<int64_t>& shape) const {
    Status status;
    int64_t count = 1;
    for (int64_t size : shape) count *= size;
    TF_Tensor* tensor = TF_AllocateOutput(raw, index, TF_FLOAT, shape.data(), static_cast<int>(shape.size()),
                                          static_cast<size_t>(count) * sizeof(float), status.raw);
    Tensor owned(tensor);
    status.require();
    return owned;
  }

  /** The float attribute at this place of the kernel's list. */
  float attribute(size_t index) const { return attributes[index]; }

 private:
  TF_OpKernelContext* raw;
  const std::vector<float>& attributes;
};

/** Fails unless `holds`; the callers check shapes with better messages, this keeps the memory safe. */
inline void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

/** An operation and how it is computed. All tensors and attributes are float32. */
struct Kernel {
  const char* name;
  /** As in `x: float`, or `parameters: N * float` for a list. */
  std::vector<const char*> inputs;
  std::vector<const char*> attributes;
  std::vector<const char*> outputs;
  void (*run)(const Context&);
  /** Some input or output is a list of N tensors. */
  bool lists = false;
};

extern const Kernel instanceNormalization;
extern const Kernel instanceNormalizationInputGradient;
extern const Kernel instanceNormalizationScaleGradient;
extern const Kernel instanceNormalizationShiftGradient;
extern const Kernel addBiasLeakyRelu;
extern const Kernel addBiasLeakyReluInputGradient;
extern const Kernel addBiasLeakyReluBiasGradient;
extern const Kernel residualSum;
extern const Kernel sumPool2x2;
extern const Kernel upsampleNearest2x;
extern const Kernel winogradConvolution;
extern const Kernel winogradConvolutionInputGradient;
extern const Kernel winogradConvolutionFilterGradient;
extern const Kernel adam;
extern const Kernel movingAverage;

}  // namespace stargan
