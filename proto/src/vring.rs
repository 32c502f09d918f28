// SPDX-License-Identifier: GPL-2.0

//! Split virtqueues: where their parts lie, and what is in them.
//!
//! A ring is three arrays in shared memory. The *driver* (Linux) fills descriptors and makes them
//! available, the *device* (the remote) uses them and says so:
//!
//! ```text
//! 0            descriptors, 16 bytes each          written by the driver
//! avail()      flags, idx, ring[num], used_event   written by the driver
//!              ... padding to align ...
//! used()       flags, idx, ring[num] of (id, len), avail_event   written by the device
//! ```
//!
//! C header: `include/uapi/linux/virtio_ring.h`; the legacy layout with its alignment is what
//! remoteproc uses.

mod device;
mod layout;

pub use device::Chain;
pub use device::Fault;
pub use device::Memory;
pub use device::Queue;
pub use layout::Error;
pub use layout::Layout;
pub use layout::MAX_NUM;

use zerocopy::little_endian::{
    U16,
    U32,
    U64, //
};
use zerocopy_derive::{
    FromBytes,
    Immutable,
    IntoBytes,
    KnownLayout,
    Unaligned, //
};

use crate::DeviceAddr;

/// Feature bit (`VIRTIO_RING_F_EVENT_IDX`): each side says with an index which of the other's
/// buffers it wants to be kicked for, in place of a flag for all or none.
pub const F_EVENT_IDX: u32 = 29;

/// The descriptor goes on at `next` (`VRING_DESC_F_NEXT`).
pub const DESC_F_NEXT: u16 = 1 << 0;
/// The device writes this buffer (`VRING_DESC_F_WRITE`).
pub const DESC_F_WRITE: u16 = 1 << 1;
/// The buffer holds more descriptors (`VRING_DESC_F_INDIRECT`).
pub const DESC_F_INDIRECT: u16 = 1 << 2;
/// In `avail.flags`: the device need not kick when it has used something
/// (`VRING_AVAIL_F_NO_INTERRUPT`). Without [`F_EVENT_IDX`] only.
pub const AVAIL_F_NO_INTERRUPT: u16 = 1 << 0;
/// In `used.flags`: the driver need not kick when it has made something available
/// (`VRING_USED_F_NO_NOTIFY`). Without [`F_EVENT_IDX`] only.
pub const USED_F_NO_NOTIFY: u16 = 1 << 0;

/// A descriptor: one buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Desc {
    /// Where the device finds the buffer.
    pub addr: DeviceAddr,
    /// Its size in bytes.
    pub len: u32,
    /// A union of `DESC_F_*`.
    pub flags: u16,
    /// The next descriptor of the chain, with [`DESC_F_NEXT`].
    pub next: u16,
}

#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct WireDesc {
    addr: U64,
    len: U32,
    flags: U16,
    next: U16,
}

impl Desc {
    /// Bytes of a descriptor.
    pub const LEN: usize = 16;

    /// Decodes a descriptor.
    #[inline]
    pub fn decode(bytes: &[u8; Self::LEN]) -> Self {
        let wire: WireDesc = zerocopy::transmute!(*bytes);
        Self {
            addr: DeviceAddr(wire.addr.get()),
            len: wire.len.get(),
            flags: wire.flags.get(),
            next: wire.next.get(),
        }
    }

    /// Encodes the descriptor as it lies in memory.
    #[inline]
    pub fn encode(&self) -> [u8; Self::LEN] {
        zerocopy::transmute!(WireDesc {
            addr: U64::new(self.addr.0),
            len: U32::new(self.len),
            flags: U16::new(self.flags),
            next: U16::new(self.next),
        })
    }

    /// Whether the device is to write the buffer, not to read it.
    #[inline]
    pub const fn is_write(&self) -> bool {
        self.flags & DESC_F_WRITE != 0
    }
}

/// An element of the used ring: a buffer that goes back to the driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// The head of the descriptor chain.
    pub id: u32,
    /// Bytes that the device wrote into it.
    pub len: u32,
}

impl Used {
    /// Bytes of an element.
    pub const LEN: usize = 8;

    /// Decodes an element.
    #[inline]
    pub fn decode(bytes: &[u8; Self::LEN]) -> Self {
        let [id, len]: [U32; 2] = zerocopy::transmute!(*bytes);
        Self {
            id: id.get(),
            len: len.get(),
        }
    }

    /// Encodes the element as it lies in memory.
    #[inline]
    pub fn encode(&self) -> [u8; Self::LEN] {
        zerocopy::transmute!([U32::new(self.id), U32::new(self.len)])
    }
}

/// Whether a side that wants to be kicked for the entry with the free-running index `event` is to
/// be kicked now that the index has gone from `old` to `new` (`vring_need_event()`).
#[inline]
pub const fn need_event(event: u16, new: u16, old: u16) -> bool {
    new.wrapping_sub(event).wrapping_sub(1) < new.wrapping_sub(old)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events() {
        for start in [0, 1000, u16::MAX - 2, u16::MAX] {
            let index = |offset: u16| start.wrapping_add(offset);
            // Entry 3 is added, alone or among others.
            assert!(need_event(index(3), index(4), index(3)));
            assert!(need_event(index(3), index(9), index(0)));
            assert!(need_event(index(3), index(4), index(0)));
            // Not yet, and long ago.
            assert!(!need_event(index(3), index(3), index(0)));
            assert!(!need_event(index(3), index(9), index(4)));
            // Nothing is added.
            assert!(!need_event(index(3), index(4), index(4)));
        }
    }

    #[test]
    fn elements() {
        let desc = Desc {
            addr: DeviceAddr(0x1122_3344_5566_7788),
            len: 512,
            flags: DESC_F_WRITE,
            next: 7,
        };
        let bytes = desc.encode();
        assert_eq!(
            bytes,
            [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0, 2, 0, 0, 2, 0, 7, 0]
        );
        assert_eq!(Desc::decode(&bytes), desc);
        assert!(desc.is_write());
        let used = Used { id: 3, len: 0x104 };
        assert_eq!(used.encode(), [3, 0, 0, 0, 4, 1, 0, 0]);
        assert_eq!(Used::decode(&used.encode()), used);
    }
}
