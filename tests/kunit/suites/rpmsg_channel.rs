// SPDX-License-Identifier: GPL-2.0

//! Channels come and go as the remote's name service says.

use crate::rpmsg_bus::{
    Bus,
    Channel,
    ECHO,
    FOREVER,
    REMOTE_ECHO,
    REMOTE_SINK,
    SINK, //
};
use amp::{
    device::DeviceExt,
    static_channels::Offer, //
};
use kernel::{
    prelude::*,
    sync::atomic::Relaxed, //
};
use proto::{
    name_service::{
        Action,
        MESSAGE_LEN, //
    },
    resource_table::channels::StaticChannel,
    rpmsg::{
        Addr,
        F_BOUND,
        F_NS, //
    },
    Name, //
};
use rpmsg::transport::Refusal;

/// An announcement of `SINK` in a message of `len` bytes.
fn announcement(len: usize) -> Result<KVec<u8>> {
    let mut bytes = KVec::from_elem(0u8, len, GFP_KERNEL)?;
    for (to, from) in bytes.iter_mut().zip(SINK.bytes()) {
        *to = from;
    }
    if let Some(addr) = bytes.get_mut(32) {
        *addr = 61;
    }
    Ok(bytes)
}

#[kunit_tests(rpmsg_channel)]
mod tests {
    use super::*;

