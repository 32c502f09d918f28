// SPDX-License-Identifier: GPL-2.0

//! Drivers in Rust: what is the same on every bus.
//!
//! A bus has a [`Kind`], which knows its C types and functions, and a driver trait of its own, for
//! whose implementations it implements [`Driver`]. [`Adapter`] makes of that what
//! [`kernel::driver::Registration`] takes.

use super::EmbedsDriver;
use crate::{
    device::DeviceExt,
    gate::Gate, //
};
use amp_bindings as bindings;
use core::marker::PhantomData;
use kernel::{
    device::{
        self,
        AsBusDevice,
        Bound,
        BoundInternal,
        CoreInternal,
        DeviceContext, //
    },
    driver,
    error::{
        from_result,
        to_result, //
    },
    ffi::c_int,
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Acquire,
            AtomicFlag,
            Release, //
        },
        Arc,
        Completion, //
    },
    types::Opaque,
    ThisModule, //
};

/// The functions that the bus calls with a device of its.
pub struct Callbacks<RawDevice> {
    /// Binds the driver to a device.
    pub probe: unsafe extern "C" fn(*mut RawDevice) -> c_int,
    /// Unbinds it again.
    pub remove: unsafe extern "C" fn(*mut RawDevice),
}

/// The kind of drivers that a bus has, as C code declares it.
///
/// # Safety
///
/// - `Driver` must be a transparent wrapper of `Raw`, and `Device` of `RawDevice`.
/// - `register` must register the driver with these callbacks and no others, on a bus that calls
///   them as the C code of the buses does: with a valid device and its lock held, `remove` once
///   after each successful `probe`.
pub unsafe trait Kind: 'static {
    /// The C type of the drivers.
    type Raw: Default;
    /// Its wrapper.
    type Driver: EmbedsDriver;
    /// The C type of the devices.
    type RawDevice;
    /// Its wrapper.
    type Device<Ctx: DeviceContext>: AsBusDevice<Ctx>;
    /// What a driver says of itself: which devices it is for, and the like.
    type Config;

    /// Fills in and registers a driver, of which the name is set and everything else zero. Returns 0
    /// or a negative errno.
    ///
    /// # Safety
    ///
    /// `drv` must be valid and unused, and stay so until [`Kind::unregister`] if this succeeds.
    unsafe fn register(
        drv: *mut Self::Raw,
        config: Self::Config,
        callbacks: Callbacks<Self::RawDevice>,
        module: *mut bindings::module,
    ) -> c_int;

    /// Unregisters a driver.
    ///
    /// # Safety
    ///
    /// `drv` must be registered.
    unsafe fn unregister(drv: *mut Self::Raw);
}

/// The devices of a driver.
pub type DeviceOf<T, Ctx> = <<T as Driver>::Kind as Kind>::Device<Ctx>;

/// A driver, as a bus adapts it from its own driver trait.
pub trait Driver: 'static {
    /// On which bus.
    type Kind: Kind;

    /// The driver's state of one device.
    type Data<'bound>: Send;

    /// What that stands on: made before it, dropped after it.
    type Base: Send;

    /// What the driver says of itself.
    fn config() -> <Self::Kind as Kind>::Config;

    /// Makes what the driver's state stands on. `access` is for callbacks that need that state.
    fn prepare(
        dev: &DeviceOf<Self, CoreInternal<'_>>,
        access: &Arc<Access<Self>>,
    ) -> Result<Self::Base>;

    /// Makes the driver's state.
    fn probe<'bound>(
        dev: &'bound DeviceOf<Self, CoreInternal<'bound>>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound;

    /// Called when that has been stored. If it fails, the device is not bound and the driver core
    /// drops everything.
    fn bound(dev: &DeviceOf<Self, CoreInternal<'_>>) -> Result {
        let _ = dev;
        Ok(())
    }

    /// Called when [`Access`] lets callbacks through.
    fn begun(dev: &DeviceOf<Self, CoreInternal<'_>>) {
        let _ = dev;
    }

    /// Called when probe has failed, after `Base` was dropped.
    fn failed(dev: &DeviceOf<Self, CoreInternal<'_>>) {
        let _ = dev;
    }

    /// Called when the device goes or the driver is unregistered; everything is dropped afterwards.
    fn remove<'bound>(
        dev: &'bound DeviceOf<Self, CoreInternal<'_>>,
        data: Pin<&Self::Data<'bound>>,
    );
}

