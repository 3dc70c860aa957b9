#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`fit meta`: its JSON, its formats, numbers of known data (the models themselves are in tests/models), and what it says
of data at fault. Numbers are those of R 4.2.2 with metafor 3.8-1 and clubSandwich 0.5.8, by the call on the line."""
import csv
import io
import re

from cli import good, refused
from fit_case import close, fit, near, shared, table
from plain_tap import equal, run

FIELDS = ['model', 'formula', 'effects_are', 'n', 'n_left_out', 'k', 'studies', 'method', 'test', 'errors', 'log_lik', 'aic',
          'bic', 'convergence', 'warnings', 'coefficients', 'tau2', 'tau2_se', 'tau2_lower', 'tau2_upper', 'i2', 'h2', 'q',
          'q_df', 'q_p', 'qm', 'qm_df1', 'qm_df2', 'qm_p', 'components', 'mean', 'prediction', 'level', 'effects',
          'provenance']
SIX = ('study,yi,vi,year,kind\n'
       'a,0.3,0.02,2001,x\nb,0.1,0.03,2005,x\nc,0.6,0.04,1999,y\nd,-0.1,0.05,2010,y\ne,0.9,0.03,2003,y\nf,0.4,0.02,2008,x\n')


def third_wave(*more):
    return fit('meta', 'TE ~ 1', shared('dmetar_ThirdWave.csv'), '--se', 'seTE', '--label', 'Author', *more)


# ---- the contract ----

def test_the_fields_are_those_of_the_contract():
    with table(SIX) as path:
        result = fit('meta', 'yi ~ year', path, '--variance', 'vi')
        equal(list(result), FIELDS)
        equal(list(result['coefficients'][0]), ['term', 'estimate', 'se', 'df', 'statistic', 'p', 'lower', 'upper'])
        equal([c['term'] for c in result['coefficients']], ['(Intercept)', 'year'])
        equal((result['model'], result['k'], result['method'], result['test']), ('meta', 6, 'reml', 'z'))
        equal(result['components'][0]['factor'], 'effect')
        equal(result['prediction']['lower'], None)  # of which moderators?
        close(sum(e['weight'] for e in result['effects']), 100, 1e-9)
        by_x, by_y = (fit('meta', 'yi ~ kind', path, '--variance', 'vi', '--reference', f'kind={k}') for k in 'xy')
        near([by_x['coefficients'][1]['estimate']], [-by_y['coefficients'][1]['estimate']], 1e-9)


def test_a_common_effect_by_hand():
    with table(SIX) as path:
        rows = list(csv.DictReader(io.StringIO(SIX)))
        w = [1 / float(r['vi']) for r in rows]
        y = [float(r['yi']) for r in rows]
        mean = sum(a * b for a, b in zip(w, y)) / sum(w)
        q = sum(a * (b - mean) ** 2 for a, b in zip(w, y))
        result = fit('meta', 'yi ~ 1', path, '--variance', 'vi', '--method', 'ee')
        near([result['mean']['estimate'], result['coefficients'][0]['se'], result['q'], result['i2']],
             [mean, sum(w) ** -0.5, q, 100 * (q - 5) / q], 1e-12)
        equal((result['tau2'], result['tau2_lower'], result['prediction']['lower'], result['components']), (0, None, None, []))


# ---- known numbers ----

def test_third_wave_trials():
    result = third_wave('--test', 'knha')  # rma(TE, sei = seTE, test = "knha"); confint(); predict()
    mean = result['coefficients'][0]
    near([mean['estimate'], mean['se'], mean['df'], mean['lower'], mean['upper'], result['log_lik']],
         [.577115142562924, .094266219268194, 17, .3782308046874375, .775999480438411, -8.86684002241893], 1e-8)
    near([result['tau2'], result['tau2_lower'], result['tau2_upper'], result['i2'], result['q']],
         [.0819839787592113, .0294844133482971, .353309998645247, 64.62781495744414, 45.50256797529968], 1e-8)
    near([result['prediction']['lower'], result['prediction']['upper']], [-.0588864, 1.213118], 1e-4)
    equal(result['prediction']['kind'], 't')
    equal(third_wave()['prediction']['kind'], 'z')
    wide, narrow = third_wave('--prediction', 'higgins'), third_wave()
    assert wide['prediction']['upper'] > narrow['prediction']['upper']
    equal(wide['mean'], narrow['mean'])


def test_correlations_in_studies():
    data = shared('mac_positive_regard_effects.csv')
    with open(data, encoding='utf-8') as file:  # each row a number, which the file lacks
        lines = file.read().splitlines()
    numbered = '\n'.join(['es,' + lines[0]] + [f'{i},{line}' for i, line in enumerate(lines[1:])]) + '\n'
    with table(numbered) as path:
        # rma.mv(yi, vi, random = ~ 1 | id/es) of escalc("ZCOR", ri = r, ni = n), to the summit
        result = fit('meta', 'r ~ 1', path, '--from', 'r,n', '--random', 'id/es')
        equal((result['k'], result['studies'], [c['factor'] for c in result['components']]), (102, 15, ['id', 'es']))
        near([result['mean']['estimate'], result['coefficients'][0]['se'], result['q']],
             [.275457387157239, .0597031272488295, 267.9522507361824], 1e-8)
        near([c['variance'] for c in result['components']], [.03609177009868431, .00788254297143371], 1e-7)
        close(result['mean_back']['estimate'], .26870, 5e-6)
        equal(result['back_transformed_to'], 'correlation')
        near([fit('meta', 'r ~ 1', path, '--from', 'r,n', '--random', 'id/es', '--correlation', '0.6')['log_lik']],
             [42.3341560110686], 1e-10)  # V = vcalc(vi, cluster = id, obs = es, rho = .6)


def test_errors_by_cluster():
    arguments = ('meta', 'yi ~ 1', shared('metadat_assink2016.csv'), '--variance', 'vi', '--random', 'study/esid', '--robust',
                 'study')
    two, one = fit(*arguments), fit(*arguments, '--cr', 'cr1')  # robust(m, cluster = study, clubSandwich = TRUE / FALSE)
    near([two['coefficients'][0][k] for k in ('se', 'df', 'p')], [.11864960020165091, 15.447615817027437, .00253426916123508],
         1e-8)
    near([one['coefficients'][0][k] for k in ('se', 'df', 'p')], [.11830453153958084, 16, .00236083348920862], 1e-8)
    assert 'CR2' in two['errors'] and '17 clusters of study' in two['errors'], two['errors']
    close(two['mean']['lower'], .17454047409739021, 1e-8)


def test_what_may_be_asked_for_beside():
    result = third_wave('--influence', '--small-studies', '--selection', '0.025', '--cumulative', 'TE')
    effect = result['effects'][2]
    equal(effect['label'], 'DanitzOrsillo')
    near([effect['rstudent'], effect['cook'], effect['without']['coefficients'][0]['estimate']],
         [3.21129638135045, .642618076499869, .507442573238616], 1e-8)  # influence(m), leave1out(m)
    small = result['small_studies']
    near([small['egger']['slope']['statistic'], small['peese']['limit']['estimate']],
         [4.67704392794737, .0600912441950581], 1e-8)  # summary(lm(TE ~ seTE, weights = 1 / seTE^2)); of seTE^2
    equal((small['trim_fill']['missing'], small['trim_fill']['side']), (0, 'left'))  # trimfill(m)
    near([result['selection']['delta'], result['selection']['log_lik']], [1.150042956121891, -8.75003706872615], 1e-8)
    equal(result['cumulative'][0]['status'], 'not_fitted')
    near([result['cumulative'][17]['coefficients'][0]['estimate']], [result['mean']['estimate']], 1e-9)
    equal(result['cumulative'][17]['label'], 'DanitzOrsillo')  # the largest


def test_counts():
    text = 'a,n1,c,n2\n12,40,20,38\n0,40,7,38\n9,50,15,50\n'
    with table(text) as path:
        result = fit('meta', 'a ~ 1', path, '--from', 'a,n1,c,n2', '--measure', 'or', '--method', 'ee')
        near([e['y'] for e in result['effects'][:2]], [-.95265837604502968, -2.9593646293831157], 1e-12)  # escalc("OR")
        assert any('1 effect had a count of 0: 0.5 was added' in w for w in result['warnings']), result['warnings']
        equal(result['back_transformed_to'], 'odds ratio')
        assert result['mean_back']['upper'] < 1


# ---- formats ----

def test_formats():
    arguments = ('fit', 'meta', 'TE ~ 1', shared('dmetar_ThirdWave.csv'), '--se', 'seTE', '--label', 'Author',
                 '--influence', '--small-studies', '--selection', '0.025', '--no-clock')
    text = good(*arguments).out
    for part in ('Meta-analysis, by restricted maximum likelihood', 'Q-profile', 'True effect of a new study',
                 'DanitzOrsillo', 'PEESE', 'seen 1.150 times'):
        assert part in text, part
    assert max(len(line) for line in text.splitlines()) <= 100
    rows = list(csv.DictReader(io.StringIO(good(*arguments, '--format', 'csv').out)))
    equal([r['kind'] for r in rows[:3]] + [len(rows)], ['coefficient', 'variance', 'prediction', 21])
    close(float(rows[0]['estimate']), .577115142562924, 1e-8)
    page = good(*arguments, '--format', 'html').out
    equal(page.count('<svg'), 2)
    for part in ('Call et al.', 'Small studies', 'Effects by their standard errors', 'of the model; z'):
        assert part in page, part
    assert not re.search(r'\bnan\b', page.lower()), 'nan in the page'


# ---- what cannot be told ----

def test_one_effect():
    with table('yi,vi\n0.2,0.04\n') as path:
        result = fit('meta', 'yi ~ 1', path, '--variance', 'vi', status=1)
        equal((result['convergence']['status'], result['coefficients'], result['tau2']), ('not_fitted', [], None))
        assert '1 effect for 1 coefficient' in result['convergence']['message']
        alone = fit('meta', 'yi ~ 1', path, '--variance', 'vi', '--method', 'ee')
        near([alone['mean']['estimate'], alone['coefficients'][0]['se']], [.2, .2], 1e-12)
        good('fit', 'meta', 'yi ~ 1', path, '--variance', 'vi', '--method', 'ee', '--format', 'html')


def test_equal_variances_and_none_between():
    text = 'yi,vi\n0.2,0.04\n0.5,0.04\n-0.1,0.04\n0.4,0.04\n'
    with table(text) as path:
        result = fit('meta', 'yi ~ 1', path, '--variance', 'vi', '--small-studies')
        near([result['mean']['estimate'], result['tau2']], [.25, .03], 1e-9)  # by hand: squares sum to .21
        assert any('standard errors are all the same' in w for w in result['warnings']), result['warnings']
        assert 'trim_fill' not in result['small_studies']
    with table('yi,vi\n0.2,0.4\n0.25,0.4\n0.3,0.4\n0.22,0.4\n') as path:
        result = fit('meta', 'yi ~ 1', path, '--variance', 'vi')
        equal((result['convergence']['status'], result['tau2'], result['i2'], result['tau2_upper']), ('boundary', 0, 0, None))
        assert 'no more than sampling' in result['convergence']['message']
        assert any('there is no interval of tau2' in w for w in result['warnings']), result['warnings']


def test_rows_without_an_effect_are_told():
    with table('r,n\n0.3,40\n1,30\n0.2,3\n0.4,50\n0.1,60\n,20\n') as path:
        result = fit('meta', 'r ~ 1', path, '--from', 'r,n')
        equal((result['k'], result['n_left_out']), (3, 3))
        assert any('2 rows whose figures give no effect are left out; the first is row 2' in w
                   for w in result['warnings']), result['warnings']
    with table('r,n\n1,40\n1,30\n') as path:
        refused('fit', 'meta', 'r ~ 1', path, '--from', 'r,n', naming=['No row', 'row 1', "Fisher's z"])


def test_refusals():
    with table(SIX) as path:
        refused('fit', 'meta', 'yi ~ 1', path, '--variance', 'vu', naming=["'vu'", "Did you mean 'vi'?"])
        refused('fit', 'meta', 'yi ~ (1 | study)', path, '--variance', 'vi', naming=['--random'])
        refused('fit', 'meta', 'year ~ 1', path, '--from', 'yi,vi', naming=["'yi'", "not 'year'"])
        refused('fit', 'meta', 'yi ~ 1', path, '--variance', 'study', naming=["'study'"])
        refused('fit', 'meta', 'yi ~ 1', path, '--variance', 'vi', '--random', 'kind/kind', naming=['came before'])
        refused('fit', 'meta', 'yi ~ year', path, '--variance', 'vi', '--small-studies', naming=['without moderators'])
        refused('fit', 'meta', 'yi ~ 1', path, '--variance', 'vi', '--random', 'study', '--correlation', '0.5', '--robust',
                'kind', '--cr', 'cr9', status=2, naming=['cr1 or cr2'])
        for more, part in ((('--random', 'study'), None), (('--variance', 'vi', '--se', 'vi'), 'one of --variance'),
                           (('--variance', 'vi', '--random', 'study', '--method', 'dl'), 'by --method reml or ml'),
                           (('--variance', 'vi', '--random', 'study', '--test', 'knha'), 'without --random'),
                           (('--variance', 'vi', '--correlation', '0.5'), 'needs --random'),
                           (('--variance', 'vi', '--random', 'study', '--correlation', '1'), 'below 1'),
                           (('--variance', 'vi', '--cr', 'cr1'), 'without --robust'),
                           (('--variance', 'vi', '--measure', 'smd'), 'needs --from'),
                           (('--from', 'yi,vi', '--measure', 'smd'), 'takes 6 columns'),
                           (('--variance', 'vi', '--random', 'a/b/c'), 'STUDY/EFFECT'),
                           (('--variance', 'vi', '--selection', '0'), 'above 0'),
                           (('--variance', 'vi', '--selection', '1'), 'between 0 and 1'),
                           (('--variance', 'vi', '--side', 'less'), 'without --selection'),
                           (('--variance', 'vi', '--ml'), 'no meaning for meta')):
            refused('fit', 'meta', 'yi ~ 1', path, *more, status=2, naming=[part] if part else [])
    for bad in ('0', '-0.01'):
        with table(SIX.replace('0.05', bad)) as path:
            refused('fit', 'meta', 'yi ~ 1', path, '--variance', 'vi', naming=['Row 4', 'sampling variance is above 0'])
            refused('fit', 'meta', 'yi ~ 1', path, '--se', 'vi', naming=['Row 4', 'standard error is above 0'])


def test_too_few_clusters():
    with table(SIX) as path:
        refused('fit', 'meta', 'yi ~ year', path, '--variance', 'vi', '--robust', 'kind', naming=['2 clusters for 2'])
        result = fit('meta', 'yi ~ 1', path, '--variance', 'vi', '--robust', 'kind')
        assert any('degrees of freedom by its clusters' in w for w in result['warnings']), result['warnings']


# ---- what must not matter ----

def test_order_and_threads_do_not_matter():
    lines = SIX.splitlines()
    with table(SIX) as one, table('\n'.join([lines[0]] + lines[:0:-1]) + '\n') as other:
        a, b = (fit('meta', 'yi ~ year', p, '--variance', 'vi') for p in (one, other))
        near([a['log_lik'], a['tau2'], a['coefficients'][1]['estimate']], [b['log_lik'], b['tau2'],
                                                                           b['coefficients'][1]['estimate']], 1e-9)
        equal(fit('meta', 'yi ~ year', one, '--variance', 'vi', '--threads', '2'), a)


if __name__ == '__main__':
    run(globals())
