// SPDX-License-Identifier: GPL-2.0

//! The trace buffer: text for whoever reads `trace0` on Linux.

use core::cmp::min;
use core::fmt;

use proto::vring::Fault;
use proto::vring::Memory;
use proto::DeviceAddr;

/// Bytes that are moved at a time.
const CHUNK: usize = 32;

/// Text in a buffer that Linux reads at any time, always followed by a zero.
///
/// When it is full, its older half goes.
#[derive(Debug)]
pub struct Trace<M> {
    memory: M,
    base: DeviceAddr,
    /// Bytes of text that fit.
    room: usize,
    /// Bytes of text that are there.
    used: usize,
}

impl<M: Memory> Trace<M> {
    /// Goes on behind the text that is in the `len` bytes at `base` of `memory`.
    ///
    /// So a panic handler needs nothing from those who wrote before it. Memory that Linux has just
    /// loaded is empty.
    ///
    /// # Errors
    ///
    /// If `memory` does not have the buffer.
    pub fn resume(memory: M, base: DeviceAddr, len: usize) -> Result<Self, Fault> {
        let mut trace = Self {
            memory,
            base,
            room: len.saturating_sub(1),
            used: 0,
        };
        let mut chunk = [0; CHUNK];
        while trace.used < trace.room {
            let chunk = trace.load(trace.used, &mut chunk)?;
            match chunk.iter().position(|&byte| byte == 0) {
                Some(text) => {
                    trace.used += text;
                    break;
                }
                None => trace.used += chunk.len(),
            }
        }
        Ok(trace)
    }

    fn at(&self, offset: usize) -> DeviceAddr {
        DeviceAddr(self.base.0.wrapping_add(offset as u64))
    }

    /// Reads what the buffer has at `offset`, as much of it as `chunk` can hold.
    fn load<'a>(&self, offset: usize, chunk: &'a mut [u8; CHUNK]) -> Result<&'a [u8], Fault> {
        let len = min(CHUNK, self.room.saturating_sub(offset));
        let (chunk, _) = chunk.split_at_mut(len);
        self.memory.read(self.at(offset), chunk)?;
        Ok(chunk)
    }

    fn append(&mut self, text: &[u8]) -> Result<(), Fault> {
        for chunk in text.chunks(CHUNK) {
            if chunk.len() > self.room.saturating_sub(self.used) {
                self.drop_older_half()?;
            }
            let chunk = chunk.get(..self.room - self.used).unwrap_or(chunk);
            // The zero goes first: a reader never runs past the text.
            self.memory.write(self.at(self.used + chunk.len()), &[0])?;
            self.memory.write(self.at(self.used), chunk)?;
            self.used += chunk.len();
        }
        Ok(())
    }

    fn drop_older_half(&mut self) -> Result<(), Fault> {
        let mut from = self.used / 2;
        let mut to = 0;
        let mut chunk = [0; CHUNK];
        while from < self.used {
            let chunk = self.load(from, &mut chunk)?;
            self.memory.write(self.at(to), chunk)?;
            from += chunk.len();
            to += chunk.len();
        }
        self.used -= self.used / 2;
        self.memory.write(self.at(self.used), &[0])
    }
}

impl<M: Memory> fmt::Write for Trace<M> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.append(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::RefCell;
    use core::fmt::Write as _;
    use std::string::String;
    use std::vec;
    use std::vec::Vec;

    struct Bytes(RefCell<Vec<u8>>);

    impl Memory for &Bytes {
        fn read_u16(&self, _at: DeviceAddr) -> Result<u16, Fault> {
            unimplemented!()
        }
        fn write_u16(&self, _at: DeviceAddr, _value: u16) -> Result<(), Fault> {
            unimplemented!()
        }
        fn read(&self, at: DeviceAddr, to: &mut [u8]) -> Result<(), Fault> {
            let at = at.0 as usize;
            to.copy_from_slice(&self.0.borrow()[at..at + to.len()]);
            Ok(())
        }
        fn write(&self, at: DeviceAddr, from: &[u8]) -> Result<(), Fault> {
            let at = at.0 as usize;
            self.0.borrow_mut()[at..at + from.len()].copy_from_slice(from);
            Ok(())
        }
        fn barrier(&self) {}
    }

    fn text(bytes: &Bytes) -> String {
        let bytes = bytes.0.borrow();
        let end = bytes.iter().position(|&byte| byte == 0).unwrap();
        String::from_utf8(bytes[..end].to_vec()).unwrap()
    }

    #[test]
    fn goes_on() {
        let bytes = Bytes(RefCell::new(vec![0; 4096]));
        for line in ["one\n", "and a rather longer line, longer than a chunk\n"] {
            let mut trace = Trace::resume(&bytes, DeviceAddr(0), 4096).unwrap();
            trace.write_str(line).unwrap();
        }
        assert_eq!(
            text(&bytes),
            "one\nand a rather longer line, longer than a chunk\n"
        );
    }

    #[test]
    fn keeps_the_newest() {
        let bytes = Bytes(RefCell::new(vec![0; 256]));
        let mut trace = Trace::resume(&bytes, DeviceAddr(0), 256).unwrap();
        let mut all = String::new();
        for i in 0..500 {
            writeln!(trace, "line {i}").unwrap();
            writeln!(all, "line {i}").unwrap();
            let text = text(&bytes);
            assert!(all.ends_with(&text), "{text:?}");
            assert!(text.len() >= 100 || text == all);
            let resumed = Trace::resume(&bytes, DeviceAddr(0), 256).unwrap();
            assert_eq!(resumed.used, trace.used);
        }
    }

    #[test]
    fn tiny_buffers() {
        for len in 0..40 {
            let bytes = Bytes(RefCell::new(vec![0; len + 1]));
            bytes.0.borrow_mut()[len] = 0x55;
            let mut trace = Trace::resume(&bytes, DeviceAddr(0), len).unwrap();
            if len > 0 {
                for _ in 0..20 {
                    trace
                        .write_str("0123456789abcdefghijklmnopqrstuvwxyz")
                        .unwrap();
                    assert!(text(&bytes).len() < len);
                }
            }
            assert_eq!(bytes.0.borrow()[len], 0x55);
        }
    }
}
