# SPDX-License-Identifier: GPL-2.0
# mainline's rpmsg_tty.ko, unmodified, on our bus: /dev/ttyRPMSG0 on a service that
# sends back what is typed.
# boards: panda hawk
# firmware: tty
# shellcheck shell=sh disable=SC1091,SC2034,SC2154 # what is sourced is in the guest
. /add/check.sh

service=rpmsg-tty
ln -s /add/firmware-tty.elf /lib/firmware/tty.elf
check "the modules load" load
comes "the processor runs" state_is running
same "stop" "" "$(power stop)"
echo tty.elf >"$rproc/firmware"
same "start" "" "$(power start)"
comes "the terminal's channel comes" channel
check "the terminal's driver loads" insmod /mainline/rpmsg_tty.ko
comes "the terminal is there" test -c /dev/ttyRPMSG0

# Raw, and without the echo of this side: what comes back is the remote's.
exec 3<>/dev/ttyRPMSG0
check "it is a terminal" stty -F /dev/ttyRPMSG0 raw -echo
for round in 1 2 3; do
	echo "hello $round" >&3
	read -r line <&3
	same "round $round: a line comes back" "hello $round" "$line"
done
# Longer than a message: it goes in pieces.
text=$(seq -s , 1 400)
echo "$text" >&3
read -r line <&3
same "a long line comes back" "$text" "$line"

same "stop with the terminal open" "" "$(power stop)"
same "the end of it" "" "$(cat <&3 2>/dev/null)"
exec 3>&-
check "the terminal is gone" test ! -e /dev/ttyRPMSG0
same "start" "" "$(power start)"
comes "a new terminal" test -c /dev/ttyRPMSG0
exec 3<>/dev/ttyRPMSG0
stty -F /dev/ttyRPMSG0 raw -echo
echo again >&3
read -r line <&3
same "it works" again "$line"
exec 3>&-
same "stop" "" "$(power stop)"
check "the driver unloads" rmmod rpmsg_tty
finish
