// SPDX-License-Identifier: GPL-2.0
/* An object belongs to one module only, so each suite has its own of these. */
#include "glue.c"
