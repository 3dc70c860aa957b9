#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each table of the record absent once. A question that could have used it names it, and says what cannot be told and
what could be; every other answer is the same to the last byte."""
import contextlib
import json
import os
import shutil
import tempfile

from cli import ROOT, answers_of, refused  # noqa: I001 (cli finds plain_tap)
from plain_tap import contains, equal, run

SERVICE = os.path.join(ROOT, 'tests/data/tiny-service')

# Nothing can be said without these two.
NEEDED = ('referrals', 'administrations')
# Either of the two will do.
SCORES = ('scores', 'responses')
# What each question says where the table is absent: what cannot be told, and what could be.
USED = {
    'contacts': {
        'outcome': ('not known who was assessed', 'With contacts, shares of each of these could be told.'),
        'pathway': ('how long anybody waited', 'With contacts, each step and each wait could be told.'),
        'assessor': ('not known who was assessed', 'With contacts, it could be told who assessed'),
        'durability': ('not known who finished treatment', 'With contacts, it could be told what is known'),
        'fidelity': ('not known what was delivered in them', 'With contacts, and protocols of them'),
        'alliance': ('stand for sessions', 'With contacts, scores could be told by the session'),
        'alliance-outcome': ('stand for sessions', 'which scores are of one session'),
        'harms': ('not known who entered treatment and who finished', 'With contacts, harms could be told of these'),
        'risk': ('not known who was assessed and who entered', 'With contacts, risks raised could be told of these'),
        'dose': ('not known how much treatment was given', 'With contacts, sessions could be told'),
        'dropout': ('after which session anybody left', 'With contacts, leaving could be told'),
        'equity': ('who of each group was assessed and treated', 'With contacts, each step could be told by group'),
        'practitioner': ('not known who treated whom', 'With contacts, it could be told how far practitioners differ'),
    },
    'clients': {
        'dropout': ('age and employment of people are not known', 'whether they go with leaving'),
        'equity': ('nothing is known of the people', 'With clients, access, waits and outcomes could be told by group'),
        'practitioner': ('as if they were alike', 'With clients, their age could be held'),
    },
    'goals': {
        'alliance': ('does not mean that none were set', 'it could be told who has one'),
    },
    'tasks': {
        'alliance': ('does not mean that none were set', 'it could be told who has one'),
    },
    'goal_ratings': {
        'alliance': ('no ratings of goals', 'whose goals were looked at again'),
    },
    'problems': {
        'outcome': ('by the problem that the referral names', 'With dated problems, it would go by'),
        'assessor': ('by the problem that the referral names', 'With dated problems, they would go by'),
        'equity': ('by the problem that the referral names', 'With dated problems, it would go by'),
        'durability': ('of the problem that the referral names', 'With dated problems, it would go by'),
        'fidelity': ('sorted by the problem that the referral names', 'With dated problems, it would go by'),
        'harms': ('by the problem that the referral names', 'With dated problems, it would go by'),
        'practitioner': ('by the problem that the referral names', 'With dated problems, it would go by'),
    },
    'practitioners': {
        'dropout': ('not known whom people saw', 'how much leaving differs between them'),
        'assessor': ('of those who assessed are not known', 'people could be told by who assessed them'),
    },
    'qualifications': {
        'assessor': ('does not mean that nobody had one', 'by what their assessor had been awarded'),
    },
    'disclosures': {
        'assessor': ('does not mean not told', 'it could be told of whom that is on record'),
    },
    'activities': {
        'dose': ('not known which therapy was given', 'low and high intensity and stepping could be told'),
        'fidelity': ('at which step people were treated', 'it could be told by low and by high intensity'),
        'practitioner': ('at which step people were treated', 'the steps of their sessions could be held'),
    },
    'protocols': {
        'dose': ('not known which components of a protocol were delivered', 'of how many contacts that is on record'),
        'fidelity': ('does not mean that no protocol was followed', 'With protocols, it could be told which'),
    },
    'plans': {
        'dose': ('not known how much was intended', 'sessions received could be told against sessions planned'),
        'fidelity': ('not known what was intended', 'could be held against what was delivered'),
    },
    'events': {
        'harms': ('does not mean that there were none', 'it could be told of whom they are on record'),
        'durability': ('a death only where the referral ended by it', 'With events, it could be told'),
    },
    'internet_logs': {
        'outcome': ('not among those who entered treatment', 'With internet logs, completed courses would count'),
        'pathway': ('not known to have been treated', 'With internet logs, completed courses would count'),
        'assessor': ('counts as not treated', 'With internet logs, completed courses would count'),
        'equity': ('counts as not treated', 'With internet logs, completed courses would count'),
        'dropout': ('are not among the sessions', 'each completed one would count as a session'),
        'dose': ('are not among the sessions', 'each completed one would count as a session'),
        'durability': ('not among those who finished', 'With internet logs, completed courses would count'),
        'fidelity': ('not among those who entered', 'With internet logs, completed courses would count'),
        'harms': ('not among those who entered treatment', 'With internet logs, completed courses would count'),
        'risk': ('not among those who entered treatment', 'With internet logs, completed courses would count'),
        'practitioner': ('not among those who entered treatment', 'With internet logs, completed courses would count'),
    },
    'risks': {
        'risk': ('does not mean that none were raised', 'it could be told of whom one was raised'),
    },
}
# A part of an answer that is left out whole for want of the table says so by itself: the national rule.
REFUSED = {'outcome': ('contacts',), 'harms': ('contacts',)}
# What is there at all is what `coverage` tells: it needs no table, and names every one that is absent in one sentence.
COVERAGE = 'The record has no row in: '
# No other question of this version uses these, so none may call them lacking. A question that begins to use one moves it to
# USED; until then this test fails.
NOT_USED = {
    'services': 'practitioner tells services apart by what referrals say, and names none',
    'pauses': 'waits are told as they were, with pauses in them',
    'diagnoses': 'no question asks for diagnoses',
    'stories': 'stories are told by name alone',
    'published': 'no question reads published figures',
}


@contextlib.contextmanager
def service_without(table):
    with tempfile.TemporaryDirectory() as folder:
        package = os.path.join(folder, 'service')
        shutil.copytree(SERVICE, package)
        with open(os.path.join(package, 'datapackage.json'), encoding='utf-8') as file:
            descriptor = json.load(file)
        descriptor['resources'] = [r for r in descriptor['resources'] if r['name'] != table]
        with open(os.path.join(package, 'datapackage.json'), 'w', encoding='utf-8') as file:
            json.dump(descriptor, file)
        os.remove(os.path.join(package, table + '.csv'))
        yield package


def answers_in(package):
    return {a['question']: a for a in answers_of(package, '--suppress', 'off', '--no-clock')['answers']}


def answers_without(table):
    with service_without(table) as package:
        return answers_in(package)


def questions(answers):
    """All but the one that is about absent tables, and those that quote the others."""
    return {name: answer for name, answer in answers.items() if name not in ('coverage', 'comparison', 'claims')}


WHOLE = answers_in(SERVICE)


def test_every_table_is_accounted_for():
    with open(os.path.join(SERVICE, 'datapackage.json'), encoding='utf-8') as file:
        tables = [r['name'] for r in json.load(file)['resources']]
    equal(len(tables), 24, 'tables of the record')
    equal(sorted([*NEEDED, *SCORES, *USED, *NOT_USED]), sorted(tables), 'tables named here')


def test_a_whole_record_lacks_nothing():
    for name, answer in WHOLE.items():
        equal(answer['needs_missing'], [], name)


def test_a_table_in_use_is_named_with_what_it_would_tell():
    for table, sayings in USED.items():
        for name, answer in questions(answers_without(table)).items():
            if name not in sayings:
                equal(answer, WHOLE[name], f'{name} without {table}')
                continue
            equal(answer['needs_missing'], [table], f'{name} without {table}')
            added = [c for c in answer['caveats'] if c not in WHOLE[name]['caveats']]
            equal(len(added), 1 + (table in REFUSED.get(name, ())), f'sentences of {name} without {table}')
            for part in sayings[name]:
                contains(added[-1], part, f'{name} without {table}')


def test_a_table_not_in_use_is_not_missed():
    for table in NOT_USED:
        equal(questions(answers_without(table)), questions(WHOLE), f'without {table}')


def test_coverage_names_every_absent_table_once():
    for table in [*USED, *NOT_USED]:
        answer = answers_without(table)['coverage']
        equal(answer['needs_missing'], [], f'coverage without {table}')
        naming = [c.removeprefix(COVERAGE) for c in answer['caveats'] if c.startswith(COVERAGE)]
        equal(len(naming), 1, f'sentences of coverage without {table}')
        assert table in naming[0].split('.')[0].split(', '), f'{naming[0]} without {table}'
        assert f'coverage.{table}' not in [s['id'] for s in answer['statements']], table


def test_scores_or_responses_will_do():
    for table in SCORES:
        without = answers_without(table)
        equal(without['pathway'], WHOLE['pathway'], f'pathway without {table}')
        assert without['outcome']['statements'] and without['alliance']['statements'], table
    without = answers_without('responses')
    equal(without['alliance']['needs_missing'], ['responses'])
    equal(without['risk']['needs_missing'], ['responses'])
    contains(without['risk']['caveats'][-1], 'no score tells what somebody answered', 'risk without responses')


def test_without_referrals_or_administrations_nothing_is_said():
    for table in NEEDED:
        with service_without(table) as package:
            refused('evaluate', package, naming=[table])


run(globals())
