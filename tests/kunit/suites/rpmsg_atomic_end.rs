// SPDX-License-Identifier: GPL-2.0

//! The end of an endpoint, of a driver, and of a whole bus, while a callback runs in a softirq on
//! another CPU: all of them wait for it.

use super::rpmsg_atomic::send;
use crate::{
    c_abi::others::let_others_run,
    fake_remote::RX,
    rpmsg_bus::{
        message,
        Bus,
        FOREVER,
        REMOTE_SINK,
        SINK, //
    },
    slot::Slot,
    spawn::spawn, //
};
use amp::{
    bottom_half::BottomHalvesDisabled,
    completion::Completion,
    wait_cycle::current, //
};
use kernel::{
    cpu::nr_cpu_ids,
    device::{
        Bound,
        Core, //
    },
    driver,
    module::this_module,
    prelude::*,
    sync::{
        atomic::{
            Acquire,
            Atomic,
            AtomicFlag,
            Relaxed,
            Release, //
        },
        Arc, //
    }, //
};
use proto::name_service::Action;
use rpmsg::{
    Addr,
    Endpoint,
    Message,
    Port, //
};

/// Where the endpoint is, and the driver's: the sink has the first address.
const HERE: Addr = Addr(300);
const DRIVERS: Addr = Addr(1025);

/// The service of the driver, and where the remote serves it.
const QUICK: &str = "kunit-quick";
const REMOTE_QUICK: Addr = Addr(71);

/// A message that only comes.
const BRIEF: u8 = 0;
/// One whose callback runs until somebody ends it.
const LONG: u8 = 1;

/// How often a callback looks whether somebody ends it: a test that needs them all has failed.
const LOOKS: u32 = 500_000_000;

/// What the driver's callback does in the current test.
pub(crate) static CALLS: Slot<Arc<Calls>> = Slot::new();

/// Callbacks.
#[pin_data]
pub(crate) struct Calls {
    /// The task that was current at the last one.
    task: Atomic<usize>,
    /// The one that a softirq interrupts for a long one.
    other: Atomic<usize>,
    /// Done when a brief one has ended.
    #[pin]
    brief: Completion,
    /// Done when a long one has begun.
    #[pin]
    long: Completion,
    /// Somebody is about to end that.
    ending: AtomicFlag,
    /// It has seen that, and returned.
    returned: AtomicFlag,
}

impl Calls {
    /// Makes it the current one.
    fn new() -> Result<Arc<Self>> {
        let calls = Arc::pin_init(
            pin_init!(Self {
                task: Atomic::new(0),
                other: Atomic::new(0),
                brief <- Completion::new(),
                long <- Completion::new(),
                ending: AtomicFlag::new(false),
                returned: AtomicFlag::new(false),
            }),
            GFP_KERNEL,
        )?;
        CALLS.set(Some(calls.clone()));
        Ok(calls)
    }

    /// A callback, whose end `ends` shows.
    fn call(&self, message: Message<'_>, ends: impl Fn() -> bool) {
        self.task.store(current(), Relaxed);
        if message.payload.first() != Some(&LONG) {
            self.brief.complete();
            return;
        }
        self.long.complete();
        let has_ended = (0..LOOKS).any(|_| {
            core::hint::spin_loop();
            ends()
        });
        // Who does not wait gets ahead.
        for _ in 0..100_000 {
            core::hint::spin_loop();
        }
        self.returned.store(has_ended, Release);
    }

