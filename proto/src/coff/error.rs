// SPDX-License-Identifier: GPL-2.0

//! What can be wrong with a COFF image.

use core::fmt;

use super::Target;
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
    /// The image begins with another number.
    Magic(u16),
    /// Not little-endian.
    BigEndian,
    /// The optional header is of no known length.
    OptionalLen(u16),
    /// The optional header begins with another number.
    OptionalMagic(u16),
    /// The target's addresses count words, and so do the sizes.
    WordAddressed(Target),
    /// The last name of the table of strings has no end.
    StringsEnd {
        /// Where the table begins.
        offset: u64,
        /// How long it is.
        len: u64,
    },
    /// A name lies outside the table of strings.
    Name {
        /// Of what.
        what: &'static str,
        /// Which one.
        index: usize,
        /// Where the name should be in the table.
        offset: u32,
        /// How long the table is.
        size: usize,
    },
    /// The contents of a section end behind the image.
    SectionContents {
        /// Which section.
        index: usize,
        /// Where its contents begin.
        offset: u64,
        /// How long they are.
        len: u32,
        /// How long the image is.
        size: usize,
    },
    /// A section goes past the end of the address space.
    SectionWraps {
        /// Which section.
        index: usize,
        /// Where it is to be loaded.
        da: DeviceAddr,
        /// Its length.
        len: u32,
    },
    /// No section would be loaded.
    NothingToLoad {
        /// How many sections of any kind there are.
        num: usize,
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
                "the COFF {what} should have {len:#x} bytes at offset {offset:#x}, but the image \
                 ends at {size:#x}"
            ),
            Self::Magic(magic) => write!(
                f,
                "the image begins with {magic:#06x}, a COFF image begins with 0x00c1 or 0x00c2"
            ),
            Self::BigEndian => write!(f, "the COFF image is big-endian, it must be little-endian"),
            Self::OptionalLen(len) => write!(
                f,
                "COFF optional header of {len} bytes at offset 0x16, it must have 28 or be missing"
            ),
            Self::OptionalMagic(magic) => write!(
                f,
                "the COFF optional header at offset 0x16 begins with {magic:#06x}, it must begin \
                 with 0x0108"
            ),
            Self::WordAddressed(target) => write!(
                f,
                "the COFF image is for {target}, whose addresses count words; only processors that \
                 count bytes are supported"
            ),
            Self::StringsEnd { offset, len } => write!(
                f,
                "the COFF table of strings, {len:#x} bytes at offset {offset:#x}, must end with a \
                 zero"
            ),
            Self::Name {
                what,
                index,
                offset,
                size,
            } => write!(
                f,
                "the name of COFF {what} {index} should be at offset {offset:#x} of the table of \
                 strings, but the table ends at {size:#x}"
            ),
            Self::SectionContents {
                index,
                offset,
                len,
                size,
            } => write!(
                f,
                "COFF section {index} has {len:#x} bytes at offset {offset:#x}, but the image ends \
                 at {size:#x}"
            ),
            Self::SectionWraps { index, da, len } => write!(
                f,
                "COFF section {index} of {len:#x} bytes at {da:#x} goes past the end of the \
                 address space"
            ),
            Self::NothingToLoad { num } => write!(
                f,
                "none of the {num} COFF sections is to be loaded, there must be one at least"
            ),
        }
    }
}
