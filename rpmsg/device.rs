// SPDX-License-Identifier: GPL-2.0

//! Channels: the devices of the bus.

use crate::{
    Addr,
    Name,
    Port, //
};
use amp::device::DeviceExt;
use amp_bindings as bindings;
use core::{
    marker::PhantomData,
    mem::offset_of,
    ptr::NonNull, //
};
use kernel::{
    device::{
        self,
        Bound, //
    },
    error::to_result,
    prelude::*,
    types::Opaque, //
};

/// What identifies a channel on its transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelInfo {
    /// The name of the service.
    pub name: Name,
    /// The address on this side; [`Addr::ANY`]: whichever is free, or does not matter.
    pub src: Addr,
    /// The address on the other side; [`Addr::ANY`]: none, or does not matter.
    pub dst: Addr,
}

impl ChannelInfo {
    /// The C form, in which the name ends with a NUL byte; for the C ABI edge.
    pub fn to_raw(self) -> bindings::rpmsg_channel_info {
        bindings::rpmsg_channel_info {
            name: self.name.terminated().to_wire(),
            src: self.src.0,
            dst: self.dst.0,
        }
    }

    /// From the C form, for the C ABI edge. The name counts up to its NUL byte or its 32nd byte, as
    /// strncmp() takes it.
    pub fn from_raw(raw: &bindings::rpmsg_channel_info) -> Self {
        Self {
            name: Name::from_wire(raw.name),
            src: Addr(raw.src),
            dst: Addr(raw.dst),
        }
    }

    /// Whether a channel is the one that `self` describes. [`Addr::ANY`] in `self` fits all.
    pub(crate) fn fits(&self, channel: &Device<impl device::DeviceContext>) -> bool {
        let fits = |wanted: Addr, is: Addr| !wanted.is_definite() || wanted == is;

        fits(self.src, channel.src())
            && fits(self.dst, channel.dst())
            && self.name.as_bytes() == channel.name().as_bytes()
    }
}

/// A channel.
///
/// # Invariants
///
/// A [`Device`] instance represents a valid `struct rpmsg_device`.
#[repr(transparent)]
pub struct Device<Ctx: device::DeviceContext = device::Normal>(
    Opaque<bindings::rpmsg_device>,
    PhantomData<Ctx>,
);

impl<Ctx: device::DeviceContext> Device<Ctx> {
    /// The C object, for the C ABI edge.
    pub fn as_raw(&self) -> *mut bindings::rpmsg_device {
        self.0.get()
    }

    /// Wraps a C object, for the C ABI edge.
    ///
    /// # Safety
    ///
    /// `ptr` must be valid for `'a`, and the context must be the right one, as for
    /// [`device::Device::from_raw`].
    pub unsafe fn from_raw<'a>(ptr: *mut bindings::rpmsg_device) -> &'a Self {
        // SAFETY: By the function's requirements; `Device` is a transparent wrapper.
        unsafe { &*ptr.cast() }
    }

    /// The name of the service, as it was announced: it may contain any bytes.
    pub fn name(&self) -> Name {
        // SAFETY: By the type invariants the device is valid; its name is set before it is
        // registered and does not change afterwards.
        Name::from_wire(unsafe { (*self.as_raw()).id.name })
    }

    /// The address on this side. While no driver is bound this is what was asked for, possibly
    /// [`Addr::ANY`]; afterwards it is the bound address.
    pub fn src(&self) -> Addr {
        // SAFETY: By the type invariants the device is valid. The field may change while it is
        // read, but it is one word.
        Addr(unsafe { (&raw const (*self.as_raw()).src).read_volatile() })
    }

    /// The address on the other side, to which [`send`](Device::send) sends.
    pub fn dst(&self) -> Addr {
        // SAFETY: As in `src`.
        Addr(unsafe { (&raw const (*self.as_raw()).dst).read_volatile() })
    }

    /// Whether the channel is announced to the other side when it gets its driver.
    pub fn is_announced(&self) -> bool {
        // SAFETY: By the type invariants the device is valid. A bool that C wrote is 0 or 1.
        unsafe { (*self.as_raw()).announce }
    }

    /// The channel's endpoint, NULL if it has none (yet, or any more).
    pub(crate) fn endpoint(&self) -> *mut bindings::rpmsg_endpoint {
        // SAFETY: By the type invariants the device is valid; the field is one word.
        unsafe { (&raw const (*self.as_raw()).ept).read_volatile() }
    }

