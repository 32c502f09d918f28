# SPDX-License-Identifier: GPL-2.0
# Two channels of which one's callback sleeps, with more messages behind the one
# that it sleeps over than there are buffers: all messages of the other one get
# through meanwhile, those for user space too, and in the end its own.
# tools: rpmsg_user
# kernel: checked
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

user() { /add/rpmsg_user "$@"; }

up
check "the control driver loads" modprobe rpmsg_ctrl
comes "the control device is there" test -c /dev/rpmsg_ctrl0
exec 3<>/dev/rpmsg_ctrl0
check "a client that sleeps" modprobe rpmsg_sleeper
mark
same "its channel" 0 "$(user 3 create-dev rpmsg-sleeper -1 50)"
logged "rpmsg_sleeper virtio0.rpmsg-sleeper.-1.50: asleep"

check "the sample loads" modprobe rpmsg_client_sample count=1000
comes "it gets all answers" log_line "goodbye!"
same "an endpoint for user space" 0 "$(user 3 create-ept awake -1 50)"
exec 4<>/dev/rpmsg0
same "all its messages are answered" 500 "$(user 4 pingpong 500 496)"
check "the other one still sleeps" sh -c '! dmesg | grep -q "rpmsg-sleeper.*awake"'

same "somebody wakes it" 0 "$(user 3 create-dev rpmsg-waker -1 50)"
logged "rpmsg_sleeper virtio0.rpmsg-sleeper.-1.50: awake"
logged "rpmsg_sleeper virtio0.rpmsg-sleeper.-1.50: 300 messages"
exec 3>&- 4>&-
check "all unload" rmmod rpmsg_sleeper rpmsg_client_sample rpmsg_ctrl
finish
