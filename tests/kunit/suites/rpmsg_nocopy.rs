// SPDX-License-Identifier: GPL-2.0

//! Buffers that are filled in place and messages that are kept, as C drivers have them.

use crate::{
    fake_remote::TX,
    rpmsg_bus::{
        Bus,
        Channel,
        FOREVER,
        NUM,
        REMOTE_SINK,
        SINK, //
    }, //
};
use amp::completion::Completion;
use amp_bindings::rpmsg_endpoint;
use core::ffi::c_void;
use kernel::{
    ffi::c_int,
    new_mutex,
    prelude::*,
    sync::{
        Arc,
        Mutex, //
    }, //
};
use proto::rpmsg::{
    Addr,
    PAYLOAD_LEN, //
};

/// The endpoint of a bound channel.
fn endpoint(channel: &Channel) -> *mut rpmsg_endpoint {
    // SAFETY: The channel is bound as long as the test runs.
    unsafe { (*channel.as_raw()).ept }
}

/// Takes a buffer and writes `text` into it.
fn fill(ept: *mut rpmsg_endpoint, text: &[u8]) -> Result<*mut c_void> {
    let mut room = 0;
    // SAFETY: The endpoint is valid; the text fits, as is checked before it is written.
    unsafe {
        let payload = amp_bindings::rpmsg_get_tx_payload_buffer(ept, &raw mut room, false);
        if payload.is_null() {
            return Err(ENOMEM);
        }
        check_eq!(room as usize, PAYLOAD_LEN);
        amp_bindings::copy_shared(payload, text.as_ptr().cast(), text.len());
        Ok(payload)
    }
}

/// What a callback keeps.
#[pin_data]
struct Keeper {
    /// The endpoint, as a number.
    #[pin]
    kept_by: Mutex<usize>,
    #[pin]
    kept: Mutex<KVec<usize>>,
    #[pin]
    called: Completion,
}

extern "C" fn keep(
    rpdev: *mut amp_bindings::rpmsg_device,
    data: *mut c_void,
    len: c_int,
    private: *mut c_void,
    _src: u32,
) -> c_int {
    // SAFETY: This is the `Keeper` that the endpoint was created with; the channel is bound.
    let (keeper, other) = unsafe { (&*private.cast::<Keeper>(), (*rpdev).ept) };
    let ept = *keeper.kept_by.lock();

    // SAFETY: Both endpoints are valid; addresses are only compared.
    unsafe {
        // Not this one's, and not the start of the payload.
        if amp_bindings::rpmsg_hold_rx_buffer(other, data) != EINVAL.to_errno()
            || amp_bindings::rpmsg_hold_rx_buffer(ept as *mut _, data.byte_add(1))
                != EINVAL.to_errno()
        {
            return 0;
        }
        if amp_bindings::rpmsg_hold_rx_buffer(ept as *mut _, data) != 0 {
            return 0;
        }
        if len != 0 {
            let _ = keeper.kept.lock().push(data as usize, GFP_KERNEL);
        } else if amp_bindings::rpmsg_release_rx_buffer(ept as *mut _, data) != 0 {
            // Empty messages change the callback's mind.
            return 0;
        }
    }
    keeper.called.complete();
    0
}

#[kunit_tests(rpmsg_nocopy)]
mod tests {
    use super::*;

    #[test]
    fn filled_in_place() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let ept = endpoint(&sink);

