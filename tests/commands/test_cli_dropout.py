#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`dropout` on simulated services: counts and incidences made again from the files, by other means; the models against
glmmTMB on the same person-sessions; and whether what the simulation has put in is found, and what it has not is not."""
import math
import os
import statistics
import tempfile
from collections import defaultdict

from cli import answers_of, good  # noqa: I001 (cli finds plain_tap)
from plain_tap import equal, run
from service_files import TREATS, rows_of

LAST = 12
AGREED, LEFT, NOT_RECORDED = ('46',), ('47', '14'), ('', '95', '96')
WORK = {'01': 0, '02': 1, '04': 2, '03': 3, '05': 3, '06': 3, '07': 3, '08': 3}
OUTCOMES = {'Left': LEFT, 'Ended by agreement': AGREED, 'Ended, reason not recorded': NOT_RECORDED}


class Service:
    """What the files of a made-up service say of each referral that entered treatment."""

    def __init__(self, scenario, clients, seed, *options):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'service')
            good('simulate', '--quiet', '--without-items', '--reference', '50', '--scenario', scenario, '--clients',
                 str(clients), '--seed', str(seed), *options, '-o', path)
            self.answer, = answers_of(path, '--question', 'dropout', '--suppress', 'off', '--no-clock')['answers']
            self.read(path)

    def read(self, path):
        clients = {c['client_id']: c for c in rows_of(path, 'clients')}
        self.sessions = defaultdict(list)  # (day, is a log, order in the file, practitioner, contact)
        for c in rows_of(path, 'contacts'):
            if c['kind'] in TREATS and c['attendance'] in ('attended', 'late_seen'):
                self.sessions[c['referral_id']].append((c['date'], 0, c['contact_id'], c['practitioner_id']))
        for log in rows_of(path, 'internet_logs'):
            if log['to']:
                self.sessions[log['referral_id']].append((log['to'], 1, '', log['practitioner_id']))
        for of in self.sessions.values():
            of.sort()
        self.referrals = {r['referral_id']: r for r in rows_of(path, 'referrals') if self.sessions[r['referral_id']]}
        self.work, self.age, self.wait = {}, {}, {}
        for i, r in self.referrals.items():
            client = clients[r['client_id']]
            self.work[i] = WORK.get(client['employment'])
            self.age[i] = (int(r['received'][:4]) - int(client['birth_year'])) / 10 if client['birth_year'] else None
            self.wait[i] = (day(self.sessions[i][0][0]) - day(r['received'])) / 28
        self.scores = {'phq-9': defaultdict(list), 'wai-sr': defaultdict(list)}
        value = {s['administration_id']: float(s['value']) for s in rows_of(path, 'scores') if s['scale'] == 'total'}
        for a in rows_of(path, 'administrations'):
            if a['instrument'] in self.scores and a['rater'] == 'client' and a['administration_id'] in value:
                self.scores[a['instrument']][a['referral_id']].append(
                    (a['date'], a['administration_id'], value[a['administration_id']]))
        for of in self.scores.values():
            for series in of.values():
                series.sort()

    def n(self, referral):
        return len(self.sessions[referral])

    def over(self, referral):
        return self.referrals[referral]['ended'] != ''

    def end(self, referral):
        """'' for one that has not ended, and for one of which it is not recorded how."""
        return self.referrals[referral]['end_reason'] if self.over(referral) else ''

    def ended(self, k, reasons):
        return [r for r in self.referrals if self.n(r) == k and self.over(r) and self.end(r) in reasons]

    def at_risk(self, k):
        return [r for r in self.referrals if self.n(r) > k or (self.n(r) == k and self.over(r))]

    def incidence(self, reasons):
        """Up to session 1, 2, ...: estimate and limits, with the variance in the form that Greenwood gave it
        for competing ends (Klein & Moeschberger 2003, formula 4.7.2), in discrete time."""
        stay, part, shares, steps = 1.0, 0.0, [], []
        for k in range(1, LAST + 1):
            n, of = len(self.at_risk(k)), len(self.ended(k, reasons))
            every = len([r for r in self.referrals if self.n(r) == k and self.over(r)])
            if n == 0:
                break
            part += stay * of / n
            steps.append((stay, n, of / n, every / n))
            stay *= 1 - every / n
            shares.append(part)
        return [(share, *limits(share, variance(steps[:k + 1], shares[:k + 1]))) for k, share in enumerate(shares)]

    # Person-sessions, as the models have them.

    def spread(self, instrument):
        return statistics.stdev(of[0][2] for r, of in self.scores[instrument].items() if r in self.referrals and of)

    def person_sessions(self):
        sd = {i: self.spread(i) for i in self.scores}
        for r in self.referrals:
            for k, (date, _, _, practitioner) in enumerate(self.sessions[r][:LAST], 1):
                last = k == self.n(r)
                if (last and (not self.over(r) or self.end(r) in NOT_RECORDED)) or not practitioner:
                    continue
                symptoms = [v / sd['phq-9'] for d, _, v in self.scores['phq-9'][r] if d <= date]
                alliance = [v / sd['wai-sr'] for d, _, v in self.scores['wai-sr'][r] if d <= date]
                yield {'referral': r, 'practitioner': practitioner, 'session': k, 'left': int(last and self.end(r) in LEFT),
                       'wait': self.wait[r], 'age': self.age[r], 'work': self.work[r],
                       'symptoms': symptoms[-1] if symptoms else None,
                       'change': symptoms[-1] - symptoms[0] if len(symptoms) > 1 else None,
                       'alliance': alliance[0] if alliance else None}

    # What the report says.

    def said(self, statement, occasion=None):
        found = [s for s in self.answer['statements'] if s['id'] == statement and s.get('occasion') == occasion]
        equal(len(found), 1, f'statements {statement} {occasion}')
        return found[0]

    def table(self, name):
        found, = [t for t in self.answer['tables'] if t['id'] == name]
        return [dict(zip([c['id'] for c in found['columns']], row)) for row in found['rows']]

    def odds(self, model):
        return [[row['odds'], row['lower'], row['upper']] for row in self.table('dropout.odds') if row['model'] == model]


def day(text):
    year, month, number = map(int, text.split('-'))
    months = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
    leap = year % 4 == 0 and month > 2
    return year * 365 + (year - 1) // 4 + months[month - 1] + number + leap


def variance(steps, shares):
    """Each person's influence, squared and added up over people: those at risk at a time, by what came of them."""
    total = 0.0
    for m, (stay, n, of, every) in enumerate(steps):
        later = (shares[-1] - shares[m]) / (1 - every) if every < 1 else 0.0
        # What one person more of each fate would move the share by, times n.
        fates = ((of, stay - later), (every - of, -later), (1 - every, 0.0))
        mean = sum(p * x for p, x in fates)
        total += sum(p * (x - mean)**2 for p, x in fates) / n
    return total


