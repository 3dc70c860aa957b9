#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies a service of `rapport simulate` into FOLDER with planted faults, and says in FOLDER/faults.json where each one
stands, as make_service.py does with a service of its own.

  bench/plant_faults.py SERVICE FOLDER [FAULTS [SEED]]

The kinds are those of make_service.py, but for a score out of range: a simulated questionnaire has one scale, so that
a broken copy of its score is one given twice. Each fault stands in a row more, a broken copy of the row before it.
"""
import json
import os
import shutil
import sys

import make_service

KINDS = {name: kind for name, kind in make_service.KINDS.items() if name != 'score_out_of_range'}
HOW = {'encoding': 'utf-8', 'errors': 'surrogateescape', 'newline': ''}


def broken(kind, line, columns, n, other):
    """A broken copy of a line, and the column at which its fault is told. other: a contact of another referral."""
    cells = line.rstrip('\n').split(',')
    key = cells[0]
    if kind.table != 'scores':
        cells[0] = f'x{n}'
    if kind.column is None:
        cells = cells + [kind.text] if kind.text else cells[:-1]
        at = len(cells) - 1
    else:
        at = columns.index(kind.column)
        cells[at] = other if kind.rule == 'reference_mismatch' else kind.text.format(key=key, n=n)
    before = ''.join(cell + ',' for cell in cells[:at])
    return ','.join(cells) + '\n', len(before) + 1 + kind.offset


def copy(table, planted, source, target):
    """Copies a table with its faults, which it returns."""
    faults, at, lines = [], 0, 1
    columns = source.readline()
    target.write(columns)
    columns = columns.rstrip('\n').split(',')
    first = None
    for place, line in enumerate(source):
        target.write(line)
        lines += 1
        first = first or (line.split(',') if table == 'administrations' else ('', '', ''))
        while at < len(planted) and planted[at][0] == place:
            _, name, n = planted[at]
            if line.split(',')[1] == first[1]:  # of the first row's own referral: one row on, then
                planted[at] = (place + 1, name, n)
                break
            bad, column = broken(KINDS[name], line, columns, n, first[2])
            target.write(bad)
            lines += 1
            at += 1
            faults.append({'file': table + '.csv', 'line': lines, 'column': column, 'rule': KINDS[name].rule,
                           'level': KINDS[name].level, 'kind': name})
    return faults


def rows_of(path):
    with open(path, 'rb') as file:
        return sum(chunk.count(b'\n') for chunk in iter(lambda: file.read(1 << 20), b'')) - 1


def make(service, folder, n_faults=1000, seed=1):
    os.makedirs(folder)
    sizes = {table: rows_of(os.path.join(service, table + '.csv')) for table in make_service.TABLES}
    planted, faults = make_service.plant(sizes, n_faults, seed, KINDS), []
    for name in sorted(os.listdir(service)):
        table, path = name.removesuffix('.csv'), os.path.join(service, name)
        if table not in sizes:
            shutil.copy(path, folder)
            continue
        with open(path, **HOW) as source, open(os.path.join(folder, name), 'w', **HOW) as target:
            faults += copy(table, planted[table], source, target)
    assert len(faults) == n_faults, f'{n_faults - len(faults)} faults found no place'
    with open(os.path.join(folder, 'faults.json'), 'w', encoding='utf-8') as file:
        json.dump({'good_rows': sizes, 'faults': faults}, file, indent=1)


if __name__ == '__main__':
    make(*sys.argv[1:3], *map(int, sys.argv[3:]))
