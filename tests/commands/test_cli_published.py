#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""rapport published: files in, a report out, faults by place. tests/data/published/annual.csv is made up."""
import csv
import io
import json
import os
import tempfile

from cli import ROOT, good, rapport, refused  # noqa: I001 (cli finds plain_tap)
from plain_tap import Skip, contains, equal, run

ANNUAL = os.path.join(ROOT, 'tests/data/published/annual.csv')
FORMATS = ('text', 'json', 'csv', 'html')
SHARED = os.environ.get('RAPPORT_SHARED') or os.path.join(ROOT, '../shared')


def answer(*arguments, **more):
    def no_constant(word):
        raise ValueError(f'{word} is no JSON')
    return json.loads(good('published', *arguments, '--format', 'json', **more).out, parse_constant=no_constant)['answers'][0]


def written(text, name='annual.csv'):
    folder = tempfile.TemporaryDirectory()
    with open(os.path.join(folder.name, name), 'w', encoding='utf-8') as file:
        file.write(text)
    return folder


def statement(found, name, period):
    return [s for s in found['statements'] if s['id'] == name and s.get('occasion') == period][0]


def test_rates_are_those_of_the_file():
    with open(ANNUAL, encoding='utf-8', newline='') as file:
        rows = {row['reporting_period']: row for row in csv.DictReader(file) if row['org_type'] == 'England'}
    found = answer(ANNUAL)
    for period, row in rows.items():
        n = {key: int(value) for key, value in row.items() if value.isdigit()}
        cases = n['finished_course_treatment'] - n['not_at_caseness']
        for name, x, of in (('recovery.per_case', n['recovery'], cases),
                            ('reliable_recovery.per_case', n['reliable_recovery'], cases),
                            ('improvement.per_finished', n['improvement'], n['finished_course_treatment']),
                            ('deterioration.per_finished', n['deterioration'], n['finished_course_treatment'])):
            s = statement(found, f'published.{name}', period)
            equal((s['numerator'], s['denominator']), (x, of), name)
            assert abs(s['estimate'] - x / of) < 1e-15, s
            assert s['lower'] < s['estimate'] < s['upper'] and s['method'] and s['cohort'], s
    agreement = statement(found, 'published.agreement', None)
    equal(agreement['numerator'], agreement['denominator'], 'percentages made from the same counts')


def test_every_statement_made_is_listed():
    listed = good('evaluate', '--list-statements').out
    for s in answer(ANNUAL)['statements']:
        contains(listed, s['id'] + '\t')


def test_a_ratio_of_two_cohorts_has_no_interval_and_no_funnel():
    found = answer(ANNUAL)
    for s in found['statements']:
        if s['id'].endswith(('per_referred', 'per_entered')):
            equal((s['lower'], s['upper'], s['level']), (None, None, None), s['id'])
            contains(s['text'], 'two cohorts')
    funnels = [c for c in found['charts'] if c['kind'] == 'funnel']
    equal(len(funnels), 4)
    for chart in funnels:
        assert chart['table'].endswith(('per_case', 'per_finished')), chart['table']
    ratios = [t for t in found['tables'] if t['id'] == 'published.provider.ratios'][0]
    names = [row[0] for row in ratios['rows']]
    equal(names, sorted(names), 'alphabetical order')
    at = [c['id'] for c in ratios['columns']].index('finished.per_referred.low')
    assert [row[at] for row in ratios['rows'] if row[0] == 'HOLLY'][0] > 100, 'more finished than were referred'


def test_the_same_bytes_twice_and_with_any_number_of_threads():
    for form in FORMATS:
        one = rapport('published', ANNUAL, '--format', form, '--no-clock', '--threads', '1', text=False).out
        equal(rapport('published', ANNUAL, '--format', form, '--no-clock', '--threads', '3', text=False).out, one, form)


