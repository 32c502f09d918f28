// SPDX-License-Identifier: GPL-2.0

//! Flow control: who on the other side wants nothing for now, and who waits for that to end.
//!
//! The state belongs to the endpoint that is to pause, and is of a fixed size: what the other side
//! asks for ends with that endpoint, and can't add up.

use super::{
    endpoint::{
        self,
        Endpoint, //
    },
    Host,
    Wait, //
};
use crate::Addr;
use amp::{
    bottom_half::{
        new_spinlock_bh,
        SpinLockBh, //
    },
    new_wait_queue,
    once::Once,
    trace::rpmsg as trace,
    wait::WaitQueue, //
};
use kernel::{
    prelude::*,
    sync::atomic::{
        Acquire,
        Atomic,
        AtomicFlag,
        Full,
        Relaxed, //
    },
    time::{
        msecs_to_jiffies,
        Jiffies, //
    }, //
};
use proto::flow_control::FlowControl;

mod asked;

pub(super) use asked::Asked;

/// Addresses of the other side that may pause one endpoint at a time.
const PEERS: usize = 4;

/// An address of the other side that has paused us, or had.
#[derive(Clone, Copy)]
struct Peer {
    addr: Addr,
    paused: bool,
}

/// What an endpoint knows of those that it may not send to.
///
/// # Invariants
///
/// A peer gets another address only while it does not pause and nobody waits in its queue.
#[pin_data]
pub(super) struct Flow {
    /// How many pause: most of the time there is no need to look any further.
    pauses: Atomic<usize>,
    #[pin]
    peers: SpinLockBh<[Peer; PEERS]>,
    /// Those who wait to send to each of them.
    #[pin]
    senders: [WaitQueue; PEERS],
    /// Something has changed of which the driver has not been told.
    news: Atomic<bool>,
    /// What the driver was told last.
    told: AtomicFlag,
}

impl Flow {
    /// Nobody pauses.
    pub(super) fn new() -> impl PinInit<Self> {
        // INVARIANT: Nobody waits.
        pin_init!(Self {
            pauses: Atomic::new(0),
            peers <- new_spinlock_bh!([Peer { addr: Addr::ANY, paused: false }; PEERS]),
            senders <- pin_init::pin_init_array_from_fn(|_| new_wait_queue!("rpmsg paused")),
            news: Atomic::new(false),
            told: AtomicFlag::new(false),
        })
    }

    /// How many addresses pause.
    pub(super) fn pauses(&self) -> usize {
        self.pauses.read_once()
    }

    /// Whether `peer` pauses, or anybody if that is [`Addr::ANY`].
    pub(super) fn is_paused(&self, peer: Addr) -> bool {
        self.pauses() > 0 && (!peer.is_definite() || self.place(peer).is_some())
    }

    /// The place of a peer that pauses.
    fn place(&self, peer: Addr) -> Option<usize> {
        let peers = self.peers.lock();
        peers.iter().position(|p| p.paused && p.addr == peer)
    }

    /// Notes what `peer` wants, and lets senders go on. Returns whether that is anything new.
    ///
    /// # Errors
    ///
    /// [`ENOSPC`] if too many pause.
    fn set(&self, peer: Addr, pause: bool) -> Result<bool> {
        let mut peers = self.peers.lock();
        let known = peers.iter().position(|p| p.addr == peer);
        let place = match known {
            Some(place) => place,
            None if !pause => return Ok(false),
            None => peers
                .iter()
                .zip(&self.senders)
                .position(|(p, senders)| !p.paused && !senders.has_queue())
                .ok_or(ENOSPC)?,
        };
        let Some(entry) = peers.get_mut(place) else {
            return Ok(false);
        };
        if entry.paused == pause {
            return Ok(false);
        }
        // INVARIANT: The address is the same, or the place was free.
        *entry = Peer {
            addr: peer,
            paused: pause,
        };
        let pauses = peers.iter().filter(|p| p.paused).count();
        self.pauses.store(pauses, Relaxed);
        drop(peers);

        if !pause {
            // Each wakes the next one.
            self.senders.get(place).inspect(|queue| queue.wake_one());
        }
        Ok(true)
    }

    /// Waits, in turn, until `peer` does not pause any more, or `is_over`.
    ///
    /// # Errors
    ///
    /// [`ENXIO`] if it is over, [`ETIMEDOUT`], [`ERESTARTSYS`] for a signal.
    fn wait(&self, peer: Addr, timeout: Jiffies, is_over: impl Fn() -> bool) -> Result {
        while let Some(place) = self.place(peer) {
            let Some(senders) = self.senders.get(place) else {
                break;
            };
            let is_our_place = senders.wait_in_turn(timeout, |turn| {
                if is_over() {
                    return Some(Err(ENXIO));
                }
                let entry = self.peers.lock().get(place).copied()?;
                if entry.addr != peer {
                    // It was given to somebody else before we were in the queue.
                    Some(Ok(false))
                } else if entry.paused || !turn {
                    None
                } else {
                    Some(Ok(true))
                }
            })??;
            if is_our_place {
                break;
            }
        }
        Ok(())
    }

