#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in Windows-1252, by declaration: a folder and a mapped file in it give what their twins in UTF-8 give, rejects
in UTF-8 too. Python's own codecs make the twins."""
import csv
import gzip
import hashlib
import io
import json
import os
import shutil
import tempfile

from cli import ROOT, good, rapport, refused, study  # noqa: I001 (cli finds plain_tap)
from plain_tap import contains, equal, run

FAULTY = os.path.join(ROOT, 'tests/data/faulty-service')
HEADER = b'id,group,bdi_pre,bdi_post\n'
REMARK = '"Zoë said: “€ 5, naïve”",'  # in front of a row, so that every place behind it differs between the encodings


def with_remarks(text):
    """A column of remarks before the others; every other row's is not ASCII."""
    lines = text.splitlines()
    return ''.join(('größe,' if i == 0 else REMARK if i % 2 else 'none,') + line + '\n'
                   for i, line in enumerate(lines) if line)


class Twins:
    """The faulty service twice, with remarks: in UTF-8, and in Windows-1252 declared as `label`."""

    def __init__(self, folder, label='windows-1252', pack=lambda data: data, ending=''):
        self.texts, self.folder = {}, folder
        with open(os.path.join(FAULTY, 'datapackage.json'), encoding='utf-8') as file:
            package = json.load(file)
        for name in ('plain', 'coded'):
            os.makedirs(os.path.join(folder, name, 'service'))
        for name in (name for name in os.listdir(FAULTY) if name.endswith('.csv')):
            with open(os.path.join(FAULTY, name), encoding='latin-1', newline='') as file:
                text = self.texts[name] = with_remarks(file.read())
            self.write('plain/service/' + name, text.encode())
            self.write('coded/service/' + name + ending, pack(text.encode('cp1252')))
        self.write('plain/service/datapackage.json', json.dumps(package).encode())
        for resource in package['resources']:
            resource.update(encoding=label, path=resource['path'] + ending)
        self.write('coded/service/datapackage.json', json.dumps(package).encode())

    def write(self, name, data):
        with open(os.path.join(self.folder, name), 'wb') as file:
            file.write(data)

    def checked(self, name, *more, ending=''):
        """What is told of every fault, as rows, and the rejects."""
        top = os.path.join(self.folder, name)
        done = rapport('check', 'service', '--format', 'csv', '--rejects', 'rejects.csv', *more, cwd=top)
        with open(os.path.join(top, 'rejects.csv'), 'rb') as file:
            rejects = file.read()
        told = list(csv.reader(io.StringIO(done.out.replace('.csv' + ending, '.csv'))))
        return told, rejects.decode().replace('.csv' + ending, '.csv')

    def in_characters(self, told):
        """The twin's faults, by the columns of a file with one byte for each character."""
        def moved(level, path, line, column, *rest):
            name = os.path.basename(path)
            if column in ('0', 'column') or name not in self.texts:
                return [level, path, line, column, *rest]
            before = self.texts[name].splitlines()[int(line) - 1].encode()[:int(column) - 1].decode()
            return [level, path, line, str(len(before) + 1), *rest]
        return [moved(*row) for row in told]


def test_faults_and_rejects_are_those_of_the_twin():
    for pack, ending in ((lambda data: data, ''), (gzip.compress, '.gz')):
        with tempfile.TemporaryDirectory() as folder:
            twins = Twins(folder, pack=pack, ending=ending)
            told, rejects = twins.checked('plain')
            assert len(told) > 60 and rejects.count('Zoë said') > 8, (told, rejects)
            expected = twins.in_characters(told)
            assert expected != told  # else it would show nothing
            equal(twins.checked('coded', ending=ending), (expected, rejects))
            equal(twins.checked('coded', '--threads', '1', ending=ending),
                  twins.checked('coded', '--threads', '4', ending=ending))


def test_latin1_is_read_as_windows_1252_and_said():
    for label in ('ISO-8859-1', 'latin1'):
        with tempfile.TemporaryDirectory() as folder:
            twins = Twins(folder, label=label)
            told, rejects = twins.checked('coded')
            notes = [row for row in told if row[4] == 'encoding']
            equal({os.path.basename(row[1]) for row in notes},
                  set(twins.texts) - {'expected.csv', 'goal_ratings.csv'})  # no table; a table that cannot be read
            contains(notes[0][5], 'Declared as ISO 8859-1 in datapackage.json')
            equal([row for row in told if row[4] != 'encoding'], twins.in_characters(twins.checked('plain')[0]))
            contains(rejects, '“€ 5')


