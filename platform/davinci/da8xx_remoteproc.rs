// SPDX-License-Identifier: GPL-2.0

//! The DSP of DaVinci DA850 (OMAP-L138): a C674x next to the ARM.
//!
//! Device tree: the node `dsp` of `arch/arm/boot/dts/ti/davinci/da850.dtsi`. The names that users
//! see (module, driver, processor, firmware) are those of
//! `drivers/remoteproc/da8xx_remoteproc.c`.
//!
//! Registers: OMAP-L138 Technical Reference Manual (SPRUH77), "System Configuration Module".
//!
//! Glossary:
//!
//! - CHIPSIG: five bits with which ARM and DSP interrupt each other. A set bit is an interrupt
//!   until whom it is for clears it; there is nothing but the bit.
//! - HOST1CFG: where the DSP begins when its reset is released, a multiple of 1 KiB.
//! - L2, L1P, L1D: memories in the DSP's subsystem, which Linux reaches too, while the DSP has its
//!   clock.

mod driver;
mod memories;
mod signals;

use kernel::{
    driver::Registration,
    platform,
    prelude::*,
    InPlaceModule, //
};

/// The driver's name on the platform bus. Not the module's, so that what users write to its
/// `bind` and `unbind` stays where mainline's driver has it.
const DRIVER_NAME: &CStr = c"davinci-rproc";

type Adapter = platform::Adapter<remoteproc::platform::Adapter<driver::Da8xxRproc>>;

#[pin_data]
struct Module {
    #[pin]
    _driver: Registration<Adapter>,
}

impl InPlaceModule for Module {
    fn init(module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _driver <- Registration::new(DRIVER_NAME, module),
        })
    }
}

module! {
    type: Module,
    name: "da8xx_remoteproc",
    authors: ["The AMP/IPC framework contributors"],
    description: "The DSP of DaVinci DA850",
    license: "GPL",
}
