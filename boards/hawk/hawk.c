/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtual Hawkboard: an OMAP-L138 (DA850) as far as Linux's boot and its
 * remoteproc see it, that is an ARM926EJ-S with its interrupt controller, a
 * timer, clocks and resets, a UART, the C674x DSP with its memories and the
 * signals between the two, and RAM, each at its address on the chip (OMAP-L138
 * TRM and data sheet, "Memory Map"). The rest of the peripherals' space reads
 * as zero; everything else is a bus error.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/units.h"
#include "exec/address-spaces.h"
#include "hw/arm/boot.h"
#include "hw/boards.h"
#include "hw/char/serial-mm.h"
#include "hw/misc/unimp.h"
#include "hw/qdev-properties.h"
#include "system/system.h"
#include "target/arm/cpu.h"
#include "amp-testdev.h"
#include "c674x.h"
#include "da850-cp-intc.h"
#include "da850-pll.h"
#include "da850-psc.h"
#include "da850-syscfg.h"
#include "da850-timer.h"

#define TYPE_HAWK_MACHINE MACHINE_TYPE_NAME("hawk")
OBJECT_DECLARE_SIMPLE_TYPE(HawkMachineState, HAWK_MACHINE)

struct HawkMachineState {
    MachineState parent_obj;

    ARMCPU cpu;
    MemoryRegion arm_view;
    MemoryRegion arm_bus;
    MemoryRegion shared_ram;
    struct arm_boot_info binfo;
};

/* The peripherals, for what of them is not modelled. */
#define PERIPHERALS_BASE    0x01c00000
#define PERIPHERALS_SIZE    (4 * MiB)

#define PSC0_BASE           0x01c10000
#define PLL0_BASE           0x01c11000
#define SYSCFG0_BASE        0x01c14000
#define TIMER0_BASE         0x01c20000
#define UART2_BASE          0x01d0d000
#define PLL1_BASE           0x01e1a000
#define PSC1_BASE           0x01e27000
#define TESTDEV_BASE        0x01f80000  /* reserved on the chip */
#define DSP_L2_BASE         0x11800000
#define DSP_L1P_BASE        0x11e00000
#define DSP_L1D_BASE        0x11f00000
#define SHARED_RAM_BASE     0x80000000
#define SHARED_RAM_SIZE     (128 * KiB)
#define RAM_BASE            0xc0000000
#define INTC_BASE           0xfffee000

#define PSC0_MODULES        16
#define PSC1_MODULES        32
#define UART2_CLOCK         150000000

/* System interrupts of the ARM. */
#define IRQ_TIMER0_12       21
#define IRQ_TIMER0_34       22
#define IRQ_CHIPSIG0        28          /* the first of four */
#define IRQ_UART2           61
#define ARM_CHIPSIGS        4

static DeviceState *map(DeviceState *dev, hwaddr base)
{
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    sysbus_mmio_map(SYS_BUS_DEVICE(dev), 0, base);
    return dev;
}

/* A device in the view of the ARM alone, over whatever the bus has there. */
static DeviceState *map_private(HawkMachineState *m, DeviceState *dev,
                                hwaddr base)
{
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    memory_region_add_subregion_overlap(&m->arm_view, base,
        sysbus_mmio_get_region(SYS_BUS_DEVICE(dev), 0), 1);
    return dev;
}

/* The ARM, and what only it can reach. */
static DeviceState *add_arm(HawkMachineState *m)
{
    DeviceState *intc = qdev_new(TYPE_DA850_CP_INTC);
    DeviceState *cpu;

    memory_region_init(&m->arm_view, OBJECT(m), "arm-view", 1ull << 32);
    memory_region_init_alias(&m->arm_bus, OBJECT(m), "arm-bus",
                             get_system_memory(), 0, 1ull << 32);
    memory_region_add_subregion(&m->arm_view, 0, &m->arm_bus);

    object_initialize_child(OBJECT(m), "cpu", &m->cpu,
                            ARM_CPU_TYPE_NAME("arm926"));
    cpu = DEVICE(&m->cpu);
    object_property_set_link(OBJECT(cpu), "memory", OBJECT(&m->arm_view),
                             &error_abort);
    qdev_realize(cpu, NULL, &error_fatal);

    map_private(m, intc, INTC_BASE);
    sysbus_connect_irq(SYS_BUS_DEVICE(intc), 0,
                       qdev_get_gpio_in(cpu, ARM_CPU_FIQ));
    sysbus_connect_irq(SYS_BUS_DEVICE(intc), 1,
                       qdev_get_gpio_in(cpu, ARM_CPU_IRQ));
    map_private(m, qdev_new(TYPE_AMP_TESTDEV), TESTDEV_BASE);
    return intc;
}

static DeviceState *add_psc(hwaddr base, int num_modules)
{
    DeviceState *dev = qdev_new(TYPE_DA850_PSC);

    qdev_prop_set_uint32(dev, "num-modules", num_modules);
    return map(dev, base);
}

static void add_pll(hwaddr base, int number)
{
    DeviceState *dev = qdev_new(TYPE_DA850_PLL);

    qdev_prop_set_uint8(dev, "number", number);
    map(dev, base);
}

