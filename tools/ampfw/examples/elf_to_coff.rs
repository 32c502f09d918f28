// SPDX-License-Identifier: GPL-2.0

//! Makes a COFF file out of a C6000's or an ARM's ELF file: nobody has TI's old compilers at hand,
//! but what comes out of "ampfw convert" then can be booted on the emulated boards, which shows that
//! the converter works. Arguments: ELF file, COFF file.

#![expect(dead_code, reason = "the generator is for the tests")]

#[path = "../../../proto/tests/support/coff_image.rs"]
mod coff_image;

use coff_image::Image;
use coff_image::Section;
use coff_image::Symbol;
use proto::coff::Target;
use proto::coff::Version;
use proto::elf::Elf;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        panic!("usage: elf_to_coff ELF COFF");
    };
    let bytes = std::fs::read(&from).expect("the ELF file");
    let elf = Elf::parse(&bytes).expect("an ELF file");
    let table = elf.section(".resource_table").expect("its sections");
    let mut sections = Vec::new();
    for (index, segment) in elf.segments().enumerate() {
        let da = segment.da.0 as u32;
        let end = da + segment.data.len() as u32;
        // COFF has a section of its own for the table.
        let mut cuts = vec![(da, end, format!(".seg{index}"))];
        if let Some(table) = table {
            let start = table.da.0 as u32;
            let stop = start + table.data.len() as u32;
            if (da..end).contains(&start) {
                cuts = vec![
                    (da, start, format!(".seg{index}")),
                    (start, stop, ".resource_table".into()),
                    (stop, end, format!(".rest{index}")),
                ];
            }
        }
        let flags = if segment.flags & 1 != 0 { 0x20 } else { 0x40 };
        for (start, stop, name) in cuts.into_iter().filter(|(start, stop, _)| start < stop) {
            let data = &segment.data[(start - da) as usize..(stop - da) as usize];
            sections.push(Section::new(&name, start, flags, data));
        }
        // What is zeroed is a section without contents.
        let zeroes = segment.memsz - segment.filesz();
        if zeroes != 0 {
            let mut bss = Section::new(&format!(".bss{index}"), end, 0x80, &[]);
            bss.size = zeroes as u32;
            sections.push(bss);
        }
    }
    let image = Image {
        version: Version::Coff2,
        target: match elf.machine() {
            proto::elf::MACHINE_ARM => Target::TMS470.0,
            _ => Target::C6000.0,
        },
        flags: 0x102,
        // As from DSP/BIOS, whose entry is not where the DSP can start.
        entry: Some(elf.entry().0 as u32 + 0x20),
        sections,
        symbols: vec![Symbol {
            name: "_reset_vector".into(),
            value: elf.entry().0 as u32,
            section: 1,
            auxiliary: 0,
        }],
    };
    std::fs::write(&to, image.build()).expect("the COFF file");
}