def limits(share, var):
    if not 0 < share < 1:
        return None, None
    width = 1.959963984540054 * math.sqrt(var) / abs(share * math.log(share))
    return share**math.exp(width), share**math.exp(-width)


def near(is_, expected, within, what):
    assert (is_ is None) == (expected is None), f'{what}: {is_}, expected {expected}'
    assert expected is None or abs(is_ - expected) <= within, f'{what}: {is_}, expected {expected}'


PLAIN = Service('plain', 8000, 1)  # more than 5000 enter treatment: shares are told to a tenth


def test_what_came_after_each_session():
    s, rows = PLAIN, {row['session']: row for row in PLAIN.table('dropout.hazard')}
    equal(len(rows), LAST)
    for k in range(1, LAST + 1):
        row = rows[f'session {k}']
        every = [r for r in s.referrals if s.n(r) == k and s.over(r)]
        left, agreed, unknown = (len(s.ended(k, reasons)) for reasons in (LEFT, AGREED, NOT_RECORDED))
        equal((row['at'], row['known'], row['next']),
              (len([r for r in s.referrals if s.n(r) >= k]), len(s.at_risk(k)), len([r for r in s.referrals if s.n(r) > k])),
              f'session {k}')
        equal((row['left'], row['agreed'], row['not_recorded'], row['other']),
              (left, agreed, unknown, len(every) - left - agreed - unknown), f'ends after session {k}')
        near(row['left_share'], 100 * left / len(s.at_risk(k)), 0.0500001, f'hazard of session {k}')  # printed to a tenth


