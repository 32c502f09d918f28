/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KUNIT_GLUE_H
#define KUNIT_GLUE_H

#include <linux/types.h>

struct device;

int fake_memory_setup(struct device *dev);
void *fake_memory_va(phys_addr_t pa, size_t len);
int fake_signal_send(void);
void fake_signal_clear(void);

#endif
