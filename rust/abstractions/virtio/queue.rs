// SPDX-License-Identifier: GPL-2.0

//! One virtqueue, the driver's side.
//!
//! On transports of ours the ring is [used directly](split), on others by way of the kernel's
//! `virtio_ring`, in [`entries`].

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
use kernel::{
    prelude::*,
    sync::Arc, //
};

mod arrays;
mod entries;
mod split;

use entries::Entries;
use split::Split;

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

/// Who writes the buffers of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The device does.
    In,
    /// The driver does.
    Out,
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

/// Who keeps the driver's side of the ring.
enum Ring {
    /// We do.
    Own(Split),
    /// The kernel's `virtio_ring`.
    Kernel(Entries),
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
    ring: Ring,
    buffers: Option<Buffers>,
    // Last: the ring's side needs the queue.
    raw: Raw,
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
            // SAFETY: By the function's requirements; `raw` is dropped after this.
            ring: Ring::Kernel(unsafe { Entries::new(queue) }),
            buffers: None,
            raw: Raw { queue, alive },
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
    pub fn num_free(&self) -> usize {
        // CAST: `u32` to `usize`, which is never narrower in the kernel.
        (self.size() as usize).saturating_sub(self.in_ring())
    }

    /// Whether the ring is not used any more, since the device broke its rules. Nothing can be added or
    /// got until the device is bound anew.
    pub fn is_broken(&self) -> bool {
        match &self.ring {
            Ring::Own(split) if split.is_broken() => true,
            // SAFETY: By the type invariants of `Raw` the queue is valid.
            _ => unsafe { bindings::virtqueue_is_broken(self.as_raw()) },
        }
    }

    /// Gives the queue `count` buffers of `size` bytes, in memory that the device's parent can
    /// access, all to be used in one `direction`. May sleep. Once for each queue.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] at the second call, [`EINVAL`] for no buffers at all or far too many.
    pub fn alloc_buffers(
        &mut self,
        direction: Direction,
        count: u32,
        size: usize,
    ) -> Result<Buffers> {
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

        let len = u32::try_from(size)?;
        // CAST: As above.
        let mut list = KVec::with_capacity(count as usize, GFP_KERNEL)?;
        for buffer in 0..count {
            let start = buffers.range(buffer, 0, size)?;
            let mut sg = bindings::scatterlist::default();
            // SAFETY: `sg` may be written, and `start` points to kernel memory that stays.
            unsafe { bindings::sg_init_kernel(&raw mut sg, start.as_ptr().cast(), len) };
            if let Some(dma) = dma {
                // CAST: As above; the offset is less than `total`.
                sg.dma_address = dma.wrapping_add((buffer as usize * size).try_into()?);
            }
            list.push(sg, GFP_KERNEL)?;
        }

        self.raw.alive.keep(memory)?;
        let own = if premapped {
            // SAFETY: The queue is valid as long as `raw` exists, which is dropped after the ring; nothing
            // was added yet, and this is the only handle.
            unsafe { Split::new(self.as_raw(), direction, &list, len) }?
        } else {
            None
        };
        match (own, &mut self.ring) {
            (Some(own), ring) => *ring = Ring::Own(own),
            // SAFETY: The session keeps the memory until the queue is deleted.
            (None, Ring::Kernel(entries)) => unsafe { entries.set(list, len, premapped) }?,
            // There were no buffers, so this is not ours.
            (None, Ring::Own(_)) => return Err(EBUSY),
        }
        self.buffers = Some(buffers.clone());
        Ok(buffers)
    }

    /// Adds the whole buffer for the device to write to. It sees that after [`publish`](Self::publish)
    /// at the latest.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if there is no such buffer, or those of the queue are for the driver to write;
    /// [`EBUSY`] if it is in the ring already, [`ENOSPC`] if the ring is full, [`EIO`] if it
    /// [is broken](Self::is_broken). After an error the buffer is still the caller's.
    #[inline]
    pub fn add_inbuf(&mut self, buffer: u32) -> Result {
        match &mut self.ring {
            Ring::Own(split) => split.add_inbuf(buffer),
            Ring::Kernel(entries) => entries.add_inbuf(buffer),
        }
    }

