// SPDX-License-Identifier: GPL-2.0

//! Buffers that are filled in place and messages that are kept, as drivers in Rust have them; how
//! long they wait.

use crate::{
    c_abi::endpoint::Ept,
    fake_remote::TX,
    rpmsg_bus::{
        Bus,
        FOREVER,
        NUM,
        REMOTE_SINK,
        SINK, //
    }, //
};
use amp::completion::Completion;
use kernel::{
    new_mutex,
    prelude::*,
    sync::Mutex, //
};
use proto::{
    flow_control::FlowControl,
    rpmsg::{
        Addr,
        F_FC,
        F_NS,
        PAYLOAD_LEN, //
    }, //
};
use rpmsg::{
    Endpoint,
    Held,
    Message,
    Port,
    Wait, //
};

/// Holds what it gets.
#[pin_data]
struct Keeper {
    #[pin]
    held: Mutex<KVec<Held>>,
    #[pin]
    called: Completion,
}

impl Keeper {
    fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            held <- new_mutex!(KVec::new()),
            called <- Completion::new(),
        })
    }
}

impl rpmsg::Receiver for Keeper {
    fn receive(&self, _port: Port<'_>, message: Message<'_>) -> Result {
        // Once, but what was let go of can be held again.
        drop(message.hold()?);
        let held = message.hold()?;
        if message.hold().err() == Some(EBUSY) {
            self.held.lock().push(held, GFP_KERNEL)?;
        }
        self.called.complete();
        Ok(())
    }
}

#[kunit_tests(rpmsg_zero_copy)]
mod tests {
    use super::*;

    #[test]
    fn filled_in_place() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        let buffer = sink.bound().port()?.buffer(Wait::No)?;
        check_eq!(buffer.room(), PAYLOAD_LEN);
        check!(buffer.payload().write(PAYLOAD_LEN - 4, b"hello").is_err());
        buffer.payload().write(0, b"hello")?;
        let Err(unsent) = buffer.send(PAYLOAD_LEN + 1) else {
            return Err(EINVAL);
        };
        check_eq!(unsent.error, EMSGSIZE);
        unsent.buffer.ok_or(ENOBUFS)?.send(5)?;
        let (header, payload) = bus.received()?.ok_or(ENOMSG)?;
        check_eq!((header.src, header.dst), (sink.addr(), REMOTE_SINK));
        check_eq!(&payload[..], b"hello");

        let buffer = sink.bound().port()?.buffer(Wait::Yes)?;
        buffer.payload().write(0, b"you")?;
        buffer.send_to(3, Addr(7))?;
        let (header, payload) = bus.received()?.ok_or(ENOMSG)?;
        check_eq!((header.dst, &payload[..]), (Addr(7), &b"you"[..]));

        // To nobody: that buffer is gone, and back in the ring's hands.
        let buffer = sink.bound().port()?.buffer(Wait::No)?;
        let unsent = buffer.send_to(3, Addr::ANY).err().ok_or(EINVAL)?;
        check_eq!(unsent.error, EINVAL);
        check!(unsent.buffer.is_none());
        Ok(())
    }

    #[test]
    fn none_is_lost() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let port = sink.bound().port()?;

        for _ in 0..2 * NUM {
            drop(port.buffer(Wait::No)?);
            let _ = port.buffer(Wait::No)?.send(PAYLOAD_LEN + 1);
            let _ = port.buffer(Wait::No)?.send_to(1, Addr::ANY);
        }
        let mut all = KVec::new();
        for _ in 0..NUM {
            all.push(port.buffer(Wait::No)?, GFP_KERNEL)?;
        }
        check_eq!(port.buffer(Wait::No).err(), Some(ENOMEM));
        port.set_send_timeout(10)?;
        check_eq!(port.buffer(Wait::Yes).err(), Some(ETIMEDOUT));
        drop(all);
        check_eq!(bus.remote.available(TX)?, 0);
        drop(port.buffer(Wait::Yes)?);

        // Forgotten ones come back with their endpoint.
        let endpoint = Endpoint::new(sink.bound(), Addr::ANY, Keeper::new())?;
        for _ in 0..NUM {
            core::mem::forget(endpoint.port().buffer(Wait::No)?);
        }
        check_eq!(port.try_send(b"x").err(), Some(ENOMEM));
        drop(endpoint);
        port.try_send(b"x")?;
        check!(bus.received()?.is_some());
        Ok(())
    }

    #[test]
    fn while_it_is_paused() -> Result {
        let mut bus = Bus::with_features(1 << F_NS | 1 << F_FC)?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let port = sink.bound().port()?;
        let ask = |bus: &mut Bus, pause| {
            let message = FlowControl {
                src: REMOTE_SINK,
                dst: sink.addr(),
                pause,
            };
            bus.deliver(REMOTE_SINK, Addr::FLOW_CONTROL, &message.encode())
        };

        let buffers = [port.buffer(Wait::No)?, port.buffer(Wait::Yes)?];
        port.set_send_timeout(10)?;
        ask(&mut bus, true)?;
        check_eq!(port.buffer(Wait::No).err(), Some(EAGAIN));
        check_eq!(port.buffer(Wait::Yes).err(), Some(ETIMEDOUT));
        for (buffer, expected) in buffers.into_iter().zip([EAGAIN, ETIMEDOUT]) {
            let unsent = buffer.send(1).err().ok_or(EINVAL)?;
            check_eq!(unsent.error, expected);
            ask(&mut bus, false)?;
            unsent.buffer.ok_or(ENOBUFS)?.send(1)?;
            check!(bus.received()?.is_some());
            ask(&mut bus, true)?;
        }
        Ok(())
    }

    #[test]
    fn how_long_c_drivers_wait() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        while sink.bound().try_send(b"filler").is_ok() {}
        check_eq!(sink.ept()?.set_send_timeout(10), 0);
        check_eq!(Ept::set_send_timeout_of_null(10), EINVAL.to_errno());
        check_eq!(sink.ept()?.send_copy(b"x"), ETIMEDOUT.to_errno());
        Ok(())
    }

    #[test]
    fn kept_messages() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let keeper = Endpoint::new(sink.bound(), Addr(300), Keeper::new())?;

        // More than the ring has: it does not run dry.
        for i in 0..3 * NUM {
            bus.deliver(Addr(u32::from(i)), Addr(300), &i.to_le_bytes())?;
            keeper.receiver().called.wait_timeout(FOREVER)?;
        }
        bus.check_ring()?;
        let mut held = core::mem::take(&mut *keeper.receiver().held.lock());
        check_eq!(held.len(), usize::from(3 * NUM));
        drop(held.pop());

        // They outlive the endpoint, and all the rest.
        drop(keeper);
        drop(bus);
        for (i, message) in (0..).zip(&held) {
            check_eq!(message.src, Addr(i));
            check_eq!(&message[..], &i.to_le_bytes()[..2]);
        }
        Ok(())
    }
}
