// SPDX-License-Identifier: GPL-2.0

//! The driver's side of a split ring, for buffers that stay where they are.
//!
//! The kernel's `virtio_ring` is made for buffers anywhere: with each message it writes a descriptor, and
//! keeps a free list and a record of what is to be unmapped. Here the descriptors are written once, buffer
//! number N is descriptor N for ever, and a message costs its entry in the ring. This may be had of
//! devices whose transport is one of [ours](super::super::transport); see [`own`](super::super::own).
//!
//! Nothing that the device can write is believed: its index is read once and compared with what it can
//! have used, a buffer's number with those that it has. A ring that fails a check is damaged and not
//! used any more; memory of ours says which buffers the device has.
//!
//! C header: `include/uapi/linux/virtio_ring.h`.

use super::{
    super::own,
    arrays::Arrays,
    Direction,
    Used, //
};
use crate::virtio::Device;
use amp_bindings as bindings;
use core::fmt;
use kernel::{
    prelude::*,
    str::CStrExt, //
};
use proto::vring::{
    need_event,
    AVAIL_F_NO_INTERRUPT,
    DESC_F_WRITE,
    USED_F_NO_NOTIFY, //
};

/// What a device did to its ring.
enum Damage {
    /// It claims to have used so many buffers, of so many.
    Index { used: u16, had: u16 },
    /// It claims to have used this buffer, of so many.
    Range { id: u32, count: usize },
    /// It claims to have used this buffer, which is not in the ring.
    NotThere { id: u32 },
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index { used, had } => {
                write!(f, "has used {used} buffers at once, it had {had}")
            }
            Self::Range { id, count } => write!(f, "has used buffer {id}, there are {count}"),
            Self::NotThere { id } => write!(f, "has used buffer {id}, which it did not have"),
        }
    }
}

/// A ring and who has which of its buffers.
///
/// # Invariants
///
/// `queue` is valid as long as this exists, and [`own::take`] was called for it.
pub(super) struct Split {
    arrays: Arrays,
    queue: *mut bindings::virtqueue,
    direction: Direction,
    /// Each side says for which index it wants to be told, in place of a flag.
    events: bool,
    /// The device broke the rules.
    broken: bool,
    /// Free-running: what comes next for the device to use,
    avail: u16,
    /// what the device knows of,
    published: u16,
    /// what it knew of when it was last asked whether it wants to be told,
    asked: u16,
    /// what comes next to be taken back,
    taken: u16,
    /// and what the device had used at the last look.
    used: u16,
    /// Bytes of each buffer.
    size: u32,
    /// Which buffers the device has.
    in_ring: KVec<bool>,
}

impl Split {
    /// The ring of `queue`, of which the device has no buffers yet: those in `buffers`, which have their
    /// addresses for the device, `size` bytes each.
    ///
    /// [`None`] if the ring is not to be had: its transport is somebody else's, it has fewer entries
    /// than there are buffers, or the byte order is not this CPU's.
    ///
    /// # Safety
    ///
    /// `queue` must be valid as long as this exists, no buffer have been added to it, and
    /// nobody else use it but to notify the device.
    pub(super) unsafe fn new(
        queue: *mut bindings::virtqueue,
        direction: Direction,
        buffers: &[bindings::scatterlist],
        size: u32,
    ) -> Result<Option<Self>> {
        // SAFETY: By the function's requirements, and so is its device.
        let vdev = unsafe { Device::<kernel::device::Normal>::from_raw((*queue).vdev) };
        // SAFETY: By the function's requirements; the function returns a pointer to what is valid.
        // All rings of ours are split ones, others are not looked at.
        let vring = unsafe {
            if !cfg!(target_endian = "little") || !own::is_offered(queue) {
                return Ok(None);
            }
            &*bindings::virtqueue_get_vring(queue)
        };
        // CAST: `u32` to `usize`, which is never narrower in the kernel.
        if buffers.len() > vring.num as usize {
            return Ok(None);
        }

        // SAFETY: By the function's requirements nobody else uses the queue, so that these are ours
        // to write.
        let arrays = unsafe { Arrays::new(vring) }?;
        let flags = match direction {
            Direction::In => DESC_F_WRITE,
            Direction::Out => 0,
        };
        for (slot, sg) in buffers.iter().enumerate() {
            let desc = bindings::vring_desc {
                addr: sg.dma_address.into(),
                len: size,
                flags,
                next: 0,
            };
            // CAST: There are no more than the ring has entries.
            arrays.set_desc(slot as u16, desc);
        }

        let in_ring = KVec::from_elem(false, buffers.len(), GFP_KERNEL)?;
        // SAFETY: By the function's requirements, and it is ours.
        unsafe { own::take(queue) };
        // INVARIANT: By the function's requirements, and it was just taken.
        Ok(Some(Self {
            arrays,
            queue,
            direction,
            events: vdev.has_feature(bindings::VIRTIO_RING_F_EVENT_IDX),
            broken: false,
            avail: 0,
            published: 0,
            asked: 0,
            taken: 0,
            used: 0,
            size,
            in_ring,
        }))
    }

