// SPDX-License-Identifier: GPL-2.0

//! Linux as a test plays it: the driver's side of both rings, buffers, resource table, kicks.

use std::cell::Cell;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Deref;
use std::rc::Rc;

use proto::name_service::Announcement;
use proto::rpmsg::Header;
use proto::rpmsg::Message;
use proto::rpmsg::BUFFER_LEN;
use proto::vring::need_event;
use proto::vring::Desc;
use proto::vring::F_EVENT_IDX;
use rpmsg_remote::Addr;
use rpmsg_remote::DeviceAddr;
use rpmsg_remote::Fault;
use rpmsg_remote::Host;
use rpmsg_remote::Layout;
use rpmsg_remote::Memory;
use rpmsg_remote::FROM_HOST;
use rpmsg_remote::STATUS_DRIVER_OK;
use rpmsg_remote::TO_HOST;

pub(crate) const NUM: u16 = 8;
pub(crate) const ALIGN: u32 = 64;
pub(crate) const RINGS: [u64; 2] = [0x1000, 0x2000];
pub(crate) const BUFFERS: u64 = 0x1_0000;
pub(crate) const SIZE: usize = 0x2_0000;

/// From one buffer to the next, which is the most that [`Linux::buffer_len`] can be.
const STRIDE: u64 = 4096;

/// What the remote leaves in a ring to know it again.
const MARK: u16 = 0x5aa4;

/// The features of a driver that uses event indices.
pub(crate) const EVENTS: u32 = 1 << F_EVENT_IDX;

/// Service and driver.
pub(crate) const ECHO: Addr = Addr(50);
pub(crate) const CLIENT: Addr = Addr(1024);

pub(crate) fn layout() -> Layout {
    Layout::new(NUM.into(), ALIGN).unwrap()
}

pub(crate) struct Meanwhile {
    pub(crate) queue: u16,
    pub(crate) action: Box<dyn FnOnce()>,
}

#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) bytes: Rc<RefCell<Vec<u8>>>,
    /// What Linux does just before the remote asks for kicks for a queue.
    pub(crate) meanwhile: Rc<RefCell<Option<Meanwhile>>>,
}

impl Shared {
    pub(crate) fn get<const N: usize>(&self, at: u64) -> [u8; N] {
        let mut bytes = [0; N];
        self.read(DeviceAddr(at), &mut bytes).unwrap();
        bytes
    }

