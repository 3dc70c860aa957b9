#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often intervals of mixed models cover what is true.

  bench/truth_models.py MODEL_COVERAGE [--data-sets 2000] [--seed 1] [--write docs/truth.md]

MODEL_COVERAGE is bench/model_coverage.c, built. The page's table stands between two marks. Exit status 1 where an
interval covers less or more often than chance allows: outside the exact 99.9% binomial band of 95%.
"""
import argparse
import subprocess
import sys

import truth

MARKS = ('<!-- made by bench/truth_models.py -->', '<!-- to here -->')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('model_coverage')
    parser.add_argument('--data-sets', type=int, default=2000)
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--write')
    options = parser.parse_args()
    told = subprocess.run([options.model_coverage, str(options.data_sets), str(options.seed)], capture_output=True,
                          text=True, check=True).stdout
    header = ['| Design | Parameter | Interval | Covered | Of | Band |', '|---|---|---|---|---|---|']
    lines, small, outside = list(header), list(header), 0
    for line in told.splitlines():
        design, parameter, interval, of, covered, too_small = line.split('\t')
        fewest, most = truth.band(int(of)) if int(of) else (0, 0)
        inside = fewest <= int(covered) <= most and int(of) > 0
        outside += not inside and not too_small
        mark = '' if inside else ' **outside**'
        share = f'{100 * int(covered) / int(of):.1f}%' if int(of) else 'none'
        (small if too_small else lines).append(
            f'| {design} | {parameter} | {interval} | {covered} ({share}){mark} | {of} | {fewest} to {most} |')
    lines += ['', "Too small for these intervals, or at an edge, and known to be: shown for what happens then. A profile "
              "is of the likelihood that takes variances too low where groups are few (as lme4's is); degrees of freedom "
              'are too few where the variance is nought; Wald intervals of binomial models take standard errors as '
              'known.', ''] + small
    text = '\n'.join(lines)
    if options.write is None:
        print(text)
    else:
        with open(options.write, encoding='utf-8') as file:
            page = file.read()
        before, _, rest = page.partition(MARKS[0])  # other tables have the same end
        after = rest.partition(MARKS[1])[2]
        with open(options.write, 'w', encoding='utf-8') as file:
            file.write(f'{before}{MARKS[0]}\n{text}\n{MARKS[1]}{after}')
    return 1 if outside else 0


if __name__ == '__main__':
    sys.exit(main())
