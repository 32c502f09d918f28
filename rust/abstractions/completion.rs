// SPDX-License-Identifier: GPL-2.0

//! Completions with a timeout and for more than one round, which [`kernel::sync::Completion`]
//! lacks.
//!
//! C header: [`include/linux/completion.h`](srctree/include/linux/completion.h)

use amp_bindings as bindings;
use kernel::{
    prelude::*,
    time::{
        msecs_to_jiffies,
        Msecs, //
    },
    types::Opaque, //
};

/// Lets tasks wait for something that is done elsewhere.
///
/// # Invariants
///
/// The object is initialised.
#[pin_data]
pub struct Completion {
    #[pin]
    inner: Opaque<bindings::completion>,
}

// SAFETY: A completion is not tied to a task.
unsafe impl Send for Completion {}
// SAFETY: All operations may run at the same time.
unsafe impl Sync for Completion {}

impl Completion {
    /// A completion for which nothing was done yet.
    pub fn new() -> impl PinInit<Self> {
        // INVARIANT: The object is initialised here.
        pin_init!(Self {
            inner <- Opaque::ffi_init(|slot: *mut bindings::completion| {
                // SAFETY: `slot` is a valid pointer to an uninitialised `struct completion`.
                unsafe { bindings::init_completion(slot) };
            }),
        })
    }

    /// Lets one waiter go, or the next one that comes. Any context.
    pub fn complete(&self) {
        // SAFETY: The object is initialised by the type invariants.
        unsafe { bindings::complete(self.inner.get()) };
    }

    /// Lets all waiters go, those that come later too. Any context.
    pub fn complete_all(&self) {
        // SAFETY: The object is initialised by the type invariants.
        unsafe { bindings::complete_all(self.inner.get()) };
    }

    /// Waits, without regard to signals. Process context.
    pub fn wait(&self) {
        // SAFETY: The object is initialised by the type invariants.
        unsafe { bindings::wait_for_completion(self.inner.get()) };
    }

    /// Waits at most `timeout` milliseconds, without regard to signals. Process context.
    ///
    /// # Errors
    ///
    /// [`ETIMEDOUT`] if it was not done in time.
    pub fn wait_timeout(&self, timeout: Msecs) -> Result {
        // SAFETY: The object is initialised by the type invariants.
        match unsafe {
            bindings::wait_for_completion_timeout(self.inner.get(), msecs_to_jiffies(timeout))
        } {
            0 => Err(ETIMEDOUT),
            _ => Ok(()),
        }
    }
}
