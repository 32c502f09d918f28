// SPDX-License-Identifier: GPL-2.0

//! Links the firmware by its own memory map.

fn main() {
    let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    println!("cargo:rerun-if-changed=link.ld");
    println!("cargo:rustc-link-arg-bins=-T{here}/link.ld");
    // Segments begin where link.ld says, not at the page size of some host.
    println!("cargo:rustc-link-arg-bins=-zmax-page-size=4096");
}
