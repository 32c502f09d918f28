// SPDX-License-Identifier: GPL-2.0

//! Reading and writing atomics where no order is asked for, without a call.
//!
//! `load(Relaxed)` and `store(_, Relaxed)` of [`Atomic`] call a C helper each. On 32-bit ARM, where the
//! kernel can't inline helpers, that is a call for one instruction, several times a message. These are
//! what the helpers do, `READ_ONCE()` and `WRITE_ONCE()`: a volatile access to a machine word or less.
//!
//! C header: [`include/asm-generic/rwonce.h`](srctree/include/asm-generic/rwonce.h)

use kernel::sync::atomic::Atomic;

/// An atomic that can be read and written by one instruction.
pub trait Once {
    /// What is in it.
    type Value;

    /// As `load(Relaxed)`. Any context.
    fn read_once(&self) -> Self::Value;

    /// As `store(value, Relaxed)`. Any context.
    fn write_once(&self, value: Self::Value);
}

macro_rules! impl_once {
    ($($type:ty),*) => {$(
        impl Once for Atomic<$type> {
            type Value = $type;

            #[inline(always)]
            fn read_once(&self) -> $type {
                // SAFETY: The pointer is valid and aligned, by what `as_ptr()` guarantees. The type is
                // a word or less, which whoever else accesses it does at once too.
                unsafe { self.as_ptr().read_volatile() }
            }

            #[inline(always)]
            fn write_once(&self, value: $type) {
                // SAFETY: As in `read_once`.
                unsafe { self.as_ptr().write_volatile(value) }
            }
        }
    )*};
}

impl_once!(bool, i32, u32, usize);
