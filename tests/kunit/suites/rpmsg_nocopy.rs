// SPDX-License-Identifier: GPL-2.0

//! Buffers that are filled in place and messages that are kept, as C drivers have them.

use crate::{
    c_abi::endpoint::{
        Callback,
        Endpoint,
        Ept,
        Handle,
        Payload, //
    },
    fake_remote::TX,
    rpmsg_bus::{
        Bus,
        FOREVER,
        NUM,
        REMOTE_SINK,
        SINK, //
    }, //
};
use amp::completion::Completion;
use kernel::{
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

/// Takes a buffer and writes `text` into it.
fn fill(ept: Ept<'_>, text: &[u8]) -> Result<Payload> {
    let (payload, room) = ept.fill(text)?;
    check_eq!(room, PAYLOAD_LEN);
    Ok(payload)
}

/// What a callback keeps.
#[pin_data]
struct Keeper {
    /// The endpoint whose callback it is.
    #[pin]
    kept_by: Mutex<Option<Arc<Handle>>>,
    #[pin]
    kept: Mutex<KVec<Payload>>,
    #[pin]
    called: Completion,
}

impl Keeper {
    fn keep(&self, channel: Option<Ept<'_>>, payload: Payload, len: usize) -> Result {
        let handle = self.kept_by.lock().clone().ok_or(ENODEV)?;
        let ept = handle.ept()?;

        // Not this one's, and not the start of the payload.
        check_eq!(channel.ok_or(ENODEV)?.hold(payload), EINVAL.to_errno());
        check_eq!(ept.hold(payload.next()), EINVAL.to_errno());
        check_eq!(ept.hold(payload), 0);
        if len != 0 {
            self.kept.lock().push(payload, GFP_KERNEL)?;
        } else {
            // Empty messages change the callback's mind.
            check_eq!(ept.release(payload), 0);
        }
        Ok(())
    }
}

impl Callback for Keeper {
    fn receive(&self, channel: Option<Ept<'_>>, payload: Payload, len: usize) {
        if self.keep(channel, payload, len).is_ok() {
            self.called.complete();
        }
    }
}

#[kunit_tests(rpmsg_nocopy)]
mod tests {
    use super::*;

    #[test]
    fn filled_in_place() -> Result {
        let mut bus = Bus::new()?;
        let sink = bus.announce(SINK, REMOTE_SINK)?;
        let ept = sink.ept()?;

        let first = fill(ept, b"first")?;
        let second = fill(ept, b"second")?;
        check_eq!(ept.send(second, 6), 0);
        check_eq!(ept.send_to(first, 5, Addr(7)), 0);
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
        let ept = sink.ept()?;

        for _ in 0..2 * NUM {
            let payload = fill(ept, b"x")?;
            check_eq!(ept.send(payload.next(), 1), EINVAL.to_errno());
            check_eq!(ept.send(payload, 497), EMSGSIZE.to_errno());
            check_eq!(ept.send(payload, -1), EMSGSIZE.to_errno());
            check_eq!(ept.give_back(payload), 0);
            check_eq!(ept.give_back(payload), EINVAL.to_errno());
            check_eq!(ept.send(payload, 1), EINVAL.to_errno());
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
            check_eq!(ept.send_to(payload, 1, Addr::ANY), EINVAL.to_errno());
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
                kept_by <- new_mutex!(None),
                kept <- new_mutex!(KVec::new()),
                called <- Completion::new(),
            }),
            GFP_KERNEL,
        )?;
        let endpoint = Endpoint::new(&sink, Addr(300), keeper.clone())?;
        *keeper.kept_by.lock() = Some(endpoint.handle.clone());

        // More than the ring has: it does not run dry.
        for i in 0..3 * NUM {
            bus.deliver(REMOTE_SINK, Addr(300), &i.to_le_bytes())?;
            bus.deliver(REMOTE_SINK, Addr(300), b"")?;
            keeper.called.wait_timeout(FOREVER)?;
            keeper.called.wait_timeout(FOREVER)?;
        }
        let ept = endpoint.handle.ept()?;
        let kept = core::mem::take(&mut *keeper.kept.lock());
        check_eq!(kept.len(), usize::from(3 * NUM));
        for (i, payload) in kept.iter().enumerate() {
            check_eq!(usize::from(u16::from_le_bytes(ept.read_held(*payload))), i);
        }
        for payload in kept.iter().take(5) {
            check_eq!(ept.release(*payload), 0);
            check_eq!(ept.release(*payload), EINVAL.to_errno());
        }
        // The others go with the endpoint.
        drop(endpoint);
        bus.check_ring()
    }
}
