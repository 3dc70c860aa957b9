#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`fit`: its JSON, numbers of known data, and what it says of formulas and data at fault. Numbers are those of R 4.2.2
with lme4 1.1-31 and lmerTest, by the call on the line."""
import csv
import io
import json
import os
import statistics
import tempfile

import cli
from cli import good, refused
from fit_case import close, fit, near, shared, table
from plain_tap import equal, run


def coefficients(result, field='estimate'):
    return [c[field] for c in result['fixed']]


def small(rows=60):
    """Made-up scores of 12 clients at 5 sessions, in two arms. Their numbers mean nothing."""
    lines = ['client,arm,week,score']
    for i in range(rows):
        client, week = divmod(i, 5)
        score = 15 + (client * 7) % 5 - 0.8 * week + (i * 37 % 11) / 3
        lines.append(f'c{client},{"cbt" if client % 2 else "tau"},{week},{score:.4f}')
    return '\n'.join(lines) + '\n'


# ---- the contract ----

FIELDS = ['model', 'formula', 'n', 'n_left_out', 'method', 'objective', 'log_lik', 'aic', 'bic', 'convergence', 'warnings',
          'groups', 'references', 'fixed', 'random', 'residual', 'explained', 'df_method', 'interval', 'provenance']


def test_the_fields_are_those_of_the_contract():
    with table(small()) as path:
        result = fit('lmm', 'score ~ week * arm + (1 + week | client)', path)
        equal(list(result), FIELDS)
        equal(list(result['convergence']), ['status', 'evaluations', 'max_gradient', 'message'])
        equal(list(result['fixed'][0]), ['term', 'estimate', 'se', 'df', 'statistic', 'p', 'lower', 'upper'])
        equal(list(result['random'][0]), ['factor', 'term', 'variance', 'sd', 'corr'])
        equal([len(r['corr']) for r in result['random']], [0, 1])
        equal(list(result['residual']), ['variance', 'sd'])
        equal(result['groups'], [{'factor': 'client', 'levels': 12}])
        equal(result['references'], [{'variable': 'arm', 'level': 'cbt'}])
        equal([c['term'] for c in result['fixed']], ['(Intercept)', 'week', 'armtau', 'week:armtau'])
        equal(result['provenance']['inputs'][0]['rows'], 60)
        timed = json.loads(good('fit', 'lmm', 'score ~ week + (1 | client)', path, '--format', 'json').out)
        equal(list(timed['seconds']), ['read', 'prepare', 'fit', 'infer'])


def test_identities():
    """-2 log-likelihood is the objective, AIC and BIC follow from it; z is estimate over error; shares lie in order."""
    with table(small()) as path:
        for extra in ([], ['--ml']):
            result = fit('lmm', 'score ~ week + arm + (1 + week | client)', path, *extra)
            parameters = 3 + 3 + 1
            close(result['log_lik'], -result['objective'] / 2, 1e-9)
            close(result['aic'], result['objective'] + 2 * parameters, 1e-9)
            for c in result['fixed']:
                close(c['statistic'], c['estimate'] / c['se'], 1e-9)
                assert c['lower'] < c['estimate'] < c['upper']
            for r in result['random']:
                close(r['variance'], r['sd'] ** 2, 1e-9)
            assert 0 <= result['explained']['marginal'] <= result['explained']['conditional'] <= 1


# ---- known numbers ----

def least_squares_errors(path):
    """Of a balanced design by REML: the standard errors of the means of each subject's own intercept and slope."""
    with open(path, encoding='utf-8') as file:
        rows = list(csv.DictReader(file))
    lines = []
    for subject in sorted({r['Subject'] for r in rows}):
        y = [float(r['Reaction']) for r in rows if r['Subject'] == subject]
        mean = sum(y) / 10
        slope = sum((day - 4.5) * (score - mean) for day, score in enumerate(y)) / 82.5
        lines.append((mean - 4.5 * slope, slope))
    return [statistics.stdev(values) / len(lines) ** 0.5 for values in zip(*lines)]


