# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the functions test_* of a module and prints TAP. A test fails by an exception; `Skip(reason)` skips it."""
import sys
import traceback


class Skip(Exception):
    pass


def equal(found, expected, what=''):
    assert found == expected, f'{what or "value"}: expected {expected!r}, found {found!r}'


def contains(text, part, what=''):
    assert part in text, f'{what or "text"}: {part!r} is not in {text!r}'


def run(namespace):
    tests = [(name, value) for name, value in namespace.items() if name.startswith('test_') and callable(value)]
    failed = 0
    print(f'1..{len(tests)}')
    for number, (name, test) in enumerate(tests, 1):
        title = name[len('test_'):].replace('_', ' ')
        try:
            test()
            print(f'ok {number} - {title}', flush=True)
        except Skip as reason:
            print(f'ok {number} - {title} # SKIP {reason}', flush=True)
        except Exception:  # a test that ends in any other way has failed; the next one still runs
            failed += 1
            print(''.join('# ' + line for line in traceback.format_exc().splitlines(keepends=True)), end='')
            print(f'not ok {number} - {title}', flush=True)
    sys.exit(1 if failed else 0)
