// SPDX-License-Identifier: GPL-2.0

//! The library against a Linux that is played by this test: both rings and the buffers are in
//! memory, kicks are counted, and each side looks only when it has been kicked, so that a kick too
//! few shows as a message that never arrives.

use std::cell::Cell;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Deref;
use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::*;
use proto::name_service::Action;
use proto::name_service::Announcement;
use proto::rpmsg::Header;
use proto::rpmsg::Message;
use proto::rpmsg::BUFFER_LEN;
use proto::vring::Desc;
use rpmsg_remote::Addr;
use rpmsg_remote::DeviceAddr;
use rpmsg_remote::Echo;
use rpmsg_remote::Fault;
use rpmsg_remote::Host;
use rpmsg_remote::Layout;
use rpmsg_remote::Memory;
use rpmsg_remote::Outbox;
use rpmsg_remote::Progress;
use rpmsg_remote::Remote;
use rpmsg_remote::SendError;
use rpmsg_remote::Service;
use rpmsg_remote::FROM_HOST;
use rpmsg_remote::STATUS_DRIVER_OK;
use rpmsg_remote::TO_HOST;

const NUM: u16 = 8;
const ALIGN: u32 = 64;
const RINGS: [u64; 2] = [0x1000, 0x2000];
const BUFFERS: u64 = 0x1_0000;
const SIZE: usize = 0x2_0000;

/// Service and driver.
const ECHO: Addr = Addr(50);
const CLIENT: Addr = Addr(1024);

fn layout() -> Layout {
    Layout::new(NUM.into(), ALIGN).unwrap()
}

struct Meanwhile {
    queue: u16,
    action: Box<dyn FnOnce()>,
}

#[derive(Clone)]
struct Shared {
    bytes: Rc<RefCell<Vec<u8>>>,
    /// What Linux does just before the remote asks for kicks for a queue.
    meanwhile: Rc<RefCell<Option<Meanwhile>>>,
}

impl Shared {
    fn get<const N: usize>(&self, at: u64) -> [u8; N] {
        let mut bytes = [0; N];
        self.read(DeviceAddr(at), &mut bytes).unwrap();
        bytes
    }

    fn put(&self, at: u64, bytes: &[u8]) {
        self.write(DeviceAddr(at), bytes).unwrap();
    }
}

impl Memory for Shared {
    fn read_u16(&self, at: DeviceAddr) -> Result<u16, Fault> {
        let mut bytes = [0; 2];
        self.read(at, &mut bytes)?;
        Ok(u16::from_le_bytes(bytes))
    }

    fn write_u16(&self, at: DeviceAddr, value: u16) -> Result<(), Fault> {
        let flags = |queue: u16| RINGS[usize::from(queue)] + u64::from(layout().used_flags());
        let now = |meanwhile: &mut Meanwhile| value == 0 && at.0 == flags(meanwhile.queue);
        let meanwhile = self.meanwhile.borrow_mut().take_if(now);
        if let Some(Meanwhile { action, .. }) = meanwhile {
            action();
        }
        self.write(at, &value.to_le_bytes())
    }

    fn read(&self, at: DeviceAddr, to: &mut [u8]) -> Result<(), Fault> {
        let len = to.len();
        let bytes = self.bytes.borrow();
        let start = at.0 as usize;
        let from = bytes.get(start..start + len);
        to.copy_from_slice(from.ok_or(Fault::Address { at, len })?);
        Ok(())
    }

    fn write(&self, at: DeviceAddr, from: &[u8]) -> Result<(), Fault> {
        let len = from.len();
        let mut bytes = self.bytes.borrow_mut();
        let start = at.0 as usize;
        let to = bytes.get_mut(start..start + len);
        to.ok_or(Fault::Address { at, len })?.copy_from_slice(from);
        Ok(())
    }

    fn barrier(&self) {}
}

/// What is in the resource table, and the mailbox.
#[derive(Clone, Default)]
struct Wires(Rc<Table>);

#[derive(Default)]
struct Table {
    status: Cell<u8>,
    features: Cell<u32>,
    /// Kicks for Linux, per queue.
    kicks: [Cell<u32>; 2],
}

impl Deref for Wires {
    type Target = Table;

    fn deref(&self) -> &Table {
        &self.0
    }
}

impl Host for Wires {
    fn status(&self) -> u8 {
        self.status.get()
    }

    fn features(&self) -> u32 {
        self.features.get()
    }

    fn vring(&self, queue: u16) -> (DeviceAddr, Layout) {
        (DeviceAddr(RINGS[usize::from(queue)]), layout())
    }

