// SPDX-License-Identifier: GPL-2.0
/* What the suites need of C: a signal, and patience. */
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "glue.h"

/* Makes a signal pending for the current thread, a kernel thread. */
int fake_signal_send(void)
{
	allow_signal(SIGINT);
	return send_sig(SIGINT, current, 1);
}

/* Takes it back, as if it had never come. */
void fake_signal_clear(void)
{
	flush_signals(current);
	disallow_signal(SIGINT);
}

/*
 * Waits until all that kfree_rcu() was called for is free: what kmem_cache_destroy() does
 * first, whatever cache it is, and nothing that modules can call does by itself.
 */
void wait_for_kfree_rcu(void)
{
	kmem_cache_destroy(kmem_cache_create("kunit", 8, 0, SLAB_NO_MERGE, NULL));
}
