// SPDX-License-Identifier: GPL-2.0

//! Writing RPRC files, as TI's generator does.

use proto::rprc::wire;
use proto::rprc::wire::U32;
use proto::rprc::wire::U64;
use proto::rprc::Version;
use zerocopy::IntoBytes as _;

use crate::error::bail;
use crate::error::Result;
use crate::image::Kind;
use crate::image::Segment;

/// What goes into a file.
pub(crate) struct RprcFile<'a> {
    pub(crate) version: Version,
    pub(crate) text: &'a str,
    /// Where the resources go, and their bytes.
    pub(crate) resources: Option<(u64, Vec<u8>)>,
    pub(crate) segments: &'a [Segment<'a>],
}

/// The file: header, resources, then a section for each segment that has contents.
pub(crate) fn write(file: &RprcFile<'_>) -> Result<Vec<u8>> {
    let room = wire::TEXT_LEN as usize;
    if file.text.len() > room {
        bail!(
            "the text for the header has {} bytes, there must be at most {room}",
            file.text.len()
        );
    }
    let header = wire::Header {
        magic: wire::MAGIC,
        version: U32::new(file.version.number()),
        header_len: U32::new(wire::TEXT_LEN),
    };
    let parts = file.segments.iter().map(|s| s.data.len());
    let parts = parts.chain(file.resources.iter().map(|(_, bytes)| bytes.len()));
    let size: usize = parts.map(|len| size_of::<wire::Section>() + len + 3).sum();
    let mut out = Vec::with_capacity(size_of::<wire::Header>() + room + size);
    out.extend(header.as_bytes());
    out.extend(file.text.bytes());
    out.resize(size_of::<wire::Header>() + room, 0);
    if let Some((da, bytes)) = &file.resources {
        section(&mut out, wire::section::RESOURCE, *da, bytes)?;
    }
    for segment in file.segments {
        let kind = match segment.kind {
            Kind::Text => wire::section::TEXT,
            Kind::Data => wire::section::DATA,
            Kind::Skipped(_) => continue,
        };
        if !segment.data.is_empty() {
            section(&mut out, kind, segment.da, &segment.data)?;
        }
    }
    Ok(out)
}

/// A section, filled up with zeroes to whole words.
fn section(out: &mut Vec<u8>, kind: u32, da: u64, data: &[u8]) -> Result<()> {
    let padded = data.len().next_multiple_of(4);
    let Ok(len) = u32::try_from(padded) else {
        bail!("a section of {padded:#x} bytes does not fit into RPRC");
    };
    let header = wire::Section {
        kind: U32::new(kind),
        da: U64::new(da),
        len: U32::new(len),
    };
    out.extend(header.as_bytes());
    out.extend(data);
    out.resize(out.len() + padded - data.len(), 0);
    Ok(())
}
