// SPDX-License-Identifier: GPL-2.0

//! Shared memory behind a data cache that does not see what the other side does.

use proto::vring::Fault;
use proto::vring::Memory;
use proto::DeviceAddr;

/// A data cache. Both functions return when the cache is done.
///
/// Ranges need not begin or end at a cache line: the two sides never write to one line of up to
/// 128 bytes, if no variable of the firmware shares a line with the resource table.
pub trait Cache {
    /// Makes what this side has written to the `len` bytes at `at` visible to Linux.
    fn writeback(&self, at: DeviceAddr, len: usize);

    /// Makes what Linux has written there visible to this side.
    fn invalidate(&self, at: DeviceAddr, len: usize);
}

/// Memory that is accessed through a cache: what is read has been fetched for that, and what is
/// written is written back at once.
#[derive(Debug)]
pub struct Cached<M, C> {
    memory: M,
    cache: C,
}

impl<M, C> Cached<M, C> {
    /// `memory` as it is seen through `cache`.
    pub const fn new(memory: M, cache: C) -> Self {
        Self { memory, cache }
    }
}

impl<M: Memory, C: Cache> Memory for Cached<M, C> {
    fn read_u16(&self, at: DeviceAddr) -> Result<u16, Fault> {
        self.cache.invalidate(at, size_of::<u16>());
        self.memory.read_u16(at)
    }

    fn write_u16(&self, at: DeviceAddr, value: u16) -> Result<(), Fault> {
        self.memory.write_u16(at, value)?;
        self.cache.writeback(at, size_of::<u16>());
        Ok(())
    }

    fn read(&self, at: DeviceAddr, to: &mut [u8]) -> Result<(), Fault> {
        self.cache.invalidate(at, to.len());
        self.memory.read(at, to)
    }

    fn write(&self, at: DeviceAddr, from: &[u8]) -> Result<(), Fault> {
        self.memory.write(at, from)?;
        self.cache.writeback(at, from.len());
        Ok(())
    }

    fn barrier(&self) {
        self.memory.barrier();
    }
}
