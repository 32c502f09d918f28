// SPDX-License-Identifier: GPL-2.0

//! The memory that a split ring's driver shares with the device.
//!
//! C header: `include/uapi/linux/virtio_ring.h`.

use amp_bindings as bindings;
use core::ptr::NonNull;
use kernel::prelude::*;

/// The three arrays of a ring. See [`proto::vring`] for what is in them.
///
/// All accesses are single and volatile, since the device reads and writes, too.
///
/// # Invariants
///
/// - The pointers are those of a living virtqueue's `struct vring` with `mask + 1` entries, a power
///   of two.
/// - Nobody else in the kernel writes the arrays.
pub(super) struct Arrays {
    desc: NonNull<bindings::vring_desc>,
    /// Flags, index, entries, event index.
    avail: NonNull<u16>,
    /// Flags, index; entries of two `u32`; event index.
    used: NonNull<u16>,
    mask: u16,
}

impl Arrays {
    /// Those of `vring`.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if it has none, or not as many entries as a ring can have.
    ///
    /// # Safety
    ///
    /// `vring` must be that of a virtqueue which is valid as long as this exists, and whose arrays nobody
    /// else in the kernel writes.
    pub(super) unsafe fn new(vring: &bindings::vring) -> Result<Self> {
        let mask = u16::try_from(vring.num.wrapping_sub(1)).map_err(|_| EINVAL)?;
        if !vring.num.is_power_of_two() {
            return Err(EINVAL);
        }
        // INVARIANT: By the function's requirements.
        Ok(Self {
            desc: NonNull::new(vring.desc).ok_or(EINVAL)?,
            avail: NonNull::new(vring.avail).ok_or(EINVAL)?.cast(),
            used: NonNull::new(vring.used).ok_or(EINVAL)?.cast(),
            mask,
        })
    }

    /// Writes descriptor `slot`.
    pub(super) fn set_desc(&self, slot: u16, desc: bindings::vring_desc) {
        // SAFETY: By the type invariants there is such a descriptor, and writing it is allowed.
        unsafe {
            self.desc
                .add(usize::from(slot & self.mask))
                .write_volatile(desc)
        };
    }

    /// Writes the length of descriptor `slot`, in bytes.
    #[inline(always)]
    pub(super) fn set_len(&self, slot: u16, len: u32) {
        // SAFETY: As in `set_desc`.
        unsafe {
            let desc = self.desc.add(usize::from(slot & self.mask)).as_ptr();
            (&raw mut (*desc).len).write_volatile(len);
        }
    }

    /// A field of the driver's array: 0 its flags, 1 its index, then the entries.
    ///
    /// # Safety
    ///
    /// `field` must be at most `mask + 3`, the event index.
    #[inline(always)]
    unsafe fn set_avail(&self, field: usize, value: u16) {
        // SAFETY: By the type invariants and the function's requirements.
        unsafe { self.avail.add(field).write_volatile(value) };
    }

    /// What the driver says of callbacks, without event indices.
    #[inline(always)]
    pub(super) fn set_avail_flags(&self, flags: u16) {
        // SAFETY: All arrays have flags.
        unsafe { self.set_avail(0, flags) };
    }

    /// The driver's index: the buffers before it are the device's.
    #[inline(always)]
    pub(super) fn set_avail_idx(&self, index: u16) {
        // SAFETY: The index comes after the flags.
        unsafe { self.set_avail(1, index) };
    }

    /// The buffer at `index` of the driver's entries.
    #[inline(always)]
    pub(super) fn set_avail_entry(&self, index: u16, id: u16) {
        // SAFETY: What is masked is at most `mask`.
        unsafe { self.set_avail(2 + usize::from(index & self.mask), id) };
    }

    /// At which index of the device the driver wants a callback.
    #[inline(always)]
    pub(super) fn set_used_event(&self, index: u16) {
        // SAFETY: This is the last one.
        unsafe { self.set_avail(3 + usize::from(self.mask), index) };
    }

    /// What the device says of notifications, without event indices.
    #[inline(always)]
    pub(super) fn used_flags(&self) -> u16 {
        // SAFETY: By the type invariants.
        unsafe { self.used.read_volatile() }
    }

    /// The device's index: the buffers before it were used.
    #[inline(always)]
    pub(super) fn used_idx(&self) -> u16 {
        // SAFETY: By the type invariants.
        unsafe { self.used.add(1).read_volatile() }
    }

    /// Which buffer the device has used, and the length that it claims.
    #[inline(always)]
    pub(super) fn used_entry(&self, index: u16) -> (u32, u32) {
        // SAFETY: By the type invariants, as what is masked is at most `mask`; the array is aligned
        // to words, the entries have two each.
        unsafe {
            let entry = self
                .used
                .cast::<u32>()
                .add(1 + 2 * usize::from(index & self.mask));
            (entry.read_volatile(), entry.add(1).read_volatile())
        }
    }

    /// At which index of the driver the device wants a notification.
    #[inline(always)]
    pub(super) fn avail_event(&self) -> u16 {
        // SAFETY: By the type invariants this comes after the entries, which have four `u16` each.
        unsafe {
            self.used
                .add(2 + 4 * (usize::from(self.mask) + 1))
                .read_volatile()
        }
    }
}
