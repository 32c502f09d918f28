// SPDX-License-Identifier: GPL-2.0

//! A virtio driver of our own and a fake remote play with two queues.

use crate::{
    fake_remote::{
        FakeRemote,
        KernelRings,
        NO_CONFIG,
        RX,
        TX, //
    },
    queues::{
        bound,
        bound_with,
        BOUND,
        BROKEN_DEVICE,
        NUM,
        SIZE, //
    }, //
};
use amp::virtio::{
    self,
    Direction, //
};
use kernel::{
    prelude::*,
    sync::atomic::Relaxed, //
};
use proto::vring::F_EVENT_IDX;

#[kunit_tests(amp_virtqueue)]
mod tests {
    use super::*;

    #[test]
    fn binds_and_lets_go() -> Result {
        let (remote, queues) = bound()?;

        check_eq!(queues.with(|held| Ok(held.rx.size()))?, NUM.into());
        check_eq!(queues.with(|held| Ok(held.tx.index()))?, 1);
        drop(remote);
        check_eq!(queues.released.load(Relaxed), 1);
        check!(queues.held.lock().is_none());
        Ok(())
    }

    #[test]
    fn a_failed_probe_lets_go_too() -> Result {
        let remote = FakeRemote::new(BROKEN_DEVICE, 0, NUM, NO_CONFIG, &[])?;
        let queues = BOUND.get()?;
        BOUND.set(None);

        check!(!remote.is_ready());
        check_eq!(queues.released.load(Relaxed), 1);
        Ok(())
    }

    #[test]
    fn offered_and_known_features_are_negotiated() -> Result {
        let (remote, _queues) = bound()?;
        let vdev: &virtio::Device = remote.device().try_into()?;

        check!(vdev.has_feature(0));
        // Offered, but the driver doesn't know it.
        check!(!vdev.has_feature(1));
        // Known, but not offered; and no such bit.
        check!(!vdev.has_feature(virtio::F_VERSION_1));
        check!(!vdev.has_feature(u32::MAX));
        Ok(())
    }

    #[test]
    fn buffers_are_added_once() -> Result {
        let (remote, queues) = bound()?;

        queues.with(|held| {
            held.rx.add_inbuf(0)?;
            check_eq!(held.rx.add_inbuf(0).err(), Some(EBUSY));
            check_eq!(held.rx.add_inbuf(NUM.into()).err(), Some(EINVAL));
            check_eq!(held.rx.add_inbuf(u32::MAX).err(), Some(EINVAL));
            check_eq!(held.tx.add_outbuf(0, 0).err(), Some(EINVAL));
            check_eq!(held.tx.add_outbuf(0, SIZE + 1).err(), Some(EINVAL));
            check_eq!(held.rx.in_ring(), 1);
            check_eq!(held.tx.in_ring(), 0);
            check_eq!(held.rx.num_free(), usize::from(NUM) - 1);
            check_eq!(
                held.rx.alloc_buffers(Direction::In, 1, 1).err(),
                Some(EBUSY)
            );
            // Each queue's are for one direction.
            check_eq!(held.rx.add_outbuf(1, 1).err(), Some(EINVAL));
            check_eq!(held.tx.add_inbuf(1).err(), Some(EINVAL));
            Ok(())
        })?;
        // Nobody has shown it to the remote.
        check_eq!(remote.available(RX)?, 0);
        queues.with(|held| {
            held.rx.publish();
            Ok(())
        })?;
        check_eq!(remote.available(RX)?, 1);
        Ok(())
    }

    #[test]
    fn copying_stays_in_the_buffer() -> Result {
        let (_remote, queues) = bound()?;
        let [buffers, _] = queues.with(|held| Ok(held.buffers.clone()))?;
        let mut bytes = [0; SIZE];

        buffers.copy_in(3, 8, b"hello")?;
        buffers.copy_out(3, 0, &mut bytes)?;
        check_eq!(&bytes[6..15], b"\0\0hello\0\0");
        for (buffer, offset, len) in [
            (3, 1, SIZE),
            (3, SIZE + 1, 0),
            (3, usize::MAX, 1),
            (NUM.into(), 0, 1),
            (u32::MAX, 0, 0),
        ] {
            check_eq!(
                buffers.copy_in(buffer, offset, &bytes[..len]).err(),
                Some(EINVAL)
            );
            check_eq!(
                buffers.copy_out(buffer, offset, &mut bytes[..len]).err(),
                Some(EINVAL)
            );
        }
        check!(buffers.copy_in(3, SIZE, &[]).is_ok());
        // The neighbours were left alone.
        for buffer in [2, 4] {
            buffers.copy_out(buffer, 0, &mut bytes)?;
            check_eq!(bytes, [0; SIZE]);
        }
        drop(buffers);
        Ok(())
    }

