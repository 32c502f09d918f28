// SPDX-License-Identifier: GPL-2.0

//! `ampfw check`: each thing that the kernel refuses or warns about, and nothing else.

#![expect(dead_code, reason = "the generators are for all tests")]

#[path = "../../../proto/tests/support/coff_image.rs"]
mod coff_image;
#[path = "../../../proto/tests/support/elf_image.rs"]
mod elf_image;
#[path = "support/firmware.rs"]
mod firmware;
#[path = "support/program.rs"]
mod program;
#[path = "../../../proto/tests/support/rprc_image.rs"]
mod rprc_image;
#[path = "../../../proto/tests/support/table_image.rs"]
mod table_image;

use firmware::segment;
use program::expect;
use program::Folder;
use proto::coff;
use proto::elf::Class;
use proto::rprc;
use table_image::Entry;

/// Findings for a file: without their count, which must be right, and the exit status with it.
fn check(image: impl AsRef<[u8]>, options: &[&str]) -> String {
    let folder = Folder::new(&format!("check-{:?}", std::thread::current().id()));
    folder.put("fw", image);
    let (status, stdout, stderr) = folder.run(&[&["check", "fw"], options].concat());
    assert_eq!(stderr, "");
    let lines: Vec<_> = stdout.lines().collect();
    let (last, findings) = lines.split_last().unwrap();
    let count = |level: &str| {
        findings
            .iter()
            .filter(|line| line.starts_with(level))
            .count()
    };
    let (errors, warnings) = (count("error: "), count("warning: "));
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    assert_eq!(
        *last,
        format!(
            "{errors} error{}, {warnings} warning{}",
            plural(errors),
            plural(warnings)
        )
    );
    assert_eq!(errors + warnings, findings.len());
    assert_eq!(status, i32::from(errors != 0));
    findings.join("\n")
}

fn panda(image: impl AsRef<[u8]>) -> String {
    check(image, &["--board", "panda"])
}

fn hawk(image: impl AsRef<[u8]>) -> String {
    check(image, &["--board", "hawk"])
}

/// Firmware for the Pandaboard with this table, in which everything else is right.
fn ipu(entries: &[Entry]) -> elf_image::Image {
    let carveout = |da, name: &str| Entry::Carveout {
        da,
        len: 0x10_0000,
        name: name.into(),
    };
    let mut all = vec![carveout(0, "text"), carveout(0x8000_0000, "data")];
    all.extend_from_slice(entries);
    image(40, 0x101, &all)
}

/// Firmware for the Hawkboard.
fn dsp(entries: &[Entry]) -> elf_image::Image {
    let mut all = vec![Entry::Carveout {
        da: 0xc310_0000,
        len: 0xf0_0000,
        name: "dsp".into(),
    }];
    all.extend_from_slice(entries);
    let mut image = image(140, 0xc310_0000, &all);
    image.segments[0].da = 0xc310_0000;
    image.segments[1].da = 0xc320_0000;
    image.sections[0].da = 0xc320_0000;
    image
}

fn image(machine: u16, entry: u64, entries: &[Entry]) -> elf_image::Image {
    let table = table_image::build(entries);
    elf_image::Image {
        class: Class::Elf32,
        machine,
        entry,
        segments: vec![
            segment(5, 0, 0x1000, b"vectors and text"),
            segment(6, 0x8000_0000, 0x2000, &table),
        ],
        sections: vec![elf_image::Section {
            name: ".resource_table".into(),
            kind: 1,
            da: 0x8000_0000,
            data: table,
        }],
    }
}

fn vdev(vrings: Vec<(u32, u32, u32)>) -> Entry {
    Entry::Vdev {
        id: 7,
        dfeatures: 1,
        vrings,
        config: vec![],
    }
}

#[test]
fn good_firmware() {
    let rings = vdev(vec![(0xa000_0000, 4096, 256), (0xa000_4000, 4096, 256)]);
    assert_eq!(panda(ipu(std::slice::from_ref(&rings)).build()), "");
    assert_eq!(check(ipu(&[rings]).build(), &[]), "");
    let rings = vdev(vec![(0xc300_0000, 4096, 256), (0xc300_4000, 4096, 256)]);
    assert_eq!(hawk(dsp(&[rings]).build()), "");
}

#[test]
fn vendors_firmware() {
    expect("check-omap4-ipu.txt", &panda(firmware::omap4_ipu().build()));
    expect(
        "check-am57xx-dsp.txt",
        &hawk(firmware::am57xx_dsp().build()),
    );
    assert_eq!(check(firmware::stm32mp1_m4().build(), &[]), "");
}

#[test]
fn wrong_processor() {
    let mut image = dsp(&[]);
    image.machine = 40;
    assert_eq!(
        hawk(image.build()),
        "error: the firmware is for ARM (40), but dsp@11800000 is a C674x DSP of a DA850: TI C6000 \
         (140)"
    );
}

