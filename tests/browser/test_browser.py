#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts test_report.mjs, with what `tools/setup.sh ci` installs. Where that is not there the tests are skipped, and in
CI that is a failure."""
import os
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
MODULES = os.path.join(HERE, '..', '..', 'build-browser')

if __name__ == '__main__':
    lacking = [name for name in ('node', 'chromium') if not shutil.which(name)]
    lacking += [name for name in ('playwright-core', 'axe-core')
                if not os.path.isdir(os.path.join(MODULES, 'node_modules', name))]
    if not lacking:
        os.execlp('node', 'node', os.path.join(HERE, 'test_report.mjs'), sys.argv[1], MODULES, shutil.which('chromium'))
    why = f'{", ".join(lacking)} not there; tools/setup.sh ci installs it'
    if os.environ.get('RAPPORT_CI') == '1':
        print(f'1..1\n# {why}\nnot ok 1 - the report in a browser')
        sys.exit(1)
    print(f'1..1\nok 1 - the report in a browser # SKIP {why}')
