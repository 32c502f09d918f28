// SPDX-License-Identifier: GPL-2.0

//! What remoteproc calls.

use crate::{
    firmware,
    module_parameters,
    processor::Processor,
    services::{
        self,
        Behaviour, //
    }, //
};
use amp::{
    coherent,
    static_channels::Offer,
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
use proto::{
    resource_table::channels::StaticChannel,
    rpmsg::Addr,
    Name, //
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
    /// The channels that nobody announces, if they are asked for.
    _channels: Option<Offer>,
}

/// What a platform driver knows of its processor's firmware that the firmware does not say itself:
/// a service of each side.
fn static_channels(dev: &device::Device) -> Result<Offer> {
    let (client, at) = services::SAMPLE;
    let (server, ours) = services::SERVER;

    Offer::new(
        dev,
        &[
            StaticChannel {
                name: Name::new(client).ok_or(EINVAL)?,
                src: Addr::ANY,
                dst: at,
            },
            StaticChannel {
                name: Name::new(server).ok_or(EINVAL)?,
                src: ours,
                dst: Addr::ANY,
            },
        ],
    )
}

impl Data {
    fn new(dev: &device::Device) -> Result<Self> {
        let channels = if module_parameters::static_channels.value() {
            Some(static_channels(dev)?)
        } else {
            None
        };

        Ok(Self {
            _channels: channels,
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
        Some(firmware::image(module_parameters::tell_bound.value()))
    }

    fn start(rproc: &Device, data: Pin<&Data>) -> Result {
        let boot = data.boots.fetch_add(1, Relaxed);

        if boot < module_parameters::fail_boots.value() {
            dev_err!(rproc.as_ref(), "does not start, as asked for\n");
            return Err(EIO);
        }
        let behaviour = Behaviour {
            crash_at_boot: boot < module_parameters::crash_boots.value(),
            raw: module_parameters::raw.value(),
            silent: module_parameters::silent.value(),
            crash_after: module_parameters::crash_after.value(),
            hang_after: module_parameters::hang_after.value(),
            slow_us: module_parameters::slow_us.value(),
            malformed: module_parameters::malformed.value(),
        };
        Processor::start(&data.processor, rproc, behaviour, &data.queue)
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
