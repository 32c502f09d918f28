// SPDX-License-Identifier: GPL-2.0

//! Memory as a bus master without an IOMMU sees it, for devices that are simulated.
//!
//! C header: [`include/asm-generic/memory_model.h`](srctree/include/asm-generic/memory_model.h)

use crate::window::Window;
use amp_bindings as bindings;

/// Calls `f` with the `len` bytes of RAM at physical address `pa`. [`None`] if not all of them are
/// RAM that the kernel has mapped. Any context; `f` must not sleep.
///
/// Like a device that was told to do DMA there, `f` writes to memory behind the back of whoever
/// owns it; Rust does not count what devices do as unsafe, and a simulated device must be given
/// addresses with the same care as a real one. It sees what the CPUs see: on machines where DMA is
/// not coherent it can't play a device for which memory was allocated as uncached.
pub fn with<R>(pa: u64, len: usize, f: impl FnOnce(Window<'_>) -> R) -> Option<R> {
    let pa = bindings::phys_addr_t::try_from(pa).ok()?;
    // SAFETY: Takes any values.
    let va = unsafe { bindings::ram_at(pa, len) };
    // SAFETY: The helper returns RAM in the kernel's linear mapping, which stays, or NULL.
    let window = unsafe { Window::from_raw(va.cast(), len, false) }?;

    // What a device does is no data race of the kernel's: the driver of a ring stores to it
    // plainly, with a barrier, as rings want it.
    // SAFETY: Takes no arguments, and ends below in the same context.
    unsafe { bindings::device_access_begin() };
    let result = f(window);
    // SAFETY: Begun above.
    unsafe { bindings::device_access_end() };
    Some(result)
}
