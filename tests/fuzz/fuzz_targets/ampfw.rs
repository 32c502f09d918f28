// SPDX-License-Identifier: GPL-2.0

//! What the host tool does with a firmware file: all of it.

#![no_main]

use ampfw::board::Board;
use ampfw::check;
use ampfw::convert;
use ampfw::image::Image;
use ampfw::info;
use ampfw::table;
use libfuzzer_sys::fuzz_target;
use proto::rprc::Version;
use std::sync::OnceLock;

fn boards() -> &'static [Board] {
    static BOARDS: OnceLock<Vec<Board>> = OnceLock::new();
    BOARDS.get_or_init(|| {
        ["panda", "hawk"]
            .map(|name| Board::builtin(name).expect("a board"))
            .to_vec()
    })
}

fuzz_target!(|bytes: &[u8]| {
    for board in boards() {
        assert!(check::check(bytes, Some(board)).human().ends_with('\n'));
    }
    for output in [
        convert::Output::Rprc(Version::V1),
        convert::Output::Rprc(Version::V2),
        convert::Output::Elf,
    ] {
        let options = convert::Options {
            output,
            boot: vec!["0".into()],
            trace: vec![],
            text: String::new(),
        };
        if let Err(error) = convert::convert(&[("in", bytes)], &options) {
            assert!(!error.to_string().contains("internal error"), "{error}");
        }
    }
    let Ok(image) = Image::parse(bytes) else {
        return;
    };
    let text = info::human(&image);
    assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')));
    let _ = info::json(&image);
    if let Ok(text) = table::write(&image) {
        let description = table::read("t", &text).expect("what we wrote we can read");
        let _ = table::make(&description, table::Output::C, "t");
    }
});
