// What Swift's view of the C library leaves out.
#pragma once

// Gives memory that is free back to the machine; does nothing where the C library has no such call.
void cmemory_give_back(void);
