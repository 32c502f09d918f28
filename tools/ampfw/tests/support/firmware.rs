// SPDX-License-Identifier: GPL-2.0

//! Firmware whose structure is that of files which vendors have published: class, machine,
//! segments, resource table. The contents are made up.

use proto::coff;
use proto::elf::Class;
use proto::rprc;

use super::coff_image;
use super::elf_image;
use super::rprc_image;
use super::table_image;
use super::table_image::Entry;

pub(crate) fn segment(flags: u32, da: u64, memsz: u64, data: &[u8]) -> elf_image::Segment {
    elf_image::Segment {
        kind: 1,
        flags,
        da,
        memsz: memsz.max(data.len() as u64),
        data: data.to_vec(),
    }
}

fn with_table(
    machine: u16,
    entry: u64,
    mut segments: Vec<elf_image::Segment>,
    da: u64,
    table: Vec<u8>,
) -> elf_image::Image {
    segments.push(segment(6, da, 0, &table));
    elf_image::Image {
        class: Class::Elf32,
        machine,
        entry,
        segments,
        sections: vec![elf_image::Section {
            name: ".resource_table".into(),
            kind: 1,
            da,
            data: table,
        }],
    }
}

/// An rpmsg device with a name service; address, alignment and number of entries of each ring.
fn rpmsg(vrings: [(u32, u32, u32); 2]) -> Entry {
    Entry::Vdev {
        id: 7,
        dfeatures: 1,
        vrings: vrings.to_vec(),
        config: vec![],
    }
}

/// Where TI's IPC has its rings.
const TI_RINGS: [(u32, u32, u32); 2] = [(0xa000_0000, 4096, 256), (0xa000_4000, 4096, 256)];

fn trace(da: u32, len: u32, name: &str) -> Entry {
    Entry::Trace {
        da,
        len,
        name: name.into(),
    }
}

fn carveout(da: u32, len: u32, name: &str) -> Entry {
    Entry::Carveout {
        da,
        len,
        name: name.into(),
    }
}

fn devmem(da: u32, pa: u32, len: u32, name: &str) -> Entry {
    Entry::Devmem {
        da,
        pa,
        len,
        name: name.into(),
    }
}

/// TI's IPC 3 for the IPU of an OMAP4 ("Ducati") or OMAP5, under SYS/BIOS: rpmsg, carveouts for
/// text, data and the shared heap, a trace buffer, and a long list of windows to peripherals.
pub(crate) fn omap4_ipu() -> elf_image::Image {
    let table = table_image::build(&[
        rpmsg(TI_RINGS),
        carveout(0x0, 0x60_0000, "IPU_MEM_TEXT"),
        carveout(0x8000_0000, 0x30_0000, "IPU_MEM_DATA"),
        carveout(0x9f00_0000, 0x10_0000, "IPU_MEM_IPC_DATA"),
        trace(0x9f00_0000, 0x8000, "trace:sysm3"),
        devmem(0xa000_0000, 0xa000_0000, 0x10_0000, "IPU_MEM_IPC_VRING"),
        devmem(0x6000_0000, 0x6000_0000, 0x1000_0000, "IPU_TILER_MODE_0_1"),
        devmem(0x7000_0000, 0x7000_0000, 0x800_0000, "IPU_TILER_MODE_2"),
        devmem(0x7800_0000, 0x7800_0000, 0x800_0000, "IPU_TILER_MODE_3"),
        devmem(0xaa00_0000, 0x4a00_0000, 0x100_0000, "IPU_PERIPHERAL_L4CFG"),
        devmem(0xa800_0000, 0x4800_0000, 0x100_0000, "IPU_PERIPHERAL_L4PER"),
        devmem(0xba30_0000, 0x5a00_0000, 0x100_0000, "IPU_IVAHD_CONFIG"),
    ]);
    with_table(
        40,
        0x3c4,
        vec![
            segment(5, 0x0, 0x400, b"vectors"),
            segment(5, 0x400, 0x2_0000, b"text of SYS/BIOS"),
            segment(6, 0x8000_0000, 0x8_0000, b"data"),
            segment(6, 0x9f00_0000, 0x9000, b""),
        ],
        0x8010_0000,
        table,
    )
}

