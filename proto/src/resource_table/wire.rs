// SPDX-License-Identifier: GPL-2.0

//! The resource table as it lies in memory.
//!
//! Firmware declares its table as a static of these types, for example
//!
//! ```
//! use proto::{name, resource_table::wire};
//!
//! #[repr(C)]
//! struct Table {
//!     header: wire::Header,
//!     offsets: [wire::U32; 1],
//!     trace: wire::Trace,
//! }
//!
//! static TABLE: Table = Table {
//!     header: wire::Header::new(1),
//!     offsets: [wire::U32::new(20)],
//!     trace: wire::Trace::new(0x8000_0000, 0x1000, name!("trace0")),
//! };
//! # assert_eq!(size_of_val(&TABLE), 20 + 48);
//! ```
//!
//! All fields are little-endian and unaligned.

use zerocopy_derive::{
    FromBytes,
    Immutable,
    IntoBytes,
    KnownLayout,
    Unaligned, //
};

pub use zerocopy::little_endian::U32;

use crate::Name;

/// The only version.
pub const VERSION: u32 = 1;

/// Type of a [`Memory`] entry that asks for memory (`RSC_CARVEOUT`).
pub const CARVEOUT: u32 = 0;
/// Type of a [`Memory`] entry that asks for a mapping (`RSC_DEVMEM`).
pub const DEVMEM: u32 = 1;
/// Type of a [`Trace`] entry (`RSC_TRACE`).
pub const TRACE: u32 = 2;
/// Type of a [`Vdev`] entry (`RSC_VDEV`).
pub const VDEV: u32 = 3;

/// The address that means "any".
pub const ANY: u32 = u32::MAX;

/// Start of the table; `num` offsets of entries follow, a [`U32`] each, in bytes from here.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Header {
    /// [`VERSION`].
    pub ver: U32,
    /// The number of entries.
    pub num: U32,
    /// Zero.
    pub reserved: [U32; 2],
}

impl Header {
    /// The header of a table of `num` entries.
    pub const fn new(num: u32) -> Self {
        Self {
            ver: U32::new(VERSION),
            num: U32::new(num),
            reserved: [U32::ZERO; 2],
        }
    }
}

/// A [`CARVEOUT`] or [`DEVMEM`] entry.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Memory {
    /// [`CARVEOUT`] or [`DEVMEM`].
    pub kind: U32,
    /// Device address. The host writes back what it chose if a carveout says [`ANY`].
    pub da: U32,
    /// Physical address. The host writes back what it chose for a carveout.
    pub pa: U32,
    /// Size in bytes.
    pub len: U32,
    /// IOMMU protection flags.
    pub flags: U32,
    /// Zero.
    pub reserved: U32,
    /// For humans.
    pub name: [u8; Name::LEN],
}

impl Memory {
    /// Asks for `len` bytes of memory at device address `da` (or [`ANY`]), wherever they are.
    pub const fn carveout(da: u32, len: u32, name: Name) -> Self {
        Self::new(CARVEOUT, da, ANY, len, name)
    }

    /// Asks for a mapping of the `len` bytes at physical address `pa` to device address `da`.
    pub const fn devmem(da: u32, pa: u32, len: u32, name: Name) -> Self {
        Self::new(DEVMEM, da, pa, len, name)
    }

    const fn new(kind: u32, da: u32, pa: u32, len: u32, name: Name) -> Self {
        Self {
            kind: U32::new(kind),
            da: U32::new(da),
            pa: U32::new(pa),
            len: U32::new(len),
            flags: U32::ZERO,
            reserved: U32::ZERO,
            name: name.to_wire(),
        }
    }
}

/// A [`TRACE`] entry.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Trace {
    /// [`TRACE`].
    pub kind: U32,
    /// Device address of the trace buffer.
    pub da: U32,
    /// Its size in bytes.
    pub len: U32,
    /// Zero.
    pub reserved: U32,
    /// For humans.
    pub name: [u8; Name::LEN],
}

impl Trace {
    /// Announces a trace buffer of `len` bytes at device address `da`.
    pub const fn new(da: u32, len: u32, name: Name) -> Self {
        Self {
            kind: U32::new(TRACE),
            da: U32::new(da),
            len: U32::new(len),
            reserved: U32::ZERO,
            name: name.to_wire(),
        }
    }
}

/// A [`VDEV`] entry; `num_of_vrings` times a [`Vring`] follows, then the config space.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Vdev {
    /// [`VDEV`].
    pub kind: U32,
    /// The virtio device id.
    pub id: U32,
    /// The number by which the host kicks for a change of the config space; written back.
    pub notifyid: U32,
    /// The features that the remote offers, a bit each.
    pub dfeatures: U32,
    /// The features that the host has taken; written back.
    pub gfeatures: U32,
    /// Size of the config space in bytes.
    pub config_len: U32,
    /// The device's virtio status; the host writes it.
    pub status: u8,
    /// The number of vrings.
    pub num_of_vrings: u8,
    /// Zero.
    pub reserved: [u8; 2],
}

impl Vdev {
    /// A virtio device of type `id` with `num_of_vrings` rings and no config space, which offers
    /// `dfeatures`.
    pub const fn new(id: u32, dfeatures: u32, num_of_vrings: u8) -> Self {
        Self {
            kind: U32::new(VDEV),
            id: U32::new(id),
            notifyid: U32::ZERO,
            dfeatures: U32::new(dfeatures),
            gfeatures: U32::ZERO,
            config_len: U32::ZERO,
            status: 0,
            num_of_vrings,
            reserved: [0; 2],
        }
    }
}

/// One ring of a [`Vdev`].
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Vring {
    /// Device address. The host writes back what it chose.
    pub da: U32,
    /// Alignment between the driver's and the device's part, in bytes.
    pub align: U32,
    /// The number of entries.
    pub num: U32,
    /// The number of this ring in kicks; written back.
    pub notifyid: U32,
    /// Physical address; written back by some hosts.
    pub pa: U32,
}

impl Vring {
    /// A ring of `num` entries at `da` (or [`ANY`]).
    pub const fn new(da: u32, align: u32, num: u32) -> Self {
        Self {
            da: U32::new(da),
            align: U32::new(align),
            num: U32::new(num),
            notifyid: U32::ZERO,
            pa: U32::ZERO,
        }
    }
}

const _: () = assert!(size_of::<Header>() == 16);
const _: () = assert!(size_of::<Memory>() == 56);
const _: () = assert!(size_of::<Trace>() == 48);
const _: () = assert!(size_of::<Vdev>() == 28);
const _: () = assert!(size_of::<Vring>() == 20);
