/**
 * What time it was for the program: the clock of runtime.nanotime.
 */
#ifndef VOLE_RUNTIME_CLOCK_H
#define VOLE_RUNTIME_CLOCK_H

#include "runtime/runtime.h"

/**
 * The newest time that the scheduler noted: at most some milliseconds before
 * the stop where anything ran. Of a process on this machine it is now. 0: not
 * known.
 */
int64_t vole_clock_newest(const struct vole_runtime *rt);

#endif
