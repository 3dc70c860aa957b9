#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`fit sem`: its JSON, numbers of known data, and what it says of models and data at fault. Numbers are those of R 4.2.2
with lavaan 0.6-14, by the call on the line: parameterEstimates(..., standardized = TRUE) and fitMeasures()."""
import csv
import io
import os
import random
import tempfile

import cli
from cli import good, refused
from fit_case import close, fit, near, shared, table
from plain_tap import equal, run

HS = 'visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9'


def line(result, lhs, op, rhs='', group=None):
    """The one line of the parameter table with these names."""
    found = [p for p in result['parameters'] if (p['lhs'], p['op'], p['rhs'], p['group']) == (lhs, op, rhs, group)]
    equal(len(found), 1, f'{lhs} {op} {rhs} {group}')
    return found[0]


def numbers(result, lhs, op, rhs='', group=None, fields=('estimate', 'se', 'std_all')):
    at = line(result, lhs, op, rhs, group)
    return [at[f] for f in fields]


def made_up(rows=200, seed=5):
    """y1 to y4 measure one thing. Their numbers mean nothing."""
    draw = random.Random(seed)
    lines = ['g,y1,y2,y3,y4,same,word']
    for i in range(rows):
        f = draw.gauss(0, 1)
        values = ','.join(f'{5 + w * f + draw.gauss(0, 1):.6f}' for w in (1, 0.8, 1.2, 0.6))
        lines.append(f'{"ab"[i % 2]},{values},3,{"yes" if i % 3 else "no"}')
    return '\n'.join(lines) + '\n'


ONE = 'f =~ y1 + y2 + y3 + y4'


# ---- the contract ----

FIELDS = ['model', 'formula', 'n', 'n_left_out', 'estimator', 'missing', 'log_lik', 'aic', 'bic', 'convergence', 'warnings',
          'groups', 'chisq', 'chisq_scaled', 'df', 'df_scaled', 'p', 'baseline_chisq', 'baseline_df', 'cfi', 'tli', 'rmsea',
          'rmsea_lower', 'rmsea_upper', 'srmr', 'log_lik_saturated', 'npar', 'parameters', 'r2', 'level',
          'provenance']


def test_the_fields_are_those_of_the_contract():
    with table(made_up()) as path:
        result = fit('sem', ONE, path)
        equal(list(result), FIELDS)
        equal(list(result['convergence']), ['status', 'evaluations', 'max_gradient', 'message'])
        equal(list(result['parameters'][0]), ['lhs', 'op', 'rhs', 'group', 'label', 'estimate', 'se', 'z', 'p', 'lower',
                                              'upper', 'std_all', 'std_se', 'free'])
        equal((result['model'], result['formula'], result['estimator'], result['missing']), ('sem', ONE, 'ml', 'listwise'))
        equal((result['n'], result['n_left_out'], result['groups']), (200, 0, [{'group': None, 'n': 200}]))
        equal((result['chisq_scaled'], result['df_scaled']), (None, None))


def test_identities():
    """Chi-square is twice what the log-likelihoods differ by; AIC follows; z is estimate over error; a fixed line has no
    error; variances and loadings standardised add up to 1."""
    with table(made_up()) as path:
        result = fit('sem', ONE, path)
        close(result['chisq'], 2 * (result['log_lik_saturated'] - result['log_lik']), 1e-8)
        close(result['aic'], -2 * result['log_lik'] + 2 * result['npar'], 1e-8)
        equal(result['npar'], 8)
        equal(result['npar'] + result['df'], 10)
        for p in result['parameters']:
            equal(p['free'], p['se'] is not None)
            if p['free']:
                close(p['z'], p['estimate'] / p['se'], 1e-9)
                assert p['lower'] < p['estimate'] < p['upper']
        for y in ('y1', 'y2', 'y3', 'y4'):
            close(line(result, 'f', '=~', y)['std_all'] ** 2 + line(result, y, '~~', y)['std_all'], 1, 1e-9)


def test_a_marker_or_a_variance_gives_the_same_fit():
    with table(made_up()) as path:
        marker, standard = fit('sem', ONE, path), fit('sem', ONE, path, '--std-lv')
        close(marker['chisq'], standard['chisq'], 1e-6)
        for y in ('y1', 'y2', 'y3', 'y4'):
            close(line(standard, 'f', '=~', y)['estimate'],
                  line(marker, 'f', '=~', y)['estimate'] * line(marker, 'f', '~~', 'f')['estimate'] ** 0.5, 1e-4)


# ---- known numbers ----

def test_holzinger_swineford():
    result = fit('sem', HS, shared('HolzingerSwineford1939.csv'))  # cfa(HS, d)
    near([result[k] for k in ('npar', 'df', 'chisq', 'p', 'cfi', 'tli')],
         [21, 24, 85.3055217700, 8.50255321705e-09, 0.930559651799, 0.895839477699])
    near([result[k] for k in ('rmsea', 'rmsea_lower', 'rmsea_upper', 'srmr')],
         [0.0921214845102, 0.0714184904399, 0.113678016812, 0.0652050571844], 1e-5)
    near([result[k] for k in ('log_lik', 'aic', 'bic', 'baseline_chisq')],
         [-3737.74492663, 7517.48985325, 7595.33916881, 918.851589292])
    near(numbers(result, 'visual', '=~', 'x2', fields=('estimate', 'se', 'z', 'p', 'lower', 'upper', 'std_all')),
         [0.5535002938, 0.09966511877, 5.553600905, 2.798440013e-08, 0.35816025046, 0.7488403371, 0.4236009920], 1e-4)
    near(numbers(result, 'textual', '~~', 'speed'), [0.1734946846, 0.04931466045, 0.2829847304], 1e-4)
    near(numbers(result, 'x2', '~~', 'x2'), [1.1338390165, 0.10172337096, 0.8205621996], 1e-4)
    apart = fit('sem', HS, shared('HolzingerSwineford1939.csv'), '--orthogonal')  # cfa(HS, d, orthogonal = TRUE)
    near([apart[k] for k in ('npar', 'df', 'chisq')], [18, 27, 153.5270979])


def test_groups_with_equal_loadings_and_intercepts():
    # cfa(HS, d, group = "school", group.equal = c("loadings", "intercepts")); lavaan's first group is the first row's,
    # Pasteur; c("Pasteur", "Grant-White") stand here in byte order, and what is the first group's mean is 0
    result = fit('sem', HS, shared('HolzingerSwineford1939.csv'), '--group', 'school', '--equal', 'loadings,intercepts')
    equal(result['groups'], [{'group': 'Grant-White', 'n': 145}, {'group': 'Pasteur', 'n': 156}])
    near([result[k] for k in ('npar', 'df', 'chisq', 'cfi', 'tli', 'rmsea', 'srmr', 'log_lik', 'bic')],
         [48, 60, 164.1028309, 0.8824718127, 0.8589661752, 0.1073710981, 0.08244705858, -3706.323256, 7686.587804], 1e-5)
    for group, standard in (('Pasteur', 0.4112419605), ('Grant-White', 0.4424003298)):
        near(numbers(result, 'visual', '=~', 'x2', group), [0.5756612716, 0.1007720334, standard], 1e-4)
    near(numbers(result, 'textual', '~1', '', 'Pasteur', ('estimate', 'se')), [-0.5763631523, 0.1171902819], 1e-4)
    equal(line(result, 'textual', '~1', '', 'Grant-White')['free'], False)


def test_labels_and_defined_parameters():
    model = ('ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + a*y2 + b*y3 + y4\ndem65 =~ y5 + a*y6 + b*y7 + y8\n'
             'dem60 ~ c*ind60\ndem65 ~ d*ind60 + e*dem60\ny1 ~~ y5\nindirect := c*e\ntotal := d + c*e')
    result = fit('sem', model, shared('PoliticalDemocracy.csv'))  # sem(model, PoliticalDemocracy)
    near([result[k] for k in ('npar', 'df', 'chisq', 'srmr')], [24, 42, 66.86082039533, 0.06475753135], 1e-5)
    fields = ('estimate', 'se', 'z', 'lower', 'upper', 'std_all')
    near(numbers(result, 'indirect', ':=', 'c*e', fields=fields),
         [1.210182168, 0.3469289657, 3.488270763, 0.530213890, 1.890150446, 0.3902071458], 1e-4)
    near(numbers(result, 'total', ':=', 'd+c*e', fields=fields),
         [1.728141812, 0.3627186375, 4.764414159, 1.017226346, 2.439057278, 0.5572163446], 1e-4)
    equal(line(result, 'dem60', '=~', 'y2')['label'], 'a')
    close(line(result, 'dem60', '=~', 'y2')['estimate'], line(result, 'dem65', '=~', 'y6')['estimate'], 0)


def test_missing_values():
    path, model = shared('bfi.csv'), 'agree =~ A1 + A2 + A3 + A4 + A5'
    fiml = fit('sem', model, path, '--missing', 'fiml')  # cfa(model, bfi, missing = "fiml")
    equal((fiml['n'], fiml['n_left_out'], fiml['missing'], fiml['warnings']), (2800, 0, 'fiml', []))
    near([fiml[k] for k in ('npar', 'df', 'chisq', 'cfi', 'rmsea', 'srmr', 'log_lik', 'bic')],
         [15, 5, 87.90994071, 0.9676308813, 0.07695543270, 0.02750563096, -22326.97891, 44773.01843], 1e-4)
    near(numbers(fiml, 'agree', '=~', 'A2'), [-1.465170605, 0.08716083735, -0.657789716], 1e-4)
    near(numbers(fiml, 'A1', '~1'), [2.412705520, 0.02666837470, 1.714135927], 1e-4)
    complete = fit('sem', model, path, '--std-lv')  # cfa(model, bfi, std.lv = TRUE)
    equal((complete['n'], complete['n_left_out']), (2709, 91))
    near([abs(x) for x in numbers(complete, 'agree', '=~', 'A1', fields=('estimate', 'se'))],
         [0.5283367475, 0.02978180911], 1e-4)
    near([abs(x) for x in numbers(complete, 'agree', '=~', 'A2', fields=('estimate', 'se'))],
         [0.7741141396, 0.02348042481], 1e-4)
    assert any('91 of 2800 rows' in w and 'fiml' in w for w in complete['warnings']), complete['warnings']


def test_robust():
    result = fit('sem', HS, shared('HolzingerSwineford1939.csv'), '--estimator', 'mlr')  # cfa(HS, d, estimator = "MLR")
    near([result[k] for k in ('npar', 'df', 'chisq', 'df_scaled', 'chisq_scaled', 'p_scaled', 'scaling')],
         [21, 24, 85.30552177, 24, 87.13160336, 4.278432830e-09, 0.9790422588], 1e-5)
    near([result[k] for k in ('cfi_scaled', 'tli_scaled', 'rmsea_scaled')], [0.9252067640, 0.8878101460, 0.09348340897], 1e-5)
    near(numbers(result, 'visual', '=~', 'x2', fields=('estimate', 'se', 'z')),
         [0.5535002938, 0.1320779065, 4.190710684], 1e-4)
    # cfa("agree =~ A1 + A2 + A3 + A4 + A5", bfi, estimator = "MLR", missing = "fiml")
    fiml = fit('sem', 'agree =~ A1 + A2 + A3 + A4 + A5', shared('bfi.csv'), '--estimator', 'mlr', '--missing', 'fiml')
    near([fiml[k] for k in ('npar', 'chisq', 'chisq_scaled', 'cfi_scaled', 'rmsea_scaled', 'scaling')],
         [15, 87.90994070979, 73.04544590558, 0.96189344397, 0.06971649011, 1.20349653041], 1e-5)
    near(numbers(fiml, 'agree', '=~', 'A2', fields=('estimate', 'se')), [-1.465170605, 0.09078433312], 1e-4)
    near(numbers(fiml, 'A1', '~1', fields=('estimate', 'se')), [2.412705520, 0.02666841010], 1e-4)


def test_ordered_items():
    model, path = 'agree =~ A1 + A2 + A3 + A4 + A5', shared('bfi.csv')
    result = fit('sem', model, path, '--estimator', 'wlsmv')  # cfa(model, bfi, estimator = "WLSMV", ordered = TRUE)
    equal((result['n'], result['n_left_out'], result['log_lik'], result['estimator']), (2709, 91, None, 'wlsmv'))
    near([result[k] for k in ('npar', 'df', 'chisq', 'df_scaled', 'chisq_scaled', 'scaling', 'shift', 'cfi', 'srmr')],
         [30, 5, 74.07020874, 5, 143.5364784, 0.5167643287, 0.201877596306, 0.9907128641, 0.03605191843], 1e-5)
    near([result[k] for k in ('cfi_scaled', 'tli_scaled', 'rmsea', 'rmsea_scaled', 'rmsea_lower_scaled')],
         [0.9750336376, 0.9500672671, 0.07142266518, 0.1011515960, 0.08726657814], 1e-5)
    near(numbers(result, 'agree', '=~', 'A2'), [-1.6484387290, 0.07196742369, -0.7179199314], 1e-5)
    near(numbers(result, 'A1', '|', 't1'), [-0.4409021065, 0.02495470937, -0.4409021065], 1e-5)
    rest = line(result, 'A1', '~~', 'A1')
    near([rest['estimate'], rest['std_all']], [0.8103266117, 0.8103266117], 1e-5)
    equal((rest['free'], rest['se']), (False, None))
    equal(fit('sem', model, path, '--ordered', 'A1,A2,A3,A4,A5'), result)
    assert not any('fiml' in w for w in result['warnings']), result['warnings']


def test_only_the_order_of_categories_matters():
    rows = [l.split(',') for l in made_up().splitlines()]
    cut = [[str(min(max(round(float(x)), 3), 7)) for x in l[1:5]] for l in rows[1:]]
    other = [[{'3': '-2', '4': '0', '5': '0.5', '6': '10', '7': '99'}[x] for x in l] for l in cut]
    head = 'y1,y2,y3,y4\n'
    with table(head + '\n'.join(','.join(l) for l in cut) + '\n') as a, \
            table(head + '\n'.join(','.join(l) for l in other) + '\n') as b:
        one, two = (fit('sem', ONE, path, '--estimator', 'wlsmv') for path in (a, b))
        equal(one['parameters'], two['parameters'])
        equal(len([p for p in one['parameters'] if p['op'] == '|']), 16)


def test_modification_and_residuals():
    path = shared('HolzingerSwineford1939.csv')
    result = fit('sem', HS, path, '--modification', '--residuals')
    changes = result['modification']
    equal(len(changes), 54)  # nrow(modindices(cfa(HS, d)))
    equal([(c['lhs'], c['op'], c['rhs']) for c in changes[:3]],
          [('visual', '=~', 'x9'), ('x7', '~~', 'x8'), ('visual', '=~', 'x7')])
    near([changes[0][k] for k in ('index', 'change', 'change_std')], [36.41103065, 0.5770215378, 0.5152491098], 1e-4)  # modindices(cfa(HS, d))
    # freed indeed, chi-square falls by about the index
    freed = fit('sem', HS + '\nvisual =~ x9', path)
    close(result['chisq'] - freed['chisq'], changes[0]['index'], 5)
    left = result['residuals'][0]
    equal(left['variables'], [f'x{i}' for i in range(1, 10)])
    near([left['cor'][6][0], left['cov'][0][6]], [-0.13998176127, -0.17745916757], 1e-4)  # resid(f, type = "cor.bentler")
    out = good('fit', 'sem', HS, path, '--modification', '--residuals').out
    equal([l for l in out.splitlines() if len(l) > 80], [])
    for part in ('Modification indices', 'visual =~ x9', 'Residual correlations', 'x2 with x7'):
        assert part in out, part
    near([line(result, 'visual', '=~', 'x2')['std_se']], [0.05961911688], 1e-4)  # standardizedSolution(f)


def test_more_of_ordered_items():
    model = 'agree =~ A1 + A2 + A3 + A4 + A5\ncon =~ C1 + C2 + C3 + C4 + C5'
    result = fit('sem', model, shared('bfi.csv'), '--estimator', 'wlsmv', '--modification', '--residuals')
    # f <- cfa(model, bfi, ordered = TRUE, estimator = "WLSMV"); modindices(f, sort. = TRUE)
    first = result['modification'][0]
    equal((first['lhs'], first['op'], first['rhs']), ('con', '=~', 'A4'))
    near([first[k] for k in ('index', 'change', 'change_std')], [99.8055925307, 0.3131919874, 0.1862870788], 1e-4)
    near([result['residuals'][0]['cov'][0][1]], [-0.11538413898], 1e-5)  # resid(f)$cov
    near([r['r2'] for r in result['r2'][:3]], [0.167, 0.522, 0.619], 4e-3)  # lavInspect(f, "rsquare"), which shows 3 digits


# ---- groups ----

def test_all_that_can_be_equal():
    """d has the rows of Grant-White first, so that groups are in the same order."""
    path = shared('HolzingerSwineford1939.csv')
    words = 'loadings,intercepts,means,residuals,residual.covariances,lv.variances,lv.covariances'
    # cfa(paste(HS, "x7 ~~ x8", sep = "\n"), d, group = "school", group.equal = c(<these words>))
    result = fit('sem', HS + '\nx7 ~~ x8', path, '--group', 'school', '--equal', words)
    near([result[k] for k in ('npar', 'df', 'chisq', 'cfi', 'rmsea', 'srmr', 'log_lik', 'aic')],
         [31, 77, 194.912887568527, 0.866880777262566, 0.100871162264885, 0.113150999440798, -3721.72828392017,
          7505.45656784034], 1e-5)
    for group in ('Grant-White', 'Pasteur'):
        near(numbers(result, 'x7', '~~', 'x8', group=group), [0.352706937530332, 0.0673296228713132, 0.388601251263527], 1e-4)
        equal((line(result, 'visual', '~1', group=group)['estimate'], line(result, 'visual', '~1', group=group)['free']),
              (0, False))


def test_labels_of_each_group():
    # cfa("visual =~ x1 + c(a,a)*x2 + c(b1,b2)*x3 \n d := b1 - b2", d, group = "school")
    result = fit('sem', 'visual =~ x1 + c(a,a)*x2 + c(b1,b2)*x3\nd := b1 - b2', shared('HolzingerSwineford1939.csv'),
                 '--group', 'school')
    near([result[k] for k in ('npar', 'df', 'chisq', 'srmr')], [17, 1, 0.207817745265938, 0.00952297728453813], 1e-4)
    found = line(result, 'd', ':=', 'b1-b2')
    near([found[k] for k in ('estimate', 'se', 'std_all')], [-0.118845117252466, 0.391232916251429, 0.0120262888983317], 1e-3)
    near(numbers(result, 'visual', '=~', 'x3', group='Pasteur'), [1.23620489107699, 0.321530855515893, 0.744087459590584], 1e-4)


def test_regressions_equal_over_groups():
    """Equal by the rule, and by a label, is the same."""
    path = shared('HolzingerSwineford1939.csv')
    by_rule = fit('sem', 'x1 ~ x2 + x3', path, '--group', 'school', '--equal', 'regressions')
    by_label = fit('sem', 'x1 ~ c(a,a)*x2 + c(b,b)*x3', path, '--group', 'school')
    equal(by_rule['df'], 2)
    close(by_rule['chisq'], by_label['chisq'], 1e-9)


# ---- what is asked for besides ----

def test_explained():
    result = fit('sem', HS, shared('HolzingerSwineford1939.csv'), '--group', 'school')
    # lavInspect(cfa(HS, d, group = "school"), "rsquare")[[1]], which shows 3 digits
    near([r['r2'] for r in result['r2'][:9]], [0.458, 0.267, 0.481, 0.749, 0.688, 0.683, 0.434, 0.633, 0.491], 3e-3)
    equal([(r['variable'], r['group']) for r in result['r2'][8:10]], [('x9', 'Grant-White'), ('x1', 'Pasteur')])
    # an improper fit explains no share
    bifactor = fit('sem', HS + '\ng =~ ' + ' + '.join(f'x{i}' for i in range(1, 10)), shared('HolzingerSwineford1939.csv'),
                   '--orthogonal', '--std-lv')
    equal(bifactor['convergence']['status'], 'improper')
    equal([r['variable'] for r in bifactor['r2'] if r['r2'] is None], ['x1'])


def scores_of(*arguments):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 's.csv')
        good('fit', 'sem', *arguments, '--scores', path)
        with open(path, encoding='utf-8', newline='') as file:
            return list(csv.DictReader(file))


def test_scores():
    path = shared('HolzingerSwineford1939.csv')
    rows = scores_of(HS, path, '--id', 'id')
    equal((len(rows), list(rows[0]), rows[300]['row'], rows[300]['id']),
          (301, ['row', 'id', 'visual', 'textual', 'speed'], '301', '351'))
    near([float(rows[i][f]) for i in (0, 300) for f in ('visual', 'textual', 'speed')],  # lavPredict(cfa(HS, HolzingerSwineford1939))
         [-0.8176752415602, -0.137545012956, 0.0615072568627, 0.1477600336470, 0.848046807276, 0.3377111883560], 1e-4)
    with open(path, encoding='utf-8', newline='') as file:
        table_rows = list(csv.reader(file))
    table_rows[1][6] = table_rows[2][10] = ''  # x1, x5
    with table('\n'.join(','.join(r) for r in table_rows) + '\n') as holed:
        fiml = scores_of(HS, holed, '--missing', 'fiml')  # lavPredict(cfa(HS, <the same>, missing = "fiml"))
        near([float(fiml[i][f]) for i in (0, 1) for f in ('visual', 'textual', 'speed')],
             [-0.2519619495302, -0.0999352217517, 0.123328973244, 0.0616557795185, -0.9272025846769, 0.630981405088], 1e-4)
        left = scores_of(HS, holed, '--group', 'school')
        equal((len(left), left[0]['visual'], left[2]['school']), (301, '', 'Pasteur'))
        assert left[2]['visual'], left[2]


# ---- two levels ----

TWO_LEVELS = 'level: 1\nfw =~ y1 + y2 + y3 + y4\nlevel: 2\nfb =~ y1 + y2 + y3 + y4'


def in_clusters():
    """80 clusters of 2 to 12 rows, in no order. Their numbers mean nothing."""
    draw = random.Random(5)
    rows = []
    for c in range(80):
        common, own = draw.gauss(0, .8), [draw.gauss(0, .4) for _ in range(4)]
        for _ in range(draw.randint(2, 12)):
            within = draw.gauss(0, 1)
            rows.append([f't{c}'] + [f'{3+i+(0.8+.1*i)*common+own[i]+(1-.1*i)*within+draw.gauss(0,.7):.5f}' for i in range(4)])
    draw.shuffle(rows)
    return ['cl,y1,y2,y3,y4'] + [','.join(r) for r in rows]


def test_two_levels():
    with table('\n'.join(in_clusters()) + '\n') as path:
        result = fit('sem', TWO_LEVELS, path, '--cluster', 'cl')  # sem(TWO_LEVELS, <this file>, cluster = "cl")
        equal(result['groups'], [{'group': 'within', 'n': 503}, {'group': 'between', 'n': 80}])
        near([result[k] for k in ('npar', 'df', 'log_lik', 'log_lik_saturated', 'aic')],
             [20, 4, -2827.1350170365, -2826.25365349381, 5694.270034073], 1e-6)
        close(result['chisq'], 1.76272708537908, 1e-3)  # so too: twice a difference of log-likelihoods
        near([result[k] for k in ('srmr', 'srmr_within', 'srmr_between')],
             [0.0251187938473303, 0.00477175482344426, 0.020347039023886], 3e-3)  # its unrestricted model ends 2e-4 below the summit
        near(numbers(result, 'fw', '=~', 'y2', group='within'), [0.858749086775082, 0.0499014846020518, 0.784723505389414], 1e-4)
        near(numbers(result, 'fb', '=~', 'y2', group='between'), [0.997719734080164, 0.158234463448555, 0.802486654208394], 1e-4)
        near(numbers(result, 'y1', '~1', group='between'), [3.10801898323264, 0.0977314064605059, 4.51236723940732], 1e-4)
        near([r['r2'] for r in result['r2'][4:]], [0.737, 0.644, 0.599, 0.927], 1e-3)  # lavInspect(f, "rsquare"), 3 digits
        equal_loadings = 'level: within\nfw =~ y1 + a*y2 + b*y3 + c*y4\nlevel: between\nfb =~ y1 + a*y2 + b*y3 + c*y4\ny1 ~~ 0*y1'
        result = fit('sem', equal_loadings, path, '--cluster', 'cl')
        near([result[k] for k in ('npar', 'df', 'chisq', 'cfi', 'rmsea')],
             [16, 8, 28.8685861143167, 0.977804448248072, 0.0720140982481915], 1e-4)
        near(numbers(result, 'fw', '=~', 'y4', group='within'), [0.731605316492276, 0.0438850625422716, 0.732224503789418], 1e-4)
        # freed indeed, chi-square falls by about the index
        more = fit('sem', equal_loadings, path, '--cluster', 'cl', '--modification', '--residuals')
        first = next(m for m in more['modification'] if (m['lhs'], m['op'], m['rhs']) == ('y1', '~~', 'y1'))
        freed = fit('sem', equal_loadings.replace('\ny1 ~~ 0*y1', ''), path, '--cluster', 'cl')
        assert first['group'] == 'between' and 0.4 < first['index'] / (result['chisq'] - freed['chisq']) < 2.5, first
        equal([r['group'] for r in more['residuals']], ['within', 'between'])
        out = good('fit', 'sem', TWO_LEVELS, path, '--cluster', 'cl', '--modification', '--residuals').out
        equal([l for l in out.splitlines() if len(l) > 80], [])
        for part in ('two levels', '80 of cl', 'Level 1: within clusters', 'Level 2: between clusters', 'R squared'):
            assert part in out, part


def test_two_levels_in_any_order():
    lines = in_clusters()
    with table('\n'.join(lines) + '\n') as one, table('\n'.join([lines[0]] + sorted(lines[1:])) + '\n') as other:
        a, b = (fit('sem', TWO_LEVELS, path, '--cluster', 'cl') for path in (one, other))
        close(a['log_lik'], b['log_lik'], 1e-10 * abs(a['log_lik']))
        near([p['estimate'] for p in a['parameters']], [p['estimate'] for p in b['parameters']], 1e-8)  # where its search ends


def test_levels_and_clusters_go_together():
    lines = in_clusters()
    lines[1] = lines[1][lines[1].index(','):]
    with table('\n'.join(lines) + '\n') as path:
        refused('fit', 'sem', TWO_LEVELS, path, naming=['levels', '--cluster'])
        refused('fit', 'sem', 'f =~ y1 + y2 + y3', path, '--cluster', 'cl', naming=['no levels', 'level: within'])
        refused('fit', 'sem', TWO_LEVELS, path, '--cluster', 'y1', naming=["'y1' is what clusters the rows"])
        refused('fit', 'sem', TWO_LEVELS, path, '--cluster', 'cll', naming=["no column 'cll'", "'cl'"])
        result = fit('sem', TWO_LEVELS, path, '--cluster', 'cl')
        equal((result['n'], result['n_left_out']), (502, 1))
        assert any('1 row has no value of cl, and is left out' in w for w in result['warnings']), result['warnings']


def test_growth():
    model = 'i =~ 1*y1 + 1*y2 + 1*y3 + 1*y4\ns =~ 0*y1 + 1*y2 + 2*y3 + 3*y4'
    result = fit('sem', model, shared('PoliticalDemocracy.csv'), '--growth')  # growth(model, PoliticalDemocracy)
    near([result[k] for k in ('npar', 'df', 'chisq')], [9, 5, 54.55278226], 1e-5)
    near(numbers(result, 'i', '~1', fields=('estimate', 'se')), [5.4468958114, 0.30038586838], 1e-4)
    near(numbers(result, 's', '~1', fields=('estimate', 'se')), [-0.2332094397, 0.08731295404], 1e-4)


# ---- what must not matter ----

def test_threads_do_not_matter():
    path = os.path.join(os.path.dirname(shared('bfi.csv')), '..', 'bench', 'data', 'wai_miss_100000.csv')
    path = path if os.path.exists(path) else shared('bfi.csv')
    with open(path, encoding='utf-8') as file:
        columns = file.readline().strip().split(',')[:4]
    runs = [good('fit', 'sem', 'f =~ ' + ' + '.join(columns), path, '--missing', 'fiml', '--format', 'json', '--no-clock',
                 '--threads', threads).out for threads in ('1', '3')]
    equal(runs[0], runs[1])


def test_the_order_of_rows_does_not_matter():
    lines = made_up().splitlines()
    with table('\n'.join(lines)) as one, table('\n'.join([lines[0]] + lines[:0:-1])) as other:
        for extra in ([], ['--group', 'g', '--equal', 'loadings']):
            a, b = fit('sem', ONE, one, *extra), fit('sem', ONE, other, *extra)
            equal(a['groups'], b['groups'])
            close(a['log_lik'], b['log_lik'], 1e-10 * abs(a['log_lik']))
            near([p['estimate'] for p in a['parameters']], [p['estimate'] for p in b['parameters']], 1e-10)


def test_a_model_may_stand_in_a_file():
    with table(made_up()) as path, tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, 'one.lav')
        with open(model, 'w', encoding='utf-8') as file:
            file.write('# one factor\n' + ONE + '\n')
        equal(fit('sem', model, path)['parameters'], fit('sem', ONE, path)['parameters'])
        with open(model, 'w', encoding='utf-8') as file:
            file.write('# one factor\nf =~ y1 +* y2\n')
        equal(refused('fit', 'sem', model, path, naming=['Line 2 of the model']).err.splitlines()[1], '  f =~ y1 +* y2')
        refused('fit', 'sem', os.path.join(folder, 'two.lav'), path, naming=['no model', 'no such file'])
        refused('fit', 'sem', 'f = y1 + y2', path, naming=['no meaning', '=~'])
        refused('fit', 'sem', 'f =~ y1 + y2*0.5', path, naming=['A number stands before a star'])
        refused('fit', 'sem', '', path, naming=['no model'])


# ---- faults ----

def caret(done):
    """Where the caret stands under the line that is shown."""
    shown, under = done.err.splitlines()[1:3]
    equal(set(under), {' ', '^'})
    return shown.strip(), shown[under.index('^'):]


def test_faults_in_models_are_shown_in_their_line():
    with table(made_up()) as path:
        done = refused('fit', 'sem', 'f =~ y1 + y2\nh =~ y3 + y44', path,
                       naming=['Line 2', "no column 'y44'", "Did you mean 'y4'?", 'g, y1, y2, y3, y4, same, word'])
        equal(caret(done), ('h =~ y3 + y44', 'y44'))
        done = refused('fit', 'sem', 'f =~ y1 + + y2', path, naming=['Here a variable was expected', 'plus between'])
        equal(caret(done), ('f =~ y1 + + y2', '+ y2'))
        done = refused('fit', 'sem', 'f =~ y1 + y2 + y3\nf ~~ (y1', path, naming=['Line 2'])
        equal(caret(done)[0], 'f ~~ (y1')
        done = refused('fit', 'sem', ONE + '\na == 2*c', path, naming=['Line 2'])
        equal(caret(done)[0], 'a == 2*c')
        done = refused('fit', 'sem', 'f =~ y1 + c(a, b, d)*y2 + y3', path, '--group', 'g', naming=['2 groups'])
        equal(caret(done)[0], 'f =~ y1 + c(a, b, d)*y2 + y3')
        done = refused('fit', 'sem', ONE + ' + g', path, '--group', 'g', naming=['groups the rows'])
        equal(caret(done), (ONE + ' + g', 'g'))


def test_columns_that_will_not_do():
    with table(made_up()) as path:
        refused('fit', 'sem', ONE + ' + word', path, naming=["'word'", 'numbers', "'no'"], place=r'd\.csv:2')
        refused('fit', 'sem', ONE, path, '--group', 'gg', naming=["no column 'gg'", "'g'"])
    lines = [l.split(',') for l in made_up().splitlines()]
    doubled = '\n'.join(','.join(l[:6] + ['twice' if l is lines[0] else str(2 * float(l[1]))]) for l in lines) + '\n'
    with table(doubled) as path:
        for model, said in ((ONE + ' + same', 'same does not vary'), (ONE + ' + twice', 'y1 and twice are the same')):
            done = cli.rapport('fit', 'sem', model, path)
            equal(done.status, 1)
            assert 'There is no estimate' in done.err and said in done.err, done.err


def test_ordered_columns_that_will_not_do():
    lines = made_up(400).splitlines()
    with table('\n'.join(lines) + '\n') as path:
        done = refused('fit', 'sem', ONE, path, '--estimator', 'wlsmv', naming=["'y1' has more than 256 different values"])
        equal(caret(done)[1], 'y1 + y2 + y3 + y4')
        done = refused('fit', 'sem', ONE, path, '--ordered', 'y1,y2,y4', naming=["'y3' is not among"])
        equal(caret(done)[1], 'y3 + y4')
        refused('fit', 'sem', ONE, path, '--ordered', 'y1,y2,y5', naming=["'y5', which is no variable", 'Did you mean'])
        refused('fit', 'sem', 'f =~ same + word + y1', path, '--estimator', 'wlsmv', naming=["'word' is used as numbers"])


def test_too_few_rows():
    for rows in (0, 1, 4):
        with table('\n'.join(made_up().splitlines()[:rows + 1]) + '\n') as path:
            done = cli.rapport('fit', 'sem', ONE, path)
            equal(done.status, 1)
            assert 'row' in done.err, done.err
    with table('\n'.join(made_up().splitlines()[:2]) + '\n') as path:
        result = fit('sem', ONE, path, status=1)
        equal((result['convergence']['status'], result['parameters'], result['log_lik'], result['cfi']),
              ('not_fitted', [], None, None))


def test_what_cannot_be_told_is_said():
    """An estimate that is no good is one: the exit status is 0, and sentences say what it is."""
    with table(made_up()) as path:
        result = fit('sem', 'f =~ y1 + y2', path)
        equal(result['convergence']['status'], 'not_identified')
        assert any('cannot be told apart' in w for w in result['warnings']), result['warnings']
        assert any(p['free'] and p['se'] is None for p in result['parameters'])
    text = made_up().splitlines()
    text[1] = ',' + text[1].split(',', 1)[1]
    with table('\n'.join(text) + '\n') as path:
        result = fit('sem', ONE, path, '--group', 'g')
        equal((result['n'], result['n_left_out']), (199, 1))
        assert any('1 row has no value of g' in w for w in result['warnings']), result['warnings']


def test_wrong_use():
    with table(made_up()) as path:
        refused('fit', 'sem', ONE, status=2, naming=['sem takes MODEL DATA'])
        refused('fit', 'sem', ONE, path, '--family', 'binomial', status=2, naming=['--family has no meaning for sem'])
        refused('fit', 'lmm', 'y1 ~ y2 + (1 | g)', path, '--group', 'g', status=2, naming=['--group has no meaning for lmm'])
        refused('fit', 'sem', ONE, path, '--estimator', 'gls', status=2, naming=['ml, mlr or wlsmv'])
        refused('fit', 'sem', ONE, path, '--missing', '-99', status=2, naming=['listwise or fiml', 'listwise,-99'])
        refused('fit', 'sem', ONE, path, '--equal', 'loadings', status=2, naming=['--group'])
        refused('fit', 'sem', ONE, path, '--estimator', 'ml', '--ordered', 'y1', status=2, naming=['--ordered', 'not ml'])
        refused('fit', 'sem', ONE, path, '--estimator', 'wlsmv', '--missing', 'fiml', status=2, naming=['complete rows'])
        refused('fit', 'sem', ONE, path, '--estimator', 'wlsmv', '--scores', 'x.csv', status=2, naming=['not built for wlsmv'])
        refused('fit', 'sem', ONE, path, '--group', 'g', '--equal', 'mean', status=2, naming=['residual.covariances', "'mean'"])
        refused('fit', 'sem', ONE, path, '--id', 'g', status=2, naming=['--scores'])
        refused('fit', 'sem', ONE, path, '--scores', path, status=2, naming=['file of its own'])
        for extra in (['--estimator', 'mlr'], ['--missing', 'fiml'], ['--group', 'g'], ['--scores', 'x.csv']):
            refused('fit', 'sem', TWO_LEVELS, path, '--cluster', 'cl', *extra, status=2, naming=['--cluster'])


def test_further_texts_for_missing_values():
    with table(made_up().replace(',3,', ',-99,', 1)) as path:
        equal(fit('sem', ONE + '\nsame ~~ 1*same', path, '--missing', 'listwise,-99', status=1)['n_left_out'], 1)


# ---- forms ----

def test_text_fits_80_columns():
    long = 'how_often_the_two_of_them_agreed_on_a_task'
    with table(made_up().replace('y3', long, 1)) as path:
        model = ONE.replace('y3', f'a*{long}') + '\nshare := a / (1 + a)'
        for extra in ([], ['--group', 'g'], ['--missing', 'fiml']):
            out = good('fit', 'sem', model, path, *extra).out
            equal([l for l in out.splitlines() if len(l) > 80], [])
            for part in ('200 used, 0 left out', 'maximum likelihood', 'RMSEA', 'Latent variables', 'Std.all', 'f =~',
                         'Variances', 'Defined parameters', 'share', '(a)'):
                assert part in out, part
            equal('Group 2: b' in out, '--group' in extra)


def test_csv_and_html():
    with table(made_up()) as path:
        arguments = ('fit', 'sem', ONE, path, '--no-clock')
        rows = list(csv.DictReader(io.StringIO(good(*arguments, '--format', 'csv').out)))
        result = fit(*arguments[1:4])
        equal([(r['lhs'], r['op'], r['rhs'], r['free'] == '1') for r in rows],
              [(p['lhs'], p['op'], p['rhs'], p['free']) for p in result['parameters']])
        near([float(r['estimate']) for r in rows], [p['estimate'] for p in result['parameters']], 1e-12)
        html = good(*arguments, '--format', 'html').out
        for part in ('Structural equation model of d.csv', 'How well it fits', 'Parameters', 'f =~ y2'):
            assert part in html, part


if __name__ == '__main__':
    run(globals())
