// SPDX-License-Identifier: GPL-2.0

//! Channels of our transports.

use crate::{
    bus::BUS,
    c_abi,
    transport::{
        endpoint::{
            self,
            Endpoint, //
        },
        Host,
        Refusal,
        Registration,
        MAX_CHANNELS, //
    },
    Addr,
    ChannelInfo,
    Device, //
};
use amp::{
    device::DeviceExt,
    rcu_arc::RcuArc, //
};
use amp_bindings as bindings;
use bindings::{
    rpmsg_channel_info,
    rpmsg_device,
    rpmsg_endpoint, //
};
use core::ptr::null_mut;
use kernel::{
    device::Normal,
    error::to_result,
    ffi::{
        c_int,
        c_void, //
    },
    prelude::*,
    sync::{
        atomic::Relaxed,
        new_spinlock,
        Arc,
        SpinLock, //
    },
    types::Opaque, //
};
use proto::name_service::Action;

/// What a channel is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A service. Comes and goes by announcement or by request of user space.
    Service,
    /// The name service itself, or the control device: as long as the host.
    Special,
}

/// A channel, freed by the driver core with the last reference to its device.
///
/// # Invariants
///
/// It is counted in the host's `channels`.
#[repr(C)]
#[pin_data(PinnedDrop)]
struct Channel {
    /// First, so that a pointer to it is a pointer to the whole.
    #[pin]
    rpdev: Opaque<rpmsg_device>,
    host: Arc<Host>,
    role: Role,
    /// The last endpoint that was [destroyed](super::endpoint_ops::retire), for those who find it in
    /// `rpdev` still.
    #[pin]
    retired: SpinLock<Option<RcuArc<Endpoint>>>,
}

#[pinned_drop]
impl PinnedDrop for Channel {
    fn drop(self: Pin<&mut Self>) {
        self.host.channels.fetch_sub(1, Relaxed);
    }
}

impl Channel {
    /// A channel with everything set that registration wants; [`release`] frees it.
    fn make(host: &Arc<Host>, info: &ChannelInfo, role: Role) -> Result<*mut rpmsg_device> {
        if host.channels.fetch_add(1, Relaxed) >= MAX_CHANNELS {
            host.channels.fetch_sub(1, Relaxed);
            if host.may_complain() {
                dev_err!(
                    host.parent,
                    "no more channels: there are {} already\n",
                    MAX_CHANNELS
                );
            }
            return Err(ENOSPC);
        }

        // INVARIANT: Counted above.
        let channel = KBox::pin_init(
            pin_init!(Self {
                rpdev <- Opaque::zeroed(),
                host: host.clone(),
                role,
                retired <- new_spinlock!(None),
            }),
            GFP_KERNEL,
        )
        .inspect_err(|_| {
            host.channels.fetch_sub(1, Relaxed);
        })?;
        // CAST: `rpdev` is the first field.
        let rpdev: *mut rpmsg_device = channel.rpdev.get();
        // SAFETY: The channel stays in its place until `release` frees it.
        KBox::into_raw(unsafe { Pin::into_inner_unchecked(channel) });

        // SAFETY: The object is new and nobody else knows it.
        unsafe {
            (*rpdev).id.name = info.name.terminated().to_wire();
            (*rpdev).src = info.src.0;
            (*rpdev).dst = info.dst.0;
            // A channel with an address of its own is a service of ours, which the other side has
            // to be told of. Of clients it is told if it wants that.
            (*rpdev).announce =
                role == Role::Service && (info.src.is_definite() || host.tell_bound);
            // The wire format is little-endian; transports that differ are refused.
            (*rpdev).little_endian = true;
            (*rpdev).ops = &OPS;
            (*rpdev).dev.parent = host.parent.to_raw();
            (*rpdev).dev.release = Some(release);
        }
        Ok(rpdev)
    }

    /// The channel of a C object.
    ///
    /// # Safety
    ///
    /// `rpdev` must be that of a living channel of ours.
    unsafe fn from_raw<'a>(rpdev: *mut rpmsg_device) -> &'a Self {
        // CAST: `rpdev` is the first field.
        // SAFETY: By the function's requirements.
        unsafe { &*rpdev.cast::<Self>() }
    }
}

