# SPDX-License-Identifier: GPL-2.0
# Runs in the guest: a KUnit module's suites run when it is loaded.
# shellcheck shell=sh
set -e
for module in /lib/modules/*/kernel/*_kunit.ko; do
	name=$(basename "$module" .ko)
	modprobe "$name"
done
