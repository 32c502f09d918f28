// SPDX-License-Identifier: GPL-2.0

//! Mailbox controllers: the side that has the hardware.
//!
//! For controllers whose message is one 32-bit word, as [`super`] is for their clients. A channel
//! has two ways of being used, and the client chooses when it requests it:
//!
//! - A *prompt* client (`knows_txdone` of the C interface) gets words in hard interrupt context,
//!   and a word that the hardware has taken is done: there is no interrupt for it. So a word costs
//!   one interrupt on the side that reads it and none on the side that writes it.
//! - Any other client is served as mainline's drivers do: words come in an interrupt thread, where
//!   such clients sleep although they should not, and a word is done when an interrupt says that
//!   there is room for the next one.
//!
//! C header: [`include/linux/mailbox_controller.h`](srctree/include/linux/mailbox_controller.h)

use crate::device::DeviceExt;
use amp_bindings as bindings;
use kernel::{
    container_of,
    device::{
        Bound,
        Device, //
    },
    error::to_result,
    ffi::{
        c_int,
        c_void, //
    },
    prelude::*,
    static_lock_class,
    sync::{
        atomic::{
            Acquire,
            AtomicFlag,
            Relaxed,
            Release, //
        },
        Arc,
        Srcu, //
    },
    types::Opaque, //
};

/// How a channel's client wants to be served, see the [module](self).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Words in hard interrupt context, no interrupt for words that were sent.
    Prompt,
    /// Words in a thread, an interrupt for each word that was sent.
    Threaded,
}

/// What the hardware does. Channels are known by their number.
pub trait Controller: Send + Sync {
    /// All channels.
    fn channels(&self) -> &Channels;

    /// The channel that a one-cell specifier of a client's `mboxes` property means.
    fn find(&self, cell: u32) -> Option<usize>;

    /// A client has taken the channel: from now on words may be passed to
    /// [`Channels::received`]. Process context, may sleep.
    fn start(&self, channel: usize, manner: Manner) -> Result;

    /// The client gives the channel back: no interrupts any more. Process context, may sleep.
    fn stop(&self, channel: usize);

    /// Passes a word on. Atomic context.
    ///
    /// For a [`Manner::Threaded`] client [`Channels::room`] must be called when there is room for
    /// the next word.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if there is no room; [`Channels::room`] must be called when there is.
    fn send(&self, channel: usize, word: u32) -> Result;
}

/// What there is to know of a channel beside the C object.
struct Port {
    /// Whether there is a client that may be called.
    open: AtomicFlag,
    prompt: AtomicFlag,
}

/// The channels of a controller, towards their clients.
///
/// # Invariants
///
/// - `chans` and `ports` have the same length, and `chans` does not move.
/// - A channel whose port is open has a client; closing a port is followed by a grace period of
///   `calling` before the client goes.
#[pin_data]
pub struct Channels {
    chans: KVec<Opaque<bindings::mbox_chan>>,
    ports: KVec<Port>,
    /// Held while a client is called.
    #[pin]
    calling: Srcu,
}

// SAFETY: The C objects have a lock of their own, and are not tied to a thread.
unsafe impl Send for Channels {}
// SAFETY: As above.
unsafe impl Sync for Channels {}

impl Channels {
    /// `count` channels without clients.
    pub fn new(count: usize) -> impl PinInit<Self, Error> {
        pin_init::pin_init_scope(move || {
            let mut chans = KVec::with_capacity(count, GFP_KERNEL)?;
            let mut ports = KVec::with_capacity(count, GFP_KERNEL)?;
            for _ in 0..count {
                chans.push(Opaque::zeroed(), GFP_KERNEL)?;
                ports.push(
                    Port {
                        open: AtomicFlag::new(false),
                        prompt: AtomicFlag::new(false),
                    },
                    GFP_KERNEL,
                )?;
            }
            // INVARIANT: As many of each, and no port is open.
            Ok(try_pin_init!(Self {
                chans,
                ports,
                calling <- Srcu::new(c"mailbox channels", static_lock_class!()),
            }? Error))
        })
    }

