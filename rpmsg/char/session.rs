// SPDX-License-Identifier: GPL-2.0

//! A device while it is open: its endpoint.

use crate::device::Reader;
use amp::{
    gate::{
        Entered,
        Gated, //
    },
    lease::Leased, //
};
use kernel::{
    device::Bound,
    prelude::*,
    sync::{
        atomic::{
            AtomicFlag,
            Relaxed, //
        },
        Arc, //
    }, //
};
use rpmsg::{
    Addr,
    Endpoint,
    Port, //
};

/// What messages are sent from.
pub(crate) enum Link {
    /// An endpoint of its own, destroyed with this.
    Own(Endpoint<'static, Reader>),
    /// The channel's endpoint.
    Channel(Leased<rpmsg::Device<Bound>>),
}

impl Link {
    /// The sending side.
    ///
    /// # Errors
    ///
    /// [`ENXIO`] if the channel is being removed.
    pub(crate) fn port(&self) -> Result<Port<'_>> {
        match self {
            Self::Own(endpoint) => Ok(endpoint.port()),
            Self::Channel(channel) => channel.port(),
        }
    }
}

/// An endpoint that goes when the file is closed, or when the device is destroyed before that.
#[pin_data]
pub(crate) struct Session {
    #[pin]
    link: Gated<Link>,
    /// The other side was asked to pause.
    has_paused: AtomicFlag,
}

impl Session {
    /// A session with this endpoint.
    pub(crate) fn new(link: Link) -> Result<Arc<Self>> {
        Arc::pin_init(
            pin_init!(Self {
                link <- Gated::new(link),
                has_paused: AtomicFlag::new(false),
            }),
            GFP_KERNEL,
        )
    }

    /// The endpoint, which stays until the result is dropped.
    ///
    /// # Errors
    ///
    /// [`EPIPE`] if it is gone.
    pub(crate) fn link(&self) -> Result<Entered<'_, Link>> {
        self.link.enter().ok_or(EPIPE)
    }

    /// The longest message that can be sent, in bytes.
    ///
    /// # Errors
    ///
    /// [`EPIPE`] if the endpoint is gone, [`ENXIO`] if it is going; those of [`Port::mtu`].
    pub(crate) fn mtu(&self) -> Result<usize> {
        self.link()?.port()?.mtu()
    }

    /// Whether the endpoint is gone, or just going.
    pub(crate) fn is_over(&self) -> bool {
        !self.link.is_open()
    }

    /// Asks the endpoint at `dst` of the other side to pause, or to go on.
    ///
    /// # Errors
    ///
    /// [`EPIPE`] if ours is gone, those of [`Port::set_flow_control`]; [`ENOMEM`] if there is no
    /// buffer and `wait` says not to wait.
    pub(crate) fn set_flow_control(&self, pause: bool, dst: Addr, wait: bool) -> Result {
        let link = self.link()?;
        let port = link.port()?;
        if wait {
            port.set_flow_control(pause, dst)?;
        } else {
            port.try_set_flow_control(pause, dst)?;
        }
        self.has_paused.store(pause, Relaxed);
        Ok(())
    }

    /// Takes back what the other side's endpoint at `dst` was asked, if our endpoint outlives the
    /// session: otherwise that happens as it goes.
    pub(crate) fn unpause(&self, dst: Addr) {
        let is_channel = self
            .link()
            .is_ok_and(|link| matches!(*link, Link::Channel(_)));
        if is_channel && self.has_paused.load(Relaxed) {
            // A remote that takes nothing any more has other troubles.
            let _ = self.set_flow_control(false, dst, true);
        }
    }

    /// Ends the session: those who wait to send fail, `hurry` wakes the others. When this returns
    /// the endpoint is gone. May sleep.
    pub(crate) fn cut(&self, hurry: impl FnOnce()) {
        if let Ok(link) = self.link() {
            if let Ok(port) = link.port() {
                port.shutdown();
            }
        }
        drop(self.link.close_and(hurry));
    }

    /// Ends the session when nobody uses it any more; a channel's endpoint goes on. May sleep.
    pub(crate) fn end(&self) {
        drop(self.link.close_and(|| ()));
    }
}
