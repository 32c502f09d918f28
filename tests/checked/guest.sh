# SPDX-License-Identifier: GPL-2.0
# Runs in the guest: one deliberate bug, KIND in /add/params, with what it takes
# for its checker to look.
# shellcheck shell=sh disable=SC1091
set -e
. /add/params

# symbol NAME: its address, for the fault injection's filter.
symbol() { awk -v name="$1" '$3 == name { print "0x" $1; exit }' /proc/kallsyms; }

case $WHAT in
leak)
	modprobe checker_bugs kind="$KIND"
	# An object must be some seconds old to be reported; the scan itself says so by
	# reporting nothing, so ask until it is.
	tries=0
	until grep -q 'unreferenced object' /sys/kernel/debug/kmemleak; do
		tries=$((tries + 1))
		[ $tries -lt 60 ] || break
		usleep 500000
		echo scan >/sys/kernel/debug/kmemleak
	done
	cat /sys/kernel/debug/kmemleak
	;;
allocation)
	cd /sys/kernel/debug/failslab
	start=$(symbol rust_helper_krealloc_node_align)
	echo "$start" >require-start
	# The helper is small: the caller's return address lies within 256 bytes.
	printf '0x%x\n' $((start + 256)) >require-end
	echo N >ignore-gfp-wait
	echo 32 >stacktrace-depth
	echo 0 >verbose
	echo 1 >"times"
	modprobe checker_bugs kind="$KIND" &
	echo 100 >probability
	wait
	;;
*) modprobe checker_bugs kind="$KIND" ;;
esac
