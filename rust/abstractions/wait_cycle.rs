// SPDX-License-Identifier: GPL-2.0

//! Tasks that wait for each other.
//!
//! Two callbacks may each want the other one's object gone, and wait until the other callback has
//! returned: forever. Who waits for a callback does so here, where it shows whether that waits for
//! him, directly or by way of more of them. Then somebody in the circle who can do without goes on
//! without having waited.

use crate::completion::Completion;
use core::ptr::{
    null_mut,
    NonNull, //
};
use kernel::{
    prelude::*,
    task::Task, //
};
use pin_init::stack_pin_init;

/// A task that waits until another one is done with an object.
///
/// # Invariants
///
/// While it is in [`EDGES`] it is on the stack of that task, which takes the list's lock before it
/// leaves [`wait`], and `done` is initialised.
struct Edge {
    waiter: usize,
    object: usize,
    runner: usize,
    patience: Patience,
    /// It does not wait to the end.
    gives_in: bool,
    /// It has left the list, and the task may go on.
    done: NonNull<Completion>,
    next: *mut Edge,
}

/// What waits for something that never comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Goes on without.
    Limited,
    /// Waits on: others have to give in, if they can.
    Endless,
}

/// The edges of all who wait.
struct Edges(*mut Edge);

// SAFETY: The edges belong to no thread; who has the list's lock may use them.
unsafe impl Send for Edges {}

impl Edges {
    /// Calls `f` for each edge, which leaves the list if that returns false.
    fn retain(&mut self, mut f: impl FnMut(&mut Edge) -> bool) {
        let mut link = &raw mut self.0;
        // SAFETY: By the type invariants of `Edge` all that is in the list is valid as long as its
        // lock is held, as it is for `&mut self`. When an edge has left it is not used any more.
        unsafe {
            while let Some(edge) = (*link).as_mut() {
                if f(edge) {
                    link = &raw mut edge.next;
                } else {
                    *link = edge.next;
                    edge.done.as_ref().complete_all();
                }
            }
        }
    }

    /// For whom `waiter` waits, and how.
    fn of(&mut self, waiter: usize) -> Option<(usize, Patience)> {
        let mut found = None;
        self.retain(|edge| {
            if edge.waiter == waiter {
                found = Some((edge.runner, edge.patience));
            }
            true
        });
        found
    }

    /// Looks whether `runner` waits for `waiter`: `None` if not, else the first one on the way whose
    /// patience is limited.
    fn circle(&mut self, runner: usize, waiter: usize) -> Option<Option<usize>> {
        let (mut last, mut limited) = (runner, None);
        // Each waits for one at a time, and nobody has been let into a circle: this ends.
        while let Some((next, patience)) = self.of(last) {
            if patience == Patience::Limited {
                limited = limited.or(Some(last));
            }
            if next == waiter {
                return Some(limited);
            }
            last = next;
        }
        None
    }
}

kernel::sync::global_lock! {
    // SAFETY: Initialised by `init`, when the module is loaded.
    unsafe(uninit) static EDGES: Mutex<Edges> = Edges(null_mut());
}

/// To be called once, before anything else here.
pub(crate) fn init() {
    // SAFETY: The module's initialisation calls this, once.
    unsafe { EDGES.init() };
}

/// The task that calls this, as a number that is not 0.
#[inline]
pub fn current() -> usize {
    Task::current_raw() as usize
}

/// Waits until nobody works on `object`, a number of the caller's choice: until [`finished`] says so.
///
/// `runner` tells which task does ([`current`] there), 0 if none. Returns whether nobody does now. It
/// does not wait if that would last forever: because it is the caller who does, or a task that waits
/// for the caller; with [`Endless`](Patience::Endless) patience only if nobody who waits there can give
/// in. And with [`Limited`](Patience::Limited) patience it may have to give in later. Process context,
/// may sleep.
pub fn wait(object: usize, runner: impl FnOnce() -> usize, patience: Patience) -> bool {
    stack_pin_init!(let done = Completion::new());
    let done = done.into_ref().get_ref();
    let mut edge = Edge {
        waiter: current(),
        object,
        runner: 0,
        patience,
        gives_in: false,
        done: NonNull::from(done),
        next: null_mut(),
    };
    {
        // With the lock held, so that `finished` comes after what is entered here.
        let mut edges = EDGES.lock();
        edge.runner = runner();
        if edge.runner == 0 {
            return true;
        }
        if edge.runner == edge.waiter {
            return false;
        }
        match edges.circle(edge.runner, edge.waiter) {
            Some(Some(limited)) if patience == Patience::Endless => {
                edges.retain(|edge| {
                    edge.gives_in = edge.waiter == limited;
                    !edge.gives_in
                });
            }
            Some(_) => return false,
            None => {}
        }
        edge.next = edges.0;
        // INVARIANT: The completion is initialised, and both are on this stack. Below this waits
        // until the edge has left the list.
        edges.0 = &raw mut edge;
    }
    done.wait();
    // Who has completed it may not have let go of it before.
    drop(EDGES.lock());
    !edge.gives_in
}

/// Says that nobody works on `object` any more, and nobody will: the task that did may work on
/// something else now. Process context, may sleep.
pub fn finished(object: usize) {
    EDGES.lock().retain(|edge| edge.object != object);
}
