// Where native memory comes from: `allocatorMemory` and `pagedBlocks` of the addon.
#pragma once

#include <node_api.h>

namespace stargan {

/** Puts TensorFlow's large blocks in a pool of pages where the environment asks for it; before TensorFlow makes its allocator. */
void chooseAllocator();

void exportAllocator(napi_env env, napi_value exports);

}  // namespace stargan
