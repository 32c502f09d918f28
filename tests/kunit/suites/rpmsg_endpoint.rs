// SPDX-License-Identifier: GPL-2.0

//! Endpoints beside those of channels, as C drivers create them.

use crate::{
    c_abi::{
        self,
        endpoint::{
            Callback,
            Ept,
            Handle,
            Payload, //
        },
        others::let_others_run, //
    },
    load::Load,
    rpmsg_bus::{
        Bus,
        Channel,
        ECHO,
        FOREVER,
        HOLD,
        REMOTE_ECHO,
        REMOTE_SINK,
        SINK, //
    }, //
};
use amp::completion::Completion;
use kernel::{
    new_mutex,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            AtomicFlag,
            Relaxed, //
        },
        Arc,
        Mutex,
        SetOnce, //
    }, //
};
use proto::rpmsg::Addr;

/// What a message to an endpoint does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    /// It is counted.
    Count,
    /// It waits until the test lets it go on.
    Wait,
    /// It destroys the endpoint.
    Destroy,
    /// It waits until the test lets it go on, and destroys another endpoint then.
    DestroyOther,
    /// It waits until the test lets it go on, and removes a channel then.
    RemoveChannel,
}

/// Who gets an endpoint's messages.
#[pin_data]
struct Private {
    then: Then,
    calls: Atomic<u32>,
    #[pin]
    called: Completion,
    #[pin]
    go_on: Completion,
    /// The endpoint that the callback destroys, if any.
    #[pin]
    victim: Mutex<Option<Victim>>,
    /// By which it removes the channel of [`ECHO`].
    remover: SetOnce<Arc<Channel>>,
    /// The callback has returned, or is about to.
    returned: AtomicFlag,
    /// Whether the other endpoint's callback had returned when that was destroyed.
    waited: AtomicFlag,
    #[pin]
    done: Completion,
}

/// An endpoint, and what is its.
struct Victim {
    handle: Arc<Handle>,
    private: Arc<Private>,
}

impl Callback for Private {
    fn receive(&self, _channel: Option<Ept<'_>>, _payload: Payload, _len: usize) {
        self.calls.fetch_add(1, Relaxed);
        if self.then != Then::Destroy {
            self.called.complete();
        }
        if matches!(
            self.then,
            Then::Wait | Then::DestroyOther | Then::RemoveChannel
        ) {
            let _ = self.go_on.wait_timeout(FOREVER);
        }
        let victim = self.victim.lock().take();
        if let Some(victim) = victim {
            victim.handle.destroy();
            let waited = victim.private.returned.load(Relaxed);
            self.waited.store(waited, Relaxed);
        }
        if let Some(remover) = self.remover.as_ref() {
            let echo = rpmsg::ChannelInfo {
                name: proto::name!(ECHO),
                src: Addr::ANY,
                dst: REMOTE_ECHO,
            };
            let removed = remover.bound().release_channel(&echo).is_ok();
            self.waited.store(removed, Relaxed);
        }
        if self.then == Then::Destroy {
            self.called.complete();
        }
        self.returned.store(true, Relaxed);
        self.done.complete();
    }
}

type Endpoint = c_abi::endpoint::Endpoint<Private>;

/// An endpoint whose messages do what `then` says.
fn new_endpoint(channel: &Channel, addr: Addr, then: Then) -> Result<Endpoint> {
    let private = Arc::pin_init(
        pin_init!(Private {
            then,
            calls: Atomic::new(0),
            called <- Completion::new(),
            go_on <- Completion::new(),
            victim <- new_mutex!(None),
            remover: SetOnce::new(),
            returned: AtomicFlag::new(false),
            waited: AtomicFlag::new(false),
            done <- Completion::new(),
        }),
        GFP_KERNEL,
    )?;
    let endpoint = Endpoint::new(channel, addr, private)?;

    if then == Then::Destroy {
        endpoint.destroys(&endpoint);
    }
    Ok(endpoint)
}

impl Endpoint {
    /// Has the callback destroy `other`.
    fn destroys(&self, other: &Self) {
        *self.receiver.victim.lock() = Some(Victim {
            handle: other.handle.clone(),
            private: other.receiver.clone(),
        });
    }

    fn calls(&self) -> u32 {
        self.receiver.calls.load(Relaxed)
    }
}

