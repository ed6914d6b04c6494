// tfjs-node's addon with functions of ours beside its own. It takes the place of tfjs_binding.cc, which it includes: both
// share what tfjs-node keeps with the module, TensorFlow's eager context above all.
#include <node_api.h>

// tfjs-node would register the module here; it is registered below.
#undef NAPI_MODULE
#define NAPI_MODULE(name, initialize)
#include "tfjs_binding.cc"
#undef NAPI_MODULE

#include "allocator.h"
#include "functions.h"

NAPI_MODULE_INIT() {
  stargan::chooseAllocator();
  if (tfnodejs::InitTFNodeJSBinding(env, exports) == nullptr) return nullptr;
  stargan::exportFunctions(env, exports);
  stargan::exportAllocator(env, exports);
  return exports;
}
