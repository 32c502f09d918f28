// SPDX-License-Identifier: GPL-2.0

//! Channels come and go as the remote's name service says.

use crate::rpmsg_bus::{
    Bus,
    ECHO,
    FOREVER,
    REMOTE_ECHO,
    REMOTE_SINK,
    SINK, //
};
use amp::device::DeviceExt;
use kernel::prelude::*;
use proto::{
    name_service::{
        Action,
        MESSAGE_LEN, //
    },
    rpmsg::Addr,
    Name, //
};

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
    fn a_remote_that_announces_without_end() -> Result {
        let mut bus = Bus::new()?;

        for addr in 0..1500 {
            bus.tell("kunit-nobody-drives-this", Addr(addr), Action::Create)?;
            bus.check_ring()?;
        }
        for addr in 0..1500 {
            bus.tell("kunit-nobody-drives-this", Addr(addr), Action::Destroy)?;
            bus.check_ring()?;
        }
        Ok(())
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
