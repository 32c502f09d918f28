// SPDX-License-Identifier: GPL-2.0

//! Gates: what many may use until one closes it.

use crate::spawn::spawn;
use amp::{
    completion::Completion,
    gate::{
        Gate,
        Gated, //
    }, //
};
use kernel::{
    prelude::*,
    sync::{
        atomic::{
            AtomicFlag,
            Relaxed, //
        },
        Arc, //
    }, //
};

/// A bound on what must happen, in milliseconds: a test that needs it has failed.
const FOREVER: u32 = 10_000;

/// A gate with somebody inside, who leaves when told so.
#[pin_data]
struct Visited {
    #[pin]
    gate: Gate,
    #[pin]
    inside: Completion,
    #[pin]
    go_on: Completion,
    #[pin]
    closed: Completion,
    saw_it_open: AtomicFlag,
    left: AtomicFlag,
}

impl Visited {
    fn new() -> Result<Arc<Self>> {
        Arc::pin_init(
            pin_init!(Self {
                gate <- Gate::new(),
                inside <- Completion::new(),
                go_on <- Completion::new(),
                closed <- Completion::new(),
                saw_it_open: AtomicFlag::new(false),
                left: AtomicFlag::new(false),
            }),
            GFP_KERNEL,
        )
    }

    fn close(&self) {
        self.gate.close_and(|| self.closed.complete());
    }

    fn visit(&self) {
        let Some(_pass) = self.gate.enter() else {
            return;
        };
        self.inside.complete();
        let _ = self.go_on.wait_timeout(FOREVER);
        self.saw_it_open.store(self.gate.is_open(), Relaxed);
        self.left.store(true, Relaxed);
    }
}

#[kunit_tests(amp_gate)]
mod tests {
    use super::*;

    #[test]
    fn open_until_closed() -> Result {
        let visited = Visited::new()?;
        let gate = &visited.gate;

        for _ in 0..3 {
            let one = gate.enter();
            let two = gate.enter();
            check!(one.is_some() && two.is_some());
        }
        check!(gate.is_open());
        check!(gate.close());
        check!(!gate.is_open());
        check!(gate.enter().is_none());
        check!(gate.enter().is_none());
        // Only one has closed it.
        check!(!gate.close());
        Ok(())
    }

    #[test]
    fn closing_waits_for_those_inside() -> Result {
        let visited = Visited::new()?;
        let visitor = visited.clone();

        spawn(move || visitor.visit())?;
        visited.inside.wait_timeout(FOREVER)?;
        check!(visited.gate.close_and(|| {
            // Nobody new, and the one inside can see it.
            if visited.gate.enter().is_none() {
                visited.go_on.complete();
            }
        }));
        check!(visited.left.load(Relaxed));
        check!(!visited.saw_it_open.load(Relaxed));
        Ok(())
    }

    #[test]
    fn draining_waits_whoever_closed() -> Result {
        let visited = Visited::new()?;
        let (visitor, closer) = (visited.clone(), visited.clone());

        spawn(move || visitor.visit())?;
        visited.inside.wait_timeout(FOREVER)?;
        spawn(move || closer.close())?;
        visited.closed.wait_timeout(FOREVER)?;
        visited.go_on.complete();
        visited.gate.drain();
        check!(visited.left.load(Relaxed));
        // Again, with nobody inside.
        visited.gate.drain();
        Ok(())
    }

    #[test]
    fn who_closes_gets_the_value() -> Result {
        let gated = KBox::pin_init(Gated::new(7), GFP_KERNEL)?;

        check_eq!(gated.enter().as_deref(), Some(&7));
        check_eq!(gated.close_and(|| ()), Some(7));
        check!(gated.enter().is_none());
        check_eq!(gated.close_and(|| ()), None);
        Ok(())
    }
}
