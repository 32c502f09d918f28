// SPDX-License-Identifier: GPL-2.0

//! TI's COFF, what its compilers made before ELF: COFF1 and COFF2.
//!
//! No kernel loads it; it is what the firmware of a C6000 DSP under DSP/BIOS comes as, and is
//! converted to something that can be loaded.
//!
//! Source of the format: TI's application report SPRAAO8, "Common Object File Format".

mod error;
mod header;
mod section;
mod symbol;

pub use error::Error;
pub use header::Header;
pub use header::Target;
pub use header::Version;
pub use section::Section;
pub use section::Sections;
pub use symbol::Symbol;
pub use symbol::Symbols;

use crate::DeviceAddr;

/// A COFF image whose headers, names and contents have been checked.
#[derive(Clone, Copy, Debug)]
pub struct Coff<'a> {
    image: &'a [u8],
    header: Header,
    strings: &'a [u8],
}

impl<'a> Coff<'a> {
    /// Whether the image is COFF of a generation that is known here, by its first two bytes.
    pub fn is_coff(image: &[u8]) -> bool {
        header::is_coff(image)
    }

    /// Checks the image's headers, the names of its sections and symbols, and the contents of
    /// every section to be loaded.
    ///
    /// # Errors
    ///
    /// If the image is no little-endian COFF1 or COFF2, if its target counts in words and not in
    /// bytes, if a table, a name or the contents of a section end outside the image, if the
    /// addresses of a section wrap, or if there is nothing to load.
    pub fn parse(image: &'a [u8]) -> Result<Self, Error> {
        let header = Header::parse(image)?;
        if header.target.counts_words() {
            return Err(Error::WordAddressed(header.target));
        }
        let coff = Self {
            image,
            header,
            strings: symbol::strings(image, &header)?,
        };
        section::check(&coff)?;
        symbol::check(&coff)?;
        Ok(coff)
    }

    /// The headers.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Where the processor begins to execute, if the image says.
    pub fn entry(&self) -> Option<DeviceAddr> {
        self.header.entry
    }

    /// The whole image.
    pub fn image(&self) -> &'a [u8] {
        self.image
    }

    /// All sections, in the image's order.
    pub fn sections(&self) -> Sections<'a> {
        Sections::new(self)
    }

    /// The sections to load, in the image's order.
    pub fn segments(&self) -> impl Iterator<Item = Section<'a>> + Clone {
        self.sections().filter(Section::is_loaded)
    }

    /// The first section called `name`.
    pub fn section(&self, name: &str) -> Option<Section<'a>> {
        self.sections().find(|s| s.name == name.as_bytes())
    }

    /// All symbols, in the image's order, without the auxiliary entries.
    pub fn symbols(&self) -> Symbols<'a> {
        Symbols::new(self)
    }

    /// The first symbol called `name` that is defined.
    ///
    /// C names have an underscore in front on C6000, which must be in `name`.
    pub fn symbol(&self, name: &str) -> Option<Symbol<'a>> {
        self.symbols()
            .find(|s| s.name == name.as_bytes() && s.is_defined())
    }
}
