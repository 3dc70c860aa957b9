#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`equity` on a simulated service: its counts are those of the CSV files, counted here by other means."""
import datetime
import tempfile
from collections import Counter

import cli  # noqa: F401 (finds plain_tap)
from plain_tap import equal, run
from service_files import People, simulate, tables_of

ETHNICITY = {**dict.fromkeys('ABC', 'White'), **dict.fromkeys('DEFG', 'Mixed'),
             **dict.fromkeys('HJKL', 'Asian or Asian British'), **dict.fromkeys('MNP', 'Black or Black British'),
             **dict.fromkeys('RS', 'Chinese or other ethnic group'), '99': 'not recorded'}
FIFTHS = ('most deprived fifth (tenths 1 and 2)', 'second (3 and 4)', 'third (5 and 6)', 'fourth (7 and 8)',
          'least deprived fifth (9 and 10)')
AGES = ((75, '75 and over'), (65, '65 to 74'), (45, '45 to 64'), (26, '26 to 44'), (18, '18 to 25'), (0, 'under 18'))


def groups_of(client, received):
    age = int(received[:4]) - int(client['birth_year'])
    decile = client['deprivation_decile']
    return {'ethnicity': ETHNICITY[client['ethnicity']],
            'deprivation': FIFTHS[(int(decile) - 1) // 2] if decile else 'not recorded',
            'long_term_condition': {'true': 'a long-term condition', 'false': 'none', '': 'not recorded'}[
                client['long_term_condition']],
            'age': next(words for low, words in AGES if age >= low)}


def steps_of(people, r):
    """What holds of a referral: what the report calls it, of whom, and whether it does."""
    treated, ended = people.treated[r], bool(people.referrals[r]['ended'])
    yield 'Assessed', 'all', r in people.assessed
    yield 'Entered treatment', 'all', treated >= 1
    yield 'Treated twice or more', 'all', treated >= 2
    yield 'Finished: ended after two or more treatment contacts', 'all', treated >= 2 and ended
    if treated >= 1 and ended:
        yield 'Ended after one treatment contact', 'treated and ended', treated == 1
    if treated >= 1:
        days = [datetime.date.fromisoformat(d) for d in (people.referrals[r]['received'], people.treated_on[r])]
        for limit in (42, 126):
            yield f'First treatment within {limit} days', 'entered treatment', (days[1] - days[0]).days <= limit
    lengths = [len(people.series(r, of)) for of in ('phq-9', 'gad-7')]
    yield 'First scores on record', 'all', min(lengths) >= 1
    yield 'First and last scores on record', 'all', min(lengths) >= 2
    if treated >= 2 and ended:
        yield 'First and last scores on record', 'finished', min(lengths) >= 2


def test_counts_are_those_of_the_files():
    with tempfile.TemporaryDirectory() as folder:
        path = simulate(folder, 'plain', 900, 4)
        people, tables = People(path), tables_of(path, 'equity')
    steps, whole, outcome = Counter(), Counter(), Counter()
    for r, referral in people.referrals.items():
        for name, group in groups_of(people.clients[referral['client_id']], referral['received']).items():
            for who in ('everyone', group):
                for what, of, holds in steps_of(people, r):
                    steps[name, what, of, who] += holds
                    whole[name, what, of, who] += 1
                outcome[name, who, people.recovered(r)] += 1
    looked_at = 0
    for name in ('ethnicity', 'deprivation', 'long_term_condition', 'age'):
        for row in tables[f'equity.steps.{name}']:
            at = (name, row['what'], row['of'], row['group'])
            equal((row['people'], row['whole']), (steps[at], whole[at]), str(at))
            looked_at += 1
        for row in tables[f'equity.outcome.{name}']:
            if row['outcome'] != 'Recovered' or row['among'] != 'all':
                continue
            counts = [outcome[name, row['group'], is_so] for is_so in (True, None, False)]
            equal((row['known'], row['unknown'], row['of']), (counts[0], counts[1], sum(counts)), str(row))
            looked_at += 1
    equal(len(whole), sum(len(tables[f'equity.steps.{n}']) for n in ('ethnicity', 'deprivation', 'long_term_condition',
                                                                     'age')), 'rows of people')
    assert looked_at > 200, looked_at


run(globals())