/// TI's IPC 3 for a C66x DSP of an AM57xx.
pub(crate) fn am57xx_dsp() -> elf_image::Image {
    let table = table_image::build(&[
        rpmsg(TI_RINGS),
        carveout(0x9500_0000, 0x10_0000, "DSP_MEM_TEXT"),
        carveout(0x9510_0000, 0x10_0000, "DSP_MEM_DATA"),
        carveout(0x9520_0000, 0x30_0000, "DSP_MEM_HEAP"),
        carveout(0x9f00_0000, 0x10_0000, "DSP_MEM_IPC_DATA"),
        trace(0x9f00_0000, 0x8000, "trace:dsp"),
        devmem(0xa000_0000, 0xa000_0000, 0x10_0000, "DSP_MEM_IPC_VRING"),
        devmem(0x4a00_0000, 0x4a00_0000, 0x100_0000, "DSP_PERIPHERAL_L4CFG"),
        devmem(0x4800_0000, 0x4800_0000, 0x20_0000, "DSP_PERIPHERAL_L4PER1"),
    ]);
    with_table(
        140,
        0x9500_0000,
        vec![
            segment(5, 0x9500_0000, 0x4_0000, b"entry, 1 KiB aligned, and text"),
            segment(6, 0x9510_1000, 0x2_0000, b"data"),
        ],
        0x9510_0000,
        table,
    )
}

/// The OpenAMP examples of STM32CubeMP1 for the Cortex-M4: no IOMMU, memories at fixed places, the
/// rings wherever Linux wants them.
pub(crate) fn stm32mp1_m4() -> elf_image::Image {
    let table = table_image::build(&[
        rpmsg([(u32::MAX, 16, 16); 2]),
        trace(0x1002_0040, 0x800, "cm4_log"),
    ]);
    with_table(
        40,
        0x1000_0295,
        vec![
            segment(5, 0x0, 0x298, b"vectors"),
            segment(5, 0x1000_0000, 0x5000, b"text"),
            segment(6, 0x1002_0000, 0x900, b"data"),
        ],
        0x1002_1000,
        table,
    )
}

/// NXP's rpmsg_lite examples for the Cortex-M4 of an i.MX8M: rings at a fixed place in DDR, nothing
/// else in the table, initialised data that is loaded behind the text and copied by the firmware.
pub(crate) fn imx8m_m4() -> elf_image::Image {
    let table = table_image::build(&[rpmsg([
        (0xb800_0000, 0x1000, 256),
        (0xb800_8000, 0x1000, 256),
    ])]);
    with_table(
        40,
        0x1ffe_0355,
        vec![
            segment(4, 0x1ffe_0000, 0x240, b"vectors"),
            segment(5, 0x1ffe_0300, 0x5a00, b"text, and a copy of the data"),
            segment(6, 0x2000_0000, 0x8a00, b""),
        ],
        0x1ffe_0240,
        table,
    )
}

/// TI's examples for a PRU of an AM335x: program and data memory both begin at 0, the rings'
/// addresses are 0 because Linux is to fill them in, and a resource of the PRU's own.
pub(crate) fn am335x_pru() -> elf_image::Image {
    let words = |words: &[u32]| {
        words
            .iter()
            .flat_map(|w| w.to_le_bytes())
            .collect::<Vec<_>>()
    };
    // Subtype, length; then version, a host for each of ten channels, events and where they are.
    let mut interrupts = words(&[1, 20]);
    interrupts.extend([0, 0, 0, 255, 2, 255, 255, 255, 255, 255, 255, 255]);
    interrupts.extend(words(&[2, 0x84]));
    let table = table_image::build(&[
        rpmsg([(0, 16, 16); 2]),
        Entry::Other {
            kind: 5,
            bytes: interrupts,
        },
    ]);
    with_table(
        144,
        0,
        vec![segment(5, 0, 0xb00, b"text of the PRU")],
        0,
        table,
    )
}

/// DSP/BIOS on a DA850, as COFF, with RPRC's entries: a trace buffer and an entry point that are
/// known by their core's number until the file is converted.
pub(crate) fn dsp_bios(version: coff::Version) -> coff_image::Image {
    let resources = [
        rprc_image::Resource::new(0, 0xc300_0000, 0xc300_0000, 0x10_0000, "IPC"),
        rprc_image::Resource::new(0, 0xc310_0000, 0xc310_0000, 0xf0_0000, "DSP memory"),
        rprc_image::Resource::new(4, 0, 0, 0x8000, "trace"),
        rprc_image::Resource::new(5, 0, 0, 0, "boot"),
    ];
    let table: Vec<u8> = resources
        .iter()
        .flat_map(|resource| resource.build(rprc::Version::V2))
        .collect();
    let mut image = coff_image::sample(version);
    image.sections[2].data = table;
    image.sections[2].size = image.sections[2].data.len() as u32;
    image.symbols.push(coff_image::Symbol {
        name: "_SysMin_Module_State_0_outbuf__A".into(),
        value: 0xc310_2000,
        section: 4,
        auxiliary: 0,
    });
    image
}
