#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packed tables, and a packed file with its map, give the faults and rejects of the plain ones; digests are of the
packed files."""
import contextlib
import gzip
import hashlib
import json
import os
import shutil
import tempfile

from cli import HEADER, ROOT, good, rapport, rows, study  # noqa: I001 (cli finds plain_tap)
from plain_tap import contains, equal, run


def zstd(text):
    """A frame of raw blocks (RFC 8878, 3.1.1): no table of codes is needed for it. 0x38: a window of 128 KB."""
    blocks = [text[i:i + 65536] for i in range(0, len(text), 65536)] or [b'']
    packed = b'\x28\xb5\x2f\xfd\x00\x38'
    for i, block in enumerate(blocks):
        packed += (int(i == len(blocks) - 1) | len(block) << 3).to_bytes(3, 'little') + block
    return packed


PACKERS = {'.gz': gzip.compress, '.zst': zstd}


@contextlib.contextmanager
def packed(name, ending, descriptor=True):
    with tempfile.TemporaryDirectory() as top:
        folder = os.path.join(top, name)
        shutil.copytree(os.path.join(ROOT, 'tests/data', name), folder)
        for file in os.listdir(folder):
            path = os.path.join(folder, file)
            if file.endswith('.csv'):
                with open(path, 'rb') as plain, open(path + ending, 'wb') as out:
                    out.write(PACKERS[ending](plain.read()))
                os.remove(path)
        path = os.path.join(folder, 'datapackage.json')
        with open(path, encoding='utf-8') as file:
            text = file.read().replace('.csv"', f'.csv{ending}"')
        os.remove(path)
        if descriptor:
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
        yield top


def checked(top, name, ending=''):
    """What is told of every fault, and the rejects; names without the ending of what is packed."""
    rejects = os.path.join(tempfile.gettempdir(), f'rapport-rejects-{os.getpid()}.csv')
    done = rapport('check', name, '--format', 'csv', '--rejects', rejects, '--no-clock', cwd=top)
    with open(rejects, encoding='latin-1') as file:
        text = file.read()
    os.remove(rejects)
    plain = '.csv' + ending
    return done.status, done.out.replace(plain, '.csv'), text.replace(plain, '.csv')


def test_faults_and_rejects_are_those_of_the_plain_files():
    wanted = checked(os.path.join(ROOT, 'tests/data'), 'faulty-service')
    assert wanted[1].count('\n') > 30 and wanted[2].count('\n') > 20, wanted
    for ending in PACKERS:
        with packed('faulty-service', ending) as top:
            equal(checked(top, 'faulty-service', ending), wanted)


def test_a_folder_without_a_description():
    with packed('tiny-service', '.gz', descriptor=False) as top:
        name = 'scores.csv'
        packed_path = os.path.join(top, 'tiny-service', name + '.gz')
        done = rapport('evaluate', 'tiny-service', '--format', 'json', cwd=top)
        equal(done.status, 0)
        inputs = json.dumps(json.loads(done.out))
        with open(packed_path, 'rb') as file:
            contains(inputs, hashlib.sha256(file.read()).hexdigest())
        with gzip.open(packed_path) as file, open(packed_path[:-3], 'wb') as plain:
            shutil.copyfileobj(file, plain)
        done = rapport('check', 'tiny-service', cwd=top)
        contains(done.out, 'Another file in the folder holds the table scores already')


def test_a_single_file_with_a_map():
    text = HEADER + rows(40) + 'c0999,CBT,64,10\n' + 'c1000,CBT\n' + 'c0001,TAU,20,10\n'

    def result(ending):
        with study(csv=PACKERS[ending](text.encode()) if ending else text) as (folder, _):
            name = 'bdi.csv' + ending
            os.rename(os.path.join(folder, 'bdi.csv'), os.path.join(folder, name))
            options = ('--map', 'map.json', '--format', 'json', '--no-clock')
            told = rapport('check', name, *options, '--rejects', 'rejects.csv', cwd=folder).out
            with open(os.path.join(folder, 'rejects.csv'), encoding='utf-8') as file:
                rejects = file.read()
            answers = json.loads(good('evaluate', name, *options, cwd=folder).out)['answers']
            return json.loads(told.replace(name, 'bdi.csv'))['faults'], rejects.replace(name, 'bdi.csv'), answers
    wanted = result('')
    equal(len(wanted[0]), 3)  # a score out of range, too few fields, a client again
    contains(wanted[1], 'c1000,CBT')
    for ending in PACKERS:
        equal(result(ending), wanted)


def test_a_torn_file_is_told():
    with packed('tiny-service', '.gz') as top:
        path = os.path.join(top, 'tiny-service', 'stories.csv.gz')
        os.truncate(path, os.path.getsize(path) - 12)
        contains(rapport('check', 'tiny-service', cwd=top).out, 'its end is missing')


run(globals())
