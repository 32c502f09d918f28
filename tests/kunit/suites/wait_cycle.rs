// SPDX-License-Identifier: GPL-2.0

//! Tasks that wait for each other: nobody is let into a circle.

use crate::spawn::spawn;
use amp::{
    completion::Completion,
    wait_cycle::{
        current,
        finished,
        wait,
        Patience, //
    }, //
};
use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            AtomicFlag,
            Relaxed, //
        },
        Arc, //
    }, //
};

/// How long to wait for what must happen, in milliseconds: a test that needs it has failed.
const FOREVER: u32 = 10_000;

/// Objects that others work on.
const OURS: usize = 100;
/// See [`OURS`].
const THEIRS: usize = 200;

/// Another task, and how far it is.
#[pin_data]
struct Other {
    task: Atomic<usize>,
    #[pin]
    begins: Completion,
    /// Whether it was waited to the end.
    waited: AtomicFlag,
    #[pin]
    ended: Completion,
}

/// A task that waits until the caller is done with `OURS`.
fn other(patience: Patience) -> Result<Arc<Other>> {
    let other = Arc::pin_init(
        pin_init!(Other {
            task: Atomic::new(0),
            begins <- Completion::new(),
            waited: AtomicFlag::new(false),
            ended <- Completion::new(),
        }),
        GFP_KERNEL,
    )?;
    let (this, caller) = (other.clone(), current());
    spawn(move || {
        this.task.store(current(), Relaxed);
        // With the lock held by which others find that it waits.
        let runner = || {
            this.begins.complete();
            caller
        };
        this.waited.store(wait(OURS, runner, patience), Relaxed);
        this.ended.complete();
    })?;
    other.begins.wait_timeout(FOREVER)?;
    Ok(other)
}

#[kunit_tests(amp_wait_cycle)]
mod tests {
    use super::*;

    #[test]
    fn who_need_not_wait() -> Result {
        check!(wait(OURS, || 0, Patience::Limited));
        check!(!wait(OURS, current, Patience::Limited));
        check!(!wait(OURS, current, Patience::Endless));
        Ok(())
    }

    #[test]
    fn two_do_not_wait_for_each_other() -> Result {
        for patience in [Patience::Limited, Patience::Endless] {
            let other = other(patience)?;
            let task = other.task.load(Relaxed);

            check!(!wait(THEIRS, || task, Patience::Limited));
            finished(OURS);
            other.ended.wait_timeout(FOREVER)?;
            check!(other.waited.load(Relaxed));
        }
        Ok(())
    }

    #[test]
    fn limited_patience_gives_in() -> Result {
        let other = other(Patience::Limited)?;
        let task = other.task.load(Relaxed);
        let watched = other.clone();
        // What the other task does when it need not wait any more.
        spawn(move || {
            if watched.ended.wait_timeout(FOREVER).is_ok() {
                finished(THEIRS);
            }
        })?;

        check!(wait(THEIRS, || task, Patience::Endless));
        check!(!other.waited.load(Relaxed));
        Ok(())
    }
}
