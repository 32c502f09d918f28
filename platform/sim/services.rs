// SPDX-License-Identifier: GPL-2.0

//! What the simulated processor offers, and how it misbehaves.
//!
//! - `rpmsg-client-sample` at address 50 echoes, and does what the module's parameters say. A
//!   message `!crash`, `!hang` or `!malformed` to it does that at once.
//! - Address 51, which is not announced, crashes or hangs when told to, as that of the sample
//!   firmware does.
//! - `rpmsg-raw` at address 60 echoes whatever comes: mainline's and our `rpmsg_char` bind to it,
//!   and `/dev/rpmsg0` answers.
//!
//! And it uses `rpmsg-server-sample` when Linux offers that.

use crate::log::Log;
use core::{
    cell::Cell,
    format_args, //
};
use kernel::time::{
    delay::fsleep,
    Delta, //
};
use proto::{
    name_service::Action,
    Name, //
};
use rpmsg_remote::{
    Addr,
    Announcement,
    Outbox,
    Service, //
};

pub(crate) const SAMPLE: (&str, Addr) = ("rpmsg-client-sample", Addr(50));
const CONTROL_ADDR: Addr = Addr(51);
const RAW: (&str, Addr) = ("rpmsg-raw", Addr(60));

/// The service of Linux that [`Visitor`] uses, and where Linux has it.
pub(crate) const SERVER: (&str, Addr) = ("rpmsg-server-sample", Addr(137));
const VISITOR_ADDR: Addr = Addr(55);
/// Messages of a visit.
const VISIT: u32 = 10;

/// An address that nobody has: dynamic ones begin at 1024.
const NOBODY: Addr = Addr(999);

/// How a run goes: the module's parameters when it started.
#[derive(Clone, Copy)]
pub(crate) struct Behaviour {
    pub(crate) crash_at_boot: bool,
    pub(crate) silent: bool,
    /// Whether there is the echo for user space.
    pub(crate) raw: bool,
    /// The message at which it crashes; 0: none.
    pub(crate) crash_after: u32,
    /// The message at which it hangs; 0: none.
    pub(crate) hang_after: u32,
    /// Microseconds that each message takes.
    pub(crate) slow_us: u32,
    pub(crate) malformed: bool,
}

/// What the processor is to do after it has looked at all messages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Crash,
    Hang,
}

/// The echo that everybody tries first.
pub(crate) struct Sample<'a> {
    behaviour: Behaviour,
    order: &'a Cell<Option<Order>>,
    count: u32,
}

impl<'a> Sample<'a> {
    pub(crate) fn new(behaviour: Behaviour, order: &'a Cell<Option<Order>>) -> Self {
        Self {
            behaviour,
            order,
            count: 0,
        }
    }
}

impl Service for Sample<'_> {
    fn addr(&self) -> Addr {
        SAMPLE.1
    }

    fn name(&self) -> Option<Name> {
        if self.behaviour.silent {
            return None;
        }
        Name::new(SAMPLE.0)
    }

    fn receive(&mut self, from: Addr, payload: &[u8], out: &mut dyn Outbox) {
        self.count = self.count.saturating_add(1);
        if self.order.get().is_some() {
            return;
        }
        if self.behaviour.slow_us != 0 {
            fsleep(Delta::from_micros(self.behaviour.slow_us.into()));
        }
        if self.count == self.behaviour.crash_after || payload == b"!crash" {
            self.order.set(Some(Order::Crash));
        } else if self.count == self.behaviour.hang_after || payload == b"!hang" {
            self.order.set(Some(Order::Hang));
        } else {
            if (self.behaviour.malformed && self.count == 1) || payload == b"!malformed" {
                send_malformed(from, out);
            }
            // Without a free buffer the answer is lost, as it is with a real remote.
            let _ = out.send(SAMPLE.1, from, payload);
        }
    }
}

/// What Linux must refuse and survive. It takes what there is in buffers.
fn send_malformed(to: Addr, out: &mut dyn Outbox) {
    let all: [(Addr, Addr, &[u8]); 6] = [
        // Name-service messages that are too short, too long, and without a name.
        (RAW.1, Addr::NAME_SERVICE, b"short"),
        (RAW.1, Addr::NAME_SERVICE, &[b'x'; 41]),
        (RAW.1, Addr::NAME_SERVICE, &[0; 40]),
        // To nobody, from nobody, and with nothing in it.
        (RAW.1, NOBODY, b"nobody is there"),
        (Addr::ANY, to, b"from nowhere"),
        (RAW.1, to, b""),
    ];
    for (src, dst, payload) in all {
        let _ = out.send(src, dst, payload);
    }
}

/// The echo for user space.
pub(crate) struct Raw {
    announced: bool,
}

impl Raw {
    pub(crate) fn new(behaviour: Behaviour) -> Self {
        Self {
            announced: behaviour.raw && !behaviour.silent,
        }
    }
}

impl Service for Raw {
    fn addr(&self) -> Addr {
        RAW.1
    }

    fn name(&self) -> Option<Name> {
        if !self.announced {
            return None;
        }
        Name::new(RAW.0)
    }

    fn receive(&mut self, from: Addr, payload: &[u8], out: &mut dyn Outbox) {
        let _ = out.send(RAW.1, from, payload);
    }
}

/// Crashes or hangs when told to.
pub(crate) struct Control<'a> {
    order: &'a Cell<Option<Order>>,
}

impl<'a> Control<'a> {
    pub(crate) fn new(order: &'a Cell<Option<Order>>) -> Self {
        Self { order }
    }
}

impl Service for Control<'_> {
    fn addr(&self) -> Addr {
        CONTROL_ADDR
    }

    fn receive(&mut self, _from: Addr, payload: &[u8], _out: &mut dyn Outbox) {
        match payload {
            b"crash panic" => self.order.set(Some(Order::Crash)),
            b"hang" => self.order.set(Some(Order::Hang)),
            _ => {}
        }
    }
}

/// Hears what Linux announces: who has come for our services if it was asked to tell, and services
/// of its own, of which it plays ping-pong with the one that it knows.
pub(crate) struct Visitor<'a> {
    log: &'a Log,
    answers: u32,
}

impl<'a> Visitor<'a> {
    pub(crate) fn new(log: &'a Log) -> Self {
        Self { log, answers: 0 }
    }
}

impl Service for Visitor<'_> {
    fn addr(&self) -> Addr {
        VISITOR_ADDR
    }

    fn linux_service(&mut self, announcement: &Announcement, out: &mut dyn Outbox) {
        let Announcement { name, addr, action } = announcement;
        match action {
            Action::Create => self.log.line(format_args!("Linux has {name} at {addr}")),
            Action::Destroy => self
                .log
                .line(format_args!("Linux has no {name} at {addr} any more")),
        }
        if *action == Action::Create && name.as_bytes() == SERVER.0.as_bytes() {
            // There is room for one message.
            let _ = out.send(VISITOR_ADDR, *addr, b"visit");
        }
    }

    fn receive(&mut self, from: Addr, payload: &[u8], out: &mut dyn Outbox) {
        self.answers = self.answers.saturating_add(1);
        if self.answers < VISIT {
            let _ = out.send(VISITOR_ADDR, from, payload);
            return;
        }
        self.answers = 0;
        self.log
            .line(format_args!("{VISIT} answers of {} at {from}", SERVER.0));
    }
}
