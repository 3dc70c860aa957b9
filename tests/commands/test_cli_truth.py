#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports on five simulated services a scenario cover what is true (docs/truth.md has many more). Seeds are fixed."""
import os
import sys

from cli import RAPPORT, ROOT  # noqa: I001 (cli finds plain_tap)
from plain_tap import equal, run

sys.path.insert(0, os.path.join(ROOT, 'bench'))
import truth  # noqa: E402

SEEDS, REFERENCE = 5, '15000'


def covers_enough(scenario, clients):
    found, naive = truth.tally(RAPPORT, scenario, SEEDS, clients, REFERENCE)
    assert len(found) > 60, len(found)
    equal(truth.verdicts(found), [], scenario)
    for kind in ('interval', 'range'):
        tallies = [t for by, t in found.values() if by == kind]
        share = sum(t.covered for t in tallies) / sum(t.seeds for t in tallies)
        # The statements of one service hang together, so that the share of all of them varies nearly as that of one:
        # of five 95% intervals fewer than four cover once in 40 times.
        assert share >= 0.8, f'{scenario}: {kind}s cover {share}'
    return sum(excess for excess, _ in naive) / len(naive)


def test_plain_is_covered():
    covers_enough('plain', 300)


def test_completers_rates_mislead_where_leaving_hangs_on_severity():
    """Said of all who entered, the rate of those still there is too high where the worse leave, too low where the better
    do, and right where staying goes with nothing. A rate of 190 people has a standard error of 0.036, and the mean of five
    services, with two measures that go together, one of 0.016: the bounds are two of these. Those still there have also
    had more treatment, which takes from the difference where the better leave, so that its sign alone is held."""
    assert covers_enough('dropout_when_worse', 1500) > 0.032
    assert covers_enough('dropout_when_better', 1500) < 0
    assert abs(covers_enough('no_effect', 1500)) < 0.032


def test_what_is_not_true_is_not_covered():
    found, said = truth.simulated(RAPPORT, 'plain', 1, 800, '1000')
    intervals = [t for t in found if t['covered_by'] == 'interval' and t['statement'].startswith('pathway')]
    assert len(intervals) > 10
    for t in intervals:
        equal(truth.covers(said, {**t, 'value': t['here']}), True, t['statement'])
        equal(truth.covers(said, {**t, 'value': t['here'] + 0.1}), False, t['statement'])


def test_the_band_is_the_binomial_one():
    # By hand: 0.05 ** 5 and 5 * 0.95 * 0.05 ** 4 make 0.00003, and with 10 * 0.95 ** 2 * 0.05 ** 3 it is 0.00116.
    equal(truth.band(5), (2, 5))
    equal(truth.band(200), (179, 198))  # R 4.2.2: qbinom(c(.0005, .9995), 200, .95)


if __name__ == '__main__':
    run(globals())
