// SPDX-License-Identifier: GPL-2.0

//! What firmware asks for in its resource table, and what it gets.

use crate::{
    crash::Fault,
    debugfs::{
        trace_file,
        TraceFile, //
    },
    mapping::{
        map,
        map_in_place, //
    },
    memory::{
        name,
        Carveout,
        Part,
        Printable, //
    },
    ops::{
        Platform,
        Vendor, //
    },
    pool,
    request::{
        self,
        Request, //
    },
    table::Table,
    vdev::{
        Plan,
        Registered,
        Vring, //
    },
    Device, //
};
use amp::{
    iommu::Domain,
    static_channels::Offer,
    virtio::transport::MAX_RINGS, //
};
use kernel::{
    page::page_align,
    prelude::*,
    sync::Arc, //
};
use proto::{
    resource_table::channels,
    Name, //
};

/// Everything that a processor holds while it is powered. Given back by [`Resources::release`],
/// in the reverse order of taking it.
#[derive(Default)]
pub(crate) struct Resources {
    /// Virtio devices on the bus.
    pub(crate) vdevs: KVec<Registered>,
    /// Virtio devices that wait for the processor to run.
    pub(crate) plans: KVec<Plan>,
    pub(crate) traces: KVec<TraceFile>,
    pub(crate) table: Option<Arc<Table>>,
    pub(crate) domain: Option<Arc<Domain<Fault>>>,
    /// Notify ids given out so far.
    notify_ids: u32,
    /// Channels that the firmware wants without an announcement.
    offers: KVec<Offer>,
    /// [`Platform::prepare`] was called.
    pub(crate) prepared: bool,
}

impl Resources {
    /// Gives everything back. The processor must be held in reset.
    pub(crate) fn release(mut self, rproc: &Device) {
        self.vdevs.clear();
        self.plans.clear();
        self.traces.clear();
        if let Some(table) = &self.table {
            table.unload();
        }
        *rproc.current_table.lock() = None;

        rproc.raw().show_domain::<Fault>(None);
        // Mappings go before the memory behind them.
        *rproc.domain.lock() = None;
        self.domain = None;
        let carveouts = core::mem::take(&mut *rproc.carveouts.lock());
        drop(carveouts);

        if self.prepared {
            if let Some(ops) = rproc.ops.enter() {
                ops.unprepare(rproc);
            }
        }
        rproc.raw().set_max_notify_id(-1);
    }

    /// Does what one entry of `table` asks for.
    pub(crate) fn handle(
        &mut self,
        rproc: &Device,
        ops: &dyn Platform,
        table: &Table,
        request: Request<'_>,
    ) -> Result {
        match request {
            Request::Carveout(carveout) => self.carveout(rproc, table, &carveout),
            Request::Devmem(devmem) => self.devmem(rproc, &devmem),
            Request::Trace(trace) => {
                let index = self.traces.len();
                let file = trace_file(rproc, index, &trace)?;
                Ok(self.traces.push(file, GFP_KERNEL)?)
            }
            Request::Vdev(vdev) => self.vdev(rproc, table, &vdev),
            Request::Vendor {
                kind: channels::KIND,
                offset,
                bytes,
            } => self.static_channels(
                rproc,
                offset.saturating_sub(size_of_val(&channels::KIND)),
                bytes,
            ),
            Request::Vendor {
                kind,
                offset,
                bytes,
            } => {
                let mut payload = KVec::with_capacity(bytes.len(), GFP_KERNEL)?;
                payload.extend_from_slice(bytes, GFP_KERNEL)?;

                match ops.vendor_resource(rproc, kind, offset, &mut payload)? {
                    Vendor::Handled => table.write(rproc, offset, &payload),
                    Vendor::Ignored => {
                        dev_warn!(rproc.as_ref(), "unsupported vendor resource {}\n", kind);
                    }
                }
                Ok(())
            }
            Request::Noted { kind, name } => {
                dev_dbg!(
                    rproc.as_ref(),
                    "firmware has {} {}\n",
                    kind,
                    Printable(&name)
                );
                Ok(())
            }
            Request::Unknown { kind } => {
                dev_warn!(rproc.as_ref(), "unsupported resource {}\n", kind);
                Ok(())
            }
        }
    }

    /// Offers channels that the firmware wants without an announcement to the rpmsg transports below.
    /// The `entry` begins there in the table.
    fn static_channels(&mut self, rproc: &Device, entry: usize, bytes: &[u8]) -> Result {
        let mut list = KVec::new();
        let channels = channels::parse(bytes).map_err(|error| {
            dev_err!(
                rproc.as_ref(),
                "the resource table's entry at offset {:#x}: {}\n",
                entry,
                format_args!("{error}")
            );
            EINVAL
        })?;
        for channel in channels {
            list.push(channel, GFP_KERNEL)?;
        }
        let offer = Offer::new(rproc.as_ref(), &list)?;
        Ok(self.offers.push(offer, GFP_KERNEL)?)
    }

