// SPDX-License-Identifier: GPL-2.0

//! Allocation of small numbers, as in the names of devices.
//!
//! C header: [`include/linux/idr.h`](srctree/include/linux/idr.h)

use amp_bindings as bindings;
use kernel::{
    prelude::*,
    types::Opaque, //
};

/// Numbers of which each is given to one user at a time, the lowest free one first.
///
/// # Invariants
///
/// The object is initialised.
///
/// # Examples
///
/// ```ignore
/// let number = ida.alloc(MAX)?;
/// // ...
/// ida.free(number);
/// ```
#[pin_data(PinnedDrop)]
pub struct Ida {
    #[pin]
    inner: Opaque<bindings::ida>,
}

// SAFETY: The object belongs to no thread.
unsafe impl Send for Ida {}
// SAFETY: All operations may run at the same time.
unsafe impl Sync for Ida {}

impl Ida {
    /// All numbers are free.
    pub fn new() -> impl PinInit<Self> {
        // INVARIANT: The object is initialised here.
        pin_init!(Self {
            // SAFETY: `ida` is valid while the closure is called.
            inner <- Opaque::ffi_init(|ida| unsafe { bindings::ida_init(ida) }),
        })
    }

    /// Takes the lowest free number, which is `max` at most. May sleep.
    ///
    /// # Errors
    ///
    /// [`ENOSPC`] if none is free, [`ENOMEM`].
    pub fn alloc(&self, max: u32) -> Result<u32> {
        // SAFETY: The object is initialised by the type invariants.
        let id =
            unsafe { bindings::ida_alloc_range(self.inner.get(), 0, max, bindings::GFP_KERNEL) };

        u32::try_from(id).map_err(|_| Error::from_errno(id))
    }

    /// Makes `id` free. Any context. One that is free already is warned about in the log.
    pub fn free(&self, id: u32) {
        // SAFETY: The object is initialised by the type invariants.
        unsafe { bindings::ida_free(self.inner.get(), id) };
    }
}

#[pinned_drop]
impl PinnedDrop for Ida {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: The object is initialised by the type invariants, and nobody uses it any more.
        unsafe { bindings::ida_destroy(self.inner.get()) };
    }
}
