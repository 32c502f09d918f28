// SPDX-License-Identifier: GPL-2.0

//! Damaged files: whatever is in one, every command answers.

#![expect(dead_code, reason = "the support is for all tests")]

#[path = "support/support.rs"]
mod support;

use std::sync::OnceLock;

use ampfw::board::Board;
use ampfw::check;
use ampfw::convert;
use ampfw::image::Image;
use ampfw::info;
use ampfw::table;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proto::coff;
use proto::rprc;
use support::firmware;
use support::rprc_image;

fn seeds() -> &'static [Vec<u8>] {
    static SEEDS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    SEEDS.get_or_init(|| {
        vec![
            firmware::omap4_ipu().build(),
            firmware::am57xx_dsp().build(),
            firmware::stm32mp1_m4().build(),
            firmware::imx8m_m4().build(),
            firmware::am335x_pru().build(),
            firmware::dsp_bios(coff::Version::Coff1).build(),
            firmware::dsp_bios(coff::Version::Coff2).build(),
            rprc_image::sample(rprc::Version::V1).build(),
            rprc_image::sample(rprc::Version::V2).build(),
        ]
    })
}

fn boards() -> &'static [Board] {
    static BOARDS: OnceLock<Vec<Board>> = OnceLock::new();
    BOARDS.get_or_init(|| {
        vec![
            Board::builtin("panda").unwrap(),
            Board::builtin("hawk").unwrap(),
        ]
    })
}

fn everything(bytes: &[u8], boards: &[Board]) {
    assert!(check::check(bytes, None).human().ends_with('\n'));
    for board in boards {
        let _ = check::check(bytes, Some(board)).json();
    }
    for output in [
        convert::Output::Rprc(rprc::Version::V1),
        convert::Output::Rprc(rprc::Version::V2),
        convert::Output::Elf,
    ] {
        let options = convert::Options {
            output,
            boot: vec!["0".into()],
            trace: vec![],
            text: String::new(),
        };
        if let Err(error) = convert::convert(&[("in", bytes)], &options) {
            let text = error.to_string();
            assert!(
                !text.is_empty() && !text.contains("internal error"),
                "{text}"
            );
        }
    }
    if let Ok(image) = Image::parse(bytes) {
        let text = info::human(&image);
        assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')));
        let _ = info::json(&image);
        if let Ok(text) = table::write(&image) {
            // A description that we made we can read.
            let description = table::read("t", &text).unwrap();
            for output in [
                table::Output::C,
                table::Output::Rust,
                table::Output::Object(40, 0),
            ] {
                let _ = table::make(&description, output, "t");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn damaged_firmware(
        seed in any::<Index>(),
        damage in vec((any::<Index>(), prop_oneof![Just(0u8), Just(0xff), any::<u8>()]), 0..8),
        cut in any::<Option<Index>>(),
    ) {
        let seeds = seeds();
        let mut bytes = seeds[seed.index(seeds.len())].clone();
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len() + 1));
        }
        everything(&bytes, boards());
    }

    #[test]
    fn damaged_descriptions(
        damage in vec((any::<Index>(), prop_oneof![
            Just('"'), Just('['), Just('\n'), Just('='), Just('{'), any::<char>()
        ]), 0..4),
    ) {
        let ipu = firmware::omap4_ipu().build();
        let text = table::write(&Image::parse(&ipu).unwrap()).unwrap();
        let mut chars: Vec<char> = text.chars().collect();
        for (place, value) in damage {
            let place = place.index(chars.len());
            chars[place] = value;
        }
        let text: String = chars.into_iter().collect();
        match table::read("t", &text) {
            Ok(description) => drop(table::make(&description, table::Output::C, "t")),
            Err(error) => assert!(error.to_string().starts_with("t:")),
        }
    }

    #[test]
    fn damaged_device_trees(
        damage in vec((any::<Index>(), prop_oneof![
            Just('"'), Just('{'), Just('}'), Just(';'), Just('&'), Just('/'), any::<char>()
        ]), 0..6),
    ) {
        let text = include_str!("../../../boards/panda/panda.dts");
        let mut chars: Vec<char> = text.chars().collect();
        for (place, value) in damage {
            let place = place.index(chars.len());
            chars[place] = value;
        }
        let text: String = chars.into_iter().collect();
        let _ = Board::from_device_tree(text.as_bytes());
    }

    #[test]
    fn damaged_blobs(mut bytes in vec(prop_oneof![Just(0u8), 0u8..10, any::<u8>()], 60..200)) {
        bytes[..4].copy_from_slice(&[0xd0, 0x0d, 0xfe, 0xed]);
        bytes[8..12].copy_from_slice(&40u32.to_be_bytes());
        let _ = Board::from_device_tree(&bytes);
    }
}

/// Entries that lie over each other would let a small file stand for any amount of memory.
#[test]
fn overlapping_entries() {
    let mut table: Vec<u8> = [1u32, 2, 0, 0, 24, 24]
        .iter()
        .flat_map(|w| w.to_le_bytes())
        .collect();
    table.extend(130u32.to_le_bytes());
    table.extend([0; 8]);
    let mut image = firmware::stm32mp1_m4();
    image.sections[0].data = table.clone();
    image.segments.last_mut().unwrap().data = table;
    let report = check::check(&image.build(), None);
    assert_eq!(
        report.human(),
        "error: two of the resource table's entries begin at the same place\n1 error, 0 warnings\n"
    );
}
