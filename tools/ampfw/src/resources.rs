// SPDX-License-Identifier: GPL-2.0

//! Resource tables of every layout, entry by entry.

mod decode;
mod encode;

use std::borrow::Cow;
use std::fmt;

use proto::resource_table::ResourceTable;
use proto::rprc::Version;

/// How a table is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A header with offsets of entries, as mainline has it.
    Mainline,
    /// An array of RPRC's entries.
    Rprc(Version),
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mainline => f.write_str("resource table version 1"),
            Self::Rprc(version) => write!(f, "RPRC resources version {}", version.number()),
        }
    }
}

/// A table, as it is in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<'a> {
    /// Where the remote sees it.
    pub da: u64,
    /// Its bytes.
    pub bytes: Cow<'a, [u8]>,
    /// How to read it.
    pub layout: Layout,
}

impl<'a> Table<'a> {
    /// A table whose layout is not known: firmware for the framework of 2011 has RPRC's entries in
    /// the same section in which all others have mainline's table.
    pub fn guess(da: u64, bytes: &'a [u8]) -> Self {
        let plausible = |version: Version, size: usize| {
            let rest = bytes.chunks_exact(size).remainder();
            bytes.len() >= size
                && rest.iter().all(|&byte| byte == 0)
                && proto::rprc::Resources::new(bytes, version).all(|entry| {
                    !matches!(entry.resource, proto::rprc::Resource::Unknown { .. })
                        && entry
                            .name
                            .as_bytes()
                            .iter()
                            .all(|&byte| byte.is_ascii() && byte >= b' ')
                })
        };
        let layout = if ResourceTable::parse(bytes).is_ok() {
            Layout::Mainline
        } else if plausible(Version::V2, 76) {
            Layout::Rprc(Version::V2)
        } else if plausible(Version::V1, 68) {
            Layout::Rprc(Version::V1)
        } else {
            // Whose error then says what is wrong.
            Layout::Mainline
        };
        Self {
            da,
            bytes: bytes.into(),
            layout,
        }
    }
}

/// A ring of a [`Entry::Vdev`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vring {
    /// Where the remote sees it; `None` for anywhere.
    pub da: Option<u64>,
    /// Alignment in bytes.
    pub align: u32,
    /// Number of entries.
    pub num: u32,
    /// Its number in kicks.
    pub notifyid: u32,
}

/// One entry of a table of any layout. Names are the bytes before the first zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Memory for the remote; RPRC version 1 calls it memory.
    Carveout {
        /// Device address; `None` for any.
        da: Option<u64>,
        /// Physical address; `None` for any.
        pa: Option<u64>,
        /// Bytes.
        len: u32,
        /// IOMMU protection.
        flags: u32,
        /// Name.
        name: Vec<u8>,
    },
    /// A physical range that the remote wants to see.
    Devmem {
        /// Device address.
        da: u64,
        /// Physical address.
        pa: u64,
        /// Bytes.
        len: u32,
        /// IOMMU protection.
        flags: u32,
        /// Name.
        name: Vec<u8>,
    },
    /// A trace buffer.
    Trace {
        /// Device address.
        da: u64,
        /// Bytes.
        len: u32,
        /// Name.
        name: Vec<u8>,
    },
    /// A virtio device (mainline only).
    Vdev {
        /// Virtio device id.
        id: u32,
        /// Its number in kicks.
        notifyid: u32,
        /// Features that the remote offers.
        dfeatures: u32,
        /// Features that the host has taken.
        gfeatures: u32,
        /// Virtio status.
        status: u8,
        /// Rings.
        vrings: Vec<Vring>,
        /// Config space.
        config: Vec<u8>,
    },
    /// An entry that the platform driver understands (mainline only), or nobody.
    Other {
        /// Type.
        kind: u32,
        /// What follows the type, up to the next entry.
        bytes: Vec<u8>,
    },
    /// One of RPRC's entries that are but an address or a number, and a name.
    Plain {
        /// Which.
        kind: Plain,
        /// The address or number.
        value: u64,
        /// Bytes; 0 for all but a crash dump.
        len: u32,
        /// Name.
        name: Vec<u8>,
    },
}

/// RPRC's simple entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain {
    /// Where to begin to execute.
    BootAddr,
    /// A device that the remote uses.
    Device,
    /// An interrupt that the remote uses.
    Irq,
    /// A service that the remote offers (version 1).
    Service,
    /// Where registers are saved (version 2).
    CrashDump,
    /// Where the remote notes that it can be suspended (version 2).
    SuspendAddr,
}

impl Plain {
    /// All of them, with what they are called in messages and descriptions.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::BootAddr, "bootaddr"),
        (Self::Device, "device"),
        (Self::Irq, "irq"),
        (Self::Service, "service"),
        (Self::CrashDump, "crashdump"),
        (Self::SuspendAddr, "suspendaddr"),
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(kind, _)| *kind == self);
        found.map_or("", |(_, name)| name)
    }
}

impl Entry {
    /// What the entry is called in messages and descriptions.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Carveout { .. } => "carveout",
            Self::Devmem { .. } => "devmem",
            Self::Trace { .. } => "trace",
            Self::Vdev { .. } => "vdev",
            Self::Other { kind, .. } if proto::resource_table::VENDOR_TYPES.contains(kind) => {
                "vendor"
            }
            Self::Other { .. } => "unknown",
            Self::Plain { kind, .. } => kind.name(),
        }
    }

    /// The entry's name; empty if it has none.
    pub fn name(&self) -> &[u8] {
        match self {
            Self::Carveout { name, .. }
            | Self::Devmem { name, .. }
            | Self::Trace { name, .. }
            | Self::Plain { name, .. } => name,
            Self::Vdev { .. } | Self::Other { .. } => &[],
        }
    }

    /// Device address and length of the memory that the entry is about, if it says where.
    pub fn range(&self) -> Option<(u64, u64)> {
        match *self {
            Self::Carveout { da, len, .. } => Some((da?, len.into())),
            Self::Devmem { da, len, .. } | Self::Trace { da, len, .. } => Some((da, len.into())),
            _ => None,
        }
    }
}

/// An entry and its place, or what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Where it begins in the table, in bytes; `None` if not even that can be said.
    pub offset: Option<usize>,
    /// The entry.
    pub entry: Result<Entry, proto::resource_table::Error>,
}

pub use decode::decode;
pub use encode::encode;
