// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/refcount.h>
#include <linux/wait.h>
#include <linux/xarray.h>

bool amp_helper_refcount_inc_not_zero(refcount_t *refs)
{
	return refcount_inc_not_zero(refs);
}
EXPORT_SYMBOL_GPL(amp_helper_refcount_inc_not_zero);

int amp_helper_xa_alloc(struct xarray *xa, u32 *index, void *entry, struct xa_limit limit,
			gfp_t gfp)
{
	return xa_alloc(xa, index, entry, limit, gfp);
}
EXPORT_SYMBOL_GPL(amp_helper_xa_alloc);

void *amp_helper_xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry,
			    gfp_t gfp)
{
	return xa_cmpxchg(xa, index, old, entry, gfp);
}
EXPORT_SYMBOL_GPL(amp_helper_xa_cmpxchg);

bool amp_helper_wq_has_sleeper(struct wait_queue_head *head)
{
	return wq_has_sleeper(head);
}
EXPORT_SYMBOL_GPL(amp_helper_wq_has_sleeper);
