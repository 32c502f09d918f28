// SPDX-License-Identifier: GPL-2.0

//! The resource table.

use proto::vring::Layout as Ring;

use super::memory;
use super::memory::overlap;
use super::memory::range;
use super::Report;
use crate::board::Board;
use crate::image::Format;
use crate::image::Image;
use crate::resources::decode;
use crate::resources::Entry;
use crate::resources::Layout;
use crate::resources::Plain;
use crate::resources::Vring;
use crate::text::address;
use crate::text::safe;

const PAGE: u64 = 4096;

/// Each of them is compared with each segment.
const MAX_ENTRIES: usize = 1024;

/// Rings that are compared with each other: more than anybody has.
const MAX_RINGS: usize = 256;

/// Checks the table and gives its entries that are sound.
pub(super) fn check(report: &mut Report, image: &Image<'_>, board: Option<&Board>) -> Vec<Entry> {
    let table = match &image.table {
        Ok(Some(table)) => table,
        Ok(None) => {
            report.warning(
                "there is no resource table: the processor is started, but has no rpmsg".into(),
            );
            return Vec::new();
        }
        Err(error) => {
            report.error(error.to_string());
            return Vec::new();
        }
    };
    if let (Layout::Rprc(_), Format::Elf(_)) = (table.layout, image.format) {
        report.error(
            "the section .resource_table has RPRC's entries, the kernel reads them in RPRC files \
             only: convert it, \"ampfw convert\""
                .into(),
        );
    }
    let decoded = match decode(table) {
        Ok(decoded) => decoded,
        Err(error) => {
            report.error(error.to_string());
            return Vec::new();
        }
    };
    if decoded.len() > MAX_ENTRIES {
        report.error(format!(
            "the resource table has {} entries, no firmware has more than {MAX_ENTRIES}",
            decoded.len()
        ));
        return Vec::new();
    }
    let mut entries = Vec::new();
    for (index, decoded) in decoded.into_iter().enumerate() {
        match decoded.entry {
            Ok(entry) => {
                single(report, index, &entry, board);
                entries.push(entry);
            }
            Err(error) => report.error(error.to_string()),
        }
    }
    notify_ids(report, &entries);
    vrings(report, &entries, board);
    if let Some(board) = board {
        if board.iommu {
            mappings(report, &entries);
        }
        pool(report, &entries, board, table.layout);
    }
    if let (Layout::Rprc(_), Format::Rprc(_)) = (table.layout, image.format) {
        rprc(report, image, &entries);
    }
    entries
}

fn title(index: usize, entry: &Entry) -> String {
    format!(
        "resource {index}, {} \"{}\"",
        entry.kind_name(),
        safe(entry.name())
    )
}

/// What can be said of an entry without the others.
fn single(report: &mut Report, index: usize, entry: &Entry, board: Option<&Board>) {
    let title = title(index, entry);
    let name = entry.name();
    if name.iter().any(|byte| !matches!(byte, b' '..=b'~')) {
        report.warning(format!("{title}: the name is not printable ASCII"));
    }
    match entry {
        Entry::Carveout { len: 0, .. } | Entry::Devmem { len: 0, .. } => {
            report.error(format!("{title}: it has 0 bytes, there must be some"));
        }
        Entry::Trace { len: 0, .. } => {
            report.warning(format!(
                "{title}: it has 0 bytes, so there will be no trace"
            ));
        }
        Entry::Other { kind, .. } if proto::resource_table::VENDOR_TYPES.contains(kind) => {
            report.warning(format!(
                "resource {index} has type {kind}, which is the platform driver's to understand"
            ));
        }
        Entry::Other { kind, .. } => report.warning(format!(
            "resource {index} has type {kind}, which the kernel does not know and skips"
        )),
        Entry::Devmem { .. } if board.is_some_and(|board| !board.iommu) => report.error(format!(
            "{title}: it needs an IOMMU, the processor has none"
        )),
        _ => {}
    }
    if let (Entry::Carveout { .. } | Entry::Devmem { .. }, Some((da, len))) = (entry, entry.range())
    {
        let end = da.checked_add(len);
        if end.is_none_or(|end| end > 1 << 32) {
            report.error(format!(
                "{title}: {len:#x} bytes at {da:#x} go past the end of the address space"
            ));
        } else if board.is_some_and(|b| b.iommu) && (da % PAGE != 0 || len % PAGE != 0) {
            report.error(format!(
                "{title}: {len:#x} bytes at {da:#x}, the IOMMU maps multiples of {PAGE:#x}"
            ));
        }
    }
}

