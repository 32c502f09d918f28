// SPDX-License-Identifier: GPL-2.0

//! Callbacks that never sleep: they are called in softirqs.

use crate::{
    c_abi::others::let_others_run,
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
use proto::{
    name_service::Action,
    rpmsg::{
        buffers::{
            Buffers,
            Direction, //
        },
        Addr,
        F_NS,
        HEADER_LEN, //
    }, //
};
use rpmsg::{
    Endpoint,
    Message,
    Port,
    ATOMIC_LEN, //
};

/// The largest buffers that there may be.
const LARGE: Direction = Direction {
    size: 65536,
    count: 5,
};

/// See above.
const LARGE_BUFFERS: Buffers = Buffers {
    to_remote: LARGE,
    to_host: LARGE,
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
pub(super) fn send(bus: &mut Bus, dst: Addr, payloads: &[&[u8]]) -> Result {
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

/// Sends messages until a softirq takes one. The first one is for a thread, as nobody knows yet whose it
/// is, and the next ones are as long as that has not ended. Returns how many there were.
fn begin(bus: &mut Bus, counter: &Counter) -> Result<u8> {
    for number in 0..64 {
        send(bus, HERE, &[&[number]])?;
        counter.called.wait_timeout(FOREVER)?;
        if counter.task.load(Relaxed) == current() {
            check!(number > 0);
            return Ok(number + 1);
        }
        let_others_run(number > 20);
    }
    Err(ETIMEDOUT)
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

        let begun = begin(&mut bus, counter)?;
        for number in begun..begun + 3 {
            send(&mut bus, HERE, &[&[number]])?;
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

        let begun = begin(&mut bus, counter)?;
        // A softirq takes it, and leaves the callback to a thread.
        send(&mut bus, sink.addr(), &[&[HOLD]])?;
        sink.holding.wait_timeout(FOREVER)?;
        for number in begun..begun + 3 {
            send(&mut bus, HERE, &[&[number]])?;
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

        let begun = begin(&mut bus, counter)?;
        // As many as there are buffers: the next ones are for a thread, which may still be at it.
        let mut number = begun;
        for _ in 0..8 {
            let first: [u8; NUM as usize] = core::array::from_fn(|i| number + i as u8);
            send(&mut bus, HERE, &first.each_ref().map(core::slice::from_ref))?;
            number += NUM as u8;
            bus.check_ring()?;
        }
        for _ in begun..number {
            counter.called.wait_timeout(FOREVER)?;
        }
        check_eq!(counter.messages.load(Relaxed), number.into());
        check_eq!(counter.misplaced.load(Relaxed), 0);
        Ok(())
    }

    #[test]
    fn long_ones_get_a_thread() -> Result {
        let mut bus = Bus::with_config(1 << F_NS, LARGE_BUFFERS.encode())?;
        bus.tell_unchecked(SINK, REMOTE_SINK, Action::Create)?;
        let sink = bus.appeared()?;
        bus.remote.want_kicks(RX, false)?;
        let endpoint = Endpoint::new(sink.bound(), HERE, Counter::new())?;
        let counter = endpoint.receiver();

        let mut number = begin(&mut bus, counter)?;
        let mut payload = KVVec::from_elem(0, LARGE.size as usize - HEADER_LEN, GFP_KERNEL)?;
        // A page at most does without.
        payload[0] = number;
        send(&mut bus, HERE, &[&payload[..ATOMIC_LEN]])?;
        counter.called.wait_timeout(FOREVER)?;
        check_eq!(counter.task.load(Relaxed), current());
        number += 1;
        // In a row with a short one, too.
        payload[0] = number + 1;
        send(&mut bus, HERE, &[&[number], &payload[..ATOMIC_LEN + 1]])?;
        payload[0] = number + 2;
        send(&mut bus, HERE, &[&payload])?;
        for _ in 0..3 {
            counter.called.wait_timeout(FOREVER)?;
            check!(counter.task.load(Relaxed) != current());
        }
        check_eq!(counter.misplaced.load(Relaxed), 0);
        bus.check_buffers(LARGE.count.try_into()?)
    }

    #[test]
    fn remote_is_told_of_buffers() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        bus.remote.want_kicks(RX, false)?;
        let endpoint = Endpoint::new(sink.bound(), HERE, Counter::new())?;
        let counter = endpoint.receiver();

        let begun = begin(&mut bus, counter)?;
        bus.check_ring()?;
        let kicks = bus.remote.kicks(RX);
        // To kick may sleep, which a softirq leaves to a thread; then threads take all messages.
        bus.remote.want_kicks(RX, true)?;
        for number in 0..3 {
            send(&mut bus, HERE, &[&[begun + number]])?;
            counter.called.wait_timeout(FOREVER)?;
            bus.wait_for_kicks(RX, kicks + u32::from(number) + 1)?;
        }
        check_eq!(counter.misplaced.load(Relaxed), 0);
        bus.check_ring()
    }
}
