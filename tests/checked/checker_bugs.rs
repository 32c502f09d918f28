// SPDX-License-Identifier: GPL-2.0

//! One deliberate bug of each kind, to see that the checked kernels would speak.
//!
//! A checker that is configured wrongly reports nothing, just as one that finds nothing. So each
//! kind is made here once, in Rust, as a driver would make it; tests/checked/run expects the
//! report. Never load this anywhere else.

use amp::work::{
    Kind,
    OwnedQueue, //
};
use core::{
    cell::UnsafeCell,
    hint::black_box,
    mem::ManuallyDrop, //
};
use kernel::{
    impl_has_work,
    new_mutex,
    new_spinlock,
    new_work,
    prelude::*,
    sync::{
        Arc,
        Mutex,
        SpinLock, //
    },
    time::{
        delay::fsleep,
        Delta, //
    },
    workqueue::{
        Work,
        WorkItem, //
    }, //
};

/// Reads what was freed.
fn use_after_free() -> Result {
    let mut boxed = ManuallyDrop::new(KBox::new([1u8; 64], GFP_KERNEL)?);
    let ptr: *const u8 = black_box(boxed.as_ptr());

    // SAFETY: Dropped once. What comes next is the bug.
    unsafe { ManuallyDrop::drop(&mut boxed) };
    // SAFETY: There is none: that is the bug.
    black_box(unsafe { ptr.add(8).read_volatile() });
    Ok(())
}

/// Reads behind the end.
fn out_of_bounds() -> Result {
    let boxed = KBox::new([1u8; 61], GFP_KERNEL)?;
    let ptr: *const u8 = black_box(boxed.as_ptr());

    // SAFETY: There is none: that is the bug.
    black_box(unsafe { ptr.add(61).read_volatile() });
    Ok(())
}

/// Loses memory.
fn leak() -> Result {
    let boxed = KBox::new([0x5au8; 200], GFP_KERNEL)?;

    black_box(boxed.as_ptr());
    core::mem::forget(boxed);
    Ok(())
}

#[pin_data]
struct Locks {
    #[pin]
    spin: SpinLock<u32>,
    #[pin]
    first: Mutex<u32>,
    #[pin]
    second: Mutex<u32>,
}

impl Locks {
    fn new() -> Result<Pin<KBox<Self>>> {
        KBox::try_pin_init(
            try_pin_init!(Self {
                spin <- new_spinlock!(0),
                first <- new_mutex!(0, "checker_bugs_first"),
                second <- new_mutex!(0, "checker_bugs_second"),
            }),
            GFP_KERNEL,
        )
    }
}

/// Sleeps where it must not.
fn sleep_in_atomic() -> Result {
    let locks = Locks::new()?;
    let _guard = locks.spin.lock();

    drop(locks.first.lock());
    Ok(())
}

/// Takes two locks in one order and then in the other.
fn lock_order() -> Result {
    let locks = Locks::new()?;

    {
        let _first = locks.first.lock();
        let _second = locks.second.lock();
    }
    let _second = locks.second.lock();
    let _first = locks.first.lock();
    Ok(())
}

/// A counter that two threads write, without a lock.
#[pin_data]
struct Racer {
    #[pin]
    work: Work<Racer>,
    shared: Arc<Shared>,
}

struct Shared(UnsafeCell<u64>);

// SAFETY: There is none: that is the bug.
unsafe impl Sync for Shared {}
// SAFETY: Only integers.
unsafe impl Send for Shared {}

impl_has_work! {
    impl HasWork<Self> for Racer { self.work }
}

impl WorkItem for Racer {
    type Pointer = Arc<Racer>;

    fn run(this: Arc<Racer>) {
        for _ in 0..200_000 {
            let counter = black_box(this.shared.0.get());
            // SAFETY: There is none: that is the bug.
            unsafe { *counter = black_box((*counter).wrapping_add(1)) };
        }
    }
}

fn data_race() -> Result {
    let queue = OwnedQueue::new(c"checker_bugs", Kind::Unbound)?;
    let shared = Arc::new(Shared(UnsafeCell::new(0)), GFP_KERNEL)?;

    for _ in 0..2 {
        let shared = shared.clone();
        let racer = Arc::pin_init(
            try_pin_init!(Racer {
                work <- new_work!("checker_bugs_race"),
                shared,
            }? Error),
            GFP_KERNEL,
        )?;
        let _ = queue.enqueue(racer);
    }
    // The queue's end waits for both.
    Ok(())
}

/// Allocates until it fails, if somebody injects failures.
fn allocation() -> Result {
    for _ in 0..1000 {
        if KBox::new([0u8; 96], GFP_KERNEL).is_err() {
            pr_info!("an allocation failed as asked for\n");
            return Ok(());
        }
        fsleep(Delta::from_micros(10));
    }
    Ok(())
}

/// Adds past the largest number.
fn overflow() -> Result {
    let largest = black_box(u32::MAX);

    black_box(largest + 1);
    Ok(())
}

struct CheckerBugs;

impl kernel::Module for CheckerBugs {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        let kinds: [fn() -> Result; 8] = [
            use_after_free,
            out_of_bounds,
            leak,
            sleep_in_atomic,
            lock_order,
            data_race,
            allocation,
            overflow,
        ];
        let kind = usize::try_from(module_parameters::kind.value())?;

        kinds.get(kind).ok_or(EINVAL)?()?;
        Ok(Self)
    }
}

module! {
    type: CheckerBugs,
    name: "checker_bugs",
    authors: ["The AMP/IPC framework contributors"],
    description: "Deliberate bugs that the checked kernels must report",
    license: "GPL",
    params: {
        kind: i32 {
            default: -1,
            description: "Which bug, in the order of the source",
        },
    },
}
