#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Synthetic services: no fault in any scenario, every table, the same bytes whatever the threads, the first clients those
of a smaller service, and truth.json about statements that the report makes, with the very numbers that it finds."""
import csv
import json
import os
import tempfile

from cli import answers_of, good, refused  # noqa: I001 (cli finds plain_tap)
from plain_tap import contains, equal, run

TABLES = ('services clients referrals problems pauses practitioners qualifications contacts activities internet_logs '
          'disclosures administrations responses scores goals tasks goal_ratings protocols diagnoses risks plans events '
          'stories published').split()
ABOUT = ('measure', 'scale', 'rater', 'version')
# A truth about everyone; the report has the same by arm, by severity and by occasion.
APART = ('arm', 'severity', 'occasion')


def simulate(folder, *arguments, reference='50'):
    path = os.path.join(folder, 'service')
    good('simulate', '--quiet', '-o', path, '--reference', reference, *arguments)
    return path


def truth_of(path):
    with open(os.path.join(path, 'truth.json'), encoding='utf-8') as file:
        return json.load(file)


def bytes_of(path):
    found = {}
    for name in sorted(os.listdir(path)):
        with open(os.path.join(path, name), 'rb') as file:
            found[name] = file.read()
    return found


def scenarios():
    return [line.split()[0] for line in good('simulate', '--list').out.splitlines()]


def test_every_scenario_is_read_without_a_fault():
    names = scenarios()
    equal(len(names), 22)  # plain and the 21 of the issue
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            path = simulate(folder, '--scenario', name, '--clients', '150')
            contains(good('check', path).out, '0 faults, 0 notes.', name)
            equal(truth_of(path)['scenario'], name)


def test_every_table_has_rows():
    with tempfile.TemporaryDirectory() as folder:
        path = simulate(folder, '--clients', '1200')
        for table in TABLES:
            with open(os.path.join(path, table + '.csv'), encoding='utf-8', newline='') as file:
                rows = list(csv.reader(file))
            assert len(rows) > 1, f'{table} has no row'
            assert all(len(row) == len(rows[0]) for row in rows), table
        equal(sorted(os.listdir(path)), sorted([t + '.csv' for t in TABLES] + ['datapackage.json', 'truth.json']))


def test_threads_change_no_byte_and_seeds_do():
    found = {}
    for threads, seed in (('1', '1'), ('3', '1'), ('2', '2')):
        with tempfile.TemporaryDirectory() as folder:
            path = simulate(folder, '--clients', '1700', '--threads', threads, '--seed', seed, reference='700')
            found[threads, seed] = bytes_of(path)
    equal(found['1', '1'] == found['3', '1'], True)
    assert found['1', '1']['clients.csv'] != found['2', '2']['clients.csv']
    # The reference population is the scenario's, not the seed's.
    first, other = (json.loads(found[key]['truth.json']) for key in (('1', '1'), ('2', '2')))
    equal([s['value'] for s in first['statements']], [s['value'] for s in other['statements']])


def test_a_small_service_is_the_beginning_of_a_large_one():
    with tempfile.TemporaryDirectory() as a, tempfile.TemporaryDirectory() as b:
        small, large = (bytes_of(simulate(f, '--clients', n)) for f, n in ((a, '520'), (b, '1100')))
        for table in TABLES:
            name = table + '.csv'
            assert large[name].startswith(small[name]), f'{name} begins otherwise'


def test_totals_are_the_sums_of_answers():
    with tempfile.TemporaryDirectory() as a, tempfile.TemporaryDirectory() as b:
        whole = simulate(a, '--clients', '60')
        bare = simulate(b, '--clients', '60', '--without-items')
        with open(os.path.join(whole, 'responses.csv'), encoding='utf-8', newline='') as file:
            sums = {}
            for row in csv.DictReader(file):
                sums.setdefault(row['administration_id'], []).append(row['value'])
        with open(os.path.join(whole, 'scores.csv'), encoding='utf-8', newline='') as file:
            totals = [row for row in csv.DictReader(file) if row['scale'] == 'total']
        assert len(totals) > 300
        for row in totals:
            equal(sum(map(int, sums[row['administration_id']])), int(row['value']), row['administration_id'])
        one, other = bytes_of(whole), bytes_of(bare)
        equal('responses.csv' in other, False)
        equal(one['scores.csv'] == other['scores.csv'], True)


def matching(statements, truth, ending=''):
    found = [s for s in statements if s['id'] == truth['statement'] + ending
             and all(s.get(key) == truth[key] for key in ABOUT if key in truth) and not any(key in s for key in APART)]
    equal(len(found), 1, f"statements {truth['statement']}{ending} {[truth.get(key) for key in ABOUT]}")
    return found[0]


def test_the_report_finds_what_is_true_of_these_people():
    """Whatever has no unknown outcome is the very number; else it lies between the worst and the best case."""
    for name in ('plain', 'dropout_when_worse'):
        with tempfile.TemporaryDirectory() as folder:
            path = simulate(folder, '--scenario', name, '--clients', '900')
            answers = answers_of(path, '--suppress', 'off')['answers']
            statements = [s for answer in answers for s in answer['statements']]
            truths = truth_of(path)['statements']
            assert len(truths) > 60
            for truth in truths:
                here, what = truth['here'], (name, truth['statement'], truth.get('measure'))
                if truth['covered_by'] == 'interval':
                    found = matching(statements, truth)['estimate']
                    assert abs(found - here) < 1e-9, f'{what}: {found}, and not {here}'  # rounding of a sum alone
                else:
                    bounds = sorted(matching(statements, truth, case)['estimate'] for case in ('.worst', '.best'))
                    assert bounds[0] - 1e-12 <= here <= bounds[1] + 1e-12, f'{what}: {bounds}, and not {here}'


def test_truths_are_about_statements_that_there_are():
    listed = {line.split('\t')[0] for line in good('evaluate', '--list-statements').out.splitlines()}
    with tempfile.TemporaryDirectory() as folder:
        truth = truth_of(simulate(folder, '--clients', '40'))
    for statement in truth['statements']:
        assert statement['statement'] in listed, statement['statement']
    assert any(p['source'] == 'assumed' for p in truth['parameters'])
    assert any(p['source'] != 'assumed' for p in truth['parameters'])


def effect(path, name):
    return next(e for e in truth_of(path)['effects'] if e['name'] == name)


def test_effects_are_where_they_should_be():
    """In points of the PHQ-9: nothing where the scenario says nothing, to the last digit."""
    null = {'no_effect': ('treatment.phq_9', 'dose.12', 'practitioner'), 'plain': ('assessor', 'presence',
            'alliance.next_contact'), 'alliance_reverse': ('alliance.next_contact',),
            'symptom_error': ('alliance.next_contact',), 'assessor_by_severity': ('assessor',)}
    some = {'plain': ('treatment.phq_9', 'practitioner'), 'alliance_causes': ('alliance.next_contact',),
            'assessor_matters': ('assessor',), 'presence_lowers_last_score': ('presence',)}
    for name in sorted(set(null) | set(some)):
        with tempfile.TemporaryDirectory() as folder:
            path = simulate(folder, '--scenario', name, '--clients', '20', reference='2000')
            for about in null.get(name, ()):
                equal(effect(path, about)['value'], 0, (name, about))
            for about in some.get(name, ()):
                assert effect(path, about)['value'] < -0.5, (name, about)


def test_arms_have_their_own_truth():
    """The difference of the arms is less than the effect on those who are treated, since many are never treated."""
    with tempfile.TemporaryDirectory() as folder:
        path = simulate(folder, '--scenario', 'true_effect', '--clients', '20', reference='6000')
        facts = {fact['name']: fact for fact in truth_of(path)['facts']}
        arms = [facts['change.phq_9.' + arm] for arm in ('treatment', 'usual_care')]
        equal(sum(arm['n'] for arm in arms), facts['change.phq_9']['n'])
        difference = arms[0]['value'] - arms[1]['value']
        # A mean of some 3,000 changes has a standard error of 0.11, a difference of two one of 0.16: three of these.
        assert effect(path, 'treatment.phq_9')['value'] + 0.5 < difference < -0.5, difference
    with tempfile.TemporaryDirectory() as folder:
        names = {fact['name'] for fact in truth_of(simulate(folder, '--clients', '20'))['facts']}
        assert 'change.phq_9' in names and not any('usual_care' in name for name in names)


def test_what_is_asked_wrongly_is_told():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'new')
        refused('simulate', status=2, naming=('-o',))
        refused('simulate', '-o', '-', status=2, naming=('-o',))
        refused('simulate', '-o', path, '--scenario', 'plan', status=2, naming=("'plan'", 'plain'))
        refused('simulate', '-o', path, '--set', 'efect=1', status=2, naming=('efect', 'effect'))
        refused('simulate', '-o', path, '--set', 'effect=lots', naming=('effect', '-5 to 5'))
        refused('simulate', '-o', path, '--set', 'not_seen=0.9,seen_only=0.2', naming=('not_seen',))
        refused('simulate', '-o', path, '--clients', '0', status=2, naming=('--clients',))
        refused('simulate', '-o', path, '--clients', '100000000', status=2, naming=('--clients',))
        refused('simulate', '-o', folder + '/no/such', naming=('no/such',))
        equal(os.listdir(folder), [])
        os.mkdir(path)
        with open(os.path.join(path, 'mine'), 'w', encoding='utf-8') as file:
            file.write('mine')
        refused('simulate', '-o', path, naming=(path,))
        equal(os.listdir(path), ['mine'])


def test_extremes_are_lived_through():
    for sets in ('not_seen=1,seen_only=0', 'not_seen=0,seen_only=1', 'not_seen=0,seen_only=0,once=0,leaves=0,stops_well=0',
                 'once=1', 'complete=0', 'again=1', 'later_missed=0.9,cancelled_by_client=0.9', 'selected_at=20',
                 'trait_mean=5', 'trait_mean=-5', 'leaves_worse=5', 'alliance_mean=1', 'practitioners=4'):
        with tempfile.TemporaryDirectory() as folder:
            path = simulate(folder, '--clients', '60', '--set', sets)
            truth_of(path)
            if sets not in ('not_seen=1,seen_only=0', 'complete=0'):  # which have no score at all: nothing to evaluate
                contains(good('check', path).out, '0 faults', sets)


def test_tiny_is_tiny():
    with tempfile.TemporaryDirectory() as folder:
        path = simulate(folder, '--scenario', 'tiny')
        equal(truth_of(path)['clients'], 30)
        with open(os.path.join(path, 'practitioners.csv'), encoding='utf-8', newline='') as file:
            equal(len({row['practitioner_id'] for row in csv.DictReader(file)}), 4)
        good('evaluate', path, '--format', 'json')


if __name__ == '__main__':
    run(globals())
