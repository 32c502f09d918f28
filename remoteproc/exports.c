// SPDX-License-Identifier: GPL-2.0
/*
 * Exports what remoteproc.ko offers: to C the functions of linux/remoteproc.h and
 * of the subsystem's internal header, defined in c_abi.rs, with the licences that
 * the C implementation gives them; to Rust the public symbols of the crate.
 * And the two functions that are device-resource management only.
 */
#include <linux/device.h>
#include <linux/export.h>
#include <linux/remoteproc.h>

#include "remoteproc_internal.h"

EXPORT_SYMBOL(rproc_alloc);
EXPORT_SYMBOL(rproc_free);
EXPORT_SYMBOL(rproc_put);
EXPORT_SYMBOL(rproc_add);
EXPORT_SYMBOL(rproc_del);
EXPORT_SYMBOL(rproc_boot);
EXPORT_SYMBOL(rproc_shutdown);
EXPORT_SYMBOL(rproc_detach);
EXPORT_SYMBOL(rproc_set_firmware);
EXPORT_SYMBOL(rproc_get_by_phandle);
EXPORT_SYMBOL(rproc_get_by_child);
EXPORT_SYMBOL(rproc_vq_interrupt);
EXPORT_SYMBOL(rproc_report_crash);
EXPORT_SYMBOL(rproc_da_to_va);
EXPORT_SYMBOL(rproc_of_parse_firmware);
EXPORT_SYMBOL(rproc_elf_sanity_check);
EXPORT_SYMBOL(rproc_elf_get_boot_addr);
EXPORT_SYMBOL(rproc_elf_load_segments);
EXPORT_SYMBOL(rproc_elf_load_rsc_table);
EXPORT_SYMBOL(rproc_elf_find_loaded_rsc_table);
EXPORT_SYMBOL(rproc_add_subdev);
EXPORT_SYMBOL(rproc_remove_subdev);

static void free_rproc(void *rproc)
{
	rproc_free(rproc);
}

struct rproc *devm_rproc_alloc(struct device *dev, const char *name, const struct rproc_ops *ops,
			       const char *firmware, int len)
{
	struct rproc *rproc = rproc_alloc(dev, name, ops, firmware, len);

	if (rproc && devm_add_action_or_reset(dev, free_rproc, rproc))
		return NULL;
	return rproc;
}
EXPORT_SYMBOL(devm_rproc_alloc);

static void del_rproc(void *rproc)
{
	rproc_del(rproc);
}

int devm_rproc_add(struct device *dev, struct rproc *rproc)
{
	int ret = rproc_add(rproc);

	return ret ?: devm_add_action_or_reset(dev, del_rproc, rproc);
}
EXPORT_SYMBOL(devm_rproc_add);

#define EXPORT_SYMBOL_RUST_GPL(sym) extern int sym; EXPORT_SYMBOL_GPL(sym)

#include "exports_generated.h"
