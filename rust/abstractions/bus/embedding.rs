// SPDX-License-Identifier: GPL-2.0

//! The devices and drivers of a bus: C objects that embed the driver core's.

use amp_bindings as bindings;

/// A bus's driver type, made by [`bus_driver!`](crate::bus_driver): a `struct device_driver` is
/// embedded in it.
///
/// # Safety
///
/// There must be a `struct device_driver` at `OFFSET`, and `Self` be a transparent wrapper of a C
/// object that C code may change.
pub unsafe trait EmbedsDriver: Sized + 'static {
    /// Where in `Self` the `struct device_driver` is, in bytes.
    const OFFSET: usize;

    /// The embedded object.
    fn as_driver(&self) -> *mut bindings::device_driver {
        // SAFETY: By the trait's requirements it is part of the same object.
        unsafe {
            core::ptr::from_ref(self)
                .cast_mut()
                .byte_add(Self::OFFSET)
                .cast()
        }
    }

    /// The driver in which `drv` is embedded.
    ///
    /// # Safety
    ///
    /// `drv` must be embedded in a `Self` which is valid for `'a`.
    unsafe fn from_driver<'a>(drv: *const bindings::device_driver) -> &'a Self {
        // SAFETY: By the function's requirements.
        unsafe { &*drv.byte_sub(Self::OFFSET).cast() }
    }
}

/// Defines the type of a bus's drivers: a C object with a `struct device_driver` in the field
/// named.
///
/// # Examples
///
/// ```ignore
/// amp::bus_driver! {
///     /// A driver of channels.
///     pub(crate) struct Driver(bindings::rpmsg_driver) { drv }
/// }
/// ```
#[macro_export]
macro_rules! bus_driver {
    ($(#[$meta:meta])* $vis:vis struct $name:ident($raw:ty) { $field:ident }) => {
        $(#[$meta])*
        ///
        /// # Invariants
        ///
        /// An instance represents a valid C object.
        #[repr(transparent)]
        $vis struct $name(::kernel::types::Opaque<$raw>);

        impl $name {
            /// The C object, for abstractions and the C ABI edge.
            $vis fn as_raw(&self) -> *mut $raw {
                self.0.get()
            }

            /// Wraps a C object.
            ///
            /// # Safety
            ///
            /// `ptr` must be valid for `'a`.
            $vis unsafe fn from_raw<'a>(ptr: *mut $raw) -> &'a Self {
                // SAFETY: By the function's requirements; this is a transparent wrapper.
                unsafe { &*ptr.cast() }
            }
        }

        // SAFETY: The field is a `struct device_driver`, or this does not compile; `Opaque` is a
        // transparent wrapper for objects that C code changes.
        unsafe impl $crate::bus::EmbedsDriver for $name {
            const OFFSET: usize = {
                let _ = |raw: &$raw| -> *const ::amp_bindings::device_driver {
                    &raw const raw.$field
                };
                ::core::mem::offset_of!($raw, $field)
            };
        }
    };
}

/// Defines the type of a bus's devices, `Device<Ctx>`: a C object with a `struct device` in the
/// field named, whose reference count is the object's.
///
/// # Examples
///
/// ```ignore
/// amp::bus_device! {
///     /// A channel.
///     pub struct Device(bindings::rpmsg_device) { dev }
/// }
/// ```
#[macro_export]
macro_rules! bus_device {
    ($(#[$meta:meta])* $vis:vis struct $name:ident($raw:ty) { $field:ident }) => {
        $(#[$meta])*
        ///
        /// # Invariants
        ///
        /// An instance represents a valid C object.
        #[repr(transparent)]
        $vis struct $name<Ctx: ::kernel::device::DeviceContext = ::kernel::device::Normal>(
            ::kernel::types::Opaque<$raw>,
            ::core::marker::PhantomData<Ctx>,
        );

        impl<Ctx: ::kernel::device::DeviceContext> $name<Ctx> {
            /// The C object, for abstractions and the C ABI edge.
            pub fn as_raw(&self) -> *mut $raw {
                self.0.get()
            }

            /// Wraps a C object.
            ///
            /// # Safety
            ///
            /// `ptr` must be valid for `'a`, and the context must be the right one, as for
            /// [`kernel::device::Device::from_raw`].
            pub unsafe fn from_raw<'a>(ptr: *mut $raw) -> &'a Self {
                // SAFETY: By the function's requirements; this is a transparent wrapper.
                unsafe { &*ptr.cast() }
            }
        }

        // SAFETY: This is a transparent wrapper of a C object whose field is a `struct device`, or
        // this does not compile.
        unsafe impl<Ctx: ::kernel::device::DeviceContext> ::kernel::device::AsBusDevice<Ctx>
            for $name<Ctx>
        {
            const OFFSET: usize = {
                let _ = |raw: &$raw| -> *const ::amp_bindings::device { &raw const raw.$field };
                ::core::mem::offset_of!($raw, $field)
            };
        }

        // SAFETY: This is a transparent wrapper of a type that doesn't depend on its generic
        // argument.
        ::kernel::impl_device_context_deref!(unsafe { $name });
        ::kernel::impl_device_context_into_aref!($name);

        // SAFETY: Instances are always reference-counted, by the device in them.
        unsafe impl ::kernel::sync::aref::AlwaysRefCounted for $name {
            fn inc_ref(&self) {
                // SAFETY: A shared reference guarantees that the refcount is non-zero.
                unsafe { ::amp_bindings::get_device(&raw mut (*self.as_raw()).$field) };
            }

            unsafe fn dec_ref(obj: ::core::ptr::NonNull<Self>) {
                // SAFETY: The safety requirements guarantee that the refcount is non-zero.
                unsafe { ::amp_bindings::put_device(&raw mut (*obj.as_ref().as_raw()).$field) }
            }
        }

        impl<Ctx: ::kernel::device::DeviceContext> AsRef<::kernel::device::Device<Ctx>>
            for $name<Ctx>
        {
            fn as_ref(&self) -> &::kernel::device::Device<Ctx> {
                // SAFETY: By the type invariants the object is valid, and so is the device in it.
                unsafe { ::kernel::device::Device::from_raw(&raw mut (*self.as_raw()).$field) }
            }
        }

        // SAFETY: The object is reference-counted and can be released from any thread.
        unsafe impl Send for $name {}

        // SAFETY: It can be shared among threads because all methods in this context are thread
        // safe.
        unsafe impl Sync for $name {}

        // SAFETY: As above: `Bound` is a zero-sized type-state marker.
        unsafe impl Sync for $name<::kernel::device::Bound> {}
    };
}
