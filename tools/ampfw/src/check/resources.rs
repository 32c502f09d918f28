// SPDX-License-Identifier: GPL-2.0

//! The resource table.

use proto::resource_table::channels;

use super::memory;
use super::memory::range;
use super::pool;
use super::vrings;
use super::Report;
use super::PAGE;
use crate::board::Board;
use crate::image::Format;
use crate::image::Image;
use crate::resources::decode;
use crate::resources::Entry;
use crate::resources::Layout;
use crate::resources::Plain;
use crate::text::safe;

/// Each of them is compared with each segment.
const MAX_ENTRIES: usize = 1024;

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
    vrings::check(report, &entries, board);
    if let Some(board) = board {
        places(report, &entries, board);
        pool::check(report, &entries, board, table.layout);
        traces(report, &entries, board);
    }
    if let (Layout::Rprc(_), Format::Rprc(_)) = (table.layout, image.format) {
        rprc(report, image, &entries);
    }
    entries
}

/// What an entry is called in messages.
pub(super) fn title(index: usize, entry: &Entry) -> String {
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
        Entry::Other {
            kind: channels::KIND,
            bytes,
        } => {
            if let Err(error) = channels::parse(bytes) {
                report.error(format!("resource {index}: {error}"));
            }
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

/// Ranges of addresses that stand for two things.
fn places(report: &mut Report, entries: &[Entry], board: &Board) {
    let placed: Vec<_> = entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| match entry {
            Entry::Carveout { .. } => true,
            // Without an IOMMU there are none.
            Entry::Devmem { .. } => board.iommu,
            _ => false,
        })
        .filter_map(|(index, entry)| Some((index, entry, entry.range()?)))
        .collect();
    let ranges: Vec<_> = placed.iter().map(|(_, _, range)| *range).collect();
    for (a, b) in memory::overlaps(&ranges) {
        let [(i, a, at), (j, b, bt)] = [&placed[a.min(b)], &placed[a.max(b)]];
        report.error(format!(
            "{} at {} and {} at {} overlap: {}",
            title(*i, a),
            range(at.0, at.1),
            title(*j, b),
            range(bt.0, bt.1),
            if board.iommu {
                "the IOMMU cannot map both"
            } else {
                "only one of them can be there"
            }
        ));
    }
}

/// Trace buffers that Linux won't find.
fn traces(report: &mut Report, entries: &[Entry], board: &Board) {
    let memories = memory::of(entries, board);
    for (index, entry) in entries.iter().enumerate() {
        let Entry::Trace { da, len, .. } = entry else {
            continue;
        };
        let len = u64::from(*len);
        if len != 0 && !memories.iter().any(|m| m.holds(*da, len)) {
            report.warning(format!(
                "{}: {} is in no memory of {}, so there will be no trace: {}",
                title(index, entry),
                range(*da, len),
                board.node,
                memory::suggest(&memories, len)
            ));
        }
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
