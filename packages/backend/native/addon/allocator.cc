#include "allocator.h"

// <features.h>, which names the C library, comes with any of its headers.
#include <cstdlib>

#include "paged_blocks.h"

// Only glibc tells what its arenas hold; mallinfo2, whose numbers do not wrap at 2 GiB, is there from 2.33 on.
#if defined(__GLIBC__) && (__GLIBC__ > 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ >= 33))
#define STARGAN_GLIBC_ALLOCATOR
#include <malloc.h>
#endif

namespace stargan {
namespace {

#ifdef STARGAN_GLIBC_ALLOCATOR

void setBytes(napi_env env, napi_value object, const char* name, size_t bytes) {
  napi_value value;
  napi_create_double(env, static_cast<double>(bytes), &value);
  napi_set_named_property(env, object, name, value);
}

/** allocatorMemory(): { inUse, free } in bytes, of all arenas, of blocks that are mapped by themselves and of the pool of pages. */
napi_value allocatorMemory(napi_env env, napi_callback_info) {
  const struct mallinfo2 now = mallinfo2();
  PagePool* const pool = pagedBlocks();
  const PagePool::Accounts blocks = pool == nullptr ? PagePool::Accounts{0, 0} : pool->accounts();
  napi_value answer;
  napi_create_object(env, &answer);
  setBytes(env, answer, "inUse", now.uordblks + now.hblkhd + blocks.inUse);
  setBytes(env, answer, "free", now.fordblks + blocks.free);
  return answer;
}

#endif

}  // namespace

void chooseAllocator() {
  const char* const wanted = std::getenv("STARGAN_PAGED_BLOCKS");
  // TensorFlow's own pool would ask for few blocks, each for many tensors.
  if (wanted != nullptr && usePagedBlocks()) setenv("TF_ONEDNN_USE_SYSTEM_ALLOCATOR", "1", 0);
}

void exportAllocator(napi_env env, napi_value exports) {
  napi_value paged;
  napi_get_boolean(env, pagedBlocks() != nullptr, &paged);
  const napi_property_descriptor properties[] = {
      {"pagedBlocks", nullptr, nullptr, nullptr, nullptr, paged, napi_enumerable, nullptr},
#ifdef STARGAN_GLIBC_ALLOCATOR
      {"allocatorMemory", nullptr, allocatorMemory, nullptr, nullptr, nullptr, napi_default, nullptr},
#endif
  };
  napi_define_properties(env, exports, sizeof(properties) / sizeof(properties[0]), properties);
}

}  // namespace stargan
