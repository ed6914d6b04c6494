// TensorFlow functions made of recorded operations: `defineFunction` and `removeFunction` of the addon. A function that is
// defined is an operation like others, which `executeOp` runs by its name.
#pragma once

#include <node_api.h>

namespace stargan {

void exportFunctions(napi_env env, napi_value exports);

}  // namespace stargan