def test_sleepstudy():
    path = shared('sleepstudy.csv')
    reml = fit('lmm', 'Reaction ~ Days + (1 + Days | Subject)', path)
    close(reml['objective'], 1743.6282719599, 1e-4)  # REMLcrit(lmer(Reaction ~ Days + (Days | Subject), sleepstudy))
    near(coefficients(reml), [251.40510485, 10.46728596])  # fixef()
    near(coefficients(reml, 'se'), least_squares_errors(path), 1e-6)
    near(coefficients(reml, 'df'), [17, 17], 1e-6)  # 18 subjects less one, since the design is balanced
    # with lmerControl(optCtrl = list(xtol_abs = 1e-10, ftol_abs = 1e-10)); its optimum is good to 5 digits
    near(coefficients(fit('lmm', 'Reaction ~ Days + (Days | Subject)', path, '--df', 'kenward-roger'), 'df'), [17, 17], 1e-5)
    near([r['variance'] for r in reml['random']], [612.10015802477, 35.07171445094], 1e-4)  # VarCorr()
    close(reml['random'][1]['corr'][0], 0.0655512382381, 1e-5)
    close(reml['residual']['variance'], 654.94000825996, 1e-2)
    ml = fit('lmm', 'Reaction ~ Days + (1 + Days | Subject)', path, '--ml')
    close(ml['objective'], 1751.9393444647, 1e-6)  # MixedModels.jl, test/pls.jl
    near(coefficients(ml, 'se'), [6.632257722, 1.502235474], 1e-5)  # the same, at its default tolerance
    profile = fit('lmm', 'Reaction ~ Days + (1 + Days | Subject)', path, '--interval', 'profile')
    # confint(lmer(Reaction ~ Days + (Days | Subject), sleepstudy), method = "profile"): a spline through a profile of
    # about a dozen points, so good to 4 digits
    near([profile['random'][0]['sd_lower'], profile['random'][0]['sd_upper'], profile['random'][1]['sd_lower'],
          profile['random'][1]['sd_upper']], [14.381473, 37.715992, 3.801164, 8.753383], 1e-3)
    near(profile['random'][1]['corr_lower'] + profile['random'][1]['corr_upper'], [-0.4815008, 0.6849863], 2e-3)
    near([profile['residual']['sd_lower'], profile['residual']['sd_upper']], [22.898267, 28.857997], 1e-4)
    near(coefficients(profile, 'lower') + coefficients(profile, 'upper'), [237.680696, 7.358653, 265.129515, 13.575919], 1e-4)
    equal(profile['interval'], {'method': 'profile', 'level': 0.95})
    zero = fit('lmm', 'Reaction ~ Days + (Days || Subject)', path, '--ml')
    close(zero['objective'], 1752.0032551398835, 1e-6)  # the same
    equal([r['corr'] for r in zero['random']], [[], []])
    slopes = fit('lmm', 'Reaction ~ Days + (0 + Days | Subject)', path, '--ml')
    close(slopes['objective'], 1774.080315280528, 1e-6)  # the same


def beat_the_blues(months):
    """data(BtheB) in long form. The columns are called 2, 4, 6 and 8 months in HSAUR, and 2, 3, 5 and 8 in HSAUR3."""
    lines = ['subject,drug,length,treatment,bdi.pre,month,bdi']
    with open(shared('btheb.csv'), encoding='utf-8') as file:
        for i, row in enumerate(csv.DictReader(file), 1):
            for column, month in zip(('bdi.2m', 'bdi.4m', 'bdi.6m', 'bdi.8m'), months):
                lines.append(f'{i},{row["drug"]},{row["length"]},{row["treatment"]},{row["bdi.pre"]},{month},{row[column]}')
    return '\n'.join(lines) + '\n'


