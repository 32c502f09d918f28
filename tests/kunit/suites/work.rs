// SPDX-License-Identifier: GPL-2.0

//! Work items: cancelled, waited for, and from inside.

use amp::{
    completion::Completion,
    rcu_arc::RcuArc,
    work::{
        self,
        Kind,
        OwnedQueue, //
    }, //
};
use kernel::{
    impl_has_work,
    new_work,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    },
    workqueue::{
        Work,
        WorkItem, //
    }, //
};

/// How long to wait for what must happen, in milliseconds: a test that needs it has failed.
const FOREVER: u32 = 10_000;

#[pin_data(PinnedDrop)]
struct Item {
    #[pin]
    work: Work<Item>,
    #[pin]
    started: Completion,
    #[pin]
    go_on: Completion,
    runs: Atomic<i32>,
    inside: Atomic<i32>,
    dropped: Arc<Atomic<i32>>,
}

impl_has_work! {
    impl HasWork<Self> for Item { self.work }
}

impl WorkItem for Item {
    type Pointer = RcuArc<Item>;

    fn run(this: RcuArc<Item>) {
        this.started.complete();
        let _ = this.go_on.wait_timeout(FOREVER);
        this.runs.fetch_add(1, Relaxed);
        if work::is_running_in(&this) {
            this.inside.fetch_add(1, Relaxed);
        }
    }
}

#[pinned_drop]
impl PinnedDrop for Item {
    fn drop(self: Pin<&mut Self>) {
        self.dropped.fetch_add(1, Relaxed);
    }
}

impl Item {
    fn new(dropped: &Arc<Atomic<i32>>) -> Result<RcuArc<Self>> {
        let dropped = dropped.clone();
        RcuArc::pin_init(
            pin_init!(Self {
                work <- new_work!("amp_kunit::Item"),
                started <- Completion::new(),
                go_on <- Completion::new(),
                runs: Atomic::new(0),
                inside: Atomic::new(0),
                dropped,
            }),
            GFP_KERNEL,
        )
    }
}

fn counter() -> Result<Arc<Atomic<i32>>> {
    Ok(Arc::new(Atomic::new(0), GFP_KERNEL)?)
}

#[kunit_tests(amp_work)]
mod tests {
    use super::*;

    #[test]
    fn runs_and_knows_where() -> Result {
        let dropped = counter()?;
        let queue = OwnedQueue::new(c"amp_kunit", Kind::Unbound)?;
        let item = Item::new(&dropped)?;

        item.go_on.complete_all();
        check!(queue.enqueue(item.clone()).is_ok());
        work::flush(&item);
        check_eq!(item.runs.load(Relaxed), 1);
        check_eq!(item.inside.load(Relaxed), 1);
        check!(!work::is_running_in(&item));
        drop(item);
        check_eq!(dropped.load(Relaxed), 1);
        Ok(())
    }

    #[test]
    fn enqueued_once_until_it_starts() -> Result {
        let dropped = counter()?;
        let queue = OwnedQueue::new(c"amp_kunit", Kind::Ordered)?;
        let (first, second) = (Item::new(&dropped)?, Item::new(&dropped)?);

        check!(queue.enqueue(first.clone()).is_ok());
        first.started.wait_timeout(FOREVER)?;
        check!(queue.enqueue(second.clone()).is_ok());
        check!(queue.enqueue(second.clone()).is_err());
        // One that runs can be enqueued for another run.
        check!(queue.enqueue(first.clone()).is_ok());
        first.go_on.complete_all();
        second.go_on.complete_all();
        drop(queue);
        check_eq!(first.runs.load(Relaxed), 2);
        check_eq!(second.runs.load(Relaxed), 1);
        Ok(())
    }

    #[test]
    fn cancelled_before_it_starts() -> Result {
        let dropped = counter()?;
        let queue = OwnedQueue::new(c"amp_kunit", Kind::Ordered)?;
        let (blocker, item) = (Item::new(&dropped)?, Item::new(&dropped)?);

        check!(queue.enqueue(blocker.clone()).is_ok());
        check!(queue.enqueue(item.clone()).is_ok());
        check!(work::cancel_sync(&item));
        check!(!work::cancel_sync(&item));
        blocker.go_on.complete_all();
        drop(queue);
        check_eq!(item.runs.load(Relaxed), 0);
        // Neither the queue nor the cancelling has kept a reference.
        drop(item);
        drop(blocker);
        check_eq!(dropped.load(Relaxed), 2);
        Ok(())
    }

    #[test]
    fn the_queue_ends_after_its_items() -> Result {
        let dropped = counter()?;
        let queue = OwnedQueue::new(c"amp_kunit", Kind::PerCpu)?;

        for _ in 0..8 {
            let item = Item::new(&dropped)?;
            item.go_on.complete_all();
            check!(queue.enqueue(item).is_ok());
        }
        drop(queue);
        check_eq!(dropped.load(Relaxed), 8);
        Ok(())
    }
}
