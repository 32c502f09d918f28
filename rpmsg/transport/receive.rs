// SPDX-License-Identifier: GPL-2.0

//! Receiving: who empties the ring, and who calls the callbacks.
//!
//! An interrupt says that there are messages and queues a work item, which polls the transport
//! until there are none left; meanwhile the transport needs no interrupts. To hand a message on to
//! yet another work item would cost more than all the rest, so the poller calls the callback of the
//! first endpoint by itself. That may sleep for ever and must not delay other endpoints' messages;
//! hence there are two pollers, and while one calls a callback something starts the other one:
//!
//! - As long as an answer is there when a callback returns, the poller goes on by itself, without
//!   interrupts. The other one was queued once before: if a callback sleeps, the work queue has a
//!   worker run that at once; if none does, it runs when the first has had its [turn](TURN).
//! - If no answer was there the last time, the transport enables its interrupt before the callback,
//!   and that queues the other one, if it comes meanwhile. Then the next answer may be as fast.
//!
//! At most one of the two is in a callback: a poller that starts while the other one may call leaves
//! callbacks to the work items of their endpoints.
//!
//! For callbacks that never sleep there is a third one, in softirq context: [`soft`].

use super::{
    buffer::{
        Buffer,
        Chain, //
    },
    counters::{
        grow,
        Count, //
    },
    endpoint::{
        self,
        Endpoint,
        Pushed, //
    },
    Host, //
};
use crate::Addr;
use amp::{
    bottom_half::{
        BottomHalvesDisabled,
        LockWith, //
    },
    once::Once,
    rcu_arc::RcuArc, //
};
use core::{
    mem::take,
    ops::Range, //
};
use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Full,
            Relaxed,
            Release, //
        },
        Arc, //
    },
    workqueue::{
        impl_has_work,
        HasWork,
        WorkItem, //
    }, //
};

mod soft;

pub(super) use soft::{
    Claims,
    SOFT, //
};

/// Neither poller, see [`Host::caller`].
pub(super) const NOBODY: u32 = 0;

/// Messages that a poller takes, one look at the transport after the other, before it lets others
/// have the CPU. A look in vain counts as one.
const TURN: usize = 64;

impl_has_work! {
    impl HasWork<Self, 0> for Host { self.even }
    impl HasWork<Self, 1> for Host { self.odd }
}

impl WorkItem<0> for Host {
    type Pointer = Arc<Host>;

    fn run(this: Arc<Self>) {
        run::<0, 1>(this);
    }
}

impl WorkItem<1> for Host {
    type Pointer = Arc<Host>;

    fn run(this: Arc<Self>) {
        run::<1, 0>(this);
    }
}

/// Queues poller `ID`. If it is queued already that is just as well.
fn enqueue<const ID: u64>(host: &Arc<Host>)
where
    Host: WorkItem<ID, Pointer = Arc<Host>> + HasWork<Host, ID>,
{
    let queued = host.clone();
    let _ = host.queue.enqueue::<Arc<Host>, ID>(queued);
}

/// Queues poller `ID`, so that somebody goes on if a callback of this one sleeps.
fn relieve<const ID: u64>(host: &Arc<Host>)
where
    Host: WorkItem<ID, Pointer = Arc<Host>> + HasWork<Host, ID>,
{
    if !host.relieved.read_once() {
        // First this: the other one takes it back when it starts.
        host.relieved.write_once(true);
        enqueue::<ID>(host);
    }
}

