/* SPDX-License-Identifier: GPL-2.0 */
/* GCC brings one for systems without a library. */
#include "stdint-gcc.h"
