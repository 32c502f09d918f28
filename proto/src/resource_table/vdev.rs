// SPDX-License-Identifier: GPL-2.0

//! Virtio devices.

use core::mem::offset_of;

use super::entry::any;
use super::wire;
use super::At;
use super::Error;
use crate::bytes::read;
use crate::vring;
use crate::DeviceAddr;

/// A virtio device that the remote offers. All of its vrings have been checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vdev<'a> {
    /// Where the entry begins in the table, in bytes.
    pub offset: usize,
    /// The virtio device id, [`crate::rpmsg::VIRTIO_ID`] for rpmsg.
    pub id: u32,
    /// As in the table; the host writes its own number back.
    pub notifyid: u32,
    /// The features that the remote offers, a bit each.
    pub dfeatures: u32,
    /// The features that the host has taken, in a table that was loaded.
    pub gfeatures: u32,
    /// The virtio status, in a table that was loaded.
    pub status: u8,
    /// The number of vrings.
    pub num_of_vrings: u8,
    vrings: &'a [u8],
    config: &'a [u8],
}

impl<'a> Vdev<'a> {
    pub(super) fn parse(at: At<'a>) -> Result<Self, Error> {
        const WHAT: &str = "vdev entry";
        let wire: wire::Vdev = at.read(WHAT)?;
        if wire.reserved != [0; 2] {
            let [low, high] = wire.reserved;
            return Err(Error::Reserved {
                what: WHAT,
                offset: at.offset,
                value: u32::from(low) | (u32::from(high) << 8),
            });
        }
        let vrings_len = usize::from(wire.num_of_vrings) * size_of::<wire::Vring>();
        let config_len = usize::try_from(wire.config_len.get()).unwrap_or(usize::MAX);
        let need = (size_of::<wire::Vdev>() + vrings_len).saturating_add(config_len);
        let tail = at
            .table
            .get(at.offset..)
            .and_then(|entry| entry.get(..need))
            .and_then(|entry| entry.get(size_of::<wire::Vdev>()..))
            .ok_or(at.short(WHAT, need))?;
        let (vrings, config) = tail
            .split_at_checked(vrings_len)
            .ok_or(at.short(WHAT, need))?;

        let vdev = Self {
            offset: at.offset,
            id: wire.id.get(),
            notifyid: wire.notifyid.get(),
            dfeatures: wire.dfeatures.get(),
            gfeatures: wire.gfeatures.get(),
            status: wire.status,
            num_of_vrings: wire.num_of_vrings,
            vrings,
            config,
        };
        vdev.vrings().try_for_each(|vring| vring.check(at.offset))?;
        Ok(vdev)
    }

    /// The vrings, in the order in which the device numbers its queues.
    pub fn vrings(&self) -> Vrings<'a> {
        Vrings {
            entry: self.offset,
            bytes: self.vrings,
            index: 0,
        }
    }

    /// The config space as it is in the parsed table.
    pub fn config(&self) -> &'a [u8] {
        self.config
    }

    /// Where in the table to write the notify id back, a little-endian u32.
    pub fn notifyid_offset(&self) -> usize {
        self.offset.saturating_add(offset_of!(wire::Vdev, notifyid))
    }

    /// Where in the table the host's features go, a little-endian u32.
    pub fn gfeatures_offset(&self) -> usize {
        self.offset
            .saturating_add(offset_of!(wire::Vdev, gfeatures))
    }

    /// Where in the table the virtio status is, one byte.
    pub fn status_offset(&self) -> usize {
        self.offset.saturating_add(offset_of!(wire::Vdev, status))
    }

    /// Where in the table the config space begins.
    pub fn config_offset(&self) -> usize {
        self.offset
            .saturating_add(size_of::<wire::Vdev>())
            .saturating_add(self.vrings.len())
    }
}

/// A ring that the host is to set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vring {
    /// Where its description begins in the table, in bytes.
    pub offset: usize,
    /// Its number in its device.
    pub index: u8,
    /// Where the remote wants to see it; `None` for anywhere.
    pub da: Option<DeviceAddr>,
    /// Alignment between the driver's and the device's part in bytes; a power of two.
    pub align: u32,
    /// The number of entries; a power of two, at most [`vring::MAX_NUM`].
    pub num: u32,
    /// As in the table; the host writes its own number back.
    pub notifyid: u32,
}

impl Vring {
    /// The layout of this ring.
    pub fn layout(&self) -> Result<vring::Layout, vring::Error> {
        vring::Layout::new(self.num, self.align)
    }

    fn check(&self, offset: usize) -> Result<(), Error> {
        match self.layout() {
            Ok(_) => Ok(()),
            Err(vring::Error::Num(num)) => Err(Error::VringNum {
                offset,
                index: self.index,
                num,
            }),
            Err(vring::Error::Align(align)) => Err(Error::VringAlign {
                offset,
                index: self.index,
                align,
            }),
        }
    }

    /// Where in the table to write the device address back, a little-endian u32.
    pub fn da_offset(&self) -> usize {
        self.offset.saturating_add(offset_of!(wire::Vring, da))
    }

    /// Where in the table to write the notify id back, a little-endian u32.
    pub fn notifyid_offset(&self) -> usize {
        self.offset
            .saturating_add(offset_of!(wire::Vring, notifyid))
    }

    /// Where in the table the physical address may be written, a little-endian u32.
    pub fn pa_offset(&self) -> usize {
        self.offset.saturating_add(offset_of!(wire::Vring, pa))
    }
}

/// Iterator over the vrings of a [`Vdev`].
#[derive(Clone, Debug)]
pub struct Vrings<'a> {
    entry: usize,
    bytes: &'a [u8],
    index: u8,
}

impl Iterator for Vrings<'_> {
    type Item = Vring;

    fn next(&mut self) -> Option<Vring> {
        let before = usize::from(self.index) * size_of::<wire::Vring>();
        let wire: wire::Vring = read(self.bytes, before)?;
        let vring = Vring {
            offset: self
                .entry
                .saturating_add(size_of::<wire::Vdev>())
                .saturating_add(before),
            index: self.index,
            da: any(wire.da).map(DeviceAddr::from),
            align: wire.align.get(),
            num: wire.num.get(),
            notifyid: wire.notifyid.get(),
        };
        self.index = self.index.checked_add(1)?;
        Some(vring)
    }
}
