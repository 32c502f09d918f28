// SPDX-License-Identifier: GPL-2.0

//! Channels and endpoints as C drivers use them.

use crate::rpmsg_bus::Channel;
use core::{
    ffi::c_void,
    marker::PhantomData,
    ptr::{
        null_mut,
        NonNull, //
    }, //
};
use kernel::{
    device::Bound,
    ffi::c_int,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Full,
            Relaxed, //
        },
        Arc,
        ArcBorrow, //
    }, //
};
use proto::rpmsg::Addr;

impl Channel {
    /// The device, for sending. Tests use it as long as the remote is there.
    pub(crate) fn bound(&self) -> &rpmsg::Device<Bound> {
        let dev: &rpmsg::Device = &self.dev;
        // CAST: `Device` is a transparent wrapper of a type that doesn't depend on the context.
        let dev = core::ptr::from_ref(dev).cast::<rpmsg::Device<Bound>>();
        // SAFETY: The device is valid as `self.dev` is. It stays bound until the remote goes or
        // takes its service back, neither of which a test does while it sends.
        unsafe { &*dev }
    }

    /// Its own endpoint. As [`Self::bound`].
    pub(crate) fn ept(&self) -> Result<Ept<'_>> {
        // SAFETY: The device is valid and stays bound, see `bound()`.
        let ept = unsafe { (*self.dev.as_raw()).ept };
        Ept::new(ept).ok_or(ENOTCONN)
    }
}

/// An endpoint that is there.
///
/// # Invariants
///
/// The endpoint is valid during `'a`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ept<'a>(NonNull<amp_bindings::rpmsg_endpoint>, PhantomData<&'a ()>);

/// Where a message is: an address, which the bus compares with those that it has given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Payload(usize);

impl Payload {
    /// The address behind it.
    pub(crate) fn next(self) -> Self {
        Self(self.0 + 1)
    }

    fn as_ptr(self) -> *mut c_void {
        self.0 as *mut c_void
    }
}

