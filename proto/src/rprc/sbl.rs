// SPDX-License-Identifier: GPL-2.0

//! The format of TI's boot loaders (SBL), which begins with RPRC's magic.
//!
//! No kernel ever loaded it; this is to recognise it and to say what is in it. Header: magic,
//! entry address, 0, number of sections, version. Section: address, 0, length, checksum, 0. All
//! are u32.
//!
//! Source of the format: TI's `out2rprc` tool, as in the boot loaders of its SDKs.

use zerocopy::little_endian::U32;
use zerocopy_derive::{
    FromBytes,
    Immutable,
    KnownLayout,
    Unaligned, //
};

use super::wire::MAGIC;
use crate::bytes::read;
use crate::bytes::slice;
use crate::DeviceAddr;

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Header {
    magic: [u8; 4],
    entry: U32,
    reserved: U32,
    sections: U32,
    version: U32,
}

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct SectionHeader {
    da: U32,
    reserved: U32,
    len: U32,
    crc: U32,
    reserved2: U32,
}

const _: () = assert!(size_of::<Header>() == 20);
const _: () = assert!(size_of::<SectionHeader>() == 20);

/// An image for TI's boot loader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sbl<'a> {
    image: &'a [u8],
    /// Where the processor begins to execute.
    pub entry: DeviceAddr,
    /// How many sections it claims to have.
    pub num: u32,
    /// The version that it claims.
    pub version: u32,
}

impl<'a> Sbl<'a> {
    /// The header, if the image is of this format: magic, a third word of 0, and no version that
    /// RPRC has.
    pub fn parse(image: &'a [u8]) -> Option<Self> {
        let header: Header = read(image, 0)?;
        if header.magic != MAGIC
            || header.reserved.get() != 0
            || matches!(header.entry.get(), 1 | 2)
        {
            return None;
        }
        Some(Self {
            image,
            entry: header.entry.get().into(),
            num: header.sections.get(),
            version: header.version.get(),
        })
    }

    /// Address and contents of each section, until there are no more or one is not all there.
    pub fn sections(&self) -> impl Iterator<Item = (DeviceAddr, &'a [u8])> {
        let image = self.image;
        let mut offset = size_of::<Header>();
        (0..self.num).map_while(move |_| {
            let header: SectionHeader = read(image, offset)?;
            let start = offset.checked_add(size_of::<SectionHeader>())?;
            let data = slice(image, start as u64, header.len.get().into())?;
            offset = start.checked_add(data.len())?;
            Some((header.da.get().into(), data))
        })
    }
}
