// SPDX-License-Identifier: GPL-2.0

//! What TI's compilers made before ELF.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto::coff::Coff;

fuzz_target!(|image: &[u8]| {
    let coff = match Coff::parse(image) {
        Ok(coff) => coff,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    assert_eq!(coff.sections().count(), usize::from(coff.header().sections));
    let mut count = 0;
    for section in coff.sections() {
        assert!(!section.name.contains(&0));
        if !section.is_loaded() {
            continue;
        }
        count += 1;
        // The same bytes, not merely equal ones.
        let start = usize::try_from(section.offset).expect("an offset in the image");
        let found = &image[start..start + section.data.len()];
        assert!(core::ptr::eq(found, section.data));
        assert!(section.da.0 + u64::from(section.size) <= 1 << 32);
    }
    assert!(count > 0, "an image was accepted with nothing to load");
    for symbol in coff.symbols() {
        assert!(!symbol.name.contains(&0));
    }
    let _ = coff.symbol("_c_int00");
});
