// SPDX-License-Identifier: GPL-2.0

//! What can be wrong with an RPRC image.

use core::fmt;

use super::Ipc;
use super::MAX_RESOURCES;
use super::MAX_SECTIONS;
use crate::DeviceAddr;

/// What is wrong, and where. Offsets and sizes are in bytes, from the image's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The image ends within the header.
    Short {
        /// How long the image is.
        size: usize,
    },
    /// The image begins with something else.
    Magic([u8; 4]),
    /// Neither version 1 nor 2.
    Version(u32),
    /// An image for TI's boot loader, see [`sbl`](super::sbl).
    Sbl {
        /// Its entry address.
        entry: u32,
    },
    /// The text behind the header ends behind the image.
    HeaderLen {
        /// Bytes of text that the header claims.
        header_len: u32,
        /// How long the image is.
        size: usize,
    },
    /// There are more than [`MAX_SECTIONS`] sections.
    TooManySections {
        /// Where the first one begins that is too many.
        offset: u64,
    },
    /// There are more than [`MAX_RESOURCES`] resource entries.
    TooManyResources {
        /// Where they begin.
        offset: u64,
        /// How many.
        num: usize,
    },
    /// A section of no known type.
    SectionType {
        /// Which section.
        index: usize,
        /// Where it begins.
        offset: u64,
        /// Its type.
        kind: u32,
    },
    /// The contents of a section end behind the image.
    SectionLen {
        /// Which section.
        index: usize,
        /// Where it begins.
        offset: u64,
        /// Bytes of contents that it claims.
        len: u32,
        /// Bytes that are left for them.
        left: u64,
    },
    /// A section goes past the end of the address space.
    SectionWraps {
        /// Which section.
        index: usize,
        /// Where it begins.
        offset: u64,
        /// Where it is to be loaded.
        da: DeviceAddr,
        /// Its length.
        len: u32,
    },
    /// The resource entries come too late.
    ResourcesNotFirst {
        /// Which section they are in.
        index: usize,
        /// Where it begins.
        offset: u64,
    },
    /// There is a second section of resource entries.
    ResourcesTwice {
        /// The first one.
        first: usize,
        /// The second one.
        index: usize,
        /// Where the second one begins.
        offset: u64,
    },
    /// The resource entries end in the middle of one.
    ResourcesLen {
        /// Where the entries begin.
        offset: u64,
        /// Bytes of entries.
        len: usize,
        /// Bytes of one entry.
        entry: usize,
    },
    /// A range that a resource entry names goes past the end of the address space.
    ResourceWraps {
        /// Which entry.
        index: usize,
        /// Where it begins.
        offset: u64,
        /// What it is.
        kind: &'static str,
        /// Where the range begins.
        address: u64,
        /// Its length.
        len: u32,
    },
    /// No section would be loaded.
    NothingToLoad {
        /// How many sections of any kind there are.
        num: usize,
    },
    /// The first carveout has no room for buffers and vrings.
    IpcLen {
        /// Where it begins.
        da: DeviceAddr,
        /// Its length.
        len: u32,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Short { size } => write!(
                f,
                "an RPRC image begins with a header of 12 bytes, but this one ends at {size:#x}"
            ),
            Self::Magic(magic) => write!(
                f,
                "the image begins with \"{}\", an RPRC image begins with \"RPRC\"",
                magic.escape_ascii()
            ),
            Self::Version(version) => {
                write!(f, "RPRC version {version} at offset 0x4, it must be 1 or 2")
            }
            Self::Sbl { entry } => write!(
                f,
                "this is an image for TI's boot loader (SBL), whose format has RPRC's magic, but \
                 the entry address {entry:#x} at offset 0x4 and 0 at 0x8: RPRC has its version \
                 there, 1 or 2; convert the ELF or COFF file that it was made from"
            ),
            Self::HeaderLen { header_len, size } => write!(
                f,
                "the RPRC header says at offset 0x8 that {header_len:#x} bytes of text follow, \
                 but the image ends at {size:#x}: at most {:#x} fit",
                size.saturating_sub(12)
            ),
            Self::TooManySections { offset } => write!(
                f,
                "an RPRC section at offset {offset:#x} follows {MAX_SECTIONS} others, there may be \
                 no more"
            ),
            Self::TooManyResources { offset, num } => write!(
                f,
                "the RPRC resources at offset {offset:#x} are {num}, there may be {MAX_RESOURCES}"
            ),
            Self::SectionType {
                index,
                offset,
                kind,
            } => write!(
                f,
                "RPRC section {index} at offset {offset:#x} has type {kind}, it must be 0 \
                 (resource), 1 (text), 2 (data), 3 (mmu) or 4 (signature)"
            ),
            Self::SectionLen {
                index,
                offset,
                len,
                left,
            } => write!(
                f,
                "RPRC section {index} at offset {offset:#x} has {len:#x} bytes, but the image has \
                 only {left:#x} more"
            ),
            Self::SectionWraps {
                index,
                offset,
                da,
                len,
            } => write!(
                f,
                "RPRC section {index} at offset {offset:#x}, {len:#x} bytes for {da:#x}, goes past \
                 the end of the address space"
            ),
            Self::ResourcesNotFirst { index, offset } => write!(
                f,
                "RPRC section {index} at offset {offset:#x} has the resources, it must be the \
                 first section"
            ),
            Self::ResourcesTwice {
                first,
                index,
                offset,
            } => write!(
                f,
                "RPRC section {index} at offset {offset:#x} has resources, but section {first} has \
                 them already, there must be one such section at most"
            ),
            Self::ResourcesLen { offset, len, entry } => write!(
                f,
                "the RPRC resources at offset {offset:#x} have {len:#x} bytes, it must be a \
                 multiple of {entry:#x}"
            ),
            Self::ResourceWraps {
                index,
                offset,
                kind,
                address,
                len,
            } => write!(
                f,
                "RPRC resource {index} at offset {offset:#x}, a {kind} of {len:#x} bytes at \
                 {address:#x}, goes past the end of the address space"
            ),
            Self::NothingToLoad { num } => write!(
                f,
                "none of the {num} RPRC sections is to be loaded, there must be one of text or \
                 data at least"
            ),
            Self::IpcLen { da, len } => write!(
                f,
                "the first carveout, {len:#x} bytes at {da:#x}, has no room for the buffers and \
                 vrings, it must have {:#x}",
                Ipc::LEN
            ),
        }
    }
}