/// What a bound device has. Dropped in this order, after [`Access::end`].
#[pin_data(PinnedDrop)]
pub struct Private<'bound, T: Driver + ?Sized> {
    #[pin]
    data: T::Data<'bound>,
    _base: T::Base,
    access: Arc<Access<T>>,
}

#[pinned_drop]
impl<T: Driver + ?Sized> PinnedDrop for Private<'_, T> {
    fn drop(self: Pin<&mut Self>) {
        self.access.end();
    }
}

/// The way from other threads to a driver's state: callbacks wait for probe's end on it, and are
/// turned away from unbind on.
///
/// # Invariants
///
/// `begun` is set only while the device has a [`Private`] of `T`, which closes the gate before it
/// goes.
#[pin_data]
pub struct Access<T: Driver + ?Sized> {
    dev: ARef<device::Device>,
    begun: AtomicFlag,
    /// Done when `begun` is set, or will never be.
    #[pin]
    decided: Completion,
    #[pin]
    gate: Gate,
    _driver: PhantomData<fn(T)>,
}

impl<T: Driver + ?Sized> Access<T> {
    fn new(dev: ARef<device::Device>) -> impl PinInit<Self> {
        pin_init!(Self {
            dev,
            begun: AtomicFlag::new(false),
            decided <- Completion::new(),
            gate <- Gate::new(),
            _driver: PhantomData,
        })
    }

    /// Calls `f` with the bound device and the driver's state. While probe runs this waits; `None`
    /// if that failed, and from unbind on. Unbinding waits until `f` returns. May sleep.
    pub fn with<R>(
        &self,
        f: impl for<'a> FnOnce(&'a DeviceOf<T, Bound>, Pin<&'a T::Data<'a>>) -> R,
    ) -> Option<R>
    where
        for<'a> T::Data<'a>: Sync,
    {
        if !self.begun.load(Acquire) {
            self.decided.wait_for_completion();
            if !self.begun.load(Acquire) {
                return None;
            }
        }
        let _pass = self.gate.enter()?;

        let dev: &device::Device = &self.dev;
        // SAFETY: By the type invariants the device was bound when `begun` was set, and it waits for
        // the pass before it is unbound: it is in these contexts.
        let (internal, bound) = unsafe {
            (
                device::Device::<BoundInternal>::from_raw(dev.to_raw()),
                device::Device::<Bound>::from_raw(dev.to_raw()),
            )
        };
        // SAFETY: By the type invariants it has a `Private` of this type, until the pass is dropped.
        let private = unsafe { internal.drvdata_borrow::<Private<'_, T>>() };
        // SAFETY: `data` is structurally pinned.
        let data = unsafe { private.map_unchecked(|private| &private.data) };
        // SAFETY: The device is one that this driver was bound to, hence of its kind.
        Some(f(unsafe { DeviceOf::<T, Bound>::from_device(bound) }, data))
    }

    /// Lets callbacks through, those that wait and those to come.
    ///
    /// # Safety
    ///
    /// The device must have a `Private` with `self`.
    unsafe fn begin(&self) {
        // INVARIANT: By the function's requirements.
        self.begun.store(true, Release);
        self.decided.complete_all();
    }

    /// Turns callbacks away, and waits for those that are inside. May sleep. Any number of times.
    pub fn end(&self) {
        // One that waits for the decision has not passed the gate.
        self.gate.drain();
        self.decided.complete_all();
    }
}

