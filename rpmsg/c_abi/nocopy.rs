// SPDX-License-Identifier: GPL-2.0

//! The functions of `rpmsg_nocopy.h`, buffers that are filled in place and messages that are kept, and
//! of `rpmsg_timeout.h`.

use super::{
    bindings,
    errno, //
};
use crate::{
    transport::{
        self,
        nocopy,
        Wait, //
    },
    Addr, //
};
use bindings::rpmsg_endpoint;
use kernel::{
    ffi::{
        c_int,
        c_void, //
    },
    prelude::*, //
};

fn to_int(result: Result) -> c_int {
    match result {
        Ok(()) => 0,
        Err(error) => errno(error),
    }
}

/// Sends a buffer; a length that makes no sense is too long.
///
/// # Safety
///
/// `ept` must be NULL or a valid endpoint, which its owner does not destroy meanwhile.
unsafe fn send(ept: *mut rpmsg_endpoint, payload: usize, len: c_int, dst: Option<Addr>) -> Result {
    let len = usize::try_from(len).map_err(|_| EMSGSIZE)?;
    // SAFETY: By the function's requirements.
    unsafe { nocopy::send(ept, payload, len, dst) }.map_err(|not_sent| not_sent.error)
}

amp::c_abi! {
    /// Takes a buffer to send in and says how many bytes of payload fit; NULL if there is none.
    fn rpmsg_get_tx_payload_buffer(
        ept: *mut rpmsg_endpoint,
        len: *mut u32,
        wait: bool,
    ) -> *mut c_void {
        let wait = if wait { Wait::Yes } else { Wait::No };
        // SAFETY: The endpoint is valid or NULL.
        match unsafe { nocopy::take(ept, wait) } {
            Ok((payload, room)) => {
                if !len.is_null() {
                    // CAST: Buffers have at most 64 KiB.
                    // SAFETY: The caller gives a place for the length.
                    unsafe { *len = room as u32 };
                }
                payload.as_ptr().cast()
            }
            Err(_) => core::ptr::null_mut(),
        }
    }

    /// Sends a buffer to the other end of the endpoint's channel.
    fn rpmsg_send_nocopy(ept: *mut rpmsg_endpoint, payload: *const c_void, len: c_int) -> c_int {
        // SAFETY: The endpoint is valid or NULL. The payload is compared only.
        to_int(unsafe { send(ept, payload.addr(), len, None) })
    }

    /// As [`rpmsg_send_nocopy`], to the address `dst`.
    fn rpmsg_sendto_nocopy(
        ept: *mut rpmsg_endpoint,
        payload: *const c_void,
        len: c_int,
        dst: u32,
    ) -> c_int {
        // SAFETY: As in `rpmsg_send_nocopy`.
        to_int(unsafe { send(ept, payload.addr(), len, Some(Addr(dst))) })
    }

    /// Gives a buffer back that is not sent.
    fn rpmsg_release_tx_buffer(ept: *mut rpmsg_endpoint, payload: *mut c_void) -> c_int {
        // SAFETY: As in `rpmsg_send_nocopy`.
        to_int(unsafe { nocopy::release(ept, payload.addr()) })
    }

    /// Keeps the message that the endpoint's callback has at hand.
    fn rpmsg_hold_rx_buffer(ept: *mut rpmsg_endpoint, payload: *mut c_void) -> c_int {
        // SAFETY: As in `rpmsg_send_nocopy`.
        to_int(unsafe { nocopy::hold(ept, payload.addr()) }.map(drop))
    }

    /// Lets a message go that was kept.
    fn rpmsg_release_rx_buffer(ept: *mut rpmsg_endpoint, payload: *mut c_void) -> c_int {
        // SAFETY: As in `rpmsg_send_nocopy`.
        to_int(unsafe { nocopy::let_go(ept, payload.addr()) })
    }

    /// Sets how long sending from the endpoint waits, in milliseconds.
    fn rpmsg_set_send_timeout(ept: *mut rpmsg_endpoint, ms: u32) -> c_int {
        // SAFETY: The endpoint is valid or NULL.
        to_int(unsafe { transport::set_send_timeout(ept, ms) })
    }
}
