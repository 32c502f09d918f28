// SPDX-License-Identifier: GPL-2.0

//! A ring by way of the kernel's `virtio_ring`, for devices on whatever transport.
//!
//! C header: [`include/linux/virtio.h`](srctree/include/linux/virtio.h)

use super::Used;
use amp_bindings as bindings;
use core::ffi::c_void;
use kernel::prelude::*;

/// One buffer as the ring sees it.
struct Entry {
    sg: bindings::scatterlist,
    /// In bytes, at least one.
    size: u32,
    in_ring: bool,
}

/// A queue's buffers.
///
/// # Invariants
///
/// `queue` is valid as long as this exists, which is its only user but to notify the device. The
/// memory of all entries stays until the queue is deleted, after the device was reset.
pub(super) struct Entries {
    queue: *mut bindings::virtqueue,
    entries: KVec<Entry>,
    /// The entries have the addresses that the device uses.
    premapped: bool,
    /// Buffers that the ring did not take, to be offered again. Never grows beyond the room that it
    /// was given.
    refused: KVec<u32>,
}

/// Buffers are added under locks.
const GFP: bindings::gfp_t = bindings::GFP_ATOMIC;

impl Entries {
    /// No buffers, for now.
    ///
    /// # Safety
    ///
    /// `queue` must be valid as long as this exists, and used by nobody else but to notify the
    /// device.
    pub(super) unsafe fn new(queue: *mut bindings::virtqueue) -> Self {
        // INVARIANT: By the function's requirements; there is no entry yet.
        Self {
            queue,
            entries: KVec::new(),
            premapped: false,
            refused: KVec::new(),
        }
    }

    /// Takes the buffers: a list of one entry each. If `premapped`, those have addresses for the
    /// device.
    ///
    /// # Safety
    ///
    /// The memory that the entries point to must stay until the queue is deleted.
    pub(super) unsafe fn set(
        &mut self,
        buffers: KVec<bindings::scatterlist>,
        size: u32,
        premapped: bool,
    ) -> Result {
        let mut entries = KVec::with_capacity(buffers.len(), GFP_KERNEL)?;
        let refused = KVec::with_capacity(buffers.len(), GFP_KERNEL)?;
        for sg in buffers {
            let entry = Entry {
                sg,
                size,
                in_ring: false,
            };
            entries.push(entry, GFP_KERNEL)?;
        }
        // INVARIANT: By the function's requirements.
        self.entries = entries;
        self.premapped = premapped;
        self.refused = refused;
        Ok(())
    }

    pub(super) fn add_inbuf(&mut self, buffer: u32) -> Result {
        let premapped = self.premapped;
        self.add(buffer, None, |queue, sg, token| {
            // SAFETY: By the type invariants; the list has one entry, with its address if it is
            // premapped.
            unsafe {
                if premapped {
                    let no_context = core::ptr::null_mut();
                    bindings::virtqueue_add_inbuf_premapped(queue, sg, 1, token, no_context, GFP)
                } else {
                    bindings::virtqueue_add_inbuf(queue, sg, 1, token, GFP)
                }
            }
        })
    }

    pub(super) fn add_outbuf(&mut self, buffer: u32, len: usize) -> Result {
        let premapped = self.premapped;
        self.add(buffer, Some(len), |queue, sg, token| {
            // SAFETY: As in `add_inbuf`.
            unsafe {
                if premapped {
                    bindings::virtqueue_add_outbuf_premapped(queue, sg, 1, token, GFP)
                } else {
                    bindings::virtqueue_add_outbuf(queue, sg, 1, token, GFP)
                }
            }
        })
    }

    /// `add` gets the queue, an initialised entry, and a token. Of the buffer it adds `len` bytes, all
    /// if that is `None`.
    fn add(
        &mut self,
        buffer: u32,
        len: Option<usize>,
        add: impl FnOnce(
            *mut bindings::virtqueue,
            *mut bindings::scatterlist,
            *mut c_void,
        ) -> kernel::ffi::c_int,
    ) -> Result {
        // CAST: `u32` to `usize`, which is never narrower in the kernel.
        let entry = self.entries.get_mut(buffer as usize).ok_or(EINVAL)?;
        if entry.in_ring {
            return Err(EBUSY);
        }
        entry.sg.length = match len {
            None => entry.size,
            Some(len) => len
                .try_into()
                .ok()
                .filter(|len| (1..=entry.size).contains(len))
                .ok_or(EINVAL)?,
        };
        #[cfg(CONFIG_NEED_SG_DMA_LENGTH)]
        {
            entry.sg.dma_length = entry.sg.length;
        }
        // The ring code wants a token that is not NULL.
        let token = core::ptr::without_provenance_mut::<c_void>(buffer as usize + 1);
        match add(self.queue, &raw mut entry.sg, token) {
            0 => {
                entry.in_ring = true;
                Ok(())
            }
            error => Err(Error::from_errno(error)),
        }
    }

    // Inlined, so that what our own ring returns stays in registers.
    #[inline]
    pub(super) fn get_buf(&mut self) -> Option<Used> {
        let mut len = 0;
        // SAFETY: By the type invariants.
        let token = unsafe { bindings::virtqueue_get_buf(self.queue, &raw mut len) };
        // The ring code keeps tokens in memory of its own and checks the device's index, so this
        // is a token that `add` gave to it.
        let index = token.addr().checked_sub(1)?;

        self.entries.get_mut(index)?.in_ring = false;
        Some(Used {
            buffer: index.try_into().ok()?,
            len,
        })
    }

    /// As [`get_buf`](Self::get_buf), for who gives it back.
    #[inline]
    pub(super) fn take(&mut self) -> Option<Used> {
        if let Some(buffer) = self.refused.pop() {
            self.give_back(buffer);
        }
        self.get_buf()
    }

    /// Adds a buffer for the device to write, or keeps it, to be offered again later.
    pub(super) fn give_back(&mut self, buffer: u32) {
        if let Err(error) = self.add_inbuf(buffer) {
            kernel::pr_warn_once!("a ring did not take a buffer back: {}\n", error.to_errno());
            // There is room for all buffers, so this doesn't fail.
            let _ = self.refused.push_within_capacity(buffer);
        }
    }

    pub(super) fn disable_cb(&mut self) {
        // SAFETY: By the type invariants.
        unsafe { bindings::virtqueue_disable_cb(self.queue) };
    }

    pub(super) fn enable_cb(&mut self) -> bool {
        // SAFETY: By the type invariants.
        unsafe { bindings::virtqueue_enable_cb(self.queue) }
    }

    pub(super) fn enable_cb_delayed(&mut self) -> bool {
        // SAFETY: By the type invariants.
        unsafe { bindings::virtqueue_enable_cb_delayed(self.queue) }
    }

    pub(super) fn kick_prepare(&mut self) -> bool {
        // SAFETY: By the type invariants.
        unsafe { bindings::virtqueue_kick_prepare(self.queue) }
    }

    /// How many buffers the device has.
    pub(super) fn in_ring(&self) -> usize {
        self.entries.iter().filter(|entry| entry.in_ring).count()
    }
}
