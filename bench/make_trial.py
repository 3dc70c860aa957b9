#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a synthetic wide trial, FOLDER/trial.csv, with its map, FOLDER/trial.json. The same seed gives the same bytes.

  bench/make_trial.py FOLDER [ROWS [SEED]]

Two arms, BDI-II before and at 2, 5 and 8 months, drop-out that grows with time. It is made for speed alone: its numbers
mean nothing.
"""
import json
import os
import random
import sys

MONTHS = (0, 2, 5, 8)
CHANGE = {'reliability': 0.9, 'sd': 'baseline_all', 'functional_mean': 8, 'functional_sd': 6, 'cutoff': 'c'}


def rows(n, seed):
    draw = random.Random(seed).random
    for i in range(n):
        score = 12 + 40 * draw()
        treated = i % 2
        scores = []
        for month in MONTHS:
            scores.append('' if draw() < 0.05 * month else str(min(63, max(0, round(score)))))
            score += 16 * (draw() - (0.62 if treated else 0.55))
        yield f'p{i:07d},{"CBT" if treated else "TAU"},' + ','.join(scores) + '\n'


def trial_map():
    return {
        'name': 'Synthetic trial for timing',
        'layout': 'wide',
        'client': 'id',
        'arm': {'column': 'arm', 'values': {'TAU': 'usual_care', 'CBT': 'cbt'}, 'comparator': 'usual_care'},
        'occasion': [{'columns': {'bdi': f'bdi_{m}m'}, 'occasion': k, 'label': f'{m} months', 'months': m}
                     for k, m in enumerate(MONTHS, 1)],
        'instruments': {'BDI-II': {'use': 'bdi-ii', 'rater': 'client', 'scales': {'total': 'bdi'}, 'change': CHANGE}},
    }


def main(arguments):
    folder = arguments[0]
    n, seed = [int(a) for a in arguments[1:3]] + [200000, 1][len(arguments) - 1:]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'trial.csv'), 'w', encoding='utf-8') as file:
        file.write('id,arm,' + ','.join(f'bdi_{m}m' for m in MONTHS) + '\n')
        file.writelines(rows(n, seed))
    with open(os.path.join(folder, 'trial.json'), 'w', encoding='utf-8') as file:
        json.dump(trial_map(), file, indent=2)


if __name__ == '__main__':
    main(sys.argv[1:])
