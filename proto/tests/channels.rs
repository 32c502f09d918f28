// SPDX-License-Identifier: GPL-2.0

//! The vendor entry of static channels: what was written is read, what is wrong is refused.

use proptest::prelude::*;
use proto::resource_table::channels::parse;
use proto::resource_table::channels::Error;
use proto::resource_table::channels::StaticChannel;
use proto::resource_table::channels::Wire;
use proto::resource_table::channels::MAX;
use proto::rpmsg::Addr;
use proto::Name;
use zerocopy::IntoBytes;

fn entry(channels: &[StaticChannel]) -> Vec<u8> {
    let mut bytes = u32::try_from(channels.len())
        .unwrap()
        .to_le_bytes()
        .to_vec();
    for channel in channels {
        bytes.extend_from_slice(Wire::new(*channel).as_bytes());
    }
    bytes
}

fn channel() -> impl Strategy<Value = StaticChannel> {
    ("[a-z-]{1,31}", any::<u32>(), 0..u32::MAX, any::<bool>()).prop_map(|(name, one, two, swap)| {
        let (src, dst) = if swap { (two, one) } else { (one, two) };
        StaticChannel {
            name: Name::new(&name).unwrap(),
            src: Addr(src),
            dst: Addr(dst),
        }
    })
}

proptest! {
    #[test]
    fn what_was_written_is_read(
        channels in prop::collection::vec(channel(), 0..=MAX as usize),
        behind in prop::collection::vec(any::<u8>(), 0..50),
    ) {
        let mut bytes = entry(&channels);
        bytes.extend(behind);
        let read: Vec<_> = parse(&bytes).unwrap().collect();
        prop_assert_eq!(read, channels);
    }

    #[test]
    fn an_entry_cut_short_is_refused(
        channels in prop::collection::vec(channel(), 1..=MAX as usize),
        cut in 1usize..100,
    ) {
        let bytes = entry(&channels);
        let len = bytes.len().saturating_sub(cut);
        let error = parse(&bytes[..len]).err().unwrap();
        let need = if len < 4 { 4 } else { bytes.len() };
        prop_assert_eq!(error, Error::Short { len, need });
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        if let Ok(channels) = parse(&bytes) {
            prop_assert!(channels.count() <= MAX as usize);
        }
    }
}

#[test]
fn too_many_are_refused_before_their_length_is_looked_at() {
    let bytes = (MAX + 1).to_le_bytes();
    assert_eq!(parse(&bytes).err(), Some(Error::TooMany { num: MAX + 1 }));
}

#[test]
fn channels_of_nobody_are_refused() {
    let good = StaticChannel {
        name: Name::new("good").unwrap(),
        src: Addr(1),
        dst: Addr::ANY,
    };
    let nameless = StaticChannel {
        name: Name::from_wire([0; 32]),
        ..good
    };
    let nowhere = StaticChannel {
        src: Addr::ANY,
        ..good
    };
    for bad in [nameless, nowhere] {
        assert_eq!(
            parse(&entry(&[good, bad])).err(),
            Some(Error::Nobody { index: 1 })
        );
    }
    assert_eq!(
        Error::Short { len: 3, need: 4 }.to_string(),
        "static channels in 3 bytes, 4 are needed"
    );
}
