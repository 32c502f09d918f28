// SPDX-License-Identifier: GPL-2.0

//! Reference-counted objects that may be looked up under RCU.
//!
//! [`RcuArc`] is [`kernel::sync::Arc`] with one more property: the memory, not the object in it,
//! stays until an RCU grace period after the last reference has passed. So who finds a pointer to
//! it in a table under RCU may try to get a reference ([`RcuArc::try_get`]) without a lock, and
//! fails if it came too late.
//!
//! C headers: [`include/linux/rcupdate.h`](srctree/include/linux/rcupdate.h),
//! [`include/linux/refcount.h`](srctree/include/linux/refcount.h)

use amp_bindings as bindings;
use core::{
    marker::PhantomData,
    mem::ManuallyDrop,
    ops::Deref,
    ptr::NonNull, //
};
use kernel::{
    prelude::*,
    sync::{
        rcu,
        Refcount, //
    },
    types::Opaque,
    workqueue::{
        HasWork,
        RawWorkItem,
        Work,
        WorkItem,
        WorkItemPointer, //
    }, //
};

#[pin_data]
#[repr(C)]
struct Inner<T> {
    rcu: Opaque<bindings::kvfree_rcu_head>,
    refcount: Refcount,
    #[pin]
    data: T,
}

/// A reference to a shared, pinned object, whose memory is freed an RCU grace period after the
/// last reference was dropped.
///
/// The object itself is dropped with the last reference, in that context: if references are dropped
/// in atomic context, `T`'s destructor must not sleep.
///
/// # Invariants
///
/// `inner` points to an object that lives as long as its reference count isn't zero, and `self`
/// owns one reference.
pub struct RcuArc<T> {
    inner: NonNull<Inner<T>>,
    _owns: PhantomData<Inner<T>>,
}

// SAFETY: As for `Arc`: sharing references means sharing `T`, and any thread may drop the last one.
unsafe impl<T: Send + Sync> Send for RcuArc<T> {}
// SAFETY: As above.
unsafe impl<T: Send + Sync> Sync for RcuArc<T> {}

// What is pinned is the object, not the reference.
impl<T> Unpin for RcuArc<T> {}

impl<T> RcuArc<T> {
    /// Makes an object with one reference. May sleep if `flags` say so.
    pub fn pin_init<E>(init: impl PinInit<T, E>, flags: kernel::alloc::Flags) -> Result<Self, Error>
    where
        Error: From<E>,
    {
        // SAFETY: Errors are passed on, and `slot` is passed to `init` with its guarantees.
        let init = unsafe {
            pin_init::pin_init_from_closure(|slot: *mut T| {
                pin_init::raw_try_init(slot, init).map_err(Error::from)
            })
        };
        let inner = KBox::try_pin_init::<Error>(
            try_pin_init!(Inner {
                rcu: Opaque::uninit(),
                refcount: Refcount::new(1),
                data <- init,
            }? Error),
            flags,
        )?;
        // SAFETY: The object stays in its place until the last reference is dropped.
        let inner = KBox::into_raw(unsafe { Pin::into_inner_unchecked(inner) });

        // INVARIANT: The count is one, and this is the reference.
        Ok(Self {
            // SAFETY: A box isn't NULL.
            inner: unsafe { NonNull::new_unchecked(inner) },
            _owns: PhantomData,
        })
    }

    /// Gives up the reference as a pointer to the object; [`Self::from_raw`] takes it back.
    pub fn into_raw(self) -> *const T {
        let this = ManuallyDrop::new(self);
        // SAFETY: By the type invariants the object is valid.
        unsafe { &raw const (*this.inner.as_ptr()).data }
    }

    /// Takes a reference back that [`Self::into_raw`] gave up.
    ///
    /// # Safety
    ///
    /// `ptr` must come from [`Self::into_raw`], and each may be taken back once.
    pub unsafe fn from_raw(ptr: *const T) -> Self {
        // SAFETY: By the function's requirements `ptr` points to the field of an `Inner`.
        let inner = unsafe { kernel::container_of!(ptr.cast_mut(), Inner<T>, data) };

        // INVARIANT: The reference is the one that was given up.
        Self {
            // SAFETY: A pointer to an object isn't NULL.
            inner: unsafe { NonNull::new_unchecked(inner) },
            _owns: PhantomData,
        }
    }

