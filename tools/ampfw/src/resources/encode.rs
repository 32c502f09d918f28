// SPDX-License-Identifier: GPL-2.0

//! From entries to bytes.

use proto::resource_table::wire;
use proto::resource_table::wire::U32;
use proto::rprc::wire as rprc;
use proto::rprc::Version;
use proto::Name;
use zerocopy::IntoBytes as _;

use super::Entry;
use super::Layout;
use super::Plain;
use crate::error::bail;
use crate::error::Result;
use crate::text::safe;

/// A table of these entries. Fails if the layout has no such entry, or no room for a number or a
/// name.
pub fn encode(entries: &[Entry], layout: Layout) -> Result<Vec<u8>> {
    match layout {
        Layout::Mainline => mainline(entries),
        Layout::Rprc(version) => {
            let entries: Result<Vec<_>> = entries.iter().map(|e| rprc_entry(e, version)).collect();
            Ok(entries?.concat())
        }
    }
}

fn mainline(entries: &[Entry]) -> Result<Vec<u8>> {
    let bodies = entries
        .iter()
        .map(mainline_entry)
        .collect::<Result<Vec<_>>>()?;
    let mut table = wire::Header::new(entries.len() as u32).as_bytes().to_vec();
    let mut offset = table.len() + size_of::<U32>() * bodies.len();
    for body in &bodies {
        table.extend(U32::new(offset as u32).as_bytes());
        offset += body.len();
    }
    table.extend(bodies.concat());
    Ok(table)
}

/// The bytes of one entry; a multiple of four, so that all entries are aligned.
fn mainline_entry(entry: &Entry) -> Result<Vec<u8>> {
    let memory = |kind, da, pa, len, flags, name| -> Result<Vec<u8>> {
        let memory = wire::Memory {
            kind: U32::new(kind),
            da,
            pa,
            len: U32::new(len),
            flags: U32::new(flags),
            reserved: U32::ZERO,
            name: padded(name, Name::LEN)?,
        };
        Ok(memory.as_bytes().to_vec())
    };
    let mut bytes = match entry {
        Entry::Carveout {
            da,
            pa,
            len,
            flags,
            name,
        } => memory(
            wire::CARVEOUT,
            any_or("da", *da)?,
            any_or("pa", *pa)?,
            *len,
            *flags,
            name,
        )?,
        Entry::Devmem {
            da,
            pa,
            len,
            flags,
            name,
        } => memory(
            wire::DEVMEM,
            word("da", *da)?,
            word("pa", *pa)?,
            *len,
            *flags,
            name,
        )?,
        Entry::Trace { da, len, name } => {
            let trace = wire::Trace {
                kind: U32::new(wire::TRACE),
                da: word("da", *da)?,
                len: U32::new(*len),
                reserved: U32::ZERO,
                name: padded(name, Name::LEN)?,
            };
            trace.as_bytes().to_vec()
        }
        Entry::Vdev {
            id,
            notifyid,
            dfeatures,
            gfeatures,
            status,
            vrings,
            config,
        } => {
            let Ok(num) = u8::try_from(vrings.len()) else {
                bail!("a vdev has at most 255 vrings, not {}", vrings.len());
            };
            let mut vdev = wire::Vdev::new(*id, *dfeatures, num);
            vdev.notifyid = U32::new(*notifyid);
            vdev.gfeatures = U32::new(*gfeatures);
            vdev.config_len = U32::new(config.len() as u32);
            vdev.status = *status;
            let mut bytes = vdev.as_bytes().to_vec();
            for vring in vrings {
                let wire = wire::Vring {
                    da: any_or("da", vring.da)?,
                    align: U32::new(vring.align),
                    num: U32::new(vring.num),
                    notifyid: U32::new(vring.notifyid),
                    pa: U32::ZERO,
                };
                bytes.extend(wire.as_bytes());
            }
            bytes.extend(config);
            bytes
        }
        Entry::Other { kind, bytes } => [U32::new(*kind).as_bytes(), bytes].concat(),
        Entry::Plain { kind, .. } => {
            bail!(
                "a {} entry is RPRC's, a resource table has none",
                kind.name()
            )
        }
    };
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    Ok(bytes)
}

