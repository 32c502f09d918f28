// SPDX-License-Identifier: GPL-2.0

//! The sending side of `struct rpmsg_endpoint`.

use super::TxBuffer;
use crate::{
    transport::{
        self,
        nocopy,
        Wait, //
    },
    Addr,
    Device, //
};
use amp::poll::{
    Events,
    PollTable, //
};
use amp_bindings as bindings;
use bindings::rpmsg_endpoint;
use core::{
    marker::PhantomData,
    ptr::NonNull, //
};
use kernel::{
    error::to_result,
    ffi::{
        c_int,
        c_void, //
    },
    prelude::*, //
};

/// The sending side of an endpoint.
///
/// Sending may sleep, trying to send does too for a moment.
///
/// # Errors
///
/// All functions that send fail with [`EINVAL`] if an address is [`Addr::ANY`]; [`EMSGSIZE`] if the
/// payload is longer than [`mtu`](Port::mtu); [`ENXIO`] if the other side is gone; [`EIO`] if it has
/// damaged what messages are sent by, a virtqueue, and none can be sent until it restarts. Both also
/// while they wait. The waiting ones
/// wait for a buffer to send in, and while the other end has [paused](Port::set_flow_control) this
/// one, up to 15 s or what [`set_send_timeout`](Port::set_send_timeout) said for each. They fail with
/// [`ETIMEDOUT`] then, or with [`ERESTARTSYS`] when a signal comes; the others fail with [`ENOMEM`] or
/// [`EAGAIN`] at once. (A C transport says [`ERESTARTSYS`] for both ends of a wait.)
///
/// # Invariants
///
/// The endpoint is not destroyed during `'a`, nor is its channel unbound.
#[derive(Clone, Copy)]
pub struct Port<'a> {
    ept: NonNull<rpmsg_endpoint>,
    _endpoint: PhantomData<&'a rpmsg_endpoint>,
}

impl<'a> Port<'a> {
    /// The port of an endpoint.
    ///
    /// # Safety
    ///
    /// The endpoint must be valid for as long as the result is used, and its channel bound.
    pub(super) unsafe fn from_raw(ept: NonNull<rpmsg_endpoint>) -> Self {
        // INVARIANT: By the function's requirements.
        Self {
            ept,
            _endpoint: PhantomData,
        }
    }

    /// The C object.
    pub(super) fn as_raw(&self) -> *mut rpmsg_endpoint {
        self.ept.as_ptr()
    }

    /// The address on this side.
    pub fn addr(&self) -> Addr {
        // SAFETY: By the type invariants the endpoint is valid. Its address does not change.
        Addr(unsafe { (*self.ept.as_ptr()).addr })
    }

    /// The longest payload in bytes.
    pub fn mtu(&self) -> Result<usize> {
        // SAFETY: By the type invariants the endpoint is valid.
        let mtu = unsafe { super::rpmsg_get_mtu(self.ept.as_ptr()) };
        // CAST: What isn't a length is an errno value.
        usize::try_from(mtu).map_err(|_| Error::from_errno(mtu as c_int))
    }

    /// Sends to the other end of the endpoint's channel.
    pub fn send(&self, payload: &[u8]) -> Result {
        let (data, len) = raw(payload)?;
        // SAFETY: By the type invariants the endpoint is valid; the payload is for the call.
        to_result(unsafe { super::rpmsg_send(self.ept.as_ptr(), data, len) })
    }

    /// Sends to the address `dst` of the same processor.
    pub fn send_to(&self, payload: &[u8], dst: Addr) -> Result {
        let (data, len) = raw(payload)?;
        // SAFETY: As in `send`.
        to_result(unsafe { super::rpmsg_sendto(self.ept.as_ptr(), data, len, dst.0) })
    }

    /// As [`send`](Port::send), but does not wait for a buffer.
    pub fn try_send(&self, payload: &[u8]) -> Result {
        let (data, len) = raw(payload)?;
        // SAFETY: As in `send`.
        to_result(unsafe { super::rpmsg_trysend(self.ept.as_ptr(), data, len) })
    }

    /// As [`send_to`](Port::send_to), but does not wait for a buffer.
    pub fn try_send_to(&self, payload: &[u8], dst: Addr) -> Result {
        let (data, len) = raw(payload)?;
        // SAFETY: As in `send`.
        to_result(unsafe { super::rpmsg_trysendto(self.ept.as_ptr(), data, len, dst.0) })
    }

