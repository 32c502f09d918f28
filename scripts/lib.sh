# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced by every script here: where things are, how work is announced, how a
# failure is reported, and how a cache entry is named and made exactly once.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
AMP_CACHE=${AMP_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/amp-rs}
# shellcheck disable=SC2034 # for the scripts that source this
jobs=$(nproc)

die() {
	printf 'error: %s\n' "$*" >&2
	exit 1
}

# Nothing dies without a word.
# shellcheck disable=SC2154 # rc is assigned there
trap 'rc=$?; case $- in *e*) echo "error: ${BASH_SOURCE[0]##*/}:$LINENO: \"$BASH_COMMAND\" gave $rc" >&2 ;; esac' ERR

say() { printf '%s\n' "$*" >&2; }

# step NAME LOG COMMAND...: announce a long step, run it into LOG (a file in the
# cache), and on failure print the line that matters and where the log is.
# COMMAND may be a function that uses its caller's variables: those here have other
# names.
step() {
	local step_name=$1 step_log=$AMP_CACHE/logs/$2.log step_start=$SECONDS step_rc
	shift 2
	mkdir -p "$AMP_CACHE/logs"
	printf '  %-46s log: %s\n' "$step_name ..." "$step_log" >&2
	# Not inside a condition: there "set -e" would be off in COMMAND.
	set +e
	(
		set -e
		"$@"
	) >"$step_log" 2>&1 </dev/null
	step_rc=$?
	set -e
	if [ $step_rc != 0 ]; then
		say "error: $step_name failed after $((SECONDS - step_start)) s:"
		{ grep -m1 -iE '(^|[ :])(fatal )?error[:\[]|^E: |\*\*\*' "$step_log" ||
			tail -n 1 "$step_log"; } | cut -c1-300 | sed 's/^/    /' >&2
		say "    the whole log: $step_log"
		return 1
	fi
	printf '  %-46s %d s\n' "$step_name" $((SECONDS - step_start)) >&2
}

# key INPUT...: a hash of files and literal strings ("=text"), for cache names.
key() {
	local i
	for i in "$@"; do
		case $i in
		=*) printf '%s\n' "$i" ;;
		*) find "$i" -type f -print0 | LC_ALL=C sort -z | while IFS= read -r -d '' f; do
			printf '%s\n' "${f#"$top"/}"
			cat "$f"
		done ;;
		esac
	done | sha256sum | cut -c1-16
}

# with_lock NAME COMMAND...: one maker of a cache entry at a time.
with_lock() {
	local lock_name=$1
	shift
	mkdir -p "$AMP_CACHE/locks"
	(
		flock -w 2 9 || {
			say "  waiting for another run that makes $lock_name"
			flock 9
		}
		"$@"
	) 9>"$AMP_CACHE/locks/$lock_name"
}

# board_setting NAME BOARD: what boards/BOARD/board says of NAME.
board_setting() {
	[ -r "$top/boards/$2/board" ] ||
		die "no board '$2': there are $(cd "$top/boards" && echo */board | sed 's|/board||g')"
	(
		# shellcheck source=boards/panda/board
		. "$top/boards/$2/board"
		printf '%s\n' "${!1}"
	)
}
