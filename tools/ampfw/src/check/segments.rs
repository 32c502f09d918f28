// SPDX-License-Identifier: GPL-2.0

//! Segments and the entry address.

use super::memory;
use super::memory::overlap;
use super::memory::range;
use super::memory::suggest;
use super::Report;
use crate::board::Board;
use crate::board::Boot;
use crate::image::Image;
use crate::image::Kind;
use crate::image::Machine;
use crate::image::Segment;
use crate::resources::Entry;

/// TI's programmable real-time unit.
const MACHINE_PRU: u16 = 144;

/// More findings of a kind than this say nothing new.
const MAX_OVERLAPS: usize = 16;

pub(super) fn check(
    report: &mut Report,
    image: &Image<'_>,
    entries: &[Entry],
    board: Option<&Board>,
) {
    let loaded: Vec<_> = image.segments.iter().filter(|s| s.is_loaded()).collect();
    for segment in image.segments.iter().filter(|s| !s.is_loaded()) {
        report.warning(format!(
            "{} ({}) is for TI's secure mode, the kernel skips it",
            segment.title(),
            segment.kind
        ));
    }
    overlaps(report, image, &loaded);
    if let Some(board) = board {
        places(report, &loaded, entries, board);
        executable(report, &loaded, board);
    }
    entry(report, image, &loaded, board);
    table(report, image, &loaded);
}

fn overlaps(report: &mut Report, image: &Image<'_>, loaded: &[&Segment<'_>]) {
    // A PRU has two address spaces, which both begin at 0.
    let groups: &[&[Kind]] = match image.machine {
        Machine::Elf(MACHINE_PRU) => &[&[Kind::Text], &[Kind::Data]],
        _ => &[&[Kind::Text, Kind::Data]],
    };
    for group in groups {
        let of = |s: &&&Segment<'_>| group.contains(&s.kind);
        let loaded: Vec<_> = loaded.iter().filter(of).collect();
        let ranges: Vec<_> = loaded.iter().map(|s| (s.da, s.memsz)).collect();
        for (a, b) in memory::overlaps(&ranges).into_iter().take(MAX_OVERLAPS) {
            let (a, b) = (loaded[a.min(b)], loaded[a.max(b)]);
            report.warning(format!(
                "{} at {} and {} at {} overlap, the later one in the file wins",
                a.title(),
                range(a.da, a.memsz),
                b.title(),
                range(b.da, b.memsz)
            ));
        }
    }
}

fn places(report: &mut Report, loaded: &[&Segment<'_>], entries: &[Entry], board: &Board) {
    let memories = memory::of(entries, board);
    for segment in loaded {
        if !memories.iter().any(|m| m.holds(segment.da, segment.memsz)) {
            report.error(format!(
                "{}, {:#x} bytes at {}, is in no memory of {}: {}",
                segment.title(),
                segment.memsz,
                range(segment.da, segment.memsz),
                board.node,
                suggest(&memories, segment.memsz)
            ));
        }
    }
}

fn executable(report: &mut Report, loaded: &[&Segment<'_>], board: &Board) {
    for segment in loaded.iter().filter(|s| s.kind == Kind::Text) {
        for &(first, last) in board.processor.execute_never {
            if overlap((segment.da, segment.memsz), (first, last - first + 1)) {
                report.error(format!(
                    "{} at {} has code, but a {} executes nothing at {first:#x}..{last:#x}: link \
                     it elsewhere",
                    segment.title(),
                    range(segment.da, segment.memsz),
                    board.processor.title
                ));
            }
        }
    }
}

fn entry(report: &mut Report, image: &Image<'_>, loaded: &[&Segment<'_>], board: Option<&Board>) {
    let holds = |da: u64| loaded.iter().any(|s| overlap((s.da, s.memsz), (da, 1)));
    let boot = board.map_or(Boot::Entry(1), |board| board.processor.boot);
    match (boot, image.entry) {
        (Boot::Vectors, _) if !holds(0) => report.error(
            "nothing is loaded at 0x0, but the processor starts with the vectors there".into(),
        ),
        (Boot::Vectors, _) => {}
        (Boot::Entry(_), None) => report.warning(
            "the file does not say where to begin to execute, the platform must know".into(),
        ),
        (Boot::Entry(align), Some(entry)) => {
            if entry % align != 0 {
                report.error(format!(
                    "the boot address {entry:#x} is not a multiple of {align:#x}: choose another \
                     one with \"ampfw convert --boot\", for example {:#x}",
                    entry - entry % align
                ));
            }
            if !holds(entry) {
                report.warning(format!(
                    "the boot address {entry:#x} is in no segment, so what is executed there is \
                     not in the file"
                ));
            }
        }
    }
}

/// What is written back into the table reaches the remote only if it looks for it in memory that
/// is loaded.
fn table(report: &mut Report, image: &Image<'_>, loaded: &[&Segment<'_>]) {
    let Ok(Some(table)) = &image.table else {
        return;
    };
    let (da, len) = (table.da, table.bytes.len() as u64);
    let rprc = matches!(image.format, crate::image::Format::Rprc(_));
    let inside = |s: &&Segment<'_>| {
        da.checked_sub(s.da)
            .and_then(|offset| offset.checked_add(len))
            .is_some_and(|end| end <= s.memsz)
    };
    if !rprc && !loaded.iter().any(inside) {
        report.warning(format!(
            "the resource table at {} is in no segment: the firmware won't see what the kernel \
             writes back",
            range(da, len)
        ));
    }
}
