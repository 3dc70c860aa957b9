#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds what `rapport check --format json` told of a service of bench/make_service.py against what was planted there.

  bench/planted_faults.py FOLDER CHECK.json
"""
import json
import os
import sys
from collections import Counter


def place(fault):
    return os.path.basename(fault['file']), fault['line'], fault['column'], fault['rule'], fault['level']


def compare(folder, told):
    """(planted and told, planted and not told, told and not planted), each a Counter of places."""
    with open(os.path.join(folder, 'faults.json'), encoding='utf-8') as file:
        planted = Counter(map(place, json.load(file)['faults']))
    found = Counter(map(place, told))
    return planted & found, planted - found, found - planted


def main(folder, check):
    with open(check, encoding='utf-8') as file:
        both, missed, besides = compare(folder, json.load(file)['faults'])
    print(f'{"":<12} planted faults told at their place and by their rule: {both.total()}; not told: {missed.total()}; '
          f'told besides: {besides.total()}')
    for what, places in (('not told', missed), ('besides', besides)):
        for one in list(places)[:5]:
            print(what, *one, file=sys.stderr)
    return 1 if missed or besides else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
