// SPDX-License-Identifier: GPL-2.0
/*
 * A QEMU plugin: how many instructions each CPU executed, and where the first one
 * did. Arguments, repeatable:
 *
 *   pc=ADDRESS   how often the first CPU came to this address
 *   blocks=on    how many instructions it executed in each block of code;
 *                tests/bench/by-function adds them up by function
 *
 * Blocks are counted when they begin, so what a device access cuts short counts
 * in full: a few instructions an interrupt. The sums are exact.
 */
#include <glib.h>
#include <inttypes.h>
#include <qemu-plugin.h>

#define CPUS 8

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

struct block {
	uint64_t pc;
	uint64_t insns;
	uint64_t runs;
};

static GMutex lock;
static GPtrArray *blocks;
static GArray *places;
static gboolean all_blocks;
static uint64_t insns[CPUS];

/* CPUs take turns under -icount: no lock in the callbacks. */
static void executes(unsigned int cpu, void *data)
{
	if (cpu < CPUS)
		insns[cpu]++;
}

static void comes_by(unsigned int cpu, void *data)
{
	struct block *block = data;

	if (cpu == 0)
		block->runs++;
}

static struct block *new_block(uint64_t pc, uint64_t insns)
{
	struct block *block = g_new0(struct block, 1);

	block->pc = pc;
	block->insns = insns;
	g_mutex_lock(&lock);
	g_ptr_array_add(blocks, block);
	g_mutex_unlock(&lock);
	return block;
}

static gboolean is_place(uint64_t pc)
{
	for (guint i = 0; i < places->len; i++)
		if (g_array_index(places, uint64_t, i) == pc)
			return TRUE;
	return FALSE;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);

	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t pc = qemu_plugin_insn_vaddr(insn);

		qemu_plugin_register_vcpu_insn_exec_cb(
			insn, executes, QEMU_PLUGIN_CB_NO_REGS, NULL);
		if (is_place(pc))
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, comes_by, QEMU_PLUGIN_CB_NO_REGS,
				new_block(pc, 0));
	}
	if (all_blocks)
		qemu_plugin_register_vcpu_tb_exec_cb(
			tb, comes_by, QEMU_PLUGIN_CB_NO_REGS,
			new_block(qemu_plugin_tb_vaddr(tb), n));
}

static void done(qemu_plugin_id_t id, void *data)
{
	g_autoptr(GString) line = g_string_new("");

	for (guint i = 0; i < places->len; i++) {
		uint64_t pc = g_array_index(places, uint64_t, i), runs = 0;

		for (guint j = 0; j < blocks->len; j++) {
			struct block *block = g_ptr_array_index(blocks, j);

			if (block->pc == pc && !block->insns)
				runs += block->runs;
		}
		g_string_printf(line, "pc 0x%" PRIx64 " runs: %" PRIu64 "\n", pc, runs);
		qemu_plugin_outs(line->str);
	}
	for (guint i = 0; i < blocks->len; i++) {
		struct block *block = g_ptr_array_index(blocks, i);

		if (!block->runs || !block->insns)
			continue;
		g_string_printf(line, "0x%" PRIx64 " %" PRIu64 " %" PRIu64 "\n",
				block->pc, block->insns, block->runs);
		qemu_plugin_outs(line->str);
	}
	/* As QEMU's own libinsn.so prints them. */
	for (int cpu = 0; cpu < qemu_plugin_num_vcpus() && cpu < CPUS; cpu++) {
		g_string_printf(line, "cpu %d insns: %" PRIu64 "\n", cpu, insns[cpu]);
		qemu_plugin_outs(line->str);
	}
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id,
					   const qemu_info_t *info, int argc,
					   char **argv)
{
	blocks = g_ptr_array_new();
	places = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	for (int i = 0; i < argc; i++) {
		if (g_str_has_prefix(argv[i], "pc=")) {
			uint64_t pc = g_ascii_strtoull(argv[i] + 3, NULL, 0);

			g_array_append_val(places, pc);
		} else if (!strcmp(argv[i], "blocks=on")) {
			all_blocks = TRUE;
		} else {
			return -1;
		}
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, done, NULL);
	return 0;
}
