# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the program as people do: the binary is the test's one argument. Small made-up studies to run it on."""
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import namedtuple

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

RAPPORT = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else 'build/rapport'
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
BEAT_THE_BLUES = (os.path.join(ROOT, 'examples/beat-the-blues/bdi.csv'), '--map',
                  os.path.join(ROOT, 'examples/beat-the-blues/map.json'))
PEAK_MB = 512  # bounded memory, with room for the sanitizers' own

Done = namedtuple('Done', 'status out err peak_mb')


def rapport(*arguments, cwd=None, text=True):
    """Runs to the end. A crash, a sanitizer's finding or too much memory fails the test at once."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with subprocess.Popen([RAPPORT, *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=cwd) as child:
            _, how, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(how)
        out.seek(0)
        err.seek(0)
        said, told = out.read(), err.read().decode('utf-8', 'replace')
    done = Done(child.returncode, said.decode('utf-8') if text else said, told, usage.ru_maxrss / 1024)
    assert done.status in (0, 1, 2), f'rapport {arguments} ended with {done.status}: {told}'
    assert 'Sanitizer' not in told and 'runtime error' not in told, told
    assert done.peak_mb < PEAK_MB, f'{done.peak_mb:.0f} MB'
    return done


def good(*arguments, **more):
    done = rapport(*arguments, **more)
    assert done.status == 0, f'rapport {arguments} ended with {done.status}: {done.err}'
    return done


def refused(*arguments, status=1, naming=(), place=None, **more):
    """It ends with `status`, says nothing on standard output, and tells what, where and what to do."""
    done = rapport(*arguments, **more)
    assert done.status == status, f'rapport {arguments} ended with {done.status}, not {status}: {done.err}'
    assert done.out == '', f'standard output holds {done.out[:200]!r}'
    assert done.err.strip(), 'no message'
    for part in naming:
        assert part in done.err, f'{part!r} is not in the message {done.err!r}'
    if place:
        assert re.search(place, done.err), f'no place like {place} in {done.err!r}'
    if status == 1:
        assert re.search(r'\n  \S', done.err), f'no remedy in {done.err!r}'
    return done


def answers_of(*arguments, **more):
    """The JSON of an evaluation. NaN and Infinity are no JSON."""
    def no_constant(word):
        raise ValueError(f'{word} is no JSON')
    return json.loads(good('evaluate', *arguments, '--format', 'json', **more).out, parse_constant=no_constant)


MAP = {
    'name': 'A small made-up trial',
    'layout': 'wide',
    'missing': ['NA'],
    'client': 'id',
    'arm': {'column': 'group', 'values': {'TAU': 'usual_care', 'CBT': 'cbt'}, 'comparator': 'usual_care'},
    'occasion': [
        {'columns': {'bdi': 'bdi_pre'}, 'occasion': 1, 'label': 'before', 'months': 0},
        {'columns': {'bdi': 'bdi_post'}, 'occasion': 2, 'label': 'after', 'months': 2},
    ],
    'instruments': {'BDI-II': {
        'use': 'bdi-ii', 'rater': 'client', 'scales': {'total': 'bdi'},
        'change': {'reliability': 0.9, 'sd': 'baseline_all', 'functional_mean': 8, 'functional_sd': 6, 'cutoff': 'c'},
    }},
}
HEADER = 'id,group,bdi_pre,bdi_post\n'


def rows(n):
    """n made-up people: half in each arm, a tenth without a last score. Their numbers mean nothing."""
    lines = []
    for i in range(n):
        last = 'NA' if i % 10 == 7 else str((i * 7) % 40)
        lines.append(f'c{i:04d},{"TAU" if i % 2 else "CBT"},{14 + (i * 11) % 40},{last}\n')
    return ''.join(lines)


@contextlib.contextmanager
def study(csv=None, **changes):
    """A folder with bdi.csv and map.json: yields (folder, arguments that name them relative to it). A change to None
    takes a member out of the map."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'bdi.csv'), 'wb') as file:
            text = HEADER + rows(40) if csv is None else csv
            file.write(text if isinstance(text, bytes) else text.encode())
        new = {k: v for k, v in {**MAP, **changes}.items() if v is not None}
        with open(os.path.join(folder, 'map.json'), 'w', encoding='utf-8') as file:
            json.dump(new, file)
        yield folder, ('bdi.csv', '--map', 'map.json')
