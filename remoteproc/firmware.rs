// SPDX-License-Identifier: GPL-2.0

//! Firmware formats, behind one trait; which one a file has is told by its content.
//!
//! A firmware file is untrusted: everything about it was checked when a [`Format`] exists, and
//! what does not fit the processor is reported in one line by whoever uses it.

mod elf;
mod rprc;

use crate::{
    errno::Errno,
    request::TableImage,
    Device, //
};
use core::fmt;
use kernel::prelude::*;
use proto::{
    elf::Elf,
    rprc::Rprc, //
};

/// A firmware file in memory.
#[derive(Clone, Copy)]
pub(crate) struct File<'a> {
    /// Its name, relative to the firmware search path.
    pub(crate) name: &'a CStr,
    /// What is in it.
    pub(crate) image: &'a [u8],
}

/// What is to be copied to `da`; zeroes follow, up to `memsz` bytes.
pub(crate) struct Segment<'a> {
    /// Its number in the file, for messages.
    pub(crate) index: usize,
    /// Where it goes.
    pub(crate) da: u64,
    /// Bytes it occupies, at least as many as `data` has.
    pub(crate) memsz: u64,
    /// Its contents.
    pub(crate) data: &'a [u8],
}

/// A firmware file of some format.
pub(crate) trait Format<'a> {
    /// Name of the format, for messages.
    fn name(&self) -> &'static str;

    /// `e_machine` of the processor it was made for; [`None`] if the format does not say.
    fn machine(&self) -> Option<u16>;

    /// Addresses of first instructions; the last one counts.
    fn for_each_boot_addr(&self, f: &mut dyn FnMut(u64));

    /// Calls `f` for each segment to load, in the file's order, until it fails.
    fn for_each_segment(&self, f: &mut dyn FnMut(&Segment<'a>) -> Result) -> Result;

    /// Loads all segments of the firmware called `name`.
    fn load(&self, rproc: &Device, name: &CStr) -> Result {
        self.for_each_segment(&mut |segment| rproc.load_segment(name, segment))
    }

    /// Calls `f` with what is in the file and is not used: its place and what it is.
    fn for_each_ignored(&self, _f: &mut dyn FnMut(usize, &dyn fmt::Display)) {}

    /// What the firmware asks for; [`None`] if it asks for nothing.
    fn table(&self) -> Result<Option<TableImage<'a>>, Refusal>;
}

/// Why a firmware file can't be used.
pub(crate) enum Refusal {
    /// It is broken ELF.
    Elf(proto::elf::Error),
    /// It is broken RPRC.
    Rprc(proto::rprc::Error),
    /// Its resource table is broken.
    Table(proto::resource_table::Error),
    /// Its driver refuses it.
    Driver(Error),
    /// It begins with nothing that is known.
    Unknown([u8; 4]),
}

impl From<proto::elf::Error> for Refusal {
    fn from(error: proto::elf::Error) -> Self {
        Refusal::Elf(error)
    }
}

impl From<proto::rprc::Error> for Refusal {
    fn from(error: proto::rprc::Error) -> Self {
        Refusal::Rprc(error)
    }
}

impl From<proto::resource_table::Error> for Refusal {
    fn from(error: proto::resource_table::Error) -> Self {
        Refusal::Table(error)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Elf(error) => error.fmt(f),
            Refusal::Rprc(error) => error.fmt(f),
            Refusal::Table(error) => error.fmt(f),
            Refusal::Driver(error) => write!(f, "its driver refuses it: {}", Errno(*error)),
            Refusal::Unknown(magic) => {
                write!(f, "it begins with ")?;
                magic.iter().try_for_each(|byte| write!(f, "{byte:02x} "))?;
                write!(
                    f,
                    "but firmware begins with 7f 45 4c 46 (ELF) or 52 50 52 43 (RPRC)"
                )
            }
        }
    }
}

/// A checked file of one of the formats.
pub(crate) enum Firmware<'a> {
    Elf(Elf<'a>),
    Rprc(Rprc<'a>),
}

impl<'a> Firmware<'a> {
    /// Recognises the format of `image` and checks it.
    pub(crate) fn parse(image: &'a [u8]) -> Result<Self, Refusal> {
        if Elf::is_elf(image) {
            return Ok(Self::Elf(Elf::parse(image)?));
        }
        if Rprc::is_rprc(image) {
            return Ok(Self::Rprc(Rprc::parse(image)?));
        }
        let mut magic = [0; 4];
        magic
            .iter_mut()
            .zip(image)
            .for_each(|(to, from)| *to = *from);
        Err(Refusal::Unknown(magic))
    }

    /// The file, whatever its format.
    pub(crate) fn format(&self) -> &(dyn Format<'a> + 'a) {
        match self {
            Self::Elf(elf) => elf,
            Self::Rprc(rprc) => rprc,
        }
    }
}
