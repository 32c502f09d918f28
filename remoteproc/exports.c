// SPDX-License-Identifier: GPL-2.0
/*
 * Exports of remoteproc.ko: the public Rust symbols, for Rust platform drivers
 * (the list is made by the build, see Kbuild).
 */
#include <linux/export.h>

#define EXPORT_SYMBOL_RUST_GPL(sym) extern int sym; EXPORT_SYMBOL_GPL(sym)

#include "exports_generated.h"