/// What the functions of C return: 0 or a negative errno, as they do.
impl Ept<'_> {
    /// Users of this see to the invariants.
    pub(super) fn new(ept: *mut amp_bindings::rpmsg_endpoint) -> Option<Self> {
        NonNull::new(ept).map(|ept| Self(ept, PhantomData))
    }

    /// `rpmsg_get_tx_payload_buffer()`, and `text` written to it; with the room that there is.
    pub(crate) fn fill(self, text: &[u8]) -> Result<(Payload, usize)> {
        let mut room = 0;
        // SAFETY: By the type invariants the endpoint is valid.
        let payload = unsafe {
            amp_bindings::rpmsg_get_tx_payload_buffer(self.0.as_ptr(), &raw mut room, false)
        };
        if payload.is_null() {
            return Err(ENOMEM);
        }
        let room = room as usize;
        check!(text.len() <= room);
        // SAFETY: There are `room` bytes, which are ours until the message is sent.
        unsafe { amp_bindings::copy_shared(payload, text.as_ptr().cast(), text.len()) };
        Ok((Payload(payload as usize), room))
    }

    /// `rpmsg_send_nocopy()`.
    pub(crate) fn send(self, payload: Payload, len: c_int) -> c_int {
        // SAFETY: By the type invariants the endpoint is valid; addresses are only compared.
        unsafe { amp_bindings::rpmsg_send_nocopy(self.0.as_ptr(), payload.as_ptr(), len) }
    }

    /// `rpmsg_sendto_nocopy()`.
    pub(crate) fn send_to(self, payload: Payload, len: c_int, dst: Addr) -> c_int {
        let ept = self.0.as_ptr();
        // SAFETY: As in `send()`.
        unsafe { amp_bindings::rpmsg_sendto_nocopy(ept, payload.as_ptr(), len, dst.0) }
    }

    /// `rpmsg_release_tx_buffer()`.
    pub(crate) fn give_back(self, payload: Payload) -> c_int {
        // SAFETY: As in `send()`.
        unsafe { amp_bindings::rpmsg_release_tx_buffer(self.0.as_ptr(), payload.as_ptr()) }
    }

    /// `rpmsg_hold_rx_buffer()`.
    pub(crate) fn hold(self, payload: Payload) -> c_int {
        // SAFETY: As in `send()`.
        unsafe { amp_bindings::rpmsg_hold_rx_buffer(self.0.as_ptr(), payload.as_ptr()) }
    }

    /// `rpmsg_release_rx_buffer()`.
    pub(crate) fn release(self, payload: Payload) -> c_int {
        // SAFETY: As in `send()`.
        unsafe { amp_bindings::rpmsg_release_rx_buffer(self.0.as_ptr(), payload.as_ptr()) }
    }

    /// The first bytes of a message that is held, and long enough.
    pub(crate) fn read_held<const N: usize>(self, payload: Payload) -> [u8; N] {
        let mut bytes = [0; N];
        // SAFETY: Held messages stay where they are; the buffers are longer than any `N` here.
        unsafe { amp_bindings::copy_shared(bytes.as_mut_ptr().cast(), payload.as_ptr(), N) };
        bytes
    }

    /// `rpmsg_send()`.
    pub(crate) fn send_copy(self, text: &[u8]) -> c_int {
        // CAST: Tests send short messages.
        let len = text.len() as c_int;
        // SAFETY: By the type invariants the endpoint is valid; there are `len` bytes.
        unsafe { amp_bindings::rpmsg_send(self.0.as_ptr(), text.as_ptr().cast(), len) }
    }

    /// `rpmsg_sendto()`.
    pub(crate) fn send_copy_to(self, text: &[u8], dst: Addr) -> c_int {
        // CAST: As in `send_copy()`.
        let len = text.len() as c_int;
        // SAFETY: As in `send_copy()`.
        unsafe { amp_bindings::rpmsg_sendto(self.0.as_ptr(), text.as_ptr().cast(), len, dst.0) }
    }

    /// `rpmsg_trysend()`.
    pub(crate) fn try_send_copy(self, text: &[u8]) -> c_int {
        // CAST: As in `send_copy()`.
        let len = text.len() as c_int;
        // SAFETY: As in `send_copy()`.
        unsafe { amp_bindings::rpmsg_trysend(self.0.as_ptr(), text.as_ptr().cast(), len) }
    }

    /// `rpmsg_trysendto()`.
    pub(crate) fn try_send_copy_to(self, text: &[u8], dst: Addr) -> c_int {
        // CAST: As in `send_copy()`.
        let len = text.len() as c_int;
        // SAFETY: As in `send_copy()`.
        unsafe { amp_bindings::rpmsg_trysendto(self.0.as_ptr(), text.as_ptr().cast(), len, dst.0) }
    }

    /// `rpmsg_get_mtu()`.
    pub(crate) fn mtu(self) -> isize {
        // SAFETY: By the type invariants the endpoint is valid.
        unsafe { rpmsg::c_abi::rpmsg_get_mtu(self.0.as_ptr()) }
    }

    /// `rpmsg_set_flow_control()`.
    pub(crate) fn set_flow_control(self, pause: bool, dst: Addr) -> c_int {
        // SAFETY: By the type invariants the endpoint is valid.
        unsafe { rpmsg::c_abi::rpmsg_set_flow_control(self.0.as_ptr(), pause, dst.0) }
    }

    /// `rpmsg_set_send_timeout()`, in milliseconds.
    pub(crate) fn set_send_timeout(self, timeout: u32) -> c_int {
        // SAFETY: By the type invariants the endpoint is valid.
        unsafe { amp_bindings::rpmsg_set_send_timeout(self.0.as_ptr(), timeout) }
    }

    /// The same for no endpoint.
    pub(crate) fn set_send_timeout_of_null(timeout: u32) -> c_int {
        // SAFETY: NULL is caught.
        unsafe { amp_bindings::rpmsg_set_send_timeout(null_mut(), timeout) }
    }

    /// `rpmsg_poll()`, by nobody who would wait.
    pub(crate) fn poll(self) -> u32 {
        // SAFETY: By the type invariants the endpoint is valid; without a table nobody is
        // registered, and the file is not looked at.
        unsafe { rpmsg::c_abi::rpmsg_poll(self.0.as_ptr(), null_mut(), null_mut()) }
    }
}

