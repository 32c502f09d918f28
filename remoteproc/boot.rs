// SPDX-License-Identifier: GPL-2.0

//! How a processor gets from firmware in a file to running, and back into reset.

use crate::{
    crash::Fault,
    device::Core,
    errno::Errno,
    firmware::{
        File,
        Firmware,
        Format,
        Refusal,
        Segment, //
    },
    ops::Platform,
    request::Stop,
    resources::Resources,
    state::{
        Event,
        State, //
    },
    table::Table,
    vdev::Registered,
    Device, //
};
use amp::{
    iommu::Domain,
    trace::remoteproc as trace, //
};
use kernel::{
    prelude::*,
    str::CString,
    sync::{
        aref::ARef,
        atomic::Release, //
    }, //
};

impl Device {
    /// Starts the processor with the firmware in `file`. It must be offline; on failure it still is.
    pub(crate) fn power_up(&self, core: &mut Core, file: &File<'_>) -> Result {
        let state = core.state.after(Event::Start).map_err(|refused| {
            dev_err!(self.as_ref(), "{}\n", core::format_args!("{refused}"));
            EBUSY
        })?;
        let ops = self.ops.enter().ok_or(ENODEV)?;
        let mut resources = Resources::default();

        let result = self.bring_up(&**ops, file, &mut resources);
        trace::boot(|| (self.as_ref(), file.name, file.image.len(), &result));
        if let Err(error) = result {
            resources.release(self);
            return Err(error);
        }

        core.resources = Some(resources);
        core.subdevs_stopped = false;
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
        let (own, known);
        let firmware: &dyn Format<'_> = match ops.format(self, file) {
            Some(checked) => {
                own = checked?;
                &*own
            }
            None => {
                known = Firmware::parse(image).map_err(|refusal| self.refuse(name, &refusal))?;
                known.format()
            }
        };
        self.check_machine(ops, name, firmware)?;
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
        self.raw().set_boot_addr(self.boot_address(name, firmware));

        let table = firmware
            .table()
            .map_err(|refusal| self.refuse(name, &refusal))?;
        if let Some(found) = table {
            let table = Table::new(found)?;
            *self.current_table.lock() = Some(table.clone());
            resources.table = Some(table.clone());
            found
                .for_each(ops.implied_vdev(), &mut |request| {
                    resources.handle(self, ops, &table, request)
                })
                .map_err(|stop| match stop {
                    Stop::Refused(refusal) => self.refuse(name, &refusal),
                    Stop::Failed(error) => error,
                })?;
        } else {
            dev_info!(
                self.as_ref(),
                "firmware {} has no resource table: no memory, traces or virtio devices\n",
                name
            );
        }

        firmware.load(self, name)?;
        if let Some(table) = &resources.table {
            table.load(self);
        }

        self.crash_reported.store(0, Release);
        ops.prepare_subdevs(self)?;
        ops.start(self).inspect_err(|&error| {
            dev_err!(
                self.as_ref(),
                "can't start {}: {}\n",
                self.name(),
                Errno(error)
            );
            ops.unprepare_subdevs(self);
        })?;
        let shown = ops.start_subdevs(self).and_then(|()| {
            self.register_vdevs(resources)
                .inspect_err(|_| ops.stop_subdevs(self, true))
        });
        shown.inspect_err(|&error| {
            dev_err!(
                self.as_ref(),
                "can't register the devices of {}: {}\n",
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
            ops.unprepare_subdevs(self);
        })
    }

    /// Says why firmware is refused.
    fn refuse(&self, name: &CStr, refusal: &Refusal) -> Error {
        dev_err!(
            self.as_ref(),
            "firmware {}: {}\n",
            name,
            core::format_args!("{refusal}")
        );
        EINVAL
    }

    /// The address of the first instruction, 0 if the firmware leaves that to the platform.
    fn boot_address(&self, name: &CStr, firmware: &dyn Format<'_>) -> u64 {
        let (mut last, mut count) = (0, 0u32);
        firmware.for_each_boot_addr(&mut |da| {
            last = da;
            count += 1;
        });
        if count > 1 {
            dev_warn!(
                self.as_ref(),
                "firmware {}: {} boot addresses, the last one counts: {:#x}\n",
                name,
                count,
                last
            );
        }
        last
    }

    fn check_machine(&self, ops: &dyn Platform, name: &CStr, firmware: &dyn Format<'_>) -> Result {
        firmware.for_each_ignored(&mut |index, what| {
            dev_notice!(
                self.as_ref(),
                "firmware {}: section {} is left out: {}, of TI's secure mode\n",
                name,
                index,
                core::format_args!("{what}")
            );
        });
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
    pub(crate) fn load_segment(&self, name: &CStr, segment: &Segment<'_>) -> Result {
        let len = usize::try_from(segment.memsz)?;
        let loaded = self.with_window(segment.da, len, |window| {
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
                segment.da,
                segment.da.saturating_add(segment.memsz).saturating_sub(1),
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
        if !core.subdevs_stopped {
            ops.stop_subdevs(self, core.state == State::Crashed);
            core.subdevs_stopped = true;
        }
        ops.stop(self).inspect_err(|&error| {
            dev_err!(
                self.as_ref(),
                "can't stop {}: {}\n",
                self.name(),
                Errno(error)
            );
        })?;
        ops.unprepare_subdevs(self);
        if let Some(resources) = core.resources.take() {
            resources.release(self);
        }
        self.set_state(core, state);
        dev_info!(self.as_ref(), "stopped remote processor {}\n", self.name());
        Ok(())
    }
}
