// SPDX-License-Identifier: GPL-2.0

//! A simulated remote processor: AMP without a second processor.
//!
//! Loading this module adds a remote processor whose firmware is a work item of this kernel. It
//! runs the remote side of rpmsg that firmware uses too (`samples/firmware/rpmsg-remote`), over
//! the vrings that remoteproc sets up for it as for any other, and needs neither a device tree nor
//! a firmware file, on any architecture. So a channel appears, drivers bind, `/dev/rpmsg0`
//! answers, and whatever a real remote may do wrong can be asked for: see the module's parameters
//! and [`services`].
//!
//! The picture, with the names of the files:
//!
//! ```text
//! driver.rs     what remoteproc calls: start, stop, kick
//! firmware.rs   the image that remoteproc loads: an ELF file with a resource table only
//! processor.rs  the work item in the place of a processor
//! linux.rs      Linux as the simulated firmware sees it: resource table, interrupts
//! log.rs        its trace buffer
//! bus.rs        its loads and stores
//! services.rs   what it offers, and how it misbehaves
//! ```

mod bus;
mod driver;
mod firmware;
mod linux;
mod log;
mod processor;
mod services;

use amp::child::PlatformChild;
use kernel::{
    driver::Registration,
    platform,
    prelude::*,
    InPlaceModule, //
};

/// The driver's name, and that of its device: that is how they find each other.
const NAME: &CStr = c"rproc-sim";

type Adapter = platform::Adapter<remoteproc::platform::Adapter<driver::RprocSim>>;

#[pin_data]
struct Module {
    // Dropped in this order: the device goes first.
    _device: PlatformChild,
    #[pin]
    _driver: Registration<Adapter>,
}

impl InPlaceModule for Module {
    fn init(module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _driver <- Registration::new(NAME, module),
            _device: PlatformChild::new_root(NAME)?,
        })
    }
}

module! {
    type: Module,
    name: "rproc_sim",
    authors: ["The AMP/IPC framework contributors"],
    description: "A simulated remote processor",
    license: "GPL",
    params: {
        auto_boot: bool {
            default: true,
            description: "Boot when the module is loaded",
        },
        fail_boots: u32 {
            default: 0,
            description: "How many boots fail, from the first on",
        },
        crash_boots: u32 {
            default: 0,
            description: "How many boots end in a crash at once, from the first on",
        },
        silent: bool {
            default: false,
            description: "Announce no service",
        },
        static_channels: bool {
            default: false,
            description: "The driver knows a client's and a server's channel that nobody announces",
        },
        tell_bound: bool {
            default: false,
            description: "Ask to be told who uses the services",
        },
        raw: bool {
            default: true,
            description: "Announce rpmsg-raw, which gets a /dev/rpmsgN",
        },
        crash_after: u32 {
            default: 0,
            description: "Crash at the Nth message of each run (0: never)",
        },
        hang_after: u32 {
            default: 0,
            description: "Stop answering at the Nth message of each run (0: never)",
        },
        slow_us: u32 {
            default: 0,
            description: "Microseconds that each message takes",
        },
        malformed: bool {
            default: false,
            description: "Send malformed messages before the first answer",
        },
    },
}
