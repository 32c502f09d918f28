// SPDX-License-Identifier: GPL-2.0

//! What Linux sends, and what happens when the remote does not take it.

use crate::{
    c_abi::{
        others::let_others_run,
        signal::Pending, //
    },
    fake_remote::{
        KernelRings,
        TX, //
    },
    rpmsg_bus::{
        Bus,
        Channel,
        ECHO,
        NUM,
        REMOTE_ECHO,
        REMOTE_SINK,
        SINK, //
    },
    sender::Sender, //
};
use kernel::{
    prelude::*,
    sync::atomic::Relaxed, //
};
use proto::rpmsg::{
    Addr,
    Header,
    PAYLOAD_LEN, //
};

/// As in `include/uapi/linux/eventpoll.h`.
const EPOLLERR: u32 = 0x8;

/// Sends until there is no buffer left; returns how many that took.
pub(super) fn exhaust(channel: &Channel) -> Result<u16> {
    let mut sent = 0;
    loop {
        match channel.bound().try_send(b"filler") {
            Ok(()) => sent += 1,
            Err(error) if error == ENOMEM => return Ok(sent),
            Err(error) => return Err(error),
        }
        check!(sent <= NUM);
    }
}

#[kunit_tests(rpmsg_send)]
mod tests {
    use super::*;

    #[test]
    fn as_it_is_on_the_wire() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let kicks = bus.remote.kicks(TX);

        sink.bound().send(b"hello")?;
        check_eq!(bus.remote.kicks(TX), kicks + 1);
        let (chain, bytes) = bus.remote.take_message()?.ok_or(ENOMSG)?;
        check_eq!(
            &bytes[..16],
            Header::new(sink.addr(), REMOTE_SINK, 5).encode()
        );
        check_eq!(&bytes[16..], b"hello");
        bus.remote.give(TX, chain, 0)?;

