// SPDX-License-Identifier: GPL-2.0

//! From text to entries. Errors say on which line they are.

use std::ops::Range;

use proto::rprc::Version;
use proto::vring;
use proto::Name;
use toml_edit::ImDocument;
use toml_edit::Item;
use toml_edit::TableLike;
use toml_edit::Value;

use super::Description;
use crate::error::Error;
use crate::error::Result;
use crate::resources::Entry;
use crate::resources::Layout;
use crate::resources::Plain;
use crate::resources::Vring;

/// Reads a description. `file` is its name, for messages.
pub fn read(file: &str, text: &str) -> Result<Description> {
    let source = Source { file, text };
    let document = ImDocument::parse(text).map_err(|error| {
        let message = error.message().replace('\n', ", ");
        source.error(error.span(), &message)
    })?;
    let root = Fields {
        source: &source,
        table: document.as_table(),
        span: None,
    };
    root.only(&["layout", "entry"])?;
    let layout = match root.text("layout")? {
        None | Some(("mainline", _)) => Layout::Mainline,
        Some(("rprc1", _)) => Layout::Rprc(Version::V1),
        Some(("rprc2", _)) => Layout::Rprc(Version::V2),
        Some((_, span)) => {
            let message = "the layout must be \"mainline\", \"rprc1\" or \"rprc2\"";
            return Err(source.error(span, message));
        }
    };
    let entries = root.tables("entry")?;
    let entries = entries
        .iter()
        .map(|fields| entry(fields, layout))
        .collect::<Result<Vec<_>>>()?;
    Ok(Description { layout, entries })
}

/// A place in the text, if it is known.
type Span = Option<Range<usize>>;

struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

impl Source<'_> {
    /// An error with its line and a mark under its place.
    fn error(&self, span: Span, message: &str) -> Error {
        let Some(span) = span else {
            return Error::new(format!("{}: {message}", self.file));
        };
        let before = self.text.get(..span.start).unwrap_or("");
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(start..).unwrap_or("").chars().count() + 1;
        let shown = self.text.lines().nth(line - 1).unwrap_or("");
        let marked = self.text.get(span.clone()).unwrap_or("");
        let marked = marked.lines().next().unwrap_or("").chars().count();
        let indent: String = shown
            .chars()
            .take(column - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        Error::new(format!(
            "{}:{line}:{column}: {message}\n    {}\n    {indent}{}",
            self.file,
            shown
                .escape_debug()
                .to_string()
                .replace("\\\"", "\"")
                .replace("\\t", "\t")
                .replace("\\'", "'"),
            "^".repeat(marked.max(1))
        ))
    }
}

/// The keys of a table, and where the table begins.
struct Fields<'a> {
    source: &'a Source<'a>,
    table: &'a dyn TableLike,
    span: Span,
}

/// A number as it is written: a size may have a unit.
fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Integer(number) => u64::try_from(*number.value()).ok(),
        Value::String(text) => {
            let text = text.value().trim();
            // What TOML's own numbers, of 63 bits, cannot say.
            if let Some(digits) = text.strip_prefix("0x") {
                return u64::from_str_radix(digits, 16).ok();
            }
            let (digits, shift) = [(" KiB", 10), (" MiB", 20), (" GiB", 30)]
                .iter()
                .find_map(|(unit, shift)| Some((text.strip_suffix(unit)?, *shift)))?;
            let number: u64 = digits.trim().parse().ok()?;
            number.checked_mul(1 << shift)
        }
        _ => None,
    }
}

impl<'a> Fields<'a> {
    fn error(&self, key: &str, message: &str) -> Error {
        let span = self.table.get(key).and_then(Item::span);
        self.source.error(span.or(self.span.clone()), message)
    }

    /// Refuses keys that mean nothing, which mostly are misspelt.
    fn only(&self, known: &[&str]) -> Result<()> {
        for (key, _) in self.table.iter() {
            if !known.contains(&key) {
                let span = self.table.get_key_value(key).and_then(|(k, _)| k.span());
                let known = known.join(", ");
                let message = format!("unknown key \"{}\", there are: {known}", key.escape_debug());
                return Err(self.source.error(span.or(self.span.clone()), &message));
            }
        }
        Ok(())
    }

