// SPDX-License-Identifier: GPL-2.0

//! From entries to text that gives the same entries again.

use std::fmt::Write as _;

use proto::rprc::Version;

use super::Description;
use crate::error::bail;
use crate::error::Result;
use crate::image::Image;
use crate::resources::decode;
use crate::resources::Entry;
use crate::resources::Layout;

/// The description of the table in `image`. Fails if there is none, or if one of its entries is
/// broken.
pub fn write(image: &Image<'_>) -> Result<String> {
    let table = match &image.table {
        Ok(Some(table)) => table,
        Ok(None) => bail!("there is no resource table in it"),
        Err(error) => return Err(error.clone()),
    };
    let entries = decode(table)?
        .into_iter()
        .map(|decoded| decoded.entry)
        .collect::<std::result::Result<Vec<_>, _>>()?;
    if let (Layout::Rprc(_), Some(Entry::Other { kind, .. })) = (
        table.layout,
        entries.iter().find(|e| matches!(e, Entry::Other { .. })),
    ) {
        bail!("an entry has type {kind}, which RPRC does not know");
    }
    Ok(text(&Description {
        layout: table.layout,
        entries,
    }))
}

fn text(description: &Description) -> String {
    let layout = match description.layout {
        Layout::Mainline => "mainline",
        Layout::Rprc(Version::V1) => "rprc1",
        Layout::Rprc(Version::V2) => "rprc2",
    };
    let mut out = format!("layout = \"{layout}\"\n");
    for entry in &description.entries {
        let _ = write!(out, "\n[[entry]]\ntype = \"{}\"\n", entry.kind_name());
        self::entry(&mut out, entry, description.layout);
    }
    out
}

/// A name as TOML: a string, or an array of its bytes if it is no text or has no zero at its end.
fn name(name: &[u8], layout: Layout) -> String {
    let max = match layout {
        Layout::Mainline => proto::Name::LEN,
        Layout::Rprc(_) => proto::rprc::wire::NAME_LEN,
    };
    match std::str::from_utf8(name) {
        Ok(text) if name.len() < max => toml_edit::Value::from(text).to_string(),
        _ => format!("{name:?}"),
    }
}

/// A number; TOML's have 63 bits, larger ones are strings.
fn hex(number: u64) -> String {
    match i64::try_from(number) {
        Ok(_) => format!("{number:#x}"),
        Err(_) => format!("\"{number:#x}\""),
    }
}

fn entry(out: &mut String, entry: &Entry, layout: Layout) {
    if !entry.name().is_empty() {
        let _ = writeln!(out, "name = {}", name(entry.name(), layout));
    }
    let mut line = |key: &str, value: String| {
        let _ = writeln!(out, "{key} = {value}");
    };
    let address = |address: &Option<u64>| match address {
        Some(address) => hex(*address),
        None => "\"any\"".into(),
    };
    match entry {
        Entry::Carveout {
            da, pa, len, flags, ..
        } => {
            line("da", address(da));
            line("pa", address(pa));
            line("len", format!("{len:#x}"));
            line("flags", format!("{flags:#x}"));
        }
        Entry::Devmem {
            da, pa, len, flags, ..
        } => {
            line("da", hex(*da));
            line("pa", hex(*pa));
            line("len", format!("{len:#x}"));
            line("flags", format!("{flags:#x}"));
        }
        Entry::Trace { da, len, .. } => {
            line("da", hex(*da));
            line("len", format!("{len:#x}"));
        }
        Entry::Vdev {
            id,
            notifyid,
            dfeatures,
            gfeatures,
            status,
            vrings,
            config,
        } => {
            line(
                "id",
                match id {
                    7 => "\"rpmsg\"".into(),
                    3 => "\"console\"".into(),
                    id => id.to_string(),
                },
            );
            line("notifyid", notifyid.to_string());
            line("dfeatures", format!("{dfeatures:#x}"));
            line("gfeatures", format!("{gfeatures:#x}"));
            line("status", status.to_string());
            if !config.is_empty() {
                line("config", format!("{config:?}"));
            }
            let mut rings = String::from("[\n");
            for ring in vrings {
                let _ = writeln!(
                    rings,
                    "    {{ da = {}, align = {}, num = {}, notifyid = {} }},",
                    address(&ring.da),
                    ring.align,
                    ring.num,
                    ring.notifyid
                );
            }
            rings.push(']');
            line("vrings", rings);
        }
        Entry::Other { kind, bytes } => {
            line("kind", kind.to_string());
            line("bytes", format!("{bytes:?}"));
        }
        Entry::Plain { value, len, .. } => {
            line("value", hex(*value));
            if *len != 0 {
                line("len", format!("{len:#x}"));
            }
        }
    }
}
