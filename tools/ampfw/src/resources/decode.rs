// SPDX-License-Identifier: GPL-2.0

//! From bytes to entries.

use proto::resource_table::Resource;
use proto::resource_table::ResourceTable;

use super::Decoded;
use super::Entry;
use super::Layout;
use super::Plain;
use super::Table;
use super::Vring;
use crate::error::bail;
use crate::error::Result;

/// The entries of a table, in its order. Fails if the table as a whole is broken.
pub fn decode(table: &Table<'_>) -> Result<Vec<Decoded>> {
    match table.layout {
        Layout::Mainline => mainline(&table.bytes),
        Layout::Rprc(version) => Ok(proto::rprc::Resources::new(&table.bytes, version)
            .map(|entry| Decoded {
                offset: Some(entry.offset),
                entry: Ok(rprc(&entry)),
            })
            .collect()),
    }
}

fn mainline(bytes: &[u8]) -> Result<Vec<Decoded>> {
    let table = ResourceTable::parse(bytes)?;
    let entries: Vec<_> = table.entries().collect();
    // Else a small table could stand for any amount of memory.
    let total: usize = entries.iter().flatten().map(|e| len(&e.resource)).sum();
    if total > bytes.len() {
        bail!("the resource table's entries overlap, each must have its own place");
    }
    let mut starts: Vec<usize> = entries.iter().flatten().map(|e| e.offset).collect();
    starts.push(bytes.len());
    starts.sort_unstable();
    if starts.windows(2).any(|pair| pair[0] == pair[1]) {
        bail!("two of the resource table's entries begin at the same place");
    }
    let decoded = entries.into_iter().map(|entry| match entry {
        Ok(entry) => {
            let after = starts.partition_point(|&start| start <= entry.offset);
            let end = starts.get(after).copied().unwrap_or(bytes.len());
            let room = end.saturating_sub(entry.offset).saturating_sub(4);
            Decoded {
                offset: Some(entry.offset),
                entry: Ok(convert(&entry.resource, room)),
            }
        }
        Err(error) => Decoded {
            offset: None,
            entry: Err(error),
        },
    });
    Ok(decoded.collect())
}

/// The least that an entry occupies, in bytes.
fn len(resource: &Resource<'_>) -> usize {
    use proto::resource_table::wire;
    match resource {
        Resource::Carveout(_) | Resource::Devmem(_) => size_of::<wire::Memory>(),
        Resource::Trace(_) => size_of::<wire::Trace>(),
        Resource::Vdev(vdev) => vdev.config_offset() - vdev.offset + vdev.config().len(),
        Resource::Vendor { .. } | Resource::Unknown { .. } => 4,
    }
}

/// `room`: how many bytes behind the type belong to an entry that does not say how long it is.
fn convert(resource: &Resource<'_>, room: usize) -> Entry {
    match resource {
        Resource::Carveout(carveout) => Entry::Carveout {
            da: carveout.da.map(|da| da.0),
            pa: carveout.pa.map(|pa| pa.0),
            len: carveout.len,
            flags: carveout.flags,
            name: carveout.name.as_bytes().to_vec(),
        },
        Resource::Devmem(devmem) => Entry::Devmem {
            da: devmem.da.0,
            pa: devmem.pa.0,
            len: devmem.len,
            flags: devmem.flags,
            name: devmem.name.as_bytes().to_vec(),
        },
        Resource::Trace(trace) => Entry::Trace {
            da: trace.da.0,
            len: trace.len,
            name: trace.name.as_bytes().to_vec(),
        },
        Resource::Vdev(vdev) => Entry::Vdev {
            id: vdev.id,
            notifyid: vdev.notifyid,
            dfeatures: vdev.dfeatures,
            gfeatures: vdev.gfeatures,
            status: vdev.status,
            vrings: vdev
                .vrings()
                .map(|vring| Vring {
                    da: vring.da.map(|da| da.0),
                    align: vring.align,
                    num: vring.num,
                    notifyid: vring.notifyid,
                })
                .collect(),
            config: vdev.config().to_vec(),
        },
        Resource::Vendor { kind, bytes } | Resource::Unknown { kind, bytes } => Entry::Other {
            kind: *kind,
            bytes: bytes.get(..room).unwrap_or(bytes).to_vec(),
        },
    }
}

fn rprc(entry: &proto::rprc::Entry) -> Entry {
    use proto::rprc::Resource;
    let name = entry.name.as_bytes().to_vec();
    let plain = |kind, value, len, name| Entry::Plain {
        kind,
        value,
        len,
        name,
    };
    match entry.resource {
        Resource::Carveout { da, pa, len, flags } => Entry::Carveout {
            da: Some(da.0),
            pa: pa.map(|pa| pa.0),
            len,
            flags,
            name,
        },
        Resource::Memory { da, len } => Entry::Carveout {
            da: Some(da.0),
            pa: None,
            len,
            flags: 0,
            name,
        },
        Resource::Devmem { da, pa, len, flags } => Entry::Devmem {
            da: da.0,
            pa: pa.0,
            len,
            flags,
            name,
        },
        Resource::Trace { da, len } => Entry::Trace {
            da: da.0,
            len,
            name,
        },
        Resource::BootAddr { da } => plain(Plain::BootAddr, da.0, 0, name),
        Resource::CrashDump { da, len } => plain(Plain::CrashDump, da.0, len, name),
        Resource::SuspendAddr { da } => plain(Plain::SuspendAddr, da.0, 0, name),
        Resource::Device { id } => plain(Plain::Device, id, 0, name),
        Resource::Irq { id } => plain(Plain::Irq, id, 0, name),
        Resource::Service { id } => plain(Plain::Service, id, 0, name),
        Resource::Unknown { kind } => Entry::Other {
            kind,
            bytes: Vec::new(),
        },
    }
}
