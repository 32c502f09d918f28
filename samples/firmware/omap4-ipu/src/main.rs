// SPDX-License-Identifier: GPL-2.0

//! Firmware for the Cortex-M3 of an OMAP4: echoes every message to its sender.
//!
//! It is meant to be copied. What is particular to the processor is in `port`, to the SoC in
//! `mailbox` and `linux`, to the application in `table` (what it needs) and `services` (what it
//! offers); the rest is the library `rpmsg-remote`.

#![no_std]
#![no_main]

use core::fmt::{
    Arguments,
    Write as _, //
};
use core::panic::PanicInfo;

use proto::omap_mailbox::Word;
use proto::rpmsg;
use rpmsg_remote::Remote;
use rpmsg_remote::Service;
use rpmsg_remote::Trace;

mod flow_control;
mod hostile;
mod linux;
mod mailbox;
mod port;
mod saboteur;
mod services;
mod table;

use linux::Linux;
use mailbox::Mailbox;

/// Writes a line into the trace buffer.
fn log(line: Arguments<'_>) {
    if let Ok(mut trace) = Trace::resume(port::trace(), port::TRACE.into(), port::TRACE_LEN) {
        // Nobody could be told.
        let _ = writeln!(trace, "{line}");
    }
}

fn main() -> ! {
    log(format_args!("omap4-ipu: up, waiting for Linux's driver"));
    let mut sample = services::Sample::new();
    let mut terminal = services::Terminal::new();
    let mut on_demand = services::Crash;
    let mut burst = services::Burst;
    let mut visitor = services::Visitor::new();
    let mut flow_control = flow_control::FlowControl::new();
    let mut saboteur = saboteur::Saboteur::new();
    let mut services: [&mut dyn Service; 7] = [
        &mut saboteur,
        &mut sample,
        &mut terminal,
        &mut on_demand,
        &mut burst,
        &mut visitor,
        &mut flow_control,
    ];
    let mut copy = [0; rpmsg::PAYLOAD_LEN];
    let mut remote = Remote::new(port::shared(), Linux::new(), &mut services, &mut copy);
    let fault = remote.run(|| log(format_args!("omap4-ipu: Linux's driver is ready")));
    crash(format_args!("vring: {fault}"))
}

/// Says why in the trace buffer, tells Linux, and stops.
fn crash(why: Arguments<'_>) -> ! {
    log(format_args!("omap4-ipu: crash: {why}"));
    let mailbox = Mailbox::new();
    while !mailbox.try_send(Word::Crash.encode()) {}
    port::stop()
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    crash(format_args!("{}", info.message()))
}