#[test]
fn segments_outside_of_memory() {
    let mut image = ipu(&[]);
    image
        .segments
        .push(segment(6, 0x3000_0000, 0x1_8000, b"lost"));
    assert_eq!(
        panda(image.build()),
        "error: segment 2, 0x18000 bytes at 0x30000000..0x30017fff, is in no memory of \
         ipu@55020000: it has l2ram 0x20000000..0x2000ffff, carveout \"text\" 0x0..0xfffff, \
         carveout \"data\" 0x80000000..0x800fffff; carveout \"text\" would fit"
    );
    image.segments[2] = segment(6, 0x2000_f000, 0x1001, b"over the end");
    assert_eq!(
        panda(image.build()),
        "error: segment 2, 0x1001 bytes at 0x2000f000..0x20010000, is in no memory of \
         ipu@55020000: it has l2ram 0x20000000..0x2000ffff, carveout \"text\" 0x0..0xfffff, \
         carveout \"data\" 0x80000000..0x800fffff; l2ram would fit"
    );
    image.segments[2] = segment(6, 0x2000_f000, 0x1000, b"up to the end");
    assert_eq!(panda(image.build()), "");
}

#[test]
fn overlapping_segments() {
    let mut image = ipu(&[]);
    image.segments.push(segment(6, 0x8000_1fff, 0x10, b"x"));
    assert_eq!(
        check(image.build(), &[]),
        "warning: segment 1 at 0x80000000..0x80001fff and segment 2 at 0x80001fff..0x8000200e \
         overlap, the later one in the file wins"
    );
}

#[test]
fn boot_addresses() {
    let mut image = dsp(&[]);
    image.entry = 0xc310_0420;
    assert_eq!(
        hawk(image.build()),
        "error: the boot address 0xc3100420 is not a multiple of 0x400: choose another one with \
         \"ampfw convert --boot\", for example 0xc3100400"
    );
    image.entry = 0xc400_0000;
    assert_eq!(
        hawk(image.build()),
        "warning: the boot address 0xc4000000 is in no segment, so what is executed there is not \
         in the file"
    );
    let mut image = ipu(&[]);
    image.segments[0].da = 0x400;
    assert_eq!(
        panda(image.build()),
        "error: nothing is loaded at 0x0, but the processor starts with the vectors there"
    );
}

#[test]
fn code_where_nothing_is_executed() {
    let mut image = ipu(&[Entry::Carveout {
        da: 0xa010_0000,
        len: 0x1000,
        name: "high".into(),
    }]);
    image.segments.push(segment(5, 0xa010_0000, 0x10, b"x"));
    assert_eq!(
        panda(image.build()),
        "error: segment 2 at 0xa0100000..0xa010000f has code, but a Cortex-M3 of an OMAP4's IPU \
         executes nothing at 0xa0000000..0xffffffff: link it elsewhere"
    );
}

#[test]
fn tables() {
    let mut image = ipu(&[]);
    image.sections.clear();
    assert_eq!(
        check(image.build(), &[]),
        "warning: there is no resource table: the processor is started, but has no rpmsg"
    );
    let mut image = ipu(&[]);
    image.sections[0].data[0] = 2;
    assert_eq!(
        check(image.build(), &[]),
        "error: the resource table has version 2, only version 1 is known"
    );
    let mut image = ipu(&[]);
    image.sections[0].da = 0x9000_0000;
    assert_eq!(
        check(image.build(), &[]),
        "warning: the resource table at 0x90000000..0x90000087 is in no segment: the firmware \
         won't see what the kernel writes back"
    );
    let other = |kind| Entry::Other {
        kind,
        bytes: vec![0; 8],
    };
    assert_eq!(
        check(ipu(&[other(130), other(99)]).build(), &[]),
        "warning: resource 2 has type 130, which is the platform driver's to understand\n\
         warning: resource 3 has type 99, which the kernel does not know and skips"
    );
}

