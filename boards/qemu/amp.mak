# SPDX-License-Identifier: GPL-2.0
# The devices of qemu-system-arm here (--with-devices-arm=amp): our boards.
CONFIG_AMP_PANDA=y
