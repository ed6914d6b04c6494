// Functions of the C library as other libraries call them, replaced by ours.
#pragma once

#include <vector>

namespace stargan {

struct Replacement {
  const char* name;
  void* function;
};

/**
 * From now on, calls of these functions from loaded libraries whose file name begins with `libraries` reach ours. The calls of all
 * others, and functions that take such a function's address, are left as they are.
 *
 * @returns how many calls' entries were replaced; 0 where this system's way of linking is not known: other than glibc on x86-64 and ARM64
 */
int replaceFunctions(const char* libraries, const std::vector<Replacement>& replacements);

}  // namespace stargan
