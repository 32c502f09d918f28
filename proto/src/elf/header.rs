// SPDX-License-Identifier: GPL-2.0

//! The ELF header of both classes, made one.

use core::fmt;

use zerocopy::little_endian::{
    U16,
    U32,
    U64, //
};
use zerocopy_derive::{
    FromBytes,
    Immutable,
    KnownLayout,
    Unaligned, //
};

use super::section::Shdr32;
use super::section::Shdr64;
use super::segment::Phdr32;
use super::segment::Phdr64;
use super::Error;
use crate::bytes::read;
use crate::bytes::slice;
use crate::DeviceAddr;

pub(super) const MAGIC: [u8; 4] = *b"\x7fELF";
const LITTLE_ENDIAN: u8 = 1;
const VERSION: u32 = 1;

/// The size of addresses in an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// 32 bits.
    Elf32,
    /// 64 bits.
    Elf64,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Elf32 => "ELF32",
            Self::Elf64 => "ELF64",
        })
    }
}

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Ident {
    magic: [u8; 4],
    class: u8,
    data: u8,
    version: u8,
    rest: [u8; 9],
}

/// The part of the header that differs between the classes in size only.
macro_rules! ehdr {
    ($name:ident, $word:ty) => {
        #[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
        #[repr(C)]
        struct $name {
            ident: Ident,
            kind: U16,
            machine: U16,
            version: U32,
            entry: $word,
            phoff: $word,
            shoff: $word,
            flags: U32,
            ehsize: U16,
            phentsize: U16,
            phnum: U16,
            shentsize: U16,
            shnum: U16,
            shstrndx: U16,
        }

        impl $name {
            fn parse(image: &[u8], class: Class) -> Result<Header, Error> {
                let wire: $name = read(image, 0).ok_or(Error::Short {
                    what: "header",
                    offset: 0,
                    len: size_of::<$name>() as u64,
                    size: image.len(),
                })?;
                if wire.version.get() != VERSION {
                    return Err(Error::Version(wire.version.get()));
                }
                Ok(Header {
                    class,
                    machine: wire.machine.get(),
                    flags: wire.flags.get(),
                    entry: DeviceAddr(wire.entry.get().into()),
                    segments: Table {
                        what: "segment headers",
                        offset: wire.phoff.get().into(),
                        entry_size: wire.phentsize.get(),
                        num: wire.phnum.get(),
                    },
                    sections: Table {
                        what: "section headers",
                        offset: wire.shoff.get().into(),
                        entry_size: wire.shentsize.get(),
                        num: wire.shnum.get(),
                    },
                    names: wire.shstrndx.get(),
                })
            }
        }
    };
}

ehdr!(Ehdr32, U32);
ehdr!(Ehdr64, U64);

const _: () = assert!(size_of::<Ehdr32>() == 52);
const _: () = assert!(size_of::<Ehdr64>() == 64);

/// A table of equal entries somewhere in the image. Its place is a claim until
/// [`Table::bytes`] has found it there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    what: &'static str,
    offset: u64,
    entry_size: u16,
    pub(super) num: u16,
}

impl Table {
    /// The bytes of the table.
    pub(super) fn bytes<'a>(&self, image: &'a [u8]) -> Result<&'a [u8], Error> {
        let len = u64::from(self.num) * u64::from(self.entry_size);
        slice(image, self.offset, len).ok_or(Error::Short {
            what: self.what,
            offset: self.offset,
            len,
            size: image.len(),
        })
    }

    fn check_entry_size(&self, want: usize) -> Result<(), Error> {
        if self.num != 0 && usize::from(self.entry_size) != want {
            return Err(Error::EntrySize {
                what: self.what,
                size: self.entry_size,
                want,
            });
        }
        Ok(())
    }
}

/// What the header says, of either class.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) class: Class,
    pub(super) machine: u16,
    pub(super) flags: u32,
    pub(super) entry: DeviceAddr,
    pub(super) segments: Table,
    pub(super) sections: Table,
    /// The section that holds the sections' names.
    pub(super) names: u16,
}

impl Header {
    pub(super) fn parse(image: &[u8]) -> Result<Self, Error> {
        let ident: Ident = read(image, 0).ok_or(Error::Short {
            what: "header",
            offset: 0,
            len: size_of::<Ehdr32>() as u64,
            size: image.len(),
        })?;
        if ident.magic != MAGIC {
            return Err(Error::Magic(ident.magic));
        }
        let class = match ident.class {
            1 => Class::Elf32,
            2 => Class::Elf64,
            class => return Err(Error::Class(class)),
        };
        if ident.data != LITTLE_ENDIAN {
            return Err(Error::ByteOrder(ident.data));
        }
        if u32::from(ident.version) != VERSION {
            return Err(Error::Version(ident.version.into()));
        }
        let (header, segment, section) = match class {
            Class::Elf32 => (
                Ehdr32::parse(image, class)?,
                size_of::<Phdr32>(),
                size_of::<Shdr32>(),
            ),
            Class::Elf64 => (
                Ehdr64::parse(image, class)?,
                size_of::<Phdr64>(),
                size_of::<Shdr64>(),
            ),
        };
        header.segments.check_entry_size(segment)?;
        header.sections.check_entry_size(section)?;
        Ok(header)
    }
}
