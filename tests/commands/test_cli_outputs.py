#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands write: the same bytes twice, whole files or none, JSON and CSV as the contract has them, HTML that
needs nothing from outside."""
import csv
import io
import json
import os
import re
from html.parser import HTMLParser

from cli import BEAT_THE_BLUES, HEADER, answers_of, good, rapport, refused, rows, study  # noqa: I001
from plain_tap import contains, equal, run

FORMATS = ('text', 'json', 'csv', 'html')
STATEMENT = {'id', 'text', 'unit', 'numerator', 'denominator', 'cohort', 'estimate', 'lower', 'upper', 'level', 'method',
             'confirmed'}


def evaluate(*arguments, **more):
    return good('evaluate', *arguments, '--no-clock', text=False, **more).out


def test_two_runs_give_the_same_bytes():
    for form in FORMATS:
        equal(evaluate(*BEAT_THE_BLUES, '--format', form), evaluate(*BEAT_THE_BLUES, '--format', form), form)


def test_any_number_of_threads_gives_the_same_bytes():
    with study(csv=HEADER + rows(9000)) as (folder, arguments):  # three blocks of referrals
        for form in FORMATS:
            one = evaluate(*arguments, '--format', form, '--threads', '1', cwd=folder)
            for threads in ('2', '5'):
                many = evaluate(*arguments, '--format', form, '--threads', threads, cwd=folder)
                equal(many.replace(b'--threads ' + threads.encode(), b'--threads 1'), one, f'{form}, {threads} threads')


def test_the_order_of_rows_changes_no_number():
    lines = rows(40).splitlines(keepends=True)
    found = []
    for order in (lines, lines[::-1]):
        with study(csv=HEADER + ''.join(order)) as (folder, arguments):
            found.append(answers_of(*arguments, '--no-clock', '--suppress', 'off', cwd=folder)['answers'][0]['statements'])
    equal(*found)


def test_the_clock_is_in_unless_it_is_left_out():
    def provenance(*more):
        return answers_of(*BEAT_THE_BLUES, *more)['provenance']
    assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', provenance()['made_at'])
    assert 'made_at' not in provenance('--no-clock')


def test_provenance_names_the_inputs_with_their_hashes():
    provenance = answers_of(*BEAT_THE_BLUES, '--seed', '7')['provenance']
    equal(provenance['seed'], 7)
    found = {os.path.basename(i['name']): i for i in provenance['inputs']}
    equal(found['bdi.csv']['rows'], 100)
    equal(found['bdi.csv']['rejected'], 0)
    equal(found['bdi.csv']['bytes'], os.path.getsize(BEAT_THE_BLUES[0]))
    assert re.fullmatch('[0-9a-f]{64}', found['bdi.csv']['sha256'])


def test_standard_output_and_a_file_get_the_same_bytes():
    with study() as (folder, arguments):
        for form in FORMATS:
            there = evaluate(*arguments, '--format', form, '-o', '-', cwd=folder)
            equal(evaluate(*arguments, '--format', form, '-o', 'out', cwd=folder), b'', 'standard output')
            with open(os.path.join(folder, 'out'), 'rb') as file:
                here = file.read()
            equal(here.replace(b'-o out', b'-o -'), there, form)


def test_a_report_s_name_tells_its_format():
    with study() as (folder, arguments):
        evaluate(*arguments, '-o', 'report.html', cwd=folder)
        with open(os.path.join(folder, 'report.html'), encoding='utf-8') as file:
            assert file.read().lower().startswith('<!doctype html>')


def test_a_file_that_cannot_be_written_leaves_nothing():
    with study() as (folder, arguments):
        refused('evaluate', *arguments, '-o', 'nowhere/report.html', cwd=folder, naming=['nowhere/report.html'])
        equal(sorted(os.listdir(folder)), ['bdi.csv', 'map.json'])


def test_a_run_that_fails_leaves_the_old_file_alone():
    with study(csv='') as (folder, arguments):
        with open(os.path.join(folder, 'report.html'), 'w', encoding='utf-8') as file:
            file.write('old')
        refused('evaluate', *arguments, '-o', 'report.html', cwd=folder)
        with open(os.path.join(folder, 'report.html'), encoding='utf-8') as file:
            equal(file.read(), 'old')
        equal(sorted(os.listdir(folder)), ['bdi.csv', 'map.json', 'report.html'])


def test_a_good_run_replaces_the_old_file_whole():
    with study() as (folder, arguments):
        with open(os.path.join(folder, 'report.json'), 'w', encoding='utf-8') as file:
            file.write('x' * 10_000_000)
        good('evaluate', *arguments, '--format', 'json', '-o', 'report.json', cwd=folder)
        with open(os.path.join(folder, 'report.json'), encoding='utf-8') as file:
            json.load(file)
        equal(sorted(os.listdir(folder)), ['bdi.csv', 'map.json', 'report.json'])


def test_json_has_what_the_contract_names():
    whole = answers_of(*BEAT_THE_BLUES, '--suppress', 'off')
    for answer in whole['answers']:
        for member in ('question', 'title', 'needs_missing', 'statements', 'tables', 'charts', 'caveats'):
            assert member in answer, member
        for statement in answer['statements']:
            equal(STATEMENT - set(statement), set(), f'lacking in {statement["id"]}')
            assert re.fullmatch(r'[a-z0-9_]+(\.[a-z0-9_]+)+', statement['id']), statement['id']
        for table in answer['tables']:
            for row in table['rows']:
                equal(len(row), len(table['columns']), table['id'])
    for member in ('version', 'inputs', 'seed'):
        assert member in whole['provenance'], member


def test_no_number_travels_alone():
    seen = 0
    for answer in answers_of(*BEAT_THE_BLUES, '--suppress', 'off')['answers']:
        for s in answer['statements']:
            seen += 1
            assert s['cohort'], s['id']
            if s['numerator'] is not None:
                assert 0 <= s['numerator'] <= s['denominator'], s
            if None not in (s['estimate'], s['lower'], s['upper']):
                assert s['lower'] <= s['estimate'] <= s['upper'], s
                assert s['method'], s
    assert seen >= 20, f'{seen} statements'


def test_every_statement_made_is_listed():
    listed = good('evaluate', '--list-statements').out
    for answer in answers_of(*BEAT_THE_BLUES, '--suppress', 'off')['answers']:
        for statement in answer['statements']:
            contains(listed, statement['id'])


def test_csv_has_the_statements_of_the_json():
    table = list(csv.DictReader(io.StringIO(good('evaluate', *BEAT_THE_BLUES, '--suppress', 'off', '--format', 'csv').out)))
    statements = [s for a in answers_of(*BEAT_THE_BLUES, '--suppress', 'off')['answers'] for s in a['statements']]
    equal([row['id'] for row in table], [s['id'] for s in statements])
    equal([row['text'] for row in table], [s['text'] for s in statements])
    for row, statement in zip(table, statements):
        if statement['estimate'] is not None:
            equal(float(row['estimate']), float(statement['estimate']), statement['id'])


def numbers_of_people(value):
    """Every numerator and denominator in a JSON value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ('numerator', 'denominator') and isinstance(inner, int):
                yield inner
            yield from numbers_of_people(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers_of_people(inner)


def test_small_numbers_are_hidden_unless_told_otherwise():
    with study(csv=HEADER + rows(40)) as (folder, arguments):
        shown = list(numbers_of_people(answers_of(*arguments, '--suppress', 'off', cwd=folder)))
        assert any(0 < n < 5 for n in shown), 'the study has no small number to hide'
        hidden = answers_of(*arguments, cwd=folder)
        equal([n for n in numbers_of_people(hidden) if n < 5], [])
        contains(json.dumps(hidden), '{"suppressed": true}')
        for limit in (5, 10):
            equal([n for n in numbers_of_people(answers_of(*arguments, '--suppress', str(limit), cwd=folder)) if n < limit], [])


def test_sentences_do_not_tell_the_numbers_that_are_hidden():
    few = re.compile(r'(?<![\d.,])[1-4] (?:of (?:the )?\d|more\b|people\b)|\bof the [1-4] (?:for|whose|people)')
    shown = [s['text'] for a in answers_of(*BEAT_THE_BLUES, '--suppress', 'off')['answers'] for s in a['statements']]
    assert any(few.search(text) for text in shown), 'there is no small number to hide'
    for answer in answers_of(*BEAT_THE_BLUES)['answers']:
        for text in [s['text'] for s in answer['statements']] + answer['caveats']:
            assert not few.search(text), text
    page = ''.join(Page(good('evaluate', *BEAT_THE_BLUES, '--format', 'html').out).text)
    assert not few.search(page), page[max(0, few.search(page).start() - 80):][:200]


class Page(HTMLParser):
    """Tags, attributes and whether each void-less tag is closed in order."""
    VOID = {'area', 'base', 'br', 'col', 'hr', 'img', 'input', 'link', 'meta', 'wbr'}

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.text = [], [], [], []
        self.feed(text)
        equal(self.open, [], 'tags left open')

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        equal(self.open.pop(), tag, 'closing tag')

    def handle_data(self, data):
        self.text.append(data)


def test_html_needs_no_script_and_no_network():
    page = Page(good('evaluate', *BEAT_THE_BLUES, '--suppress', 'off', '--format', 'html').out)
    for tag in ('script', 'iframe', 'object', 'embed', 'link', 'img', 'base', 'form'):
        assert tag not in page.tags, tag
    for name, value in page.attributes:
        assert not name.startswith('on'), name
        if name in ('href', 'src', 'xlink:href', 'action'):
            assert value.startswith(('#', 'http')), f'{name}={value}'
            assert name == 'href', f'{name}={value}'
    assert 'svg' in page.tags and 'table' in page.tags
    equal(page.tags.count('main'), 1, 'main')
    equal(page.tags.count('h1'), 1, 'h1')


def test_html_ids_are_unique_and_links_lead_somewhere():
    page = Page(good('evaluate', *BEAT_THE_BLUES, '--suppress', 'off', '--format', 'html').out)
    ids = [value for name, value in page.attributes if name == 'id']
    equal(len(ids), len(set(ids)), 'ids')
    for name, value in page.attributes:
        if name in ('href', 'aria-labelledby', 'aria-describedby', 'for', 'headers') and value and (name != 'href' or value[0] == '#'):
            for target in value.lstrip('#').split():
                assert target in ids, f'{name}={value} leads nowhere'


def test_hostile_words_in_data_stay_words():
    evil = '<script>alert(1)</script>"\'&='
    csv_text = (HEADER + rows(40)).replace('CBT', '"' + evil.replace('"', '""') + '"')
    arm = {'column': 'group', 'values': {'TAU': 'usual_care', evil: evil}, 'comparator': 'usual_care'}
    with study(csv=csv_text, arm=arm, name=evil) as (folder, arguments):
        page = good('evaluate', *arguments, '--suppress', 'off', '--format', 'html', cwd=folder).out
        assert '<script' not in page
        contains(''.join(Page(page).text), evil)
        contains(json.dumps(answers_of(*arguments, '--suppress', 'off', cwd=folder)), json.dumps(evil)[1:-1])
        text = good('evaluate', *arguments, '--suppress', 'off', cwd=folder).out
        assert '\x1b' not in text


def test_terminal_control_in_data_does_not_reach_the_terminal():
    with study(csv=HEADER + rows(20) + 'c0999,\x1b[2J,20,10\n') as (folder, arguments):
        for command in ('check', 'evaluate'):
            done = rapport(command, *arguments, cwd=folder)
            assert '\x1b' not in done.out + done.err, command
    items = ','.join(['id'] + [str(i) for i in range(1, 10)]) + '\n'
    with study(csv=items + 'a,\x1b[2J' + ',1' * 8 + '\n') as (folder, _):
        done = rapport('score', 'phq-9', 'bdi.csv', cwd=folder)
        assert '\x1b' not in done.out + done.err, 'score'


def test_a_formula_in_the_data_does_not_run_in_a_spreadsheet():
    evil = '=1+cmd()'
    csv_text = (HEADER + rows(40)).replace('CBT', evil)
    arm = {'column': 'group', 'values': {'TAU': 'usual_care', evil: evil}, 'comparator': 'usual_care'}
    with study(csv=csv_text, arm=arm) as (folder, arguments):
        for more in ((), ('--output-table', 'episodes')):
            text = good('evaluate', *arguments, '--suppress', 'off', '--format', 'csv', *more, cwd=folder).out
            for line in csv.reader(io.StringIO(text)):
                for field in line:
                    assert not field.startswith('='), f'{more}: {field}'


def test_output_tables_have_a_row_each():
    for table, least in (('episodes', 100), ('sessions', 100)):
        text = good('evaluate', *BEAT_THE_BLUES, '--suppress', 'off', '--format', 'csv', '--output-table', table).out
        lines = list(csv.reader(io.StringIO(text)))
        assert len(lines) > least, f'{table}: {len(lines)} lines'
        equal({len(line) for line in lines}, {len(lines[0])}, f'{table}: fields')


def test_a_measure_can_be_chosen():
    statements = answers_of(*BEAT_THE_BLUES, '--suppress', 'off', '--measure', 'BDI-II')['answers'][0]['statements']
    assert statements
    refused('evaluate', *BEAT_THE_BLUES, '--measure', 'PHQ-9', naming=['PHQ-9'])


def test_measures_lists_the_questionnaires_with_licence_and_source():
    text = good('measures').out
    # Issues 2 and 3.
    names = (
        'arm-5 bai bdi-ii biq calpas cfq-11 core-10 core-om gad-7 hai haq-ii ibs-sss ies-r mi-accompanied mi-alone oci '
        'oq-45 pcl-5 pdss phq-15 phq-9 pswq spin srs wai-36 wai-s wai-sr wsas'
    ).split()
    assert [line.split('@')[0] for line in text.splitlines()] == names
    listed = json.loads(good('measures', '--format', 'json').out)
    assert listed
    contains(good('measures', 'wai-36').out, 'key (not confirmed)')
    contains(good('measures', 'ibs-sss').out, 'total only', 'range\n        source: Range 0 to 500')
    one = good('measures', 'phq-9').out
    contains(one.lower(), 'licence')
    contains(one.lower(), 'source')
    refused('measures', 'phq-8', naming=['phq-8', 'phq-9'])


def test_score_scores_and_counts_missing_items():
    items = [f'{i}' for i in range(1, 10)]
    header = ','.join(['id', *items]) + '\n'
    with study(csv=header + 'a,' + ','.join('3' * 9) + '\n' + 'b,' + ','.join('1' * 9) + '\n') as (folder, _):
        table = list(csv.DictReader(io.StringIO(good('score', 'phq-9', 'bdi.csv', '--format', 'csv', cwd=folder).out)))
        equal(len(table), 2)
        equal([float(v) for row in table for k, v in row.items() if k == 'total'], [27.0, 9.0])
    with study(csv=header + 'a,4,' + ','.join('3' * 8) + '\n') as (folder, _):  # PHQ-9 items end at 3
        done = rapport('score', 'phq-9', 'bdi.csv', cwd=folder)
        contains(done.err + done.out, 'bdi.csv:2:3')
    with study(csv=header) as (folder, _):
        refused('score', 'phq-99', 'bdi.csv', cwd=folder, naming=['phq-99', 'phq-9'])


run(globals())
