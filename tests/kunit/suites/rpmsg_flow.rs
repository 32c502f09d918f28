// SPDX-License-Identifier: GPL-2.0

//! Flow control: what the remote asks for, what follows from it, and what Linux asks for.

use crate::{
    c_abi::signal::Pending,
    fake_remote::TX,
    rpmsg_bus::{
        Bus,
        ECHO,
        FOREVER,
        REMOTE_ECHO,
        REMOTE_SINK,
        SINK, //
    },
    sender::Sender, //
};
use amp::completion::Completion;
use kernel::{
    new_mutex,
    prelude::*,
    sync::{
        atomic::Relaxed,
        Mutex, //
    }, //
};
use proto::{
    flow_control::FlowControl,
    name_service::Action,
    rpmsg::{
        Addr,
        F_FC,
        F_NS, //
    }, //
};
use rpmsg::{
    Endpoint,
    Message,
    Port, //
};

/// As in `include/uapi/linux/eventpoll.h`.
const EPOLLOUT: u32 = 0x4;

/// A bus on which both sides do flow control.
fn bus() -> Result<Bus> {
    Bus::with_features(1 << F_NS | 1 << F_FC)
}

/// The remote asks.
fn ask(bus: &mut Bus, src: Addr, dst: Addr, pause: bool) -> Result {
    let message = FlowControl { src, dst, pause };
    bus.deliver(src, Addr::FLOW_CONTROL, &message.encode())
}

/// The first byte of each message that the remote finds.
fn firsts(bus: &mut Bus) -> Result<KVec<u8>> {
    let mut firsts = KVec::new();
    while let Some((_, payload)) = bus.received()? {
        firsts.push(*payload.first().ok_or(ENODATA)?, GFP_KERNEL)?;
    }
    Ok(firsts)
}

/// What the remote is asked next; other messages are skipped.
fn wished(bus: &mut Bus) -> Result<Option<FlowControl>> {
    while let Some((header, payload)) = bus.received()? {
        if header.dst == Addr::FLOW_CONTROL {
            return Ok(Some(FlowControl::parse(&payload).map_err(|_| EBADMSG)?));
        }
    }
    Ok(None)
}

/// Remembers what it was told.
#[pin_data]
struct Listener {
    #[pin]
    told: Mutex<KVec<bool>>,
    #[pin]
    called: Completion,
}

impl Listener {
    fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            told <- new_mutex!(KVec::new()),
            called <- Completion::new(),
        })
    }

    /// What it is told next.
    fn next(&self) -> Result<bool> {
        self.called.wait_timeout(FOREVER)?;
        self.told.lock().pop().ok_or(ENOMSG)
    }
}

impl rpmsg::Receiver for Listener {
    fn receive(&self, _port: Port<'_>, _message: Message<'_>) -> Result {
        Ok(())
    }

    fn flow_control(&self, pause: bool) {
        let _ = self.told.lock().push(pause, GFP_KERNEL);
        self.called.complete();
    }
}

