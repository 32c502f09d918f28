// SPDX-License-Identifier: GPL-2.0

//! Endpoints for drivers in Rust, beside the one that each bound channel has.

use crate::{
    c_abi,
    transport,
    Addr,
    ChannelInfo,
    Device,
    Message, //
};
use amp::{
    lease::Leased,
    poll::{
        Events,
        PollTable, //
    },
    ratelimit::RateLimit, //
};
use amp_bindings as bindings;
use bindings::rpmsg_endpoint;
use core::marker::PhantomData;
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
/// wait up to 15 s for a buffer to send in and fail with [`ERESTARTSYS`] then, or when a signal
/// comes; the others fail with [`ENOMEM`] if there is none.
///
/// # Invariants
///
/// The endpoint is not destroyed during `'a`, nor is its channel unbound.
#[derive(Clone, Copy)]
pub struct Port<'a> {
    ept: *mut rpmsg_endpoint,
    _endpoint: PhantomData<&'a rpmsg_endpoint>,
}

impl Port<'_> {
    /// The port of an endpoint.
    ///
    /// # Safety
    ///
    /// The endpoint must be valid for as long as the result is used, and its channel bound.
    pub(crate) unsafe fn new(ept: *mut rpmsg_endpoint) -> Self {
        // INVARIANT: By the function's requirements.
        Self {
            ept,
            _endpoint: PhantomData,
        }
    }

    /// The address on this side.
    pub fn addr(&self) -> Addr {
        // SAFETY: By the type invariants the endpoint is valid. Its address does not change.
        Addr(unsafe { (*self.ept).addr })
    }

    /// The longest payload in bytes.
    pub fn mtu(&self) -> Result<usize> {
        // SAFETY: By the type invariants the endpoint is valid.
        let mtu = unsafe { c_abi::rpmsg_get_mtu(self.ept) };
        // CAST: What isn't a length is an errno value.
        usize::try_from(mtu).map_err(|_| Error::from_errno(mtu as c_int))
    }

    /// Whether a message could be sent now ([`Events::OUT`]); registers for when that changes.
    ///
    /// `channel`, the one of the endpoint, keeps what is registered for as long as the file is open.
    pub fn poll<'file>(&self, table: &PollTable<'file>, channel: &'file Device) -> Events {
        // SAFETY: By the type invariants the endpoint is valid; its channel does not change.
        if channel.as_raw() != unsafe { (*self.ept).rpdev } {
            return Events::ERR;
        }
        let (file, table) = table.as_raw();
        // SAFETY: As above. What a transport has senders wait on lives as long as its channels.
        let events = Events(unsafe { c_abi::rpmsg_poll(self.ept, file, table) });
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
        to_result(unsafe { c_abi::rpmsg_set_flow_control(self.ept, pause, dst.0) })
    }

    /// Lets nothing be sent from the endpoint any more: sending fails with [`ENXIO`], also for those
    /// who wait for a buffer. For who is about to destroy it. A transport in C does not know this:
    /// there waiting ends with the timeout.
    pub fn shutdown(&self) {
        // SAFETY: By the type invariants the endpoint is valid.
        unsafe { transport::shutdown(self.ept) };
    }

    /// Sends to the other end of the endpoint's channel.
    pub fn send(&self, payload: &[u8]) -> Result {
        let (data, len) = raw(payload)?;
        // SAFETY: By the type invariants the endpoint is valid; the payload is for the call.
        to_result(unsafe { c_abi::rpmsg_send(self.ept, data, len) })
    }

    /// Sends to the address `dst` of the same processor.
    pub fn send_to(&self, payload: &[u8], dst: Addr) -> Result {
        let (data, len) = raw(payload)?;
        // SAFETY: As in `send`.
        to_result(unsafe { c_abi::rpmsg_sendto(self.ept, data, len, dst.0) })
    }

    /// As [`send`](Port::send), but does not wait for a buffer.
    pub fn try_send(&self, payload: &[u8]) -> Result {
        let (data, len) = raw(payload)?;
        // SAFETY: As in `send`.
        to_result(unsafe { c_abi::rpmsg_trysend(self.ept, data, len) })
    }

    /// As [`send_to`](Port::send_to), but does not wait for a buffer.
    pub fn try_send_to(&self, payload: &[u8], dst: Addr) -> Result {
        let (data, len) = raw(payload)?;
        // SAFETY: As in `send`.
        to_result(unsafe { c_abi::rpmsg_trysendto(self.ept, data, len, dst.0) })
    }
}

fn raw(payload: &[u8]) -> Result<(*const c_void, c_int)> {
    let len = payload.len().try_into().map_err(|_| EMSGSIZE)?;
    Ok((payload.as_ptr().cast(), len))
}

/// What takes the messages of an [`Endpoint`].
pub trait Receiver: Send + Sync + 'static {
    /// Called for each message, one at a time and in order. Process context, may sleep: that delays
    /// this endpoint's next message and nothing else. `port` sends from the endpoint's address.
    ///
    /// # Errors
    ///
    /// An error goes into the log, rate-limited; nothing else follows from it.
    fn receive(&self, port: Port<'_>, message: Message<'_>) -> Result;

    /// Called when the other side asks to pause sending to it, or to go on. Process context.
    fn flow_control(&self, pause: bool) {
        let _ = pause;
    }
}