/// An adapter for the registration of drivers.
pub struct Adapter<T: Driver>(PhantomData<T>);

// SAFETY:
// - C types are declared as `repr(C)`.
// - `Private<T>` is the type of the driver's device private data: `probe_callback` stores one.
// - By the requirements of `EmbedsDriver` there is a `struct device_driver` at this offset.
unsafe impl<T: Driver> driver::DriverLayout for Adapter<T> {
    type DriverType = <T::Kind as Kind>::Raw;
    type DriverData<'bound> = Private<'bound, T>;
    const DEVICE_DRIVER_OFFSET: usize = <T::Kind as Kind>::Driver::OFFSET;
}

// SAFETY: A call to `unregister` for a given instance of `DriverType` is guaranteed to be valid if
// a preceding call to `register` has been successful.
unsafe impl<T: Driver> driver::RegistrationOps for Adapter<T> {
    unsafe fn register(
        drv: &Opaque<Self::DriverType>,
        name: &'static CStr,
        module: &'static ThisModule,
    ) -> Result {
        let callbacks = Callbacks {
            probe: Self::probe_callback,
            remove: Self::remove_callback,
        };
        // SAFETY: It's safe to set fields of the driver on initialization. By the requirements of
        // `EmbedsDriver` there is a `struct device_driver` at this offset.
        unsafe {
            let embedded = drv
                .get()
                .byte_add(<Self as driver::DriverLayout>::DEVICE_DRIVER_OFFSET)
                .cast::<bindings::device_driver>();
            (*embedded).name = name.as_char_ptr();
        }
        // SAFETY: `drv` is guaranteed to be valid, and to stay so.
        to_result(unsafe { T::Kind::register(drv.get(), T::config(), callbacks, module.as_ptr()) })
    }

    unsafe fn unregister(drv: &Opaque<Self::DriverType>) {
        // SAFETY: `drv` is guaranteed to be registered.
        unsafe { T::Kind::unregister(drv.get()) };
    }
}

impl<T: Driver> Adapter<T> {
    extern "C" fn probe_callback(dev: *mut <T::Kind as Kind>::RawDevice) -> c_int {
        // SAFETY: By the requirements of `Kind` the device is valid for the call, its lock is held,
        // and its wrapper is a transparent one.
        let dev = unsafe { &*dev.cast::<DeviceOf<T, CoreInternal<'_>>>() };

        from_result(|| Self::probe(dev).map(|()| 0))
    }

    fn probe<'bound>(dev: &'bound DeviceOf<T, CoreInternal<'bound>>) -> Result {
        let device = dev.as_ref();
        let access = Arc::pin_init(Access::<T>::new(device.into()), GFP_KERNEL)?;
        let base = T::prepare(dev, &access)?;

        let shared = access.clone();
        device
            .set_drvdata(try_pin_init!(Private::<'_, T> {
                data <- T::probe(dev),
                _base: base,
                access: shared,
            }? Error))
            .inspect_err(|_| T::failed(dev))?;

        // On failure the driver core drops what was stored.
        T::bound(dev)?;
        // SAFETY: It was stored above.
        unsafe { access.begin() };
        T::begun(dev);
        Ok(())
    }

    extern "C" fn remove_callback(dev: *mut <T::Kind as Kind>::RawDevice) {
        // SAFETY: As in `probe_callback`.
        let dev = unsafe { &*dev.cast::<DeviceOf<T, CoreInternal<'_>>>() };

        // SAFETY: By the requirements of `Kind` probe has succeeded, so it has stored a `Private`.
        let private = unsafe { dev.as_ref().drvdata_borrow::<Private<'_, T>>() };
        // SAFETY: `data` is structurally pinned.
        T::remove(dev, unsafe {
            private.map_unchecked(|private| &private.data)
        });
    }
}
