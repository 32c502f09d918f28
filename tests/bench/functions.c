// SPDX-License-Identifier: GPL-2.0
/*
 * A QEMU plugin: how many instructions the first CPU executed in each block of
 * code. tests/bench/functions adds them up by function.
 *
 * Blocks are counted when they begin, so what an interrupt cuts short counts in
 * full: under -icount that is a few instructions an interrupt.
 */
#include <glib.h>
#include <inttypes.h>
#include <qemu-plugin.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

struct block {
	uint64_t pc;
	uint64_t insns;
	uint64_t runs;
};

static GMutex lock;
static GPtrArray *blocks;

static void begins(unsigned int cpu, void *data)
{
	struct block *block = data;

	/* CPUs take turns under -icount: no lock. */
	if (cpu == 0)
		block->runs++;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	struct block *block = g_new0(struct block, 1);

	block->pc = qemu_plugin_tb_vaddr(tb);
	block->insns = qemu_plugin_tb_n_insns(tb);
	g_mutex_lock(&lock);
	g_ptr_array_add(blocks, block);
	g_mutex_unlock(&lock);
	qemu_plugin_register_vcpu_tb_exec_cb(tb, begins, QEMU_PLUGIN_CB_NO_REGS,
					     block);
}

static void done(qemu_plugin_id_t id, void *data)
{
	g_autoptr(GString) line = g_string_new("");

	for (guint i = 0; i < blocks->len; i++) {
		struct block *block = g_ptr_array_index(blocks, i);

		if (!block->runs)
			continue;
		g_string_printf(line, "0x%" PRIx64 " %" PRIu64 " %" PRIu64 "\n",
				block->pc, block->insns, block->runs);
		qemu_plugin_outs(line->str);
	}
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
					   const qemu_info_t *info, int argc,
					   char **argv)
{
	blocks = g_ptr_array_new();
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, done, NULL);
	return 0;
}
