#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""evaluate --output-table nhs_monthly: counted again from the tables' CSV files of a simulated service that is parted
among three organisations; hidden and rounded as the publications are; and read back by `rapport published`."""
import calendar
import csv
import io
import json
import os
import statistics
import tempfile
from collections import Counter, defaultdict
from datetime import date, timedelta

from cli import BEAT_THE_BLUES, ROOT, good, rapport, refused  # noqa: I001 (cli finds plain_tap)
from plain_tap import contains, equal, run

TREATMENT = ('treatment', 'assessment_and_treatment', 'review_and_treatment')
ASSESSMENT = ('assessment', 'assessment_and_treatment')
COLUMNS = ['REPORTING_PERIOD_START', 'REPORTING_PERIOD_END', 'GROUP_TYPE', 'ORG_CODE1', 'ORG_NAME1', 'ORG_CODE2',
           'ORG_NAME2', 'MEASURE_ID', 'MEASURE_NAME', 'MEASURE_VALUE_SUPPRESSED']
SERVICES = [{'service_id': 'A', 'name': 'Ash', 'provider_code': 'R1', 'commissioner_code': '00L', 'region': ''},
            {'service_id': 'B', 'name': 'Birch', 'provider_code': 'R2', 'commissioner_code': '00L', 'region': ''},
            {'service_id': 'C', 'name': 'Cedar', 'provider_code': 'R3', 'commissioner_code': '00M', 'region': ''}]


def read(folder, table):
    with open(os.path.join(folder, table + '.csv'), encoding='utf-8', newline='') as file:
        return list(csv.DictReader(file))


def write(folder, table, rows):
    with open(os.path.join(folder, table + '.csv'), 'w', encoding='utf-8', newline='') as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator='\n')
        writer.writeheader()
        writer.writerows(rows)


def make_service(clients='1500'):
    """A simulated service whose referrals go to three services: most to A, a few to C."""
    holder = tempfile.TemporaryDirectory()
    folder = os.path.join(holder.name, 'service')
    good('simulate', '--quiet', '--clients', clients, '--seed', '7', '-o', folder)
    referrals = read(folder, 'referrals')
    for i, row in enumerate(referrals):
        row['service_id'] = 'C' if i % 40 == 3 else 'B' if i % 3 == 1 else 'A'
    write(folder, 'services', SERVICES)
    write(folder, 'referrals', referrals)
    return holder, folder


HOLDER, SERVICE = make_service()


def rows_of(*arguments):
    text = good('evaluate', SERVICE, '--output-table', 'nhs_monthly', '--quiet', *arguments).out
    table = list(csv.reader(io.StringIO(text)))
    equal(table[0], COLUMNS)
    return [dict(zip(COLUMNS, line)) for line in table[1:]]


def key_of(row):
    code = row['ORG_CODE2'] if row['GROUP_TYPE'] == 'Provider' else row['ORG_CODE1']
    return row['REPORTING_PERIOD_START'][:7], row['GROUP_TYPE'], code, row['MEASURE_NAME']


def figures(*arguments):
    return {key_of(row): row['MEASURE_VALUE_SUPPRESSED'] for row in rows_of(*arguments)}


# ---- counted again ----------------------------------------------------------------------------------------------------


def day(text):
    return date.fromisoformat(text) if text else None


def attended(contact):
    return contact['attendance'] in ('attended', 'late_seen') or contact['planned'] == 'false'


def grouped(rows, column='referral_id'):
    found = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


def scores_by_referral():
    """{referral: {instrument: [total scores by the client, in order]}}"""
    totals = {row['administration_id']: row['value'] for row in read(SERVICE, 'scores') if row['scale'] == 'total'}
    replaced = {row['supersedes'] for row in read(SERVICE, 'administrations')}
    found = defaultdict(lambda: defaultdict(list))
    for row in sorted(read(SERVICE, 'administrations'), key=lambda r: (r['date'], r['administration_id'])):
        if row['rater'] == 'client' and totals.get(row['administration_id']) and row['administration_id'] not in replaced:
            found[row['referral_id']][row['instrument']].append(float(totals[row['administration_id']]))
    return found


def wsas_by_referral():
    """{referral: {item: [answers by the client, in order]}}"""
    answers = grouped(read(SERVICE, 'responses'), 'administration_id')
    found = defaultdict(lambda: defaultdict(list))
    for row in sorted(read(SERVICE, 'administrations'), key=lambda r: (r['date'], r['administration_id'])):
        if row['rater'] == 'client' and row['instrument'] == 'wsas':
            for answer in answers[row['administration_id']]:
                if answer['value'].isdigit():
                    found[row['referral_id']][answer['item']].append(int(answer['value']))
    return found


def flags(phq, gad):
    """PHQ-9 of 10 and 6, GAD-7 of 8 and 4; only of people with two scores of both."""
    start, end = phq[0] >= 10 or gad[0] >= 8, phq[-1] >= 10 or gad[-1] >= 8
    change = [(phq[-1] - phq[0]) / 6, (gad[-1] - gad[0]) / 4]
    better, worse = min(change) <= -1, max(change) >= 1
    return start, start and not end, better and not worse, worse and not better


def month_ends(first, last):
    month = date(first.year, first.month, 1)
    while True:
        end = month.replace(day=calendar.monthrange(month.year, month.month)[1])
        if end > last:
            return
        yield end
        month = end + timedelta(days=1)


class Counted:
    """Numerators by (month, kind, code, name), and values whose mean or median is published."""

    def __init__(self):
        self.n, self.values = Counter(), defaultdict(list)

    def groups(self, service):
        return [('All input', 'all'), ('Provider', service['provider_code']), ('SubICB', service['commissioner_code'])]

    def add(self, when, service, name, yes=True):
        for kind, code in self.groups(service):
            self.n[(when.isoformat()[:7], kind, code, name)] += bool(yes)

    def keep(self, when, service, name, value):
        for kind, code in self.groups(service):
            self.values[(when.isoformat()[:7], kind, code, name)].append(value)


def count_again(last):
    contacts, logs = grouped(read(SERVICE, 'contacts')), grouped(read(SERVICE, 'internet_logs'))
    scores, wsas, out = scores_by_referral(), wsas_by_referral(), Counted()
    services = {row['service_id']: row for row in SERVICES}
    for referral in read(SERVICE, 'referrals'):
        service, name = services[referral['service_id']], referral['referral_id']
        received, ended = day(referral['received']), day(referral['ended'])
        seen = [c for c in contacts[name] if attended(c)]
        assessed = sorted(day(c['date']) for c in seen if c['kind'] in ASSESSMENT)
        treated = sorted([day(c['date']) for c in seen if c['kind'] in TREATMENT]
                         + [day(log['to']) for log in logs[name] if log['to']])
        count_events(out, service, referral, received, assessed, treated)
        for c in contacts[name]:
            out.add(day(c['date']), service, 'Count_Appointments')
            out.add(day(c['date']), service, 'Count_ApptsDNA', c['attendance'] == 'did_not_attend')
        for end in month_ends(received, last):
            if ended is None or ended > end:
                count_standing(out, service, end, received, [t for t in treated if t <= end])
        if ended:
            count_end(out, service, referral, ended, seen, treated)
        if ended and len(treated) >= 2:
            count_finished(out, service, ended, received, treated)
            count_outcome(out, service, ended, scores[name])
            for item, letter in (('1', 'W'), ('5', 'R')):
                answers = wsas[name][item]
                if len(answers) > 1:
                    out.add(ended, service, f'Count_PairedWSAS{letter}')
                    out.keep(ended, service, f'Mean_FirstWSAS{letter}', answers[0])
                    out.keep(ended, service, f'Median_LastWSAS{letter}', answers[-1])
    return out


def count_events(out, service, referral, received, assessed, treated):
    out.add(received, service, 'Count_ReferralsReceived')
    out.add(received, service, 'Count_SelfReferrals', referral['source'] == 'B1')
    if assessed:
        wait = (assessed[0] - received).days
        out.add(assessed[0], service, 'Count_FirstAssessment')
        out.add(assessed[0], service, 'Count_FirstAssessment29to56days', 29 <= wait <= 56)
    if treated:
        wait = (treated[0] - received).days
        out.add(treated[0], service, 'Count_AccessingServices')
        out.add(treated[0], service, 'Count_AccessingServices28days', 0 <= wait <= 28)
        out.add(treated[0], service, 'Count_AccessingServices18Weeks', 0 <= wait <= 126)
    if len(treated) > 1:
        gap = (treated[1] - treated[0]).days
        out.add(treated[1], service, 'Count_SecondTreatment')
        out.add(treated[1], service, 'Count_FirstToSecondTreatmentOver28days', gap > 28)
        out.add(treated[1], service, 'Count_FirstToSecondTreatment29to90days', 28 < gap <= 90)


def count_standing(out, service, end, received, treated):
    out.add(end, service, 'Count_WaitingForTreatment', not treated)
    out.add(end, service, 'Count_WaitingForTreatment0to6weeks', not treated and (end - received).days <= 42)
    out.add(end, service, 'Count_OpenReferralNoActivity61to90days', treated and 60 < (end - treated[-1]).days <= 90)
    out.add(end, service, 'Count_OpenReferralNoActivityOver120days', treated and (end - treated[-1]).days > 120)


def count_end(out, service, referral, ended, seen, treated):
    out.add(ended, service, 'Count_EndedReferrals')
    out.add(ended, service, 'Count_EndedCompleted', referral['end_reason'] == '46')
    out.add(ended, service, 'Count_EndedNotSeen', not seen and not treated)
    out.add(ended, service, 'Count_EndedSeenNotTreated', seen and not treated)
    out.add(ended, service, 'Count_EndedTreatedOnce', len(treated) == 1)
    out.add(ended, service, 'Count_EndedBeforeTreatment', not treated)


def count_finished(out, service, ended, received, treated):
    out.add(ended, service, 'Count_FinishedCourseTreatment')
    out.add(ended, service, 'Count_AccessingServices6WeeksFinishedCourseTreatment',
            0 <= (treated[0] - received).days <= 42)
    out.keep(ended, service, 'Mean_ApptsFinishedCourseTreatment', len(treated))
    out.keep(ended, service, 'Median_ApptsFinishedCourseTreatment', len(treated))
    out.keep(ended, service, 'Max_ApptsFinishedCourseTreatment', len(treated))
    out.keep(ended, service, 'gaps', ((treated[-1] - treated[0]).days, len(treated) - 1))


def count_outcome(out, service, ended, scores):
    assert not set(scores) & {'pcl-5', 'oci', 'spin', 'pdss', 'hai', 'mi-alone'}, 'the GAD-7 counts for everybody'
    phq, gad = scores['phq-9'], scores['gad-7']
    out.add(ended, service, 'Count_PairedPHQ9Scores', len(phq) > 1)
    out.add(ended, service, 'Count_OneAnxietyScore', len(gad) == 1)
    out.add(ended, service, 'Count_BothPairedScores', len(phq) > 1 and len(gad) > 1)
    if phq and gad:
        out.add(ended, service, 'Count_NotAtCaseness', phq[0] < 10 and gad[0] < 8)
    if len(phq) > 1 and len(gad) > 1:
        _, recovered, better, worse = flags(phq, gad)
        out.add(ended, service, 'Count_Recovery', recovered)
        out.add(ended, service, 'Count_ReliableRecovery', recovered and better)
        out.add(ended, service, 'Count_ReliableImprovement', better)
        out.add(ended, service, 'Count_ReliableDeterioration', worse)
        out.add(ended, service, 'Count_NoReliableChange', not better and not worse)


def last_month_end(found):
    last = max(month for month, _, _, _ in found)
    year, month = int(last[:4]), int(last[5:])
    return date(year, month, calendar.monthrange(year, month)[1])


def test_every_figure_is_that_of_an_independent_count():
    found = figures('--suppress', 'off')
    again = count_again(last_month_end(found))
    names = {name for _, _, _, name in again.n}
    assert len(names) >= 35, names
    total = 0
    for key, value in found.items():
        if key[3] in names:
            equal(int(value), again.n[key], key)
            total += int(value)
    assert total > 20000, total  # most of them are not 0
    averages = {'Mean': statistics.mean, 'Median': statistics.median, 'Max': max}
    compared = 0
    for key, value in found.items():
        values = again.values.get(key, [])
        how = averages.get(key[3].split('_')[0])
        if key[3] == 'Mean_DaysBetweenTreatments':
            gaps = again.values[key[:3] + ('gaps',)]
            expected = sum(d for d, _ in gaps) / sum(n for _, n in gaps) if gaps else None
        elif how and any(k[3] == key[3] for k in again.values):
            expected = how(values) if values else None
        else:
            continue
        compared += expected is not None
        assert value == '' if expected is None else abs(float(value) - expected) < 1e-9, (key, value, expected)
    assert compared > 500, compared


def test_shares_are_of_the_counts_beside_them():
    found = figures('--suppress', 'off')
    shares = {'Percentage_Recovery': ('Count_Recovery', ('Count_FinishedCourseTreatment', '-Count_NotAtCaseness')),
              'Percentage_ReliableRecovery': ('Count_ReliableRecovery',
                                              ('Count_FinishedCourseTreatment', '-Count_NotAtCaseness')),
              'Percentage_ReliableImprovement': ('Count_ReliableImprovement', ('Count_FinishedCourseTreatment',)),
              'Percentage_ReliableDeterioration': ('Count_ReliableDeterioration', ('Count_FinishedCourseTreatment',)),
              'Percentage_AccessingServices6WeeksFinishedCourseTreatment':
                  ('Count_AccessingServices6WeeksFinishedCourseTreatment', ('Count_FinishedCourseTreatment',)),
              'Percentage_TreatedOnceOfThoseTreated':
                  ('Count_EndedTreatedOnce', ('Count_EndedReferrals', '-Count_EndedBeforeTreatment'))}
    checked = 0
    for key, value in found.items():
        if key[3] in shares:
            over, parts = shares[key[3]]
            of = sum(-int(found[key[:3] + (p[1:],)]) if p[0] == '-' else int(found[key[:3] + (p,)]) for p in parts)
            n = int(found[key[:3] + (over,)])
            assert value == '' if of == 0 else abs(float(value) - 100 * n / of) < 1e-9, (key, value, n, of)
            checked += of > 0
    assert checked > 500, checked


# ---- hidden and rounded ---------------------------------------------------------------------------------------------


def test_counts_are_hidden_below_5_and_rounded_to_5():
    exact, shown = figures('--suppress', 'off'), figures()
    equal(set(shown), set(exact))
    hidden = few = 0
    for key, value in shown.items():
        if not key[3].startswith('Count_'):
            continue
        n = int(exact[key])
        if key[3].startswith('Count_App') and value == '-':
            few += n >= 5  # few people behind more appointments
            continue
        equal(value, '*' if n < 5 else str((n + 2) // 5 * 5), key)
        hidden += value == '*'
    assert 0 < hidden < len(shown) and few > 0


def test_no_rate_is_of_few_and_each_is_a_whole_number():
    exact, shown = figures('--suppress', 'off'), figures()
    seen = 0
    for key, value in shown.items():
        if key[3].startswith('Percentage_') and value != '*':
            equal(value, str(int(float(exact[key]) + 0.5)), key)
            seen += 1
        if key[3].startswith(('Max_', 'Min_')):
            equal(value, '*', key)
    assert seen > 100, seen
    for month, kind, code, name in shown:  # three who recovered not reliably stand in no pair of rates
        if name == 'Percentage_Recovery' and shown[month, kind, code, name] != '*':
            recovered = int(exact[month, kind, code, 'Count_Recovery'])
            reliably = int(exact[month, kind, code, 'Count_ReliableRecovery'])
            assert recovered - reliably not in (1, 2, 3, 4), (month, kind, code)


# Disjoint classes of people; each figure of the file as the classes that it counts, and is of.
FAMILIES = {
    'endings': (3, {'Count_EndedReferrals': '012', 'Count_EndedBeforeTreatment': '0', 'Count_EndedTreatedOnce': '1',
                    'Count_FinishedCourseTreatment': '2', 'Percentage_EndedBeforeTreatment': ('0', '012'),
                    'Percentage_EndedTreatedOnce': ('1', '012'),
                    'Percentage_EndedFinishedCourseTreatment': ('2', '012'),
                    'Percentage_EndedTreatedOnceOrMore': ('12', '012'),
                    'Percentage_FinishedOfThoseTreated': ('2', '12'),
                    'Percentage_TreatedOnceOfThoseTreated': ('1', '12')}),
    'waits': (3, {'Count_AccessingServices6WeeksFinishedCourseTreatment': '0',
                  'Count_AccessingServices18WeeksFinishedCourseTreatment': '01',
                  'Count_FinishedCourseTreatment': '012',
                  'Percentage_AccessingServices6WeeksFinishedCourseTreatment': ('0', '012'),
                  'Percentage_AccessingServices18WeeksFinishedCourseTreatment': ('01', '012')}),
    'change': (3, {'Count_ReliableImprovement': '0', 'Count_ReliableDeterioration': '1',
                   'Count_FinishedCourseTreatment': '012', 'Percentage_ReliableImprovement': ('0', '012'),
                   'Percentage_ReliableDeterioration': ('1', '012')}),
    'recovery': (4, {'Count_NotAtCaseness': '0', 'Count_ReliableRecovery': '1', 'Count_Recovery': '12',
                     'Count_FinishedCourseTreatment': '0123', 'Percentage_NotAtCaseness': ('0', '0123'),
                     'Percentage_Recovery': ('12', '123'), 'Percentage_ReliableRecovery': ('1', '123')}),
}


def fits(classes, figure, shown):
    """Whether these sizes of classes would have been printed so; what is hidden tells what docs say that it tells."""
    if isinstance(figure, str):
        n = sum(classes[int(c)] for c in figure)
        return n < 5 if shown == '*' else n >= 5 and (n + 2) // 5 * 5 == int(shown)
    if shown == '*':
        return True
    n, of = (sum(classes[int(c)] for c in part) for part in figure)
    return of > 0 and int(100 * n / of + 0.5) == int(shown)


def sizes(n_classes, figures_of, shown):
    """Every vector of classes that a reader of the file cannot rule out: the last class is what is left of the whole."""
    spans = {figure: (0, 4) if shown[name] == '*' else (int(shown[name]) - 2, int(shown[name]) + 2)
             for name, figure in figures_of.items() if isinstance(figure, str)}
    found = [()]
    for c in range(n_classes):
        alone = spans.get(str(c))
        whole = spans[''.join(map(str, range(n_classes)))][1]
        found = [v + (n,) for v in found for n in range(max(0, alone[0]) if alone else 0,
                                                         (alone[1] if alone else whole - sum(v)) + 1)]
    return [v for v in found if all(fits(v, figure, shown[name]) for name, figure in figures_of.items())]


def test_a_reader_who_tries_every_number_finds_no_small_one():
    """For each family, month and organisation: the sizes that fit all that is shown never agree on 1 to 4 people."""
    shown, tried, rates = figures(), 0, 0
    for month, kind, code in sorted({key[:3] for key in shown}):
        for name, (n_classes, figures_of) in FAMILIES.items():
            told = {figure: shown[month, kind, code, figure] for figure in figures_of}
            whole = [told[f] for f, c in figures_of.items() if c == ''.join(map(str, range(n_classes)))][0]
            if whole == '*' or int(whole) > 60:  # larger ones are safer, and take long
                continue
            left = sizes(n_classes, figures_of, told)
            assert left, (month, kind, code, name, told)
            tried += 1
            rates += any(v != '*' for f, v in told.items() if f.startswith('Percentage'))
            for c in range(n_classes):
                possible = {v[c] for v in left}
                assert len(possible) > 1 or not possible <= {1, 2, 3, 4}, (month, kind, code, name, c, told)
    assert tried > 200 and rates > 20, (tried, rates)


def test_the_total_can_be_had_as_it_is():
    exact, shown = figures('--suppress', 'off'), figures('--exact-total')
    counted = [k for k in shown if k[1] == 'All input' and k[3] == 'Count_ReferralsReceived']
    assert counted
    plain = 0
    for key in counted:
        assert shown[key] in ('*', '-', exact[key]), key
        plain += shown[key] == exact[key]
        small = [k for k in shown if k[0] == key[0] and k[1] == 'Provider' and k[3] == key[3] and shown[k] == '*']
        if 0 < sum(int(exact[k]) for k in small) < 5:  # the total less the others would tell
            assert shown[key] in '*-', key
    assert plain > 0


def test_more_can_be_hidden_and_not_less():
    strict = figures('--suppress', '20')
    assert all(v == '-' or int(v) >= 20 for k, v in strict.items() if k[3].startswith('Count_'))
    refused('evaluate', SERVICE, '--output-table', 'nhs_monthly', '--suppress', '3', status=2, naming=['below 5'])


# ---- there and back -----------------------------------------------------------------------------------------------------


def published(*arguments):
    """The export of these arguments, read by `rapport published`: each table's rows by its id."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'monthly.csv')
        good('evaluate', SERVICE, '--output-table', 'nhs_monthly', '--quiet', '-o', path, *arguments)
        done = rapport('published', path, '--period', 'all', '--format', 'json')
    equal((done.status, done.err), (0, ''))  # no fault: each row is read
    answer = json.loads(done.out)['answers'][0]
    assert 'Open Government Licence' not in done.out and 'NHS England has published, so' not in done.out
    contains(answer['caveats'][0], 'NHS England has not published these figures')
    return {t['id']: [dict(zip([c['id'] for c in t['columns']], row)) for row in t['rows']] for t in answer['tables']}


