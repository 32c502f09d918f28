// SPDX-License-Identifier: GPL-2.0

//! The device side of a ring against a driver that is written independently of it.

use std::cell::RefCell;
use std::collections::VecDeque;

use proptest::collection::vec;
use proptest::prelude::*;
use proto::vring::Chain;
use proto::vring::Fault;
use proto::vring::Layout;
use proto::vring::Memory;
use proto::vring::Queue;
use proto::vring::F_EVENT_IDX;
use proto::DeviceAddr;

const BASE: u64 = 0xa000_0000;

struct Ring(RefCell<Vec<u8>>);

impl Ring {
    fn range(&self, at: DeviceAddr, len: usize) -> Result<std::ops::Range<usize>, Fault> {
        let size = self.0.borrow().len() as u64;
        let start = at
            .offset_in(len as u64, DeviceAddr(BASE), size)
            .ok_or(Fault::Address { at, len })? as usize;
        Ok(start..start + len)
    }

    fn u16(&self, offset: usize) -> u16 {
        u16::from_le_bytes(self.0.borrow()[offset..offset + 2].try_into().unwrap())
    }

    fn u32(&self, offset: usize) -> u32 {
        u32::from_le_bytes(self.0.borrow()[offset..offset + 4].try_into().unwrap())
    }

    fn put(&self, offset: usize, bytes: &[u8]) {
        self.0.borrow_mut()[offset..offset + bytes.len()].copy_from_slice(bytes);
    }
}

impl Memory for Ring {
    fn read_u16(&self, at: DeviceAddr) -> Result<u16, Fault> {
        assert_eq!(at.0 % 2, 0);
        Ok(self.u16(self.range(at, 2)?.start))
    }

    fn write_u16(&self, at: DeviceAddr, value: u16) -> Result<(), Fault> {
        assert_eq!(at.0 % 2, 0);
        self.put(self.range(at, 2)?.start, &value.to_le_bytes());
        Ok(())
    }

    fn read(&self, at: DeviceAddr, to: &mut [u8]) -> Result<(), Fault> {
        to.copy_from_slice(&self.0.borrow()[self.range(at, to.len())?]);
        Ok(())
    }

    fn write(&self, at: DeviceAddr, from: &[u8]) -> Result<(), Fault> {
        self.put(self.range(at, from.len())?.start, from);
        Ok(())
    }

    fn barrier(&self) {}
}

/// The driver's side, by the virtio specification's own formulas (2.7.2).
struct Driver<'a> {
    ring: &'a Ring,
    num: usize,
    avail: usize,
    used: usize,
    avail_idx: u16,
    used_idx: u16,
}

impl<'a> Driver<'a> {
    fn new(ring: &'a Ring, num: usize, align: usize) -> Self {
        let avail = 16 * num;
        let used = (avail + 6 + 2 * num).next_multiple_of(align);
        assert_eq!(ring.0.borrow().len(), used + 6 + 8 * num);
        Self {
            ring,
            num,
            avail,
            used,
            avail_idx: 0,
            used_idx: 0,
        }
    }

    fn add(&mut self, id: u16, addr: u64, len: u32, flags: u16) {
        let desc = 16 * usize::from(id);
        self.ring.put(desc, &addr.to_le_bytes());
        self.ring.put(desc + 8, &len.to_le_bytes());
        self.ring.put(desc + 12, &flags.to_le_bytes());
        let slot = usize::from(self.avail_idx) % self.num;
        self.ring.put(self.avail + 4 + 2 * slot, &id.to_le_bytes());
        self.avail_idx = self.avail_idx.wrapping_add(1);
        self.ring.put(self.avail + 2, &self.avail_idx.to_le_bytes());
    }

    fn get(&mut self) -> Option<(u32, u32)> {
        if self.ring.u16(self.used + 2) == self.used_idx {
            return None;
        }
        let slot = self.used + 4 + 8 * (usize::from(self.used_idx) % self.num);
        self.used_idx = self.used_idx.wrapping_add(1);
        Some((self.ring.u32(slot), self.ring.u32(slot + 4)))
    }
}

#[derive(Clone, Debug)]
enum Step {
    Add,
    Pop,
    Push(u32),
    Publish(bool),
    Get,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        Just(Step::Add),
        Just(Step::Pop),
        any::<u32>().prop_map(Step::Push),
        any::<bool>().prop_map(Step::Publish),
        Just(Step::Get),
    ]
}

fn geometry() -> impl Strategy<Value = (u32, u32)> {
    (0u32..6, 2u32..13).prop_map(|(num, align)| (1 << num, 1 << align))
}

