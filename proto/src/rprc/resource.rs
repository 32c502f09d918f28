// SPDX-License-Identifier: GPL-2.0

//! Resource entries of both generations, made one.

use core::fmt;
use core::mem::offset_of;

use super::wire;
use super::Error;
use super::Section;
use super::Version;
use super::MAX_RESOURCES;
use crate::bytes::read;
use crate::DeviceAddr;
use crate::Name;
use crate::PhysAddr;

/// The name of a resource: 48 bytes, padded with zeroes.
///
/// As with a [`Name`] the terminating zero cannot be relied on, and anything may be in it;
/// [`Display`](fmt::Display) makes it safe to log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ResourceName([u8; wire::NAME_LEN]);

impl ResourceName {
    /// The bytes before the first zero, at most 48.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.split(|&byte| byte == 0).next().unwrap_or(&[])
    }

    /// The first 31 bytes, as a name of the length that everything else has.
    pub fn short(&self) -> Name {
        let mut bytes = [0; Name::LEN];
        for (to, from) in bytes.iter_mut().take(Name::LEN - 1).zip(self.as_bytes()) {
            *to = *from;
        }
        Name::from_wire(bytes)
    }
}

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.as_bytes().escape_ascii(), f)
    }
}

impl fmt::Debug for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// One resource entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, for messages.
    pub index: usize,
    /// Where it begins in the resource section's contents, in bytes.
    pub offset: usize,
    /// What it asks for.
    pub resource: Resource,
    /// For humans.
    pub name: ResourceName,
}

impl Entry {
    /// Where in the resource section's contents to write the physical address of a carveout back,
    /// a little-endian u64; `None` if this is none, or of version 1.
    pub fn pa_offset(&self) -> Option<usize> {
        match self.resource {
            Resource::Carveout { .. } => self.offset.checked_add(offset_of!(wire::ResourceV2, pa)),
            _ => None,
        }
    }
}

/// What an entry asks for. Lengths are in bytes, and no range wraps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Memory for the remote (version 2). The first one is for the vrings, see
    /// [`Ipc`](super::Ipc).
    Carveout {
        /// Where the remote sees it.
        da: DeviceAddr,
        /// Where it must lie, in memory that the platform has set aside; `None` if the host
        /// chooses and writes its choice back at [`Entry::pa_offset`].
        pa: Option<PhysAddr>,
        /// Its size.
        len: u32,
        /// IOMMU protection flags.
        flags: u32,
    },
    /// A physical range that the remote wants to see (version 2).
    Devmem {
        /// Where the remote sees it.
        da: DeviceAddr,
        /// What it sees.
        pa: PhysAddr,
        /// Its size.
        len: u32,
        /// IOMMU protection flags.
        flags: u32,
    },
    /// Memory that the remote uses (version 1).
    Memory {
        /// Where the remote sees it.
        da: DeviceAddr,
        /// Its size.
        len: u32,
    },
    /// The remote's log.
    Trace {
        /// Where the remote sees it.
        da: DeviceAddr,
        /// Its size.
        len: u32,
    },
    /// Where the remote begins to execute.
    BootAddr {
        /// The address.
        da: DeviceAddr,
    },
    /// Where the remote saves its registers when it crashes.
    CrashDump {
        /// Where the remote sees it.
        da: DeviceAddr,
        /// Its size.
        len: u32,
    },
    /// Where the remote notes that it can be suspended.
    SuspendAddr {
        /// The address.
        da: DeviceAddr,
    },
    /// A device that the remote uses: to be recorded, nothing more.
    Device {
        /// Its number.
        id: u64,
    },
    /// An interrupt that the remote uses: to be recorded, nothing more.
    Irq {
        /// Its number.
        id: u64,
    },
    /// A service that the remote offers (version 1): to be recorded, nothing more.
    Service {
        /// Its number.
        id: u64,
    },
    /// A type that this crate does not know.
    Unknown {
        /// The entry's type.
        kind: u32,
    },
}

