// SPDX-License-Identifier: GPL-2.0

//! Firmware of any format, as one type.

use std::borrow::Cow;
use std::fmt;

use object::Object as _;
use object::ObjectSection as _;
use object::ObjectSymbol as _;
use proto::coff::Coff;
use proto::elf::Class;
use proto::elf::Elf;
use proto::resource_table::ResourceTable;
use proto::rprc::sbl::Sbl;
use proto::rprc::Rprc;

use crate::error::bail;
use crate::error::Error;
use crate::error::Result;
use crate::resources::Layout;
use crate::resources::Table;
use crate::text::safe;

/// A file format, with its generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// ELF with addresses of 32 or 64 bits.
    Elf(Class),
    /// The framework's own format.
    Rprc(proto::rprc::Version),
    /// TI's COFF.
    Coff(proto::coff::Version),
    /// TI's boot loader's format, which begins like RPRC.
    Sbl,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elf(class) => class.fmt(f),
            Self::Rprc(version) => write!(f, "RPRC version {}", version.number()),
            Self::Coff(version) => version.fmt(f),
            Self::Sbl => f.write_str("TI boot loader image (SBL), not RPRC"),
        }
    }
}

/// The processor that the firmware is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// By ELF's number.
    Elf(u16),
    /// By COFF's number.
    Coff(proto::coff::Target),
    /// The format does not say.
    Unknown,
}

impl Machine {
    /// ELF's number of the machine, if there is one.
    pub fn elf(self) -> Option<u16> {
        match self {
            Self::Elf(machine) => Some(machine),
            Self::Coff(proto::coff::Target::C6000) => Some(proto::elf::MACHINE_C6000),
            Self::Coff(proto::coff::Target::TMS470) => Some(proto::elf::MACHINE_ARM),
            _ => None,
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elf(machine) => {
                let name = match machine {
                    3 => "x86",
                    40 => "ARM",
                    62 => "x86-64",
                    94 => "Xtensa",
                    140 => "TI C6000",
                    141 => "TI C2000",
                    143 => "TI ARP32",
                    144 => "TI PRU",
                    164 => "Hexagon",
                    183 => "AArch64",
                    243 => "RISC-V",
                    _ => return write!(f, "machine {machine}"),
                };
                write!(f, "{name} ({machine})")
            }
            Self::Coff(target) => write!(f, "{target} ({:#x})", target.0),
            Self::Unknown => f.write_str("not in the file"),
        }
    }
}

/// What a segment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Code, as far as the file says.
    Text,
    /// Anything else that is loaded.
    Data,
    /// Not loaded: a page table or a signature of TI's secure mode.
    Skipped(proto::rprc::Kind),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("text"),
            Self::Data => f.write_str("data"),
            Self::Skipped(kind) => write!(f, "{kind}, skipped"),
        }
    }
}

/// A piece of memory to be filled.
#[derive(Clone, Debug)]
pub struct Segment<'a> {
    /// Its number in the file, for messages.
    pub index: usize,
    /// Its name, made safe; empty if it has none.
    pub name: String,
    /// What it is for.
    pub kind: Kind,
    /// Where it goes.
    pub da: u64,
    /// Bytes it occupies.
    pub memsz: u64,
    /// Where its contents begin in the file, in bytes.
    pub offset: u64,
    /// Its contents; the rest of `memsz` is zero.
    pub data: Cow<'a, [u8]>,
}

impl Segment<'_> {
    /// "segment 3" or "segment 3 (.text)", for messages.
    pub fn title(&self) -> String {
        if self.name.is_empty() {
            format!("segment {}", self.index)
        } else {
            format!("segment {} ({})", self.index, self.name)
        }
    }

    /// Whether it is loaded at all.
    pub fn is_loaded(&self) -> bool {
        !matches!(self.kind, Kind::Skipped(_))
    }

    /// The offset of the `len` bytes at `da` in the segment's contents, if they are there.
    pub fn find(&self, da: u64, len: u64) -> Option<usize> {
        let offset = da.checked_sub(self.da)?;
        let end = offset.checked_add(len)?;
        (end <= self.data.len() as u64).then_some(offset as usize)
    }
}

/// Firmware, checked as the kernel checks it when it parses the file.
#[derive(Clone, Debug)]
pub struct Image<'a> {
    bytes: &'a [u8],
    /// The format.
    pub format: Format,
    /// The processor.
    pub machine: Machine,
    /// Machine-specific flags of an ELF file.
    pub flags: u32,
    /// Where the processor begins to execute, if the file says.
    pub entry: Option<u64>,
    /// What is loaded, and what would be.
    pub segments: Vec<Segment<'a>>,
    /// The resource table, if there is one; or why there is none.
    pub table: std::result::Result<Option<Table<'a>>, Error>,
    /// The text in an RPRC header, made safe.
    pub text: String,
}

