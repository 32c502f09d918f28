// SPDX-License-Identifier: GPL-2.0

//! Remote processors that are platform devices: nearly all of them.

use crate::{
    ops::DataOf,
    Config,
    Ops,
    Registration, //
};
use amp::{
    loan::Loan,
    platform as host, //
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
pub type Adapter<T> = host::Adapter<Processor<T>>;

/// What the platform device of a [`Driver`] has: a registered processor.
pub struct Processor<T>(PhantomData<T>);

impl<T: Driver> host::Driver for Processor<T> {
    type IdInfo = T::IdInfo;
    type Data = DataOf<T>;
    type Registration = Registration;
    const OF_ID_TABLE: Option<of::IdTable<Self::IdInfo>> = T::OF_ID_TABLE;

    fn probe<'bound>(
        pdev: &'bound platform::Device<Core<'_>>,
        info: Option<&'bound Self::IdInfo>,
    ) -> impl PinInit<T::Data<'bound>, Error> + 'bound {
        T::probe(pdev, info)
    }

    fn register(
        pdev: &platform::Device<Core<'_>>,
        info: Option<&Self::IdInfo>,
        data: Loan<DataOf<T>>,
    ) -> Result<Registration> {
        Registration::new::<T>(pdev.as_ref(), data, T::config(pdev, info)?)
    }
}
