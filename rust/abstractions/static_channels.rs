// SPDX-License-Identifier: GPL-2.0

//! rpmsg channels that exist without an announcement.
//!
//! Whoever knows of such channels, a platform driver or the remoteproc core that has read a firmware's
//! resource table, [offers](Offer) them with a device; the rpmsg transport that runs below that
//! device creates them ([`offered`]). So neither needs to know the other.

use kernel::{
    device::Device,
    prelude::*,
    sync::aref::ARef, //
};
use proto::resource_table::channels::StaticChannel;

/// What somebody offers.
struct Entry {
    id: usize,
    dev: ARef<Device>,
    channels: KVec<StaticChannel>,
}

/// All offers, and the number of the next one.
struct Offers {
    entries: KVec<Entry>,
    next: usize,
}

kernel::sync::global_lock! {
    // SAFETY: Initialised by `init`, when the module is loaded.
    unsafe(uninit) static OFFERS: Mutex<Offers> = Offers { entries: KVec::new(), next: 0 };
}

/// To be called once, before anything else here.
pub(crate) fn init() {
    // SAFETY: The module's initialisation calls this, once.
    unsafe { OFFERS.init() };
}

/// Channels for transports below a device that begin while this is not dropped.
///
/// # Examples
///
/// ```ignore
/// // In probe of a platform driver, before the processor is registered:
/// let channels = Offer::new(pdev.as_ref(), &[StaticChannel {
///     name: Name::new("rpmsg-server-sample").ok_or(EINVAL)?,
///     src: Addr(137),
///     dst: Addr::ANY,
/// }])?;
/// ```
pub struct Offer {
    id: usize,
}

impl Offer {
    /// Offers `channels` to transports below `dev`. Process context, may sleep.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] for a channel without a name or without any definite address; [`ENOMEM`].
    pub fn new(dev: &Device, channels: &[StaticChannel]) -> Result<Self> {
        if let Some(bad) = channels.iter().find(|channel| !channel.is_valid()) {
            dev_err!(
                dev,
                "static channel '{}' needs a name and at least one address\n",
                format_args!("{}", bad.name)
            );
            return Err(EINVAL);
        }
        let mut copy = KVec::with_capacity(channels.len(), GFP_KERNEL)?;
        copy.extend_from_slice(channels, GFP_KERNEL)?;

        let mut offers = OFFERS.lock();
        let id = offers.next;
        offers.next = id.wrapping_add(1);
        offers.entries.push(
            Entry {
                id,
                dev: dev.into(),
                channels: copy,
            },
            GFP_KERNEL,
        )?;
        Ok(Self { id })
    }
}

impl Drop for Offer {
    fn drop(&mut self) {
        OFFERS.lock().entries.retain(|entry| entry.id != self.id);
    }
}

/// Adds what is offered with `dev` itself to `channels`, in the order of the offers. Process
/// context, may sleep.
pub fn offered(dev: &Device, channels: &mut KVec<StaticChannel>) -> Result {
    for entry in &OFFERS.lock().entries {
        let here: &Device = &entry.dev;
        if core::ptr::eq(here, dev) {
            channels.extend_from_slice(&entry.channels, GFP_KERNEL)?;
        }
    }
    Ok(())
}
