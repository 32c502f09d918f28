// SPDX-License-Identifier: GPL-2.0

//! Virtio drivers and devices, the driver's side.
//!
//! [`Driver`] is what a virtio driver implements, [`Adapter`] connects it to the driver core, and
//! [`module_virtio_driver!`] makes a module of it. A device's virtqueues are found by [`session`]
//! and used by [`queue`]; the buffers that the device reads and writes are in [`buffers`].
//!
//! C headers: [`include/linux/virtio.h`](srctree/include/linux/virtio.h),
//! [`include/linux/virtio_config.h`](srctree/include/linux/virtio_config.h)
//!
//! [`module_virtio_driver!`]: crate::module_virtio_driver

use crate::device::DeviceExt;
use amp_bindings as bindings;
use core::{
    marker::PhantomData,
    mem::offset_of,
    ptr::NonNull, //
};
use kernel::{
    device::{
        self,
        Core,
        CoreInternal, //
    },
    driver,
    error::{
        from_result,
        to_result, //
    },
    prelude::*,
    types::Opaque,
    ThisModule, //
};

pub mod buffers;
pub mod id;
pub mod queue;
pub mod session;
pub mod transport;

pub use buffers::Buffers;
pub use id::{
    DeviceId,
    IdTable, //
};
pub use queue::{
    Notifier,
    Used,
    Virtqueue, //
};
pub use session::QueueCallbacks;

/// Feature bit of virtio 1.0: the device and the driver use little-endian fields.
pub const F_VERSION_1: u32 = bindings::VIRTIO_F_VERSION_1;

/// An adapter for the registration of virtio drivers.
pub struct Adapter<T: Driver>(T);

// SAFETY:
// - `bindings::virtio_driver` is a C type declared as `repr(C)`.
// - `T::Data` is the type of the driver's device private data.
// - `struct virtio_driver` embeds a `struct device_driver`.
// - `DEVICE_DRIVER_OFFSET` is the correct byte offset to the embedded `struct device_driver`.
unsafe impl<T: Driver> driver::DriverLayout for Adapter<T> {
    type DriverType = bindings::virtio_driver;
    type DriverData<'bound> = T::Data<'bound>;
    const DEVICE_DRIVER_OFFSET: usize = offset_of!(Self::DriverType, driver);
}

// SAFETY: A call to `unregister` for a given instance of `DriverType` is guaranteed to be valid if
// a preceding call to `register` has been successful.
unsafe impl<T: Driver> driver::RegistrationOps for Adapter<T> {
    unsafe fn register(
        vdrv: &Opaque<Self::DriverType>,
        name: &'static CStr,
        module: &'static ThisModule,
    ) -> Result {
        let features = T::FEATURES;

        // SAFETY: It's safe to set the fields of `struct virtio_driver` on initialization.
        unsafe {
            (*vdrv.get()).driver.name = name.as_char_ptr();
            (*vdrv.get()).id_table = T::ID_TABLE.as_ptr();
            (*vdrv.get()).feature_table = features.as_ptr();
            (*vdrv.get()).feature_table_size = features.len().try_into()?;
            (*vdrv.get()).probe = Some(Self::probe_callback);
            (*vdrv.get()).remove = Some(Self::remove_callback);
        }

        // SAFETY: `vdrv` is guaranteed to be a valid `DriverType`.
        to_result(unsafe { bindings::__register_virtio_driver(vdrv.get(), module.as_ptr()) })
    }

    unsafe fn unregister(vdrv: &Opaque<Self::DriverType>) {
        // SAFETY: `vdrv` is guaranteed to be a valid `DriverType`.
        unsafe { bindings::unregister_virtio_driver(vdrv.get()) };
    }
}