/// What poller `ME` does.
fn run<const ME: u64, const OTHER: u64>(host: Arc<Host>)
where
    Host: WorkItem<ME, Pointer = Arc<Host>> + HasWork<Host, ME>,
    Host: WorkItem<OTHER, Pointer = Arc<Host>> + HasWork<Host, OTHER>,
{
    // CAST: 1 or 2.
    let me = ME as u32 + 1;

    // Whoever calls callbacks now has nobody queued any more.
    host.relieved.write_once(false);
    // Before interrupts are enabled again: who handles one must know which poller does not sleep.
    let may_call = host.caller.cmpxchg(NOBODY, me, Full).is_ok();
    let claims = if may_call { Claims::Any } else { Claims::None };
    let [even, odd] = &host.counters.polls;
    let mut poller = Poller::new(&host, claims, if ME == 0 { even } else { odd });
    let mut left = TURN;
    let mut disabled = None;
    let more = loop {
        let more = poller.look(disabled.take());
        let delivered = take(&mut poller.delivered);
        if delivered == 0 {
            host.busy.write_once(false);
        }
        if let Some(claimed) = poller.claimed.take() {
            // If not, there will be an interrupt.
            if more {
                relieve::<OTHER>(&host);
            }
            disabled = poller.call(claimed);
        }
        left = left.saturating_sub(delivered.max(1));
        if !more || left == 0 {
            break more;
        }
    };
    drop(disabled);
    drop(poller);

    if may_call {
        if more {
            relieve::<OTHER>(&host);
        }
        host.caller.store(NOBODY, Release);
    } else if more {
        enqueue::<ME>(&host);
    }
}

/// What a poller keeps from one look at the transport to the next.
struct Poller<'h> {
    host: &'h Arc<Host>,
    /// As the host's.
    received_len: usize,
    /// Its looks at the transport.
    polls: &'h Count,
    /// Which callbacks the poller may call by itself.
    claims: Claims,
    /// The same, for as long as it has none to call yet.
    may_claim: Claims,
    /// The endpoint whose callback the poller is going to call, and the messages for it.
    claimed: Option<(RcuArc<Endpoint>, Chain)>,
    /// Who got the last message: often gets the next one.
    last: Option<RcuArc<Endpoint>>,
    /// Messages for `last` that are not in its queue yet.
    collected: Chain,
    /// Memory for messages to come.
    stash: Chain,
    /// There was no message yet.
    alone: bool,
    /// Messages since the last look at the transport.
    delivered: usize,
    /// The other side wants to be told of the buffers that were given back.
    wants_kick: bool,
}

/// Where a transport hands in the messages that have come.
///
/// Messages in a row for the same endpoint are collected and put into its queue together, so that a
/// stream of them costs neither a lock nor a counted reference each.
pub struct Delivery<'a, 'h> {
    poller: &'a mut Poller<'h>,
    disabled: &'a BottomHalvesDisabled,
}

/// Memory for a message that has come, which only we can write.
pub struct Incoming(KBox<Buffer>);

impl Incoming {
    /// The memory: at least as many bytes as were asked for. What is in there is arbitrary.
    #[inline]
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        self.0.bytes_mut()
    }
}

impl<'h> Poller<'h> {
    fn new(host: &'h Arc<Host>, claims: Claims, polls: &'h Count) -> Self {
        Self {
            host,
            received_len: host.received_len,
            polls,
            claims,
            may_claim: claims,
            claimed: None,
            last: None,
            collected: Chain::new(),
            stash: Chain::new(),
            alone: true,
            delivered: 0,
            wants_kick: false,
        }
    }

    /// Looks at the transport once. Returns whether somebody has to look again. `disabled` is what
    /// [`call`](Poller::call) returned, if this comes right after it.
    fn look(&mut self, disabled: Option<BottomHalvesDisabled>) -> bool {
        let host = self.host;

        grow(self.polls, 1);
        // The transport is not kept while a callback runs: closing waits for those who use it.
        let Some(transport) = host.transport.enter() else {
            return false;
        };
        let disabled = disabled.unwrap_or_default();
        // There may be another one at its address by now. Who closes it during a look is as fast as the
        // messages are, and what is for it then is not taken.
        if self.last.as_ref().is_some_and(|last| last.is_closed()) {
            self.last = None;
        }
        let more = transport.receive(Delivery {
            poller: self,
            disabled: &disabled,
        });
        self.end_look(&disabled);
        drop(disabled);

        if !self.wants_kick && !host.owes_kick.read_once() {
            return more;
        }
        self.wants_kick = false;
        // If that is what it takes a thread can do all of it.
        host.soft_first.write_once(false);
        if self.claims == Claims::Atomic {
            // After the buffers were given back, and who takes it over sees them.
            host.owes_kick.store(true, Release);
            return true;
        }
        host.owes_kick.xchg(false, Full);
        transport.tell_of_buffers();
        more
    }

