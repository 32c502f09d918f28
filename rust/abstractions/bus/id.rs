// SPDX-License-Identifier: GPL-2.0

//! The entries of a bus's device tables.

/// Defines the type of an entry: a C object, in which the field named, if one is, is for the
/// driver's data.
///
/// # Examples
///
/// ```ignore
/// amp::raw_device_id! {
///     /// A service that a driver can drive, by name.
///     pub struct DeviceId(bindings::rpmsg_device_id) { driver_data }
/// }
/// ```
#[macro_export]
macro_rules! raw_device_id {
    ($(#[$meta:meta])* $vis:vis struct $name:ident($raw:ty) $({ $field:ident })?) => {
        $(#[$meta])*
        #[repr(transparent)]
        #[derive(Clone, Copy)]
        $vis struct $name($raw);

        // SAFETY: A `#[repr(transparent)]` wrapper without additional invariants, so it is safe to
        // transmute to `RawType`.
        unsafe impl ::kernel::device_id::RawDeviceId for $name {
            type RawType = $raw;
        }

        $(
            // SAFETY: This is the offset of a field that holds a `usize`, or this does not compile.
            unsafe impl ::kernel::device_id::RawDeviceIdIndex for $name {
                const DRIVER_DATA_OFFSET: usize = {
                    let _ = |raw: &$raw| -> *const usize { &raw const raw.$field };
                    ::core::mem::offset_of!($raw, $field)
                };
            }
        )?
    };
}
