// SPDX-License-Identifier: GPL-2.0

//! The mailbox words that Linux and firmware for OMAP processors exchange.

/// What a mailbox word means.
///
/// A small number is the notify id of a virtqueue to look at; everything else has a value that no
/// notify id will ever reach. The values are those of `enum omap_rp_mbox_messages` in
/// [`drivers/remoteproc/omap_remoteproc.h`](srctree/drivers/remoteproc/omap_remoteproc.h).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// There is something in the virtqueue with this notify id, below [`Word::VIRTQUEUES`].
    Virtqueue(u32),
    /// The sender is up.
    Ready,
    /// There is something in the virtqueue that the receiver reads.
    PendingMessage,
    /// The sender crashed.
    Crash,
    /// The receiver shall answer with [`Word::EchoReply`].
    EchoRequest,
    /// The answer to [`Word::EchoRequest`].
    EchoReply,
    /// The receiver shall crash, as a test of recovery.
    AbortRequest,
    /// The receiver shall save its context, as nobody uses it at the moment.
    SuspendAuto,
    /// The receiver shall save its context, as the system is being suspended.
    SuspendSystem,
    /// The sender has saved its context and may be switched off.
    SuspendAck,
    /// The sender does not want to be suspended now.
    SuspendCancel,
    /// Nothing that is known.
    Unknown(u32),
}

impl Word {
    /// Notify ids are below this: far more than any firmware has virtqueues.
    pub(crate) const VIRTQUEUES: u32 = 25;
}

impl From<u32> for Word {
    fn from(word: u32) -> Self {
        match word {
            id if id < Word::VIRTQUEUES => Word::Virtqueue(id),
            0xffff_ff00 => Word::Ready,
            0xffff_ff01 => Word::PendingMessage,
            0xffff_ff02 => Word::Crash,
            0xffff_ff03 => Word::EchoRequest,
            0xffff_ff04 => Word::EchoReply,
            0xffff_ff05 => Word::AbortRequest,
            0xffff_ff10 => Word::SuspendAuto,
            0xffff_ff11 => Word::SuspendSystem,
            0xffff_ff12 => Word::SuspendAck,
            0xffff_ff13 => Word::SuspendCancel,
            other => Word::Unknown(other),
        }
    }
}

impl From<Word> for u32 {
    fn from(word: Word) -> Self {
        match word {
            Word::Virtqueue(id) => id,
            Word::Ready => 0xffff_ff00,
            Word::PendingMessage => 0xffff_ff01,
            Word::Crash => 0xffff_ff02,
            Word::EchoRequest => 0xffff_ff03,
            Word::EchoReply => 0xffff_ff04,
            Word::AbortRequest => 0xffff_ff05,
            Word::SuspendAuto => 0xffff_ff10,
            Word::SuspendSystem => 0xffff_ff11,
            Word::SuspendAck => 0xffff_ff12,
            Word::SuspendCancel => 0xffff_ff13,
            Word::Unknown(other) => other,
        }
    }
}
