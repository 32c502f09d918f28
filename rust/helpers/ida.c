// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/idr.h>

void amp_helper_ida_init(struct ida *ida)
{
	ida_init(ida);
}
EXPORT_SYMBOL_GPL(amp_helper_ida_init);