    /// Adds the first `len` bytes of the buffer for the device to read, as [`Self::add_inbuf`].
    ///
    /// # Errors
    ///
    /// As [`Self::add_inbuf`]; [`EINVAL`] if the device writes the queue's buffers, if the buffer
    /// is shorter than `len`, or `len` is 0.
    #[inline]
    pub fn add_outbuf(&mut self, buffer: u32, len: usize) -> Result {
        match &mut self.ring {
            Ring::Own(split) => split.add_outbuf(buffer, len),
            Ring::Kernel(entries) => entries.add_outbuf(buffer, len),
        }
    }

    /// Takes a buffer that the device has used, if there is one. It is the caller's then.
    #[inline]
    pub fn get_buf(&mut self) -> Option<Used> {
        match &mut self.ring {
            Ring::Own(split) => split.get_buf(),
            Ring::Kernel(entries) => entries.get_buf(),
        }
    }

    /// Takes a buffer that the device has written, if there is one, has `read` look at it, and adds it
    /// again. Returns whether there was one. For queues whose buffers are all for the device.
    ///
    /// A buffer that the ring does not take is kept and offered again later.
    #[inline(always)]
    pub fn recycle(&mut self, read: impl FnOnce(Used)) -> bool {
        // Two matches, so that `read` is called, hence inlined, in one place.
        let used = match &mut self.ring {
            Ring::Own(split) => split.peek(),
            Ring::Kernel(entries) => entries.take(),
        };
        let Some(used) = used else {
            return false;
        };
        read(used);
        match &mut self.ring {
            Ring::Own(split) => split.put(used.buffer),
            Ring::Kernel(entries) => entries.give_back(used.buffer),
        }
        true
    }

    /// Asks the device for no callbacks. A hint: some may come still.
    #[inline]
    pub fn disable_cb(&mut self) {
        match &mut self.ring {
            Ring::Own(split) => split.disable_cb(),
            Ring::Kernel(entries) => entries.disable_cb(),
        }
    }

    /// Asks the device for callbacks again. Returns whether there is nothing to get: if `false`,
    /// used buffers came meanwhile for which there may be no callback.
    #[must_use]
    #[inline]
    pub fn enable_cb(&mut self) -> bool {
        match &mut self.ring {
            Ring::Own(split) => split.enable_cb(),
            Ring::Kernel(entries) => entries.enable_cb(),
        }
    }

    /// As [`enable_cb`](Self::enable_cb), but for a callback when the device has used three quarters
    /// of what is in the ring, if it knows how (`VIRTIO_RING_F_EVENT_IDX`). It may come earlier, and
    /// never comes if the device keeps more than a quarter: whoever wants less looks by himself.
    #[must_use]
    pub fn enable_cb_delayed(&mut self) -> bool {
        match &mut self.ring {
            Ring::Own(split) => split.enable_cb_delayed(),
            Ring::Kernel(entries) => entries.enable_cb_delayed(),
        }
    }

    /// Makes added buffers visible to the device, without asking whether it wants to be notified.
    #[inline]
    pub fn publish(&mut self) {
        if let Ring::Own(split) = &mut self.ring {
            split.publish();
        }
        // The kernel's ring is up to date always.
    }

    /// [Makes added buffers visible](Self::publish) and returns whether the device wants to be notified,
    /// by [`Notifier::notify`], which need not be under the owner's lock. To be asked once in
    /// 65,535 buffers at least, or the answer may be wrong.
    #[must_use]
    #[inline]
    pub fn kick_prepare(&mut self) -> bool {
        match &mut self.ring {
            Ring::Own(split) => split.kick_prepare(),
            Ring::Kernel(entries) => entries.kick_prepare(),
        }
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
        match &self.ring {
            Ring::Own(split) => split.in_ring(),
            Ring::Kernel(entries) => entries.in_ring(),
        }
    }
}

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