def test_beat_the_blues():
    formula = 'bdi ~ bdi.pre + month + treatment + drug + length + (1 | subject)'
    with table(beat_the_blues((2, 4, 6, 8))) as path:
        result = fit('lmm', formula, path, '--ml')
        close(result['log_lik'], -935.31206, 1e-4)  # HSAUR's BtheB_lmer1, refitted with lme4
    with table(beat_the_blues((2, 3, 5, 8))) as path:
        result = fit('lmm', formula, path, '--ml', '--reference', 'treatment=TAU')
        equal((result['n'], result['n_left_out']), (280, 120))
        # tight <- lmerControl(calc.derivs = FALSE, optCtrl = list(xtol_abs = 1e-10, ftol_abs = 1e-10))
        # lmer(bdi ~ bdi.pre + month + treatment + drug + length + (1 | subject), d, REML = FALSE, control = tight)
        close(result['log_lik'], -935.745981544, 1e-4)
        near(coefficients(result), [5.592393353003, 0.639676209891, -0.704764825319, -2.329082613048, -2.824952378430,
                                    0.197079441790], 1e-6)
        near(coefficients(result, 'se'), [2.2424396907092, 0.0778913470194, 0.1463915006540, 1.6703561464398,
                                          1.7268351872932, 1.6383178112936], 1e-6)
        equal(result['fixed'][3]['term'], 'treatmentBtheB')
        equal(result['fixed'][3]['df'], None)
        reml = fit('lmm', formula, path, '--reference', 'treatment=TAU')
        close(reml['objective'], 1866.90257241, 1e-4)  # the same by REML, lmerTest for df
        near(coefficients(reml, 'df'), [102.8868920996, 98.5189586402, 197.5416356537, 92.1842687272, 93.1674112313,
                                        95.0483241445], 1e-4)
        swapped = fit('lmm', formula, path)
        close(swapped['fixed'][3]['estimate'], -reml['fixed'][3]['estimate'], 1e-6)
        equal(swapped['fixed'][3]['term'], 'treatmentTAU')


def test_crossed():
    result = fit('lmm', 'diameter ~ 1 + (1 | plate) + (1 | sample)', shared('Penicillin.csv'), '--ml')
    close(result['objective'], 332.18834867, 1e-6)  # MixedModels.jl, test/pls.jl
    near([r['sd'] for r in result['random']], [0.8455645948, 1.7706477793], 1e-5)
    equal([g['factor'] for g in result['groups']], ['plate', 'sample'])


def test_weights_and_residuals_that_follow_one_another():
    with table(beat_the_blues((2, 3, 5, 8))) as path:
        # lmer(bdi ~ month + (1 | subject), d, weights = month, control = tight)
        result = fit('lmm', 'bdi ~ month + (1 | subject)', path, '--weights', 'month')
        close(result['objective'], 1940.05684609, 1e-4)
        near(coefficients(result), [17.808304519793, -0.652152626159], 1e-6)
        near([result['random'][0]['variance'], result['residual']['variance']], [93.2081597021, 95.9282803430], 1e-5)
    with table(beat_the_blues((1, 2, 3, 4))) as path:
        # nlme::lme(bdi ~ month, random = ~ 1 | subject, correlation = corAR1(form = ~ month | subject), d,
        #   control = lmeControl(tolerance = 1e-10, msTol = 1e-12, msMaxIter = 500)), month 1 to 4
        result = fit('lmm', 'bdi ~ month + (1 | subject)', path, '--residual', 'ar1(month)')
        close(result['log_lik'], -963.146724245, 1e-4)
        near(coefficients(result), [18.35474012132, -1.38542535852], 1e-5)
        near([result['residual']['rho'], result['residual']['sd'], result['random'][0]['sd']], [0.179943668539, 5.37280225832, 9.62874056235], 1e-4)


