#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inputs that are wrong, empty, thin or hostile: a clear message with a place and a remedy, and no good row lost."""
import copy
import json
import os
import random
import re

from cli import HEADER, MAP, ROOT, answers_of, good, rapport, refused, rows, study  # noqa: I001 (cli finds plain_tap)
from plain_tap import contains, equal, run


def instruments(**changes):
    new = copy.deepcopy(MAP['instruments'])
    new['BDI-II'].update(changes)
    return new


def referred(*arguments, **more):
    """People in the cohort, by the denominators of the statements."""
    statements = answers_of(*arguments, '--suppress', 'off', **more)['answers'][0]['statements']
    return max(s['denominator'] for s in statements if s['denominator'] is not None)


def test_a_file_that_is_not_there():
    with study() as (folder, _):
        refused('evaluate', 'nothing.csv', '--map', 'map.json', cwd=folder, naming=['nothing.csv'])
        refused('check', 'nothing.csv', '--map', 'map.json', cwd=folder, naming=['nothing.csv'])


def test_a_map_that_is_not_there():
    with study() as (folder, _):
        refused('evaluate', 'bdi.csv', '--map', 'nothing.json', cwd=folder, naming=['nothing.json'])


def test_a_csv_without_a_map_is_told_so():
    with study() as (folder, _):
        refused('evaluate', 'bdi.csv', cwd=folder, naming=['bdi.csv', '--map'])


def test_a_folder_without_tables():
    with study() as (folder, _):
        os.mkdir(os.path.join(folder, 'empty'))
        refused('evaluate', 'empty', cwd=folder, naming=['empty'])


def test_an_empty_file():
    with study(csv='') as (folder, arguments):
        refused('evaluate', *arguments, cwd=folder, naming=['bdi.csv', 'empty'])
        refused('check', *arguments, cwd=folder, naming=['bdi.csv', 'empty'])


def test_a_header_only():
    with study(csv=HEADER) as (folder, arguments):
        refused('evaluate', *arguments, cwd=folder, naming=['bdi.csv'])


def test_one_row():
    with study(csv=HEADER + 'c1,CBT,20,5\n') as (folder, arguments):
        good('evaluate', *arguments, cwd=folder)
        equal(referred(*arguments, cwd=folder), 1)


def test_all_missing():
    with study(csv=HEADER + ''.join(f'c{i},CBT,NA,NA\n' for i in range(20))) as (folder, arguments):
        done = rapport('evaluate', *arguments, cwd=folder)
        if done.status != 0:
            refused('evaluate', *arguments, cwd=folder, naming=['bdi.csv'])
        else:
            assert 'nan' not in done.out.lower().split(), done.out


def test_nobody_measured_after():
    with study(csv=HEADER + ''.join(f'c{i},CBT,{20 + i},NA\n' for i in range(20))) as (folder, arguments):
        good('evaluate', *arguments, cwd=folder)
        equal(referred(*arguments, cwd=folder), 20)


def test_everybody_the_same():
    with study(csv=HEADER + ''.join(f'c{i},CBT,20,20\n' for i in range(20))) as (folder, arguments):
        good('evaluate', *arguments, cwd=folder)


def test_an_unknown_column_in_the_map_names_the_nearest():
    with study(client='ids') as (folder, arguments):
        refused('evaluate', *arguments, cwd=folder, naming=['ids', '"id"'])


def test_a_file_whose_columns_have_other_names():
    with study(csv='id,group,bdi_pre,bdi_post_x\nc1,CBT,20,5\n') as (folder, arguments):
        refused('evaluate', *arguments, cwd=folder, naming=['bdi_post'])


def test_columns_that_no_map_names_do_no_harm():
    with study(csv='id,group,note,bdi_pre,bdi_post\n' +
               ''.join(f'c{i},CBT,"a, b",{20 + i},5\n' for i in range(20))) as (folder, arguments):
        equal(referred(*arguments, cwd=folder), 20)


def test_an_unknown_instrument_names_the_nearest():
    with study(instruments=instruments(use='bdi-i')) as (folder, arguments):
        refused('evaluate', *arguments, cwd=folder, naming=['bdi-i', 'bdi-ii'])


def test_an_unknown_scale():
    with study(instruments=instruments(scales={'totl': 'bdi'})) as (folder, arguments):
        refused('evaluate', *arguments, cwd=folder, naming=['totl'])


