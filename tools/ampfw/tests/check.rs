// SPDX-License-Identifier: GPL-2.0

//! `ampfw check`: each thing that the kernel refuses or warns about, and nothing else.

#![expect(dead_code, reason = "the support is for all tests")]

#[path = "support/support.rs"]
mod support;

use proto::coff;
use proto::rprc;
use support::checked::check;
use support::checked::dsp;
use support::checked::hawk;
use support::checked::ipu;
use support::checked::panda;
use support::checked::vdev;
use support::firmware;
use support::firmware::segment;
use support::program::expect;
use support::program::Folder;
use support::rprc_image;
use support::table_image::Entry;

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
    assert_eq!(check(firmware::imx8m_m4().build(), &[]), "");
    assert_eq!(
        check(firmware::am335x_pru().build(), &[]),
        "warning: resource 1 has type 5, which the kernel does not know and skips\n\
         error: vdev0vring1 at 0x0..0xfff overlaps vdev0vring0 at 0x0..0xfff; 0xffffffff is anywhere"
    );
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
    // The DSP has its own memories twice.
    for da in [0x0080_0000, 0x1180_0000] {
        let mut image = dsp(&[]);
        image.segments.push(segment(6, da, 0x4_0000, b"L2"));
        assert_eq!(hawk(image.build()), "");
    }
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