def test_bootstrap():
    """The same for a seed whatever the threads; another for another. Its width is near that of Wald's intervals."""
    path = shared('sleepstudy.csv')
    asked = ('lmm', 'Reaction ~ Days + (1 + Days | Subject)', path, '--interval', 'bootstrap', '--draws', '400')
    one, two, other = fit(*asked, '--threads', '1'), fit(*asked, '--threads', '2'), fit(*asked, '--seed', '2')
    equal(one, two)
    assert one['fixed'][1]['lower'] != other['fixed'][1]['lower']
    equal(one['interval'], {'method': 'bootstrap', 'level': 0.95, 'draws': 400, 'failed': one['interval']['failed']})
    wald = fit('lmm', 'Reaction ~ Days + (1 + Days | Subject)', path, '--df', 'none')
    for a, b in zip(one['fixed'], wald['fixed']):
        assert 0.7 < (a['upper'] - a['lower']) / (b['upper'] - b['lower']) < 1.3, (a, b)
    for r in one['random']:
        assert r['sd_lower'] < r['sd'] < r['sd_upper'], r


# ---- binomial ----

CBPP = 'cbind(incidence, size - incidence) ~ factor(period) + (1 | herd)'


def test_cbpp():
    path = shared('cbpp.csv')
    result = fit('glmm', CBPP, path)
    # glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial): 184.053132778, which is a maximum
    # only as far as its inner tolerance goes
    assert result['objective'] <= 184.053132778 + 1e-6, result['objective']
    close(result['objective'], 184.0531, 1e-3)
    near(coefficients(result), [-1.398340687, -0.991909381, -1.128211672, -1.579743030], 1e-3)
    equal((result['successes'], result['trials'], result['method']), (99, 842, 'Laplace'))  # sums of the file
    equal(list(result['residual'].values()), [None, None])
    nodes = fit('glmm', CBPP, path, '--quadrature', '9')
    near(coefficients(nodes), [-1.399247060, -0.991384416, -1.127807878, -1.579423334], 1e-4)  # the same, nAGQ = 9
    close(nodes['random'][0]['sd'], 0.647511926694, 1e-4)
    # the same as a share with weights, and as a row a cow
    share = fit('glmm', 'I(incidence / size) ~ factor(period) + (1 | herd)', path, '--weights', 'size')
    close(share['objective'], result['objective'], 1e-9)
    with open(path, encoding='utf-8') as file:
        herds = list(csv.DictReader(file))
    cows = [f'{h["herd"]},{h["period"]},{"ill" if i < int(h["incidence"]) else "well"}'
            for h in herds for i in range(int(h['size']))]
    with table('herd,period,state\n' + '\n'.join(cows) + '\n') as by_cow:
        long = fit('glmm', 'state ~ factor(period) + (1 | herd)', by_cow, '--success', 'ill')
        near(coefficients(long), coefficients(result), 1e-6)
        equal((long['n'], long['successes']), (842, 99))
        done = refused('fit', 'glmm', 'state ~ factor(period) + (1 | herd)', by_cow, naming=["'ill', 'well'", '--success'])
        assert '  ^' in done.err, done.err
        refused('fit', 'glmm', 'state ~ 1 + (1 | herd)', by_cow, '--success', 'sick', naming=["holds 'sick'"])


