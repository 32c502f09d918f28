// SPDX-License-Identifier: GPL-2.0

//! Device numbers of character devices.
//!
//! C header: [`include/linux/fs.h`](srctree/include/linux/fs.h)

use crate::{
    gate::Gate,
    ida::Ida,
    module_state::{
        Filled,
        ModuleState, //
    },
    rcu_arc::RcuArc, //
};
use amp_bindings as bindings;
use kernel::{
    error::to_result,
    prelude::*, //
};

/// The device numbers of a module, to be put in a static: one major number with all its minors.
///
/// # Examples
///
/// ```ignore
/// static NUMBERS: Region = Region::new(c"rpmsg_char");
///
/// let registration = NUMBERS.register()?;     // in the module's init, kept by the module
/// let minor = NUMBERS.allocate()?;            // one for each device
/// ```
pub struct Region {
    name: &'static CStr,
    numbers: ModuleState<Numbers>,
}

struct Numbers {
    /// The number of minor 0.
    first: bindings::dev_t,
    minors: Pin<KBox<Minors>>,
}

#[pin_data]
struct Minors {
    #[pin]
    free: Ida,
    /// Inside is each minor that is taken.
    #[pin]
    taken: Gate,
}

/// Minor numbers that a major number has.
const COUNT: u32 = 1 << bindings::MINORBITS;

impl Region {
    /// Numbers that appear in `/proc/devices` as `name`, once they are registered.
    pub const fn new(name: &'static CStr) -> Self {
        Self {
            name,
            numbers: ModuleState::new(),
        }
    }

    /// Gets a major number. Process context, may sleep.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if it has one already or there are none left.
    pub fn register(&'static self) -> Result<Registration> {
        let minors = KBox::pin_init(
            pin_init!(Minors {
                free <- Ida::new(),
                taken <- Gate::new(),
            }),
            GFP_KERNEL,
        )?;
        let mut first = 0;
        // SAFETY: `first` is valid for writing, and the name static.
        to_result(unsafe {
            bindings::alloc_chrdev_region(&mut first, 0, COUNT, self.name.as_char_ptr())
        })?;
        // From here on dropping the numbers gives them back.
        let filled = self.numbers.fill(Numbers { first, minors })?;

        Ok(Registration {
            numbers: self.numbers.get().ok_or(EBUSY)?,
            _filled: filled,
        })
    }

    /// Takes a number for a device: the one with the lowest free minor. May sleep.
    ///
    /// # Errors
    ///
    /// [`ENODEV`] if the numbers are not registered, [`ENOSPC`] if all are taken, [`ENOMEM`].
    pub fn allocate(&self) -> Result<Minor> {
        let numbers = self.numbers.get().ok_or(ENODEV)?;
        let pass = numbers.minors.taken.enter().ok_or(ENODEV)?;

        let minor = numbers.minors.free.alloc(COUNT - 1)?;
        pass.keep();
        // INVARIANT: Just taken, with a pass that was kept.
        Ok(Minor { numbers, minor })
    }
}

impl Drop for Numbers {
    fn drop(&mut self) {
        // SAFETY: These are the numbers that `register` got.
        unsafe { bindings::unregister_chrdev_region(self.first, COUNT) };
    }
}

/// Numbers that are registered.
///
/// Dropping it gives them back, when the last device that has one is gone: a module that keeps this
/// is not unloaded while the driver core can still call it to free a device.
pub struct Registration {
    numbers: RcuArc<Numbers>,
    _filled: Filled<Numbers>,
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.numbers.minors.taken.drain();
    }
}

/// The number of a device, free again when this is dropped.
///
/// # Invariants
///
/// The number is taken, and one pass of the gate is kept for it.
pub struct Minor {
    numbers: RcuArc<Numbers>,
    minor: u32,
}

impl Minor {
    /// The minor number.
    pub fn index(&self) -> u32 {
        self.minor
    }

    /// The whole number.
    pub fn devt(&self) -> bindings::dev_t {
        self.numbers.first + self.minor
    }
}

impl Drop for Minor {
    fn drop(&mut self) {
        self.numbers.minors.free.free(self.minor);
        self.numbers.minors.taken.leave();
    }
}
