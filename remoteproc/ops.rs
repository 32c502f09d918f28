// SPDX-License-Identifier: GPL-2.0

//! What a platform driver supplies: the operations of one kind of remote processor.

use crate::{
    firmware::{
        File,
        Format, //
    },
    request::ImpliedVdev,
    Device, //
};
use amp::{
    loan::Loan,
    window::Window, //
};
use core::marker::PhantomData;
use kernel::{
    prelude::*,
    str::CString,
    types::ForLt, //
};

/// ELF machine numbers (`e_machine`) of processors that Linux boots.
pub mod machine {
    /// 32-bit Arm, A, R and M profile (`EM_ARM`).
    pub const ARM: u16 = 40;
    /// TI C6000 DSPs (`EM_TI_C6000`).
    pub const TI_C6000: u16 = 140;
}

/// What [`Registration`](crate::Registration) needs to know of a remote processor beforehand.
pub struct Config<'a> {
    /// Human readable name, in sysfs `name` and in messages; by convention the platform device's.
    pub name: &'a CStr,
    /// Firmware file, relative to the firmware search path. [`None`]: `rproc-<name>-fw`. Owned,
    /// since it usually is a copy of the device tree's `firmware-name`.
    pub firmware: Option<CString>,
    /// Boot as soon as the processor is registered, in the background.
    pub auto_boot: bool,
    /// The processor sees memory through an IOMMU (device tree `iommus`): the core gives it a
    /// domain while it is powered, maps carveouts at their device addresses and takes its faults
    /// as crashes.
    pub has_iommu: bool,
}

/// A memory inside the processor's subsystem that Linux can reach too (L2 RAM, TCM, ...).
#[derive(Clone, Copy)]
pub struct Memory<'a> {
    /// Name for messages, as in the device tree's `reg-names`.
    pub name: &'a CStr,
    /// Where the processor sees it (device address).
    pub da: u64,
    /// Where Linux sees it; `Window::from(&io_mem)` makes one of a mapped register region.
    pub window: Window<'a>,
}

/// What a driver did with a vendor resource (types 128 to 512 of the resource table).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vendor {
    /// It was understood and acted upon.
    Handled,
    /// The driver does not know it; the core says so in a message and goes on.
    Ignored,
}

