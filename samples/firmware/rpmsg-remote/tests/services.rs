// SPDX-License-Identifier: GPL-2.0

//! What a service can do besides answering: flow control, messages in place and messages that are
//! kept, Linux's services, sending by itself. Against the Linux of support/linux.rs.

#[path = "support/linux.rs"]
mod linux;

use linux::pair;
use linux::CLIENT;
use linux::ECHO;
use linux::EVENTS;
use linux::NUM;
use proto::flow_control::FlowControl;
use proto::name_service::Action;
use proto::rpmsg::F_FC;
use proto::rpmsg::PAYLOAD_LEN;
use proto::Name;
use rpmsg_remote::Addr;
use rpmsg_remote::Announcement;
use rpmsg_remote::Echo;
use rpmsg_remote::Fault;
use rpmsg_remote::Held;
use rpmsg_remote::Incoming;
use rpmsg_remote::Outbox;
use rpmsg_remote::Remote;
use rpmsg_remote::SendError;
use rpmsg_remote::Service;

const FLOW: u32 = 1 << F_FC;

/// The payloads that have come from `src`, oldest first.
fn from(linux: &mut linux::Linux, src: Addr) -> Vec<Vec<u8>> {
    linux.interrupt();
    let all = linux.inbox.drain(..);
    all.filter(|(header, _)| header.src == src)
        .map(|(_, payload)| payload)
        .collect()
}

/// Sends as many numbers as it is asked for, and stops where it must.
#[derive(Default)]
struct Counter {
    next: u8,
    last: u8,
    told: Vec<(Addr, bool)>,
    result: Option<SendError>,
}

impl Counter {
    fn go_on(&mut self, to: Addr, out: &mut dyn Outbox) {
        self.result = None;
        while self.next < self.last && self.result.is_none() {
            self.result = out.send(ECHO, to, &[self.next]).err();
            self.next += u8::from(self.result.is_none());
        }
    }
}

impl Service for Counter {
    fn addr(&self) -> Addr {
        ECHO
    }

    fn receive(&mut self, from: Addr, payload: &[u8], out: &mut dyn Outbox) {
        self.last += payload[0];
        self.go_on(from, out);
    }

    fn flow(&mut self, peer: Addr, paused: bool, out: &mut dyn Outbox) {
        self.told.push((peer, paused));
        if !paused {
            self.go_on(peer, out);
        }
    }
}

#[test]
fn linux_pauses_a_service() {
    let (mut linux, memory, wires) = pair();
    let mut counter = Counter::default();
    let mut services: [&mut dyn Service; 1] = [&mut counter];
    let mut copy = [0; PAYLOAD_LEN];
    let mut remote = Remote::new(memory, wires, &mut services, &mut copy);
    linux.start(FLOW | EVENTS);
    let message = |pause| FlowControl {
        src: CLIENT,
        dst: ECHO,
        pause,
    };
    assert!(linux.send(Addr::FLOW_CONTROL, &message(true).encode()));
    assert!(linux.send(Addr::FLOW_CONTROL, &message(true).encode()));
    assert!(linux.send(ECHO, &[2]));
    remote.poll().unwrap();
    assert!(from(&mut linux, ECHO).is_empty(), "it waits");
    assert!(linux.send(Addr::FLOW_CONTROL, &message(false).encode()));
    remote.poll().unwrap();
    assert_eq!(from(&mut linux, ECHO), [[0], [1]]);

    // What is malformed, and what is about nobody.
    linux.reclaim();
    let dropped = remote.counters().dropped;
    let nobody = FlowControl {
        dst: Addr(99),
        ..message(true)
    };
    assert!(linux.send(Addr::FLOW_CONTROL, &nobody.encode()));
    assert!(linux.send(Addr::FLOW_CONTROL, &message(true).encode()[..11]));
    assert!(linux.send(ECHO, &[1]));
    remote.poll().unwrap();
    assert_eq!(remote.counters().dropped - dropped, 2);
    assert_eq!(from(&mut linux, ECHO), [[2]]);

    // A driver that comes later has paused nobody; one without the feature cannot.
    assert!(linux.send(Addr::FLOW_CONTROL, &message(true).encode()));
    remote.poll().unwrap();
    linux.start(FLOW);
    assert!(linux.send(ECHO, &[1]));
    remote.poll().unwrap();
    assert_eq!(from(&mut linux, ECHO), [[3]]);
    linux.start(0);
    assert!(linux.send(Addr::FLOW_CONTROL, &message(true).encode()));
    assert!(linux.send(ECHO, &[1]));
    remote.poll().unwrap();
    assert_eq!(from(&mut linux, ECHO), [[4]]);
    assert_eq!(
        counter.told,
        [(CLIENT, true), (CLIENT, false), (CLIENT, true)]
    );
}