/// Linux numbers all rings from 0 and writes the numbers back.
fn notify_ids(report: &mut Report, entries: &[Entry]) {
    let rings = entries.iter().filter_map(|entry| match entry {
        Entry::Vdev { vrings, .. } => Some(vrings),
        _ => None,
    });
    let mut seen = Vec::new();
    for (assigned, ring) in rings.flatten().enumerate() {
        let id = ring.notifyid;
        if id != 0 && id != u32::MAX && seen.contains(&id) {
            report.warning(format!(
                "two vrings have notify id {id}, they must differ; Linux will write {assigned} \
                 over the second one"
            ));
        } else if id != 0 && id != u32::MAX && id as usize != assigned {
            report.warning(format!(
                "a vring has notify id {id}, but Linux will write {assigned} over it: firmware \
                 must read it from the loaded table"
            ));
        }
        seen.push(id);
    }
}

fn ring_size(ring: &Vring) -> u64 {
    let size = Ring::new(ring.num, ring.align).map(|layout| u64::from(layout.size()));
    size.unwrap_or(0).next_multiple_of(PAGE)
}

/// Rings against the memory that is meant for them.
fn vrings(report: &mut Report, entries: &[Entry], board: Option<&Board>) {
    let carveouts: Vec<_> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Carveout { da, len, name, .. } => Some((name.as_slice(), *da, u64::from(*len))),
            _ => None,
        })
        .collect();
    let devmems: Vec<_> = entries
        .iter()
        .filter(|entry| matches!(entry, Entry::Devmem { .. }))
        .filter_map(|entry| Some((entry.name(), entry.range()?)))
        .collect();
    let devices = entries.iter().filter_map(|entry| match entry {
        Entry::Vdev { vrings, .. } => Some(vrings),
        _ => None,
    });
    let mut placed: Vec<(String, (u64, u64))> = Vec::new();
    for (device, rings) in devices.enumerate() {
        for (index, ring) in rings.iter().enumerate() {
            let name = format!("vdev{device}vring{index}");
            let size = ring_size(ring);
            let own = carveouts.iter().find(|(n, ..)| *n == name.as_bytes());
            if let Some((_, da, len)) = own {
                let start = ring.da.or(*da).unwrap_or(0);
                let before = da.map_or(0, |da| start.wrapping_sub(da));
                if before.checked_add(size).is_none_or(|end| end > *len) {
                    report.error(format!(
                        "{name} at {} needs {size:#x} bytes, its carveout has {len:#x} bytes at {}",
                        address(ring.da),
                        address(*da)
                    ));
                }
            }
            let Some(da) = ring.da else { continue };
            let place = (da, size);
            for (other, at) in &placed {
                if overlap(*at, place) {
                    report.error(format!(
                        "{name} at {} overlaps {other} at {}",
                        range(da, size),
                        range(at.0, at.1)
                    ));
                }
            }
            for (carveout, start, len) in &carveouts {
                let Some(start) = start.filter(|_| own.is_none()) else {
                    continue;
                };
                let inside = da >= start && da - start <= *len && size <= *len - (da - start);
                if overlap((start, *len), place) && !inside {
                    report.error(format!(
                        "{name} at {} needs {size:#x} bytes, but carveout \"{}\" ends at {:#x}",
                        range(da, size),
                        safe(carveout),
                        start.saturating_add(*len)
                    ));
                }
            }
            for (devmem, at) in &devmems {
                if board.is_some_and(|board| board.iommu) && overlap(*at, place) {
                    report.error(format!(
                        "{name} at {} is where devmem \"{}\" maps {}: the IOMMU cannot map both",
                        range(da, size),
                        safe(devmem),
                        range(at.0, at.1)
                    ));
                }
            }
            if placed.len() < MAX_RINGS {
                placed.push((name, place));
            }
        }
    }
}

