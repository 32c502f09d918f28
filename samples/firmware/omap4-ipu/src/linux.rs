// SPDX-License-Identifier: GPL-2.0

//! Linux, as this firmware sees it: the loaded resource table, and the mailbox.

use proto::omap_mailbox::Word;
use rpmsg_remote::DeviceAddr;
use rpmsg_remote::Host;
use rpmsg_remote::Layout;
use rpmsg_remote::Memory;
use rpmsg_remote::Windows;

use crate::mailbox::Mailbox;
use crate::port;
use crate::table;

/// The other side.
pub(crate) struct Linux {
    table: Windows<1>,
    mailbox: Mailbox,
    /// Queues for which a kick is due, a bit each.
    kicks: u32,
    /// Whether Linux waits to hear that we are alive.
    echo: bool,
}

impl Linux {
    pub(crate) fn new() -> Self {
        let mut linux = Self {
            table: port::resource_table(),
            mailbox: Mailbox::new(),
            kicks: 0,
            echo: false,
        };
        linux.receive();
        linux
    }

    /// Takes all the words out of the mailbox.
    ///
    /// A kick needs no answer here: every queue is looked at after this anyway.
    fn receive(&mut self) {
        while let Some(word) = self.mailbox.receive() {
            match Word::decode(word) {
                Word::EchoRequest => self.echo = true,
                Word::AbortRequest => panic!("Linux asked for it"),
                _ => {}
            }
        }
    }

    /// Sends the words that are due; what finds no room now is sent when there is some.
    fn send(&mut self) {
        if self.echo {
            self.echo = !self.mailbox.try_send(Word::EchoReply.encode());
        }
        while self.kicks != 0 {
            let queue = self.kicks.trailing_zeros();
            if !self.mailbox.try_send(Word::Virtqueue(queue).encode()) {
                break;
            }
            self.kicks &= !(1 << queue);
        }
        self.mailbox.wait_for_room(self.echo || self.kicks != 0);
    }

    fn read<const N: usize>(&self, offset: usize) -> [u8; N] {
        read(&self.table, offset)
    }
}

fn read<const N: usize>(table: &Windows<1>, offset: usize) -> [u8; N] {
    let mut bytes = [0; N];
    let [window] = &table.0;
    let at = DeviceAddr(window.base().0 + offset as u64);
    if let Err(fault) = table.read(at, &mut bytes) {
        panic!("resource table: {fault}");
    }
    bytes
}

/// All vrings are alike.
const LAYOUT: Layout = match Layout::new(table::VRING_NUM, table::VRING_ALIGN) {
    Ok(layout) => layout,
    Err(_) => panic!("the resource table has a bad vring"),
};

/// Where vring `queue` of the second virtio device is, and the number by which to kick; [`None`]
/// in a firmware that has one device only.
pub(crate) fn second_vring(queue: u16) -> Option<(DeviceAddr, Layout, u32)> {
    let (da, notify_id) = table::second_vring(queue)?;
    let [da, notify_id] =
        [da, notify_id].map(|field| u32::from_le_bytes(read(&port::resource_table(), field)));
    Some((da.into(), LAYOUT, notify_id))
}

impl Host for Linux {
    fn status(&self) -> u8 {
        let [status] = self.read(table::STATUS);
        status
    }

    fn features(&self) -> u32 {
        u32::from_le_bytes(self.read(table::GFEATURES))
    }

    fn vring(&self, queue: u16) -> (DeviceAddr, Layout) {
        let da = u32::from_le_bytes(self.read(table::vring_da(queue)));
        (da.into(), LAYOUT)
    }

    fn kick(&mut self, queue: u16) {
        self.kicks |= 1 << queue;
        self.send();
    }

    fn wait(&mut self) {
        self.send();
        port::wait_for_mailbox();
        self.receive();
    }
}