impl Resource {
    /// What the entry is called in messages.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Carveout { .. } => "carveout",
            Self::Devmem { .. } => "devmem",
            Self::Memory { .. } => "memory",
            Self::Trace { .. } => "trace",
            Self::BootAddr { .. } => "bootaddr",
            Self::CrashDump { .. } => "crashdump",
            Self::SuspendAddr { .. } => "suspendaddr",
            Self::Device { .. } => "device",
            Self::Irq { .. } => "irq",
            Self::Service { .. } => "service",
            Self::Unknown { .. } => "unknown",
        }
    }

    fn v1(wire: &wire::ResourceV1) -> Self {
        let (id, len) = (wire.da.get(), wire.len.get());
        let da = DeviceAddr(id);
        match wire.kind.get() {
            wire::v1::MEMORY => Self::Memory { da, len },
            wire::v1::DEVICE => Self::Device { id },
            wire::v1::IRQ => Self::Irq { id },
            wire::v1::SERVICE => Self::Service { id },
            wire::v1::TRACE => Self::Trace { da, len },
            wire::v1::BOOTADDR => Self::BootAddr { da },
            kind => Self::Unknown { kind },
        }
    }

    fn v2(wire: &wire::ResourceV2) -> Self {
        let (id, len) = (wire.da.get(), wire.len.get());
        let (da, pa, flags) = (DeviceAddr(id), wire.pa.get(), wire.flags.get());
        match wire.kind.get() {
            wire::v2::CARVEOUT => Self::Carveout {
                da,
                pa: (pa != 0).then_some(PhysAddr(pa)),
                len,
                flags,
            },
            wire::v2::DEVMEM => Self::Devmem {
                da,
                pa: PhysAddr(pa),
                len,
                flags,
            },
            wire::v2::DEVICE => Self::Device { id },
            wire::v2::IRQ => Self::Irq { id },
            wire::v2::TRACE => Self::Trace { da, len },
            wire::v2::BOOTADDR => Self::BootAddr { da },
            wire::v2::CRASHDUMP => Self::CrashDump { da, len },
            wire::v2::SUSPENDADDR => Self::SuspendAddr { da },
            kind => Self::Unknown { kind },
        }
    }

    /// The ranges that the entry names: address and length, at most two.
    fn ranges(&self) -> [Option<(u64, u32)>; 2] {
        match *self {
            Self::Carveout { da, pa, len, .. } => [Some((da.0, len)), pa.map(|pa| (pa.0, len))],
            Self::Devmem { da, pa, len, .. } => [Some((da.0, len)), Some((pa.0, len))],
            Self::Memory { da, len } | Self::Trace { da, len } | Self::CrashDump { da, len } => {
                [Some((da.0, len)), None]
            }
            _ => [None, None],
        }
    }
}

/// Size of an entry of this generation, in bytes.
pub(super) const fn entry_size(version: Version) -> usize {
    match version {
        Version::V1 => size_of::<wire::ResourceV1>(),
        Version::V2 => size_of::<wire::ResourceV2>(),
    }
}

/// Checks all entries, so that [`Resources`] need not report errors.
pub(super) fn check(section: Section<'_>, version: Version) -> Result<(), Error> {
    let size = entry_size(version);
    let rest = section.data.chunks_exact(size).remainder();
    // Linkers and generators fill up with zeroes.
    if rest.iter().any(|&byte| byte != 0) {
        return Err(Error::ResourcesLen {
            offset: section.offset,
            len: section.data.len(),
            entry: size,
        });
    }
    let num = section.data.len() / size;
    if num > MAX_RESOURCES {
        return Err(Error::TooManyResources {
            offset: section.offset,
            num,
        });
    }
    for entry in Resources::new(section.data, version) {
        for (address, len) in entry.resource.ranges().into_iter().flatten() {
            if address
                .checked_add(u64::from(len).saturating_sub(1))
                .is_none()
            {
                return Err(Error::ResourceWraps {
                    index: entry.index,
                    offset: section.offset.saturating_add(entry.offset as u64),
                    kind: entry.resource.kind_name(),
                    address,
                    len,
                });
            }
        }
    }
    Ok(())
}

/// Iterator over the resource entries of an image.
#[derive(Clone, Debug)]
pub struct Resources<'a> {
    bytes: &'a [u8],
    version: Version,
    index: usize,
}

impl<'a> Resources<'a> {
    /// The entries in `bytes`, which need not come from an image: TI's firmware has the same array
    /// in its ELF section `.resource_table`. Ranges have been checked for entries of an
    /// [`Rprc`](super::Rprc) only.
    pub fn new(bytes: &'a [u8], version: Version) -> Self {
        Self {
            bytes,
            version,
            index: 0,
        }
    }
}

impl Iterator for Resources<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let index = self.index;
        let offset = index.checked_mul(entry_size(self.version))?;
        let (resource, name) = match self.version {
            Version::V1 => {
                let wire: wire::ResourceV1 = read(self.bytes, offset)?;
                (Resource::v1(&wire), wire.name)
            }
            Version::V2 => {
                let wire: wire::ResourceV2 = read(self.bytes, offset)?;
                (Resource::v2(&wire), wire.name)
            }
        };
        self.index = index.checked_add(1)?;
        Some(Entry {
            index,
            offset,
            resource,
            name: ResourceName(name),
        })
    }
}
