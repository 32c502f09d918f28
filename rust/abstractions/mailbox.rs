// SPDX-License-Identifier: GPL-2.0

//! Mailbox client abstractions.
//!
//! A mailbox passes small messages between processors. This is the client side, for controllers
//! whose message is one 32-bit word (OMAP and its successors, for example): what the C interface
//! calls a pointer to the message is the word itself there.
//!
//! C header: [`include/linux/mailbox_client.h`](srctree/include/linux/mailbox_client.h)
//!
//! Reference: <https://docs.kernel.org/driver-api/mailbox.html>

pub mod controller;
mod doorbell;

pub use doorbell::Doorbells;

use crate::device::DeviceExt;
use amp_bindings as bindings;
use core::{
    marker::PhantomPinned,
    ptr::{
        without_provenance_mut,
        NonNull, //
    }, //
};
use kernel::{
    container_of,
    device::{
        Bound,
        Device, //
    },
    error::{
        from_err_ptr,
        to_result, //
    },
    ffi::{
        c_int,
        c_void, //
    },
    prelude::*,
    sync::aref::ARef,
    types::Opaque, //
};

/// What a user of a mailbox [`Channel`] does with what comes out of it.
pub trait Client: Send + Sync + 'static {
    /// A word came from the other side.
    ///
    /// Called in atomic context in general: depending on the controller in its interrupt handler
    /// or in its interrupt thread (`omap-mailbox`). Words come one after the other, in the order
    /// in which they were sent, from when the channel is requested, possibly before
    /// [`Channel::request`] returns, until it is dropped. The first ones may be older than the
    /// request: hardware keeps them.
    fn received(&self, word: u32);

    /// The controller has passed on a word from [`Channel::send`] and can take the next one.
    ///
    /// That says nothing about whether the other side has read it. May be called in interrupt
    /// context; sending from here is fine.
    fn sent(&self, channel: &Channel<Self>, result: Result)
    where
        Self: Sized,
    {
        let _ = (channel, result);
    }
}

/// A mailbox channel, exclusively ours from request to drop.
///
/// After the drop, which waits for it, no callback runs. Words that were still queued are not
/// sent then.
///
/// # Invariants
///
/// `chan` is a channel that was requested with `raw` as its client and not freed.
#[pin_data(PinnedDrop)]
pub struct Channel<T: Client> {
    #[pin]
    raw: Opaque<bindings::mbox_client>,

    chan: NonNull<bindings::mbox_chan>,

    /// The framework keeps a pointer to the device in `raw`.
    _dev: ARef<Device>,

    #[pin]
    client: T,

    #[pin]
    _pin: PhantomPinned,
}

// SAFETY: A channel may be used and freed in any thread, and `T` is `Send`.
unsafe impl<T: Client> Send for Channel<T> {}

// SAFETY: `mbox_send_message()` in its non-blocking mode may run concurrently, and `T` is `Sync`.
unsafe impl<T: Client> Sync for Channel<T> {}