    /// Has a softirq on another CPU be in a long callback for a message to `dst`.
    fn begin(self: &Arc<Self>, bus: &mut Bus, dst: Addr) -> Result {
        // Whose the first one is nobody knows, and others come while a thread is at that.
        for round in 0..64 {
            send(bus, dst, &[&[BRIEF]])?;
            self.brief.wait_timeout(FOREVER)?;
            if self.task.load(Relaxed) == current() {
                break;
            }
            let_others_run(round > 20);
        }
        check_eq!(self.task.load(Relaxed), current());
        let long = message(REMOTE_SINK, dst, &[LONG])?;
        bus.remote.fill(&long, long.len().try_into()?)?;
        let interrupt = bus.remote.show(RX)?.ok_or(EAGAIN)?;
        let calls = self.clone();
        spawn(move || {
            calls.other.store(current(), Relaxed);
            let disabled = BottomHalvesDisabled::new();
            interrupt.raise();
            drop(disabled);
        })?;
        self.long.wait_timeout(FOREVER)?;
        check_eq!(self.task.load(Relaxed), self.other.load(Relaxed));
        self.ending.store(true, Release);
        Ok(())
    }
}

/// What takes an endpoint's messages.
struct Taker(Arc<Calls>);

impl rpmsg::Receiver for Taker {
    const ATOMIC: bool = true;

    fn receive(&self, port: Port<'_>, message: Message<'_>) -> Result {
        // Nothing can be sent from an endpoint that is about to go.
        self.0.call(message, || port.mtu().is_err());
        Ok(())
    }
}

/// The driver.
struct Quick(Arc<Calls>);

rpmsg::device_table!(ID_TABLE, (), [(QUICK, ())]);

impl rpmsg::Driver for Quick {
    type IdInfo = ();
    type Data<'bound> = Self;
    const ID_TABLE: rpmsg::IdTable<()> = &ID_TABLE;
    const ATOMIC: bool = true;

    fn probe<'bound>(
        _dev: &'bound rpmsg::Device<Core<'_>>,
        _info: Option<&'bound ()>,
    ) -> impl PinInit<Self, Error> + 'bound {
        CALLS.get().map(Self)
    }

    fn receive(_dev: &rpmsg::Device<Bound>, this: Pin<&Self>, message: Message<'_>) -> Result {
        let calls = &this.0;
        calls.call(message, || calls.ending.load(Acquire));
        Ok(())
    }
}

type Registration = driver::Registration<rpmsg::Adapter<Quick>>;

/// A bus with a channel that the driver has.
fn bus_with_driver() -> Result<(Bus, Pin<KBox<Registration>>)> {
    let mut bus = Bus::new()?;

    bus.remote.want_kicks(RX, false)?;
    bus.tell(QUICK, REMOTE_QUICK, Action::Create)?;
    // This comes after the other, so that is there when this has its driver.
    bus.announce(SINK, REMOTE_SINK)?;
    let driver = KBox::pin_init(
        Registration::new(c"rpmsg_kunit_quick", this_module::<crate::LocalModule>()),
        GFP_KERNEL,
    )?;
    Ok((bus, driver))
}

/// Whether a softirq can be at something while others do something else.
fn is_smp() -> bool {
    nr_cpu_ids() > 1
}

#[kunit_tests(rpmsg_atomic_end)]
mod tests {
    use super::*;

    #[test]
    fn of_an_endpoint() -> Result {
        if !is_smp() {
            return Ok(());
        }
        let calls = Calls::new()?;
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        bus.remote.want_kicks(RX, false)?;
        let endpoint = Endpoint::new(sink.bound(), HERE, Taker(calls.clone()))?;

        calls.begin(&mut bus, HERE)?;
        drop(endpoint);
        check!(calls.returned.load(Acquire));
        bus.check_ring()
    }

    #[test]
    fn of_a_driver() -> Result {
        if !is_smp() {
            return Ok(());
        }
        let calls = Calls::new()?;
        let (mut bus, driver) = bus_with_driver()?;

        calls.begin(&mut bus, DRIVERS)?;
        drop(driver);
        check!(calls.returned.load(Acquire));
        bus.check_ring()
    }

    #[test]
    fn of_the_bus() -> Result {
        if !is_smp() {
            return Ok(());
        }
        let calls = Calls::new()?;
        let (mut bus, _driver) = bus_with_driver()?;

        calls.begin(&mut bus, DRIVERS)?;
        drop(bus);
        check!(calls.returned.load(Acquire));
        Ok(())
    }
}
