// SPDX-License-Identifier: GPL-2.0
/*
 * Exports the public Rust symbols of amp.ko: EXPORT_SYMBOL_GPL needs C, and
 * the list is made by the build from the crates' objects (see Kbuild).
 */
#include <linux/export.h>

#define EXPORT_SYMBOL_RUST_GPL(sym) extern int sym; EXPORT_SYMBOL_GPL(sym)

#include "exports_generated.h"
