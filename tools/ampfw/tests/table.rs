// SPDX-License-Identifier: GPL-2.0

//! `ampfw table`: descriptions to tables and back, and errors with their lines.

#![expect(dead_code, reason = "the support is for all tests")]

#[path = "support/support.rs"]
mod support;

use std::process::Command;

use object::Object as _;
use object::ObjectSection as _;
use object::ObjectSymbol as _;
use proto::coff;
use proto::resource_table::ResourceTable;
use proto::rprc;
use support::elf_image;
use support::firmware;
use support::program::expect;
use support::program::Folder;
use support::rprc_image;

const DESCRIPTION: &str = r#"# What the firmware asks for.
[[entry]]
type = "carveout"
name = "text"
da = 0x0
len = "1 MiB"

[[entry]]
type = "devmem"
name = "l4-cfg"
da = 0xaa000000
pa = 0x4a000000
len = "16 MiB"

[[entry]]
type = "trace"
name = "trace */ 0"
da = 0x80004000
len = "4 KiB"

[[entry]]
type = "vendor"
kind = 130
bytes = [1, 2, 3, 4, 5]

[[entry]]
type = "vdev"
id = "rpmsg"
dfeatures = 1
config = [1, 2, 3]
vrings = [
    { da = 0xa0000000, align = 4096, num = 256 },
    { da = "any", align = 16, num = 16, notifyid = 1 },
]
"#;

/// The table in a binary, as description.
fn described(folder: &Folder, table: Vec<u8>) -> String {
    let image = elf_image::Image {
        class: proto::elf::Class::Elf32,
        machine: 40,
        entry: 0,
        segments: vec![firmware::segment(6, 0, 0, &table)],
        sections: vec![elf_image::Section {
            name: ".resource_table".into(),
            kind: 1,
            da: 0,
            data: table,
        }],
    };
    folder.put("fw", image.build());
    folder.good(&["table", "read", "fw"])
}

#[test]
fn there_and_back() {
    let folder = Folder::new("table-round");
    folder.put("t.toml", DESCRIPTION);
    folder.good(&["table", "make", "t.toml", "t.bin"]);
    let table = folder.get("t.bin");
    let parsed = ResourceTable::parse(&table).unwrap();
    assert_eq!(parsed.len(), 5);
    assert!(parsed.entries().all(|entry| entry.unwrap().offset % 4 == 0));

    let text = described(&folder, table.clone());
    expect("table.toml", &text);
    folder.put("again.toml", text);
    folder.good(&["table", "make", "again.toml", "again.bin"]);
    // A vendor's entry does not say how long it is, so it gets the zeroes that align the next one.
    assert_eq!(folder.get("again.bin"), table);
}

/// The last address is "any" for a carveout, and an address like others elsewhere.
#[test]
fn last_addresses() {
    let folder = Folder::new("table-last");
    let description = r#"
[[entry]]
type = "carveout"
len = 1
[[entry]]
type = "devmem"
da = 0xffffffff
pa = 0xffffffff
len = 1
[[entry]]
type = "trace"
da = 0xffffffff
len = 1
"#;
    folder.put("t.toml", description);
    folder.good(&["table", "make", "t.toml", "t.bin"]);
    let table = folder.get("t.bin");

    let text = described(&folder, table.clone());
    assert!(text.contains("da = \"any\"\npa = \"any\"\n"), "{text}");
    assert!(
        text.contains("da = 0xffffffff\npa = 0xffffffff\n"),
        "{text}"
    );
    folder.put("again.toml", text);
    folder.good(&["table", "make", "again.toml", "again.bin"]);
    assert_eq!(folder.get("again.bin"), table);
}

#[test]
fn from_any_firmware() {
    let folder = Folder::new("table-any");
    let images = [
        firmware::omap4_ipu().build(),
        firmware::am57xx_dsp().build(),
        firmware::stm32mp1_m4().build(),
        firmware::imx8m_m4().build(),
        firmware::am335x_pru().build(),
        firmware::dsp_bios(coff::Version::Coff1).build(),
        rprc_image::sample(rprc::Version::V1).build(),
        rprc_image::sample(rprc::Version::V2).build(),
    ];
    for image in images {
        folder.put("fw", &image);
        folder.put("t.toml", folder.good(&["table", "read", "fw"]));
        folder.good(&["table", "make", "t.toml", "t.bin"]);
        let table = folder.get("t.bin");
        let found = image.windows(table.len()).any(|window| window == table);
        assert!(found, "{}", folder.good(&["table", "read", "fw"]));
    }
}

/// Names that are no text, or that fill their field, are there and back as well.
#[test]
fn odd_names() {
    let folder = Folder::new("table-names");
    let mut image = rprc_image::sample(rprc::Version::V2);
    image.resources[0].name = b"a\xff\x1b\"".to_vec();
    image.resources[1].name = vec![b'x'; 48];
    image.resources[2].name = "a \"quoted\" \u{e9}\n".into();
    let image = image.build();
    folder.put("fw", &image);
    let text = folder.good(&["table", "read", "fw"]);
    assert!(text.contains("name = [97, 255, 27, 34]\n"), "{text}");
    folder.put("t.toml", text);
    folder.good(&["table", "make", "t.toml", "t.bin"]);
    let table = folder.get("t.bin");
    assert!(image.windows(table.len()).any(|window| window == table));
}

