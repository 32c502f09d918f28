// SPDX-License-Identifier: GPL-2.0

//! Firmware images of the framework's own format, and those that look like it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto::rprc::sbl::Sbl;
use proto::rprc::Ipc;
use proto::rprc::Rprc;

fuzz_target!(|image: &[u8]| {
    if let Some(sbl) = Sbl::parse(image) {
        assert!(sbl.sections().map(|(_, data)| data.len()).sum::<usize>() < image.len());
    }
    let rprc = match Rprc::parse(image) {
        Ok(rprc) => rprc,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    assert!(Sbl::parse(image).is_none());
    for section in rprc.sections() {
        // The same bytes, not merely equal ones.
        let start = usize::try_from(section.offset).expect("an offset in the image");
        let found = &image[start..start + section.data.len()];
        assert!(core::ptr::eq(found, section.data));
        let last = (section.data.len() as u64).saturating_sub(1);
        assert!(section.da.checked_add(last).is_some());
    }
    assert!(
        rprc.segments().count() > 0,
        "an image was accepted with nothing to load"
    );
    let table = rprc.resource_section().map_or(0, |s| s.data.len());
    for entry in rprc.resources() {
        if let Some(pa) = entry.pa_offset() {
            assert!(pa + 8 <= table);
        }
        assert!(!entry.name.to_string().contains(char::is_control));
        assert!(entry.name.short().as_bytes().len() < 32);
    }
    match rprc.ipc() {
        Some(Ok(ipc)) => {
            let end = ipc.vrings[1].checked_add(u64::from(Ipc::VRING_LEN) - 1);
            assert!(end.is_some());
        }
        Some(Err(error)) => assert!(!error.to_string().is_empty()),
        None => {}
    }
});
