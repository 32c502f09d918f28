// SPDX-License-Identifier: GPL-2.0

//! RPRC as it lies in a file. All fields are little-endian and unaligned.

use zerocopy_derive::{
    FromBytes,
    Immutable,
    IntoBytes,
    KnownLayout,
    Unaligned, //
};

pub use zerocopy::little_endian::{
    U32,
    U64, //
};

/// The first four bytes.
pub const MAGIC: [u8; 4] = *b"RPRC";

/// What TI's generator writes as [`Header::header_len`], so that sections begin at 1024.
pub const TEXT_LEN: u32 = 1012;

/// Bytes of the name of a resource.
pub const NAME_LEN: usize = 48;

/// Start of an image; `header_len` bytes of text follow.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Header {
    /// [`MAGIC`].
    pub magic: [u8; 4],
    /// 1 or 2.
    pub version: U32,
    /// Bytes of text between this header and the first section.
    pub header_len: U32,
}

/// Start of a section; `len` bytes of contents follow.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Section {
    /// One of [`section`].
    pub kind: U32,
    /// Device address at which the contents go.
    pub da: U64,
    /// Bytes of contents.
    pub len: U32,
}

/// Types of sections.
pub mod section {
    /// An array of [`ResourceV1`](super::ResourceV1) or [`ResourceV2`](super::ResourceV2).
    pub const RESOURCE: u32 = 0;
    /// Code.
    pub const TEXT: u32 = 1;
    /// Data; handled like code.
    pub const DATA: u32 = 2;
    /// Page table of the remote's MMU, for TI's secure mode.
    pub const MMU: u32 = 3;
    /// Signature, for TI's secure mode.
    pub const SIGNATURE: u32 = 4;
}

/// Types of resource entries in version 1.
pub mod v1 {
    /// Memory that the remote uses.
    pub const MEMORY: u32 = 0;
    /// A device that the remote uses.
    pub const DEVICE: u32 = 1;
    /// An interrupt that the remote uses.
    pub const IRQ: u32 = 2;
    /// A service that the remote offers.
    pub const SERVICE: u32 = 3;
    /// The remote's log.
    pub const TRACE: u32 = 4;
    /// Where to begin to execute.
    pub const BOOTADDR: u32 = 5;
}

/// Types of resource entries in version 2.
pub mod v2 {
    /// Memory for the remote.
    pub const CARVEOUT: u32 = 0;
    /// A physical range that the remote wants to see.
    pub const DEVMEM: u32 = 1;
    /// A device that the remote uses.
    pub const DEVICE: u32 = 2;
    /// An interrupt that the remote uses.
    pub const IRQ: u32 = 3;
    /// The remote's log.
    pub const TRACE: u32 = 4;
    /// Where to begin to execute.
    pub const BOOTADDR: u32 = 5;
    /// Where the remote saves its registers when it crashes.
    pub const CRASHDUMP: u32 = 6;
    /// Where the remote notes that it can be suspended.
    pub const SUSPENDADDR: u32 = 7;
}

/// A resource entry of version 1.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct ResourceV1 {
    /// One of [`v1`].
    pub kind: U32,
    /// Device address.
    pub da: U64,
    /// Size in bytes.
    pub len: U32,
    /// Nobody's.
    pub reserved: U32,
    /// For humans.
    pub name: [u8; NAME_LEN],
}

/// A resource entry of version 2.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct ResourceV2 {
    /// One of [`v2`].
    pub kind: U32,
    /// Device address.
    pub da: U64,
    /// Physical address; 0 in a carveout means that the host chooses, and writes back.
    pub pa: U64,
    /// Size in bytes.
    pub len: U32,
    /// IOMMU protection flags.
    pub flags: U32,
    /// For humans.
    pub name: [u8; NAME_LEN],
}

const _: () = assert!(size_of::<Header>() == 12);
const _: () = assert!(size_of::<Section>() == 16);
const _: () = assert!(size_of::<ResourceV1>() == 68);
const _: () = assert!(size_of::<ResourceV2>() == 76);
