/* SPDX-License-Identifier: GPL-2.0 */
#ifndef AMP_TESTDEV_H
#define AMP_TESTDEV_H

#include "qom/object.h"

/* sysbus MMIO region 0: the register, 4 bytes. */
#define TYPE_AMP_TESTDEV "amp-testdev"
OBJECT_DECLARE_SIMPLE_TYPE(AMPTestdevState, AMP_TESTDEV)

#endif