        let first = fill(ept, b"first")?;
        let second = fill(ept, b"second")?;
        // SAFETY: The endpoint is valid; addresses are only compared.
        unsafe {
            check_eq!(amp_bindings::rpmsg_send_nocopy(ept, second, 6), 0);
            check_eq!(amp_bindings::rpmsg_sendto_nocopy(ept, first, 5, 7), 0);
        }
        let (header, payload) = bus.received()?.ok_or(ENOMSG)?;
        check_eq!((header.dst, &payload[..]), (REMOTE_SINK, &b"second"[..]));
        let (header, payload) = bus.received()?.ok_or(ENOMSG)?;
        check_eq!((header.dst, &payload[..]), (Addr(7), &b"first"[..]));
        check_eq!(header.src, sink.addr());
        Ok(())
    }

    #[test]
    fn what_is_not_ones_own() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let ept = endpoint(&sink);

        for _ in 0..2 * NUM {
            let payload = fill(ept, b"x")?;
            // SAFETY: The endpoint is valid; addresses are only compared.
            unsafe {
                let wrong = payload.byte_add(1);
                check_eq!(
                    amp_bindings::rpmsg_send_nocopy(ept, wrong, 1),
                    EINVAL.to_errno()
                );
                check_eq!(
                    amp_bindings::rpmsg_send_nocopy(ept, payload, 497),
                    EMSGSIZE.to_errno()
                );
                check_eq!(
                    amp_bindings::rpmsg_send_nocopy(ept, payload, -1),
                    EMSGSIZE.to_errno()
                );
                check_eq!(amp_bindings::rpmsg_release_tx_buffer(ept, payload), 0);
                check_eq!(
                    amp_bindings::rpmsg_release_tx_buffer(ept, payload),
                    EINVAL.to_errno()
                );
                check_eq!(
                    amp_bindings::rpmsg_send_nocopy(ept, payload, 1),
                    EINVAL.to_errno()
                );
            }
        }
        check!(bus.received()?.is_none());

        // All of them, and not one more; to nobody in particular costs none.
        let mut taken = KVec::new();
        while let Ok(payload) = fill(ept, b"x") {
            taken.push(payload, GFP_KERNEL)?;
        }
        check_eq!(taken.len(), usize::from(NUM));
        check_eq!(sink.bound().try_send(b"x").err(), Some(ENOMEM));
        for payload in taken {
            // SAFETY: As above.
            let ret = unsafe { amp_bindings::rpmsg_sendto_nocopy(ept, payload, 1, Addr::ANY.0) };
            check_eq!(ret, EINVAL.to_errno());
        }
        check_eq!(bus.remote.available(TX)?, 0);
        check!(fill(ept, b"x").is_ok());
        Ok(())
    }

    #[test]
    fn kept_messages() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let keeper = Arc::pin_init(
            pin_init!(Keeper {
                kept_by <- new_mutex!(0),
                kept <- new_mutex!(KVec::new()),
                called <- Completion::new(),
            }),
            GFP_KERNEL,
        )?;
        let info = amp_bindings::rpmsg_channel_info {
            name: [0; 32],
            src: 300,
            dst: u32::MAX,
        };
        // SAFETY: The channel is bound, and the private data outlives the endpoint.
        let ept = unsafe {
            rpmsg::c_abi::rpmsg_create_ept(
                sink.as_raw(),
                Some(keep),
                Arc::as_ptr(&keeper).cast_mut().cast(),
                info,
            )
        };
        check!(!ept.is_null());
        *keeper.kept_by.lock() = ept as usize;

        // More than the ring has: it does not run dry.
        for i in 0..3 * NUM {
            bus.deliver(REMOTE_SINK, Addr(300), &i.to_le_bytes())?;
            bus.deliver(REMOTE_SINK, Addr(300), b"")?;
            keeper.called.wait_timeout(FOREVER)?;
            keeper.called.wait_timeout(FOREVER)?;
        }
        let kept = core::mem::take(&mut *keeper.kept.lock());
        check_eq!(kept.len(), usize::from(3 * NUM));
        for (i, payload) in kept.iter().enumerate() {
            // SAFETY: The message is kept: two bytes are there.
            let bytes = unsafe { *(*payload as *const [u8; 2]) };
            check_eq!(usize::from(u16::from_le_bytes(bytes)), i);
        }
        for payload in kept.iter().take(5) {
            let payload = *payload as *mut c_void;
            // SAFETY: The endpoint is valid; addresses are only compared.
            unsafe {
                check_eq!(amp_bindings::rpmsg_release_rx_buffer(ept, payload), 0);
                check_eq!(
                    amp_bindings::rpmsg_release_rx_buffer(ept, payload),
                    EINVAL.to_errno()
                );
            }
        }
        // The others go with the endpoint.
        // SAFETY: This is the last use.
        unsafe { rpmsg::c_abi::rpmsg_destroy_ept(ept) };
        bus.check_ring()
    }
}
