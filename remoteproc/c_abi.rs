// SPDX-License-Identifier: GPL-2.0

//! The functions of `linux/remoteproc.h`, for C platform drivers and C users of a processor.
//!
//! Each has the signature and the meaning of the C implementation; signatures are compared with
//! the C declarations when this is compiled. The safety requirements are those of C: pointers are
//! valid, of the object that the name says, and stay so for the call. NULL is caught where the C
//! implementation catches it.
//!
//! `devm_rproc_alloc()` and `devm_rproc_add()` are in `exports.c`: they are device-resource
//! management around these.

pub mod elf;
mod format;
pub mod subdevs;

use crate::{
    firmware::File,
    ops::{
        Memory,
        OwnFormat,
        Platform,
        Vendor, //
    },
    Config,
    Crash,
    Device, //
};
use amp::{
    rproc::{
        ancestor,
        Embeds,
        OwnerPin, //
    },
    window::Window, //
};
use amp_bindings as bindings;
use bindings::{
    device,
    rproc,
    rproc_ops, //
};
use core::ptr::{
    null_mut,
    NonNull, //
};
use format::{
    DriversOwn,
    LOADED_TABLE, //
};
use kernel::{
    error::to_result,
    ffi::{
        c_char,
        c_int,
        c_uint,
        c_void, //
    },
    prelude::*,
    str::CString,
    sync::{
        aref::ARef,
        atomic::{
            Acquire,
            Atomic,
            Release, //
        }, //
    },
    types::Opaque, //
};

fn errno(result: Result) -> c_int {
    result.map_or_else(Error::to_errno, |()| 0)
}

/// The Rust object of `rproc`.
///
/// # Safety
///
/// `rproc` must come from [`rproc_alloc`] or another function of this module and be alive.
unsafe fn object<'a>(rproc: *mut rproc) -> &'a Device {
    // SAFETY: By the requirements of this function it is the one of a living `Device`.
    unsafe { &*Device::from_rproc(rproc) }
}

/// A C driver's operations and private data. The driver may change the operations.
struct CDriver {
    ops: KBox<Opaque<rproc_ops>>,
    data: KVec<u64>,
    /// The resource table in the processor's memory, if the driver found it there by itself.
    loaded: Atomic<*mut u8>,
}

// SAFETY: C code runs on any thread.
unsafe impl Send for CDriver {}
// SAFETY: The table is changed before the processor is registered only, and the private data is
// the driver's own business.
unsafe impl Sync for CDriver {}

impl CDriver {
    fn op<F>(&self, get: impl FnOnce(&rproc_ops) -> Option<F>) -> Option<F> {
        // SAFETY: The table is valid, and C drivers change it before they register only.
        get(unsafe { &*self.ops.get() })
    }
}

impl Platform for CDriver {
    fn machine(&self) -> Option<u16> {
        None
    }

    fn prepare(&self, rproc: &Device) -> Result {
        self.call(rproc, |ops| ops.prepare)
    }

    fn unprepare(&self, rproc: &Device) {
        let _ = self.call(rproc, |ops| ops.unprepare);

        // The run is over, and so is the use of its table.
        self.loaded.store(null_mut(), Release);
        let rproc = rproc.raw().as_ptr();
        // SAFETY: Nobody else uses these fields now; the table is from kmalloc(), or NULL.
        unsafe {
            bindings::kfree((*rproc).cached_table.cast());
            (*rproc).cached_table = null_mut();
            (*rproc).table_ptr = null_mut();
            (*rproc).table_sz = 0;
        }
    }