/// Where a channel sends to, [`Addr::ANY`] if its endpoints are for others, as those that the
/// control device makes.
///
/// # Safety
///
/// `rpdev` must be that of a living channel of ours.
pub(super) unsafe fn peer(rpdev: *mut rpmsg_device) -> Addr {
    // SAFETY: By the function's requirements.
    let (role, dev) = unsafe {
        (
            Channel::from_raw(rpdev).role,
            Device::<Normal>::from_raw(rpdev),
        )
    };
    match role {
        Role::Service => dev.dst(),
        Role::Special => Addr::ANY,
    }
}

/// Keeps an endpoint of the channel's in memory, instead of the one that was kept before.
///
/// # Safety
///
/// `rpdev` must be that of a living channel of ours.
pub(super) unsafe fn keep(rpdev: *mut rpmsg_device, endpoint: RcuArc<Endpoint>) {
    // SAFETY: By the function's requirements.
    let channel = unsafe { Channel::from_raw(rpdev) };
    let before = (*channel.retired.lock()).replace(endpoint);
    // Without the lock.
    drop(before);
}

extern "C" fn release(dev: *mut bindings::device) {
    // SAFETY: The driver core calls this once, for the device of a channel that `Channel::make` has
    // leaked, when nobody refers to it any more.
    // CAST: `rpdev` is the first field.
    unsafe {
        let rpdev = kernel::container_of!(dev, rpmsg_device, dev);
        drop(KBox::<Channel>::from_raw(rpdev.cast()));
    }
}

/// Creates one of the special channels, from whose address and to whose address nothing is sent
/// (`addr` both), with a function that registers it.
pub(in crate::transport) fn add_special(
    host: &Arc<Host>,
    addr: Addr,
    register: impl FnOnce(*mut rpmsg_device) -> c_int,
) -> Result {
    let info = ChannelInfo {
        name: crate::Name::from_wire([0; crate::Name::LEN]),
        src: addr,
        dst: addr,
    };
    to_result(register(Channel::make(host, &info, Role::Special)?))
}

/// Finds a channel; the caller puts the reference to its device.
fn find(host: &Host, info: &ChannelInfo) -> Option<*mut rpmsg_device> {
    // SAFETY: Both arguments are valid.
    let dev = unsafe { c_abi::rpmsg_find_device(host.parent.to_raw(), &mut info.to_raw()) };
    if dev.is_null() {
        return None;
    }
    // SAFETY: All that is found is embedded in a `struct rpmsg_device`.
    Some(unsafe { kernel::container_of!(dev, rpmsg_device, dev) })
}

/// Creates a channel, unless there is one that `info` describes.
pub(in crate::transport) fn create(
    host: &Arc<Host>,
    info: &ChannelInfo,
) -> Result<*mut rpmsg_device> {
    // The host waits for us before it removes all channels.
    let _transport = host.transport.enter().ok_or(ENXIO)?;

    if let Some(twin) = find(host, info) {
        // SAFETY: Puts the reference of the search.
        unsafe { bindings::put_device(&raw mut (*twin).dev) };
        if host.may_complain() {
            dev_err!(
                host.parent,
                "channel {}:{:#x}:{:#x} already exists\n",
                format_args!("{}", info.name),
                info.src.0,
                info.dst.0
            );
        }
        return Err(EEXIST);
    }

    let rpdev = Channel::make(host, info, Role::Service)?;
    // SAFETY: The channel is filled in and not registered. On failure this frees it.
    to_result(unsafe { c_abi::rpmsg_register_device(rpdev) }).inspect_err(|error| {
        if host.may_complain() {
            dev_err!(
                host.parent,
                "channel {}:{:#x}:{:#x} can't be registered, a similar one may exist: {}\n",
                format_args!("{}", info.name),
                info.src.0,
                info.dst.0,
                error.to_errno()
            );
        }
    })?;
    Ok(rpdev)
}

