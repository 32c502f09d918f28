// SPDX-License-Identifier: GPL-2.0

//! The library against a Linux that is played by this test: both rings and the buffers are in
//! memory, kicks are counted, and each side looks only when it has been kicked, so that a kick too
//! few shows as a message that never arrives.

#[path = "support/linux.rs"]
mod linux;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use linux::pair;
use linux::Meanwhile;
use linux::CLIENT;
use linux::ECHO;
use linux::EVENTS;
use linux::NUM;
use linux::SIZE;
use proptest::collection::vec;
use proptest::prelude::*;
use proto::name_service::Action;
use proto::rpmsg::Header;
use proto::rpmsg::BUFFER_LEN;
use proto::rpmsg::PAYLOAD_LEN;
use proto::vring::Desc;
use rpmsg_remote::Addr;
use rpmsg_remote::DeviceAddr;
use rpmsg_remote::Echo;
use rpmsg_remote::Fault;
use rpmsg_remote::Outbox;
use rpmsg_remote::Progress;
use rpmsg_remote::Remote;
use rpmsg_remote::SendError;
use rpmsg_remote::Service;
use rpmsg_remote::FROM_HOST;
use rpmsg_remote::TO_HOST;

/// A service that is not announced.
struct Silent;

impl Service for Silent {
    fn addr(&self) -> Addr {
        Addr(51)
    }

    fn receive(&mut self, _from: Addr, _payload: &[u8], _out: &mut dyn Outbox) {}
}

#[test]
fn waits_for_the_driver() {
    let (mut linux, memory, wires) = pair();
    let mut echo = Echo::new("echo", ECHO);
    let mut services: [&mut dyn Service; 1] = [&mut echo];
    let mut copy = [0; PAYLOAD_LEN];
    let mut remote = Remote::new(memory.clone(), wires.clone(), &mut services, &mut copy);
    for status in [0, 1, 3] {
        wires.status.set(status);
        assert_eq!(remote.poll(), Ok(Progress::NoDriver));
    }
    // Nothing was touched: the rings may not even be there yet.
    assert!(memory.bytes.borrow().iter().all(|&byte| byte == 0));
    linux.start(1);
    assert_eq!(remote.poll(), Ok(Progress::Started));
    assert_eq!(remote.poll(), Ok(Progress::Running));
}

#[test]
fn announces_what_has_a_name() {
    let (mut linux, memory, wires) = pair();
    let (mut one, mut two) = (Echo::new("one", ECHO), Echo::new("two", Addr(52)));
    let mut services: [&mut dyn Service; 3] = [&mut one, &mut Silent, &mut two];
    let mut copy = [0; PAYLOAD_LEN];
    let mut remote = Remote::new(memory, wires.clone(), &mut services, &mut copy);
    linux.start(1);
    remote.poll().unwrap();
    assert_eq!(wires.kicks[0].get(), 1, "one kick for both");
    linux.interrupt();
    let found: Vec<_> = linux
        .announcements()
        .iter()
        .map(|a| (a.name.to_string(), a.addr, a.action))
        .collect();
    assert_eq!(
        found,
        [
            ("one".into(), ECHO, Action::Create),
            ("two".into(), Addr(52), Action::Create)
        ]
    );
    remote.poll().unwrap();
    linux.receive();
    assert!(linux.inbox.is_empty(), "announced once");

    // To a driver that does not listen nothing is announced.
    linux.start(0);
    assert_eq!(remote.poll(), Ok(Progress::Started));
    linux.receive();
    assert!(linux.inbox.is_empty());
}

#[test]
fn more_announcements_than_buffers() {
    let (mut linux, memory, wires) = pair();
    let mut echoes: Vec<_> = (0..3 * u32::from(NUM))
        .map(|i| Echo::new("many", Addr(i)))
        .collect();
    let mut services: Vec<&mut dyn Service> = echoes.iter_mut().map(|e| e as _).collect();
    let mut copy = [0; PAYLOAD_LEN];
    let mut remote = Remote::new(memory, wires, &mut services, &mut copy);
    linux.start(1);
    let mut found = vec![];
    while linux.kicked {
        linux.kicked = false;
        remote.poll().unwrap();
        linux.interrupt();
        found.extend(linux.announcements().iter().map(|a| a.addr.0));
        linux.give_back();
    }
    assert_eq!(found, (0..3 * u32::from(NUM)).collect::<Vec<_>>());
}