def allows(value):
    """What a printed count of less than all of England may be rounded from (docs/published.md)."""
    if value == '*':
        return 0, 4
    n = int(value)
    return (n, n) if n % 5 else (max(5 if n else 0, n - 2), n + 2)


def test_what_is_read_back_is_what_was_written():
    compared = agreeing = 0
    for arguments in ((), ('--suppress', 'off')):
        written, tables = figures(*arguments), published(*arguments)
        for kind, slug in (('Provider', 'provider'), ('SubICB', 'subicb'), ('All input', 'all_input')):
            for rate, count, share, of in (
                    ('recovery.per_case', 'Count_Recovery', 'Percentage_Recovery', None),
                    ('improvement.per_finished', 'Count_ReliableImprovement', 'Percentage_ReliableImprovement',
                     'Count_FinishedCourseTreatment'),
                    ('within_6_weeks.per_finished', 'Count_AccessingServices6WeeksFinishedCourseTreatment',
                     'Percentage_AccessingServices6WeeksFinishedCourseTreatment', 'Count_FinishedCourseTreatment')):
                rows = tables[f'published.{slug}.{rate}']
                assert rows, slug
                for row in rows:
                    key = (row['period'], kind, row['code'])
                    if row['count_low'] is None:
                        continue
                    equal((row['count_low'], row['count_high']), allows(written[key + (count,)]), (key, rate))
                    if of:
                        equal((row['of_low'], row['of_high']), allows(written[key + (of,)]), (key, rate))
                    if row['published'] != 'not published':
                        equal(row['published'], written[key + (share,)], (key, rate))
                    assert row['agrees'] != 'no', (key, rate, row)
                    compared += 1
                    agreeing += row['agrees'] == 'yes'
    assert compared > 300 and agreeing > 150, (compared, agreeing)


