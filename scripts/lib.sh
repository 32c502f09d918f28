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
trap 'rc=$?; case $- in *e*) echo "error: ${BASH_SOURCE[0]##*/}:$LINENO: \"$BASH_COMMAND\" gave $rc" >&2 ;; esac' ERR

say() { printf '%s\n' "$*" >&2; }

# step NAME LOG COMMAND...: announce a long step, run it into LOG (a file in the
# cache), and on failure print the line that matters and where the log is.
step() {
	local name=$1 log=$AMP_CACHE/logs/$2.log start=$SECONDS rc
	shift 2
	mkdir -p "$AMP_CACHE/logs"
	printf '  %-46s log: %s\n' "$name ..." "$log" >&2
	# Not inside a condition: there "set -e" would be off in COMMAND.
	set +e
	(
		set -e
		"$@"
	) >"$log" 2>&1 </dev/null
	rc=$?
	set -e
	if [ $rc != 0 ]; then
		say "error: $name failed after $((SECONDS - start)) s:"
		{ grep -m1 -iE '(^|[ :])(fatal )?error[:\[]|^E: |\*\*\*' "$log" ||
			tail -n 1 "$log"; } | cut -c1-300 | sed 's/^/    /' >&2
		say "    the whole log: $log"
		return 1
	fi
	printf '  %-46s %d s\n' "$name" $((SECONDS - start)) >&2
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
	local name=$1
	shift
	mkdir -p "$AMP_CACHE/locks"
	(
		flock -w 2 9 || {
			say "  waiting for another run that makes $name"
			flock 9
		}
		"$@"
	) 9>"$AMP_CACHE/locks/$name"
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
