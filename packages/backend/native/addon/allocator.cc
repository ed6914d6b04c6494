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

/** returnBlocks(bytes): blocks of that size and more go back to the system as soon as they are free; whether it could be set. */
napi_value returnBlocks(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument;
  int32_t bytes = 0;
  const bool given = napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) == napi_ok && count == 1 &&
                     napi_get_value_int32(env, argument, &bytes) == napi_ok && bytes > 0;
  napi_value answer;
  napi_get_boolean(env, given && mallopt(M_MMAP_THRESHOLD, bytes) == 1, &answer);
  return answer;
}

#endif

}  // namespace

void exportAllocator([[maybe_unused]] napi_env env, [[maybe_unused]] napi_value exports) {
#ifdef STARGAN_GLIBC_ALLOCATOR
  const napi_property_descriptor properties[] = {
      {"allocatorMemory", nullptr, allocatorMemory, nullptr, nullptr, nullptr, napi_default, nullptr},
      {"returnBlocks", nullptr, returnBlocks, nullptr, nullptr, nullptr, napi_default, nullptr},
  };
  napi_define_properties(env, exports, sizeof(properties) / sizeof(properties[0]), properties);
#endif
}

}  // namespace stargan
