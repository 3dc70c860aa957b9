#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the question `comparison` calls arms different, where treatment does nothing and where it does something.

    bench/comparison_truth.py RAPPORT [--seeds N] [--write]

Services of 400 clients, half of them allocated by chance to usual care; one seed is one service. --write puts the table
between the markers of docs/truth.md.
"""
import argparse
import json
import math
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

CLIENTS = 400
SCENARIOS = (('no_effect', ('--set', 'usual_care=0.5'), 'treatment does nothing'),
             ('true_effect', (), 'treatment helps'))
MEASURES = ('PHQ-9', 'GAD-7', 'WSAS')
ID = 'comparison.effect'
BEGIN, END = '<!-- made by bench/comparison_truth.py -->', '<!-- to here -->'


def effects(rapport, scenario, more, seed):
    """{measure: (estimate, is the interval off nought)} of one service."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 's')
        subprocess.run([rapport, 'simulate', '--scenario', scenario, *more, '--clients', str(CLIENTS), '--seed',
                        str(seed), '--without-items', '--reference', '100', '--quiet', '-o', path], check=True,
                       stdout=subprocess.DEVNULL)
        out = subprocess.run([rapport, 'evaluate', path, '--question', 'comparison', '--suppress', 'off', '--threads',
                              '1', '--quiet', '--format', 'json'], check=True, capture_output=True).stdout
    statements = json.loads(out)['answers'][0]['statements']
    return {s['measure']: (s['estimate'], s['lower'] > 0 or s['upper'] < 0) for s in statements if s['id'] == ID}


def binomial_band(n, p, level):
    """The smallest and largest count within the exact central band of level `level`."""
    weights = [math.comb(n, k) * p ** k * (1 - p) ** (n - k) for k in range(n + 1)]
    tail, below, above = (1 - level) / 2, 0.0, 0.0
    low, high = 0, n
    while below + weights[low] <= tail:
        below += weights[low]
        low += 1
    while above + weights[high] <= tail:
        above += weights[high]
        high -= 1
    return low, high


def table(rapport, seeds):
    low, high = binomial_band(seeds, 0.05, 0.999)
    lines = [f'Of {seeds} services of {CLIENTS} clients each, half of them in usual care. Where treatment does nothing, '
             f'{low} to {high} are the exact 99.9% band of 5%.', '',
             '| Scenario | What is true | Measure | Called different | Mean difference |', '|---|---|---|---|---|']
    for scenario, more, truth in SCENARIOS:
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda s: effects(rapport, scenario, more, s), range(1, seeds + 1)))
        for measure in MEASURES:
            of = [f[measure] for f in found if measure in f]
            off = sum(different for _, different in of)
            mean = sum(estimate for estimate, _ in of) / len(of)
            outside = '' if scenario != 'no_effect' or low <= off <= high else ' (outside the band)'
            lines.append(f'| `{scenario}` | {truth} | {measure} | {off} of {len(of)}{outside} | {mean:+.2f} points |')
    return '\n'.join(lines)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument('rapport')
    arguments.add_argument('--seeds', type=int, default=400)
    arguments.add_argument('--write', action='store_true')
    given = arguments.parse_args()
    made = table(os.path.abspath(given.rapport), given.seeds)
    print(made)
    if given.write:
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'docs', 'truth.md')
        with open(path, encoding='utf-8') as file:
            page = file.read()
        before, rest = page.split(BEGIN, 1)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(f'{before}{BEGIN}\n{made}\n{END}{rest.split(END, 1)[1]}')


main()
