// SPDX-License-Identifier: GPL-2.0

//! Virtio devices that firmware offers.
//!
//! Each is a platform device `rproc-virtio.N.auto` below the processor, which owns the buffers'
//! memory, with a virtio device below it.

use crate::{
    buffers::Buffers,
    crash::Fault,
    mapping::map_in_place,
    memory::{
        self,
        Part,
        Printable, //
    },
    request::Field,
    table::Table,
    Device, //
};
use amp::{
    child::PlatformChild,
    iommu::Domain,
    reserved_memory,
    virtio::transport::{
        self,
        Ring,
        RingMemory,
        Transport, //
    },
    window::Window, //
};
use core::ops::Deref;
use kernel::{
    prelude::*,
    str::CString,
    sync::{
        aref::ARef,
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    }, //
};
use proto::Name;

/// A vring that has its memory: somewhere in the carveouts, which are freed when the processor is
/// stopped, whoever still holds the virtio device.
pub(crate) struct Vring {
    pub(crate) num: u32,
    pub(crate) align: u32,
    pub(crate) notify_id: u32,
    pub(crate) da: u64,
    pub(crate) len: usize,
}

impl Vring {
    /// Whether the `len` bytes at `da` have something in common with it.
    pub(crate) fn overlaps(&self, da: u64, len: usize) -> bool {
        let end = |da: u64, len: usize| da.saturating_add(len as u64);
        da < end(self.da, self.len) && self.da < end(da, len)
    }
}

/// A virtio device as the resource table describes it, checked, with memory for its vrings.
pub(crate) struct Plan {
    /// Position among the processor's virtio devices.
    pub(crate) index: usize,
    /// Virtio device id.
    pub(crate) id: u32,
    /// The features that the remote offers.
    pub(crate) features: u32,
    /// Where things are in the table, if they are there.
    pub(crate) gfeatures_field: Option<Field>,
    pub(crate) status_offset: Option<usize>,
    /// Where the configuration space is, and its length. The one in the loaded table is the
    /// remote's to change.
    pub(crate) config: (usize, usize),
    pub(crate) vrings: KVec<Vring>,
    /// The memory that its buffers must come from; [`None`] for the processor's pool.
    pub(crate) buffers: Option<Part>,
}

/// The transport of one virtio device.
pub(crate) struct Vdev {
    rproc: ARef<Device>,
    table: Arc<Table>,
    plan: Plan,
    /// The status as we set it: what the remote makes of the one in its table does not matter.
    status: Atomic<u32>,
}

impl RingMemory for Part {
    fn window(&self) -> Option<Window<'_>> {
        Part::window(self)
    }
}

impl Transport for Vdev {
    type Memory = Part;

    fn features(&self) -> u64 {
        self.plan.features.into()
    }

    fn accept(&self, features: u64) -> Result {
        let features = u32::try_from(features).map_err(|_| EINVAL)?;
        self.table
            .write_field(&self.rproc, self.plan.gfeatures_field, features.into());
        Ok(())
    }

    fn status(&self) -> u8 {
        // CAST: Only bytes are stored.
        self.status.load(Relaxed) as u8
    }

    fn set_status(&self, status: u8) {
        self.status.store(status.into(), Relaxed);
        if let Some(offset) = self.plan.status_offset {
            self.table.write(&self.rproc, offset, &[status]);
        }
    }

    fn read_config(&self, offset: usize, data: &mut [u8]) {
        let (start, len) = self.plan.config;
        // Drivers find out by reading whether there is anything, as virtio has no other way to
        // ask, and do that byte by byte: what is there is read, the rest is zero, and that is no
        // mistake to tell of.
        let there = len.saturating_sub(offset).min(data.len());
        if let (Some(at), Some(data)) = (start.checked_add(offset), data.get_mut(..there)) {
            self.table.read(&self.rproc, at, data);
        }
    }

    fn write_config(&self, offset: usize, data: &[u8]) {
        if let Some(at) = self.config(offset, data.len()) {
            self.table.write(&self.rproc, at, data);
        }
    }

    fn ring(&self, index: u32) -> Option<Ring<Part>> {
        let vring = self.plan.vrings.get(usize::try_from(index).ok()?)?;

        Some(Ring {
            num: vring.num,
            align: vring.align,
            memory: self.rproc.carveout_part(vring.da, vring.len)?,
            id: vring.notify_id,
        })
    }

