// SPDX-License-Identifier: GPL-2.0

//! `struct rpmsg_endpoint`: owning one, sending through one, and what takes its messages.

use crate::{
    transport,
    Addr,
    ChannelInfo,
    Device,
    Message,
    Receiver, //
};
use amp::{
    poll::{
        Events,
        PollTable, //
    },
    ratelimit::RateLimit, //
};
use amp_bindings as bindings;
use bindings::rpmsg_endpoint;
use core::{
    marker::PhantomData,
    mem::ManuallyDrop,
    ptr::{
        null_mut,
        NonNull, //
    }, //
};
use kernel::{
    device::{
        Bound,
        Normal, //
    },
    error::to_result,
    ffi::{
        c_int,
        c_void, //
    },
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Acquire,
            Atomic,
            Release, //
        },
        Arc,
        Completion, //
    }, //
};

/// The sending side of an endpoint.
///
/// Sending may sleep, trying to send does too for a moment.
///
/// # Errors
///
/// All functions that send fail with [`EINVAL`] if an address is [`Addr::ANY`]; [`EMSGSIZE`] if the
/// payload is longer than [`mtu`](Port::mtu); [`ENXIO`] if the other side is gone. The waiting ones
/// wait up to 15 s for a buffer to send in, and fail with [`ETIMEDOUT`] then, or with
/// [`ERESTARTSYS`] when a signal comes; the others fail with [`ENOMEM`] if there is none. (A C
/// transport says [`ERESTARTSYS`] in both cases.)
///
/// # Invariants
///
/// The endpoint is not destroyed during `'a`, nor is its channel unbound.
#[derive(Clone, Copy)]
pub struct Port<'a> {
    ept: NonNull<rpmsg_endpoint>,
    _endpoint: PhantomData<&'a rpmsg_endpoint>,
}

impl Port<'_> {
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

    /// Asks the endpoint at `dst` to pause sending to this one, or to go on.
    ///
    /// # Errors
    ///
    /// [`EOPNOTSUPP`] if the transport can't do that.
    pub fn set_flow_control(&self, pause: bool, dst: Addr) -> Result {
        // SAFETY: By the type invariants the endpoint is valid.
        to_result(unsafe { super::rpmsg_set_flow_control(self.ept.as_ptr(), pause, dst.0) })
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

/// An endpoint, whoever's callback it has. Must be destroyed before its channel is unbound.
///
/// # Invariants
///
/// The endpoint is valid, and nobody else destroys it.
pub(crate) struct RawEndpoint(NonNull<rpmsg_endpoint>);

// SAFETY: An endpoint may be used and destroyed on any thread.
unsafe impl Send for RawEndpoint {}
// SAFETY: As above; sending locks what needs it.
unsafe impl Sync for RawEndpoint {}

impl RawEndpoint {
    /// Creates an endpoint at `addr`, [`Addr::ANY`] for whichever is free.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if the transport could not create it; it has said why.
    ///
    /// # Safety
    ///
    /// `callback` may be called with `private` until the endpoint is destroyed.
    pub(super) unsafe fn create(
        dev: &Device<Bound>,
        addr: Addr,
        callback: bindings::rpmsg_rx_cb_t,
        private: *mut c_void,
    ) -> Result<Self> {
        let info = ChannelInfo {
            name: dev.name(),
            src: addr,
            dst: Addr::ANY,
        };
        // SAFETY: The device is bound; the callback is the caller's to answer for.
        let ept =
            unsafe { super::rpmsg_create_ept(dev.as_raw(), callback, private, info.to_raw()) };

        // INVARIANT: The endpoint was just made, for us.
        Ok(Self(NonNull::new(ept).ok_or(ENOMEM)?))
    }

    /// The address on this side.
    pub(crate) fn addr(&self) -> Addr {
        self.port().addr()
    }

    /// The sending side.
    pub(crate) fn port(&self) -> Port<'_> {
        // SAFETY: By the type invariants the endpoint is valid as long as `self`.
        unsafe { Port::from_raw(self.0) }
    }

    /// What is called when the other side asks to pause or to go on.
    pub(super) fn set_flow_callback(&self, flow: bindings::rpmsg_flowcontrol_cb_t) {
        // SAFETY: By the type invariants the endpoint is valid; the field is one word.
        unsafe { (&raw mut (*self.0.as_ptr()).flow_cb).write_volatile(flow) };
    }

    /// Makes this the channel's own endpoint.
    pub(crate) fn make_own(&self, dev: &Device<Bound>) {
        dev.set_endpoint(self.0.as_ptr());
    }

    /// Leaves the endpoint to the channel, of which it is the own one, until
    /// [`RawEndpoint::take_own`].
    pub(crate) fn leave_to_channel(self) {
        let _ = ManuallyDrop::new(self);
    }

    /// The endpoint that was left to the channel, if its driver has not taken that away.
    ///
    /// # Safety
    ///
    /// The channel's driver must be one that does not own its endpoint itself, and this is called
    /// once for a binding.
    unsafe fn take_own(dev: &Device<Bound>) -> Option<Self> {
        // INVARIANT: By the function's requirements.
        NonNull::new(dev.endpoint()).map(Self)
    }
}

/// Destroys the endpoint that the bus has given to a driver in C, unless the driver did.
pub(crate) fn destroy_own(dev: &Device<Bound>) {
    // SAFETY: A driver in Rust has taken its endpoint away from the channel by now, so what is found
    // is the bus's.
    let ept = unsafe { RawEndpoint::take_own(dev) };

    // A callback that still runs may want to answer through the channel: first this.
    drop(ept);
    dev.forget_endpoint();
}