    /// Puts the messages that were collected into the queue of their endpoint.
    #[inline]
    fn finish(&mut self, disabled: &BottomHalvesDisabled) {
        if self.collected.len() > 0 {
            if let Some(endpoint) = self.last.take() {
                self.push(endpoint, disabled);
            }
        }
    }

    fn push(&mut self, endpoint: RcuArc<Endpoint>, disabled: &BottomHalvesDisabled) {
        self.delivered = self.delivered.wrapping_add(self.collected.len());
        match endpoint::push(&endpoint, &mut self.collected, self.may_claim, disabled) {
            Pushed::Claimed => {
                self.may_claim = Claims::None;
                self.claimed = Some((endpoint, take(&mut self.collected)));
                return;
            }
            Pushed::Wake => endpoint::schedule(endpoint.clone()),
            Pushed::Queued => (),
        }
        self.last = Some(endpoint);
        // What was not taken.
        while let Some(buffer) = self.collected.pop() {
            self.stash.push(buffer);
        }
    }

    /// Ends a look at the transport.
    fn end_look(&mut self, disabled: &BottomHalvesDisabled) {
        // Nothing is left to do here if the transport has finished.
        self.finish(disabled);
        // A callback may take its time, and others need the memory.
        if self.stash.len() > 0 {
            self.host.spare.lock_with(disabled).put(&mut self.stash);
            // What is more than is wanted.
            drop(take(&mut self.stash));
        }
    }

    /// Calls the callback of the endpoint for which there were messages. Takes as long as that likes.
    /// Most times softirqs are disabled afterwards, for the next [look](Poller::look).
    fn call(
        &mut self,
        (endpoint, messages): (RcuArc<Endpoint>, Chain),
    ) -> Option<BottomHalvesDisabled> {
        // Of an endpoint that goes meanwhile nothing is to stay.
        self.last = None;
        let disabled = endpoint::call_all(&endpoint, messages, &mut self.stash);
        self.last = Some(endpoint);
        self.may_claim = self.claims;
        disabled
    }
}

