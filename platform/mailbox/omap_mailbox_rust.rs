// SPDX-License-Identifier: GPL-2.0

//! The mailbox of OMAP4 and its successors, for those who send many words.
//!
//! Takes the place of mainline's `omap-mailbox` for the same devices and clients; see
//! `Documentation/rpmsg-performance.rst` for how to have it bound. The difference is in what a word
//! costs: mainline's driver asks for an interrupt after each word that it sends, and handles all
//! interrupts in a thread. Here a client that says that it can bear it
//! ([`Manner::Prompt`](amp::mailbox::controller::Manner)) is called in the interrupt handler, and
//! there is an interrupt for room in a FIFO only when it was full.
//!
//! Device tree binding: [`ti,omap-mailbox.yaml`][binding].
//!
//! [binding]: srctree/Documentation/devicetree/bindings/mailbox/ti,omap-mailbox.yaml

mod driver;
mod fifo;
mod mailbox;

kernel::module_platform_driver! {
    type: driver::OmapMailbox,
    name: "omap_mailbox_rust",
    authors: ["The AMP/IPC framework contributors"],
    description: "Mailbox of OMAP4 and its successors",
    license: "GPL",
}
