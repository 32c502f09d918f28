// SPDX-License-Identifier: GPL-2.0

//! Memories and ranges of addresses, for people.

use crate::board::Board;
use crate::board::Region;
use crate::resources::Entry;
use crate::text::safe;

/// More memories in a message say nothing.
const MAX_LISTED: usize = 32;

/// The memories that are there once the table has been handled.
pub(super) fn of(entries: &[Entry], board: &Board) -> Vec<Region> {
    let carveouts = entries.iter().filter_map(|entry| match entry {
        Entry::Carveout {
            da: Some(da),
            len,
            name,
            ..
        } => Some(Region {
            name: format!("carveout \"{}\"", safe(name)),
            start: *da,
            len: (*len).into(),
        }),
        _ => None,
    });
    board.memories.iter().cloned().chain(carveouts).collect()
}

/// "0x1000..0x1fff", of a range that is not empty.
pub(super) fn range(start: u64, len: u64) -> String {
    format!("{start:#x}..{:#x}", start.saturating_add(len.max(1) - 1))
}

/// Whether two ranges have a byte in common.
pub(super) fn overlap(a: (u64, u64), b: (u64, u64)) -> bool {
    let ends_before = |(start, len): (u64, u64), other: u64| match start.checked_add(len) {
        Some(end) => end <= other,
        None => false,
    };
    a.1 != 0 && b.1 != 0 && !ends_before(a, b.0) && !ends_before(b, a.0)
}

/// The numbers of ranges that overlap, in pairs: each with the one before it that reaches farthest.
pub(super) fn overlaps(ranges: &[(u64, u64)]) -> Vec<(usize, usize)> {
    let mut order: Vec<_> = (0..ranges.len()).collect();
    order.sort_by_key(|&i| ranges[i]);
    let mut found = Vec::new();
    let mut farthest: Option<usize> = None;
    for i in order {
        let end = |i: usize| u128::from(ranges[i].0) + u128::from(ranges[i].1);
        if let Some(before) = farthest.filter(|&f| overlap(ranges[f], ranges[i])) {
            found.push((before, i));
        }
        if farthest.is_none_or(|f| end(f) <= end(i)) {
            farthest = Some(i);
        }
    }
    found
}

/// All the memories of a processor in a line, and which of them would have room for `len` bytes.
pub(super) fn suggest(memories: &[Region], len: u64) -> String {
    if memories.is_empty() {
        return "it has none, ask for some with a carveout".into();
    }
    let mut list: Vec<_> = memories
        .iter()
        .take(MAX_LISTED)
        .map(|m| format!("{} {}", m.name, range(m.start, m.len)))
        .collect();
    if memories.len() > MAX_LISTED {
        list.push(format!("{} more", memories.len() - MAX_LISTED));
    }
    // The smallest one, which is the one that was most likely meant.
    let fits = memories
        .iter()
        .filter(|memory| memory.len >= len)
        .min_by_key(|memory| memory.len);
    let list = list.join(", ");
    match fits {
        Some(fits) => format!("it has {list}; {} would fit", fits.name),
        None => format!("it has {list}; none of them has room for {len:#x} bytes"),
    }
}
