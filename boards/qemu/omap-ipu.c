/* SPDX-License-Identifier: GPL-2.0 */
/*
 * OMAP4's IPU: Cortex-M3 cores that Linux boots.
 *
 * Source: OMAP4430 TRM, chapter "Dual Cortex-M3 MPU Subsystem": each core has
 * its own reset line in the PRM, its vectors are at device address 0, the
 * mailbox's interrupt for the subsystem is external interrupt 26 (exception 42)
 * of each core, and a core reads which one it is at 0xe00fffe0.
 *
 * Held in reset a core is powered off for QEMU, as it is after a lockup.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "exec/translation-block.h"
#include "hw/arm/boot.h"
#include "hw/irq.h"
#include "hw/qdev-clock.h"
#include "hw/qdev-properties.h"
#include "target/arm/cpu.h"
#include "omap-ipu.h"

#define NVIC_IRQS   64
#define CPUCLK_HZ   200000000
#define ID_ADDRESS  0xe00fffe0ull

static DeviceState *nvic_of(OMAPIPUCore *core)
{
    return DEVICE(&core->armv7m.nvic);
}

static void set_mailbox_irq(OMAPIPUCore *core)
{
    qemu_set_irq(qdev_get_gpio_in(DEVICE(&core->armv7m), OMAP_IPU_MAILBOX_IRQ),
                 core->ipu->mailbox_level);
}

/*
 * Both look at the line as it is when they run: it may have moved again, and
 * arm_set_cpu_on_and_reset() and arm_set_cpu_off(), which decide when they are
 * called, would lose that.
 */
static void release_work(CPUState *cs, run_on_cpu_data data)
{
    OMAPIPUCore *core = data.host_ptr;

    if (core->held) {
        return;
    }
    /*
     * The reset line reaches the interrupt controller and the timer too: a core
     * that crashed in its HardFault handler would stay in it otherwise.
     */
    device_cold_reset(nvic_of(core));
    device_cold_reset(DEVICE(&core->armv7m.systick[M_REG_NS]));
    cpu_reset(cs);
    cs->halted = 0;
    ARM_CPU(cs)->power_state = PSCI_ON;
    set_mailbox_irq(core);
}

static void hold_work(CPUState *writer, run_on_cpu_data data)
{
    OMAPIPUCore *core = data.host_ptr;

    BQL_LOCK_GUARD();
    if (core->held) {
        core->armv7m.cpu->power_state = PSCI_OFF;
        CPU(core->armv7m.cpu)->halted = 1;
    }
}

static void ipu_set_reset(void *opaque, int n, int level)
{
    OMAPIPUState *s = opaque;
    OMAPIPUCore *core = &s->core[n];
    run_on_cpu_data data = RUN_ON_CPU_HOST_PTR(core);
    CPUState *cs;

    core->held = level;
    if (!core->realized) {
        return;
    }
    cs = CPU(core->armv7m.cpu);
    if (level) {
        /*
         * With all CPUs outside of their code, and before the one that pulls
         * the line goes on: Linux may free the core's memory next, and the core
         * must not write to it any more.
         */
        async_safe_run_on_cpu(current_cpu ?: cs, hold_work, data);
    } else {
        async_run_on_cpu(cs, release_work, data);
    }
}

/*
 * A core asks for a reset (AIRCR.SYSRESETREQ). It gets one of its own: left
 * unconnected, this line would reset the whole machine.
 */
static void core_reset_request(void *opaque, int n, int level)
{
    OMAPIPUCore *core = opaque;

    if (level) {
        async_run_on_cpu(CPU(core->armv7m.cpu), release_work,
                         RUN_ON_CPU_HOST_PTR(core));
    }
}

static void ipu_set_mailbox(void *opaque, int n, int level)
{
    OMAPIPUState *s = opaque;

    s->mailbox_level = level;
    for (int i = 0; i < s->num_cores; i++) {
        if (s->core[i].realized) {
            set_mailbox_irq(&s->core[i]);
        }
    }
}

static uint64_t id_read(void *opaque, hwaddr addr, unsigned size)
{
    OMAPIPUCore *core = opaque;

    return core - core->ipu->core;
}

static void id_write(void *opaque, hwaddr addr, uint64_t value, unsigned size)
{
}

