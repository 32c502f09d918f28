/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KUNIT_GLUE_H
#define KUNIT_GLUE_H

int fake_signal_send(void);
void fake_signal_clear(void);
void wait_for_kfree_rcu(void);

#endif
