// SPDX-License-Identifier: GPL-2.0

//! `ampfw check --dts`: device trees, and the boards that are built in.

#![expect(dead_code, reason = "the support is for all tests")]

#[path = "support/support.rs"]
mod support;

use support::checked::ipu;
use support::program::Folder;

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