/// Who gets an endpoint's messages.
pub(crate) trait Callback: Send + Sync + 'static {
    /// A message: on the channel with the endpoint `channel`.
    fn receive(&self, channel: Option<Ept<'_>>, payload: Payload, len: usize);
}

extern "C" fn callback<T: Callback>(
    rpdev: *mut amp_bindings::rpmsg_device,
    data: *mut c_void,
    len: c_int,
    private: *mut c_void,
    _src: u32,
) -> c_int {
    // SAFETY: This is the receiver of an `Endpoint`, which keeps a reference until the endpoint
    // has been destroyed: it was not when this was called.
    let receiver = unsafe { ArcBorrow::from_raw(private.cast::<T>()) };
    // The callback may destroy the endpoint.
    let receiver: Arc<T> = receiver.into();
    // SAFETY: The channel that the endpoint belongs to is bound.
    let channel = Ept::new(unsafe { (*rpdev).ept });

    receiver.receive(channel, Payload(data as usize), len.try_into().unwrap_or(0));
    0
}

/// An endpoint beside that of a channel, until it is destroyed, by whomever.
///
/// # Invariants
///
/// Not NULL: an endpoint that nobody has destroyed or is about to destroy.
pub(crate) struct Handle(Atomic<*mut amp_bindings::rpmsg_endpoint>);

impl Handle {
    /// `rpmsg_destroy_ept()`, if that has not been called. May sleep; also from callbacks.
    pub(crate) fn destroy(&self) {
        // INVARIANT: From here on nobody finds it.
        let ept = self.0.xchg(null_mut(), Full);
        if !ept.is_null() {
            // SAFETY: By the type invariants the endpoint is valid, and this is the last use.
            unsafe { rpmsg::c_abi::rpmsg_destroy_ept(ept) };
        }
    }

    /// The endpoint. Tests do not destroy it meanwhile.
    pub(crate) fn ept(&self) -> Result<Ept<'_>> {
        Ept::new(self.0.load(Relaxed)).ok_or(EPIPE)
    }
}

/// An endpoint with its receiver; destroyed with this.
pub(crate) struct Endpoint<T: Callback> {
    pub(crate) handle: Arc<Handle>,
    pub(crate) addr: Addr,
    pub(crate) receiver: Arc<T>,
}

impl<T: Callback> Endpoint<T> {
    /// `rpmsg_create_ept()` on a bound channel.
    ///
    /// # Errors
    ///
    /// [`EBUSY`], as C drivers are not told why not.
    pub(crate) fn new(channel: &Channel, addr: Addr, receiver: Arc<T>) -> Result<Self> {
        let info = amp_bindings::rpmsg_channel_info {
            name: [0; 32],
            src: addr.0,
            dst: u32::MAX,
        };
        let handle = Arc::new(Handle(Atomic::new(null_mut())), GFP_KERNEL)?;
        let private = Arc::as_ptr(&receiver).cast_mut().cast();
        let dev = channel.dev.as_raw();
        // SAFETY: The channel is bound, and the receiver lives as long as the endpoint.
        let ept =
            unsafe { rpmsg::c_abi::rpmsg_create_ept(dev, Some(callback::<T>), private, info) };
        if ept.is_null() {
            return Err(EBUSY);
        }

        // INVARIANT: A new endpoint.
        handle.0.store(ept, Relaxed);
        Ok(Self {
            handle,
            // SAFETY: The endpoint is valid.
            addr: Addr(unsafe { (*ept).addr }),
            receiver,
        })
    }
}

impl<T: Callback> Drop for Endpoint<T> {
    fn drop(&mut self) {
        self.handle.destroy();
    }
}