    /// Allocates memory for the processor and maps it where the firmware wants it; returns where it
    /// is and at which device address.
    fn allocate(&mut self, rproc: &Device, wanted: Wanted) -> Result<Carveout> {
        let Wanted {
            name,
            da,
            pa,
            len,
            flags,
        } = wanted;
        let len = page_align(len).filter(|len| *len != 0).ok_or_else(|| {
            dev_err!(
                rproc.as_ref(),
                "{} of {:#x} bytes: the length must not be 0\n",
                Printable(&name),
                len
            );
            EINVAL
        })?;
        let memory = match (pa, da, &self.domain) {
            (Some(pa), _, _) => pool::fixed(rproc, &name, pa, len)?,
            (None, Some(da), None) => pool::in_place(rproc, &name, da, len)?,
            _ => pool::anywhere(rproc, &name, len)?,
        };
        let memory = Arc::new(memory, GFP_KERNEL)?;

        match (da, &self.domain) {
            (Some(da), Some(domain)) => {
                let pa = memory.dma_address();
                map(rproc, domain, &name, da, pa, len as u64, flags)?;
            }
            (None, Some(domain)) => {
                map_in_place(rproc, domain, &name, memory.dma_address(), len as u64)?;
            }
            (_, None) => {}
        }

        let carveout = Carveout {
            name,
            da: da.unwrap_or(memory.dma_address()),
            memory,
        };
        rproc.carveouts.lock().push(carveout.clone(), GFP_KERNEL)?;
        Ok(carveout)
    }

    fn carveout(&mut self, rproc: &Device, table: &Table, request: &request::Carveout) -> Result {
        let carveout = self.allocate(
            rproc,
            Wanted {
                name: request.name,
                da: request.da,
                pa: request.pa,
                len: usize::try_from(request.len)?,
                flags: request.flags,
            },
        )?;
        // Processors that drive hardware which is not behind their IOMMU need the physical address.
        table.write_field(rproc, request.da_field, carveout.da);
        table.write_field(rproc, request.pa_field, carveout.memory.pa());
        Ok(())
    }

    fn devmem(&mut self, rproc: &Device, request: &request::Devmem) -> Result {
        let Some(domain) = &self.domain else {
            dev_err!(
                rproc.as_ref(),
                "{}: firmware wants {:#x} mapped to {:#x}, but there is no IOMMU\n",
                Printable(&request.name),
                request.pa,
                request.da
            );
            return Err(EINVAL);
        };
        map(
            rproc,
            domain,
            &request.name,
            request.da,
            request.pa,
            request.len.into(),
            request.flags,
        )
    }

    fn vdev(&mut self, rproc: &Device, table: &Table, request: &request::Vdev) -> Result {
        let index = self.plans.len();
        let mut vrings = KVec::new();

        for vring in &request.vrings {
            let notify_id = self.notify_ids;
            if usize::try_from(notify_id)? >= MAX_RINGS {
                dev_err!(
                    rproc.as_ref(),
                    "vdev{}: too many vrings, there may be {} in all\n",
                    index,
                    MAX_RINGS
                );
                return Err(EINVAL);
            }
            self.notify_ids += 1;

            let size = usize::try_from(vring.size)?;
            if let Some(da) = vring.da {
                let planned = self.plans.iter().flat_map(|plan| &plan.vrings);
                let mut all = Iterator::chain(planned, &vrings);
                if let Some(other) = all.find(|other| other.overlaps(da, size)) {
                    dev_err!(
                        rproc.as_ref(),
                        "vdev{}vring{} at {:#x} (size {:#x}) overlaps the vring at {:#x} (size {:#x}); 0xffffffff is anywhere\n",
                        index,
                        vring.index,
                        da,
                        size,
                        other.da,
                        other.len
                    );
                    return Err(EINVAL);
                }
            }
            let (da, memory) = self.vring_memory(rproc, index, vring, size)?;

            table.write_field(rproc, vring.da_field, da);
            table.write_field(rproc, vring.pa_field, memory.pa());
            table.write_field(rproc, vring.notify_field, notify_id.into());
            rproc.raw().set_max_notify_id(notify_id.try_into()?);
            vrings.push(
                Vring {
                    num: vring.num,
                    align: vring.align,
                    notify_id,
                    da,
                    len: size,
                },
                GFP_KERNEL,
            )?;
        }

        let buffers = match request.buffers {
            Some((da, len)) => Some(rproc.carveout_part(da, len).ok_or(EINVAL)?),
            None => None,
        };
        let plan = Plan {
            index,
            id: request.id,
            features: request.features,
            gfeatures_field: request.gfeatures_field,
            status_offset: request.status_offset,
            config: request.config,
            vrings,
            buffers,
        };
        self.plans.push(plan, GFP_KERNEL)?;
        Ok(())
    }

    /// Memory for a vring of `size` bytes: a carveout of that name or at that address if there is
    /// one, else new memory.
    fn vring_memory(
        &mut self,
        rproc: &Device,
        vdev: usize,
        vring: &request::Vring,
        size: usize,
    ) -> Result<(u64, Part)> {
        // By which platforms and device trees name the memory of a vring.
        let name = name(fmt!("vdev{}vring{}", vdev, vring.index))?;

        if let Some(carveout) = rproc.carveout(&name) {
            let da = vring.da.unwrap_or(carveout.da);
            let part = carveout.part(da, size).ok_or_else(|| {
                dev_err!(
                    rproc.as_ref(),
                    "{} at {:#x} needs {:#x} bytes, its carveout has {:#x} bytes at {:#x}\n",
                    Printable(&name),
                    da,
                    size,
                    carveout.memory.len(),
                    carveout.da
                );
                EINVAL
            })?;
            return Ok((da, part));
        }

        let da = vring.da;
        if let Some(da) = da {
            if let Some(part) = rproc.carveout_part(da, size) {
                return Ok((da, part));
            }
        }
        let carveout = self.allocate(
            rproc,
            Wanted {
                name,
                da,
                pa: None,
                len: size,
                flags: 0,
            },
        )?;
        Ok((carveout.da, Part::whole(&carveout.memory)))
    }
}

/// Memory that is to be allocated.
struct Wanted {
    name: Name,
    /// Where the processor is to see it; [`None`] for anywhere.
    da: Option<u64>,
    /// Where it must lie; [`None`] for anywhere.
    pa: Option<u64>,
    len: usize,
    flags: u32,
}