    pub(crate) fn put(&self, at: u64, bytes: &[u8]) {
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
        let now = |meanwhile: &mut Meanwhile| {
            let field = |offset| RINGS[usize::from(meanwhile.queue)] + u64::from(offset);
            (value == 0 && at.0 == field(layout().used_flags()))
                || (value != MARK && at.0 == field(layout().avail_event()))
        };
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
pub(crate) struct Wires(Rc<Table>);

#[derive(Default)]
pub(crate) struct Table {
    pub(crate) status: Cell<u8>,
    pub(crate) features: Cell<u32>,
    /// Kicks for Linux, per queue.
    pub(crate) kicks: [Cell<u32>; 2],
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
pub(crate) struct DriverRing {
    pub(crate) base: u64,
    pub(crate) buffers: u64,
    pub(crate) avail: u16,
    pub(crate) used: u16,
    /// Whether event indices say who wants kicks.
    events: bool,
    /// Whether this side wants kicks.
    wants_kicks: bool,
}

impl DriverRing {
    pub(crate) fn new(queue: u16, features: u32) -> Self {
        Self {
            base: RINGS[usize::from(queue)],
            buffers: BUFFERS + u64::from(queue) * u64::from(NUM) * STRIDE,
            avail: 0,
            used: 0,
            events: features & EVENTS != 0,
            wants_kicks: true,
        }
    }

    pub(crate) fn buffer(&self, id: u16) -> u64 {
        self.buffers + u64::from(id) * STRIDE
    }

    /// Makes buffer `id` available; whether the remote wants a kick for it.
    pub(crate) fn add(&mut self, memory: &Shared, id: u16, desc: Desc) -> bool {
        let layout = layout();
        let at = |offset: u32| self.base + u64::from(offset);
        memory.put(at(layout.desc(id).unwrap()), &desc.encode());
        memory.put(at(layout.avail_ring(self.avail)), &id.to_le_bytes());
        memory.put(
            at(layout.avail_idx()),
            &self.avail.wrapping_add(1).to_le_bytes(),
        );
        let old = self.avail;
        self.avail = old.wrapping_add(1);
        if self.events {
            let event = u16::from_le_bytes(memory.get(at(layout.avail_event())));
            return need_event(event, self.avail, old);
        }
        memory.get::<2>(at(layout.used_flags())) == [0, 0]
    }

    /// The next buffer that the remote has given back, and the bytes written into it.
    pub(crate) fn take(&mut self, memory: &Shared) -> Option<(u16, u32)> {
        let layout = layout();
        let at = |offset: u32| self.base + u64::from(offset);
        if memory.get(at(layout.used_idx())) == self.used.to_le_bytes() {
            return None;
        }
        let [a, b, c, d, len @ ..]: [u8; 8] = memory.get(at(layout.used_ring(self.used)));
        let id = u32::from_le_bytes([a, b, c, d]);
        self.used = self.used.wrapping_add(1);
        self.want_kicks(memory, self.wants_kicks);
        Some((u16::try_from(id).unwrap(), u32::from_le_bytes(len)))
    }

    /// Says whether Linux wants to be kicked for this ring.
    pub(crate) fn want_kicks(&mut self, memory: &Shared, want: bool) {
        self.wants_kicks = want;
        let at = |offset: u32| self.base + u64::from(offset);
        if self.events {
            // The buffer that comes next, or one that has come already.
            let event = self.used.wrapping_sub(u16::from(!want));
            memory.put(at(layout().used_event()), &event.to_le_bytes());
        } else {
            memory.put(at(layout().avail_flags()), &[u8::from(!want), 0]);
        }
    }
}

/// Linux's rpmsg driver.
pub(crate) struct Linux {
    pub(crate) memory: Shared,
    pub(crate) wires: Wires,
    pub(crate) rx: DriverRing,
    pub(crate) tx: DriverRing,
    /// Buffers of the tx ring that are Linux's.
    pub(crate) free: Vec<u16>,
    /// Buffers of the rx ring that are Linux's: read, but not yet given back.
    pub(crate) held: VecDeque<u16>,
    /// All messages that came.
    pub(crate) inbox: VecDeque<(Header, Vec<u8>)>,
    /// Whether the remote has been kicked.
    pub(crate) kicked: bool,
    /// Bytes of each buffer.
    pub(crate) buffer_len: u32,
}

impl Linux {
    pub(crate) fn new(memory: Shared, wires: Wires) -> Self {
        Self {
            memory,
            wires,
            rx: DriverRing::new(TO_HOST, 0),
            tx: DriverRing::new(FROM_HOST, 0),
            free: vec![],
            held: VecDeque::new(),
            inbox: VecDeque::new(),
            kicked: false,
            buffer_len: BUFFER_LEN as u32,
        }
    }

    /// What happens when the driver binds: fresh rings, all rx buffers given to the remote.
    pub(crate) fn start(&mut self, features: u32) {
        for base in RINGS {
            let size = layout().size() as usize;
            self.memory.put(base, &vec![0; size]);
        }
        self.rx = DriverRing::new(TO_HOST, features);
        self.tx = DriverRing::new(FROM_HOST, features);
        self.free = (0..NUM).collect();
        self.held = (0..NUM).collect();
        self.inbox.clear();
        while self.give_back() {}
        self.wires.features.set(features);
        self.wires.status.set(STATUS_DRIVER_OK | 3);
        self.kicked = true;
    }

    /// Gives one rx buffer to the remote.
    pub(crate) fn give_back(&mut self) -> bool {
        let Some(id) = self.held.pop_front() else {
            return false;
        };
        let desc = Desc {
            addr: DeviceAddr(self.rx.buffer(id)),
            len: self.buffer_len,
            flags: 2,
            next: 0,
        };
        self.kicked |= self.rx.add(&self.memory, id, desc);
        true
    }

    /// Sends raw bytes if there is a buffer.
    pub(crate) fn send_raw(&mut self, bytes: &[u8], claimed: u32) -> bool {
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

    pub(crate) fn send(&mut self, dst: Addr, payload: &[u8]) -> bool {
        let header = Header::new(CLIENT, dst, payload.len() as u16).encode();
        let bytes = [&header[..], payload].concat();
        self.send_raw(&bytes, bytes.len() as u32)
    }

    /// Reads what has come, as the interrupt for the rx ring does.
    pub(crate) fn receive(&mut self) {
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
    pub(crate) fn reclaim(&mut self) {
        while let Some((id, len)) = self.tx.take(&self.memory) {
            assert_eq!(len, 0);
            assert!(!self.free.contains(&id), "buffer {id} came back twice");
            self.free.push(id);
        }
    }

    /// Does what the kicks ask for.
    pub(crate) fn interrupt(&mut self) {
        if self.wires.kicks[usize::from(TO_HOST)].take() != 0 {
            self.receive();
        }
        if self.wires.kicks[usize::from(FROM_HOST)].take() != 0 {
            self.reclaim();
        }
    }

    pub(crate) fn announcements(&mut self) -> Vec<Announcement> {
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

pub(crate) fn pair() -> (Linux, Shared, Wires) {
    let memory = Shared {
        bytes: Rc::new(RefCell::new(vec![0; SIZE])),
        meanwhile: Rc::default(),
    };
    let wires = Wires::default();
    (Linux::new(memory.clone(), wires.clone()), memory, wires)
}