# ---- use ---------------------------------------------------------------------------------------------------------------------


def test_the_same_bytes_for_any_number_of_threads():
    one = good('evaluate', SERVICE, '--output-table', 'nhs_monthly', '--quiet', '--threads', '1', text=False).out
    equal(good('evaluate', SERVICE, '--output-table', 'nhs_monthly', '--quiet', '--threads', '3', text=False).out, one)


def test_months_can_be_named():
    whole = figures('--suppress', 'off')
    some = figures('--suppress', 'off', '--from', '2023-03-01', '--to', '2023-04-30')
    equal({key[0] for key in some}, {'2023-03', '2023-04'})
    equal(some, {key: value for key, value in whole.items() if key in some})
    for option, value, word in (('--from', '2023-03-02', 'first'), ('--to', '2023-04-29', 'last')):
        refused('evaluate', SERVICE, '--output-table', 'nhs_monthly', option, value, status=2, naming=[word])


def test_options_that_do_not_go_with_it_are_wrong_use():
    for option, value in (('--question', 'outcome'), ('--measure', 'PHQ-9'), ('--cohort', 'ended'), ('--horizon', '8'),
                          ('--format', 'json')):
        refused('evaluate', SERVICE, '--output-table', 'nhs_monthly', option, value, status=2)
    refused('evaluate', SERVICE, '--exact-total', status=2, naming=['nhs_monthly'])


