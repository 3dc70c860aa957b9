#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often what a report says covers what is true, over many simulated services.

  bench/truth.py RAPPORT [--seeds 200] [--clients 600] [--scenarios plain,...] [--write docs/truth.md]

Each service is simulated, evaluated, and held against truth.json. Practitioners are made alike (practitioner_sd=0),
since the intervals take people to be independent; plain and practitioner_effects are shown with differing ones as well.
Exit status 1 where, with practitioners alike, a statement's intervals cover less or more often than chance allows: the
share of seeds lies outside the exact 99.9% binomial band of its nominal level. With hundreds of statements one or two
may do so by chance.
"""
import argparse
import collections
import concurrent.futures
import json
import math
import os
import subprocess
import sys
import tempfile

import truth_controls

ABOUT = ('measure', 'scale', 'rater', 'version')
APART = ('arm', 'severity', 'occasion')
LEVEL, BAND = 0.95, 0.999
# Of so many people a share is known to a standard error of 0.2 percentage points, a tenth of that of 600 clients.
REFERENCE = '100000'
# Of which questions truth.json holds truths.
ASKED = 'outcome,pathway,alliance'
# What people make of completers' rates: the share among those still there to be measured, said of all who entered.
NAIVE, MEANT = 'outcome.recovery.at_horizon.per_measured_twice', 'outcome.recovery.at_horizon.per_entered'

DIFFER = ('plain', 'practitioner_effects')  # shown with practitioners who differ

MODELS = '\n## Mixed models\n'

Tally = collections.namedtuple('Tally', 'covered seeds')


def run(rapport, *arguments):
    done = subprocess.run([rapport, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f'rapport {" ".join(arguments)} ended with {done.returncode}: {done.stderr}')
    return done.stdout


def scenarios(rapport):
    return [line.split()[0] for line in run(rapport, 'simulate', '--list').splitlines()]


def reported(rapport, scenario, seed, clients, reference, settings, asked):
    """(truths, the report)"""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'service')
        chosen = ('--set', ','.join(settings)) if settings else ()
        run(rapport, 'simulate', '--scenario', scenario, '--seed', str(seed), '--clients', str(clients), '--reference',
            reference, '--without-items', '--quiet', '-o', path, *chosen)
        with open(os.path.join(path, 'truth.json'), encoding='utf-8') as file:
            truths = json.load(file)['statements']
        report = json.loads(run(rapport, 'evaluate', path, '--question', asked, '--suppress', 'off', '--quiet',
                                '--threads', '1', '--format', 'json'))
    return truths, report


def simulated(rapport, scenario, seed, clients, reference, alike=True):
    """(truths, the report's statements by what they are about)"""
    settings = (truth_controls.ALIKE,) if alike else ()
    truths, report = reported(rapport, scenario, seed, clients, reference, settings, ASKED)
    said = {}
    for answer in report['answers']:
        for s in answer['statements']:
            if not any(key in s for key in APART):
                said[(s['id'], *(s.get(key) for key in ABOUT))] = s
                said.setdefault((s['id'], None, None, None, None), s)  # for truths that name no measure
    return truths, said


def key_of(truth, ending=''):
    return (truth['statement'] + ending, *(truth.get(key) for key in ABOUT))


def covers(said, truth):
    """True, False, or None where the report says nothing of it."""
    endings = ('',) if truth['covered_by'] == 'interval' else ('.worst', '.best')
    found = [said.get(key_of(truth, ending)) for ending in endings]
    if any(s is None or s['lower'] is None for s in found):
        return None
    return min(s['lower'] for s in found) <= truth['value'] <= max(s['upper'] for s in found)


def band(n):
    """Fewest and most of n that do not lie in a tail of (1 - BAND) / 2."""
    tail = (1 - BAND) / 2
    chances = [math.exp(math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(LEVEL) +
                        (n - k) * math.log(1 - LEVEL)) for k in range(n + 1)]
    fewest = next(k for k in range(n + 1) if sum(chances[:k + 1]) >= tail)
    most = next(k for k in range(n, -1, -1) if sum(chances[k:]) >= tail)
    return fewest, most


def tally(rapport, scenario, seeds, clients, reference=REFERENCE, alike=True):
    """({key: (how it is covered, Tally)} of each truth, [(naive rate less what is meant, whether its interval misses)])"""
    fixed, _ = simulated(rapport, scenario, 1, 1, reference, alike)
    by_key, covered, naive = {key_of(t): t for t in fixed}, {key_of(t): [] for t in fixed}, []
    for seed in range(1, seeds + 1):
        _, said = simulated(rapport, scenario, seed, clients, '1', alike)
        for key, truth in by_key.items():
            covered[key].append(covers(said, truth))
        for measure in ('PHQ-9', 'GAD-7'):
            about = (measure, 'total', 'client', 'at_horizon')
            meant, s = by_key[(MEANT, *about)]['value'], said[(NAIVE, *about)]
            naive.append((s['estimate'] - meant, not s['lower'] <= meant <= s['upper']))
    known = {key: [c for c in list_ if c is not None] for key, list_ in covered.items()}
    return {key: (by_key[key]['covered_by'], Tally(sum(k), len(k))) for key, k in known.items()}, naive


def verdicts(found):
    """Statements whose intervals cover too seldom or too often; ranges that cover too seldom."""
    wrong = []
    for key, (by, t) in found.items():
        fewest, most = band(t.seeds) if t.seeds else (0, 0)
        if t.covered < fewest or (by == 'interval' and t.covered > most):
            wrong.append((key, t))
    return wrong


def controls(rapport, seeds, pool):
    """As truth_controls.section takes them."""
    plain, _ = simulated(rapport, 'plain', 1, 1, REFERENCE)
    usual = next(t['value'] for t in plain if t['statement'] == 'outcome.national_reliable_deterioration')

    def found(pair, made):
        return [pair.found(reported(rapport, made.scenario, seed, pair.clients, '1', made.settings, pair.question)[1])
                for seed in range(1, seeds + 1)]

    of = truth_controls.pairs(usual)
    done = list(pool.map(lambda job: found(*job), [(pair, made) for pair in of for made in (pair.null, pair.control)]))
    return [(pair, done[2 * i], done[2 * i + 1]) for i, pair in enumerate(of)]


def name_of(key):
    return '`' + key[0] + '`' + ''.join(f' {part}' for part in key[1:4] if part)


def outside(results):
    return [(label, name_of(key), t) for label, (found, _) in results.items() for key, t in verdicts(found)]


def row(label, found, naive):
    wrong, cells = [key for key, _ in verdicts(found)], []
    for kind in ('interval', 'range'):
        of = [(key, t) for key, (by, t) in found.items() if by == kind]
        share = sum(t.covered for _, t in of) / max(1, sum(t.seeds for _, t in of))
        cells += [f'{100 * share:.1f}%', f'{sum(key in wrong for key, _ in of)} of {len(of)}']
    excess, missed = (100 * sum(column) / len(naive) for column in zip(*naive))
    return f'| {label} | ' + ' | '.join(cells) + f' | {excess:+.1f} | {missed:.0f}% |'


def page(alike, differ, controlled, seeds, clients):
    fewest, most = band(seeds)
    head = ['', '| Scenario | Intervals, mean cover | outside the band | Ranges, mean cover | outside the band | '
            'Naive, too high by | misses |', '|---|---|---|---|---|---|---|']
    lines = ['# How often reports cover the truth', '',
             f'Made by `bench/truth.py`: {seeds} services of {clients} clients a scenario, each held against its truth '
             '([simulation.md](simulation.md)).', '',
             '- **Intervals**: statements whose outcome is known of everyone whom they are about. Of each, the share of '
             f'services whose 95% interval holds the truth is to lie within {fewest} to {most} of {seeds}, the exact '
             '99.9% binomial band.',
             '- **Ranges**: statements about people of whom some outcomes are not known. From the lower end of the worst '
             'case to the upper end of the best; it is to hold the truth no less often.',
             '- **Naive**: recovery at 26 weeks among people who had a score then, read as if it were of all who entered '
             'treatment. How much it is too high on average, in percentage points, and how often its interval misses. In '
             '`plain` too it is too high, since those still there have had more treatment. (In `true_effect` those still '
             'there are also people of usual care.)', '',
             '## Practitioners alike', *head, *(row(f'`{label}`', *of) for label, of in alike.items()), '']
    lines += [f'- `{label}`, {name}: {t.covered} of {t.seeds}' for label, name, t in outside(alike)] or [
        'No statement lies outside its band.']
    n = sum(by == 'interval' for found, _ in alike.values() for by, _ in found.values())
    lines += ['', f'Of {n} shares of intervals {n * (1 - BAND):.1f} would lie outside by chance alone; scenarios share '
              'much of their chance, so that they are not independent.']
    lines += ['', '## Practitioners who differ', '',
              'The intervals of `outcome` take people to be independent. People of one practitioner are not, and the more '
              'practitioners differ, the more too narrow the intervals are.',
              *head, *(row(f'`{label}`', *of) for label, of in differ.items()), '']
    lines += [f'- `{label}`, {name}: {t.covered} of {t.seeds}' for label, name, t in outside(differ)]
    lines += ['', *truth_controls.section(controlled)]
    return '\n'.join(lines).rstrip('\n') + '\n'


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('rapport')
    parser.add_argument('--seeds', type=int, default=200)
    parser.add_argument('--clients', type=int, default=600)
    parser.add_argument('--scenarios')
    parser.add_argument('--write')
    chosen = parser.parse_args()
    names = chosen.scenarios.split(',') if chosen.scenarios else scenarios(chosen.rapport)
    jobs = [(name, True) for name in names] + [(name, False) for name in names if name in DIFFER]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        done = pool.map(lambda job: tally(chosen.rapport, job[0], chosen.seeds, chosen.clients, alike=job[1]), jobs)
        results = dict(zip(jobs, done))
        found = controls(chosen.rapport, chosen.seeds, pool)
    alike, differ = ({name: found for (name, is_alike), found in results.items() if is_alike == which}
                     for which in (True, False))
    text = page(alike, differ, found, chosen.seeds, chosen.clients)
    if chosen.write:
        with open(chosen.write, encoding='utf-8') as file:  # what truth_models.py made stays
            _, mark, models = file.read().partition(MODELS)
        with open(chosen.write, 'w', encoding='utf-8') as file:
            file.write(text + mark + models)
    else:
        print(text, end='')
    sys.exit(1 if outside(alike) else 0)


if __name__ == '__main__':
    main()
