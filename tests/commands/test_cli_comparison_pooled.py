#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The question comparison over several organisations: each one's difference, and what they come to.

The trial is made here by a small generator, so that R could be given the same people. R 4.2.2 with lme4 1.1-31,
lmerTest 3.1-3 (xtol_abs = ftol_abs = 1e-10, calc.derivs = FALSE) and metafor 3.8-1; y are the later scores, f the first
score less the mean of all 302 (13.81788), t the third occasion:
  each         lmer(y ~ arm + f + t + (1 | id)), organisation by organisation
  two stages   rma(yi, sei, method = "REML", test = "knha"), predict(level = 95)
  one stage    lmer(y ~ 0 + organisation + arm + f + t + (1 | id) + (0 + arm | organisation))"""
import csv
import json
import os
import tempfile

from cli import good  # noqa: I001 (cli finds plain_tap)
from plain_tap import contains, equal, run

#                 people, mean of the first score, what the arm differs by
ORGANISATIONS = {'Ash': (70, 14, -4.5), 'Birch': (60, 12, -1), 'Cedar': (64, 15, -3), 'Elm': (44, 13, 0.5),
                 'Fir': (52, 14, -6), 'Gorse': (12, 13, -3)}


def draws(seed):
    """Sums of twelve uniform numbers of a linear congruential generator (Numerical Recipes' constants), less six."""
    while True:
        total = 0
        for _ in range(12):
            seed = (seed * 1664525 + 1013904223) % 2 ** 32
            total += seed / 2 ** 32
        yield total - 6


def people():
    """(id, organisation, arm, [first, second, third])"""
    draw, n = draws(20260), 0
    for name, (size, mean, effect) in ORGANISATIONS.items():
        for i in range(size):
            n += 1
            level, treated = next(draw), i % 2
            scores = []
            for occasion in range(3):
                score = mean + 3.5 * level + 2.5 * next(draw) - (1.5 + 0.5 * occasion if occasion else 0)
                score += effect * treated if occasion else 0
                scores.append(min(27, max(0, round(score))))
            yield f'p{n:03d}', name, 'therapy' if treated else 'waiting_list', scores[:2 if i % 9 == 4 else 3]


def write_table(folder, name, head, rows):
    with open(os.path.join(folder, name + '.csv'), 'w', encoding='utf-8', newline='') as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def write_package(folder, only=tuple(ORGANISATIONS)):
    those = [p for p in people() if p[1] in only]
    tables = {
        'services': (['service_id', 'name'], [[f'{i}', name] for i, name in enumerate(only)]),
        'clients': (['client_id'], [[p[0]] for p in those]),
        'referrals': (['referral_id', 'client_id', 'service_id', 'arm'],
                      [[p[0], p[0], only.index(p[1]), p[2]] for p in those]),
        'administrations': (['administration_id', 'referral_id', 'occasion', 'instrument', 'version', 'rater', 'status'],
                            [[f'{p[0]}-{o}', p[0], o, 'phq-9', '1', 'client', 'complete']
                             for p in those for o in range(1, len(p[3]) + 1)]),
        'scores': (['administration_id', 'scale', 'value', 'method'],
                   [[f'{p[0]}-{o + 1}', 'total', x, 'supplied'] for p in those for o, x in enumerate(p[3])]),
    }
    for name, (head, rows) in tables.items():
        write_table(folder, name, head, rows)
    descriptor = {'name': 'trials', 'comparator': 'waiting_list', 'research': True,
                  'comparator_note': 'A waiting list of three months.',
                  'resources': [{'name': name, 'path': name + '.csv'} for name in tables]}
    path = os.path.join(folder, 'datapackage.json')
    with open(path, 'w', encoding='utf-8') as file:
        json.dump(descriptor, file)
    return folder


def comparison_of(*more, only=tuple(ORGANISATIONS)):
    with tempfile.TemporaryDirectory() as folder:
        out = good('evaluate', write_package(folder, only), '--question', 'comparison', '--format', 'json', *more).out
    return json.loads(out)['answers'][0]


def statement(answer, which):
    found, = [s for s in answer['statements'] if s['id'] == which]
    return found


def near(found, expected, within, what):
    assert abs(found - expected) <= within, f'{what}: expected {expected}, found {found}'


TRIALS = comparison_of('--suppress', 'off')
TABLE = next(t for t in TRIALS['tables'] if t['id'].startswith('comparison.organisations'))
ROWS = {row[0]: row for row in TABLE['rows']}
T_4 = 2.7764451  # R: qt(.975, 4)


def test_each_organisation_by_its_own_model():
    # lmer, organisation by organisation: estimate, standard error, Satterthwaite's df; R: qt(.975, df)
    for name, estimate, se, t in (('Ash', -5.090727497, 0.716230799, 1.9976896), ('Birch', -1.080579585, 0.718013576, 2.0041239),
                                  ('Cedar', -2.825105757, 0.690839323, 1.9988755),
                                  ('Elm', -1.20174313, 0.83364456, 2.0182863), ('Fir', -5.007231283, 0.737090641, 2.0093225)):
        row = ROWS[name]
        near(row[3], estimate, 1e-5, name)
        near((row[5] - row[4]) / 2, se * t, 1e-4, name)
    for name, weight in (('Ash', 20.18189), ('Birch', 20.16823), ('Cedar', 20.37465), ('Elm', 19.25407), ('Fir', 20.02116)):
        near(ROWS[name][6], weight, 1e-4, name)  # weights(rma)


def test_a_small_organisation_is_left_out_and_that_is_said():
    assert 'Gorse' not in ROWS, ROWS
    contains(' '.join(TRIALS['caveats']), 'of 6 organisations 5 have 10 people or more')
    equal(ROWS['Mean, two stages'][1:3], [145, 145])  # halves of 70 + 60 + 64 + 44 + 52


def test_two_stages():
    mean, another = statement(TRIALS, 'comparison.pooled'), statement(TRIALS, 'comparison.pooled.another')
    near(mean['estimate'], -3.054834457, 1e-5, 'mean')
    near(mean['lower'], -5.482323068, 1e-5, 'Knapp and Hartung, lower')
    near(mean['upper'], -0.627345846, 1e-5, 'Knapp and Hartung, upper')
    contains(mean['text'], 'standard deviation of 1.81 points')  # sqrt(tau2) 1.806482577
    near(another['lower'], -8.62699215, 1e-5, 'prediction, lower')
    near(another['upper'], 2.51732324, 1e-5, 'prediction, upper')


def test_one_stage():
    """lmer: -3.0688880 (0.8966633), df 4.0049, SD of the arm between organisations 1.8627."""
    one = statement(TRIALS, 'comparison.pooled.one_stage')
    near(one['estimate'], -3.0688880, 1e-4 * 0.8966633, 'estimate')  # lme4's own tolerance
    near((one['upper'] - one['lower']) / 2, 0.8966633 * T_4, 2e-3, 'half its interval')  # df 4.0049, t within 6e-4 of T_4
    contains(one['text'], 'standard deviation of 1.86 points')


def test_the_forest_has_all_of_them():
    chart = next(c for c in TRIALS['charts'] if c['id'] == TABLE['id'])
    equal(chart['kind'], 'forest')
    equal([[p['label'] for p in s['points']] for s in chart['data']['series']],
          [['Ash', 'Birch', 'Cedar', 'Elm', 'Fir'], ['Mean, two stages', 'Mean, one stage'], ['One more organisation']])
    contains(chart['reading'], 'what a single organisation may be held against')


def test_two_organisations_are_not_pooled():
    answer = comparison_of('--suppress', 'off', only=('Ash', 'Birch'))
    equal([s['id'] for s in answer['statements'] if 'pooled' in s['id']], [])
    contains(' '.join(answer['caveats']), 'fewer than 3, too few to pool')


def test_one_organisation_alone_says_nothing_of_organisations():
    answer = comparison_of('--suppress', 'off', only=('Ash',))
    assert not any('organisation' in t['id'] for t in answer['tables'])
    assert not any('organisation' in c for c in answer['caveats']), answer['caveats']


def test_what_is_compared_stands_beside_each_figure():
    for s in TRIALS['statements']:
        if s['id'].startswith(('comparison.effect', 'comparison.pooled', 'comparison.important', 'comparison.interaction')):
            contains(s['text'], 'A waiting list of three months.')


run(globals())
