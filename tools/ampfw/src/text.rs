// SPDX-License-Identifier: GPL-2.0

//! Text for people, out of bytes from anywhere.

use std::fmt::Write as _;

/// Bytes as printable ASCII, whatever they are.
pub(crate) fn safe(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// A size in bytes, for people: exact, and in a larger unit if that is exact as well.
pub(crate) fn size(bytes: u64) -> String {
    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;
    match bytes {
        0 => "0".into(),
        n if n % MIB == 0 => format!("{n:#x} ({} MiB)", n / MIB),
        n if n % KIB == 0 => format!("{n:#x} ({} KiB)", n / KIB),
        n => format!("{n:#x}"),
    }
}

/// An address, or "any".
pub(crate) fn address(address: Option<u64>) -> String {
    address.map_or_else(|| "any".into(), |address| format!("{address:#x}"))
}

/// Lines of columns, each as wide as its widest cell; no blanks at the ends of lines.
pub(crate) fn columns(indent: usize, rows: &[Vec<String>]) -> String {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|i| {
            rows.iter()
                .filter_map(|row| row.get(i))
                .map(|c| c.len())
                .max()
        })
        .map(Option::unwrap_or_default)
        .collect();
    let mut out = String::new();
    for row in rows {
        let mut line = " ".repeat(indent);
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:width$}  ");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// "1 error", "2 errors".
pub(crate) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
