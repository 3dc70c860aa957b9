# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated service, and what its files say of each referral, counted in plain Python."""
import csv
import os
from collections import Counter

from cli import answers_of, good

TREATS = ('treatment', 'assessment_and_treatment', 'review_and_treatment')
ASSESSES = ('assessment', 'assessment_and_treatment')
BANDS = ((20, 'severe'), (15, 'moderately severe'), (10, 'moderate'), (5, 'mild'), (0, 'minimal'))


def simulate(folder, scenario, clients, seed):
    path = os.path.join(folder, f'{scenario}-{seed}')
    good('simulate', '--quiet', '--without-items', '--reference', '50', '--scenario', scenario, '--clients', str(clients),
         '--seed', str(seed), '-o', path)
    return path


def tables_of(path, question):
    answer, = answers_of(path, '--question', question, '--suppress', 'off', '--no-clock')['answers']
    return {t['id']: [dict(zip([c['id'] for c in t['columns']], row)) for row in t['rows']] for t in answer['tables']}


def rows_of(path, table):
    with open(os.path.join(path, table + '.csv'), encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


class People:
    """What the files say of each referral, in plain Python."""

    def __init__(self, path):
        self.referrals = {r['referral_id']: r for r in rows_of(path, 'referrals')}
        self.clients = {c['client_id']: c for c in rows_of(path, 'clients')}
        self.role = {p['practitioner_id']: p['role'] for p in rows_of(path, 'practitioners')}
        self.assessed, self.treated_on = {}, {}
        self.treated = Counter(log['referral_id'] for log in rows_of(path, 'internet_logs'))
        for c in rows_of(path, 'contacts'):
            if c['attendance'] not in ('attended', 'late_seen') and c['planned'] != 'false':
                continue
            referral = c['referral_id']
            if c['kind'] in TREATS:
                self.treated[referral] += 1
                self.treated_on[referral] = min(c['date'], self.treated_on.get(referral, '9999'))
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
