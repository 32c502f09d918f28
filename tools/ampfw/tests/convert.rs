// SPDX-License-Identifier: GPL-2.0

//! `ampfw convert`: what comes out, and what is refused.

#![expect(dead_code, reason = "the support is for all tests")]

#[path = "support/support.rs"]
mod support;

use proto::coff;
use proto::elf::Elf;
use proto::rprc::Kind;
use proto::rprc::Resource;
use proto::rprc::Rprc;
use proto::DeviceAddr;
use support::firmware;
use support::firmware::segment;
use support::program::expect;
use support::program::Folder;
use support::rprc_image;

fn folder(name: &str, files: &[(&str, Vec<u8>)]) -> Folder {
    let folder = Folder::new(&format!("convert-{name}"));
    for (name, bytes) in files {
        folder.put(name, bytes);
    }
    folder
}

/// What TI's generator makes, byte by byte where it matters.
#[test]
fn coff_as_by_tis_generator() {
    for version in [coff::Version::Coff1, coff::Version::Coff2] {
        let folder = folder("coff", &[("dsp.out", firmware::dsp_bios(version).build())]);
        folder.good(&["convert", "dsp.out", "dsp.rprc", "--boot", ".hwi_vec"]);
        let bytes = folder.get("dsp.rprc");
        assert_eq!(&bytes[..12], b"RPRC\x02\0\0\0\xf4\x03\0\0");
        assert_eq!(&bytes[12..28], b"Made by ampfw.\n\0");
        let rprc = Rprc::parse(&bytes).unwrap();
        let sections: Vec<_> = rprc.sections().collect();
        // The resources are first, at 1024, where they were in memory.
        assert_eq!(sections[0].kind, Kind::Resource);
        assert_eq!(sections[0].offset, 1024 + 16);
        assert_eq!(sections[0].da, DeviceAddr(0xc310_1000));
        // What has no contents is not written; the rest is whole words.
        let found: Vec<_> = sections[1..]
            .iter()
            .map(|s| (s.kind, s.da.0, s.data.len()))
            .collect();
        assert_eq!(
            found,
            [(Kind::Text, 0xc310_0000, 32), (Kind::Text, 0xc310_0400, 8)]
        );
        assert_eq!(sections[1].data, b"code, thirty-two bytes of it...\0");
        // Trace buffer and entry point were but the core's number.
        let resources: Vec<_> = rprc.resources().map(|entry| entry.resource).collect();
        assert!(matches!(
            resources[2],
            Resource::Trace {
                da: DeviceAddr(0xc310_2000),
                len: 0x8000
            }
        ));
        assert!(matches!(
            resources[3],
            Resource::BootAddr {
                da: DeviceAddr(0xc310_0400)
            }
        ));
        assert_eq!(
            folder.good(&["check", "dsp.rprc", "--board", "hawk"]),
            "0 errors, 0 warnings\n"
        );
        if version == coff::Version::Coff2 {
            expect("convert-dsp-bios.txt", &folder.good(&["info", "dsp.rprc"]));
        }
    }
}

#[test]
fn boot_addresses() {
    let folder = folder(
        "boot",
        &[("in", firmware::dsp_bios(coff::Version::Coff2).build())],
    );
    let boot = |place: &[&str]| {
        let (status, _, stderr) = folder.run(&[&["convert", "in", "out"], place].concat());
        if status != 0 {
            return Err(stderr);
        }
        let bytes = folder.get("out");
        let last = Rprc::parse(&bytes).unwrap().boot_addrs().last();
        Ok(last.unwrap().0)
    };
    assert_eq!(boot(&[]), Ok(0xc310_0020));
    assert_eq!(
        boot(&["--boot", "_a_long_name_of_a_function"]),
        Ok(0xc310_0010)
    );
    assert_eq!(
        boot(&["--boot", "a_long_name_of_a_function"]),
        Ok(0xc310_0010)
    );
    assert_eq!(boot(&["--boot", ".text"]), Ok(0xc310_0000));
    assert_eq!(boot(&["--boot", "0xc3100800"]), Ok(0xc310_0800));
    assert_eq!(boot(&["--boot", "4096"]), Ok(4096));
    assert_eq!(
        boot(&["--boot", "_undefined_one"]),
        Err(
            "error: in: --boot _undefined_one: there is no such symbol or section, and it is no \
             number such as 0xc3100000\n"
                .into()
        )
    );
    assert_eq!(
        boot(&["--trace", "nowhere"]),
        Err("error: in: there is no symbol \"nowhere\"\n".into())
    );
}

