#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Right and wrong use of the commands: help, version, exit status 2."""
import os
import re

from cli import BEAT_THE_BLUES, ROOT, good, refused, study  # noqa: I001 (cli finds plain_tap)
from plain_tap import contains, equal, run

COMMANDS = ('evaluate', 'check', 'score', 'measures', 'published')


def version():
    with open(os.path.join(ROOT, 'include/rapport/base.h'), encoding='utf-8') as file:
        return re.search(r'^#define RP_VERSION "(.*)"$', file.read(), re.M)[1]


def test_help_of_the_program_names_each_command():
    done = good('--help')
    for command in COMMANDS:
        contains(done.out, command)
    equal(done.err, '')


def test_help_of_each_command_shows_its_use():
    for command in COMMANDS:
        done = good(command, '--help')
        contains(done.out, f'rapport {command}')
        contains(done.out, '--help')
        equal(done.err, '')


def test_version_is_the_header_s():
    contains(good('--version').out, version())
    for command in COMMANDS:
        contains(good(command, '--version').out, version())


def test_no_command_is_wrong_use():
    refused(status=2, naming=['rapport'])


def test_an_unknown_command_is_wrong_use():
    refused('evalute', 'x.csv', status=2, naming=['evalute', 'evaluate'])


def test_an_unknown_option_is_wrong_use():
    for command in COMMANDS:
        refused(command, '--no-such-option', status=2, naming=['no-such-option'])


def test_an_option_without_its_value_is_wrong_use():
    refused('evaluate', BEAT_THE_BLUES[0], '--map', status=2, naming=['map'])


def test_no_input_is_wrong_use():
    for command in ('evaluate', 'check', 'score'):
        refused(command, status=2)


def test_two_inputs_are_wrong_use():
    refused('evaluate', 'a.csv', 'b.csv', status=2)


def test_a_value_that_is_none_is_wrong_use():
    for option, value in (('--format', 'pdf'), ('--seed', 'x'), ('--seed', '-1'), ('--threads', '0'),
                          ('--threads', 'many'), ('--cohort', 'everybody'), ('--from', '2024-13-01'),
                          ('--to', 'yesterday'), ('--horizon', '-1'), ('--horizon', 'nan'), ('--suppress', 'some'),
                          ('--suppress', '-5'), ('--output-table', 'nothing')):
        refused('evaluate', *BEAT_THE_BLUES, option, value, status=2, naming=[value])


def test_an_unknown_question_is_told_with_those_known():
    refused('evaluate', *BEAT_THE_BLUES, '--question', 'outcom', naming=['outcom', 'outcome'])


def test_statements_are_listed_once_each_with_a_definition():
    text = good('evaluate', '--list-statements').out
    ids = re.findall(r'\b(?:outcome)(?:\.[a-z0-9_]+)+\b', text)
    assert len(set(ids)) >= 10, f'{len(set(ids))} statements'
    starts = re.findall(r'^\W*((?:outcome)(?:\.[a-z0-9_]+)+)\W', text, re.M)
    equal(len(starts), len(set(starts)), 'ids that begin a line')


def test_options_may_stand_anywhere():
    with study() as (folder, (csv, _, map_file)):
        first = good('evaluate', '--map', map_file, '--no-clock', '--format', 'json', csv, cwd=folder).out
        last = good('evaluate', csv, '--format=json', f'--map={map_file}', '--no-clock', cwd=folder).out
        equal(first.count('"statements"'), last.count('"statements"'))
        assert first.count('"id"') > 0


run(globals())
