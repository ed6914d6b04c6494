// The C library's allocator: `allocatorMemory` and `returnBlocks` of the addon.
#pragma once

#include <node_api.h>

namespace stargan {

void exportAllocator(napi_env env, napi_value exports);

}  // namespace stargan
