// SPDX-License-Identifier: GPL-2.0

//! One virtqueue, the driver's side.

use super::{
    buffers::Buffers,
    session::Alive,
    Device, //
};
use crate::{
    coherent::Memory,
    device::DeviceExt, //
};
use amp_bindings as bindings;
use core::ffi::c_void;
use kernel::{
    prelude::*,
    sync::Arc, //
};

/// A queue that stays as long as this exists.
///
/// # Invariants
///
/// `queue` is valid as long as `alive` exists.
#[derive(Clone)]
struct Raw {
    queue: *mut bindings::virtqueue,
    alive: Arc<Alive>,
}

/// A buffer that the device has used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// Which one.
    pub buffer: u32,
    /// How many bytes the device claims to have written. An allegation: it may be larger than the
    /// buffer.
    pub len: u32,
}

/// One buffer as the ring sees it.
struct Entry {
    sg: bindings::scatterlist,
    /// In bytes, at least one.
    size: u32,
    in_ring: bool,
}

/// A handle on a virtqueue. There is one, so that its owner, by a lock or otherwise, decides who
/// uses the queue; only notifying the device needs none ([`Virtqueue::notifier`]).
///
/// All methods may be called in any context unless said otherwise. Callbacks of the queue must not
/// interrupt a method: who uses the queue from a callback protects it by a lock that disables
/// interrupts.
///
/// # Invariants
///
/// This is the only `Virtqueue` for its queue.
pub struct Virtqueue {
    raw: Raw,
    entries: KVec<Entry>,
    buffers: Option<Buffers>,
    /// The entries have the addresses that the device uses.
    premapped: bool,
}

// SAFETY: A virtqueue is not tied to a thread.
unsafe impl Send for Virtqueue {}
// SAFETY: The methods that take `&self` only read what doesn't change, or counters.
unsafe impl Sync for Virtqueue {}

impl Virtqueue {
    /// A handle on a queue that has no buffers yet.
    ///
    /// # Safety
    ///
    /// `queue` must be valid until `alive` was dropped, and this must be the only handle on it.
    pub(super) unsafe fn new(queue: *mut bindings::virtqueue, alive: Arc<Alive>) -> Self {
        // INVARIANT: By the function's requirements.
        Self {
            raw: Raw { queue, alive },
            entries: KVec::new(),
            buffers: None,
            premapped: false,
        }
    }

    fn as_raw(&self) -> *mut bindings::virtqueue {
        self.raw.queue
    }

    /// The queue's number: its place in the names that [`Device::find_vqs`] got.
    pub fn index(&self) -> u32 {
        // SAFETY: By the type invariants of `Raw` the queue is valid.
        unsafe { (*self.as_raw()).index }
    }

    /// How many descriptors the ring has.
    pub fn size(&self) -> u32 {
        // SAFETY: By the type invariants of `Raw` the queue is valid.
        unsafe { bindings::virtqueue_get_vring_size(self.as_raw()) }
    }

    /// How many buffers can be added now.
    pub fn num_free(&self) -> u32 {
        // SAFETY: By the type invariants of `Raw` the queue is valid.
        unsafe { (*self.as_raw()).num_free }
    }

    /// Whether the ring code has given up on this queue, since the device broke the ring's rules.
    /// Nothing can be added or got any more until the device is bound anew.
    pub fn is_broken(&self) -> bool {
        // SAFETY: By the type invariants of `Raw` the queue is valid.
        unsafe { bindings::virtqueue_is_broken(self.as_raw()) }
    }

    /// Gives the queue `count` buffers of `size` bytes, in memory that the device's parent can
    /// access. May sleep. Once for each queue.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] at the second call, [`EINVAL`] for no buffers at all or far too many.
    pub fn alloc_buffers(&mut self, count: u32, size: usize) -> Result<Buffers> {
        if self.buffers.is_some() {
            return Err(EBUSY);
        }
        // CAST: `u32` to `usize`, which is never narrower in the kernel.
        let total = (count as usize).checked_mul(size).ok_or(EINVAL)?;
        if total == 0 {
            return Err(EINVAL);
        }

        // SAFETY: By the type invariants of `Raw` the queue is valid, and so is its device.
        let vdev = unsafe { Device::<kernel::device::Normal>::from_raw((*self.as_raw()).vdev) };
        let memory = Memory::alloc(vdev.as_ref().parent_device().ok_or(ENODEV)?, total)?;
        // SAFETY: The memory goes to the session, which frees it after `alive` was dropped; if
        // this function fails the handle is dropped at once.
        let buffers = unsafe { Buffers::new(&memory, count, size, self.raw.alive.clone()) }?;

        // What maps buffers for this device, if anything does: mapping them each time costs more.
        // SAFETY: By the type invariants of `Raw` the queue is valid.
        let mapper = unsafe { bindings::virtqueue_dma_dev(self.as_raw()) };
        let dma: Option<bindings::dma_addr_t> = if mapper.is_null() {
            None
        } else {
            Some(memory.dma_address().try_into()?)
        };
        let premapped = dma.is_some() || !vdev.has_feature(bindings::VIRTIO_F_ACCESS_PLATFORM);

        // CAST: As above.
        let mut entries = KVec::with_capacity(count as usize, GFP_KERNEL)?;
        for buffer in 0..count {
            let start = buffers.range(buffer, 0, size)?;
            let mut sg = bindings::scatterlist::default();
            // SAFETY: `sg` may be written, and `start` points to kernel memory that stays.
            unsafe {
                bindings::sg_init_kernel(&raw mut sg, start.as_ptr().cast(), size.try_into()?)
            };
            if let Some(dma) = dma {
                // CAST: As above; the offset is less than `total`.
                sg.dma_address = dma.wrapping_add((buffer as usize * size).try_into()?);
            }
            let entry = Entry {
                sg,
                size: size.try_into()?,
                in_ring: false,
            };
            entries.push(entry, GFP_KERNEL)?;
        }

        self.premapped = premapped;
        self.raw.alive.keep(memory)?;
        self.entries = entries;
        self.buffers = Some(buffers.clone());
        Ok(buffers)
    }

