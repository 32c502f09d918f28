// SPDX-License-Identifier: GPL-2.0

//! The resource table's vendor entry of static channels.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto::resource_table::channels;

fuzz_target!(|bytes: &[u8]| {
    let channels = match channels::parse(bytes) {
        Ok(channels) => channels,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let mut num = 0;
    for (index, channel) in channels.enumerate() {
        num = index + 1;
        assert!(channel.is_valid());
        assert!(!channel.name.to_string().contains(char::is_control));
    }
    assert_eq!(bytes[..4], (num as u32).to_le_bytes());
    assert!(num <= channels::MAX as usize);
});
