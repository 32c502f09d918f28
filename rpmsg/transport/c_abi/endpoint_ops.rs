// SPDX-License-Identifier: GPL-2.0

//! What drivers, C ones among them, do with an endpoint.

use super::channel;
use crate::{
    c_abi,
    transport::{
        endpoint::{
            self,
            Endpoint, //
        },
        send::Origin,
        Wait,
        When, //
    },
    Addr,
    Device, //
};
use amp::{
    rcu_arc::RcuArc,
    wait_cycle::Patience, //
};
use amp_bindings as bindings;
use bindings::rpmsg_endpoint;
use core::mem::ManuallyDrop;
use kernel::{
    device::Normal,
    ffi::{
        c_int,
        c_void, //
    },
    prelude::*,
    sync::atomic::{
        Acquire,
        Relaxed,
        Release, //
    }, //
};

impl Endpoint {
    /// The endpoint of a C object, for the length of a call.
    ///
    /// # Safety
    ///
    /// `ept` must be that of an endpoint whose owner has not destroyed it.
    unsafe fn from_raw<'a>(ept: *mut rpmsg_endpoint) -> &'a Self {
        // CAST: `c` is the first field.
        // SAFETY: By the function's requirements.
        unsafe { &*ept.cast::<Self>() }
    }

    /// Whether nothing is sent from here any more.
    pub(in crate::transport) fn is_muted(&self) -> bool {
        self.muted.load(Acquire)
    }

    /// Where the endpoint's channel sends to.
    pub(in crate::transport) fn channel_dst(&self) -> Addr {
        // SAFETY: The object is valid, and so is its channel as long as the endpoint is in use.
        unsafe { Device::<Normal>::from_raw(self.c.channel()) }.dst()
    }
}

/// The operations of each endpoint.
pub(in crate::transport) static OPS: bindings::rpmsg_endpoint_ops = bindings::rpmsg_endpoint_ops {
    destroy_ept: Some(destroy_ept),
    send: Some(send),
    sendto: Some(sendto),
    trysend: Some(trysend),
    trysendto: Some(trysendto),
    poll: Some(poll),
    set_flow_control: Some(set_flow_control),
    get_mtu: Some(get_mtu),
};

/// Lets nothing be sent from an endpoint any more, and wakes those who wait to. Nothing happens to
/// endpoints of other transports.
///
/// # Safety
///
/// `ept` must be a valid endpoint.
pub(crate) unsafe fn shutdown(ept: *mut rpmsg_endpoint) {
    // SAFETY: By the function's requirements; endpoints with this table are ours.
    let endpoint = unsafe {
        if !core::ptr::eq((*ept).ops, &OPS) {
            return;
        }
        Endpoint::from_raw(ept)
    };
    endpoint.muted.store(true, Release);
    endpoint.host.senders.wake_all();
    endpoint.flow.wake_all();
}

/// Ends an endpoint's callbacks, for who can't go on before they have ended: who waits for that in one
/// of them, by destroying another endpoint, goes on without having waited. Returns false if one runs
/// still, since it is the caller, or waits for the caller in a way that can't be helped. Nothing
/// happens to endpoints of other transports.
///
/// # Safety
///
/// `ept` must be a valid endpoint.
pub(crate) unsafe fn settle(ept: *mut rpmsg_endpoint) -> bool {
    // SAFETY: By the function's requirements.
    match unsafe { ours(ept) } {
        Ok(endpoint) => endpoint::settle(endpoint, Patience::Endless),
        Err(_) => true,
    }
}

/// The callbacks of an endpoint never sleep from now on. Nothing happens to endpoints of other
/// transports.
///
/// # Safety
///
/// As [`ours`], for as long as this takes.
pub(crate) unsafe fn set_atomic(ept: *mut rpmsg_endpoint) {
    // SAFETY: By the function's requirements.
    if let Ok(endpoint) = unsafe { ours(ept) } {
        endpoint.set_atomic();
    }
}

/// Sets how long sending from an endpoint waits, in milliseconds.
///
/// # Errors
///
/// [`EOPNOTSUPP`] for endpoints of other transports.
///
/// # Safety
///
/// As [`ours`], for as long as this takes.
pub(crate) unsafe fn set_send_timeout(ept: *mut rpmsg_endpoint, ms: u32) -> Result {
    // SAFETY: By the function's requirements.
    unsafe { ours(ept) }?.send_timeout_ms.store(ms, Relaxed);
    Ok(())
}