    fn kick(&mut self, queue: u16) {
        let kicks = &self.kicks[usize::from(queue)];
        kicks.set(kicks.get() + 1);
    }
}

/// The driver's side of one ring.
struct DriverRing {
    base: u64,
    buffers: u64,
    avail: u16,
    used: u16,
}

impl DriverRing {
    fn new(queue: u16) -> Self {
        Self {
            base: RINGS[usize::from(queue)],
            buffers: BUFFERS + u64::from(queue) * u64::from(NUM) * BUFFER_LEN as u64,
            avail: 0,
            used: 0,
        }
    }

    fn buffer(&self, id: u16) -> u64 {
        self.buffers + u64::from(id) * BUFFER_LEN as u64
    }

    /// Makes buffer `id` available; whether the remote wants a kick for it.
    fn add(&mut self, memory: &Shared, id: u16, desc: Desc) -> bool {
        let layout = layout();
        let at = |offset: u32| self.base + u64::from(offset);
        memory.put(at(layout.desc(id).unwrap()), &desc.encode());
        memory.put(at(layout.avail_ring(self.avail)), &id.to_le_bytes());
        memory.put(
            at(layout.avail_idx()),
            &self.avail.wrapping_add(1).to_le_bytes(),
        );
        self.avail = self.avail.wrapping_add(1);
        memory.get::<2>(at(layout.used_flags())) == [0, 0]
    }

    /// The next buffer that the remote has given back, and the bytes written into it.
    fn take(&mut self, memory: &Shared) -> Option<(u16, u32)> {
        let layout = layout();
        let at = |offset: u32| self.base + u64::from(offset);
        if memory.get(at(layout.used_idx())) == self.used.to_le_bytes() {
            return None;
        }
        let [a, b, c, d, len @ ..]: [u8; 8] = memory.get(at(layout.used_ring(self.used)));
        let id = u32::from_le_bytes([a, b, c, d]);
        self.used = self.used.wrapping_add(1);
        Some((u16::try_from(id).unwrap(), u32::from_le_bytes(len)))
    }

    /// Says whether Linux wants to be kicked for this ring.
    fn want_kicks(&self, memory: &Shared, want: bool) {
        let at = self.base + u64::from(layout().avail_flags());
        memory.put(at, &[u8::from(!want), 0]);
    }
}

/// Linux's rpmsg driver.
struct Linux {
    memory: Shared,
    wires: Wires,
    rx: DriverRing,
    tx: DriverRing,
    /// Buffers of the tx ring that are Linux's.
    free: Vec<u16>,
    /// Buffers of the rx ring that are Linux's: read, but not yet given back.
    held: VecDeque<u16>,
    /// All messages that came.
    inbox: VecDeque<(Header, Vec<u8>)>,
    /// Whether the remote has been kicked.
    kicked: bool,
}

impl Linux {
    fn new(memory: Shared, wires: Wires) -> Self {
        Self {
            memory,
            wires,
            rx: DriverRing::new(TO_HOST),
            tx: DriverRing::new(FROM_HOST),
            free: vec![],
            held: VecDeque::new(),
            inbox: VecDeque::new(),
            kicked: false,
        }
    }

    /// What happens when the driver binds: fresh rings, all rx buffers given to the remote.
    fn start(&mut self, features: u32) {
        for base in RINGS {
            let size = layout().size() as usize;
            self.memory.put(base, &vec![0; size]);
        }
        self.rx = DriverRing::new(TO_HOST);
        self.tx = DriverRing::new(FROM_HOST);
        self.free = (0..NUM).collect();
        self.held = (0..NUM).collect();
        self.inbox.clear();
        while self.give_back() {}
        self.wires.features.set(features);
        self.wires.status.set(STATUS_DRIVER_OK | 3);
        self.kicked = true;
    }

    /// Gives one rx buffer to the remote.
    fn give_back(&mut self) -> bool {
        let Some(id) = self.held.pop_front() else {
            return false;
        };
        let desc = Desc {
            addr: DeviceAddr(self.rx.buffer(id)),
            len: BUFFER_LEN as u32,
            flags: 2,
            next: 0,
        };
        self.kicked |= self.rx.add(&self.memory, id, desc);
        true
    }

    /// Sends raw bytes if there is a buffer.
    fn send_raw(&mut self, bytes: &[u8], claimed: u32) -> bool {
        let Some(id) = self.free.pop() else {
            return false;
        };
        let at = self.tx.buffer(id);
        self.memory.put(at, bytes);
        let desc = Desc {
            addr: DeviceAddr(at),
            len: claimed,
            flags: 0,
            next: 0,
        };
        self.kicked |= self.tx.add(&self.memory, id, desc);
        true
    }