/// Firmware for mainline's remoteproc: the table is translated.
#[test]
fn elf_for_mainline() {
    let image = firmware::omap4_ipu();
    let folder = folder("mainline", &[("ipu.elf", image.build())]);
    let (status, _, stderr) = folder.run(&["convert", "ipu.elf", "ipu.rprc"]);
    assert_eq!(status, 0);
    expect("convert-omap4-ipu-notices.txt", &stderr);
    expect("convert-omap4-ipu.txt", &folder.good(&["info", "ipu.rprc"]));
    assert_eq!(
        folder.good(&["check", "ipu.rprc", "--board", "panda"]),
        "0 errors, 0 warnings\n"
    );

    // The copy that the firmware looks at says what RPRC's platform will have done.
    let bytes = folder.get("ipu.rprc");
    let rprc = Rprc::parse(&bytes).unwrap();
    let ipc = rprc.ipc().unwrap().unwrap();
    let copy = rprc.segments().find(|s| s.da.0 == 0x8010_0000).unwrap();
    let table = proto::resource_table::ResourceTable::parse(copy.data).unwrap();
    let entry = table.entry(0).unwrap().unwrap();
    let proto::resource_table::Resource::Vdev(vdev) = entry.resource else {
        panic!("no vdev");
    };
    assert_eq!((vdev.status, vdev.gfeatures), (7, 1));
    let rings: Vec<_> = vdev.vrings().map(|v| (v.da.unwrap(), v.notifyid)).collect();
    assert_eq!(rings, [(ipc.vrings[0], 0), (ipc.vrings[1], 1)]);
}

#[test]
fn several_cores() {
    let core0 = firmware::dsp_bios(coff::Version::Coff2);
    let mut core1 = firmware::dsp_bios(coff::Version::Coff2);
    core1.sections.remove(2);
    for section in &mut core1.sections {
        section.da += 0x10_0000;
    }
    core1.entry = Some(0xc320_0020);
    let folder = folder(
        "cores",
        &[("core0", core0.build()), ("core1", core1.build())],
    );
    folder.good(&[
        "convert",
        "core0",
        "core1",
        "out",
        "--boot",
        ".text",
        "--boot",
        "0xc3200400",
    ]);
    let bytes = folder.get("out");
    let rprc = Rprc::parse(&bytes).unwrap();
    let places: Vec<_> = rprc.segments().map(|s| s.da.0).collect();
    assert_eq!(places, [0xc310_0000, 0xc310_0400, 0xc320_0000, 0xc320_0400]);

    folder.put("core1", core0.build());
    let (status, _, stderr) = folder.run(&["convert", "core0", "core1", "out"]);
    assert_eq!(
        (status, stderr.as_str()),
        (
            1,
            "error: core1: it has a resource table, but only the first file may have one\n"
        )
    );
}

#[test]
fn to_elf() {
    let folder = folder(
        "elf",
        &[("dsp.out", firmware::dsp_bios(coff::Version::Coff1).build())],
    );
    folder.good(&[
        "convert", "--to", "elf", "--boot", ".hwi_vec", "dsp.out", "dsp.elf",
    ]);
    let bytes = folder.get("dsp.elf");
    let elf = Elf::parse(&bytes).unwrap();
    assert_eq!(elf.machine(), proto::elf::MACHINE_C6000);
    assert_eq!(elf.entry(), DeviceAddr(0xc310_0400));
    let segments: Vec<_> = elf
        .segments()
        .map(|s| (s.da.0, s.memsz, s.filesz()))
        .collect();
    assert_eq!(
        segments,
        [
            (0xc310_0000, 0x1f, 0x1f),
            (0xc310_0400, 8, 8),
            (0xc310_1000, 0x130, 0x130),
            (0xc310_2000, 0x100, 0)
        ]
    );
    let table = elf.section(".resource_table").unwrap().unwrap();
    assert_eq!(table.da, DeviceAddr(0xc310_1000));
    assert_eq!(table.data.len(), 0x130);

    // ELF to ELF changes nothing that is loaded.
    for (name, image) in [
        ("ipu", firmware::omap4_ipu()),
        ("dsp", firmware::am57xx_dsp()),
        ("m4", firmware::stm32mp1_m4()),
    ] {
        folder.put(name, image.build());
        folder.good(&["convert", "--to", "elf", name, "out"]);
        assert_eq!(
            folder.good(&["table", "read", name]),
            folder.good(&["table", "read", "out"])
        );
        let (before, after) = (folder.get(name), folder.get("out"));
        let segments = |bytes| {
            let elf = Elf::parse(bytes).unwrap();
            let segments = elf.segments();
            segments
                .map(|s| (s.da, s.memsz, s.data))
                .collect::<Vec<_>>()
        };
        assert_eq!(segments(&before), segments(&after));
    }
}