def test_counts_that_cannot_be():
    with table('yes,no,g\n1,2,a\n3,0,b\n0,0,a\n2,5,b\n4,1,c\n') as path:
        result = fit('glmm', 'cbind(yes, no) ~ 1 + (1 | g)', path)
        equal((result['n'], result['n_left_out'], result['trials']), (4, 1, 18))
        assert any('1 row without a trial is left out' in w for w in result['warnings']), result['warnings']
        refused('fit', 'glmm', 'cbind(yes, no - 1) ~ 1 + (1 | g)', path, naming=['Row 2', 'whole numbers'])
        refused('fit', 'glmm', 'yes ~ 1 + (1 | g)', path, naming=['Row 2', '0 and 1'])
        refused('fit', 'glmm', 'I(yes / 7) ~ 1 + (1 | g)', path, '--weights', 'no', naming=['Row 1', 'no share'])
        refused('fit', 'lmm', 'cbind(yes, no) ~ 1 + (1 | g)', path, naming=['binomial', 'glmm'])
        refused('fit', 'lmm', 'yes ~ 1 + (1 | g)', path, '--weights', 'no', naming=['Row 2', 'weight of 0'])
        refused('fit', 'glmm', 'yes ~ 1 + (1 | g)', path, '--ml', status=2, naming=['--ml', 'glmm'])
        refused('fit', 'glmm', CBPP, path, '--quadrature', '0', status=2, naming=['--quadrature'])
        refused('fit', 'glmm', 'cbind(yes, no) ~ 1 + (1 | g) + (1 | yes)', path, '--quadrature', '3',
                naming=['Quadrature takes one random effect of one column alone'])


def test_separation_is_no_estimate():
    rows = ''.join(f'{int(i % 10 > 4)},{i % 10},g{i // 10}\n' for i in range(60))
    with table('y,x,g\n' + rows) as path:
        done = cli.rapport('fit', 'glmm', 'y ~ x + (1 | g)', path, '--format', 'json')
        result = json.loads(done.out)
        equal((done.status, result['convergence']['status'], result['fixed']), (1, 'not_fitted', []))
        assert 'x' in done.err and len(result['convergence']['message']) > 40, done.err


# ---- rows ----

def test_missing_values_are_left_out_and_counted():
    text = small().replace('c3,cbt,2,', 'c3,,2,').replace('c5,cbt,1,', 'c5,cbt,NA,').replace('c7,cbt,4,', 'c7,cbt,-9,')
    with table(text) as path:
        result = fit('lmm', 'score ~ week + arm + (1 | client)', path, '--missing', '-9')
        equal((result['n'], result['n_left_out']), (57, 3))
        kept = [line for line in text.splitlines() if not any(w in line for w in ('c3,,2', ',NA,', ',-9,'))]
        with table('\n'.join(kept) + '\n') as other:
            again = fit('lmm', 'score ~ week + arm + (1 | client)', other)
        near(coefficients(result), coefficients(again), 1e-9)
        # a column that is not used leaves no row out
        equal(fit('lmm', 'score ~ 1 + (1 | client)', path)['n'], 60)


def test_rows_that_cannot_be_read_are_told():
    with table(small() + 'c1,cbt,2\n') as path:
        result = fit('lmm', 'score ~ week + (1 | client)', path)
        equal(result['n'], 60)
        assert any('1 row could not be read' in w and 'line 62' in w for w in result['warnings']), result['warnings']
        equal(result['provenance']['inputs'][0]['rejected'], 1)


def test_text_among_numbers_is_told():
    with table(small().replace('c3,cbt,2,', 'c3,cbt,second,')) as path:
        result = fit('lmm', 'score ~ week + (1 | client)', path)
        assert any("line 19 holds 'second'" in w for w in result['warnings']), result['warnings']
        refused('fit', 'lmm', 'week ~ 1 + (1 | client)', path, naming=["'week'", "'second'"], place=r'd\.csv:19')


def test_order_of_rows_and_names_of_groups_do_not_matter():
    lines = small().splitlines()
    turned = [lines[0]] + [line.replace('c', 'x', 1) for line in reversed(lines[1:])]
    formula = 'score ~ week + (1 + week | client)'
    with table(small()) as path, table('\n'.join(turned) + '\n', 'e.csv') as other:
        a, b = fit('lmm', formula, path), fit('lmm', formula, other)
        close(a['objective'], b['objective'], 1e-8)
        near(coefficients(a), coefficients(b), 1e-8)


def test_bytes_are_the_same():
    with table(small()) as path:
        for form in ('json', 'text', 'csv', 'html'):
            arguments = ('fit', 'lmm', 'score ~ poly(week, 2) + arm + (1 | arm/client)', path, '--format', form, '--no-clock')
            outs = {good(*arguments, '--threads', n).out for n in ('1', '1', '2')}
            equal(len(outs), 1, form)