    fn send(&mut self, dst: Addr, payload: &[u8]) -> bool {
        let header = Header::new(CLIENT, dst, payload.len() as u16).encode();
        let bytes = [&header[..], payload].concat();
        self.send_raw(&bytes, bytes.len() as u32)
    }

    /// Reads what has come, as the interrupt for the rx ring does.
    fn receive(&mut self) {
        while let Some((id, len)) = self.rx.take(&self.memory) {
            let mut bytes = vec![0; len as usize];
            let at = DeviceAddr(self.rx.buffer(id));
            self.memory.read(at, &mut bytes).unwrap();
            let message = Message::parse(&bytes).unwrap();
            assert_eq!(message.payload.len() + 16, bytes.len());
            self.inbox
                .push_back((message.header, message.payload.to_vec()));
            self.held.push_back(id);
        }
    }

    /// Takes back what was sent, as the next send does.
    fn reclaim(&mut self) {
        while let Some((id, len)) = self.tx.take(&self.memory) {
            assert_eq!(len, 0);
            assert!(!self.free.contains(&id), "buffer {id} came back twice");
            self.free.push(id);
        }
    }

    /// Does what the kicks ask for.
    fn interrupt(&mut self) {
        if self.wires.kicks[usize::from(TO_HOST)].take() != 0 {
            self.receive();
        }
        if self.wires.kicks[usize::from(FROM_HOST)].take() != 0 {
            self.reclaim();
        }
    }

    fn announcements(&mut self) -> Vec<Announcement> {
        let (ns, rest) = self
            .inbox
            .drain(..)
            .partition(|(header, _)| header.dst == Addr::NAME_SERVICE);
        self.inbox = rest;
        let ns: VecDeque<(Header, Vec<u8>)> = ns;
        ns.iter()
            .map(|(_, payload)| Announcement::parse(payload).unwrap())
            .collect()
    }
}

fn pair() -> (Linux, Shared, Wires) {
    let memory = Shared {
        bytes: Rc::new(RefCell::new(vec![0; SIZE])),
        meanwhile: Rc::default(),
    };
    let wires = Wires::default();
    (Linux::new(memory.clone(), wires.clone()), memory, wires)
}

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
    let mut remote = Remote::new(memory.clone(), wires.clone(), &mut services);
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
    let mut remote = Remote::new(memory, wires.clone(), &mut services);
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
    let mut remote = Remote::new(memory, wires, &mut services);
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
    let mut remote = Remote::new(memory, wires.clone(), &mut services);
    for round in 0..5 {
        // Now with a poll while there is no driver, now without.
        wires.status.set(0);
        if round % 2 == 0 {
            assert_eq!(remote.poll(), Ok(Progress::NoDriver));
        }
        linux.start(1);
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
    let mut remote = Remote::new(memory, wires, &mut services);
    linux.start(0);
    let lie = Header::new(CLIENT, ECHO, 100).encode();
    assert!(linux.send_raw(&lie[..15], 15));
    assert!(linux.send_raw(&lie, 20));
    assert!(linux.send_raw(&lie, BUFFER_LEN as u32 + 1));
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
    let mut remote = Remote::new(memory, wires, &mut services);
    linux.start(0);
    let at = DeviceAddr(SIZE as u64);
    let desc = Desc {
        addr: at,
        len: 20,
        flags: 0,
        next: 0,
    };
    linux.tx.add(&linux.memory, 0, desc);
    assert_eq!(remote.poll(), Err(Fault::Address { at, len: 20 }));
}

#[test]
fn kicks_only_where_wanted() {
    let (mut linux, memory, wires) = pair();
    let mut echo = Echo::new("echo", ECHO);
    let mut services: [&mut dyn Service; 1] = [&mut echo];
    let mut remote = Remote::new(memory, wires.clone(), &mut services);
    linux.start(0);
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
    let mut remote = Remote::new(memory, wires, &mut services);
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
    for starved in [false, true] {
        let (mut linux, memory, wires) = pair();
        let mut echo = Echo::new("echo", ECHO);
        let mut services: [&mut dyn Service; 1] = [&mut echo];
        let mut remote = Remote::new(memory.clone(), wires.clone(), &mut services);
        linux.start(0);
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
    fn echoes_everything(steps in vec(step(), 0..200)) {
        let (mut linux, memory, wires) = pair();
        let mut echo = Echo::new("echo", ECHO);
        let mut services: [&mut dyn Service; 1] = [&mut echo];
        let mut remote = Remote::new(memory, wires.clone(), &mut services);
        linux.start(0);
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
