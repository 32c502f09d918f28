// SPDX-License-Identifier: GPL-2.0

//! Tasks that wait for each other.
//!
//! Two callbacks may each want the other one's object gone, and wait until the other callback has
//! returned: forever. Who is about to wait says so here first, and learns whether the other one waits
//! for him already, directly or by way of more of them.

use kernel::{
    prelude::*,
    task::Task, //
};

/// A task that waits until another one is done with an object.
struct Edge {
    waiter: usize,
    object: usize,
    runner: usize,
}

kernel::sync::global_lock! {
    // SAFETY: Initialised by `init`, when the module is loaded.
    unsafe(uninit) static EDGES: Mutex<KVec<Edge>> = KVec::new();
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

/// The right to wait for a task, see [`begin`]. To be dropped by the task that got it.
#[must_use = "others must know for as long as it takes"]
pub struct Waiting(());

/// Asks whether the caller may wait until nobody works on `object`, a number of the caller's choice.
///
/// `runner` tells which task does ([`current`] there), 0 if none. `None` if nobody does, or if waiting
/// would last forever: because it is the caller, or a task that waits for the caller. Otherwise wait,
/// then drop the result. Process context, may sleep.
pub fn begin(object: usize, runner: impl FnOnce() -> usize) -> Option<Waiting> {
    // With the lock held, so that `finished` comes after what is entered here.
    let mut edges = EDGES.lock();
    let (waiter, runner) = (current(), runner());

    if runner == 0 || runner == waiter {
        return None;
    }
    let mut last = runner;
    // Each waits for one at a time, and nobody has been let into a cycle: this ends.
    while let Some(edge) = edges.iter().find(|edge| edge.waiter == last) {
        if edge.runner == waiter {
            return None;
        }
        last = edge.runner;
    }
    // Without memory nobody learns that we wait, and a cycle would go unnoticed.
    let _ = edges.push(
        Edge {
            waiter,
            object,
            runner,
        },
        GFP_KERNEL,
    );
    Some(Waiting(()))
}

/// Keeps the edges that are `wanted`. Those who wait are few and seldom: the last one takes the
/// memory with it, as nobody drops a static when the module goes.
fn retain(wanted: impl Fn(&Edge) -> bool) {
    let mut edges = EDGES.lock();
    edges.retain(|edge| wanted(edge));
    if edges.is_empty() {
        *edges = KVec::new();
    }
}

/// Says that nobody works on `object` any more, and nobody will: the task that did may work on
/// something else now. Process context, may sleep.
pub fn finished(object: usize) {
    retain(|edge| edge.object != object);
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let waiter = current();
        retain(|edge| edge.waiter != waiter);
    }
}