# ---- units and origins ----

def scaled():
    """Made-up scores of 15 clients in 6 years, the same columns in other units and from another zero: a model is the
    same. `left` is 0 or 1."""
    lines = ['client,week,year,big,small,score,tiny,left']
    for i in range(90):
        client, week = divmod(i, 6)
        noise = (i * 7919 % 101) / 20 - 2.5
        level, slope = (client * 5) % 7 - 3, ((client * 3) % 5 - 2) / 2
        score = 20 + level + (slope - 0.6) * week + noise
        left = int(0.6 * level + 1.5 * slope * (week - 2) + 0.8 * noise > 0.4)
        lines.append(f'c{client},{week},{2010 + week},{week * 1e6!r},{week * 1e-6!r},{score:.4f},{score:.4f}e-5,{left}')
    return '\n'.join(lines) + '\n'


def slope_of(result, unit=1.0):
    """What is known of the effect of the one covariate, in units of `week` and `score`."""
    slope, sd = result['fixed'][1], result['random'][1]
    return ([slope[key] * unit for key in ('estimate', 'se', 'lower', 'upper')] +
            [sd[key] * unit for key in ('sd', 'sd_lower', 'sd_upper') if key in sd])


def test_units_and_origins_do_not_matter():
    with table(scaled()) as path:
        def lmm(column, *extra, outcome='score'):
            return fit('lmm', f'{outcome} ~ {column} + (1 + {column} | client)', path, *extra)
        for df in ('satterthwaite', 'kenward-roger'):
            plain = lmm('week', '--df', df)
            equal(plain['convergence']['status'], 'converged')
            # 15 clients with 6 weeks each: a balanced design, so that a slope is tested as the mean of 15 is
            near(coefficients(plain, 'df'), [14, 14], 1e-5, df)
            for column, unit, outcome in (('big', 1e6, 'score'), ('small', 1e-6, 'score'), ('week', 1e5, 'tiny'), ('I(year - 1910)', 1, 'score')):
                other = lmm(column, '--df', df, outcome=outcome)
                near(slope_of(other, unit), slope_of(plain), 1e-5, f'{df} {column} {outcome}')
                near(coefficients(other, 'df')[1:], [14], 1e-5, f'{df} {column} {outcome}')
            # 1,200 standard deviations from zero, few digits are left, and that is said
            far = lmm('year', '--df', df)
            near(slope_of(far)[:2], slope_of(plain)[:2], 1e-4, df)
            near(coefficients(far, 'df')[1:], [14], 0.1, df)
            assert any('year is nearly a linear combination' in w and 'Centre it' in w for w in far['warnings']), far
            equal(plain['warnings'], [])
        plain = lmm('week', '--interval', 'profile')
        for column, unit in (('big', 1e6), ('small', 1e-6)):
            near(slope_of(lmm(column, '--interval', 'profile'), unit), slope_of(plain), 1e-4, column)
        plain = fit('glmm', 'left ~ week + (1 + week | client)', path)
        equal(plain['convergence']['status'], 'converged', plain['convergence'])
        for column, unit in (('year', 1), ('big', 1e6), ('small', 1e-6)):
            other = fit('glmm', f'left ~ {column} + (1 + {column} | client)', path)
            equal(other['convergence']['status'], 'converged', column)
            close(other['objective'], plain['objective'], 1e-6, column)
            near(slope_of(other, unit), slope_of(plain), 1e-3, column)


# ---- any input ----

