# SPDX-License-Identifier: GPL-2.0
# The devices of qemu-system-aarch64 here (--with-devices-aarch64=amp): our boards.
CONFIG_AMP_PANDA=y
CONFIG_AMP_HAWK=y
