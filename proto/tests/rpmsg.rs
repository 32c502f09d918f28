// SPDX-License-Identifier: GPL-2.0

//! Properties of message headers and announcements.

use proptest::collection::vec;
use proptest::prelude::*;
use proto::flow_control;
use proto::flow_control::FlowControl;
use proto::name_service::Action;
use proto::name_service::Announcement;
use proto::name_service::MESSAGE_LEN;
use proto::rpmsg::Addr;
use proto::rpmsg::Error;
use proto::rpmsg::Header;
use proto::rpmsg::Message;
use proto::rpmsg::HEADER_LEN;
use proto::Name;

proptest! {
    #[test]
    fn headers_survive(bytes in any::<[u8; HEADER_LEN]>()) {
        prop_assert_eq!(Header::decode(&bytes).encode(), bytes);
    }

    #[test]
    fn headers_are_found_at_any_alignment(bytes in vec(any::<u8>(), 0..40), skip in 0..8usize) {
        let message = bytes.get(skip..).unwrap_or_default();

        match (Header::from_prefix(message), message.first_chunk()) {
            (None, None) => (),
            (Some(header), Some(chunk)) => {
                prop_assert_eq!(header, Header::decode(chunk));
                let words = header.encode_words().map(u32::to_ne_bytes);
                prop_assert_eq!(words.concat(), header.encode());
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn messages_are_what_was_sent(
        src in any::<u32>(),
        dst in any::<u32>(),
        payload in vec(any::<u8>(), 0..600),
        behind in vec(any::<u8>(), 0..8),
    ) {
        let header = Header::new(Addr(src), Addr(dst), payload.len() as u16);
        let bytes = [&header.encode()[..], &payload, &behind].concat();
        let message = Message::parse(&bytes).unwrap();
        prop_assert_eq!(message.header, header);
        prop_assert_eq!(message.payload, &payload[..]);
    }

    #[test]
    fn any_bytes_are_bounded(bytes in vec(any::<u8>(), 0..64)) {
        match Message::parse(&bytes) {
            Ok(message) => {
                prop_assert_eq!(message.payload.len(), usize::from(message.header.len));
                prop_assert!(message.payload.len() + HEADER_LEN <= bytes.len());
            }
            Err(Error::Short { received }) => {
                prop_assert!(received == bytes.len() && received < HEADER_LEN);
            }
            Err(Error::Payload { claimed, available }) => {
                prop_assert!(claimed > available && available + HEADER_LEN == bytes.len());
            }
        }
    }

    #[test]
    fn payloads_lie_in_what_was_received(len in any::<u16>(), received in any::<usize>()) {
        if let Ok(range) = Header::new(Addr(1), Addr(2), len).payload(received) {
            prop_assert_eq!(range.len(), usize::from(len));
            prop_assert!(range.start == HEADER_LEN && range.end <= received);
        }
    }

    #[test]
    fn announcements_survive(name in any::<[u8; Name::LEN]>(), addr in any::<u32>(), up: bool) {
        let announcement = Announcement {
            name: Name::from_wire(name),
            addr: Addr(addr),
            action: if up { Action::Create } else { Action::Destroy },
        };
        prop_assert_eq!(Announcement::parse(&announcement.encode()), Ok(announcement));
    }

    #[test]
    fn announcements_have_one_length(bytes in vec(any::<u8>(), 0..100)) {
        prop_assert_eq!(Announcement::parse(&bytes).is_ok(), bytes.len() == MESSAGE_LEN);
    }

    #[test]
    fn flow_control_survives(src in 0..u32::MAX, dst in 0..u32::MAX, pause: bool) {
        let message = FlowControl { src: Addr(src), dst: Addr(dst), pause };
        prop_assert_eq!(FlowControl::parse(&message.encode()), Ok(message));
    }

    #[test]
    fn flow_control_has_one_length(bytes in vec(0..255u8, 0..30)) {
        let is_one = bytes.len() == flow_control::MESSAGE_LEN;
        prop_assert_eq!(FlowControl::parse(&bytes).is_ok(), is_one);
    }

    #[test]
    fn names_are_harmless(bytes in any::<[u8; Name::LEN]>()) {
        let name = Name::from_wire(bytes);
        prop_assert!(name.to_string().bytes().all(|byte| matches!(byte, b' '..=b'~')));
        prop_assert_eq!(name.terminated().to_wire()[Name::LEN - 1], 0);
        prop_assert!(name.as_bytes().starts_with(name.terminated().as_bytes()));
        if let Some(text) = name.printable() {
            prop_assert_eq!(Name::new(text), Some(name.terminated()));
        }
    }
}
