// SPDX-License-Identifier: GPL-2.0

//! What is allocated, against the memory that the board sets aside.

use super::memory::range;
use super::resources::title;
use super::vrings;
use super::Report;
use super::PAGE;
use crate::board::Board;
use crate::resources::Entry;
use crate::resources::Layout;

/// Checks all that is allocated: each where it must lie, and all of it together.
pub(super) fn check(report: &mut Report, entries: &[Entry], board: &Board, layout: Layout) {
    let total: u64 = board.pools.iter().map(|pool| pool.len).sum();
    let mut wanted = 0_u64;
    for (index, entry) in entries.iter().enumerate() {
        match entry {
            Entry::Carveout { pa, da, len, .. } => {
                let len = u64::from(*len);
                wanted = wanted.saturating_add(len.next_multiple_of(PAGE));
                // In other tables it says where it lay when somebody wrote them.
                let pa = pa.filter(|_| matches!(layout, Layout::Rprc(_)));
                // Without an IOMMU the remote sees physical addresses.
                let da = da.filter(|_| !board.iommu);
                if let Some(at) = pa.or(da) {
                    holds(report, &title(index, entry), (at, len), board);
                }
                if let (Some(pa), Some(da)) = (pa, da) {
                    if pa != da {
                        report.error(format!(
                            "{}: it must lie at {pa:#x}, but without an IOMMU the processor sees \
                             it there and not at {da:#x}",
                            title(index, entry)
                        ));
                    }
                }
            }
            Entry::Vdev { vrings, .. } => {
                wanted = wanted.saturating_add(vrings.iter().map(vrings::size).sum());
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

/// Whether what is called `title` can be at physical address `at`.
pub(super) fn holds(report: &mut Report, title: &str, (at, len): (u64, u64), board: &Board) {
    let inside = |m: &crate::board::Region| m.holds(at, len);
    if !board.pools.iter().any(inside) && !board.memories.iter().any(inside) {
        let pools: Vec<_> = board
            .pools
            .iter()
            .map(|pool| format!("{} {}", pool.name, range(pool.start, pool.len)))
            .collect();
        report.error(format!(
            "{title}: {} is not in the memory that is set aside for {}: {}",
            range(at, len),
            board.node,
            if pools.is_empty() {
                "there is none".into()
            } else {
                pools.join(", ")
            }
        ));
    } else if at % PAGE != 0 {
        report.error(format!(
            "{title}: {len:#x} bytes at physical address {at:#x}, memory begins at multiples of \
             {PAGE:#x}"
        ));
    }
}
