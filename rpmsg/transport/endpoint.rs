// SPDX-License-Identifier: GPL-2.0

//! Endpoints of our transports: addresses with a callback.
//!
//! Each has a queue of its own, which the transport fills at any time. Whoever finds it empty and
//! fills it sees to it that the callback is called, by itself ([`receive`](super::receive)) or by
//! the endpoint's work item. So callbacks of one endpoint run one after the other and in order,
//! without any lock held, and none delays another endpoint's: in process context, or in a softirq
//! if the driver says that they never sleep.

use super::{
    buffer::{
        Buffer,
        Chain, //
    },
    c_abi::{
        nocopy::{
            self,
            Lent, //
        },
        object::Object, //
    },
    counters::Counters,
    flow::{
        Asked,
        Flow, //
    },
    receive::Claims,
    send::DEFAULT_TIMEOUT_MS,
    Host, //
};
use crate::{
    Addr,
    ATOMIC_LEN, //
};
use amp::{
    bottom_half::{
        new_spinlock_bh,
        BottomHalvesDisabled,
        LockWith,
        SpinLockBh, //
    },
    once::Once,
    rcu_arc::RcuArc,
    trace::rpmsg as trace,
    wait_cycle::{
        self,
        current,
        Patience, //
    }, //
};
use amp_bindings as bindings;
use bindings::{
    rpmsg_device,
    rpmsg_endpoint, //
};
use core::ops::RangeInclusive;
use kernel::{
    ffi::c_void,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            AtomicFlag,
            Relaxed, //
        },
        new_spinlock,
        Arc,
        SpinLock, //
    },
    workqueue::{
        impl_has_work,
        new_work,
        Work,
        WorkItem, //
    }, //
};

mod kept;

pub(super) use kept::let_go;

/// Messages that may wait for one endpoint's callback. Beyond that they are dropped.
pub(super) const QUEUE_LIMIT: usize = 1024;

/// Messages whose memory is put back at a time.
const RECYCLE: usize = 16;

/// Addresses for endpoints that want any.
const DYNAMIC: RangeInclusive<u32> = Addr::FIRST_DYNAMIC.0..=Addr::ANY.0 - 1;

/// An endpoint.
///
/// Its owner has a reference to the whole.
#[repr(C)]
#[pin_data]
pub(super) struct Endpoint {
    /// What drivers see. First, so that a pointer to it is a pointer to the whole.
    #[pin]
    pub(super) c: Object,
    pub(super) addr: Addr,
    pub(super) host: Arc<Host>,
    /// Set under `inbox`: no callback starts that has seen it.
    closed: Atomic<bool>,
    /// Nothing is sent from here any more.
    pub(super) muted: AtomicFlag,
    /// The driver is not ready for its callback: messages wait. Changed under `inbox`.
    held: Atomic<bool>,
    /// The driver's callbacks never sleep. Changed under `inbox`.
    atomic: Atomic<bool>,
    /// How long a sender waits for a buffer, in milliseconds.
    pub(super) send_timeout_ms: Atomic<u32>,
    pub(super) counters: Counters,
    #[pin]
    pub(super) flow: Flow,
    /// Whom it has paused itself.
    #[pin]
    pub(super) asked: Asked,
    /// Buffers to send in that the driver fills at the moment.
    #[pin]
    pub(super) lent: SpinLock<KVec<Lent>>,
    /// The address of the payload that the callback has at hand, or 0.
    at_hand: Atomic<usize>,
    /// Whether the driver wants to keep that. Changed under `inbox`.
    hold: Atomic<bool>,
    #[pin]
    inbox: SpinLockBh<Inbox>,
    #[pin]
    work: Work<Endpoint>,
}

/// Messages on their way to a callback.
struct Inbox {
    /// The last one first.
    waiting: Chain,
    /// Messages that the driver has kept. They may be used until the endpoint is freed.
    kept: Chain,
    /// Somebody is about to call the callback, or calling and will look again.
    scheduled: bool,
    /// The task that is calling, [`SOFTIRQ`], or [`NOBODY`].
    runner: usize,
}

