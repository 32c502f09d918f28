// SPDX-License-Identifier: GPL-2.0

//! Callbacks that never sleep: they are called in softirqs.

use crate::{
    fake_remote::RX,
    rpmsg_bus::{
        message,
        Bus,
        FOREVER,
        HOLD,
        NUM,
        REMOTE_SINK,
        SINK, //
    }, //
};
use amp::{
    bottom_half::BottomHalvesDisabled,
    completion::Completion,
    wait_cycle::current, //
};
use kernel::{
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};
use proto::rpmsg::Addr;
use rpmsg::{
    Endpoint,
    Message,
    Port, //
};

/// Where the endpoint is.
const HERE: Addr = Addr(300);

/// Counts what it gets.
#[pin_data]
struct Counter {
    messages: Atomic<u32>,
    /// Messages whose first byte was not the number of those before.
    misplaced: Atomic<u32>,
    /// The task that was current at the last one.
    task: Atomic<usize>,
    #[pin]
    called: Completion,
}

impl Counter {
    fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            messages: Atomic::new(0),
            misplaced: Atomic::new(0),
            task: Atomic::new(0),
            called <- Completion::new(),
        })
    }
}

impl rpmsg::Receiver for Counter {
    const ATOMIC: bool = true;

    fn receive(&self, _port: Port<'_>, message: Message<'_>) -> Result {
        let before = self.messages.fetch_add(1, Relaxed);
        if message.payload.first().copied().map(u32::from) != Some(before) {
            self.misplaced.fetch_add(1, Relaxed);
        }
        self.task.store(current(), Relaxed);
        self.called.complete();
        Ok(())
    }
}

/// The remote sends these messages while no softirq can run here; one does when this returns.
fn send(bus: &mut Bus, dst: Addr, payloads: &[[u8; 1]]) -> Result {
    let mut messages = KVec::new();
    for payload in payloads {
        messages.push(message(REMOTE_SINK, dst, payload)?, GFP_KERNEL)?;
    }
    let disabled = BottomHalvesDisabled::new();
    for message in &messages {
        bus.remote.fill(message, message.len().try_into()?)?;
    }
    bus.remote.publish(RX)?;
    drop(disabled);
    Ok(())
}

/// The first message, which a thread takes: nobody knows yet for whom it is.
fn first(bus: &mut Bus, counter: &Counter) -> Result {
    send(bus, HERE, &[[0]])?;
    counter.called.wait_timeout(FOREVER)?;
    check!(counter.task.load(Relaxed) != current());
    bus.check_ring()
}

#[kunit_tests(rpmsg_atomic)]
mod tests {
    use super::*;

    #[test]
    fn needs_no_thread() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        bus.remote.want_kicks(RX, false)?;
        let endpoint = Endpoint::new(sink.bound(), HERE, Counter::new())?;
        let counter = endpoint.receiver();

        first(&mut bus, counter)?;
        for number in 1..4 {
            send(&mut bus, HERE, &[[number]])?;
            check_eq!(counter.messages.load(Relaxed), u32::from(number) + 1);
            check_eq!(counter.task.load(Relaxed), current());
        }
        check_eq!(counter.misplaced.load(Relaxed), 0);
        bus.check_ring()
    }

    #[test]
    fn others_may_sleep() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        bus.remote.want_kicks(RX, false)?;
        let endpoint = Endpoint::new(sink.bound(), HERE, Counter::new())?;
        let counter = endpoint.receiver();

        first(&mut bus, counter)?;
        // A softirq takes it, and leaves the callback to a thread.
        send(&mut bus, sink.addr(), &[[HOLD]])?;
        sink.holding.wait_timeout(FOREVER)?;
        for number in 1..4 {
            send(&mut bus, HERE, &[[number]])?;
            counter.called.wait_timeout(FOREVER)?;
            bus.check_ring()?;
        }
        sink.go_on.complete();
        check_eq!(&sink.next()?.1[..], &[HOLD]);
        check_eq!(counter.misplaced.load(Relaxed), 0);
        Ok(())
    }

    #[test]
    fn many_stay_in_order() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        bus.remote.want_kicks(RX, false)?;
        let endpoint = Endpoint::new(sink.bound(), HERE, Counter::new())?;
        let counter = endpoint.receiver();

        first(&mut bus, counter)?;
        // As many as there are buffers: the next ones are for a thread, which may still be at it.
        let mut number = 1u8;
        for _ in 0..8 {
            let mut payloads = KVec::new();
            for _ in 0..NUM {
                payloads.push([number], GFP_KERNEL)?;
                number += 1;
            }
            send(&mut bus, HERE, &payloads)?;
            bus.check_ring()?;
        }
        for _ in 1..number {
            counter.called.wait_timeout(FOREVER)?;
        }
        check_eq!(counter.messages.load(Relaxed), number.into());
        check_eq!(counter.misplaced.load(Relaxed), 0);
        Ok(())
    }

    #[test]
    fn remote_is_told_of_buffers() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        bus.remote.want_kicks(RX, false)?;
        let endpoint = Endpoint::new(sink.bound(), HERE, Counter::new())?;
        let counter = endpoint.receiver();

        first(&mut bus, counter)?;
        let kicks = bus.remote.kicks(RX);
        // To kick may sleep, which a softirq leaves to a thread; then threads take all messages.
        bus.remote.want_kicks(RX, true)?;
        for number in 1..4 {
            send(&mut bus, HERE, &[[number]])?;
            counter.called.wait_timeout(FOREVER)?;
            bus.wait_for_kicks(RX, kicks + u32::from(number))?;
        }
        check_eq!(counter.misplaced.load(Relaxed), 0);
        bus.check_ring()
    }
}
