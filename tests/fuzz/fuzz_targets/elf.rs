// SPDX-License-Identifier: GPL-2.0

//! Firmware images.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto::elf::Elf;

/// Where `part`, at `offset`, lies in `whole`: the same bytes, not merely equal ones.
fn assert_within(whole: &[u8], offset: u64, part: &[u8]) {
    let start = usize::try_from(offset).expect("an offset in the image");
    let found = &whole[start..start + part.len()];
    assert!(core::ptr::eq(found, part));
}

fuzz_target!(|image: &[u8]| {
    let elf = match Elf::parse(image) {
        Ok(elf) => elf,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let mut count = 0;
    for segment in elf.segments() {
        count += 1;
        assert!(segment.filesz() <= segment.memsz && segment.memsz > 0);
        assert!(segment.da.checked_add(segment.memsz - 1).is_some());
        assert_within(image, segment.offset, segment.data);
    }
    assert!(count > 0, "an image was accepted with nothing to load");
    match elf.section(".resource_table") {
        Ok(Some(section)) => assert_within(image, section.offset, section.data),
        Ok(None) => {}
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
