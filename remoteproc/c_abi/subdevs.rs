// SPDX-License-Identifier: GPL-2.0

//! Sub-devices: what a C driver starts and stops together with its processor.
//!
//! They are in the list of the C object, which the driver changes before it registers the processor
//! or after it removed it, and which is walked with the life cycle's lock held.

use crate::Device;
use amp_bindings as bindings;
use bindings::{
    list_head,
    rproc,
    rproc_subdev, //
};
use kernel::{
    error::to_result,
    prelude::*, //
};

/// The sub-devices of a processor, in one direction.
struct Walk {
    head: *mut list_head,
    at: *mut list_head,
    forward: bool,
}

impl Walk {
    fn new(rproc: &Device, forward: bool) -> Self {
        let rproc = rproc.raw().as_ptr();
        // SAFETY: The object is alive; only the address of its list is taken.
        let head = unsafe { &raw mut (*rproc).subdevs };
        Self {
            head,
            at: head,
            forward,
        }
    }

    /// The same way back, over what was passed, without the last one.
    fn back(mut self) -> Self {
        self.forward = !self.forward;
        self
    }
}

impl Iterator for Walk {
    type Item = *mut rproc_subdev;

    fn next(&mut self) -> Option<*mut rproc_subdev> {
        // SAFETY: The list is sound and stays as it is while it is walked, see the module.
        let next = unsafe {
            match self.forward {
                true => (*self.at).next,
                false => (*self.at).prev,
            }
        };
        self.at = next;
        // CAST: The entry is the first field of a sub-device.
        (next != self.head).then(|| next.cast())
    }
}

/// Calls an operation of each sub-device before or after the processor starts; if one fails, `undo`
/// of those before it.
fn forth(
    rproc: &Device,
    get: fn(&rproc_subdev) -> Option<unsafe extern "C" fn(*mut rproc_subdev) -> i32>,
    undo: fn(*mut rproc_subdev),
) -> Result {
    let mut walk = Walk::new(rproc, true);

    while let Some(subdev) = walk.next() {
        // SAFETY: What is in the list is valid.
        let Some(op) = get(unsafe { &*subdev }) else {
            continue;
        };
        // SAFETY: The sub-device's own operation.
        if let Err(error) = to_result(unsafe { op(subdev) }) {
            walk.back().for_each(undo);
            return Err(error);
        }
    }
    Ok(())
}

fn unprepare_one(subdev: *mut rproc_subdev) {
    // SAFETY: What is in the list is valid, and this is its own operation.
    unsafe {
        if let Some(unprepare) = (*subdev).unprepare {
            unprepare(subdev);
        }
    }
}

fn stop_one(subdev: *mut rproc_subdev, crashed: bool) {
    // SAFETY: As in `unprepare_one`.
    unsafe {
        if let Some(stop) = (*subdev).stop {
            stop(subdev, crashed);
        }
    }
}

pub(super) fn prepare(rproc: &Device) -> Result {
    forth(rproc, |subdev| subdev.prepare, unprepare_one)
}

pub(super) fn start(rproc: &Device) -> Result {
    forth(
        rproc,
        |subdev| subdev.start,
        |subdev| stop_one(subdev, true),
    )
}

pub(super) fn stop(rproc: &Device, crashed: bool) {
    Walk::new(rproc, false).for_each(|subdev| stop_one(subdev, crashed));
}

pub(super) fn unprepare(rproc: &Device) {
    Walk::new(rproc, false).for_each(unprepare_one);
}

amp::c_abi! {
    /// Starts and stops `subdev` with the processor from its next start on.
    fn rproc_add_subdev(rproc: *mut rproc, subdev: *mut rproc_subdev) {
        // SAFETY: By the requirements of this function both are valid, and the sub-device is in no
        // list.
        unsafe {
            let head = &raw mut (*rproc).subdevs;
            let node = &raw mut (*subdev).node;
            let last = (*head).prev;
            (*node).next = head;
            (*node).prev = last;
            (*last).next = node;
            (*head).prev = node;
        }
    }

    /// Undoes [`rproc_add_subdev`].
    fn rproc_remove_subdev(_rproc: *mut rproc, subdev: *mut rproc_subdev) {
        // SAFETY: By the requirements of this function the sub-device is in the list.
        unsafe {
            let node = (*subdev).node;
            (*node.prev).next = node.next;
            (*node.next).prev = node.prev;
        }
    }
}