#[test]
fn a_service_pauses_linux() {
    let (mut linux, memory, wires) = pair();
    let mut echo = Echo::new("echo", ECHO);
    let mut services: [&mut dyn Service; 1] = [&mut echo];
    let mut copy = [0; PAYLOAD_LEN];
    let mut remote = Remote::new(memory, wires.clone(), &mut services, &mut copy);
    let pause = |out: &mut dyn Outbox| out.pause(ECHO, CLIENT, true);
    assert_eq!(remote.send_with(pause), Ok(None), "there is no driver");
    linux.start(FLOW);
    assert_eq!(
        remote.send_with(pause),
        Ok(None),
        "nor has it been polled for"
    );
    remote.poll().unwrap();
    assert_eq!(remote.send_with(pause), Ok(Some(Ok(()))));
    assert_eq!(wires.kicks[0].take(), 1, "at once");
    linux.receive();
    let (header, payload) = linux.inbox.pop_front().unwrap();
    assert_eq!((header.src, header.dst), (ECHO, Addr::FLOW_CONTROL));
    let expected = FlowControl {
        src: ECHO,
        dst: CLIENT,
        pause: true,
    };
    assert_eq!(FlowControl::parse(&payload), Ok(expected));

    linux.start(0);
    remote.poll().unwrap();
    let refused = remote.send_with(pause);
    assert_eq!(refused, Ok(Some(Err(SendError::NoFlowControl))));
}

/// Keeps the first message, and gives it back with the second one.
#[derive(Default)]
struct Keeper {
    held: Option<Held>,
    read: Vec<Result<Vec<u8>, SendError>>,
}

impl Service for Keeper {
    fn addr(&self) -> Addr {
        ECHO
    }

    fn receive_in_place(
        &mut self,
        message: Incoming<'_>,
        out: &mut dyn Outbox,
    ) -> Result<(), Fault> {
        let Some(held) = self.held.take() else {
            self.held = message.hold();
            return Ok(());
        };
        let mut payload = vec![0; held.len() - 1];
        let result = out.read(&held, 1, &mut payload);
        self.read.push(result.map(|()| payload));
        out.release(held)
    }
}

#[test]
fn keeps_a_message() {
    let (mut linux, memory, wires) = pair();
    let mut keeper = Keeper::default();
    let mut services: [&mut dyn Service; 1] = [&mut keeper];
    let mut copy = [];
    let mut remote = Remote::new(memory, wires, &mut services, &mut copy);
    linux.start(EVENTS);
    assert!(linux.send(ECHO, b"kept"));
    remote.poll().unwrap();
    linux.reclaim();
    assert_eq!(linux.free.len(), usize::from(NUM) - 1);
    for _ in 1..NUM {
        assert!(linux.send(Addr(99), b"x"), "the others go round");
    }
    remote.poll().unwrap();
    linux.reclaim();
    assert!(linux.send(ECHO, b"now"));
    remote.poll().unwrap();
    linux.reclaim();
    assert_eq!(linux.free.len(), usize::from(NUM), "it comes back once");

    // What is kept of a driver that has gone is nobody's.
    assert!(linux.send(ECHO, b"kept"));
    remote.poll().unwrap();
    linux.start(EVENTS);
    assert!(linux.send(ECHO, b"now"));
    remote.poll().unwrap();
    linux.reclaim();
    assert_eq!(linux.free.len(), usize::from(NUM));
    assert_eq!(keeper.read, [Ok(b"ept".to_vec()), Err(SendError::Gone)]);
}

/// Answers with what it got backwards, from buffer to buffer.
struct Backwards;

impl Service for Backwards {
    fn addr(&self) -> Addr {
        Addr(60)
    }

