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
    sync::Arc, //
};
use rpmsg::{
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
}

impl Session {
    /// A session with this endpoint.
    pub(crate) fn new(link: Link) -> Result<Arc<Self>> {
        Arc::pin_init(
            pin_init!(Self {
                link <- Gated::new(link),
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

    /// Whether the endpoint is gone, or just going.
    pub(crate) fn is_over(&self) -> bool {
        !self.link.is_open()
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
