// SPDX-License-Identifier: GPL-2.0

//! Drivers of channels, in Rust.
//!
//! Modelled on [`kernel::platform`]: a driver implements [`Driver`], and
//! [`module_rpmsg_driver!`](crate::module_rpmsg_driver) makes a module of it.

use crate::{
    c_abi::{
        self,
        OwnedEndpoint,
        RawTable, //
    },
    Addr,
    Device,
    IdTable,
    Port,
    Receiver, //
};
use amp::bus::{
    self,
    driver::Access, //
};
use core::marker::PhantomData;
use kernel::{
    device::{
        Bound,
        Core,
        CoreInternal, //
    },
    prelude::*,
    sync::Arc, //
};

/// A message as a driver gets it: a private copy, which nobody else writes any more.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// Who sent it; where to send an answer.
    pub src: Addr,
    /// What was sent: anything, of any length up to the transport's limit. Check it. It is there as
    /// long as the callback runs; see [`hold`](Message::hold).
    pub payload: &'a [u8],
    /// The endpoint that received it.
    pub(crate) port: Port<'a>,
}

/// The rpmsg driver trait.
///
/// # Examples
///
/// ```ignore
/// struct Echo;
///
/// rpmsg::device_table!(ID_TABLE, (), [("echo", ())]);
///
/// impl rpmsg::Driver for Echo {
///     type IdInfo = ();
///     type Data<'bound> = Self;
///     const ID_TABLE: rpmsg::IdTable<()> = &ID_TABLE;
///
///     fn probe<'bound>(
///         dev: &'bound rpmsg::Device<Core<'_>>,
///         _info: Option<&'bound ()>,
///     ) -> impl PinInit<Self, Error> + 'bound {
///         dev_info!(dev, "at {:#x}\n", dev.src().0);
///         Ok(Self)
///     }
///
///     fn receive(dev: &rpmsg::Device<Bound>, _data: Pin<&Self>, msg: rpmsg::Message<'_>) -> Result {
///         dev.send_to(msg.payload, msg.src)
///     }
/// }
/// ```
pub trait Driver {
    /// What the driver keeps about each service in its table.
    type IdInfo: 'static;

    /// The driver's state of one channel. Callbacks run on any thread.
    type Data<'bound>: Send + Sync + 'bound;

    /// The services that the driver drives.
    const ID_TABLE: IdTable<Self::IdInfo>;

    /// Whether the channel gets an endpoint of its own. Without one it has no address that it could
    /// send from, and [`receive`](Driver::receive) is never called.
    const ENDPOINT: bool = true;

    /// Whether [`receive`](Driver::receive) and [`flow_control`](Driver::flow_control) never sleep, as
    /// [`Receiver::ATOMIC`] says.
    const ATOMIC: bool = false;

    /// Called when a channel appears, or was there when the driver is registered. Process context,
    /// may sleep.
    ///
    /// The channel has its address and can send. Messages that arrive meanwhile are kept until
    /// this has succeeded. `info` is `None` if somebody chose the driver by `driver_override`.
    fn probe<'bound>(
        dev: &'bound Device<Core<'_>>,
        info: Option<&'bound Self::IdInfo>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound;

    /// Called for each message to the channel, one at a time and in order. Process context, may
    /// sleep: that delays this channel's next message and nothing else.
    ///
    /// # Errors
    ///
    /// An error goes into the log, rate-limited; nothing else follows from it.
    fn receive(dev: &Device<Bound>, data: Pin<&Self::Data<'_>>, message: Message<'_>) -> Result;

    /// Called when the other side asks to pause sending to it, or to go on. Process context. Not
    /// called before [`probe`](Driver::probe) has succeeded.
    fn flow_control(dev: &Device<Bound>, data: Pin<&Self::Data<'_>>, pause: bool) {
        let _ = (dev, data, pause);
    }

    /// Called when the channel disappears or the driver is unregistered. Process context, may
    /// sleep. The channel can still send and receive; afterwards nothing is sent any more, then the
    /// last [`receive`](Driver::receive) returns, then the data is dropped.
    fn unbind<'bound>(dev: &'bound Device<Core<'_>>, this: Pin<&Self::Data<'bound>>) {
        let _ = (dev, this);
    }
}