    #[test]
    fn announced_and_bound() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        check_eq!(sink.dev.name().as_bytes(), SINK.as_bytes());
        check_eq!(sink.dev.dst(), REMOTE_SINK);
        check!(sink.dev.src() >= Addr::FIRST_DYNAMIC);
        check!(sink.dev.src().is_definite());
        check!(!sink.dev.is_announced());
        // <virtioN>.<name>.<src>.<dst>, in signed decimals, as they were asked for.
        let dev: &kernel::device::Device = (*sink.dev).as_ref();
        let suffix = dev
            .device_name()
            .to_bytes()
            .strip_prefix(bus.remote.device().device_name().to_bytes());
        check_eq!(suffix, Some(&b".kunit-sink.-1.61"[..]));
        bus.check_ring()
    }

    #[test]
    fn taken_back() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let echo = bus.announce(ECHO, REMOTE_ECHO)?;
        let addr = sink.addr();

        bus.tell(SINK, REMOTE_SINK, Action::Destroy)?;
        sink.unbound.wait_timeout(FOREVER)?;
        bus.deliver(REMOTE_SINK, addr, b"too late")?;
        bus.check_ring()?;
        bus.deliver(REMOTE_ECHO, echo.addr(), b"here")?;
        check_eq!(&echo.next()?.1[..], b"here");
        check_eq!(sink.waiting(), 0);

        let again = bus.announce(SINK, REMOTE_SINK)?;
        bus.deliver(REMOTE_SINK, again.addr(), b"again")?;
        check_eq!(&again.next()?.1[..], b"again");
        Ok(())
    }

    #[test]
    fn announced_twice() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        bus.tell(SINK, REMOTE_SINK, Action::Create)?;
        // The name service takes its messages in order: when the next one is done, so is this.
        let echo = bus.announce(ECHO, REMOTE_ECHO)?;
        check_eq!(bus.channels()?.len(), 2);
        check!(sink.addr() != echo.addr());

        // The same service elsewhere is another channel.
        let other = bus.announce(SINK, Addr(62))?;
        check_eq!(other.dev.dst(), Addr(62));
        bus.check_ring()
    }

    #[test]
    fn taken_back_without_having_been_there() -> Result {
        let mut bus = Bus::new()?;

        bus.tell(SINK, REMOTE_SINK, Action::Destroy)?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        bus.tell(SINK, Addr(1), Action::Destroy)?;
        bus.tell(ECHO, REMOTE_SINK, Action::Destroy)?;
        bus.deliver(REMOTE_SINK, sink.addr(), b"still here")?;
        check_eq!(&sink.next()?.1[..], b"still here");
        bus.check_ring()
    }

    #[test]
    fn announcements_of_the_wrong_length() -> Result {
        let mut bus = Bus::new()?;

        for len in [0, 1, 32, MESSAGE_LEN - 1, MESSAGE_LEN + 1, 400] {
            bus.deliver(REMOTE_SINK, Addr::NAME_SERVICE, &announcement(len)?)?;
            bus.check_ring()?;
        }
        let echo = bus.announce(ECHO, REMOTE_ECHO)?;
        check_eq!(bus.channels()?.len(), 1);
        drop(echo);

        // And this is what they would have been with the right one.
        bus.deliver(REMOTE_SINK, Addr::NAME_SERVICE, &announcement(MESSAGE_LEN)?)?;
        check_eq!(bus.appeared()?.dev.dst(), Addr(61));
        Ok(())
    }

    #[test]
    fn names_that_are_no_names() -> Result {
        let mut bus = Bus::new()?;

        for name in [[b'%'; 32], [0xff; 32], [b'/'; 32], [0; 32], [b'n'; 32]] {
            let mut bytes = announcement(MESSAGE_LEN)?;
            bytes[..32].copy_from_slice(&name);
            bus.deliver(REMOTE_SINK, Addr::NAME_SERVICE, &bytes)?;
            bus.check_ring()?;
        }
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        bus.deliver(REMOTE_SINK, sink.addr(), b"unimpressed")?;
        check_eq!(&sink.next()?.1[..], b"unimpressed");
        Ok(())
    }

    #[test]
    fn refused_announcements_are_counted() -> Result {
        let mut bus = Bus::new()?;
        let kinds = [
            Refusal::Length,
            Refusal::Name,
            Refusal::TooMany,
            Refusal::Duplicate,
            Refusal::Unknown,
            Refusal::Other,
        ];
        // Adds one to each.
        let counted = |channel: &Channel| kinds.map(|kind| channel.bound().count_refusal(kind));
        // The name service takes its messages in order: when the channel is there, all are done.
        let mut next = 1;
        let mut settle = |bus: &mut Bus| {
            next += 1;
            bus.announce(SINK, Addr(next))
        };

        check_eq!(counted(&*settle(&mut bus)?), [1; 6]);
        for len in [0, MESSAGE_LEN - 1, MESSAGE_LEN + 1] {
            bus.deliver(REMOTE_SINK, Addr::NAME_SERVICE, &announcement(len)?)?;
        }
        let mut nameless = announcement(MESSAGE_LEN)?;
        nameless[0] = 0;
        bus.deliver(REMOTE_SINK, Addr::NAME_SERVICE, &nameless)?;
        nameless[36] = 1;
        bus.deliver(REMOTE_SINK, Addr::NAME_SERVICE, &nameless)?;
        bus.announce(ECHO, REMOTE_ECHO)?;
        bus.tell(ECHO, REMOTE_ECHO, Action::Create)?;
        for name in [SINK, "nobody", SINK, SINK] {
            bus.tell(name, Addr(1), Action::Destroy)?;
        }
        // The transport's own.
        bus.tell("rpmsg_ns", Addr::NAME_SERVICE, Action::Destroy)?;
        check_eq!(counted(&*settle(&mut bus)?), [5, 4, 2, 3, 6, 3]);
        Ok(())
    }

    #[test]
    fn services_of_ours_are_announced() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let info = rpmsg::ChannelInfo {
            name: Name::new(ECHO).ok_or(EINVAL)?,
            src: Addr(137),
            dst: Addr::ANY,
        };

        sink.bound().create_channel(&info)?;
        let echo = bus.appeared()?;
        check_eq!(echo.addr(), Addr(137));
        check!(echo.dev.is_announced());
        check_eq!(bus.heard()?, (Addr(137), Action::Create));
        bus.deliver(Addr(500), Addr(137), b"hello")?;
        check_eq!(echo.next()?.0, Addr(500));

        check!(sink.bound().create_channel(&info).is_err());
        sink.bound().release_channel(&info)?;
        echo.unbound.wait_timeout(FOREVER)?;
        check_eq!(bus.heard()?, (Addr(137), Action::Destroy));
        check!(sink.bound().release_channel(&info).is_err());
        bus.check_ring()
    }

    #[test]
    fn the_remote_hears_of_a_bound_channel() -> Result {
        let mut bus = Bus::with_features(1 << F_NS | 1 << F_BOUND)?;

        let sink = bus.announce(SINK, REMOTE_SINK)?;
        check_eq!(bus.heard()?, (sink.addr(), Action::Create));
        // Nobody drives this one.
        bus.tell("kunit-nobody-drives-this", Addr(90), Action::Create)?;
        let echo = bus.announce(ECHO, REMOTE_ECHO)?;
        check_eq!(bus.heard()?, (echo.addr(), Action::Create));

        bus.tell(SINK, REMOTE_SINK, Action::Destroy)?;
        sink.unbound.wait_timeout(FOREVER)?;
        check_eq!(bus.heard()?.1, Action::Destroy);
        bus.check_ring()
    }

    #[test]
    fn the_remote_hears_nothing_unless_it_wants_to() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        bus.tell(SINK, REMOTE_SINK, Action::Destroy)?;
        sink.unbound.wait_timeout(FOREVER)?;
        check_eq!(bus.heard_already()?, None);
        Ok(())
    }

    #[test]
    fn static_channels() -> Result {
        let channel = |name, src, dst| -> Result<StaticChannel> {
            Ok(StaticChannel {
                name: Name::new(name).ok_or(EINVAL)?,
                src,
                dst,
            })
        };
        let table = [
            // A client of a service that is not announced, and a server.
            channel(SINK, Addr::ANY, Addr(70))?,
            channel(ECHO, Addr(137), Addr::ANY)?,
            // Twice the same: the log tells of it.
            channel(ECHO, Addr(137), Addr::ANY)?,
        ];
        let mut bus = Bus::with_channels(1 << F_NS, &table)?;

        bus.appeared()?;
        let echo = bus.appeared()?;
        check_eq!(bus.channels()?.len(), 2);
        let sink = bus.channels()?.remove(0)?;
        check_eq!(
            (sink.dev.name().as_bytes(), sink.dev.dst()),
            (SINK.as_bytes(), Addr(70))
        );
        check!(!sink.dev.is_announced());
        check_eq!((echo.addr(), echo.dev.dst()), (Addr(137), Addr::ANY));
        check_eq!(bus.heard()?, (Addr(137), Action::Create));
        check_eq!(bus.heard_already()?, None);

        bus.deliver(Addr(500), Addr(137), b"hello")?;
        check_eq!(echo.next()?.0, Addr(500));
        // An announcement of what is there already makes no second one.
        bus.tell(SINK, Addr(70), Action::Create)?;
        bus.tell(SINK, Addr(71), Action::Create)?;
        check_eq!(bus.appeared()?.dev.dst(), Addr(71));
        check_eq!(bus.channels()?.len(), 3);
        bus.check_ring()
    }

    #[test]
    fn static_channels_without_a_name_service() -> Result {
        let table = [StaticChannel {
            name: Name::new(SINK).ok_or(EINVAL)?,
            src: Addr::ANY,
            dst: Addr(70),
        }];
        let mut bus = Bus::with_channels(0, &table)?;
        let sink = bus.appeared()?;

        bus.deliver(Addr(70), sink.addr(), b"hello")?;
        check_eq!(&sink.next()?.1[..], b"hello");
        check_eq!(bus.heard_already()?, None);
        bus.check_ring()
    }

    #[test]
    fn static_channels_of_nobody() -> Result {
        let dev = kernel::faux::Registration::new(c"kunit-nobody", None)?;
        let nobody = StaticChannel {
            name: Name::new(SINK).ok_or(EINVAL)?,
            src: Addr::ANY,
            dst: Addr::ANY,
        };
        let nameless = StaticChannel {
            name: Name::from_wire([0; 32]),
            src: Addr(1),
            dst: Addr::ANY,
        };

        check!(Offer::new(dev.as_ref().as_ref(), &[nobody]).is_err());
        check!(Offer::new(dev.as_ref().as_ref(), &[nameless]).is_err());
        Ok(())
    }

    #[test]
    fn taken_back_while_its_driver_waits_to_send() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let echo = bus.announce(ECHO, REMOTE_ECHO)?;

        while sink.bound().try_send(b"more").is_ok() {}
        bus.deliver(REMOTE_ECHO, echo.addr(), b"answer this")?;
        // The driver has it, and no buffer to answer in.
        echo.next()?;
        bus.tell(ECHO, REMOTE_ECHO, Action::Destroy)?;
        // Long before it gives up by itself.
        echo.unbound.wait_timeout(FOREVER)?;
        let after = bus.announce("kunit-sink", Addr(63))?;
        check_eq!(echo.answered.load(Relaxed), ENXIO.to_errno());
        drop(after);
        bus.check_ring()
    }

    #[test]
    fn a_channel_can_not_release_itself() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let itself = rpmsg::ChannelInfo {
            name: sink.dev.name(),
            src: Addr::ANY,
            dst: REMOTE_SINK,
        };

        check_eq!(sink.bound().release_channel(&itself), Err(EDEADLK));
        bus.deliver(REMOTE_SINK, sink.addr(), b"still here")?;
        check_eq!(&sink.next()?.1[..], b"still here");
        Ok(())
    }

    #[test]
    fn a_remote_that_announces_without_end() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let mut echo = 5000;

        for action in [Action::Create, Action::Destroy] {
            for addr in 0..1100 {
                // In bursts of half a ring.
                bus.tell_unchecked("kunit-nobody-drives-this", Addr(addr), action)?;
                if addr % 8 == 7 {
                    bus.check_ring()?;
                }
                // Not too far ahead of the name service, which takes one after the other, and longer
                // for each the more there are.
                let is_full = action == Action::Create && addr >= 1000;
                if addr % 100 == 99 && !is_full {
                    echo += 1;
                    bus.announce(ECHO, Addr(echo))?;
                }
            }
        }

        // Of 1024 channels two are the transport's, one is the sink, and there were ten echoes.
        for kind in [Refusal::TooMany, Refusal::Unknown] {
            check_eq!(sink.bound().count_refusal(kind), 1100 - (1024 - 13) + 1);
        }
        bus.check_ring()
    }

    #[test]
    fn without_a_name_service() -> Result {
        let mut bus = Bus::with_features(0)?;

        bus.tell(SINK, REMOTE_SINK, Action::Create)?;
        bus.check_ring()?;
        check_eq!(bus.channels()?.len(), 0);
        Ok(())
    }

    #[test]
    fn the_remote_goes() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let echo = bus.announce(ECHO, REMOTE_ECHO)?;

        bus.deliver(REMOTE_SINK, sink.addr(), b"farewell")?;
        drop(bus);
        sink.unbound.wait_timeout(FOREVER)?;
        echo.unbound.wait_timeout(FOREVER)?;
        // A message that came before may have been delivered or not, but nothing comes any more.
        check!(sink.waiting() <= 1);
        Ok(())
    }

    #[test]
    fn many_remotes_one_after_the_other() -> Result {
        for _ in 0..20 {
            let mut bus = Bus::new()?;
            let sink = bus.announce(SINK, REMOTE_SINK)?;
            bus.deliver(REMOTE_SINK, sink.addr(), b"hello")?;
            check_eq!(&sink.next()?.1[..], b"hello");
        }
        Ok(())
    }
}
