// SPDX-License-Identifier: GPL-2.0

//! Drivers of channels, in Rust.
//!
//! Modelled on [`kernel::platform`]: a driver implements [`Driver`], and
//! [`module_rpmsg_driver!`](crate::module_rpmsg_driver) makes a module of it.

use crate::{
    bus,
    c_abi,
    id,
    Addr,
    Device,
    IdTable, //
};
use amp::gate::Gate;
use amp_bindings as bindings;
use core::{
    marker::PhantomData,
    mem::offset_of,
    ptr::null_mut, //
};
use kernel::{
    device::{
        Bound,
        BoundInternal,
        Core,
        CoreInternal, //
    },
    driver,
    error::{
        from_result,
        to_result, //
    },
    prelude::*,
    sync::Completion,
    types::Opaque,
    ThisModule, //
};

/// A message as a driver gets it: a private copy, which nobody else writes any more.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    /// Who sent it; where to send an answer.
    pub src: Addr,
    /// What was sent: anything, of any length up to the transport's limit. Check it.
    pub payload: &'a [u8],
}

impl Message<'_> {
    /// The message that a callback got.
    ///
    /// # Safety
    ///
    /// `data` must be valid for reading `len` bytes while the result is used, and not change.
    pub(crate) unsafe fn from_raw(
        data: *const kernel::ffi::c_void,
        len: kernel::ffi::c_int,
        src: u32,
    ) -> Self {
        let payload = match usize::try_from(len) {
            Ok(len) if len > 0 => {
                // SAFETY: By the function's requirements.
                unsafe { core::slice::from_raw_parts(data.cast::<u8>(), len) }
            }
            _ => &[],
        };
        Self {
            src: Addr(src),
            payload,
        }
    }
}

/// The rpmsg driver trait.
///
/// # Examples
///
/// ```ignore
/// struct Echo;
///
/// rpmsg::device_table!(ID_TABLE, (), [(rpmsg::DeviceId::new("echo"), ())]);
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
pub struct Adapter<T: Driver>(PhantomData<T>);

/// What a bound channel owns. Fields are dropped in this order, after
/// [`Reception::stop`]: the endpoint outlives all data that may send through it.
#[pin_data(PinnedDrop)]
pub struct State<'bound, T: Driver> {
    #[pin]
    data: T::Data<'bound>,
    endpoint: OwnEndpoint,
}

#[pinned_drop]
impl<T: Driver> PinnedDrop for State<'_, T> {
    fn drop(self: Pin<&mut Self>) {
        self.endpoint.reception.stop();
    }
}

/// Holds messages back until the driver can take them, and keeps them away when it can't any more.
#[pin_data]
struct Reception {
    #[pin]
    decided: Completion,
    #[pin]
    gate: Gate,
    #[pin]
    complaints: amp::ratelimit::RateLimit,
}

impl Reception {
    fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            decided <- Completion::new(),
            gate <- Gate::new(),
            complaints <- amp::ratelimit::RateLimit::new(),
        })
    }

    /// Lets messages through: those that wait and those to come.
    fn start(&self) {
        self.decided.complete_all();
    }

    /// Lets no message through any more, and waits for the one that may be underway.
    fn stop(&self) {
        // One that waits for the decision has not passed the gate.
        self.gate.close();
        self.decided.complete_all();
    }
}

/// The channel's endpoint, destroyed when this is dropped.
///
/// # Invariants
///
/// The endpoint is NULL, or valid with `reception` as its private data.
struct OwnEndpoint {
    ept: *mut bindings::rpmsg_endpoint,
    reception: Pin<KBox<Reception>>,
}

// SAFETY: An endpoint may be used and destroyed on any thread.
unsafe impl Send for OwnEndpoint {}

