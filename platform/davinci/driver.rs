// SPDX-License-Identifier: GPL-2.0

//! The platform driver: what probe takes, and power.

use crate::{
    memories::Memories,
    signals::Signals, //
};
use amp::reset::ExclusiveReset;
use kernel::{
    clk::Clk,
    device::{
        Bound,
        Core, //
    },
    io::{
        mem::IoMem,
        Io, //
    },
    of,
    platform,
    prelude::*,
    str::CString, //
};
use remoteproc::{
    machine,
    Config,
    Device,
    ImpliedVdev,
    Memory,
    Ops, //
};

/// The driver of the DA850's DSP.
pub(crate) struct Da8xxRproc;

/// The processor's name, and so that of its firmware if the device tree says nothing:
/// `rproc-dsp-fw`. Both are what mainline's driver has.
const NAME: &CStr = c"dsp";

/// The DSP begins at a multiple of this.
const BOOT_ALIGN: u64 = 1024;

/// The register HOST1CFG: where the DSP begins.
mod host1cfg {
    pub(super) const SIZE: usize = 4;
    pub(super) const ADDRESS: usize = 0;
}

/// What a bound device has.
#[pin_data]
pub(crate) struct Data<'bound> {
    /// Asserted whenever the DSP is not wanted to run, from probe on: with the reset released the
    /// clock alone would start it.
    reset: ExclusiveReset,
    clk: Clk,
    host1cfg: IoMem<'bound, { host1cfg::SIZE }>,
    memories: Memories<'bound>,
    #[pin]
    signals: Signals<'bound>,
}

kernel::of_device_table!(
    OF_TABLE,
    <Da8xxRproc as remoteproc::platform::Driver>::IdInfo,
    [(of::DeviceId::new(c"ti,da850-dsp"), ())]
);

impl remoteproc::platform::Driver for Da8xxRproc {
    type IdInfo = ();
    const OF_ID_TABLE: Option<of::IdTable<Self::IdInfo>> = Some(&OF_TABLE);

    fn config<'a>(
        pdev: &'a platform::Device<Core<'_>>,
        _info: Option<&'a Self::IdInfo>,
    ) -> Result<Config<'a>> {
        let firmware = match pdev.as_ref().fwnode() {
            Some(node) => node.property_read::<CString>(c"firmware-name").optional(),
            None => None,
        };

        Ok(Config {
            name: NAME,
            firmware,
            auto_boot: true,
            has_iommu: false,
        })
    }

    fn probe<'bound>(
        pdev: &'bound platform::Device<Core<'_>>,
        _info: Option<&'bound Self::IdInfo>,
    ) -> impl PinInit<Data<'bound>, Error> + 'bound {
        try_pin_init!(Data {
            reset: held(pdev)?,
            clk: Clk::get(pdev.as_ref(), None)?,
            host1cfg: map_host1cfg(pdev)?,
            memories: Memories::map(pdev)?,
            signals <- Signals::new(pdev),
        }? Error)
    }
}

/// The DSP's reset, asserted.
fn held(pdev: &platform::Device<Bound>) -> Result<ExclusiveReset> {
    let reset = ExclusiveReset::get(pdev.as_ref(), None)?;
    reset.assert()?;
    Ok(reset)
}

fn map_host1cfg<'bound>(
    pdev: &'bound platform::Device<Bound>,
) -> Result<IoMem<'bound, { host1cfg::SIZE }>> {
    let request = pdev.io_request_by_name(c"host1cfg").ok_or_else(|| {
        dev_err!(
            pdev.as_ref(),
            "no register host1cfg: reg-names has to name it\n"
        );
        ENODEV
    })?;
    request.iomap_sized()
}

/// What HOST1CFG has to be for a firmware that begins at `boot_addr`.
fn boot_address(rproc: &Device) -> Result<u32> {
    let boot_addr = rproc.boot_addr();

    u32::try_from(boot_addr)
        .ok()
        .filter(|_| boot_addr % BOOT_ALIGN == 0)
        .ok_or_else(|| {
            dev_err!(
                rproc.as_ref(),
                "the firmware's entry point is {:#x}: link it to a multiple of 1 KiB (0x400)\n",
                boot_addr
            );
            EINVAL
        })
}

impl Ops for Da8xxRproc {
    type Data<'bound> = Data<'bound>;
    const MACHINE: Option<u16> = Some(machine::TI_C6000);
    const IMPLIED_VDEV: Option<ImpliedVdev> = Some(ImpliedVdev::RPMSG);

    // The clock comes before the code is loaded: without it nobody reaches L1 and L2.
    fn prepare(_rproc: &Device, data: Pin<&Self::Data<'_>>) -> Result {
        data.clk.prepare_enable()
    }

    fn unprepare(_rproc: &Device, data: Pin<&Self::Data<'_>>) {
        data.clk.disable_unprepare();
    }

    fn start(rproc: &Device, data: Pin<&Self::Data<'_>>) -> Result {
        data.host1cfg
            .write32(boot_address(rproc)?, host1cfg::ADDRESS);
        data.signals.open(rproc);
        data.reset.deassert().inspect_err(|_| data.signals.close())
    }

    fn stop(_rproc: &Device, data: Pin<&Self::Data<'_>>) -> Result {
        data.reset.assert()?;
        data.signals.close();
        Ok(())
    }

    fn kick(_rproc: &Device, data: Pin<&Self::Data<'_>>, _notify_id: u32) {
        data.signals.kick();
    }

    fn memory<'a>(data: Pin<&'a Self::Data<'_>>, index: usize) -> Option<Memory<'a>> {
        data.get_ref().memories.get(index)
    }
}
