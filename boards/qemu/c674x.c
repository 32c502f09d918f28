/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: the device: reset and boot, and the timer that lets the core run.
 *
 * The core has no thread of its own. A timer of the virtual clock gives it a
 * turn of so many cycles each TURN_NS, so what it does when depends on nothing
 * but the virtual time: with -icount a run repeats exactly. An idle core has no
 * timer; an interrupt starts it at once.
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "hw/irq.h"
#include "hw/qdev-properties.h"
#include "system/system.h"
#include "c674x-core.h"
#include "yield.h"

#define TURN_NS             20000
#define TURN_UNLIMITED      400000      /* cycles, if frequency is 0 */
#define BOOT_ALIGNMENT      0x400
#define DEFAULT_FREQUENCY   25000000

static bool can_run(C674xState *s)
{
    return !s->held && !s->halted && !s->idle;
}

static void turn(void *opaque)
{
    C674xState *s = opaque;
    uint64_t cycles = s->frequency ? s->frequency * TURN_NS / 1000000000
                                   : TURN_UNLIMITED;

    c674x_run(s, MAX(cycles, 1));
    if (can_run(s)) {
        timer_mod(s->timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) +
                            (s->frequency ? TURN_NS : 0));
    }
}

/*
 * The core has something to do again. With -icount the CPU that caused it would
 * first spend the instructions that it has been given.
 */
void c674x_wake(C674xState *s)
{
    s->idle = false;
    if (can_run(s)) {
        timer_mod(s->timer, qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL));
        yield_cpu();
    }
}

static void reset_core(C674xState *s)
{
    timer_del(s->timer);
    memset(s->reg, 0, sizeof(s->reg));
    memset(s->ring, 0, sizeof(s->ring));
    s->branches = 0;
    s->halted = s->idle = s->irq_ready = false;
    c674x_loop_reset(s);
    c674x_control_reset(s);
    c674x_intc_reset(s);
    memset(s->cache_regs, 0, sizeof(s->cache_regs));
    c674x_invalidate(s);
    qemu_irq_lower(s->crash);
}

void c674x_start(C674xState *s, uint32_t pc)
{
    s->pc = pc;
    s->istp = pc & -BOOT_ALIGNMENT;
    c674x_wake(s);
}

static void boot(C674xState *s)
{
    if (s->boot_address % BOOT_ALIGNMENT) {
        warn_report("c674x: the boot address 0x%08x is not 1 KiB aligned: "
                    "the core stays stopped", s->boot_address);
        s->halted = true;
        return;
    }
    c674x_start(s, s->boot_address);
}

void c674x_set_boot_address(C674xState *s, uint32_t address)
{
    s->boot_address = address;
}

static void reset_line(void *opaque, int n, int level)
{
    C674xState *s = opaque;
    bool held = level;

    if (held == s->held) {
        return;
    }
    s->held = held;
    if (held) {
        reset_core(s);
    } else {
        boot(s);
    }
}

static void nmi_line(void *opaque, int n, int level)
{
    C674xState *s = opaque;

    if (level && !s->held) {
        c674x_interrupt_raise(s, 1);
    }
}

static void event_line(void *opaque, int n, int level)
{
    C674xState *s = opaque;

    if (!s->held) {
        c674x_intc_event(s, n, level);
    }
}

static void c674x_reset_hold(Object *obj, ResetType type)
{
    C674xState *s = C674X(obj);

    reset_core(s);
    s->cycle = s->instructions = 0;
    s->boot_address = s->boot_property;
}

/*
 * The line may have been driven while the machine was reset. A boot address is
 * needed then only if the core isn't held; without a board it is a property.
 */
static void c674x_reset_exit(Object *obj, ResetType type)
{
    C674xState *s = C674X(obj);

    if (!s->held && s->auto_start) {
        boot(s);
    }
}

/* In the words of QEMU's plugin libinsn.so, which counts for the CPUs. */
static void log_instructions(Notifier *notifier, void *data)
{
    C674xState *s = container_of(notifier, C674xState, exit);

    qemu_log_mask(CPU_LOG_PLUGIN, "dsp insns: %" PRIu64 "\n",
                  s->instructions);
}

static void c674x_realize(DeviceState *dev, Error **errp)
{
    C674xState *s = C674X(dev);

    if (c674x_memory_realize(s, errp)) {
        s->exit.notify = log_instructions;
        qemu_add_exit_notifier(&s->exit);
    }
}

static void c674x_init(Object *obj)
{
    C674xState *s = C674X(obj);
    DeviceState *dev = DEVICE(obj);

    c674x_intc_init(s);
    c674x_cache_init(s);
    c674x_loop_init(s);
    s->packets = g_new0(C674xPacket, C674X_NUM_PACKETS);
    s->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, turn, s);

    qdev_init_gpio_in_named(dev, reset_line, "reset", 1);
    qdev_init_gpio_in_named(dev, event_line, "event", C674X_NUM_EVENTS);
    qdev_init_gpio_in_named(dev, nmi_line, "nmi", 1);
    qdev_init_gpio_out_named(dev, &s->crash, "crash", 1);

    object_property_add_uint64_ptr(obj, "cycles", &s->cycle,
                                   OBJ_PROP_FLAG_READ);
    object_property_add_uint64_ptr(obj, "instructions", &s->instructions,
                                   OBJ_PROP_FLAG_READ);
}

static void c674x_finalize(Object *obj)
{
    C674xState *s = C674X(obj);

    timer_free(s->timer);
    g_free(s->packets);
    g_free(s->loop.body);
}

static const Property c674x_properties[] = {
    DEFINE_PROP_LINK("memory", C674xState, memory, TYPE_MEMORY_REGION,
                     MemoryRegion *),
    DEFINE_PROP_UINT32("boot-address", C674xState, boot_property, 0),
    DEFINE_PROP_UINT64("frequency", C674xState, frequency, DEFAULT_FREQUENCY),
    DEFINE_PROP_BOOL("auto-start", C674xState, auto_start, true),
};

static void c674x_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    dc->desc = "TMS320C674x DSP megamodule";
    dc->realize = c674x_realize;
    dc->vmsd = &vmstate_c674x;
    rc->phases.hold = c674x_reset_hold;
    rc->phases.exit = c674x_reset_exit;
    device_class_set_props(dc, c674x_properties);
}

static const TypeInfo c674x_types[] = {
    {
        .name = TYPE_C674X,
        .parent = TYPE_SYS_BUS_DEVICE,
        .instance_size = sizeof(C674xState),
        .instance_init = c674x_init,
        .instance_finalize = c674x_finalize,
        .class_init = c674x_class_init,
    },
};

DEFINE_TYPES(c674x_types)
