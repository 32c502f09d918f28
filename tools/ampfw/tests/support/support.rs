// SPDX-License-Identifier: GPL-2.0

//! What the tests share: the generators of proto's tests, firmware made with them, the program.

#[path = "checked.rs"]
pub(crate) mod checked;
#[path = "../../../../proto/tests/support/coff_image.rs"]
pub(crate) mod coff_image;
#[path = "../../../../proto/tests/support/elf_image.rs"]
pub(crate) mod elf_image;
#[path = "firmware.rs"]
pub(crate) mod firmware;
#[path = "program.rs"]
pub(crate) mod program;
#[path = "../../../../proto/tests/support/rprc_image.rs"]
pub(crate) mod rprc_image;
#[path = "../../../../proto/tests/support/table_image.rs"]
pub(crate) mod table_image;
