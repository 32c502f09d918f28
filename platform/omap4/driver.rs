// SPDX-License-Identifier: GPL-2.0

//! The platform driver: what probe takes, and power.

use crate::{
    ipc::Ipc,
    memories::Memories, //
};
use amp::reset::ExclusiveReset;
use kernel::{
    device::Core,
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

/// The driver of the OMAP4 IPU.
pub(crate) struct OmapRproc;

/// What a bound device has.
///
/// The clock of the binding's `clocks` is not touched: the IPU's interconnect wrapper (ti-sysc,
/// through the IOMMU) enables it.
#[pin_data]
pub(crate) struct Data<'bound> {
    /// The reset lines of all cores; switched together, in the order of `resets`.
    resets: ExclusiveReset,
    memories: Memories<'bound>,
    #[pin]
    ipc: Ipc,
}

kernel::of_device_table!(
    OF_TABLE,
    <OmapRproc as remoteproc::platform::Driver>::IdInfo,
    [(of::DeviceId::new(c"ti,omap4-ipu"), ())]
);

impl remoteproc::platform::Driver for OmapRproc {
    type IdInfo = ();
    const OF_ID_TABLE: Option<of::IdTable<Self::IdInfo>> = Some(&OF_TABLE);

    fn config<'a>(
        pdev: &'a platform::Device<Core<'_>>,
        _info: Option<&'a Self::IdInfo>,
    ) -> Result<Config<'a>> {
        let dev = pdev.as_ref();
        let firmware = dev
            .fwnode()
            .ok_or(ENODEV)?
            .property_read::<CString>(c"firmware-name")
            .required_by(dev)?;

        Ok(Config {
            name: dev.name(),
            firmware: Some(firmware),
            auto_boot: true,
            has_iommu: true,
        })
    }

    fn probe<'bound>(
        pdev: &'bound platform::Device<Core<'_>>,
        _info: Option<&'bound Self::IdInfo>,
    ) -> impl PinInit<Data<'bound>, Error> + 'bound {
        try_pin_init!(Data {
            resets: ExclusiveReset::get_all(pdev.as_ref())?,
            memories: Memories::map(pdev)?,
            ipc <- Ipc::new(pdev.as_ref()),
        }? Error)
    }
}

impl Ops for OmapRproc {
    type Data<'bound> = Data<'bound>;
    const MACHINE: Option<u16> = Some(machine::ARM);
    const IMPLIED_VDEV: Option<ImpliedVdev> = Some(ImpliedVdev::RPMSG);

    fn start(rproc: &Device, data: Pin<&Self::Data<'_>>) -> Result {
        data.ipc.open(rproc);
        data.resets.deassert().inspect_err(|_| data.ipc.close())
    }

    fn stop(_rproc: &Device, data: Pin<&Self::Data<'_>>) -> Result {
        data.resets.assert()?;
        data.ipc.close();
        Ok(())
    }

    fn kick(_rproc: &Device, data: Pin<&Self::Data<'_>>, notify_id: u32) {
        data.ipc.kick(notify_id);
    }

    fn memory<'a>(data: Pin<&'a Self::Data<'_>>, index: usize) -> Option<Memory<'a>> {
        data.get_ref().memories.get(index)
    }
}
