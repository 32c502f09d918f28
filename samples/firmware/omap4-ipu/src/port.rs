// SPDX-License-Identifier: GPL-2.0

//! The processor: vectors, interrupts, and which addresses mean what.
//!
//! All the unsafe code of this firmware is here.
//!
//! Interrupts stay masked for ever. `wfi` ends when one is *pending*, masked or not, so the main
//! loop can look at everything, decide to sleep, and cannot miss what happens in between: no
//! handler runs beside it, and nothing is shared with one.

use core::arch::asm;

use rpmsg_remote::Window;
use rpmsg_remote::Windows;

use crate::table;

/// Where the trace buffer is; see link.ld.
pub(crate) const TRACE: u32 = 0x8000_4000;
/// Its size in bytes.
pub(crate) const TRACE_LEN: usize = 0x1000;

/// The mailbox's registers, in the L4 interconnect.
const MAILBOX: u32 = table::L4_CFG + 0x000f_4000;
const MAILBOX_LEN: usize = 0x200;
/// Its interrupt.
const MAILBOX_IRQ: usize = 26;

/// The processor's own registers (ARMv7-M Architecture Reference Manual, "System Control Space").
const SYSTEM: usize = 0xe000_e000;
const SYSTEM_LEN: usize = 0x1000;
const NVIC_ISER: usize = 0x100;
const NVIC_ICER: usize = 0x180;
const NVIC_ICPR: usize = 0x280;
const CFSR: usize = 0xd28;
const BFAR: usize = 0xd38;
const CFSR_BFARVALID: u32 = 1 << 15;

/// An address that nothing maps: neither the resource table nor the processor.
const UNMAPPED: usize = 0xdead_0000;

extern "C" {
    static __stack_top: u8;
    static __resource_table: u8;
}

type Handler = extern "C" fn() -> !;

/// The vector table, at address 0.
#[repr(C)]
struct Vectors {
    stack_top: *const u8,
    reset: Handler,
    exceptions: [Handler; 14],
    interrupts: [Handler; 64],
}

// SAFETY: The pointer is never followed, and the table never written.
unsafe impl Sync for Vectors {}

#[used]
#[link_section = ".vectors"]
static VECTORS: Vectors = Vectors {
    stack_top: &raw const __stack_top,
    reset,
    exceptions: [fault; 14],
    interrupts: [fault; 64],
};

/// Linux has loaded every segment, with zeroes where there is nothing to load, and does so before
/// each start: there is nothing to set up.
#[export_name = "reset"]
extern "C" fn reset() -> ! {
    // SAFETY: Masks interrupts; touches neither memory nor the stack.
    unsafe { asm!("cpsid i", options(nomem, nostack, preserves_flags)) };
    system().write_u32(NVIC_ISER, 1 << MAILBOX_IRQ);
    crate::main()
}

/// Any exception: none is expected.
extern "C" fn fault() -> ! {
    let system = system();
    let cfsr = system.read_u32(CFSR);
    if cfsr & CFSR_BFARVALID != 0 {
        let bfar = system.read_u32(BFAR);
        crate::crash(format_args!("bus fault at {bfar:#010x} (cfsr {cfsr:#x})"))
    }
    crate::crash(format_args!("fault (cfsr {cfsr:#x})"))
}

/// Sleeps until the mailbox has something to say; returns at once if it has already.
pub(crate) fn wait_for_mailbox() {
    // Has no effect while the mailbox still asserts its interrupt.
    system().write_u32(NVIC_ICPR, 1 << MAILBOX_IRQ);
    // SAFETY: Waits. The barrier completes all accesses before; neither instruction touches
    // memory or the stack itself.
    unsafe { asm!("dsb", "wfi", options(nostack, preserves_flags)) };
}

/// Sleeps for ever.
pub(crate) fn stop() -> ! {
    system().write_u32(NVIC_ICER, 1 << MAILBOX_IRQ);
    loop {
        wait_for_mailbox();
    }
}

/// Reads an address that nothing maps.
pub(crate) fn read_unmapped_address() {
    // SAFETY: Nothing is there, so that this ends in `fault()`, which does not return.
    let nothing = unsafe { Window::new(UNMAPPED, 4) };
    nothing.read_u32(0);
}

fn system() -> Window {
    // SAFETY: The processor has these registers, and Rust nothing there.
    unsafe { Window::new(SYSTEM, SYSTEM_LEN) }
}

/// The mailbox's registers.
pub(crate) fn mailbox() -> Window {
    // SAFETY: The resource table maps them, and Rust has nothing there.
    unsafe { Window::new(MAILBOX as usize, MAILBOX_LEN) }
}

/// The trace buffer.
pub(crate) fn trace() -> Windows<1> {
    // SAFETY: link.ld keeps this range for it.
    Windows([unsafe { Window::new(TRACE as usize, TRACE_LEN) }])
}

/// The resource table, as Linux has loaded it and writes into it.
pub(crate) fn resource_table() -> Windows<1> {
    let base = (&raw const __resource_table).expose_provenance();
    // SAFETY: The table is there, and no code refers to its static.
    Windows([unsafe { Window::new(base, table::LEN) }])
}

/// The vrings and the message buffers.
pub(crate) fn shared() -> Windows<2> {
    // SAFETY: Linux maps both ranges by the resource table before it starts us, the first one in
    // part: what lies behind a vring is a fault. Rust has nothing there.
    unsafe {
        Windows([
            Window::new(table::VRINGS[0] as usize, table::VRINGS_LEN),
            Window::new(table::POOL as usize, table::POOL_LEN as usize),
        ])
    }
}