#[kunit_tests(rpmsg_endpoint)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_asked_for() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        for addr in [Addr(0), Addr(137), Addr(1023), Addr(0x7fff_fffe)] {
            let endpoint = new_endpoint(&sink, addr, Then::Count)?;
            check_eq!(endpoint.addr, addr);
            check!(new_endpoint(&sink, addr, Then::Count).is_err());
            bus.deliver(REMOTE_SINK, addr, b"hello")?;
            endpoint.receiver.called.wait_timeout(FOREVER)?;
            drop(endpoint);
            // Free again.
            new_endpoint(&sink, addr, Then::Count)?;
        }
        check!(new_endpoint(&sink, sink.addr(), Then::Count).is_err());
        check!(new_endpoint(&sink, Addr::NAME_SERVICE, Then::Count).is_err());
        Ok(())
    }

    #[test]
    fn addresses_that_are_given() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let (first, second) = (
            new_endpoint(&sink, Addr::ANY, Then::Count)?,
            new_endpoint(&sink, Addr::ANY, Then::Count)?,
        );

        check!(sink.addr() >= Addr::FIRST_DYNAMIC);
        check_eq!(first.addr.0, sink.addr().0 + 1);
        check_eq!(second.addr.0, sink.addr().0 + 2);
        drop(first);
        let third = new_endpoint(&sink, Addr::ANY, Then::Count)?;
        check_eq!(third.addr.0, sink.addr().0 + 1);
        drop(second);
        drop(third);
        Ok(())
    }

    #[test]
    fn messages_do_not_mix() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let (one, two) = (
            new_endpoint(&sink, Addr(100), Then::Count)?,
            new_endpoint(&sink, Addr(200), Then::Count)?,
        );

        for _ in 0..3 {
            bus.deliver(REMOTE_SINK, Addr(100), b"one")?;
            one.receiver.called.wait_timeout(FOREVER)?;
        }
        bus.deliver(REMOTE_SINK, Addr(200), b"two")?;
        two.receiver.called.wait_timeout(FOREVER)?;
        bus.deliver(REMOTE_SINK, sink.addr(), b"three")?;
        check_eq!(&sink.next()?.1[..], b"three");
        check_eq!((one.calls(), two.calls()), (3, 1));
        drop(one);
        drop(two);
        bus.check_ring()
    }

    #[test]
    fn destroyed_from_its_own_callback() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        for _ in 0..10 {
            let endpoint = new_endpoint(&sink, Addr(300), Then::Destroy)?;
            // Those behind the first are for nobody, whether they were queued or not.
            for _ in 0..5 {
                bus.deliver(REMOTE_SINK, Addr(300), b"goodbye")?;
            }
            endpoint.receiver.called.wait_timeout(FOREVER)?;
            bus.check_ring()?;

            // The address is free, and its next owner gets its own messages only.
            let next = new_endpoint(&sink, Addr(300), Then::Count)?;
            bus.deliver(REMOTE_SINK, Addr(300), b"hello")?;
            next.receiver.called.wait_timeout(FOREVER)?;
            check_eq!(next.calls(), 1);
            check_eq!(endpoint.calls(), 1);
            drop(next);
        }
        Ok(())
    }

    /// Callbacks of endpoints in a circle, each of which destroys the next one's, all at a time.
    fn circle(addrs: &[u32]) -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let mut endpoints = KVec::new();

        for addr in addrs {
            let endpoint = new_endpoint(&sink, Addr(*addr), Then::DestroyOther)?;
            endpoints.push(endpoint, GFP_KERNEL)?;
        }
        for (one, next) in endpoints.iter().zip(endpoints.iter().cycle().skip(1)) {
            one.destroys(next);
            bus.deliver(REMOTE_SINK, one.addr, b"go")?;
            one.receiver.called.wait_timeout(FOREVER)?;
        }
        for it in &endpoints {
            it.receiver.go_on.complete_all();
        }
        for it in &endpoints {
            it.receiver.done.wait_timeout(FOREVER)?;
        }
        // One did not wait, the one that would have closed the circle.
        let waited = endpoints
            .iter()
            .filter(|it| it.receiver.waited.load(Relaxed))
            .count();
        check_eq!(waited, endpoints.len() - 1);
        drop(endpoints);

        for addr in addrs {
            new_endpoint(&sink, Addr(*addr), Then::Count)?;
        }
        bus.check_ring()
    }

    #[test]
    fn two_callbacks_destroy_each_others_endpoints() -> Result {
        for _ in 0..20 {
            circle(&[310, 311])?;
        }
        Ok(())
    }

    #[test]
    fn four_callbacks_destroy_endpoints_in_a_circle() -> Result {
        for _ in 0..10 {
            circle(&[310, 311, 312, 313])?;
        }
        Ok(())
    }

    #[test]
    fn a_callback_waits_for_the_one_it_destroys() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let busy = new_endpoint(&sink, Addr(320), Then::Wait)?;
        let other = new_endpoint(&sink, Addr(321), Then::DestroyOther)?;

        other.destroys(&busy);
        bus.deliver(REMOTE_SINK, Addr(320), b"busy")?;
        busy.receiver.called.wait_timeout(FOREVER)?;
        bus.deliver(REMOTE_SINK, Addr(321), b"destroy")?;
        other.receiver.called.wait_timeout(FOREVER)?;
        other.receiver.go_on.complete_all();
        // The address is free at once; then the callback is waited for.
        while new_endpoint(&sink, Addr(320), Then::Count).is_err() {}
        check!(!other.receiver.returned.load(Relaxed));
        busy.receiver.go_on.complete_all();
        other.receiver.done.wait_timeout(FOREVER)?;
        check!(other.receiver.waited.load(Relaxed));

        drop(other);
        bus.check_ring()
    }

    /// A callback removes a channel whose driver's callback destroys the endpoint of the first one.
    fn removed_by_its_victim(who_first: impl Fn(&Endpoint, &Channel) -> Result) -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let echo = bus.announce(ECHO, REMOTE_ECHO)?;
        let endpoint = new_endpoint(&sink, Addr(330), Then::RemoveChannel)?;

        check!(endpoint.receiver.remover.populate(sink.clone()));
        *echo.victim.lock() = Some(endpoint.handle.clone());
        bus.deliver(REMOTE_SINK, Addr(330), b"remove it")?;
        endpoint.receiver.called.wait_timeout(FOREVER)?;
        bus.deliver(REMOTE_ECHO, echo.addr(), &[HOLD])?;
        echo.holding.wait_timeout(FOREVER)?;

        who_first(&endpoint, &echo)?;
        endpoint.receiver.done.wait_timeout(FOREVER)?;
        // It has come to its end, for which the driver's callback had to, and that has not waited.
        check!(endpoint.receiver.waited.load(Relaxed));
        check_eq!(&echo.next()?.1[..], [HOLD]);
        check!(endpoint.handle.ept().is_err());
        drop(endpoint);
        bus.announce(ECHO, REMOTE_ECHO)?;
        bus.check_ring()
    }

    #[test]
    fn a_callback_removes_the_channel_that_destroys_its_endpoint() -> Result {
        removed_by_its_victim(|endpoint, echo| {
            endpoint.receiver.go_on.complete_all();
            // Removing has begun, and waits for the driver's callback.
            echo.unbound.wait_timeout(FOREVER)?;
            echo.go_on.complete_all();
            Ok(())
        })
    }

    #[test]
    fn a_driver_destroys_the_endpoint_that_removes_its_channel() -> Result {
        removed_by_its_victim(|endpoint, echo| {
            echo.go_on.complete_all();
            // It is about to wait for the endpoint's callback.
            while endpoint.handle.ept().is_ok() {
                let_others_run(true);
            }
            let_others_run(true);
            endpoint.receiver.go_on.complete_all();
            Ok(())
        })
    }

    #[test]
    fn destroyed_with_messages_underway() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        for _ in 0..20 {
            let endpoint = new_endpoint(&sink, Addr(301), Then::Count)?;
            for _ in 0..10 {
                bus.deliver(REMOTE_SINK, Addr(301), b"hello")?;
            }
            let private = endpoint.receiver.clone();
            drop(endpoint);
            // Nothing is called any more: the count stands, whatever it is.
            let calls = private.calls.load(Relaxed);
            bus.deliver(REMOTE_SINK, sink.addr(), b"next")?;
            check_eq!(&sink.next()?.1[..], b"next");
            check_eq!(private.calls.load(Relaxed), calls);
        }
        bus.check_ring()
    }

    #[test]
    fn one_message_at_a_time() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let endpoint = new_endpoint(&sink, Addr(302), Then::Wait)?;

        for _ in 0..4 {
            bus.deliver(REMOTE_SINK, Addr(302), b"hello")?;
        }
        endpoint.receiver.called.wait_timeout(FOREVER)?;
        bus.deliver(REMOTE_SINK, sink.addr(), b"others go on")?;
        check_eq!(&sink.next()?.1[..], b"others go on");
        check_eq!(endpoint.calls(), 1);
        endpoint.receiver.go_on.complete_all();
        for _ in 0..3 {
            endpoint.receiver.called.wait_timeout(FOREVER)?;
        }
        check_eq!(endpoint.calls(), 4);
        drop(endpoint);
        bus.check_ring()
    }

    #[test]
    fn come_and_go_under_load() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let running = Load::start(&sink, |channel| {
            new_endpoint(channel, Addr(400), Then::Count).map(drop)
        })?;
        let load = running.0.clone();
        let mut received = 0;

        for i in 0..100u32 {
            bus.deliver(REMOTE_SINK, Addr(400), b"to one who may be there")?;
            bus.deliver(REMOTE_SINK, sink.addr(), &i.to_be_bytes())?;
            while bus.received()?.is_some() {
                received += 1;
            }
            check_eq!(&sink.next()?.1[..], i.to_be_bytes());
        }
        load.enough.store(true, Relaxed);
        load.creator.wait_timeout(FOREVER)?;
        // The sender may be blocked: it gets its buffer.
        while load.sender.wait_timeout(1).is_err() {
            while bus.received()?.is_some() {
                received += 1;
            }
        }
        while bus.received()?.is_some() {
            received += 1;
        }
        check!(!load.failed.load(Relaxed));
        check_eq!(load.sent.load(Relaxed), received);
        bus.check_ring()
    }
}
