// SPDX-License-Identifier: GPL-2.0

//! Device attributes in sysfs.
//!
//! An attribute is a type that implements [`Attribute`]; [`device_attributes!`] collects a list of
//! them in a static [`Groups`], which a bus or class type takes. The type of the device is checked
//! on the way: attributes of an rpmsg device can't get into the groups of another bus.
//!
//! C header: [`include/linux/sysfs.h`](srctree/include/linux/sysfs.h)
//!
//! [`device_attributes!`]: crate::device_attributes

use crate::device::DeviceExt;
use amp_bindings as bindings;
use core::{
    cell::UnsafeCell,
    marker::PhantomData, //
};
use kernel::{
    device::{
        self,
        AsBusDevice, //
    },
    error::VTABLE_DEFAULT_ERROR,
    fmt,
    page::PAGE_SIZE,
    prelude::*, //
};

/// Text that a read of an attribute returns: at most one page, as sysfs wants it.
///
/// Implements [`fmt::Write`], so that `write!(out, "0x{:x}\n", src)` works as `sysfs_emit()` does
/// in C. What does not fit in the page is cut off, and the write says so with an error.
pub struct Output<'a> {
    page: &'a mut [u8],
    len: usize,
}

impl<'a> Output<'a> {
    /// Creates an empty text in `page`. Useful in tests; sysfs brings its own page.
    pub fn new(page: &'a mut [u8]) -> Self {
        Self { page, len: 0 }
    }

    /// The text so far.
    pub fn as_bytes(&self) -> &[u8] {
        self.page.get(..self.len).unwrap_or_default()
    }

    /// Appends bytes that need not be valid UTF-8, such as a name that the remote sent.
    ///
    /// # Errors
    ///
    /// [`ENOSPC`] if the page is too small; then as much as fits was taken.
    pub fn write_bytes(&mut self, bytes: &[u8]) -> Result {
        let room = self.page.get_mut(self.len..).unwrap_or_default();
        let count = room.len().min(bytes.len());
        room.iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = *from);
        self.len += count;
        if count < bytes.len() {
            Err(ENOSPC)
        } else {
            Ok(())
        }
    }

    /// Appends a line: `bytes`, which need not be valid UTF-8, and a newline.
    ///
    /// # Errors
    ///
    /// As [`write_bytes`](Output::write_bytes).
    pub fn line(&mut self, bytes: &[u8]) -> Result {
        self.write_bytes(bytes)?;
        self.write_bytes(b"\n")
    }
}

impl fmt::Write for Output<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.write_bytes(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// One attribute of a device.
///
/// # Examples
///
/// ```ignore
/// struct Src;
///
/// #[vtable]
/// impl sysfs::Attribute for Src {
///     type Device = rpmsg::Device;
///     const NAME: &'static CStr = c"src";
///
///     fn show(dev: &rpmsg::Device, out: &mut sysfs::Output<'_>) -> Result {
///         Ok(writeln!(out, "0x{:x}", dev.src())?)
///     }
/// }
/// ```
#[vtable]
pub trait Attribute: 'static {
    /// The device that carries the attribute.
    type Device: AsBusDevice<device::Normal>;

    /// File name.
    const NAME: &'static CStr;

    /// Permission bits. The default fits the functions that the implementation has: 0444, 0200
    /// or 0644.
    const MODE: u16 = match (Self::HAS_SHOW, Self::HAS_STORE) {
        (_, false) => 0o444,
        (false, true) => 0o200,
        (true, true) => 0o644,
    };

    /// Writes the attribute's value to `out`. Called from a user's read; may sleep.
    fn show(_dev: &Self::Device, _out: &mut Output<'_>) -> Result {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Takes a new value. `text` is what the user wrote, at most one page, usually with a newline
    /// at its end (see [`trim`]). Called from a user's write; may sleep.
    fn store(_dev: &Self::Device, _text: &[u8]) -> Result {
        build_error!(VTABLE_DEFAULT_ERROR)
    }
}

/// Removes one newline from the end of `text`, as `sysfs_streq()` ignores it.
pub fn trim(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"\n").unwrap_or(text)
}