    /// Whether the channel has a client that wants to be served so. Any context.
    pub fn is_open(&self, channel: usize, manner: Manner) -> bool {
        self.ports.get(channel).is_some_and(|port| {
            port.open.load(Acquire) && port.prompt.load(Relaxed) == (manner == Manner::Prompt)
        })
    }

    /// Calls `f` with the C object if the channel has a client, which stays during the call.
    fn with(&self, channel: usize, f: impl FnOnce(*mut bindings::mbox_chan)) {
        let (Some(chan), Some(port)) = (self.chans.get(channel), self.ports.get(channel)) else {
            return;
        };
        let _calling = self.calling.read_lock();
        if port.open.load(Acquire) {
            f(chan.get());
        }
    }

    /// A word came. Nothing happens if the channel has no client.
    ///
    /// Hard interrupt context for a [`Manner::Prompt`] client, the interrupt's thread for others.
    pub fn received(&self, channel: usize, word: u32) {
        self.with(channel, |chan| {
            // CAST: The word is what clients expect as the pointer.
            let message = core::ptr::without_provenance_mut::<c_void>(word as usize);
            // SAFETY: By the type invariants the channel has a client.
            unsafe { bindings::mbox_chan_received_data(chan, message) };
        });
    }

    /// There is room for another word. The same context as [`Channels::received`].
    pub fn room(&self, channel: usize) {
        let prompt = self.is_open(channel, Manner::Prompt);

        self.with(channel, |chan| {
            if !prompt {
                // SAFETY: As in `received`; the channel's way to be done is by interrupt.
                unsafe { bindings::mbox_chan_txdone(chan, 0) };
                return;
            }
            loop {
                // SAFETY: As in `received`; the channel's way to be done is by the client.
                unsafe { bindings::mbox_client_txdone(chan, 0) };
                // The first call sends a word that had found no room; whoever wanted that sent is
                // told by the second one.
                // SAFETY: The channel is valid. A sender that changes this meanwhile says by
                // itself that its word is done.
                let active = unsafe { (&raw const (*chan).active_req).read_volatile() };
                if active.addr() == NO_WORD {
                    return;
                }
            }
        });
    }
}

/// `MBOX_NO_MSG`.
const NO_WORD: usize = usize::MAX;

/// A controller that clients find. Dropping it takes it away; the driver core has unbound all
/// clients by then.
///
/// # Invariants
///
/// `raw` is registered, its channels are those of `controller`.
#[pin_data(PinnedDrop)]
pub struct Registration<T: Controller> {
    #[pin]
    raw: Opaque<bindings::mbox_controller>,
    controller: Arc<T>,
}

// SAFETY: A controller is not tied to a thread.
unsafe impl<T: Controller> Send for Registration<T> {}
// SAFETY: There is nothing to do with a shared reference.
unsafe impl<T: Controller> Sync for Registration<T> {}

impl<T: Controller> Registration<T> {
    const OPS: bindings::mbox_chan_ops = bindings::mbox_chan_ops {
        send_data: Some(Self::send_data),
        flush: None,
        startup: Some(Self::startup),
        shutdown: Some(Self::shutdown),
        last_tx_done: None,
        peek_data: None,
    };