def test_incidence_and_its_interval():
    s = PLAIN
    for title, reasons in OUTCOMES.items():
        rows = [row for row in s.table('dropout.incidence') if row['end'] == title]
        expected = s.incidence(reasons)
        equal(len(rows), LAST)
        for k, (row, (share, lower, upper)) in enumerate(zip(rows, expected), 1):
            for name, value in (('share', share), ('lower', lower), ('upper', upper)):
                near(row[name], 100 * value, 0.0500001, f'{name} of {title} by session {k}')  # printed to a tenth
            equal(row['people'], sum(len(s.ended(i, reasons)) for i in range(1, k + 1)), f'{title} by session {k}')
            if title == 'Left' and k in (1, 4, 8, 12):
                said = s.said('dropout.incidence.left', f'session {k}')
                equal((said['numerator'], said['denominator']), (row['people'], len(s.referrals)), f'left by session {k}')
                near(said['estimate'], row['share'] / 100, 1e-9, f'left by session {k}')


# Recorded from R.
R_INCIDENCE = {
    ('Left', 1): (0.220143, 0.209496, 0.230969),
    ('Ended by agreement', 1): (0.157370, 0.148064, 0.166936),
    ('Ended, reason not recorded', 1): (0.046686, 0.041433, 0.052371),
    ('Left', 4): (0.290389, 0.278664, 0.302205),
    ('Ended by agreement', 4): (0.229803, 0.218974, 0.240798),
    ('Ended, reason not recorded', 4): (0.056345, 0.050573, 0.062532),
    ('Left', 12): (0.361851, 0.349370, 0.374339),
    ('Ended by agreement', 12): (0.487128, 0.474055, 0.500066),
    ('Ended, reason not recorded', 12): (0.075773, 0.069086, 0.082842),
}
R_MODELS = {
    'session alone': (0.13853, []),
    'wait and age': (0.13877, [(1.007777, 0.952119, 1.066688), (0.975431, 0.947365, 1.004329)]),
    'wait, age and employment': (0.22716, [(1.003701, 0.947532, 1.063199), (0.974207, 0.945882, 1.003381),
                                           (1.034848, 0.887199, 1.207069), (0.934516, 0.789053, 1.106795),
                                           (0.966404, 0.857605, 1.089005)]),
    'symptoms': (0.27128, [(0.996736, 0.950989, 1.044684)]),
    'symptoms and change': (0.70053, [(1.037440, 0.959826, 1.121331), (0.958047, 0.883706, 1.038642)]),
    'symptoms and alliance': (0.28698, [(0.994386, 0.947953, 1.043094), (1.005664, 0.958055, 1.055638)]),
    'wait, age, symptoms and alliance': (0.28899, [(1.008271, 0.951179, 1.068789), (0.975528, 0.946772, 1.005157),
                                                   (0.994541, 0.948101, 1.043255), (1.006442, 0.958777, 1.056476)]),
}


def test_few_are_told_coarse():
    """Of fewer than 5000, in whole per cent."""
    small = Service('plain', 400, 3)
    rows = [row for row in small.table('dropout.incidence') if row['end'] == 'Left']
    for row, (share, lower, upper) in zip(rows, small.incidence(LEFT)):
        for name, value in (('share', share), ('lower', lower), ('upper', upper)):
            equal(row[name], round(row[name]), name)
            near(row[name], 100 * value, 0.500001, name)


def test_incidence_in_r():
    """survival 3.5-3 in R 4.2.2 on the same people:
         survfit(Surv(ifelse(over, n, n - 0.5), end) ~ 1, conf.type = 'log-log'), times 1, 4, 12
       with end 'left', 'agreed', 'notrec' or 'other', censored where the referral has not ended."""
    for (title, session), values in R_INCIDENCE.items():
        row, = [r for r in PLAIN.table('dropout.incidence') if r['end'] == title and r['session'] == f'session {session}']
        for name, value in zip(('share', 'lower', 'upper'), values):
            near(row[name], 100 * value, 0.0500001, f'{name} of {title} by session {session}')


