// SPDX-License-Identifier: GPL-2.0

//! The resources of an RPRC file, from those of an ELF or COFF file.

use std::borrow::Cow;

use proto::resource_table::Resource;
use proto::resource_table::ResourceTable;
use proto::resource_table::Vdev;
use proto::rprc::Ipc;
use proto::rprc::Version;
use proto::DeviceAddr;

use crate::error::bail;
use crate::error::Result;
use crate::image::Segment;
use crate::resources::decode;
use crate::resources::encode;
use crate::resources::Entry;
use crate::resources::Layout;
use crate::resources::Plain;
use crate::resources::Table;

/// Where the framework of 2011 put the shared memory, and how much of it.
const IPC: (u64, u32) = (0xa000_0000, 0x10_0000);

/// Where to put resources that nobody is to look for: in no processor's memory.
const NOWHERE: u64 = 0xffff_ffff_0000_0000;

/// Virtio's ACKNOWLEDGE, DRIVER and DRIVER_OK.
const DRIVER_OK: u8 = 7;

/// Where the resource section goes, and its bytes.
///
/// TI's firmware has RPRC's entries in its section `.resource_table`: they are taken as they are,
/// but for the addresses of trace buffers and entry points, which stand for a core's number until
/// now. That segment then is the resource section, and is removed from `segments`.
///
/// Other firmware has mainline's table, from which the entries are made; its vdev is what the
/// platform supplies. The table stays in the firmware's memory as Linux would have left it.
pub(super) fn rprc(
    table: Option<&Table<'_>>,
    version: Version,
    boots: &[u64],
    traces: &[Option<u64>],
    segments: &mut Vec<Segment<'_>>,
    notices: &mut Vec<String>,
) -> Result<(u64, Vec<u8>)> {
    let Some(table) = table else {
        notices.push("there is no resource table: the processor will have no rpmsg".into());
        let entries = boot_entries(boots);
        return Ok((NOWHERE, encode(&entries, Layout::Rprc(version))?));
    };
    let decoded = decode(table)?;
    let entries = decoded
        .into_iter()
        .map(|decoded| decoded.entry)
        .collect::<std::result::Result<Vec<_>, _>>()?;
    match table.layout {
        Layout::Rprc(found) if found != version => bail!(
            "the firmware has resources of RPRC version {}, which it reads itself: convert it to \
             that version",
            found.number()
        ),
        Layout::Rprc(_) => {
            let mut entries = entries;
            patch(&mut entries, boots, traces, notices);
            let bytes = encode(&entries, Layout::Rprc(version))?;
            replace(segments, table, &bytes);
            Ok((table.da, bytes))
        }
        Layout::Mainline => mainline(table, &entries, version, boots, segments, notices),
    }
}

/// Takes the segment that is the table away; if it is part of a larger one, that gets the new
/// table.
fn replace(segments: &mut Vec<Segment<'_>>, table: &Table<'_>, bytes: &[u8]) {
    let len = table.bytes.len() as u64;
    segments.retain(|s| s.da != table.da || s.memsz > len.next_multiple_of(4));
    for segment in segments {
        if let Some(start) = segment.find(table.da, bytes.len() as u64) {
            let mut data = segment.data.to_vec();
            if let Some(place) = data.get_mut(start..start + bytes.len()) {
                place.copy_from_slice(bytes);
            }
            segment.data = Cow::Owned(data);
        }
    }
}

fn boot_entries(boots: &[u64]) -> Vec<Entry> {
    // The last one wins, and that is to be core 0's.
    let numbered = boots.iter().enumerate().rev();
    numbered
        .map(|(core, &value)| Entry::Plain {
            kind: Plain::BootAddr,
            value,
            len: 0,
            name: format!("boot{core}").into_bytes(),
        })
        .collect()
}

/// Whether the target has such entries.
fn keep(entry: &Entry, version: Version, notices: &mut Vec<String>) -> bool {
    let missing = match version {
        Version::V1 => matches!(
            entry,
            Entry::Devmem { .. }
                | Entry::Plain {
                    kind: Plain::CrashDump | Plain::SuspendAddr,
                    ..
                }
        ),
        Version::V2 => false,
    };
    if missing {
        notices.push(format!(
            "RPRC version {} has no {} entries, \"{}\" is left out",
            version.number(),
            entry.kind_name(),
            entry.name().escape_ascii()
        ));
    }
    !missing
}

/// Puts addresses where TI's firmware has the number of a core.
fn patch(entries: &mut [Entry], boots: &[u64], traces: &[Option<u64>], notices: &mut Vec<String>) {
    for entry in entries {
        match entry {
            Entry::Trace { da, .. } => {
                let core = usize::try_from(*da).unwrap_or(usize::MAX);
                match traces.get(core) {
                    Some(Some(trace)) => *da = *trace,
                    Some(None) => notices.push(format!(
                        "core {core} has no symbol for its trace buffer: choose with --trace"
                    )),
                    // An address already.
                    None => {}
                }
            }
            Entry::Plain {
                kind: Plain::BootAddr,
                value,
                ..
            } => {
                let core = usize::try_from(*value).unwrap_or(usize::MAX);
                if let Some(boot) = boots.get(core) {
                    *value = *boot;
                }
            }
            _ => {}
        }
    }
}