def test_a_study_without_dates_is_told():
    refused('evaluate', *BEAT_THE_BLUES, '--output-table', 'nhs_monthly', naming=['no dates'])


def test_a_small_service_shows_nothing_of_anybody():
    done = good('evaluate', os.path.join(ROOT, 'tests/data/tiny-service'), '--output-table', 'nhs_monthly')
    values = {row['MEASURE_VALUE_SUPPRESSED'] for row in csv.DictReader(io.StringIO(done.out))}
    equal(values, {'*', '-'})  # -: more appointments than 4, of three people
    contains(done.err, 'is left out')


def test_hostile_names_stay_text():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'services.csv'), 'w', encoding='utf-8') as file:
            file.write('service_id,name,provider_code,commissioner_code\ns,"=1+1,""x""",=R1,+00L\n')
        with open(os.path.join(folder, 'clients.csv'), 'w', encoding='utf-8') as file:
            file.write('client_id\nc\n')
        with open(os.path.join(folder, 'referrals.csv'), 'w', encoding='utf-8') as file:
            file.write('referral_id,client_id,service_id,received,ended\nr,c,s,2023-01-01,2023-01-31\n')
        with open(os.path.join(folder, 'administrations.csv'), 'w', encoding='utf-8') as file:
            file.write('administration_id,referral_id,date,instrument,version,rater\na,r,2023-01-01,phq-9,1,client\n')
        with open(os.path.join(folder, 'scores.csv'), 'w', encoding='utf-8') as file:
            file.write('administration_id,scale,value\na,total,5\n')
        text = good('evaluate', folder, '--output-table', 'nhs_monthly', '--quiet').out
        for line in csv.reader(io.StringIO(text)):
            equal(len(line), len(COLUMNS))
            for field in line:
                assert not field.startswith(('=', '+')), field


def test_every_measure_is_listed_with_its_rule_or_why_it_is_not_made():
    listed = [line.split('\t') for line in good('evaluate', '--list-national-measures').out.splitlines()]
    for row in listed:
        equal(len(row), 5)
        assert row[0] and row[3] and bool(row[1]) != bool(row[4]), row
    equal([(m, n) for m, n, _, _, lack in listed if not lack],
          [(row['MEASURE_ID'], row['MEASURE_NAME']) for row in rows_of('--from', '2023-03-01', '--to', '2023-03-31')
           if row['GROUP_TYPE'] == 'All input'])


run(globals())
