// SPDX-License-Identifier: GPL-2.0

//! `struct rpmsg_endpoint`: owning one, and what takes its messages.

use super::Port;
use crate::{
    transport,
    Addr,
    ChannelInfo,
    Device,
    Message,
    Receiver, //
};
use amp::ratelimit::RateLimit;
use amp_bindings as bindings;
use bindings::rpmsg_endpoint;
use core::{
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

    /// Creates the own endpoint of a channel whose driver is not ready for messages: they wait until
    /// it sends one, or [`start`](RawEndpoint::start). Those of a transport in C don't.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if the transport could not create it; it has said why.
    ///
    /// # Safety
    ///
    /// `callback` may be called, with no private data, until the endpoint is destroyed.
    pub(super) unsafe fn create_held(
        dev: &Device<Bound>,
        callback: bindings::rpmsg_rx_cb_t,
    ) -> Result<Self> {
        // SAFETY: The device is bound; the callback is the caller's to answer for.
        match unsafe { transport::create_held(dev.as_raw(), callback, dev.src()) } {
            // INVARIANT: The endpoint was just made, for us.
            Some(ept) => Ok(Self(NonNull::new(ept).ok_or(ENOMEM)?)),
            // SAFETY: By the function's requirements.
            None => unsafe { Self::create(dev, dev.src(), callback, null_mut()) },
        }
    }

    /// The channel's driver is ready: messages need not wait any more.
    pub(crate) fn start(&self) {
        // SAFETY: By the type invariants the endpoint is valid.
        unsafe { transport::start(self.0.as_ptr()) };
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

    /// Destroys the endpoint, which is the channel's own. A transport of ours keeps it in memory, so
    /// that the channel can go on to refer to it: C code that comes late gets [`ENXIO`] from it. Process
    /// context, may sleep.
    pub(crate) fn retire(self, dev: &Device<Bound>) {
        let this = ManuallyDrop::new(self);
        // SAFETY: By the type invariants the endpoint is valid, and this is the last use of it; its
        // channel is bound.
        if !unsafe { transport::retire(this.0.as_ptr()) } {
            dev.forget_endpoint();
        }
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
    if let Some(ept) = unsafe { RawEndpoint::take_own(dev) } {
        ept.retire(dev);
    }
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
        if T::ATOMIC {
            ept.port().callbacks_are_atomic();
        }

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
            port,
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
