#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The question comparison: the trial that comes with the program, and services of which the truth is known."""
import json
import os
import re
import tempfile

from cli import BEAT_THE_BLUES, good  # noqa: I001 (cli finds plain_tap)
from plain_tap import contains, equal, run


def comparison_of(*arguments):
    out = good('evaluate', *arguments, '--question', 'outcome,comparison', '--format', 'json').out
    return next(a for a in json.loads(out)['answers'] if a['question'] == 'comparison')


def near(found, expected, within, what):
    assert abs(found - expected) <= within, f'{what}: expected {expected}, found {found}'


def statements_of(answer, which):
    return [s for s in answer['statements'] if s['id'] == which]


TRIAL = comparison_of(*BEAT_THE_BLUES, '--suppress', 'off')


def test_beat_the_blues_by_analysis_of_covariance():
    """R: lm(bdi.2m ~ bdi.pre + treatment, BtheB): -3.954 (1.707), df 94; with the interaction -.1604 (.1645), df 93
    (reference, open data sets; btheb.md)."""
    table = next(t for t in TRIAL['tables'] if t['id'] == 'comparison.effects.BDI-II.beat_the_blues')
    row = next(r for r in table['rows'] if r[0].startswith('end of treatment'))
    near(row[1], -3.954, 5e-4, 'treatment')
    near((row[3] - row[2]) / 2, 1.707 * 1.98552, 1.5e-3, 'half its interval')  # R: qt(.975, 94)
    near(row[5], -0.1604, 5e-5, 'interaction')
    near((row[7] - row[6]) / 2, 0.1645 * 1.98580, 1.5e-4, 'half its interval')  # R: qt(.975, 93)
    equal(row[8:10], [52, 45])  # 97 people at 2 months (btheb.md)


def test_beat_the_blues_by_the_mixed_model():
    """R: lmer(bdi ~ treatment + I(bdi.pre - mean(bdi.pre)) + factor(month) + (1 | subject), REML) on the 280 later
    scores: -3.260247 (1.625)."""
    effect = statements_of(TRIAL, 'comparison.effect')[0]
    near(effect['estimate'], -3.2602468, 1e-5, 'treatment')
    equal(effect['arm'], 'beat_the_blues')
    assert effect['lower'] < -6.4 and -0.1 < effect['upper'] < 0, effect


def test_shares_by_counting():
    """Half a standard deviation of first scores is 5.42; counted from bdi.csv here."""
    import csv
    with open(BEAT_THE_BLUES[0], encoding='utf-8') as file:
        rows = list(csv.DictReader(file))
    firsts = [float(r['bdi.pre']) for r in rows]
    mean = sum(firsts) / len(firsts)
    half = (sum((x - mean) ** 2 for x in firsts) / (len(firsts) - 1)) ** 0.5 / 2
    for arm, name in (('TAU', 'usual_care'), ('BtheB', 'beat_the_blues')):
        people = [r for r in rows if r['treatment'] == arm]
        past = 0
        for r in people:
            later = [r[c] for c in ('bdi.2m', 'bdi.3m', 'bdi.5m', 'bdi.8m') if r[c] not in ('', 'NA')]
            past += bool(later) and float(r['bdi.pre']) - float(later[-1]) >= half
        s = next(s for s in statements_of(TRIAL, 'comparison.important') if s['arm'] == name)
        equal([s['numerator'], s['denominator']], [past, len(people)], name)


def test_four_meanings_are_told_apart():
    for which in ('statistical', 'important', 'reliable', 'clinical'):
        equal(len(statements_of(TRIAL, f'comparison.meaning.{which}')), 1, which)


def simulated(folder, scenario, *more):
    path = os.path.join(folder, scenario)
    good('simulate', '--scenario', scenario, '--clients', '400', '--seed', '11', '--without-items', '--reference', '2000',
         '-o', path, *more)
    return path


CAUSAL = re.compile(r'\b(caus\w+|because of (the )?treatment|due to (the )?treatment|effective|works|led to|thanks to)\b',
                    re.I)


def test_without_a_comparator_no_effect_is_claimed():
    with tempfile.TemporaryDirectory() as folder:
        answer = comparison_of(simulated(folder, 'no_effect'))
    equal([s for s in answer['statements'] if s['id'].startswith('comparison.effect')], [])
    contains(' '.join(answer['caveats']), 'no effect of treatment is claimed')
    for s in answer['statements']:
        assert not CAUSAL.search(s['text']), s['text']
    ids = {t['id'] for t in answer['tables']}
    equal(ids, {'comparison.uncontrolled', 'comparison.controlled'})
    assert statements_of(answer, 'comparison.regression_to_mean.low')


def test_with_a_comparator_the_arms_are_held_against_each_other():
    with tempfile.TemporaryDirectory() as folder:
        answer = comparison_of(simulated(folder, 'true_effect'))
    effect = next(s for s in statements_of(answer, 'comparison.effect') if s['measure'] == 'PHQ-9')
    assert effect['upper'] < 0, effect  # treatment helps, by the scenario
    near(effect['level'], 0.95, 0, 'level')


run(globals())
