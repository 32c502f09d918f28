// SPDX-License-Identifier: GPL-2.0

//! What firmware asks for, whatever the layout of the table in which it does.

use crate::firmware::Refusal;
use kernel::prelude::*;
use proto::{
    resource_table::{
        self,
        ResourceTable, //
    },
    rprc::{
        self,
        Ipc,
        Version, //
    },
    vring,
    Name, //
};

/// How a table is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// A header with offsets of entries.
    Mainline,
    /// RPRC's entries, one after the other.
    Rprc(Version),
}

/// The table in a firmware file.
#[derive(Clone, Copy)]
pub(crate) struct TableImage<'a> {
    /// Its bytes.
    pub(crate) bytes: &'a [u8],
    /// Where the remote expects to find it, to read what was written back.
    pub(crate) da: u64,
    pub(crate) layout: Layout,
}

/// A virtio device that all firmware for a kind of processor has, if its format can't say so: RPRC
/// can't. Its buffers and vrings are at the start of the first carveout, where
/// [`proto::rprc::Ipc`] says.
#[derive(Clone, Copy, Debug)]
pub struct ImpliedVdev {
    /// Virtio device id.
    pub id: u32,
    /// The features that the remote offers.
    pub features: u32,
}

impl ImpliedVdev {
    /// An rpmsg device with a name service, as TI's firmware has it.
    pub const RPMSG: Self = Self {
        id: proto::rpmsg::VIRTIO_ID,
        features: Ipc::FEATURES,
    };
}

/// Where in a table a number is written back; little-endian.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Field {
    U32(usize),
    U64(usize),
}

/// Memory for the processor.
pub(crate) struct Carveout {
    pub(crate) name: Name,
    /// Where the processor wants to see it; [`None`] for anywhere.
    pub(crate) da: Option<u64>,
    /// Where it must lie; [`None`] for anywhere.
    pub(crate) pa: Option<u64>,
    pub(crate) len: u32,
    pub(crate) flags: u32,
    pub(crate) da_field: Option<Field>,
    pub(crate) pa_field: Option<Field>,
}

/// A physical range that the processor wants to see.
pub(crate) struct Devmem {
    pub(crate) name: Name,
    pub(crate) da: u64,
    pub(crate) pa: u64,
    pub(crate) len: u32,
    pub(crate) flags: u32,
}

/// Text that the processor writes.
pub(crate) struct Trace {
    pub(crate) da: u64,
    pub(crate) len: u32,
}

/// A virtio device.
pub(crate) struct Vdev {
    pub(crate) id: u32,
    pub(crate) features: u32,
    pub(crate) gfeatures_field: Option<Field>,
    /// Where in the table its status is, one byte.
    pub(crate) status_offset: Option<usize>,
    /// Where in the table its configuration space is, and its length.
    pub(crate) config: (usize, usize),
    pub(crate) vrings: KVec<Vring>,
    /// Where in the carveouts its buffers have to be, and their length; [`None`] for anywhere.
    pub(crate) buffers: Option<(u64, usize)>,
}

/// One of its rings.
pub(crate) struct Vring {
    pub(crate) index: u8,
    pub(crate) da: Option<u64>,
    pub(crate) num: u32,
    pub(crate) align: u32,
    /// Bytes of the ring.
    pub(crate) size: u32,
    pub(crate) da_field: Option<Field>,
    pub(crate) pa_field: Option<Field>,
    pub(crate) notify_field: Option<Field>,
}

/// One entry of a table.
pub(crate) enum Request<'a> {
    Carveout(Carveout),
    Devmem(Devmem),
    Trace(Trace),
    Vdev(Vdev),
    /// For the platform driver: its type, where in the table what follows the type begins, and
    /// that.
    Vendor {
        kind: u32,
        offset: usize,
        bytes: &'a [u8],
    },
    /// Nothing to be done about it: what it is, and its name.
    Noted {
        kind: &'static str,
        name: Name,
    },
    Unknown {
        kind: u32,
    },
}

/// What ends [`TableImage::for_each`].
pub(crate) enum Stop {
    /// The table is broken.
    Refused(Refusal),
    /// `f` failed.
    Failed(Error),
}

impl<E: Into<Refusal>> From<E> for Stop {
    fn from(error: E) -> Self {
        Stop::Refused(error.into())
    }
}

