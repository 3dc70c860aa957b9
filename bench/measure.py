#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times a command beside `cat` of the same bytes, and prints one line.

  bench/measure.py [--status N] WHAT FILE... -- COMMAND...

COMMAND reads the FILEs, tables with a header line, and ends with status N (0). The shortest of three runs each; GB/s
a core is by the seconds of all processors together. The peak is the largest resident set; it is never below the 14 MB
that Python has when it starts the command.
"""
import os
import subprocess
import sys
import time


def once(command, status=0):
    started = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as child:
        _, how, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(how)
    if child.returncode != status:
        sys.exit(f'{" ".join(command)} ended with {child.returncode}')
    return time.monotonic() - started, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime


def rows_of(file):
    with open(file, 'rb') as data:
        return sum(block.count(b'\n') for block in iter(lambda: data.read(1 << 20), b'')) - 1


def main(arguments):
    status = int(arguments[1]) if arguments[0] == '--status' else 0
    what, *files = arguments[2 if status else 0:arguments.index('--')]
    command = arguments[arguments.index('--') + 1:]
    rows, size = sum(map(rows_of, files)), sum(map(os.path.getsize, files))
    cat = min(once(['cat', *files])[0] for _ in range(3))
    runs = [once(command, status) for _ in range(3)]
    seconds, peak, busy = min(r[0] for r in runs), max(r[1] for r in runs), min(r[2] for r in runs)
    print(f'{what:<12} {size:>12} bytes {rows:>9} rows {seconds:8.3f} s {size / seconds / 1e9:7.4f} GB/s,'
          f' {size / busy / 1e9:.4f} a core {peak:8.1f} MB peak | cat {cat:.3f} s, ratio {seconds / cat:.0f}')


if __name__ == '__main__':
    main(sys.argv[1:])
