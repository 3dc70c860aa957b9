#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a C file that holds other files as bytes, so that the program needs nothing beside it.

    embed.py SYMBOL OUT.c FILE...

OUT.c defines `const rp_embedded SYMBOL[]` (include/rapport/embedded.h): the files in order of name, then an entry whose
name is NULL. The same files give the same bytes on every machine: no folder, no date. OUT.c appears whole or not at all.
"""

import os
import re
import sys

PER_LINE = 20


def wrong_use(message):
    sys.exit(f"embed.py: {message}\n  Use: embed.py SYMBOL OUT.c FILE...")


def c_text(name):
    """A C string literal. A byte that is not plain goes as a three-digit octal escape, which cannot run on."""
    plain = lambda b: 0x20 <= b < 0x7F and b not in b'"\\?'
    return '"' + "".join(chr(b) if plain(b) else f"\\{b:03o}" for b in name.encode("utf-8")) + '"'


def c_bytes(symbol, number, data):
    padded = data + b"\0"
    rows = [padded[i : i + PER_LINE] for i in range(0, len(padded), PER_LINE)]
    body = "\n".join("    " + "".join(f"{b}," for b in row) for row in rows)
    return f"static const unsigned char {symbol}_{number}[] = {{\n{body}\n}};\n"


def c_file(symbol, files):
    parts = [
        "/* SPDX-License-Identifier: GPL-3.0-or-later */",
        "/* Written by tools/embed.py: change the files that it holds, not this one. */",
        '#include "rapport/embedded.h"',
        "",
        f"extern const rp_embedded {symbol}[];",
        "",
    ]
    parts += [c_bytes(symbol, i, data) for i, (_, data) in enumerate(files)]
    parts.append(f"const rp_embedded {symbol}[] = {{")
    parts += [f"    {{{c_text(name)}, {symbol}_{i}, {len(data)}}}," for i, (name, data) in enumerate(files)]
    parts += ["    {NULL, NULL, 0},", "};", ""]
    return "\n".join(parts)


def read_files(paths):
    files = []
    for path in paths:
        try:
            with open(path, "rb") as file:
                files.append((os.path.basename(path), file.read()))
        except OSError as trouble:
            sys.exit(f"embed.py: {path} cannot be read: {trouble.strerror}")
    files.sort()
    names = [name for name, _ in files]
    for name in names:
        if names.count(name) > 1:
            sys.exit(f"embed.py: two files are called {name}; the program could not tell them apart")
    return files


def main(arguments):
    if len(arguments) < 3:
        wrong_use("too few arguments")
    symbol, out, paths = arguments[0], arguments[1], arguments[2:]
    if not re.fullmatch(r"[a-z][a-z0-9_]*", symbol):
        wrong_use(f"{symbol} is not a name in lower case that C takes")
    text = c_file(symbol, read_files(paths))
    beside = out + ".part"
    try:
        with open(beside, "w", encoding="ascii", newline="\n") as file:
            file.write(text)
        os.replace(beside, out)
    except OSError as trouble:
        sys.exit(f"embed.py: {out} cannot be written: {trouble.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
