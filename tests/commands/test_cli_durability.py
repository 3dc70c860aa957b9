#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`durability` on a simulated service, counted a second time from its CSV files alone. docs/durability.md is what is
counted; nothing is shared with the program but the files."""
import csv
import os
import tempfile
from collections import defaultdict
from datetime import date, timedelta

from cli import answers_of, good  # noqa: I001 (cli finds plain_tap)
from plain_tap import equal, run

TREATMENT = {'treatment', 'assessment_and_treatment', 'review_and_treatment'}
SEEN = {'attended', 'late_seen'}
WINDOWS = {'3_months': (91, 46, 136), '6_months': (183, 137, 273), '12_months': (365, 274, 456)}
RETURNS = {'6_months': 183, '12_months': 365}
CUTOFFS = {'phq-9': 10, 'gad-7': 8}  # reference: BMC Psychiatry s12888-018-1987-1, table 1
MEASURES = {'phq-9': 'PHQ-9', 'gad-7': 'GAD-7', 'wsas': 'WSAS'}


class Service:
    """What the files say of each referral."""

    def __init__(self, folder):
        def rows(name):
            with open(os.path.join(folder, name + '.csv'), encoding='utf-8', newline='') as file:
                return list(csv.DictReader(file))
        self.referrals = {r['referral_id']: r for r in rows('referrals')}
        happened = [d for r in self.referrals.values() for d in (r['received'], r['ended'])]
        self.treated = defaultdict(list)
        for c in rows('contacts'):
            if c['attendance']:
                happened.append(c['date'])
            if c['attendance'] in SEEN and c['kind'] in TREATMENT:
                self.treated[c['referral_id']].append(c['date'])
        for log in rows('internet_logs'):
            if log['to']:
                happened.append(log['to'])
                self.treated[log['referral_id']].append(log['to'])
        self.ends = date.fromisoformat(max(happened))
        self.deaths = {e['referral_id']: e['date'] for e in rows('events') if e['kind'] == 'death'}
        for key, r in self.referrals.items():
            if r['end_reason'] in ('17', '49'):
                self.deaths.setdefault(key, r['ended'])
        of = {a['administration_id']: a for a in rows('administrations')}
        self.scores = defaultdict(list)
        for s in rows('scores'):
            a = of[s['administration_id']]
            if s['scale'] == 'total' and a['instrument'] in MEASURES and s['value']:
                self.scores[a['referral_id'], a['instrument']].append((a['date'], float(s['value'])))
        self.finished = [k for k, r in self.referrals.items() if r['ended'] and len(self.treated[k]) >= 2]

    def over(self, day):
        return day <= self.ends

    def died_by(self, key, day):
        return key in self.deaths and date.fromisoformat(self.deaths[key]) <= day

    def until(self, key):
        return date.fromisoformat(max(self.treated[key]))

    def series(self, key, instrument):
        """First and last score of treatment, and those after it as (days, value)."""
        end = self.until(key)
        points = [((date.fromisoformat(d) - end).days, v) for d, v in sorted(self.scores[key, instrument])]
        before = [v for days, v in points if days <= 0]
        return (before + [None])[0], before[-1] if len(before) > 1 else None, [p for p in points if p[0] > 0]


def nearest(after, window):
    middle, first, last = window
    inside = [(abs(days - middle), value) for days, value in after if first <= days <= last]
    return min(inside, key=lambda p: p[0])[1] if inside else None


def count(service, name, window):
    """Of one horizon: how many of each kind, and the pairs of each measure."""
    n = defaultdict(int)
    pairs = defaultdict(list)
    for key in service.finished:
        last = service.until(key) + timedelta(window[2])
        three = {m: service.series(key, m) for m in MEASURES}
        then = {m: nearest(s[2], window) for m, s in three.items()}
        scored = any(v is not None for v in then.values())
        if not scored and service.died_by(key, last):
            n['died'] += 1
            continue
        if not service.over(last):
            continue
        n['due'] += 1
        n['scored'] += scored
        for m in MEASURES:
            if three[m][1] is not None and then[m] is not None:
                pairs[m].append(then[m] - three[m][1])
        first, end = ([three[m][i] for m in CUTOFFS] for i in (0, 1))
        limits = list(CUTOFFS.values())
        if None in first + end or not any(v >= c for v, c in zip(first, limits)) or any(
                v >= c for v, c in zip(end, limits)):
            continue
        n['recovered'] += 1
        values = [then[m] for m in CUTOFFS]
        if any(v is not None and v >= c for v, c in zip(values, limits)):
            n['again'] += 1
        elif None not in values:
            n['held'] += 1
    return n, pairs


def count_returns(service, days):
    """Those over, and those of them who came back."""
    by_client = defaultdict(list)
    for key, r in service.referrals.items():
        by_client[r['client_id']].append(key)
    over = back = 0
    for key in service.finished:
        own = service.referrals[key]
        ended = date.fromisoformat(own['ended'])
        later = [date.fromisoformat(service.referrals[k]['received']) for k in by_client[own['client_id']] if k != key]
        later = [d for d in later if d >= ended]
        came = bool(later) and (min(later) - ended).days <= days
        if not came and service.died_by(key, ended + timedelta(days)):
            continue
        if service.over(ended + timedelta(days)):
            over += 1
            back += came
    return over, back


def test_every_count_is_that_of_the_files():
    with tempfile.TemporaryDirectory() as folder:
        where = os.path.join(folder, 'service')
        # More follow-ups than in plain, so that there is something to count.
        good('simulate', '--clients', '1500', '--seed', '11', '--without-items', '--set', 'follow_up=0.5', '-o', where)
        service = Service(where)
        [answer] = answers_of(where, '--question', 'durability', '--suppress', 'off', '--no-clock')['answers']
    said = defaultdict(list)
    for s in answer['statements']:
        said[s['id']].append(s)

    def is_said(name, numerator, denominator):
        [s] = said['durability.' + name]
        equal((s['numerator'], s['denominator']), (numerator, denominator), name)

    finished = len(service.finished)
    assert finished > 400, finished
    for name, window in WINDOWS.items():
        n, pairs = count(service, name, window)
        assert n['due'] > 100, n
        is_said(f'due.{name}', n['due'], finished)
        is_said(f'died.{name}', n['died'], finished)
        is_said(f'scored.{name}', n['scored'], n['due'])
        is_said(f'held.{name}', n['held'], n['recovered'])
        is_said(f'held.{name}.best', n['recovered'] - n['again'], n['recovered'])
        is_said(f'case_again.{name}', n['again'], n['recovered'])
        is_said(f'held_not_known.{name}', n['recovered'] - n['again'] - n['held'], n['recovered'])
        told = {s['measure']: s for s in said[f'durability.change.{name}']}
        equal(sorted(told), sorted(MEASURES[m] for m in pairs), f'measures at {name}')
        for m, changes in pairs.items():
            equal(told[MEASURES[m]]['numerator'], len(changes), f'{m} at {name}')
            off = told[MEASURES[m]]['estimate'] - sum(changes) / len(changes)
            assert abs(off) < 1e-9, f'{m} at {name}: {off}'  # the order of adding alone
    n, _ = count(service, '3_months', WINDOWS['3_months'])
    assert n['held'] > 50 and n['again'] > 5, n  # it is no test of noughts
    for name, days in RETURNS.items():
        over, back = count_returns(service, days)
        assert back > 3, back
        is_said(f'referred_again.{name}', back, over)


run(globals())
