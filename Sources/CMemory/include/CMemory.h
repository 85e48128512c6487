// What Swift's view of the C library leaves out.
#pragma once

// Has all threads take memory from so many pools: what one has given back, another of the same pool can use, and two that
// take from one wait for each other. Does nothing where the C library has no such call.
void cmemory_use_pools(int count);

// Gives memory that is free back to the machine; does nothing where the C library has no such call.
void cmemory_give_back(void);
