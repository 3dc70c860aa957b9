#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a synthetic service as a data package in FOLDER, with planted faults, and says in FOLDER/faults.json where each
one stands. The same arguments give the same bytes.

  bench/make_service.py FOLDER [ROWS [FAULTS [SEED]]]

ROWS contacts, as many administrations and scores, and a fifth as many clients and referrals, all good. Each fault
stands in a row more: a broken copy of a good row, under a key of its own, so that nothing hangs on it and every good
row has to be kept. The kinds take turns, the places are drawn. The numbers mean nothing.
"""
import datetime
import json
import os
import random
import sys
from collections import namedtuple

SESSIONS = 5  # of each referral
DAYS = [(datetime.date(2019, 1, 1) + datetime.timedelta(d)).isoformat() for d in range(1500)]
LAST_RECEIVED = 1400
ARMS = ('usual_care', 'cbt', '"stepped care, shared"', '')
TABLES = {
    'clients': ('client_id', 'birth_year', 'gender', 'employment', 'long_term_condition'),
    'referrals': ('referral_id', 'client_id', 'received', 'source', 'problem', 'arm', 'ended', 'end_reason'),
    'contacts': ('contact_id', 'referral_id', 'date', 'kind', 'planned', 'attendance', 'mode', 'minutes', 'group_id'),
    'administrations': ('administration_id', 'referral_id', 'contact_id', 'date', 'instrument', 'version', 'rater', 'status',
                        'started'),
    'scores': ('administration_id', 'scale', 'value', 'items_answered', 'method'),
}


def received(referral):
    return referral * 7919 % LAST_RECEIVED


def row(table, i):
    """The line of good row i. WAI-SR, since its further scales leave room for broken copies of a score."""
    referral, session = divmod(i, SESSIONS)
    if table == 'scores':
        return f'a{i},task,{4 + i * 31 % 17},4,supplied\n'
    if table == 'contacts':
        day = DAYS[received(referral) + 7 * session + 7]
        attended = 'attended' if i % 11 else 'did_not_attend'
        return f'k{i},r{referral},{day},treatment,true,{attended},telephone,{30 + i % 31},\n'
    if table == 'administrations':
        day = DAYS[received(referral) + 7 * session + 7]
        return f'a{i},r{referral},k{i},{day},wai-sr,1,client,complete,{day}T09:{i % 60:02}:00Z\n'
    if table == 'referrals':
        start = received(i)
        return f'r{i},c{i},{DAYS[start]},gp,F32,{ARMS[i % 4]},{DAYS[start + 90]},completed\n'
    return f'c{i},{1940 + i % 65},{"female" if i % 3 else "male"},employed,{"true" if i % 4 == 0 else "false"}\n'


# A fault: in `column` stands `text` ({key}: the key of the row copied, {n}: the fault's number, {other}: another
# referral), and is told `offset` bytes into it, as `rule`. Without a column the row has a field too few or too many.
Kind = namedtuple('Kind', 'table column text rule level offset', defaults=('row', 0))
KINDS = {
    'no_such_day': Kind('contacts', 'date', '2023-02-30', 'type'),
    'date_out_of_range': Kind('contacts', 'date', '1823-02-03', 'date_range'),
    'date_missing': Kind('contacts', 'date', '', 'order_missing'),
    'code_misspelt': Kind('contacts', 'attendance', 'atended', 'code'),
    'bool_misspelt': Kind('contacts', 'planned', 'yes', 'type'),
    'not_whole': Kind('contacts', 'minutes', '12.5', 'type'),
    'whole_out_of_range': Kind('contacts', 'minutes', '1441', 'range'),
    'key_twice': Kind('contacts', 'contact_id', '{key}', 'key_duplicate'),
    'key_missing': Kind('contacts', 'contact_id', '', 'key_missing'),
    'required_missing': Kind('contacts', 'referral_id', '', 'required'),
    'reference_to_nothing': Kind('contacts', 'referral_id', 'nobody{n}', 'reference_missing'),
    'id_too_long': Kind('contacts', 'group_id', 'g' * 65, 'type'),
    'control_character': Kind('contacts', 'group_id', 'g\x01', 'type'),
    'too_few_fields': Kind('contacts', None, '', 'fields'),
    'too_many_fields': Kind('contacts', None, 'more', 'fields'),
    'unclosed_quote': Kind('contacts', 'kind', '"treatment', 'unreadable'),
    'text_after_quote': Kind('contacts', 'kind', '"treatment"s', 'unreadable', 'row', 11),
    'dates_wrong_way_round': Kind('referrals', 'ended', '2018-12-31', 'date_order'),
    'client_never_given': Kind('referrals', 'client_id', 'nobody{n}', 'reference_missing'),
    'not_utf_8': Kind('referrals', 'arm', 'caf\udce9', 'unreadable', 'row', 3),  # one byte, 0xE9
    'birth_year_out_of_range': Kind('clients', 'birth_year', '1679', 'range'),
    'contact_of_another': Kind('administrations', 'contact_id', 'k{other}', 'reference_mismatch'),
    'time_without_zone': Kind('administrations', 'started', '2023-01-02T09:00:00', 'type'),
    'score_no_number': Kind('scores', 'value', 'twelve', 'type'),
    'score_out_of_range': Kind('scores', 'value', '999', 'score_range', 'value'),
    'scale_unknown': Kind('scores', 'scale', 'trust{n}', 'scale_unknown', 'note'),
}


def broken(kind, i, n, rows):
    """A broken copy of good row i, and the column at which its fault is told."""
    columns = TABLES[kind.table]
    cells = row(kind.table, i).rstrip('\n').replace(ARMS[2], 'shared').split(',')
    key = cells[0]
    if kind.table == 'scores':
        cells[1] = 'goal'
    else:
        cells[0] = f'x{n}'
    if kind.column is None:
        cells = cells + [kind.text] if kind.text else cells[:-1]
        at = len(cells) - 1
    else:
        at = columns.index(kind.column)
        cells[at] = kind.text.format(key=key, n=n, other=(i + SESSIONS) % rows)
    before = ''.join(cell + ',' for cell in cells[:at])
    return ','.join(cells) + '\n', len(before) + 1 + kind.offset


def plant(sizes, n_faults, seed, kinds_of=None):
    """Of each table, in order: (the good row after which it stands, kind, number)."""
    kinds_of = kinds_of or KINDS
    draw = random.Random(seed)
    planted = {table: [] for table in TABLES}
    for n in range(n_faults):
        name = list(kinds_of)[n % len(kinds_of)]
        planted[kinds_of[name].table].append((name, n))
    for table, kinds in planted.items():
        places = sorted(draw.sample(range(sizes[table]), len(kinds)))
        draw.shuffle(kinds)
        planted[table] = [(place, *kind) for place, kind in zip(places, kinds)]
    return planted


def write(table, size, planted, file):
    """Writes a table; returns its faults."""
    faults, start, lines = [], 0, 1
    file.write(','.join(TABLES[table]) + '\n')
    for place, name, n in planted:
        file.writelines(row(table, i) for i in range(start, place + 1))
        line, column = broken(KINDS[name], place, n, size)
        file.write(line)
        lines += place + 2 - start
        start = place + 1
        faults.append({'file': table + '.csv', 'line': lines, 'column': column, 'rule': KINDS[name].rule,
                       'level': KINDS[name].level, 'kind': name})
    file.writelines(row(table, i) for i in range(start, size))
    return faults


def make(folder, rows=1000000, n_faults=1000, seed=1):
    os.makedirs(folder, exist_ok=True)
    sizes = {table: rows if table in ('contacts', 'administrations', 'scores') else rows // SESSIONS for table in TABLES}
    planted = plant(sizes, n_faults, seed)
    faults = []
    for table, size in sizes.items():
        with open(os.path.join(folder, table + '.csv'), 'w', encoding='utf-8', errors='surrogateescape', newline='') as file:
            faults += write(table, size, planted[table], file)
    resources = [{'name': table, 'path': table + '.csv'} for table in TABLES]
    for name, content in (('datapackage.json', {'name': 'synthetic-service', 'resources': resources}),
                          ('faults.json', {'good_rows': sizes, 'faults': faults})):
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
            json.dump(content, file, indent=1)


if __name__ == '__main__':
    make(sys.argv[1], *map(int, sys.argv[2:]))
