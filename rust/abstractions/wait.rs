// SPDX-License-Identifier: GPL-2.0

//! Wait queues for many who wait for a resource that one at a time can have.
//!
//! [`kernel::sync::CondVar`] wants a lock around the condition and tells nothing of who is next.
//! Here a condition is a closure that tries to take the resource, waiters are woken in the order
//! in which they came, and a signal does not swallow another's wake-up.
//!
//! C header: [`include/linux/wait.h`](srctree/include/linux/wait.h)

use amp_bindings as bindings;
use core::ops::ControlFlow;
use kernel::{
    prelude::*,
    sync::LockClassKey,
    time::Jiffies,
    types::Opaque, //
};

/// Creates a [`WaitQueue`] initialiser with a newly-created lock class.
#[macro_export]
macro_rules! new_wait_queue {
    ($name:literal) => {
        $crate::wait::WaitQueue::new(kernel::c_str!($name), kernel::static_lock_class!())
    };
}

/// Tasks that wait for something.
///
/// # Invariants
///
/// The object is initialised.
///
/// # Examples
///
/// ```ignore
/// // A sender:
/// let buffer = waiters.wait_in_turn(msecs_to_jiffies(15000), |turn| match turn {
///     true => bus.take_buffer(),
///     false => None,
/// })?;
/// // The callback that got a buffer back:
/// waiters.wake_one();
/// ```
#[pin_data]
pub struct WaitQueue {
    #[pin]
    head: Opaque<bindings::wait_queue_head>,
}

// SAFETY: A wait queue is not tied to a task.
unsafe impl Send for WaitQueue {}
// SAFETY: All operations may run at the same time.
unsafe impl Sync for WaitQueue {}

impl WaitQueue {
    /// A queue without waiters.
    pub fn new(name: &'static CStr, key: Pin<&'static LockClassKey>) -> impl PinInit<Self> {
        // INVARIANT: The object is initialised here.
        pin_init!(Self {
            // SAFETY: `head` is valid while the closure is called; `name` and `key` are static.
            head <- Opaque::ffi_init(|head| unsafe {
                bindings::__init_waitqueue_head(head, name.as_char_ptr(), key.as_ptr())
            }),
        })
    }

    /// The C object, for `poll_wait()`.
    pub fn as_raw(&self) -> *mut bindings::wait_queue_head {
        self.head.get()
    }

    /// As [`WaitQueue::wait_in_turn`], for what is there for whoever comes.
    pub fn wait<T>(&self, timeout: Jiffies, mut take: impl FnMut() -> Option<T>) -> Result<T> {
        self.wait_in_turn(timeout, |_| take())
    }

    /// Waits until `take` gives something, at most `timeout` jiffies. Process context.
    ///
    /// `take` is called at once, after each wake-up, and a last time after timeout or signal; it
    /// must not sleep. It is told whether it is this task's turn: whether nobody has waited longer.
    /// A task keeps its place until this function returns, however often it is woken in vain, and
    /// wakes the next one then.
    ///
    /// # Errors
    ///
    /// - [`ETIMEDOUT`] if the time has passed.
    /// - [`ERESTARTSYS`] if the task got a signal, at once and without waiting for anything.
    pub fn wait_in_turn<T>(
        &self,
        timeout: Jiffies,
        mut take: impl FnMut(bool) -> Option<T>,
    ) -> Result<T> {
        self.wait_with_naps(timeout, |turn| match take(turn) {
            Some(taken) => ControlFlow::Break(taken),
            None => ControlFlow::Continue(Jiffies::MAX),
        })
    }

    /// As [`WaitQueue::wait_in_turn`], but when `take` has nothing it says after how many jiffies it
    /// looks again without having been woken.
    pub fn wait_with_naps<T>(
        &self,
        timeout: Jiffies,
        mut take: impl FnMut(bool) -> ControlFlow<T, Jiffies>,
    ) -> Result<T> {
        if let ControlFlow::Break(taken) = take(!self.has_queue()) {
            return Ok(taken);
        }

        let entry = Opaque::<bindings::wait_queue_entry>::uninit();
        // Times beyond the range of `long` are as good as its maximum.
        let signed = |time: Jiffies| time.try_into().unwrap_or(kernel::ffi::c_long::MAX);
        let mut left = signed(timeout);

        // SAFETY: `entry` is valid for writing.
        unsafe {
            bindings::init_wait_entry(
                entry.get(),
                bindings::WQ_FLAG_EXCLUSIVE as kernel::ffi::c_int,
            );
            // Waking is not to take the entry out of the queue.
            (*entry.get()).func = Some(bindings::default_wake_function);
        };
        let result = loop {
            // SAFETY: The queue is initialised by the type invariants; `entry` was initialised
            // above and stays in its place until `finish_wait`.
            let (interrupted, turn) = unsafe {
                (
                    bindings::prepare_to_wait_event(
                        self.head.get(),
                        entry.get(),
                        bindings::TASK_INTERRUPTIBLE as kernel::ffi::c_int,
                    ),
                    bindings::wait_entry_is_first(self.head.get(), entry.get()),
                )
            };

            let nap = match take(turn) {
                ControlFlow::Break(taken) => break Ok(taken),
                ControlFlow::Continue(nap) => left.min(signed(nap)),
            };
            if interrupted != 0 {
                // The entry has left the queue already: the next wake-up is for somebody else.
                break Err(ERESTARTSYS);
            }
            if left == 0 {
                break Err(ETIMEDOUT);
            }
            left -= nap;
            // SAFETY: The task's state is set; no lock is held.
            left += unsafe { bindings::schedule_timeout(nap) };
        };
        // SAFETY: As above.
        unsafe { bindings::finish_wait(self.head.get(), entry.get()) };

        // It is the next one's turn, and a wake-up may have been meant for it.
        self.wake_one();
        result
    }

    /// Wakes the waiter that has waited longest, and all pollers. Any context.
    pub fn wake_one(&self) {
        self.wake(1);
    }

    /// Wakes all. Any context.
    pub fn wake_all(&self) {
        self.wake(0);
    }

    fn wake(&self, count: kernel::ffi::c_int) {
        // SAFETY: The object is initialised by the type invariants.
        unsafe {
            bindings::__wake_up(
                self.head.get(),
                bindings::TASK_NORMAL,
                count,
                core::ptr::null_mut(),
            )
        };
    }

    /// Whether somebody waits or polls. A hint unless the caller orders it with its own changes, as
    /// `wq_has_sleeper()` does.
    pub fn has_waiters(&self) -> bool {
        // SAFETY: The object is initialised by the type invariants.
        unsafe { bindings::wq_has_sleeper(self.head.get()) }
    }

    /// Whether a task waits; pollers do not count. A hint, for who would push in otherwise.
    #[inline]
    pub fn has_queue(&self) -> bool {
        // Most of the time there is nobody, which is worth no call.
        // SAFETY: The object is initialised by the type invariants; the pointer is read at once, as
        // `waitqueue_active()` does, and not followed.
        let is_empty = unsafe {
            let list = &raw const (*self.head.get()).head;
            (&raw const (*list).next).read_volatile().cast_const() == list
        };
        // SAFETY: As above.
        !is_empty && unsafe { bindings::wq_has_exclusive_sleeper(self.head.get()) }
    }
}
