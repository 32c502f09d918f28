// SPDX-License-Identifier: GPL-2.0

//! Sending: who may, who waits for a buffer, and how long.
//!
//! Senders get buffers in the order in which they came. One who is woken in vain keeps its place,
//! and one who comes while others wait goes behind them, or away if it does not want to wait.

use super::{
    endpoint::Endpoint,
    Host,
    Transport,
    Wait,
    When, //
};
use crate::{
    Addr,
    Name, //
};
use amp::trace::rpmsg as trace;
use core::ops::ControlFlow;
use kernel::{
    prelude::*,
    sync::atomic::Relaxed,
    time::{
        msecs_to_jiffies,
        Jiffies, //
    }, //
};
use proto::name_service::{
    Action,
    Announcement, //
};

/// How long a sender waits for a buffer if its endpoint does not say otherwise, in milliseconds.
pub(super) const DEFAULT_TIMEOUT_MS: u32 = 15_000;

/// How long a sender waits for many buffers before it is content with one: until the next tick of
/// the clock at least.
const NAP: Jiffies = 2;

/// Who sends.
#[derive(Clone, Copy)]
pub(super) enum Origin<'a> {
    /// An endpoint.
    Endpoint(&'a Endpoint),
    /// The host on behalf of an endpoint: not a message of its driver's.
    ///
    /// It is not counted, and heeds no flow control.
    For(&'a Endpoint),
    /// The host itself, about the endpoint with this address.
    Host(Addr),
}

impl Origin<'_> {
    pub(super) fn addr(self) -> Addr {
        match self {
            Self::Endpoint(endpoint) | Self::For(endpoint) => endpoint.addr,
            Self::Host(addr) => addr,
        }
    }

    /// Whether nothing is to be sent from there any more.
    fn is_muted(self) -> bool {
        match self {
            Self::Endpoint(endpoint) | Self::For(endpoint) => endpoint.is_muted(),
            Self::Host(_) => false,
        }
    }

    fn timeout_ms(self) -> u32 {
        match self {
            Self::Endpoint(endpoint) | Self::For(endpoint) => {
                endpoint.send_timeout_ms.load(Relaxed)
            }
            Self::Host(_) => DEFAULT_TIMEOUT_MS,
        }
    }
}

impl Host {
    /// Sends a message. Process context.
    ///
    /// # Errors
    ///
    /// - [`EINVAL`] if an address is [`Addr::ANY`].
    /// - [`EMSGSIZE`] if the payload is too long.
    /// - [`ENOMEM`] if there is no buffer, or others wait for one, and `wait` says not to wait.
    /// - [`EAGAIN`] if `dst` has paused the endpoint and `wait` says not to wait.
    /// - [`ETIMEDOUT`] if there was none in the endpoint's time, [`ERESTARTSYS`] if a signal came
    ///   first, [`ENXIO`] if the transport or the endpoint goes away, also while waiting.
    /// - What the transport says: [`EIO`] if the other side has damaged the ring, also while waiting.
    pub(super) fn send(&self, origin: Origin<'_>, dst: Addr, payload: &[u8], wait: Wait) -> Result {
        let result = self.try_to_send(origin, dst, payload, wait);
        if let Origin::Endpoint(endpoint) = origin {
            endpoint.counters.count_sent(payload.len(), &result);
        }
        trace::send(|| (&self.parent, origin.addr(), dst, payload.len(), &result));
        result
    }

