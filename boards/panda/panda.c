/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtual Pandaboard: OMAP4 as far as Linux's remoteproc sees it, that is a
 * Cortex-A9 with its private peripherals, the dual Cortex-M3 IPU with its MMU,
 * mailbox and resets, a UART and RAM, each at its address on the chip (OMAP4430
 * TRM, "Memory Mapping"). What is not modelled reads as zero within the L4
 * interconnects and is a bus error elsewhere.
 *
 * The A9 is the r2p10 of the OMAP4460 (Pandaboard ES): Linux uses the global
 * timer only from r2p0 on. It has no TrustZone: on the chip ROM code answers
 * Linux's requests from the secure world, here there is none.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "exec/address-spaces.h"
#include "hw/arm/boot.h"
#include "hw/boards.h"
#include "hw/char/serial-mm.h"
#include "hw/cpu/a9mpcore.h"
#include "hw/cpu/cluster.h"
#include "hw/misc/unimp.h"
#include "hw/qdev-properties.h"
#include "system/system.h"
#include "target/arm/cpu.h"
#include "amp-testdev.h"
#include "omap-ipu.h"
#include "omap-mailbox.h"
#include "omap-mmu.h"
#include "omap-prm.h"

#define TYPE_PANDA_MACHINE MACHINE_TYPE_NAME("panda")
OBJECT_DECLARE_SIMPLE_TYPE(PandaMachineState, PANDA_MACHINE)

struct PandaMachineState {
    MachineState parent_obj;

    CPUClusterState mpu;
    ARMCPU cpu;
    MemoryRegion mpu_view;
    MemoryRegion mpu_bus;
    MemoryRegion ocmc_ram;
    struct arm_boot_info binfo;
    uint8_t m3_cores;
};

/* The interconnects, for what of them is not modelled. */
#define L4_PER_BASE     0x48000000
#define L4_CFG_BASE     0x4a000000
#define L4_SIZE         (16 * MiB)

#define OCMC_RAM_BASE   0x40304000
#define OCMC_RAM_SIZE   (56 * KiB)
#define UART3_BASE      0x48020000
#define UART3_CLOCK     48000000
#define MPU_PERIPHBASE  0x48240000
#define PL310_BASE      0x48242000
#define MAILBOX_BASE    0x4a0f4000
#define PRM_TESLA_BASE  0x4a306400
#define PRM_CORE_BASE   0x4a306700
#define TESTDEV_BASE    0x4a400000  /* reserved on the chip */
#define IPU_L2RAM_BASE  0x55020000
#define IPU_MMU_BASE    0x55082000
#define RAM_BASE        0x80000000

/* Shared peripheral interrupts. */
#define NUM_SPI         128
#define SPI_MAILBOX     26
#define SPI_UART3       74
#define SPI_IPU_MMU     100

#define MIDR_OMAP4460   0x412fc09a

#define RM_DUCATI_RSTCTRL 0x210     /* bits 0, 1: cores; 2: MMU */
#define RM_TESLA_RSTCTRL  0x010     /* bit 0: core; 1: MMU */

static DeviceState *add(const char *type, hwaddr base)
{
    DeviceState *dev = qdev_new(type);

    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, base);
    return dev;
}

/* A device in the view of the A9 alone, over whatever the bus has there. */
static DeviceState *add_private(PandaMachineState *m, DeviceState *dev,
                                hwaddr base)
{
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    memory_region_add_subregion_overlap(&m->mpu_view, base,
        sysbus_mmio_get_region(SYS_BUS_DEVICE(dev), 0), 1);
    return dev;
}

/*
 * The A9 and what only it can reach. The other processors can't, neither on the
 * chip nor here: QEMU's GIC and timers identify the CPU that accesses them and
 * abort on one that is none of theirs.
 */
static DeviceState *add_mpu(PandaMachineState *m)
{
    DeviceState *cpu;
    DeviceState *gic = qdev_new(TYPE_A9MPCORE_PRIV);

    memory_region_init(&m->mpu_view, OBJECT(m), "mpu-view", 1ull << 32);
    memory_region_init_alias(&m->mpu_bus, OBJECT(m), "mpu-bus",
                             get_system_memory(), 0, 1ull << 32);
    memory_region_add_subregion(&m->mpu_view, 0, &m->mpu_bus);

    object_initialize_child(OBJECT(m), "mpu", &m->mpu, TYPE_CPU_CLUSTER);
    qdev_prop_set_uint32(DEVICE(&m->mpu), "cluster-id", 0);
    object_initialize_child(OBJECT(&m->mpu), "cpu", &m->cpu,
                            ARM_CPU_TYPE_NAME("cortex-a9"));
    cpu = DEVICE(&m->cpu);
    qdev_realize(DEVICE(&m->mpu), NULL, &error_fatal);
    object_property_set_int(OBJECT(cpu), "midr", MIDR_OMAP4460, &error_abort);
    object_property_set_int(OBJECT(cpu), "reset-cbar", MPU_PERIPHBASE,
                            &error_abort);
    object_property_set_bool(OBJECT(cpu), "has_el3", false, &error_abort);
    object_property_set_link(OBJECT(cpu), "memory", OBJECT(&m->mpu_view),
                             &error_abort);
    qdev_realize(cpu, NULL, &error_fatal);

    qdev_prop_set_uint32(gic, "num-cpu", 1);
    qdev_prop_set_uint32(gic, "num-irq", NUM_SPI + 32);
    add_private(m, gic, MPU_PERIPHBASE);
    sysbus_connect_irq(SYS_BUS_DEVICE(gic), 0,
                       qdev_get_gpio_in(cpu, ARM_CPU_IRQ));
    sysbus_connect_irq(SYS_BUS_DEVICE(gic), 1,
                       qdev_get_gpio_in(cpu, ARM_CPU_FIQ));

    add_private(m, qdev_new("l2x0"), PL310_BASE);
    add_private(m, qdev_new(TYPE_AMP_TESTDEV), TESTDEV_BASE);
    return gic;
}

