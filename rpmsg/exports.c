// SPDX-License-Identifier: GPL-2.0
/*
 * Exports what rpmsg_core.ko offers: to C the functions of linux/rpmsg.h and of
 * the internal header, defined in c_abi.rs, with the licences that the C
 * implementation gives them; to Rust the public symbols of the crate.
 */
#include <linux/export.h>
#include <linux/rpmsg.h>

#include "rpmsg_internal.h"

EXPORT_SYMBOL(rpmsg_class);
EXPORT_SYMBOL(rpmsg_create_channel);
EXPORT_SYMBOL(rpmsg_release_channel);
EXPORT_SYMBOL(rpmsg_create_ept);
EXPORT_SYMBOL(rpmsg_destroy_ept);
EXPORT_SYMBOL(rpmsg_send);
EXPORT_SYMBOL(rpmsg_sendto);
EXPORT_SYMBOL(rpmsg_trysend);
EXPORT_SYMBOL(rpmsg_trysendto);
EXPORT_SYMBOL(rpmsg_poll);
EXPORT_SYMBOL_GPL(rpmsg_set_flow_control);
EXPORT_SYMBOL(rpmsg_get_mtu);
EXPORT_SYMBOL(rpmsg_find_device);
EXPORT_SYMBOL(rpmsg_register_device_override);
EXPORT_SYMBOL(rpmsg_register_device);
EXPORT_SYMBOL(rpmsg_unregister_device);
EXPORT_SYMBOL(__register_rpmsg_driver);
EXPORT_SYMBOL(unregister_rpmsg_driver);

#include "rpmsg_nocopy.h"

EXPORT_SYMBOL_GPL(rpmsg_get_tx_payload_buffer);
EXPORT_SYMBOL_GPL(rpmsg_send_nocopy);
EXPORT_SYMBOL_GPL(rpmsg_sendto_nocopy);
EXPORT_SYMBOL_GPL(rpmsg_release_tx_buffer);
EXPORT_SYMBOL_GPL(rpmsg_hold_rx_buffer);
EXPORT_SYMBOL_GPL(rpmsg_release_rx_buffer);

#include "rpmsg_timeout.h"

EXPORT_SYMBOL_GPL(rpmsg_set_send_timeout);

#define EXPORT_SYMBOL_RUST_GPL(sym) extern int sym; EXPORT_SYMBOL_GPL(sym)

#include "exports_generated.h"
