// SPDX-License-Identifier: GPL-2.0

//! Reset control abstractions, for devices whose reset lines belong to another device.
//!
//! C header: [`include/linux/reset.h`](srctree/include/linux/reset.h)
//!
//! Reference: <https://docs.kernel.org/driver-api/reset.html>

use crate::device::DeviceExt;
use amp_bindings as bindings;
use core::ptr::NonNull;
use kernel::{
    device::{
        Bound,
        Device, //
    },
    error::{
        from_err_ptr,
        to_result, //
    },
    prelude::*, //
};

/// Reset lines that only one driver may use, so that assert and deassert do what they say.
///
/// Either one line or all lines of the device's `resets` property, which are then switched in
/// their order in the property.
///
/// The lines stay as they are when this is dropped: a device that must not run afterwards has to
/// be put into reset by its driver.
///
/// # Invariants
///
/// The pointer is a reset control that `reset_control_put()` has not been called for.
///
/// # Examples
///
/// ```ignore
/// let resets = ExclusiveReset::get_all(pdev.as_ref())?;
///
/// resets.assert()?;
/// resets.deassert()?;
/// ```
pub struct ExclusiveReset(NonNull<bindings::reset_control>);

// SAFETY: A reset control is not tied to the thread that requested it.
unsafe impl Send for ExclusiveReset {}

// SAFETY: The reset core serialises what needs it; its functions may run side by side.
unsafe impl Sync for ExclusiveReset {}

impl ExclusiveReset {
    const FLAGS: bindings::reset_control_flags =
        bindings::reset_control_flags_RESET_CONTROL_EXCLUSIVE;

    /// Requests one reset line of `dev`: the one called `name` in `reset-names`, or the first.
    ///
    /// May sleep.
    ///
    /// # Errors
    ///
    /// - [`ENOENT`] if the device has no such line.
    /// - [`EBUSY`] if somebody else has it.
    /// - [`EPROBE_DEFER`] if the reset controller is not there yet.
    pub fn get(dev: &Device<Bound>, name: Option<&CStr>) -> Result<Self> {
        let name = name.map_or(core::ptr::null(), |name| name.as_char_ptr());

        // SAFETY:
        // - `dev` is a valid device.
        // - `name` is NULL or a string that lives longer than the call.
        Self::from_c(unsafe { bindings::__reset_control_get(dev.to_raw(), name, 0, Self::FLAGS) })
    }

    /// Requests all reset lines of `dev`, to be switched together.
    ///
    /// May sleep.
    ///
    /// # Errors
    ///
    /// As [`ExclusiveReset::get`].
    pub fn get_all(dev: &Device<Bound>) -> Result<Self> {
        // SAFETY: `dev` is a valid device.
        let fwnode = unsafe { bindings::__dev_fwnode(dev.to_raw()) };

        // SAFETY: `fwnode` is NULL, which gives an error, or the node of `dev`, which holds it.
        Self::from_c(unsafe { bindings::fwnode_reset_control_array_get(fwnode, Self::FLAGS) })
    }

    fn from_c(rstc: *mut bindings::reset_control) -> Result<Self> {
        // INVARIANT: A pointer that is neither an error nor NULL is a reset control of ours. NULL
        // stands for an optional line that is missing, which was not asked for.
        NonNull::new(from_err_ptr(rstc)?).map(Self).ok_or(ENOENT)
    }

    /// Puts the device into reset.
    ///
    /// May sleep, depending on the reset controller. Of several lines the failure of one releases
    /// those again that were asserted before it.
    pub fn assert(&self) -> Result {
        // SAFETY: By the type invariant the pointer is a reset control.
        to_result(unsafe { bindings::reset_control_assert(self.0.as_ptr()) })
    }

    /// Releases the device from reset: it runs when this returns.
    ///
    /// May sleep, depending on the reset controller. Of several lines the failure of one asserts
    /// those again that were released before it.
    pub fn deassert(&self) -> Result {
        // SAFETY: By the type invariant the pointer is a reset control.
        to_result(unsafe { bindings::reset_control_deassert(self.0.as_ptr()) })
    }
}

impl Drop for ExclusiveReset {
    fn drop(&mut self) {
        // SAFETY: By the type invariant the pointer is a reset control, and this is its last use.
        unsafe { bindings::reset_control_put(self.0.as_ptr()) };
    }
}