#[test]
fn entries() {
    let carveout = |da, len, name: &str| Entry::Carveout {
        da,
        len,
        name: name.into(),
    };
    assert_eq!(
        panda(ipu(&[carveout(0x6000_0000, 0, "none")]).build()),
        "error: resource 2, carveout \"none\": it has 0 bytes, there must be some"
    );
    assert_eq!(
        panda(ipu(&[carveout(0x6000_0010, 0x1000, "odd")]).build()),
        "error: resource 2, carveout \"odd\": 0x1000 bytes at 0x60000010, the IOMMU maps multiples \
         of 0x1000"
    );
    assert_eq!(
        panda(ipu(&[carveout(0xffff_f000, 0x2000, "end")]).build()),
        "error: resource 2, carveout \"end\": 0x2000 bytes at 0xfffff000 go past the end of the \
         address space"
    );
    assert_eq!(
        panda(ipu(&[carveout(0x800f_f000, 0x2000, "twice")]).build()),
        "error: resource 1, carveout \"data\" at 0x80000000..0x800fffff and resource 2, carveout \
         \"twice\" at 0x800ff000..0x80100fff overlap: the IOMMU cannot map both"
    );
    assert_eq!(
        panda(ipu(&[carveout(0x6000_0000, 0xf0_0000, "much")]).build()),
        "error: carveouts and vrings need 0x1100000 bytes, but only 0x1000000 are set aside for \
         ipu@55020000"
    );
    assert_eq!(
        hawk(dsp(&[carveout(0xc400_0000, 0x1000, "far")]).build()),
        "error: resource 1, carveout \"far\": 0xc4000000..0xc4000fff is not in the memory that is \
         set aside for dsp@11800000: dsp-memory@c3000000 0xc3000000..0xc3ffffff"
    );
    let devmem = Entry::Devmem {
        da: 0x1000,
        pa: 0x2000,
        len: 0x1000,
        name: "timers".into(),
    };
    assert_eq!(
        hawk(dsp(&[devmem]).build()),
        "error: resource 1, devmem \"timers\": it needs an IOMMU, the processor has none"
    );
}

#[test]
fn vrings() {
    let rings = |rings| vdev(rings);
    assert_eq!(
        panda(ipu(&[rings(vec![(0xa000_0000, 4096, 100)])]).build()),
        "error: vring 0 of the resource table's vdev at offset 0x8c has 100 entries, it must be a \
         power of two up to 32768"
    );
    assert_eq!(
        panda(
            ipu(&[rings(vec![
                (0xa000_0000, 4096, 256),
                (0xa000_2000, 4096, 256)
            ])])
            .build()
        ),
        "error: vdev0vring1 at 0xa0002000..0xa0004fff overlaps vdev0vring0 at \
         0xa0000000..0xa0002fff"
    );
    let carveout = |name: &str| Entry::Carveout {
        da: 0xa000_0000,
        len: 0x2000,
        name: name.into(),
    };
    assert_eq!(
        panda(
            ipu(&[
                rings(vec![(0xa000_0000, 4096, 256)]),
                carveout("vdev0vring0")
            ])
            .build()
        ),
        "error: vdev0vring0 at 0xa0000000 needs 0x3000 bytes, its carveout has 0x2000 bytes at \
         0xa0000000"
    );
    assert_eq!(
        panda(ipu(&[rings(vec![(0xa000_0000, 4096, 256)]), carveout("ipc")]).build()),
        "error: vdev0vring0 at 0xa0000000..0xa0002fff needs 0x3000 bytes, but carveout \"ipc\" \
         ends at 0xa0002000"
    );
}

#[test]
fn notify_ids() {
    let mut image = ipu(&[vdev(vec![(0xa000_0000, 16, 16), (0xa000_4000, 16, 16)])]);
    // The rings follow the vdev, which is the last entry; the id is the fourth word of a ring.
    let table = &mut image.sections[0].data;
    let ids = [table.len() - 40 + 12, table.len() - 20 + 12];
    for at in ids {
        table[at] = 5;
    }
    assert_eq!(
        check(image.build(), &[]),
        "warning: a vring has notify id 5, but Linux will write 0 over it: firmware must read it \
         from the loaded table\n\
         warning: two vrings have notify id 5, they must differ; Linux will write 1 over the \
         second one"
    );
}

#[test]
fn rprc_images() {
    let mut image = rprc_image::sample(rprc::Version::V2);
    image.resources[1].pa = 0;
    image.sections.remove(1);
    image.resources.truncate(3);
    image.resources.push(rprc_image::Resource::new(
        0,
        0x8000_0000,
        0,
        0x10_0000,
        "data",
    ));
    let boot = |da| rprc_image::Resource::new(5, da, 0, 0, "boot");
    image.resources.push(boot(0x1));
    assert_eq!(panda(image.build()), "");
    image.resources.push(boot(0x8));
    assert_eq!(
        panda(image.build()),
        "warning: there are 2 boot addresses, the last one wins: 0x8"
    );
    image.resources.pop();
    image.resources[1].pa = 0x1000_0000;
    image.resources[0].len = 0x1000;
    assert_eq!(
        panda(image.build()),
        "error: resource 1, carveout \"text\": 0x10000000..0x103fffff is not in the memory that is \
         set aside for ipu@55020000: ipu-memory@98800000 0x98800000..0x997fffff\n\
         error: the first carveout, 0x1000 bytes at 0xa0000000, has no room for the buffers and \
         vrings, it must have 0x46000"
    );
    image.sections[0].kind = 4;
    assert!(check(image.build(), &[]).contains(
        "warning: segment 1 (signature, skipped) is for TI's secure mode, the kernel skips it"
    ));
}

