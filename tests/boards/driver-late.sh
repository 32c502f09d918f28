# SPDX-License-Identifier: GPL-2.0
# A driver that registers after its channel exists is bound at once, and one
# that was there before gets the channel when it appears.
# kernel: checked
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

bound() { [ "$(basename "$(readlink "$(channel)/driver")")" = rpmsg_client_sample ]; }

up
check "nobody has the channel" test ! -e "$(channel)/driver"
check "the driver loads" modprobe rpmsg_client_sample count=10
check "it has the channel when modprobe returns" bound
comes "its messages are answered" log_line "goodbye!"

# The driver stays, the channel goes and comes.
mark
same "stop" "" "$(power stop)"
check "the channel is gone" no_channel
same "start" "" "$(power start)"
comes "the driver gets the new channel" bound
comes "and its messages are answered" log_line "goodbye!"
check "the driver unloads" rmmod rpmsg_client_sample
finish
