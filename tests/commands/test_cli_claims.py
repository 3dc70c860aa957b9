#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""rapport claims, and the question claims in a report."""
import contextlib
import json
import os
import tempfile

from cli import ROOT, good, refused  # noqa: I001 (cli finds plain_tap)
from plain_tap import contains, equal, run

SERVICE = os.path.join(ROOT, 'tests/data/tiny-service')
OWN = {'id': 'half-enter', 'title': 'Half enter', 'claim': 'Half of those referred enter treatment.', 'made_by': 'us',
       'bears_on': [{'statement': 'pathway.entered'}], 'at_least': 0.5}


@contextlib.contextmanager
def folder_with(claim):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'mine.json'), 'w', encoding='utf-8') as file:
            json.dump(claim, file)
        yield folder


def claims_of(*arguments):
    return json.loads(good('claims', *arguments, '--format', 'json').out)['claims']


def test_the_list_has_each_verdict():
    claims = claims_of()
    assert len(claims) >= 18, len(claims)
    verdicts = {c['verdict'] for c in claims}
    equal(verdicts, {'supported', 'contradicted', 'not what the source says', 'cannot be told from these data',
                     'source not read'})
    for claim in claims:
        assert claim['rests_on'] and claim['because'], claim['id']


def test_one_is_shown_whole():
    text = good('claims', 'low-intensity-usual-care').out
    contains(text, 'abstract only')
    contains(' '.join(text.split()), 'said of the interaction with severity')
    assert max(len(line) for line in text.splitlines()) <= 80


def test_a_name_that_is_none():
    refused('claims', 'one-session-24', naming=['one-session-24', 'one-session-42'])


def test_ones_own_is_held_against_the_data():
    with folder_with(OWN) as folder:
        answers = json.loads(good('evaluate', SERVICE, '--question', 'pathway,claims', '--claims', folder,
                                  '--suppress', 'off', '--format', 'json').out)['answers']
    pathway, claims = ({s['id']: s for s in a['statements']} for a in answers)
    own, quoted = claims['claims.own'], pathway['pathway.entered']
    for member in ('estimate', 'lower', 'upper', 'numerator', 'denominator', 'cohort', 'method'):
        equal(own[member], quoted[member], member)
    # docs/claims.md: the whole interval has to lie on one side
    verdict = 'supported' if quoted['lower'] >= 0.5 else 'contradicted' if quoted['upper'] < 0.5 else 'cannot be told'
    contains(own['text'], f'Verdict: {verdict}')
    contains(own['text'], quoted['text'])


def test_a_fault_in_ones_own_is_named():
    with folder_with({**OWN, 'vredict': 'supported'}) as folder:
        refused('claims', '--claims', folder, naming=['vredict'])
    with tempfile.TemporaryDirectory() as folder:
        refused('evaluate', SERVICE, '--claims', folder, naming=['.json'])


def test_nothing_hidden_is_quoted():
    """What a report hides in one question it does not tell in another."""
    answers = json.loads(good('evaluate', SERVICE, '--format', 'json').out)['answers']
    said = {s['id']: s for a in answers if a['question'] != 'claims' for s in a['statements']}
    for answer in answers:
        for s in answer['statements']:
            if answer['question'] == 'claims' and s['id'] == 'claims.these_data' and s['numerator'] is not None:
                assert any(o['numerator'] == s['numerator'] and o['estimate'] == s['estimate'] for o in said.values()), s


run(globals())