    /// See [`Virtqueue::add_inbuf`](super::Virtqueue::add_inbuf).
    #[inline]
    pub(super) fn add_inbuf(&mut self, buffer: u32) -> Result {
        if self.direction != Direction::In {
            return Err(EINVAL);
        }
        self.add(buffer)
    }

    /// See [`Virtqueue::add_outbuf`](super::Virtqueue::add_outbuf).
    #[inline]
    pub(super) fn add_outbuf(&mut self, buffer: u32, len: usize) -> Result {
        // CAST: `u32` to `usize`, which is never narrower in the kernel.
        if self.direction != Direction::Out || len == 0 || len > self.size as usize {
            return Err(EINVAL);
        }
        self.add(buffer)?;
        // CAST: The buffer was found, hence a descriptor; the length is at most `size`.
        self.arrays.set_len(buffer as u16, len as u32);
        Ok(())
    }

    #[inline(always)]
    fn add(&mut self, buffer: u32) -> Result {
        // CAST: As above.
        let in_ring = self.in_ring.get_mut(buffer as usize).ok_or(EINVAL)?;
        if *in_ring {
            return Err(EBUSY);
        }
        if self.broken {
            return Err(EIO);
        }
        *in_ring = true;
        self.put(buffer);
        Ok(())
    }

    /// The buffer, which there is, comes next for the device.
    #[inline(always)]
    pub(super) fn put(&mut self, buffer: u32) {
        let index = self.avail;
        self.avail = index.wrapping_add(1);
        // CAST: There are no more buffers than descriptors.
        self.arrays.set_avail_entry(index, buffer as u16);
    }

    /// See [`Virtqueue::get_buf`](super::Virtqueue::get_buf).
    #[inline]
    pub(super) fn get_buf(&mut self) -> Option<Used> {
        let used = self.peek()?;
        // CAST: As above.
        match self.in_ring.get_mut(used.buffer as usize) {
            Some(in_ring) if *in_ring => {
                *in_ring = false;
                Some(used)
            }
            _ => {
                self.damaged(Damage::NotThere { id: used.buffer });
                None
            }
        }
    }

    /// What the device has used next: one of the buffers that there are. Whether it had that one is not
    /// asked, as it gets it at once if this is followed by [`put`](Self::put).
    #[inline(always)]
    pub(super) fn peek(&mut self) -> Option<Used> {
        if self.taken == self.used && !self.look() {
            return None;
        }
        let index = self.taken;
        let (buffer, len) = self.arrays.used_entry(index);
        // CAST: As above.
        if buffer as usize >= self.in_ring.len() {
            self.damaged(Damage::Range {
                id: buffer,
                count: self.in_ring.len(),
            });
            return None;
        }
        self.taken = index.wrapping_add(1);
        Some(Used { buffer, len })
    }