def test_a_map_with_a_member_that_maps_do_not_have():
    with study(layuot='wide') as (folder, arguments):
        refused('evaluate', *arguments, cwd=folder, naming=['layuot', 'layout'])


def test_maps_that_lack_what_they_need():
    for member in ('name', 'layout', 'occasion', 'instruments'):
        with study(**{member: None}) as (folder, arguments):
            refused('evaluate', *arguments, cwd=folder, naming=['map.json', member])


def test_maps_that_are_no_json_are_told_by_line():
    with study() as (folder, arguments):
        for text in ('', '{', '{"name": "x",\n "layout": }\n', '[1]', 'null', '{"a": 1, "a": 2}', '[' * 100000,
                     '{"name": "\\ud800"}', '\x00'):
            with open(os.path.join(folder, 'map.json'), 'w', encoding='utf-8') as file:
                file.write(text)
            refused('evaluate', *arguments, cwd=folder, naming=['map.json'])


def test_a_score_out_of_range_is_rejected_alone_and_told_by_place():
    with study(csv=HEADER + rows(20) + 'c0999,CBT,64,10\n') as (folder, arguments):  # BDI-II ends at 63
        done = rapport('check', *arguments, cwd=folder)
        equal(done.status, 1)
        contains(done.out, 'bdi.csv:22:11')  # line 22, first byte of the third field
        equal(referred(*arguments, cwd=folder), 21)


def test_a_number_that_is_none_is_told_by_place():
    with study(csv=HEADER + rows(20) + 'c0999,CBT,2O,10\n') as (folder, arguments):
        done = rapport('check', *arguments, cwd=folder)
        equal(done.status, 1)
        contains(done.out, 'bdi.csv:22:11')
        contains(done.out, '2O')


def test_a_row_with_too_few_fields_is_rejected_and_the_others_stay():
    with study(csv=HEADER + rows(20) + 'c0998,CBT\n' + 'c0999,CBT,20,10\n') as (folder, arguments):
        contains(rapport('check', *arguments, cwd=folder).out, 'bdi.csv:22')
        equal(referred(*arguments, cwd=folder), 21)


def test_a_lost_quote_costs_its_row_alone():
    with study(csv=HEADER + rows(20) + 'c0998,"CBT,20,10\n' + 'c0999,CBT,20,10\n') as (folder, arguments):
        contains(rapport('check', *arguments, cwd=folder).out, 'bdi.csv:22')
        equal(referred(*arguments, cwd=folder), 21)


def test_the_same_client_twice_is_a_fault():
    with study(csv=HEADER + rows(20) + 'c0001,CBT,20,10\n') as (folder, arguments):
        done = rapport('check', *arguments, cwd=folder)
        equal(done.status, 1)
        contains(done.out, 'bdi.csv:22')
        equal(referred(*arguments, cwd=folder), 20)


def test_an_arm_that_the_map_does_not_name_is_a_fault():
    with study(csv=HEADER + rows(20) + 'c0999,ACT,20,10\n') as (folder, arguments):
        done = rapport('check', *arguments, cwd=folder)
        equal(done.status, 1)
        contains(done.out, 'bdi.csv:22')
        contains(done.out, 'ACT')


def test_good_data_pass_the_check():
    with study() as (folder, arguments):
        good('check', *arguments, cwd=folder)


def test_line_ends_marks_and_separators_of_other_systems():
    plain = HEADER + rows(20)
    with study() as (folder, arguments):
        kept = answers_of(*arguments, '--no-clock', cwd=folder)['answers']
    variants = {'crlf': (HEADER + rows(40)).replace('\n', '\r\n'), 'mark': '\ufeff' + HEADER + rows(40),
                'semicolon': (HEADER + rows(40)).replace(',', ';'), 'tab': (HEADER + rows(40)).replace(',', '\t'),
                'no last line end': (HEADER + rows(40)).rstrip('\n')}
    assert plain
    for what, csv in variants.items():
        with study(csv=csv) as (folder, arguments):
            equal(answers_of(*arguments, '--no-clock', cwd=folder)['answers'], kept, what)


def test_files_that_are_no_text():
    noise = random.Random(1).randbytes(4096)
    for csv in (noise, b'\x00' * 100, HEADER.encode('utf-16'), b'\xff\xfe' + HEADER.encode('utf-16-le'), b'PK\x03\x04' + noise):
        with study(csv=csv) as (folder, arguments):
            refused('evaluate', *arguments, cwd=folder, naming=['bdi.csv'])