#[test]
fn notices_a_driver_that_starts_over() {
    let (mut linux, memory, wires) = pair();
    let mut echo = Echo::new("echo", ECHO);
    let mut services: [&mut dyn Service; 1] = [&mut echo];
    let mut copy = [0; PAYLOAD_LEN];
    let mut remote = Remote::new(memory, wires.clone(), &mut services, &mut copy);
    for round in 0..8 {
        // Now with a poll while there is no driver, now without.
        wires.status.set(0);
        if round % 2 == 0 {
            assert_eq!(remote.poll(), Ok(Progress::NoDriver));
        }
        // With event indices, without, and one behind the other.
        linux.start(if round % 4 < 2 { 1 } else { 1 | EVENTS });
        assert_eq!(remote.poll(), Ok(Progress::Started));
        linux.interrupt();
        assert_eq!(linux.announcements().len(), 1);
        for i in 0..round + 1 {
            assert!(linux.send(ECHO, &[i]));
            remote.poll().unwrap();
            linux.interrupt();
            assert_eq!(linux.inbox.pop_front().unwrap().1, [i]);
            linux.give_back();
        }
        assert!(linux.inbox.is_empty());
    }
}

#[test]
fn drops_what_is_malformed() {
    let (mut linux, memory, wires) = pair();
    let mut echo = Echo::new("echo", ECHO);
    let mut services: [&mut dyn Service; 1] = [&mut echo];
    let mut copy = [0; PAYLOAD_LEN];
    let mut remote = Remote::new(memory, wires, &mut services, &mut copy);
    linux.start(0);
    let lie = Header::new(CLIENT, ECHO, 100).encode();
    assert!(linux.send_raw(&lie[..15], 15));
    assert!(linux.send_raw(&lie, 20));
    assert!(linux.send_raw(&lie, 15 + 100));
    assert!(linux.send_raw(&[], 0));
    assert!(linux.send(Addr(99), b"nobody"));
    assert!(linux.send(ECHO, b"somebody"));
    remote.poll().unwrap();
    assert_eq!(remote.counters().dropped, 5);
    assert_eq!(remote.counters().received, 1);
    linux.interrupt();
    linux.reclaim();
    assert_eq!(linux.free.len(), usize::from(NUM), "no buffer is lost");
    let (header, payload) = linux.inbox.pop_front().unwrap();
    assert_eq!((header.src, header.dst), (ECHO, CLIENT));
    assert_eq!(payload, b"somebody");
    assert!(linux.inbox.is_empty());
}

#[test]
fn reports_a_buffer_outside_the_memory() {
    let (mut linux, memory, wires) = pair();
    let mut echo = Echo::new("echo", ECHO);
    let mut services: [&mut dyn Service; 1] = [&mut echo];
    let mut copy = [0; PAYLOAD_LEN];
    let mut remote = Remote::new(memory, wires, &mut services, &mut copy);
    linux.start(0);
    let at = DeviceAddr(SIZE as u64);
    let desc = Desc {
        addr: at,
        len: 20,
        flags: 0,
        next: 0,
    };
    linux.tx.add(&linux.memory, 0, desc);
    assert_eq!(remote.poll(), Err(Fault::Address { at, len: 16 }));
}

#[test]
fn kicks_only_where_wanted() {
    kicks_where_wanted(0);
    kicks_where_wanted(EVENTS);
}

fn kicks_where_wanted(features: u32) {
    let (mut linux, memory, wires) = pair();
    let mut echo = Echo::new("echo", ECHO);
    let mut services: [&mut dyn Service; 1] = [&mut echo];
    let mut copy = [0; PAYLOAD_LEN];
    let mut remote = Remote::new(memory, wires.clone(), &mut services, &mut copy);
    linux.start(features);
    for (rx, tx) in [(true, true), (true, false), (false, true), (false, false)] {
        linux.rx.want_kicks(&linux.memory, rx);
        linux.tx.want_kicks(&linux.memory, tx);
        for i in 0..3 {
            assert!(linux.send(ECHO, &[i]));
        }
        remote.poll().unwrap();
        // One kick for the three of them.
        assert_eq!(wires.kicks[0].take(), u32::from(rx));
        assert_eq!(wires.kicks[1].take(), u32::from(tx));
        linux.receive();
        linux.reclaim();
        while linux.give_back() {}
    }
}

