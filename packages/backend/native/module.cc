// The Node-API module: registers the operations and their CPU kernels with the TensorFlow library of this process
// when it is loaded, and exports the operations' names.
#include <node_api.h>

#include "kernel.h"

namespace stargan {
namespace {

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

void destroy(void* values) { delete static_cast<std::vector<float>*>(values); }

template <const Kernel& kernel>
const char* enlist() {
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(kernel.name);
  if (kernel.lists) TF_OpDefinitionBuilderAddAttr(definition, "N: int >= 1");
  for (const char* input : kernel.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : kernel.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  for (const char* attribute : kernel.attributes) {
    TF_OpDefinitionBuilderAddAttr(definition, (std::string(attribute) + ": float").c_str());
  }
  Status status;
  TF_RegisterOpDefinition(definition, status.raw);
  status.require();
  TF_KernelBuilder* builder = TF_NewKernelBuilder(kernel.name, "CPU", create<kernel>, compute<kernel>, destroy);
  TF_RegisterKernelBuilder(kernel.name, builder, status.raw);
  status.require();
  return kernel.name;
}

template <const Kernel&... kernels>
std::vector<const char*> enlistAll() {
  return {enlist<kernels>()...};
}

const std::vector<const char*>& operations() {
  // Once in a process: worker threads load the module again.
  static const std::vector<const char*> names =
      enlistAll<instanceNormalization, instanceNormalizationInputGradient, instanceNormalizationScaleGradient,
                instanceNormalizationShiftGradient, addBiasLeakyRelu, addBiasLeakyReluInputGradient,
                addBiasLeakyReluBiasGradient, residualSum, sumPool2x2, upsampleNearest2x, winogradConvolution,
                winogradConvolutionInputGradient, winogradConvolutionFilterGradient, adam, movingAverage>();
  return names;
}

napi_value initialize(napi_env env, napi_value exports) {
  try {
    napi_value names;
    napi_create_array(env, &names);
    uint32_t index = 0;
    for (const char* name : operations()) {
      napi_value text;
      napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &text);
      napi_set_element(env, names, index++, text);
    }
    napi_set_named_property(env, exports, "operations", names);
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
  }
  return exports;
}

}  // namespace
}  // namespace stargan

NAPI_MODULE(stargan_kernels, stargan::initialize)