def test_what_is_not_declared_is_refused_with_what_to_do():
    with tempfile.TemporaryDirectory() as folder:
        Twins(folder)
        top = os.path.join(folder, 'coded', 'service')
        os.remove(os.path.join(top, 'datapackage.json'))
        done = rapport('check', 'service', cwd=os.path.dirname(top))
        equal(done.status, 1)
        contains(done.out + done.err, 'write "encoding": "windows-1252" in datapackage.json')
    with study(csv=HEADER + b'1,TAU,9,8\nZo\xeb,TAU,9,8\n') as (folder, arguments):
        done = rapport('check', *arguments, cwd=folder)
        contains(done.out, 'bdi.csv:3:3: The byte 0xEB here is not UTF-8 text. Save the file as UTF-8; or, if it is '
                           'Windows-1252, write "encoding": "windows-1252" in the map.')


def test_declarations_that_cannot_be_followed():
    with study(encoding='utf-16') as (folder, arguments):
        refused('evaluate', *arguments, cwd=folder, naming=['map.json', 'utf-16', 'windows-1252'])
    with study(encoding=1252) as (folder, arguments):
        refused('evaluate', *arguments, cwd=folder, naming=['map.json', 'encoding'])
    with study(csv=b'\xef\xbb\xbf' + HEADER + b'1,TAU,9,8\n', encoding='cp1252') as (folder, arguments):
        refused('evaluate', *arguments, cwd=folder, naming=['bdi.csv', 'begins with the mark of UTF-8'])
    for label, told in (('koi8-r', 'The encoding "koi8-r" is none that is read.'), (7, '"encoding" in the resource')):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(FAULTY, os.path.join(folder, 'service'))
            path = os.path.join(folder, 'service', 'datapackage.json')
            with open(path, encoding='utf-8') as file:
                package = json.load(file)
            package['resources'][-2]['encoding'] = label
            with open(path, 'w', encoding='utf-8') as file:
                json.dump(package, file)
            done = rapport('check', 'service', cwd=folder)
            contains(done.out, 'The table published was not read.')
            contains(done.out, told)


def test_a_byte_that_is_undefined_costs_its_row_alone():
    text = HEADER + b'a,TAU,9,8\nZo\xeb,TAU,9,\x9d8\nb,CBT,7,\n'
    with study(csv=text, encoding='Windows-1252') as (folder, arguments):
        done = rapport('check', *arguments, '--rejects', 'rejects.csv', cwd=folder)
        contains(done.out, 'bdi.csv:3:11: The byte 0x9D here is no character of Windows-1252.')
        contains(done.out, '3 rows read, 1 rejected')
        with open(os.path.join(folder, 'rejects.csv'), 'rb') as file:
            assert 'Zoë,TAU,9,'.encode() + b'\x9d8' in file.read()  # as it stands: it is what is wrong


def trial(encoding):
    """Columns and arms of which some are not ASCII, in long layout with labels for occasions."""
    lines = ['Schlüssel,Gruppe,Wann,bdi']
    for i in range(60):
        arm = 'Übliche Versorgung' if i % 2 else 'Therapie “neu”'
        lines += [f'Nr–{i},{arm},früh,{20 + i % 20}', f'Nr–{i},{arm},spät,{10 + i % 17}']
    return ('\r\n'.join(lines) + '\r\n').encode(encoding)


TRIAL = {'layout': 'long', 'client': 'Schlüssel', 'occasion': 'Wann', 'missing': None,
         'arm': {'column': 'Gruppe', 'values': {'Übliche Versorgung': 'usual_care', 'Therapie “neu”': 'cbt'},
                 'comparator': 'usual_care'},
         'instruments': {'BDI-II': {'use': 'bdi-ii', 'rater': 'client', 'scales': {'total': 'bdi'}}}}


def test_a_mapped_file_gives_the_answers_of_its_twin():
    def result(codec, packed=False, **declared):
        data = gzip.compress(trial(codec)) if packed else trial(codec)
        with study(csv=data, **{**TRIAL, **declared}) as (folder, arguments):
            if packed:
                os.rename(os.path.join(folder, 'bdi.csv'), os.path.join(folder, 'bdi.csv.gz'))
                arguments = ('bdi.csv.gz', *arguments[1:])
            made = json.loads(good('evaluate', *arguments, '--format', 'json', '--no-clock', cwd=folder).out)
        equal(made['provenance']['inputs'][0]['sha256'], hashlib.sha256(data).hexdigest())
        equal(made['provenance']['inputs'][0]['bytes'], len(data))
        return made['answers']
    wanted = result('utf-8')
    contains(json.dumps(wanted), 'usual_care')
    equal(result('cp1252', encoding='cp1252'), wanted)
    equal(result('cp1252', encoding='windows-1252', packed=True), wanted)


run(globals())
