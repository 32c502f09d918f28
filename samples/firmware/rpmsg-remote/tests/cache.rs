// SPDX-License-Identifier: GPL-2.0

//! The library behind a cache that shows the remote nothing new by itself, and shows Linux nothing
//! either: each side has a copy of the memory, and lines go from one to the other on request only.

#[path = "support/linux.rs"]
mod linux;

use linux::pair;
use linux::Shared;
use linux::ECHO;
use linux::EVENTS;
use linux::SIZE;
use proto::rpmsg::PAYLOAD_LEN;
use rpmsg_remote::Cache;
use rpmsg_remote::Cached;
use rpmsg_remote::DeviceAddr;
use rpmsg_remote::Echo;
use rpmsg_remote::Progress;
use rpmsg_remote::Remote;
use rpmsg_remote::Service;

/// Bytes of a cache line; in these tests the rings' parts are as far apart.
const LINE: usize = 64;

/// The cache: what the remote sees, and the memory behind it.
struct Lines {
    cached: Shared,
    memory: Shared,
}

impl Lines {
    fn copy(&self, from: &Shared, to: &Shared, at: DeviceAddr, len: usize) {
        let start = at.0 as usize / LINE * LINE;
        let end = (at.0 as usize + len).next_multiple_of(LINE).min(SIZE);
        to.bytes.borrow_mut()[start..end].copy_from_slice(&from.bytes.borrow()[start..end]);
    }
}

impl Cache for Lines {
    fn writeback(&self, at: DeviceAddr, len: usize) {
        self.copy(&self.cached, &self.memory, at, len);
    }

    fn invalidate(&self, at: DeviceAddr, len: usize) {
        self.copy(&self.memory, &self.cached, at, len);
    }
}

#[test]
fn nothing_is_seen_by_itself() {
    for features in [1, 1 | EVENTS] {
        let (mut linux, memory, wires) = pair();
        // Old contents, as they are left in a cache.
        let (_, cached, _) = pair();
        cached.bytes.borrow_mut().fill(0xee);
        let lines = Lines {
            cached: cached.clone(),
            memory,
        };
        let mut echo = Echo::new("echo", ECHO);
        let mut services: [&mut dyn Service; 1] = [&mut echo];
        let mut copy = [0; PAYLOAD_LEN];
        let shared = Cached::new(cached, lines);
        let mut remote = Remote::new(shared, wires, &mut services, &mut copy);
        linux.start(features);
        assert_eq!(remote.poll(), Ok(Progress::Started));
        linux.interrupt();
        assert_eq!(linux.announcements().len(), 1);
        for i in 0..100 {
            while linux.give_back() {}
            linux.reclaim();
            assert!(linux.send(ECHO, &[i; 100]) && linux.send(ECHO, &[i; 3]));
            assert_eq!(remote.poll(), Ok(Progress::Running));
            linux.interrupt();
            let payloads: Vec<_> = linux.inbox.drain(..).map(|(_, payload)| payload).collect();
            assert_eq!(payloads, [vec![i; 100], vec![i; 3]]);
        }
    }
}
