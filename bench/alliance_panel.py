#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the verdict of `alliance-outcome` is worth: services of which the truth is known, and what it says of them.

  bench/alliance_panel.py RAPPORT [--seeds 400] [--first 1001] [--clients 400] [--keep FILE] [--docs docs]

For each scenario, how often it says *shown*, *smaller than matters*, *cannot be told*. Where the alliance does nothing,
each *shown* is false, whichever way it points. Its interval is of 95%, so that 5% of them are to be expected; the count
is to lie within the exact 99.9% binomial band of that. The model was chosen on seeds 1 to 400, and is judged on others.
With --keep, what is known of a service is not asked again. With --docs, truth.md and alliance-outcome.md there get the
tables between their marks.
"""
import argparse
import concurrent.futures
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile

NULLS = (
    ('alliance_null', 'neither leads to the other'),
    ('alliance_reverse', 'getting better raises the alliance at the next session'),
    ('alliance_trend', 'the alliance rises while symptoms fall'),
    ('alliance_confounded', 'clients who benefit more rate the alliance higher'),
    ('symptom_error', 'a bad week lowers the alliance after the session; symptoms are measured badly'),
)
CONTROL = ('alliance_causes', "alliance above a client's own mean lowers symptoms at the next session")
MEASURES = ('PHQ-9', 'GAD-7', 'WSAS')
MARKS = ('<!-- made by bench/alliance_panel.py -->', '<!-- to here -->')
BETTER, WORSE, SMALLER, TOO_WIDE, NO_MODEL = 'better', 'worse', 'smaller', 'too wide', 'no model'


def band(n, p=0.05, outside=0.001):
    """Counts that lie in the exact binomial band: each tail beyond it has at most half of `outside`."""
    chance = [math.comb(n, k) * p ** k * (1 - p) ** (n - k) for k in range(n + 1)]
    low, below = 0, chance[0]
    while below <= outside / 2:
        low += 1
        below += chance[low]
    high, above = n, chance[n]
    while above <= outside / 2:
        high -= 1
        above += chance[high]
    return low, high


def run(rapport, *arguments):
    done = subprocess.run([rapport, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f'rapport {" ".join(arguments)} ended with {done.returncode}: {done.stderr}')
    return done.stdout


def verdict_of(statement):
    """The verdict as the report's sentence has it, and which way it points."""
    words = statement['text'].split('Verdict: ')[1]
    if words.startswith('smaller than matters'):
        return SMALLER
    if words.startswith('shown'):
        return BETTER if statement['estimate'] < 0 else WORSE
    return NO_MODEL if statement['estimate'] is None else TOO_WIDE


