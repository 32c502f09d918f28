// SPDX-License-Identifier: GPL-2.0

//! Softirqs, and locks that are taken in them.
//!
//! Complements [`kernel::interrupt`] and [`kernel::sync::SpinLockIrq`]: what a softirq and process
//! context share needs no disabled interrupts, only that no softirq comes to this CPU while its lock
//! is held.
//!
//! C headers: [`include/linux/bottom_half.h`](srctree/include/linux/bottom_half.h),
//! [`include/linux/spinlock.h`](srctree/include/linux/spinlock.h)

use amp_bindings as bindings;
use core::marker::PhantomData;
use kernel::{
    bindings::{
        lock_class_key,
        spinlock_t, //
    },
    sync::lock::{
        Backend,
        Guard,
        Lock, //
    },
    types::NotThreadSafe, //
};

/// No softirq runs on this CPU as long as this exists, nor does the task leave it.
///
/// What was raised meanwhile runs when it is dropped, unless the context is a softirq itself.
#[must_use = "softirqs are enabled again when this is dropped"]
pub struct BottomHalvesDisabled(PhantomData<NotThreadSafe>);

impl BottomHalvesDisabled {
    /// Disables softirqs on this CPU. Process context or a softirq; nests.
    #[inline]
    pub fn new() -> Self {
        // SAFETY: May be called in these contexts; the drop enables them again, on the same thread.
        unsafe { bindings::local_bh_disable() };
        Self(PhantomData)
    }
}

impl Default for BottomHalvesDisabled {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for BottomHalvesDisabled {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: This object has disabled them.
        unsafe { bindings::local_bh_enable() };
    }
}

/// Calls `f`, which may raise a softirq: that runs at once afterwards, also in a thread, where it would be
/// left to `ksoftirqd` otherwise. Any context.
#[inline]
pub fn promptly<R>(f: impl FnOnce() -> R) -> R {
    // SAFETY: Only looks at the context.
    let _disabled = unsafe { bindings::may_run_softirqs() }.then(BottomHalvesDisabled::new);
    f()
}

/// A spinlock that process context shares with softirqs, which it keeps from its CPU while it has it.
///
/// Made by [`new_spinlock_bh!`](crate::new_spinlock_bh).
pub type SpinLockBh<T> = Lock<T, SpinLockBhBackend>;

/// `spinlock_t` with `spin_lock_bh()`.
pub struct SpinLockBhBackend;

// SAFETY: The C lock lets one in at a time. `relock` is the default, which is `lock`.
unsafe impl Backend for SpinLockBhBackend {
    type State = spinlock_t;
    type GuardState = ();

    #[inline]
    unsafe fn init(
        ptr: *mut spinlock_t,
        name: *const kernel::ffi::c_char,
        key: *mut lock_class_key,
    ) {
        // SAFETY: By the function's requirements.
        unsafe { kernel::bindings::__spin_lock_init(ptr, name, key) }
    }

    #[inline]
    unsafe fn lock(ptr: *mut spinlock_t) {
        // CAST: The same type, by another run of bindgen.
        // SAFETY: By the function's requirements the lock is initialised.
        unsafe { bindings::spin_lock_bh(ptr.cast()) }
    }

    #[inline]
    unsafe fn try_lock(ptr: *mut spinlock_t) -> Option<()> {
        // CAST: As in `lock`.
        // SAFETY: By the function's requirements the lock is initialised.
        unsafe { bindings::spin_trylock_bh(ptr.cast()) }.then_some(())
    }

    #[inline]
    unsafe fn unlock(ptr: *mut spinlock_t, (): &()) {
        // CAST: As in `lock`.
        // SAFETY: By the function's requirements the caller has the lock.
        unsafe { bindings::spin_unlock_bh(ptr.cast()) }
    }

    #[inline]
    unsafe fn assert_is_held(ptr: *mut spinlock_t) {
        // SAFETY: By the function's requirements the lock is initialised.
        unsafe { assert_is_held(ptr) }
    }
}

/// As the helper, which without lockdep is a call for nothing, with each lock that is taken.
///
/// # Safety
///
/// The lock must be initialised.
#[inline]
unsafe fn assert_is_held(ptr: *mut spinlock_t) {
    if cfg!(CONFIG_LOCKDEP) {
        // SAFETY: By the function's requirements.
        unsafe { kernel::bindings::spin_assert_is_held(ptr) }
    }
}

/// `spinlock_t` with `spin_lock()`, which is enough where softirqs are disabled.
pub struct NestedBackend;

// SAFETY: The C lock lets one in at a time. `relock` is the default, which is `lock`.
unsafe impl Backend for NestedBackend {
    type State = spinlock_t;
    type GuardState = ();

    #[inline]
    unsafe fn init(
        ptr: *mut spinlock_t,
        name: *const kernel::ffi::c_char,
        key: *mut lock_class_key,
    ) {
        // SAFETY: By the function's requirements.
        unsafe { kernel::bindings::__spin_lock_init(ptr, name, key) }
    }

    #[inline]
    unsafe fn lock(ptr: *mut spinlock_t) {
        // SAFETY: By the function's requirements the lock is initialised.
        unsafe { kernel::bindings::spin_lock(ptr) }
    }

    #[inline]
    unsafe fn try_lock(ptr: *mut spinlock_t) -> Option<()> {
        // SAFETY: By the function's requirements the lock is initialised.
        (unsafe { kernel::bindings::spin_trylock(ptr) } != 0).then_some(())
    }

    #[inline]
    unsafe fn unlock(ptr: *mut spinlock_t, (): &()) {
        // SAFETY: By the function's requirements the caller has the lock.
        unsafe { kernel::bindings::spin_unlock(ptr) }
    }

    #[inline]
    unsafe fn assert_is_held(ptr: *mut spinlock_t) {
        // SAFETY: By the function's requirements the lock is initialised.
        unsafe { assert_is_held(ptr) }
    }
}

/// Somebody has a [`SpinLockBh`] where softirqs are disabled.
pub type NestedGuard<'a, T> = Guard<'a, T, NestedBackend>;

/// Taking a [`SpinLockBh`] where softirqs are disabled anyway, which costs less.
pub trait LockWith<T: ?Sized> {
    /// Takes the lock.
    fn lock_with<'a>(&'a self, disabled: &'a BottomHalvesDisabled) -> NestedGuard<'a, T>;
}

impl<T: ?Sized> LockWith<T> for SpinLockBh<T> {
    #[inline]
    fn lock_with<'a>(&'a self, _disabled: &'a BottomHalvesDisabled) -> NestedGuard<'a, T> {
        // SAFETY:
        // - The layout of a lock depends on its backend's state only, which is the same.
        // - No softirq takes the lock on this CPU as long as the guard exists.
        let lock: &'a Lock<T, NestedBackend> = unsafe { core::mem::transmute(self) };
        lock.lock()
    }
}

/// Makes an initialiser of a [`SpinLockBh`], with a lock class of its own.
#[macro_export]
macro_rules! new_spinlock_bh {
    ($inner:expr $(, $name:literal)? $(,)?) => {
        $crate::bottom_half::SpinLockBh::new(
            $inner,
            ::kernel::optional_name!($($name)?),
            ::kernel::static_lock_class!(),
        )
    };
}
pub use new_spinlock_bh;
