// What the kernels are made of: tensors and attributes of TensorFlow's C API with owners, failures as exceptions, and the
// registration with TensorFlow.
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

template <const Kernel& kernel>
void* create(TF_OpKernelConstruction* construction) {
  auto* values = new std::vector<float>(kernel.attributes.size());
  Status status;
  for (size_t i = 0; i < values->size() && TF_GetCode(status.raw) == TF_OK; i++) {
    TF_OpKernelConstruction_GetAttrFloat(construction, kernel.attributes[i], &(*values)[i], status.raw);
  }
  if (TF_GetCode(status.raw) != TF_OK) TF_OpKernelConstruction_Failure(construction, status.raw);
  return values;
}

template <const Kernel& kernel>
void compute(void* values, TF_OpKernelContext* context) {
  try {
    kernel.run(Context(context, *static_cast<std::vector<float>*>(values)));
  } catch (const std::exception& error) {
    Status status;
    TF_SetStatus(status.raw, TF_INVALID_ARGUMENT, error.what());
    TF_OpKernelContext_Failure(context, status.raw);
  }
}

inline void destroy(void* values) { delete static_cast<std::vector<float>*>(values); }

/** Tells TensorFlow of an operation and of its kernel for the processor. Gives the operation's name. */
template <const Kernel& kernel>
const char* enlist() {
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(kernel.name);
  if (kernel.lists) TF_OpDefinitionBuilderAddAttr(definition, "N: int >= 1");
  for (const char* input : kernel.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : kernel.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  for (const char* attribute : kernel.attributes) {
    TF_OpDefinitionBuilderAddAttr(definition, (std::string(attribute) + ": float").c_str());
  }
  // Operations of graphs must have one; the shapes of the outputs are known when the kernel runs.
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, [](TF_ShapeInferenceContext* context, TF_Status* status) {
    TF_ShapeInferenceContextSetUnknownShape(context, status);
  });
  Status status;
  TF_RegisterOpDefinition(definition, status.raw);
  status.require();
  TF_KernelBuilder* builder = TF_NewKernelBuilder(kernel.name, "CPU", create<kernel>, compute<kernel>, destroy);
  TF_RegisterKernelBuilder(kernel.name, builder, status.raw);
  status.require();
  return kernel.name;
}

using Enlist = const char* (*)();

/** What enlists each kernel of this module; they are called once, when the module is loaded. */
std::vector<Enlist>& enlistings();

/** Makes a kernel part of the module: one of these stands after each `Kernel`. */
template <const Kernel& kernel>
struct Enlisted {
  Enlisted() { enlistings().push_back(enlist<kernel>); }
};

}  // namespace stargan