    /// Tries to get a reference to the object at `ptr`, which a table had under RCU. `None` if its
    /// last reference is gone. Any context.
    ///
    /// # Safety
    ///
    /// `ptr` must come from [`Self::into_raw`], and the last reference must not have been dropped
    /// before the read side critical section of `_guard` began.
    pub unsafe fn try_get(ptr: *const T, _guard: &rcu::Guard) -> Option<Self> {
        // SAFETY: By the function's requirements this is a field of an `Inner`, whose memory stays
        // until the critical section has ended.
        let inner = unsafe { kernel::container_of!(ptr.cast_mut(), Inner<T>, data) };
        // SAFETY: As above. The count stays valid when it has dropped to zero; `refcount` is a
        // transparent wrapper of `refcount_t`.
        let got = unsafe { bindings::refcount_inc_not_zero((&raw mut (*inner).refcount).cast()) };

        // INVARIANT: The count was not zero and has one more reference now, which is `self`'s.
        got.then(|| Self {
            // SAFETY: A pointer to an object isn't NULL.
            inner: unsafe { NonNull::new_unchecked(inner) },
            _owns: PhantomData,
        })
    }

    /// Whether both are references to the same object.
    pub fn ptr_eq(this: &Self, other: &Self) -> bool {
        this.inner == other.inner
    }

    /// The address of the object.
    pub fn as_ptr(this: &Self) -> *const T {
        // SAFETY: By the type invariants the object is valid.
        unsafe { &raw const (*this.inner.as_ptr()).data }
    }
}

impl<T> Deref for RcuArc<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: By the type invariants the object is valid as long as `self`.
        unsafe { &(*self.inner.as_ptr()).data }
    }
}

impl<T> Clone for RcuArc<T> {
    fn clone(&self) -> Self {
        // SAFETY: By the type invariants the object is valid.
        unsafe { &(*self.inner.as_ptr()).refcount }.inc();
        // INVARIANT: The count has one more reference, which is the new one's.
        Self {
            inner: self.inner,
            _owns: PhantomData,
        }
    }
}

impl<T> Drop for RcuArc<T> {
    fn drop(&mut self) {
        let inner = self.inner.as_ptr();

        // SAFETY: By the type invariants the object is valid.
        if !unsafe { &(*inner).refcount }.dec_and_test() {
            return;
        }
        // SAFETY: This was the last reference, and nobody can get a new one.
        unsafe { core::ptr::drop_in_place(&raw mut (*inner).data) };
        // SAFETY: The memory was allocated by `KBox`, which is kmalloc(). Those who still find it
        // under RCU look at `refcount` only, which is not changed by this. `rcu` has been left for
        // this function.
        unsafe { bindings::kvfree_call_rcu((*inner).rcu.get(), inner.cast()) };
    }
}

// SAFETY: `__enqueue` takes the `work_struct` from the `Work` field by `T::raw_get_work`, and the
// only way to make one is `Work::new`, which takes `T::Pointer::run`: the function below.
unsafe impl<T, const ID: u64> WorkItemPointer<ID> for RcuArc<T>
where
    T: WorkItem<ID, Pointer = Self>,
    T: HasWork<T, ID>,
{
    unsafe extern "C" fn run(ptr: *mut bindings::work_struct) {
        // The `__enqueue` method always uses a `work_struct` stored in a `Work<T, ID>`.
        let ptr = ptr.cast::<Work<T, ID>>();
        // SAFETY: This computes the pointer that `__enqueue` got from `into_raw`.
        let ptr = unsafe { T::work_container_of(ptr) };
        // SAFETY: The pointer comes from `into_raw`, and the reference is given back to us.
        T::run(unsafe { Self::from_raw(ptr) });
    }
}

// SAFETY: The `work_struct` is valid during the closure, as `self` is a reference to the object.
// If the closure returns true the reference is kept until `run` takes it back.
unsafe impl<T, const ID: u64> RawWorkItem<ID> for RcuArc<T>
where
    T: WorkItem<ID, Pointer = Self>,
    T: HasWork<T, ID>,
{
    type EnqueueOutput = Result<(), Self>;

    unsafe fn __enqueue<F>(self, queue_work_on: F) -> Self::EnqueueOutput
    where
        F: FnOnce(*mut bindings::work_struct) -> bool,
    {
        let ptr = self.into_raw().cast_mut();

        // SAFETY: The pointer is to a valid object.
        let work = unsafe { Work::raw_get(T::raw_get_work(ptr)) };

        if queue_work_on(work) {
            Ok(())
        } else {
            // SAFETY: The queue did not take the reference.
            Err(unsafe { Self::from_raw(ptr) })
        }
    }
}