def ask(rapport, scenario, seed, clients):
    """Of each measure: the verdict, its estimate and limits, those of the plain model, and the smallest difference."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'service')
        run(rapport, 'simulate', '--scenario', scenario, '--seed', str(seed), '--clients', str(clients), '--reference',
            '1000', '--quiet', '-o', path)
        report = json.loads(run(rapport, 'evaluate', path, '--question', 'alliance-outcome', '--suppress', 'off',
                                '--quiet', '--no-clock', '--format', 'json', '--threads', '1'))
    found = {}
    for s in report['answers'][0]['statements']:
        part = s['id'].rpartition('alliance_outcome.panel.')[2]
        if s['rater'] != 'client' or part not in ('verdict', 'plain', 'smallest'):
            continue
        of = found.setdefault(s['measure'], {})
        of[part] = [s['estimate'], s['lower'], s['upper']]
        if part == 'verdict':
            of['says'] = verdict_of(s)
    return found


def all_of(rapport, options):
    """{(scenario, seed): what was found}"""
    known = {}
    if options.keep and os.path.exists(options.keep):
        with open(options.keep, encoding='utf-8') as file:
            for line in file:
                scenario, seed, found = json.loads(line)
                known[scenario, seed] = found
    wanted = [(scenario, seed) for scenario, _ in (*NULLS, CONTROL)
              for seed in range(options.first, options.first + options.seeds)]
    missing = [key for key in wanted if key not in known]
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        answers = pool.map(lambda key: (key, ask(rapport, *key, options.clients)), missing)
        for key, found in answers:
            known[key] = found
            if options.keep:
                with open(options.keep, 'a', encoding='utf-8') as file:
                    file.write(json.dumps([*key, found]) + '\n')
    return {key: known[key] for key in wanted}


def tally(results, scenario, measure):
    of = [found[measure] for (name, _), found in results.items() if name == scenario and measure in found]
    says = [one['says'] for one in of]
    counts = {word: says.count(word) for word in (BETTER, WORSE, SMALLER, TOO_WIDE, NO_MODEL)}
    told = [one['verdict'][0] for one in of if one['says'] != NO_MODEL]
    plain = [one['plain'] for one in of if 'plain' in one]
    return {'n': len(of), **counts, 'shown': counts[BETTER] + counts[WORSE],
            'mean': statistics.mean(told) if told else math.nan,
            'plain': sum(not lower <= 0 <= upper for _, lower, upper in plain),
            'plain mean': statistics.mean(one[0] for one in plain) if plain else math.nan,
            'smallest': statistics.median(one['smallest'][0] for one in of if 'smallest' in one) if told else math.nan}


def truth_table(results, seeds):
    low, high = band(seeds)
    lines = ['| Scenario | Measure | Shown | of these, alliance goes before better | Smaller than matters | Cannot be '
             'told: interval | Cannot be told: no model | Mean estimate | Plain model leaves nought out |',
             '|---|---|---|---|---|---|---|---|---|']
    for scenario, _ in (*NULLS, CONTROL):
        for measure in MEASURES:
            t = tally(results, scenario, measure)
            outside = ' **outside**' if scenario != CONTROL[0] and not low <= t['shown'] <= high else ''
            lines.append(f"| `{scenario}` | {measure} | {t['shown']} of {t['n']}{outside} | {t[BETTER]} | {t[SMALLER]} | "
                         f"{t[TOO_WIDE]} | {t[NO_MODEL]} | {t['mean']:+.3f} | {t['plain']} |")
    return lines


def page_table(results):
    lines = ['| Scenario | What is true | Shown | Cannot be told | Plain cross-lagged model leaves nought out |',
             '|---|---|---|---|---|']
    for scenario, words in (CONTROL, *NULLS):
        t = tally(results, scenario, MEASURES[0])
        percent = {k: 100 * t[k] / t['n'] for k in ('shown', TOO_WIDE, NO_MODEL, 'plain')}
        lines.append(f"| `{scenario}` | {words} | {percent['shown']:.1f}% | {percent[TOO_WIDE] + percent[NO_MODEL]:.1f}% | "
                     f"{percent['plain']:.1f}% ({t['plain mean']:+.2f}) |")
    return lines


def write(path, lines):
    with open(path, encoding='utf-8') as file:
        page = file.read()
    before, _, rest = page.partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    with open(path, 'w', encoding='utf-8') as file:
        file.write(before + '\n'.join([MARKS[0], *lines, MARKS[1]]) + after)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('rapport')
    parser.add_argument('--seeds', type=int, default=400)
    parser.add_argument('--first', type=int, default=1001)
    parser.add_argument('--clients', type=int, default=400)
    parser.add_argument('--keep')
    parser.add_argument('--docs')
    options = parser.parse_args()
    os.nice(5)
    results = all_of(options.rapport, options)
    low, high = band(options.seeds)
    power = tally(results, CONTROL[0], MEASURES[0])
    seeds = f'seeds {options.first} to {options.first + options.seeds - 1}'
    made = f'{options.seeds} services of {options.clients} clients each ({seeds}), WAI-SR and'
    truth = truth_table(results, options.seeds) + [
        '', f'{made} each measure. Where the alliance does nothing, *shown* is to lie within {low} to {high} of '
            f'{options.seeds}, the exact 99.9% binomial band of 5%. In `alliance_causes`, *shown* is power: '
            f"{100 * power['shown'] / power['n']:.1f}% on the PHQ-9."]
    page = page_table(results) + [
        '', f'{made} PHQ-9; in brackets the mean estimate of the plain model, in points for one point. The rest is in '
            '[truth.md](truth.md).']
    if options.docs is None:
        print('\n'.join(truth + [''] + page))
        return
    write(os.path.join(options.docs, 'truth.md'), truth)
    write(os.path.join(options.docs, 'alliance-outcome.md'), page)


if __name__ == '__main__':
    main()
