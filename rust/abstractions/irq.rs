// SPDX-License-Identifier: GPL-2.0

//! Threaded interrupt handlers that may acknowledge their interrupt once more.
//!
//! Complements [`kernel::irq`]. Its registrations are unsafe to make, because a handler that
//! borrows from its device must not stay registered when the device is unbound. A handler here
//! borrows nothing: one that is never unregistered is a leak, not a danger.
//!
//! C headers: [`include/linux/interrupt.h`](srctree/include/linux/interrupt.h),
//! [`include/linux/irq.h`](srctree/include/linux/irq.h)

use amp_bindings as bindings;
use kernel::{
    device::Bound,
    irq,
    platform,
    prelude::*, //
};

pub use kernel::irq::{
    Flags,
    IrqReturn,
    ThreadedIrqReturn, //
};

/// The interrupt that is being handled.
pub struct Line(u32);

impl Line {
    /// Acknowledges the interrupt at its controller, which the kernel did before it called the
    /// handler.
    ///
    /// For a source that holds its line until the handler clears it, behind a controller whose
    /// driver treats all interrupts as edges: that has latched the interrupt again in between, and
    /// would raise it a second time for nothing.
    pub fn acknowledge(&self) {
        // SAFETY: Lines exist only while their handler runs in hard interrupt context, for an
        // interrupt that is requested: its descriptor and chip stay, and nobody else acknowledges.
        unsafe { bindings::irq_chip_ack(self.0) };
    }
}

/// A handler in two parts.
pub trait ThreadedHandler: Sync + 'static {
    /// The first part, in hard interrupt context: must not sleep.
    fn handle(&self, line: &Line) -> ThreadedIrqReturn;

    /// The second part, in a thread, after the first has returned
    /// [`WakeThread`](ThreadedIrqReturn::WakeThread) (once or more often). May sleep.
    fn handle_threaded(&self) -> IrqReturn;
}

/// A registered [`ThreadedHandler`]. Dropped, it waits for both parts to end, so its drop sleeps.
#[pin_data]
pub struct Threaded<'a, T: ThreadedHandler> {
    #[pin]
    registration: irq::ThreadedRegistration<'a, Handler<T>>,
}

#[pin_data]
struct Handler<T> {
    line: Line,
    #[pin]
    inner: T,
}

impl<T: ThreadedHandler> irq::ThreadedHandler for Handler<T> {
    fn handle(&self) -> ThreadedIrqReturn {
        self.inner.handle(&self.line)
    }

    fn handle_threaded(&self) -> IrqReturn {
        self.inner.handle_threaded()
    }
}

impl<'a, T: ThreadedHandler> Threaded<'a, T> {
    /// Requests interrupt number `index` of the device's `interrupts`. `name` is what
    /// `/proc/interrupts` calls it.
    ///
    /// The handler may be called at once. May sleep.
    ///
    /// # Errors
    ///
    /// - [`ENXIO`] if the device has no such interrupt.
    /// - [`EPROBE_DEFER`] if the interrupt controller is not there yet.
    /// - [`EBUSY`] if somebody else has it.
    pub fn request(
        pdev: &'a platform::Device<Bound>,
        index: u32,
        flags: Flags,
        name: &'static CStr,
        handler: impl PinInit<T, Error> + 'a,
    ) -> impl PinInit<Self, Error> + 'a {
        pin_init::pin_init_scope(move || {
            let line = Line(pdev.irq_by_index(index)?.irq());
            let handler = try_pin_init!(Handler {
                line,
                inner <- handler,
            }? Error);

            Ok(try_pin_init!(Self {
                // SAFETY: Whoever forgets it leaks it. The handler is pinned and borrows nothing,
                // so it stays valid then, and the interrupt stays requested.
                registration <- unsafe {
                    pdev.request_threaded_irq_by_index(flags, index, name, handler)
                },
            }? Error))
        })
    }

    /// The handler, for the rest of the driver.
    pub fn handler(&self) -> &T {
        &self.registration.handler().inner
    }
}
