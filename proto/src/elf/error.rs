// SPDX-License-Identifier: GPL-2.0

//! What can be wrong with an ELF image.

use core::fmt;

use crate::DeviceAddr;

/// What is wrong, and where. Offsets and sizes are in bytes, from the image's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// A header or a table ends behind the image.
    Short {
        /// What it is.
        what: &'static str,
        /// Where it begins.
        offset: u64,
        /// How long it is.
        len: u64,
        /// How long the image is.
        size: usize,
    },
    /// The image begins with something else.
    Magic([u8; 4]),
    /// Neither ELF32 nor ELF64.
    Class(u8),
    /// Not little-endian.
    ByteOrder(u8),
    /// Not version 1.
    Version(u32),
    /// The entries of a table have another size than this class has.
    EntrySize {
        /// Which table.
        what: &'static str,
        /// The size it claims for each entry.
        size: u16,
        /// The size an entry has.
        want: usize,
    },
    /// No segment would be loaded.
    NothingToLoad {
        /// How many segments of any kind there are.
        num: u16,
    },
    /// The contents of a segment end behind the image.
    SegmentFile {
        /// Which segment.
        index: usize,
        /// Where its contents begin.
        offset: u64,
        /// How long they are.
        filesz: u64,
        /// How long the image is.
        size: usize,
    },
    /// A segment has more bytes in the image than it occupies in memory.
    SegmentSize {
        /// Which segment.
        index: usize,
        /// Bytes in the image.
        filesz: u64,
        /// Bytes in memory.
        memsz: u64,
    },
    /// A segment goes past the end of the address space.
    SegmentWraps {
        /// Which segment.
        index: usize,
        /// Where it begins.
        da: DeviceAddr,
        /// Bytes in memory.
        memsz: u64,
    },
    /// The section that should hold the names does not exist.
    NameTable {
        /// Its number.
        index: u16,
        /// How many sections there are.
        num: u16,
    },
    /// A section's name does not lie in the table of names.
    SectionName {
        /// Which section.
        index: usize,
        /// Where its name should be in the table.
        offset: u32,
        /// How long the table is.
        size: usize,
    },
    /// The contents of a section that is needed end behind the image.
    SectionFile {
        /// Which section.
        index: usize,
        /// Where its contents begin.
        offset: u64,
        /// How long they are.
        len: u64,
        /// How long the image is.
        size: usize,
    },
    /// A section that is needed has no contents in the image.
    SectionEmpty {
        /// Which section.
        index: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Short {
                what,
                offset,
                len,
                size,
            } => write!(
                f,
                "{len:#x} bytes of ELF {what} should be at offset {offset:#x}, but the image ends at \
                 {size:#x}"
            ),
            Self::Magic(magic) => write!(
                f,
                "the image begins with \"{}\", an ELF image begins with \"\\x7fELF\"",
                magic.escape_ascii()
            ),
            Self::Class(class) => {
                write!(f, "ELF class {class}, it must be 1 (ELF32) or 2 (ELF64)")
            }
            Self::ByteOrder(order) => {
                write!(f, "ELF byte order {order}, it must be 1 (little-endian)")
            }
            Self::Version(version) => write!(f, "ELF version {version}, it must be 1"),
            Self::EntrySize { what, size, want } => {
                write!(f, "ELF {what} of {size} bytes each, they must have {want}")
            }
            Self::NothingToLoad { num } => write!(
                f,
                "none of the {num} ELF segments is to be loaded, there must be one at least"
            ),
            Self::SegmentFile {
                index,
                offset,
                filesz,
                size,
            } => write!(
                f,
                "segment {index} has {filesz:#x} bytes at offset {offset:#x}, but the image ends \
                 at {size:#x}"
            ),
            Self::SegmentSize {
                index,
                filesz,
                memsz,
            } => write!(
                f,
                "segment {index} has {filesz:#x} bytes in the image, but room for only {memsz:#x} \
                 in memory"
            ),
            Self::SegmentWraps { index, da, memsz } => write!(
                f,
                "segment {index} of {memsz:#x} bytes at {da:#x} goes past the end of the address \
                 space"
            ),
            Self::NameTable { index, num } => write!(
                f,
                "the names of the ELF sections should be in section {index}, but there are only \
                 {num}"
            ),
            Self::SectionName {
                index,
                offset,
                size,
            } => write!(
                f,
                "the name of section {index} should be at offset {offset:#x} and end with a zero, \
                 but the table of names ends at {size:#x}"
            ),
            Self::SectionFile {
                index,
                offset,
                len,
                size,
            } => write!(
                f,
                "section {index} has {len:#x} bytes at offset {offset:#x}, but the image ends at \
                 {size:#x}"
            ),
            Self::SectionEmpty { index } => write!(
                f,
                "section {index} is needed, but has no contents in the image"
            ),
        }
    }
}