    fn kick(&self, index: u32) {
        let vring = usize::try_from(index)
            .ok()
            .and_then(|index| self.plan.vrings.get(index));
        if let (Some(vring), Some(ops)) = (vring, self.rproc.ops.enter()) {
            ops.kick(&self.rproc, vring.notify_id);
        }
    }
}

impl Vdev {
    /// Where in the table `len` bytes of the configuration space at `offset` lie.
    fn config(&self, offset: usize, len: usize) -> Option<usize> {
        let (start, config_len) = self.plan.config;
        let end = offset.checked_add(len)?;
        if end > config_len {
            dev_err!(
                self.rproc.as_ref(),
                "vdev{}: configuration space has {} bytes, {} bytes to write at {} refused\n",
                self.plan.index,
                config_len,
                len,
                offset
            );
            return None;
        }
        start.checked_add(offset)
    }
}

/// A virtio device on the bus. The fields are dropped in this order: the driver goes first and
/// frees its buffers, then their pool, then the device that they were allocated for.
pub(crate) struct Registered {
    _virtio: transport::Registration<Vdev>,
    _pool: Option<reserved_memory::Assigned>,
    _child: PlatformChild,
}

/// The platform device that owns the buffers of a virtio device, and the memory that they come
/// from: the entry `vdev<index>buffer` of the parent's `memory-region` list, or the first one, of
/// which a processor behind an IOMMU sees the buffers only.
fn child(
    rproc: &Device,
    domain: Option<&Arc<Domain<Fault>>>,
    plan: &Plan,
) -> Result<(PlatformChild, Option<reserved_memory::Assigned>)> {
    let index = plan.index;
    let parent = rproc.parent();
    let property = CString::try_from_fmt(fmt!("vdev{}buffer", index))?;
    let name = memory::name(fmt!("vdev{}buffer", index))?;
    let own = reserved_memory::index_of(parent, &property).ok();
    let new = |allocator| PlatformChild::new(rproc.as_ref(), parent, c"rproc-virtio", allocator);

    if plan.buffers.is_some() || (domain.is_some() && own.is_none()) {
        let buffers = Buffers::new(rproc, domain.cloned(), name, plan.buffers.clone())?;
        match new(Some(buffers)) {
            Ok(child) => return Ok((child, None)),
            // The kernel can't say which memory of a pool it gave to whom.
            Err(error) if error == EOPNOTSUPP => {}
            Err(error) => return Err(error),
        }
    }

    let child = new(None)?;
    let region = own.unwrap_or(0);
    // Without a region the buffers come from anywhere, which is fine if there is no IOMMU.
    let pool = reserved_memory::Assigned::new(child.as_ref(), parent, region).ok();
    if let Some(domain) = domain {
        map_region(rproc, domain, &name, region, own.is_some())?;
    }
    Ok((child, pool))
}

/// Maps a whole region of the parent's `memory-region` list for the buffers called `name`.
fn map_region(
    rproc: &Device,
    domain: &Domain<Fault>,
    name: &Name,
    region: u32,
    own: bool,
) -> Result {
    let Ok(region) = reserved_memory::region(rproc.parent(), region) else {
        dev_warn!(
            rproc.as_ref(),
            "{}: there is no memory-region, the processor can't reach the buffers\n",
            Printable(name)
        );
        return Ok(());
    };
    if !own {
        dev_notice!(
            rproc.as_ref(),
            "the processor sees all of its memory-region; a region called {} would be better\n",
            Printable(name)
        );
    }
    // Stays until the domain goes: nobody else gets this memory.
    map_in_place(rproc, domain, name, region.pa, region.len).map(|_| ())
}

impl Registered {
    /// Puts the device on the virtio bus; its driver is probed at once if it is there.
    pub(crate) fn new(
        rproc: &Device,
        table: &Arc<Table>,
        domain: Option<&Arc<Domain<Fault>>>,
        plan: Plan,
    ) -> Result<Self> {
        let (child, pool) = child(rproc, domain, &plan)?;
        let id = plan.id;
        let virtio = transport::Registration::new(
            child.as_ref(),
            id,
            rproc.interrupts.clone(),
            Vdev {
                rproc: rproc.into(),
                table: table.clone(),
                plan,
                status: Atomic::new(0),
            },
        )?;
        dev_info!(
            child.as_ref(),
            "registered {} (type {})\n",
            amp::device::DeviceExt::device_name(virtio.device()),
            id
        );

        Ok(Self {
            _virtio: virtio,
            _pool: pool,
            _child: child,
        })
    }
}

impl Deref for Registered {
    type Target = Vdev;

    fn deref(&self) -> &Vdev {
        &self._virtio
    }
}
