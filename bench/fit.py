#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times `rapport fit` beside R's lme4, where that is installed, and prints a line a case.

  bench/fit.py RAPPORT lmm|glmm [FILE]

The data are those of RAPPORT_SHARED (../shared); FILE is a further one in the form of sessions_20k.csv. Of the program
the seconds are its own, one thread: reading, preparing and fitting with standard errors, the shortest of three runs; the
peak is of the whole process. Of lme4 they are those of one call by its own defaults, without reading. LME4=off leaves R
out (InstEval takes it most of a minute), LME4_LONGEST (120) is the seconds after which a call is given up.
"""
import json
import os
import shutil
import subprocess
import sys

SESSIONS = 'y ~ session + (1 + session | patient) + (1 | therapist)'
DROPOUT = 'drop ~ base + age + (1 | therapist)'
# name, formula, file below the shared folder, options, R's call
LINEAR = [
    ('sessions_20k', SESSIONS, 'bench/data/sessions_20k.csv', ['--ml', '--df', 'none'],
     'lmer(y ~ session + (1 + session | patient) + (1 | therapist), d, REML = FALSE)'),
    ('sessions_20k df', SESSIONS, 'bench/data/sessions_20k.csv', [],
     'lmer(y ~ session + (1 + session | patient) + (1 | therapist), d)'),
    ('InstEval', 'y ~ 1 + (1 | s) + (1 | d) + (1 | dept)', 'data/InstEval.csv', ['--ml', '--df', 'none'],
     'lmer(y ~ 1 + (1 | s) + (1 | d) + (1 | dept), d, REML = FALSE)'),
]
BINOMIAL = [
    ('dropout_100k', DROPOUT, 'bench/data/dropout_100k.csv', [],
     'glmer(drop ~ base + age + (1 | therapist), d, binomial)'),
    ('dropout_100k q7', DROPOUT, 'bench/data/dropout_100k.csv', ['--quadrature', '7'],
     'glmer(drop ~ base + age + (1 | therapist), d, binomial, nAGQ = 7)'),
]


def ours(rapport, kind, formula, path, options):
    best, peak = None, 0
    for _ in range(3):
        command = [rapport, 'fit', kind, formula, path, *options, '--threads', '1', '--quiet', '--format', 'json']
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            told = child.stdout.read()
            _, how, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(how)
        if child.returncode:
            sys.exit(f'{" ".join(command)} ended with {child.returncode}')
        result = json.loads(told)
        peak = max(peak, usage.ru_maxrss / 1024)
        if best is None or sum(result['seconds'].values()) < sum(best['seconds'].values()):
            best = result
    return best, peak


def has_lme4():
    if os.environ.get('LME4') == 'off' or not shutil.which('Rscript'):
        return False
    asked = subprocess.run(['Rscript', '-e', 'q(status = !requireNamespace("lme4", quietly = TRUE))'], check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return asked.returncode == 0


def peer(call, path):
    """(seconds, log-likelihood), or why there are none."""
    script = ('suppressMessages(library(lme4)); d <- read.csv(commandArgs(TRUE)[1]); '
              f't <- system.time(m <- suppressWarnings(suppressMessages({call}))); '
              'cat(t[["elapsed"]], format(as.numeric(logLik(m)), digits = 15))')
    longest = float(os.environ.get('LME4_LONGEST', '120'))
    try:
        done = subprocess.run(['Rscript', '-e', script, path], capture_output=True, text=True, check=False, timeout=longest)
    except subprocess.TimeoutExpired:
        return f'lme4 has not ended after {longest:.0f} s'
    if done.returncode:
        return 'lme4 failed'
    seconds, likelihood = map(float, done.stdout.split()[-2:])
    return seconds, likelihood


def line(name, result, peak, other):
    seconds = result['seconds']
    ours_alone = seconds['prepare'] + seconds['fit'] + seconds['infer']
    text = (f'{name:<16} {result["n"]:>8} rows  read {seconds["read"]:7.3f}  prepare {seconds["prepare"]:7.3f}  '
            f'fit {seconds["fit"]:7.3f}  infer {seconds["infer"]:7.3f} s  {peak:6.1f} MB  '
            f'log-likelihood {result["log_lik"]:.6f}')
    if isinstance(other, str):
        return f'{text} | {other}'
    return f'{text} | lme4 {other[0]:.3f} s, {other[1]:.6f}, ratio {other[0] / ours_alone:.0f}'


def main(rapport, what, file=None):
    shared = os.environ.get('RAPPORT_SHARED') or os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../shared')
    cases = LINEAR if what == 'lmm' else BINOMIAL
    if file:
        name = os.path.splitext(os.path.basename(file))[0]
        cases = cases + [(name, cases[0][1], os.path.abspath(file), *cases[0][3:])]
    lme4 = has_lme4()
    for name, formula, below, options, call in cases:
        path = os.path.join(shared, below)
        if not os.path.exists(path):
            print(f'{name:<16} no {below}: set RAPPORT_SHARED')
            continue
        result, peak = ours(rapport, what, formula, path, options)
        print(line(name, result, peak, peer(call, path) if lme4 else 'lme4 is not installed, or LME4=off'), flush=True)


if __name__ == '__main__':
    main(*sys.argv[1:])