extern "C" fn show_callback<A: Attribute>(
    dev: *mut bindings::device,
    _attr: *mut bindings::device_attribute,
    buf: *mut kernel::ffi::c_char,
) -> isize {
    // SAFETY:
    // - sysfs calls this with a valid device that exists for the duration of the call.
    // - The attribute is only reachable through `Groups<A::Device>`, of which the user promised
    //   that all devices which get them are embedded in an `A::Device`.
    let dev = unsafe { A::Device::from_device(device::Device::from_raw(dev)) };
    // SAFETY: `buf` is one zeroed page that nobody else uses until this function returns.
    let page = unsafe { core::slice::from_raw_parts_mut(buf.cast::<u8>(), PAGE_SIZE) };
    let mut out = Output::new(page);

    match A::show(dev, &mut out) {
        // CAST: at most a page.
        Ok(()) => out.len as isize,
        // A value longer than a page is cut off, as sysfs_emit() does.
        Err(_) if out.len == PAGE_SIZE => PAGE_SIZE as isize,
        // CAST: errno values are small.
        Err(error) => error.to_errno() as isize,
    }
}

extern "C" fn store_callback<A: Attribute>(
    dev: *mut bindings::device,
    _attr: *mut bindings::device_attribute,
    buf: *const kernel::ffi::c_char,
    count: usize,
) -> isize {
    // SAFETY: As in `show_callback`.
    let dev = unsafe { A::Device::from_device(device::Device::from_raw(dev)) };
    // SAFETY: sysfs gives `count` bytes, a copy that nobody else uses.
    let text = unsafe { core::slice::from_raw_parts(buf.cast::<u8>(), count) };

    match A::store(dev, text) {
        // CAST: sysfs never gives more than a page.
        Ok(()) => count as isize,
        // CAST: errno values are small.
        Err(error) => error.to_errno() as isize,
    }
}

/// The C object of an attribute; made by [`device_attributes!`](crate::device_attributes) only.
#[repr(transparent)]
pub struct DeviceAttribute<D>(UnsafeCell<bindings::device_attribute>, PhantomData<fn(&D)>);

// SAFETY: The C side serialises what it changes (lockdep's key); Rust code only passes the address
// on.
unsafe impl<D> Sync for DeviceAttribute<D> {}

impl<D: AsBusDevice<device::Normal>> DeviceAttribute<D> {
    /// The C object of the attribute `A`.
    pub const fn new<A: Attribute<Device = D>>() -> Self {
        // SAFETY: All fields of `struct device_attribute` may be zero.
        let mut attr: bindings::device_attribute = unsafe { core::mem::zeroed() };

        attr.attr.name = kernel::str::as_char_ptr_in_const_context(A::NAME);
        attr.attr.mode = A::MODE;
        if A::HAS_SHOW {
            attr.__bindgen_anon_1.show = Some(show_callback::<A>);
        }
        if A::HAS_STORE {
            attr.__bindgen_anon_2.store = Some(store_callback::<A>);
        }
        Self(UnsafeCell::new(attr), PhantomData)
    }

    /// The embedded `struct attribute`, for a table.
    pub const fn as_attribute(&'static self) -> AttributePtr<D> {
        // CAST: `attr` is the first field of `struct device_attribute`.
        AttributePtr(self.0.get().cast(), PhantomData)
    }
}

/// An entry of a table of attributes, or its end.
#[repr(transparent)]
pub struct AttributePtr<D>(*mut bindings::attribute, PhantomData<fn(&D)>);

// SAFETY: Points to a static `DeviceAttribute`, which is `Sync`.
unsafe impl<D> Sync for AttributePtr<D> {}

impl<D> AttributePtr<D> {
    /// The end of a table.
    pub const END: Self = Self(core::ptr::null_mut(), PhantomData);
}

