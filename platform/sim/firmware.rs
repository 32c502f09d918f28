// SPDX-License-Identifier: GPL-2.0

//! The image that remoteproc loads: an ELF32 file with a resource table, and no code.

use core::mem::offset_of;
use proto::{
    resource_table::wire::{
        self,
        U32, //
    },
    rpmsg, //
};
use zerocopy::{
    little_endian::U16,
    IntoBytes, //
};
use zerocopy_derive::{
    Immutable,
    IntoBytes,
    Unaligned, //
};

/// Size of the processor's RAM, which begins at device address 0, in bytes.
pub(crate) const RAM_LEN: usize = 64 << 10;
/// Where in the RAM the resource table is loaded to.
pub(crate) const TABLE_DA: u32 = 0x1000;
/// Where in the RAM the trace buffer is.
pub(crate) const TRACE_DA: u32 = 0x8000;
/// Its size in bytes.
pub(crate) const TRACE_LEN: u32 = 0x1000;

/// Entries of each vring.
pub(crate) const VRING_NUM: u32 = 256;
/// Alignment of each vring's device part, in bytes.
pub(crate) const VRING_ALIGN: u32 = 4096;

#[derive(IntoBytes, Immutable, Unaligned)]
#[repr(C)]
struct Table {
    header: wire::Header,
    offsets: [U32; 2],
    trace: wire::Trace,
    vdev: wire::Vdev,
    vrings: [wire::Vring; 2],
}

impl Table {
    /// A table whose virtio device offers `features`.
    const fn new(features: u32) -> Self {
        Self {
            header: wire::Header::new(2),
            offsets: [
                U32::new(offset_of!(Table, trace) as u32),
                U32::new(offset_of!(Table, vdev) as u32),
            ],
            trace: wire::Trace::new(TRACE_DA, TRACE_LEN, proto::name!("trace0")),
            vdev: wire::Vdev::new(rpmsg::VIRTIO_ID, features, 2),
            vrings: [wire::Vring::new(wire::ANY, VRING_ALIGN, VRING_NUM); 2],
        }
    }
}

// The fields that Linux writes, as device addresses.

/// The status of the virtio device, a byte.
pub(crate) const STATUS: u32 =
    TABLE_DA + (offset_of!(Table, vdev) + offset_of!(wire::Vdev, status)) as u32;
/// The features that Linux has taken, a u32.
pub(crate) const GFEATURES: u32 =
    TABLE_DA + (offset_of!(Table, vdev) + offset_of!(wire::Vdev, gfeatures)) as u32;

/// The device address of vring `queue`, a u32.
pub(crate) const fn vring_da(queue: u16) -> u32 {
    TABLE_DA
        + offset_of!(Table, vrings) as u32
        + queue as u32 * size_of::<wire::Vring>() as u32
        + offset_of!(wire::Vring, da) as u32
}

/// The notify id of vring `queue`, a u32.
pub(crate) const fn vring_notify_id(queue: u16) -> u32 {
    vring_da(queue) - offset_of!(wire::Vring, da) as u32 + offset_of!(wire::Vring, notifyid) as u32
}

/// Section names: one, after the empty one.
const NAMES: [u8; 17] = *b"\0.resource_table\0";

/// Header of an ELF32 file (System V ABI, "ELF Header").
#[derive(IntoBytes, Immutable, Unaligned)]
#[repr(C)]
struct Header {
    ident: [u8; 16],
    kind: U16,
    machine: U16,
    version: U32,
    entry: U32,
    phoff: U32,
    shoff: U32,
    flags: U32,
    ehsize: U16,
    phentsize: U16,
    phnum: U16,
    shentsize: U16,
    shnum: U16,
    shstrndx: U16,
}

/// Program header (System V ABI, "Program Header").
#[derive(IntoBytes, Immutable, Unaligned)]
#[repr(C)]
struct Segment {
    kind: U32,
    offset: U32,
    vaddr: U32,
    paddr: U32,
    filesz: U32,
    memsz: U32,
    flags: U32,
    align: U32,
}

/// Section header (System V ABI, "Sections").
#[derive(Clone, Copy, IntoBytes, Immutable, Unaligned)]
#[repr(C)]
struct Section {
    name: U32,
    kind: U32,
    flags: U32,
    addr: U32,
    offset: U32,
    size: U32,
    link: U32,
    info: U32,
    align: U32,
    entsize: U32,
}

impl Section {
    const fn new(name: u32, kind: u32, addr: u32, offset: usize, size: usize) -> Self {
        Self {
            name: U32::new(name),
            kind: U32::new(kind),
            flags: U32::ZERO,
            addr: U32::new(addr),
            offset: U32::new(offset as u32),
            size: U32::new(size as u32),
            link: U32::ZERO,
            info: U32::ZERO,
            align: U32::new(1),
            entsize: U32::ZERO,
        }
    }
}

#[derive(IntoBytes, Immutable, Unaligned)]
#[repr(C)]
struct Image {
    header: Header,
    segment: Segment,
    sections: [Section; 3],
    names: [u8; NAMES.len()],
    table: Table,
}

/// `PT_LOAD` and `SHT_PROGBITS` have the same number.
const LOADED: u32 = 1;
/// `SHT_STRTAB`.
const STRINGS: u32 = 3;

impl Image {
    /// An image whose virtio device offers `features`.
    const fn new(features: u32) -> Self {
        Self {
            header: Header {
                // Magic, 32 bits, little-endian, version 1.
                ident: *b"\x7fELF\x01\x01\x01\0\0\0\0\0\0\0\0\0",
                // An executable file (ET_EXEC) for no machine (EM_NONE).
                kind: U16::new(2),
                machine: U16::ZERO,
                version: U32::new(1),
                entry: U32::ZERO,
                phoff: U32::new(offset_of!(Image, segment) as u32),
                shoff: U32::new(offset_of!(Image, sections) as u32),
                flags: U32::ZERO,
                ehsize: U16::new(size_of::<Header>() as u16),
                phentsize: U16::new(size_of::<Segment>() as u16),
                phnum: U16::new(1),
                shentsize: U16::new(size_of::<Section>() as u16),
                shnum: U16::new(3),
                shstrndx: U16::new(2),
            },
            segment: Segment {
                kind: U32::new(LOADED),
                offset: U32::new(offset_of!(Image, table) as u32),
                vaddr: U32::new(TABLE_DA),
                paddr: U32::new(TABLE_DA),
                filesz: U32::new(size_of::<Table>() as u32),
                memsz: U32::new(size_of::<Table>() as u32),
                flags: U32::new(6),
                align: U32::new(4),
            },
            sections: [
                Section::new(0, 0, 0, 0, 0),
                Section::new(
                    1,
                    LOADED,
                    TABLE_DA,
                    offset_of!(Image, table),
                    size_of::<Table>(),
                ),
                Section::new(0, STRINGS, 0, offset_of!(Image, names), NAMES.len()),
            ],
            names: NAMES,
            table: Table::new(features),
        }
    }
}

static PLAIN: Image = Image::new(rpmsg_remote::FEATURES);
static TELL_BOUND: Image = Image::new(rpmsg_remote::FEATURES | 1 << rpmsg::F_BOUND);

/// The file's bytes. With `tell_bound` the firmware asks to be told who uses its services.
pub(crate) fn image(tell_bound: bool) -> &'static [u8] {
    let image = if tell_bound { &TELL_BOUND } else { &PLAIN };

    image.as_bytes()
}
