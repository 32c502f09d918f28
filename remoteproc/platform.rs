// SPDX-License-Identifier: GPL-2.0

//! Remote processors that are platform devices: nearly all of them.

use crate::{
    Config,
    Ops,
    Registration, //
};
use core::marker::PhantomData;
use kernel::{
    device::Core,
    of,
    platform,
    prelude::*, //
};

/// A platform driver for remote processors.
///
/// A driver implements this and [`Ops`], and declares its module with
/// `kernel::module_platform_driver! { type: remoteproc::platform::Adapter<MyDriver>, ... }`. The
/// adapter registers the processor at the end of probe and removes it, stopped, before
/// [`Ops::Data`] is dropped.
pub trait Driver: Ops {
    /// What the driver keeps about each `compatible` string.
    type IdInfo: 'static;

    /// The `compatible` strings.
    const OF_ID_TABLE: Option<of::IdTable<Self::IdInfo>>;

    /// Says what processor this is. Called after [`probe`](Driver::probe) has succeeded.
    fn config<'a>(
        pdev: &'a platform::Device<Core<'_>>,
        info: Option<&'a Self::IdInfo>,
    ) -> Result<Config<'a>>;

    /// Takes the device's resources.
    fn probe<'bound>(
        pdev: &'bound platform::Device<Core<'_>>,
        info: Option<&'bound Self::IdInfo>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound;
}

/// Makes a [`platform::Driver`] of a [`Driver`].
pub struct Adapter<T>(PhantomData<T>);

impl<T: Driver> platform::Driver for Adapter<T> {
    type IdInfo = T::IdInfo;
    type Data<'bound> = Registration<'bound, T>;
    const OF_ID_TABLE: Option<of::IdTable<Self::IdInfo>> = T::OF_ID_TABLE;

    fn probe<'bound>(
        pdev: &'bound platform::Device<Core<'_>>,
        info: Option<&'bound Self::IdInfo>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        // SAFETY: The platform bus owns the result until the device is unbound, then drops it.
        unsafe {
            Registration::new(pdev.as_ref(), T::probe(pdev, info), || {
                T::config(pdev, info)
            })
        }
    }
}
