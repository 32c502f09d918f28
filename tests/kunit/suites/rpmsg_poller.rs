// SPDX-License-Identifier: GPL-2.0

//! When Linux wants to hear of messages while it has some.

use crate::{
    c_abi::others::let_others_run,
    fake_remote::{
        Watch,
        RX, //
    },
    rpmsg_bus::{
        Bus,
        FOREVER,
        REMOTE_SINK,
        SINK, //
    }, //
};
use amp::completion::Completion;
use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    }, //
};
use proto::{
    rpmsg::F_NS,
    vring::F_EVENT_IDX, //
};
use rpmsg::{
    Addr,
    Endpoint,
    Message,
    Port,
    Receiver, //
};

/// Where messages go.
const WITNESS: Addr = Addr(137);

/// Messages until one has come alone, on a machine that has other things to do.
const TRIES: u32 = 100;

/// What a callback sees of the ring that its message was in.
#[pin_data]
struct Seen {
    ring: Watch,
    /// See [`Watch::wanted_interrupt`].
    wanted: Atomic<u32>,
    #[pin]
    called: Completion,
}

/// The receiver whose callback looks. It may sleep, for all that the bus knows.
struct Witness(Arc<Seen>);

impl Receiver for Witness {
    fn receive(&self, _port: Port<'_>, _message: Message<'_>) -> Result {
        self.0
            .wanted
            .store(self.0.ring.wanted_interrupt()?.into(), Relaxed);
        self.0.called.complete();
        Ok(())
    }
}

#[kunit_tests(rpmsg_poller)]
mod tests {
    use super::*;

    #[test]
    fn the_next_message_interrupts_a_callback() -> Result {
        let mut bus = Bus::with_features(1 << F_NS | 1 << F_EVENT_IDX)?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let ring = bus.remote.watch(RX)?;
        let seen = Arc::pin_init(
            pin_init!(Seen {
                ring,
                wanted: Atomic::new(0),
                called <- Completion::new(),
            }),
            GFP_KERNEL,
        )?;
        let _endpoint = Endpoint::new(sink.bound(), WITNESS, Witness(seen.clone()))?;

        // The announcement was the first one.
        for next in 2..2 + TRIES {
            // While another callback runs somebody looks without being asked to.
            let_others_run(true);
            bus.deliver(REMOTE_SINK, WITNESS, b"look")?;
            seen.called.wait_timeout(FOREVER)?;
            if seen.wanted.load(Relaxed) == next {
                return Ok(());
            }
        }
        check_eq!(seen.wanted.load(Relaxed), 1 + TRIES);
        Ok(())
    }
}