    /// Whether a message could be sent now ([`Events::OUT`]); registers for when that changes.
    ///
    /// `channel`, the one of the endpoint, keeps what is registered for as long as the file is open.
    pub fn poll<'file>(&self, table: &PollTable<'file>, channel: &'file Device) -> Events {
        // SAFETY: By the type invariants the endpoint is valid; its channel does not change.
        if channel.as_raw() != unsafe { (*self.ept.as_ptr()).rpdev } {
            return Events::ERR;
        }
        let (file, table) = table.as_raw();
        // SAFETY: As above. What a transport has senders wait on lives as long as its channels.
        let events = Events(unsafe { super::rpmsg_poll(self.ept.as_ptr(), file, table) });
        if events.0 & Events::OUT.0 != 0 {
            events | Events::OUT
        } else {
            events
        }
    }

    /// Asks the endpoint at `dst` to pause sending to this one, or to go on. A pause ends with the
    /// endpoint: destroying it tells those whom it has paused that they may go on.
    ///
    /// # Errors
    ///
    /// [`EOPNOTSUPP`] if the transport can't do that or the other side does not take part, [`EINVAL`]
    /// for [`Addr::ANY`], those of sending.
    pub fn set_flow_control(&self, pause: bool, dst: Addr) -> Result {
        // SAFETY: By the type invariants the endpoint is valid.
        to_result(unsafe { super::rpmsg_set_flow_control(self.ept.as_ptr(), pause, dst.0) })
    }

    /// As [`set_flow_control`](Port::set_flow_control), but does not wait for a buffer: [`ENOMEM`] if
    /// there is none. A transport in C does what it does otherwise.
    pub fn try_set_flow_control(&self, pause: bool, dst: Addr) -> Result {
        // SAFETY: By the type invariants the endpoint is valid.
        match unsafe { transport::try_set_flow_control(self.ept.as_ptr(), pause, dst) } {
            Err(EOPNOTSUPP) => self.set_flow_control(pause, dst),
            result => result,
        }
    }

    /// Sets how long sending waits, in milliseconds; from 2^31 on without limit. Sends that wait
    /// already are not concerned. Any context.
    ///
    /// # Errors
    ///
    /// [`EOPNOTSUPP`] on a transport in C.
    pub fn set_send_timeout(&self, ms: u32) -> Result {
        // SAFETY: By the type invariants the endpoint is valid.
        unsafe { transport::set_send_timeout(self.ept.as_ptr(), ms) }
    }

    /// Takes a buffer to fill in place and send, without a copy. May sleep if it waits.
    ///
    /// # Errors
    ///
    /// As for sending to the other end of the endpoint's channel; [`EOPNOTSUPP`] on a transport that
    /// has no such buffers, as one in C.
    pub fn buffer(&self, wait: Wait) -> Result<TxBuffer<'a>> {
        // SAFETY: By the type invariants the endpoint is valid.
        let (payload, room) = unsafe { nocopy::take(self.ept.as_ptr(), wait) }?;

        // SAFETY: The buffer was lent just now.
        Ok(unsafe { TxBuffer::from_raw(*self, payload, room) })
    }

    /// From now on the endpoint's callbacks never sleep, nor send. On a transport in C that means nothing.
    pub(crate) fn callbacks_are_atomic(&self) {
        // SAFETY: By the type invariants the endpoint is valid.
        unsafe { transport::set_atomic(self.ept.as_ptr()) };
    }

    /// Ends the callbacks, before the driver's data goes: waits for the one that runs, wherever else
    /// somebody would have to wait for this. Returns false if it runs still, as it is the caller, or
    /// waits for the caller in another way.
    pub(crate) fn settle(&self) -> bool {
        // SAFETY: By the type invariants the endpoint is valid.
        unsafe { transport::settle(self.ept.as_ptr()) }
    }

    /// Lets nothing be sent from the endpoint any more: sending fails with [`ENXIO`], also for those
    /// who wait for a buffer. For who is about to destroy it. A transport in C does not know this:
    /// there waiting ends with the timeout.
    pub fn shutdown(&self) {
        // SAFETY: By the type invariants the endpoint is valid.
        unsafe { transport::shutdown(self.ept.as_ptr()) };
    }
}

fn raw(payload: &[u8]) -> Result<(*const c_void, c_int)> {
    let len = payload.len().try_into().map_err(|_| EMSGSIZE)?;
    Ok((payload.as_ptr().cast(), len))
}
