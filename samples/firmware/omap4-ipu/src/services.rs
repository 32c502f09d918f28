// SPDX-License-Identifier: GPL-2.0

//! The services of this firmware.

use proto::name_service::Action;
use proto::Name;
use rpmsg_remote::Addr;
use rpmsg_remote::Announcement;
use rpmsg_remote::Buffer;
use rpmsg_remote::Echo;
use rpmsg_remote::Fault;
use rpmsg_remote::Incoming;
use rpmsg_remote::Outbox;
use rpmsg_remote::Service;

use crate::port;

/// The name that mainline's and this project's sample client look for.
pub(crate) const ECHO_NAME: &str = "rpmsg-client-sample";
pub(crate) const ECHO_ADDR: Addr = Addr(50);
/// Where [`Crash`] listens.
const CRASH_ADDR: Addr = Addr(51);
/// The name that Linux's driver of terminals looks for.
const TERMINAL_NAME: &str = "rpmsg-tty";
const TERMINAL_ADDR: Addr = Addr(52);

/// Where [`Burst`] listens.
const BURST_ADDR: Addr = Addr(54);

/// The service of Linux that [`Visitor`] uses, where from, and how often.
const SERVER_NAME: &[u8] = b"rpmsg-server-sample";
const VISITOR_ADDR: Addr = Addr(55);
const VISITS: u32 = 10;

/// Echoes before a variant of this firmware that crashes does so.
const ECHOES_BEFORE_CRASH: u32 = 50;

/// The echo that everybody tries first.
pub(crate) struct Sample {
    echo: Echo,
    count: u32,
}

impl Sample {
    pub(crate) const fn new() -> Self {
        Self {
            echo: Echo::new(ECHO_NAME, ECHO_ADDR),
            count: 0,
        }
    }
}

impl Service for Sample {
    fn addr(&self) -> Addr {
        self.echo.addr()
    }

    fn name(&self) -> Option<Name> {
        if cfg!(feature = "silent") {
            return None;
        }
        self.echo.name()
    }

    fn receive_in_place(
        &mut self,
        message: Incoming<'_>,
        out: &mut dyn Outbox,
    ) -> Result<(), Fault> {
        if self.count == ECHOES_BEFORE_CRASH {
            if cfg!(feature = "crash-mmu") {
                port::read_unmapped_address();
            }
            if cfg!(feature = "crash-panic") {
                panic!("{ECHOES_BEFORE_CRASH} echoes are enough");
            }
        }
        if cfg!(feature = "hostile") && self.count == 0 {
            crate::hostile::attack(message.from(), out);
        }
        self.count = self.count.wrapping_add(1);
        self.echo.receive_in_place(message, out)
    }
}

/// A terminal, which shows what is typed: what Linux's `rpmsg_tty` talks to.
pub(crate) struct Terminal(Echo);

impl Terminal {
    pub(crate) const fn new() -> Self {
        Self(Echo::new(TERMINAL_NAME, TERMINAL_ADDR))
    }
}

impl Service for Terminal {
    fn addr(&self) -> Addr {
        self.0.addr()
    }

    fn name(&self) -> Option<Name> {
        if cfg!(feature = "tty") {
            self.0.name()
        } else {
            None
        }
    }

    fn receive_in_place(
        &mut self,
        message: Incoming<'_>,
        out: &mut dyn Outbox,
    ) -> Result<(), Fault> {
        self.0.receive_in_place(message, out)
    }
}

/// A client of Linux's service "rpmsg-server-sample": plays ping-pong with it.
pub(crate) struct Visitor {
    answers: u32,
}

impl Visitor {
    pub(crate) const fn new() -> Self {
        Self { answers: 0 }
    }
}

impl Service for Visitor {
    fn addr(&self) -> Addr {
        VISITOR_ADDR
    }

    fn linux_service(&mut self, announcement: &Announcement, out: &mut dyn Outbox) {
        if announcement.action == Action::Create && announcement.name.as_bytes() == SERVER_NAME {
            // There is room for one message.
            let _ = out.send(VISITOR_ADDR, announcement.addr, b"visit");
        }
    }

    fn receive(&mut self, from: Addr, payload: &[u8], out: &mut dyn Outbox) {
        self.answers += 1;
        if self.answers < VISITS {
            let _ = out.send(VISITOR_ADDR, from, payload);
            return;
        }
        self.answers = 0;
        crate::log(format_args!(
            "omap4-ipu: {VISITS} answers of rpmsg-server-sample at {from}"
        ));
    }
}

/// Crashes or hangs when told to: not announced, but whoever sends to its address is heard.
pub(crate) struct Crash;

impl Service for Crash {
    fn addr(&self) -> Addr {
        CRASH_ADDR
    }

    fn receive(&mut self, from: Addr, payload: &[u8], _out: &mut dyn Outbox) {
        match payload {
            b"crash mmu" => port::read_unmapped_address(),
            b"crash panic" => panic!("{from} asked for it"),
            // Nothing is taken from Linux any more, and nobody is told.
            b"hang" => port::stop(),
            _ => {}
        }
    }
}

/// Sends as many messages as it is asked for, for measurements: not announced.
///
/// A request is two little-endian words: how many messages, and of how many bytes.
pub(crate) struct Burst;

impl Service for Burst {
    fn addr(&self) -> Addr {
        BURST_ADDR
    }

    fn receive(&mut self, from: Addr, payload: &[u8], out: &mut dyn Outbox) {
        const CHUNK: [u8; 248] = [0x5a; 248];

        let &[a, b, c, d, e, f, g, h] = payload else {
            return;
        };
        let messages = u32::from_le_bytes([a, b, c, d]);
        let size = u32::from_le_bytes([e, f, g, h]) as usize;
        let fill = |buffer: &mut Buffer<'_>| {
            (0..size).step_by(CHUNK.len()).try_for_each(|at| {
                let (chunk, _) = CHUNK.split_at(CHUNK.len().min(size - at));
                buffer.write(at, chunk)
            })
        };
        for _ in 0..messages {
            let Ok(mut buffer) = out.reserve() else {
                // Who asks for more than Linux has buffers for gets as many as it has.
                return;
            };
            if fill(&mut buffer).is_err() || out.commit(self.addr(), from, size).is_err() {
                return;
            }
        }
    }
}