static DeviceState *add_prm(hwaddr base, uint32_t rstctrl, int num_resets)
{
    DeviceState *dev = qdev_new(TYPE_OMAP_PRM);

    qdev_prop_set_uint32(dev, "rstctrl", rstctrl);
    qdev_prop_set_uint32(dev, "num-resets", num_resets);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, base);
    return dev;
}

static void panda_init(MachineState *machine)
{
    PandaMachineState *m = PANDA_MACHINE(machine);
    MemoryRegion *bus = get_system_memory();
    DeviceState *gic, *mailbox, *prm, *mmu, *ipu;

    if (machine->ram_size > 1 * GiB) {
        error_report("a Pandaboard has at most 1 GiB of RAM");
        exit(EXIT_FAILURE);
    }
    memory_region_add_subregion(bus, RAM_BASE, machine->ram);
    memory_region_init_ram(&m->ocmc_ram, NULL, "panda.ocmc-ram", OCMC_RAM_SIZE,
                           &error_fatal);
    memory_region_add_subregion(bus, OCMC_RAM_BASE, &m->ocmc_ram);
    create_unimplemented_device("l4-per", L4_PER_BASE, L4_SIZE);
    create_unimplemented_device("l4-cfg", L4_CFG_BASE, L4_SIZE);

    gic = add_mpu(m);
    serial_mm_init(bus, UART3_BASE, 2, qdev_get_gpio_in(gic, SPI_UART3),
                   UART3_CLOCK / 16, serial_hd(0), DEVICE_LITTLE_ENDIAN);
    mailbox = add(TYPE_OMAP_MAILBOX, MAILBOX_BASE);
    sysbus_connect_irq(SYS_BUS_DEVICE(mailbox), 0,
                       qdev_get_gpio_in(gic, SPI_MAILBOX));
    mmu = add(TYPE_OMAP_MMU, IPU_MMU_BASE);
    sysbus_connect_irq(SYS_BUS_DEVICE(mmu), 0,
                       qdev_get_gpio_in(gic, SPI_IPU_MMU));
    prm = add_prm(PRM_CORE_BASE, RM_DUCATI_RSTCTRL, 3);
    add_prm(PRM_TESLA_BASE, RM_TESLA_RSTCTRL, 2);

    m->binfo = (struct arm_boot_info) {
        .ram_size = machine->ram_size,
        .loader_start = RAM_BASE,
        .board_id = -1,
        .psci_conduit = QEMU_PSCI_CONDUIT_DISABLED,
    };
    arm_load_kernel(&m->cpu, machine, &m->binfo);

    ipu = qdev_new(TYPE_OMAP_IPU);
    qdev_prop_set_uint32(ipu, "num-cores", m->m3_cores);
    object_property_set_link(OBJECT(ipu), "mmu", OBJECT(mmu), &error_abort);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(ipu), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(ipu), 0, IPU_L2RAM_BASE);
    for (int i = 0; i < m->m3_cores; i++) {
        qdev_connect_gpio_out_named(prm, "reset", i,
            qdev_get_gpio_in_named(ipu, "reset", i));
    }
    qdev_connect_gpio_out_named(prm, "reset", 2,
        qdev_get_gpio_in_named(mmu, "reset", 0));
    sysbus_connect_irq(SYS_BUS_DEVICE(mailbox), 2,
                       qdev_get_gpio_in_named(ipu, "mailbox", 0));
}

static void get_m3_cores(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    visit_type_uint8(v, name, &PANDA_MACHINE(obj)->m3_cores, errp);
}

static void set_m3_cores(Object *obj, Visitor *v, const char *name,
                         void *opaque, Error **errp)
{
    uint8_t n;

    if (!visit_type_uint8(v, name, &n, errp)) {
        return;
    }
    if (n < 1 || n > OMAP_IPU_MAX_CORES) {
        error_setg(errp, "m3-cores is %u, not 1 to %d", n, OMAP_IPU_MAX_CORES);
        return;
    }
    PANDA_MACHINE(obj)->m3_cores = n;
}

static void panda_instance_init(Object *obj)
{
    PANDA_MACHINE(obj)->m3_cores = 1;
}

static void panda_class_init(ObjectClass *klass, void *data)
{
    MachineClass *mc = MACHINE_CLASS(klass);

    mc->desc = "virtual Pandaboard (OMAP4: Cortex-A9, Cortex-M3 IPU)";
    mc->init = panda_init;
    mc->default_ram_size = 512 * MiB;
    mc->default_ram_id = "panda.ram";
    mc->ignore_memory_transaction_failures = false;
    /* TCG makes room for so many CPUs: every core counts, held or not. */
    mc->min_cpus = mc->default_cpus = mc->max_cpus = 1 + OMAP_IPU_MAX_CORES;

    object_class_property_add(klass, "m3-cores", "uint8", get_m3_cores,
                              set_m3_cores, NULL, NULL);
    object_class_property_set_description(klass, "m3-cores",
        "Cortex-M3 cores of the IPU, 1 (the default) or 2");
}

static const TypeInfo panda_types[] = {
    {
        .name = TYPE_PANDA_MACHINE,
        .parent = TYPE_MACHINE,
        .instance_size = sizeof(PandaMachineState),
        .instance_init = panda_instance_init,
        .class_init = panda_class_init,
    },
};

DEFINE_TYPES(panda_types)