impl<'a> Delivery<'a, '_> {
    /// What the transport takes its own locks with: softirqs are disabled.
    #[inline]
    pub fn bottom_halves_disabled(&self) -> &'a BottomHalvesDisabled {
        self.disabled
    }

    /// The other side wants to be told of buffers that were given back: has
    /// [`tell_of_buffers`](super::Transport::tell_of_buffers) called after this.
    #[inline]
    pub fn tell_of_buffers(&mut self) {
        self.poller.wants_kick = true;
    }

    /// Whether the transport is asked again soon, so that it needs no interrupts meanwhile, unless it
    /// has nothing to hand in at all.
    #[inline]
    pub fn is_busy(&self) -> bool {
        // Who gets an answer from a softirq sends the next message after it.
        self.poller.claims != Claims::Atomic && self.poller.host.busy.read_once()
    }

    /// Memory for a message of `len` bytes, the transport's own header included.
    ///
    /// [`None`] for lack of memory, of which the log tells.
    #[inline]
    pub fn memory(&mut self, len: usize) -> Option<Incoming> {
        if len <= self.poller.received_len {
            if let Some(buffer) = self.poller.stash.pop() {
                return Some(Incoming(buffer));
            }
        }
        self.more_memory(len)
    }

    #[inline(never)]
    fn more_memory(&mut self, len: usize) -> Option<Incoming> {
        let poller = &mut *self.poller;
        let host = poller.host;
        if len <= poller.received_len {
            // One message rarely comes alone if two have come.
            let buffer = if core::mem::replace(&mut poller.alone, false) {
                host.spare.lock_with(self.disabled).take_one()
            } else {
                poller.stash = host.spare.lock_with(self.disabled).take();
                poller.stash.pop()
            };
            if let Some(buffer) = buffer {
                return Some(Incoming(buffer));
            }
        }

        let buffer = Buffer::new(poller.received_len.max(len), GFP_NOWAIT);
        if buffer.is_err() {
            host.counters.no_memory.fetch_add(1, Relaxed);
            if host.may_complain() {
                dev_warn!(host.parent, "no memory for a message of {} bytes\n", len);
            }
        }
        buffer.map(Incoming).ok()
    }

    /// Hands a message to the endpoint at `dst`, where its callback gets it later: the bytes
    /// `payload` of `message`.
    ///
    /// What is for an address that nobody has, or for an endpoint with a full queue, is dropped and
    /// counted, and the log tells.
    #[inline]
    pub fn deliver(&mut self, message: Incoming, src: Addr, dst: Addr, payload: Range<usize>) {
        let Incoming(mut buffer) = message;
        let is_known = self
            .poller
            .last
            .as_ref()
            .is_some_and(|last| last.addr == dst);

        buffer.set(src, payload);
        if is_known || self.find(dst) {
            self.poller.collected.push(buffer);
        } else {
            self.nobody(dst, buffer);
        }
    }

    /// From now on messages are collected for the endpoint at `dst`, if there is one.
    fn find(&mut self, dst: Addr) -> bool {
        self.finish();
        let host = self.poller.host;
        self.poller.last = host.endpoints.get(dst.0);
        let Some(endpoint) = &self.poller.last else {
            return false;
        };
        host.foresee(endpoint);
        true
    }

    /// Takes back memory that is not needed after all.
    pub fn discard(&mut self, message: Incoming) {
        self.poller.stash.push(message.0);
    }

    /// Puts what was handed in into the queues of the endpoints. To be called before somebody else
    /// takes messages out of the transport, since this decides which come first.
    #[inline]
    pub fn finish(&mut self) {
        self.poller.finish(self.disabled);
    }

    /// There is no endpoint at `dst`.
    fn nobody(&mut self, dst: Addr, mut buffer: KBox<Buffer>) {
        let host = self.poller.host;

        if dst == Addr::FLOW_CONTROL && host.flow_control {
            host.take_flow_control(buffer.payload_mut().unwrap_or_default());
        } else if host.counters.no_endpoint.fetch_add(1, Relaxed) == 0 || host.may_complain() {
            dev_warn!(
                host.parent,
                "a message of {} bytes from {:#x} to {:#x}, where there is no endpoint\n",
                buffer.len(),
                buffer.src.0,
                dst.0
            );
        }
        self.poller.stash.push(buffer);
    }
}

impl Drop for Poller<'_> {
    fn drop(&mut self) {
        self.host.recycle_all(&mut self.stash);
    }
}

impl Host {
    /// There are messages to [receive](super::Transport::receive). Any context.
    pub fn poll(self: &Arc<Self>) {
        self.counters.interrupts.fetch_add(1, Relaxed);
        if self.soft_first.read_once() {
            return self.poll_in_softirq();
        }
        let caller = self.caller.read_once();
        if caller != NOBODY {
            // An answer, perhaps, to what the callback has just sent.
            self.busy.write_once(true);
        }
        self.enqueue_other_than(caller);
    }

    /// Queues a poller, while `caller` may be in a callback.
    #[inline]
    fn enqueue_other_than(self: &Arc<Self>, caller: u32) {
        // The one that may be in a callback can keep a message waiting, the other one never does.
        if caller == 1 {
            enqueue::<1>(self);
        } else {
            enqueue::<0>(self);
        }
    }
}
