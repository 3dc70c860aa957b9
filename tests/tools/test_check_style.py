#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tools/check_style finds what it is there to find."""
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from plain_tap import Skip, contains, equal, run  # noqa: E402

TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'tools', 'check_style')
HEAD = '/* SPDX-License-Identifier: GPL-3.0-or-later */\n'


def check(path, text):
    with tempfile.TemporaryDirectory() as root:
        os.makedirs(os.path.dirname(os.path.join(root, path)) or root, exist_ok=True)
        with open(os.path.join(root, path), 'w', encoding='utf-8') as file:
            file.write(text)
        done = subprocess.run([sys.executable, TOOL, root], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr.strip()


def refused(word, path, text):
    status, said = check(path, text)
    equal(status, 1, f'exit status for {text!r}')
    equal(len(said.splitlines()), 1, f'faults in {said!r}')
    contains(said, f': {word}: ')


def passes(path, text):
    equal(check(path, text), (0, ''), text)


def test_plain_code_passes():
    passes('src/maths/sum.c', HEAD + 'double sum(double x)\n{\n    return x; /* free() is only a word here */\n}\n')


def test_a_missing_licence_line_is_refused():
    refused('spdx', 'src/maths/sum.c', 'int x;\n')
    refused('spdx', 'tools/thing', '#!/bin/sh\necho\n')


def test_each_function_that_can_overrun_is_refused_everywhere():
    for name in 'sprintf strcpy strcat strtok atoi gets alloca'.split():
        refused('banned', 'src/base/text.c', HEAD + f'void f(void)\n{{\n    {name}(x);\n}}\n')
        refused('banned', 'tests/base/test_text.c', HEAD + f'void f(void)\n{{\n    {name}(x);\n}}\n')


def test_allocation_is_base_s_alone():
    for name in 'malloc calloc realloc free'.split():
        code = HEAD + f'void f(void)\n{{\n    {name}(x);\n}}\n'
        refused('banned', 'src/table/reader.c', code)
        passes('src/base/arena.c', code)
        passes('tests/base/test_arena.c', code)


def test_speaking_is_the_commands_alone():
    code = HEAD + 'void f(void)\n{\n    exit(1);\n}\n'
    refused('banned', 'src/table/reader.c', code)
    passes('src/commands/main.c', code)


def test_names_that_only_end_alike_pass():
    passes('src/table/reader.c', HEAD + 'void f(void)\n{\n    rp_arena_free(a);\n    snprintf(b, 1, "");\n}\n')


def test_words_in_comments_and_texts_pass():
    passes('src/table/reader.c', HEAD + '/* never strcpy( */\nconst char *a = "free(";\n')


def test_a_long_file_is_refused():
    refused('long', 'src/table/reader.c', HEAD + 'int x;\n' * 500)
    passes('src/table/reader.c', HEAD + 'int x;\n' * 499)


def test_a_long_function_is_refused():
    if shutil.which('ctags') is None:
        raise Skip('Universal Ctags is not here')
    refused('long', 'src/table/reader.c', HEAD + 'int f(int x)\n{\n' + '    x++;\n' * 78 + '}\n')
    passes('src/table/reader.c', HEAD + 'int f(int x)\n{\n' + '    x++;\n' * 77 + '}\n')


def test_a_path_of_one_machine_is_refused():
    for folder in ('home', 'root', 'tmp'):
        refused('machine', 'README.md', f'see /{folder}/somebody/x\n')
    passes('README.md', 'see docs/home/x, /usr/share and "$HOME/tmp/x"\n')


run(globals())
