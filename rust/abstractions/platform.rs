// SPDX-License-Identifier: GPL-2.0

//! Platform drivers that register something with a reference count of its own.
//!
//! Complements [`kernel::platform`]: what is registered gets the driver's data as a [`Loan`], and
//! is dropped, when the device is unbound, before the lender waits for the loan.

use crate::loan::{
    Lender,
    Loan, //
};
use core::marker::PhantomData;
use kernel::{
    device::Core,
    of,
    platform,
    prelude::*,
    types::ForLt, //
};

/// A platform driver whose probe ends with registering an object that uses the driver's data.
pub trait Driver: Sized + 'static {
    /// What the driver keeps about each `compatible` string.
    type IdInfo: 'static;

    /// The driver's data, for each lifetime of a binding.
    type Data: ForLt + 'static;

    /// What is registered. Dropping it must give back the loan, and may sleep.
    type Registration: Send + 'static;

    /// The `compatible` strings.
    const OF_ID_TABLE: Option<of::IdTable<Self::IdInfo>>;

    /// Takes the device's resources.
    fn probe<'bound>(
        pdev: &'bound platform::Device<Core<'_>>,
        info: Option<&'bound Self::IdInfo>,
    ) -> impl PinInit<<Self::Data as ForLt>::Of<'bound>, Error> + 'bound;

    /// Registers the object, after [`probe`](Driver::probe) has succeeded.
    fn register(
        pdev: &platform::Device<Core<'_>>,
        info: Option<&Self::IdInfo>,
        data: Loan<Self::Data>,
    ) -> Result<Self::Registration>;
}

/// What a bound device has. The fields are dropped in this order.
pub struct Bound<'bound, T: Driver> {
    _registration: T::Registration,
    _lender: Lender<'bound, T::Data>,
}

/// Makes a [`platform::Driver`] of a [`Driver`].
pub struct Adapter<T>(PhantomData<T>);

impl<T: Driver> platform::Driver for Adapter<T>
where
    for<'a> <T::Data as ForLt>::Of<'a>: Send,
{
    type IdInfo = T::IdInfo;
    type Data<'bound> = Bound<'bound, T>;
    const OF_ID_TABLE: Option<of::IdTable<Self::IdInfo>> = T::OF_ID_TABLE;

    fn probe<'bound>(
        pdev: &'bound platform::Device<Core<'_>>,
        info: Option<&'bound Self::IdInfo>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        bind(pdev, info)
    }
}

fn bind<'bound, T: Driver>(
    pdev: &'bound platform::Device<Core<'_>>,
    info: Option<&'bound T::IdInfo>,
) -> Result<Bound<'bound, T>> {
    let data = KBox::pin_init(T::probe(pdev, info), GFP_KERNEL)?;
    // SAFETY: It goes into the data of the bound device, which the platform bus drops when the
    // device is unbound, or is dropped here.
    let (lender, loan) = unsafe { Lender::new(data) }?;

    Ok(Bound {
        _registration: T::register(pdev, info, loan)?,
        _lender: lender,
    })
}