#[test]
fn object_file() {
    let folder = Folder::new("table-object");
    folder.put("t.toml", DESCRIPTION);
    folder.good(&["table", "make", "t.toml", "t.bin"]);
    for (machine, number) in [
        ("arm", object::Architecture::Arm),
        ("c6000", object::Architecture::Unknown),
    ] {
        folder.good(&["table", "make", "t.toml", "t.o", "--machine", machine]);
        let bytes = folder.get("t.o");
        let file = object::File::parse(&*bytes).unwrap();
        assert_eq!(file.architecture(), number);
        let section = file.section_by_name(".resource_table").unwrap();
        assert_eq!(section.data().unwrap(), folder.get("t.bin"));
        let symbol = file.symbols().next().unwrap();
        assert_eq!(symbol.name(), Ok("resource_table"));
        assert_eq!(symbol.section_index(), Some(section.index()));
    }
}

/// The section `.resource_table` of what a compiler makes of a source file.
fn compiled(folder: &Folder, compiler: &[&str]) -> Vec<u8> {
    let (program, arguments) = compiler.split_first().unwrap();
    let run = Command::new(program)
        .args(arguments)
        .current_dir(folder.path(""))
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{errors}");
    let bytes = folder.get("out.o");
    let file = object::File::parse(&*bytes).unwrap();
    let section = file.section_by_name(".resource_table").unwrap();
    section.data().unwrap().to_vec()
}

#[test]
fn sources() {
    let folder = Folder::new("table-source");
    folder.put("t.toml", DESCRIPTION);
    for output in ["t.bin", "t.c", "t.rs"] {
        folder.good(&["table", "make", "t.toml", output]);
    }
    let table = folder.get("t.bin");
    let c = [
        "clang",
        "-c",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-ffreestanding",
        "-o",
        "out.o",
        "t.c",
    ];
    assert_eq!(compiled(&folder, &c), table);
    let rust = [
        "rustc",
        "--crate-type",
        "lib",
        "--emit",
        "obj=out.o",
        "-D",
        "warnings",
        "t.rs",
    ];
    assert_eq!(compiled(&folder, &rust), table);
    expect(
        "table.c.txt",
        &String::from_utf8(folder.get("t.c")).unwrap(),
    );
    expect(
        "table.rs.txt",
        &String::from_utf8(folder.get("t.rs")).unwrap(),
    );

    folder.put(
        "t.toml",
        "layout = \"rprc2\"\n[[entry]]\ntype = \"bootaddr\"\nvalue = 64\n",
    );
    for output in ["t.bin", "t.c"] {
        folder.good(&["table", "make", "t.toml", output]);
    }
    let table = folder.get("t.bin");
    assert_eq!(table.len(), 76);
    assert_eq!(compiled(&folder, &c), table);
}

#[test]
fn errors_say_the_line() {
    let folder = Folder::new("table-errors");
    let error = |text: &str| {
        folder.put("t.toml", text);
        let (status, stdout, stderr) = folder.run(&["table", "make", "t.toml", "t.bin"]);
        assert_eq!((status, stdout.as_str()), (1, ""));
        assert!(!folder.path("t.bin").exists());
        stderr
    };
    let replacements = [
        ("align = 4096", "align = 100"),
        ("num = 256", "num = 65536"),
        ("\"1 MiB\"", "\"1 MB\""),
        ("len = \"1 MiB\"\n", ""),
        ("dfeatures", "features"),
        ("0xaa000000", "0x1aa000000"),
        ("\"devmem\"", "\"iomem\""),
        ("\"devmem\"", "5"),
        ("l4-cfg", "a name of more than thirty-one bytes"),
        (
            "\"l4-cfg\"",
            "[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]",
        ),
        ("bytes = [1, 2", "bytes = [1, 256"),
        ("kind = 130", "kind = ="),
        ("kind = 130", "kind = 2"),
        ("\"rpmsg\"", "\"disk\""),
        ("vrings = [", "vrings = [ 7,"),
    ];
    let mut all = String::new();
    for (from, to) in replacements {
        assert!(DESCRIPTION.contains(from));
        all += &error(&DESCRIPTION.replacen(from, to, 1));
    }
    all += &error("layout = \"elf\"\n");
    all += &error("layout = \"rprc2\"\n[[entry]]\ntype = \"service\"\nvalue = 1\n");
    all += &error("layout = \"rprc2\"\n\n[[entry]]\ntype = \"carveout\"\nlen = 1\n");
    expect("table-errors.txt", &all);
    folder.put("t.toml", b"\xff");
    let (_, _, stderr) = folder.run(&["table", "make", "t.toml", "t.bin"]);
    assert_eq!(stderr, "error: t.toml: the description is not UTF-8\n");
}

#[test]
fn no_table() {
    let folder = Folder::new("table-none");
    let mut image = firmware::stm32mp1_m4();
    image.sections.clear();
    folder.put("fw", image.build());
    let (status, _, stderr) = folder.run(&["table", "read", "fw"]);
    assert_eq!(
        (status, stderr.as_str()),
        (1, "error: fw: there is no resource table in it\n")
    );
}
