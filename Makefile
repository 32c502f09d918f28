# SPDX-License-Identifier: GPL-2.0
#
# The entry for people. What is compiled in the kernel's build is in Kbuild;
# everything here calls a script that can be called by hand as well.

BOARD ?= panda
KDIR  ?=
export AMP_CACHE KERNEL_SRC AMP_MIRROR

.DEFAULT_GOAL := help
.PHONY: help run shell test test-all test-dsp test-checked test-kcsan bench fuzz modules kernel firmware qemu tools install dist check doc clean distclean

help:
	@printf '%s\n' \
	'make run           set up everything, boot the emulated board, run the demo' \
	'make shell         boot to a shell in the guest, with the modules there' \
	'make test          the test suite, on that board; ends with "N passed, M failed"' \
	'make test-all      on all boards, and on an arm64 kernel with KASAN' \
	'make test-checked  on the arm64 kernel with KASAN alone' \
	'make test-kcsan    on one that finds data races (KCSAN)' \
	'make test-dsp      all of GCC'"'"'s test programs on the emulated DSP' \
	'make check         formatting, clippy and kernel lints, shellcheck' \
	'make doc           rustdoc of the crates, into out/doc' \
	'make modules       the kernel modules, into out/BOARD/kernel' \
	'make kernel        the board'"'"'s kernel' \
	'make firmware      the remote processor'"'"'s firmware, into out/firmware' \
	'make qemu          the emulator with our boards' \
	'make tools         the host program ampfw, into out/tools' \
	'make install       modules, headers, tools, manual pages (DESTDIR, PREFIX)' \
	'make dist          out/amp-BOARD.tar.gz, what goes onto an SD card' \
	'make bench         instructions per round trip, ours and mainline'"'"'s' \
	'make fuzz          the parsers, fuzzed for an hour' \
	'make clean         remove what was built here (out/)' \
	'make distclean     also remove the cache (toolchain root, kernels, QEMU)' \
	'' \
	'BOARD=panda        (default); the list: boards/' \
	'KDIR=path          make modules, install, dist for a kernel build tree of your own' \
	'KERNEL_SRC=path    a Linux 7.3 source tree, in place of Debian'"'"'s package' \
	'AMP_CACHE=path     where the large things are kept (default ~/.cache/amp-rs)' \
	'' \
	'More: README.md and Documentation/; boards/run --help for single runs.'

run:
	@boards/run --board $(BOARD) $(if $(FORMAT),--format $(FORMAT))

shell:
	@boards/run --board $(BOARD) --shell

test:
	@tests/run $(BOARD)

test-all:
	@tests/run panda checked hawk sim

test-dsp:
	@tests/dsp/run --all

test-checked:
	@tests/checked/run checked

test-kcsan:
	@tests/checked/run kcsan

bench:
	@tests/bench/run

fuzz:
	@tests/fuzz/run 100000000

ifeq ($(KDIR),)
modules:
	@scripts/modules $(BOARD)
else
modules:
	@scripts/modules-kdir $(KDIR)
endif

kernel:
	@scripts/kernel $(BOARD)

qemu:
	@scripts/qemu

firmware:
	@scripts/firmware

tools:
	@scripts/tools

install:
	@KDIR='$(KDIR)' BOARD='$(BOARD)' DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' scripts/install

dist:
	@KDIR='$(KDIR)' scripts/dist $(BOARD)

check:
	@scripts/check

doc:
	@scripts/doc $(BOARD)

clean:
	rm -rf out

distclean: clean
	@scripts/distclean