#[test]
fn always_the_same() {
    let folder = folder(
        "same",
        &[("in", firmware::dsp_bios(coff::Version::Coff2).build())],
    );
    for to in ["rprc2", "elf"] {
        folder.good(&["convert", "--to", to, "in", "one"]);
        folder.good(&["convert", "--to", to, "in", "two"]);
        assert_eq!(folder.get("one"), folder.get("two"));
    }
}

#[test]
fn refused() {
    let folder = Folder::new("convert-refused");
    let refused = |bytes: Vec<u8>, to: &str| {
        folder.put("in", bytes);
        let (status, _, stderr) = folder.run(&["convert", "--to", to, "in", "out"]);
        assert_eq!(status, 1, "{stderr}");
        assert!(!folder.path("out").exists());
        let last = stderr.lines().last().unwrap_or_default();
        last.trim_start_matches("error: ").to_string()
    };
    let mut image = firmware::dsp_bios(coff::Version::Coff2);
    image.target = 0x9d;
    assert_eq!(
        refused(image.build(), "rprc2"),
        "in: the COFF image is for C2800, whose addresses count words; only processors that count \
         bytes are supported"
    );
    let mut image = firmware::omap4_ipu();
    image.machine = 141;
    assert_eq!(
        refused(image.build(), "rprc2"),
        "in: it is for TI C2000, whose addresses count words of 16 bits; only processors that \
         count bytes are supported"
    );
    let mut image = firmware::dsp_bios(coff::Version::Coff2);
    image.flags &= !2;
    assert_eq!(
        refused(image.build(), "elf"),
        "in: it has not been linked completely (the flag F_EXEC is not set)"
    );
    let mut image = firmware::dsp_bios(coff::Version::Coff2);
    image.entry = None;
    assert_eq!(
        refused(image.build(), "elf"),
        "in: it does not say where to begin to execute: choose with --boot"
    );
    assert_eq!(
        refused(firmware::dsp_bios(coff::Version::Coff2).build(), "rprc1"),
        "the firmware has resources of RPRC version 2, which it reads itself: convert it to that \
         version"
    );
    assert_eq!(
        refused(rprc_image::sample(proto::rprc::Version::V2).build(), "elf"),
        "in: it is RPRC version 2: convert the ELF or COFF file that it was made from"
    );
    assert_eq!(
        refused(firmware::stm32mp1_m4().build(), "rprc2"),
        "vring 0 has 16 entries and alignment 0x10, RPRC's platform supplies 256 and 0x1000"
    );
    let mut image = firmware::omap4_ipu();
    image.segments.pop();
    assert_eq!(
        refused(image.build(), "rprc2"),
        "the resource table at 0x80100000 is in no segment"
    );
}

#[test]
fn without_a_table() {
    let mut image = firmware::omap4_ipu();
    image.sections.clear();
    image.segments.truncate(1);
    image.segments[0] = segment(5, 0, 0, b"text");
    let folder = folder("bare", &[("in", image.build())]);
    let (status, _, stderr) = folder.run(&["convert", "in", "out"]);
    assert_eq!(
        (status, stderr.as_str()),
        (
            0,
            "notice: there is no resource table: the processor will have no rpmsg\n"
        )
    );
    let bytes = folder.get("out");
    let rprc = Rprc::parse(&bytes).unwrap();
    assert_eq!(rprc.boot_addrs().last(), Some(DeviceAddr(0x3c4)));
}