def test_a_row_without_end_stays_within_bounds():
    with study(csv=HEADER + rows(20) + 'c0999,CBT,' + '9' * (40 << 20)) as (folder, arguments):
        rapport('evaluate', *arguments, cwd=folder)  # its limits are checked by rapport()


def test_a_file_of_separators_stays_within_bounds():
    with study(csv=HEADER + rows(20) + ',' * (20 << 20)) as (folder, arguments):
        rapport('evaluate', *arguments, cwd=folder)


def test_a_folder_is_no_file():
    with study() as (folder, _):
        refused('evaluate', 'bdi.csv', '--map', '.', cwd=folder)


def test_a_data_package_that_is_none():
    with study() as (folder, _):
        for text in ('', '{}', '[]', '{"resources": 1}', '{"resources": [{"name": "referrals", "path": "../../x.csv"}]}',
                     '{"resources": [{"name": "referrals", "path": "nothing.csv"}]}'):
            with open(os.path.join(folder, 'datapackage.json'), 'w', encoding='utf-8') as file:
                file.write(text)
            refused('evaluate', '.', cwd=folder, naming=['datapackage.json'] if 'nothing' not in text else ['nothing.csv'])


def test_a_service_in_two_tables():
    with study() as (folder, _):
        service = os.path.join(folder, 'service')
        os.mkdir(service)
        tables = {
            'referrals.csv': 'referral_id,client_id,received\n' +
                             ''.join(f'r{i:02d},c{i:02d},2024-01-{i + 1:02d}\n' for i in range(20)),
            'administrations.csv': 'administration_id,referral_id,date,instrument,version,rater,status\n' +
                                   ''.join(f'a{i:02d}{k},r{i:02d},2024-0{2 + k}-{i + 1:02d},phq-9,1,client,complete\n'
                                           for i in range(20) for k in range(2)),
            'scores.csv': 'administration_id,scale,value\n' +
                          ''.join(f'a{i:02d}{k},total,{20 - 7 * k - i % 5}\n' for i in range(20) for k in range(2)),
        }
        for name, text in tables.items():
            with open(os.path.join(service, name), 'w', encoding='utf-8') as file:
                file.write(text)
        good('check', 'service', cwd=folder)
        equal(referred('service', cwd=folder), 20)
        tables['scores.csv'] += 'nowhere,total,3\n'
        with open(os.path.join(service, 'scores.csv'), 'a', encoding='utf-8') as file:
            file.write('nowhere,total,3\n')
        done = rapport('check', 'service', cwd=folder)
        equal(done.status, 1)
        contains(done.out, 'scores.csv:42')


def test_a_number_that_stands_for_missing_inside_is_no_missing_value():
    with study() as (folder, _):
        service = os.path.join(folder, 'service')
        os.mkdir(service)
        tables = {'clients.csv': 'client_id,birth_year\nc1,1980\nc2,-9223372036854775808\nc3,1981\n',
                  'referrals.csv': 'referral_id,client_id,received\nr1,c1,2024-01-01\n',
                  'administrations.csv': 'administration_id,referral_id,date,instrument,version,rater\n'
                                         'a1,r1,2024-01-02,phq-9,1,client\n',
                  'scores.csv': 'administration_id,scale,value\na1,total,4\n'}
        for name, text in tables.items():
            with open(os.path.join(service, name), 'w', encoding='utf-8') as file:
                file.write(text)
        done = rapport('check', 'service', cwd=folder)
        equal(done.status, 1)
        contains(done.out, 'clients.csv:3:4')
        contains(done.out, '[range]')


def test_maps_in_json_keep_their_words():
    with study(name='Ein Versuch in Köln “1”') as (folder, arguments):
        contains(json.dumps(answers_of(*arguments, cwd=folder), ensure_ascii=False), 'Ein Versuch in Köln')


def test_the_map_of_the_readme_works():
    with open(os.path.join(ROOT, 'README.md'), encoding='utf-8') as file:
        block = re.search(r'^    \{\n(?:    .*\n)+?    \}\n', file.read(), re.M)[0]
    people = ''.join(f'c{i},{10 + i % 10},{5 + i % 7}\n' for i in range(20))
    with study(csv='id,phq_before,phq_after\n' + people) as (folder, arguments):
        with open(os.path.join(folder, 'map.json'), 'w', encoding='utf-8') as file:
            file.write(block)
        good('check', *arguments, cwd=folder)
        equal(referred(*arguments, cwd=folder), 20)


run(globals())
