// SPDX-License-Identifier: GPL-2.0

//! Tests of the doorbells that share a mailbox channel.

use kernel::prelude::*;

struct MailboxKunit;

impl kernel::Module for MailboxKunit {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        Ok(Self)
    }
}

module! {
    type: MailboxKunit,
    name: "mailbox_kunit",
    authors: ["The AMP/IPC framework contributors"],
    description: "KUnit tests of mailbox doorbells",
    license: "GPL",
}

#[kunit_tests(amp_mailbox_doorbells)]
mod tests {
    use amp::mailbox::Doorbells;
    use core::cell::Cell;
    use kernel::prelude::*;

    /// A mailbox that notes the last word and how many it was given.
    struct Mailbox {
        last: Cell<u32>,
        count: Cell<u32>,
        fail: Cell<bool>,
    }

    impl Mailbox {
        fn new() -> Self {
            Self {
                last: Cell::new(u32::MAX),
                count: Cell::new(0),
                fail: Cell::new(false),
            }
        }

        fn send(&self, bell: u32) -> Result {
            if self.fail.get() {
                return Err(EBUSY);
            }
            self.last.set(bell);
            self.count.set(self.count.get() + 1);
            Ok(())
        }
    }

    #[test]
    fn first_ring_is_sent_at_once() {
        let (bells, mailbox) = (Doorbells::new(), Mailbox::new());

        assert!(bells.ring(3, |bell| mailbox.send(bell)).is_ok());
        assert_eq!(mailbox.last.get(), 3);
        assert_eq!(mailbox.count.get(), 1);
    }

    #[test]
    fn rings_are_merged_while_the_mailbox_is_busy() {
        let (bells, mailbox) = (Doorbells::new(), Mailbox::new());

        for _ in 0..1000 {
            assert!(bells.ring(0, |bell| mailbox.send(bell)).is_ok());
            assert!(bells.ring(1, |bell| mailbox.send(bell)).is_ok());
        }
        assert_eq!(mailbox.count.get(), 1);

        // One word each is left, and then nothing.
        for count in [2, 3, 3, 3] {
            assert!(bells.sent(|bell| mailbox.send(bell)).is_ok());
            assert_eq!(mailbox.count.get(), count);
        }
    }

    #[test]
    fn a_ring_after_hand_over_is_not_lost() {
        let (bells, mailbox) = (Doorbells::new(), Mailbox::new());

        // The remote may have looked at the ring before the second kick.
        assert!(bells.ring(0, |bell| mailbox.send(bell)).is_ok());
        assert!(bells.ring(0, |bell| mailbox.send(bell)).is_ok());
        assert!(bells.sent(|bell| mailbox.send(bell)).is_ok());
        assert_eq!(mailbox.count.get(), 2);
    }

    #[test]
    fn idle_again_after_all_was_sent() {
        let (bells, mailbox) = (Doorbells::new(), Mailbox::new());

        assert!(bells.ring(25, |bell| mailbox.send(bell)).is_ok());
        assert!(bells.sent(|bell| mailbox.send(bell)).is_ok());
        assert!(bells.ring(25, |bell| mailbox.send(bell)).is_ok());
        assert_eq!(mailbox.count.get(), 2);
    }

    #[test]
    fn a_busy_doorbell_does_not_silence_the_others() {
        let (bells, mailbox) = (Doorbells::new(), Mailbox::new());
        let mut heard = 0u32;

        assert!(bells.ring(0, |bell| mailbox.send(bell)).is_ok());
        for bell in [7, 25] {
            assert!(bells.ring(bell, |bell| mailbox.send(bell)).is_ok());
        }
        for _ in 0..3 {
            assert!(bells.ring(0, |bell| mailbox.send(bell)).is_ok());
            assert!(bells.sent(|bell| mailbox.send(bell)).is_ok());
            heard |= 1 << mailbox.last.get();
        }
        assert_eq!(heard, 1 << 0 | 1 << 7 | 1 << 25);
    }

    #[test]
    fn a_refused_word_does_not_block_what_follows() {
        let (bells, mailbox) = (Doorbells::new(), Mailbox::new());

        mailbox.fail.set(true);
        assert_eq!(bells.ring(0, |bell| mailbox.send(bell)), Err(EBUSY));
        mailbox.fail.set(false);
        assert!(bells.ring(0, |bell| mailbox.send(bell)).is_ok());
        assert_eq!(mailbox.count.get(), 1);
    }

    #[test]
    fn no_such_doorbell() {
        let (bells, mailbox) = (Doorbells::new(), Mailbox::new());

        assert_eq!(
            bells.ring(Doorbells::COUNT, |bell| mailbox.send(bell)),
            Err(EINVAL)
        );
        assert_eq!(mailbox.count.get(), 0);
    }
}