    #[test]
    fn from_the_remote() -> Result {
        let (mut remote, queues) = bound()?;

        queues.with(|held| {
            for buffer in 0..NUM.into() {
                held.rx.add_inbuf(buffer)?;
            }
            check_eq!(held.rx.num_free(), 0);
            check!(held.rx.kick_prepare());
            held.notifier.notify()
        })?;
        check_eq!(remote.kicks(RX), 1);

        remote.send(b"abc")?;
        check_eq!(queues.used(RX), 1);
        queues.with(|held| {
            let used = held.rx.get_buf().ok_or(ENOMSG)?;
            let mut bytes = [0; 3];

            check_eq!(used.len, 3);
            held.buffers[RX].copy_out(used.buffer, 0, &mut bytes)?;
            check_eq!(&bytes, b"abc");
            check!(held.rx.get_buf().is_none());
            check_eq!(held.rx.in_ring(), usize::from(NUM) - 1);
            held.rx.add_inbuf(used.buffer)?;
            held.rx.publish();
            Ok(())
        })?;
        check_eq!(remote.available(RX)?, NUM);
        Ok(())
    }

    #[test]
    fn to_the_remote() -> Result {
        let (mut remote, queues) = bound()?;

        queues.with(|held| {
            held.buffers[TX].copy_in(5, 0, b"over there")?;
            held.tx.add_outbuf(5, 10)?;
            check!(held.tx.kick_prepare());
            held.tx.notifier().notify()
        })?;
        check_eq!(remote.kicks(TX), 1);
        check_eq!(remote.receive()?.as_deref(), Some(&b"over there"[..]));
        check_eq!(remote.receive()?.as_deref(), None);
        check_eq!(queues.used(TX), 1);
        queues.with(|held| {
            check_eq!(held.tx.get_buf().map(|used| used.buffer), Some(5));
            Ok(())
        })
    }

    #[test]
    fn a_claimed_length_is_only_a_claim() -> Result {
        let (mut remote, queues) = bound()?;

        queues.with(|held| {
            held.rx.add_inbuf(0)?;
            held.rx.publish();
            Ok(())
        })?;
        remote.fill(b"x", u32::MAX)?;
        remote.publish(RX)?;
        queues.with(|held| {
            let used = held.rx.get_buf().ok_or(ENOMSG)?;
            let mut bytes = [0; SIZE + 1];

            check_eq!(used.len, u32::MAX);
            check!(held.buffers[RX]
                .copy_out(used.buffer, 0, &mut bytes)
                .is_err());
            held.rx.add_inbuf(used.buffer)
        })
    }

    #[test]
    fn a_callback_for_many_buffers() -> Result {
        let (mut remote, queues) = bound_with(1 << F_EVENT_IDX)?;
        let many = NUM / 4 * 3;

        queues.with(|held| {
            for buffer in 0..NUM {
                held.rx.add_inbuf(buffer.into())?;
            }
            held.rx.publish();
            check!(held.rx.enable_cb_delayed());
            Ok(())
        })?;
        check_eq!(remote.wanted_interrupt(RX)?, many);
        for _ in 0..many {
            remote.send(b"not yet")?;
        }
        check_eq!(queues.used(RX), 0);
        remote.send(b"now")?;
        check_eq!(queues.used(RX), 1);
        Ok(())
    }

