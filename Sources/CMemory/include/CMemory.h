// What Swift's view of the C library leaves out.
#pragma once

// Has all threads take memory from two pools: what one has given back, another can use. Does nothing where the C
// library has no such call.
void cmemory_use_few_pools(void);

// Gives memory that is free back to the machine; does nothing where the C library has no such call.
void cmemory_give_back(void);
