/* SPDX-License-Identifier: GPL-2.0 */
#ifndef AMP_YIELD_H
#define AMP_YIELD_H

#include "hw/core/cpu.h"

/*
 * End the turn of the CPU that is accessing a device, if a CPU it is: for
 * accesses after which another processor has something to do.
 */
static inline void yield_cpu(void)
{
    if (current_cpu) {
        cpu_exit(current_cpu);
    }
}

#endif
