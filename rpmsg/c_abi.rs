// SPDX-License-Identifier: GPL-2.0

//! The functions and objects of `linux/rpmsg.h` and of the subsystem's internal header, for C
//! drivers, C transports and the Rust code alike.
//!
//! Each has the signature and the meaning of the C implementation; the signatures are compared with
//! the C declarations when this is compiled. As in C the functions of a transport are called through
//! the tables that it hangs into its devices and endpoints, whatever language it is written in.
//!
//! The safety requirements are those of C: pointers are valid, of the object that the name says,
//! and stay so for the call. NULL is caught where the C implementation catches it, with a warning of
//! the kernel and `-EINVAL`.
//!
//! The endpoint in a `struct rpmsg_device` stays valid when its driver is unbound, for as long as the
//! device, or until the endpoint of the next driver goes: all functions of an endpoint then fail with
//! `-ENXIO`. (On a transport in C it is NULL then.)

use crate::{
    bus::BUS,
    registration,
    Addr,
    ChannelInfo,
    Name, //
};
#[doc(hidden)]
pub use amp_bindings as bindings;
use bindings::{
    rpmsg_channel_info,
    rpmsg_device,
    rpmsg_driver,
    rpmsg_endpoint, //
};
use core::ptr::{
    null,
    null_mut,
    NonNull, //
};
use kernel::{
    device::Normal,
    ffi::{
        c_char,
        c_int,
        c_void, //
    },
    prelude::*,
    warn_on, //
};

mod device;
mod driver;
mod endpoint;
mod held;
mod nocopy;
mod port;
mod table;
mod tx_buffer;

pub use device::Device;
pub use driver::{
    Driver,
    Rpmsg, //
};
pub(crate) use endpoint::{
    destroy_own,
    OwnedEndpoint,
    RawEndpoint, //
};
pub use held::Held;
pub use port::Port;
pub(crate) use table::info;
pub use table::RawTable;
pub use tx_buffer::{
    TxBuffer,
    Unsent, //
};

/// The class `rpmsg`, in which the character devices are.
#[no_mangle]
pub static rpmsg_class: amp::class::Class<kernel::device::Device> =
    amp::class::Class::new(c"rpmsg");

/// An errno value as C functions return it.
fn errno(error: Error) -> c_int {
    error.to_errno()
}

/// Calls an operation of an endpoint's table.
///
/// `$missing` is returned if the transport lacks it, `$null` if there is no endpoint.
macro_rules! endpoint_op {
    ($ept:ident, $op:ident($($arg:expr),*), null: $null:expr, missing: $missing:expr) => {{
        if warn_on!($ept.is_null()) {
            return $null;
        }
        // SAFETY: A valid endpoint has its transport's table.
        match unsafe { (*(*$ept).ops).$op } {
            // SAFETY: The arguments are the caller's.
            Some(op) => unsafe { op($ept, $($arg),*) },
            None => $missing,
        }
    }};
}

