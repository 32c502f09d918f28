// SPDX-License-Identifier: GPL-2.0

//! RPRC, the binary firmware format that remoteproc had before it took ELF.
//!
//! Twelve bytes of header, some free text, then sections back to back until the file ends. There
//! is no count and no checksum, so the only way to notice a broken file is to insist on every
//! number in it. Two generations exist, which differ in their resource entries: [`Version::V1`] is
//! that of the framework's first posting (June 2011), [`Version::V2`] that of TI's products.
//!
//! TI's later boot loaders use the same magic for something else, see [`sbl`].
//!
//! Source of the format: the generator in the `src/utils` folder of TI's `sysbios-rpmsg`, and the
//! framework's postings of 2011.

mod error;
mod ipc;
mod resource;
pub mod sbl;
mod section;
pub mod wire;

pub use error::Error;
pub use ipc::Ipc;
pub use resource::Entry;
pub use resource::Resource;
pub use resource::ResourceName;
pub use resource::Resources;
pub use section::Kind;
pub use section::Section;
pub use section::Sections;

use crate::bytes::read;
use crate::bytes::slice;
use crate::DeviceAddr;

/// The most sections of an image: many times what any firmware has. Each of those that are not
/// loaded leads to a message.
pub const MAX_SECTIONS: usize = 4096;

/// The most resource entries of an image, for the same reason.
pub const MAX_RESOURCES: usize = 1024;

/// The generation of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Resource entries of 68 bytes, without physical addresses.
    V1,
    /// Resource entries of 76 bytes.
    V2,
}

impl Version {
    /// The number in the header.
    pub const fn number(self) -> u32 {
        match self {
            Self::V1 => 1,
            Self::V2 => 2,
        }
    }
}

/// An RPRC image whose header, sections and resource entries have been checked.
#[derive(Clone, Copy, Debug)]
pub struct Rprc<'a> {
    image: &'a [u8],
    version: Version,
    text: &'a [u8],
    first: u64,
}

impl<'a> Rprc<'a> {
    /// Whether the image is RPRC or a format that looks like it, by its first four bytes.
    pub fn is_rprc(image: &[u8]) -> bool {
        image.starts_with(&wire::MAGIC)
    }

    /// Checks the image's header, all of its sections, and all of its resource entries.
    ///
    /// # Errors
    ///
    /// If the image is no RPRC of version 1 or 2 (in particular if it is of the boot loader's
    /// format, [`Error::Sbl`]), if the header or a section ends outside the image, if a section is
    /// of no known type, if addresses wrap, if there are too many sections or resource entries, if the resource entries are not where they must be or
    /// end in the middle of one, or if there is nothing to load.
    pub fn parse(image: &'a [u8]) -> Result<Self, Error> {
        let magic: [u8; 4] = read(image, 0).ok_or(Error::Short { size: image.len() })?;
        if magic != wire::MAGIC {
            return Err(Error::Magic(magic));
        }
        let header: wire::Header = read(image, 0).ok_or(Error::Short { size: image.len() })?;
        let header_len = header.header_len.get();
        let version = match header.version.get() {
            1 => Version::V1,
            2 => Version::V2,
            entry if header_len == 0 => return Err(Error::Sbl { entry }),
            version => return Err(Error::Version(version)),
        };
        let start = size_of::<wire::Header>() as u64;
        let text = slice(image, start, header_len.into()).ok_or(Error::HeaderLen {
            header_len,
            size: image.len(),
        })?;
        let rprc = Self {
            image,
            version,
            text,
            first: start.saturating_add(header_len.into()),
        };
        section::check(&rprc)?;
        Ok(rprc)
    }

    /// The generation.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The free text between header and sections, which says where the image comes from; any
    /// bytes. TI's generator pads it with zeroes.
    pub fn text(&self) -> &'a [u8] {
        let end = self.text.iter().rposition(|&byte| byte != 0);
        end.and_then(|last| self.text.get(..=last)).unwrap_or(&[])
    }

    /// The whole image.
    pub fn image(&self) -> &'a [u8] {
        self.image
    }

    /// All sections, in the image's order. What to do with one is in its [`Section::kind`].
    pub fn sections(&self) -> Sections<'a> {
        Sections::new(self.image, self.first)
    }

    /// The sections to load: text and data that are not empty, in the image's order.
    pub fn segments(&self) -> impl Iterator<Item = Section<'a>> + Clone {
        self.sections().filter(Section::is_loaded)
    }

    /// The section with the resource entries, if there is one.
    ///
    /// The remote expects a copy of it, with the physical addresses of carveouts written back, at
    /// the section's device address.
    pub fn resource_section(&self) -> Option<Section<'a>> {
        self.sections()
            .find(|section| section.kind == Kind::Resource)
    }

    /// The resource entries, in the image's order, which is the order in which to handle them.
    pub fn resources(&self) -> Resources<'a> {
        let bytes = self.resource_section().map_or(&[][..], |s| s.data);
        Resources::new(bytes, self.version)
    }

    /// The addresses at which the remote is to begin to execute. If there are several the last one
    /// counts, and somebody ought to be told; if there is none the platform must know.
    pub fn boot_addrs(&self) -> impl Iterator<Item = DeviceAddr> + Clone + 'a {
        self.resources().filter_map(|entry| match entry.resource {
            Resource::BootAddr { da } => Some(da),
            _ => None,
        })
    }

    /// Where the buffers and vrings of the one virtio device lie: at the start of the first
    /// carveout. An image says nothing else of them; `None` if it has no carveout.
    ///
    /// # Errors
    ///
    /// If the first carveout has no room for them.
    pub fn ipc(&self) -> Option<Result<Ipc, Error>> {
        self.resources().find_map(|entry| match entry.resource {
            Resource::Carveout { da, len, .. } | Resource::Memory { da, len } => {
                Some(Ipc::new(da, len))
            }
            _ => None,
        })
    }
}
