// SPDX-License-Identifier: GPL-2.0

//! What is in a file: for people, and for programs.

mod json;

use std::fmt::Write as _;

use proto::resource_table::channels;
use proto::resource_table::channels::StaticChannel;
use proto::rpmsg::Addr;

use crate::image::Image;
use crate::resources::decode;
use crate::resources::Decoded;
use crate::resources::Entry;
use crate::text::address;
use crate::text::columns;
use crate::text::count;
use crate::text::safe;
use crate::text::size;

pub use json::json;

/// More lines than this nobody reads.
const MAX_ROWS: usize = 1024;

/// The description of `image` as text.
pub fn human(image: &Image<'_>) -> String {
    let mut out = String::new();
    let entry = match image.entry {
        Some(entry) => format!("{entry:#x}"),
        None => "not in the file".into(),
    };
    let mut rows = vec![
        vec!["format".into(), image.format.to_string()],
        vec!["machine".into(), image.machine.to_string()],
        vec!["entry".into(), entry],
    ];
    if !image.text.is_empty() {
        rows.push(vec!["header".into(), image.text.clone()]);
    }
    rows.push(vec!["size".into(), size(image.bytes().len() as u64)]);
    out.push_str(&columns(0, &rows));

    let _ = writeln!(out, "\n{}", count(image.segments.len(), "segment"));
    let head = ["", "kind", "da", "memory", "file", "offset", "name"];
    let mut rows = vec![head.map(String::from).to_vec()];
    for segment in image.segments.iter().take(MAX_ROWS) {
        rows.push(vec![
            segment.index.to_string(),
            segment.kind.to_string(),
            format!("{:#x}", segment.da),
            format!("{:#x}", segment.memsz),
            format!("{:#x}", segment.data.len()),
            format!("{:#x}", segment.offset),
            segment.name.clone(),
        ]);
    }
    out.push_str(&columns(2, &rows));
    more(&mut out, image.segments.len());
    out.push('\n');
    table(&mut out, image);
    out
}

fn table(out: &mut String, image: &Image<'_>) {
    let table = match &image.table {
        Ok(Some(table)) => table,
        Ok(None) => return out.push_str("no resource table\n"),
        Err(error) => {
            let _ = writeln!(out, "the resource table cannot be read: {error}");
            return;
        }
    };
    let entries = match decode(table) {
        Ok(entries) => entries,
        Err(error) => {
            let _ = writeln!(
                out,
                "the resource table at {:#x} cannot be read: {error}",
                table.da
            );
            return;
        }
    };
    let _ = writeln!(
        out,
        "{} at {:#x}, {:#x} bytes, {}",
        table.layout,
        table.da,
        table.bytes.len(),
        if entries.len() == 1 {
            "1 entry".into()
        } else {
            format!("{} entries", entries.len())
        }
    );
    let mut rows = Vec::new();
    for (index, decoded) in entries.iter().enumerate().take(MAX_ROWS) {
        rows.extend(entry_rows(index, decoded));
    }
    out.push_str(&columns(2, &rows));
    more(out, entries.len());
}

/// Says how many lines are not there.
fn more(out: &mut String, rows: usize) {
    if rows > MAX_ROWS {
        let _ = writeln!(out, "  and {} more, see --json", rows - MAX_ROWS);
    }
}

fn entry_rows(index: usize, decoded: &Decoded) -> Vec<Vec<String>> {
    let entry = match &decoded.entry {
        Ok(entry) => entry,
        Err(error) => return vec![vec![index.to_string(), "broken".into(), error.to_string()]],
    };
    let mut row = vec![index.to_string(), entry.kind_name().to_string()];
    if !entry.name().is_empty() {
        row.push(format!("\"{}\"", safe(entry.name())));
    } else if matches!(entry, Entry::Vdev { .. } | Entry::Other { .. }) {
        row.push(String::new());
    } else {
        row.push("\"\"".into());
    }
    row.push(details(entry));
    let mut rows = vec![row];
    if let Entry::Vdev { vrings, .. } = entry {
        rows.extend(vrings.iter().enumerate().map(|(i, vring)| {
            vec![
                String::new(),
                format!("vring {i}"),
                String::new(),
                format!(
                    "da {}, {} entries, align {}, notifyid {}",
                    address(vring.da),
                    vring.num,
                    vring.align,
                    vring.notifyid
                ),
            ]
        }));
    }
    rows
}

fn details(entry: &Entry) -> String {
    match entry {
        Entry::Carveout {
            da, pa, len, flags, ..
        } => format!(
            "da {}, pa {}, len {}{}",
            address(*da),
            address(*pa),
            size((*len).into()),
            flags_text(*flags)
        ),
        Entry::Devmem {
            da, pa, len, flags, ..
        } => format!(
            "da {da:#x}, pa {pa:#x}, len {}{}",
            size((*len).into()),
            flags_text(*flags)
        ),
        Entry::Trace { da, len, .. } => format!("da {da:#x}, len {}", size((*len).into())),
        Entry::Vdev {
            id,
            notifyid,
            dfeatures,
            gfeatures,
            status,
            config,
            ..
        } => {
            let name = virtio_name(*id).map_or(String::new(), |name| format!(" ({name})"));
            format!(
                "id {id}{name}, notifyid {notifyid}, dfeatures {dfeatures:#x}, gfeatures \
                 {gfeatures:#x}, status {status:#x}, {} of config",
                count(config.len(), "byte")
            )
        }
        Entry::Other {
            kind: channels::KIND,
            bytes,
        } => match channels::parse(bytes) {
            Ok(channels) => {
                let list: Vec<_> = channels.map(|channel| channel_text(&channel)).collect();
                format!("static channels: {}", list.join("; "))
            }
            Err(error) => error.to_string(),
        },
        Entry::Other { kind, bytes } => format!("type {kind}, {}", count(bytes.len(), "byte")),
        Entry::Plain { value, len: 0, .. } => format!("{value:#x}"),
        Entry::Plain { value, len, .. } => {
            format!("{value:#x}, len {}", size((*len).into()))
        }
    }
}

fn channel_text(channel: &StaticChannel) -> String {
    let side = |addr: Addr| match addr {
        Addr::ANY => "any".into(),
        Addr(addr) => addr.to_string(),
    };
    format!(
        "\"{}\" src {} dst {}",
        safe(channel.name.as_bytes()),
        side(channel.src),
        side(channel.dst)
    )
}

fn flags_text(flags: u32) -> String {
    if flags == 0 {
        String::new()
    } else {
        format!(", flags {flags:#x}")
    }
}

/// What a virtio device id stands for, as far as remote processors have them.
pub(crate) fn virtio_name(id: u32) -> Option<&'static str> {
    Some(match id {
        1 => "net",
        2 => "block",
        3 => "console",
        4 => "rng",
        7 => "rpmsg",
        11 => "rproc serial",
        _ => return None,
    })
}