#[test]
fn what_must_be_converted() {
    assert_eq!(
        check(firmware::dsp_bios(coff::Version::Coff2).build(), &[])
            .lines()
            .next(),
        Some("error: the kernel does not load COFF2: convert it, \"ampfw convert\"")
    );
    assert_eq!(
        check(b"RPRC\x00\x00\x00\x80\0\0\0\0\0\0\0\0\x01\0\0\0", &[]),
        "error: this is an image for TI's boot loader (SBL), whose format has RPRC's magic, but \
         the entry address 0x80000000 at offset 0x4 and 0 at 0x8: RPRC has its version there, 1 or \
         2; convert the ELF or COFF file that it was made from"
    );
}

#[test]
fn options() {
    let folder = Folder::new("check-options");
    let mut image = ipu(&[]);
    image.sections.clear();
    folder.put("fw", image.build());
    assert_eq!(folder.run(&["check", "fw"]).0, 0);
    assert_eq!(folder.run(&["check", "--strict", "fw"]).0, 1);
    let json = folder.good(&["check", "--json", "fw"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["warnings"], 1);
    assert_eq!(json["findings"][0]["level"], "warning");
    let (status, _, stderr) = folder.run(&["check", "fw", "--board", "beagle"]);
    assert_eq!(status, 2);
    assert!(
        stderr.contains("[possible values: panda, hawk]"),
        "{stderr}"
    );
}

/// What "--board hawk" believes is what the board's device tree says.
#[test]
fn hawk_is_as_on_the_board() {
    let board = include_str!("../../../boards/hawk/hawk.dts");
    let ours = include_str!("../boards/hawk.dts");
    let pool = "reg = <0xc3000000 0x1000000>;";
    assert!(board.contains(pool) && ours.contains(pool));
}

#[test]
fn device_trees() {
    let folder = Folder::new("check-dts");
    folder.put("fw", ipu(&[]).build());
    let tree = include_str!("../../../boards/panda/panda.dts");
    folder.put("panda.dts", tree);
    assert_eq!(
        folder.good(&["check", "fw", "--dts", "panda.dts"]),
        "0 errors, 0 warnings\n"
    );
    // Less memory than the carveouts need.
    folder.put("small.dts", tree.replace("0x1000000>", "0x100000>"));
    let (status, stdout, _) = folder.run(&["check", "fw", "--dts", "small.dts"]);
    assert_eq!(
        (status, stdout.as_str()),
        (
            1,
            "error: carveouts and vrings need 0x200000 bytes, but only 0x100000 are set aside for \
             ipu@55020000\n1 error, 0 warnings\n"
        )
    );
    // With a DSP before it, the M3 is still the one for ARM's firmware.
    let dsp = "\n/ { dsp { compatible = \"ti,omap4-dsp\"; }; };\n";
    let both = tree.replacen("/dts-v1/;", &format!("/dts-v1/;{dsp}"), 1);
    folder.put("both.dts", both);
    assert_eq!(
        folder.good(&["check", "fw", "--dts", "both.dts"]),
        "0 errors, 0 warnings\n"
    );
    let node = |name| folder.run(&["check", "fw", "--dts", "both.dts", "--node", name]);
    assert_eq!(node("ipu").0, 0);
    assert_eq!(node("ipu@55020000").0, 0);
    let (status, stdout, _) = node("dsp");
    assert_eq!(status, 1);
    assert!(
        stdout.starts_with("error: the firmware is for ARM (40), but dsp is a C64x+ DSP"),
        "{stdout}"
    );
    assert_eq!(
        node("gpu").2,
        "error: both.dts: no remote processor \"gpu\" in the device tree: there are dsp, \
         ipu@55020000\n"
    );
    let errors = [
        ("/ { };", "no remote processor in the device tree: a node must be compatible with one of ti,omap4-ipu, ti,omap5-ipu, ti,dra7-ipu, ti,omap4-dsp, ti,dra7-dsp, ti,da850-dsp"),
        ("/ {\n\tnode {\n", "line 2: expected a property, a node or \"}\""),
        ("#include <dt-bindings/gpio/gpio.h>\n", "line 1: this device tree needs the C preprocessor; give the .dtb file"),
        ("/ { x = \"y; };", "line 1: the string has no end"),
    ];
    for (text, message) in errors {
        folder.put("bad.dts", text);
        let (status, _, stderr) = folder.run(&["check", "fw", "--dts", "bad.dts"]);
        assert_eq!(
            (status, stderr),
            (1, format!("error: bad.dts: {message}\n"))
        );
    }
}
