// SPDX-License-Identifier: GPL-2.0

//! `struct rpmsg_endpoint`: what drivers see of an endpoint, and the callbacks that they put there.

use super::{
    channel,
    endpoint_ops, //
};
use crate::Addr;
use amp_bindings as bindings;
use bindings::{
    rpmsg_device,
    rpmsg_endpoint, //
};
use kernel::{
    ffi::{
        c_int,
        c_void, //
    },
    prelude::*,
    types::Opaque, //
};

/// The C object of one of our endpoints.
///
/// # Invariants
///
/// It is initialised, for a channel of ours. Its owner, who answers for what it does with the object,
/// writes whole words only.
#[repr(transparent)]
#[pin_data]
pub(in crate::transport) struct Object {
    #[pin]
    c: Opaque<rpmsg_endpoint>,
}

// SAFETY: By the type invariants; what we read of the object are whole words.
unsafe impl Send for Object {}
// SAFETY: As above.
unsafe impl Sync for Object {}

impl Object {
    /// The object of an endpoint of `rpdev`, a channel of ours, at `addr`.
    pub(in crate::transport) fn new(
        rpdev: *mut rpmsg_device,
        cb: bindings::rpmsg_rx_cb_t,
        private: *mut c_void,
        addr: Addr,
    ) -> impl PinInit<Self> {
        let init = move |c: *mut rpmsg_endpoint| {
            // SAFETY: `c` may be written; all fields of the object may be zero before they are set.
            unsafe {
                c.write_bytes(0, 1);
                bindings::rpmsg_endpoint_init(c);
                (*c).rpdev = rpdev;
                (*c).cb = cb;
                (*c).priv_ = private;
                (*c).addr = addr.0;
                (*c).ops = &endpoint_ops::OPS;
            }
        };

        // INVARIANT: Initialised here.
        pin_init!(Self {
            c <- Opaque::ffi_init(init),
        })
    }

    /// The channel.
    pub(in crate::transport) fn channel(&self) -> *mut rpmsg_device {
        // SAFETY: The object is valid; the field does not change.
        unsafe { (*self.c.get()).rpdev }
    }

    /// The other end of the channel, [`Addr::ANY`] if it has none in particular. To be called while
    /// the endpoint is in use.
    pub(in crate::transport) fn peer(&self) -> Addr {
        // SAFETY: By the type invariants this is a channel of ours, which is there as long as the
        // endpoint is in use.
        unsafe { channel::peer(self.channel()) }
    }

    /// Gives a message to the driver, if it wants any. To be called while the endpoint is not closed,
    /// by one at a time.
    pub(in crate::transport) fn receive(&self, payload: &mut [u8], src: Addr) {
        let c = self.c.get();
        // SAFETY: The object is valid. Drivers may change both fields at any time; they are words.
        let (cb, private) = unsafe {
            (
                (&raw const (*c).cb).read_volatile(),
                (&raw const (*c).priv_).read_volatile(),
            )
        };

        if let Some(cb) = cb {
            // CAST: A payload is not longer than a transport's buffer.
            let len = payload.len() as c_int;
            let data = payload.as_mut_ptr().cast();
            // What it returns means nothing, as in the C implementation.
            // SAFETY: The endpoint is not closed: its owner and the channel are still there, and
            // wait for us before they go. The payload is ours to lend.
            unsafe { cb(self.channel(), data, len, private, src.0) };
        }
    }

    /// Tells the driver to pause or to go on, if it wants to know. As [`receive`](Object::receive).
    pub(in crate::transport) fn flow_control(&self, pause: bool) {
        let c = self.c.get();
        // SAFETY: As in `receive`.
        let (cb, private) = unsafe {
            (
                (&raw const (*c).flow_cb).read_volatile(),
                (&raw const (*c).priv_).read_volatile(),
            )
        };

        if let Some(cb) = cb {
            // SAFETY: As in `receive`.
            unsafe { cb(self.channel(), private, pause) };
        }
    }
}