def test_tables_of_a_record():
    with tempfile.TemporaryDirectory() as folder:
        service = os.path.join(folder, 'svc')
        good('simulate', '--clients', '200', '--seed', '3', '--quiet', '-o', service)
        with open(os.path.join(service, 'scores.csv'), encoding='utf-8') as file:
            rows = [r for r in csv.DictReader(file) if r['value']]
        scores = fit('lmm', 'value ~ scale + (1 | administration_id)', service, '--table', 'scores')
        equal(scores['n'] + scores['n_left_out'], len(rows))
        sessions = fit('lmm', '`PHQ-9` ~ session + (1 | referral_id)', service, '--table', 'sessions')
        view = csv.DictReader(io.StringIO(good('evaluate', service, '--format', 'csv', '--output-table', 'sessions').out))
        have = [r for r in view if r['PHQ-9']]
        equal(sessions['n'], len(have))
        equal(sessions['groups'][0]['levels'], len({r['referral_id'] for r in have}))
        with open(os.path.join(service, 'contacts.csv'), encoding='utf-8') as file:
            contacts = {c['contact_id']: c for c in csv.DictReader(file)}
        for row in have:
            equal(row['practitioner_id'], contacts[row['contact_id']]['practitioner_id'], row['contact_id'])
            equal(row['referral_id'], contacts[row['contact_id']]['referral_id'], row['contact_id'])
        refused('fit', 'lmm', 'y ~ 1 + (1 | g)', service, naming=['--table'])
        refused('fit', 'lmm', 'y ~ 1 + (1 | g)', service, '--table', 'session', naming=["'session'", 'sessions?'])


# ---- faults ----

def test_faults_in_formulas_are_shown_in_them():
    with table(small()) as path:
        done = refused('fit', 'lmm', 'score ~ week + (1 | clint)', path, naming=["no column 'clint'", "Did you mean 'client'?"])
        lines = done.err.splitlines()
        equal(lines[1], '  score ~ week + (1 | clint)')
        assert set(lines[2]) == {' ', '^'}, lines[2]
        done = refused('fit', 'lmm', 'score ~ week + (1 | client', path)
        equal(done.err.splitlines()[1:3], ['  score ~ week + (1 | client', '  ' + ' ' * 26 + '^'])
        refused('fit', 'lmm', 'score ~ week', path, naming=['groups the rows', '(1 | client)'])
        refused('fit', 'lmm', 'score ~ scale(week) + (1 | client)', path, naming=['no function scale'])


def test_names_with_blanks_need_backticks():
    with table(small().replace('score', 'my score', 1)) as path:
        equal(fit('lmm', '`my score` ~ week + (1 | client)', path)['n'], 60)
        refused('fit', 'lmm', 'my score ~ week + (1 | client)', path, naming=['a ~ was expected', '`my score`'])
        done = refused('fit', 'lmm', '`my score` ~ week arm + (1 | client)', path, naming=['`week arm`'])
        equal(done.err.splitlines()[2], ' ' * 20 + '^')


def test_times_are_whole_and_differ_within_a_group():
    formula = 'score ~ week + (1 | client)'
    with table(small().replace('c3,cbt,2,', 'c3,cbt,2.5,')) as path: # its line is the 19th, its row the 18th
        refused('fit', 'lmm', formula, path, '--residual', 'ar1(week)', naming=['Row 18', "2.5 in 'week'", 'whole'])
        refused('fit', 'lmm', formula, path, '--residual', 'ar1(score)', naming=['Row 2 ', "'score'"])
    with table(small().replace('c3,cbt,2,', 'c3,cbt,1,')) as path:
        refused('fit', 'lmm', formula, path, '--residual', 'ar1(week)', naming=['Rows 17 and 18', 'one client', "'week', 1"])
    with table(small().replace('c3,cbt,4,', 'c3,cbt,4e12,')) as path:
        refused('fit', 'lmm', formula, path, '--residual', 'ar1(week)', naming=['Row 20', '4e+12'])


