// SPDX-License-Identifier: GPL-2.0

//! Buffers that a driver fills in place, and messages that it keeps, by endpoint.
//!
//! A driver knows a buffer by the address of its payload. That is never followed here, only
//! looked up among those that the endpoint has given out, so a wrong one is an error and no more.

use super::endpoint_ops;
use crate::{
    transport::{
        endpoint::Endpoint,
        send::Origin,
        Wait, //
    },
    Addr, //
};
use bindings::rpmsg_endpoint;
use core::ptr::NonNull;
use kernel::{
    ffi::c_int,
    prelude::*,
    sync::atomic::Relaxed, //
};

use amp_bindings as bindings;

/// A buffer that is with a driver.
#[derive(Clone, Copy)]
pub(in crate::transport) struct Lent {
    buffer: u32,
    /// The address of its payload.
    payload: usize,
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
pub(crate) unsafe fn take(ept: *mut rpmsg_endpoint, wait: bool) -> Result<(NonNull<u8>, usize)> {
    // SAFETY: By the function's requirements.
    let endpoint = unsafe { endpoint_ops::ours(ept) }?;
    let host = &endpoint.host;
    let wait = if wait { Wait::Yes } else { Wait::No };
    // Room for the note, before there is something to note. With a spinlock held.
    endpoint.lent.lock().reserve(1, GFP_ATOMIC)?;

    let transport = host.transport.enter().ok_or(ENXIO)?;
    let buffer = host.take_buffer(&**transport, Origin::Endpoint(endpoint), wait)?;
    let Some(payload) = transport.payload(buffer) else {
        transport.put_buffer(buffer);
        return Err(EOPNOTSUPP);
    };
    let noted = endpoint.lent.lock().push_within_capacity(Lent {
        buffer,
        payload: payload.as_ptr().addr(),
    });
    if noted.is_err() {
        // Others have used the room meanwhile.
        transport.put_buffer(buffer);
        return Err(ENOMEM);
    }
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

/// Sends `len` bytes of a lent buffer, to `dst` or to the other end of the channel.
///
/// # Safety
///
/// As [`take`].
pub(crate) unsafe fn send(
    ept: *mut rpmsg_endpoint,
    payload: usize,
    len: c_int,
    dst: Option<Addr>,
) -> Result {
    // SAFETY: By the function's requirements.
    let endpoint = unsafe { endpoint_ops::ours(ept) }?;
    let dst = dst.unwrap_or_else(|| endpoint.channel_dst());
    let len = usize::try_from(len).map_err(|_| EMSGSIZE)?;
    if len > endpoint.host.mtu {
        return Err(EMSGSIZE);
    }

    let lent = take_back(endpoint, payload)?;
    let transport = endpoint.host.transport.enter().ok_or(ENXIO)?;
    let result = if dst.is_definite() {
        transport.send_filled(lent.buffer, endpoint.addr, dst, len)
    } else {
        transport.put_buffer(lent.buffer);
        Err(EINVAL)
    };
    endpoint.counters.count_sent(len, &result);
    result
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

/// Keeps the message that the endpoint's callback has at hand.
///
/// # Safety
///
/// As [`take`].
pub(crate) unsafe fn hold(ept: *mut rpmsg_endpoint, payload: usize) -> Result {
    // SAFETY: By the function's requirements.
    let endpoint = unsafe { endpoint_ops::ours(ept) }?;
    if payload == 0 || endpoint.at_hand.load(Relaxed) != payload {
        return Err(EINVAL);
    }
    if endpoint.kept() >= crate::transport::endpoint::QUEUE_LIMIT {
        return Err(ENOSPC);
    }
    endpoint.hold.store(true, Relaxed);
    Ok(())
}

/// Lets a message go that was kept.
///
/// # Safety
///
/// As [`take`].
pub(crate) unsafe fn let_go(ept: *mut rpmsg_endpoint, payload: usize) -> Result {
    // SAFETY: By the function's requirements.
    let endpoint = unsafe { endpoint_ops::ours(ept) }?;
    if endpoint.at_hand.load(Relaxed) == payload && endpoint.hold.xchg(false, Relaxed) {
        // The callback has changed its mind.
        return Ok(());
    }
    let buffer = endpoint.take_kept(payload).ok_or(EINVAL)?;
    endpoint.host.recycle(buffer);
    Ok(())
}
