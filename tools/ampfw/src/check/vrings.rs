// SPDX-License-Identifier: GPL-2.0

//! The rings of virtio devices: their memory and their notify ids.

use proto::vring::Layout as Ring;

use super::memory::overlap;
use super::memory::range;
use super::pool;
use super::Report;
use super::PAGE;
use crate::board::Board;
use crate::resources::Entry;
use crate::resources::Vring;
use crate::text::address;
use crate::text::safe;

/// As many as remoteproc has notify ids for.
const MAX_RINGS: usize = 64;

/// Checks the rings of all virtio devices.
pub(super) fn check(report: &mut Report, entries: &[Entry], board: Option<&Board>) {
    let num = rings(entries).flatten().count();
    if num > MAX_RINGS {
        report.error(format!(
            "the vdevs have {num} vrings, there may be {MAX_RINGS} in all"
        ));
    }
    notify_ids(report, entries);
    places(report, entries, board);
}

/// The rings of each virtio device.
fn rings(entries: &[Entry]) -> impl Iterator<Item = &Vec<Vring>> {
    entries.iter().filter_map(|entry| match entry {
        Entry::Vdev { vrings, .. } => Some(vrings),
        _ => None,
    })
}

/// Linux numbers all rings from 0 and writes the numbers back.
fn notify_ids(report: &mut Report, entries: &[Entry]) {
    let mut seen = Vec::new();
    for (assigned, ring) in rings(entries).flatten().enumerate() {
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

/// What is allocated for a ring, in bytes.
pub(super) fn size(ring: &Vring) -> u64 {
    let size = Ring::new(ring.num, ring.align).map(|layout| u64::from(layout.size()));
    size.unwrap_or(0).next_multiple_of(PAGE)
}

/// Rings against the memory that is meant for them.
fn places(report: &mut Report, entries: &[Entry], board: Option<&Board>) {
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
    let mut placed: Vec<(String, (u64, u64))> = Vec::new();
    for (device, rings) in self::rings(entries).enumerate() {
        for (index, ring) in rings.iter().enumerate() {
            let name = format!("vdev{device}vring{index}");
            let size = self::size(ring);
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
                        "{name} at {} overlaps {other} at {}; 0xffffffff is anywhere",
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
            let inside = |(_, start, len): &(&[u8], Option<u64>, u64)| {
                let offset = start.and_then(|start| da.checked_sub(start));
                offset
                    .and_then(|offset| offset.checked_add(size))
                    .is_some_and(|end| end <= *len)
            };
            if let Some(board) = board.filter(|_| !carveouts.iter().any(inside)) {
                own_memory(report, &name, place, board);
            }
            if placed.len() < MAX_RINGS {
                placed.push((name, place));
            }
        }
    }
}

/// What can be said of a ring that gets memory of its own at its address.
fn own_memory(report: &mut Report, name: &str, (da, size): (u64, u64), board: &Board) {
    if board.iommu && da % PAGE != 0 {
        report.error(format!(
            "{name}: {size:#x} bytes at {da:#x}, the IOMMU maps multiples of {PAGE:#x}"
        ));
    }
    if !board.iommu {
        pool::holds(report, name, (da, size), board);
    }
}