/// Ranges that the IOMMU would have to map twice.
fn mappings(report: &mut Report, entries: &[Entry]) {
    let mapped: Vec<_> = entries
        .iter()
        .enumerate()
        .filter(|(_, e)| matches!(e, Entry::Carveout { .. } | Entry::Devmem { .. }))
        .filter_map(|(index, entry)| Some((index, entry, entry.range()?)))
        .collect();
    let ranges: Vec<_> = mapped.iter().map(|(_, _, range)| *range).collect();
    for (a, b) in memory::overlaps(&ranges) {
        let [(i, a, at), (j, b, bt)] = [&mapped[a.min(b)], &mapped[a.max(b)]];
        report.error(format!(
            "{} at {} and {} at {} overlap: the IOMMU cannot map both",
            title(*i, a),
            range(at.0, at.1),
            title(*j, b),
            range(bt.0, bt.1)
        ));
    }
}

/// What is allocated against the memory that the board sets aside.
fn pool(report: &mut Report, entries: &[Entry], board: &Board, layout: Layout) {
    let total: u64 = board.pools.iter().map(|pool| pool.len).sum();
    let mut wanted = 0_u64;
    for (index, entry) in entries.iter().enumerate() {
        match entry {
            Entry::Carveout { pa, da, len, .. } => {
                let len = u64::from(*len);
                wanted = wanted.saturating_add(len.next_multiple_of(PAGE));
                let fixed = match layout {
                    Layout::Rprc(_) => *pa,
                    // Without an IOMMU the remote sees physical addresses.
                    Layout::Mainline if !board.iommu => *da,
                    Layout::Mainline => None,
                };
                let Some(at) = fixed else { continue };
                let inside = |m: &crate::board::Region| m.holds(at, len);
                if !board.pools.iter().any(inside) && !board.memories.iter().any(inside) {
                    let pools: Vec<_> = board
                        .pools
                        .iter()
                        .map(|pool| format!("{} {}", pool.name, range(pool.start, pool.len)))
                        .collect();
                    report.error(format!(
                        "{}: {} is not in the memory that is set aside for {}: {}",
                        title(index, entry),
                        range(at, len),
                        board.node,
                        if pools.is_empty() {
                            "there is none".into()
                        } else {
                            pools.join(", ")
                        }
                    ));
                }
            }
            Entry::Vdev { vrings, .. } => {
                wanted = wanted.saturating_add(vrings.iter().map(ring_size).sum());
            }
            _ => {}
        }
    }
    if total != 0 && wanted > total {
        report.error(format!(
            "carveouts and vrings need {wanted:#x} bytes, but only {total:#x} are set aside for {}",
            board.node
        ));
    }
}

/// What only RPRC's order of entries says.
fn rprc(report: &mut Report, image: &Image<'_>, entries: &[Entry]) {
    if let Ok(rprc) = proto::rprc::Rprc::parse(image.bytes()) {
        match rprc.ipc() {
            Some(Ok(_)) => {}
            Some(Err(error)) => report.error(error.to_string()),
            None => report.warning(
                "there is no carveout: the vrings lie at the start of the first one, so the \
                 processor has no rpmsg"
                    .into(),
            ),
        }
    }
    let boots: Vec<_> = entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Plain {
                kind: Plain::BootAddr,
                value,
                ..
            } => Some(value),
            _ => None,
        })
        .collect();
    if let [_, .., last] = boots[..] {
        report.warning(format!(
            "there are {} boot addresses, the last one wins: {last:#x}",
            boots.len()
        ));
    }
}
