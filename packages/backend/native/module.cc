// The Node-API module: registers the operations and their CPU kernels with the TensorFlow library of this process
// when it is loaded, and exports the operations' names.
#include <node_api.h>

#include "kernel.h"

namespace stargan {

// Not inline: a static variable of an inline function would be one for all modules of the process.
std::vector<Enlist>& enlistings() {
  static std::vector<Enlist> all;
  return all;
}

namespace {

const std::vector<const char*>& operations() {
  // Once in a process: worker threads load the module again.
  static const std::vector<const char*> names = [] {
    std::vector<const char*> enlisted;
    for (const Enlist enlist : enlistings()) enlisted.push_back(enlist());
    return enlisted;
  }();
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
