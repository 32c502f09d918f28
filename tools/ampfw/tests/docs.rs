// SPDX-License-Identifier: GPL-2.0

//! Manual pages and completions, which "make install" writes.

#![expect(dead_code, reason = "the support is for all tests")]

#[path = "support/program.rs"]
mod program;

use program::Folder;

#[test]
fn pages_and_completions() {
    let folder = Folder::new("docs");
    assert_eq!(folder.good(&["docs", "."]), "");
    let page = |name: &str| String::from_utf8(folder.get(&format!("man/{name}"))).unwrap();
    assert!(page("ampfw.1").contains("Inspects, checks and converts firmware"));
    assert!(page("ampfw-convert.1").contains("the resources first"));
    assert!(page("ampfw-table-make.1").contains("\\-\\-machine"));
    assert!(!folder.path("man/ampfw-docs.1").exists());
    let bash = String::from_utf8(folder.get("completions/ampfw.bash")).unwrap();
    assert!(bash.contains("rprc1 rprc2 elf"));
    for name in ["_ampfw", "ampfw.fish"] {
        assert!(folder.path("completions").join(name).exists());
    }
}

/// Without arguments there is help, and a wrong one is said.
#[test]
fn help() {
    let folder = Folder::new("help");
    let (status, stdout, stderr) = folder.run(&[]);
    assert_eq!((status, stdout.as_str()), (2, ""));
    assert!(stderr.contains("Usage: ampfw <COMMAND>"), "{stderr}");
    let help = folder.good(&["--help"]);
    for command in ["info", "check", "convert", "table"] {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
    }
    assert!(!help.contains("\n  docs"));
    assert_eq!(folder.run(&["frobnicate"]).0, 2);
}