def test_a_file_named_twice_changes_no_figure():
    once, twice = answer(ANNUAL), answer(ANNUAL, ANNUAL)
    equal([s['text'] for s in twice['statements']], [s['text'] for s in once['statements']])
    equal(twice['caveats'], once['caveats'])


def test_periods():
    last, every = answer(ANNUAL), answer(ANNUAL, '--period', 'all')
    rows = {name: [t for t in found['tables'] if t['id'] == 'published.provider.recovery.per_case'][0]['rows']
            for name, found in (('last', last), ('every', every))}
    equal({row[2] for row in rows['last']}, {'2024-25'})
    equal({row[2] for row in rows['every']}, {'2023-24', '2024-25'})
    refused('published', ANNUAL, '--period', '2001-02', naming=['2001-02', '2024-25'])


def test_what_is_at_fault_is_told_with_its_place_and_loses_no_neighbour():
    text = ('reporting_period,org_type,org_code,org_name,finished_course_treatment,improvement\n'
            '2024-25,England,All,All,1000,many\n2024-25,Provider,R1,ASH,100,65\n')
    with written(text) as folder:
        done = rapport('published', 'annual.csv', '--format', 'json', cwd=folder)
        equal(done.status, 1)
        contains(done.err, 'annual.csv:2:30:', '"many" is no count')
        tables = [t['id'] for t in json.loads(done.out)['answers'][0]['tables']]
        assert 'published.provider.improvement.per_finished' in tables, tables


def test_files_that_cannot_be_read_are_told():
    with written('id,phq9\n1,2\n') as folder:
        refused('published', 'annual.csv', cwd=folder, place=r'annual\.csv:1:1',
                naming=['annual report, main file', 'monthly activity and performance', 'docs/published.md'])
        refused('published', 'absent.csv', cwd=folder, naming=['absent.csv'])
    with written('reporting_period,org_type,org_code,org_name,improvement\n') as folder:
        refused('published', 'annual.csv', cwd=folder, naming=['no figure'])
    refused('published', status=2, naming=['FILE'])


def test_hostile_names_stay_words():
    evil = '<script>alert(1)</script>'
    text = ('reporting_period,org_type,org_code,org_name,finished_course_treatment,improvement\n'
            f'2024-25,{evil},=1+1,"{evil}\x1b[2J",100,65\n')
    with written(text) as folder:
        page = rapport('published', 'annual.csv', '--format', 'html', cwd=folder).out
        assert '<script' not in page
        assert '\x1b' not in rapport('published', 'annual.csv', cwd=folder).out


def test_csv_has_a_line_a_statement():
    table = list(csv.DictReader(io.StringIO(good('published', ANNUAL, '--format', 'csv').out)))
    equal([row['id'] for row in table], [s['id'] for s in answer(ANNUAL)['statements']])


def test_a_table_as_csv():
    name = 'published.provider.recovery.per_case'
    table = [t for t in answer(ANNUAL)['tables'] if t['id'] == name][0]
    lines = list(csv.reader(io.StringIO(good('published', ANNUAL, '--output-table', name).out)))
    equal(lines[0], [c['id'] for c in table['columns']])
    equal([line[:4] for line in lines[1:]], [row[:4] for row in table['rows']])
    refused('published', ANNUAL, '--output-table', 'published.provider.recovery.per_cas', naming=[name])
    refused('published', ANNUAL, '--output-table', name, '--format', 'html', status=2, naming=['CSV'])


def test_the_files_of_the_reference_are_read_without_a_fault():
    names = ('nhs_measures_2024_25_all_organisations', 'nhs_measures_england_2017_2025', 'nhs_tt_annual_services',
             'nhs_tt_proms_england')
    paths = [os.path.join(SHARED, 'data', f'{name}.csv') for name in names]
    if not all(os.path.exists(path) for path in paths):
        raise Skip('reference data absent')
    found = answer(*paths)
    agreement = statement(found, 'published.agreement', None)
    equal(agreement['numerator'], agreement['denominator'])


run(globals())
