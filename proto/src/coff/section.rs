// SPDX-License-Identifier: GPL-2.0

//! Sections.

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

use super::symbol::name;
use super::Coff;
use super::Error;
use super::Version;
use crate::bytes::read;
use crate::bytes::slice;
use crate::DeviceAddr;

const DSECT: u32 = 0x01;
const NOLOAD: u32 = 0x02;
const COPY: u32 = 0x10;
const TEXT: u32 = 0x20;
const BSS: u32 = 0x80;

/// What both generations begin with.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Common {
    name: [u8; 8],
    run: U32,
    load: U32,
    size: U32,
    contents: U32,
    relocations_offset: U32,
    lines_offset: U32,
}

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Header1 {
    common: Common,
    relocations: U16,
    lines: U16,
    flags: U16,
    reserved: u8,
    page: u8,
}

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Header2 {
    common: Common,
    relocations: U32,
    lines: U32,
    flags: U32,
    reserved: U16,
    page: U16,
}

const _: () = assert!(size_of::<Header1>() == 40);
const _: () = assert!(size_of::<Header2>() == 48);

/// A section and its contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section<'a> {
    /// Its number in the image, from 0, for messages. Symbols count from 1.
    pub index: usize,
    /// Its name; any bytes but zero.
    pub name: &'a [u8],
    /// Where it is loaded; it does not wrap.
    pub da: DeviceAddr,
    /// Where it is when it is used: elsewhere, if the program copies it there first.
    pub run: DeviceAddr,
    /// Bytes it occupies in memory.
    pub size: u32,
    /// The flags.
    pub flags: u32,
    /// Where its contents begin in the image, in bytes; 0 if it has none.
    pub offset: u64,
    /// Its contents, `size` bytes, or none if it is not loaded.
    pub data: &'a [u8],
}

impl<'a> Section<'a> {
    /// Whether the contents are to be copied into the processor's memory.
    pub fn is_loaded(&self) -> bool {
        !self.data.is_empty()
    }

    /// Whether it has code.
    pub fn is_text(&self) -> bool {
        self.flags & TEXT != 0
    }

    /// Whether it occupies memory without having contents.
    pub fn is_bss(&self) -> bool {
        self.flags & BSS != 0 && self.flags & (COPY | NOLOAD | DSECT) == 0 && self.size != 0
    }

    fn read(coff: &Coff<'a>, index: usize) -> Option<Result<Self, Error>> {
        if index >= usize::from(coff.header.sections) {
            return None;
        }
        Some(Self::read_header(coff, index))
    }

    fn read_header(coff: &Coff<'a>, index: usize) -> Result<Self, Error> {
        let image = coff.image;
        let len = match coff.header.version {
            Version::Coff1 => size_of::<Header1>(),
            Version::Coff2 => size_of::<Header2>(),
        };
        let at = index
            .saturating_mul(len)
            .saturating_add(coff.header.sections_offset);
        let short = Error::Short {
            what: "section header",
            offset: at as u64,
            len: len as u64,
            size: image.len(),
        };
        let (common, flags) = match coff.header.version {
            Version::Coff1 => {
                let wire: Header1 = read(image, at).ok_or(short)?;
                (wire.common, u32::from(wire.flags.get()))
            }
            Version::Coff2 => {
                let wire: Header2 = read(image, at).ok_or(short)?;
                (wire.common, wire.flags.get())
            }
        };
        let field = image.get(at..).ok_or(short)?;
        let name = name(field, coff.strings, "section", index)?.bytes();
        let (size, offset) = (common.size.get(), u64::from(common.contents.get()));
        let loaded = offset != 0 && size != 0 && flags & (BSS | COPY | NOLOAD | DSECT) == 0;
        let data = if loaded {
            slice(image, offset, size.into()).ok_or(Error::SectionContents {
                index,
                offset,
                len: size,
                size: image.len(),
            })?
        } else {
            &[]
        };
        let da = common.load.get();
        if loaded && da.checked_add(size.saturating_sub(1)).is_none() {
            return Err(Error::SectionWraps {
                index,
                da: da.into(),
                len: size,
            });
        }
        Ok(Self {
            index,
            name,
            da: da.into(),
            run: common.run.get().into(),
            size,
            flags,
            offset,
            data,
        })
    }
}

/// Checks all sections, so that [`Sections`] need not report errors.
pub(super) fn check(coff: &Coff<'_>) -> Result<(), Error> {
    let mut index = 0;
    let mut found = false;
    while let Some(section) = Section::read(coff, index) {
        found |= section?.is_loaded();
        index = index.saturating_add(1);
    }
    if found {
        Ok(())
    } else {
        Err(Error::NothingToLoad { num: index })
    }
}

/// Iterator over the sections of an image.
#[derive(Clone, Debug)]
pub struct Sections<'a> {
    coff: Coff<'a>,
    index: usize,
}

impl<'a> Sections<'a> {
    pub(super) fn new(coff: &Coff<'a>) -> Self {
        Self {
            coff: *coff,
            index: 0,
        }
    }
}

impl<'a> Iterator for Sections<'a> {
    type Item = Section<'a>;

    fn next(&mut self) -> Option<Section<'a>> {
        let section = Section::read(&self.coff, self.index)?.ok()?;
        self.index = self.index.checked_add(1)?;
        Some(section)
    }
}
