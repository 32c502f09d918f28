// SPDX-License-Identifier: GPL-2.0

//! Resource tables from a description that people can read, and back.
//!
//! ```toml
//! [[entry]]
//! type = "carveout"
//! name = "text"
//! da = 0x0
//! len = "1 MiB"
//!
//! [[entry]]
//! type = "vdev"
//! id = "rpmsg"
//! dfeatures = 1
//! vrings = [
//!     { da = 0xa0000000, align = 4096, num = 256 },
//!     { da = 0xa0004000, align = 4096, num = 256 },
//! ]
//! ```

mod read;
mod source;
mod write;

pub use read::read;
pub use source::c;
pub use source::rust;
pub use write::write;

use crate::elf_file;
use crate::error::Result;
use crate::resources::encode;
use crate::resources::Entry;
use crate::resources::Layout;

/// A table before it is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// How it will be laid out.
    pub layout: Layout,
    /// Its entries.
    pub entries: Vec<Entry>,
}

/// What to make of a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// The bytes.
    Binary,
    /// An ELF object to link, for this machine with these flags.
    Object(u16, u32),
    /// C.
    C,
    /// Rust.
    Rust,
}

/// The file for a description; `from` is what it was made from, for a comment.
pub fn make(description: &Description, output: Output, from: &str) -> Result<Vec<u8>> {
    let bytes = encode(&description.entries, description.layout)?;
    Ok(match output {
        Output::Binary => bytes,
        Output::Object(machine, flags) => elf_file::object(&bytes, machine, flags)?,
        Output::C => c(description, from)?.into_bytes(),
        Output::Rust => rust(description, from)?.into_bytes(),
    })
}
