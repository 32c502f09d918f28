// SPDX-License-Identifier: GPL-2.0

//! `/sys/kernel/debug/rpmsg/<device>`: what went through a transport, and what did not.

use super::Host;
use amp::{
    device::DeviceExt,
    module_state::{
        Filled,
        ModuleState, //
    }, //
};
use kernel::{
    debugfs::{
        Dir,
        File, //
    },
    fmt,
    prelude::*,
    sync::{
        atomic::Relaxed,
        Arc, //
    }, //
};

/// The folder `/sys/kernel/debug/rpmsg`, from the module's init to its exit.
static ROOT: ModuleState<Dir> = ModuleState::new();

/// Makes the folder, until the result is dropped.
pub(crate) fn root() -> Result<Filled<Dir>> {
    ROOT.fill(Dir::new(c"rpmsg"))
}

/// The files of one transport.
pub(super) struct Files {
    _dir: Option<Dir>,
    _device: Option<Pin<KBox<File<Arc<Host>>>>>,
    _endpoints: Option<Pin<KBox<File<Arc<Host>>>>>,
}

impl Files {
    pub(super) fn new(host: &Arc<Host>) -> Result<Self> {
        let Some(root) = ROOT.get() else {
            return Ok(Self {
                _dir: None,
                _device: None,
                _endpoints: None,
            });
        };
        let dir = root.subdir(host.parent.device_name());

        Ok(Self {
            _device: Some(KBox::pin_init(
                dir.read_callback_file(c"device", host.clone(), &show_device),
                GFP_KERNEL,
            )?),
            _endpoints: Some(KBox::pin_init(
                dir.read_callback_file(c"endpoints", host.clone(), &show_endpoints),
                GFP_KERNEL,
            )?),
            _dir: Some(dir),
        })
    }
}

fn show_device(host: &Arc<Host>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let counters = &host.counters;
    let lines = [
        ("interrupts", &counters.interrupts),
        ("soft_polls", &counters.soft_polls),
        ("buffer_interrupts", &counters.buffer_interrupts),
        ("dropped_bad_length", &counters.bad_length),
        ("dropped_bad_header", &counters.bad_header),
        ("dropped_no_endpoint", &counters.no_endpoint),
        ("dropped_no_memory", &counters.no_memory),
        ("dropped_flow_control", &counters.flow_control),
    ];

    let [even, odd] = &counters.polls;
    let polls = [even, odd, &counters.soft_polls]
        .into_iter()
        .fold(0usize, |sum, count| sum.wrapping_add(count.load(Relaxed)));

    writeln!(f, "mtu: {}", host.mtu)?;
    writeln!(f, "polls: {}", polls)?;
    for (name, count) in Iterator::chain(lines.into_iter(), counters.refusals.all()) {
        writeln!(f, "{}: {}", name, count.load(Relaxed))?;
    }
    if let Some(transport) = host.transport.enter() {
        transport.show_statistics(f)?;
    }
    f.write_str("endpoints_gone: ")?;
    counters.gone.show(f)?;
    f.write_str("\n")
}

fn show_endpoints(host: &Arc<Host>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut next = Some(0);
    while let Some((addr, endpoint)) = next.and_then(|start| host.endpoints.next(start)) {
        write!(f, "{:#x}: ", addr)?;
        endpoint.counters.show(f)?;
        let (waiting, paused_by) = (endpoint.waiting(), endpoint.flow.pauses());
        writeln!(f, " waiting={waiting} paused_by={paused_by}")?;
        next = addr.checked_add(1);
    }
    Ok(())
}
