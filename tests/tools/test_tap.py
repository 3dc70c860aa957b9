#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tools/tap and tools/run_tests count what happened, whatever a test program prints."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from plain_tap import contains, equal, run  # noqa: E402

TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'tools', 'tap')


def tap(script):
    done = subprocess.run([TOOL, 'sh', '-c', script], capture_output=True, text=True, check=False)
    return done.returncode, [line for line in done.stdout.splitlines() if not line.startswith('#')]


def test_passing_and_failing_tests_keep_their_names():
    equal(tap('echo 1..2; echo ok 1 - a; echo not ok 2 - b; exit 1'), (1, ['ok 1 - a', 'not ok 2 - b', '1..2']))


def test_a_skip_as_cmocka_writes_it():
    equal(tap('echo 1..1; echo no data; echo "not ok 1 # SKIP a"'), (0, ['ok 1 - a # SKIP no data', '1..1']))


def test_a_skip_as_tap_has_it():
    equal(tap('echo 1..1; echo "ok 1 - a # SKIP no data"'), (0, ['ok 1 - a # SKIP no data', '1..1']))


def test_several_groups_become_one():
    equal(tap('echo 1..1; echo ok 1 - a; echo 1..1; echo ok 1 - b'), (0, ['ok 1 - a', 'ok 2 - b', '1..2']))


def test_a_program_that_dies_has_failed():
    status, lines = tap('echo 1..2; echo ok 1 - a; kill -9 $$')
    equal(status, 1)
    contains(lines[1], 'not ok 2')


def test_a_program_that_stops_early_has_failed():
    equal(tap('echo 1..3; echo ok 1 - a')[1][1], 'not ok 2 - 2 planned tests did not report')


def test_a_status_without_a_failing_test_has_failed():
    equal(tap('echo 1..1; echo ok 1 - a; exit 23')[1][1], 'not ok 2 - the program ended with status 23')


def test_a_program_without_tests_has_failed():
    equal(tap('true'), (1, ['not ok 1 - no test ran', '1..1']))


run(globals())
