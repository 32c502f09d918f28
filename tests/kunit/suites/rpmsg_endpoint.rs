// SPDX-License-Identifier: GPL-2.0

//! Endpoints beside those of channels, as C drivers create them.

use crate::{
    rpmsg_bus::{
        Bus,
        Channel,
        FOREVER,
        REMOTE_SINK,
        SINK, //
    },
    spawn::spawn, //
};
use amp::completion::Completion;
use core::ptr::NonNull;
use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            AtomicFlag,
            Relaxed, //
        },
        Arc, //
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
}

/// An endpoint's private data.
#[pin_data]
struct Private {
    then: Then,
    /// The endpoint's address in memory, for the callback that destroys it.
    ept: Atomic<usize>,
    calls: Atomic<u32>,
    #[pin]
    called: Completion,
    #[pin]
    go_on: Completion,
}

/// An endpoint, destroyed with this unless its callback has done that.
struct Endpoint {
    ept: NonNull<amp_bindings::rpmsg_endpoint>,
    private: Arc<Private>,
}

extern "C" fn callback(
    _rpdev: *mut amp_bindings::rpmsg_device,
    _data: *mut kernel::ffi::c_void,
    _len: kernel::ffi::c_int,
    private: *mut kernel::ffi::c_void,
    _src: u32,
) -> kernel::ffi::c_int {
    // SAFETY: This is the `Private` of an `Endpoint`, which outlives the endpoint's callbacks.
    let private = unsafe { &*private.cast::<Private>() };

    private.calls.fetch_add(1, Relaxed);
    match private.then {
        Then::Count => private.called.complete(),
        Then::Wait => {
            private.called.complete();
            let _ = private.go_on.wait_timeout(FOREVER);
        }
        Then::Destroy => {
            let ept = private.ept.load(Relaxed) as *mut amp_bindings::rpmsg_endpoint;
            // SAFETY: The endpoint is the one of this callback, hence valid; the test does not use
            // it any more.
            unsafe { rpmsg::c_abi::rpmsg_destroy_ept(ept) };
            private.called.complete();
        }
    }
    0
}

impl Endpoint {
    fn new(channel: &Channel, addr: Addr, then: Then) -> Result<Self> {
        let private = Arc::pin_init(
            pin_init!(Private {
                then,
                ept: Atomic::new(0),
                calls: Atomic::new(0),
                called <- Completion::new(),
                go_on <- Completion::new(),
            }),
            GFP_KERNEL,
        )?;
        let info = amp_bindings::rpmsg_channel_info {
            name: [0; 32],
            src: addr.0,
            dst: u32::MAX,
        };
        // SAFETY: The channel is bound, and the private data lives as long as the endpoint.
        let ept = unsafe {
            rpmsg::c_abi::rpmsg_create_ept(
                channel.as_raw(),
                Some(callback),
                Arc::as_ptr(&private).cast_mut().cast(),
                info,
            )
        };
        let ept = NonNull::new(ept).ok_or(EBUSY)?;

        private.ept.store(ept.as_ptr() as usize, Relaxed);
        Ok(Self { ept, private })
    }

    fn addr(&self) -> Addr {
        // SAFETY: The endpoint is valid until it is destroyed; its address doesn't change.
        Addr(unsafe { (*self.ept.as_ptr()).addr })
    }

    fn calls(&self) -> u32 {
        self.private.calls.load(Relaxed)
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        if self.private.then == Then::Destroy && self.calls() != 0 {
            return;
        }
        // SAFETY: The endpoint is valid, and this is the last use.
        unsafe { rpmsg::c_abi::rpmsg_destroy_ept(self.ept.as_ptr()) };
    }
}

/// Two threads that use the bus until the test says enough, or ends.
struct Running(Arc<Load>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.enough.store(true, Relaxed);
        let _ = self.0.creator.wait_timeout(FOREVER);
        // If it is blocked, it gives up after 15 s.
        let _ = self.0.sender.wait_timeout(2 * FOREVER);
    }
}

#[pin_data]
struct Load {
    enough: AtomicFlag,
    /// Messages that were sent.
    sent: Atomic<u32>,
    failed: AtomicFlag,
    #[pin]
    creator: Completion,
    #[pin]
    sender: Completion,
}

