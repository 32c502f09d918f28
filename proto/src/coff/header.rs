// SPDX-License-Identifier: GPL-2.0

//! The file header and the optional header.

use core::fmt;

use zerocopy::little_endian::{
    U16,
    U32, //
};
use zerocopy_derive::{
    FromBytes,
    Immutable,
    KnownLayout,
    Unaligned, //
};

use super::Error;
use crate::bytes::read;
use crate::DeviceAddr;

const COFF1: u16 = 0x00c1;
const COFF2: u16 = 0x00c2;
const OPTIONAL: u16 = 0x0108;

const EXECUTABLE: u16 = 0x0002;
const BIG_ENDIAN: u16 = 0x0200;

/// The generation of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Section headers of 40 bytes.
    Coff1,
    /// Section headers of 48 bytes.
    Coff2,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Coff1 => "COFF1",
            Self::Coff2 => "COFF2",
        })
    }
}

/// The processor that an image is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target(pub u16);

impl Target {
    /// ARM.
    pub const TMS470: Self = Self(0x97);
    /// C6000 DSPs.
    pub const C6000: Self = Self(0x99);

    /// TI's name of it, if it is known.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0x92 => "C2000",
            0x93 => "C3x/C4x",
            0x95 => "C8x",
            0x97 => "TMS470",
            0x98 => "C5400",
            0x99 => "C6000",
            0x9c => "C5500",
            0x9d => "C2800",
            0xa0 => "MSP430",
            0xa1 => "C5500+",
            _ => return None,
        })
    }

    /// Whether an address counts more than a byte, so that sizes in the image are no sizes in
    /// bytes.
    pub const fn counts_words(self) -> bool {
        matches!(self.0, 0x92 | 0x93 | 0x98 | 0x9c | 0x9d | 0xa1)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "target {:#x}", self.0),
        }
    }
}

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct FileHeader {
    magic: U16,
    sections: U16,
    time: U32,
    symbols_offset: U32,
    symbols: U32,
    optional: U16,
    flags: U16,
    target: U16,
}

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct OptionalHeader {
    magic: U16,
    version: U16,
    text: U32,
    data: U32,
    bss: U32,
    entry: U32,
    text_start: U32,
    data_start: U32,
}

const _: () = assert!(size_of::<FileHeader>() == 22);
const _: () = assert!(size_of::<OptionalHeader>() == 28);

/// What the headers of an image say. The places of tables are claims, until
/// [`Coff::parse`](super::Coff::parse) has found them there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The generation.
    pub version: Version,
    /// The processor.
    pub target: Target,
    /// The flags.
    pub flags: u16,
    /// How many sections there are.
    pub sections: u16,
    /// Where the section headers begin, in bytes.
    pub sections_offset: usize,
    /// How many symbols there are, with auxiliary entries.
    pub symbols: u32,
    /// Where the table of symbols begins, in bytes.
    pub symbols_offset: u32,
    /// Where the processor begins to execute, if there is an optional header.
    pub entry: Option<DeviceAddr>,
}

/// Whether an image begins with one of the two numbers.
pub(super) fn is_coff(image: &[u8]) -> bool {
    read::<U16>(image, 0).is_some_and(|magic| matches!(magic.get(), COFF1 | COFF2))
}

impl Header {
    /// Reads the headers, of whatever target.
    ///
    /// # Errors
    ///
    /// If the image is no little-endian COFF1 or COFF2, or ends within a header.
    pub fn parse(image: &[u8]) -> Result<Self, Error> {
        let short = |what, offset: usize, len: usize| Error::Short {
            what,
            offset: offset as u64,
            len: len as u64,
            size: image.len(),
        };
        let magic: U16 = read(image, 0).ok_or(short("file header", 0, size_of::<FileHeader>()))?;
        let version = match magic.get() {
            COFF1 => Version::Coff1,
            COFF2 => Version::Coff2,
            magic if matches!(magic.swap_bytes(), COFF1 | COFF2) => return Err(Error::BigEndian),
            magic => return Err(Error::Magic(magic)),
        };
        let file: FileHeader =
            read(image, 0).ok_or(short("file header", 0, size_of::<FileHeader>()))?;
        if file.flags.get() & BIG_ENDIAN != 0 {
            return Err(Error::BigEndian);
        }
        let offset = size_of::<FileHeader>();
        let entry = match usize::from(file.optional.get()) {
            0 => None,
            len if len == size_of::<OptionalHeader>() => {
                let optional: OptionalHeader =
                    read(image, offset).ok_or(short("optional header", offset, len))?;
                if optional.magic.get() != OPTIONAL {
                    return Err(Error::OptionalMagic(optional.magic.get()));
                }
                Some(optional.entry.get().into())
            }
            _ => return Err(Error::OptionalLen(file.optional.get())),
        };
        Ok(Self {
            version,
            target: Target(file.target.get()),
            flags: file.flags.get(),
            sections: file.sections.get(),
            sections_offset: offset + usize::from(file.optional.get()),
            symbols: file.symbols.get(),
            symbols_offset: file.symbols_offset.get(),
            entry,
        })
    }

    /// Whether the image has been linked and can run.
    pub fn is_executable(&self) -> bool {
        self.flags & EXECUTABLE != 0
    }
}