    fn text(&self, key: &str) -> Result<Option<(&'a str, Span)>> {
        match self.table.get(key) {
            None => Ok(None),
            Some(item) => match item.as_str() {
                Some(text) => Ok(Some((text, item.span()))),
                None => Err(self.error(key, &format!("{key} must be a string"))),
            },
        }
    }

    /// A number up to `max`, `default` if there is no such key, an error if there is neither.
    fn number(&self, key: &str, max: u64, default: Option<u64>) -> Result<u64> {
        let Some(item) = self.table.get(key) else {
            return default.ok_or_else(|| self.error(key, &format!("{key} is missing")));
        };
        match item.as_value().and_then(number) {
            Some(number) if number <= max => Ok(number),
            Some(number) => Err(self.error(
                key,
                &format!("{key} is {number:#x}, it must be at most {max:#x}"),
            )),
            None => Err(self.error(
                key,
                &format!("{key} must be a number, such as 4096, 0x1000 or \"4 KiB\""),
            )),
        }
    }

    fn u32(&self, key: &str, default: Option<u32>) -> Result<u32> {
        let number = self.number(key, u32::MAX.into(), default.map(u64::from))?;
        Ok(number as u32)
    }

    /// An address up to `max`, or "any".
    fn address(&self, key: &str, max: u64) -> Result<Option<u64>> {
        match self.table.get(key).and_then(Item::as_str) {
            Some("any") => Ok(None),
            _ if self.table.get(key).is_none() => Ok(None),
            _ => self.number(key, max, None).map(Some),
        }
    }

    /// A name of a field of `max` bytes: text with a zero behind it, or an array of any bytes.
    fn name(&self, max: usize) -> Result<Vec<u8>> {
        if self.table.get("name").is_some_and(Item::is_array) {
            let name = self.bytes("name")?;
            if name.len() > max {
                let message = format!("the name has {} bytes, there are {max}", name.len());
                return Err(self.error("name", &message));
            }
            return Ok(name);
        }
        let Some((name, _)) = self.text("name")? else {
            return Ok(Vec::new());
        };
        if name.len() >= max || name.contains('\0') {
            let message = format!(
                "the name has {} bytes, there must be at most {} and no zero among them",
                name.len(),
                max - 1
            );
            return Err(self.error("name", &message));
        }
        Ok(name.into())
    }

    fn bytes(&self, key: &str) -> Result<Vec<u8>> {
        let Some(item) = self.table.get(key) else {
            return Ok(Vec::new());
        };
        let bytes = item.as_array().and_then(|array| {
            array
                .iter()
                .map(|value| number(value).and_then(|n| u8::try_from(n).ok()))
                .collect::<Option<Vec<_>>>()
        });
        bytes.ok_or_else(|| self.error(key, &format!("{key} must be an array of bytes, 0 to 255")))
    }

    /// The tables of an array, in either of TOML's notations.
    fn tables(&self, key: &str) -> Result<Vec<Fields<'a>>> {
        let fields = |table: &'a dyn TableLike, span| Fields {
            source: self.source,
            table,
            span,
        };
        match self.table.get(key) {
            None => Ok(Vec::new()),
            Some(Item::ArrayOfTables(tables)) => Ok(tables
                .iter()
                .map(|table| fields(table, table.span()))
                .collect()),
            Some(Item::Value(Value::Array(array))) => array
                .iter()
                .map(|value| match value.as_inline_table() {
                    Some(table) => Ok(fields(table, value.span())),
                    None => Err(self.source.error(value.span(), "this must be a table")),
                })
                .collect(),
            Some(_) => Err(self.error(key, &format!("{key} must be an array of tables"))),
        }
    }
}

