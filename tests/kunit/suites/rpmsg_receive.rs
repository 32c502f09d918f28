// SPDX-License-Identifier: GPL-2.0

//! What the remote sends, honest or not: delivered or dropped, and no buffer is lost.

use crate::{
    fake_remote::{
        KernelRings,
        RX, //
    },
    rpmsg_bus::{
        message,
        Bus,
        ECHO,
        FOREVER,
        HOLD,
        NUM,
        REMOTE_ECHO,
        REMOTE_SINK,
        SINK, //
    }, //
};
use kernel::prelude::*;
use proto::rpmsg::{
    Addr,
    Header,
    BUFFER_LEN,
    HEADER_LEN,
    PAYLOAD_LEN, //
};

/// Where there is nobody.
const NOBODY: Addr = Addr(0x7777);

/// A message with a header that claims `len` bytes of payload, whatever it has.
fn lie(dst: Addr, len: u16, payload: &[u8]) -> Result<KVec<u8>> {
    let mut bytes = KVec::new();
    bytes.extend_from_slice(&Header::new(REMOTE_SINK, dst, len).encode(), GFP_KERNEL)?;
    bytes.extend_from_slice(payload, GFP_KERNEL)?;
    Ok(bytes)
}

#[kunit_tests(rpmsg_receive)]
mod tests {
    use super::*;

    #[test]
    fn headers_on_the_wire() -> Result {
        let bytes = message(Addr(0x400), Addr::NAME_SERVICE, b"abc")?;

        check_eq!(
            &bytes[..],
            b"\x00\x04\x00\x00\x35\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00abc"
        );
        let parsed = proto::rpmsg::Message::parse(&bytes).map_err(|_| EBADMSG)?;
        check_eq!(parsed.header, Header::new(Addr(0x400), Addr(53), 3));
        check_eq!(parsed.payload, b"abc");
        Ok(())
    }

    #[test]
    fn goes_to_the_right_endpoint() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let echo = bus.announce(ECHO, REMOTE_ECHO)?;

        bus.deliver(REMOTE_SINK, sink.addr(), b"for sink")?;
        bus.deliver(Addr(99), echo.addr(), b"for echo")?;
        bus.deliver(REMOTE_SINK, sink.addr(), b"")?;