impl<T: Client> Channel<T> {
    /// Requests the channel at `index` of the `mboxes` property of `dev`.
    ///
    /// May sleep. The channel has to be dropped before the device's driver is unbound: the
    /// driver core unbinds a mailbox controller's users before the controller.
    ///
    /// # Errors
    ///
    /// - [`EPROBE_DEFER`] if the mailbox controller is not there yet.
    /// - [`EBUSY`] if somebody else uses the channel.
    /// - [`ENOENT`] or [`EINVAL`] if the property has no (proper) entry at `index`.
    pub fn request<'a>(
        dev: &'a Device<Bound>,
        index: u16,
        client: impl PinInit<T, Error> + 'a,
    ) -> impl PinInit<Self, Error> + 'a {
        let dev: &'a Device = dev;

        try_pin_init!(&this in Self {
            client <- client,
            raw: Opaque::new(bindings::mbox_client {
                dev: dev.to_raw(),
                tx_block: false,
                tx_tout: 0,
                // Says that a word which the controller has taken is done, if the controller wants
                // to hear that: then there need be no interrupt for it.
                knows_txdone: true,
                rx_callback: Some(Self::rx_callback),
                tx_prepare: None,
                tx_done: Some(Self::tx_done),
            }),
            _dev: dev.into(),
            _pin: PhantomPinned,
            // INVARIANT: What is stored is the channel that was just requested.
            chan: {
                // SAFETY: `this` is valid, and `raw` is initialised.
                let raw = unsafe { Opaque::cast_into(&raw const (*this.as_ptr()).raw) };
                // SAFETY:
                // - The object is pinned, so `raw` stays where it is until the channel is freed:
                //   when this object is dropped.
                // - `client`, all that a callback may use before this returns, is initialised.
                //   If this fails, no callback is left behind.
                let chan = unsafe { bindings::mbox_request_channel(raw, c_int::from(index)) };

                NonNull::new(from_err_ptr(chan)?).ok_or(ENODEV)?
            },
        }? Error)
    }

    /// What was given to [`Channel::request`].
    pub fn client(&self) -> &T {
        &self.client
    }

    /// Sends `word`, or queues it if the controller has not taken earlier ones yet.
    ///
    /// May be called from any context. For each word that was accepted [`Client::sent`] is called
    /// once, perhaps before this returns.
    ///
    /// # Errors
    ///
    /// - [`ENOBUFS`] if too many words are queued (20 in Linux 7.3); the framework also logs an
    ///   error then. See [`Doorbells`] for a way not to get there.
    /// - [`EINVAL`] for a word that the framework reserves (0xffffffff on 32-bit machines).
    pub fn send(&self, word: u32) -> Result {
        // CAST: The controllers that this is for take the pointer's value as the word.
        let message = without_provenance_mut::<c_void>(word as usize);

        // SAFETY: The channel is valid; the field doesn't change as long as we have it.
        let method = unsafe { (*self.chan.as_ptr()).txdone_method };
        let prompt = method & controller::TXDONE_BY_ACK != 0;

        // A word that the controller takes at once is done, so it need not go through the
        // framework's queue.
        // SAFETY: The channel is ours. There is no memory behind the message to be kept.
        if prompt && unsafe { bindings::mbox_try_send(self.chan.as_ptr(), message) } == 0 {
            self.client.sent(self, Ok(()));
            return Ok(());
        }

        // SAFETY:
        // - By the type invariant `chan` is a channel of ours.
        // - `message` is a number for its controller, there is no memory to be kept.
        // - `tx_block` is off, so the call doesn't sleep.
        let token = unsafe { bindings::mbox_send_message(self.chan.as_ptr(), message) };
        to_result(token.min(0))?;

        if prompt {
            // If the controller still has no room for the word, nothing is done by this.
            // SAFETY: The channel is ours, and waits for this call.
            unsafe { bindings::mbox_client_txdone(self.chan.as_ptr(), 0) };
        }
        Ok(())
    }

    /// # Safety
    ///
    /// Only for the framework, as `rx_callback` of the client of a [`Channel`].
    unsafe extern "C" fn rx_callback(cl: *mut bindings::mbox_client, message: *mut c_void) {
        // SAFETY: The framework passes the client of the request, which is `raw` of a `Self`.
        let this: *mut Self = unsafe { container_of!(Opaque::cast_from(cl).cast_mut(), Self, raw) };

        // SAFETY: `client` was initialised before the request, and lives until after the channel
        // was freed. The other fields may not be there yet, so no reference to the whole.
        let client = unsafe { &(*this).client };

        // CAST: The word is what the controller passes as a pointer.
        client.received(message.addr() as u32);
    }

    /// # Safety
    ///
    /// Only for the framework, as `tx_done` of the client of a [`Channel`].
    unsafe extern "C" fn tx_done(cl: *mut bindings::mbox_client, _message: *mut c_void, r: c_int) {
        // SAFETY: The framework passes the client of the request, which is `raw` of a `Self`.
        let this: *mut Self = unsafe { container_of!(Opaque::cast_from(cl).cast_mut(), Self, raw) };

        // SAFETY: Something was sent, so the channel is initialised completely, and it lives until
        // after it was freed.
        let this = unsafe { &*this };

        this.client.sent(this, to_result(r));
    }
}

#[pinned_drop]
impl<T: Client> PinnedDrop for Channel<T> {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: By the type invariant `chan` is a channel of ours, and this is its last use. The
        // controller waits for running callbacks and calls none afterwards.
        unsafe { bindings::mbox_free_channel(self.chan.as_ptr()) };
    }
}