/// What rpmsg_set_flow_control() does, without waiting for a buffer: [`ENOMEM`] if there is none.
///
/// # Errors
///
/// [`EOPNOTSUPP`] for endpoints of other transports; those of a send.
///
/// # Safety
///
/// As [`ours`], for as long as this takes.
pub(crate) unsafe fn try_set_flow_control(
    ept: *mut rpmsg_endpoint,
    pause: bool,
    dst: Addr,
) -> Result {
    // SAFETY: By the function's requirements.
    let endpoint = unsafe { ours(ept) }?;
    endpoint.host.ask_to_pause(endpoint, dst, pause, Wait::No)
}

/// The endpoint of a C object, if it is one of ours.
///
/// # Safety
///
/// `ept` must be NULL or a valid endpoint whose owner does not destroy it for as long as the result
/// is used.
pub(in crate::transport) unsafe fn ours<'a>(ept: *mut rpmsg_endpoint) -> Result<&'a Endpoint> {
    // SAFETY: By the function's requirements.
    let ops = unsafe { ept.as_ref() }.ok_or(EINVAL)?.ops;
    if !core::ptr::eq(ops, &OPS) {
        return Err(EOPNOTSUPP);
    }
    // SAFETY: By the function's requirements; endpoints with this table are ours.
    Ok(unsafe { Endpoint::from_raw(ept) })
}

/// Destroys the endpoint that a channel has had for its driver in C. Process context, may sleep.
///
/// An endpoint of ours stays in memory for those who come late, a program that still has a terminal
/// open for example: until the channel parts with another one, or is released, sending from it fails
/// with [`ENXIO`]. Returns whether it does; endpoints of other transports are gone.
///
/// # Safety
///
/// `ept` must be a valid endpoint that nobody else destroys, and its channel not released meanwhile.
pub(crate) unsafe fn retire(ept: *mut rpmsg_endpoint) -> bool {
    // SAFETY: By the function's requirements.
    let endpoint = unsafe { reference(ept) };
    let stays = endpoint.is_ok();
    if let Ok(endpoint) = endpoint {
        let channel = endpoint.c.channel();
        // SAFETY: The endpoint's channel is one of ours, and valid by the requirements.
        unsafe { channel::keep(channel, endpoint) };
    }
    // SAFETY: By the function's requirements.
    unsafe { c_abi::rpmsg_destroy_ept(ept) };
    stays
}

/// One more reference to an endpoint, if it is one of ours.
///
/// # Safety
///
/// As [`ours`], for this call.
pub(in crate::transport) unsafe fn reference(ept: *mut rpmsg_endpoint) -> Result<RcuArc<Endpoint>> {
    // SAFETY: By the function's requirements.
    unsafe { ours(ept) }?;
    // CAST: `c` is the first field.
    let endpoint = ept.cast_const().cast::<Endpoint>();
    // SAFETY: The owner's reference is the pointer, and stays.
    let owners = ManuallyDrop::new(unsafe { RcuArc::from_raw(endpoint) });
    Ok(RcuArc::clone(&owners))
}

/// The driver is ready for the messages of its channel's own endpoint. Nothing happens to endpoints
/// of other transports. Any context.
///
/// # Safety
///
/// As [`ours`], for this call.
pub(crate) unsafe fn start(ept: *mut rpmsg_endpoint) {
    // SAFETY: By the function's requirements.
    if let Ok(endpoint) = unsafe { reference(ept) } {
        endpoint::start(&endpoint);
    }
}

/// Who sends wants answers, also before its probe has returned.
///
/// # Safety
///
/// As [`ours`], for this call; `endpoint` must be `ept`'s.
#[inline]
pub(in crate::transport) unsafe fn answers_may_come(ept: *mut rpmsg_endpoint, endpoint: &Endpoint) {
    if endpoint.is_held() {
        // SAFETY: By the function's requirements.
        unsafe { start(ept) };
    }
}

fn to_int(result: Result) -> c_int {
    match result {
        Ok(()) => 0,
        Err(error) => error.to_errno(),
    }
}

extern "C" fn destroy_ept(ept: *mut rpmsg_endpoint) {
    // Who waits for a buffer may be the callback, which is waited for.
    // SAFETY: The owner has not destroyed it yet.
    unsafe { shutdown(ept) };

    // SAFETY: The owner gives back the reference that `create` gave to it.
    // CAST: `c` is the first field.
    let endpoint = unsafe { RcuArc::from_raw(ept.cast_const().cast::<Endpoint>()) };

    endpoint.host.let_all_go_on(&endpoint);
    // No new message finds it, then the callback comes to rest.
    drop(endpoint.host.endpoints.remove(endpoint.addr.0, &endpoint));
    endpoint::close(&endpoint);
}

