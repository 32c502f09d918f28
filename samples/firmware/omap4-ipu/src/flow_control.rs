// SPDX-License-Identifier: GPL-2.0

//! A service with which the flow control of both sides can be tried: pauses whoever asks for it,
//! and sends numbers, to be paused in turn.

use rpmsg_remote::Addr;
use rpmsg_remote::Outbox;
use rpmsg_remote::Service;

const ADDR: Addr = Addr(56);

/// The service; Documentation/remote-side.rst says what its messages are.
pub(crate) struct FlowControl {
    /// Who was asked to pause last.
    paused: Option<Addr>,
    /// To whom digits are sent, the next one and the last one.
    stream: (Addr, u8, u8),
}

impl FlowControl {
    pub(crate) const fn new() -> Self {
        Self {
            paused: None,
            stream: (Addr::ANY, b'1', b'0'),
        }
    }

    /// Sends digits until the receiver has enough of it.
    fn go_on(&mut self, out: &mut dyn Outbox) {
        let (to, next, last) = &mut self.stream;
        while next <= last && out.send(ADDR, *to, &[*next]).is_ok() {
            *next += 1;
        }
    }
}

impl Service for FlowControl {
    fn addr(&self) -> Addr {
        ADDR
    }

    fn receive(&mut self, from: Addr, payload: &[u8], out: &mut dyn Outbox) {
        // There is room for what is sent here; without flow control nothing happens.
        match payload {
            b"pause" => {
                self.paused = Some(from);
                let _ = out.pause(ADDR, from, true);
            }
            b"go on" => {
                if let Some(paused) = self.paused.take() {
                    let _ = out.pause(ADDR, paused, false);
                }
            }
            [b's', b't', b'r', b'e', b'a', b'm', b' ', digit @ b'1'..=b'9'] => {
                self.stream = (from, b'1', *digit);
                self.go_on(out);
            }
            _ => {
                let _ = out.send(ADDR, from, payload);
            }
        }
    }

    fn flow(&mut self, peer: Addr, paused: bool, out: &mut dyn Outbox) {
        if peer == self.stream.0 && !paused {
            self.go_on(out);
        }
    }
}