    /// Makes `ept` the channel's endpoint.
    pub(crate) fn set_endpoint(&self, ept: *mut bindings::rpmsg_endpoint) {
        // SAFETY: By the type invariants the device is valid; the field is one word.
        unsafe { (&raw mut (*self.as_raw()).ept).write_volatile(ept) }
    }

    /// The processor on the other side, as a device: the transport's.
    pub fn parent(&self) -> Option<&device::Device> {
        self.as_ref().parent_device()
    }
}

/// Sending, and managing channels: for bound drivers.
///
/// All of this may sleep. Functions that send fail with what [`Port`] says, and with [`ENXIO`] when
/// the channel is being removed.
impl Device<Bound> {
    /// The sending side of the channel's own endpoint.
    ///
    /// # Errors
    ///
    /// [`ENXIO`] if it has none: the channel is being removed.
    pub fn port(&self) -> Result<Port<'_>> {
        let ept = self.endpoint();
        if ept.is_null() {
            return Err(ENXIO);
        }
        // SAFETY: The adapter takes the endpoint away before it drops the driver's data, and
        // destroys it afterwards: who finds it here may use it as long as the device is bound.
        Ok(unsafe { Port::new(ept) })
    }

    /// Sends `payload` to the channel's other end; waits up to 15 s for a buffer.
    pub fn send(&self, payload: &[u8]) -> Result {
        self.port()?.send(payload)
    }

    /// As [`send`](Device::send), to another address of the same processor.
    pub fn send_to(&self, payload: &[u8], dst: Addr) -> Result {
        self.port()?.send_to(payload, dst)
    }

    /// As [`send`](Device::send), but fails with [`ENOMEM`] instead of waiting for a buffer.
    pub fn try_send(&self, payload: &[u8]) -> Result {
        self.port()?.try_send(payload)
    }

    /// As [`send_to`](Device::send_to), but fails with [`ENOMEM`] instead of waiting for a buffer.
    pub fn try_send_to(&self, payload: &[u8], dst: Addr) -> Result {
        self.port()?.try_send_to(payload, dst)
    }

    /// The longest payload in bytes.
    pub fn mtu(&self) -> Result<usize> {
        self.port()?.mtu()
    }

    /// Creates a channel beside this one, which then gets a driver as any other.
    ///
    /// # Errors
    ///
    /// [`ENXIO`] if it could not be created; the log says why.
    pub fn create_channel(&self, info: &ChannelInfo) -> Result {
        let mut raw = info.to_raw();
        // SAFETY: The device is valid by the type invariants, `raw` for the call.
        let created = unsafe { crate::c_abi::rpmsg_create_channel(self.as_raw(), &mut raw) };
        if created.is_null() {
            Err(ENXIO)
        } else {
            Ok(())
        }
    }

    /// Removes the channel beside this one that `info` describes.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if there is none.
    pub fn release_channel(&self, info: &ChannelInfo) -> Result {
        let mut raw = info.to_raw();
        // SAFETY: The device is valid by the type invariants, `raw` for the call.
        to_result(unsafe { crate::c_abi::rpmsg_release_channel(self.as_raw(), &mut raw) })
    }
}

// SAFETY: `Device` is a transparent wrapper of `struct rpmsg_device`.
// The offset is guaranteed to point to a valid device field inside `Device`.
unsafe impl<Ctx: device::DeviceContext> device::AsBusDevice<Ctx> for Device<Ctx> {
    const OFFSET: usize = offset_of!(bindings::rpmsg_device, dev);
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
        // SAFETY: By the type invariants `self.as_raw()` is a valid `struct rpmsg_device`.
        let dev = unsafe { &raw mut (*self.as_raw()).dev };

        // SAFETY: `dev` points to a valid `struct device`.
        unsafe { device::Device::from_raw(dev) }
    }
}

// SAFETY: A `Device` is always reference-counted and can be released from any thread.
unsafe impl Send for Device {}

// SAFETY: `Device` can be shared among threads because all methods of `Device<Normal>` are thread
// safe.
unsafe impl Sync for Device {}

// SAFETY: Same as `Device<Normal>`: `Bound` is a zero-sized type-state marker.
unsafe impl Sync for Device<Bound> {}
