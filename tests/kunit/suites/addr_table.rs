// SPDX-License-Identifier: GPL-2.0

//! Addresses: reserved, found, taken back.

use amp::{
    addr_table::AddrTable,
    rcu_arc::RcuArc, //
};
use kernel::{
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    }, //
};

/// Counts how many of its kind are dropped.
struct Counted {
    addr: u32,
    dropped: Arc<Atomic<i32>>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.dropped.fetch_add(1, Relaxed);
    }
}

fn counter() -> Result<Arc<Atomic<i32>>> {
    Ok(Arc::new(Atomic::new(0), GFP_KERNEL)?)
}

fn object(addr: u32, dropped: &Arc<Atomic<i32>>) -> Result<RcuArc<Counted>> {
    RcuArc::pin_init(
        Counted {
            addr,
            dropped: dropped.clone(),
        },
        GFP_KERNEL,
    )
}

fn table() -> Result<Arc<AddrTable<Counted>>> {
    Arc::pin_init(AddrTable::new(), GFP_KERNEL)
}

fn error<T>(result: Result<T>) -> Option<Error> {
    result.err()
}

#[kunit_tests(amp_addr_table)]
mod tests {
    use super::*;

    #[test]
    fn lowest_free_address() -> Result {
        let (table, dropped) = (table()?, counter()?);

        for expected in 1024..1030 {
            let slot = table.reserve(1024..=0x7fff_ffff)?;
            check_eq!(slot.addr(), expected);
            slot.publish(object(expected, &dropped)?);
        }
        let middle = table.get(1026).ok_or(ENOENT)?;
        check_eq!(middle.addr, 1026);
        check!(table.remove(1026, &middle).is_some());
        check_eq!(table.reserve(1024..=0x7fff_ffff)?.addr(), 1026);
        Ok(())
    }

    #[test]
    fn fixed_address() -> Result {
        let (table, dropped) = (table()?, counter()?);

        for addr in [0, 53, u32::MAX] {
            table.reserve_at(addr)?.publish(object(addr, &dropped)?);
            check_eq!(error(table.reserve_at(addr)), Some(EBUSY));
            check_eq!(table.get(addr).map(|found| found.addr), Some(addr));
        }
        check!(table.get(54).is_none());
        Ok(())
    }

    #[test]
    fn full_and_empty_ranges() -> Result {
        let (table, dropped) = (table()?, counter()?);

        table.reserve(7..=8)?.publish(object(7, &dropped)?);
        table.reserve(7..=8)?.publish(object(8, &dropped)?);
        check_eq!(error(table.reserve(7..=8)), Some(EBUSY));
        #[expect(clippy::reversed_empty_ranges, reason = "what is tested")]
        let empty = table.reserve(8..=7);
        check_eq!(error(empty), Some(EINVAL));
        Ok(())
    }

    #[test]
    fn a_reserved_address_is_not_found() -> Result {
        let table = table()?;

        let slot = table.reserve_at(100)?;
        check!(table.get(100).is_none());
        check!(table.is_empty());
        check_eq!(error(table.reserve_at(100)), Some(EBUSY));
        drop(slot);
        check_eq!(table.reserve_at(100)?.addr(), 100);
        Ok(())
    }

    #[test]
    fn only_the_object_itself_is_removed() -> Result {
        let (table, dropped) = (table()?, counter()?);
        let (mine, other) = (object(1, &dropped)?, object(1, &dropped)?);

        table.reserve_at(1)?.publish(mine.clone());
        check!(table.remove(1, &other).is_none());
        check!(table.remove(2, &mine).is_none());
        check!(table.get(1).is_some());
        check!(table
            .remove(1, &mine)
            .is_some_and(|found| RcuArc::ptr_eq(&found, &mine)));
        check!(table.remove(1, &mine).is_none());
        check!(table.get(1).is_none());
        Ok(())
    }

    #[test]
    fn references_keep_the_object() -> Result {
        let (table, dropped) = (table()?, counter()?);

        table.reserve_at(5)?.publish(object(5, &dropped)?);
        let found = table.get(5).ok_or(ENOENT)?;
        drop(table.remove(5, &found));
        check_eq!(dropped.load(Relaxed), 0);
        check_eq!(found.addr, 5);
        drop(found);
        check_eq!(dropped.load(Relaxed), 1);
        Ok(())
    }

    #[test]
    fn in_order_until_empty() -> Result {
        let (table, dropped) = (table()?, counter()?);

        for addr in [u32::MAX, 3, 1024] {
            table.reserve_at(addr)?.publish(object(addr, &dropped)?);
        }
        check_eq!(table.next(4).map(|(addr, _)| addr), Some(1024));
        for expected in [3, 1024, u32::MAX] {
            check_eq!(table.take_first().map(|(addr, _)| addr), Some(expected));
        }
        check!(table.take_first().is_none());
        check_eq!(dropped.load(Relaxed), 3);
        Ok(())
    }

    #[test]
    fn the_table_drops_what_is_left() -> Result {
        let (table, dropped) = (table()?, counter()?);

        for addr in 0..100 {
            table.reserve_at(addr)?.publish(object(addr, &dropped)?);
        }
        let kept = table.get(42).ok_or(ENOENT)?;
        drop(table);
        check_eq!(dropped.load(Relaxed), 99);
        drop(kept);
        check_eq!(dropped.load(Relaxed), 100);
        Ok(())
    }
}
