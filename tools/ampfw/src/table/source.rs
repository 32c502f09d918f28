// SPDX-License-Identifier: GPL-2.0

//! Source code that has a table: an array of words, a comment on each line of it.
//!
//! Every entry is a multiple of four bytes long, and everything is little-endian, like the
//! processors that read it.

use std::fmt::Write as _;

use super::Description;
use crate::error::Result;
use crate::resources::encode;
use crate::text::safe;

/// A line of the array: words, and what they are.
type Line = (Vec<u32>, String);

/// The table in parts: its header, its offsets, then a part for each entry.
fn lines(description: &Description) -> Result<Vec<Line>> {
    let words = |bytes: &[u8]| -> Vec<u32> {
        bytes
            .chunks(4)
            .map(|chunk| {
                let mut word = [0; 4];
                word[..chunk.len()].copy_from_slice(chunk);
                u32::from_le_bytes(word)
            })
            .collect()
    };
    let all = words(&encode(&description.entries, description.layout)?);
    let mut rest = &all[..];
    let mut lines = Vec::new();
    let mut take = |n: usize, what: String| {
        let (now, later) = rest.split_at(n.min(rest.len()));
        rest = later;
        lines.push((now.to_vec(), what));
    };
    let num = description.entries.len();
    // What an empty table begins with is all that precedes the offsets.
    let header = encode(&[], description.layout)?.len() / 4;
    if header != 0 {
        take(header, format!("version, {num} entries, reserved"));
        if num != 0 {
            take(num, "offsets of the entries".into());
        }
    }
    for entry in &description.entries {
        let alone = encode(std::slice::from_ref(entry), description.layout)?;
        let before = if header == 0 { 0 } else { header + 1 };
        let name = match entry.name() {
            [] => String::new(),
            name => format!(" \"{}\"", safe(name)),
        };
        take(
            alone.len() / 4 - before,
            format!("{}{name}", entry.kind_name()),
        );
    }
    Ok(lines)
}

fn array(lines: &[Line], open: &str, close: &str) -> String {
    let mut out = String::new();
    for (words, what) in lines {
        // Names are bytes from anywhere: none may end the comment.
        let what = what.replace("*/", "* /").replace("/*", "/ *");
        let _ = writeln!(out, "{open}{what}{close}");
        for row in words.chunks(6) {
            let row: Vec<_> = row.iter().map(|word| format!("{word:#010x},")).collect();
            let _ = writeln!(out, "\t{}", row.join(" "));
        }
    }
    out
}

/// What it was made from, as one line of a comment.
fn origin(from: &str) -> String {
    safe(from.as_bytes()).replace("*/", "* /")
}

/// C, for GCC, Clang and TI's compilers. Linux writes into the table, so it is volatile.
pub fn c(description: &Description, from: &str) -> Result<String> {
    let lines = lines(description)?;
    let num: usize = lines.iter().map(|(words, _)| words.len()).sum();
    Ok(format!(
        "/* Made by ampfw from {}. */\n#include <stdint.h>\n\n#ifdef \
         __TI_COMPILER_VERSION__\n#pragma DATA_SECTION(resource_table, \
         \".resource_table\")\n#pragma RETAIN(resource_table)\n#else\n__attribute__((section(\".\
         resource_table\"), used))\n#endif\nvolatile uint32_t resource_table[{num}] = {{\n{}}};\n",
        origin(from),
        array(&lines, "\t/* ", " */")
    ))
}

/// Rust, of any edition since 2018. Linux writes into the table: read it with
/// `core::ptr::read_volatile`.
pub fn rust(description: &Description, from: &str) -> Result<String> {
    let lines = lines(description)?;
    let num: usize = lines.iter().map(|(words, _)| words.len()).sum();
    Ok(format!(
        "// Made by ampfw from {}.\n\n/// The resource table. Linux writes into it: read it with \
         `core::ptr::read_volatile`.\n#[used]\n#[link_section = \".resource_table\"]\npub static \
         mut RESOURCE_TABLE: [u32; {num}] = [\n{}];\n",
        origin(from),
        array(&lines, "\t// ", "").replace('\t', "    ")
    ))
}
