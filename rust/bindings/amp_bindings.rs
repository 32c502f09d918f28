// SPDX-License-Identifier: GPL-2.0

//! Bindings of the C headers that the kernel's own `bindings` crate lacks.
//!
//! The generated part holds only what `kernel::bindings` does not have; everything else is
//! re-exported from there, so that a C type has one Rust type in all crates.
//!
//! Like the kernel's, this crate is for abstractions and the C ABI edge only.

#![allow(
    clippy::all,
    clippy::as_underscore,
    clippy::cast_lossless,
    clippy::ptr_as_ptr,
    clippy::ref_as_ptr,
    clippy::undocumented_unsafe_blocks,
    dead_code,
    improper_ctypes,
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unknown_lints,
    unnecessary_transmutes,
    unreachable_pub,
    unsafe_op_in_unsafe_fn
)]

mod generated {
    // Names that the generated code writes out.
    pub use kernel::bindings::*;
    use kernel::ffi;
    use pin_init::MaybeZeroable;

    include!(env!("AMP_BINDINGS"));
}

pub use generated::*;