    #[test]
    fn callbacks_and_kicks_can_be_spared() -> Result {
        let (mut remote, queues) = bound()?;

        queues.with(|held| {
            held.rx.disable_cb();
            held.rx.add_inbuf(0)?;
            held.rx.add_inbuf(1)?;
            held.rx.publish();
            Ok(())
        })?;
        remote.send(b"one")?;
        check_eq!(queues.used(RX), 0);
        // What came meanwhile is not forgotten.
        queues.with(|held| {
            check!(!held.rx.enable_cb());
            check!(held.rx.get_buf().is_some());
            check!(held.rx.enable_cb());
            Ok(())
        })?;
        remote.send(b"two")?;
        check_eq!(queues.used(RX), 1);

        remote.want_kicks(RX, false)?;
        queues.with(|held| {
            held.rx.add_inbuf(0)?;
            check!(!held.rx.kick_prepare());
            Ok(())
        })?;
        remote.want_kicks(RX, true)?;
        queues.with(|held| {
            held.rx.add_inbuf(2)?;
            check!(held.rx.kick_prepare());
            Ok(())
        })
    }

    #[test]
    fn a_full_ring_says_so() -> Result {
        let (mut remote, queues) = bound()?;

        queues.with(|held| {
            for buffer in 0..NUM.into() {
                held.tx.add_outbuf(buffer, 1)?;
            }
            held.tx.publish();
            check_eq!(held.tx.num_free(), 0);
            Ok(())
        })?;
        for _ in 0..NUM {
            check!(remote.receive()?.is_some());
        }
        queues.with(|held| {
            while held.tx.get_buf().is_some() {}
            check_eq!(held.tx.num_free(), NUM.into());
            check_eq!(held.tx.in_ring(), 0);
            Ok(())
        })
    }

    #[test]
    fn a_remote_that_breaks_the_ring() -> Result {
        let (mut remote, queues) = bound()?;

        queues.with(|held| {
            held.rx.add_inbuf(0)?;
            held.rx.publish();
            Ok(())
        })?;
        let mut chain = remote.take(RX)?.ok_or(ENOBUFS)?;
        chain.head = NUM + 1;
        remote.give(RX, chain, 1)?;
        remote.publish(RX)?;
        queues.with(|held| {
            check!(held.rx.get_buf().is_none());
            check!(held.rx.is_broken());
            check_eq!(held.rx.add_inbuf(1).err(), Some(EIO));
            check!(!held.tx.is_broken());
            // Nothing comes any more, and there is nothing to wait for.
            check!(held.rx.enable_cb());
            check!(!held.rx.recycle(|_| ()));
            Ok(())
        })?;
        drop(remote);
        check_eq!(queues.released.load(Relaxed), 1);
        Ok(())
    }

    #[test]
    fn a_buffer_that_is_used_twice() -> Result {
        let (mut remote, queues) = bound()?;

        queues.with(|held| {
            held.tx.add_outbuf(0, 1)?;
            held.tx.add_outbuf(1, 1)?;
            held.tx.publish();
            Ok(())
        })?;
        for _ in 0..2 {
            let mut chain = remote.take(TX)?.ok_or(ENOBUFS)?;
            chain.head = 1;
            remote.give(TX, chain, 0)?;
        }
        remote.publish(TX)?;
        queues.with(|held| {
            check_eq!(held.tx.get_buf().map(|used| used.buffer), Some(1));
            check!(held.tx.get_buf().is_none());
            check!(held.tx.is_broken());
            Ok(())
        })
    }

    #[test]
    fn a_buffer_that_there_is_not() -> Result {
        let (mut remote, queues) = bound()?;
        let mut read = 0;

        queues.with(|held| {
            held.rx.add_inbuf(0)?;
            held.rx.publish();
            Ok(())
        })?;
        let mut chain = remote.take(RX)?.ok_or(ENOBUFS)?;
        chain.head = NUM;
        remote.give(RX, chain, 1)?;
        remote.publish(RX)?;
        queues.with(|held| {
            check!(!held.rx.recycle(|_| read += 1));
            check!(held.rx.is_broken());
            Ok(())
        })?;
        check_eq!(read, 0);
        Ok(())
    }