/// Answers with a message that no buffer can hold, then with what it got.
struct Wordy;

impl Service for Wordy {
    fn addr(&self) -> Addr {
        ECHO
    }

    fn receive(&mut self, from: Addr, payload: &[u8], out: &mut dyn Outbox) {
        let long = [0; BUFFER_LEN];
        assert_eq!(
            out.send(ECHO, from, &long),
            Err(SendError::TooLong {
                len: BUFFER_LEN,
                room: BUFFER_LEN - 16
            })
        );
        // The last ones find no buffer.
        for _ in 0..=NUM {
            let _ = out.send(ECHO, from, payload);
        }
    }
}

#[test]
fn keeps_the_buffer_of_a_message_that_was_not_sent() {
    let (mut linux, memory, wires) = pair();
    let mut services: [&mut dyn Service; 1] = [&mut Wordy];
    let mut copy = [0; PAYLOAD_LEN];
    let mut remote = Remote::new(memory, wires, &mut services, &mut copy);
    linux.start(0);
    for _ in 0..3 {
        assert!(linux.send(ECHO, b"x"));
        remote.poll().unwrap();
        linux.interrupt();
        assert_eq!(linux.inbox.len(), usize::from(NUM), "each buffer was used");
        assert!(linux.inbox.drain(..).all(|(_, payload)| payload == b"x"));
        while linux.give_back() {}
    }
}

/// A message, or a buffer, that comes between the remote's last look and its asking for kicks is
/// not announced by one: the remote has to look again.
#[test]
fn looks_again_before_it_sleeps() {
    for (starved, features) in [(false, 0), (true, 0), (false, EVENTS), (true, EVENTS)] {
        let (mut linux, memory, wires) = pair();
        let mut echo = Echo::new("echo", ECHO);
        let mut services: [&mut dyn Service; 1] = [&mut echo];
        let mut copy = [0; PAYLOAD_LEN];
        let mut remote = Remote::new(memory.clone(), wires.clone(), &mut services, &mut copy);
        linux.start(features);
        remote.poll().unwrap();
        if starved {
            // Room for one answer, and two to give.
            linux.rx.want_kicks(&linux.memory, false);
            for _ in 0..NUM - 1 {
                assert!(linux.send(ECHO, b"filler"));
                remote.poll().unwrap();
                linux.reclaim();
            }
            assert!(linux.send(ECHO, b"filler"));
            assert!(linux.send(ECHO, b"late"));
            linux.receive();
        } else {
            // An event index that was asked for is behind.
            assert!(linux.send(ECHO, b"first"));
        }
        linux.kicked = false;
        let linux = Rc::new(RefCell::new(linux));
        let other = linux.clone();
        *memory.meanwhile.borrow_mut() = Some(Meanwhile {
            queue: if starved { TO_HOST } else { FROM_HOST },
            action: Box::new(move || {
                let mut linux = other.borrow_mut();
                if starved {
                    assert!(linux.give_back());
                } else {
                    assert!(linux.send(ECHO, b"late"));
                }
                assert!(!linux.kicked);
            }),
        });
        remote.poll().unwrap();
        assert!(memory.meanwhile.borrow().is_none());
        let mut linux = linux.borrow_mut();
        linux.receive();
        let late = linux.inbox.iter().filter(|(_, text)| text == b"late");
        assert_eq!(late.count(), 1);
    }
}

