// Large blocks of TensorFlow in a pool of pages of ours.
#pragma once

#include "page_pool.h"

namespace stargan {

/**
 * From now on, blocks of 1 MiB and more that TensorFlow asks of the C library lie in a pool of pages. It has to be called before
 * TensorFlow makes its allocator, which would ask for other blocks otherwise.
 *
 * @returns whether it is so; nothing was changed where it cannot be
 */
bool usePagedBlocks();

/** The pool, where it is in use; null otherwise. */
PagePool* pagedBlocks();

}  // namespace stargan
