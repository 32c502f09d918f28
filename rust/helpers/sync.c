// SPDX-License-Identifier: GPL-2.0
#include <linux/bottom_half.h>
#include <linux/export.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/xarray.h>

void amp_helper_local_bh_disable(void)
{
	local_bh_disable();
}
EXPORT_SYMBOL_GPL(amp_helper_local_bh_disable);

void amp_helper_local_bh_enable(void)
{
	local_bh_enable();
}
EXPORT_SYMBOL_GPL(amp_helper_local_bh_enable);

/* Whether local_bh_enable() may be called here. */
bool amp_helper_may_run_softirqs(void)
{
	return in_task() && !irqs_disabled();
}
EXPORT_SYMBOL_GPL(amp_helper_may_run_softirqs);

void amp_helper_spin_lock_bh(spinlock_t *lock)
{
	spin_lock_bh(lock);
}
EXPORT_SYMBOL_GPL(amp_helper_spin_lock_bh);

void amp_helper_spin_unlock_bh(spinlock_t *lock)
{
	spin_unlock_bh(lock);
}
EXPORT_SYMBOL_GPL(amp_helper_spin_unlock_bh);

bool amp_helper_spin_trylock_bh(spinlock_t *lock)
{
	return spin_trylock_bh(lock);
}
EXPORT_SYMBOL_GPL(amp_helper_spin_trylock_bh);

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

/* Whether no other task has waited longer: poll()'s entries are not exclusive. */
bool amp_helper_wait_entry_is_first(struct wait_queue_head *head,
				    struct wait_queue_entry *entry)
{
	struct wait_queue_entry *other;
	unsigned long flags;
	bool first = true;

	spin_lock_irqsave(&head->lock, flags);
	list_for_each_entry(other, &head->head, entry) {
		if (other->flags & WQ_FLAG_EXCLUSIVE) {
			first = other == entry;
			break;
		}
	}
	spin_unlock_irqrestore(&head->lock, flags);
	return first;
}
EXPORT_SYMBOL_GPL(amp_helper_wait_entry_is_first);

/* Whether a task waits, rather than only poll()'s entries. */
bool amp_helper_wq_has_exclusive_sleeper(struct wait_queue_head *head)
{
	struct wait_queue_entry *other;
	unsigned long flags;
	bool found = false;

	/* Who is just about to wait looks for himself once more. */
	if (!waitqueue_active(head))
		return false;
	spin_lock_irqsave(&head->lock, flags);
	list_for_each_entry(other, &head->head, entry) {
		if (other->flags & WQ_FLAG_EXCLUSIVE) {
			found = true;
			break;
		}
	}
	spin_unlock_irqrestore(&head->lock, flags);
	return found;
}
EXPORT_SYMBOL_GPL(amp_helper_wq_has_exclusive_sleeper);
