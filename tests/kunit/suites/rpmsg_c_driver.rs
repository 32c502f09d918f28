// SPDX-License-Identifier: GPL-2.0

//! What the bus does for drivers in C, which are as careless as they may be with mainline: no message
//! before they are ready, and no freed memory for code of theirs that comes after their end.

use crate::{
    c_abi::{
        driver::{
            self,
            ept_of,
            Registration, //
        },
        others::{
            let_others_run,
            wait_for_freed_memory, //
        }, //
    },
    probing::Probing,
    rpmsg_bus::{
        Bus,
        Channel,
        FOREVER,
        REMOTE_SINK,
        SINK, //
    },
    slot::Slot, //
};
use amp::completion::Completion;
use kernel::{
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    }, //
};
use proto::{
    name_service::Action,
    rpmsg::{
        F_FC,
        F_NS, //
    }, //
};
use rpmsg::Addr;

/// As in `include/uapi/linux/eventpoll.h`.
const EPOLLERR: u32 = 8;

/// The service of the driver here, and where the remote serves it.
const SERVICE: &str = "kunit-c";
const REMOTE: Addr = Addr(80);

/// What the driver is to do.
pub(crate) static ORDERS: Slot<Arc<Orders>> = Slot::new();

/// What the driver does in the current test, and what happened to it.
#[pin_data]
pub(crate) struct Orders {
    /// Probe sends a question and waits for the answer; else it waits for `go_on`.
    asks: bool,
    /// It has begun when it has asked.
    #[pin]
    probe: Probing,
    /// Messages.
    calls: Atomic<u32>,
    #[pin]
    called: Completion,
}

impl Orders {
    /// Makes them the current ones.
    fn new(asks: bool) -> Result<Arc<Self>> {
        let orders = Arc::pin_init(
            pin_init!(Self {
                asks,
                probe <- Probing::new(),
                calls: Atomic::new(0),
                called <- Completion::new(),
            }),
            GFP_KERNEL,
        )?;
        ORDERS.set(Some(orders.clone()));
        Ok(orders)
    }
}

/// The driver.
struct Careless;

impl driver::Driver for Careless {
    const NAME: &'static CStr = c"kunit-c";

    fn probe(dev: ARef<rpmsg::Device>) -> Result {
        let orders = ORDERS.get()?;

        let sent = if orders.asks {
            ept_of(&dev)?.send_copy(b"question")
        } else {
            0
        };
        orders.probe.begin(dev);
        let answer = if orders.asks {
            &orders.called
        } else {
            &orders.probe.go_on
        };
        let outcome = answer.wait_timeout(FOREVER);
        orders.probe.ended.complete();
        outcome?;
        kernel::error::to_result(sent)
    }

    fn receive() {
        if let Ok(orders) = ORDERS.get() {
            orders.calls.fetch_add(1, Relaxed);
            orders.called.complete();
        }
    }
}

/// A bus whose other end has the driver's service, and its probe has begun.
fn probing(orders: &Orders, features: u64) -> Result<(Bus, Registration)> {
    let mut bus = Bus::with_features(features)?;
    let driver = Registration::new::<Careless>()?;
    bus.tell(SERVICE, REMOTE, Action::Create)?;
    orders.probe.wait()?;
    Ok((bus, driver))
}

/// What code gets that uses the channel's endpoint after its end.
fn check_late(dev: &rpmsg::Device) -> Result {
    let gone = ENXIO.to_errno();
    let ept = ept_of(dev)?;
    wait_for_freed_memory();

    check_eq!(ept.mtu(), gone as isize);
    check_eq!(ept.send_copy(b"late"), gone);
    check_eq!(ept.send_copy_to(b"late", REMOTE), gone);
    check_eq!(ept.try_send_copy(b"late"), gone);
    check_eq!(ept.try_send_copy_to(b"late", REMOTE), gone);
    check_eq!(ept.set_flow_control(true, REMOTE), gone);
    check_eq!(ept.poll(), EPOLLERR);
    check_eq!(ept.fill(b"late").err(), Some(ENOMEM));
    Ok(())
}

/// Messages to `channel` come, so others that came before would have.
fn others_work(bus: &mut Bus, channel: &Channel) -> Result {
    bus.deliver(REMOTE_SINK, channel.addr(), b"later")?;
    check_eq!(&channel.next()?.1[..], b"later");
    // A callback in a work item of its own.
    for round in 0..50 {
        let_others_run(round > 40);
    }
    Ok(())
}

#[kunit_tests(rpmsg_c_driver)]
mod tests {
    use super::*;

    #[test]
    fn messages_wait_for_probe() -> Result {
        let orders = Orders::new(false)?;
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let _driver = Registration::new::<Careless>()?;
        bus.tell(SERVICE, REMOTE, Action::Create)?;
        let addr = orders.probe.wait()?.src();

        bus.deliver(REMOTE, addr, b"early")?;
        bus.deliver(REMOTE, addr, b"bird")?;
        others_work(&mut bus, &sink)?;
        check_eq!(orders.calls.load(Relaxed), 0);

        orders.probe.go_on.complete_all();
        orders.called.wait_timeout(FOREVER)?;
        orders.called.wait_timeout(FOREVER)?;
        check_eq!(orders.calls.load(Relaxed), 2);
        bus.check_ring()
    }

    #[test]
    fn a_probe_that_asks_gets_its_answer() -> Result {
        let orders = Orders::new(true)?;
        let (mut bus, _driver) = probing(&orders, 1 << F_NS)?;
        let addr = orders.probe.dev()?.src();

        bus.deliver(REMOTE, addr, b"answer")?;
        orders.probe.ended.wait_timeout(FOREVER)?;
        check_eq!(orders.calls.load(Relaxed), 1);
        bus.check_ring()
    }

    #[test]
    fn late_users_of_an_endpoint() -> Result {
        let orders = Orders::new(false)?;
        let (bus, driver) = probing(&orders, 1 << F_NS | 1 << F_FC)?;
        let dev = orders.probe.dev()?;
        orders.probe.go_on.complete_all();
        orders.probe.ended.wait_timeout(FOREVER)?;
        check_eq!(ept_of(&dev)?.mtu(), 496);

        // The driver goes, then the channel with the other side; `dev` keeps its memory.
        drop(driver);
        check_late(&dev)?;
        drop(bus);
        check_late(&dev)
    }

    #[test]
    fn late_users_when_the_driver_came_again() -> Result {
        let orders = Orders::new(false)?;
        let (bus, driver) = probing(&orders, 1 << F_NS | 1 << F_FC)?;
        let dev = orders.probe.dev()?;
        orders.probe.go_on.complete_all();
        orders.probe.ended.wait_timeout(FOREVER)?;
        drop(driver);
        let late = ept_of(&dev)?;
        let driver = Registration::new::<Careless>()?;
        orders.probe.ended.wait_timeout(FOREVER)?;
        check!(ept_of(&dev)? != late);
        check_eq!(ept_of(&dev)?.mtu(), 496);
        wait_for_freed_memory();
        // As long as the second one is not gone, too.
        check_eq!(late.mtu(), ENXIO.to_errno() as isize);
        drop(driver);
        check_late(&dev)?;
        drop(bus);
        Ok(())
    }
}
