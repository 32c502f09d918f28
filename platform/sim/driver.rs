// SPDX-License-Identifier: GPL-2.0

//! What remoteproc calls.

use crate::{
    firmware,
    module_parameters,
    processor::Processor,
    services::Behaviour, //
};
use amp::{
    coherent,
    work::{
        Kind,
        OwnedQueue, //
    }, //
};
use kernel::{
    device::{
        self,
        Core, //
    },
    of,
    platform,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    }, //
};
use remoteproc::{
    Config,
    Device,
    Memory,
    Ops, //
};

/// The driver of the simulated processor.
pub(crate) struct RprocSim;

/// What a bound device has.
pub(crate) struct Data {
    /// RAM at device address 0.
    ram: coherent::Memory,
    queue: OwnedQueue,
    /// Boots so far.
    boots: Atomic<u32>,
    processor: Arc<Processor>,
}

impl Data {
    fn new(dev: &device::Device) -> Result<Self> {
        Ok(Self {
            ram: coherent::Memory::alloc(dev, firmware::RAM_LEN)?,
            queue: OwnedQueue::new(c"rproc_sim", Kind::Unbound)?,
            boots: Atomic::new(0),
            processor: Processor::new()?,
        })
    }
}

impl remoteproc::platform::Driver for RprocSim {
    type IdInfo = ();
    // Found by its name.
    const OF_ID_TABLE: Option<of::IdTable<Self::IdInfo>> = None;

    fn config<'a>(
        pdev: &'a platform::Device<Core<'_>>,
        _info: Option<&'a Self::IdInfo>,
    ) -> Result<Config<'a>> {
        Ok(Config {
            name: pdev.as_ref().name(),
            firmware: None,
            auto_boot: module_parameters::auto_boot.value(),
            has_iommu: false,
        })
    }

    fn probe<'bound>(
        pdev: &'bound platform::Device<Core<'_>>,
        _info: Option<&'bound Self::IdInfo>,
    ) -> impl PinInit<Data, Error> + 'bound {
        Data::new(pdev.as_ref())
    }
}

impl Ops for RprocSim {
    type Data<'bound> = Data;

    fn image<'a>(_data: Pin<&'a Data>) -> Option<&'a [u8]> {
        Some(firmware::image())
    }

    fn start(rproc: &Device, data: Pin<&Data>) -> Result {
        let boot = data.boots.fetch_add(1, Relaxed);

        if boot < module_parameters::fail_boots.value() {
            dev_err!(rproc.as_ref(), "does not start, as asked for\n");
            return Err(EIO);
        }
        let behaviour = Behaviour {
            silent: module_parameters::silent.value(),
            crash_after: module_parameters::crash_after.value(),
            hang_after: module_parameters::hang_after.value(),
            slow_us: module_parameters::slow_us.value(),
            malformed: module_parameters::malformed.value(),
        };
        Processor::start(&data.processor, rproc, behaviour, &data.queue);
        Ok(())
    }

    fn stop(_rproc: &Device, data: Pin<&Data>) -> Result {
        Processor::stop(&data.processor);
        Ok(())
    }

    fn kick(_rproc: &Device, data: Pin<&Data>, _notify_id: u32) {
        data.processor.kick();
    }

    fn memory<'a>(data: Pin<&'a Data>, index: usize) -> Option<Memory<'a>> {
        (index == 0).then(|| Memory {
            name: c"ram",
            da: 0,
            window: data.get_ref().ram.window(),
        })
    }
}