/// What rpmsg_send() and the like do, to the other end of the channel if `dst` is [`None`].
///
/// # Safety
///
/// `ept` must be that of an endpoint whose owner has not destroyed it, `data` valid for reading `len`
/// bytes.
unsafe fn send_from(
    ept: *mut rpmsg_endpoint,
    data: *const c_void,
    len: c_int,
    dst: Option<Addr>,
    wait: Wait,
) -> c_int {
    // SAFETY: By the function's requirements.
    let endpoint = unsafe { Endpoint::from_raw(ept) };
    let payload = match usize::try_from(len) {
        Ok(0) => &[],
        // SAFETY: By the function's requirements.
        Ok(len) => unsafe { core::slice::from_raw_parts(data.cast::<u8>(), len) },
        Err(_) => return EMSGSIZE.to_errno(),
    };
    // SAFETY: As above.
    unsafe { answers_may_come(ept, endpoint) };

    let dst = dst.unwrap_or_else(|| endpoint.channel_dst());
    to_int(
        endpoint
            .host
            .send(Origin::Endpoint(endpoint), dst, payload, wait),
    )
}

extern "C" fn send(ept: *mut rpmsg_endpoint, data: *const c_void, len: c_int) -> c_int {
    // SAFETY: The caller owns the endpoint, and gives `len` bytes.
    unsafe { send_from(ept, data, len, None, Wait::Yes) }
}

extern "C" fn sendto(ept: *mut rpmsg_endpoint, data: *const c_void, len: c_int, dst: u32) -> c_int {
    // SAFETY: As in `send`.
    unsafe { send_from(ept, data, len, Some(Addr(dst)), Wait::Yes) }
}

extern "C" fn trysend(ept: *mut rpmsg_endpoint, data: *const c_void, len: c_int) -> c_int {
    // SAFETY: As in `send`.
    unsafe { send_from(ept, data, len, None, Wait::No) }
}

extern "C" fn trysendto(
    ept: *mut rpmsg_endpoint,
    data: *const c_void,
    len: c_int,
    dst: u32,
) -> c_int {
    // SAFETY: As in `send`.
    unsafe { send_from(ept, data, len, Some(Addr(dst)), Wait::No) }
}

extern "C" fn poll(
    ept: *mut rpmsg_endpoint,
    filp: *mut bindings::file,
    wait: *mut bindings::poll_table,
) -> bindings::__poll_t {
    // SAFETY: The caller owns the endpoint.
    let endpoint = unsafe { Endpoint::from_raw(ept) };
    let host = &endpoint.host;

    // SAFETY: `filp` and `wait` are what the caller's poll got. The queues are the host's, which the
    // channel keeps, and the caller's device keeps the channel for as long as the file is open.
    unsafe {
        bindings::poll_wait(filp, host.senders.as_raw(), wait);
        bindings::poll_wait(filp, host.resumed.as_raw(), wait);
    }
    if endpoint.is_muted() {
        return EPOLLERR;
    }
    match host.transport.enter() {
        Some(_) if endpoint.flow.is_paused(endpoint.c.peer()) => 0,
        Some(transport) => match transport.has_buffer(When::One) {
            Ok(true) => EPOLLOUT,
            Ok(false) => 0,
            Err(_) => EPOLLERR,
        },
        None => EPOLLERR,
    }
}

/// As in `include/uapi/linux/eventpoll.h`, whose casts bindgen does not follow.
const EPOLLOUT: bindings::__poll_t = 0x4;
/// As above.
const EPOLLERR: bindings::__poll_t = 0x8;

extern "C" fn set_flow_control(ept: *mut rpmsg_endpoint, pause: bool, dst: u32) -> c_int {
    // SAFETY: The caller owns the endpoint.
    let endpoint = unsafe { Endpoint::from_raw(ept) };
    let host = &endpoint.host;
    to_int(host.ask_to_pause(endpoint, Addr(dst), pause, Wait::Yes))
}

extern "C" fn get_mtu(ept: *mut rpmsg_endpoint) -> isize {
    // SAFETY: The caller owns the endpoint.
    let endpoint = unsafe { Endpoint::from_raw(ept) };
    if endpoint.is_muted() {
        // CAST: An errno value is small.
        return ENXIO.to_errno() as isize;
    }
    // CAST: Transports move at most 64 KiB at a time.
    endpoint.host.mtu as isize
}