    fn try_to_send(&self, origin: Origin<'_>, dst: Addr, payload: &[u8], wait: Wait) -> Result {
        let src = origin.addr();

        if !src.is_definite() || !dst.is_definite() {
            if self.may_complain() {
                dev_err!(
                    self.parent,
                    "a message from {:#x} to {:#x} needs two definite addresses\n",
                    src.0,
                    dst.0
                );
            }
            return Err(EINVAL);
        }
        if payload.len() > self.mtu {
            if self.may_complain() {
                dev_err!(
                    self.parent,
                    "a message of {} bytes is too long, {} fit\n",
                    payload.len(),
                    self.mtu
                );
            }
            return Err(EMSGSIZE);
        }
        if origin.is_muted() {
            return Err(ENXIO);
        }

        let transport = self.transport.enter().ok_or(ENXIO)?;
        if let Origin::Endpoint(endpoint) = origin {
            self.heed_flow_control(endpoint, dst, wait)?;
        }
        if !self.senders.has_queue() {
            if let Some(result) = transport.send_at_once(src, dst, payload) {
                self.hand_on(&**transport);
                return result;
            }
        }
        let buffer = self.take_buffer(&**transport, origin, wait)?;
        transport.send(buffer, src, dst, payload)
    }

    /// Takes a buffer to send in, when it is this sender's turn. Process context.
    pub(super) fn take_buffer(
        &self,
        transport: &dyn Transport,
        origin: Origin<'_>,
        wait: Wait,
    ) -> Result<u32> {
        let at_once = if self.senders.has_queue() {
            None
        } else {
            transport.take_buffer()?
        };
        let buffer = match (at_once, wait) {
            (Some(buffer), _) => buffer,
            (None, Wait::No) => return Err(ENOMEM),
            (None, Wait::Yes) => self.wait_for_buffer(transport, origin)?,
        };
        self.hand_on(transport);
        Ok(buffer)
    }

    /// One wake-up is for one waiter: hands on what else there is, or has them woken again.
    #[inline]
    fn hand_on(&self, transport: &dyn Transport) {
        if self.senders.has_waiters() && transport.has_buffer(When::One) != Ok(false) {
            self.senders.wake_one();
        }
    }

    fn wait_for_buffer(&self, transport: &dyn Transport, origin: Origin<'_>) -> Result<u32> {
        let timeout_ms = origin.timeout_ms();
        if let Origin::Endpoint(endpoint) = origin {
            endpoint.counters.waits.fetch_add(1, Relaxed);
        }

        let mut looks = 0;
        let taken = self
            .senders
            .wait_with_naps(msecs_to_jiffies(timeout_ms), |turn| {
                if !self.transport.is_open() || origin.is_muted() {
                    return ControlFlow::Break(Err(ENXIO));
                }
                if !turn {
                    return ControlFlow::Continue(Jiffies::MAX);
                }
                // To be woken for each buffer that the other side has read would cost more than all the
                // rest of a stream of messages. But it may be slow, or keep some. (The first look is
                // before the first sleep.)
                looks += 1;
                let (when, nap) = match looks {
                    1 | 2 => (When::Many, NAP),
                    _ => (When::One, Jiffies::MAX),
                };
                // Asked in this order no buffer that comes free in between is missed.
                let buffer = match transport.take_buffer() {
                    Ok(None) => match transport.has_buffer(when) {
                        Ok(true) => transport.take_buffer(),
                        nothing => nothing.map(|_| None),
                    },
                    buffer => buffer,
                };
                match buffer.transpose() {
                    Some(buffer) => ControlFlow::Break(buffer),
                    None => ControlFlow::Continue(nap),
                }
            });

        taken
            .inspect_err(|error| {
                if *error == ETIMEDOUT && self.may_complain() {
                    dev_err!(
                        self.parent,
                        "no buffer to send in for {} ms: the other side takes none\n",
                        timeout_ms
                    );
                }
            })
            .and_then(|buffer| buffer)
    }

    /// Tells the other side's name service of a channel.
    pub(super) fn announce(&self, name: Name, addr: Addr, action: Action) -> Result {
        if !self.name_service {
            return Ok(());
        }
        let announcement = Announcement { name, addr, action };
        trace::name_service(|| (&self.parent, &announcement, true));
        self.send(
            Origin::Host(addr),
            Addr::NAME_SERVICE,
            &announcement.encode(),
            Wait::Yes,
        )
    }
}
