// SPDX-License-Identifier: GPL-2.0

//! How many buffers there are and how large, and that none is ever lost.

use crate::{
    fake_remote::TX,
    rpmsg_bus::{
        message,
        Bus,
        Channel,
        NUM,
        REMOTE_SINK,
        SINK, //
    }, //
};
use kernel::prelude::*;
use proto::{
    name_service::Action,
    rpmsg::{
        buffers::{
            Buffers,
            Direction, //
        },
        Addr,
        Header,
        F_NS,
        HEADER_LEN,
        PAYLOAD_LEN, //
    }, //
};

/// A remote with few buffers, small ones to it and the largest ones from it.
const ASYMMETRIC: Buffers = Buffers {
    to_remote: Direction { size: 64, count: 3 },
    to_host: Direction {
        size: 65536,
        count: 5,
    },
};

fn bus_with(buffers: Buffers) -> Result<Bus> {
    Bus::with_config(1 << F_NS, buffers.encode())
}

/// Sends until there is no buffer left, and takes all that; returns how many there were.
fn count_to_send(bus: &mut Bus, channel: &Channel) -> Result<u16> {
    let mut sent = 0;
    while channel.bound().try_send(b"filler").is_ok() {
        sent += 1;
        check!(sent <= NUM);
    }
    check_eq!(channel.bound().try_send(b"filler").err(), Some(ENOMEM));
    check_eq!(bus.remote.available(TX)?, sent);
    while bus.received()?.is_some() {}
    Ok(sent)
}

#[kunit_tests(rpmsg_buffers)]
mod tests {
    use super::*;

    #[test]
    fn without_a_word_of_the_firmware() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        check_eq!(sink.bound().mtu()?, PAYLOAD_LEN);
        check_eq!(count_to_send(&mut bus, &sink)?, NUM);
        bus.check_ring()
    }

    #[test]
    fn as_the_firmware_wants_them() -> Result {
        let mut bus = bus_with(ASYMMETRIC)?;
        bus.check_buffers(5)?;
        bus.tell_unchecked(SINK, REMOTE_SINK, Action::Create)?;
        let sink = bus.appeared()?;

        check_eq!(sink.bound().mtu()?, 48);
        check_eq!(sink.bound().send(&[0x5a; 49]).err(), Some(EMSGSIZE));
        check_eq!(count_to_send(&mut bus, &sink)?, 3);

        let mut large = KVVec::new();
        large.resize(65536 - HEADER_LEN, 0x5a, GFP_KERNEL)?;
        for len in [65536 - HEADER_LEN, 4096, 1, 0] {
            let bytes = message(REMOTE_SINK, sink.addr(), &large[..len])?;
            for _ in 0..7 {
                bus.remote.send(&bytes)?;
                bus.check_buffers(5)?;
                let (_, payload) = sink.next()?;
                check_eq!(payload.len(), len);
                check!(payload.iter().all(|byte| *byte == 0x5a));
            }
        }
        Ok(())
    }

    #[test]
    fn more_than_the_ring_holds() -> Result {
        let many = Direction {
            size: 128,
            count: 10_000,
        };
        let mut bus = bus_with(Buffers {
            to_remote: many,
            to_host: many,
        })?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        check_eq!(sink.bound().mtu()?, 112);
        check_eq!(count_to_send(&mut bus, &sink)?, NUM);
        bus.check_ring()
    }

    #[test]
    fn nonsense_gives_the_default() -> Result {
        for size in [0, 63, 66, 65544, u32::MAX] {
            let mut bus = bus_with(Buffers::of_size(size))?;
            let sink = bus.announce(SINK, REMOTE_SINK)?;

            check_eq!(sink.bound().mtu()?, PAYLOAD_LEN);
            bus.check_ring()?;
        }
        Ok(())
    }

    #[test]
    fn none_is_lost_whatever_goes_wrong() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let long = [0; PAYLOAD_LEN + 1];

        for round in 0..3 * u32::from(NUM) {
            let good = message(REMOTE_SINK, sink.addr(), &round.to_le_bytes())?;
            let mut lie = KVec::new();
            lie.extend_from_slice(
                &Header::new(REMOTE_SINK, sink.addr(), 500).encode(),
                GFP_KERNEL,
            )?;

            // What the remote does wrong: lengths of the ring, of the header, addresses.
            for len in [0, 15, 513, u32::MAX] {
                bus.remote.fill(&good, len)?;
            }
            bus.remote.fill(&lie, lie.len().try_into()?)?;
            let nowhere = message(REMOTE_SINK, Addr(0x7777), b"?")?;
            bus.remote.fill(&nowhere, nowhere.len().try_into()?)?;
            bus.remote.fill(&good, good.len().try_into()?)?;
            bus.remote.publish(crate::fake_remote::RX)?;
            bus.check_ring()?;
            check_eq!(&sink.next()?.1[..], round.to_le_bytes());

            // What the sender does wrong.
            check_eq!(sink.bound().send(&long).err(), Some(EMSGSIZE));
            check_eq!(sink.bound().send_to(b"", Addr::ANY).err(), Some(EINVAL));
            check_eq!(count_to_send(&mut bus, &sink)?, NUM);
        }
        check_eq!(sink.waiting(), 0);
        Ok(())
    }
}