impl<T: Driver> Adapter<T> {
    extern "C" fn probe_callback(vdev: *mut bindings::virtio_device) -> kernel::ffi::c_int {
        // SAFETY: The virtio bus only ever calls the probe callback with a valid pointer to a
        // `struct virtio_device`.
        //
        // INVARIANT: `vdev` is valid for the duration of `probe_callback()`.
        let vdev = unsafe { &*vdev.cast::<Device<CoreInternal<'_>>>() };

        from_result(|| {
            let data = T::probe(vdev);

            vdev.as_ref().set_drvdata(data).inspect_err(|_| {
                // The buffers are about to be freed: a device that was made ready must not use
                // them any more.
                if u32::from(vdev.status()) & bindings::VIRTIO_CONFIG_S_DRIVER_OK != 0 {
                    vdev.reset();
                }
            })?;
            Ok(0)
        })
    }

    extern "C" fn remove_callback(vdev: *mut bindings::virtio_device) {
        // SAFETY: The virtio bus only ever calls the remove callback with a valid pointer to a
        // `struct virtio_device`.
        //
        // INVARIANT: `vdev` is valid for the duration of `remove_callback()`.
        let vdev = unsafe { &*vdev.cast::<Device<CoreInternal<'_>>>() };

        // SAFETY: `remove_callback` is only ever called after a successful call to
        // `probe_callback`, hence it's guaranteed that `Device::set_drvdata()` has been called
        // and stored a `Pin<KBox<T::Data<'_>>>`.
        let data = unsafe { vdev.as_ref().drvdata_borrow::<T::Data<'_>>() };

        T::unbind(vdev, data);

        // Virtqueues and buffers are freed when this function has returned, and the bus wants the
        // status to be zero.
        if vdev.status() != 0 {
            vdev.reset();
        }
    }
}

/// Declares a kernel module that exposes a single virtio driver.
///
/// # Examples
///
/// ```ignore
/// amp::module_virtio_driver! {
///     type: MyDriver,
///     name: "my_driver",
///     authors: ["Author name"],
///     description: "Description",
///     license: "GPL v2",
/// }
/// ```
#[macro_export]
macro_rules! module_virtio_driver {
    ($($f:tt)*) => {
        kernel::module_driver!(<T>, $crate::virtio::Adapter<T>, { $($f)* });
    };
}

/// The virtio driver trait.
///
/// # Examples
///
/// ```ignore
/// struct Echo;
///
/// amp::virtio_device_table!(ID_TABLE, [virtio::DeviceId::new(7)]);
///
/// impl virtio::Driver for Echo {
///     type Data<'bound> = Self;
///     const ID_TABLE: virtio::IdTable = &ID_TABLE;
///
///     fn probe<'bound>(
///         vdev: &'bound virtio::Device<Core<'_>>,
///     ) -> impl PinInit<Self, Error> + 'bound {
///         pin_init::pin_init_scope(move || {
///             let shared = Arc::pin_init(Shared::new(), GFP_KERNEL)?;
///             let [rx, tx] = vdev.find_vqs([c"input", c"output"], shared.clone())?;
///             // Put buffers in rx, hand the queues to `shared`, then:
///             vdev.ready()?;
///             Ok(Echo)
///         })
///     }
/// }
/// ```
pub trait Driver {
    /// The type of the driver's bus device private data.
    type Data<'bound>: Send + 'bound;

    /// The devices that the driver can drive.
    const ID_TABLE: IdTable;

    /// The feature bits that the driver knows.
    const FEATURES: &'static [kernel::ffi::c_uint] = &[];

    /// Called when a device was found. Process context, may sleep.
    ///
    /// The features are negotiated. The device may use its queues after [`Device::ready`], which
    /// the bus calls after a probe that did not.
    fn probe<'bound>(
        vdev: &'bound Device<Core<'_>>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound;

    /// Called when the device goes or the driver is unregistered. Process context, may sleep.
    ///
    /// A driver that does not [`reset`](Device::reset) the device here leaves that to the
    /// [`Adapter`]. Then the data is dropped and the virtqueues are deleted.
    fn unbind<'bound>(vdev: &'bound Device<Core<'_>>, this: Pin<&Self::Data<'bound>>) {
        let _ = (vdev, this);
    }
}

/// A virtio device.
///
/// # Invariants
///
/// A [`Device`] instance represents a valid `struct virtio_device` created by the C portion of the
/// kernel.
#[repr(transparent)]
pub struct Device<Ctx: device::DeviceContext = device::Normal>(
    Opaque<bindings::virtio_device>,
    PhantomData<Ctx>,
);

impl<Ctx: device::DeviceContext> Device<Ctx> {
    /// The C object, for abstractions and the C ABI edge.
    pub fn as_raw(&self) -> *mut bindings::virtio_device {
        self.0.get()
    }

    /// Wraps a C object.
    ///
    /// # Safety
    ///
    /// `ptr` must be valid for `'a`, and the context must be the right one, as for
    /// [`device::Device::from_raw`].
    pub unsafe fn from_raw<'a>(ptr: *mut bindings::virtio_device) -> &'a Self {
        // SAFETY: By the function's requirements; `Device` is a transparent wrapper.
        unsafe { &*ptr.cast() }
    }

    /// Whether device and driver agreed on the feature `bit`. Any context.
    pub fn has_feature(&self, bit: u32) -> bool {
        // virtio_has_feature() calls BUG() for a bit that the driver did not offer; such a bit is
        // never set.
        bit < bindings::VIRTIO_FEATURES_BITS
            // SAFETY: By the type invariants the device is valid; the bit is in range.
            && unsafe { bindings::__virtio_test_bit(self.as_raw(), bit) }
    }

    /// Whether fields that are shared with the device are little-endian, rather than in the order
    /// of this CPU.
    pub fn is_little_endian(&self) -> bool {
        cfg!(target_endian = "little") || self.has_feature(F_VERSION_1)
    }
}

impl Device<device::Bound> {
    /// Reads `to.len()` bytes of the device's configuration space. Process context, may sleep.
    ///
    /// What the device has at `offset` is its own statement: check it. A transport returns zeroes
    /// or leaves `to` as it is where there is no configuration space.
    pub fn config_read(&self, offset: u32, to: &mut [u8]) {
        // SAFETY: By the type invariants the device is valid, and `to` may be written.
        unsafe {
            bindings::virtio_cread_bytes(self.as_raw(), offset, to.as_mut_ptr().cast(), to.len())
        };
    }

    /// The status byte (`VIRTIO_CONFIG_S_` bits). Process context, may sleep.
    pub fn status(&self) -> u8 {
        // SAFETY: By the type invariants the device is valid; `config` and its functions are set
        // by the transport before it registers the device.
        match unsafe { (*(*self.as_raw()).config).get_status } {
            // SAFETY: As above.
            Some(get_status) => unsafe { get_status(self.as_raw()) },
            None => 0,
        }
    }
}

impl<'a> Device<Core<'a>> {
    /// Tells the device that the driver is ready: from now on queues may be used and their
    /// callbacks may come.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if the device was told before.
    pub fn ready(&self) -> Result {
        if u32::from(self.status()) & bindings::VIRTIO_CONFIG_S_DRIVER_OK != 0 {
            return Err(EBUSY);
        }
        // SAFETY: By the type invariants the device is valid, and it isn't ready yet.
        unsafe { bindings::virtio_device_ready(self.as_raw()) };
        Ok(())
    }

    /// Resets the device: it must not touch queues and buffers any more, and there are no new
    /// callbacks. Process context, may sleep; not from a queue's callback.
    ///
    /// A remote processor that violates this can still write its shared memory until it is
    /// stopped.
    pub fn reset(&self) {
        // SAFETY: By the type invariants the device is valid, and by the context nobody adds or
        // removes it.
        unsafe { bindings::virtio_reset_device(self.as_raw()) };
    }
}

// SAFETY: `virtio::Device` is a transparent wrapper of `struct virtio_device`.
// The offset is guaranteed to point to a valid device field inside `virtio::Device`.
unsafe impl<Ctx: device::DeviceContext> device::AsBusDevice<Ctx> for Device<Ctx> {
    const OFFSET: usize = offset_of!(bindings::virtio_device, dev);
}

// SAFETY: `Device` is a transparent wrapper of a type that doesn't depend on `Device`'s generic
// argument.
kernel::impl_device_context_deref!(unsafe { Device });
kernel::impl_device_context_into_aref!(Device);

// SAFETY: Instances of `Device` are always reference-counted.
unsafe impl kernel::sync::aref::AlwaysRefCounted for Device {
    fn inc_ref(&self) {
        // SAFETY: The existence of a shared reference guarantees that the refcount is non-zero.
        unsafe { bindings::get_device(self.as_ref().to_raw()) };
    }

    unsafe fn dec_ref(obj: NonNull<Self>) {
        // SAFETY: The safety requirements guarantee that the refcount is non-zero.
        unsafe { bindings::put_device(obj.as_ref().as_ref().to_raw()) }
    }
}

impl<Ctx: device::DeviceContext> AsRef<device::Device<Ctx>> for Device<Ctx> {
    fn as_ref(&self) -> &device::Device<Ctx> {
        // SAFETY: By the type invariant of `Self`, `self.as_raw()` is a pointer to a valid
        // `struct virtio_device`.
        let dev = unsafe { &raw mut (*self.as_raw()).dev };

        // SAFETY: `dev` points to a valid `struct device`.
        unsafe { device::Device::from_raw(dev) }
    }
}

impl<Ctx: device::DeviceContext> TryFrom<&device::Device<Ctx>> for &Device<Ctx> {
    type Error = kernel::error::Error;

    fn try_from(dev: &device::Device<Ctx>) -> Result<Self, Self::Error> {
        // SAFETY: By the type invariant of `Device`, the pointer is a valid `struct device`.
        if !unsafe { bindings::is_virtio_device(dev.to_raw()) } {
            return Err(EINVAL);
        }

        // SAFETY: We've just verified that this is a device of the virtio bus, hence it is
        // embedded in a valid `struct virtio_device`.
        let vdev = unsafe { kernel::container_of!(dev.to_raw(), bindings::virtio_device, dev) };

        // SAFETY: `vdev` is a valid pointer to a `struct virtio_device`.
        Ok(unsafe { &*vdev.cast() })
    }
}

// SAFETY: A `Device` is always reference-counted and can be released from any thread.
unsafe impl Send for Device {}

// SAFETY: `Device` can be shared among threads because all methods of `Device<Normal>` are thread
// safe.
unsafe impl Sync for Device {}

// SAFETY: Same as `Device<Normal>`: `Bound` is a zero-sized type-state marker.
unsafe impl Sync for Device<device::Bound> {}