impl<'a> TableImage<'a> {
    /// Calls `f` for each entry, in the table's order, until it fails.
    pub(crate) fn for_each(
        &self,
        implied: Option<ImpliedVdev>,
        f: &mut dyn FnMut(Request<'a>) -> Result,
    ) -> Result<(), Stop> {
        let mut f = |request| f(request).map_err(Stop::Failed);

        match self.layout {
            Layout::Mainline => {
                for entry in ResourceTable::parse(self.bytes)?.entries() {
                    f(mainline(entry?)?)?;
                }
            }
            Layout::Rprc(version) => {
                let entries = rprc::Resources::new(self.bytes, version);
                for entry in entries.clone() {
                    f(of_rprc(&entry))?;
                }
                // Last, when its memory is there.
                if let (Some(vdev), Some(ipc)) = (implied, ipc(entries)?) {
                    f(Request::Vdev(
                        implied_vdev(vdev, ipc).map_err(Stop::Failed)?,
                    ))?;
                }
            }
        }
        Ok(())
    }
}

fn mainline(entry: resource_table::Entry<'_>) -> Result<Request<'_>, Stop> {
    use resource_table::Resource;

    Ok(match entry.resource {
        Resource::Carveout(c) => Request::Carveout(Carveout {
            name: c.name.terminated(),
            da: c.da.map(|da| da.0),
            // Where it lay when somebody wrote the table, if it says anything at all.
            pa: None,
            len: c.len,
            flags: c.flags,
            da_field: Some(Field::U32(c.da_offset())),
            pa_field: Some(Field::U32(c.pa_offset())),
        }),
        Resource::Devmem(d) => Request::Devmem(Devmem {
            name: d.name,
            da: d.da.0,
            pa: d.pa.0,
            len: d.len,
            flags: d.flags,
        }),
        Resource::Trace(t) => Request::Trace(Trace {
            da: t.da.0,
            len: t.len,
        }),
        Resource::Vdev(v) => {
            let mut vrings = KVec::new();
            for vring in v.vrings() {
                let layout = vring.layout().map_err(|_| Stop::Failed(EINVAL))?;
                let vring = Vring {
                    index: vring.index,
                    da: vring.da.map(|da| da.0),
                    num: vring.num,
                    align: vring.align,
                    size: layout.size(),
                    da_field: Some(Field::U32(vring.da_offset())),
                    pa_field: Some(Field::U32(vring.pa_offset())),
                    notify_field: Some(Field::U32(vring.notifyid_offset())),
                };
                vrings
                    .push(vring, GFP_KERNEL)
                    .map_err(|e| Stop::Failed(e.into()))?;
            }
            Request::Vdev(Vdev {
                id: v.id,
                features: v.dfeatures,
                gfeatures_field: Some(Field::U32(v.gfeatures_offset())),
                status_offset: Some(v.status_offset()),
                config: (v.config_offset(), v.config().len()),
                vrings,
                buffers: None,
            })
        }
        Resource::Vendor { kind, bytes } => Request::Vendor {
            kind,
            offset: entry.offset.saturating_add(size_of::<u32>()),
            bytes,
        },
        Resource::Unknown { kind, .. } => Request::Unknown { kind },
    })
}

fn of_rprc(entry: &rprc::Entry) -> Request<'static> {
    use rprc::Resource;

    let name = entry.name.short();
    match entry.resource {
        Resource::Carveout { da, pa, len, flags } => Request::Carveout(Carveout {
            name,
            da: Some(da.0),
            pa: pa.map(|pa| pa.0),
            len,
            flags,
            da_field: None,
            pa_field: entry.pa_offset().map(Field::U64),
        }),
        Resource::Memory { da, len } => Request::Carveout(Carveout {
            name,
            da: Some(da.0),
            pa: None,
            len,
            flags: 0,
            da_field: None,
            pa_field: None,
        }),
        Resource::Devmem { da, pa, len, flags } => Request::Devmem(Devmem {
            name,
            da: da.0,
            pa: pa.0,
            len,
            flags,
        }),
        Resource::Trace { da, len } => Request::Trace(Trace { da: da.0, len }),
        Resource::Unknown { kind } => Request::Unknown { kind },
        Resource::BootAddr { .. }
        | Resource::CrashDump { .. }
        | Resource::SuspendAddr { .. }
        | Resource::Device { .. }
        | Resource::Irq { .. }
        | Resource::Service { .. } => Request::Noted {
            kind: entry.resource.kind_name(),
            name,
        },
    }
}

/// Where buffers and vrings are: in the first carveout.
fn ipc(mut entries: rprc::Resources<'_>) -> Result<Option<Ipc>, rprc::Error> {
    entries
        .find_map(|entry| match entry.resource {
            rprc::Resource::Carveout { da, len, .. } | rprc::Resource::Memory { da, len } => {
                Some(Ipc::new(da, len))
            }
            _ => None,
        })
        .transpose()
}

fn implied_vdev(vdev: ImpliedVdev, ipc: Ipc) -> Result<Vdev> {
    let layout = vring::Layout::new(Ipc::VRING_NUM, Ipc::VRING_ALIGN).map_err(|_| EINVAL)?;
    let mut vrings = KVec::new();

    for (index, da) in (0..).zip(ipc.vrings) {
        let vring = Vring {
            index,
            da: Some(da.0),
            num: Ipc::VRING_NUM,
            align: Ipc::VRING_ALIGN,
            size: layout.size(),
            da_field: None,
            pa_field: None,
            notify_field: None,
        };
        vrings.push(vring, GFP_KERNEL)?;
    }
    Ok(Vdev {
        id: vdev.id,
        features: vdev.features,
        gfeatures_field: None,
        status_offset: None,
        config: (0, 0),
        vrings,
        buffers: Some((ipc.buffers.0, usize::try_from(Ipc::BUFFERS_LEN)?)),
    })
}