    fn format<'a>(&'a self, rproc: &'a Device, file: &File<'_>) -> Option<OwnFormat<'a>> {
        let own = match DriversOwn::new(self, rproc, file)? {
            Ok(own) => own,
            Err(error) => return Some(Err(error)),
        };
        let boxed: Result<KBox<DriversOwn<'a>>, _> = KBox::new(own, GFP_KERNEL);
        Some(match boxed {
            Ok(own) => Ok(own),
            Err(error) => Err(error.into()),
        })
    }

    fn prepare_subdevs(&self, rproc: &Device) -> Result {
        subdevs::prepare(rproc)
    }

    fn start_subdevs(&self, rproc: &Device) -> Result {
        subdevs::start(rproc)
    }

    fn stop_subdevs(&self, rproc: &Device, crashed: bool) {
        subdevs::stop(rproc, crashed);
    }

    fn unprepare_subdevs(&self, rproc: &Device) {
        subdevs::unprepare(rproc);
    }

    fn start(&self, rproc: &Device) -> Result {
        self.call(rproc, |ops| ops.start)
    }

    fn stop(&self, rproc: &Device) -> Result {
        self.call(rproc, |ops| ops.stop)
    }

    fn kick(&self, rproc: &Device, notify_id: u32) {
        if let Some(kick) = self.op(|ops| ops.kick) {
            // CAST: Notify ids are small.
            // SAFETY: The driver's own operation with its own processor.
            unsafe { kick(rproc.raw().as_ptr(), notify_id as c_int) };
        }
    }

    fn memory(&self, _index: usize) -> Option<Memory<'_>> {
        None
    }

    fn vendor_resource(
        &self,
        rproc: &Device,
        kind: u32,
        offset: usize,
        payload: &mut [u8],
    ) -> Result<Vendor> {
        let Some(handle) = self.op(|ops| ops.handle_rsc) else {
            return Ok(Vendor::Ignored);
        };
        // SAFETY: The driver's own operation with its own processor; the payload is a copy that
        // it may change within its length.
        let handled = unsafe {
            handle(
                rproc.raw().as_ptr(),
                kind,
                payload.as_mut_ptr().cast(),
                offset.try_into()?,
                payload.len().try_into()?,
            )
        };
        match handled {
            0 => Ok(Vendor::Handled),
            error if error < 0 => Err(Error::from_errno(error)),
            _ => Ok(Vendor::Ignored),
        }
    }

    fn translate(&self, rproc: &Device, da: u64, len: usize) -> Option<Window<'_>> {
        if let Some(offset) = da.checked_sub(LOADED_TABLE) {
            let loaded = self.loaded.load(Acquire);
            // SAFETY: The driver found a table of `table_sz` bytes there, which is mapped until the
            // processor was stopped.
            let table = unsafe {
                let size = (*rproc.raw().as_ptr()).table_sz;
                Window::from_raw(loaded, size, false)
            };
            return table?.part(usize::try_from(offset).ok()?, len);
        }
        let translate = self.op(|ops| ops.da_to_va)?;
        let mut is_io = false;
        // SAFETY: The driver's own operation with its own processor. What it returns is mapped as
        // long as its driver is bound, that is, as long as `self` can be used.
        unsafe {
            let va = translate(rproc.raw().as_ptr(), da, len, &mut is_io);
            Window::from_raw(va.cast(), len, is_io)
        }
    }
}

type Op = unsafe extern "C" fn(*mut rproc) -> c_int;

impl CDriver {
    fn call(&self, rproc: &Device, op: impl FnOnce(&rproc_ops) -> Option<Op>) -> Result {
        match self.op(op) {
            // SAFETY: The driver's own operation with its own processor.
            Some(op) => to_result(unsafe { op(rproc.raw().as_ptr()) }),
            None => Ok(()),
        }
    }
}

/// The body of [`rproc_alloc`].
///
/// # Safety
///
/// As for [`rproc_alloc`], and the first three pointers are not NULL.
unsafe fn alloc(
    dev: *mut device,
    name: *const c_char,
    ops: *const rproc_ops,
    firmware: *const c_char,
    len: c_int,
) -> Result<ARef<Device>> {
    // SAFETY: By the requirements of this function.
    let (parent, name) = unsafe {
        (
            kernel::device::Device::from_raw(dev),
            CStr::from_char_ptr(name),
        )
    };
    let firmware = if firmware.is_null() {
        None
    } else {
        // SAFETY: By the requirements of this function it is a string.
        Some(CString::try_from(unsafe { CStr::from_char_ptr(firmware) })?)
    };
    // SAFETY: By the requirements of this function.
    let ops = KBox::new(Opaque::new(unsafe { ops.read() }), GFP_KERNEL)?;
    let words = usize::try_from(len)?.div_ceil(size_of::<u64>());
    let mut driver = CDriver {
        ops,
        data: KVec::from_elem(0, words, GFP_KERNEL)?,
        loaded: Atomic::new(null_mut()),
    };
    let (ops, data) = (driver.ops.get(), driver.data.as_mut_ptr());

    let config = Config {
        name,
        firmware,
        auto_boot: true,
        has_iommu: false,
    };
    let driver: KBox<CDriver> = KBox::new(driver, GFP_KERNEL)?;
    let rproc = Device::alloc(parent, config, driver)?;
    // SAFETY: Both are on the heap and go with the driver, which goes with the object or, when it
    // was removed, with the last call of an operation.
    unsafe { rproc.raw().set_c_driver(ops, data.cast()) };
    Ok(rproc)
}

