// SPDX-License-Identifier: GPL-2.0

//! Firmware of remote processors: what is in it, whether it will load, and how to make it.
//!
//! The program `ampfw` is a thin shell over this library, so that the tests and the fuzzers reach
//! everything without it. The file formats themselves are in the crate `proto`, which the kernel
//! modules use as well: what this says of a file is what the kernel will say.

pub mod board;
pub mod check;
pub mod convert;
pub mod elf_file;
pub mod error;
pub mod image;
pub mod info;
pub mod resources;
pub mod rprc_file;
pub mod table;
mod text;