/// An adapter for the registration of rpmsg drivers.
pub type Adapter<T> = bus::driver::Adapter<Adapted<T>>;

/// An implementation of [`Driver`] as every bus has its drivers.
pub struct Adapted<T>(PhantomData<fn(T)>);

/// Takes the messages of a channel for its driver.
pub(crate) struct Reception<T: Driver + 'static>(Arc<Access<Adapted<T>>>);

impl<T: Driver + 'static> Receiver for Reception<T> {
    fn receive(&self, _port: Port<'_>, message: Message<'_>) -> Result {
        // Who comes too late is not missed.
        self.0
            .with(|dev, data| T::receive(dev, data, message))
            .unwrap_or(Ok(()))
    }

    fn flow_control(&self, pause: bool) {
        self.0.with(|dev, data| T::flow_control(dev, data, pause));
    }
}

/// The channel's own endpoint.
pub struct OwnEndpoint<T: Driver + 'static> {
    endpoint: OwnedEndpoint<Reception<T>>,
}

impl<T: Driver + 'static> Drop for OwnEndpoint<T> {
    fn drop(&mut self) {
        // When probe has failed a callback may still wait for its end, as the endpoint does for the
        // callback.
        self.endpoint.receiver().0.end();
        // Who has got at the channel by a lease may be using the endpoint.
        self.endpoint.end_leases();
    }
}

impl<T: Driver + 'static> bus::driver::Driver for Adapted<T> {
    type Kind = c_abi::Rpmsg;
    type Data<'bound> = T::Data<'bound>;
    /// The endpoint outlives all data that may send through it.
    type Base = Option<OwnEndpoint<T>>;

    fn config() -> RawTable<'static> {
        T::ID_TABLE.into()
    }

    fn prepare(
        dev: &Device<CoreInternal<'_>>,
        access: &Arc<Access<Self>>,
    ) -> Result<Option<OwnEndpoint<T>>> {
        if !T::ENDPOINT {
            return Ok(None);
        }
        let endpoint = crate::bus::bind_address(
            dev,
            || OwnedEndpoint::new(dev, dev.src(), Ok::<_, Error>(Reception(access.clone()))),
            |endpoint| endpoint.raw().addr(),
        )?;
        endpoint.raw().make_own(dev);
        Ok(Some(OwnEndpoint { endpoint }))
    }

    fn probe<'bound>(
        dev: &'bound Device<CoreInternal<'bound>>,
    ) -> impl PinInit<T::Data<'bound>, Error> + 'bound {
        T::probe(dev, c_abi::info(T::ID_TABLE, &dev.name()))
    }

    fn bound(dev: &Device<CoreInternal<'_>>) -> Result {
        crate::bus::announce(dev).inspect_err(|_| dev.forget_endpoint())
    }

    fn begun(dev: &Device<CoreInternal<'_>>) {
        if !T::ATOMIC {
            return;
        }
        // Now that they don't wait for probe.
        if let Ok(port) = dev.port() {
            port.callbacks_are_atomic();
        }
    }

    fn failed(dev: &Device<CoreInternal<'_>>) {
        dev.forget_endpoint();
    }

    fn remove<'bound>(dev: &'bound Device<CoreInternal<'_>>, data: Pin<&T::Data<'bound>>) {
        T::unbind(dev, data);

        // From here on nothing is sent, and who waits to send is told. Then reception ends; the driver
        // core drops the state next: the driver's data, then the endpoint.
        if let Ok(port) = dev.port() {
            port.shutdown();
            if !port.settle() {
                dev_err!(
                    dev,
                    "unbound by a callback that unbinding waits for: this never ends, leave it to a work item\n"
                );
            }
        }
        dev.forget_endpoint();
    }
}

/// Declares a kernel module that exposes a single rpmsg driver.
///
/// # Examples
///
/// ```ignore
/// rpmsg::module_rpmsg_driver! {
///     type: Echo,
///     name: "echo",
///     authors: ["Author name"],
///     description: "Sends every message back",
///     license: "GPL v2",
/// }
/// ```
#[macro_export]
macro_rules! module_rpmsg_driver {
    ($($f:tt)*) => {
        ::kernel::module_driver!(<T>, $crate::Adapter<T>, { $($f)* });
    };
}
