// SPDX-License-Identifier: GPL-2.0

//! Announcements.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto::name_service::Announcement;
use proto::name_service::MESSAGE_LEN;

fuzz_target!(|bytes: &[u8]| match Announcement::parse(bytes) {
    Ok(announcement) => {
        assert_eq!(bytes.len(), MESSAGE_LEN);
        // All but the flags that nobody has defined.
        assert_eq!(announcement.encode()[..36], bytes[..36]);
        let name = announcement.name;
        assert!(name
            .to_string()
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~')));
        assert!(name.terminated().as_bytes().len() < 32);
        if let Some(text) = name.printable() {
            assert_eq!(text.as_bytes(), name.as_bytes());
        }
    }
    Err(error) => {
        assert_ne!(bytes.len(), MESSAGE_LEN);
        assert!(!error.to_string().is_empty());
    }
});
