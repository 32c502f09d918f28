// SPDX-License-Identifier: GPL-2.0

//! A signal that is pending for the thread of the test.

use kernel::{
    error::to_result,
    prelude::*, //
};

extern "C" {
    fn fake_signal_send() -> kernel::ffi::c_int;
    fn fake_signal_clear();
}

/// While this exists the thread that made it has a signal pending.
pub(crate) struct Pending(());

impl Pending {
    pub(crate) fn new() -> Result<Self> {
        // SAFETY: KUnit runs tests in kernel threads, for which this is made.
        to_result(unsafe { fake_signal_send() })?;
        Ok(Self(()))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        // SAFETY: As above.
        unsafe { fake_signal_clear() };
    }
}