def test_columns_that_tell_nothing_are_named():
    text = small().replace('\n', ',1,k\n').replace(',1,k', ',one,same', 1)
    with table(text) as path:
        refused('fit', 'lmm', 'score ~ one + (1 | client)', path, naming=["'one'"])
        refused('fit', 'lmm', 'score ~ same + (1 | client)', path, naming=["'same'", "'k'"])
        refused('fit', 'lmm', 'score ~ week + (1 | same)', path, naming=['one group of same'])
        refused('fit', 'lmm', 'one ~ week + (1 | client)', path, naming=['outcome is the same'])
        refused('fit', 'lmm', 'score ~ week + (1 + week + I(week^2) + I(week^3) + I(week^4) | client)', path,
                naming=['60 effects'])
        done = cli.rapport('fit', 'lmm', 'score ~ week + I(2 * week) + (1 | client)', path, '--format', 'json')
        equal(done.status, 1)
        result = json.loads(done.out)
        equal((result['convergence']['status'], result['fixed'], result['objective']), ('not_fitted', [], None))
        assert 'I(2 * week)' in done.err and 'week' in done.err, done.err


def test_wrong_use():
    with table(small()) as path:
        formula = 'score ~ week + (1 | client)'
        refused('fit', 'survival', 'x', path, status=2, naming=['not built yet', 'lmm', 'glmm', 'sem'])
        refused('fit', 'lm', formula, path, status=2, naming=['lmm'])
        refused('fit', 'lmm', formula, status=2, naming=['lmm takes FORMULA DATA'])
        refused('fit', 'lmm', formula, path, '--link', 'logit', status=2, naming=['--link', 'lmm'])
        refused('fit', 'lmm', formula, path, '--df', 'kr', status=2, naming=['kenward-roger'])
        refused('fit', 'lmm', formula, path, '--ml', '--df', 'satterthwaite', status=2, naming=['--ml'])
        refused('fit', 'lmm', formula, path, '--residual', 'ar2(week)', status=2, naming=['ar1(COLUMN)'])
        refused('fit', 'lmm', formula, path, '--level', '1.5', status=2, naming=['--level'])
        refused('fit', 'lmm', formula, path, '--reference', 'arm', status=2, naming=['COLUMN=LEVEL'])
        refused('fit', 'lmm', formula, path + 'x', naming=['No such file'])
        refused('fit', 'lmm', formula, path, '--weights', 'wt', naming=["no column 'wt'"])
        refused('fit', 'lmm', formula, path, '--reference', 'arm=tau', naming=['no such factor'])


# ---- forms ----

def test_text_fits_80_columns():
    text = small().replace('arm', 'the_arm_that_the_client_was_allocated_to')
    with table(text) as path:
        arm = 'the_arm_that_the_client_was_allocated_to'
        out = good('fit', 'lmm', f'score ~ week * {arm} + log(week + 1) + (1 + week | client)', path).out
        long = [line for line in out.splitlines() if len(line) > 80]
        equal(long, [])
        for part in ('60 used, 0 left out', 'Groups     client 12', 'REML criterion', 'Satterthwaite', 'converged'):
            assert part in out, part


def test_csv_and_html():
    with table(small()) as path:
        arguments = ('fit', 'lmm', 'score ~ week + (1 + week | client)', path, '--no-clock')
        rows = list(csv.DictReader(io.StringIO(good(*arguments, '--format', 'csv').out)))
        equal([(r['kind'], r['factor'], r['term'], r['with']) for r in rows],
              [('fixed', '', '(Intercept)', ''), ('fixed', '', 'week', ''), ('sd', 'client', '(Intercept)', ''),
               ('sd', 'client', 'week', ''), ('correlation', 'client', 'week', '(Intercept)'), ('sd', '', 'residual', '')])
        result = fit(*arguments[1:4])
        close(float(rows[1]['estimate']), result['fixed'][1]['estimate'], 1e-12)
        html = good(*arguments, '--format', 'html').out
        for part in ('Linear mixed model of d.csv', 'Random effects', 'Fixed effects', 'score ~ week'):
            assert part in html, part


if __name__ == '__main__':
    run(globals())
