// SPDX-License-Identifier: GPL-2.0

//! Giving way to other tasks, and to RCU.

extern "C" {
    fn wait_for_kfree_rcu();
}

/// Lets other tasks run, or leaves the CPU to them for a tick. May sleep.
pub(crate) fn let_others_run(long: bool) {
    // SAFETY: Process context, no lock is held.
    unsafe {
        if long {
            amp_bindings::schedule_timeout_uninterruptible(1);
        } else {
            amp_bindings::yield_();
        }
    }
}

/// Waits until all memory is free that RCU is to free. May sleep.
pub(crate) fn wait_for_freed_memory() {
    // SAFETY: Process context, no lock is held.
    unsafe { wait_for_kfree_rcu() };
}
