#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`dose` on simulated services: every number counted again from the files, by other means. And the two scenarios that are
traps for anybody who holds outcomes against the total number of sessions (docs/dose.md): what such a table would say."""
import csv
import os
import statistics
import tempfile
from collections import Counter, defaultdict, namedtuple

from cli import answers_of, good  # noqa: I001 (cli finds plain_tap)
from plain_tap import equal, run

TREATING = ('treatment', 'assessment_and_treatment', 'review_and_treatment')
# NHS England metadata, M090 to M120: the therapies that the simulation gives.
LOW = {'748051000000105', '748101000000105', '748041000000107', '748091000000102', '702545008'}
HIGH = {'304891004', '286711000000107', '449030000', '443730003', '1129471000000105', '314034001', '933221000000107',
        '842901000000108'}
BINS = {'1': (1, 1), '2': (2, 2), '3 to 5': (3, 5), '6 to 9': (6, 9), '10 to 14': (10, 14), '15 or more': (15, 10**6)}
STOPS = (1, 2, 4, 6, 8, 10, 12)

# A session: its day, its contact ('' for a log). A score: its day, its contact, its value, in order.
Session = namedtuple('Session', 'day contact')
Score = namedtuple('Score', 'day contact value')


class Service:
    """What the files of a made-up service say, by referral."""

    def __init__(self, scenario, clients, seed, *options):
        with tempfile.TemporaryDirectory() as folder:
            self.folder = os.path.join(folder, 'service')
            good('simulate', '--scenario', scenario, '--clients', str(clients), '--seed', str(seed), '--without-items',
                 '--reference', '1000', *options, '-o', self.folder)
            self.answer = answers_of(self.folder, '--question', 'dose', '--suppress', 'off', '--no-clock')['answers'][0]
            self.read()

    def rows(self, table):
        with open(os.path.join(self.folder, table + '.csv'), encoding='utf-8', newline='') as file:
            return list(csv.DictReader(file))

    def read(self):
        self.referrals = {r['referral_id']: r for r in self.rows('referrals')}
        self.sessions, self.contacts, self.logs = defaultdict(list), {}, defaultdict(list)
        for c in self.rows('contacts'):
            if c['kind'] in TREATING and c['attendance'] in ('attended', 'late_seen'):
                self.sessions[c['referral_id']].append(Session(c['date'], c['contact_id']))
                self.contacts[c['contact_id']] = c
        for log in self.rows('internet_logs'):
            if log['to']:
                self.sessions[log['referral_id']].append(Session(log['to'], ''))
                self.logs[log['referral_id']].append(log)
        for sessions in self.sessions.values():
            sessions.sort(key=lambda s: (s.day, s.contact == ''))
        self.activities, self.components = defaultdict(list), defaultdict(list)
        for a in self.rows('activities'):
            self.activities[a['contact_id']].append(a)
        for p in self.rows('protocols'):
            self.components[p['contact_id']].append(p)
        self.plans = {p['referral_id']: p for p in self.rows('plans')}  # one each, before treatment
        self.entered = [r for r in self.referrals if self.sessions[r]]
        self.over = {r for r in self.referrals if self.referrals[r]['ended']}
        self.finished = [r for r in self.entered if r in self.over and len(self.sessions[r]) >= 2]
        given = {a['administration_id']: a for a in self.rows('administrations') if a['rater'] == 'client'}
        self.scores = defaultdict(lambda: defaultdict(list))
        for s in self.rows('scores'):
            a = given.get(s['administration_id'])
            if a and s['scale'] == 'total':
                self.scores[a['instrument']][a['referral_id']].append(
                    (a['date'], a['administration_id'], Score(a['date'], a['contact_id'], float(s['value']))))
        for of in self.scores.values():
            for r in of:
                of[r] = [score for *_, score in sorted(of[r])]

    def n(self, referral):
        return len(self.sessions[referral])

    def at(self, session):
        return [r for r in self.entered if self.n(r) >= session]

    def stopped(self, session):
        return [r for r in self.entered if self.n(r) == session and r in self.over]

    # What the report says.
    def said(self, statement, **about):
        found = [s for s in self.answer['statements']
                 if s['id'] == statement and all(s.get(k) == v for k, v in about.items())]
        equal(len(found), 1, f'statements {statement} {about}')
        return found[0]

    def counts(self, statement, part, whole, **about):
        s = self.said(statement, **about)
        equal((s['numerator'], s['denominator']), (part, whole), f'{statement} {about}')

    def estimate(self, statement, value, n=None, **about):
        s = self.said(statement, **about)
        assert abs(s['estimate'] - value) < 1e-9, f'{statement} {about}: {s["estimate"]}, counted {value}'
        if n is not None:
            equal(s['numerator'], n, f'people of {statement} {about}')

    def table(self, name):
        found = [t for t in self.answer['tables'] if t['id'] == name]
        equal(len(found), 1, f'tables {name}')
        columns = [c['id'] for c in found[0]['columns']]
        return {row[0]: dict(zip(columns, row)) for row in found[0]['rows']}


PLAIN = Service('plain', 2500, 5)


def test_sessions():
    s = PLAIN
    for whom, people in (('referred', list(s.referrals)), ('entered', s.entered), ('finished', s.finished)):
        sessions = [s.n(r) for r in people]
        s.estimate(f'dose.sessions.mean.per_{whom}', statistics.fmean(sessions), len(people))
        s.estimate(f'dose.sessions.median.per_{whom}', statistics.median_low(sessions), len(people))
    table = s.table('dose.sessions')
    for title, (low, high) in BINS.items():
        people = {r for r in s.entered if low <= s.n(r) <= high}
        equal((table[title]['people'], table[title]['ended'], table[title]['open']),
              (len(people), len(people & s.over), len(people - s.over)), title)


def test_plans():
    s = PLAIN
    assert all(s.plans[r]['date'] <= s.sessions[r][0].day for r in s.entered)
    people = [r for r in s.entered if r in s.over]
    sign = Counter((s.n(r) > int(s.plans[r]['sessions_planned'])) - (s.n(r) < int(s.plans[r]['sessions_planned']))
                   for r in people)
    s.counts('dose.plan.fewer', sign[-1], len(people))
    s.counts('dose.plan.as_planned', sign[0], len(people))
    s.counts('dose.plan.more', sign[1], len(people))
    s.estimate('dose.plan.difference', statistics.fmean(s.n(r) - int(s.plans[r]['sessions_planned']) for r in people))


def steps_of(s, session):
    """'L', 'H', 'LH' or '': what is known of a session. A log is high."""
    therapies = {a['therapy'] for a in s.activities[session.contact]} if session.contact else HIGH
    return ('L' if therapies & LOW else '') + ('H' if therapies & HIGH else '')


def stages_of(steps):
    """A string of the letters of all sessions, into the stages of two or more."""
    runs = [letter for letter, before, after in zip(steps, ' ' + steps, steps[1:] + ' ')
            if letter == after and letter != before]
    return ''.join(runs)


def test_intensity_and_stepping():
    s = PLAIN
    equal(stages_of('LLHHHLHLL'), 'LHL')
    intensity, stepping = Counter(), Counter()
    for r in s.entered:
        steps = [steps_of(s, session) for session in s.sessions[r]]
        whom = ('entered', 'finished') if r in s.finished else ('entered',)
        letters = ''.join(sorted(set(''.join(steps)), reverse=True))
        stages = stages_of(''.join(steps))
        way = {(True, False): 'up', (False, True): 'down', (True, True): 'both_ways',
               (False, False): 'not' if all(steps) else 'not_known'}['LH' in stages, 'HL' in stages]
        for w in whom:
            intensity[{'L': 'low', 'H': 'high', 'LH': 'both', '': 'not_known'}[letters], w] += 1
            stepping[way, w] += 1
    for w, people in (('entered', s.entered), ('finished', s.finished)):
        for name in ('low', 'both', 'high', 'not_known'):
            s.counts(f'dose.intensity.{name}.per_{w}', intensity[name, w], len(people))
        for name in ('up', 'down', 'both_ways', 'not', 'not_known'):
            s.counts(f'dose.stepping.{name}.per_{w}', stepping[name, w], len(people))


def test_minutes_and_components():
    s = PLAIN
    contacts = {r: [x.contact for x in s.sessions[r] if x.contact] for r in s.entered}
    minutes = {
        'contacts': {r: [int(s.contacts[c]['minutes']) if s.contacts[c]['minutes'] else None for c in contacts[r]]
                     for r in s.entered},
        'activities': {r: [sum(int(a['minutes']) for a in s.activities[c]) if s.activities[c] else None
                           for c in contacts[r]] for r in s.entered},
        'logs': {r: [int(log['minutes']) for log in s.logs[r]] for r in s.entered if s.logs[r]},
    }
    for source, of in minutes.items():
        every = [m for ms in of.values() for m in ms]
        known = [m for m in every if m is not None]
        s.estimate(f'dose.minutes.{source}.recorded', len(known) / len(every))
        s.estimate(f'dose.minutes.{source}.per_session', statistics.fmean(known),
                   sum(any(m is not None for m in ms) for ms in of.values()))
        whole = [sum(ms) for ms in of.values() if None not in ms]
        s.estimate(f'dose.minutes.{source}.per_person', statistics.fmean(whole), len(whole))
    every = [c for r in s.entered for c in contacts[r]]
    s.estimate('dose.components.recorded', sum(bool(s.components[c]) for c in every) / len(every),
               sum(any(s.components[c] for c in contacts[r]) for r in s.entered))
    delivered = [p['delivered'] == 'true' for c in every for p in s.components[c]]
    s.estimate('dose.components.delivered', sum(delivered) / len(delivered))


def test_stopping():
    s, table = PLAIN, PLAIN.table('dose.stopping')
    reasons = {'46': 'agreed', '47': 'before_planned', '48': 'before_wished', '96': 'no_reason'}
    for k in STOPS:
        stopped = s.stopped(k)
        s.counts('dose.stopped', len(stopped), len(s.at(k)), occasion=f'session {k}')
        row = table[f'session {k}']
        equal(row['next'], len(s.at(k + 1)), f'a further session after {k}')
        equal(row['open'], len(s.at(k)) - len(s.at(k + 1)) - len(stopped), f'open after {k}')
        by = Counter(reasons.get(s.referrals[r]['end_reason'], 'other_reason') for r in stopped)
        equal({name: row[name] for name in (*reasons.values(), 'other_reason')},
              {name: by[name] for name in (*reasons.values(), 'other_reason')}, f'reasons after {k}')


def score_at(s, instrument, referral, number):
    """Place of the last score of a session among all of the referral; None: it has none."""
    if s.n(referral) < number:
        return None
    session = s.sessions[referral][number - 1]
    places = [i for i, score in enumerate(s.scores[instrument][referral])
              if (score.contact == session.contact if session.contact else score.day == session.day)]
    return places[-1] if places else None


def landmark(s, instrument, k):
    """Of those with a score at session k, by referral: the change to the last score, and to that 4 sessions on."""
    last, on = {}, {}
    for r in s.at(k):
        place = score_at(s, instrument, r, k)
        if place is None:
            continue
        scores = s.scores[instrument][r]
        last[r] = scores[-1].value - scores[place].value if place + 1 < len(scores) else None
        later = score_at(s, instrument, r, k + 4)
        on[r] = scores[later].value - scores[place].value if later is not None and later > place else None
    return last, on


def test_landmarks():
    for instrument, title, threshold, cutoff in (('phq-9', 'PHQ-9', 6, 10), ('gad-7', 'GAD-7', 4, 8)):
        s, table = PLAIN, PLAIN.table(f'dose.landmarks.{title}')
        stopping = s.table(f'dose.stopped.{title}')
        for k in STOPS[1:]:
            last, on = landmark(s, instrument, k)
            about = {'occasion': f'session {k}', 'measure': title}
            known, later = ([c for c in of.values() if c is not None] for of in (last, on))
            s.counts('dose.landmark.change_to_last', len(known), len(last), **about)
            s.estimate('dose.landmark.change_to_last', statistics.fmean(known), **about)
            s.counts('dose.landmark.change_to_later_session', len(later), len(last), **about)
            s.estimate('dose.landmark.change_to_later_session', statistics.fmean(later), **about)
            lacking, better = len(last) - len(known), sum(c <= -threshold for c in known)
            worse = sum(c >= threshold for c in known)
            s.counts('dose.landmark.improved', better, len(last), **about)
            s.counts('dose.landmark.improved.best', better + lacking, len(last), **about)
            s.counts('dose.landmark.deteriorated', worse, len(last), **about)
            s.counts('dose.landmark.deteriorated.worst', worse + lacking, len(last), **about)
            row = table[f'session {k}']
            equal(row['stopped'] + row['open'] + row['went_on'], lacking, f'without a later score, {title} {k}')
            equal(row['stopped'], sum(last[r] is None for r in last if r in s.stopped(k)), f'{title} {k}')
            ends = [s.scores[instrument][r][-1].value < cutoff for r in s.stopped(k) if s.scores[instrument][r]]
            row = stopping[f'session {k}']
            equal((row['below'], row['case'], row['not_known']),
                  (sum(ends), len(ends) - sum(ends), len(s.stopped(k)) - len(ends)), f'stopped, {title} {k}')


# ---- the traps: what a table of outcomes by total sessions would say -----------------------------------------------

def naive(s, low, high):
    """Mean change on the PHQ-9 from first to last score, and the share recovered of those at 10 or more at first, among
    ended referrals with so many sessions: the table that the report does not make."""
    pairs = [(of[0].value, of[-1].value) for r in s.finished
             if low <= s.n(r) <= high and len(of := s.scores['phq-9'][r]) > 1]
    cases = [after < 10 for before, after in pairs if before >= 10]
    return statistics.fmean(after - before for before, after in pairs), sum(cases) / len(cases)


def test_totals_of_sessions_mislead_where_treatment_does_nothing():
    """The two columns of one table say opposite things, and neither is true. A share of 150 people has a standard error
    of 0.04, a mean change of 0.5."""
    s = Service('dose_null_stop_when_well', 4000, 1)
    (few, few_recovered), (many, many_recovered) = naive(s, 2, 2), naive(s, 6, 99)
    assert few_recovered - many_recovered > 0.15, (few_recovered, many_recovered)  # "more treatment harms"
    assert many - few < -1, (many, few)  # "more treatment helps"
    # The report has no such table, and its landmarks show no harm of further sessions.
    for k in (2, 4, 6):
        assert s.said('dose.landmark.change_to_last', occasion=f'session {k}', measure='PHQ-9')['upper'] < 0


def test_landmarks_mislead_too_and_by_how_much():
    """The same people, of whom nobody stops for being well: the same draws until then. What a last score shows of those
    still attending is better than what would have come, since people stop at sessions at which they are well."""
    stops, goes_on = (Service('dose_null_stop_when_well', 4000, 1, *more) for more in ((), ('--set', 'stops_well=0')))
    for k in (2, 4):
        last, would = landmark(stops, 'phq-9', k)[0], landmark(goes_on, 'phq-9', k)[0]
        first = [r for r in last if not stops.referrals[r]['previous_referral_id']]  # a second one hangs on the first
        assert set(first) <= set(would), k
        seen = statistics.fmean(last[r] for r in first if last[r] is not None)
        true = statistics.fmean(would[r] for r in first if would[r] is not None)
        assert -1.5 < seen - true < -0.3, (k, seen, true)


def test_where_each_session_helps_totals_say_so():
    s = Service('dose_true', 4000, 1)
    (few, few_recovered), (many, many_recovered) = naive(s, 2, 2), naive(s, 6, 99)
    assert many - few < -2 and many_recovered - few_recovered > 0.1


if __name__ == '__main__':
    run(globals())
