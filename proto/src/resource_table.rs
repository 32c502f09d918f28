// SPDX-License-Identifier: GPL-2.0

//! The resource table: what firmware asks for before it starts, and what it gets.
//!
//! The table is ELF section `.resource_table`. It is read twice: from the firmware file, where the
//! requests are, and through the *loaded* copy in the remote's memory, into which the host writes
//! back what it chose. Parse the file's copy (or a private copy of the loaded one) and use the
//! `*_offset` methods to write back; never parse the loaded table in place, since the remote can
//! change it under the parser's hands.
//!
//! C header: `include/linux/remoteproc.h`, `struct resource_table`.

pub mod channels;
mod entry;
mod error;
mod vdev;
pub mod wire;

pub use entry::Carveout;
pub use entry::Devmem;
pub use entry::Trace;
pub use error::Error;
pub use vdev::Vdev;
pub use vdev::Vring;

use core::ops::RangeInclusive;

use zerocopy::little_endian::U32;

use crate::bytes::read;

/// The entry types that are left to the platform driver.
pub const VENDOR_TYPES: RangeInclusive<u32> = 128..=512;

/// The most entries of a table: many times what any firmware has. Each may lead to a message, and
/// all may be the same few bytes.
pub const MAX_ENTRIES: usize = 1024;

/// A resource table whose header and list of offsets are sound.
///
/// Its entries are checked one by one as [`ResourceTable::entries`] reaches them.
#[derive(Clone, Copy, Debug)]
pub struct ResourceTable<'a> {
    bytes: &'a [u8],
    num: usize,
}

impl<'a> ResourceTable<'a> {
    /// Parses the header of the table in `bytes`, which may be longer than the table.
    ///
    /// # Errors
    ///
    /// If the table is too short for its header or for its list of offsets, of another version
    /// than 1, has bits set in the reserved words, or more than [`MAX_ENTRIES`] entries.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let size = bytes.len();
        let short = |need| Error::Short {
            what: "header",
            offset: 0,
            need,
            size,
        };
        let header: wire::Header = read(bytes, 0).ok_or(short(size_of::<wire::Header>()))?;
        if header.ver.get() != wire::VERSION {
            return Err(Error::Version(header.ver.get()));
        }
        reserved("header", 0, header.reserved.iter())?;
        // On a 32-bit machine the product can wrap.
        let num = usize::try_from(header.num.get()).unwrap_or(usize::MAX);
        let need = num
            .saturating_mul(size_of::<U32>())
            .saturating_add(size_of::<wire::Header>());
        if need > size {
            return Err(short(need));
        }
        if num > MAX_ENTRIES {
            return Err(Error::TooMany { num });
        }
        Ok(Self { bytes, num })
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.num
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.num == 0
    }

    /// All the bytes that were given to [`ResourceTable::parse`].
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The entries, in the table's order, each checked when it is reached.
    ///
    /// A bad entry says nothing about the next one: the iterator goes on behind it.
    pub fn entries(&self) -> Entries<'a> {
        Entries {
            table: *self,
            index: 0,
        }
    }

    /// Entry number `index`, or `None` behind the last one.
    pub fn entry(&self, index: usize) -> Option<Result<Entry<'a>, Error>> {
        if index >= self.num {
            return None;
        }
        let slot = index
            .checked_mul(size_of::<U32>())?
            .checked_add(size_of::<wire::Header>())?;
        let offset: U32 = read(self.bytes, slot)?;
        let offset = usize::try_from(offset.get()).unwrap_or(usize::MAX);
        Some(self.entry_at(offset))
    }

    fn entry_at(&self, offset: usize) -> Result<Entry<'a>, Error> {
        let at = At {
            table: self.bytes,
            offset,
        };
        let kind: U32 = at.read("entry")?;
        let kind = kind.get();
        let resource = match kind {
            wire::CARVEOUT => Resource::Carveout(Carveout::parse(at)?),
            wire::DEVMEM => Resource::Devmem(Devmem::parse(at)?),
            wire::TRACE => Resource::Trace(Trace::parse(at)?),
            wire::VDEV => Resource::Vdev(Vdev::parse(at)?),
            kind => {
                let bytes = self
                    .bytes
                    .get(offset..)
                    .and_then(|bytes| bytes.get(size_of::<U32>()..))
                    .unwrap_or(&[]);
                if VENDOR_TYPES.contains(&kind) {
                    Resource::Vendor { kind, bytes }
                } else {
                    Resource::Unknown { kind, bytes }
                }
            }
        };
        Ok(Entry { offset, resource })
    }
}

/// One entry of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Where the entry, that is, its type field, begins in the table, in bytes.
    pub offset: usize,
    /// What it asks for.
    pub resource: Resource<'a>,
}

/// What an entry asks for.
#[derive(Clone, Copy, Debug)]
pub enum Resource<'a> {
    /// Memory for the remote.
    Carveout(Carveout),
    /// A physical range that the remote wants to reach through its IOMMU.
    Devmem(Devmem),
    /// Where the remote keeps its log.
    Trace(Trace),
    /// A virtio device.
    Vdev(Vdev<'a>),
    /// Something between the remote and its platform driver.
    Vendor {
        /// The entry's type, one of [`VENDOR_TYPES`].
        kind: u32,
        /// Everything from behind the type field to the end of the table: an entry does not say
        /// how long it is, so the platform driver must check that its own fields are there.
        bytes: &'a [u8],
    },
    /// A type that this crate does not know.
    Unknown {
        /// The entry's type.
        kind: u32,
        /// As in [`Resource::Vendor`].
        bytes: &'a [u8],
    },
}

/// Iterator over the entries of a [`ResourceTable`].
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    table: ResourceTable<'a>,
    index: usize,
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.table.entry(self.index)?;
        self.index = self.index.saturating_add(1);
        Some(entry)
    }
}

/// A place in a table, where an entry is about to be parsed.
#[derive(Clone, Copy)]
struct At<'a> {
    table: &'a [u8],
    offset: usize,
}

impl At<'_> {
    /// The `T` that begins here, called `what` if it is missing.
    fn read<T: zerocopy::FromBytes>(&self, what: &'static str) -> Result<T, Error> {
        read(self.table, self.offset).ok_or(self.short(what, size_of::<T>()))
    }

    fn short(&self, what: &'static str, need: usize) -> Error {
        Error::Short {
            what,
            offset: self.offset,
            need,
            size: self.table.len(),
        }
    }
}

/// Insists that the reserved words of the `what` at `offset` are zero.
fn reserved<'a>(
    what: &'static str,
    offset: usize,
    words: impl IntoIterator<Item = &'a U32>,
) -> Result<(), Error> {
    for word in words {
        if word.get() != 0 {
            return Err(Error::Reserved {
                what,
                offset,
                value: word.get(),
            });
        }
    }
    Ok(())
}
