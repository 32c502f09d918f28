// SPDX-License-Identifier: GPL-2.0

//! Endpoints for drivers in Rust, beside the one that each bound channel has.

use crate::{
    c_abi::OwnedEndpoint,
    Addr,
    Device,
    Message,
    Port, //
};
use amp::lease::Leased;
use core::marker::PhantomData;
use kernel::{
    device::Bound,
    prelude::*, //
};

/// The longest payload, in bytes, with which a callback that never sleeps ([`Receiver::ATOMIC`]) is
/// called in a softirq. With a longer one it is called in process context and may sleep: a softirq
/// can't be sure of memory in more than one page.
pub const ATOMIC_LEN: usize = kernel::page::PAGE_SIZE;

/// What takes the messages of an [`Endpoint`].
pub trait Receiver: Send + Sync + 'static {
    /// Whether the functions below never sleep, nor send: then they may be called in a softirq, which
    /// saves the time of waking a thread. Locks that they take must disable softirqs
    /// ([`SpinLockBh`](amp::bottom_half::SpinLockBh)), memory must be allocated with [`GFP_ATOMIC`],
    /// except for messages of more than [`ATOMIC_LEN`] bytes.
    const ATOMIC: bool = false;

    /// Called for each message, one at a time and in order. Process context, may sleep: that delays
    /// this endpoint's next message and nothing else. `port` sends from the endpoint's address.
    ///
    /// # Errors
    ///
    /// An error goes into the log, rate-limited; nothing else follows from it.
    fn receive(&self, port: Port<'_>, message: Message<'_>) -> Result;

    /// Called when the other side asks to pause sending to it, or to go on. Process context.
    fn flow_control(&self, pause: bool) {
        let _ = pause;
    }
}

/// An endpoint of a driver's own, at an address of its own.
///
/// Dropping it destroys it: a callback that runs is waited for, and none starts afterwards. The
/// callback itself can't drop it, as a [`Receiver`] can't contain what borrows from a device.
///
/// # Examples
///
/// ```ignore
/// let events = rpmsg::Endpoint::new(dev, rpmsg::Addr::ANY, Events::new())?;
/// dev.send(&subscribe_message(events.port().addr()))?;
/// ```
pub struct Endpoint<'bound, T: Receiver> {
    owned: OwnedEndpoint<T>,
    /// What keeps the device bound, if that isn't `'bound`. Goes after the endpoint.
    _leased: Option<Leased<Device<Bound>>>,
    _bound: PhantomData<&'bound Device<Bound>>,
}

impl<'bound, T: Receiver> Endpoint<'bound, T> {
    /// Creates an endpoint of `dev`'s driver at `addr`, or at whichever address is free if that is
    /// [`Addr::ANY`].
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if that failed, for example because the address is taken; the log says why.
    pub fn new<E>(
        dev: &'bound Device<Bound>,
        addr: Addr,
        receiver: impl PinInit<T, E>,
    ) -> Result<Self>
    where
        Error: From<E>,
    {
        Ok(Self {
            owned: OwnedEndpoint::new(dev, addr, receiver)?,
            _leased: None,
            _bound: PhantomData,
        })
    }

    /// The sending side.
    pub fn port(&self) -> Port<'_> {
        self.owned.raw().port()
    }

    /// What takes the messages.
    pub fn receiver(&self) -> &T {
        self.owned.receiver()
    }
}

impl<T: Receiver> Endpoint<'static, T> {
    /// Creates an endpoint on a channel that was leased; unbinding waits until it is dropped. As
    /// [`new`](Endpoint::new) otherwise.
    pub fn leased<E>(
        dev: Leased<Device<Bound>>,
        addr: Addr,
        receiver: impl PinInit<T, E>,
    ) -> Result<Self>
    where
        Error: From<E>,
    {
        Ok(Self {
            owned: OwnedEndpoint::new(&dev, addr, receiver)?,
            _leased: Some(dev),
            _bound: PhantomData,
        })
    }
}