def test_one_session_and_ends():
    s = PLAIN
    over = [r for r in s.referrals if s.over(r)]
    for statement, part in (('dropout.one_session_share', [r for r in over if s.n(r) == 1]),
                            ('dropout.ends.left', [r for r in over if s.end(r) in LEFT]),
                            ('dropout.ends.agreed', [r for r in over if s.end(r) in AGREED]),
                            ('dropout.ends.not_recorded', [r for r in over if s.end(r) in NOT_RECORDED])):
        said = s.said(statement)
        equal((said['numerator'], said['denominator']), (len(part), len(over)), statement)
    equal((s.said('dropout.open')['numerator'], s.said('dropout.open')['denominator']),
          (len(s.referrals) - len(over), len(s.referrals)))


NEEDS = {'session alone': (), 'wait and age': ('wait', 'age'), 'wait, age and employment': ('wait', 'age', 'work'),
         'symptoms': ('symptoms',), 'symptoms and change': ('symptoms', 'change'),
         'symptoms and alliance': ('symptoms', 'alliance'),
         'wait, age, symptoms and alliance': ('wait', 'age', 'symptoms', 'alliance')}


def test_who_is_in_a_model():
    rows = list(PLAIN.person_sessions())
    models = {row['model']: row for row in PLAIN.table('dropout.models')}
    equal(set(models), set(NEEDS))
    for model, needed in NEEDS.items():
        use = [row for row in rows if all(row[name] is not None for name in needed)]
        people = {row['referral'] for row in use}
        equal((models[model]['people'], models[model]['left'], models[model]['without']),
              (len(people), sum(row['left'] for row in use), len(PLAIN.referrals) - len(people)), model)


def test_models_are_those_of_glmmtmb():
    """glmmTMB 1.1.5 in R 4.2.2, on person_sessions() of PLAIN, spells of sessions as the program has them:
         glmmTMB(left ~ spell + ... + (1 | practitioner), family = binomial,
                 control = glmmTMBControl(optCtrl = list(rel.tol = 1e-12)))
       odds ratios with Wald intervals; and the variance between practitioners over itself and pi^2 / 3, in per cent.
       (glmer of lme4 1.1-31 stops short, with gradients of 0.004 to 0.012, at odds ratios up to 0.0004 away.)"""
    models = {row['model']: row for row in PLAIN.table('dropout.models')}
    for model, (share, odds) in R_MODELS.items():
        near(models[model]['between'], share, 0.0500001, f'share of {model}')
        ours = PLAIN.odds(model)
        equal(len(ours), len(odds), model)
        for row, expected in zip(ours, odds):
            for value, number in zip(row, expected):
                near(value, number, 0.0050001, model)  # printed to a hundredth


def test_what_the_simulation_puts_in_is_found():
    worse = Service('dropout_when_worse', 3000, 1)
    symptoms = worse.said('dropout.odds.symptoms')
    assert symptoms['lower'] > 1.3, symptoms
    better = Service('dropout_when_better', 3000, 1)
    symptoms = better.said('dropout.odds.symptoms')
    assert symptoms['upper'] < 0.8, symptoms


def test_what_it_does_not_put_in_is_not_found():
    """In plain, leaving hangs on nothing but the session. Of 4 seeds and 4 predictors, 16 intervals of 95%, more than 4
    that leave out 1 would have a chance of 0.0009 (binomial); the seeds are the first four."""
    out = 0
    for seed in range(1, 5):
        service = PLAIN if seed == 1 else Service('plain', 2000, seed)
        for name in ('wait', 'age', 'symptoms', 'alliance'):
            said = service.said(f'dropout.odds.{name}')
            out += not said['lower'] <= 1 <= said['upper']
    assert out <= 4, out


if __name__ == '__main__':
    run(globals())