proptest! {
    #[test]
    fn no_buffer_is_lost(
        (num, align) in geometry(),
        events in any::<bool>(),
        steps in vec(step(), 0..400),
    ) {
        let layout = Layout::new(num, align).unwrap();
        let ring = Ring(RefCell::new(vec![0; layout.size() as usize]));
        let mut driver = Driver::new(&ring, num as usize, align as usize);
        let mut device = Queue::new(DeviceAddr(BASE), layout, u32::from(events) << F_EVENT_IDX);

        let mut free: VecDeque<u16> = (0..num as u16).collect();
        let mut available = VecDeque::new();
        let mut taken: VecDeque<Chain> = VecDeque::new();
        let mut pushed = VecDeque::new();
        let mut visible = VecDeque::new();
        let mut count = 0u64;
        for step in steps {
            match step {
                Step::Add => if let Some(id) = free.pop_front() {
                    count += 1;
                    driver.add(id, count, 512, 2);
                    available.push_back((id, count));
                },
                Step::Pop => {
                    prop_assert_eq!(device.available(&ring), Ok(available.len() as u16));
                    prop_assert_eq!(device.has_available(&ring), Ok(!available.is_empty()));
                    let chain = device.pop(&ring).unwrap();
                    let wanted = available.pop_front();
                    prop_assert_eq!(chain.map(|c| (c.head, c.desc.addr.0)), wanted);
                    if let Some(chain) = chain {
                        prop_assert!(chain.desc.is_write() && chain.desc.len == 512);
                        taken.push_back(chain);
                    }
                }
                Step::Push(len) => if let Some(chain) = taken.pop_front() {
                    device.push(&ring, chain, len).unwrap();
                    pushed.push_back((u32::from(chain.head), len));
                },
                Step::Publish(quiet) => {
                    // Whatever is not in use says the opposite.
                    ring.put(driver.avail, &[u8::from(quiet != events), 0]);
                    let next = ring.u16(driver.used + 2);
                    let wanted = if quiet { next.wrapping_sub(1) } else { next };
                    ring.put(driver.avail + 4 + 2 * num as usize, &wanted.to_le_bytes());
                    let nothing_new = events && pushed.is_empty();
                    prop_assert_eq!(device.publish(&ring), Ok(!(quiet || nothing_new)));
                    visible.append(&mut pushed);
                }
                Step::Get => {
                    let got = driver.get();
                    prop_assert_eq!(got, visible.pop_front());
                    free.extend(got.map(|(id, _)| id as u16));
                }
            }
        }
        let all = free.len() + available.len() + taken.len() + pushed.len() + visible.len();
        prop_assert_eq!(all, num as usize);
    }

    #[test]
    fn survives_any_driver((num, align) in geometry(), seed in vec(any::<u8>(), 64)) {
        let layout = Layout::new(num, align).unwrap();
        let size = layout.size() as usize;
        let bytes = seed.iter().cycle().take(size).copied().collect();
        let ring = Ring(RefCell::new(bytes));
        let mut device = Queue::new(DeviceAddr(BASE), layout, 0);
        for _ in 0..2 * num {
            match device.pop(&ring) {
                Ok(Some(chain)) => device.push(&ring, chain, 0).unwrap(),
                Ok(None) => break,
                Err(Fault::Address { .. }) => panic!("the ring's own memory is there"),
                Err(_) => {}
            }
        }
        device.publish(&ring).unwrap();
    }
}

fn ring(num: u32) -> (Ring, Layout) {
    let layout = Layout::new(num, 4096).unwrap();
    (Ring(RefCell::new(vec![0; layout.size() as usize])), layout)
}

#[test]
fn bad_rings() {
    let (ring, layout) = ring(4);
    let mut driver = Driver::new(&ring, 4, 4096);
    let mut device = Queue::new(DeviceAddr(BASE), layout, 0);
    driver.add(1, 0, 0, 1);
    assert_eq!(device.pop(&ring), Err(Fault::Chained { id: 1, flags: 1 }));
    driver.add(2, 0, 0, 4);
    assert_eq!(device.pop(&ring), Err(Fault::Chained { id: 2, flags: 4 }));
    assert_eq!(device.pop(&ring), Ok(None));
    driver.add(0, 0, 0, 0);
    ring.put(driver.avail + 4 + 2 * 2, &[4, 0]);
    assert_eq!(device.pop(&ring), Err(Fault::Head { id: 4, num: 4 }));
    ring.put(driver.avail + 2, &[8, 0]);
    assert_eq!(
        device.pop(&ring),
        Err(Fault::Index {
            available: 5,
            num: 4
        })
    );
}

#[test]
fn kicks() {
    let (ring, layout) = ring(4);
    let device = Queue::new(DeviceAddr(BASE), layout, 0);
    let used_flags = layout.used_flags() as usize;
    device.want_kicks(&ring, false).unwrap();
    assert_eq!(ring.u16(used_flags), 1);
    device.want_kicks(&ring, true).unwrap();
    assert_eq!(ring.u16(used_flags), 0);
}

#[test]
fn kicks_by_event_index() {
    let (ring, layout) = ring(4);
    let mut driver = Driver::new(&ring, 4, 4096);
    let mut device = Queue::new(DeviceAddr(BASE), layout, 1 << F_EVENT_IDX);
    let avail_event = layout.avail_event() as usize;
    for i in 0..3 {
        device.want_kicks(&ring, true).unwrap();
        assert_eq!(ring.u16(avail_event), i, "the buffer that comes next");
        driver.add(i, 0, 0, 0);
        let chain = device.pop(&ring).unwrap().unwrap();
        device.push(&ring, chain, 0).unwrap();
        device.want_kicks(&ring, false).unwrap();
        assert_eq!(ring.u16(avail_event), i, "nothing to take back");
    }
    // The driver wants to know of the second one.
    let used_event = layout.used_event() as usize;
    assert_eq!(used_event, driver.avail + 4 + 2 * 4);
    ring.put(used_event, &[1, 0]);
    assert_eq!(device.publish(&ring), Ok(true), "among the three");
    assert_eq!(device.publish(&ring), Ok(false), "once");
}

#[test]
fn marks() {
    for features in [0, 1 << F_EVENT_IDX] {
        let (ring, layout) = ring(4);
        let mut device = Queue::new(DeviceAddr(BASE), layout, features);
        assert_eq!(device.is_marked(&ring), Ok(false));
        device.mark(&ring).unwrap();
        assert_eq!(device.is_marked(&ring), Ok(true));
        device.publish(&ring).unwrap();
        device.want_kicks(&ring, false).unwrap();
        device.want_kicks(&ring, true).unwrap();
        assert_eq!(device.is_marked(&ring), Ok(true));
        ring.0.borrow_mut().fill(0);
        assert_eq!(device.is_marked(&ring), Ok(false));
    }
}