impl Drop for RawEndpoint {
    fn drop(&mut self) {
        // SAFETY: By the type invariants the endpoint is valid, and this is the last use of it.
        unsafe { super::rpmsg_destroy_ept(self.0.as_ptr()) };
    }
}

/// An endpoint whose messages a [`Receiver`] takes.
///
/// Dropping it destroys the endpoint: a callback that runs is waited for, and none starts afterwards.
///
/// # Invariants
///
/// The endpoint's private data is `inner`.
pub(crate) struct OwnedEndpoint<T: Receiver> {
    // Destroyed first.
    ept: RawEndpoint,
    inner: Arc<Inner<T>>,
    /// The endpoint refers to the channel.
    channel: ARef<Device>,
}

#[pin_data]
struct Inner<T> {
    /// The endpoint, from `known` on.
    ept: Atomic<*mut rpmsg_endpoint>,
    #[pin]
    known: Completion,
    #[pin]
    complaints: RateLimit,
    #[pin]
    receiver: T,
}

impl<T: Receiver> OwnedEndpoint<T> {
    /// Creates an endpoint at `addr`, [`Addr::ANY`] for whichever is free.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if that failed; the transport has said why.
    pub(crate) fn new<E>(
        dev: &Device<Bound>,
        addr: Addr,
        receiver: impl PinInit<T, E>,
    ) -> Result<Self>
    where
        Error: From<E>,
    {
        let inner = Arc::pin_init::<Error>(
            try_pin_init!(Inner {
                ept: Atomic::new(null_mut()),
                known <- Completion::new(),
                complaints <- RateLimit::new(),
                receiver <- receiver,
            }? Error),
            GFP_KERNEL,
        )?;
        let private = Arc::as_ptr(&inner).cast_mut().cast();

        // SAFETY: The callback gets the private data that it expects, which lives as long as the
        // endpoint: it is destroyed first.
        let ept = unsafe { RawEndpoint::create(dev, addr, Some(Self::receive_callback), private)? };
        ept.set_flow_callback(Some(Self::flow_callback));
        inner.ept.store(ept.0.as_ptr(), Release);
        inner.known.complete_all();

        // INVARIANT: The endpoint was created just now with this private data.
        Ok(Self {
            ept,
            inner,
            channel: dev.into(),
        })
    }

    /// The endpoint.
    pub(crate) fn raw(&self) -> &RawEndpoint {
        &self.ept
    }

    /// Ends all leases of the channel, whose driver is being unbound. May sleep, until nobody is
    /// inside.
    pub(crate) fn end_leases(&self) {
        // SAFETY: The channel is valid, and not unbound before its endpoints are gone.
        let dev = unsafe { Device::<Bound>::from_raw(self.channel.as_raw()) };
        amp::lease::end_all(dev.as_ref());
    }

    /// What takes the messages.
    pub(crate) fn receiver(&self) -> &T {
        &self.inner.receiver
    }

    extern "C" fn receive_callback(
        rpdev: *mut bindings::rpmsg_device,
        data: *mut c_void,
        len: c_int,
        private: *mut c_void,
        src: u32,
    ) -> c_int {
        // SAFETY: The endpoint was created with this private data.
        let inner = unsafe { Self::inner(private) };

        if inner.ept.load(Acquire).is_null() {
            inner.known.wait_for_completion();
        }
        let Some(ept) = NonNull::new(inner.ept.load(Acquire)) else {
            return 0;
        };
        // SAFETY: The endpoint is destroyed before its device is unbound, and that waits for its
        // callback.
        let port = unsafe { Port::from_raw(ept) };
        let payload = match usize::try_from(len) {
            Ok(len) if len > 0 => {
                // SAFETY: The transport gives so many bytes, which are ours for the call.
                unsafe { core::slice::from_raw_parts(data.cast::<u8>(), len) }
            }
            _ => &[],
        };
        let message = Message {
            src: Addr(src),
            payload,
        };

        let Err(error) = inner.receiver.receive(port, message) else {
            return 0;
        };
        if inner.complaints.allows(c"rpmsg receive") {
            // SAFETY: As for the endpoint: its channel is there as long as the callback runs.
            let dev = unsafe { Device::<Normal>::from_raw(rpdev) };
            dev_err!(
                dev,
                "a message of {} bytes from {:#x} was not taken: {}\n",
                payload.len(),
                src,
                error.to_errno()
            );
        }
        error.to_errno()
    }

    extern "C" fn flow_callback(
        _rpdev: *mut bindings::rpmsg_device,
        private: *mut c_void,
        pause: bool,
    ) -> c_int {
        // SAFETY: As in `receive_callback`.
        unsafe { Self::inner(private) }.receiver.flow_control(pause);
        0
    }

    /// What a callback needs, for as long as it runs.
    ///
    /// The callback may be what destroys the endpoint, by way of others; then nobody waits for it.
    ///
    /// # Safety
    ///
    /// `private` must be the private data of an endpoint that such an object owns, and this the begin
    /// of a callback.
    unsafe fn inner(private: *mut c_void) -> Arc<Inner<T>> {
        // SAFETY: By the function's requirements; the owner has a reference until the endpoint is
        // destroyed, and waits for a callback that has just begun.
        let inner = ManuallyDrop::new(unsafe { Arc::from_raw(private.cast_const().cast()) });

        Arc::clone(&inner)
    }
}
