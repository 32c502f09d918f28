// SPDX-License-Identifier: GPL-2.0

//! Firmware formats, behind one trait.
//!
//! A firmware file is untrusted: everything about it was checked when a [`Format`] exists, and
//! what does not fit the processor is reported in one line by whoever uses it.

use core::fmt;
use kernel::prelude::*;
use proto::elf::{
    Elf,
    Segment, //
};

/// A firmware file in memory.
#[derive(Clone, Copy)]
pub(crate) struct File<'a> {
    /// Its name, relative to the firmware search path.
    pub(crate) name: &'a CStr,
    /// What is in it.
    pub(crate) image: &'a [u8],
}

/// The resource table in a firmware file.
#[derive(Clone, Copy)]
pub(crate) struct TableImage<'a> {
    /// Its bytes.
    pub(crate) bytes: &'a [u8],
    /// Where the remote expects to find it, to read what was written back.
    pub(crate) da: u64,
}

/// A firmware file of some format.
pub(crate) trait Format<'a> {
    /// Name of the format, for messages.
    fn name(&self) -> &'static str;

    /// `e_machine` of the processor it was made for; [`None`] if the format does not say.
    fn machine(&self) -> Option<u16>;

    /// Address of the first instruction.
    fn boot_addr(&self) -> u64;

    /// Calls `f` for each segment to load, in the file's order, until it fails.
    fn for_each_segment(&self, f: &mut dyn FnMut(&Segment<'a>) -> Result) -> Result;

    /// The resource table; [`None`] if there is none.
    fn resource_table(&self) -> Result<Option<TableImage<'a>>, Refusal>;
}

/// Why a firmware file can't be used.
pub(crate) enum Refusal {
    /// It is broken ELF.
    Elf(proto::elf::Error),
    /// It begins with nothing that is known.
    Unknown([u8; 4]),
}

impl From<proto::elf::Error> for Refusal {
    fn from(error: proto::elf::Error) -> Self {
        Refusal::Elf(error)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Elf(error) => error.fmt(f),
            Refusal::Unknown(magic) => {
                write!(f, "it begins with ")?;
                magic.iter().try_for_each(|byte| write!(f, "{byte:02x} "))?;
                write!(f, "but firmware begins with 7f 45 4c 46 (ELF)")
            }
        }
    }
}

/// Recognises the format of `image` and checks it.
pub(crate) fn parse(image: &[u8]) -> Result<Elf<'_>, Refusal> {
    if !Elf::is_elf(image) {
        let mut magic = [0; 4];
        magic
            .iter_mut()
            .zip(image)
            .for_each(|(to, from)| *to = *from);
        return Err(Refusal::Unknown(magic));
    }
    Ok(Elf::parse(image)?)
}

impl<'a> Format<'a> for Elf<'a> {
    fn name(&self) -> &'static str {
        match self.class() {
            proto::elf::Class::Elf32 => "ELF32",
            proto::elf::Class::Elf64 => "ELF64",
        }
    }

    fn machine(&self) -> Option<u16> {
        Some(Elf::machine(self))
    }

    fn boot_addr(&self) -> u64 {
        self.entry().0
    }

    fn for_each_segment(&self, f: &mut dyn FnMut(&Segment<'a>) -> Result) -> Result {
        self.segments().try_for_each(|segment| f(&segment))
    }

    fn resource_table(&self) -> Result<Option<TableImage<'a>>, Refusal> {
        let section = self.section(".resource_table")?;
        Ok(section.map(|section| TableImage {
            bytes: section.data,
            da: section.da.0,
        }))
    }
}
