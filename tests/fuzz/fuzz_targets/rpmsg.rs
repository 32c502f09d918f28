// SPDX-License-Identifier: GPL-2.0

//! Messages.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto::rpmsg::Message;
use proto::rpmsg::HEADER_LEN;

fuzz_target!(|bytes: &[u8]| match Message::parse(bytes) {
    Ok(message) => {
        assert_eq!(message.header.encode(), bytes[..HEADER_LEN]);
        let end = HEADER_LEN + usize::from(message.header.len);
        assert_eq!(message.payload, &bytes[HEADER_LEN..end]);
        let _ = message.header.looks_outdated(bytes.len());
    }
    Err(error) => assert!(!error.to_string().is_empty()),
});