impl Load {
    fn start(channel: &Arc<Channel>) -> Result<Running> {
        let load = Arc::pin_init(
            pin_init!(Self {
                enough: AtomicFlag::new(false),
                sent: Atomic::new(0),
                failed: AtomicFlag::new(false),
                creator <- Completion::new(),
                sender <- Completion::new(),
            }),
            GFP_KERNEL,
        )?;

        let (this, bound) = (load.clone(), channel.clone());
        spawn(move || {
            while !this.enough.load(Relaxed) {
                if Endpoint::new(&bound, Addr(400), Then::Count).is_err() {
                    this.failed.store(true, Relaxed);
                }
            }
            this.creator.complete_all();
        })?;
        let (this, bound) = (load.clone(), channel.clone());
        spawn(move || {
            while !this.enough.load(Relaxed) {
                match bound.bound().send(b"load") {
                    Ok(()) => _ = this.sent.fetch_add(1, Relaxed),
                    Err(_) => this.failed.store(true, Relaxed),
                }
            }
            this.sender.complete_all();
        })?;
        Ok(Running(load))
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
            let endpoint = Endpoint::new(&sink, addr, Then::Count)?;
            check_eq!(endpoint.addr(), addr);
            check!(Endpoint::new(&sink, addr, Then::Count).is_err());
            bus.deliver(REMOTE_SINK, addr, b"hello")?;
            endpoint.private.called.wait_timeout(FOREVER)?;
            drop(endpoint);
            // Free again.
            Endpoint::new(&sink, addr, Then::Count)?;
        }
        check!(Endpoint::new(&sink, sink.addr(), Then::Count).is_err());
        check!(Endpoint::new(&sink, Addr::NAME_SERVICE, Then::Count).is_err());
        Ok(())
    }

    #[test]
    fn addresses_that_are_given() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let (first, second) = (
            Endpoint::new(&sink, Addr::ANY, Then::Count)?,
            Endpoint::new(&sink, Addr::ANY, Then::Count)?,
        );

        check!(sink.addr() >= Addr::FIRST_DYNAMIC);
        check_eq!(first.addr().0, sink.addr().0 + 1);
        check_eq!(second.addr().0, sink.addr().0 + 2);
        drop(first);
        let third = Endpoint::new(&sink, Addr::ANY, Then::Count)?;
        check_eq!(third.addr().0, sink.addr().0 + 1);
        drop(second);
        drop(third);
        Ok(())
    }

    #[test]
    fn messages_do_not_mix() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let (one, two) = (
            Endpoint::new(&sink, Addr(100), Then::Count)?,
            Endpoint::new(&sink, Addr(200), Then::Count)?,
        );

        for _ in 0..3 {
            bus.deliver(REMOTE_SINK, Addr(100), b"one")?;
            one.private.called.wait_timeout(FOREVER)?;
        }
        bus.deliver(REMOTE_SINK, Addr(200), b"two")?;
        two.private.called.wait_timeout(FOREVER)?;
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
            let endpoint = Endpoint::new(&sink, Addr(300), Then::Destroy)?;
            // Those behind the first are for nobody, whether they were queued or not.
            for _ in 0..5 {
                bus.deliver(REMOTE_SINK, Addr(300), b"goodbye")?;
            }
            endpoint.private.called.wait_timeout(FOREVER)?;
            bus.check_ring()?;

            // The address is free, and its next owner gets its own messages only.
            let next = Endpoint::new(&sink, Addr(300), Then::Count)?;
            bus.deliver(REMOTE_SINK, Addr(300), b"hello")?;
            next.private.called.wait_timeout(FOREVER)?;
            check_eq!(next.calls(), 1);
            check_eq!(endpoint.calls(), 1);
            drop(next);
        }
        Ok(())
    }

    #[test]
    fn destroyed_with_messages_underway() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        for _ in 0..20 {
            let endpoint = Endpoint::new(&sink, Addr(301), Then::Count)?;
            for _ in 0..10 {
                bus.deliver(REMOTE_SINK, Addr(301), b"hello")?;
            }
            let private = endpoint.private.clone();
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
        let endpoint = Endpoint::new(&sink, Addr(302), Then::Wait)?;

        for _ in 0..4 {
            bus.deliver(REMOTE_SINK, Addr(302), b"hello")?;
        }
        endpoint.private.called.wait_timeout(FOREVER)?;
        bus.deliver(REMOTE_SINK, sink.addr(), b"others go on")?;
        check_eq!(&sink.next()?.1[..], b"others go on");
        check_eq!(endpoint.calls(), 1);
        endpoint.private.go_on.complete_all();
        for _ in 0..3 {
            endpoint.private.called.wait_timeout(FOREVER)?;
        }
        check_eq!(endpoint.calls(), 4);
        drop(endpoint);
        bus.check_ring()
    }

    #[test]
    fn come_and_go_under_load() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let running = Load::start(&sink)?;
        let load = running.0.clone();
        let mut received = 0;

        for i in 0..300u32 {
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
