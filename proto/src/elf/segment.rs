// SPDX-License-Identifier: GPL-2.0

//! Segments to load.

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

const LOAD: u32 = 1;

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(super) struct Phdr32 {
    kind: U32,
    offset: U32,
    vaddr: U32,
    paddr: U32,
    filesz: U32,
    memsz: U32,
    flags: U32,
    align: U32,
}

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub(super) struct Phdr64 {
    kind: U32,
    flags: U32,
    offset: U64,
    vaddr: U64,
    paddr: U64,
    filesz: U64,
    memsz: U64,
    align: U64,
}

const _: () = assert!(size_of::<Phdr32>() == 32);
const _: () = assert!(size_of::<Phdr64>() == 56);

/// A segment to load: copy `data` to `da`, then fill up with zeroes to `memsz` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Its number in the image's table, for messages.
    pub index: usize,
    /// Where it goes.
    pub da: DeviceAddr,
    /// Where its contents begin in the image, in bytes.
    pub offset: u64,
    /// Bytes it occupies in memory: at least as many as `data` has, never 0, and `da + memsz` does
    /// not wrap at the end of the image's address space.
    pub memsz: u64,
    /// `PF_X` 1, `PF_W` 2, `PF_R` 4.
    pub flags: u32,
    /// Its contents in the image.
    pub data: &'a [u8],
}

impl Segment<'_> {
    /// Bytes it has in the image.
    pub fn filesz(&self) -> u64 {
        self.data.len() as u64
    }
}

/// Any entry of the table, as it stands there.
struct Raw {
    kind: u32,
    flags: u32,
    offset: u64,
    da: u64,
    filesz: u64,
    memsz: u64,
}

impl Raw {
    fn read(table: &[u8], class: Class, index: usize) -> Option<Self> {
        match class {
            Class::Elf32 => {
                let wire: Phdr32 = read(table, index.checked_mul(size_of::<Phdr32>())?)?;
                Some(Self {
                    kind: wire.kind.get(),
                    flags: wire.flags.get(),
                    offset: wire.offset.get().into(),
                    da: wire.paddr.get().into(),
                    filesz: wire.filesz.get().into(),
                    memsz: wire.memsz.get().into(),
                })
            }
            Class::Elf64 => {
                let wire: Phdr64 = read(table, index.checked_mul(size_of::<Phdr64>())?)?;
                Some(Self {
                    kind: wire.kind.get(),
                    flags: wire.flags.get(),
                    offset: wire.offset.get(),
                    da: wire.paddr.get(),
                    filesz: wire.filesz.get(),
                    memsz: wire.memsz.get(),
                })
            }
        }
    }

    /// The segment, `None` if it is not one to load.
    fn segment<'a>(
        &self,
        image: &'a [u8],
        class: Class,
        index: usize,
    ) -> Result<Option<Segment<'a>>, Error> {
        if self.kind != LOAD || self.memsz == 0 {
            return Ok(None);
        }
        if self.filesz > self.memsz {
            return Err(Error::SegmentSize {
                index,
                filesz: self.filesz,
                memsz: self.memsz,
            });
        }
        // The last byte's address, since a segment may end where the address space does.
        let space = match class {
            Class::Elf32 => u64::from(u32::MAX),
            Class::Elf64 => u64::MAX,
        };
        match self.da.checked_add(self.memsz - 1) {
            Some(last) if last <= space => {}
            _ => {
                return Err(Error::SegmentWraps {
                    index,
                    da: DeviceAddr(self.da),
                    memsz: self.memsz,
                })
            }
        }
        let data = slice(image, self.offset, self.filesz).ok_or(Error::SegmentFile {
            index,
            offset: self.offset,
            filesz: self.filesz,
            size: image.len(),
        })?;
        Ok(Some(Segment {
            index,
            da: DeviceAddr(self.da),
            offset: self.offset,
            memsz: self.memsz,
            flags: self.flags,
            data,
        }))
    }
}

/// Checks all segments, so that [`Segments`] need not report errors.
pub(super) fn check(image: &[u8], header: &Header) -> Result<(), Error> {
    let table = header.segments.bytes(image)?;
    let mut found = false;
    for index in 0..usize::from(header.segments.num) {
        if let Some(raw) = Raw::read(table, header.class, index) {
            found |= raw.segment(image, header.class, index)?.is_some();
        }
    }
    if found {
        Ok(())
    } else {
        Err(Error::NothingToLoad {
            num: header.segments.num,
        })
    }
}

/// Iterator over the segments to load of an image.
#[derive(Clone, Debug)]
pub struct Segments<'a> {
    image: &'a [u8],
    table: &'a [u8],
    class: Class,
    index: usize,
}

impl<'a> Segments<'a> {
    pub(super) fn new(image: &'a [u8], header: Header) -> Self {
        Self {
            image,
            table: header.segments.bytes(image).unwrap_or(&[]),
            class: header.class,
            index: 0,
        }
    }
}

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        loop {
            let index = self.index;
            let raw = Raw::read(self.table, self.class, index)?;
            self.index = index.checked_add(1)?;
            if let Ok(Some(segment)) = raw.segment(self.image, self.class, index) {
                return Some(segment);
            }
        }
    }
}