impl_has_work! {
    impl HasWork<Self> for Endpoint { self.work }
}

impl WorkItem for Endpoint {
    type Pointer = RcuArc<Endpoint>;

    fn run(this: RcuArc<Self>) {
        run(this);
    }
}

/// What the work item does: calls the callback for all messages that wait.
fn run(this: RcuArc<Endpoint>) {
    let messages = {
        let mut inbox = this.inbox.lock();
        if this.closed.read_once() {
            inbox.scheduled = false;
            let was_called = core::mem::replace(&mut inbox.runner, NOBODY) != NOBODY;
            drop(inbox);
            if was_called {
                wait_cycle::finished(this.number());
            }
            return;
        }
        inbox.runner = current();
        core::mem::take(&mut inbox.waiting)
    };
    let mut done = Chain::new();
    drop(call_all(&this, messages, &mut done));
    this.host.recycle_all(&mut done);
}

/// Calls the callback for these messages, the last one first in `messages`, on behalf of the work item
/// or of whom [`push`] told that it has the endpoint. Memory of some of them, a few at most, is added to
/// `done`. Takes as long as the callback likes; process context, or a softirq that has
/// [claimed](Claims::Atomic) it. Most times softirqs are disabled at the end, for who goes on so.
pub(super) fn call_all(
    this: &RcuArc<Endpoint>,
    messages: Chain,
    done: &mut Chain,
) -> Option<BottomHalvesDisabled> {
    let (mut batch, bytes) = messages.reversed();
    this.counters.count_received(batch.len(), bytes);

    if this.flow.has_news() {
        if let Some(paused) = this.flow.take_news(this.c.peer()) {
            this.c.flow_control(paused);
        }
    }
    while let Some(buffer) = batch.pop() {
        if this.closed.read_once() {
            break;
        }
        if let Some(buffer) = this.call(buffer) {
            done.push(buffer);
        }
        // Not all at the end: messages that come meanwhile need memory too.
        if done.len() >= RECYCLE {
            this.host.recycle_all(done);
        }
    }

    let disabled = BottomHalvesDisabled::new();
    let mut inbox = this.inbox.lock_with(&disabled);
    let in_softirq = inbox.runner == SOFTIRQ;
    // A self-destruct, or somebody who waits in `close`, ends it.
    let closed = this.closed.read_once();
    if closed && in_softirq {
        // To tell who waits takes a thread: the endpoint is in use until then.
        drop(inbox);
        schedule(this.clone());
        return Some(disabled);
    }
    inbox.runner = NOBODY;
    let again = !closed && (inbox.waiting.len() > 0 || this.flow.has_news());
    inbox.scheduled = again;
    drop(inbox);

    drop(batch);
    if closed {
        drop(disabled);
        wait_cycle::finished(this.number());
        return None;
    }
    if again {
        schedule(this.clone());
    }
    Some(disabled)
}

/// No task, see [`current`].
const NOBODY: usize = 0;

/// A softirq, which is not the address of a task, and waits for none.
const SOFTIRQ: usize = 1;

