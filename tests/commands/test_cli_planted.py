#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planted faults: each is told at its file, line and column and by its rule, nothing else is told, and every good row
is kept. What is planted, and why it stands there, is in bench/make_service.py; bench/plant_faults.py plants the same in
a simulated service."""
import csv
import json
import os
import sys
import tempfile

from cli import ROOT, rapport, refused  # noqa: I001 (cli finds plain_tap)
from plain_tap import equal, run

sys.path.insert(0, os.path.join(ROOT, 'bench'))
import plant_faults  # noqa: E402
from make_service import KINDS, SESSIONS, make  # noqa: E402
from planted_faults import compare  # noqa: E402

ROWS, FAULTS = 10000, 1000


def check(folder, *options):
    done = rapport('check', folder, '--format', 'json', *options)
    equal(done.status, 1, 'status')
    return json.loads(done.out)


def planted_in(folder):
    with open(os.path.join(folder, 'faults.json'), encoding='utf-8') as file:
        return json.load(file)


def of_its_own(folder, seed):
    make(folder, ROWS, FAULTS, seed)


def simulated(folder, seed):
    service = folder + '-simulated'
    equal(rapport('simulate', '--clients', '1200', '--seed', str(seed), '--without-items', '-o', service).status, 0, 'made')
    plant_faults.make(service, folder, FAULTS, seed)


def all_told(seed, made=of_its_own):
    with tempfile.TemporaryDirectory() as beside:
        folder, rejects = os.path.join(beside, 'service'), os.path.join(beside, 'rejects')
        made(folder, seed)
        planted, told = planted_in(folder), check(folder, '--rejects', rejects)
        equal(len(planted['faults']), FAULTS, 'faults planted')
        assert len({fault['kind'] for fault in planted['faults']}) >= 20
        both, missed, besides = compare(folder, told['faults'])
        equal((missed, besides), ({}, {}), 'planted and not told, told and not planted')
        equal(both.total(), FAULTS, 'faults told')

        fallen = [fault for fault in planted['faults'] if fault['level'] != 'note']
        with open(rejects, encoding='utf-8', errors='surrogateescape', newline='') as file:  # rows as they were
            out = {(os.path.basename(row['input']), int(row['line'])) for row in csv.DictReader(file)}
        equal(out, {(fault['file'], fault['line']) for fault in fallen}, 'rows rejected')
        for file in told['provenance']['inputs']:
            if file['name'][:-len('.csv')] not in planted['good_rows']:
                equal(file['rejected'], 0, f'rows rejected of {file["name"]}')
                continue
            more = sum(fault['file'] == os.path.basename(file['name']) for fault in planted['faults'])
            equal(file['rows'], planted['good_rows'][file['name'][:-len('.csv')]] + more, f'rows read of {file["name"]}')


def test_every_fault_is_told_and_no_other():
    all_told(seed=1)


def test_and_with_other_places():
    all_told(seed=2)


def test_and_with_others_again():
    all_told(seed=3)


def test_and_in_a_simulated_service():
    all_told(seed=1, made=simulated)


def test_a_service_without_faults_has_none():
    with tempfile.TemporaryDirectory() as folder:
        make(folder, ROWS, 0)
        done = rapport('check', folder, '--format', 'json')
        equal((done.status, json.loads(done.out)['faults']), (0, []), 'status and faults')


def test_all_are_counted_where_few_are_told():
    with tempfile.TemporaryDirectory() as folder:
        make(folder, 100 * SESSIONS, 2 * len(KINDS))
        told = check(folder, '--faults', '3')
        equal((len(told['faults']), sum(told['counts'].values())), (3, 2 * len(KINDS)), 'told and counted')
        refused('check', folder, '--faults', 'some', status=2, naming=['--faults', 'some'])


def test_the_same_seed_gives_the_same_bytes():
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        for folder in (one, two):
            make(folder, ROWS, FAULTS, 4)
        for name in sorted(os.listdir(one)):
            with open(os.path.join(one, name), 'rb') as a, open(os.path.join(two, name), 'rb') as b:
                assert a.read() == b.read(), name


run(globals())
