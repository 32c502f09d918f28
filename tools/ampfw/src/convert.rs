// SPDX-License-Identifier: GPL-2.0

//! Conversion: ELF or COFF, of one core or several, to RPRC or ELF.
//!
//! What comes out depends on what goes in and on nothing else, so that the same files always give
//! the same bytes.

mod table;

use proto::rprc::Rprc;
use proto::rprc::Version;

use crate::elf_file;
use crate::error::bail;
use crate::error::Error;
use crate::error::Result;
use crate::image::Format;
use crate::image::Image;
use crate::image::Segment;
use crate::rprc_file;

/// What to convert to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// The framework's own format.
    Rprc(Version),
    /// ELF of the input's class; ELF32 for COFF.
    Elf,
}

/// What the user chose.
#[derive(Clone, Debug)]
pub struct Options {
    /// What to convert to.
    pub output: Output,
    /// Where each core begins to execute: a symbol, a section or a number. Cores without one begin
    /// at the entry address of their file.
    pub boot: Vec<String>,
    /// The symbol of each core's trace buffer.
    pub trace: Vec<String>,
    /// Text for an RPRC header.
    pub text: String,
}

/// The trace buffer of SYS/BIOS, which TI's generator looks for.
pub const TRACE_SYMBOL: &str = "SysMin_Module_State_0_outbuf__A";

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// The file.
    pub bytes: Vec<u8>,
    /// What the user ought to know.
    pub notices: Vec<String>,
}

/// One core: its file, and what was found out about it.
struct Core<'a> {
    name: &'a str,
    image: Image<'a>,
    boot: u64,
    trace: Option<u64>,
}

/// Converts the files, given by name and contents. The first one is core 0, which alone may have a
/// resource table.
pub fn convert(inputs: &[(&str, &[u8])], options: &Options) -> Result<Converted> {
    let cores = inputs
        .iter()
        .enumerate()
        .map(|(index, (name, bytes))| {
            core(index, name, bytes, options).map_err(|error| error.of(name))
        })
        .collect::<Result<Vec<_>>>()?;
    let Some((first, others)) = cores.split_first() else {
        bail!("there is nothing to convert");
    };
    for core in others {
        if first.image.machine != core.image.machine && options.output == Output::Elf {
            bail!(
                "{} is for {}, {} for {}: an ELF file has one machine",
                first.name,
                first.image.machine,
                core.name,
                core.image.machine
            );
        }
        if !matches!(core.image.table, Ok(None)) {
            bail!(
                "{}: it has a resource table, but only the first file may have one",
                core.name
            );
        }
    }
    let mut notices = Vec::new();
    let mut segments: Vec<Segment<'_>> = cores
        .iter()
        .flat_map(|core| core.image.segments.iter().cloned())
        .collect();
    let resources = first.image.table.clone().map_err(|e| e.of(first.name))?;
    let boots: Vec<_> = cores.iter().map(|core| core.boot).collect();
    let traces: Vec<_> = cores.iter().map(|core| core.trace).collect();

    let bytes = match options.output {
        Output::Rprc(version) => {
            let resources = table::rprc(
                resources.as_ref(),
                version,
                &boots,
                &traces,
                &mut segments,
                &mut notices,
            )?;
            // Nobody zeroes anything for COFF, its firmware does that itself.
            let elf = cores
                .iter()
                .any(|c| matches!(c.image.format, Format::Elf(_)));
            let zeroes = segments
                .iter()
                .filter(|s| elf && s.memsz > s.data.len() as u64);
            notices.extend(zeroes.map(|segment| {
                format!(
                    "{}: the {:#x} bytes behind its contents are not in the file, the firmware \
                     must zero them",
                    segment.title(),
                    segment.memsz - segment.data.len() as u64
                )
            }));
            rprc_file::write(&rprc_file::RprcFile {
                version,
                text: &options.text,
                resources: Some(resources),
                segments: &segments,
            })?
        }
        Output::Elf => {
            let Some(machine) = first.image.machine.elf() else {
                bail!(
                    "{}: ELF has no number for {}",
                    first.name,
                    first.image.machine
                );
            };
            elf_file::executable(&elf_file::Executable {
                is_64: first.image.format == Format::Elf(proto::elf::Class::Elf64),
                machine,
                flags: first.image.flags,
                entry: first.boot,
                segments: &segments,
                table: resources.map(|table| (table.da, table.bytes.len() as u64)),
            })?
        }
    };
    round_trip(&bytes, options.output, &segments)?;
    Ok(Converted { bytes, notices })
}

fn core<'a>(index: usize, name: &'a str, bytes: &'a [u8], options: &Options) -> Result<Core<'a>> {
    let image = Image::parse(bytes)?;
    match image.format {
        Format::Elf(_) => {}
        Format::Coff(_) => {
            let coff = proto::coff::Coff::parse(bytes)?;
            if !coff.header().is_executable() {
                bail!("it has not been linked completely (the flag F_EXEC is not set)");
            }
        }
        Format::Rprc(_) | Format::Sbl => bail!(
            "it is {}: convert the ELF or COFF file that it was made from",
            image.format
        ),
    }
    if let Some((name, bits)) = word_addressed(&image) {
        bail!("it is for {name}, whose addresses count words of {bits} bits; only processors that count bytes are supported");
    }
    let boot = match (options.boot.get(index), image.entry) {
        (Some(place), _) => find(&image, place)?,
        (None, Some(entry)) => entry,
        (None, None) => bail!("it does not say where to begin to execute: choose with --boot"),
    };
    let trace = match options.trace.get(index) {
        Some(name) => match image.symbol(name) {
            Some(da) => Some(da),
            None => bail!("there is no symbol \"{}\"", name.escape_default()),
        },
        None => image.symbol(TRACE_SYMBOL),
    };
    Ok(Core {
        name,
        image,
        boot,
        trace,
    })
}

/// ELF machines of which an address is not a byte, and how much it is.
fn word_addressed(image: &Image<'_>) -> Option<(&'static str, u8)> {
    match image.machine.elf()? {
        141 => Some(("TI C2000", 16)),
        142 => Some(("TI C5500", 16)),
        _ => None,
    }
}

/// The address of a symbol, a section, or the number itself, in this order.
fn find(image: &Image<'_>, place: &str) -> Result<u64> {
    let number = match place.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => place.parse().ok(),
    };
    let found = image.symbol(place).or_else(|| image.section(place));
    found.or(number).ok_or_else(|| {
        Error::new(format!(
            "--boot {}: there is no such symbol or section, and it is no number such as 0xc3100000",
            place.escape_default()
        ))
    })
}

/// Whether the file, read again, loads what the input did.
fn round_trip(bytes: &[u8], output: Output, segments: &[Segment<'_>]) -> Result<()> {
    let broken = |what: &str| Error::new(format!("internal error: {what} differs when read again"));
    if let Output::Rprc(_) = output {
        Rprc::parse(bytes)?;
    }
    let again = Image::parse(bytes)?;
    let written = segments
        .iter()
        .filter(|s| output == Output::Elf || (s.is_loaded() && !s.data.is_empty()));
    if again.segments.len() != written.clone().count() {
        return Err(broken("the number of segments"));
    }
    for (found, wanted) in again.segments.iter().zip(written) {
        let data = found.data.get(..wanted.data.len());
        if found.da != wanted.da || data != Some(&wanted.data) {
            return Err(broken(&wanted.title()));
        }
    }
    Ok(())
}