    /// Registers the mailbox controller of `dev`. Process context.
    pub fn new<'a>(
        dev: &'a Device<Bound>,
        controller: Arc<T>,
    ) -> impl PinInit<Self, Error> + use<'a, T> {
        let dev: &'a Device = dev;

        try_pin_init!(&this in Self {
            raw: Opaque::zeroed(),
            controller,
            // INVARIANT: The last step, after which nothing fails.
            _: {
                let channels = controller.channels();
                for (index, chan) in channels.chans.iter().enumerate() {
                    // SAFETY: Nobody uses the channel yet.
                    unsafe {
                        (*chan.get()).con_priv = core::ptr::without_provenance_mut(index);
                    }
                }
                // SAFETY:
                // - `this` is valid and stays in its place until it is dropped; nobody else uses
                //   `raw` yet.
                // - The channels live as long as `controller`.
                to_result(unsafe {
                    let raw = Opaque::cast_into(&raw const (*this.as_ptr()).raw);
                    (*raw).dev = dev.to_raw();
                    (*raw).ops = OpsOf::<T>::REF;
                    (*raw).chans = channels.chans.as_ptr().cast_mut().cast();
                    (*raw).num_chans = channels.chans.len().try_into()?;
                    (*raw).txdone_irq = true;
                    (*raw).of_xlate = Some(Self::of_xlate);
                    bindings::mbox_controller_register(raw)
                })?;
            },
        }? Error)
    }

    /// The controller of a channel and the channel's number.
    ///
    /// # Safety
    ///
    /// `chan` must be a channel of a registered controller of this type.
    unsafe fn from_chan<'a>(chan: *mut bindings::mbox_chan) -> (&'a T, usize) {
        // SAFETY: By the function's requirements; `mbox` is set at registration.
        let (raw, index) = unsafe { ((*chan).mbox, (*chan).con_priv.addr()) };
        // SAFETY: The controller is `raw` of a `Self`.
        let this = unsafe { &*container_of!(Opaque::cast_from(raw), Self, raw) };
        (&this.controller, index)
    }

    extern "C" fn of_xlate(
        raw: *mut bindings::mbox_controller,
        spec: *const bindings::of_phandle_args,
    ) -> *mut bindings::mbox_chan {
        // SAFETY: The framework gives a registered controller and a valid specifier.
        let (this, spec) = unsafe { (&*container_of!(Opaque::cast_from(raw), Self, raw), &*spec) };
        let chan = match spec.args_count {
            1 => this
                .controller
                .find(spec.args[0])
                .and_then(|index| this.controller.channels().chans.get(index)),
            _ => None,
        };
        match chan {
            Some(chan) => chan.get(),
            None => ENOENT.to_ptr(),
        }
    }

    extern "C" fn startup(chan: *mut bindings::mbox_chan) -> c_int {
        // SAFETY: The framework gives a channel of ours, which has a client.
        let ((controller, index), prompt) =
            unsafe { (Self::from_chan(chan), (*(*chan).cl).knows_txdone) };
        let Some(port) = controller.channels().ports.get(index) else {
            return ENODEV.to_errno();
        };

        // SAFETY: The framework calls this while nobody sends yet. It changes the field behind our
        // back when a client goes, so it is set each time.
        unsafe {
            (*chan).txdone_method = if prompt { TXDONE_BY_ACK } else { TXDONE_BY_IRQ };
        }
        port.prompt.store(prompt, Relaxed);
        // INVARIANT: There is a client.
        port.open.store(true, Release);

        let manner = if prompt {
            Manner::Prompt
        } else {
            Manner::Threaded
        };
        match controller.start(index, manner) {
            Ok(()) => 0,
            Err(error) => {
                Self::close(controller, port);
                error.to_errno()
            }
        }
    }

    extern "C" fn shutdown(chan: *mut bindings::mbox_chan) {
        // SAFETY: As in `startup`.
        let (controller, index) = unsafe { Self::from_chan(chan) };
        if let Some(port) = controller.channels().ports.get(index) {
            controller.stop(index);
            Self::close(controller, port);
        }
    }

    fn close(controller: &T, port: &Port) {
        port.open.store(false, Relaxed);
        controller.channels().calling.synchronize();
    }

    extern "C" fn send_data(chan: *mut bindings::mbox_chan, message: *mut c_void) -> c_int {
        // SAFETY: As in `startup`.
        let (controller, index) = unsafe { Self::from_chan(chan) };
        // CAST: Clients pass the word as the pointer.
        match controller.send(index, message.addr() as u32) {
            Ok(()) => 0,
            Err(error) => error.to_errno(),
        }
    }
}

/// `MBOX_TXDONE_BY_IRQ` and `MBOX_TXDONE_BY_ACK`, macros that bindgen does not follow.
const TXDONE_BY_IRQ: u32 = 1 << 0;
/// See above.
pub(super) const TXDONE_BY_ACK: u32 = 1 << 2;

struct OpsOf<T>(core::marker::PhantomData<T>);

impl<T: Controller> OpsOf<T> {
    const REF: &'static bindings::mbox_chan_ops = &Registration::<T>::OPS;
}

#[pinned_drop]
impl<T: Controller> PinnedDrop for Registration<T> {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: By the type invariants it is registered, and this is the last use.
        unsafe { bindings::mbox_controller_unregister(self.raw.get()) };
    }
}