#[test]
fn driver_goes_during_a_poll() {
    let (mut linux, memory, wires) = pair();
    let mut echo = Echo::new("echo", ECHO);
    let mut services: [&mut dyn Service; 1] = [&mut echo];
    let mut copy = [0; PAYLOAD_LEN];
    let mut remote = Remote::new(memory.clone(), wires.clone(), &mut services, &mut copy);
    for features in [0, EVENTS] {
        linux.start(features);
        remote.poll().unwrap();
        assert!(linux.send(ECHO, b"x"));
        let (shared, table) = (memory.clone(), wires.clone());
        *memory.meanwhile.borrow_mut() = Some(Meanwhile {
            queue: FROM_HOST,
            action: Box::new(move || {
                table.status.set(0);
                let index = linux::layout().avail_idx();
                shared.put(linux::RINGS[1] + u64::from(index), &1000_u16.to_le_bytes());
            }),
        });
        assert_eq!(remote.poll(), Ok(Progress::NoDriver));
    }
    linux.start(0);
    assert_eq!(remote.poll(), Ok(Progress::Started));
}

/// While a ring is busy nobody kicks, once the one kick that is due has come.
#[test]
fn a_stream_needs_no_kicks() {
    let (mut linux, memory, wires) = pair();
    let mut echo = Echo::new("echo", ECHO);
    let mut services: [&mut dyn Service; 1] = [&mut echo];
    let mut copy = [0; PAYLOAD_LEN];
    let mut remote = Remote::new(memory, wires.clone(), &mut services, &mut copy);
    linux.start(EVENTS);
    remote.poll().unwrap();
    linux.rx.want_kicks(&linux.memory, false);
    linux.kicked = false;
    assert!(linux.send(ECHO, b"first"));
    assert!(linux.kicked, "the remote sleeps");
    linux.kicked = false;
    assert!(linux.send(ECHO, b"second") && linux.send(ECHO, b"third"));
    assert!(!linux.kicked, "it has been told");
    remote.poll().unwrap();
    assert_eq!(wires.kicks[0].get(), 0, "Linux looks by itself");
    assert!(linux.send(ECHO, b"fourth") && linux.kicked);
}

#[derive(Clone, Debug)]
enum Step {
    Send(usize),
    GiveBack,
    Reclaim,
    WantKicks(bool),
    Poll,
    Interrupt,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0usize..497).prop_map(Step::Send),
        3 => Just(Step::GiveBack),
        1 => Just(Step::Reclaim),
        1 => any::<bool>().prop_map(Step::WantKicks),
        2 => Just(Step::Poll),
        2 => Just(Step::Interrupt),
    ]
}

proptest! {
    /// Whatever happens in whatever order: each message comes back once, in order, unchanged, and
    /// nobody waits for a kick that never comes.
    #[test]
    fn echoes_everything(events in any::<bool>(), steps in vec(step(), 0..200)) {
        let (mut linux, memory, wires) = pair();
        let mut echo = Echo::new("echo", ECHO);
        let mut services: [&mut dyn Service; 1] = [&mut echo];
        let mut copy = [0; PAYLOAD_LEN];
        let mut remote = Remote::new(memory, wires.clone(), &mut services, &mut copy);
        linux.start(if events { EVENTS } else { 0 });
        let mut sent = VecDeque::new();
        let mut count = 0u8;
        for step in steps {
            match step {
                Step::Send(len) => {
                    let payload: Vec<u8> = (0..len).map(|i| count.wrapping_add(i as u8)).collect();
                    if linux.send(ECHO, &payload) {
                        count = count.wrapping_add(1);
                        sent.push_back(payload);
                    }
                }
                Step::GiveBack => {
                    linux.give_back();
                }
                Step::Reclaim => linux.reclaim(),
                Step::WantKicks(want) => {
                    linux.tx.want_kicks(&linux.memory, want);
                }
                Step::Poll => if std::mem::take(&mut linux.kicked) {
                    remote.poll().unwrap();
                },
                Step::Interrupt => linux.interrupt(),
            }
        }
        // Let it come to rest, each side acting on kicks only.
        loop {
            linux.interrupt();
            while linux.give_back() {}
            if !std::mem::take(&mut linux.kicked) {
                break;
            }
            remote.poll().unwrap();
        }
        prop_assert_eq!(wires.kicks[0].get(), 0);
        for payload in sent {
            let (header, found) = linux.inbox.pop_front().expect("an echo is missing");
            prop_assert_eq!((header.src, header.dst), (ECHO, CLIENT));
            prop_assert_eq!(found, payload);
        }
        prop_assert!(linux.inbox.is_empty());
        linux.reclaim();
        prop_assert_eq!(linux.free.len(), usize::from(NUM));
    }
}
