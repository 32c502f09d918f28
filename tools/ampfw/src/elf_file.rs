// SPDX-License-Identifier: GPL-2.0

//! Writing ELF files.

use object::elf;
use object::write::elf::FileHeader;
use object::write::elf::ProgramHeader;
use object::write::elf::SectionHeader;
use object::write::elf::Sym;
use object::write::elf::Writer;
use object::Endianness;

use crate::error::bail;
use crate::error::Result;
use crate::image::Kind;
use crate::image::Segment;

/// Alignment of contents in a file, in bytes.
const ALIGN: usize = 8;

const TABLE: &[u8] = b".resource_table";
const NAMES: SectionHeader = SectionHeader {
    name: None,
    sh_type: elf::SHT_NULL,
    sh_flags: 0,
    sh_addr: 0,
    sh_offset: 0,
    sh_size: 0,
    sh_link: 0,
    sh_info: 0,
    sh_addralign: 0,
    sh_entsize: 0,
};

/// What goes into an executable.
pub(crate) struct Executable<'a> {
    pub(crate) is_64: bool,
    pub(crate) machine: u16,
    pub(crate) flags: u32,
    pub(crate) entry: u64,
    pub(crate) segments: &'a [Segment<'a>],
    /// Address and length of the resource table, which must be in one of the segments.
    pub(crate) table: Option<(u64, u64)>,
}

/// An executable that the kernel can load.
pub(crate) fn executable(file: &Executable<'_>) -> Result<Vec<u8>> {
    let limit = if file.is_64 { u64::MAX } else { 1 << 32 };
    for segment in file.segments {
        if segment.da > limit - segment.memsz.min(limit) {
            bail!(
                "{} does not fit into ELF32, its address is {:#x}",
                segment.title(),
                segment.da
            );
        }
    }
    if u16::try_from(file.segments.len()).is_err() {
        bail!(
            "an ELF file has at most 65535 segments, not {}",
            file.segments.len()
        );
    }
    let mut bytes = Vec::new();
    let mut w = Writer::new(Endianness::Little, file.is_64, &mut bytes);
    w.reserve_file_header();
    w.reserve_program_headers(file.segments.len() as u32);
    let offsets: Vec<_> = file
        .segments
        .iter()
        .map(|segment| w.reserve(segment.data.len(), ALIGN))
        .collect();
    // The table's own section begins in the middle of a segment.
    let table = match file.table {
        None => None,
        Some((da, len)) => {
            let found = file.segments.iter().zip(&offsets).find_map(|(s, offset)| {
                let before = s.find(da, len)?;
                Some((offset + before, da, len))
            });
            let Some(found) = found else {
                bail!("the resource table at {da:#x} is in no segment");
            };
            Some(found)
        }
    };
    w.reserve_null_section_index();
    let name = table.map(|_| {
        w.reserve_section_index();
        w.add_section_name(TABLE)
    });
    w.reserve_shstrtab_section_index();
    w.reserve_shstrtab();
    w.reserve_section_headers();

    w.write_file_header(&FileHeader {
        os_abi: elf::ELFOSABI_NONE,
        abi_version: 0,
        e_type: elf::ET_EXEC,
        e_machine: file.machine,
        e_entry: file.entry,
        e_flags: file.flags,
    })?;
    w.write_align_program_headers();
    for (segment, &offset) in file.segments.iter().zip(&offsets) {
        w.write_program_header(&ProgramHeader {
            p_type: elf::PT_LOAD,
            p_flags: match segment.kind {
                Kind::Text => elf::PF_R | elf::PF_X,
                _ => elf::PF_R | elf::PF_W,
            },
            p_offset: offset as u64,
            p_vaddr: segment.da,
            p_paddr: segment.da,
            p_filesz: segment.data.len() as u64,
            p_memsz: segment.memsz,
            p_align: 1,
        });
    }
    for (segment, &offset) in file.segments.iter().zip(&offsets) {
        w.pad_until(offset);
        w.write(&segment.data);
    }
    w.write_shstrtab();
    w.write_null_section_header();
    if let Some((offset, da, len)) = table {
        w.write_section_header(&SectionHeader {
            name,
            sh_type: elf::SHT_PROGBITS,
            sh_flags: (elf::SHF_ALLOC | elf::SHF_WRITE).into(),
            sh_addr: da,
            sh_offset: offset as u64,
            sh_size: len,
            sh_addralign: 4,
            ..NAMES
        });
    }
    w.write_shstrtab_section_header();
    Ok(bytes)
}

/// An object file to link: a section `.resource_table` and a symbol `resource_table` in it.
pub(crate) fn object(table: &[u8], machine: u16, flags: u32) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut w = Writer::new(Endianness::Little, false, &mut bytes);
    w.reserve_file_header();
    let offset = w.reserve(table.len(), ALIGN);
    w.reserve_null_section_index();
    let name = w.add_section_name(TABLE);
    let section = w.reserve_section_index();
    w.reserve_symtab_section_index();
    w.reserve_strtab_section_index();
    w.reserve_shstrtab_section_index();
    w.reserve_null_symbol_index();
    let symbol = w.add_string(b"resource_table");
    w.reserve_symbol_index(Some(section));
    w.reserve_symtab();
    w.reserve_strtab();
    w.reserve_shstrtab();
    w.reserve_section_headers();

    w.write_file_header(&FileHeader {
        os_abi: elf::ELFOSABI_NONE,
        abi_version: 0,
        e_type: elf::ET_REL,
        e_machine: machine,
        e_entry: 0,
        e_flags: flags,
    })?;
    w.pad_until(offset);
    w.write(table);
    w.write_null_symbol();
    w.write_symbol(&Sym {
        name: Some(symbol),
        section: Some(section),
        st_info: (elf::STB_GLOBAL << 4) | elf::STT_OBJECT,
        st_other: elf::STV_DEFAULT,
        st_shndx: 0,
        st_value: 0,
        st_size: table.len() as u64,
    });
    w.write_strtab();
    w.write_shstrtab();
    w.write_null_section_header();
    w.write_section_header(&SectionHeader {
        name: Some(name),
        sh_type: elf::SHT_PROGBITS,
        sh_flags: (elf::SHF_ALLOC | elf::SHF_WRITE).into(),
        sh_offset: offset as u64,
        sh_size: table.len() as u64,
        sh_addralign: 8,
        ..NAMES
    });
    // The null symbol is the only local one.
    w.write_symtab_section_header(1);
    w.write_strtab_section_header();
    w.write_shstrtab_section_header();
    Ok(bytes)
}
