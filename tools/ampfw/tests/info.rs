// SPDX-License-Identifier: GPL-2.0

//! `ampfw info`: firmware of every format, by its structure.

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

use program::expect;
use program::Folder;
use proto::coff;
use proto::rprc;

#[test]
fn omap4_ipu() {
    let folder = Folder::new("info-ipu");
    folder.put("fw", firmware::omap4_ipu().build());
    expect("info-omap4-ipu.txt", &folder.good(&["info", "fw"]));
}

#[test]
fn am57xx_dsp() {
    let folder = Folder::new("info-dsp");
    folder.put("fw", firmware::am57xx_dsp().build());
    expect("info-am57xx-dsp.txt", &folder.good(&["info", "fw"]));
}

#[test]
fn stm32mp1_m4() {
    let folder = Folder::new("info-m4");
    folder.put("fw", firmware::stm32mp1_m4().build());
    expect("info-stm32mp1-m4.txt", &folder.good(&["info", "fw"]));
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
