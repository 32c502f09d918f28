// SPDX-License-Identifier: GPL-2.0

//! Buffers that a driver fills in place.

use super::Port;
use crate::{
    transport::nocopy,
    Addr, //
};
use amp::window::Window;
use core::ptr::NonNull;
use kernel::{
    io::SysMem,
    prelude::*, //
};

/// A buffer of the transport, to be filled in place and sent. Dropping it gives it back.
///
/// Others wait for buffers: keep it as short a time as possible. The other side can read the buffer
/// at any time and even write it, which is why it can't be borrowed as a slice, and should not be
/// shown secrets.
///
/// # Examples
///
/// ```ignore
/// let buffer = dev.port()?.buffer(Wait::Yes)?;
/// sensor.sample_into(buffer.payload())?;
/// buffer.send(Sensor::SAMPLE_LEN)?;
/// ```
///
/// # Invariants
///
/// The buffer at `payload`, with room for `room` bytes, is lent to the endpoint of `port`, and this is
/// the only object that knows.
#[must_use = "a buffer that is not sent goes back"]
pub struct TxBuffer<'a> {
    port: Port<'a>,
    payload: NonNull<u8>,
    room: usize,
}

// SAFETY: Ports may be used on any thread, and the buffer belongs to nobody else.
unsafe impl Send for TxBuffer<'_> {}
// SAFETY: Shared references give a window only, which takes writes from anywhere.
unsafe impl Sync for TxBuffer<'_> {}

impl<'a> TxBuffer<'a> {
    /// The buffer that the transport has lent.
    ///
    /// # Safety
    ///
    /// [`nocopy::take`] must have returned these just now for the endpoint of `port`.
    pub(super) unsafe fn from_raw(port: Port<'a>, payload: NonNull<u8>, room: usize) -> Self {
        // INVARIANT: By the function's requirements.
        Self {
            port,
            payload,
            room,
        }
    }

    /// Where the payload goes, as long as [`room`](TxBuffer::room). What is in there before it is
    /// written is arbitrary.
    pub fn payload(&self) -> Window<'_> {
        let bytes = core::ptr::slice_from_raw_parts_mut(self.payload.as_ptr(), self.room);
        // SAFETY: By the type invariants so many bytes are there as long as `self` is.
        Window::from_memory(unsafe { SysMem::new(bytes) })
    }

    /// How many bytes of payload fit.
    pub fn room(&self) -> usize {
        self.room
    }

    /// Sends the first `len` bytes to the other end of the endpoint's channel. May sleep if the
    /// buffer was taken so.
    ///
    /// # Errors
    ///
    /// [`EMSGSIZE`] if it has no room for so many, and those of [`Port`]. The error has the buffer if
    /// another try makes sense; `?` drops that, too.
    pub fn send(self, len: usize) -> Result<(), Unsent<'a>> {
        self.send_or_keep(len, None)
    }

    /// As [`send`](TxBuffer::send), to the address `dst`.
    pub fn send_to(self, len: usize, dst: Addr) -> Result<(), Unsent<'a>> {
        self.send_or_keep(len, Some(dst))
    }

    fn send_or_keep(self, len: usize, dst: Option<Addr>) -> Result<(), Unsent<'a>> {
        let this = core::mem::ManuallyDrop::new(self);
        let (port, payload, room) = (this.port, this.payload, this.room);

        // SAFETY: The port's endpoint is valid.
        match unsafe { nocopy::send(port.as_raw(), payload.addr().get(), len, dst) } {
            Ok(()) => Ok(()),
            Err(error) => Err(Unsent {
                // INVARIANT: It is lent still.
                buffer: error.is_kept.then_some(Self {
                    port,
                    payload,
                    room,
                }),
                error: error.error,
            }),
        }
    }
}

impl Drop for TxBuffer<'_> {
    fn drop(&mut self) {
        // SAFETY: The port's endpoint is valid.
        let _ = unsafe { nocopy::release(self.port.as_raw(), self.payload.addr().get()) };
    }
}

/// Why a [`TxBuffer`] was not sent.
pub struct Unsent<'a> {
    /// The reason.
    pub error: Error,
    /// The buffer, with its content, if it is the driver's still: after [`EMSGSIZE`] and what
    /// flow control is to blame for.
    pub buffer: Option<TxBuffer<'a>>,
}

impl From<Unsent<'_>> for Error {
    fn from(unsent: Unsent<'_>) -> Self {
        unsent.error
    }
}