amp::c_abi! {
    /// Makes a processor, which [`rproc_free`] gives back. NULL on failure.
    fn rproc_alloc(
        dev: *mut device,
        name: *const c_char,
        ops: *const rproc_ops,
        firmware: *const c_char,
        len: c_int,
    ) -> *mut rproc {
        if dev.is_null() || name.is_null() || ops.is_null() {
            return null_mut();
        }
        // SAFETY: By the requirements of this function, NULL excluded.
        match unsafe { alloc(dev, name, ops, firmware, len) } {
            Ok(object) => {
                let rproc = object.raw().as_ptr();
                let _ = ARef::into_raw(object);
                rproc
            }
            Err(_) => null_mut(),
        }
    }

    /// Gives up the reference of [`rproc_alloc`].
    fn rproc_free(rproc: *mut rproc) {
        // SAFETY: By the requirements of this function the caller has a reference.
        drop(unsafe { ARef::from_raw(NonNull::from(object(rproc))) });
    }

    /// Gives up the reference of [`rproc_get_by_phandle`].
    fn rproc_put(rproc: *mut rproc) {
        // SAFETY: By the requirements of this function the caller has a reference, to the object
        // and to its driver.
        unsafe {
            bindings::rproc_unpin_owner(rproc);
            drop(ARef::from_raw(NonNull::from(object(rproc))));
        }
    }

    /// Registers a processor.
    fn rproc_add(rproc: *mut rproc) -> c_int {
        // SAFETY: By the requirements of this function.
        let (object, ops) = unsafe { (object(rproc), &*(*rproc).ops) };
        if ops.start.is_none() {
            return EINVAL.to_errno();
        }
        errno(object.add())
    }

    /// Undoes [`rproc_add`].
    fn rproc_del(rproc: *mut rproc) -> c_int {
        if rproc.is_null() {
            return EINVAL.to_errno();
        }
        // SAFETY: By the requirements of this function.
        let object = unsafe { object(rproc) };
        object.del();
        // The driver's data stays: C drivers use it until they free the processor.
        object.keep_driver(object.ops.close_and(|| ()));
        0
    }

    /// Boots a processor, or counts one more user.
    fn rproc_boot(rproc: *mut rproc) -> c_int {
        if rproc.is_null() {
            pr_err!("invalid rproc handle\n");
            return EINVAL.to_errno();
        }
        // SAFETY: By the requirements of this function.
        errno(unsafe { object(rproc) }.boot())
    }

    /// Undoes [`rproc_boot`].
    fn rproc_shutdown(rproc: *mut rproc) -> c_int {
        // SAFETY: By the requirements of this function.
        errno(unsafe { object(rproc) }.shutdown())
    }

    /// Lets go of a processor that was attached to; none can be so far.
    fn rproc_detach(_rproc: *mut rproc) -> c_int {
        EINVAL.to_errno()
    }

    /// Replaces the firmware that the next boot loads.
    fn rproc_set_firmware(rproc: *mut rproc, fw_name: *const c_char) -> c_int {
        if rproc.is_null() || fw_name.is_null() {
            return EINVAL.to_errno();
        }
        // SAFETY: By the requirements of this function.
        errno(unsafe { object(rproc).set_firmware(CStr::from_char_ptr(fw_name).to_bytes()) })
    }

    /// The processor whose platform device has this phandle; [`rproc_put`] gives it back.
    fn rproc_get_by_phandle(phandle: bindings::phandle) -> *mut rproc {
        let Some(object) = crate::find_by_phandle(phandle) else {
            return null_mut();
        };
        let Some(owner) = OwnerPin::new(&*object) else {
            return null_mut();
        };
        let rproc = object.raw().as_ptr();
        owner.into_raw();
        let _ = ARef::into_raw(object);
        rproc
    }

    /// The processor that `dev` is below of, without a reference.
    fn rproc_get_by_child(dev: *mut device) -> *mut rproc {
        // SAFETY: By the requirements of this function.
        let dev = unsafe { kernel::device::Device::from_raw(dev) };
        ancestor(dev).map_or(null_mut(), NonNull::as_ptr)
    }

    /// The remote signalled a virtqueue. The callback runs in the caller's context.
    fn rproc_vq_interrupt(rproc: *mut rproc, vq_id: c_int) -> bindings::irqreturn_t {
        // CAST: A negative id becomes one that does not exist.
        // SAFETY: By the requirements of this function.
        if unsafe { object(rproc) }.interrupts.raise(vq_id as u32) {
            bindings::irqreturn::IRQ_HANDLED
        } else {
            bindings::irqreturn::IRQ_NONE
        }
    }

    /// The processor crashed. Any context.
    fn rproc_report_crash(rproc: *mut rproc, kind: c_uint) {
        if rproc.is_null() {
            pr_err!("NULL rproc pointer\n");
            return;
        }
        let kind = match kind {
            bindings::rproc_crash_type_RPROC_MMUFAULT => Crash::MmuFault,
            bindings::rproc_crash_type_RPROC_WATCHDOG => Crash::Watchdog,
            _ => Crash::FatalError,
        };
        // SAFETY: By the requirements of this function.
        unsafe { object(rproc) }.report_crash(kind);
    }

    /// Where Linux sees the `len` bytes that the processor sees at `da`; NULL if nowhere. Valid
    /// until the processor is stopped.
    fn rproc_da_to_va(
        rproc: *mut rproc,
        da: u64,
        len: usize,
        is_iomem: *mut bool,
    ) -> *mut c_void {
        // SAFETY: By the requirements of this function.
        let found = unsafe { object(rproc) }.with_window(da, len, |window| {
            if !is_iomem.is_null() {
                // SAFETY: By the requirements of this function.
                unsafe { is_iomem.write(window.is_io()) };
            }
            window.as_ptr().cast()
        });
        found.unwrap_or(null_mut())
    }

    /// Entry `index` of `firmware-name` in the device tree node of `dev`.
    fn rproc_of_parse_firmware(
        dev: *mut device,
        index: c_int,
        fw_name: *mut *const c_char,
    ) -> c_int {
        // SAFETY: By the requirements of this function.
        unsafe {
            bindings::of_property_read_string_helper(
                (*dev).of_node,
                c"firmware-name".as_char_ptr(),
                fw_name,
                1,
                index,
            )
        }
        .min(0)
    }
}