/// An unnamed group of attributes: its files are in the device's own folder.
#[repr(transparent)]
pub struct Group<D>(bindings::attribute_group, PhantomData<fn(&D)>);

// SAFETY: Never changed after its creation; points to static objects only.
unsafe impl<D> Sync for Group<D> {}

impl<D> Group<D> {
    /// A group of the attributes in `table`, whose last entry must be [`AttributePtr::END`].
    pub const fn new(table: &'static [AttributePtr<D>]) -> Self {
        assert!(matches!(table.last(), Some(end) if end.0.is_null()));
        // SAFETY: All fields of `struct attribute_group` may be zero.
        let mut group: bindings::attribute_group = unsafe { core::mem::zeroed() };
        group.__bindgen_anon_2.attrs = table.as_ptr().cast_mut().cast();
        Self(group, PhantomData)
    }
}

/// The attribute groups of all devices of a bus or class.
#[repr(transparent)]
pub struct Groups<D: 'static>([Option<&'static Group<D>>; 2]);

impl<D> Groups<D> {
    /// Groups that consist of one group.
    pub const fn new(group: &'static Group<D>) -> Self {
        Self([Some(group), None])
    }

    /// The C table, ended by NULL.
    pub const fn as_ptr(&'static self) -> *const *const bindings::attribute_group {
        // CAST: `Option<&Group>` is a nullable pointer to a transparent wrapper.
        self.0.as_ptr().cast()
    }
}

/// Defines a static [`Groups`] with one group of [`Attribute`]s.
///
/// # Examples
///
/// ```ignore
/// amp::device_attributes! {
///     /// The attributes of a channel.
///     static CHANNEL_ATTRIBUTES: rpmsg::Device = [Name, Src, Dst];
/// }
/// ```
#[macro_export]
macro_rules! device_attributes {
    ($(#[$meta:meta])* $vis:vis static $name:ident: $device:ty = [$($attr:ty),* $(,)?];) => {
        $(#[$meta])*
        $vis static $name: $crate::sysfs::Groups<$device> = {
            static TABLE: &[$crate::sysfs::AttributePtr<$device>] = &[
                $({
                    static ATTR: $crate::sysfs::DeviceAttribute<$device> =
                        $crate::sysfs::DeviceAttribute::new::<$attr>();
                    ATTR.as_attribute()
                },)*
                $crate::sysfs::AttributePtr::END,
            ];
            static GROUP: $crate::sysfs::Group<$device> = $crate::sysfs::Group::new(TABLE);
            $crate::sysfs::Groups::new(&GROUP)
        };
    };
}

/// Defines an [`Attribute`] that can only be read: its file name, and how its value is written.
///
/// # Examples
///
/// ```ignore
/// amp::read_only_attribute! {
///     /// `src`: the address on this side.
///     struct Src(rpmsg::Device) = c"src", |dev, out| Ok(writeln!(out, "{:#x}", dev.src().0)?)
/// }
/// ```
#[macro_export]
macro_rules! read_only_attribute {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident($device:ty) = $file:expr, |$dev:ident, $out:ident| $show:expr
    ) => {
        $(#[$meta])*
        $vis struct $name;

        #[::kernel::prelude::vtable]
        impl $crate::sysfs::Attribute for $name {
            type Device = $device;
            const NAME: &'static ::kernel::str::CStr = $file;

            fn show(
                $dev: &$device,
                $out: &mut $crate::sysfs::Output<'_>,
            ) -> ::kernel::error::Result {
                $show
            }
        }
    };
}

/// Tells user space that the attribute `name` of `dev` has a new value: wakes a poll of the file.
///
/// May sleep.
pub fn notify<Ctx: device::DeviceContext>(dev: &device::Device<Ctx>, name: &CStr) {
    // SAFETY: The device's kobject is valid as long as the reference; `name` is NUL-terminated.
    unsafe {
        bindings::sysfs_notify(
            &raw mut (*dev.to_raw()).kobj,
            core::ptr::null(),
            name.as_char_ptr(),
        )
    };
}
