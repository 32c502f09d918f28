// SPDX-License-Identifier: GPL-2.0

//! What the bus promises to drivers in Rust: messages come after probe or not at all, endpoints of
//! their own, addresses that are given back.

use crate::{
    probing::Probing,
    rpmsg_bus::{
        Bus,
        FOREVER,
        REMOTE_SINK,
        SINK, //
    },
    slot::Slot, //
};
use amp::completion::Completion;
use kernel::{
    device::{
        Bound,
        Core, //
    },
    driver,
    module::this_module,
    new_mutex,
    prelude::*,
    sync::{
        Arc,
        Mutex, //
    }, //
};
use proto::name_service::Action;
use rpmsg::{
    Addr,
    Endpoint,
    Message,
    Port,
    Receiver, //
};

/// As in `include/uapi/linux/eventpoll.h`.
const EPOLLOUT: u32 = 4;

/// The service of the driver here, and where the remote serves it.
const SLOW: &str = "kunit-slow";
const REMOTE_SLOW: Addr = Addr(70);

/// What the driver is to do.
pub(crate) static PLAN: Slot<Arc<Plan>> = Slot::new();

/// What the driver does in the current test, and what happened to it.
#[pin_data]
pub(crate) struct Plan {
    /// What probe comes to.
    outcome: Result,
    #[pin]
    probe: Probing,
    #[pin]
    received: Mutex<KVec<KVec<u8>>>,
    #[pin]
    arrived: Completion,
}

impl Plan {
    /// Makes it the current one.
    fn new(outcome: Result) -> Result<Arc<Self>> {
        let plan = Arc::pin_init(
            pin_init!(Self {
                outcome,
                probe <- Probing::new(),
                received <- new_mutex!(KVec::new()),
                arrived <- Completion::new(),
            }),
            GFP_KERNEL,
        )?;
        PLAN.set(Some(plan.clone()));
        Ok(plan)
    }
}

/// The driver.
struct Slow(Arc<Plan>);

rpmsg::device_table!(ID_TABLE, (), [("kunit-slow", ())]);

impl Slow {
    fn new(dev: &rpmsg::Device<Core<'_>>) -> Result<Self> {
        let plan = PLAN.get()?;

        plan.probe.begin(dev.into());
        plan.probe.go_on.wait_timeout(FOREVER)?;
        plan.probe.ended.complete();
        plan.outcome?;
        Ok(Self(plan))
    }
}

impl rpmsg::Driver for Slow {
    type IdInfo = ();
    type Data<'bound> = Self;
    const ID_TABLE: rpmsg::IdTable<()> = &ID_TABLE;

    fn probe<'bound>(
        dev: &'bound rpmsg::Device<Core<'_>>,
        _info: Option<&'bound ()>,
    ) -> impl PinInit<Self, Error> + 'bound {
        Self::new(dev)
    }

    fn receive(_dev: &rpmsg::Device<Bound>, this: Pin<&Self>, message: Message<'_>) -> Result {
        take(&this.0, message)
    }
}

fn take(plan: &Plan, message: Message<'_>) -> Result {
    let mut bytes = KVec::new();
    bytes.extend_from_slice(message.payload, GFP_KERNEL)?;
    plan.received.lock().push(bytes, GFP_KERNEL)?;
    plan.arrived.complete();
    Ok(())
}

type Registration = driver::Registration<rpmsg::Adapter<Slow>>;

fn register() -> Result<Pin<KBox<Registration>>> {
    KBox::pin_init(
        Registration::new(c"rpmsg_kunit_slow", this_module::<crate::LocalModule>()),
        GFP_KERNEL,
    )
}

/// An endpoint's receiver that answers from the endpoint's own address.
struct Answer(Arc<Plan>);

impl Receiver for Answer {
    fn receive(&self, port: Port<'_>, message: Message<'_>) -> Result {
        take(&self.0, message)?;
        port.try_send_to(message.payload, message.src)
    }
}

#[kunit_tests(rpmsg_driver)]
mod tests {
    use super::*;

    #[test]
    fn messages_wait_for_probe() -> Result {
        let plan = Plan::new(Ok(()))?;
        let mut bus = Bus::new()?;
        let _driver = register()?;

        bus.tell(SLOW, REMOTE_SLOW, Action::Create)?;
        let addr = plan.probe.wait()?.src();
        bus.deliver(REMOTE_SLOW, addr, b"early")?;
        bus.deliver(REMOTE_SLOW, addr, b"bird")?;
        check_eq!(plan.received.lock().len(), 0);

        plan.probe.go_on.complete_all();
        plan.arrived.wait_timeout(FOREVER)?;
        plan.arrived.wait_timeout(FOREVER)?;
        check_eq!(&plan.received.lock()[0][..], b"early");
        check_eq!(&plan.received.lock()[1][..], b"bird");
        bus.check_ring()
    }

