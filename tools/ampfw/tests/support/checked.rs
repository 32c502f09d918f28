// SPDX-License-Identifier: GPL-2.0

//! What "ampfw check" finds, and firmware that it finds nothing in.

use super::elf_image;
use super::firmware::segment;
use super::program::Folder;
use super::table_image;
use super::table_image::Entry;
use proto::elf::Class;

/// Findings for a file: without their count, which must be right, and the exit status with it.
pub(crate) fn check(image: impl AsRef<[u8]>, options: &[&str]) -> String {
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

pub(crate) fn panda(image: impl AsRef<[u8]>) -> String {
    check(image, &["--board", "panda"])
}

pub(crate) fn hawk(image: impl AsRef<[u8]>) -> String {
    check(image, &["--board", "hawk"])
}

/// Firmware for the Pandaboard with this table, in which everything else is right.
pub(crate) fn ipu(entries: &[Entry]) -> elf_image::Image {
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
pub(crate) fn dsp(entries: &[Entry]) -> elf_image::Image {
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

pub(crate) fn vdev(vrings: Vec<(u32, u32, u32)>) -> Entry {
    Entry::Vdev {
        id: 7,
        dfeatures: 1,
        vrings,
        config: vec![],
    }
}