fn rprc_entry(entry: &Entry, version: Version) -> Result<Vec<u8>> {
    let (kind, da, pa, len, flags) = match entry {
        Entry::Carveout { da: None, name, .. } => bail!(
            "carveout \"{}\" has no device address, in RPRC it must have one",
            safe(name)
        ),
        Entry::Carveout {
            da: Some(da),
            pa,
            len,
            flags,
            ..
        } => (rprc::v2::CARVEOUT, *da, pa.unwrap_or(0), *len, *flags),
        Entry::Devmem {
            da, pa, len, flags, ..
        } => (rprc::v2::DEVMEM, *da, *pa, *len, *flags),
        Entry::Trace { da, len, .. } => (rprc::v2::TRACE, *da, 0, *len, 0),
        Entry::Vdev { .. } => {
            bail!("RPRC has no vdev entries, its platform knows where vrings lie")
        }
        Entry::Other { kind, .. } => bail!("RPRC has no entries of type {kind}"),
        Entry::Plain {
            kind, value, len, ..
        } => {
            let kind = match kind {
                Plain::BootAddr => rprc::v2::BOOTADDR,
                Plain::Device => rprc::v2::DEVICE,
                Plain::Irq => rprc::v2::IRQ,
                Plain::CrashDump => rprc::v2::CRASHDUMP,
                Plain::SuspendAddr => rprc::v2::SUSPENDADDR,
                Plain::Service if version == Version::V1 => rprc::v1::SERVICE,
                Plain::Service => bail!("RPRC version 2 has no service entries"),
            };
            (kind, *value, 0, *len, 0)
        }
    };
    let name = padded(entry.name(), rprc::NAME_LEN)?;
    Ok(match version {
        Version::V1 => {
            let kind = match (entry, kind) {
                (Entry::Devmem { .. }, _) => {
                    bail!("RPRC version 1 has no devmem entries, its platform knows the mappings")
                }
                (
                    Entry::Plain {
                        kind: Plain::Service,
                        ..
                    },
                    kind,
                ) => kind,
                (_, rprc::v2::CARVEOUT) => rprc::v1::MEMORY,
                (_, rprc::v2::DEVICE) => rprc::v1::DEVICE,
                (_, rprc::v2::IRQ) => rprc::v1::IRQ,
                (_, rprc::v2::TRACE) => rprc::v1::TRACE,
                (_, rprc::v2::BOOTADDR) => rprc::v1::BOOTADDR,
                _ => bail!("RPRC version 1 has no {} entries", entry.kind_name()),
            };
            let wire = rprc::ResourceV1 {
                kind: rprc::U32::new(kind),
                da: rprc::U64::new(da),
                len: rprc::U32::new(len),
                reserved: rprc::U32::ZERO,
                name,
            };
            wire.as_bytes().to_vec()
        }
        Version::V2 => {
            let wire = rprc::ResourceV2 {
                kind: rprc::U32::new(kind),
                da: rprc::U64::new(da),
                pa: rprc::U64::new(pa),
                len: rprc::U32::new(len),
                flags: rprc::U32::new(flags),
                name,
            };
            wire.as_bytes().to_vec()
        }
    })
}

fn word(what: &str, address: u64) -> Result<U32> {
    match u32::try_from(address) {
        Ok(address) => Ok(U32::new(address)),
        Err(_) => bail!("{what} {address:#x} is too large, it must be at most 0xffffffff"),
    }
}

/// As [`word`], where the last address means "any".
fn any_or(what: &str, address: Option<u64>) -> Result<U32> {
    match address {
        None => Ok(U32::new(wire::ANY)),
        Some(address) if address == u64::from(wire::ANY) => {
            bail!("{what} {address:#x} is too large, it must be below 0xffffffff")
        }
        Some(address) => word(what, address),
    }
}

fn padded<const N: usize>(name: &[u8], len: usize) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    match bytes.get_mut(..name.len()) {
        Some(start) => start.copy_from_slice(name),
        None => bail!(
            "the name \"{}\" has {} bytes, there must be at most {}",
            safe(name),
            name.len(),
            len - 1
        ),
    }
    Ok(bytes)
}
