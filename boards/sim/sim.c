/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The least arm64 machine that Linux needs: two Cortex-A57 with their generic
 * timers, a GICv2, a UART, RAM, and no remote processor. There the project's
 * modules run with a simulated one, on kernels with checkers that 32-bit ARM
 * does not have together with Rust (KASAN, KCSAN).
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/units.h"
#include "exec/address-spaces.h"
#include "hw/arm/boot.h"
#include "hw/boards.h"
#include "hw/char/serial-mm.h"
#include "hw/intc/arm_gic.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "system/system.h"
#include "target/arm/cpu.h"
#include "target/arm/gtimer.h"
#include "amp-testdev.h"

#define TYPE_SIM_MACHINE MACHINE_TYPE_NAME("sim")
OBJECT_DECLARE_SIMPLE_TYPE(SimMachineState, SIM_MACHINE)

#define SIM_CPUS    2

struct SimMachineState {
    MachineState parent_obj;

    ARMCPU cpu[SIM_CPUS];
    struct arm_boot_info binfo;
};

/* As in sim.dts. */
#define GIC_DIST_BASE   0x08000000
#define GIC_CPU_BASE    0x08010000
#define UART_BASE       0x09000000
#define UART_CLOCK      48000000
#define TESTDEV_BASE    0x0a000000
#define RAM_BASE        0x40000000

#define NUM_SPI         32
#define SPI_UART        1

/* Private interrupts of the generic timers (Arm BSA, "PPI assignments"). */
static const int timer_ppi[] = {
    [GTIMER_PHYS] = 30,
    [GTIMER_VIRT] = 27,
    [GTIMER_HYP] = 26,
    [GTIMER_SEC] = 29,
};

static void add_cpu(SimMachineState *m, int i)
{
    Object *cpu = OBJECT(&m->cpu[i]);

    object_initialize_child(OBJECT(m), "cpu[*]", &m->cpu[i],
                            ARM_CPU_TYPE_NAME("cortex-a57"));
    object_property_set_bool(cpu, "has_el3", false, &error_abort);
    object_property_set_bool(cpu, "has_el2", false, &error_abort);
    object_property_set_int(cpu, "psci-conduit", QEMU_PSCI_CONDUIT_HVC,
                            &error_abort);
    object_property_set_bool(cpu, "start-powered-off", i != 0, &error_abort);
    object_property_set_link(cpu, "memory", OBJECT(get_system_memory()),
                             &error_abort);
    qdev_realize(DEVICE(cpu), NULL, &error_fatal);
}

static DeviceState *add_gic(SimMachineState *m)
{
    DeviceState *gic = qdev_new(TYPE_ARM_GIC);
    SysBusDevice *bus = SYS_BUS_DEVICE(gic);

    qdev_prop_set_uint32(gic, "revision", 2);
    qdev_prop_set_uint32(gic, "num-cpu", SIM_CPUS);
    qdev_prop_set_uint32(gic, "num-irq", NUM_SPI + 32);
    sysbus_realize_and_unref(bus, &error_fatal);
    sysbus_mmio_map(bus, 0, GIC_DIST_BASE);
    sysbus_mmio_map(bus, 1, GIC_CPU_BASE);
    for (int i = 0; i < SIM_CPUS; i++) {
        DeviceState *cpu = DEVICE(&m->cpu[i]);

        for (int t = 0; t < ARRAY_SIZE(timer_ppi); t++) {
            /* Inputs: the shared interrupts, then 32 private ones a CPU. */
            qdev_connect_gpio_out(cpu, t,
                qdev_get_gpio_in(gic, NUM_SPI + 32 * i + timer_ppi[t]));
        }
        sysbus_connect_irq(bus, i, qdev_get_gpio_in(cpu, ARM_CPU_IRQ));
        sysbus_connect_irq(bus, i + SIM_CPUS,
                           qdev_get_gpio_in(cpu, ARM_CPU_FIQ));
    }
    return gic;
}

static void sim_init(MachineState *machine)
{
    SimMachineState *m = SIM_MACHINE(machine);
    DeviceState *gic, *testdev;

    memory_region_add_subregion(get_system_memory(), RAM_BASE, machine->ram);
    for (int i = 0; i < SIM_CPUS; i++) {
        add_cpu(m, i);
    }
    gic = add_gic(m);
    serial_mm_init(get_system_memory(), UART_BASE, 2,
                   qdev_get_gpio_in(gic, SPI_UART), UART_CLOCK / 16,
                   serial_hd(0), DEVICE_LITTLE_ENDIAN);

    testdev = qdev_new(TYPE_AMP_TESTDEV);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(testdev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(testdev), 0, TESTDEV_BASE);

    m->binfo = (struct arm_boot_info) {
        .ram_size = machine->ram_size,
        .loader_start = RAM_BASE,
        .board_id = -1,
        .psci_conduit = QEMU_PSCI_CONDUIT_HVC,
    };
    arm_load_kernel(&m->cpu[0], machine, &m->binfo);
}

static void sim_class_init(ObjectClass *klass, void *data)
{
    MachineClass *mc = MACHINE_CLASS(klass);

    mc->desc = "arm64 machine for simulated remote processors";
    mc->init = sim_init;
    mc->default_ram_size = 1 * GiB;
    mc->default_ram_id = "sim.ram";
    mc->min_cpus = mc->default_cpus = mc->max_cpus = SIM_CPUS;
}

static const TypeInfo sim_types[] = {
    {
        .name = TYPE_SIM_MACHINE,
        .parent = TYPE_MACHINE,
        .instance_size = sizeof(SimMachineState),
        .class_init = sim_class_init,
    },
};

DEFINE_TYPES(sim_types)