/// Removes the channel that `info` describes.
fn remove(host: &Host, info: &ChannelInfo) -> Result {
    // As in `create`.
    let _transport = host.transport.enter().ok_or(ENXIO)?;

    let rpdev = find(host, info).ok_or(EINVAL)?;
    // SAFETY: The search took a reference. All our host's channels are ours.
    let removed = unsafe {
        if Channel::from_raw(rpdev).role == Role::Service {
            BUS.unregister(Device::<Normal>::from_raw(rpdev).as_ref());
            Ok(())
        } else {
            // The other side would make the name service wait for itself.
            if host.may_complain() {
                dev_err!(
                    host.parent,
                    "channel {} belongs to the transport and can't be removed\n",
                    format_args!("{}", info.name)
                );
            }
            Err(EPERM)
        }
    };
    // SAFETY: Puts the reference of the search.
    unsafe { bindings::put_device(&raw mut (*rpdev).dev) };
    removed
}

/// Removes all channels, the youngest first: clients before the name service.
pub(in crate::transport) fn remove_all(host: &Host) {
    extern "C" fn remove_one(dev: *mut bindings::device, _: *mut c_void) -> c_int {
        // SAFETY: The driver core gives a valid child and holds a reference to it.
        unsafe {
            BUS.unregister(kernel::device::Device::from_raw(dev));
        }
        0
    }

    // SAFETY: The parent is valid, and `remove_one` may be called for each of its children.
    unsafe {
        bindings::device_for_each_child_reverse(host.parent.to_raw(), null_mut(), Some(remove_one))
    };
}

/// The channel of a C object, if it is one of ours.
///
/// # Safety
///
/// `rpdev` must be a registered channel, which stays as long as the result is used.
unsafe fn ours<'a>(rpdev: *mut rpmsg_device) -> Option<&'a Channel> {
    // SAFETY: By the function's requirements; channels with this table are ours.
    unsafe { core::ptr::eq((*rpdev).ops, &OPS).then(|| Channel::from_raw(rpdev)) }
}

/// What rpmsg_create_channel() does, with an error that says why not. `None` if that is the business
/// of another transport.
///
/// # Safety
///
/// `rpdev` must be a registered channel.
pub(crate) unsafe fn create_channel(
    rpdev: *mut rpmsg_device,
    info: &ChannelInfo,
) -> Option<Result> {
    // SAFETY: By the function's requirements.
    let host = &unsafe { ours(rpdev) }?.host;
    Some(create(host, info).map(|_| ()))
}

/// Counts an announcement that was refused. Returns how many of its kind there are, 0 if the transport
/// is another one.
///
/// # Safety
///
/// `rpdev` must be a registered channel.
pub(crate) unsafe fn count_refusal(rpdev: *mut rpmsg_device, refusal: Refusal) -> usize {
    // SAFETY: By the function's requirements.
    unsafe { ours(rpdev) }.map_or(0, |channel| channel.host.counters.refusals.count(refusal))
}

static OPS: bindings::rpmsg_device_ops = bindings::rpmsg_device_ops {
    create_channel: Some(create_channel_c),
    release_channel: Some(release_channel),
    create_ept: Some(create_ept),
    announce_create: Some(announce_create),
    announce_destroy: Some(announce_destroy),
};

extern "C" fn create_channel_c(
    rpdev: *mut rpmsg_device,
    info: *mut rpmsg_channel_info,
) -> *mut rpmsg_device {
    // SAFETY: This is called for channels of ours, with a valid `info`.
    let (host, info) = unsafe {
        (
            &Channel::from_raw(rpdev).host,
            ChannelInfo::from_raw(&*info),
        )
    };
    create(host, &info).unwrap_or(null_mut())
}

extern "C" fn release_channel(rpdev: *mut rpmsg_device, info: *mut rpmsg_channel_info) -> c_int {
    // SAFETY: As in `create_channel_c`.
    let (host, info) = unsafe {
        (
            &Channel::from_raw(rpdev).host,
            ChannelInfo::from_raw(&*info),
        )
    };
    match remove(host, &info) {
        Ok(()) => 0,
        Err(error) => error.to_errno(),
    }
}