    /// Looks what the device has used. Returns whether there is something.
    #[inline]
    fn look(&mut self) -> bool {
        let used = self.arrays.used_idx();
        if used == self.taken || self.broken {
            return false;
        }
        let news = used.wrapping_sub(self.taken);
        let had = self.published.wrapping_sub(self.taken);
        if news > had {
            self.damaged(Damage::Index { used: news, had });
            return false;
        }
        // SAFETY: A barrier may be anywhere. What the index covers is read after it.
        unsafe { bindings::dma_rmb() };
        self.used = used;
        true
    }

    #[cold]
    fn damaged(&mut self, damage: Damage) {
        self.broken = true;
        self.used = self.taken;
        // SAFETY: By the type invariants the queue is valid, and so are its device and its name.
        let (vdev, name) = unsafe {
            (
                Device::<kernel::device::Normal>::from_raw((*self.queue).vdev),
                CStr::from_char_ptr((*self.queue).name),
            )
        };
        dev_err!(
            vdev.as_ref(),
            "{}: the device {}\n",
            name,
            format_args!("{damage}")
        );
    }

    /// See [`Virtqueue::publish`](super::Virtqueue::publish).
    #[inline]
    pub(super) fn publish(&mut self) {
        if self.published == self.avail {
            return;
        }
        self.published = self.avail;
        // SAFETY: A barrier may be anywhere. What was in buffers that are given back was read before
        // the device gets them, and what the index covers was written before it.
        unsafe {
            if self.direction == Direction::In {
                bindings::dma_rmb();
            }
            bindings::dma_wmb();
        }
        self.arrays.set_avail_idx(self.avail);
    }

    /// See [`Virtqueue::kick_prepare`](super::Virtqueue::kick_prepare).
    #[inline]
    pub(super) fn kick_prepare(&mut self) -> bool {
        self.publish();
        // SAFETY: A barrier may be anywhere. The index is written before the device's wish is read,
        // or each side could miss what the other one writes.
        unsafe { bindings::mb() };
        let asked = core::mem::replace(&mut self.asked, self.avail);
        if self.broken {
            false
        } else if self.events {
            need_event(self.arrays.avail_event(), self.avail, asked)
        } else {
            self.arrays.used_flags() & USED_F_NO_NOTIFY == 0
        }
    }

    /// See [`Virtqueue::disable_cb`](super::Virtqueue::disable_cb).
    #[inline]
    pub(super) fn disable_cb(&mut self) {
        if self.events {
            // Not before the index has been all the way around.
            self.arrays.set_used_event(self.taken.wrapping_sub(1));
        } else {
            self.arrays.set_avail_flags(AVAIL_F_NO_INTERRUPT);
        }
    }

    /// See [`Virtqueue::enable_cb`](super::Virtqueue::enable_cb).
    #[inline]
    pub(super) fn enable_cb(&mut self) -> bool {
        self.enable_cb_after(0)
    }

    /// See [`Virtqueue::enable_cb_delayed`](super::Virtqueue::enable_cb_delayed).
    pub(super) fn enable_cb_delayed(&mut self) -> bool {
        // CAST: Three quarters of a `u16`.
        let most = (u32::from(self.published.wrapping_sub(self.taken)) * 3 / 4) as u16;
        self.enable_cb_after(most)
    }

    /// Asks for a callback when the device has used more than `most` buffers. Returns whether it has
    /// not yet.
    #[inline]
    fn enable_cb_after(&mut self, most: u16) -> bool {
        // SAFETY:
        // - By the type invariants.
        // - A barrier may be anywhere: whoever handles the interrupt that is asked for sees the note.
        unsafe {
            own::note_taken(self.queue, self.taken);
            bindings::dma_wmb();
        }
        if self.events {
            self.arrays.set_used_event(self.taken.wrapping_add(most));
        } else {
            self.arrays.set_avail_flags(0);
        }
        // SAFETY: A barrier may be anywhere. As in `kick_prepare`, the other way round.
        unsafe { bindings::mb() };
        self.broken || self.arrays.used_idx().wrapping_sub(self.taken) <= most
    }

    /// Whether the ring is damaged.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// How many buffers the device has.
    pub(super) fn in_ring(&self) -> usize {
        self.in_ring.iter().filter(|in_ring| **in_ring).count()
    }
}
