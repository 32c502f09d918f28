// SPDX-License-Identifier: GPL-2.0

//! The device side of a ring whose memory anybody may have written: the first two bytes choose the
//! geometry, and whether event indices are used, the rest is the ring.

#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use proto::vring::Fault;
use proto::vring::Layout;
use proto::vring::Memory;
use proto::vring::Queue;
use proto::vring::F_EVENT_IDX;
use proto::DeviceAddr;

/// A ring at address 0, and nothing else.
struct Ring(RefCell<Vec<u8>>);

impl Memory for Ring {
    fn read_u16(&self, at: DeviceAddr) -> Result<u16, Fault> {
        let mut bytes = [0; 2];
        self.read(at, &mut bytes)?;
        Ok(u16::from_le_bytes(bytes))
    }

    fn write_u16(&self, at: DeviceAddr, value: u16) -> Result<(), Fault> {
        self.write(at, &value.to_le_bytes())
    }

    fn read(&self, at: DeviceAddr, to: &mut [u8]) -> Result<(), Fault> {
        let at = usize::try_from(at.0).expect("an address in the ring");
        to.copy_from_slice(&self.0.borrow()[at..at + to.len()]);
        Ok(())
    }

    fn write(&self, at: DeviceAddr, from: &[u8]) -> Result<(), Fault> {
        let at = usize::try_from(at.0).expect("an address in the ring");
        self.0.borrow_mut()[at..at + from.len()].copy_from_slice(from);
        Ok(())
    }

    fn barrier(&self) {}
}

fuzz_target!(|bytes: &[u8]| {
    let [num, align, ring @ ..] = bytes else {
        return;
    };
    let layout = match Layout::new(1 << (num % 20), 1 << (align % 16)) {
        Ok(layout) => layout,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let mut memory = ring.to_vec();
    memory.resize(layout.size() as usize, 0);
    let memory = Ring(RefCell::new(memory));
    let mut queue = Queue::new(DeviceAddr(0), layout, u32::from(align >> 7) << F_EVENT_IDX);
    for _ in 0..2 * u32::from(layout.num()) {
        match queue.pop(&memory) {
            Ok(None) => break,
            Ok(Some(chain)) => {
                assert!(chain.head < layout.num());
                queue.push(&memory, chain, 0).expect("the ring is there");
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    queue.mark(&memory).expect("the ring is there");
    queue.want_kicks(&memory, true).expect("the ring is there");
    queue.publish(&memory).expect("the ring is there");
    assert_eq!(queue.is_marked(&memory), Ok(true));
});
