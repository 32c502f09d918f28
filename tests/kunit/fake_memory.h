/* SPDX-License-Identifier: GPL-2.0 */
#ifndef FAKE_MEMORY_H
#define FAKE_MEMORY_H

#include <linux/types.h>

struct device;

int fake_memory_setup(struct device *dev);
void *fake_memory_va(phys_addr_t pa, size_t len);

#endif
