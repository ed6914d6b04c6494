#include "allocator.h"

// <features.h>, which names the C library, comes with any of its headers.
#include <cstdlib>

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

/** allocatorMemory(): { inUse, free } in bytes, of all arenas and of blocks that are mapped by themselves. */
napi_value allocatorMemory(napi_env env, napi_callback_info) {
  const struct mallinfo2 now = mallinfo2();
  napi_value answer;
  napi_create_object(env, &answer);
  setBytes(env, answer, "inUse", now.uordblks + now.hblkhd);
  setBytes(env, answer, "free", now.fordblks);
  return answer;
}

#endif

}  // namespace

void exportAllocator([[maybe_unused]] napi_env env, [[maybe_unused]] napi_value exports) {
#ifdef STARGAN_GLIBC_ALLOCATOR
  const napi_property_descriptor properties[] = {
      {"allocatorMemory", nullptr, allocatorMemory, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, exports, sizeof(properties) / sizeof(properties[0]), properties);
#endif
}

}  // namespace stargan
