#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`assessor` on simulated services: its counts are those of the CSV files, counted here by other means, and what it tells
of two services of which it is known whether who assesses matters. Seeds are fixed."""
import csv
import os
import tempfile
from collections import Counter

from cli import answers_of, good  # noqa: I001 (cli finds plain_tap)
from plain_tap import equal, run

TREATS = ('treatment', 'assessment_and_treatment', 'review_and_treatment')
ASSESSES = ('assessment', 'assessment_and_treatment')
ROLES = {'pwp': 'psychological wellbeing practitioner (low intensity)',
         'cbt_therapist': 'cognitive behavioural therapist (high intensity)', 'counsellor': 'counsellor',
         'psychologist': 'clinical or counselling psychologist', 'nurse': 'mental health nurse'}
BANDS = ((20, 'severe'), (15, 'moderately severe'), (10, 'moderate'), (5, 'mild'), (0, 'minimal'))


def simulate(folder, scenario, clients, seed):
    path = os.path.join(folder, f'{scenario}-{seed}')
    good('simulate', '--quiet', '--without-items', '--reference', '50', '--scenario', scenario, '--clients', str(clients),
         '--seed', str(seed), '-o', path)
    return path


def tables_of(path):
    answer, = answers_of(path, '--question', 'assessor', '--suppress', 'off', '--no-clock')['answers']
    return {t['id']: [dict(zip([c['id'] for c in t['columns']], row)) for row in t['rows']] for t in answer['tables']}


def rows_of(path, table):
    with open(os.path.join(path, table + '.csv'), encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


class People:
    """What the files say of each referral, in plain Python."""

    def __init__(self, path):
        self.referrals = {r['referral_id']: r for r in rows_of(path, 'referrals')}
        self.role = {p['practitioner_id']: p['role'] for p in rows_of(path, 'practitioners')}
        self.assessed, self.treated = {}, Counter(log['referral_id'] for log in rows_of(path, 'internet_logs'))
        for c in rows_of(path, 'contacts'):
            if c['attendance'] not in ('attended', 'late_seen') and c['planned'] != 'false':
                continue
            referral = c['referral_id']
            self.treated[referral] += c['kind'] in TREATS
            if c['kind'] in ASSESSES and c['date'] < self.assessed.get(referral, ('9999',))[0]:
                self.assessed[referral] = (c['date'], c['practitioner_id'])
        value = {s['administration_id']: float(s['value']) for s in rows_of(path, 'scores') if s['scale'] == 'total'}
        self.scores = {}
        for a in rows_of(path, 'administrations'):
            if a['rater'] == 'client' and a['administration_id'] in value:
                self.scores.setdefault((a['referral_id'], a['instrument']), []).append(
                    (a['date'], a['administration_id'], value[a['administration_id']]))
        for series in self.scores.values():
            series.sort()

    def role_of(self, referral):
        return ROLES[self.role[self.assessed[referral][1]]]

    def series(self, referral, instrument):
        return [value for _, _, value in self.scores.get((referral, instrument), [])]

    def stratum(self, referral):
        first = self.series(referral, 'phq-9')[:1]
        return next(f'first PHQ-9 {words}' for low, words in BANDS if first[0] >= low) if first else 'no score of the PHQ-9'

    def recovered(self, referral):
        """True, False, or None where it is not known: both measures at first and at last (PHQ-9: 10, GAD-7: 8)."""
        p, g = self.series(referral, 'phq-9'), self.series(referral, 'gad-7')
        if not p or not g:
            return None
        if p[0] < 10 and g[0] < 8:
            return False
        return None if len(p) < 2 or len(g) < 2 else p[-1] < 10 and g[-1] < 8

    def leaving(self, referral):
        if not self.referrals[referral]['ended']:
            return 'Still open'
        return ('Ended after the assessment, without treatment', 'Ended after one treatment contact',
                'Finished: ended after two or more')[min(2, self.treated[referral])]


def test_counts_are_those_of_the_files():
    with tempfile.TemporaryDirectory() as folder:
        path = simulate(folder, 'plain', 900, 3)
        people, tables = People(path), tables_of(path)
        known, unknown, left, strata, alliance = Counter(), Counter(), Counter(), set(), {}
        for r in people.assessed:
            for among in ('everyone assessed', people.stratum(r)):
                strata.add(among)
                for who in ('anyone', people.role_of(r)):
                    known[among, who] += people.recovered(r) is True
                    unknown[among, who] += people.recovered(r) is None
                    left[people.leaving(r), among, who] += 1
                    alliance.setdefault((among, who), []).extend(people.series(r, 'wai-sr')[:1])
        looked_at = 0
        for row in tables['assessor.outcome.role']:
            at = (row['among'], row['who'])
            if row['outcome'] == 'Recovered' and row['among'] in strata:
                equal((row['known'], row['unknown']), (known[at], unknown[at]), str(at))
                looked_at += 1
        for row in tables['assessor.leaving.role']:
            if row['among'] in strata:
                equal(row['people'], left[row['leaving'], row['among'], row['who']], str(row))
                looked_at += 1
        for row in tables['assessor.alliance.role']:
            scores = alliance.get((row['among'], row['who']), [])
            if row['among'] in strata:
                equal(row['scored'], len(scores), str(row))
                assert not scores or abs(row['mean'] - sum(scores) / len(scores)) <= 0.005 + 1e-9, row
                looked_at += 1
        assert looked_at > 150, looked_at


def low_intensity(scenario, seeds, clients=3000):
    """Mean differences of those assessed by low-intensity staff from everyone else, as they are and standardised."""
    sums = {}
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            for row in tables_of(simulate(folder, scenario, clients, seed))['assessor.standardised.role']:
                if row['who'] == ROLES['pwp']:
                    crude, held = sums.setdefault(row['what'], ([], []))
                    crude.append(row['crude_difference'])
                    held.append(row['difference'])
                    assert row['held'] > 80, row
    return {what: (sum(crude) / len(crude), sum(held) / len(held)) for what, (crude, held) in sums.items()}


def test_allocation_by_severity_is_mostly_taken_away():
    """Who assesses does nothing. One service's difference has a standard error of about 2.5 points, the mean of five of
    1.1. As it is, recovery differs by 6 points and improvement by 7; with strata held, by 2 and 3: a band is not all of
    severity."""
    found = low_intensity('assessor_by_severity', range(1, 6))
    for what, sign in (('Recovered, known (%)', 1), ('Reliably improved, known (%)', -1)):
        crude, held = found[what]
        assert sign * crude > 4, (what, crude)
        assert abs(held) < 0.5 * abs(crude), (what, crude, held)


def test_what_is_of_the_assessor_stays():
    """In `assessor_matters` allocation is by chance: holding strata changes little, and the difference stays."""
    found = low_intensity('assessor_matters', range(1, 6))
    for what, sign in (('Recovered, known (%)', -1), ('Reliably improved, known (%)', -1),
                       ('Ended after one treatment contact (%)', 1), ('Finished (%)', -1)):
        crude, held = found[what]
        assert sign * held > 10, (what, held)
        assert abs(held - crude) < 1, (what, crude, held)


run(globals())
