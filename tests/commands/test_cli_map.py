#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""rapport map: what it proposes can be used at once, and says what it guessed."""
import csv
import json
import os
import tempfile

from cli import ROOT, answers_of, good, rapport, refused  # noqa: I001 (cli finds plain_tap)
from plain_tap import contains, equal, run

BDI = os.path.join(ROOT, 'examples/beat-the-blues/bdi.csv')


def test_the_proposal_for_beat_the_blues_evaluates():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'map.json')
        equal(good('map', BDI, '-o', path).out, '')
        with open(path, encoding='utf-8') as file:
            proposed = json.load(file)
        equal([o['label'] for o in proposed['occasion']], ['pre', '2m', '3m', '5m', '8m'])
        equal([o['months'] for o in proposed['occasion']], [0, 2, 3, 5, 8])
        contains(' '.join(proposed['comment']), 'bdi-ii: guessed')
        good('check', BDI, '--map', path)
        answer = answers_of(BDI, '--map', path, '--suppress', 'off')['answers'][0]
        table = next(t for t in answer['tables'] if t['id'].startswith('outcome.trajectory'))
        column = [c['id'] for c in table['columns']].index('n')
        everyone = [row[column] for row in table['rows'] if 'Everyone' in row]
        equal(everyone, scores())


def scores():
    """Cells of the file that hold a BDI-II, by occasion: counted here, by Python's own reader."""
    with open(BDI, newline='', encoding='utf-8') as file:
        people = list(csv.DictReader(file))
    found = [sum(person[f'bdi.{when}'] != '' for person in people) for when in ('pre', '2m', '3m', '5m', '8m')]
    equal(found, [100, 97, 73, 58, 52])  # awk -F, '$5 != ""' and so on, over the file's 100 rows
    return found


def test_twice_the_same_bytes():
    equal(good('map', BDI).out, good('map', BDI).out)


def test_a_million_columns():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'wide.csv'), 'w', encoding='utf-8') as file:
            file.write(','.join(f'c{i}' for i in range(1000000)) + '\n')
        refused('map', 'wide.csv', cwd=folder, naming=['wide.csv', '65536'])


def test_many_columns():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'wide.csv'), 'w', encoding='utf-8') as file:
            file.write(','.join(f'x{i}_{i % 900}m' for i in range(60000)) + '\n')
            file.writelines(','.join(str((i + k) % 50) for i in range(60000)) + '\n' for k in range(3))
        refused('map', 'wide.csv', cwd=folder, naming=['wide.csv', 'No column looks like'])


def test_what_is_no_table():
    with tempfile.TemporaryDirectory() as folder:
        refused('map', folder, naming=['folder'])
        refused('map', 'nothing.csv', cwd=folder, naming=['nothing.csv'])
        equal(rapport('map', BDI, '--format', 'html').status, 2)


run(globals())
