// SPDX-License-Identifier: GPL-2.0

//! Waiting in turn for something that one at a time can have.

use crate::{
    c_abi::signal::Pending,
    spawn::spawn, //
};
use amp::{
    completion::Completion,
    new_wait_queue,
    wait::WaitQueue, //
};
use core::ops::ControlFlow;
use kernel::{
    new_spinlock,
    prelude::*,
    sync::{
        Arc,
        SpinLock, //
    },
    time::{
        msecs_to_jiffies,
        Jiffies, //
    }, //
};

/// How long to wait for what must happen, in milliseconds: a test that needs it has failed.
const FOREVER: u32 = 10_000;

#[derive(Default)]
struct State {
    /// How many may take something.
    tokens: u32,
    /// Who took something, in that order.
    took: [u32; 4],
    count: usize,
}

#[pin_data]
struct Turnstile {
    #[pin]
    waiters: WaitQueue,
    #[pin]
    state: SpinLock<State>,
    #[pin]
    waiting: Completion,
    #[pin]
    took: Completion,
}

impl Turnstile {
    fn new() -> Result<Arc<Self>> {
        Arc::pin_init(
            pin_init!(Self {
                waiters <- new_wait_queue!("Turnstile::waiters"),
                state <- new_spinlock!(State::default()),
                waiting <- Completion::new(),
                took <- Completion::new(),
            }),
            GFP_KERNEL,
        )
    }

    /// One who waits. His second try is made with his place in the queue taken.
    fn pass(&self, who: u32) {
        let mut tries = 0;
        let passed = self
            .waiters
            .wait_in_turn(msecs_to_jiffies(FOREVER), |turn| {
                let mut state = self.state.lock();
                tries += 1;
                if tries == 2 {
                    self.waiting.complete();
                }
                if !turn || state.tokens == 0 {
                    return None;
                }
                state.tokens -= 1;
                let place = state.count;
                if let Some(slot) = state.took.get_mut(place) {
                    *slot = who;
                }
                state.count += 1;
                Some(())
            });
        if passed.is_ok() {
            self.took.complete();
        }
    }

    fn spawn(self: &Arc<Self>, who: u32) -> Result {
        let this = self.clone();
        spawn(move || this.pass(who))?;
        self.waiting.wait_timeout(FOREVER)
    }
}

#[kunit_tests(amp_wait)]
mod tests {
    use super::*;

    #[test]
    fn takes_at_once_what_is_there() -> Result {
        let gate = Turnstile::new()?;
        check_eq!(gate.waiters.wait(0, || Some(7))?, 7);
        check!(!gate.waiters.has_waiters());
        Ok(())
    }

    #[test]
    fn times_out() -> Result {
        let gate = Turnstile::new()?;
        let mut tries = 0;
        let result = gate.waiters.wait(1, || {
            tries += 1;
            None::<()>
        });
        check_eq!(result.err(), Some(ETIMEDOUT));
        // At once, in the queue, and after the time has passed.
        check_eq!(tries, 3);
        check!(!gate.waiters.has_waiters());
        Ok(())
    }

    #[test]
    fn looks_again_unasked() -> Result {
        let gate = Turnstile::new()?;
        let mut tries = 0;
        let result = gate
            .waiters
            .wait_with_naps(msecs_to_jiffies(FOREVER), |turn| {
                tries += 1;
                match tries {
                    5 => ControlFlow::Break(turn),
                    _ => ControlFlow::Continue(1),
                }
            });
        check_eq!(result?, true);

        // The time is up all the same.
        let mut tries = 0;
        let result = gate.waiters.wait_with_naps(3, |_| {
            tries += 1;
            ControlFlow::<(), Jiffies>::Continue(1)
        });
        check_eq!(result.err(), Some(ETIMEDOUT));
        check!(tries >= 3);
        Ok(())
    }

    #[test]
    fn a_signal_ends_the_wait() -> Result {
        let gate = Turnstile::new()?;
        let _signal = Pending::new()?;
        let mut tries = 0;

        let result = gate.waiters.wait(msecs_to_jiffies(FOREVER), || {
            tries += 1;
            None::<()>
        });
        check_eq!(result.err(), Some(ERESTARTSYS));
        // At once and with the signal seen: there was no third try.
        check_eq!(tries, 2);
        check!(!gate.waiters.has_waiters());
        // What is there is taken all the same.
        check_eq!(gate.waiters.wait(0, || Some(7))?, 7);
        Ok(())
    }

    #[test]
    fn first_come_first_served() -> Result {
        let gate = Turnstile::new()?;
        for who in 1..=3 {
            gate.spawn(who)?;
        }
        for _ in 0..3 {
            gate.state.lock().tokens += 1;
            gate.waiters.wake_one();
            gate.took.wait_timeout(FOREVER)?;
        }
        check_eq!(gate.state.lock().took, [1, 2, 3, 0]);
        Ok(())
    }

    #[test]
    fn nobody_loses_his_place() -> Result {
        let gate = Turnstile::new()?;
        for who in 1..=3 {
            gate.spawn(who)?;
        }
        // Woken in vain, again and again, each of them.
        for _ in 0..10 {
            gate.waiters.wake_all();
        }
        for _ in 0..3 {
            gate.state.lock().tokens += 1;
            // Everybody runs for it, whoever is first.
            gate.waiters.wake_all();
            gate.took.wait_timeout(FOREVER)?;
        }
        check_eq!(gate.state.lock().took, [1, 2, 3, 0]);
        Ok(())
    }

    #[test]
    fn all_are_woken() -> Result {
        let gate = Turnstile::new()?;
        for who in 1..=3 {
            gate.spawn(who)?;
        }
        gate.state.lock().tokens = 3;
        gate.waiters.wake_all();
        for _ in 0..3 {
            gate.took.wait_timeout(FOREVER)?;
        }
        check_eq!(gate.state.lock().count, 3);
        Ok(())
    }
}
