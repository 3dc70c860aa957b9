#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`fit reliability`: its JSON, numbers of known data, and what it says of items at fault. Numbers are those of R 4.2.2
with psych 2.2.9, by the call on the line. Those of omega() are good to 4 or 5 digits, since its search ends early;
"to the end": its steps (minres by optim's L-BFGS-B with factr 1e-3, varimax with eps 1e-15, GPArotation's oblimin with
eps 1e-10, Schmid and Leiman as schmid() has it) written out in R."""
import csv
import io
import random

import cli
from cli import good, refused
from fit_case import close, fit, near, shared, table
from plain_tap import equal, run

AGREE = 'A1,A2,A3,A4,A5'
TEN = AGREE + ',C1,C2,C3,C4,C5'
ITEMS = 'a,b,c,d,e,f,g,h,i'
WAI = 'task1,task2,task3,goal1,goal2,goal3,bond1,bond2,bond3'


def made_up(rows=300, seed=4):
    """Nine items of one thing, three by three a little closer; `none` is the same everywhere. Their numbers mean nothing."""
    draw = random.Random(seed)
    lines = ['a,b,c,d,e,f,g,h,i,none']
    for _ in range(rows):
        g, close_by = draw.gauss(0, 1), [draw.gauss(0, 0.7) for _ in range(3)]
        lines.append(','.join(f'{g + close_by[i // 3] + draw.gauss(0, 0.9):.6f}' for i in range(9)) + ',2')
    return '\n'.join(lines) + '\n'


def numbers(text):
    return [[float(x) for x in line.split(',')] for line in text.splitlines()[1:]]


# ---- the contract ----

FIELDS = ['model', 'formula', 'n', 'n_left_out', 'n_complete', 'log_lik', 'aic', 'bic', 'convergence', 'warnings', 'alpha',
          'alpha_lower', 'alpha_upper', 'alpha_interval', 'alpha_standardised', 'average_r', 'mean', 'sd', 'omega_total',
          'omega_hierarchical', 'factors', 'items', 'icc', 'level', 'provenance']


def test_the_fields_are_those_of_the_contract():
    with table(made_up()) as path:
        result = fit('reliability', path, '--items', ITEMS)
        equal(list(result), FIELDS)
        equal(list(result['items'][0]), ['item', 'n', 'mean', 'sd', 'r_drop', 'alpha_dropped', 'general', 'communality'])
        equal(list(result['icc'][0]), ['type', 'icc', 'f', 'df1', 'df2', 'p', 'lower', 'upper'])
        equal((result['model'], result['formula'], result['factors'], result['warnings']),
              ('reliability', ITEMS, 3, []))


def test_definitions():
    """Alpha from variances; without an item it is that of the others; ICC3k is alpha; omega lies between."""
    text = made_up()
    rows = numbers(text)
    def variance(values):
        mean = sum(values) / len(values)
        return sum((v - mean) ** 2 for v in values) / (len(values) - 1)
    parts, whole = sum(variance([r[i] for r in rows]) for i in range(9)), variance([sum(r[:9]) for r in rows])
    with table(text) as path:
        result = fit('reliability', path, '--items', ITEMS)
        close(result['alpha'], 9 / 8 * (1 - parts / whole), 1e-12)
        close(result['icc'][5]['icc'], result['alpha'], 1e-12)
        close(result['mean'], sum(sum(r[:9]) for r in rows) / len(rows) / 9, 1e-12)
        close(result['items'][0]['alpha_dropped'], fit('reliability', path, '--items', ITEMS[2:])['alpha'], 1e-12)
        assert 0 < result['omega_hierarchical'] < result['omega_total'] < 1
        assert result['alpha_lower'] < result['alpha'] < result['alpha_upper']


# ---- known numbers ----

def test_alpha_of_incomplete_rows():
    result = fit('reliability', shared('bfi.csv'), '--items', AGREE)  # alpha(bfi[1:5])
    equal((result['n'], result['n_left_out'], result['n_complete']), (2800, 0, 2709))
    near([result[k] for k in ('alpha', 'alpha_standardised', 'average_r', 'mean', 'sd')],
         [0.431456105281, 0.459819091862, 0.145479056482, 4.21673214286, 0.736851381216], 1e-10)
    near([result['alpha_lower'], result['alpha_upper']], [0.397467473680, 0.464087083969], 1e-9)
    items = result['items']
    equal([i['n'] for i in items], [2784, 2773, 2774, 2781, 2784])
    near([i['r_drop'] for i in items],
         [-0.308417739522, 0.372394824521, 0.476909216600, 0.365301857345, 0.449466380099], 1e-9)
    near([i['mean'] for i in items[:2]] + [i['sd'] for i in items[:2]],
         [2.41343390805, 4.80238009376, 1.40773715052, 1.17202], 1e-6)
    near([i['alpha_dropped'] for i in items],
         [0.718517357027, 0.279015075810, 0.176956232790, 0.253437677862, 0.207927460382], 1e-9)
    assert any(w.startswith('Some items go against the others: A1.') for w in result['warnings']), result['warnings']
    wai = fit('reliability', shared('implement_wai_bai.csv'), '--items', WAI)  # alpha(wai[4:12])
    equal((wai['n'], wai['n_left_out'], wai['n_complete']), (731, 124, 642))
    near([wai[k] for k in ('alpha', 'alpha_standardised', 'average_r', 'mean', 'sd')],
         [0.893994143242, 0.899543035219, 0.498733226146, 3.984833778473, 0.637074879955], 1e-10)
    # alpha.ci(0.893994143242, 731, 9): 855 rows, as alpha() has it, would count those without any item
    near([wai['alpha_lower'], wai['alpha_upper']], [0.882076073110, 0.905151804227], 1e-9)


def test_nine_tests_of_ability():
    items = ','.join(f'x{i}' for i in range(1, 10))
    result = fit('reliability', shared('HolzingerSwineford1939.csv'), '--items', items)
    # x <- HolzingerSwineford1939[paste0("x", 1:9)]; alpha(x)
    near([result[k] for k in ('alpha', 'alpha_standardised', 'average_r', 'mean', 'sd')],
         [0.760488595824792, 0.760402218998014, 0.260699001276242, 4.216482014042082, 0.661379757949313], 1e-10)
    near([result['items'][0][k] for k in ('r_drop', 'mean', 'sd')],
         [0.52203672078405, 4.9357696563787, 1.1674321157985], 1e-9)
    # Feldt's interval of alpha is that of ICC3k, here and in ICC(x, lmer = FALSE)
    near([result['alpha_lower'], result['alpha_upper']], [0.717716865952482, 0.799078832561648], 1e-10)
    near([i['icc'] for i in result['icc']], [0.033886844378161, 0.100050293451868, 0.260790398844165, 0.239936163844353,
                                             0.500139672812397, 0.760488595824792], 1e-10)
    near([result['icc'][1][k] for k in ('lower', 'upper', 'f')], [0.042822618968242, 0.168173177503927, 4.1751665372413], 1e-9)
    # omega(x, nfactors = 3), whose search ends early
    near([result['omega_total'], result['omega_hierarchical']], [0.85083507335662, 0.44924243407081], 1e-5)


def test_the_order_of_rows_does_not_matter():
    with open(shared('bfi.csv'), encoding='utf-8') as file:
        lines = file.read().splitlines()
    with table('\n'.join([lines[0]] + sorted(lines[1:])) + '\n') as other:
        a, b = (fit('reliability', path, '--items', TEN) for path in (shared('bfi.csv'), other))
        for key in ('alpha', 'alpha_lower', 'alpha_upper', 'average_r', 'mean', 'sd'):
            close(a[key], b[key], 1e-12, key)
        near([i['icc'] for i in a['icc']], [i['icc'] for i in b['icc']], 1e-10)
        close(a['omega_total'], b['omega_total'], 1e-7)  # omega is where a search ends
        out = good('fit', 'reliability', other, '--items', TEN).out
        shown = [l for l in out.splitlines() if l.startswith('  ICC')]
        equal(({len(l) for l in shown}, len(shown)), ({79}, 6))


def test_intraclass_correlations():
    # ICC(bfi[complete.cases(bfi[1:5]), 1:5], lmer = FALSE)
    icc = fit('reliability', shared('bfi.csv'), '--items', AGREE)['icc']
    equal([i['type'] for i in icc], ['ICC1', 'ICC2', 'ICC3', 'ICC1k', 'ICC2k', 'ICC3k'])
    near([i['icc'] for i in icc],
         [0.01143403285, 0.08349709985, 0.13138449376, 0.05466978001, 0.31296036714, 0.43061692305], 1e-8)
    near([i['lower'] for i in icc],
         [-0.0005593071179, 0.0410732783492, 0.1159247015128, -0.0028028061069, 0.1763871909771, 0.3959991667464], 1e-8)
    near([i['upper'] for i in icc],
         [0.02407700044, 0.12756047522, 0.14749638371, 0.10980947145, 0.42231802449, 0.46382932573], 1e-8)
    near([icc[0]['f'], icc[1]['f'], icc[0]['p']], [1.057831410, 1.756286831, 3.096549379e-02], 1e-8)
    equal((icc[0]['df1'], icc[0]['df2'], icc[2]['df2']), (2708, 10836, 10832))


def test_omega():
    bfi = shared('bfi.csv')
    # to the end; omega(bfi[1:10], nfactors = K) itself: 0.7835442824 and 0.3807906806; 0.7988479915 and 0.4303985959
    for items, factors, total, hierarchical in ((AGREE, 1, 0.7229431407, 0.7239095421), (AGREE, 2, 0.7469249419, 0.6446953378),
                                                (TEN, 2, 0.7835442893, 0.3807970286), (TEN, 3, 0.7988491064, 0.4303867164)):
        result = fit('reliability', bfi, '--items', items, '--factors', str(factors))
        near([result['omega_total'], result['omega_hierarchical']], [total, hierarchical], 1e-6, f'{items} {factors}')
        equal(result['factors'], factors)
    near([i['general'] for i in result['items'][:4]],
         [-0.12202637403, 0.22704650958, 0.19839781882, 0.24394134383], 1e-6)
    near([i['communality'] for i in result['items'][:3]], [0.21413042119, 0.46023063512, 0.57096591510], 1e-6)
    assert any('Omega turns items' in w and 'A1, C4, C5' in w for w in result['warnings']), result['warnings']
    wai = fit('reliability', shared('implement_wai_bai.csv'), '--items', WAI, '--factors', '1')
    near([wai['omega_total'], wai['omega_hierarchical']], [0.9025747400, 0.9024982505], 1e-6)
    assert any('With one factor omega hierarchical' in w for w in wai['warnings']), wai['warnings']
    for factors, total, hierarchical in ((2, 0.9197941938, 0.6432589035), (3, 0.9292469268, 0.7923580057)):
        wai = fit('reliability', shared('implement_wai_bai.csv'), '--items', WAI, '--factors', str(factors))
        near([wai['omega_total'], wai['omega_hierarchical']], [total, hierarchical], 1e-5)  # omega(wai[4:12], factors)
    # 3 factors of 5 items: omega(bfi[1:5]) has 0.7567467968 of many values; that it is one of many is said
    many = fit('reliability', bfi, '--items', AGREE)
    close(many['omega_total'], 0.7567467968, 0.005)
    assert any('3 factors are more than 5 items determine' in w for w in many['warnings']), many['warnings']


# ---- what must not matter ----

def test_order_and_threads_do_not_matter():
    lines = made_up().splitlines()
    with table('\n'.join(lines)) as one, table('\n'.join([lines[0]] + lines[:0:-1])) as other:
        a, b = (fit('reliability', p, '--items', ITEMS) for p in (one, other))
        near([a[k] for k in ('alpha', 'omega_total', 'omega_hierarchical')],
             [b[k] for k in ('alpha', 'omega_total', 'omega_hierarchical')], 1e-7)
        c = fit('reliability', one, '--items', ITEMS[::-1])
        near([a['alpha'], a['omega_total'], a['omega_hierarchical']],
             [c['alpha'], c['omega_total'], c['omega_hierarchical']], 1e-6)
        runs = [good('fit', 'reliability', one, '--items', 'a,b,c', '--no-clock', '--threads', n).out for n in ('1', '3')]
        equal(runs[0], runs[1])


def test_a_turned_item_changes_alpha_and_not_omega():
    text = made_up().splitlines()
    turned = [text[0]] + [','.join([str(-float(l.split(',')[0]))] + l.split(',')[1:]) for l in text[1:]]
    with table('\n'.join(text)) as one, table('\n'.join(turned)) as other:
        a, b = (fit('reliability', p, '--items', ITEMS) for p in (one, other))
        near([a['omega_total'], a['omega_hierarchical']], [b['omega_total'], b['omega_hierarchical']], 1e-6)
        assert b['alpha'] < a['alpha'] - 0.1
        equal(len(b['warnings']), 2)
        for warning in b['warnings']:
            assert ': a.' in warning, warning


# ---- faults ----

def test_items_that_will_not_do():
    with table(made_up()) as path:
        refused('fit', 'reliability', path, '--items', 'a,b,z', naming=["no column 'z'", 'Its columns are: a, b'])
        refused('fit', 'reliability', path, '--items', 'a,b,a', naming=["'a' is named twice"])
        done = cli.rapport('fit', 'reliability', path, '--items', 'a,b,none')
        equal(done.status, 1)
        assert 'none does not vary' in done.err, done.err
    with table('a,b\n1,\n2,\n,1\n,2\n') as path:
        done = cli.rapport('fit', 'reliability', path, '--items', 'a,b')
        equal(done.status, 1)
        assert 'No two rows have both a and b' in done.err, done.err
    for rows in ('', '1,2,3\n'):
        with table('a,b,c\n' + rows) as path:
            result = fit('reliability', path, '--items', 'a,b,c', status=1)
            equal((result['alpha'], result['items'], result['convergence']['status']), (None, [], 'not_fitted'))
    with table('a,b,c\n1,2,x\n2,3,4\n') as path:
        refused('fit', 'reliability', path, '--items', 'a,b,c', naming=["'c' is used as numbers", "'x'"], place=r'd\.csv:2')


def test_few_items():
    with table(made_up()) as path:
        two = fit('reliability', path, '--items', 'a,b')
        equal((two['omega_total'], two['items'][0]['alpha_dropped']), (None, None))
        assert any('no omega' in w for w in two['warnings']), two['warnings']
        equal(fit('reliability', path, '--items', 'a,b,c')['factors'], 1)


def test_wrong_use():
    with table(made_up()) as path:
        refused('fit', 'reliability', path, status=2, naming=['--items'])
        refused('fit', 'reliability', path, '--items', 'a', status=2, naming=['two columns'])
        refused('fit', 'reliability', 'x', path, '--items', 'a,b', status=2, naming=['reliability takes DATA'])
        refused('fit', 'reliability', path, '--items', 'a,b,c', '--factors', '3', status=2, naming=['--factors', '3 items'])
        refused('fit', 'reliability', path, '--items', 'a,b,c', '--ml', status=2, naming=['--ml has no meaning'])


# ---- forms ----

def test_text_fits_80_columns():
    long = 'how_often_the_two_of_them_agreed_on_a_task'
    with table(made_up().replace('c,', long + ',', 1)) as path:
        out = good('fit', 'reliability', path, '--items', f'a,b,{long},d,e').out
        equal([l for l in out.splitlines() if len(l) > 80], [])
        for part in ('300 used', 'Feldt', 'Omega total, 3 factors', 'ICC3k', 'r.drop', long):
            assert part in out, part


def test_csv_and_html():
    with table(made_up()) as path:
        arguments = ('fit', 'reliability', path, '--items', ITEMS, '--no-clock')
        rows = list(csv.DictReader(io.StringIO(good(*arguments, '--format', 'csv').out)))
        result = fit(*arguments[1:5])
        equal([r['item'] for r in rows], list('abcdefghi'))
        near([float(r['r_drop']) for r in rows], [i['r_drop'] for i in result['items']], 1e-12)
        html = good(*arguments, '--format', 'html').out
        for part in ('Reliability of d.csv', 'Omega hierarchical', 'Intraclass'):
            assert part in html, part


if __name__ == '__main__':
    run(globals())
