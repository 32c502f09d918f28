// SPDX-License-Identifier: GPL-2.0

//! Sections, of which only one is wanted.

use zerocopy::little_endian::{
    U32,
    U64, //
};
use zerocopy_derive::{
    FromBytes,
    Immutable,
    KnownLayout,
    Unaligned, //
};

use super::header::Header;
use super::Class;
use super::Error;
use crate::bytes::read;
use crate::bytes::slice;
use crate::DeviceAddr;

const NOBITS: u32 = 8;

macro_rules! shdr {
    ($name:ident, $word:ty) => {
        #[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
        #[repr(C)]
        pub(super) struct $name {
            name: U32,
            kind: U32,
            flags: $word,
            addr: $word,
            offset: $word,
            size: $word,
            link: U32,
            info: U32,
            addralign: $word,
            entsize: $word,
        }

        impl $name {
            fn read(table: &[u8], index: usize) -> Option<Raw> {
                let wire: $name = read(table, index.checked_mul(size_of::<$name>())?)?;
                Some(Raw {
                    name: wire.name.get(),
                    kind: wire.kind.get(),
                    addr: wire.addr.get().into(),
                    offset: wire.offset.get().into(),
                    size: wire.size.get().into(),
                })
            }
        }
    };
}

shdr!(Shdr32, U32);
shdr!(Shdr64, U64);

const _: () = assert!(size_of::<Shdr32>() == 40);
const _: () = assert!(size_of::<Shdr64>() == 64);

/// A section and its contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section<'a> {
    /// Its number in the image's table, for messages.
    pub index: usize,
    /// Where it lies when loaded (`sh_addr`).
    pub da: DeviceAddr,
    /// Where its contents begin in the image, in bytes.
    pub offset: u64,
    /// Its contents in the image.
    pub data: &'a [u8],
}

struct Raw {
    name: u32,
    kind: u32,
    addr: u64,
    offset: u64,
    size: u64,
}

impl Raw {
    fn read(table: &[u8], class: Class, index: usize) -> Option<Self> {
        match class {
            Class::Elf32 => Shdr32::read(table, index),
            Class::Elf64 => Shdr64::read(table, index),
        }
    }

    fn data<'a>(&self, image: &'a [u8], index: usize) -> Result<&'a [u8], Error> {
        if self.kind == NOBITS {
            return Err(Error::SectionEmpty { index });
        }
        slice(image, self.offset, self.size).ok_or(Error::SectionFile {
            index,
            offset: self.offset,
            len: self.size,
            size: image.len(),
        })
    }
}

pub(super) fn find<'a>(
    image: &'a [u8],
    header: &Header,
    wanted: &str,
) -> Result<Option<Section<'a>>, Error> {
    let num = header.sections.num;
    if num == 0 {
        return Ok(None);
    }
    let table = header.sections.bytes(image)?;
    let names_index = usize::from(header.names);
    let names = Raw::read(table, header.class, names_index)
        .ok_or(Error::NameTable {
            index: header.names,
            num,
        })?
        .data(image, names_index)?;

    for index in 0..usize::from(num) {
        let Some(raw) = Raw::read(table, header.class, index) else {
            break;
        };
        if !is_name(names, raw.name, wanted.as_bytes(), index)? {
            continue;
        }
        return Ok(Some(Section {
            index,
            da: DeviceAddr(raw.addr),
            offset: raw.offset,
            data: raw.data(image, index)?,
        }));
    }
    Ok(None)
}

/// Whether the zero-terminated name at `offset` of `names` is `wanted`.
///
/// Looks at no more bytes than `wanted` has, so that a table without zeroes costs nothing.
fn is_name(names: &[u8], offset: u32, wanted: &[u8], index: usize) -> Result<bool, Error> {
    let outside = Error::SectionName {
        index,
        offset,
        size: names.len(),
    };
    let start = usize::try_from(offset).map_err(|_| outside)?;
    let name = names.get(start..).ok_or(outside)?;
    match name.strip_prefix(wanted) {
        Some([0, ..]) => Ok(true),
        Some([]) => Err(outside),
        Some(_) | None => Ok(false),
    }
}