    /// Adds the whole buffer for the device to write to.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if there is no such buffer, [`EBUSY`] if it is in the ring already, [`ENOSPC`] if
    /// the ring is full, [`EIO`] if it [is broken](Self::is_broken). After an error the buffer is
    /// still the caller's.
    #[inline]
    pub fn add_inbuf(&mut self, buffer: u32) -> Result {
        let premapped = self.premapped;
        self.add(buffer, None, |queue, sg, token| {
            // SAFETY: By the requirements of `add`; the list has one entry, with its address if it is
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

    /// Adds the first `len` bytes of the buffer for the device to read.
    ///
    /// # Errors
    ///
    /// As [`Self::add_inbuf`]; [`EINVAL`] also if the buffer is shorter than `len`, or `len` is 0.
    #[inline]
    pub fn add_outbuf(&mut self, buffer: u32, len: usize) -> Result {
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

    /// `add` gets the queue, of which this is the only user, an initialised entry, whose memory is kept
    /// by the session until the queue is deleted, after the device was reset, and a token. Of
    /// the buffer it adds `len` bytes, all if that is `None`.
    #[inline]
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
        let queue = self.as_raw();
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
        match add(queue, &raw mut entry.sg, token) {
            0 => {
                entry.in_ring = true;
                Ok(())
            }
            error => Err(Error::from_errno(error)),
        }
    }

    /// Takes a buffer that the device has used, if there is one. It is the caller's then.
    #[inline]
    pub fn get_buf(&mut self) -> Option<Used> {
        let mut len = 0;
        // SAFETY: By the type invariants the queue is valid, and `&mut self` is the only user.
        let token = unsafe { bindings::virtqueue_get_buf(self.as_raw(), &raw mut len) };
        // The ring code keeps tokens in memory of its own and checks the device's index, so this
        // is a token that `add` gave to it.
        let index = token.addr().checked_sub(1)?;

        self.entries.get_mut(index)?.in_ring = false;
        Some(Used {
            buffer: index.try_into().ok()?,
            len,
        })
    }

    /// Asks the device for no callbacks. A hint: some may come still.
    pub fn disable_cb(&mut self) {
        // SAFETY: By the type invariants the queue is valid, and `&mut self` is the only user.
        unsafe { bindings::virtqueue_disable_cb(self.as_raw()) };
    }

    /// Asks the device for callbacks again. Returns whether there is nothing to get: if `false`,
    /// used buffers came meanwhile for which there may be no callback.
    #[must_use]
    pub fn enable_cb(&mut self) -> bool {
        // SAFETY: By the type invariants the queue is valid, and `&mut self` is the only user.
        unsafe { bindings::virtqueue_enable_cb(self.as_raw()) }
    }

    /// As [`enable_cb`](Self::enable_cb), but for a callback when the device has used three quarters
    /// of what is in the ring, if it knows how (`VIRTIO_RING_F_EVENT_IDX`). It may come earlier, and
    /// never comes if the device keeps more than a quarter: whoever wants less looks by himself.
    #[must_use]
    pub fn enable_cb_delayed(&mut self) -> bool {
        // SAFETY: By the type invariants the queue is valid, and `&mut self` is the only user.
        unsafe { bindings::virtqueue_enable_cb_delayed(self.as_raw()) }
    }

    /// Makes added buffers visible to the device. Returns whether it wants to be notified, by
    /// [`Notifier::notify`], which need not be under the owner's lock.
    #[must_use]
    pub fn kick_prepare(&mut self) -> bool {
        // SAFETY: By the type invariants the queue is valid, and `&mut self` is the only user.
        unsafe { bindings::virtqueue_kick_prepare(self.as_raw()) }
    }

    /// A handle that can notify the device of this queue.
    pub fn notifier(&self) -> Notifier {
        Notifier(self.raw.clone())
    }

    /// The buffers that the queue was given.
    pub fn buffers(&self) -> Option<&Buffers> {
        self.buffers.as_ref()
    }

    /// How many of its buffers are in the ring.
    pub fn in_ring(&self) -> usize {
        self.entries.iter().filter(|entry| entry.in_ring).count()
    }
}

/// Buffers are added under locks.
const GFP: bindings::gfp_t = bindings::GFP_ATOMIC;

/// Notifies a device of what is in one of its queues.
#[derive(Clone)]
pub struct Notifier(Raw);

// SAFETY: Notifying needs no lock and is not tied to a thread.
unsafe impl Send for Notifier {}
// SAFETY: As above.
unsafe impl Sync for Notifier {}

impl Notifier {
    /// Notifies the device. How, and whether it may sleep, is up to the transport: a mailbox may.
    ///
    /// # Errors
    ///
    /// [`EIO`] if the device can't be notified any more; the queue is broken then.
    pub fn notify(&self) -> Result {
        // SAFETY: By the type invariants of `Raw` the queue is valid; the function may be called
        // at any time.
        if unsafe { bindings::virtqueue_notify(self.0.queue) } {
            Ok(())
        } else {
            Err(EIO)
        }
    }
}
