# SPDX-License-Identifier: GPL-2.0
"""A board without a guest, and the tests of one file."""

import subprocess
import tempfile


class Machine:
    """A board that executes nothing and answers reads and writes.

    A subclass says which (BOARD) and where its exit register is (TESTDEV).
    """

    def __init__(self, qemu):
        self.messages = tempfile.TemporaryFile("w+")
        self.qemu = subprocess.Popen(
            [qemu, "-M", self.BOARD, "-accel", "qtest", "-qtest", "stdio", "-qtest-log", "none",
             "-display", "none", "-nodefaults", "-nic", "none", "-monitor", "none"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.messages, text=True)

    def command(self, *words):
        self.qemu.stdin.write(" ".join(str(w) for w in words) + "\n")
        self.qemu.stdin.flush()
        for line in self.qemu.stdout:
            if line.startswith("OK"):
                return line.split()[1:]
            assert line.startswith("IRQ"), f"qtest said {line!r} to {words}"
        raise AssertionError(f"QEMU ended at {words}")

    def read(self, addr):
        return int(self.command("readl", hex(addr))[0], 16)

    def write(self, addr, value):
        self.command("writel", hex(addr), hex(value))

    def wait(self, ns):
        """Lets that much of the machine's time pass."""
        self.command("clock_step", ns)

    def said(self):
        """What QEMU has said to the user so far."""
        self.messages.seek(0)
        return self.messages.read()

    def end(self, status):
        """Ends QEMU through the exit register; returns its exit status."""
        self.write(self.TESTDEV, status)
        return self.qemu.wait(timeout=10)


def run(board, names, argv):
    """Runs the functions among names that take a machine m, each with a new one.

    Prints "N passed, M failed"; returns the exit status.
    """
    qemu, verbose = argv[1], "-v" in argv[2:]
    tests = [f for f in names.values()
             if callable(f) and getattr(f, "__code__", None) and f.__code__.co_varnames[:1] == ("m",)
             and f.__code__.co_argcount == 1]
    failed = 0
    for test in tests:
        machine = board(qemu)
        try:
            test(machine)
            if machine.qemu.poll() is None:
                assert machine.end(0) == 0, "QEMU failed"
            if verbose:
                print(f"PASS: {test.__name__}")
        except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
            failed += 1
            line = error.__traceback__
            while line.tb_next:
                line = line.tb_next
            print(f"FAIL: {test.__name__}, line {line.tb_lineno}: {error or 'not so'}")
            print(machine.said(), end="")
        finally:
            # QEMU stays when nobody talks to it any more.
            machine.qemu.kill()
            machine.qemu.wait()
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed else 0
