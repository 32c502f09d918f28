# SPDX-License-Identifier: GPL-2.0
# The demo: a remote processor boots, announces a service, a driver plays 100
# ping-pongs with it, and when its last user leaves it is powered down.
# shellcheck shell=sh
set -e
# shellcheck disable=SC1091 # in the guest
. /lib.sh

modprobe virtio_rpmsg_bus
modprobe rpmsg_ns
modprobe "$PLATFORM_DRIVER"
wait_for "the remote processor to run" grep -qx running $rproc/state
echo "--- $(cat $rproc/name): $(cat $rproc/state), firmware $(cat $rproc/firmware)"

channel() { basename /sys/bus/rpmsg/devices/*.rpmsg-client-sample.* | grep -v '[*]'; }
wait_for "the channel rpmsg-client-sample" channel
echo "--- channel $(channel)"

modprobe rpmsg_client_sample count=100
wait_for "100 round trips" log_has 'rpmsg_client_sample.*goodbye!'
echo "--- $(dmesg | grep -E 'rpmsg_client_sample.*(round trips|goodbye)' | sed 's/.*rpmsg_client_sample/rpmsg_client_sample/' | head -n 1)"

echo "--- the remote's trace buffer:"
tr -d '\000' <$debug/trace0

rmmod rpmsg_client_sample
echo stop >$rproc/state
echo "--- after the last user: $(cat $rproc/state)"
[ "$(cat $rproc/state)" = offline ]
