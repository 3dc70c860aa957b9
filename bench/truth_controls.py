# SPDX-License-Identifier: GPL-3.0-or-later
"""Nulls and their controls: how often a difference is found where there is none, and where there is one.

A null alone shows little: what never finds anything passes it. So each stands beside a scenario in which there is
something to find, and the share of services in which it is found is the power, at the size that is named.
"""
import collections
import math

ALIKE = 'practitioner_sd=0'

Pair = collections.namedtuple('Pair', 'what question clients found null control')
Made = collections.namedtuple('Made', 'label scenario settings')


def statement(report, about):
    for answer in report['answers']:
        for s in answer['statements']:
            if all(s.get(key) == value for key, value in about.items()):
                return s
    return None


def arms_differ(report):
    """Mean change of the two arms, allocated by chance: does the interval of its difference lie beside 0?"""
    about = {'id': 'outcome.change', 'measure': 'PHQ-9', 'version': 'first_to_last', 'severity': None}
    arms = [statement(report, {**about, 'arm': arm}) for arm in ('treatment', 'usual_care')]
    if any(s is None or s['lower'] is None for s in arms):
        return None
    error = math.hypot(*((s['upper'] - s['lower']) / 2 for s in arms))
    return abs(arms[0]['estimate'] - arms[1]['estimate']) > error


def assessors_differ(report, columns):
    """Reliably improved, of people whom the low-intensity staff assessed less everyone else."""
    table = next((t for a in report['answers'] for t in a['tables'] if t['id'] == 'assessor.standardised.role'), None)
    if table is None:
        return None
    names = [column['id'] for column in table['columns']]
    for row in table['rows']:
        if row[0].startswith('Reliably improved') and 'low intensity' in row[1]:
            lower, upper = (row[names.index(column)] for column in columns)
            return None if lower is None or upper is None else lower > 0 or upper < 0
    return None


def deteriorated_more(report, usual):
    """Reliably deteriorated of those who finished: does the interval lie above the share that is true of `plain`?"""
    s = statement(report, {'id': 'outcome.national_reliable_deterioration'})
    return None if s is None or s['lower'] is None else s['lower'] > usual


CRUDE, STANDARDISED = ('crude_lower', 'crude_upper'), ('difference_lower', 'difference_upper')
BY_SEVERITY = Made('`assessor_by_severity`', 'assessor_by_severity', (ALIKE,))
MATTERS = Made('`assessor_matters`', 'assessor_matters', (ALIKE,))
PLAIN = Made('`plain`', 'plain', (ALIKE,))


def pairs(usual):
    return [
        Pair('Mean change on the PHQ-9 of two arms, from the statements of each', 'outcome', 600,
             arms_differ,
             Made('`true_effect` with `effect=0`', 'true_effect', (ALIKE, 'effect=0')),
             Made('`true_effect`', 'true_effect', (ALIKE,))),
        Pair('Reliably improved by who assessed, standardised', 'assessor', 3000,
             lambda report: assessors_differ(report, STANDARDISED), PLAIN, MATTERS),
        Pair('The same, allocated by severity, as it is', 'assessor', 3000,
             lambda report: assessors_differ(report, CRUDE), BY_SEVERITY, MATTERS),
        Pair('The same, allocated by severity, standardised', 'assessor', 3000,
             lambda report: assessors_differ(report, STANDARDISED), BY_SEVERITY, MATTERS),
        Pair('Reliably deteriorated, of those who finished, more than is true of `plain`', 'outcome', 600,
             lambda report: deteriorated_more(report, usual), PLAIN, Made('`harm`', 'harm', (ALIKE,))),
    ]


def share(found):
    known = [f for f in found if f is not None]
    return f'{100 * sum(known) / len(known):.1f}% of {len(known)}' if known else 'cannot be told'


def section(results):
    """results: [(pair, found in the null, found in the control)]"""
    lines = ['## Nulls and their controls', '',
             'How often a difference is found (a 95% interval that leaves it no doubt) where there is none, and where '
             'there is one: its power. Practitioners alike. Where there is none, 5% is what chance does with a two-sided '
             'interval, and 2.5% where only more counts.', '',
             '| What is looked at | Clients | No difference | found | Difference | found |',
             '|---|---|---|---|---|---|']
    lines += [f'| {pair.what} | {pair.clients} | {pair.null.label} | {share(null)} | {pair.control.label} | '
              f'{share(control)} |' for pair, null, control in results]
    return lines + ['',
                    'Allocation by severity leaves differences within a band of the PHQ-9, which standardising by bands '
                    'cannot take away; reports say that a difference that stays may lie in that.', '',
                    'Those of the alliance stand below. Of `dose_null_stop_when_well` nothing is claimed yet, so there is '
                    'nothing to find ([dose.md](dose.md) tells what landmarks show in it).']
