// SPDX-License-Identifier: GPL-2.0

//! How a processor gets from firmware in a file to running, and back into reset.

use crate::{
    crash::Fault,
    device::Core,
    errno::Errno,
    firmware::{
        self,
        File,
        Format, //
    },
    ops::Platform,
    resources::Resources,
    state::Event,
    table::Table,
    vdev::Registered,
    Device, //
};
use amp::iommu::Domain;
use kernel::{
    prelude::*,
    str::CString,
    sync::{
        aref::ARef,
        atomic::Release, //
    }, //
};
use proto::elf::Segment;

impl Device {
    /// Starts the processor with the firmware in `file`. It must be offline; on failure it still is.
    pub(crate) fn power_up(&self, core: &mut Core, file: &File<'_>) -> Result {
        let state = core.state.after(Event::Start).map_err(|refused| {
            dev_err!(self.as_ref(), "{}\n", core::format_args!("{refused}"));
            EBUSY
        })?;
        let ops = self.ops.enter().ok_or(ENODEV)?;
        let mut resources = Resources::default();

        if let Err(error) = self.bring_up(&**ops, file, &mut resources) {
            resources.release(self);
            return Err(error);
        }

        core.resources = Some(resources);
        self.set_state(core, state);
        dev_info!(
            self.as_ref(),
            "remote processor {} is now up\n",
            self.name()
        );
        Ok(())
    }

    /// Does the work of [`Device::power_up`]. What it took is in `resources`, also on failure;
    /// then the processor is held in reset.
    fn bring_up(&self, ops: &dyn Platform, file: &File<'_>, resources: &mut Resources) -> Result {
        let (name, image) = (file.name, file.image);
        let firmware = firmware::parse(image).map_err(|refusal| {
            dev_err!(
                self.as_ref(),
                "firmware {}: {}\n",
                name,
                core::format_args!("{refusal}")
            );
            EINVAL
        })?;
        self.check_machine(ops, name, &firmware)?;
        dev_info!(
            self.as_ref(),
            "Booting fw image {}, size {}\n",
            name,
            image.len()
        );

        if self.raw().has_iommu() {
            let domain =
                Domain::new(self.parent(), Fault(ARef::from(self))).inspect_err(|&error| {
                    dev_err!(
                        self.as_ref(),
                        "can't get an IOMMU domain: {}\n",
                        Errno(error)
                    );
                })?;
            self.raw().show_domain(Some(&*domain));
            *self.domain.lock() = Some(domain.clone());
            resources.domain = Some(domain);
        }

        ops.prepare(self).inspect_err(|&error| {
            dev_err!(
                self.as_ref(),
                "can't prepare {}: {}\n",
                self.name(),
                Errno(error)
            );
        })?;
        resources.prepared = true;
        self.raw().set_boot_addr(firmware.boot_addr());

        let table = firmware.resource_table().map_err(|refusal| {
            dev_err!(
                self.as_ref(),
                "firmware {}: {}\n",
                name,
                core::format_args!("{refusal}")
            );
            EINVAL
        })?;
        if let Some(found) = table {
            let table = Table::new(found)?;
            *self.current_table.lock() = Some(table.clone());
            resources.table = Some(table.clone());
            resources.handle(self, ops, &table, found.bytes)?;
        } else {
            dev_info!(
                self.as_ref(),
                "firmware {} has no resource table: no memory, traces or virtio devices\n",
                name
            );
        }

        firmware.for_each_segment(&mut |segment| self.load_segment(name, segment))?;
        if let Some(table) = &resources.table {
            table.load(self);
        }

        self.crash_reported.store(0, Release);
        ops.start(self).inspect_err(|&error| {
            dev_err!(
                self.as_ref(),
                "can't start {}: {}\n",
                self.name(),
                Errno(error)
            );
        })?;
        self.register_vdevs(resources).inspect_err(|&error| {
            dev_err!(
                self.as_ref(),
                "can't register the virtio devices of {}: {}\n",
                self.name(),
                Errno(error)
            );
            resources.vdevs.clear();
            if let Err(error) = ops.stop(self) {
                dev_err!(
                    self.as_ref(),
                    "can't stop {}: {}\n",
                    self.name(),
                    Errno(error)
                );
            }
        })
    }

    fn check_machine<'a>(
        &self,
        ops: &dyn Platform,
        name: &CStr,
        firmware: &impl Format<'a>,
    ) -> Result {
        if let (Some(wanted), Some(found)) = (ops.machine(), firmware.machine()) {
            if wanted != found {
                dev_err!(
                    self.as_ref(),
                    "firmware {} is for machine {} ({}), {} is machine {}\n",
                    name,
                    found,
                    firmware.name(),
                    self.name(),
                    wanted
                );
                return Err(ENOEXEC);
            }
        }
        Ok(())
    }

    /// Copies one segment to where the processor expects it.
    fn load_segment(&self, name: &CStr, segment: &Segment<'_>) -> Result {
        let len = usize::try_from(segment.memsz)?;
        let loaded = self.with_window(segment.da.0, len, |window| {
            window.write(0, segment.data)?;
            window.zero(segment.data.len(), len.saturating_sub(segment.data.len()))
        });

        loaded.unwrap_or_else(|| {
            // Formatted before it is printed: the list is behind a lock, and printk must not sleep.
            let memories = CString::try_from_fmt(fmt!("{}", self.memories()))?;
            dev_err!(
                self.as_ref(),
                "firmware {}: segment {} at {:#x}-{:#x} is in no memory of the processor; there are: {}\n",
                name,
                segment.index,
                segment.da.0,
                segment.da.0.saturating_add(segment.memsz).saturating_sub(1),
                &*memories
            );
            Err(EINVAL)
        })
    }

    /// Puts the virtio devices on the bus. On failure those that are there must be removed.
    fn register_vdevs(&self, resources: &mut Resources) -> Result {
        let Some(table) = &resources.table else {
            return Ok(());
        };
        let plans = core::mem::take(&mut resources.plans);

        for plan in plans {
            resources.vdevs.reserve(1, GFP_KERNEL)?;
            let vdev = Registered::new(self, table, resources.domain.as_ref(), plan)?;
            resources.vdevs.push(vdev, GFP_KERNEL)?;
        }
        Ok(())
    }

    /// Puts the processor into reset and gives back what it held. It must be on; if the driver
    /// can't stop it, it stays as it is, without virtio devices.
    pub(crate) fn power_down(&self, core: &mut Core) -> Result {
        let state = core.state.after(Event::Stop).map_err(|refused| {
            dev_err!(self.as_ref(), "{}\n", core::format_args!("{refused}"));
            EINVAL
        })?;
        let ops = self.ops.enter().ok_or(ENODEV)?;

        if let Some(resources) = &mut core.resources {
            resources.vdevs.clear();
        }
        ops.stop(self).inspect_err(|&error| {
            dev_err!(
                self.as_ref(),
                "can't stop {}: {}\n",
                self.name(),
                Errno(error)
            );
        })?;
        if let Some(resources) = core.resources.take() {
            resources.release(self);
        }
        self.set_state(core, state);
        dev_info!(self.as_ref(), "stopped remote processor {}\n", self.name());
        Ok(())
    }
}
