// SPDX-License-Identifier: GPL-2.0

//! Where C code meets the transports' side of the bus: the tables of operations that
//! `struct rpmsg_device` and `struct rpmsg_endpoint` point to, and what stands behind them.

pub(super) mod channel;
pub(super) mod endpoint_ops;
pub(crate) mod nocopy;
pub(super) mod object;
