# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of all kinds of `fit` share: reference data, a fit as JSON, numbers that are near."""
import contextlib
import json
import os
import tempfile

import cli
from plain_tap import Skip, equal

SHARED = os.environ.get('RAPPORT_SHARED') or os.path.join(cli.ROOT, '..', 'shared')


def shared(name):
    path = os.path.join(SHARED, 'data', name)
    if not os.path.exists(path):
        raise Skip(f'reference data absent: {name} (set RAPPORT_SHARED)')
    return path


def close(found, expected, tolerance, what=''):
    assert abs(found - expected) <= tolerance, f'{what or "value"}: expected {expected!r}, found {found!r}'


def no_constant(word):
    raise ValueError(f'{word} is no JSON')


def fit(*arguments, status=0):
    done = cli.rapport('fit', *arguments, '--format', 'json', '--no-clock')
    equal(done.status, status, done.err)
    return json.loads(done.out, parse_constant=no_constant)


def near(found, expected, relative=1e-6, what=''):
    equal(len(found), len(expected), what)
    for a, b in zip(found, expected):
        close(a, b, relative * max(abs(b), 1e-3), what)


@contextlib.contextmanager
def table(text, name='d.csv'):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        with open(path, 'w', encoding='utf-8', newline='') as file:
            file.write(text)
        yield path
