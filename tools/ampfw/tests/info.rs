// SPDX-License-Identifier: GPL-2.0

//! `ampfw info`: firmware of every format, by its structure.

#![expect(dead_code, reason = "the support is for all tests")]

#[path = "support/support.rs"]
mod support;

use proto::coff;
use proto::rprc;
use support::firmware;
use support::program::expect;
use support::program::Folder;
use support::rprc_image;
use support::table_image;
use support::table_image::Entry;

/// Firmware as vendors have published it.
#[test]
fn vendors_firmware() {
    let folder = Folder::new("info-vendors");
    for (name, image) in [
        ("omap4-ipu", firmware::omap4_ipu()),
        ("am57xx-dsp", firmware::am57xx_dsp()),
        ("stm32mp1-m4", firmware::stm32mp1_m4()),
        ("imx8m-m4", firmware::imx8m_m4()),
        ("am335x-pru", firmware::am335x_pru()),
    ] {
        folder.put("fw", image.build());
        let text = folder.good(&["info", "fw"]);
        expect(&format!("info-{name}.txt"), &text);
    }
}

#[test]
fn static_channels() {
    let folder = Folder::new("info-channels");
    let mut image = firmware::imx8m_m4();
    let mut bytes = [1u32.to_le_bytes().as_slice(), b"rpmsg-server-sample"].concat();
    bytes.resize(4 + 32, 0);
    bytes.extend([137, u32::MAX].map(u32::to_le_bytes).concat());
    image.sections[0].data = table_image::build(&[Entry::Other { kind: 256, bytes }]);
    folder.put("fw", image.build());
    let text = folder.good(&["info", "fw"]);
    let line = text.lines().last().unwrap_or_default();
    assert_eq!(
        line.trim(),
        "0  vendor    static channels: \"rpmsg-server-sample\" src 137 dst any"
    );
}

#[test]
fn dsp_bios() {
    let folder = Folder::new("info-coff");
    folder.put("fw", firmware::dsp_bios(coff::Version::Coff1).build());
    expect("info-dsp-bios.txt", &folder.good(&["info", "fw"]));
}

#[test]
fn rprc() {
    let folder = Folder::new("info-rprc");
    folder.put("fw", rprc_image::sample(rprc::Version::V1).build());
    expect("info-rprc1.txt", &folder.good(&["info", "fw"]));
    folder.put("fw", rprc_image::sample(rprc::Version::V2).build());
    expect("info-rprc2.txt", &folder.good(&["info", "fw"]));
}

/// An image of TI's boot loader.
fn sbl() -> Vec<u8> {
    let words: [u32; 10] = [0x4352_5052, 0x8000_0000, 0, 1, 1, 0x8000_0000, 0, 4, 0, 0];
    let mut image: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    image.extend(b"code");
    image
}

#[test]
fn look_alike() {
    let folder = Folder::new("info-sbl");
    folder.put("fw", sbl());
    expect("info-sbl.txt", &folder.good(&["info", "fw"]));
}

#[test]
fn json() {
    let folder = Folder::new("info-json");
    folder.put("fw", firmware::stm32mp1_m4().build());
    let json: serde_json::Value =
        serde_json::from_str(&folder.good(&["info", "--json", "fw"])).unwrap();
    assert_eq!(json["format"], "elf32");
    assert_eq!(json["machine"], 40);
    assert_eq!(json["entry"], 0x1000_0295);
    assert_eq!(json["segments"][1]["da"], 0x1000_0000);
    let entries = &json["resource_table"]["entries"];
    assert_eq!(entries[0]["vrings"][1]["num"], 16);
    assert_eq!(entries[0]["vrings"][1]["da"], serde_json::Value::Null);
    assert_eq!(entries[1]["name"], "cm4_log");
    assert_eq!(entries[1]["da"], 0x1002_0040);

    for (image, format) in [
        (rprc_image::sample(rprc::Version::V1).build(), "rprc1"),
        (rprc_image::sample(rprc::Version::V2).build(), "rprc2"),
        (firmware::dsp_bios(coff::Version::Coff1).build(), "coff1"),
        (firmware::dsp_bios(coff::Version::Coff2).build(), "coff2"),
        (sbl(), "sbl"),
    ] {
        folder.put("fw", image);
        let json = folder.good(&["info", "--json", "fw"]);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["format"], format);
    }
}

/// Names are bytes from anywhere, and a terminal does what they say.
#[test]
fn names_are_made_safe() {
    let folder = Folder::new("info-names");
    let mut image = rprc_image::sample(rprc::Version::V2);
    image.resources[0].name = b"\x1b[2Jhi\xff\n".to_vec();
    image.text = b"\x1b]0;title\x07".to_vec();
    folder.put("fw", image.build());
    for arguments in [&["info", "fw"][..], &["info", "--json", "fw"]] {
        let out = folder.good(arguments);
        assert!(out.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')));
        assert!(out.contains("x1b[2Jhi") && out.contains("x1b]0;title"));
    }
}

#[test]
fn what_is_no_firmware() {
    let folder = Folder::new("info-no");
    let error = |bytes: &[u8]| {
        folder.put("fw", bytes);
        let (status, stdout, stderr) = folder.run(&["info", "fw"]);
        assert_eq!((status, stdout.as_str()), (1, ""));
        stderr
    };
    assert_eq!(
        error(b"PK\x03\x04 and so on"),
        "error: fw: no firmware: it begins with \"PK\\x03\\x04\"; ELF begins with \"\\x7fELF\", \
         RPRC with \"RPRC\", COFF with 0xc1 0x00 or 0xc2 0x00\n"
    );
    assert_eq!(
        error(b""),
        "error: fw: no firmware: it begins with \"\"; ELF begins with \"\\x7fELF\", RPRC with \
         \"RPRC\", COFF with 0xc1 0x00 or 0xc2 0x00\n"
    );
    assert_eq!(
        error(b"RPRC\x02\0\0\0\xff\0\0\0"),
        "error: fw: the RPRC header says at offset 0x8 that 0xff bytes of text follow, but the \
         image ends at 0xc: at most 0x0 fit\n"
    );
    assert_eq!(
        error(b"\0\xc2"),
        "error: fw: the COFF image is big-endian, it must be little-endian\n"
    );
    let (status, _, stderr) = folder.run(&["info", "nothing"]);
    assert_eq!(
        (status, stderr.as_str()),
        (
            1,
            "error: nothing: No such file or directory (os error 2)\n"
        )
    );
}

/// 64 MiB are read once and looked at where they are.
#[test]
fn large_files() {
    let folder = Folder::new("info-large");
    let mut image = firmware::omap4_ipu();
    image.segments[1].data = vec![0x5a; 64 << 20];
    image.segments[1].memsz = 64 << 20;
    folder.put("fw", image.build());
    let out = folder.good(&["info", "fw"]);
    assert!(out.contains("0x4000000  0x4000000"), "{out}");
}
