// What tfjs-node's backend keeps to itself: TensorFlow's eager context, and the tensors by their numbers.
#pragma once

#include <node_api.h>

#include <stdexcept>
#include <string>

#include "tfjs_backend.h"

namespace stargan {

// A private member may be named in an explicit instantiation (C++17, [temp.spec]/6): there its address is taken, and a
// friend function gives it away.
template <typename Tag, typename Tag::Member member>
struct Expose {
  friend typename Tag::Member memberOf(Tag) { return member; }
};

struct ContextTag {
  using Member = TFE_Context* tfnodejs::TFJSBackend::*;
  friend Member memberOf(ContextTag);
};
template struct Expose<ContextTag, &tfnodejs::TFJSBackend::tfe_context_>;

struct HandlesTag {
  using Member = std::unordered_map<int32_t, TFE_TensorHandle*> tfnodejs::TFJSBackend::*;
  friend Member memberOf(HandlesTag);
};
template struct Expose<HandlesTag, &tfnodejs::TFJSBackend::tfe_handle_map_>;

/** The context and the tensors of this module's backend. */
class EagerState {
 public:
  explicit EagerState(napi_env env) {
    void* data = nullptr;
    if (napi_get_instance_data(env, &data) != napi_ok || data == nullptr) {
      throw std::runtime_error("tfjs-node has no backend in this thread");
    }
    backend = static_cast<tfnodejs::TFJSBackend*>(data);
  }

  TFE_Context* context() const { return backend->*memberOf(ContextTag{}); }

  TFE_TensorHandle* handle(int32_t id) const {
    const auto& handles = backend->*memberOf(HandlesTag{});
    const auto found = handles.find(id);
    if (found == handles.end()) throw std::runtime_error("there is no tensor " + std::to_string(id));
    return found->second;
  }

 private:
  tfnodejs::TFJSBackend* backend;
};

}  // namespace stargan