impl Endpoint {
    fn new(
        host: Arc<Host>,
        addr: Addr,
        rpdev: *mut rpmsg_device,
        cb: bindings::rpmsg_rx_cb_t,
        private: *mut c_void,
        held: bool,
    ) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            c <- Object::new(rpdev, cb, private, addr),
            addr,
            host,
            closed: Atomic::new(false),
            muted: AtomicFlag::new(false),
            held: Atomic::new(held),
            atomic: Atomic::new(false),
            send_timeout_ms: Atomic::new(DEFAULT_TIMEOUT_MS),
            counters: Counters::new(),
            flow <- Flow::new(),
            asked <- Asked::new(),
            lent <- new_spinlock!(KVec::new()),
            at_hand: Atomic::new(0),
            hold: Atomic::new(false),
            inbox <- new_spinlock_bh!(Inbox {
                waiting: Chain::new(),
                kept: Chain::new(),
                scheduled: false,
                runner: NOBODY,
            }),
            work <- new_work!("rpmsg endpoint"),
        }? Error)
    }

    /// A number that no other living endpoint has.
    fn number(&self) -> usize {
        core::ptr::from_ref(self) as usize
    }

    /// How many messages wait for the callback.
    pub(super) fn waiting(&self) -> usize {
        self.inbox.lock().waiting.len()
    }

    /// Whether no callback starts any more.
    #[inline]
    pub(super) fn is_closed(&self) -> bool {
        self.closed.read_once()
    }

    /// Whether the driver's callbacks never sleep.
    #[inline]
    pub(super) fn is_atomic(&self) -> bool {
        self.atomic.read_once()
    }

    /// From now on the driver's callbacks never sleep. Process context or a softirq.
    pub(super) fn set_atomic(&self) {
        // Who sees it under this lock sees all that made it so.
        let _inbox = self.inbox.lock();
        self.atomic.write_once(true);
    }

    /// Whether messages wait for [`start`].
    #[inline]
    pub(super) fn is_held(&self) -> bool {
        self.held.read_once()
    }

    /// Calls the callback with one message. Returns it, unless the driver keeps it.
    fn call(&self, mut buffer: KBox<Buffer>) -> Option<KBox<Buffer>> {
        let src = buffer.src;
        let Some(payload) = buffer.payload_mut() else {
            return Some(buffer);
        };
        trace::receive(|| (&self.host.parent, src, self.addr, payload.len()));
        self.at_hand.write_once(payload.as_ptr().addr());
        self.c.receive(payload, src);
        if self.hold.read_once() {
            return self.keep(buffer);
        }
        self.at_hand.write_once(0);
        Some(buffer)
    }
}

/// Leaves it to the work item to call the callback. Any context.
pub(super) fn schedule(endpoint: RcuArc<Endpoint>) {
    let host = endpoint.host.clone();
    // If it is queued already that is just as well.
    let _ = host.queue.enqueue(endpoint);
}

/// What has become of messages for an endpoint.
pub(super) enum Pushed {
    /// They are in its queue, and somebody is about to take them; or were dropped.
    Queued,
    /// They are in its queue, and the caller has to [`schedule`] the endpoint.
    Wake,
    /// They are still the caller's, who has to [call](call_all) the callback for them, soon: nobody
    /// else does so for those that come later.
    Claimed,
}

/// Puts messages into the endpoint's queue, unless the caller may claim the endpoint and nobody else
/// has it. Otherwise what stays in `messages` finds no room there, or the endpoint closed.
pub(super) fn push(
    endpoint: &RcuArc<Endpoint>,
    messages: &mut Chain,
    claims: Claims,
    disabled: &BottomHalvesDisabled,
) -> Pushed {
    let mut inbox = endpoint.inbox.lock_with(disabled);

    if endpoint.closed.read_once() {
        return Pushed::Queued;
    }
    // If none waits for its driver or for somebody who is about to take it, none waits at all.
    let claimer = match claims {
        Claims::Any => current(),
        Claims::Atomic if endpoint.is_atomic() && messages.is_within(ATOMIC_LEN) => SOFTIRQ,
        _ => NOBODY,
    };
    if claimer != NOBODY && !endpoint.is_held() && !inbox.scheduled {
        inbox.scheduled = true;
        inbox.runner = claimer;
        return Pushed::Claimed;
    }
    let waiting = inbox.waiting.len();
    if waiting == 0 {
        core::mem::swap(&mut inbox.waiting, messages);
    } else {
        let (mut ordered, _) = core::mem::take(messages).reversed();
        while inbox.waiting.len() < QUEUE_LIMIT {
            match ordered.pop() {
                Some(buffer) => inbox.waiting.push(buffer),
                None => break,
            }
        }
        *messages = ordered;
    }
    let wake = inbox.waiting.len() > 0
        && !endpoint.is_held()
        && !core::mem::replace(&mut inbox.scheduled, true);
    drop(inbox);

    let dropped = messages.len();
    if dropped > 0 {
        endpoint.counters.dropped.fetch_add(dropped, Relaxed);
        if endpoint.host.may_complain() {
            dev_warn!(
                endpoint.host.parent,
                "{} messages wait for endpoint {:#x}, more are dropped until its driver takes some\n",
                QUEUE_LIMIT,
                endpoint.addr.0
            );
        }
    }
    if wake {
        Pushed::Wake
    } else {
        Pushed::Queued
    }
}

