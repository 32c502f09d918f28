// SPDX-License-Identifier: GPL-2.0

//! Flow control.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto::flow_control::FlowControl;
use proto::flow_control::MESSAGE_LEN;

fuzz_target!(|bytes: &[u8]| match FlowControl::parse(bytes) {
    Ok(message) => {
        assert_eq!(bytes.len(), MESSAGE_LEN);
        assert!(message.src.is_definite() && message.dst.is_definite());
        // All but the flags that nobody has defined.
        assert_eq!(message.encode()[..8], bytes[..8]);
        assert_eq!(message.encode()[8] & 1, bytes[8] & 1);
        assert_eq!(FlowControl::parse(&message.encode()), Ok(message));
    }
    Err(error) => assert!(!error.to_string().is_empty()),
});
