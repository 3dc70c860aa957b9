#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three readers from one run: each report holds what the next holds and no more, what is hidden in one is hidden in
all, and none holds a story, a day of anybody's, or an identifier."""
import csv
import datetime
import html
import json
import os
import re
import tempfile

from cli import BEAT_THE_BLUES, ROOT, answers_of, good, refused, study  # noqa: I001 (cli finds plain_tap)
from plain_tap import contains, equal, run

READERS = ('public', 'service', 'full')
ENDINGS = {'html': 'html', 'json': 'json', 'csv': 'csv', 'text': 'txt'}
HAVE_HEADLINES = ('outcome', 'pathway', 'assessor', 'alliance', 'coverage')
TINY = os.path.join(ROOT, 'tests/data/tiny-service')


def made_for_readers(*arguments, form='json', **more):
    """{reader: text} of one run."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'out')
        done = good('evaluate', *arguments, '--readers', ','.join(READERS), '--format', form, '-o', out, '--no-clock',
                    **more)
        equal(done.out, '', 'standard output')
        equal(sorted(os.listdir(out)), sorted(f'{reader}.{ENDINGS[form]}' for reader in READERS))
        return {reader: read(os.path.join(out, f'{reader}.{ENDINGS[form]}')) for reader in READERS}


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def text_of(page):
    return html.unescape(re.sub('<[^>]*>', ' ', page.split('</head>')[1]))


def simulated(folder, clients=400, seed=7):
    service = os.path.join(folder, 'service')
    good('simulate', '--clients', str(clients), '--seed', str(seed), '-o', service, '--quiet')
    return service


# ---- each holds what the next holds ---------------------------------------------------------------------------------

def pieces(answer):
    """Statements, tables and charts as texts, each once for every time that it is there."""
    return sorted(kind + json.dumps(piece) for kind in ('statements', 'tables', 'charts') for piece in answer[kind])


def is_part_of(part, whole):
    left = list(whole)
    for piece in part:
        if piece not in left:
            return False
        left.remove(piece)
    return True


def hidden_in(value):
    """How many numbers of it are hidden, each statement and each point counted once."""
    if isinstance(value, dict):
        if value.get('suppressed') or any(isinstance(v, dict) and v.get('suppressed') for v in value.values()):
            return 1
        return sum(hidden_in(inner) for inner in value.values())
    return sum(hidden_in(inner) for inner in value) if isinstance(value, list) else 0


def nested(*arguments):
    told = {reader: json.loads(text) for reader, text in made_for_readers(*arguments).items()}
    plain = answers_of(*arguments, '--no-clock')
    equal(told['full']['answers'], plain['answers'], 'the full report and the one without readers')
    equal(told['full']['provenance'], plain['provenance'])
    for less, more in zip(READERS, READERS[1:]):
        equal([a['question'] for a in told[less]['answers']], [a['question'] for a in told[more]['answers']])
        for one, other in zip(told[less]['answers'], told[more]['answers']):
            assert is_part_of(pieces(one), pieces(other)), f'{one["question"]}: {less} holds what {more} does not'
            equal((one['caveats'], one['lead']), (other['caveats'], other['lead']))
    for reader in ('public', 'service'):
        equal(told[reader]['provenance']['inputs'], [], 'files read')
        for answer in told[reader]['answers']:  # of charts also what is no more there is counted, so at least as many
            seen = hidden_in([answer['statements'], answer['tables'], answer['charts']])
            assert answer['n_suppressed'] >= seen, f'{answer["question"]}: {answer["n_suppressed"]}, seen {seen}'
            if not answer['charts']:
                equal(answer['n_suppressed'], seen, answer['question'])
    return told


def test_public_is_part_of_service_and_service_of_full():
    with tempfile.TemporaryDirectory() as folder:
        told = nested(simulated(folder))
    sizes = {reader: sum(len(pieces(a)) for a in told[reader]['answers']) for reader in READERS}
    assert 20 < sizes['public'] < sizes['service'] < sizes['full'], sizes
    assert any(hidden_in(a['tables']) for a in told['public']['answers']), 'nothing is hidden: nothing was tried'
    kinds = {reader: {c['kind'] for a in told[reader]['answers'] for c in a['charts']} for reader in READERS}
    equal(kinds['full'] - kinds['service'], {'change', 'agreement'}, 'charts of single people')


def test_and_so_of_a_tiny_service_and_of_a_study():
    nested(TINY)
    nested(*BEAT_THE_BLUES)


def test_the_public_report_has_main_statements_tables_and_caveats():
    with tempfile.TemporaryDirectory() as folder:
        told = json.loads(made_for_readers(simulated(folder))['public'])
    for answer in told['answers']:
        assert answer['statements'] or answer['question'] not in HAVE_HEADLINES, f'{answer["question"]} tells anyone nothing'
        for statement in answer['statements']:
            assert not {'arm', 'severity'} & set(statement), f'{statement["id"]} is of a group'
    tables = {t['id'] for a in told['answers'] for t in a['tables']}
    for table in ('outcome.national', 'outcome.definitions.PHQ-9', 'pathway.steps', 'pathway.waits', 'assessor.telling',
                  'alliance.scales.WAI-SR, client'):
        assert table in tables, f'{table} is not in {tables}'
    assert any(a['caveats'] for a in told['answers'])


def test_the_public_report_tells_no_period_shorter_than_a_year():
    short = re.compile(r'(?<![\w-])\d{4}-\d\d(?![\w-])|quarter \d|\b(January|February|March|April|June|July|August|'
                       r'September|October|November|December) \d{4}')
    with tempfile.TemporaryDirectory() as folder:
        service = simulated(folder)
        for form in ENDINGS:
            told = made_for_readers(service, form=form)
            text = re.sub('sha256-[^\']*', '', told['public'])
            assert not short.search(text), f'{form}: {short.search(text)}'
            assert form == 'csv' or short.search(told['service']), f'{form}: the service has no month: nothing was tried'


# ---- for whom ---------------------------------------------------------------------------------------------------------

def test_each_says_at_its_top_for_whom_it_is():
    for form in ENDINGS:
        for reader, text in made_for_readers(TINY, form=form).items():
            if form == 'json':
                top = json.loads(text)
                equal((list(top)[0], top['reader']), ('reader', reader))
                contains(top['for_whom'], f'This is the {reader} report of one run: it is for ')
            elif form == 'csv':
                lines = list(csv.DictReader(text.splitlines()))
                equal({line['reader'] for line in lines}, {reader})
            else:
                words = ' '.join(text_of(text).split() if form == 'html' else text.split())
                place = words.find(f'This is the {reader} report of one run: it is for ')
                first = words.find('How did people change?')
                assert 0 <= place < first, f'{form}, {reader}: at {place}, the first question at {first}'
                assert form != 'html' or f'{reader} report</title>' in text


def test_a_report_for_no_reader_says_nothing_of_readers():
    equal(set(answers_of(TINY)), {'answers', 'provenance'})
    for form in ('text', 'csv', 'html'):
        assert 'of one run' not in good('evaluate', TINY, '--format', form).out, form


def test_what_is_left_out_is_said_where_it_is():
    with tempfile.TemporaryDirectory() as folder:
        told = made_for_readers(simulated(folder, clients=60), form='text')
    words = {reader: ' '.join(text.split()) for reader, text in told.items()}
    contains(words['public'], 'The run tells more of this than is in the report for this reader.')
    assert 'in the report for this reader' not in words['full']


def test_some_readers_alone_and_html_unless_told():
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'out')
        good('evaluate', TINY, '--readers', 'full,public,public', '-o', out)
        equal(sorted(os.listdir(out)), ['full.html', 'public.html'])


def test_the_bytes_are_the_same_for_any_number_of_threads():
    with tempfile.TemporaryDirectory() as folder:
        service = simulated(folder, clients=200)
        equal(made_for_readers(service, '--threads', '1'), made_for_readers(service, '--threads', '2'))


def test_what_cannot_be_is_refused():
    with study() as (folder, arguments):
        def wrong(*more, **how):
            refused('evaluate', *arguments, *more, cwd=folder, status=2, **how)
        wrong('--readers', 'public,everyone', '-o', 'out', naming=['everyone', 'public, service and full'])
        wrong('--readers', 'public,', '-o', 'out', naming=['--readers'])
        wrong('--readers', 'public', naming=['--readers', '-o'])
        wrong('--readers', 'public', '-o', '-', naming=['-o'])
        wrong('--readers', 'full', '-o', 'out', '--suppress', 'off', naming=['--suppress off', 'small numbers'])
        wrong('--readers', 'full', '-o', 'out', '--output-table', 'episodes', naming=['--output-table'])
        wrong('--readers', 'full', '-o', 'out', '--format', 'pdf', naming=['pdf'])
        equal(sorted(os.listdir(folder)), ['bdi.csv', 'map.json'], 'nothing was made')


def test_nothing_is_written_over():
    with study() as (folder, arguments):
        os.mkdir(os.path.join(folder, 'out'))
        with open(os.path.join(folder, 'out', 'public.html'), 'w', encoding='utf-8') as file:
            file.write('of another run')
        refused('evaluate', *arguments, '--readers', 'public', '-o', 'out', cwd=folder, naming=['out'])
        equal(read(os.path.join(folder, 'out', 'public.html')), 'of another run')


# ---- no story, no day, no identifier ------------------------------------------------------------------------------------

def schema():
    """{table: {column: type}} as docs/record.md tells it."""
    tables, table = {}, None
    for line in read(os.path.join(ROOT, 'docs/record.md')).split('\n## Tables\n')[1].split('\n## ')[0].splitlines():
        if line.startswith('### '):
            table = tables.setdefault(line[4:], {})
        found = re.match(r'\| `(\w+)` \| ([^|]*) \|', line)
        if found:
            table[found[1]] = found[2]
    return tables


# Codes of what is measured are no identifiers of people; the names of an arm, of a protocol and of its components are
# shown as the data give them.
SHOWN = {('administrations', 'instrument'), ('scores', 'scale'), ('responses', 'item'), ('referrals', 'arm'),
         ('protocols', 'protocol'), ('protocols', 'component'), ('plans', 'protocol')}
PLANTED = 'zqplanted'


def plant(service, table, columns):
    """Puts the planted word into every identifier and free text of a table, also into one column more."""
    path = os.path.join(service, f'{table}.csv')
    with open(path, encoding='utf-8', newline='') as file:
        lines = list(csv.DictReader(file))
    heads = list(lines[0]) if lines else []
    texts = [c for c in columns if columns[c].startswith('text') and (table, c) not in SHOWN]
    heads += [c for c in texts if c not in heads] + [f'{PLANTED}_more']
    for number, line in enumerate(lines):
        for column, kind in columns.items():
            if column in texts:
                line[column] = f'{PLANTED} words, of {number}'
            elif kind.startswith('id') and (table, column) not in SHOWN and line.get(column):
                line[column] = PLANTED + line[column]
            elif (kind.startswith('open code') and (table, column) not in SHOWN and number % 9 == 0 and
                  column in line):
                line[column] = f'{PLANTED} code'
        line[f'{PLANTED}_more'] = f'{PLANTED} more'
    with open(path, 'w', encoding='utf-8', newline='') as file:
        out = csv.DictWriter(file, heads)
        out.writeheader()
        out.writerows(lines)
    return texts


def days_of(service, tables):
    days = set()
    for table, columns in tables.items():
        with open(os.path.join(service, f'{table}.csv'), encoding='utf-8', newline='') as file:
            for line in csv.DictReader(file):
                days |= {line[c][:10] for c, kind in columns.items() if kind.startswith(('date', 'time')) and line.get(c)}
    return days


def writings(day):
    """A day in the ways in which people write it."""
    d = datetime.date.fromisoformat(day)
    for month in (d.strftime('%B'), d.strftime('%b')):
        yield from (f'{d.day} {month} {d.year}', f'{month} {d.day}, {d.year}')
    yield from (day, d.strftime('%d/%m/%Y'), d.strftime('%m/%d/%Y'), d.strftime('%d.%m.%Y'), d.strftime('%Y/%m/%d'),
                d.strftime('%Y%m%d'))


def planted_service(folder):
    service = simulated(folder, clients=300, seed=3)
    tables = {table: columns for table, columns in schema().items() if table != 'published'}
    assert len(tables) > 20 and sum(len(columns) for columns in tables.values()) > 150, 'docs/record.md was not read'
    texts = [text for table, columns in tables.items() for text in plant(service, table, columns)]
    assert len(texts) >= 6, texts
    days = days_of(service, tables)
    assert len(days) > 300, f'{len(days)} days'
    return service, days


def test_no_story_no_day_and_no_identifier_is_in_any():
    with tempfile.TemporaryDirectory() as folder:
        service, days = planted_service(folder)
        check = json.loads(good('check', service, '--format', 'json').out)
        equal([f for f in check['faults'] if f['level'] != 'note'], [], 'all that was planted is read')
        day = re.compile('|'.join(re.escape(w) for d in days for w in writings(d)))
        assert day.search('2022-05-03' if '2022-05-03' in days else min(days)), 'the search finds days'
        for form in ENDINGS:
            told = made_for_readers(service, form=form)
            told['no reader'] = good('evaluate', service, '--format', form, '--no-clock').out
            told['no reader, nothing hidden'] = good('evaluate', service, '--format', form, '--no-clock', '--suppress',
                                                     'off').out
            for reader, text in told.items():
                text = re.sub('[0-9a-f]{64}', '', text)  # digests of files
                assert PLANTED not in text.lower(), f'{form}, {reader}: {around(text, PLANTED)}'
                found = day.search(text)
                assert not found, f'{form}, {reader}: {around(text, found[0])}'


def around(text, word):
    place = text.lower().find(word.lower())
    return text[max(0, place - 200):place + 100]


# ---- periods --------------------------------------------------------------------------------------------------------------

def caveats_of(*arguments):
    return [' '.join(a['caveats']) for a in answers_of(*arguments)['answers']]


def test_a_run_of_a_period_says_that_periods_may_overlap():
    overlap = 'Reports of periods that overlap'
    with tempfile.TemporaryDirectory() as folder:
        service = simulated(folder)
        assert not any(overlap in text or 'The cohort is ' in text for text in caveats_of(service))
        for options, words in (
            (('--from', '2022-06-01', '--to', '2022-08-31'), 'The cohort is people referred from 2022-06-01 to 2022-08-31.'),
            (('--from', '2022-06-01'), 'The cohort is people referred on 2022-06-01 or later.'),
            (('--to', '2022-08-31', '--cohort', 'ended'), 'The cohort is people whose referral ended on 2022-08-31 or earlier.'),
        ):
            for text in caveats_of(service, *options):
                contains(text, words)
                contains(text, overlap)
            for text in caveats_of(service, *options, '--suppress', 'off'):
                contains(text, words)
                assert overlap not in text, 'nothing is hidden that could be worked out'
        told = made_for_readers(service, '--from', '2022-06-01', form='text')
        for text in told.values():
            contains(' '.join(text.split()), overlap)


run(globals())
