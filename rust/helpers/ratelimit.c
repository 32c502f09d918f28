// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>

void amp_helper_ratelimit_default_init(struct ratelimit_state *rs)
{
	ratelimit_default_init(rs);
}
EXPORT_SYMBOL_GPL(amp_helper_ratelimit_default_init);
