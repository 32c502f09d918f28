// SPDX-License-Identifier: GPL-2.0

//! The mailbox between Linux and the processor: kicks out, kicks and events in.

use amp::{
    mailbox::{
        Channel,
        Client,
        Doorbells, //
    },
    ratelimit::RateLimit, //
};
use kernel::{
    device::{
        Bound,
        Device, //
    },
    pr_err_once,
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Acquire,
            AtomicFlag,
            Relaxed,
            Release, //
        },
        SetOnce, //
    }, //
};
use proto::omap_mailbox::Word;
use remoteproc::Crash;

/// Notify ids are below this: far more than any firmware has virtqueues.
const VIRTQUEUES: u32 = 25;

/// The doorbell of [`Word::EchoRequest`]; those below are the virtqueues', by notify id.
const ECHO_REQUEST: u32 = VIRTQUEUES;

// Each word that Linux sends has a doorbell.
const _: () = assert!(ECHO_REQUEST < Doorbells::COUNT);

/// The mailbox channel of a processor.
///
/// It is requested when the driver is bound and not at each start, as mainline's driver does:
/// then it needs no lock against stop, and words that an earlier run of the firmware left in the
/// FIFO are read and thrown away while the processor is in reset, instead of being taken for
/// words of the next run (a crash, for example).
#[pin_data]
pub(crate) struct Ipc {
    #[pin]
    channel: Channel<Inbox>,
}

/// The receiving side, and what waits to be sent.
#[pin_data]
struct Inbox {
    /// Known from the first start on.
    rproc: SetOnce<ARef<remoteproc::Device>>,
    /// Set while the processor is out of reset.
    open: AtomicFlag,
    /// Set while the reply to our echo request has not come.
    echo_expected: AtomicFlag,
    outgoing: Doorbells,
    #[pin]
    unknown_words: RateLimit,
}

impl Ipc {
    /// Requests the first channel of `mboxes`; its words go nowhere until [`Ipc::open`].
    pub(crate) fn new(dev: &Device<Bound>) -> impl PinInit<Self, Error> + '_ {
        try_pin_init!(Self {
            channel <- Channel::request(dev, 0, pin_init!(Inbox {
                rproc: SetOnce::new(),
                open: AtomicFlag::new(false),
                echo_expected: AtomicFlag::new(false),
                outgoing: Doorbells::new(),
                unknown_words <- RateLimit::new(),
            }? Error)),
        }? Error)
    }

    /// From now on words are passed to `rproc`: it is about to be released from reset.
    ///
    /// Sends it a request for an echo, which waits in the FIFO until its firmware reads it. The
    /// reply is only reported, so that a user sees that the firmware is alive.
    pub(crate) fn open(&self, rproc: &remoteproc::Device) {
        let inbox = self.channel.client();

        // It is the same device at each start: one registration, one channel.
        let _ = inbox.rproc.populate(rproc.into());
        inbox.echo_expected.store(true, Relaxed);
        inbox.open.store(true, Release);
        self.ring(ECHO_REQUEST);
    }

    /// From now on words are thrown away: the processor is in reset.
    pub(crate) fn close(&self) {
        self.channel.client().open.store(false, Release);
    }

    /// Tells the processor to look at the virtqueue with notify id `id`. Any context.
    pub(crate) fn kick(&self, id: u32) {
        // Also keeps an id from being taken for the echo request's doorbell.
        if id < VIRTQUEUES {
            self.ring(id);
        } else {
            pr_err_once!("notify id {id} has no mailbox word\n");
        }
    }

    fn ring(&self, bell: u32) {
        let inbox = self.channel.client();

        // There is no more than one word in the framework's queue, so it can't be full, which
        // would be the only reason to refuse a word.
        let _ = inbox.outgoing.ring(bell, |bell| send(&self.channel, bell));
    }
}

fn send(channel: &Channel<Inbox>, bell: u32) -> Result {
    let word = match bell {
        ECHO_REQUEST => Word::EchoRequest,
        id => Word::Virtqueue(id),
    };

    channel.send(word.encode())
}

impl Client for Inbox {
    fn received(&self, word: u32) {
        let Some(rproc) = self.rproc.as_ref().filter(|_| self.open.load(Acquire)) else {
            return;
        };

        match Word::decode(word) {
            // The id is the remote's word for it. The core knows which ids there are; nothing
            // happens for others, nor if there is nothing in the virtqueue.
            Word::Virtqueue(id) if id < VIRTQUEUES => {
                let _ = rproc.vq_interrupt(id);
            }
            Word::Virtqueue(_) => self.report(rproc, "unknown", word),
            Word::PendingMessage => (0..VIRTQUEUES).for_each(|id| {
                let _ = rproc.vq_interrupt(id);
            }),
            Word::Crash => rproc.report_crash(Crash::FatalError),
            Word::EchoReply if self.echo_expected.xchg(false, Relaxed) => {
                dev_info!(
                    rproc.as_ref(),
                    "received echo reply from {}\n",
                    rproc.name()
                );
            }
            // Nobody waits for it: a kick that comes too early stays in the FIFO.
            Word::Ready => {}
            // Requests that only Linux makes, or answers to what it did not ask.
            Word::EchoRequest
            | Word::EchoReply
            | Word::AbortRequest
            | Word::SuspendAuto
            | Word::SuspendSystem
            | Word::SuspendAck
            | Word::SuspendCancel => self.report(rproc, "unexpected", word),
        }
    }

    fn sent(&self, channel: &Channel<Self>, _result: Result) {
        // Whether the controller could send a word or not, it is the next one's turn. As in
        // `Ipc::ring` no word is refused.
        let _ = self.outgoing.sent(|bell| send(channel, bell));
    }
}

impl Inbox {
    fn report(&self, rproc: &remoteproc::Device, what: &str, word: u32) {
        if self.unknown_words.allows(c"omap_remoteproc mailbox") {
            dev_warn!(
                rproc.as_ref(),
                "{} mailbox word 0x{:08x} ignored (virtqueues are 0 to {}, events 0xffffff00 to 0xffffff05)\n",
                what,
                word,
                VIRTQUEUES - 1
            );
        }
    }
}
