// SPDX-License-Identifier: GPL-2.0

//! What an endpoint has asked of the other side's: to pause.
//!
//! An endpoint that goes takes that back. The other side does not hear of its end otherwise, and
//! would keep a pause for whoever gets the address next.

use super::super::{
    endpoint::Endpoint,
    send::Origin,
    Host,
    Wait, //
};
use crate::Addr;
use amp::trace::rpmsg as trace;
use kernel::{
    new_mutex,
    prelude::*,
    sync::Mutex, //
};
use proto::flow_control::FlowControl;

/// Whom an endpoint has paused.
#[pin_data]
pub(in crate::transport) struct Asked {
    /// Those who were asked and have not been told to go on since. `None` when the endpoint is
    /// being destroyed.
    #[pin]
    paused: Mutex<Option<KVec<Addr>>>,
}

impl Asked {
    /// Nobody.
    pub(in crate::transport) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            paused <- new_mutex!(Some(KVec::new())),
        })
    }

    /// Sees to it that there is memory for one more.
    fn reserve(&self) -> Result {
        let mut paused = self.paused.lock();
        Ok((*paused).as_mut().ok_or(ENXIO)?.reserve(1, GFP_KERNEL)?)
    }

    /// Notes that `dst` was asked.
    fn add(&self, dst: Addr) -> Result {
        let mut paused = self.paused.lock();
        let paused = (*paused).as_mut().ok_or(ENXIO)?;
        if paused.contains(&dst) {
            return Ok(());
        }
        paused.push_within_capacity(dst).map_err(|_| ENOMEM)
    }

    /// Forgets `dst`. Returns whether it was there.
    fn remove(&self, dst: Addr) -> bool {
        let mut paused = self.paused.lock();
        let Some(paused) = (*paused).as_mut() else {
            return false;
        };
        let before = paused.len();
        paused.retain(|addr| *addr != dst);
        paused.len() < before
    }
}

impl Host {
    /// Asks the other side's endpoint at `dst` to pause sending to `endpoint`, or to go on. Process
    /// context.
    ///
    /// # Errors
    ///
    /// [`EOPNOTSUPP`] if the other side does not take part, [`EINVAL`] if `dst` is [`Addr::ANY`];
    /// those of a send.
    pub(in crate::transport) fn ask_to_pause(
        &self,
        endpoint: &Endpoint,
        dst: Addr,
        pause: bool,
        wait: Wait,
    ) -> Result {
        if !self.flow_control {
            return Err(EOPNOTSUPP);
        }
        if !dst.is_definite() {
            return Err(EINVAL);
        }
        let asked = &endpoint.asked;
        let send = |pause| self.send_flow_control(Origin::For(endpoint), dst, pause, wait);

        if pause {
            asked.reserve()?;
            send(true)?;
            // Destroyed meanwhile: in its callback, for which who does that can't always wait.
            asked
                .add(dst)
                .inspect_err(|_| self.let_go_on(endpoint, dst))
        } else {
            // First, as somebody may ask for the opposite at the same time: better a "go on" too many.
            let was_paused = asked.remove(dst);
            send(false).inspect_err(|_| {
                if was_paused {
                    // There is room for what was there before.
                    let _ = asked.add(dst);
                }
            })
        }
    }

    fn send_flow_control(&self, origin: Origin<'_>, dst: Addr, pause: bool, wait: Wait) -> Result {
        let message = FlowControl {
            src: origin.addr(),
            dst,
            pause,
        };
        trace::flow_control(|| (&self.parent, &message, true));
        self.send(origin, Addr::FLOW_CONTROL, &message.encode(), wait)
    }

    /// Lets all go on whom `endpoint` has asked to pause, as it is being destroyed. Process context;
    /// waits for buffers as a send does.
    pub(in crate::transport) fn let_all_go_on(&self, endpoint: &Endpoint) {
        let paused = endpoint.asked.paused.lock().take();
        for dst in paused.into_iter().flatten() {
            self.let_go_on(endpoint, dst);
        }
    }

    fn let_go_on(&self, endpoint: &Endpoint, dst: Addr) {
        // The endpoint itself may be muted by now.
        match self.send_flow_control(Origin::Host(endpoint.addr), dst, false, Wait::Yes) {
            // Nobody is left to tell.
            Ok(()) | Err(ENXIO) => (),
            Err(error) => {
                if self.may_complain() {
                    dev_err!(
                        self.parent,
                        "{:#x} is paused and was not told that {:#x}, for which it is, goes: {}\n",
                        dst.0,
                        endpoint.addr.0,
                        error.to_errno()
                    );
                }
            }
        }
    }
}