    /// Has all who wait look whether it is over.
    pub(super) fn wake_all(&self) {
        for senders in &self.senders {
            senders.wake_all();
        }
    }

    /// Whether the driver has to be told of something.
    pub(super) fn has_news(&self) -> bool {
        self.news.read_once()
    }

    /// What the driver has to be told: whether it is paused by `peer`, or by anybody if that is
    /// [`Addr::ANY`]. `None` if it knows. One at a time calls this.
    pub(super) fn take_news(&self, peer: Addr) -> Option<bool> {
        if !self.news.xchg(false, Full) {
            return None;
        }
        let paused = self.is_paused(peer);
        (self.told.xchg(paused, Relaxed) != paused).then_some(paused)
    }
}

impl Host {
    /// Waits for the leave of `dst` to send to it from `endpoint`. Process context.
    ///
    /// # Errors
    ///
    /// [`EAGAIN`] if it pauses and `wait` says not to wait; [`ETIMEDOUT`] if it does for longer than
    /// the endpoint's time, [`ERESTARTSYS`] if a signal came first, [`ENXIO`] if the transport or the
    /// endpoint goes away.
    #[inline]
    pub(super) fn heed_flow_control(&self, endpoint: &Endpoint, dst: Addr, wait: Wait) -> Result {
        if endpoint.flow.pauses() == 0 {
            return Ok(());
        }
        self.wait_for_leave(endpoint, dst, wait)
    }

    #[cold]
    fn wait_for_leave(&self, endpoint: &Endpoint, dst: Addr, wait: Wait) -> Result {
        if !endpoint.flow.is_paused(dst) {
            return Ok(());
        }
        if wait == Wait::No {
            return Err(EAGAIN);
        }
        endpoint.counters.pauses.fetch_add(1, Relaxed);

        let timeout_ms = endpoint.send_timeout_ms.load(Relaxed);
        let is_over = || !self.transport.is_open() || endpoint.muted.load(Acquire);
        endpoint
            .flow
            .wait(dst, msecs_to_jiffies(timeout_ms), is_over)
            .inspect_err(|error| {
                if *error == ETIMEDOUT && self.may_complain() {
                    dev_err!(
                        self.parent,
                        "endpoint {:#x} of the other side has paused {:#x} for {} ms\n",
                        dst.0,
                        endpoint.addr.0,
                        timeout_ms
                    );
                }
            })
    }

    /// Has all look whether it is over who wait for leave to send.
    pub(super) fn wake_paused(&self) {
        let mut next = Some(0);
        while let Some((addr, endpoint)) = next.and_then(|start| self.endpoints.next(start)) {
            endpoint.flow.wake_all();
            next = addr.checked_add(1);
        }
    }

    /// Takes the payload of a message to [`Addr::FLOW_CONTROL`]. Does not sleep.
    ///
    /// Nothing follows from one that is malformed, about an endpoint that does not exist, or about
    /// one that too many have paused. It is counted, and the log tells.
    #[cold]
    pub(super) fn take_flow_control(&self, payload: &[u8]) {
        if self.heed(payload).is_err() {
            self.counters.flow_control.fetch_add(1, Relaxed);
        }
    }

    fn heed(&self, payload: &[u8]) -> Result {
        let message = FlowControl::parse(payload).map_err(|error| {
            if self.may_complain() {
                dev_warn!(self.parent, "{}\n", format_args!("{error}"));
            }
            EINVAL
        })?;
        trace::flow_control(|| (&self.parent, &message, false));
        let FlowControl { src, dst, pause } = message;

        let Some(endpoint) = self.endpoints.get(dst.0) else {
            if self.may_complain() {
                dev_warn!(
                    self.parent,
                    "flow control from {:#x} about {:#x}, where there is no endpoint\n",
                    src.0,
                    dst.0
                );
            }
            return Err(ENXIO);
        };
        let is_new = endpoint.flow.set(src, pause).inspect_err(|_| {
            if self.may_complain() {
                dev_warn!(
                    self.parent,
                    "{:#x} wants to pause endpoint {:#x}, which {} others have paused\n",
                    src.0,
                    dst.0,
                    PEERS
                );
            }
        })?;
        if is_new {
            endpoint.flow.news.store(true, Relaxed);
            endpoint::look_again(endpoint);
            if !pause {
                self.resumed.wake_all();
            }
        }
        Ok(())
    }
}
