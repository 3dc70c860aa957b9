#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the alliance's items measure, in simulated services of which it is known (src/simulation/scenarios.c): where two
items of bond rise by themselves, means of sessions may not be compared; where nothing does, they may."""
import json
import os
import tempfile

from cli import rapport  # noqa: I001 (cli finds plain_tap)
from plain_tap import equal, run


def told(scenario, *options):
    with tempfile.TemporaryDirectory() as beside:
        service = os.path.join(beside, 'service')
        made = rapport('simulate', '--scenario', scenario, '--clients', '2000', '--seed', '3', '--reference', '1000',
                       '-o', service)
        equal(made.status, 0, 'made')
        done = rapport('evaluate', service, '--question', 'alliance', '--format', 'json', '--no-clock', *options)
        equal(done.status, 0, 'asked')
        return json.loads(done.out)['answers'][0]


def labels(answer, name, rater='client'):
    return [s['label'] for s in answer['statements'] if s['id'] == name and s['rater'] == rater]


def test_items_that_rise_by_themselves_are_found():
    for scenario, words in (('item_shift', ': means may not be compared;'), ('alliance_null', ': means may be compared;')):
        over, = labels(told(scenario), 'alliance.invariance.sessions')
        assert over.startswith('Sessions (session 1, session 5)') and words in over, (scenario, over)


def test_the_structure_of_the_simulation_is_found():
    answer = told('plain')  # a facet each of tasks, goals and bond, all alike beside one level (docs/simulation.md)
    for rater in ('client', 'practitioner'):
        best, = labels(answer, 'alliance.factors.best', rater)
        assert 'three factors that correlate' in best and 'which fits well' in best, (rater, best)


def test_scores_alone_tell_dependability_alone():
    with tempfile.TemporaryDirectory() as beside:
        service = os.path.join(beside, 'service')
        equal(rapport('simulate', '--clients', '300', '--without-items', '--reference', '1000', '-o', service).status, 0, 'made')
        done = rapport('evaluate', service, '--question', 'alliance', '--format', 'json', '--no-clock')
        answer = json.loads(done.out)['answers'][0]
        ids = {s['id'] for s in answer['statements']}
        assert 'alliance.dependability.single_session' in ids, ids
        assert not any(i.startswith(('alliance.factors', 'alliance.omega', 'alliance.invariance')) for i in ids), ids


def test_threads_change_no_byte():
    equal(told('plain', '--threads', '1'), told('plain', '--threads', '2'), 'with two threads')


run(globals())