extern "C" fn create_ept(
    rpdev: *mut rpmsg_device,
    cb: bindings::rpmsg_rx_cb_t,
    private: *mut c_void,
    info: rpmsg_channel_info,
) -> *mut rpmsg_endpoint {
    // SAFETY: This is called for channels of ours.
    let host = unsafe { &Channel::from_raw(rpdev).host };
    endpoint::create(host, rpdev, cb, private, Addr(info.src), false).unwrap_or(null_mut())
}

/// As the operation `create_ept`, for a channel's own endpoint: messages wait until its driver is
/// [ready](super::endpoint_ops::start). [`None`] for channels of other transports.
///
/// # Safety
///
/// As `rpmsg_create_ept()`.
pub(crate) unsafe fn create_held(
    rpdev: *mut rpmsg_device,
    cb: bindings::rpmsg_rx_cb_t,
    addr: Addr,
) -> Option<*mut rpmsg_endpoint> {
    // SAFETY: By the function's requirements.
    let host = &unsafe { ours(rpdev) }?.host;
    Some(endpoint::create(host, rpdev, cb, null_mut(), addr, true).unwrap_or(null_mut()))
}

extern "C" fn announce_create(rpdev: *mut rpmsg_device) -> c_int {
    // SAFETY: This is called for channels of ours.
    match unsafe { announce(rpdev, Action::Create) } {
        Ok(()) => 0,
        Err(error) => error.to_errno(),
    }
}

extern "C" fn announce_destroy(rpdev: *mut rpmsg_device) -> c_int {
    // SAFETY: As in `announce_create`.
    match unsafe { announce(rpdev, Action::Destroy) } {
        // Nobody is left to tell.
        Ok(()) | Err(ENXIO) => 0,
        Err(error) => {
            // SAFETY: As in `announce_create`.
            let dev = unsafe { Device::<Normal>::from_raw(rpdev) };
            dev_err!(
                dev,
                "the other side was not told that the channel goes: {}\n",
                error.to_errno()
            );
            error.to_errno()
        }
    }
}

/// Tells the other side about a channel that it has to be told of.
///
/// # Safety
///
/// `rpdev` must be that of a living channel of ours, whose endpoint is not destroyed meanwhile.
unsafe fn announce(rpdev: *mut rpmsg_device, action: Action) -> Result {
    // SAFETY: By the function's requirements.
    let (host, dev) = unsafe {
        (
            &Channel::from_raw(rpdev).host,
            Device::<Normal>::from_raw(rpdev),
        )
    };
    let ept = dev.endpoint();

    if !dev.is_announced() || ept.is_null() {
        return Ok(());
    }
    // SAFETY: The channel's endpoint is valid by the function's requirements.
    host.announce(dev.name(), Addr(unsafe { (*ept).addr }), action)
}

impl Registration {
    /// Registers the device through which user space creates endpoints and channels,
    /// `<parent>.rpmsg_ctrl.0.0`; its driver is in another module. Process context.
    pub fn add_control_device(&self) -> Result {
        add_special(&self.host, Addr(0), |rpdev| {
            // SAFETY: `add_special` gives a device as `rpmsg_register_device_override` wants it.
            unsafe { c_abi::rpmsg_register_device_override(rpdev, c"rpmsg_ctrl".as_char_ptr()) }
        })
    }

    /// Registers the device that takes announcements, `<parent>.rpmsg_ns.53.53`. Process context.
    ///
    /// The function that does it is in the name service's module, as in the C implementation, so
    /// this is compiled into the transport's module, which thereby depends on it.
    #[inline]
    pub fn add_name_service(&self) -> Result {
        add_special(&self.host, Addr::NAME_SERVICE, |rpdev| {
            // SAFETY: `add_special` gives a device as `rpmsg_register_device_override` wants it.
            unsafe { bindings::rpmsg_ns_register_device(rpdev) }
        })
    }
}