fn mainline(
    table: &Table<'_>,
    entries: &[Entry],
    version: Version,
    boots: &[u64],
    segments: &mut [Segment<'_>],
    notices: &mut Vec<String>,
) -> Result<(u64, Vec<u8>)> {
    let parsed = ResourceTable::parse(&table.bytes)?;
    let vdevs: Vec<_> = parsed
        .entries()
        .flatten()
        .filter_map(|entry| match entry.resource {
            Resource::Vdev(vdev) => Some(vdev),
            _ => None,
        })
        .collect();
    let mut out = Vec::new();
    let mut place = (0, 0);
    match &vdevs[..] {
        [] => {
            notices.push("the resource table has no vdev: the processor will have no rpmsg".into())
        }
        [vdev] => {
            let first = vdev.vrings().next().and_then(|vring| vring.da);
            let (da, len) = (first.map_or(IPC.0, |da| da.0), IPC.1);
            let ipc = Ipc::new(DeviceAddr(da), len)?;
            out.push(Entry::Carveout {
                da: Some(da),
                pa: None,
                len,
                flags: 0,
                name: b"IPC".to_vec(),
            });
            place = (da, u64::from(len));
            as_left_by_linux(table, vdev, ipc, segments)?;
        }
        _ => bail!(
            "the resource table has {} vdevs, RPRC's platform supplies one",
            vdevs.len()
        ),
    }
    for (index, entry) in entries.iter().enumerate() {
        match entry {
            Entry::Vdev { .. } => {}
            Entry::Other { kind, .. } => {
                notices.push(format!(
                    "resource {index} of type {kind} is left out: RPRC has none"
                ));
            }
            Entry::Devmem { da, len, name, .. } if reaches_into(*da, *len, place) => {
                notices.push(format!(
                    "devmem \"{}\" at {da:#x} is left out: the vrings go there",
                    name.escape_ascii()
                ));
            }
            Entry::Carveout { da: None, name, .. } => notices.push(format!(
                "carveout \"{}\" is left out: in RPRC it must have a device address",
                name.escape_ascii()
            )),
            Entry::Carveout {
                da: Some(da),
                len,
                flags,
                name,
                ..
            } => {
                if reaches_into(*da, *len, place) {
                    bail!(
                        "carveout \"{}\" at {da:#x} is where the vrings go, {:#x}..{:#x}",
                        name.escape_ascii(),
                        place.0,
                        place.0 + place.1 - 1
                    );
                }
                out.push(Entry::Carveout {
                    da: Some(*da),
                    pa: None,
                    len: *len,
                    flags: *flags,
                    name: name.clone(),
                });
            }
            entry => out.push(entry.clone()),
        }
    }
    out.extend(boot_entries(boots));
    out.retain(|entry| keep(entry, version, notices));
    let bytes = encode(&out, Layout::Rprc(version))?;
    // Behind the vrings there is room for what nobody reads there.
    let da = match place.1 {
        0 => NOWHERE,
        _ => place.0 + u64::from(Ipc::LEN),
    };
    Ok((da, bytes))
}

/// Whether `len` bytes at `da` have something in common with the range `place`.
fn reaches_into(da: u64, len: u32, place: (u64, u64)) -> bool {
    let end = |start: u64, len: u64| start.saturating_add(len);
    da < end(place.0, place.1) && end(da, len.into()) > place.0
}

/// Firmware for mainline waits until its table says that the driver is ready, and reads there where
/// the rings are. Nobody writes that with RPRC, so it is in the file.
fn as_left_by_linux(
    table: &Table<'_>,
    vdev: &Vdev<'_>,
    ipc: Ipc,
    segments: &mut [Segment<'_>],
) -> Result<()> {
    let len = table.bytes.len() as u64;
    let found = segments
        .iter_mut()
        .find_map(|s| s.find(table.da, len).map(|start| (s, start)));
    let Some((segment, start)) = found else {
        bail!("the resource table at {:#x} is in no segment", table.da);
    };
    let mut data = segment.data.to_vec();
    let mut write = |offset: usize, bytes: &[u8]| -> Option<()> {
        let at = start.checked_add(offset)?;
        let place = data.get_mut(at..at.checked_add(bytes.len())?)?;
        place.copy_from_slice(bytes);
        Some(())
    };
    let mut done = write(vdev.status_offset(), &[DRIVER_OK]);
    let features = vdev.dfeatures & Ipc::FEATURES;
    done = done.and(write(vdev.gfeatures_offset(), &features.to_le_bytes()));
    if vdev.num_of_vrings != 2 {
        bail!(
            "the vdev has {} vrings, RPRC's platform supplies 2",
            vdev.num_of_vrings
        );
    }
    for (id, (vring, da)) in (0_u32..).zip(vdev.vrings().zip(ipc.vrings)) {
        if (vring.num, vring.align) != (Ipc::VRING_NUM, Ipc::VRING_ALIGN) {
            bail!(
                "vring {id} has {} entries and alignment {:#x}, RPRC's platform supplies {} and \
                 {:#x}",
                vring.num,
                vring.align,
                Ipc::VRING_NUM,
                Ipc::VRING_ALIGN
            );
        }
        done = done.and(write(vring.da_offset(), &(da.0 as u32).to_le_bytes()));
        done = done.and(write(vring.notifyid_offset(), &id.to_le_bytes()));
    }
    if done.is_none() {
        bail!("the resource table ends in the middle of its vdev");
    }
    segment.data = Cow::Owned(data);
    Ok(())
}
