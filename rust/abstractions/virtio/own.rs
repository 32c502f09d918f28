// SPDX-License-Identifier: GPL-2.0

//! Virtqueues whose ring a driver of ours uses by itself.
//!
//! The kernel's `virtio_ring` makes a virtqueue and deletes it, and an interrupt asks it whether there is
//! something new. If it does not know what was taken out of the ring, that question has to be answered
//! by somebody else: by the transport. So this is for devices of our own
//! [transports](super::transport) only. Other drivers on those, in C, use `virtio_ring` as ever.
//!
//! `virtqueue.priv`, which is the transport's, is null or [`OFFERED`] as long as the ring is
//! `virtio_ring`'s. Then it is the index of what the driver takes next, as of when it last asked for
//! interrupts, with [`TAKEN`].

use amp_bindings as bindings;
use kernel::{
    ffi,
    str::CStrExt, //
};

/// A driver uses the ring by itself, whatever the index. Indices have 16 bits.
const TAKEN: usize = 1 << 16;

/// A driver may do so.
const OFFERED: usize = 1 << 17;

/// What `virtio_bus_name()` says of our transports' devices; and how we know them, since it is their only
/// operation that is the same function for all. Inlined, each module would have its own.
#[inline(never)]
pub(super) extern "C" fn bus_name(_vdev: *mut bindings::virtio_device) -> *const ffi::c_char {
    c"amp".as_char_ptr()
}

/// Whether `queue` is one of a transport of ours, which offers it.
///
/// # Safety
///
/// `queue` must be a valid virtqueue.
pub(super) unsafe fn is_offered(queue: *mut bindings::virtqueue) -> bool {
    // SAFETY: By the function's requirements; transports set the operations before they register
    // a device. The field of a queue of ours is set before drivers see it.
    unsafe {
        let name = (*(*(*queue).vdev).config).bus_name;
        name.is_some_and(|name| core::ptr::fn_addr_eq(name, bus_name as Name))
            && field(queue).read_volatile() == OFFERED
    }
}

type Name = unsafe extern "C" fn(*mut bindings::virtio_device) -> *const ffi::c_char;

/// The field, which interrupts may read at any time.
///
/// # Safety
///
/// `queue` must be a valid virtqueue, of a transport of ours.
#[inline(always)]
unsafe fn field(queue: *mut bindings::virtqueue) -> *mut usize {
    // SAFETY: By the function's requirements.
    unsafe { (&raw mut (*queue).priv_).cast() }
}

/// The ring is `virtio_ring`'s; whether a driver may use it by itself is as `offered` says.
///
/// # Safety
///
/// As for [`field`]; nobody else has seen the queue.
pub(super) unsafe fn begin(queue: *mut bindings::virtqueue, offered: bool) {
    // SAFETY: By the function's requirements.
    unsafe { field(queue).write_volatile(if offered { OFFERED } else { 0 }) };
}

/// From now on the ring is not `virtio_ring`'s.
///
/// # Safety
///
/// As for [`field`]; it [was offered](is_offered), `virtio_ring` has no buffer of it, and never gets one.
pub(super) unsafe fn take(queue: *mut bindings::virtqueue) {
    // SAFETY: By the function's requirements.
    unsafe { note_taken(queue, 0) };
}

/// The driver is about to wait for what comes at `index` of the ring.
///
/// # Safety
///
/// As for [`field`]; the queue [was taken](take).
#[inline(always)]
pub(super) unsafe fn note_taken(queue: *mut bindings::virtqueue, index: u16) {
    // SAFETY: By the function's requirements; a word is written at once.
    unsafe { field(queue).write_volatile(TAKEN | usize::from(index)) };
}

/// The device has signalled `queue`: runs its callback, if there is something new in the ring. Returns
/// whether there was. Any context but NMI.
///
/// # Safety
///
/// As for [`field`]; the queue is not deleted meanwhile.
pub(super) unsafe fn interrupt(queue: *mut bindings::virtqueue) -> bool {
    // SAFETY: By the function's requirements.
    let taken = unsafe { field(queue).read_volatile() };
    if taken & TAKEN == 0 {
        // SAFETY: By the function's requirements.
        let handled = unsafe { bindings::vring_interrupt(0, queue.cast()) };
        return handled == bindings::irqreturn::IRQ_HANDLED;
    }

    // SAFETY: By the function's requirements the queue has a ring, whose index the device writes.
    let used = unsafe {
        let used = (*bindings::virtqueue_get_vring(queue)).used;
        (&raw const (*used).idx).read_volatile()
    };
    if TAKEN | usize::from(used) == taken {
        return false;
    }
    // SAFETY: By the function's requirements; the callback is the driver's and stays as it is.
    unsafe {
        if let Some(callback) = (*queue).callback {
            callback(queue);
        }
    }
    true
}