/// Operations on a remote processor.
///
/// The core serialises [`prepare`](Ops::prepare), [`start`](Ops::start), [`stop`](Ops::stop) and
/// [`unprepare`](Ops::unprepare), calls them in this order in a context that may sleep, and calls
/// nothing after [`Registration`](crate::Registration) is gone. An operation that fails must leave
/// nothing behind: its counterpart is not called.
///
/// `data` is what the driver gave to the registration; it may borrow from the bound device.
pub trait Ops: Sized + 'static {
    /// The driver's state of one processor.
    type Data<'bound>: Send + Sync + 'bound;

    /// Which `e_machine` a firmware for this processor must have; see [`machine`]. [`None`]: any.
    const MACHINE: Option<u16> = None;

    /// The virtio device of firmware in a format that can't describe one (RPRC). [`None`]: such
    /// firmware has none.
    const IMPLIED_VDEV: Option<ImpliedVdev> = None;

    /// Releases the processor from reset; its code is loaded, [`Device::boot_addr`] is set.
    ///
    /// # Errors
    ///
    /// The error goes to whoever asked for the boot; the processor must be held in reset then.
    fn start(rproc: &Device, data: Pin<&Self::Data<'_>>) -> Result;

    /// Puts the processor back into reset. It may have crashed.
    ///
    /// All virtio devices are gone when this is called; [`kick`](Ops::kick) is not called any
    /// more. After it returned the processor must not touch memory: its memory is freed next.
    fn stop(rproc: &Device, data: Pin<&Self::Data<'_>>) -> Result;

    /// Tells the processor to look at the virtqueue with notify id `notify_id`.
    ///
    /// Called in any context, also with interrupts off: must not sleep, and must neither fail nor
    /// lose the kick. Queueing one pending bit per id is the way to do that when the signalling
    /// hardware is busy: many kicks of one id may be merged into one.
    fn kick(rproc: &Device, data: Pin<&Self::Data<'_>>, notify_id: u32);

    /// Powers what must be on before code is loaded (clocks of an internal RAM, say).
    fn prepare(_rproc: &Device, _data: Pin<&Self::Data<'_>>) -> Result {
        Ok(())
    }

    /// Undoes [`prepare`](Ops::prepare).
    fn unprepare(_rproc: &Device, _data: Pin<&Self::Data<'_>>) {}

    /// The processor's internal memories, by index from 0, until [`None`].
    ///
    /// They are searched before the carveouts when firmware is loaded.
    fn memory<'a>(_data: Pin<&'a Self::Data<'_>>, _index: usize) -> Option<Memory<'a>> {
        None
    }

    /// Firmware that the driver itself has: a processor with code in ROM, a simulated one. It takes
    /// the place of the file, and is checked and loaded as one.
    fn image<'a>(_data: Pin<&'a Self::Data<'_>>) -> Option<&'a [u8]> {
        None
    }

    /// Offers a vendor resource: its type and what follows the type in the table's copy.
    ///
    /// # Errors
    ///
    /// An error ends the boot.
    fn vendor_resource(
        _rproc: &Device,
        _data: Pin<&Self::Data<'_>>,
        _kind: u32,
        _payload: &[u8],
    ) -> Result<Vendor> {
        Ok(Vendor::Ignored)
    }
}

/// What [`Platform::format`] returns.
pub(crate) type OwnFormat<'a> = Result<KBox<dyn Format<'a> + 'a>>;

/// [`Ops`] of some driver with its data, as the core calls them: of a Rust driver, or of a C driver
/// through the C ABI.
pub(crate) trait Platform: Send + Sync {
    fn machine(&self) -> Option<u16>;
    fn implied_vdev(&self) -> Option<ImpliedVdev> {
        None
    }

    /// The file, checked, if the driver has a format of its own.
    fn format<'a>(&'a self, _rproc: &'a Device, _file: &File<'_>) -> Option<OwnFormat<'a>> {
        None
    }

    /// Sub-devices, of C drivers: before and after the start, before and after the stop.
    fn prepare_subdevs(&self, _rproc: &Device) -> Result {
        Ok(())
    }
    fn start_subdevs(&self, _rproc: &Device) -> Result {
        Ok(())
    }
    fn stop_subdevs(&self, _rproc: &Device, _crashed: bool) {}
    fn unprepare_subdevs(&self, _rproc: &Device) {}

    fn prepare(&self, rproc: &Device) -> Result;
    fn unprepare(&self, rproc: &Device);
    fn start(&self, rproc: &Device) -> Result;
    fn stop(&self, rproc: &Device) -> Result;
    fn kick(&self, rproc: &Device, notify_id: u32);
    fn memory(&self, index: usize) -> Option<Memory<'_>>;

    /// Firmware that takes the place of the file.
    fn image(&self) -> Option<&[u8]> {
        None
    }

    /// Offers a vendor resource: its type, where in the table what follows the type begins, and
    /// that, which may be changed to be written back.
    fn vendor_resource(
        &self,
        rproc: &Device,
        kind: u32,
        offset: usize,
        payload: &mut [u8],
    ) -> Result<Vendor>;

    /// The internal memory behind the `len` bytes at `da`, if one has all of them.
    fn translate(&self, _rproc: &Device, da: u64, len: usize) -> Option<Window<'_>> {
        let mut index = 0;
        while let Some(memory) = self.memory(index) {
            let offset = da.checked_sub(memory.da).and_then(|o| o.try_into().ok());
            if let Some(window) = offset.and_then(|offset| memory.window.part(offset, len)) {
                return Some(window);
            }
            index += 1;
        }
        None
    }
}

/// [`Ops::Data`], for each lifetime.
pub struct DataOf<T>(PhantomData<T>);

impl<T: Ops> ForLt for DataOf<T> {
    type Of<'a> = T::Data<'a>;
}

/// A Rust driver's operations and data.
pub(crate) struct Lent<T: Ops>(pub(crate) Loan<DataOf<T>>);

impl<T: Ops> Platform for Lent<T> {
    fn machine(&self) -> Option<u16> {
        T::MACHINE
    }

    fn implied_vdev(&self) -> Option<ImpliedVdev> {
        T::IMPLIED_VDEV
    }

    fn prepare(&self, rproc: &Device) -> Result {
        self.0.with(|data| T::prepare(rproc, data))
    }

    fn unprepare(&self, rproc: &Device) {
        self.0.with(|data| T::unprepare(rproc, data));
    }

    fn start(&self, rproc: &Device) -> Result {
        self.0.with(|data| T::start(rproc, data))
    }

    fn stop(&self, rproc: &Device) -> Result {
        self.0.with(|data| T::stop(rproc, data))
    }

    fn kick(&self, rproc: &Device, notify_id: u32) {
        self.0.with(|data| T::kick(rproc, data, notify_id));
    }

    fn memory(&self, index: usize) -> Option<Memory<'_>> {
        self.0.with(|data| T::memory(data, index))
    }

    fn image(&self) -> Option<&[u8]> {
        self.0.with(|data| T::image(data))
    }

    fn vendor_resource(
        &self,
        rproc: &Device,
        kind: u32,
        _offset: usize,
        payload: &mut [u8],
    ) -> Result<Vendor> {
        self.0
            .with(|data| T::vendor_resource(rproc, data, kind, payload))
    }
}
