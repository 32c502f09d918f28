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
use core::{
    mem::ManuallyDrop,
    ptr::NonNull, //
};
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
        Mutex, //
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
    /// The endpoint that is destroyed by [`Then::DestroyOther`], in memory, and what is its.
    other: Atomic<usize>,
    #[pin]
    others: Mutex<Option<Arc<Private>>>,
    /// The callback has returned, or is about to.
    returned: AtomicFlag,
    /// Whether the other endpoint's callback had returned when that was destroyed.
    waited: AtomicFlag,
    #[pin]
    done: Completion,
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
        Then::DestroyOther => {
            private.called.complete();
            let _ = private.go_on.wait_timeout(FOREVER);
            let ept = private.other.load(Relaxed) as *mut amp_bindings::rpmsg_endpoint;
            // SAFETY: The test gives the endpoint to this callback alone.
            unsafe { rpmsg::c_abi::rpmsg_destroy_ept(ept) };
            let others = private.others.lock();
            let waited = others.as_ref().is_some_and(|it| it.returned.load(Relaxed));
            private.waited.store(waited, Relaxed);
        }
    }
    private.returned.store(true, Relaxed);
    private.done.complete();
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
                other: Atomic::new(0),
                others <- new_mutex!(None),
                returned: AtomicFlag::new(false),
                waited: AtomicFlag::new(false),
                done <- Completion::new(),
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

    /// Leaves `other` to this endpoint's callback, which destroys it.
    fn destroys(&self, other: &Self) {
        self.private
            .other
            .store(other.ept.as_ptr() as usize, Relaxed);
        *self.private.others.lock() = Some(other.private.clone());
    }

    /// Breaks the reference that [`destroys`](Endpoint::destroys) made, as they may form a circle.
    fn part(&self) {
        *self.private.others.lock() = None;
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

    /// Callbacks of endpoints in a circle, each of which destroys the next one's, all at a time.
    fn circle(addrs: &[u32]) -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let mut endpoints = KVec::new();

        for addr in addrs {
            let endpoint = Endpoint::new(&sink, Addr(*addr), Then::DestroyOther)?;
            // Its callback is destroyed by another one's: dropping must not.
            endpoints.push(ManuallyDrop::new(endpoint), GFP_KERNEL)?;
        }
        for (one, next) in endpoints.iter().zip(endpoints.iter().cycle().skip(1)) {
            one.destroys(next);
            bus.deliver(REMOTE_SINK, one.addr(), b"go")?;
            one.private.called.wait_timeout(FOREVER)?;
        }
        let privates = endpoints.iter().map(|it| it.private.clone());
        let mut all: KVec<Arc<Private>> = KVec::new();
        for private in privates {
            all.push(private, GFP_KERNEL)?;
        }
        for private in &all {
            private.go_on.complete_all();
        }
        for private in &all {
            private.done.wait_timeout(FOREVER)?;
        }
        // One did not wait, the one that would have closed the circle.
        let waited = all.iter().filter(|it| it.waited.load(Relaxed)).count();
        check_eq!(waited, all.len() - 1);

        for endpoint in &mut endpoints {
            endpoint.part();
            // SAFETY: The C object is gone; only the private data is left, and dropped once.
            drop(unsafe { core::ptr::read(&endpoint.private) });
        }
        for addr in addrs {
            Endpoint::new(&sink, Addr(*addr), Then::Count)?;
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
        let busy = ManuallyDrop::new(Endpoint::new(&sink, Addr(320), Then::Wait)?);
        let other = Endpoint::new(&sink, Addr(321), Then::DestroyOther)?;

        other.destroys(&busy);
        bus.deliver(REMOTE_SINK, Addr(320), b"busy")?;
        busy.private.called.wait_timeout(FOREVER)?;
        bus.deliver(REMOTE_SINK, Addr(321), b"destroy")?;
        other.private.called.wait_timeout(FOREVER)?;
        other.private.go_on.complete_all();
        // The address is free at once; then the callback is waited for.
        while Endpoint::new(&sink, Addr(320), Then::Count).is_err() {}
        check!(!other.private.returned.load(Relaxed));
        busy.private.go_on.complete_all();
        other.private.done.wait_timeout(FOREVER)?;
        check!(other.private.waited.load(Relaxed));

        other.part();
        // SAFETY: The C object is gone; only the private data is left, and dropped once.
        drop(unsafe { core::ptr::read(&busy.private) });
        drop(other);
        bus.check_ring()
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
