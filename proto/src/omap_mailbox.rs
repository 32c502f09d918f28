// SPDX-License-Identifier: GPL-2.0

//! The words that Linux and a remote processor of an OMAP put into their mailboxes.
//!
//! C header: `drivers/remoteproc/omap_remoteproc.h`.

/// A mailbox word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Look at this virtqueue: the kick. Everything that is not one of the words below.
    Virtqueue(u32),
    /// The remote is up.
    Ready,
    /// There is a message somewhere: look at all virtqueues.
    PendingMessage,
    /// The remote has crashed.
    Crash,
    /// Are you there?
    EchoRequest,
    /// The answer to [`Word::EchoRequest`].
    EchoReply,
    /// Crash, please (a test of error recovery).
    AbortRequest,
    /// Suspend when idle.
    SuspendAuto,
    /// Suspend, the system is about to.
    SuspendSystem,
    /// The answer to a suspend request: I will.
    SuspendAck,
    /// The answer to a suspend request: not now.
    SuspendCancel,
}

impl Word {
    /// Decodes a received word.
    #[inline]
    pub const fn decode(word: u32) -> Self {
        match word {
            0xffff_ff00 => Self::Ready,
            0xffff_ff01 => Self::PendingMessage,
            0xffff_ff02 => Self::Crash,
            0xffff_ff03 => Self::EchoRequest,
            0xffff_ff04 => Self::EchoReply,
            0xffff_ff05 => Self::AbortRequest,
            0xffff_ff10 => Self::SuspendAuto,
            0xffff_ff11 => Self::SuspendSystem,
            0xffff_ff12 => Self::SuspendAck,
            0xffff_ff13 => Self::SuspendCancel,
            queue => Self::Virtqueue(queue),
        }
    }

    /// Encodes a word to send.
    #[inline]
    pub const fn encode(self) -> u32 {
        match self {
            Self::Virtqueue(queue) => queue,
            Self::Ready => 0xffff_ff00,
            Self::PendingMessage => 0xffff_ff01,
            Self::Crash => 0xffff_ff02,
            Self::EchoRequest => 0xffff_ff03,
            Self::EchoReply => 0xffff_ff04,
            Self::AbortRequest => 0xffff_ff05,
            Self::SuspendAuto => 0xffff_ff10,
            Self::SuspendSystem => 0xffff_ff11,
            Self::SuspendAck => 0xffff_ff12,
            Self::SuspendCancel => 0xffff_ff13,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_survives() {
        for word in (0..0x20).chain(0xffff_fe00..=u32::MAX) {
            assert_eq!(Word::decode(word).encode(), word);
        }
        assert_eq!(Word::decode(1), Word::Virtqueue(1));
        assert_eq!(Word::decode(0xffff_ff03), Word::EchoRequest);
    }
}
