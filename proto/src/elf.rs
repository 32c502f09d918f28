// SPDX-License-Identifier: GPL-2.0

//! The loading view of an ELF image: segments to load, and one section to find.
//!
//! A remote's firmware may be ELF32 or ELF64 whatever the host is; its addresses are the remote's.
//! Device addresses come from `p_paddr`, as mainline takes them, and the boot address is
//! `e_entry`.
//!
//! C header: `include/uapi/linux/elf.h`.

mod error;
mod header;
mod section;
mod segment;

pub use error::Error;
pub use header::Class;
pub use section::Section;
pub use segment::Segment;
pub use segment::Segments;

use header::Header;

use crate::DeviceAddr;

/// Machine number of 32-bit ARM, which the Cortex-M3 is too.
pub const MACHINE_ARM: u16 = 40;
/// Machine number of TI's C6000 DSPs.
pub const MACHINE_C6000: u16 = 140;

/// An ELF image whose headers and loadable segments have been checked.
#[derive(Clone, Copy, Debug)]
pub struct Elf<'a> {
    image: &'a [u8],
    header: Header,
}

impl<'a> Elf<'a> {
    /// Checks the image's header, its table of segments, and every segment to be loaded.
    ///
    /// # Errors
    ///
    /// If the image is no little-endian ELF of version 1, if a table or the contents of a segment
    /// end outside the image, if a segment has more bytes in the file than in memory, if its
    /// addresses wrap, or if there is nothing to load.
    pub fn parse(image: &'a [u8]) -> Result<Self, Error> {
        let header = Header::parse(image)?;
        segment::check(image, &header)?;
        Ok(Self { image, header })
    }

    /// Whether the image is ELF at all, by its first four bytes.
    pub fn is_elf(image: &[u8]) -> bool {
        image.starts_with(&header::MAGIC)
    }

    /// The size of the image's addresses.
    pub fn class(&self) -> Class {
        self.header.class
    }

    /// The machine number, for example [`MACHINE_ARM`].
    pub fn machine(&self) -> u16 {
        self.header.machine
    }

    /// The machine's own flags.
    pub fn flags(&self) -> u32 {
        self.header.flags
    }

    /// Where the remote begins to execute.
    pub fn entry(&self) -> DeviceAddr {
        self.header.entry
    }

    /// The whole image.
    pub fn image(&self) -> &'a [u8] {
        self.image
    }

    /// The segments to load, in the image's order: those of type `PT_LOAD` that occupy memory.
    pub fn segments(&self) -> Segments<'a> {
        Segments::new(self.image, self.header)
    }

    /// The section called `name`, or `None` if there is none (or no table of sections at all, as
    /// in stripped firmware).
    ///
    /// # Errors
    ///
    /// If the table of sections or the table of their names is broken, or if the contents of the
    /// section that was found are not in the image.
    pub fn section(&self, name: &str) -> Result<Option<Section<'a>>, Error> {
        section::find(self.image, &self.header, name)
    }
}
