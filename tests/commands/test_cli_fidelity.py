#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`fidelity` on a simulated service, counted a second time from its CSV files alone, without the lines that may not be
told apart. docs/fidelity.md is what is counted; nothing is shared with the program but the files."""
import csv
import os
import tempfile
from collections import Counter, defaultdict

from cli import answers_of, good  # noqa: I001 (cli finds plain_tap)
from plain_tap import equal, run

TREATMENT = {'treatment', 'assessment_and_treatment', 'review_and_treatment'}
SEEN = {'attended', 'late_seen'}
# The simulation's therapies, by step: NHS England metadata, M090 to M120.
LOW = {'748051000000105', '748101000000105', '748041000000107', '748091000000102', '702545008'}
NEITHER = {'1098051000000103'}
TITLES = {'cognitive_therapy': 'cognitive therapy', 'behavioural_activation': 'behavioural activation',
          'exposure': 'exposure', 'guided_self_help': 'guided self-help'}
COMPONENTS = {'agenda': 'setting an agenda', 'homework_review': 'reviewing what was done between sessions',
              'homework_set': 'agreeing what to do until next time', 'formulation': 'a shared account of the problem',
              'exposure': 'exposure', 'cognitive_restructuring': 'examining thoughts',
              'activity_scheduling': 'planning activities'}
PROBLEMS = {'F32': 'depressive episode', 'F411': 'generalised anxiety disorder'}


def read(folder, name):
    with open(os.path.join(folder, name + '.csv'), encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


class Person:
    def __init__(self):
        self.treated = self.contacts = 0
        self.rows, self.steps = [], set()
        self.planned, self.problem = set(), None

    def step(self):
        both = {'low', 'high'} & self.steps
        return 'both' if len(both) == 2 else both.pop() if both else 'neither' if self.steps else 'not_known'


def people_of(folder):
    people = defaultdict(Person)
    seen = {}
    for c in read(folder, 'contacts'):
        if c['attendance'] in SEEN:
            seen[c['contact_id']] = people[c['referral_id']]
            people[c['referral_id']].contacts += 1
            people[c['referral_id']].treated += c['kind'] in TREATMENT
    for log in read(folder, 'internet_logs'):
        people[log['referral_id']].treated += bool(log['to'])
    for p in read(folder, 'protocols'):
        if p['contact_id'] in seen:
            seen[p['contact_id']].rows.append(p)
    for a in read(folder, 'activities'):
        if a['contact_id'] in seen:
            kind = 'low' if a['therapy'] in LOW else 'neither' if a['therapy'] in NEITHER else 'high'
            seen[a['contact_id']].steps.add(kind)
    for plan in read(folder, 'plans'):
        people[plan['referral_id']].planned.add(plan['protocol'])
    for r in read(folder, 'referrals'):
        people[r['referral_id']].problem = r['problem']
    for p in read(folder, 'problems'):
        if p['rank'] == 'primary':
            people[p['referral_id']].problem = p['problem']
    return [p for p in people.values() if p.treated > 0]


def component_state(person, protocol, component):
    said = {r['delivered'] for r in person.rows if r['protocol'] == protocol and r['component'] == component}
    return 'delivered' if 'true' in said else 'not_delivered' if 'false' in said else 'no_row'


def share_delivered(person):
    mine = {(r['protocol'], r['component']) for r in person.rows}
    return sum(component_state(person, *c) == 'delivered' for c in mine) / len(mine)


class Said:
    """The answer, to be looked things up in."""

    def __init__(self, answer):
        self.statements = defaultdict(list)
        for s in answer['statements']:
            self.statements[s['id']].append(s)
        self.tables = {t['id']: [dict(zip([c['id'] for c in t['columns']], row)) for row in t['rows']]
                       for t in answer['tables']}

    def counts(self, name, numerator, denominator):
        [s] = self.statements['fidelity.' + name]
        equal((s['numerator'], s['denominator']), (numerator, denominator), name)

    def row(self, table, **where):
        rows = [r for r in self.tables['fidelity.' + table] if all(r[k] == v for k, v in where.items())]
        equal(len(rows), 1, f'{table} {where}')
        return rows[0]


def close(ours, theirs, what):
    assert abs(ours - theirs) < 1e-9, f'{what}: {ours}, {theirs}'  # the order of adding alone


def protocols_are(said, people):
    recorded = [p for p in people if p.rows]
    said.counts('recorded', len(recorded), len(people))
    said.counts('components.all_delivered', sum(share_delivered(p) == 1 for p in recorded), len(recorded))
    for code, title in TITLES.items():
        mine = [p for p in recorded if any(r['protocol'] == code for r in p.rows)]
        assert len(mine) > 50, code
        equal(said.row('protocols', protocol=title)['people'], len(mine), title)
        close(said.row('component_shares', protocol=title)['share'],
              100 * sum(map(share_delivered, mine)) / len(mine), title)
        for component, words in COMPONENTS.items():
            states = Counter(component_state(p, code, component) for p in mine)
            row = said.row('components', protocol=title, component=words)
            for state in ('delivered', 'not_delivered', 'no_row'):
                equal(row[state], states[state], f'{title}, {words}, {state}')
        for problem, words in PROBLEMS.items():
            row = said.row('problems', problem=words, protocol=title)
            equal((row['people'], row['of']), (sum(p.problem == problem for p in mine),
                                               sum(p.problem == problem for p in people)), f'{words}, {title}')
        planned = [p for p in people if code in p.planned]
        row = said.row('planned', protocol=title)
        equal((row['people'], row['followed'], row['no_record']),
              (len(planned), sum(p in mine for p in planned), sum(not p.rows for p in planned)), f'planned {title}')


def ratings_are(said, people):
    for scale in ('adherence', 'competence'):
        rated = [p for p in people if any(r[scale] for r in p.rows)]
        said.counts(f'{scale}.rated', len(rated), len(people))
        said.counts(f'{scale}.self_alone', sum({r['rater'] for r in p.rows} == {'practitioner'} for p in rated),
                    len(rated))
        rows = [r for p in people for r in p.rows]
        close(said.row('ratings', scale=scale.capitalize(), rater='anyone')['contacts'],
              100 * len({r['contact_id'] for r in rows}) / sum(p.contacts for p in people), scale)
        means = {s['rater']: s for s in said.statements[f'fidelity.{scale}.mean']}
        equal(sorted(means), ['observer', 'practitioner', 'supervisor'], scale)
        for rater, s in means.items():
            values = [float(r[scale]) for r in rows if r['rater'] == rater]
            equal(s['numerator'], sum(any(r['rater'] == rater for r in p.rows) for p in people), f'{scale}, {rater}')
            close(s['estimate'], sum(values) / len(values), f'{scale}, {rater}')


def test_every_count_is_that_of_the_files():
    with tempfile.TemporaryDirectory() as folder:
        where = os.path.join(folder, 'service')
        good('simulate', '--clients', '2500', '--seed', '12', '--without-items', '-o', where)
        people = people_of(where)
        [answer] = answers_of(where, '--question', 'fidelity', '--suppress', 'off', '--no-clock')['answers']
    said = Said(answer)
    assert len(people) > 1000, len(people)
    protocols_are(said, people)
    ratings_are(said, people)
    for step, n in Counter(p.step() for p in people).items():
        said.counts(f'step.{step}', n, len(people))


run(globals())
