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

use crate::{
    bus,
    device::DeviceExt, //
};
use amp_bindings as bindings;
use core::marker::PhantomData;
use kernel::{
    device::{
        self,
        Core,
        CoreInternal, //
    },
    prelude::*,
    sync::Arc, //
};

pub mod buffers;
pub mod id;
mod own;
pub mod queue;
pub mod session;
pub mod transport;

pub use buffers::Buffers;
pub use id::{
    DeviceId,
    IdTable, //
};
pub use queue::{
    Direction,
    Notifier,
    Used,
    Virtqueue, //
};
pub use session::QueueCallbacks;

/// Feature bit of virtio 1.0: the device and the driver use little-endian fields.
pub const F_VERSION_1: u32 = bindings::VIRTIO_F_VERSION_1;

/// An adapter for the registration of virtio drivers.
pub type Adapter<T> = bus::driver::Adapter<Adapted<T>>;

/// An implementation of [`Driver`] as every bus has its drivers.
pub struct Adapted<T>(PhantomData<T>);

/// What virtio drivers are in C.
pub struct Kind;

crate::bus_driver! {
    /// A virtio driver.
    pub struct RawDriver(bindings::virtio_driver) { driver }
}

// SAFETY:
// - `RawDriver` and `Device` are transparent wrappers.
// - The virtio bus calls the callbacks of the driver as required.
unsafe impl bus::driver::Kind for Kind {
    type Raw = bindings::virtio_driver;
    type Driver = RawDriver;
    type RawDevice = bindings::virtio_device;
    type Device<Ctx: device::DeviceContext> = Device<Ctx>;
    /// The devices and the feature bits that the driver knows.
    type Config = (IdTable, &'static [kernel::ffi::c_uint]);

    unsafe fn register(
        vdrv: *mut bindings::virtio_driver,
        (ids, features): Self::Config,
        callbacks: bus::driver::Callbacks<bindings::virtio_device>,
        module: *mut bindings::module,
    ) -> kernel::ffi::c_int {
        // SAFETY: By the function's requirements the driver is valid and unused.
        unsafe {
            (*vdrv).id_table = ids.as_ptr();
            (*vdrv).feature_table = features.as_ptr();
            // CAST: There are far fewer feature bits.
            (*vdrv).feature_table_size = features.len() as kernel::ffi::c_uint;
            (*vdrv).probe = Some(callbacks.probe);
            (*vdrv).remove = Some(callbacks.remove);
            bindings::__register_virtio_driver(vdrv, module)
        }
    }

    unsafe fn unregister(vdrv: *mut bindings::virtio_driver) {
        // SAFETY: By the function's requirements.
        unsafe { bindings::unregister_virtio_driver(vdrv) };
    }
}

impl<T: Driver + 'static> bus::driver::Driver for Adapted<T> {
    type Kind = Kind;
    type Data<'bound> = T::Data<'bound>;
    type Base = ();

    fn config() -> (IdTable, &'static [kernel::ffi::c_uint]) {
        (T::ID_TABLE, T::FEATURES)
    }

    fn prepare(
        _vdev: &Device<CoreInternal<'_>>,
        _access: &Arc<bus::driver::Access<Self>>,
    ) -> Result {
        Ok(())
    }

    fn probe<'bound>(
        vdev: &'bound Device<CoreInternal<'bound>>,
    ) -> impl PinInit<T::Data<'bound>, Error> + 'bound {
        T::probe(vdev)
    }

    fn failed(vdev: &Device<CoreInternal<'_>>) {
        // The buffers are about to be freed: a device that was made ready must not use them any
        // more.
        if u32::from(vdev.status()) & bindings::VIRTIO_CONFIG_S_DRIVER_OK != 0 {
            vdev.reset();
        }
    }

    fn remove<'bound>(vdev: &'bound Device<CoreInternal<'_>>, data: Pin<&T::Data<'bound>>) {
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

crate::bus_device! {
    /// A virtio device.
    pub struct Device(bindings::virtio_device) { dev }
}

impl<Ctx: device::DeviceContext> Device<Ctx> {
    /// Which kind of device it is, as in `include/uapi/linux/virtio_ids.h`. Any context.
    pub fn id(&self) -> u32 {
        // SAFETY: The device is valid; its identity doesn't change.
        unsafe { (*self.as_raw()).id.device }
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
