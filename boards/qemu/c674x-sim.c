/* SPDX-License-Identifier: GPL-2.0 */
/*
 * -M c674x-sim: a DSP core with memory and nothing else, for programs without a
 * board, such as a compiler's test suite. The registers are in c674x.h.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/module.h"
#include "chardev/char-fe.h"
#include "elf.h"
#include "exec/address-spaces.h"
#include "hw/boards.h"
#include "hw/irq.h"
#include "hw/loader.h"
#include "hw/qdev-properties.h"
#include "hw/sysbus.h"
#include "system/reset.h"
#include "system/runstate.h"
#include "system/system.h"
#include "c674x-core.h"

#define TYPE_C674X_SIM_MACHINE MACHINE_TYPE_NAME("c674x-sim")
OBJECT_DECLARE_SIMPLE_TYPE(C674xSimMachineState, C674X_SIM_MACHINE)

struct C674xSimMachineState {
    MachineState parent_obj;

    C674xState *dsp;
    MemoryRegion registers;
    CharBackend console;
    qemu_irq crashed;
    uint32_t entry;
};

#define ELF_MACHINE_C6000   140
#define REGISTERS_SIZE      8
#define STACK_GAP           16

/* The program ends itself or the core gives up. */
static void end(C674xSimMachineState *m, uint8_t status)
{
    qemu_system_shutdown_request_with_code(SHUTDOWN_CAUSE_GUEST_SHUTDOWN,
                                           status);
    m->dsp->halted = true;
}

static uint64_t registers_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void registers_write(void *opaque, hwaddr addr, uint64_t value,
                            unsigned size)
{
    C674xSimMachineState *m = opaque;
    uint8_t byte = value;

    if (addr == C674X_SIM_EXIT - C674X_SIM_EXIT) {
        end(m, byte);
    } else {
        qemu_chr_fe_write_all(&m->console, &byte, 1);
    }
}

static const MemoryRegionOps registers_ops = {
    .read = registers_read,
    .write = registers_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .impl = { .min_access_size = 4, .max_access_size = 4 },
    .valid = { .min_access_size = 4, .max_access_size = 4 },
};

static void crash_line(void *opaque, int n, int level)
{
    if (level) {
        end(opaque, C674X_SIM_CRASHED);
    }
}

/* A reset loads the program, too. Start it after that. */
static void c674x_sim_reset(MachineState *machine, ResetType type)
{
    C674xSimMachineState *m = C674X_SIM_MACHINE(machine);
    C674xState *s = m->dsp;

    qemu_devices_reset(type);
    s->reg[C674X_B(15)] = C674X_SIM_DDR_BASE + C674X_SIM_DDR_SIZE - STACK_GAP;
    c674x_start(s, m->entry);
}

static void load(C674xSimMachineState *m, const char *filename)
{
    uint64_t entry;
    ssize_t size;

    if (!filename) {
        error_report("c674x-sim: -kernel FILE is needed, an ELF program for "
                     "the C6000");
        exit(1);
    }
    size = load_elf_as(filename, NULL, NULL, NULL, &entry, NULL, NULL, NULL,
                       ELFDATA2LSB, ELF_MACHINE_C6000, 0, 0, &m->dsp->as);
    if (size < 0) {
        error_report("c674x-sim: cannot load %s: %s", filename,
                     load_elf_strerror(size));
        exit(1);
    }
    m->entry = entry;
}

static void c674x_sim_init(MachineState *machine)
{
    C674xSimMachineState *m = C674X_SIM_MACHINE(machine);
    MemoryRegion *memory = get_system_memory();
    DeviceState *dev = qdev_new(TYPE_C674X);

    memory_region_add_subregion(memory, C674X_SIM_DDR_BASE, machine->ram);
    memory_region_init_io(&m->registers, OBJECT(m), &registers_ops, m,
                          "c674x-sim", REGISTERS_SIZE);
    memory_region_add_subregion(memory, C674X_SIM_EXIT, &m->registers);
    if (serial_hd(0)) {
        qemu_chr_fe_init(&m->console, serial_hd(0), &error_fatal);
    }

    qdev_prop_set_uint64(dev, "frequency", 0);
    qdev_prop_set_bit(dev, "auto-start", false);
    sysbus_realize_and_unref(SYS_BUS_DEVICE(dev), &error_fatal);
    m->dsp = C674X(dev);
    m->crashed = qemu_allocate_irq(crash_line, m, 0);
    qdev_connect_gpio_out_named(dev, "crash", 0, m->crashed);

    load(m, machine->kernel_filename);
}

static void c674x_sim_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->desc = "a C674x DSP with memory, for programs without a board";
    mc->init = c674x_sim_init;
    mc->reset = c674x_sim_reset;
    mc->max_cpus = 1;
    mc->default_ram_id = "ddr";
    mc->default_ram_size = C674X_SIM_DDR_SIZE;
    mc->no_floppy = mc->no_cdrom = mc->no_parallel = 1;
}

static const TypeInfo c674x_sim_types[] = {
    {
        .name = TYPE_C674X_SIM_MACHINE,
        .parent = TYPE_MACHINE,
        .instance_size = sizeof(C674xSimMachineState),
        .class_init = c674x_sim_class_init,
    },
};

DEFINE_TYPES(c674x_sim_types)
