// SPDX-License-Identifier: GPL-2.0

//! What all objects of a module share, from the module's init to its exit.

use crate::rcu_arc::RcuArc;
use core::ptr::null_mut;
use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Acquire,
            Atomic,
            Full, //
        },
        rcu, //
    }, //
};

/// A place for something shared, to be put in a static. Empty until it is [filled](Self::fill).
///
/// # Examples
///
/// ```ignore
/// static SHARED: ModuleState<Shared> = ModuleState::new();
///
/// fn init(_: &'static ThisModule) -> Result<Self> {
///     Ok(Self { _filled: SHARED.fill(Shared::new()?)? })      // emptied when it is dropped
/// }
///
/// let shared = SHARED.get().ok_or(ENODEV)?;
/// ```
///
/// # Invariants
///
/// The pointer is NULL or owns a reference that [`RcuArc::into_raw`] gave up; that reference is
/// dropped only after the pointer was replaced.
pub struct ModuleState<T: 'static>(Atomic<*mut T>);

impl<T: Send + Sync> ModuleState<T> {
    /// An empty place.
    pub const fn new() -> Self {
        // INVARIANT: NULL.
        Self(Atomic::new(null_mut()))
    }

    /// Fills the place, until the result is dropped. May sleep.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if it is filled already, [`ENOMEM`].
    pub fn fill(&'static self, value: T) -> Result<Filled<T>> {
        let new = RcuArc::pin_init(value, GFP_KERNEL)?.into_raw().cast_mut();
        // INVARIANT: The reference goes into the place.
        if self.0.cmpxchg(null_mut(), new, Full).is_err() {
            // SAFETY: Just given up, and not taken by the place.
            drop(unsafe { RcuArc::from_raw(new) });
            return Err(EBUSY);
        }
        Ok(Filled(self))
    }

    /// What is shared, if the place is filled. Any context.
    pub fn get(&self) -> Option<RcuArc<T>> {
        let guard = rcu::read_lock();
        let shared = self.0.load(Acquire);
        if shared.is_null() {
            return None;
        }
        // SAFETY: By the type invariants the pointer comes from `into_raw`, and the reference was
        // there when the critical section had begun, as the pointer was.
        unsafe { RcuArc::try_get(shared, &guard) }
    }
}

impl<T: Send + Sync> Default for ModuleState<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// A [`ModuleState`] that is filled; dropping this empties it.
pub struct Filled<T: 'static>(&'static ModuleState<T>);

impl<T> Drop for Filled<T> {
    fn drop(&mut self) {
        let shared = self.0 .0.xchg(null_mut(), Full);
        // SAFETY: By the type invariants, and since nobody else empties the place, this owns a
        // reference, which the place has no more.
        drop(unsafe { RcuArc::from_raw(shared) });
    }
}
