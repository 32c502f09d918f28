// SPDX-License-Identifier: GPL-2.0

//! The signals between Linux and the DSP.

use amp::irq::{
    Flags,
    IrqReturn,
    Line,
    Threaded,
    ThreadedHandler,
    ThreadedIrqReturn, //
};
use kernel::{
    bits::bit_u32,
    device::Bound,
    io::{
        mem::DevresIoMem,
        Io, //
    },
    platform,
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Acquire,
            AtomicFlag,
            Release, //
        },
        SetOnce, //
    }, //
};
use remoteproc::Crash;

/// The registers CHIPSIG (a written 1 raises a signal, reads say which are raised) and CHIPSIG_CLR
/// (a written 1 takes it back).
mod regs {
    pub(super) const SIZE: usize = 8;
    pub(super) const CHIPSIG: usize = 0;
    pub(super) const CHIPSIG_CLR: usize = 4;
}

/// From the DSP: look at the vrings.
const FROM_DSP: u32 = bit_u32(0);

/// From the DSP, together with [`FROM_DSP`], whose interrupt it has to borrow: the firmware has
/// crashed. Firmware that knows nothing of this never raises it.
const CRASHED: u32 = bit_u32(1);

/// To the DSP: look at the vrings.
const TO_DSP: u32 = bit_u32(2);

/// A virtqueue's notify id: which of them has something new, a signal does not say.
const VIRTQUEUES: u32 = 2;

/// The signals of a DSP, both ways.
#[pin_data]
pub(crate) struct Signals<'bound> {
    #[pin]
    irq: Threaded<'bound, Inbox>,
}

/// What the interrupt handler needs.
struct Inbox {
    // Not borrowed from the device, since an interrupt handler must not be.
    chipsig: DevresIoMem<{ regs::SIZE }>,
    /// Known from the first start on.
    rproc: SetOnce<ARef<remoteproc::Device>>,
    /// Set while the DSP is out of reset.
    open: AtomicFlag,
}

impl<'bound> Signals<'bound> {
    /// Takes registers and interrupt; signals go nowhere until [`Signals::open`].
    pub(crate) fn new(pdev: &'bound platform::Device<Bound>) -> impl PinInit<Self, Error> + 'bound {
        pin_init::pin_init_scope(move || {
            let request = pdev.io_request_by_name(c"chipsig").ok_or_else(|| {
                dev_err!(
                    pdev.as_ref(),
                    "no registers chipsig: reg-names has to name them\n"
                );
                ENODEV
            })?;
            let inbox = Inbox {
                chipsig: request.iomap_sized::<{ regs::SIZE }>()?.into_devres()?,
                rproc: SetOnce::new(),
                open: AtomicFlag::new(false),
            };

            Ok(try_pin_init!(Self {
                irq <- Threaded::request(
                    pdev,
                    0,
                    Flags::TRIGGER_NONE,
                    c"da8xx-remoteproc",
                    Ok(inbox),
                ),
            }? Error))
        })
    }

    /// From now on signals are passed to `rproc`: it is about to be released from reset.
    pub(crate) fn open(&self, rproc: &remoteproc::Device) {
        let inbox = self.irq.handler();

        // It is the same device at each start: one registration, one interrupt.
        let _ = inbox.rproc.populate(rproc.into());
        // What an earlier run of the firmware did not take is none of the next one's.
        inbox.withdraw();
        inbox.open.store(true, Release);
    }

    /// From now on signals are thrown away: the DSP is in reset.
    pub(crate) fn close(&self) {
        self.irq.handler().open.store(false, Release);
    }

    /// Tells the DSP to look at the vrings. Any context.
    ///
    /// There is nothing to wait for: while the last signal is still raised the DSP has not looked
    /// yet, and once it looks it sees what was new for either.
    pub(crate) fn kick(&self) {
        self.irq.handler().raise();
    }
}

impl Inbox {
    // Only a device that is not bound any more has lost its registers: there is nobody to signal.

    /// Signals the DSP.
    fn raise(&self) {
        self.chipsig
            .try_access_with(|io| io.write32(TO_DSP, regs::CHIPSIG));
    }

    /// Takes back a signal that the DSP did not see.
    fn withdraw(&self) {
        self.chipsig
            .try_access_with(|io| io.write32(TO_DSP, regs::CHIPSIG_CLR));
    }

    /// Reads which of the DSP's signals are raised, and clears them.
    fn take(&self) -> u32 {
        self.chipsig
            .try_access_with(|io| {
                let signals = io.read32(regs::CHIPSIG) & (FROM_DSP | CRASHED);
                io.write32(signals, regs::CHIPSIG_CLR);
                signals
            })
            .unwrap_or(0)
    }

    fn rproc(&self) -> Option<&ARef<remoteproc::Device>> {
        self.rproc.as_ref().filter(|_| self.open.load(Acquire))
    }
}

impl ThreadedHandler for Inbox {
    fn handle(&self, line: &Line) -> ThreadedIrqReturn {
        // Cleared before the vrings are looked at: what the DSP adds later signals again.
        let signals = self.take();
        if signals == 0 {
            return ThreadedIrqReturn::None;
        }
        // The signal was a level; the controller has latched it again since the kernel's ack.
        line.acknowledge();

        match self.rproc() {
            Some(rproc) if signals & CRASHED != 0 => {
                rproc.report_crash(Crash::FatalError);
                ThreadedIrqReturn::Handled
            }
            Some(_) => ThreadedIrqReturn::WakeThread,
            None => ThreadedIrqReturn::Handled,
        }
    }

    fn handle_threaded(&self) -> IrqReturn {
        if let Some(rproc) = self.rproc() {
            // The core knows which ids there are; nothing happens for others, nor if there is
            // nothing in the virtqueue.
            (0..VIRTQUEUES).for_each(|id| {
                let _ = rproc.vq_interrupt(id);
            });
        }
        IrqReturn::Handled
    }
}
