#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The question comparison: the trial that comes with the program, and services of which the truth is known."""
import json
import os
import re
import tempfile

from cli import BEAT_THE_BLUES, ROOT, good  # noqa: I001 (cli finds plain_tap)
from fit_case import shared
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


def test_claus_2020():
    """An added inpatient treatment against usual care. R 4.2.2, lme4, tight tolerances, y the later BDI-II, f the first
    less its mean of all 43: lmer(y ~ arm + f + factor(time) + (1 | id)): arm -6.2055925543 (2.306227320), df 36.99999758;
    with arm * f the interaction -0.0424136138 (0.3050361400); lm(last ~ arm + f): -9.828798509 (3.250076983), df 37.
    Counted in R: past half a standard deviation (4.224723) 9 of 20 in usual care and 17 of 23."""
    answer = comparison_of(shared('cs_claus_2020.csv'), '--map', os.path.join(ROOT, 'examples/claus-2020/map.json'), '--suppress', 'off')
    of_bdi = {(s['id'], s['arm']): s for s in answer['statements'] if s['measure'] == 'BDI-II'}
    arm = 'placebo_amplification'
    effect, last = of_bdi['comparison.effect', arm], of_bdi['comparison.effect.last', arm]
    near(effect['estimate'], -6.2055925543, 1e-5, 'all later scores')
    near((effect['upper'] - effect['lower']) / 2, 2.306227320 * 2.0261925, 1e-4, 'half its interval')  # R: qt(.975, 37)
    near(of_bdi['comparison.interaction', arm]['estimate'], -0.0424136138, 1e-5, 'interaction')
    near(last['estimate'], -9.828798509, 1e-6, 'last score')
    near((last['upper'] - last['lower']) / 2, 3.250076983 * 2.0261925, 1e-5, 'half its interval')
    for name, past, of in (('usual_care', 9, 20), (arm, 17, 23)):
        share = of_bdi['comparison.important', name]
        equal([share['numerator'], share['denominator']], [past, of], name)
    for key, s in of_bdi.items():
        if key[0].startswith(('comparison.effect', 'comparison.important', 'comparison.interaction')):
            contains(s['text'], 'inpatient')
            contains(s['text'], 'no low-intensity treatment')
    # by the index of Jacobson and Truax recovery is reliable: the figures of outcome stand there
    contains(of_bdi['comparison.meaning.clinical', arm]['text'], 'are known to have recovered')
    assert not any(s['text'].find('(-0.5 points)') >= 0 for s in answer['statements'])  # WHO-5: no score below 0


def test_two_axes_never_one():
    charts = {c['id']: c for c in TRIAL['charts']}
    change, difference = charts['comparison.uncontrolled'], charts['comparison.controlled']
    equal([change['kind'], difference['kind']], ['forest', 'forest'])
    labels = [[[p['label'] for p in s['points']] for s in c['data']['series']] for c in (change, difference)]
    assert any('Usual care' in label for label in labels[0][1]), labels
    assert any('less usual_care' in label for label in labels[1][0]), labels
    assert not {x for s in labels[0] for x in s} & {x for s in labels[1] for x in s}
    contains(change['reading'], 'none may be held against a difference from a comparator')
    own = difference['data']['series'][0]['points'][0]
    effect = statements_of(TRIAL, 'comparison.effect')[0]
    # R: sd(BtheB$bdi.pre) 10.8386; higher is worse, so that the sign turns
    near(own['y'], -effect['estimate'] / 10.8386, 1e-4, 'over the SD of first scores')
    near(own['lower'], -effect['upper'] / 10.8386, 1e-4, 'lower')


# ---- what comparison and outcome tell of the same people ----

MAP = {'name': 'A made-up trial', 'layout': 'wide', 'client': 'id',
       'arm': {'column': 'arm', 'comparator': 'waiting'},
       'occasion': [{'columns': {'x': 'before'}, 'occasion': 1}, {'columns': {'x': 'after'}, 'occasion': 2}],
       'instruments': {'phq-9': {'use': 'phq-9@1', 'rater': 'client', 'scales': {'total': 'x'}}}}


def trial_of(between):
    """Per arm 20 who improve by 8 (reliably: 6 or more on the PHQ-9), `between` by 4, and 20 by none; first scores of
    15 to 17, whose half standard deviation is below 4, so that only who improves by 8 comes below 10."""
    lines = ['id,arm,before,after']
    for arm in ('therapy', 'waiting'):
        falls = [8] * 20 + [4] * (between if arm == 'therapy' else 10) + [0] * 20
        lines += [f'{arm[0]}{i},{arm},{15 + i % 3},{15 + i % 3 - fall}' for i, fall in enumerate(falls)]
    return '\n'.join(lines) + '\n'


PAIRS = (('comparison.important', 'outcome.reliable_improvement.per_referral'),
         ('comparison.important.not', 'outcome.no_reliable_change.per_referral'))


def told_of_therapy(between, question, *more):
    """Of the arm, by id: numerators of statements, without those that are hidden."""
    with tempfile.TemporaryDirectory() as folder:
        data, the_map = os.path.join(folder, 'trial.csv'), os.path.join(folder, 'map.json')
        with open(data, 'w', encoding='utf-8') as file:
            file.write(trial_of(between))
        with open(the_map, 'w', encoding='utf-8') as file:
            json.dump(MAP, file)
        out = good('evaluate', data, '--map', the_map, '--question', question, '--format', 'json', *more).out
    return {s['id']: s['numerator'] for a in json.loads(out)['answers'] for s in a['statements']
            if s.get('arm') == 'therapy' and isinstance(s['numerator'], int)}


def pairs_of(told):
    return [tuple(told.get(which) for which in pair) for pair in PAIRS]


def test_outcome_and_comparison_do_not_give_each_other_away():
    equal(pairs_of(told_of_therapy(2, 'outcome,comparison', '--suppress', 'off')), [(22, 20), (20, 22)])
    for between in (1, 2, 3, 4):
        told = told_of_therapy(between, 'outcome,comparison')
        for important, reliable in pairs_of(told):
            assert important is None and reliable is not None, (between, told)
        # asked alone it is the same: two reports of one cohort do not give each other away
        alone = {**told_of_therapy(between, 'comparison'), **told_of_therapy(between, 'outcome')}
        equal(pairs_of(alone), pairs_of(told), between)
    equal(pairs_of(told_of_therapy(0, 'outcome,comparison')), [(20, 20), (20, 20)])  # nobody between: nothing to hide
    equal(pairs_of(told_of_therapy(8, 'outcome,comparison')), [(28, 20), (20, 28)])  # enough


run(globals())
