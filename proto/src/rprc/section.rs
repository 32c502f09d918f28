// SPDX-License-Identifier: GPL-2.0

//! Sections, and the rules for all of them together.

use core::fmt;

use super::resource;
use super::wire;
use super::Error;
use super::Rprc;
use super::Version;
use super::MAX_SECTIONS;
use crate::bytes::read;
use crate::bytes::slice;
use crate::DeviceAddr;

/// What a section is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Resource entries.
    Resource,
    /// Code to load.
    Text,
    /// Data to load.
    Data,
    /// A page table for TI's secure mode: to be skipped, with a notice.
    Mmu,
    /// A signature for TI's secure mode: to be skipped, with a notice.
    Signature,
}

impl Kind {
    fn from_wire(kind: u32) -> Option<Self> {
        Some(match kind {
            wire::section::RESOURCE => Self::Resource,
            wire::section::TEXT => Self::Text,
            wire::section::DATA => Self::Data,
            wire::section::MMU => Self::Mmu,
            wire::section::SIGNATURE => Self::Signature,
            _ => return None,
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resource => "resource",
            Self::Text => "text",
            Self::Data => "data",
            Self::Mmu => "mmu",
            Self::Signature => "signature",
        })
    }
}

/// A section and its contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section<'a> {
    /// Its number in the image, for messages.
    pub index: usize,
    /// What it is for.
    pub kind: Kind,
    /// Where it goes; `da + data.len()` does not wrap, but at the end of the address space.
    pub da: DeviceAddr,
    /// Where its contents begin in the image, in bytes.
    pub offset: u64,
    /// Its contents.
    pub data: &'a [u8],
}

impl Section<'_> {
    /// Whether the contents are to be copied into the remote's memory.
    pub fn is_loaded(&self) -> bool {
        matches!(self.kind, Kind::Text | Kind::Data) && !self.data.is_empty()
    }
}

/// What the sections begin with at `offset`: `Ok(None)` at the end of the image.
///
/// A tail that has no room for a section with contents is no section, as in the framework's own
/// loader.
fn section_at(image: &[u8], index: usize, offset: u64) -> Result<Option<Section<'_>>, Error> {
    const HEADER: u64 = size_of::<wire::Section>() as u64;

    let left = (image.len() as u64).saturating_sub(offset);
    if left <= HEADER {
        return Ok(None);
    }
    let Some(wire) = usize::try_from(offset)
        .ok()
        .and_then(|offset| read::<wire::Section>(image, offset))
    else {
        return Ok(None);
    };
    let kind = Kind::from_wire(wire.kind.get()).ok_or(Error::SectionType {
        index,
        offset,
        kind: wire.kind.get(),
    })?;
    let len = wire.len.get();
    let contents = offset.saturating_add(HEADER);
    let data = slice(image, contents, len.into()).ok_or(Error::SectionLen {
        index,
        offset,
        len,
        left: left - HEADER,
    })?;
    let da = wire.da.get();
    if da.checked_add(u64::from(len).saturating_sub(1)).is_none() {
        return Err(Error::SectionWraps {
            index,
            offset,
            da: DeviceAddr(da),
            len,
        });
    }
    Ok(Some(Section {
        index,
        kind,
        da: DeviceAddr(da),
        offset: contents,
        data,
    }))
}

/// Checks all sections, so that [`Sections`] need not report errors.
pub(super) fn check(rprc: &Rprc<'_>) -> Result<(), Error> {
    let mut offset = rprc.first;
    let mut index = 0;
    let mut resources = None;
    let mut found = false;
    while let Some(section) = section_at(rprc.image, index, offset)? {
        if index >= MAX_SECTIONS {
            return Err(Error::TooManySections { offset });
        }
        found |= section.is_loaded();
        if section.kind == Kind::Resource {
            // What is loaded before the carveouts are there would go nowhere. Of version 1 there
            // are images whose boot code comes before everything else.
            if index != 0 && rprc.version == Version::V2 && resources.is_none() {
                return Err(Error::ResourcesNotFirst { index, offset });
            }
            if let Some(first) = resources.replace(index) {
                return Err(Error::ResourcesTwice {
                    first,
                    index,
                    offset,
                });
            }
            resource::check(section, rprc.version)?;
        }
        offset = section.offset.saturating_add(section.data.len() as u64);
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
    image: &'a [u8],
    index: usize,
    offset: u64,
}

impl<'a> Sections<'a> {
    pub(super) fn new(image: &'a [u8], offset: u64) -> Self {
        Self {
            image,
            index: 0,
            offset,
        }
    }
}

impl<'a> Iterator for Sections<'a> {
    type Item = Section<'a>;

    fn next(&mut self) -> Option<Section<'a>> {
        let section = section_at(self.image, self.index, self.offset).ok()??;
        self.index = self.index.checked_add(1)?;
        self.offset = section.offset.checked_add(section.data.len() as u64)?;
        Some(section)
    }
}
