#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the models of `alliance-outcome` find in simulated services of which the truth is known.

  bench/alliance_models.py RAPPORT [--seeds 40] [--clients 400] [--write docs/alliance-outcome.md]

For each scenario, the share of services in which the 95% interval of an association leaves out nought. Where nothing
leads from the alliance to symptoms, each such interval within clients is a false finding, if it is read as an effect.
The page's table stands between two marks.
"""
import argparse
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

SCENARIOS = (
    ('alliance_causes', "alliance above a client's own mean lowers symptoms at the next session"),
    ('alliance_null', 'neither leads to the other'),
    ('alliance_reverse', 'getting better raises the alliance at the next session; the alliance does nothing'),
    ('alliance_trend', 'the alliance rises while symptoms fall; neither does anything to the other'),
    ('alliance_confounded', 'clients who benefit more rate the alliance higher; it does nothing'),
    ('symptom_error', 'a bad week lowers the alliance after the session, and symptoms are measured badly; the alliance '
                      'does nothing'),
)
SHOWN = (('alliance_outcome.within', 'Within clients'), ('alliance_outcome.within.no_trend', 'Trend not held'),
         ('alliance_outcome.between', 'Between clients'), ('alliance_outcome.early', 'Early alliance'))
MARKS = ('<!-- made by bench/alliance_models.py -->', '<!-- to here -->')


def run(rapport, *arguments):
    done = subprocess.run([rapport, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f'rapport {" ".join(arguments)} ended with {done.returncode}: {done.stderr}')
    return done.stdout


def findings(rapport, scenario, seed, clients):
    """For each statement shown: its estimate and whether its interval leaves out nought; of the PHQ-9 alone."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'service')
        run(rapport, 'simulate', '--scenario', scenario, '--seed', str(seed), '--clients', str(clients),
            '--reference', '1000', '--without-items', '--quiet', '-o', path)
        report = json.loads(run(rapport, 'evaluate', path, '--question', 'alliance-outcome', '--suppress', 'off',
                                '--quiet', '--no-clock', '--format', 'json', '--threads', '1'))
    found = {}
    for statement in report['answers'][0]['statements']:
        if statement['measure'] == 'PHQ-9' and statement['rater'] == 'client' and statement['lower'] is not None:
            found[statement['id']] = (statement['estimate'], not statement['lower'] <= 0 <= statement['upper'])
    return found


def line(rapport, scenario, words, options):
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        all_of = list(pool.map(lambda seed: findings(rapport, scenario, seed, options.clients),
                               range(1, options.seeds + 1)))
    cells = [f'`{scenario}`', words]
    for name, _ in SHOWN:
        told = [found[name] for found in all_of if name in found]
        if not told:
            cells.append('not told')
            continue
        mean = sum(estimate for estimate, _ in told) / len(told)
        share = sum(out for _, out in told) / len(told)
        cells.append(f'{100 * share:.0f}% ({mean:+.2f})')
    return '| ' + ' | '.join(cells) + ' |'


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('rapport')
    parser.add_argument('--seeds', type=int, default=40)
    parser.add_argument('--clients', type=int, default=400)
    parser.add_argument('--write')
    options = parser.parse_args()
    lines = ['| Scenario | What is true | ' + ' | '.join(words for _, words in SHOWN) + ' |',
             '|---|---|' + '---|' * len(SHOWN)]
    lines += [line(options.rapport, scenario, words, options) for scenario, words in SCENARIOS]
    text = '\n'.join(lines) + f'\n\n{options.seeds} services of {options.clients} clients each; in brackets the mean ' \
                              'estimate, in points of the PHQ-9 for one point of the questionnaire.'
    if options.write is None:
        print(text)
        return
    with open(options.write, encoding='utf-8') as file:
        page = file.read()
    before, _, rest = page.partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    with open(options.write, 'w', encoding='utf-8') as file:
        file.write(f'{before}{MARKS[0]}\n{text}\n{MARKS[1]}{after}')


if __name__ == '__main__':
    main()
