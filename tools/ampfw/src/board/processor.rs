// SPDX-License-Identifier: GPL-2.0

//! What is not in a device tree: what each processor is like.

/// Where the processor sees one of its memories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At this address.
    At(u64),
    /// At the bus address, with this mask.
    Masked(u64),
    /// At the bus address.
    Bus,
}

/// How the processor finds its first instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boot {
    /// From the vectors at address 0, whatever the entry address of the file is.
    Vectors,
    /// At the entry address, which must be a multiple of this.
    Entry(u64),
}

/// A kind of remote processor that the kernel's drivers know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Processor {
    /// What its device tree node is compatible with.
    pub compatible: &'static str,
    /// For people.
    pub title: &'static str,
    /// Its number in ELF.
    pub machine: u16,
    /// How it starts.
    pub boot: Boot,
    /// Addresses from which it executes nothing: first and last of each range.
    pub execute_never: &'static [(u64, u64)],
    /// Its memories, by the names in `reg-names`.
    pub memories: &'static [(&'static str, Place)],
}

/// The default memory map of M-profile processors: peripherals, external devices, system.
const M_PROFILE: &[(u64, u64)] = &[(0x4000_0000, 0x5fff_ffff), (0xa000_0000, 0xffff_ffff)];

const IPU: Processor = Processor {
    compatible: "ti,omap4-ipu",
    title: "Cortex-M3 of an OMAP4's IPU",
    machine: proto::elf::MACHINE_ARM,
    boot: Boot::Vectors,
    execute_never: M_PROFILE,
    memories: &[("l2ram", Place::At(0x2000_0000))],
};

const DSP_MEMORIES: &[(&str, Place)] = &[
    ("l2ram", Place::At(0x0080_0000)),
    ("l1pram", Place::At(0x00e0_0000)),
    ("l1dram", Place::At(0x00f0_0000)),
];

const DSP: Processor = Processor {
    compatible: "ti,omap4-dsp",
    title: "C64x+ DSP of an OMAP4",
    machine: proto::elf::MACHINE_C6000,
    boot: Boot::Entry(1024),
    execute_never: &[],
    memories: DSP_MEMORIES,
};

const DA850: Processor = Processor {
    compatible: "ti,da850-dsp",
    title: "C674x DSP of a DA850",
    machine: proto::elf::MACHINE_C6000,
    boot: Boot::Entry(1024),
    execute_never: &[],
    // Firmware may be linked for either, see platform/davinci/memories.rs.
    memories: &[
        ("l2sram", Place::Masked(0x00ff_ffff)),
        ("l1pram", Place::Masked(0x00ff_ffff)),
        ("l1dram", Place::Masked(0x00ff_ffff)),
        ("l2sram", Place::Bus),
        ("l1pram", Place::Bus),
        ("l1dram", Place::Bus),
    ],
};

const ALL: [Processor; 6] = [
    IPU,
    Processor {
        compatible: "ti,omap5-ipu",
        title: "Cortex-M4 of an OMAP5's IPU",
        ..IPU
    },
    Processor {
        compatible: "ti,dra7-ipu",
        title: "Cortex-M4 of a DRA7's IPU",
        ..IPU
    },
    DSP,
    Processor {
        compatible: "ti,dra7-dsp",
        title: "C66x DSP of a DRA7",
        ..DSP
    },
    DA850,
];

static PROCESSORS: [Processor; 6] = ALL;

impl Processor {
    /// The processor that one of these names stands for.
    pub(super) fn find<'n>(mut compatible: impl Iterator<Item = &'n str>) -> Option<&'static Self> {
        compatible.find_map(|name| PROCESSORS.iter().find(|p| p.compatible == name))
    }

    /// All names, for messages.
    pub(super) fn list() -> String {
        PROCESSORS.map(|p| p.compatible).join(", ")
    }
}