static void add_ram(MemoryRegion *ram, const char *name, hwaddr base,
                    uint64_t size)
{
    memory_region_init_ram(ram, NULL, name, size, &error_fatal);
    memory_region_add_subregion(get_system_memory(), base, ram);
}

static void set_boot_address(void *opaque, uint32_t address)
{
    c674x_set_boot_address(C674X(opaque), address);
}

/* The DSP; what it sees beyond its own memories is what all masters see. */
static void add_dsp(DeviceState *psc, DeviceState *syscfg)
{
    static const struct {
        int region;
        hwaddr base;
    } memories[] = {
        { C674X_MMIO_L2, DSP_L2_BASE },
        { C674X_MMIO_L1P, DSP_L1P_BASE },
        { C674X_MMIO_L1D, DSP_L1D_BASE },
    };
    DeviceState *dsp = qdev_new(TYPE_C674X);

    qdev_prop_set_bit(dsp, "auto-start", false);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dsp), &error_fatal);
    for (int i = 0; i < ARRAY_SIZE(memories); i++) {
        sysbus_mmio_map(SYS_BUS_DEVICE(dsp), memories[i].region,
                        memories[i].base);
    }
    qdev_connect_gpio_out_named(psc, "hold", DA850_PSC0_DSP,
        qdev_get_gpio_in_named(dsp, "reset", 0));
    qdev_connect_gpio_out_named(syscfg, "chipsig-dsp", 2,
        qdev_get_gpio_in_named(dsp, "event", C674X_EVENT_CHIPINT2));
    qdev_connect_gpio_out_named(syscfg, "chipsig-dsp", 3,
        qdev_get_gpio_in_named(dsp, "event", C674X_EVENT_CHIPINT3));
    qdev_connect_gpio_out_named(syscfg, "chipsig-dsp", 4,
        qdev_get_gpio_in_named(dsp, "nmi", 0));
    qdev_connect_gpio_out_named(dsp, "crash", 0,
        qdev_get_gpio_in_named(syscfg, "dsp-crash", 0));
    da850_syscfg_on_boot_address(DA850_SYSCFG(syscfg), set_boot_address, dsp);
}

static void hawk_init(MachineState *machine)
{
    HawkMachineState *m = HAWK_MACHINE(machine);
    MemoryRegion *bus = get_system_memory();
    DeviceState *intc, *timer, *psc0, *syscfg;

    if (machine->ram_size > 512 * MiB) {
        error_report("the DDR controller of an OMAP-L138 takes at most 512 MiB "
                     "of RAM");
        exit(EXIT_FAILURE);
    }
    memory_region_add_subregion(bus, RAM_BASE, machine->ram);
    add_ram(&m->shared_ram, "hawk.shared-ram", SHARED_RAM_BASE,
            SHARED_RAM_SIZE);
    create_unimplemented_device("peripherals", PERIPHERALS_BASE,
                                PERIPHERALS_SIZE);

    intc = add_arm(m);
    timer = map(qdev_new(TYPE_DA850_TIMER), TIMER0_BASE);
    sysbus_connect_irq(SYS_BUS_DEVICE(timer), 0,
                       qdev_get_gpio_in(intc, IRQ_TIMER0_12));
    sysbus_connect_irq(SYS_BUS_DEVICE(timer), 1,
                       qdev_get_gpio_in(intc, IRQ_TIMER0_34));
    serial_mm_init(bus, UART2_BASE, 2, qdev_get_gpio_in(intc, IRQ_UART2),
                   UART2_CLOCK / 16, serial_hd(0), DEVICE_LITTLE_ENDIAN);
    add_pll(PLL0_BASE, 0);
    add_pll(PLL1_BASE, 1);
    psc0 = add_psc(PSC0_BASE, PSC0_MODULES);
    add_psc(PSC1_BASE, PSC1_MODULES);

    syscfg = map(qdev_new(TYPE_DA850_SYSCFG), SYSCFG0_BASE);
    for (int i = 0; i < ARM_CHIPSIGS; i++) {
        qdev_connect_gpio_out_named(syscfg, "chipsig-arm", i,
            qdev_get_gpio_in(intc, IRQ_CHIPSIG0 + i));
    }
    add_dsp(psc0, syscfg);

    m->binfo = (struct arm_boot_info) {
        .ram_size = machine->ram_size,
        .loader_start = RAM_BASE,
        .board_id = -1,
        .psci_conduit = QEMU_PSCI_CONDUIT_DISABLED,
    };
    arm_load_kernel(&m->cpu, machine, &m->binfo);
}

static void hawk_class_init(ObjectClass *klass, void *data)
{
    MachineClass *mc = MACHINE_CLASS(klass);

    mc->desc = "virtual Hawkboard (OMAP-L138: ARM926EJ-S, C674x DSP)";
    mc->init = hawk_init;
    mc->default_ram_size = 128 * MiB;
    mc->default_ram_id = "hawk.ram";
    mc->ignore_memory_transaction_failures = false;
}

static const TypeInfo hawk_types[] = {
    {
        .name = TYPE_HAWK_MACHINE,
        .parent = TYPE_MACHINE,
        .instance_size = sizeof(HawkMachineState),
        .class_init = hawk_class_init,
    },
};

DEFINE_TYPES(hawk_types)