    #[test]
    fn a_failed_probe_gets_no_messages() -> Result {
        let plan = Plan::new(Err(EIO))?;
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let driver = register()?;

        bus.tell(SLOW, REMOTE_SLOW, Action::Create)?;
        let dev = plan.probe.wait()?;
        let addr = dev.src();
        bus.deliver(REMOTE_SLOW, addr, b"early")?;
        // When this is there, the other has been there, too: its callback waits for probe.
        bus.deliver(REMOTE_SINK, sink.addr(), b"later")?;
        sink.next()?;
        plan.probe.go_on.complete_all();
        plan.probe.ended.wait_timeout(FOREVER)?;

        // When the driver is gone its last callback is, too.
        drop(driver);
        check_eq!(plan.received.lock().len(), 0);
        check!(!dev.src().is_definite());
        bus.deliver(REMOTE_SLOW, addr, b"late")?;
        check_eq!(plan.received.lock().len(), 0);
        bus.check_ring()
    }

    #[test]
    fn a_driver_after_the_channel() -> Result {
        let plan = Plan::new(Ok(()))?;
        let mut bus = Bus::new()?;
        plan.probe.go_on.complete_all();

        bus.tell(SLOW, REMOTE_SLOW, Action::Create)?;
        // This comes after the other, so that is there when this has its driver.
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        for _ in 0..3 {
            let driver = register()?;
            plan.probe.ended.wait_timeout(FOREVER)?;
            let dev = plan.probe.dev()?;
            // The sink has the first address; the other is given back each time.
            check_eq!(sink.addr(), Addr(1024));
            check_eq!(dev.src(), Addr(1025));
            bus.deliver(REMOTE_SLOW, dev.src(), b"hello")?;
            plan.arrived.wait_timeout(FOREVER)?;
            drop(driver);
            check!(!dev.src().is_definite());
        }
        Ok(())
    }

    #[test]
    fn an_endpoint_of_its_own() -> Result {
        let plan = Plan::new(Ok(()))?;
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;

        let endpoint = Endpoint::new(sink.bound(), Addr(137), Answer(plan.clone()))?;
        check_eq!(endpoint.port().addr(), Addr(137));
        check!(Endpoint::new(sink.bound(), Addr(137), Answer(plan.clone())).is_err());
        bus.deliver(Addr(99), Addr(137), b"question")?;
        plan.arrived.wait_timeout(FOREVER)?;
        check_eq!(&plan.received.lock()[0][..], b"question");
        check_eq!(endpoint.port().mtu()?, 496);

        // Dropping waits for the callback, which has answered then.
        drop(endpoint);
        let (header, payload) = bus.received()?.ok_or(ENOMSG)?;
        check_eq!((header.src, header.dst), (Addr(137), Addr(99)));
        check_eq!(&payload[..], b"question");

        bus.deliver(Addr(99), Addr(137), b"anybody?")?;
        check_eq!(plan.received.lock().len(), 1);
        bus.check_ring()
    }

    #[test]
    fn poll_tells_of_buffers() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let ept = sink.ept()?;

        check_eq!(ept.poll(), EPOLLOUT);
        while sink.bound().try_send(b"more").is_ok() {}
        check_eq!(ept.poll(), 0);
        check!(bus.received()?.is_some());
        check_eq!(ept.poll(), EPOLLOUT);
        check_eq!(sink.bound().try_send(b"one").is_ok(), true);
        check_eq!(ept.poll(), 0);
        Ok(())
    }

    #[test]
    fn the_name_service_can_not_be_taken_away() -> Result {
        let mut bus = Bus::new()?;

        bus.tell("rpmsg_ns", Addr::NAME_SERVICE, Action::Destroy)?;
        bus.tell("rpmsg_ctrl", Addr(0), Action::Destroy)?;
        // It still answers.
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        bus.deliver(REMOTE_SINK, sink.addr(), b"hello")?;
        check_eq!(&sink.next()?.1[..], b"hello");
        Ok(())
    }

    #[test]
    fn names_that_become_the_same_file() -> Result {
        let mut bus = Bus::new()?;

        // All at one address: the second would make sysfs complain with a stack trace.
        for name in ["a/b", "a!b", "a\nb", "a\x01b", "..", "%s%n", "\u{e4}"] {
            bus.tell(name, Addr(80), Action::Create)?;
        }
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        bus.deliver(REMOTE_SINK, sink.addr(), b"hello")?;
        check_eq!(&sink.next()?.1[..], b"hello");
        bus.check_ring()
    }
}
