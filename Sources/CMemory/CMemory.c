#include "CMemory.h"
// Any header of the C library says which one it is.
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

void cmemory_use_pools(int count) {
#ifdef __GLIBC__
    if (count > 0) mallopt(M_ARENA_MAX, count);
#endif
}

void cmemory_give_back(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