    fn receive_in_place(
        &mut self,
        message: Incoming<'_>,
        out: &mut dyn Outbox,
    ) -> Result<(), Fault> {
        let len = message.len();
        let mut beyond = [0];
        assert!(message.read(len, &mut beyond).is_err());
        let mut buffer = out.reserve().unwrap();
        assert_eq!(buffer.room(), 4080);
        assert!(buffer.write(4080, &beyond).is_err());
        for at in 0..len {
            let mut byte = [0];
            message.read(at, &mut byte)?;
            buffer.write(len - 1 - at, &byte)?;
        }
        let too_long = out.commit(self.addr(), message.from(), 4081);
        assert_eq!(
            too_long,
            Err(SendError::TooLong {
                len: 4081,
                room: 4080
            })
        );
        SendError::or_drop(out.commit(self.addr(), message.from(), len))
    }
}

#[test]
fn large_messages() {
    let (mut linux, memory, wires) = pair();
    let (mut echo, mut counter) = (Echo::new("echo", ECHO), Backwards);
    let mut services: [&mut dyn Service; 2] = [&mut echo, &mut counter];
    let mut copy = [0; 16];
    let mut remote = Remote::new(memory, wires, &mut services, &mut copy);
    linux.buffer_len = 4096;
    linux.start(0);
    let payload: Vec<u8> = (0..4080).map(|i| i as u8).collect();
    assert!(linux.send(ECHO, &payload) && linux.send(Addr(60), &payload));
    remote.poll().unwrap();
    assert_eq!(from(&mut linux, ECHO), [&payload[..]]);
    assert!(linux.send(Addr(60), &payload));
    remote.poll().unwrap();
    let backwards: Vec<u8> = payload.iter().rev().copied().collect();
    assert_eq!(from(&mut linux, Addr(60)), [&backwards[..]]);
}

#[test]
fn a_copy_needs_room() {
    let (mut linux, memory, wires) = pair();
    let mut counter = Counter::default();
    let mut services: [&mut dyn Service; 1] = [&mut counter];
    let mut copy = [0; 1];
    let mut remote = Remote::new(memory, wires, &mut services, &mut copy);
    linux.start(0);
    assert!(linux.send(ECHO, &[1, 2]) && linux.send(ECHO, &[1]));
    remote.poll().unwrap();
    let counters = remote.counters();
    assert_eq!((counters.received, counters.dropped), (1, 1));
}

/// Greets each service of Linux.
#[derive(Default)]
struct Visitor(Vec<Announcement>);

impl Service for Visitor {
    fn addr(&self) -> Addr {
        Addr(55)
    }

    fn linux_service(&mut self, announcement: &Announcement, out: &mut dyn Outbox) {
        self.0.push(*announcement);
        let sent = out.send(self.addr(), announcement.addr, b"hello");
        assert_eq!(sent, Ok(()));
    }
}

#[test]
fn hears_of_services_of_linux() {
    let (mut linux, memory, wires) = pair();
    let mut visitor = Visitor::default();
    let mut services: [&mut dyn Service; 1] = [&mut visitor];
    let mut copy = [];
    let mut remote = Remote::new(memory, wires, &mut services, &mut copy);
    linux.start(1);
    let there = Announcement {
        name: Name::new("rpmsg-server-sample").unwrap(),
        addr: Addr(137),
        action: Action::Create,
    };
    let gone = Announcement {
        action: Action::Destroy,
        ..there
    };
    assert!(linux.send(Addr::NAME_SERVICE, &there.encode()));
    assert!(linux.send(Addr::NAME_SERVICE, &there.encode()[..39]));
    assert!(linux.send(Addr::NAME_SERVICE, &gone.encode()));
    remote.poll().unwrap();
    assert_eq!(remote.counters().dropped, 1);
    linux.receive();
    let (header, payload) = linux.inbox.pop_front().unwrap();
    assert_eq!((header.src, header.dst), (Addr(55), Addr(137)));
    assert_eq!(payload, b"hello");

    // And one of ours, taken back while it runs.
    let ours = Announcement {
        name: Name::new("ours").unwrap(),
        addr: Addr(55),
        action: Action::Destroy,
    };
    linux.inbox.clear();
    assert_eq!(
        remote.send_with(|out| out.announce(&ours)),
        Ok(Some(Ok(())))
    );
    linux.receive();
    assert_eq!(linux.announcements(), [ours]);
    assert_eq!(visitor.0, [there, gone]);
}
