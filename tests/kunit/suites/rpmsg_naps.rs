// SPDX-License-Identifier: GPL-2.0

//! Who waits for a buffer on a ring with event indices is not woken for the first one that comes
//! free: that would cost more than all the rest of a stream. It sleeps until there are many, looks for
//! itself after a while, and wants to hear of the first one when that was in vain.

use super::rpmsg_send::exhaust;
use crate::{
    c_abi::others::let_others_run,
    fake_remote::TX,
    rpmsg_bus::{
        Bus,
        Channel,
        NUM,
        REMOTE_SINK,
        SINK, //
    },
    sender::Sender, //
};
use kernel::{
    prelude::*,
    sync::Arc, //
};
use proto::{
    rpmsg::F_NS,
    vring::F_EVENT_IDX, //
};

/// The buffer whose return ends the sleep: three quarters of all.
const MANY: u16 = NUM / 4 * 3;

/// How often to let others run before something counts as never happening.
const PATIENCE: u32 = 3_000;

/// A sender that waits for a buffer, all of which the other side has.
fn waiting() -> Result<(Bus, Arc<Channel>, Arc<Sender>)> {
    let mut bus = Bus::with_features(1 << F_NS | 1 << F_EVENT_IDX)?;
    let sink = bus.announce(SINK, REMOTE_SINK)?;
    // It would look a last time at the end of its time.
    sink.bound().port()?.set_send_timeout(u32::MAX)?;
    check_eq!(exhaust(&sink)?, NUM);
    let sender = Sender::spawn(&sink, b"patient")?;
    wants(&bus, MANY, 1)?;
    Ok((bus, sink, sender))
}

/// Waits until Linux wants to hear of the return of buffer `at`, for so many looks in a row.
fn wants(bus: &Bus, at: u16, looks: u32) -> Result {
    let mut seen = 0;
    for round in 0..PATIENCE {
        seen = if bus.remote.wanted_interrupt(TX)? == at {
            seen + 1
        } else {
            0
        };
        if seen == looks {
            return Ok(());
        }
        let_others_run(looks > 1 || round > 20);
    }
    check_eq!(bus.remote.wanted_interrupt(TX)?, at);
    Ok(())
}

/// The other side gives `count` buffers back. Returns whether it is to interrupt Linux.
fn give_back(bus: &mut Bus, count: u16) -> Result<bool> {
    for _ in 0..count {
        let (chain, _) = bus.remote.take_message()?.ok_or(ENOMSG)?;
        bus.remote.give(TX, chain, 0)?;
    }
    bus.remote.publish(TX)
}

#[kunit_tests(rpmsg_naps)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_found_without_an_interrupt() -> Result {
        for _ in 0..PATIENCE {
            let (mut bus, _sink, sender) = waiting()?;
            let interrupted = give_back(&mut bus, 1)?;
            // On a machine that was busy otherwise it may have looked for the second time.
            let looked = bus.remote.wanted_interrupt(TX)? != MANY;
            sender.join()?;
            if !looked {
                check!(!interrupted);
                return Ok(());
            }
        }
        Err(ETIMEDOUT)
    }

    #[test]
    fn many_buffers_interrupt() -> Result {
        let (mut bus, sink, sender) = waiting()?;

        check!(give_back(&mut bus, MANY + 1)?);
        sender.join()?;
        while bus.received()?.is_some() {}
        check_eq!(exhaust(&sink)?, NUM);
        Ok(())
    }

    #[test]
    fn in_the_end_the_first_one_interrupts() -> Result {
        let (mut bus, sink, sender) = waiting()?;

        // It is zero for a moment at each look, too.
        wants(&bus, 0, 5)?;
        check!(give_back(&mut bus, 1)?);
        sender.join()?;
        while bus.received()?.is_some() {}
        check_eq!(exhaust(&sink)?, NUM);
        Ok(())
    }
}