/// Has the endpoint look whether there is [news](Flow::has_news) for its driver. Any context.
pub(super) fn look_again(endpoint: RcuArc<Endpoint>) {
    let mut inbox = endpoint.inbox.lock();
    let is_idle = !endpoint.is_closed()
        && !endpoint.is_held()
        && !core::mem::replace(&mut inbox.scheduled, true);
    drop(inbox);
    if is_idle {
        schedule(endpoint);
    }
}

/// Lets the callback have messages, which have waited for that. Any context.
pub(super) fn start(endpoint: &RcuArc<Endpoint>) {
    let mut inbox = endpoint.inbox.lock();
    let was_held = endpoint.held.xchg(false, Relaxed);
    let has_work = inbox.waiting.len() > 0 || endpoint.flow.has_news();
    let wake = was_held && has_work && !core::mem::replace(&mut inbox.scheduled, true);
    drop(inbox);
    if wake {
        schedule(endpoint.clone());
    }
}

/// Makes sure that no callback runs and none will, except for one that is calling this, or that waits
/// for the one that is. Process context, may sleep.
pub(super) fn close(endpoint: &Endpoint) {
    let _ = settle(endpoint, Patience::Limited);
    nocopy::release_all(endpoint);
}

/// The same, of which others wait less long if need be. Returns whether no callback runs: if one
/// does, who called this is waited for.
pub(super) fn settle(endpoint: &Endpoint, patience: Patience) -> bool {
    let mut inbox = endpoint.inbox.lock();

    if !endpoint.closed.xchg(true, Relaxed) {
        endpoint.host.counters.gone.add(&endpoint.counters);
    }
    let waiting = core::mem::take(&mut inbox.waiting);
    drop(inbox);
    drop(waiting);

    // Two callbacks may want to close each other's endpoints: one of them doesn't wait.
    let runner = || endpoint.inbox.lock().runner;
    wait_cycle::wait(endpoint.number(), runner, patience)
}

/// Creates an endpoint; its owner's reference is the pointer. If it is `held` it gets its messages
/// from [`start`] on.
pub(super) fn create(
    host: &Arc<Host>,
    rpdev: *mut rpmsg_device,
    cb: bindings::rpmsg_rx_cb_t,
    private: *mut c_void,
    addr: Addr,
    held: bool,
) -> Result<*mut rpmsg_endpoint> {
    let slot = if addr == Addr::FLOW_CONTROL && host.flow_control {
        Err(EBUSY)
    } else if addr.is_definite() {
        host.endpoints.reserve_at(addr.0)
    } else {
        host.endpoints.reserve(DYNAMIC)
    }
    .inspect_err(|error| {
        if *error == EBUSY {
            dev_err!(
                host.parent,
                "address {:#x} has an endpoint already\n",
                addr.0
            );
        } else {
            dev_err!(
                host.parent,
                "no address for an endpoint: {}\n",
                error.to_errno()
            );
        }
    })?;

    let endpoint = RcuArc::pin_init(
        Endpoint::new(host.clone(), Addr(slot.addr()), rpdev, cb, private, held),
        GFP_KERNEL,
    )?;
    slot.publish(endpoint.clone());
    // CAST: `c` is the first field.
    Ok(endpoint.into_raw().cast_mut().cast())
}
