// SPDX-License-Identifier: GPL-2.0

//! Flow control: to whom our services must not send for now.

use proto::rpmsg::Addr;

/// Pairs of endpoints that can be paused at a time; more are ignored.
pub(crate) const MAX_PAUSED: usize = 8;

/// The pairs of a service and an endpoint of Linux that are paused.
#[derive(Default)]
pub(crate) struct Pauses {
    pairs: [Option<(Addr, Addr)>; MAX_PAUSED],
    /// How many there are, so that senders need not look if there is none.
    count: usize,
}

impl Pauses {
    /// Whether `service` must not send to `peer`.
    #[inline]
    pub(crate) fn has(&self, service: Addr, peer: Addr) -> bool {
        self.count != 0 && self.pairs.contains(&Some((service, peer)))
    }

    /// Pauses the pair or lets it go on; `false` if there was nothing to change, or no room.
    pub(crate) fn set(&mut self, service: Addr, peer: Addr, pause: bool) -> bool {
        if self.has(service, peer) == pause {
            return false;
        }
        let pair = Some((service, peer));
        let (old, new) = if pause { (None, pair) } else { (pair, None) };
        let Some(slot) = self.pairs.iter_mut().find(|slot| **slot == old) else {
            return false;
        };
        *slot = new;
        self.count = self.pairs.iter().flatten().count();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs() {
        let mut pauses = Pauses::default();
        for peer in 0..MAX_PAUSED as u32 {
            assert!(pauses.set(Addr(50), Addr(peer), true));
            assert!(!pauses.set(Addr(50), Addr(peer), true), "once is enough");
        }
        assert!(!pauses.set(Addr(50), Addr(99), true), "no room");
        assert!(pauses.has(Addr(50), Addr(3)));
        assert!(!pauses.has(Addr(51), Addr(3)));
        assert!(pauses.set(Addr(50), Addr(3), false));
        assert!(!pauses.set(Addr(50), Addr(3), false));
        for peer in 0..MAX_PAUSED as u32 {
            assert_eq!(pauses.has(Addr(50), Addr(peer)), peer != 3);
        }
        assert!(pauses.set(Addr(50), Addr(99), true));
    }
}