impl Drop for OwnEndpoint {
    fn drop(&mut self) {
        // When probe has failed a callback may still wait for its end.
        self.reception.stop();
        if self.ept.is_null() {
            return;
        }
        // Who has got at the channel by a lease may be using it.
        // SAFETY: By the type invariants the endpoint is valid; its channel is being unbound.
        amp::lease::end_all(unsafe { Device::<Bound>::from_raw((*self.ept).rpdev) }.as_ref());
        // SAFETY: By the type invariants the endpoint is valid, and this is the last use of it.
        // No callback runs afterwards: `reception` can go.
        unsafe { c_abi::rpmsg_destroy_ept(self.ept) };
    }
}

// SAFETY:
// - `bindings::rpmsg_driver` is a C type declared as `repr(C)`.
// - `State<T>` is the type of the driver's device private data.
// - `struct rpmsg_driver` embeds a `struct device_driver`.
// - `DEVICE_DRIVER_OFFSET` is the correct byte offset to the embedded `struct device_driver`.
unsafe impl<T: Driver> driver::DriverLayout for Adapter<T> {
    type DriverType = bindings::rpmsg_driver;
    type DriverData<'bound> = State<'bound, T>;
    const DEVICE_DRIVER_OFFSET: usize = offset_of!(Self::DriverType, drv);
}

// SAFETY: A call to `unregister` for a given instance of `DriverType` is guaranteed to be valid if
// a preceding call to `register` has been successful.
unsafe impl<T: Driver> driver::RegistrationOps for Adapter<T> {
    unsafe fn register(
        rpdrv: &Opaque<Self::DriverType>,
        name: &'static CStr,
        module: &'static ThisModule,
    ) -> Result {
        // SAFETY: It's safe to set the fields of `struct rpmsg_driver` on initialization.
        unsafe {
            (*rpdrv.get()).drv.name = name.as_char_ptr();
            (*rpdrv.get()).id_table = T::ID_TABLE.as_ptr();
            (*rpdrv.get()).probe = Some(Self::probe_callback);
            (*rpdrv.get()).remove = Some(Self::remove_callback);
        }

        // SAFETY: `rpdrv` is guaranteed to be a valid `DriverType`.
        to_result(unsafe { c_abi::__register_rpmsg_driver(rpdrv.get(), module.as_ptr()) })
    }

    unsafe fn unregister(rpdrv: &Opaque<Self::DriverType>) {
        // SAFETY: `rpdrv` is guaranteed to be a valid `DriverType`.
        unsafe { c_abi::unregister_rpmsg_driver(rpdrv.get()) };
    }
}