fn entry(fields: &Fields<'_>, layout: Layout) -> Result<Entry> {
    let Some((kind, span)) = fields.text("type")? else {
        return Err(fields.error("type", "type is missing"));
    };
    let mainline = layout == Layout::Mainline;
    let last = match layout {
        Layout::Mainline => u64::from(u32::MAX),
        Layout::Rprc(_) => u64::MAX,
    };
    // Where there may be any address the last one means that.
    let max = match layout {
        Layout::Mainline => last - 1,
        Layout::Rprc(_) => last,
    };
    let name_len = match layout {
        Layout::Mainline => Name::LEN,
        Layout::Rprc(_) => proto::rprc::wire::NAME_LEN,
    };
    let plain = Plain::ALL.iter().find(|(_, name)| *name == kind);
    match (kind, plain) {
        ("carveout", _) => {
            fields.only(&["type", "name", "da", "pa", "len", "flags"])?;
            let da = fields.address("da", max)?;
            if da.is_none() && !mainline {
                return Err(fields.error("da", "in RPRC a carveout must have a da"));
            }
            Ok(Entry::Carveout {
                da,
                pa: fields.address("pa", max)?,
                len: fields.u32("len", None)?,
                flags: fields.u32("flags", Some(0))?,
                name: fields.name(name_len)?,
            })
        }
        ("devmem", _) => {
            fields.only(&["type", "name", "da", "pa", "len", "flags"])?;
            Ok(Entry::Devmem {
                da: fields.number("da", last, None)?,
                pa: fields.number("pa", last, None)?,
                len: fields.u32("len", None)?,
                flags: fields.u32("flags", Some(0))?,
                name: fields.name(name_len)?,
            })
        }
        ("trace", _) => {
            fields.only(&["type", "name", "da", "len"])?;
            Ok(Entry::Trace {
                da: fields.number("da", last, None)?,
                len: fields.u32("len", None)?,
                name: fields.name(name_len)?,
            })
        }
        ("vdev", _) if mainline => vdev(fields, max),
        ("vendor" | "unknown", _) if mainline => {
            fields.only(&["type", "kind", "bytes"])?;
            let kind = fields.u32("kind", None)?;
            if kind <= proto::resource_table::wire::VDEV {
                let message = format!("kind {kind} has a type of its own, it must be 4 or more");
                return Err(fields.error("kind", &message));
            }
            Ok(Entry::Other {
                kind,
                bytes: fields.bytes("bytes")?,
            })
        }
        (_, Some((plain, _))) if !mainline => {
            fields.only(&["type", "name", "value", "len"])?;
            Ok(Entry::Plain {
                kind: *plain,
                value: fields.number("value", max, None)?,
                len: fields.u32("len", Some(0))?,
                name: fields.name(name_len)?,
            })
        }
        _ => {
            let known = if mainline {
                "carveout, devmem, trace, vdev, vendor or unknown"
            } else {
                "carveout, devmem, trace, bootaddr, device, irq, service, crashdump or suspendaddr"
            };
            let message = format!("unknown type, it must be {known}");
            Err(fields.source.error(span, &message))
        }
    }
}

fn vdev(fields: &Fields<'_>, max: u64) -> Result<Entry> {
    fields.only(&[
        "type",
        "id",
        "notifyid",
        "dfeatures",
        "gfeatures",
        "status",
        "config",
        "vrings",
    ])?;
    let id = match fields.table.get("id").and_then(Item::as_str) {
        Some("rpmsg") => 7,
        Some("console") => 3,
        Some(_) => return Err(fields.error("id", "id must be \"rpmsg\", \"console\" or a number")),
        None => fields.u32("id", None)?,
    };
    let mut vrings = Vec::new();
    for ring in fields.tables("vrings")? {
        ring.only(&["da", "align", "num", "notifyid"])?;
        let vring = Vring {
            da: ring.address("da", max)?,
            align: ring.u32("align", None)?,
            num: ring.u32("num", None)?,
            notifyid: ring.u32("notifyid", Some(0))?,
        };
        match vring::Layout::new(vring.num, vring.align) {
            Ok(_) => vrings.push(vring),
            Err(vring::Error::Num(num)) => {
                let message = format!("num is {num}, it must be a power of two up to 32768");
                return Err(ring.error("num", &message));
            }
            Err(vring::Error::Align(align)) => {
                let message = format!("align is {align}, it must be a power of two, at least 4");
                return Err(ring.error("align", &message));
            }
        }
    }
    if vrings.len() > 255 {
        return Err(fields.error("vrings", "a vdev has at most 255 vrings"));
    }
    Ok(Entry::Vdev {
        id,
        notifyid: fields.u32("notifyid", Some(0))?,
        dfeatures: fields.u32("dfeatures", Some(0))?,
        gfeatures: fields.u32("gfeatures", Some(0))?,
        status: fields.number("status", 255, Some(0))? as u8,
        vrings,
        config: fields.bytes("config")?,
    })
}