static const MemoryRegionOps id_ops = {
    .read = id_read,
    .write = id_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static bool realize_core(OMAPIPUState *s, int n, Error **errp)
{
    OMAPIPUCore *core = &s->core[n];
    DeviceState *armv7m = DEVICE(&core->armv7m);
    g_autofree char *name = g_strdup_printf("core%d-view", n);
    CPUState *cs;

    memory_region_init(&core->view, OBJECT(s), name, UINT64_MAX);
    omap_mmu_add_port(s->mmu, &core->port, OBJECT(s), &core->view);

    qdev_prop_set_string(armv7m, "cpu-type", ARM_CPU_TYPE_NAME("cortex-m3"));
    qdev_prop_set_uint32(armv7m, "num-irq", NVIC_IRQS);
    qdev_prop_set_bit(armv7m, "start-powered-off", true);
    object_property_set_link(OBJECT(armv7m), "memory", OBJECT(&core->view),
                             &error_abort);
    qdev_connect_clock_in(armv7m, "cpuclk", s->cpuclk);
    if (!sysbus_realize(SYS_BUS_DEVICE(armv7m), errp)) {
        return false;
    }

    /*
     * Translated code is shared within a cluster, so an M3 must not be in the
     * A9s'. ARMv7M makes and realizes its CPU in one go, too late for that.
     */
    cs = CPU(core->armv7m.cpu);
    qdev_prop_set_uint32(DEVICE(&core->cluster), "cluster-id", 1 + n);
    if (!qdev_realize(DEVICE(&core->cluster), NULL, errp)) {
        return false;
    }
    cs->tcg_cflags = (cs->tcg_cflags & ~CF_CLUSTER_MASK) |
                     (uint32_t)cs->cluster_index << CF_CLUSTER_SHIFT;

    qdev_connect_gpio_out_named(armv7m, "SYSRESETREQ", 0,
                                qemu_allocate_irq(core_reset_request, core, 0));
    memory_region_init_io(&core->id, OBJECT(s), &id_ops, core, "core-id", 4);
    memory_region_add_subregion_overlap(&core->armv7m.container, ID_ADDRESS,
                                        &core->id, 1);
    omap_mmu_connect(&core->port, cs);
    /* Loads nothing: registers the CPU for system resets. */
    armv7m_load_kernel(core->armv7m.cpu, NULL, 0, 0);
    core->realized = true;
    return true;
}

static void ipu_realize(DeviceState *dev, Error **errp)
{
    OMAPIPUState *s = OMAP_IPU(dev);

    if (!s->mmu) {
        error_setg(errp, "property 'mmu' is not set");
        return;
    }
    if (s->num_cores < 1 || s->num_cores > OMAP_IPU_MAX_CORES) {
        error_setg(errp, "num-cores is %u, not 1 to %d", s->num_cores,
                   OMAP_IPU_MAX_CORES);
        return;
    }

    memory_region_init_ram(&s->l2ram, OBJECT(dev), "omap4-ipu-l2ram",
                           OMAP_IPU_L2RAM_SIZE, &error_fatal);
    sysbus_init_mmio(SYS_BUS_DEVICE(dev), &s->l2ram);

    s->cpuclk = clock_new(OBJECT(dev), "cpuclk");
    clock_set_hz(s->cpuclk, CPUCLK_HZ);

    for (int i = 0; i < s->num_cores; i++) {
        OMAPIPUCore *core = &s->core[i];

        core->ipu = s;
        core->held = true;
        object_initialize_child(OBJECT(dev), "cluster[*]", &core->cluster,
                                TYPE_CPU_CLUSTER);
        object_initialize_child(OBJECT(&core->cluster), "armv7m",
                                &core->armv7m, TYPE_ARMV7M);
        if (!realize_core(s, i, errp)) {
            return;
        }
    }
}

static void ipu_init(Object *obj)
{
    DeviceState *dev = DEVICE(obj);

    qdev_init_gpio_in_named(dev, ipu_set_reset, "reset", OMAP_IPU_MAX_CORES);
    qdev_init_gpio_in_named(dev, ipu_set_mailbox, "mailbox", 1);
}

static const Property ipu_properties[] = {
    DEFINE_PROP_LINK("mmu", OMAPIPUState, mmu, TYPE_OMAP_MMU, OMAPMMUState *),
    DEFINE_PROP_UINT32("num-cores", OMAPIPUState, num_cores, 1),
};

static void ipu_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "OMAP4 IPU: Cortex-M3 cores behind an MMU";
    dc->realize = ipu_realize;
    device_class_set_props(dc, ipu_properties);
}

static const TypeInfo ipu_types[] = {
    {
        .name = TYPE_OMAP_IPU,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(OMAPIPUState),
        .instance_init = ipu_init,
        .class_init = ipu_class_init,
    },
};

DEFINE_TYPES(ipu_types)