impl<T: Driver> Adapter<T> {
    extern "C" fn probe_callback(rpdev: *mut bindings::rpmsg_device) -> kernel::ffi::c_int {
        // SAFETY: The rpmsg bus only ever calls the probe callback with a valid pointer to a
        // `struct rpmsg_device`.
        //
        // INVARIANT: `rpdev` is valid for the duration of `probe_callback()`.
        let dev = unsafe { Device::<CoreInternal<'_>>::from_raw(rpdev) };

        from_result(|| Self::probe(dev).map(|()| 0))
    }

    fn probe(dev: &Device<CoreInternal<'_>>) -> Result {
        // Not `id.driver_data` of the device: with a driver override that may stem from the table
        // of another driver.
        // SAFETY: An `IdTable` is terminated.
        let entry = unsafe { id::find(T::ID_TABLE.as_ptr(), &dev.name()) };
        // SAFETY: Entries of an `IdTable<T::IdInfo>` have a `&'static T::IdInfo` there.
        let info = entry.map(|entry| unsafe { &*(entry.driver_data as *const T::IdInfo) });

        let reception = KBox::pin_init(Reception::new(), GFP_KERNEL)?;
        let private = core::ptr::from_ref(&*reception).cast_mut().cast();
        let ept = if T::ENDPOINT {
            let ept = bus::create_endpoint(dev, Some(Self::receive_callback), private)?;
            // SAFETY: The endpoint is valid, and the callback gets the private data it expects.
            unsafe { (*ept).flow_cb = Some(Self::flow_callback) };
            ept
        } else {
            null_mut()
        };
        // INVARIANT: The endpoint was created just now with this private data.
        let endpoint = OwnEndpoint { ept, reception };

        let bound = dev.as_ref().set_drvdata(try_pin_init!(State::<'_, T> {
            data <- T::probe(dev, info),
            endpoint,
        }? Error));
        if let Err(error) = bound {
            // The endpoint went with the initialiser.
            dev.set_endpoint(null_mut());
            return Err(error);
        }

        // On failure the driver core drops the state.
        bus::announce(dev).inspect_err(|_| dev.set_endpoint(null_mut()))?;

        // SAFETY: The state was stored above.
        let state = unsafe { dev.as_ref().drvdata_borrow::<State<'_, T>>() };
        state.endpoint.reception.start();
        Ok(())
    }

    extern "C" fn remove_callback(rpdev: *mut bindings::rpmsg_device) {
        // SAFETY: The rpmsg bus only ever calls the remove callback with a valid pointer to a
        // `struct rpmsg_device`.
        //
        // INVARIANT: `rpdev` is valid for the duration of `remove_callback()`.
        let dev = unsafe { Device::<CoreInternal<'_>>::from_raw(rpdev) };

        // SAFETY: `remove_callback` is only ever called after a successful call to
        // `probe_callback`, which has stored a `State<T>`.
        let state = unsafe { dev.as_ref().drvdata_borrow::<State<'_, T>>() };

        // SAFETY: `data` is structurally pinned.
        T::unbind(dev, unsafe { state.map_unchecked(|state| &state.data) });

        // From here on nothing is sent. The driver core drops the state next, which stops
        // reception, drops the driver's data and destroys the endpoint.
        dev.set_endpoint(null_mut());
    }

    extern "C" fn flow_callback(
        rpdev: *mut bindings::rpmsg_device,
        private: *mut kernel::ffi::c_void,
        pause: bool,
    ) -> kernel::ffi::c_int {
        // SAFETY: As in `receive_callback`.
        let reception = unsafe { &*private.cast::<Reception>() };

        reception.decided.wait_for_completion();
        let Some(_pass) = reception.gate.enter() else {
            return 0;
        };
        // SAFETY: As in `receive_callback`.
        let (dev, data) = unsafe {
            let dev = Device::<BoundInternal>::from_raw(rpdev);
            let state = dev.as_ref().drvdata_borrow::<State<'_, T>>();
            (dev, state.map_unchecked(|state| &state.data))
        };
        T::flow_control(dev, data, pause);
        0
    }

    extern "C" fn receive_callback(
        rpdev: *mut bindings::rpmsg_device,
        data: *mut kernel::ffi::c_void,
        len: kernel::ffi::c_int,
        private: *mut kernel::ffi::c_void,
        src: u32,
    ) -> kernel::ffi::c_int {
        // SAFETY: The endpoint was created with this private data, which lives until the endpoint
        // is destroyed.
        let reception = unsafe { &*private.cast::<Reception>() };

        reception.decided.wait_for_completion();
        let Some(_pass) = reception.gate.enter() else {
            return 0;
        };

        // SAFETY: The gate is open: the device is bound, and stays so until the pass is dropped.
        let dev = unsafe { Device::<BoundInternal>::from_raw(rpdev) };
        // SAFETY: As above; probe has stored a `State<T>` before it made its decision.
        let state = unsafe { dev.as_ref().drvdata_borrow::<State<'_, T>>() };
        // SAFETY: The transport gives so many bytes, which are ours for the call.
        let message = unsafe { Message::from_raw(data, len, src) };

        // SAFETY: `data` is structurally pinned.
        let data = unsafe { state.map_unchecked(|state| &state.data) };
        let result = T::receive(dev, data, message);
        if let Err(error) = result {
            if reception.complaints.allows(c"rpmsg receive") {
                dev_err!(
                    dev,
                    "a message of {} bytes from {:#x} was not taken: {}\n",
                    message.payload.len(),
                    src,
                    error.to_errno()
                );
            }
            return error.to_errno();
        }
        0
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
