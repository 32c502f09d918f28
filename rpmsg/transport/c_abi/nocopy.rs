// SPDX-License-Identifier: GPL-2.0

//! Buffers that a driver fills in place, and messages that it keeps, by endpoint.
//!
//! A driver knows a buffer by the address of its payload. That is never followed here, only
//! looked up among those that the endpoint has given out, so a wrong one is an error and no more.

use super::endpoint_ops;
use crate::{
    transport::{
        endpoint::{
            self,
            Endpoint, //
        },
        send::Origin,
        Wait, //
    },
    Addr, //
};
use amp::{
    rcu_arc::RcuArc,
    trace::rpmsg as trace, //
};
use amp_bindings as bindings;
use bindings::rpmsg_endpoint;
use core::ptr::NonNull;
use kernel::prelude::*;

/// A buffer that is with a driver.
#[derive(Clone, Copy)]
pub(in crate::transport) struct Lent {
    buffer: u32,
    /// The address of its payload.
    payload: usize,
    /// Whether sending it may wait.
    wait: Wait,
}

/// Why a lent buffer was not sent.
pub(crate) struct NotSent {
    pub(crate) error: Error,
    /// Whether it is lent still.
    pub(crate) is_kept: bool,
}

/// Takes a buffer for the endpoint: where the payload goes, and how much fits. Process context.
///
/// # Errors
///
/// Those of a send; [`EOPNOTSUPP`] for an endpoint of another transport.
///
/// # Safety
///
/// `ept` must be NULL or a valid endpoint, which its owner does not destroy meanwhile.
pub(crate) unsafe fn take(ept: *mut rpmsg_endpoint, wait: Wait) -> Result<(NonNull<u8>, usize)> {
    // SAFETY: By the function's requirements.
    let endpoint = unsafe { endpoint_ops::ours(ept) }?;
    let host = &endpoint.host;
    // Room for the note, before there is something to note. With a spinlock held.
    endpoint.lent.lock().reserve(1, GFP_ATOMIC)?;

    let transport = host.transport.enter().ok_or(ENXIO)?;
    let peer = endpoint.c.peer();
    if peer.is_definite() {
        host.heed_flow_control(endpoint, peer, wait)?;
    }
    let buffer = host.take_buffer(&**transport, Origin::Endpoint(endpoint), wait)?;
    let Some(payload) = transport.payload(buffer) else {
        transport.put_buffer(buffer);
        return Err(EOPNOTSUPP);
    };
    let noted = {
        let mut lent = endpoint.lent.lock();
        if endpoint.is_muted() {
            // All are given back, or have been: see `release_all`.
            Err(ENXIO)
        } else {
            // Others may have used the room meanwhile.
            lent.push_within_capacity(Lent {
                buffer,
                payload: payload.as_ptr().addr(),
                wait,
            })
            .map_err(|_| ENOMEM)
        }
    };
    noted.inspect_err(|_| transport.put_buffer(buffer))?;
    Ok((payload, host.mtu))
}

/// Takes the note of a lent buffer away.
fn take_back(endpoint: &Endpoint, payload: usize) -> Result<Lent> {
    let mut lent = endpoint.lent.lock();
    let index = lent
        .iter()
        .position(|lent| lent.payload == payload)
        .ok_or(EINVAL)?;
    lent.remove(index).map_err(|_| EINVAL)
}

/// Sends `len` bytes of a lent buffer, to `dst` or to the other end of the channel. Process context;
/// may sleep if the buffer was taken so.
///
/// # Errors
///
/// Those of a send. The buffer stays lent after [`EMSGSIZE`] and while flow control forbids to send.
///
/// # Safety
///
/// As [`take`].
pub(crate) unsafe fn send(
    ept: *mut rpmsg_endpoint,
    payload: usize,
    len: usize,
    dst: Option<Addr>,
) -> Result<(), NotSent> {
    let not_sent = |is_kept| move |error| NotSent { error, is_kept };
    // SAFETY: By the function's requirements.
    let endpoint = unsafe { endpoint_ops::ours(ept) }.map_err(not_sent(false))?;
    let host = &endpoint.host;
    // SAFETY: As above.
    unsafe { endpoint_ops::answers_may_come(ept, endpoint) };
    let dst = dst.unwrap_or_else(|| endpoint.channel_dst());
    if len > host.mtu {
        return Err(EMSGSIZE).map_err(not_sent(true));
    }

    let note = endpoint
        .lent
        .lock()
        .iter()
        .find(|lent| lent.payload == payload)
        .copied();
    let wait = note.ok_or(EINVAL).map_err(not_sent(false))?.wait;
    if dst.is_definite() {
        host.heed_flow_control(endpoint, dst, wait)
            .map_err(not_sent(true))?;
    }

    let lent = take_back(endpoint, payload).map_err(not_sent(false))?;
    let transport = host.transport.enter().ok_or(ENXIO);
    let result = transport.and_then(|transport| {
        if dst.is_definite() {
            transport.send_filled(lent.buffer, endpoint.addr, dst, len)
        } else {
            transport.put_buffer(lent.buffer);
            Err(EINVAL)
        }
    });
    endpoint.counters.count_sent(len, &result);
    trace::send(|| (&host.parent, endpoint.addr, dst, len, &result));
    result.map_err(not_sent(false))
}

/// Gives a lent buffer back.
///
/// # Safety
///
/// As [`take`].
pub(crate) unsafe fn release(ept: *mut rpmsg_endpoint, payload: usize) -> Result {
    // SAFETY: By the function's requirements.
    let endpoint = unsafe { endpoint_ops::ours(ept) }?;
    let lent = take_back(endpoint, payload)?;
    // Without a transport there are no buffers any more.
    if let Some(transport) = endpoint.host.transport.enter() {
        transport.put_buffer(lent.buffer);
    }
    Ok(())
}

/// Gives all back that a driver has not, when its endpoint goes.
pub(in crate::transport) fn release_all(endpoint: &Endpoint) {
    let lent = core::mem::take(&mut *endpoint.lent.lock());
    if let Some(transport) = endpoint.host.transport.enter() {
        for lent in lent {
            transport.put_buffer(lent.buffer);
        }
    }
}

/// Keeps the message that the endpoint's callback has at hand, until the result is told to let go.
///
/// # Safety
///
/// As [`take`].
pub(crate) unsafe fn hold(ept: *mut rpmsg_endpoint, payload: usize) -> Result<Keeper> {
    // SAFETY: By the function's requirements.
    let endpoint = unsafe { endpoint_ops::reference(ept) }?;
    endpoint.hold(payload)?;
    Ok(Keeper(endpoint))
}

/// Who keeps a message that is held: its endpoint, which may be destroyed meanwhile.
pub(crate) struct Keeper(RcuArc<Endpoint>);

impl Keeper {
    /// Lets the message with this payload go. Process context.
    pub(crate) fn let_go(&self, payload: usize) {
        let _ = endpoint::let_go(&self.0, payload);
    }
}

/// Lets a message go that was kept.
///
/// # Safety
///
/// As [`take`].
pub(crate) unsafe fn let_go(ept: *mut rpmsg_endpoint, payload: usize) -> Result {
    // SAFETY: By the function's requirements.
    endpoint::let_go(unsafe { endpoint_ops::ours(ept) }?, payload)
}