impl<'a> Image<'a> {
    /// Parses firmware of any format, chosen by its first bytes.
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
        if Elf::is_elf(bytes) {
            Self::elf(bytes)
        } else if let Some(sbl) = Sbl::parse(bytes) {
            Ok(Self::sbl(bytes, sbl))
        } else if Rprc::is_rprc(bytes) {
            Self::rprc(bytes)
        } else if Coff::is_coff(bytes) || matches!(bytes, [0, 0xc1 | 0xc2, ..]) {
            Self::coff(bytes)
        } else {
            let start = &bytes[..bytes.len().min(4)];
            bail!(
                "no firmware: it begins with \"{}\"; ELF begins with \"\\x7fELF\", RPRC with \
                 \"RPRC\", COFF with 0xc1 0x00 or 0xc2 0x00",
                safe(start)
            )
        }
    }

    /// The whole file.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    fn elf(bytes: &'a [u8]) -> Result<Self> {
        let elf = Elf::parse(bytes)?;
        let segments = elf
            .segments()
            .map(|segment| Segment {
                index: segment.index,
                name: String::new(),
                kind: if segment.flags & 1 != 0 {
                    Kind::Text
                } else {
                    Kind::Data
                },
                da: segment.da.0,
                memsz: segment.memsz,
                offset: segment.offset,
                data: segment.data.into(),
            })
            .collect();
        let table = match elf.section(".resource_table") {
            Ok(None) => Ok(None),
            Ok(Some(section)) => Ok(Some(Table::guess(section.da.0, section.data))),
            Err(error) => Err(error.into()),
        };
        Ok(Self {
            bytes,
            format: Format::Elf(elf.class()),
            machine: Machine::Elf(elf.machine()),
            flags: elf.flags(),
            entry: Some(elf.entry().0),
            segments,
            table,
            text: String::new(),
        })
    }

    fn rprc(bytes: &'a [u8]) -> Result<Self> {
        let rprc = Rprc::parse(bytes)?;
        let segments = rprc
            .sections()
            .filter(|section| section.kind != proto::rprc::Kind::Resource)
            .map(|section| Segment {
                index: section.index,
                name: String::new(),
                kind: match section.kind {
                    proto::rprc::Kind::Text => Kind::Text,
                    proto::rprc::Kind::Data => Kind::Data,
                    kind => Kind::Skipped(kind),
                },
                da: section.da.0,
                memsz: section.data.len() as u64,
                offset: section.offset,
                data: section.data.into(),
            })
            .collect();
        let layout = Layout::Rprc(rprc.version());
        let table = rprc.resource_section().map(|section| Table {
            da: section.da.0,
            bytes: section.data.into(),
            layout,
        });
        Ok(Self {
            bytes,
            format: Format::Rprc(rprc.version()),
            machine: Machine::Unknown,
            flags: 0,
            entry: rprc.boot_addrs().last().map(|da| da.0),
            segments,
            table: Ok(table),
            text: safe(rprc.text()),
        })
    }

    fn coff(bytes: &'a [u8]) -> Result<Self> {
        let coff = Coff::parse(bytes)?;
        let mut segments: Vec<Segment<'_>> = coff
            .sections()
            .filter(|section| section.is_loaded() || section.is_bss())
            .map(|section| Segment {
                index: section.index,
                name: safe(section.name),
                kind: if section.is_text() {
                    Kind::Text
                } else {
                    Kind::Data
                },
                da: section.da.0,
                memsz: section.size.into(),
                offset: section.offset,
                data: section.data.into(),
            })
            .collect();
        segments.retain(|segment| segment.memsz != 0);
        let table = coff
            .section(".resource_table")
            .filter(|section| section.is_loaded())
            .map(|section| Table::guess(section.da.0, section.data));
        Ok(Self {
            bytes,
            format: Format::Coff(coff.header().version),
            machine: Machine::Coff(coff.header().target),
            flags: 0,
            entry: coff.entry().map(|da| da.0),
            segments,
            table: Ok(table),
            text: String::new(),
        })
    }

    fn sbl(bytes: &'a [u8], sbl: Sbl<'a>) -> Self {
        let segments = sbl
            .sections()
            .enumerate()
            .map(|(index, (da, data))| Segment {
                index,
                name: String::new(),
                kind: Kind::Data,
                da: da.0,
                memsz: data.len() as u64,
                offset: (data.as_ptr() as usize - bytes.as_ptr() as usize) as u64,
                data: data.into(),
            })
            .collect();
        Self {
            bytes,
            format: Format::Sbl,
            machine: Machine::Unknown,
            flags: 0,
            entry: Some(sbl.entry.0),
            segments,
            table: Ok(None),
            text: String::new(),
        }
    }

    /// Whether a resource table of mainline's layout can be read.
    pub fn has_mainline_table(&self) -> bool {
        matches!(&self.table, Ok(Some(table)) if table.layout == Layout::Mainline
            && ResourceTable::parse(&table.bytes).is_ok())
    }

    /// The address of the symbol `name`, with or without C's underscore.
    pub fn symbol(&self, name: &str) -> Option<u64> {
        match self.format {
            Format::Coff(_) => {
                let coff = Coff::parse(self.bytes).ok()?;
                coff.symbol(name)
                    .or_else(|| coff.symbol(&format!("_{name}")))
                    .map(|symbol| symbol.value.0)
            }
            Format::Elf(_) => {
                let file = object::File::parse(self.bytes).ok()?;
                let found = file
                    .symbols()
                    .find(|s| s.is_definition() && s.name_bytes() == Ok(name.as_bytes()));
                // The lowest bit of an ARM function says "Thumb".
                found.map(|symbol| symbol.address())
            }
            _ => None,
        }
    }

    /// The address at which the section `name` is loaded.
    pub fn section(&self, name: &str) -> Option<u64> {
        match self.format {
            Format::Coff(_) => {
                let coff = Coff::parse(self.bytes).ok()?;
                coff.section(name).map(|section| section.da.0)
            }
            Format::Elf(_) => {
                let file = object::File::parse(self.bytes).ok()?;
                let found = file.section_by_name(name)?;
                Some(found.address())
            }
            _ => None,
        }
    }
}
