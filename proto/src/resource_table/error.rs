// SPDX-License-Identifier: GPL-2.0

//! What can be wrong with a resource table.

use core::fmt;

use super::wire::VERSION;
use super::MAX_ENTRIES;

/// What is wrong, and where. Offsets and sizes are in bytes, from the table's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Something ends behind the table.
    Short {
        /// What it is.
        what: &'static str,
        /// Where it begins.
        offset: usize,
        /// How long it is.
        need: usize,
        /// How long the table is.
        size: usize,
    },
    /// The table's version is not 1.
    Version(u32),
    /// Something has bits set that must be zero.
    Reserved {
        /// What it is.
        what: &'static str,
        /// Where it begins.
        offset: usize,
        /// The reserved word.
        value: u32,
    },
    /// The table has more than [`MAX_ENTRIES`] entries.
    TooMany {
        /// How many.
        num: usize,
    },
    /// A vring of a vdev entry has an impossible number of entries.
    VringNum {
        /// Where the vdev entry begins.
        offset: usize,
        /// Which of its vrings.
        index: u8,
        /// The number.
        num: u32,
    },
    /// A vring of a vdev entry has an impossible alignment.
    VringAlign {
        /// Where the vdev entry begins.
        offset: usize,
        /// Which of its vrings.
        index: u8,
        /// The alignment, in bytes.
        align: u32,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Short {
                what,
                offset,
                need,
                size,
            } => write!(
                f,
                "the resource table's {what} at offset {offset:#x} needs {need:#x} bytes, \
                 but the table ends at {size:#x}"
            ),
            Self::Version(version) => write!(
                f,
                "the resource table has version {version}, only version {VERSION} is known"
            ),
            Self::Reserved {
                what,
                offset,
                value,
            } => write!(
                f,
                "the resource table's {what} at offset {offset:#x} has {value:#x} in a \
                 reserved field, it must be 0"
            ),
            Self::TooMany { num } => write!(
                f,
                "the resource table's header at offset 0x0 says {num} entries, there may be \
                 {MAX_ENTRIES}"
            ),
            Self::VringNum { offset, index, num } => write!(
                f,
                "vring {index} of the resource table's vdev at offset {offset:#x} has {num} \
                 entries, it must be a power of two up to 32768"
            ),
            Self::VringAlign {
                offset,
                index,
                align,
            } => write!(
                f,
                "vring {index} of the resource table's vdev at offset {offset:#x} has \
                 alignment {align:#x}, it must be a power of two, at least 4"
            ),
        }
    }
}
