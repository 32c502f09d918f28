// SPDX-License-Identifier: GPL-2.0

//! A gate: something that many may use at a time until one closes it for good.
//!
//! [`kernel::revocable`] does this for users that do not sleep. Here users may sleep for as long
//! as they like (a blocked sender, a probe), so closing means: let nobody in, tell those inside to
//! hurry by other means, wait for the last one to leave.

use core::{
    cell::UnsafeCell,
    ops::Deref, //
};
use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Acquire,
            Atomic,
            Full,
            Relaxed, //
        },
        Completion, //
    }, //
};

/// Added to the count of users when the gate closes: far below any count.
const CLOSED: i32 = i32::MIN;

/// Counts users and can be closed once.
///
/// # Examples
///
/// ```ignore
/// if let Some(_pass) = gate.enter() {
///     // close() does not return before the pass is dropped.
/// }
/// ```
#[pin_data]
pub struct Gate {
    /// The number of users, plus [`CLOSED`] once the gate is closed.
    users: Atomic<i32>,
    #[pin]
    drained: Completion,
}

impl Gate {
    /// An open gate.
    pub fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            users: Atomic::new(0),
            drained <- Completion::new(),
        })
    }

    /// Enters, unless the gate is closed. Any context; does not sleep.
    #[inline]
    pub fn enter(&self) -> Option<Pass<'_>> {
        let before = self.users.fetch_add(1, Full);
        let pass = Pass(self);

        // One that came too late leaves at once; close() may even have to wait for it.
        (before >= 0).then_some(pass)
    }

    /// Closes the gate if nobody has, and waits until everybody has left, whoever closed it. May
    /// sleep, for as long as users stay.
    pub fn drain(&self) {
        // One that came too late counts for a moment, and completes when it leaves.
        if !self.close() && self.users.load(Acquire) != CLOSED {
            self.drained.wait_for_completion();
        }
    }

    /// What dropping a [`Pass`] does.
    #[inline]
    pub(crate) fn leave(&self) {
        if self.users.fetch_sub(1, Full) == CLOSED.wrapping_add(1) {
            self.drained.complete_all();
        }
    }

    /// Whether [`Gate::enter`] still succeeds; out of date as soon as it is returned.
    #[inline]
    pub fn is_open(&self) -> bool {
        self.users.load(Relaxed) >= 0
    }

    /// Closes the gate and waits until everybody has left. May sleep, for as long as users stay.
    ///
    /// Returns false, without waiting, if it was closed before. Whoever calls this while holding a
    /// [`Pass`] waits for itself.
    pub fn close(&self) -> bool {
        self.close_and(|| ())
    }

    /// As [`Gate::close`], calling `hurry` between closing and waiting: to wake users who sleep
    /// inside and then find the gate [closed](Gate::is_open).
    pub fn close_and(&self, hurry: impl FnOnce()) -> bool {
        let mut before = self.users.load(Relaxed);
        loop {
            if before < 0 {
                return false;
            }
            match self
                .users
                .cmpxchg(before, before.wrapping_add(CLOSED), Full)
            {
                Ok(_) => break,
                Err(now) => before = now,
            }
        }
        hurry();
        if before > 0 {
            self.drained.wait_for_completion();
        }
        true
    }
}

/// Proof of being inside a [`Gate`]; leaving is dropping it.
#[must_use = "dropping the pass leaves the gate"]
pub struct Pass<'a>(&'a Gate);

impl Pass<'_> {
    /// Forgets the borrow: whoever keeps the gate calls [`Gate::leave`] once for it.
    pub(crate) fn keep(self) {
        core::mem::forget(self);
    }
}

impl Drop for Pass<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// A value behind a [`Gate`]: whoever closes the gate gets the value when nobody uses it any more.
///
/// # Invariants
///
/// The value is changed only by the one [`Gate::close`] that returned true, after it returned.
#[pin_data]
pub struct Gated<T> {
    #[pin]
    gate: Gate,
    value: UnsafeCell<Option<T>>,
}

// SAFETY: The value goes with its container, and whoever closes the gate gets it.
unsafe impl<T: Send> Send for Gated<T> {}
// SAFETY: Users get shared references on any thread, and the closing thread gets the value.
unsafe impl<T: Send + Sync> Sync for Gated<T> {}

impl<T> Gated<T> {
    /// A value that can be used from now on.
    pub fn new(value: T) -> impl PinInit<Self> {
        pin_init!(Self {
            gate <- Gate::new(),
            value: UnsafeCell::new(Some(value)),
        })
    }

    /// The value, unless the gate is closed. Any context; does not sleep.
    #[inline]
    pub fn enter(&self) -> Option<Entered<'_, T>> {
        let pass = self.gate.enter()?;
        // SAFETY: By the type invariants nobody changes the value while a pass exists.
        let value = unsafe { (*self.value.get()).as_ref() }?;
        Some(Entered { value, _pass: pass })
    }

    /// Closes the gate, see [`Gate::close_and`], and returns the value; `None` if that was done
    /// before.
    pub fn close_and(&self, hurry: impl FnOnce()) -> Option<T> {
        if !self.gate.close_and(hurry) {
            return None;
        }
        // SAFETY: The gate is closed, all passes are gone and no new one is given, and close()
        // returns true only once: nobody else has a reference.
        unsafe { (*self.value.get()).take() }
    }

    /// Whether [`Gated::enter`] still succeeds; out of date as soon as it is returned.
    #[inline]
    pub fn is_open(&self) -> bool {
        self.gate.is_open()
    }
}

/// The value of a [`Gated`], which stays until this is dropped.
pub struct Entered<'a, T> {
    value: &'a T,
    _pass: Pass<'a>,
}

impl<T> Deref for Entered<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        self.value
    }
}
