// SPDX-License-Identifier: GPL-2.0

//! Receiving: who empties the ring, and who calls the callbacks.
//!
//! An interrupt says that there are messages and queues a work item, which polls the transport
//! until there are none left; meanwhile the transport needs no interrupts. To hand a message on to
//! yet another work item would cost more than all the rest, so the poller calls the callback of the
//! first endpoint by itself. That may sleep for ever and must not delay other endpoints' messages;
//! hence there are two pollers, and one that calls a callback has queued the other one before. If
//! the callback sleeps, the work queue has a worker run the other poller at once; if it does not,
//! the same worker runs it next, without a switch of context.
//!
//! At most one of the two is in a callback: a poller that finds the other one at work leaves
//! callbacks to the work items of their endpoints.

use super::{
    endpoint::{
        self,
        Endpoint, //
    },
    Host, //
};
use crate::Addr;
use amp::rcu_arc::RcuArc;
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
use proto::flow_control::MESSAGE_LEN;

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

/// What poller `ME` does.
fn run<const ME: u64, const OTHER: u64>(host: Arc<Host>)
where
    Host: WorkItem<ME, Pointer = Arc<Host>> + HasWork<Host, ME>,
    Host: WorkItem<OTHER, Pointer = Arc<Host>> + HasWork<Host, OTHER>,
{
    // CAST: 0 or 1.
    let [me, other] = [ME, OTHER].map(|id| &host.polling[(id & 1) as usize]);

    // Ordered before the look at the other one: of two that start at once one sees the other.
    me.xchg(true, Full);
    host.counters.polls.fetch_add(1, Relaxed);
    let mut delivery = Delivery {
        host: &host,
        first: None,
        last: None,
    };
    // The transport is not kept while a callback runs: closing waits for those who use it.
    let more = match host.transport.enter() {
        Some(transport) => transport.receive(&mut delivery),
        None => false,
    };

    let Delivery { first, last, .. } = delivery;
    drop(last);
    match first {
        Some(endpoint) if more && other.load(Relaxed) => {
            // The other one may be in a callback that sleeps, so this one must not.
            endpoint::schedule(endpoint);
            enqueue::<ME>(&host);
        }
        Some(endpoint) => {
            if more {
                enqueue::<OTHER>(&host);
            }
            endpoint::run(endpoint);
        }
        None if more => enqueue::<ME>(&host),
        None => {}
    }
    host.polling[(ME & 1) as usize].store(false, Release);
}

/// Where a transport hands in the messages that have come.
pub struct Delivery<'a> {
    host: &'a Arc<Host>,
    /// The endpoint whose callback the poller may call by itself.
    first: Option<RcuArc<Endpoint>>,
    /// Who got the last message: often gets the next one.
    last: Option<RcuArc<Endpoint>>,
}

impl Delivery<'_> {
    /// Hands a message to the endpoint at `dst`, where its callback gets it later. Process context.
    ///
    /// `fill` writes the payload, of `len` bytes, from wherever the transport has it. If that fails,
    /// nothing is delivered; the same goes for an address that nobody has, for lack of memory, and
    /// for an endpoint with a full queue, of which the log tells.
    pub fn deliver(
        &mut self,
        src: Addr,
        dst: Addr,
        len: usize,
        fill: impl FnOnce(&mut [u8]) -> Result,
    ) -> Result {
        let host = self.host;
        let is_known = self
            .last
            .as_ref()
            .is_some_and(|last| last.addr == dst && !last.is_closed());
        if !is_known {
            self.last = host.endpoints.get(dst.0);
        }
        let Some(endpoint) = &self.last else {
            if dst == Addr::FLOW_CONTROL && host.flow_control {
                // One byte more than makes sense tells that it makes none.
                let mut bytes = [0; MESSAGE_LEN + 1];
                if let Some(payload) = bytes.get_mut(..len.min(MESSAGE_LEN + 1)) {
                    fill(payload)?;
                    host.take_flow_control(payload);
                }
                return Ok(());
            }
            host.counters.no_endpoint.fetch_add(1, Relaxed);
            if host.may_complain() {
                dev_warn!(
                    host.parent,
                    "a message of {} bytes from {:#x} to {:#x}, where there is no endpoint\n",
                    len,
                    src.0,
                    dst.0
                );
            }
            return Err(ENXIO);
        };

        let Some(mut buffer) = host.buffer(len) else {
            host.counters.no_memory.fetch_add(1, Relaxed);
            if host.may_complain() {
                dev_warn!(host.parent, "no memory for a message of {} bytes\n", len);
            }
            return Err(ENOMEM);
        };
        buffer.src = src;
        if let Err(error) = fill(buffer.payload_mut()) {
            host.recycle(buffer);
            return Err(error);
        }
        if endpoint::push(endpoint, buffer)? {
            match self.first {
                None => self.first = Some(endpoint.clone()),
                Some(_) => endpoint::schedule(endpoint.clone()),
            }
        }
        Ok(())
    }
}

impl Host {
    /// There are messages to [receive](super::Transport::receive). Any context.
    pub fn poll(self: &Arc<Self>) {
        self.counters.interrupts.fetch_add(1, Relaxed);
        // One that is at work may be in a callback, and the other one is not then.
        if self.polling[0].load(Relaxed) {
            enqueue::<1>(self);
        } else {
            enqueue::<0>(self);
        }
    }
}
