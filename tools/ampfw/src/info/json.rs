// SPDX-License-Identifier: GPL-2.0

//! The same, for programs. Numbers are numbers; names are the escaped text that people see.

use proto::elf::Class;
use serde_json::json;
use serde_json::Value;

use super::virtio_name;
use crate::image::Format;
use crate::image::Image;
use crate::image::Kind;
use crate::image::Machine;
use crate::resources::decode;
use crate::resources::Decoded;
use crate::resources::Entry;
use crate::resources::Layout;
use crate::text::safe;

/// The description of `image` as JSON.
pub fn json(image: &Image<'_>) -> Value {
    json!({
        "format": format(image.format),
        "machine": match image.machine {
            Machine::Elf(machine) => json!(machine),
            Machine::Coff(target) => json!(target.0),
            Machine::Unknown => Value::Null,
        },
        "machine_name": image.machine.to_string(),
        "entry": image.entry,
        "header": image.text,
        "size": image.bytes().len(),
        "segments": image.segments.iter().map(|segment| json!({
            "index": segment.index,
            "name": segment.name,
            "kind": match segment.kind {
                Kind::Text => "text",
                Kind::Data => "data",
                Kind::Skipped(proto::rprc::Kind::Mmu) => "mmu",
                Kind::Skipped(_) => "signature",
            },
            "loaded": segment.is_loaded(),
            "da": segment.da,
            "memsz": segment.memsz,
            "filesz": segment.data.len(),
            "offset": segment.offset,
        })).collect::<Vec<_>>(),
        "resource_table": table(image),
    })
}

/// The word for a format that programs see.
fn format(format: Format) -> &'static str {
    match format {
        Format::Elf(Class::Elf32) => "elf32",
        Format::Elf(Class::Elf64) => "elf64",
        Format::Rprc(proto::rprc::Version::V1) => "rprc1",
        Format::Rprc(proto::rprc::Version::V2) => "rprc2",
        Format::Coff(proto::coff::Version::Coff1) => "coff1",
        Format::Coff(proto::coff::Version::Coff2) => "coff2",
        Format::Sbl => "sbl",
    }
}

fn table(image: &Image<'_>) -> Value {
    let table = match &image.table {
        Ok(Some(table)) => table,
        Ok(None) => return Value::Null,
        Err(error) => return json!({ "error": error.to_string() }),
    };
    let (entries, error) = match decode(table) {
        Ok(entries) => (entries, None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    json!({
        "layout": match table.layout {
            Layout::Mainline => "mainline",
            Layout::Rprc(proto::rprc::Version::V1) => "rprc1",
            Layout::Rprc(proto::rprc::Version::V2) => "rprc2",
        },
        "da": table.da,
        "size": table.bytes.len(),
        "error": error,
        "entries": entries.iter().map(entry).collect::<Vec<_>>(),
    })
}

fn entry(decoded: &Decoded) -> Value {
    let entry = match &decoded.entry {
        Ok(entry) => entry,
        Err(error) => return json!({ "type": "broken", "error": error.to_string() }),
    };
    let mut value = match entry {
        Entry::Carveout {
            da, pa, len, flags, ..
        } => json!({ "da": da, "pa": pa, "len": len, "flags": flags }),
        Entry::Devmem {
            da, pa, len, flags, ..
        } => json!({ "da": da, "pa": pa, "len": len, "flags": flags }),
        Entry::Trace { da, len, .. } => json!({ "da": da, "len": len }),
        Entry::Vdev {
            id,
            notifyid,
            dfeatures,
            gfeatures,
            status,
            vrings,
            config,
        } => json!({
            "id": id,
            "id_name": virtio_name(*id),
            "notifyid": notifyid,
            "dfeatures": dfeatures,
            "gfeatures": gfeatures,
            "status": status,
            "vrings": vrings.iter().map(|vring| json!({
                "da": vring.da,
                "num": vring.num,
                "align": vring.align,
                "notifyid": vring.notifyid,
            })).collect::<Vec<_>>(),
            "config": config,
        }),
        Entry::Other { kind, bytes } => json!({ "kind": kind, "len": bytes.len() }),
        Entry::Plain { value, len, .. } => json!({ "value": value, "len": len }),
    };
    if let Some(object) = value.as_object_mut() {
        object.insert("type".into(), entry.kind_name().into());
        object.insert("offset".into(), json!(decoded.offset));
        if !matches!(entry, Entry::Vdev { .. } | Entry::Other { .. }) {
            object.insert("name".into(), safe(entry.name()).into());
        }
    }
    value
}
