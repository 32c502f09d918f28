# SPDX-License-Identifier: GPL-2.0
# Runs in the guest: a KUnit module's suites run when it is loaded.
# shellcheck shell=sh
set -e
# What the suites test but do not depend on: a driver finds the fake remote.
modprobe virtio_rpmsg_bus
for module in /lib/modules/*/kernel/*_kunit.ko; do
	name=$(basename "$module" .ko)
	modprobe "$name"
done
