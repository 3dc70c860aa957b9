#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tools/check_layers finds what it is there to find, in a small house of three floors."""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from plain_tap import contains, equal, run  # noqa: E402

TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'tools', 'check_layers')
HOUSE = {
    'ARCHITECTURE.md': '| Floor | Room | Headers | Holds |\n|---|---|---|---|\n'
                       '| 1 | `src/base/` | `base.h`, `json.h` | memory |\n'
                       '| 2 | `src/models/` | `models.h` | fits |\n'
                       '| 2 | `src/measures/` | `measures.h` | scores |\n'
                       '| 3 | `src/commands/` | | main |\n',
    'src/meson.build': "files('base/text.c', 'models/fit.c', 'models/mixed/lmm.c', 'measures/score.c')\n"
                       "files('commands/main.c')\n",
    'include/rapport/base.h': '',
    'include/rapport/json.h': '#include "rapport/base.h"\n',
    'include/rapport/models.h': '#include "rapport/json.h"\n',
    'include/rapport/measures.h': '',
    'src/base/text.c': '#include <string.h>\n#include "rapport/base.h"\n#include "base/text_parts.h"\n',
    'src/base/text_parts.h': '',
    'src/models/fit.c': '#include "models/mixed/lmm_parts.h"\n',
    'src/models/common/shared_parts.h': '',
    'src/models/mixed/lmm_parts.h': '#include "models/common/shared_parts.h"\n',
    'src/models/mixed/lmm.c': '#include "rapport/models.h"\n#include "models/mixed/lmm_parts.h"\n',
    'src/models/meta/meta_parts.h': '',
    'src/measures/score.c': '#include "rapport/base.h"\n',
    'src/commands/main.c': '#include "rapport/measures.h"\n#include "rapport/models.h"\n',
}


def check(**changes):
    """Exit status and messages for the house with some files changed; '__' in a name stands for '/', '_dot_' for '.'."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in {**HOUSE, **{k.replace('__', '/').replace('_dot_', '.'): v for k, v in changes.items()}}.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)) or root, exist_ok=True)
            with open(os.path.join(root, path), 'w', encoding='utf-8') as file:
                file.write(text)
        done = subprocess.run([sys.executable, TOOL, root], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr.strip()


def refused(word, place, **changes):
    status, said = check(**changes)
    equal(status, 1, 'exit status')
    equal(len(said.splitlines()), 1, f'faults in {said!r}')
    contains(said, f': {word}: ')
    assert said.startswith(place), f'{said!r} does not name {place}'


def test_the_house_as_drawn_passes():
    equal(check(), (0, ''))


def test_a_header_of_a_higher_floor_is_refused():
    refused('include', 'src/base/text.c:2:', src__base__text_dot_c='\n#include "rapport/models.h"\n')


def test_a_neighbour_on_the_same_floor_is_refused():
    refused('include', 'src/measures/score.c:1:', src__measures__score_dot_c='#include "rapport/models.h"\n')


def test_a_public_header_is_held_to_its_room():
    refused('include', 'include/rapport/json.h:1:', include__rapport__json_dot_h='#include "rapport/models.h"\n')


def test_a_private_header_of_a_lower_room_is_refused():
    refused('private', 'src/models/fit.c:1:', src__models__fit_dot_c='#include "base/text_parts.h"\n')


def test_a_neighbouring_family_is_refused():
    refused('private', 'src/models/mixed/lmm.c:1:', src__models__mixed__lmm_dot_c='#include "models/meta/meta_parts.h"\n')


def test_what_families_share_knows_none_of_them():
    refused('private', 'src/models/common/shared_parts.h:1:',
            src__models__common__shared_parts_dot_h='#include "models/meta/meta_parts.h"\n')


def test_an_unknown_room_is_refused():
    refused('room', 'src/attic/box.h:', src__attic__box_dot_h='')


def test_a_file_beside_the_rooms_is_refused():
    refused('room', 'src/box.h:', src__box_dot_h='')


def test_an_unknown_public_header_is_refused():
    refused('room', 'include/rapport/attic.h:', include__rapport__attic_dot_h='')


def test_an_include_of_an_unknown_public_header_is_refused():
    refused('room', 'src/commands/main.c:1:', src__commands__main_dot_c='#include "rapport/attic.h"\n')


def test_two_files_of_one_name_are_refused():
    refused('name', 'src/models/base.h:', src__models__base_dot_h='')


def test_a_file_in_no_list_is_refused():
    refused('list', 'src/base/more.c:', src__base__more_dot_c='')


def test_a_test_in_no_list_is_refused():
    refused('list', 'tests/base/test_more.c:', tests__base__test_more_dot_c='')


def test_a_table_without_rows_is_refused():
    status, said = check(ARCHITECTURE_dot_md='nothing here\n')
    equal(status, 1, 'exit status')
    contains(said, 'no floors\' table')


run(globals())
