# SPDX-License-Identifier: GPL-2.0
# The devices of qemu-system-aarch64 here (--with-devices-aarch64=amp): our boards.
# A new symbol makes everything of QEMU compile again, a new file of a board's
# list in meson.build does not.
CONFIG_AMP_PANDA=y
CONFIG_AMP_HAWK=y
CONFIG_AMP_C674X=y