amp::c_abi! {
    /// Creates a channel on the transport of `rpdev`. NULL if that failed or can't be done.
    fn rpmsg_create_channel(
        rpdev: *mut rpmsg_device,
        chinfo: *mut rpmsg_channel_info,
    ) -> *mut rpmsg_device {
        if warn_on!(rpdev.is_null()) {
            return null_mut();
        }
        // SAFETY: The device is valid, and so is its transport's table unless it is NULL.
        match unsafe { (*rpdev).ops.as_ref() }.and_then(|ops| ops.create_channel) {
            // SAFETY: The arguments are the caller's.
            Some(create_channel) => unsafe { create_channel(rpdev, chinfo) },
            None => {
                // SAFETY: The device is valid.
                let dev = unsafe { Device::<Normal>::from_raw(rpdev) };
                dev_err!(dev, "the transport can't create channels on request\n");
                null_mut()
            }
        }
    }

    /// Removes the channel that `chinfo` describes from the transport of `rpdev`.
    fn rpmsg_release_channel(rpdev: *mut rpmsg_device, chinfo: *mut rpmsg_channel_info) -> c_int {
        if warn_on!(rpdev.is_null()) {
            return errno(EINVAL);
        }
        // SAFETY: The device is valid, and so is its transport's table unless it is NULL.
        match unsafe { (*rpdev).ops.as_ref() }.and_then(|ops| ops.release_channel) {
            // SAFETY: The arguments are the caller's.
            Some(release_channel) => unsafe { release_channel(rpdev, chinfo) },
            None => {
                // SAFETY: The device is valid.
                let dev = unsafe { Device::<Normal>::from_raw(rpdev) };
                dev_err!(dev, "the transport can't remove channels on request\n");
                errno(ENXIO)
            }
        }
    }

    /// Creates an endpoint at `chinfo.src`, any free address if that is `RPMSG_ADDR_ANY`: `cb` gets
    /// the messages sent to it, with `private`. NULL on failure.
    ///
    /// Callbacks of one endpoint run one after the other in process context and may sleep.
    fn rpmsg_create_ept(
        rpdev: *mut rpmsg_device,
        cb: bindings::rpmsg_rx_cb_t,
        private: *mut c_void,
        chinfo: rpmsg_channel_info,
    ) -> *mut rpmsg_endpoint {
        if warn_on!(rpdev.is_null()) {
            return null_mut();
        }
        // SAFETY: The device is valid, and so is its transport's table unless it is NULL.
        match unsafe { (*rpdev).ops.as_ref() }.and_then(|ops| ops.create_ept) {
            // SAFETY: The arguments are the caller's.
            Some(create_ept) => unsafe { create_ept(rpdev, cb, private, chinfo) },
            None => null_mut(),
        }
    }

    /// Destroys an endpoint; NULL is fine. When this returns the callback does not run and will not
    /// run again, unless it is the callback itself that called.
    fn rpmsg_destroy_ept(ept: *mut rpmsg_endpoint) {
        // SAFETY: The endpoint is valid unless it is NULL, and so is its table.
        let ops = unsafe { ept.as_ref().and_then(|ept| ept.ops.as_ref()) };
        if let Some(destroy_ept) = ops.and_then(|ops| ops.destroy_ept) {
            // SAFETY: The argument is the caller's.
            unsafe { destroy_ept(ept) };
        }
    }

    /// Sends `len` bytes to the other end of the endpoint's channel; waits up to 15 s for a buffer,
    /// then fails with `-ETIMEDOUT`; a signal ends the wait with `-ERESTARTSYS`, the end of the channel
    /// or of the other side with `-ENXIO`.
    fn rpmsg_send(ept: *mut rpmsg_endpoint, data: *const c_void, len: c_int) -> c_int {
        endpoint_op!(ept, send(data, len), null: errno(EINVAL), missing: errno(ENXIO))
    }

    /// As [`rpmsg_send`], to the address `dst`.
    fn rpmsg_sendto(
        ept: *mut rpmsg_endpoint,
        data: *const c_void,
        len: c_int,
        dst: u32,
    ) -> c_int {
        endpoint_op!(ept, sendto(data, len, dst), null: errno(EINVAL), missing: errno(ENXIO))
    }

    /// As [`rpmsg_send`], but fails with `-ENOMEM` at once if there is no buffer.
    fn rpmsg_trysend(ept: *mut rpmsg_endpoint, data: *const c_void, len: c_int) -> c_int {
        endpoint_op!(ept, trysend(data, len), null: errno(EINVAL), missing: errno(ENXIO))
    }

    /// As [`rpmsg_sendto`], but fails with `-ENOMEM` at once if there is no buffer.
    fn rpmsg_trysendto(
        ept: *mut rpmsg_endpoint,
        data: *const c_void,
        len: c_int,
        dst: u32,
    ) -> c_int {
        endpoint_op!(ept, trysendto(data, len, dst), null: errno(EINVAL), missing: errno(ENXIO))
    }

    /// Whether a message could be sent now (`EPOLLOUT`), and registers for when it can; `EPOLLERR` if
    /// none can any more.
    fn rpmsg_poll(
        ept: *mut rpmsg_endpoint,
        filp: *mut bindings::file,
        wait: *mut bindings::poll_table,
    ) -> bindings::__poll_t {
        endpoint_op!(ept, poll(filp, wait), null: 0, missing: 0)
    }

    /// The longest payload in bytes; `-ENXIO` if the endpoint is gone with its channel.
    fn rpmsg_get_mtu(ept: *mut rpmsg_endpoint) -> isize {
        endpoint_op!(
            ept,
            get_mtu(),
            null: errno(EINVAL) as isize,
            missing: errno(ENOTSUPP) as isize
        )
    }

    /// Asks the other side to pause or resume sending.
    fn rpmsg_set_flow_control(ept: *mut rpmsg_endpoint, pause: bool, dst: u32) -> c_int {
        endpoint_op!(
            ept,
            set_flow_control(pause, dst),
            null: errno(EINVAL),
            missing: errno(EOPNOTSUPP)
        )
    }

    /// Finds the channel below `parent` that `chinfo` describes; the caller puts the reference.
    fn rpmsg_find_device(
        parent: *mut bindings::device,
        chinfo: *mut rpmsg_channel_info,
    ) -> *mut bindings::device {
        // SAFETY: The parent is valid, and `fits` gets what it expects.
        unsafe { bindings::device_find_child(parent, chinfo.cast(), Some(fits)) }
    }

    /// Registers a channel under the name and for the one driver `driver_override`, if that is not
    /// NULL.
    fn rpmsg_register_device_override(
        rpdev: *mut rpmsg_device,
        driver_override: *const c_char,
    ) -> c_int {
        if warn_on!(rpdev.is_null()) {
            return errno(EINVAL);
        }
        let driver = if driver_override.is_null() {
            None
        } else {
            // SAFETY: It is a C string then.
            Some(unsafe { CStr::from_char_ptr(driver_override) })
        };
        if let Some(driver) = driver {
            let mut id = [0; Name::LEN];
            for (to, from) in id.iter_mut().take(Name::LEN - 1).zip(driver.to_bytes()) {
                *to = *from;
            }
            // SAFETY: The transport has filled in the device, and nobody uses it yet.
            unsafe { (*rpdev).id.name = id };
        }

        // SAFETY: As above. The object was zero before, and belongs to the device's references
        // from here on. Nobody unregisters it but we.
        let new = unsafe { BUS.initialize(NonNull::from(&mut (*rpdev).dev)) };
        match registration::add(new, driver) {
            Ok(()) => 0,
            Err(error) => errno(error),
        }
    }

    /// Registers a channel. On failure the device is put, which frees it.
    fn rpmsg_register_device(rpdev: *mut rpmsg_device) -> c_int {
        // SAFETY: As in the function called.
        unsafe { rpmsg_register_device_override(rpdev, null()) }
    }

    /// Removes the channel below `parent` that `chinfo` describes.
    fn rpmsg_unregister_device(
        parent: *mut bindings::device,
        chinfo: *mut rpmsg_channel_info,
    ) -> c_int {
        // SAFETY: The arguments are the caller's.
        let dev = unsafe { rpmsg_find_device(parent, chinfo) };
        if dev.is_null() {
            return errno(EINVAL);
        }
        // SAFETY: The search took a reference, which is put last.
        unsafe {
            BUS.unregister(kernel::device::Device::from_raw(dev));
            bindings::put_device(dev);
        }
        0
    }

    /// Registers a driver, which gets all channels that it matches, also those that exist already.
    fn __register_rpmsg_driver(drv: *mut rpmsg_driver, owner: *mut bindings::module) -> c_int {
        // SAFETY: The driver is valid and not registered.
        match unsafe { BUS.register_driver(Driver::from_raw(drv), owner) } {
            Ok(()) => 0,
            Err(error) => errno(error),
        }
    }

    /// Unregisters a driver, which takes it from all its channels first.
    fn unregister_rpmsg_driver(drv: *mut rpmsg_driver) {
        // SAFETY: The driver is registered.
        unsafe { BUS.unregister_driver(Driver::from_raw(drv)) };
    }
}