#[kunit_tests(rpmsg_flow)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_wait() -> Result {
        let mut bus = bus()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        ask(&mut bus, REMOTE_SINK, sink.addr(), true)?;
        check_eq!(sink.bound().try_send(b"x").err(), Some(EAGAIN));
        check_eq!(sink.ept()?.poll(), 0);
        // To another address of the same remote, and from another endpoint.
        sink.bound().try_send_to(b"o", Addr(7))?;
        let echo = bus.announce(ECHO, REMOTE_ECHO)?;
        echo.bound().try_send_to(b"e", REMOTE_SINK)?;
        check_eq!(echo.ept()?.poll(), EPOLLOUT);
        // Twice is as good as once.
        ask(&mut bus, REMOTE_SINK, sink.addr(), true)?;
        check_eq!(sink.bound().try_send(b"x").err(), Some(EAGAIN));
        ask(&mut bus, REMOTE_SINK, sink.addr(), false)?;
        sink.bound().try_send(b"r")?;
        check_eq!(sink.ept()?.poll(), EPOLLOUT);
        check_eq!(&firsts(&mut bus)?[..], b"oer");
        Ok(())
    }

    #[test]
    fn who_waits() -> Result {
        let mut bus = bus()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        for _ in 0..20 {
            ask(&mut bus, REMOTE_SINK, sink.addr(), true)?;
            let senders = [Sender::spawn(&sink, b"1")?, Sender::spawn(&sink, b"2")?];
            // Whether they wait by now or not: the remote gets nothing before it lets them.
            check!(bus.received()?.is_none());
            ask(&mut bus, REMOTE_SINK, sink.addr(), false)?;
            for sender in &senders {
                sender.join()?;
            }
            check_eq!(firsts(&mut bus)?.len(), 2);
        }
        Ok(())
    }

    #[test]
    fn what_ends_waiting() -> Result {
        let mut bus = bus()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        ask(&mut bus, REMOTE_SINK, sink.addr(), true)?;
        {
            let _signal = Pending::new()?;
            check_eq!(sink.bound().send(b"x").err(), Some(ERESTARTSYS));
        }
        sink.bound().port()?.set_send_timeout(10)?;
        check_eq!(sink.bound().send(b"x").err(), Some(ETIMEDOUT));
        // None of that has cost a buffer.
        check_eq!(bus.remote.available(TX)?, 0);

        let echo = bus.announce(ECHO, REMOTE_ECHO)?;
        ask(&mut bus, REMOTE_ECHO, echo.addr(), true)?;
        bus.deliver(REMOTE_ECHO, echo.addr(), b"answer me")?;
        echo.next()?;
        // The driver tries to answer; the channel can't go before it has given up.
        drop(bus);
        check_eq!(echo.answered.load(Relaxed), ENXIO.to_errno());
        Ok(())
    }

    #[test]
    fn what_is_none_of_its_business() -> Result {
        let mut bus = bus()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        // Nobody is there, no length fits, no definite address.
        ask(&mut bus, REMOTE_SINK, Addr(9999), true)?;
        for len in [0, 11, 13, 40, 496] {
            let bytes = KVec::from_elem(0u8, len, GFP_KERNEL)?;
            bus.deliver(REMOTE_SINK, Addr::FLOW_CONTROL, &bytes)?;
        }
        ask(&mut bus, Addr::ANY, sink.addr(), true)?;
        ask(&mut bus, REMOTE_SINK, Addr::ANY, true)?;
        // Goes on without having paused.
        ask(&mut bus, REMOTE_SINK, sink.addr(), false)?;
        sink.bound().try_send(b"x")?;

        // Four pause it, and no more than four: the others don't count, until there is room.
        for addr in 100..110 {
            ask(&mut bus, Addr(addr), sink.addr(), true)?;
        }
        for addr in 100..104 {
            check_eq!(
                sink.bound().try_send_to(b"x", Addr(addr)).err(),
                Some(EAGAIN)
            );
        }
        for addr in 104..110 {
            sink.bound().try_send_to(b"x", Addr(addr))?;
        }
        sink.bound().try_send(b"x")?;
        ask(&mut bus, Addr(101), sink.addr(), false)?;
        ask(&mut bus, Addr(109), sink.addr(), true)?;
        check_eq!(
            sink.bound().try_send_to(b"x", Addr(109)).err(),
            Some(EAGAIN)
        );
        sink.bound().try_send_to(b"x", Addr(101))?;
        // The channel's other end is none of these.
        check_eq!(sink.ept()?.poll(), EPOLLOUT);
        Ok(())
    }

    #[test]
    fn the_driver_is_told() -> Result {
        let mut bus = bus()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let listener = Endpoint::new(sink.bound(), Addr(300), Listener::new())?;

        // Not of what is not the channel's other end.
        ask(&mut bus, Addr(9), Addr(300), true)?;
        for pause in [true, false, true] {
            ask(&mut bus, REMOTE_SINK, Addr(300), pause)?;
            check_eq!(listener.receiver().next()?, pause);
            ask(&mut bus, REMOTE_SINK, Addr(300), pause)?;
        }
        check_eq!(listener.port().try_send(b"x").err(), Some(EAGAIN));
        drop(listener);

        // A new one at the same address is not paused.
        let listener = Endpoint::new(sink.bound(), Addr(300), Listener::new())?;
        listener.port().try_send(b"x")?;
        check!(listener.receiver().told.lock().is_empty());
        Ok(())
    }

    #[test]
    fn what_linux_asks_for() -> Result {
        let mut bus = bus()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let port = sink.bound().port()?;

        for pause in [true, false] {
            port.set_flow_control(pause, REMOTE_SINK)?;
            let (header, payload) = bus.received()?.ok_or(ENOMSG)?;
            check_eq!((header.src, header.dst), (sink.addr(), Addr::FLOW_CONTROL));
            let expected = FlowControl {
                src: sink.addr(),
                dst: REMOTE_SINK,
                pause,
            };
            check_eq!(FlowControl::parse(&payload), Ok(expected));
        }
        check_eq!(port.set_flow_control(true, Addr::ANY).err(), Some(EINVAL));
        // It is not paused itself.
        ask(&mut bus, REMOTE_SINK, sink.addr(), true)?;
        port.set_flow_control(true, REMOTE_SINK)?;
        check!(bus.received()?.is_some());
        // The address is taken.
        check!(Endpoint::new(sink.bound(), Addr::FLOW_CONTROL, Listener::new()).is_err());
        Ok(())
    }

    #[test]
    fn what_it_asked_for_ends_with_it() -> Result {
        let mut bus = bus()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let endpoint = Endpoint::new(sink.bound(), Addr(300), Listener::new())?;
        let wish = |src, dst, pause| FlowControl { src, dst, pause };

        for (dst, pause) in [
            (REMOTE_SINK, true),
            (Addr(9), true),
            (Addr(10), true),
            (Addr(9), false),
            (Addr(10), true),
        ] {
            endpoint.port().set_flow_control(pause, dst)?;
            check_eq!(wished(&mut bus)?, Some(wish(Addr(300), dst, pause)));
        }
        // Nothing is sent from it any more, only about it.
        endpoint.port().shutdown();
        drop(endpoint);
        for dst in [REMOTE_SINK, Addr(10)] {
            check_eq!(wished(&mut bus)?, Some(wish(Addr(300), dst, false)));
        }
        check_eq!(wished(&mut bus)?, None);

        // The same for a channel that goes.
        sink.bound().port()?.set_flow_control(true, REMOTE_SINK)?;
        check_eq!(
            wished(&mut bus)?,
            Some(wish(sink.addr(), REMOTE_SINK, true))
        );
        let addr = sink.addr();
        bus.tell(SINK, REMOTE_SINK, Action::Destroy)?;
        // The name service takes one message after the other.
        bus.announce(ECHO, REMOTE_ECHO)?;
        check_eq!(wished(&mut bus)?, Some(wish(addr, REMOTE_SINK, false)));
        check_eq!(wished(&mut bus)?, None);
        Ok(())
    }

    #[test]
    fn asking_without_waiting() -> Result {
        let mut bus = bus()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let endpoint = Endpoint::new(sink.bound(), Addr(300), Listener::new())?;
        let port = endpoint.port();
        let go_on = FlowControl {
            src: Addr(300),
            dst: REMOTE_SINK,
            pause: false,
        };

        port.try_set_flow_control(true, REMOTE_SINK)?;
        port.try_set_flow_control(false, REMOTE_SINK)?;
        check!(wished(&mut bus)?.is_some());
        check_eq!(wished(&mut bus)?, Some(go_on));

        while sink.bound().try_send(b"filler").is_ok() {}
        check_eq!(
            port.try_set_flow_control(true, REMOTE_SINK).err(),
            Some(ENOMEM)
        );
        // What was not asked for need not be taken back: this waits for nothing.
        port.set_send_timeout(u32::MAX)?;
        drop(endpoint);
        check_eq!(wished(&mut bus)?, None);

        // A "go on" that does not come through is due still.
        let endpoint = Endpoint::new(sink.bound(), Addr(300), Listener::new())?;
        let port = endpoint.port();
        port.try_set_flow_control(true, REMOTE_SINK)?;
        while sink.bound().try_send(b"filler").is_ok() {}
        check_eq!(
            port.try_set_flow_control(false, REMOTE_SINK).err(),
            Some(ENOMEM)
        );
        check!(wished(&mut bus)?.is_some());
        check_eq!(wished(&mut bus)?, None);
        drop(endpoint);
        check_eq!(wished(&mut bus)?, Some(go_on));
        Ok(())
    }

    #[test]
    fn with_those_who_do_not_take_part() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        let port = sink.bound().port()?;
        check_eq!(
            port.set_flow_control(true, REMOTE_SINK).err(),
            Some(EOPNOTSUPP)
        );
        // To them the address is one as any other.
        let _own = Endpoint::new(sink.bound(), Addr::FLOW_CONTROL, Listener::new())?;
        ask(&mut bus, REMOTE_SINK, sink.addr(), true)?;
        sink.bound().try_send(b"x")?;
        check!(bus.received()?.is_some());
        Ok(())
    }
}