        let (src, payload) = sink.next()?;
        check_eq!((src, &payload[..]), (REMOTE_SINK, &b"for sink"[..]));
        check_eq!(sink.next()?.1.len(), 0);
        let (src, payload) = echo.next()?;
        check_eq!((src, &payload[..]), (Addr(99), &b"for echo"[..]));
        check_eq!(sink.waiting() + echo.waiting(), 0);
        bus.check_ring()
    }

    #[test]
    fn in_order_and_more_than_the_ring_holds() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        for i in 0..5 * u32::from(NUM) {
            bus.deliver(REMOTE_SINK, sink.addr(), &i.to_be_bytes())?;
            bus.check_ring()?;
        }
        for i in 0..5 * u32::from(NUM) {
            check_eq!(&sink.next()?.1[..], i.to_be_bytes());
        }
        Ok(())
    }

    #[test]
    fn many_with_one_interrupt() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        for i in 0..NUM {
            let bytes = message(REMOTE_SINK, sink.addr(), &i.to_le_bytes())?;
            bus.remote.fill(&bytes, bytes.len().try_into()?)?;
        }
        check_eq!(bus.remote.available(RX)?, 0);
        bus.remote.publish(RX)?;
        bus.check_ring()?;
        for i in 0..NUM {
            check_eq!(&sink.next()?.1[..], i.to_le_bytes());
        }
        Ok(())
    }

    #[test]
    fn an_interrupt_for_nothing() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        bus.remote.interrupt(RX);
        bus.check_ring()?;
        bus.deliver(REMOTE_SINK, sink.addr(), b"still works")?;
        check_eq!(&sink.next()?.1[..], b"still works");
        Ok(())
    }

    #[test]
    fn the_longest_message() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        bus.deliver(REMOTE_SINK, sink.addr(), &[0x5a; PAYLOAD_LEN])?;
        check!(sink.next()?.1[..] == [0x5a; PAYLOAD_LEN]);
        // More was received than the header says: mainline takes the header's word.
        bus.remote.send(&lie(sink.addr(), 3, b"abcdef")?)?;
        check_eq!(&sink.next()?.1[..], b"abc");
        bus.check_ring()
    }

    #[test]
    fn used_lengths_that_hold_no_message() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let good = message(REMOTE_SINK, sink.addr(), b"?")?;

        for len in 0..HEADER_LEN + 1 {
            bus.remote.fill(&good, len.try_into()?)?;
            bus.remote.publish(RX)?;
            bus.check_ring()?;
        }
        for len in [
            BUFFER_LEN as u32 + 1,
            0xffff,
            0x1_0000,
            0x8000_0000,
            u32::MAX - 15,
            u32::MAX,
        ] {
            bus.remote.fill(&good, len)?;
            bus.remote.publish(RX)?;
            bus.check_ring()?;
        }

        // The next good message is the first to arrive.
        bus.deliver(REMOTE_SINK, sink.addr(), b"good")?;
        check_eq!(&sink.next()?.1[..], b"good");
        check_eq!(sink.waiting(), 0);
        Ok(())
    }

    #[test]
    fn headers_that_claim_too_much() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        for (claimed, payload) in [
            (1, &b""[..]),
            (5, &b"four"[..]),
            (0xffff, &b"four"[..]),
            (0xfff0, &b""[..]),
            (PAYLOAD_LEN as u16 + 1, &[0; PAYLOAD_LEN][..]),
        ] {
            bus.remote.send(&lie(sink.addr(), claimed, payload)?)?;
            bus.check_ring()?;
        }
        bus.deliver(REMOTE_SINK, sink.addr(), b"good")?;
        check_eq!(&sink.next()?.1[..], b"good");
        check_eq!(sink.waiting(), 0);
        Ok(())
    }

    #[test]
    fn bad_messages_among_good_ones() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        // All in one go: what is bad must not end the batch.
        for i in 0..NUM / 2 {
            let good = message(REMOTE_SINK, sink.addr(), &i.to_le_bytes())?;
            bus.remote.fill(&good, 7)?;
            bus.remote.fill(&good, good.len().try_into()?)?;
        }
        bus.remote.publish(RX)?;
        bus.check_ring()?;
        for i in 0..NUM / 2 {
            check_eq!(&sink.next()?.1[..], i.to_le_bytes());
        }
        Ok(())
    }

    #[test]
    fn addresses_that_nobody_has() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        for dst in [NOBODY, Addr(0), Addr::ANY, Addr(sink.addr().0 + 1)] {
            for _ in 0..NUM {
                bus.deliver(REMOTE_SINK, dst, b"anybody?")?;
            }
            bus.check_ring()?;
        }
        bus.deliver(REMOTE_SINK, sink.addr(), b"good")?;
        check_eq!(&sink.next()?.1[..], b"good");
        Ok(())
    }

    #[test]
    fn a_slow_client_delays_nobody() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let echo = bus.announce(ECHO, REMOTE_ECHO)?;

        bus.deliver(REMOTE_SINK, sink.addr(), &[HOLD])?;
        sink.holding.wait_timeout(FOREVER)?;
        for i in 0..3 * NUM {
            bus.deliver(REMOTE_SINK, sink.addr(), b"queued")?;
            bus.deliver(REMOTE_ECHO, echo.addr(), &i.to_be_bytes())?;
            check_eq!(&echo.next()?.1[..], i.to_be_bytes());
            while bus.received()?.is_some() {}
            bus.check_ring()?;
        }
        check_eq!(sink.waiting(), 0);

        sink.go_on.complete_all();
        check_eq!(&sink.next()?.1[..], [HOLD]);
        for _ in 0..3 * NUM {
            check_eq!(&sink.next()?.1[..], b"queued");
        }
        Ok(())
    }

    #[test]
    fn a_slow_client_in_a_burst_delays_nobody() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let echo = bus.announce(ECHO, REMOTE_ECHO)?;

        // So many that no interrupt is wanted when the callback starts.
        for i in 0..NUM {
            let held = if i == 0 { HOLD } else { b'.' };
            let bytes = message(REMOTE_SINK, sink.addr(), &[held])?;
            bus.remote.fill(&bytes, bytes.len().try_into()?)?;
        }
        bus.remote.publish(RX)?;
        sink.holding.wait_timeout(FOREVER)?;
        for i in 0..3 * NUM {
            bus.deliver(REMOTE_ECHO, echo.addr(), &i.to_be_bytes())?;
            check_eq!(&echo.next()?.1[..], i.to_be_bytes());
            while bus.received()?.is_some() {}
            bus.check_ring()?;
        }
        check_eq!(sink.waiting(), 0);

        sink.go_on.complete_all();
        check_eq!(&sink.next()?.1[..], [HOLD]);
        for _ in 1..NUM {
            check_eq!(&sink.next()?.1[..], b".");
        }
        Ok(())
    }

    #[test]
    fn a_slow_client_has_a_bounded_queue() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let sent = 5000;

        bus.deliver(REMOTE_SINK, sink.addr(), &[HOLD])?;
        sink.holding.wait_timeout(FOREVER)?;
        let queued = message(REMOTE_SINK, sink.addr(), b"queued")?;
        for _ in 0..sent {
            if bus.remote.available(RX)? == 0 {
                bus.check_ring()?;
            }
            bus.remote.send(&queued)?;
        }
        bus.check_ring()?;
        sink.go_on.complete_all();
        check_eq!(&sink.next()?.1[..], [HOLD]);

        // The last message says that all before it have come, once there is room for it.
        let mut queued = 0;
        while &sink.next()?.1[..] != b"last" {
            if queued == 0 {
                // At least one place is free now: the callback for it has run.
                bus.deliver(REMOTE_SINK, sink.addr(), b"last")?;
            }
            queued += 1;
        }
        check!(queued >= usize::from(NUM));
        check!(queued < sent);
        bus.check_ring()
    }

    #[test]
    fn on_a_ring_of_the_kernel() -> Result {
        let _kernel = KernelRings::only();

        in_order_and_more_than_the_ring_holds()?;
        many_with_one_interrupt()?;
        the_longest_message()?;
        used_lengths_that_hold_no_message()?;
        bad_messages_among_good_ones()
    }
}