extern "C" fn fits(dev: *mut bindings::device, info: *const c_void) -> c_int {
    // SAFETY: This is called with what `rpmsg_find_device` was given.
    let info = ChannelInfo::from_raw(unsafe { &*info.cast::<rpmsg_channel_info>() });
    // SAFETY: The driver core gives a valid device.
    let dev = unsafe { kernel::device::Device::<Normal>::from_raw(dev) };

    // A transport's device may have other children.
    BUS.device(dev)
        .is_some_and(|channel| info.fits(channel))
        .into()
}

/// Prepares a channel to be the name service and registers it.
///
/// # Safety
///
/// As [`rpmsg_register_device`].
pub unsafe fn register_name_service(rpdev: *mut rpmsg_device) -> c_int {
    // SAFETY: The transport has filled in the device, and nobody uses it yet.
    unsafe {
        (*rpdev).src = Addr::NAME_SERVICE.0;
        (*rpdev).dst = Addr::NAME_SERVICE.0;
        rpmsg_register_device_override(rpdev, c"rpmsg_ns".as_char_ptr())
    }
}

/// Defines `rpmsg_ns_register_device()` of `linux/rpmsg/ns.h`.
///
/// A macro, since the function has to be in the name service's own module, where C transports and
/// the C name service have it too; a crate can have no more than one.
#[macro_export]
macro_rules! define_rpmsg_ns_register_device {
    () => {
        const _: () = {
            if true {
                $crate::c_abi::bindings::rpmsg_ns_register_device
            } else {
                rpmsg_ns_register_device
            };
        };

        /// Registers the name service's channel; what a transport calls.
        ///
        /// # Safety
        ///
        /// As `rpmsg_register_device()`.
        #[no_mangle]
        unsafe extern "C" fn rpmsg_ns_register_device(
            rpdev: *mut $crate::c_abi::bindings::rpmsg_device,
        ) -> ::kernel::ffi::c_int {
            // SAFETY: By the function's requirements.
            unsafe { $crate::c_abi::register_name_service(rpdev) }
        }
    };
}