/// An endpoint of a driver's own, at an address of its own.
///
/// Dropping it destroys it: a callback that runs is waited for, and none starts afterwards. The
/// callback itself can't drop it, as a [`Receiver`] can't contain what borrows from a device.
///
/// # Examples
///
/// ```ignore
/// let events = rpmsg::Endpoint::new(dev, rpmsg::Addr::ANY, Events::new())?;
/// dev.send(&subscribe_message(events.port().addr()))?;
/// ```
///
/// # Invariants
///
/// `ept` is valid, and its private data is `inner`.
pub struct Endpoint<'bound, T: Receiver> {
    ept: *mut rpmsg_endpoint,
    inner: Pin<KBox<Inner<T>>>,
    /// The endpoint refers to the device.
    _dev: ARef<Device>,
    /// What keeps the device bound, if that isn't `'bound`.
    _leased: Option<Leased<Device<Bound>>>,
    _bound: PhantomData<&'bound Device<Bound>>,
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

// SAFETY: An endpoint may be used and destroyed on any thread.
unsafe impl<T: Receiver> Send for Endpoint<'_, T> {}
// SAFETY: As above; sending locks what needs it.
unsafe impl<T: Receiver> Sync for Endpoint<'_, T> {}

impl<'bound, T: Receiver> Endpoint<'bound, T> {
    /// Creates an endpoint at `addr`, or at any free address if that is [`Addr::ANY`]. Process
    /// context, may sleep.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if the transport could not create it, for one because the address is taken; the
    /// log says why.
    pub fn new<E>(
        dev: &'bound Device<Bound>,
        addr: Addr,
        receiver: impl PinInit<T, E>,
    ) -> Result<Self>
    where
        Error: From<E>,
    {
        Self::create(dev, addr, receiver)
    }

    /// Creates an endpoint, for as long as the caller has the device bound.
    fn create<E>(dev: &Device<Bound>, addr: Addr, receiver: impl PinInit<T, E>) -> Result<Self>
    where
        Error: From<E>,
    {
        let inner = KBox::pin_init::<Error>(
            try_pin_init!(Inner {
                ept: Atomic::new(core::ptr::null_mut()),
                known <- Completion::new(),
                complaints <- RateLimit::new(),
                receiver <- receiver,
            }? Error),
            GFP_KERNEL,
        )?;
        let info = ChannelInfo {
            name: dev.name(),
            src: addr,
            dst: Addr::ANY,
        };

        // SAFETY: The device is bound, and the callback gets the private data that it expects.
        let ept = unsafe {
            c_abi::rpmsg_create_ept(
                dev.as_raw(),
                Some(Self::receive_callback),
                core::ptr::from_ref(&*inner).cast_mut().cast(),
                info.to_raw(),
            )
        };
        if ept.is_null() {
            return Err(ENOMEM);
        }
        // SAFETY: The endpoint is valid, and the callback gets the private data that it expects.
        unsafe { (*ept).flow_cb = Some(Self::flow_callback) };
        inner.ept.store(ept, Release);
        inner.known.complete_all();

        // INVARIANT: The endpoint was created just now with this private data.
        Ok(Self {
            ept,
            inner,
            _dev: dev.into(),
            _leased: None,
            _bound: PhantomData,
        })
    }

    /// The sending side.
    pub fn port(&self) -> Port<'_> {
        // SAFETY: By the type invariants the endpoint is valid as long as `self`, and the device is
        // bound longer than that.
        unsafe { Port::new(self.ept) }
    }

    /// What takes the messages.
    pub fn receiver(&self) -> &T {
        &self.inner.receiver
    }

    extern "C" fn receive_callback(
        rpdev: *mut bindings::rpmsg_device,
        data: *mut c_void,
        len: c_int,
        private: *mut c_void,
        src: u32,
    ) -> c_int {
        // SAFETY: The endpoint was created with this private data, which lives until the endpoint
        // is destroyed.
        let inner = unsafe { &*private.cast_const().cast::<Inner<T>>() };

        inner.known.wait_for_completion();
        // SAFETY: The endpoint is destroyed before its device is unbound, and that waits for its
        // callback.
        let port = unsafe { Port::new(inner.ept.load(Acquire)) };
        // SAFETY: The transport gives so many bytes, which are ours for the call.
        let message = unsafe { Message::from_raw(data, len, src) };

        let Err(error) = inner.receiver.receive(port, message) else {
            return 0;
        };
        if inner.complaints.allows(c"rpmsg receive") {
            // SAFETY: As for the endpoint: its channel is there as long as the callback runs.
            let dev = unsafe { Device::<Normal>::from_raw(rpdev) };
            dev_err!(
                dev,
                "a message of {} bytes from {:#x} was not taken: {}\n",
                message.payload.len(),
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
        let inner = unsafe { &*private.cast_const().cast::<Inner<T>>() };

        inner.receiver.flow_control(pause);
        0
    }
}

impl<T: Receiver> Endpoint<'static, T> {
    /// Creates an endpoint on a channel that was leased; unbinding waits until it is dropped. As
    /// [`new`](Endpoint::new) otherwise.
    pub fn leased<E>(
        dev: Leased<Device<Bound>>,
        addr: Addr,
        receiver: impl PinInit<T, E>,
    ) -> Result<Self>
    where
        Error: From<E>,
    {
        let mut endpoint = Self::create(&dev, addr, receiver)?;
        endpoint._leased = Some(dev);
        Ok(endpoint)
    }
}

impl<T: Receiver> Drop for Endpoint<'_, T> {
    fn drop(&mut self) {
        // SAFETY: By the type invariants the endpoint is valid, and this is the last use of it. No
        // callback runs afterwards: `inner` can go.
        unsafe { c_abi::rpmsg_destroy_ept(self.ept) };
    }
}