        sink.bound().send_to(b"", Addr(7))?;
        let (header, payload) = bus.received()?.ok_or(ENOMSG)?;
        check_eq!(header, Header::new(sink.addr(), Addr(7), 0));
        check_eq!(payload.len(), 0);
        check!(bus.received()?.is_none());
        Ok(())
    }

    #[test]
    fn answers_to_the_sender() -> Result {
        let mut bus = Bus::new()?;
        let echo = bus.announce(ECHO, REMOTE_ECHO)?;

        bus.deliver(Addr(0x99), echo.addr(), b"who are you")?;
        echo.next()?;
        // What the driver got is there before it answers; a second message comes after the answer.
        bus.deliver(Addr(0x98), echo.addr(), b"and you")?;
        echo.next()?;
        let (header, payload) = bus.received()?.ok_or(ENOMSG)?;
        check_eq!(header, Header::new(echo.addr(), Addr(0x99), 11));
        check_eq!(&payload[..], b"who are you");
        Ok(())
    }

    #[test]
    fn what_can_not_be_sent() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let payload = KVec::from_elem(0xa5u8, PAYLOAD_LEN + 1, GFP_KERNEL)?;

        check_eq!(sink.bound().mtu()?, PAYLOAD_LEN);
        for _ in 0..2 * NUM {
            check_eq!(sink.bound().send(&payload).err(), Some(EMSGSIZE));
            check_eq!(sink.bound().try_send(&payload).err(), Some(EMSGSIZE));
            check_eq!(sink.bound().send_to(b"all", Addr::ANY).err(), Some(EINVAL));
        }
        check!(bus.received()?.is_none());

        // None of that has cost a buffer.
        sink.bound().try_send(&payload[..PAYLOAD_LEN])?;
        let (header, received) = bus.received()?.ok_or(ENOMSG)?;
        check_eq!(usize::from(header.len), PAYLOAD_LEN);
        check!(received[..] == payload[..PAYLOAD_LEN]);
        check_eq!(exhaust(&sink)?, NUM);
        Ok(())
    }

    #[test]
    fn buffers_come_back() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        for _ in 0..10 {
            check_eq!(exhaust(&sink)?, NUM);
            check_eq!(bus.remote.available(TX)?, NUM);
            check_eq!(sink.bound().try_send(b"one too many").err(), Some(ENOMEM));
            while bus.received()?.is_some() {}
        }
        Ok(())
    }

    #[test]
    fn in_order() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        for i in 0..5 * u32::from(NUM) {
            sink.bound().send(&i.to_le_bytes())?;
            let (_, payload) = bus.received()?.ok_or(ENOMSG)?;
            check_eq!(&payload[..], i.to_le_bytes());
        }
        Ok(())
    }

    #[test]
    fn no_interrupts_for_buffers_that_nobody_waits_for() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        for _ in 0..3 {
            sink.bound().send(b"hello")?;
            let (chain, _) = bus.remote.take_message()?.ok_or(ENOMSG)?;
            bus.remote.give(TX, chain, 0)?;
            check!(!bus.remote.publish(TX)?);
        }
        Ok(())
    }

    #[test]
    fn no_kicks_that_the_remote_does_not_want() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let kicks = bus.remote.kicks(TX);

        bus.remote.want_kicks(TX, false)?;
        sink.bound().send(b"in your own time")?;
        check_eq!(bus.remote.kicks(TX), kicks);
        bus.remote.want_kicks(TX, true)?;
        sink.bound().send(b"now")?;
        check_eq!(bus.remote.kicks(TX), kicks + 1);
        Ok(())
    }

    #[test]
    fn a_blocked_sender_gets_the_next_buffer() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        // It would look a last time at the end of its time.
        sink.bound().port()?.set_send_timeout(u32::MAX)?;

        for _ in 0..20 {
            check_eq!(exhaust(&sink)?, NUM);
            let sender = Sender::spawn(&sink, b"patient")?;
            // Whether it waits by now or not: it must see the buffer.
            check!(bus.received()?.is_some());
            sender.join()?;

            let mut last = KVec::new();
            while let Some((_, payload)) = bus.received()? {
                last = payload;
            }
            check_eq!(&last[..], b"patient");
        }
        Ok(())
    }

    #[test]
    fn a_signal_ends_a_blocked_send() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        check_eq!(exhaust(&sink)?, NUM);
        {
            let _signal = Pending::new()?;
            check_eq!(sink.bound().send(b"impatient").err(), Some(ERESTARTSYS));
            // With a buffer there is nothing to wait for.
            check!(bus.received()?.is_some());
            sink.bound().send(b"undisturbed")?;
        }
        let mut last = KVec::new();
        while let Some((_, payload)) = bus.received()? {
            last = payload;
        }
        check_eq!(&last[..], b"undisturbed");
        check_eq!(exhaust(&sink)?, NUM);
        Ok(())
    }

    #[test]
    fn all_blocked_senders_get_theirs() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        // It would look a last time at the end of its time.
        sink.bound().port()?.set_send_timeout(u32::MAX)?;

        check_eq!(exhaust(&sink)?, NUM);
        let mut senders = KVec::new();
        for _ in 0..8 {
            senders.push(Sender::spawn(&sink, b"patient")?, GFP_KERNEL)?;
        }
        // All buffers at once, and one interrupt for them.
        let mut taken = KVec::new();
        while let Some((chain, _)) = bus.remote.take_message()? {
            taken.push(chain, GFP_KERNEL)?;
        }
        for chain in taken {
            bus.remote.give(TX, chain, 0)?;
        }
        bus.remote.publish(TX)?;
        for sender in &senders {
            sender.join()?;
        }
        let mut patient = 0;
        while let Some((_, payload)) = bus.received()? {
            check_eq!(&payload[..], b"patient");
            patient += 1;
        }
        check_eq!(patient, 8);
        Ok(())
    }

    #[test]
    fn a_damaged_ring_ends_all_waits() -> Result {
        for _ in 0..10 {
            let mut bus = Bus::new()?;
            let sink = bus.announce(SINK, REMOTE_SINK)?;
            // No other end of waiting.
            sink.bound().port()?.set_send_timeout(u32::MAX)?;

            check_eq!(exhaust(&sink)?, NUM);
            let mut senders = KVec::new();
            for _ in 0..3 {
                senders.push(Sender::spawn(&sink, b"in vain")?, GFP_KERNEL)?;
            }
            let_others_run(true);
            // A buffer comes back that there is not.
            let (mut chain, _) = bus.remote.take_message()?.ok_or(ENOMSG)?;
            chain.head = NUM;
            bus.remote.give(TX, chain, 0)?;
            bus.remote.publish(TX)?;
            for sender in &senders {
                check_eq!(sender.join().err(), Some(EIO));
            }
            check_eq!(sink.bound().send(b"later").err(), Some(EIO));
            check_eq!(sink.bound().try_send(b"later").err(), Some(EIO));
            check_eq!(sink.ept()?.poll(), EPOLLERR);

            // The other ring is none the worse for it.
            bus.deliver(REMOTE_SINK, sink.addr(), b"still here")?;
            check_eq!(&sink.next()?.1[..], b"still here");
        }
        Ok(())
    }

    #[test]
    fn a_damaged_ring_takes_nothing() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        // It is found to be damaged while there are buffers left.
        sink.bound().send(b"taken")?;
        let (chain, _) = bus.remote.take_message()?.ok_or(ENOMSG)?;
        bus.remote.give(TX, chain, 0)?;
        bus.remote.give(TX, chain, 0)?;
        bus.remote.publish(TX)?;
        for _ in 1..NUM {
            sink.bound().send(b"into the rest")?;
        }
        check_eq!(sink.bound().send(b"?").err(), Some(EIO));
        check_eq!(sink.bound().try_send(b"?").err(), Some(EIO));
        Ok(())
    }

    #[test]
    fn a_blocked_sender_does_not_outlast_the_remote() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let echo = bus.announce(ECHO, REMOTE_ECHO)?;

        check_eq!(exhaust(&sink)?, NUM);
        bus.deliver(REMOTE_ECHO, echo.addr(), b"answer me")?;
        echo.next()?;
        // The driver tries to answer; the channel can't go before it has given up.
        drop(bus);
        check_eq!(echo.answered.load(Relaxed), ENXIO.to_errno());
        Ok(())
    }

    #[test]
    fn on_a_ring_of_the_kernel() -> Result {
        let _kernel = KernelRings::only();

        as_it_is_on_the_wire()?;
        buffers_come_back()?;
        in_order()?;
        no_kicks_that_the_remote_does_not_want()?;
        a_blocked_sender_gets_the_next_buffer()?;
        a_damaged_ring_ends_all_waits()
    }
}