    #[test]
    fn an_index_that_goes_back() -> Result {
        let (mut remote, queues) = bound()?;

        queues.with(|held| {
            held.rx.add_inbuf(0)?;
            held.rx.add_inbuf(1)?;
            held.rx.publish();
            Ok(())
        })?;
        let chain = remote.take(RX)?.ok_or(ENOBUFS)?;
        remote.give(RX, chain, 1)?;
        let chain = remote.take(RX)?.ok_or(ENOBUFS)?;
        remote.give(RX, chain, 1)?;
        remote.publish(RX)?;
        queues.with(|held| {
            check!(held.rx.recycle(|_| ()));
            check!(held.rx.recycle(|_| ()));
            held.rx.publish();
            Ok(())
        })?;
        // By one.
        for _ in 0..u16::MAX {
            remote.give(RX, chain, 1)?;
        }
        remote.publish(RX)?;
        queues.with(|held| {
            check!(!held.rx.recycle(|_| ()));
            check!(held.rx.is_broken());
            Ok(())
        })
    }

    #[test]
    fn more_than_the_remote_had() -> Result {
        let (mut remote, queues) = bound()?;

        queues.with(|held| {
            held.rx.add_inbuf(0)?;
            held.rx.add_inbuf(1)?;
            held.rx.publish();
            // The remote is not shown this one.
            held.rx.add_inbuf(2)
        })?;
        let chain = remote.take(RX)?.ok_or(ENOBUFS)?;
        for _ in 0..3 {
            remote.give(RX, chain, 1)?;
        }
        remote.publish(RX)?;
        queues.with(|held| {
            check!(held.rx.get_buf().is_none());
            check!(held.rx.is_broken());
            Ok(())
        })
    }

    #[test]
    fn an_interrupt_for_nothing() -> Result {
        let (mut remote, queues) = bound()?;

        remote.interrupt(RX);
        check_eq!(queues.used(RX), 0);
        queues.with(|held| {
            held.rx.add_inbuf(0)?;
            held.rx.publish();
            Ok(())
        })?;
        remote.send(b"x")?;
        check_eq!(queues.used(RX), 1);
        let mut len = 0;
        queues.with(|held| {
            check!(held.rx.recycle(|used| len = used.len));
            held.rx.publish();
            check!(held.rx.enable_cb());
            Ok(())
        })?;
        check_eq!(len, 1);
        remote.interrupt(RX);
        check_eq!(queues.used(RX), 1);
        Ok(())
    }

    /// Indices have 16 bits, what is kept for interrupts as well.
    fn around(features: u64) -> Result {
        let (mut remote, queues) = bound_with(features)?;
        let mut received = 0u32;

        queues.with(|held| {
            for buffer in 0..NUM.into() {
                held.rx.add_inbuf(buffer)?;
            }
            check!(held.rx.kick_prepare());
            held.rx.disable_cb();
            Ok(())
        })?;
        // All but a few without interrupts.
        while received < 65536 {
            for _ in 0..NUM {
                remote.fill(b"x", 1)?;
            }
            check!(!remote.publish(RX)?);
            received += queues.with(|held| {
                let mut some = 0;
                while held.rx.recycle(|_| some += 1) {}
                let _ = held.rx.kick_prepare();
                // With event indices that holds until they have been around.
                held.rx.disable_cb();
                Ok(some)
            })?;
        }
        check_eq!(received, 65536);
        check_eq!(queues.used(RX), 0);
        queues.with(|held| {
            check!(held.rx.enable_cb());
            Ok(())
        })?;
        for i in 1..=u32::from(NUM) {
            remote.send(b"y")?;
            check_eq!(queues.used(RX), i);
            queues.with(|held| {
                check!(held.rx.recycle(|_| ()));
                held.rx.publish();
                check!(held.rx.enable_cb());
                Ok(())
            })?;
        }
        Ok(())
    }

    #[test]
    fn indices_go_around() -> Result {
        around(0)?;
        around(1 << F_EVENT_IDX)
    }

    #[test]
    fn on_a_ring_of_the_kernel() -> Result {
        let _kernel = KernelRings::only();

        copying_stays_in_the_buffer()?;
        from_the_remote()?;
        to_the_remote()?;
        a_claimed_length_is_only_a_claim()?;
        a_callback_for_many_buffers()?;
        callbacks_and_kicks_can_be_spared()?;
        a_full_ring_says_so()?;
        a_remote_that_breaks_the_ring()?;
        a_buffer_that_is_used_twice()?;
        an_interrupt_for_nothing()
    }
}
