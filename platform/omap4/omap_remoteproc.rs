// SPDX-License-Identifier: GPL-2.0

//! Remote processors of OMAP4: the IPU, two Cortex-M3 behind an MMU.
//!
//! Device tree binding: [`ti,omap-remoteproc.yaml`][binding]. The names that users see (module,
//! driver, processor, firmware) are those of `drivers/remoteproc/omap_remoteproc.c`.
//!
//! Glossary:
//!
//! - IPU: image processing unit, the subsystem with the two M3 cores, also called Ducati.
//! - L2 RAM: 64 KiB of memory in the IPU, which Linux reaches too.
//!
//! [binding]: srctree/Documentation/devicetree/bindings/remoteproc/ti,omap-remoteproc.yaml

mod driver;
mod ipc;
mod memories;

use kernel::{
    driver::Registration,
    platform,
    prelude::*,
    InPlaceModule, //
};

/// The driver's name on the platform bus. Not the module's, so that what users write to its
/// `bind` and `unbind` stays where mainline's driver has it.
const DRIVER_NAME: &CStr = c"omap-rproc";

type Adapter = platform::Adapter<remoteproc::platform::Adapter<driver::OmapRproc>>;

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
    name: "omap_remoteproc",
    authors: ["The AMP/IPC framework contributors"],
    description: "Remote processors of OMAP4",
    license: "GPL",
}
