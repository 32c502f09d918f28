// SPDX-License-Identifier: GPL-2.0
/* What the suites need of C: a signal. */
#include <linux/sched/signal.h>

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
