// SPDX-License-Identifier: GPL-2.0

//! Work queues of one's own, and work items that can be cancelled.
//!
//! Complements [`kernel::workqueue`], whose [`Work`] items these functions take.
//!
//! C header: [`include/linux/workqueue.h`](srctree/include/linux/workqueue.h)

use crate::rcu_arc::RcuArc;
use amp_bindings as bindings;
use core::{
    ops::Deref,
    ptr::NonNull, //
};
use kernel::{
    prelude::*,
    sync::Arc,
    workqueue::{
        HasWork,
        Queue,
        Work,
        WorkItem, //
    }, //
};

/// How a queue runs its items.
#[derive(Clone, Copy)]
pub enum Kind {
    /// On the CPU that queued the item if possible; many items at a time.
    PerCpu,
    /// As [`PerCpu`](Kind::PerCpu), before tasks of ordinary priority: for short items that others wait
    /// for.
    PerCpuHigh,
    /// On any CPU; many items at a time.
    Unbound,
    /// One item at a time, in the order of queueing.
    Ordered,
}

/// A work queue that this module made.
///
/// Dropping it waits until all its items have run.
///
/// # Invariants
///
/// The pointer is a valid work queue.
///
/// # Examples
///
/// ```ignore
/// let queue = OwnedQueue::new(c"rpmsg", Kind::Unbound)?;
/// let _ = queue.enqueue(endpoint.clone());
/// ```
pub struct OwnedQueue(NonNull<bindings::workqueue_struct>);

// SAFETY: Work queues may be used and destroyed on any thread.
unsafe impl Send for OwnedQueue {}
// SAFETY: As above.
unsafe impl Sync for OwnedQueue {}

impl OwnedQueue {
    /// Makes a work queue. Process context, may sleep.
    ///
    /// It has no rescuer for when memory is short: items of queues that have one must not wait for
    /// those of queues that have none, which is too much to ask of code that others bring, such as
    /// callbacks and probe functions.
    pub fn new(name: &CStr, kind: Kind) -> Result<Self> {
        let (flags, max_active) = match kind {
            Kind::PerCpu => (bindings::wq_flags_WQ_PERCPU, 0),
            Kind::PerCpuHigh => (
                bindings::wq_flags_WQ_PERCPU | bindings::wq_flags_WQ_HIGHPRI,
                0,
            ),
            Kind::Unbound => (bindings::wq_flags_WQ_UNBOUND, 0),
            Kind::Ordered => (
                bindings::wq_flags_WQ_UNBOUND | bindings::wq_flags___WQ_ORDERED,
                1,
            ),
        };
        // SAFETY: The format takes one string, and both are NUL-terminated.
        let queue = unsafe {
            bindings::alloc_workqueue_noprof(
                c"%s".as_char_ptr(),
                flags,
                max_active,
                name.as_char_ptr(),
            )
        };

        // INVARIANT: The queue was just made.
        Ok(Self(NonNull::new(queue).ok_or(ENOMEM)?))
    }

    /// Waits until what is queued now is done. Process context, may sleep. Must not be called from
    /// an item of the queue.
    pub fn flush(&self) {
        // SAFETY: By the type invariants the queue is valid.
        unsafe { bindings::__flush_workqueue(self.0.as_ptr()) };
    }
}

impl Deref for OwnedQueue {
    type Target = Queue;

    fn deref(&self) -> &Queue {
        // SAFETY: By the type invariants the queue is valid as long as `self`.
        unsafe { Queue::from_raw(self.0.as_ptr()) }
    }
}

impl Drop for OwnedQueue {
    fn drop(&mut self) {
        // SAFETY: By the type invariants the queue is valid. It runs all items before it ends, and
        // nobody can add another, as that takes a reference to it.
        unsafe { bindings::destroy_workqueue(self.0.as_ptr()) };
    }
}

/// References that a queue keeps while an item of the object is pending.
///
/// # Safety
///
/// `as_raw` must give the object's address, and `from_raw` must take back the reference that
/// enqueueing gave up for it.
pub unsafe trait Shared {
    /// The object.
    type Object;

    /// Its address.
    fn as_raw(&self) -> *mut Self::Object;

    /// Takes back the reference that enqueueing gave up.
    ///
    /// # Safety
    ///
    /// The reference must have been given up by enqueueing, and the queue must not use it.
    unsafe fn from_raw(ptr: *mut Self::Object) -> Self;
}

// SAFETY: Enqueueing gives up the reference by `Arc::into_raw`.
unsafe impl<T> Shared for Arc<T> {
    type Object = T;

    fn as_raw(&self) -> *mut T {
        Arc::as_ptr(self).cast_mut()
    }

    unsafe fn from_raw(ptr: *mut T) -> Self {
        // SAFETY: By the function's requirements.
        unsafe { Arc::from_raw(ptr) }
    }
}

// SAFETY: Enqueueing gives up the reference by `RcuArc::into_raw`.
unsafe impl<T> Shared for RcuArc<T> {
    type Object = T;

    fn as_raw(&self) -> *mut T {
        RcuArc::as_ptr(self).cast_mut()
    }

    unsafe fn from_raw(ptr: *mut T) -> Self {
        // SAFETY: By the function's requirements.
        unsafe { RcuArc::from_raw(ptr) }
    }
}

/// The work item `ID` of an object.
fn work<P, const ID: u64>(object: &P) -> *mut bindings::work_struct
where
    P: Shared,
    P::Object: HasWork<P::Object, ID>,
{
    // SAFETY: `object` is a reference to a valid object.
    unsafe {
        Work::raw_get(<P::Object as HasWork<P::Object, ID>>::raw_get_work(
            object.as_raw(),
        ))
    }
}

/// Takes the work item off its queue and waits until it doesn't run. Returns whether it was
/// pending: then it does not run for that.
///
/// Process context, may sleep. Must not be called from the item itself ([`is_running_in`]), nor
/// with a lock that the item takes. Somebody else can enqueue it again at any time.
pub fn cancel_sync<P, const ID: u64>(object: &P) -> bool
where
    P: Shared,
    P::Object: WorkItem<ID, Pointer = P> + HasWork<P::Object, ID>,
{
    // SAFETY: By the trait's requirements the item is valid and was initialised; the object lives
    // during the call, as `object` is a reference to it.
    if !unsafe { bindings::cancel_work_sync(work::<P, ID>(object)) } {
        return false;
    }
    // SAFETY: The item was pending, so enqueueing gave up a reference; the queue has forgotten the
    // item and doesn't run it.
    drop(unsafe { P::from_raw(object.as_raw()) });
    true
}

/// Waits until what is queued or running of the work item now is done.
///
/// Process context, may sleep. Must not be called from the item itself ([`is_running_in`]), nor
/// with a lock that the item takes.
pub fn flush<P, const ID: u64>(object: &P)
where
    P: Shared,
    P::Object: WorkItem<ID, Pointer = P> + HasWork<P::Object, ID>,
{
    // SAFETY: By the trait's requirements the item is valid and was initialised; the object lives
    // during the call, as `object` is a reference to it.
    unsafe { bindings::flush_work(work::<P, ID>(object)) };
}

/// Whether the caller runs in the work item: it must not wait for it then. Any context.
pub fn is_running_in<P, const ID: u64>(object: &P) -> bool
where
    P: Shared,
    P::Object: WorkItem<ID, Pointer = P> + HasWork<P::Object, ID>,
{
    // SAFETY: The function looks at the current task only.
    core::ptr::eq(unsafe { bindings::current_work() }, work::<P, ID>(object))
}
