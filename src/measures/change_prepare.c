/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rule for change made ready for one set of people. One static function per method; docs/change.md tells each in
 * words.
 *
 *   r, r2      reliability before and after
 *   S          SD that the rule names, mostly of the scores before;   S_E = S sqrt(1 - r), the error of one score
 *   M1, M2     means before and after;   S1, S2, cov  SDs and covariance of the pairs
 *   s_diff     what the method's index divides by
 *
 * Jacobson & Truax (1991) J Consult Clin Psychol 59:12-19 · Speer (1992) J Consult Clin Psychol 60:402-408 (for Edwards
 * & Nunnally) · Hsu (1989) Behavioral Assessment 11:459-467 (Gulliksen, Lord & Novick; Hsu, Linn & Lord) · Nunnally &
 * Kotsch (1983) Br J Clin Psychol 22:83-93 · Hageman & Arrindell (1999) Behav Res Ther 37:1169-1193. */
#include <assert.h>
#include <math.h>

#include "measures/measures_private.h"

/* Two-sided 5 %, as the papers print it; Hageman & Arrindell test one side. */
static const double two_sided = 1.96, one_sided = 1.65;

typedef struct preparation {
    const rp_change_rule *rule;
    const rp_change_data *data;
    rp_change_scale *out;
    rp_error *error;
} preparation;

static const char *title_of(const preparation *p) {
    return rp_change_method_title(p->out->method);
}

static double divide_n_less_1(double sum, int64_t n) {
    return n >= 2 ? sum / (double)(n - 1) : NAN;
}

/* Sample variances and covariance of the pairs; NaN below two. */
static double variance_before(const rp_pair_moments *pairs) {
    return divide_n_less_1(pairs->m_xx, pairs->n);
}

static double variance_after(const rp_pair_moments *pairs) {
    return divide_n_less_1(pairs->m_yy, pairs->n);
}

static double covariance(const rp_pair_moments *pairs) {
    return divide_n_less_1(pairs->m_xy, pairs->n);
}

/* ---- what the methods need ---- */

static bool need_reliability(const preparation *p) {
    if (!isnan(p->rule->reliability))
        return true;
    rp_fail(p->error, RP_E_RULE, "Change by %s needs the scale's reliability, and none is known.", title_of(p));
    return rp_fail_remedy(p->error, "Give \"reliability\" in the map's \"change\", and where it comes from.");
}

static bool need_two(const preparation *p, int64_t n, const char *who) {
    if (n >= 2)
        return true;
    rp_fail(p->error, RP_E_RULE, "Change by %s needs at least two people %s; there %s %lld.", title_of(p), who,
            n == 1 ? "is" : "are", (long long)n);
    return rp_fail_remedy(p->error, "Give \"sd\" as a number from a larger sample, or a fixed \"reliable_change\".");
}

static bool need_pairs(const preparation *p) {
    return need_two(p, p->data->pairs.n, "with both scores");
}

static bool need_spread(const preparation *p, double sd, const char *what) {
    if (sd > 0)
        return true;
    return rp_fail(p->error, RP_E_RULE, "Change by %s cannot be judged: all people have the same score %s.",
                   title_of(p), what);
}

/* The people whose mean and SD before are used: those with both scores, unless the rule says all with a first score. */
static bool need_baseline(const preparation *p) {
    bool of_all = p->rule->sd_kind == RP_SD_BASELINE_ALL;
    int64_t n = of_all ? p->data->baseline_all.n : p->data->pairs.n;
    return need_two(p, n, of_all ? "with a first score" : "with both scores") &&
           need_spread(p, p->out->clinical_sd, "before");
}

static void take_statistics(preparation *p) {
    const rp_pair_moments *pairs = &p->data->pairs;
    bool of_all = p->rule->sd_kind == RP_SD_BASELINE_ALL;
    p->out->mean_pre = p->out->clinical_mean = NAN;
    if (of_all && p->data->baseline_all.n > 0)
        p->out->clinical_mean = p->data->baseline_all.mean;
    else if (!of_all && pairs->n > 0)
        p->out->clinical_mean = pairs->mean_x;
    p->out->mean_pre = p->out->clinical_mean;
    p->out->mean_post = pairs->n > 0 ? pairs->mean_y : NAN;
    p->out->clinical_sd = of_all ? rp_moments_sd(&p->data->baseline_all) : sqrt(variance_before(pairs));
    p->out->sd_pre = p->rule->sd_kind == RP_SD_NUMBER ? p->rule->sd : p->out->clinical_sd;
    p->out->sd_post = sqrt(variance_after(pairs));
}

/* S and S_E. */
static bool take_error(preparation *p) {
    if (!need_reliability(p) || (p->rule->sd_kind != RP_SD_NUMBER && !need_baseline(p)))
        return false;
    p->out->standard_error = p->out->sd_pre * sqrt(1 - p->rule->reliability);
    return true;
}

/* The mean that scores regress to: of the people whose SD is used. */
static bool take_error_and_mean(preparation *p) {
    return take_error(p) && need_baseline(p);
}

/* ---- the methods ---- */

/* RCI = (after - before) / (sqrt(2) S_E): Jacobson & Truax 1991. */
static bool jacobson_truax(preparation *p) {
    if (!isnan(p->rule->reliable_change)) {
        p->out->fixed_threshold = true;
        p->out->reliable_change = p->rule->reliable_change;
        return true;
    }
    if (!take_error(p))
        return false;
    p->out->s_diff = sqrt(2) * p->out->standard_error;
    p->out->reliable_change = p->out->critical * p->out->s_diff;
    return true;
}

/* (after - T) / S_E, T = M1 + r (before - M1), the score before regressed to the mean: Speer 1992, who takes 2 S_E for
 * the 1.96 of the others. */
static bool edwards_nunnally(preparation *p) {
    if (!take_error_and_mean(p))
        return false;
    p->out->s_diff = p->out->standard_error;
    return true;
}

/* (after - T) / (S sqrt(1 - r^2)), T as above; the standard error of predicting one score from a parallel one: Hsu
 * 1989. */
static bool gulliksen_lord_novick(preparation *p) {
    if (!take_error_and_mean(p))
        return false;
    p->out->s_diff = p->out->sd_pre * sqrt(1 - p->rule->reliability * p->rule->reliability);
    return true;
}

/* ((after - M2) - r (before - M1)) / (S sqrt(1 - r^2)): as above, with the group's own change taken off: Hsu 1989. Both
 * means are of the same people, else their difference is no change. */
static bool hsu_linn_lord(preparation *p) {
    if (!take_error(p) || !need_pairs(p))
        return false;
    p->out->mean_pre = p->data->pairs.mean_x;
    p->out->s_diff = p->out->sd_pre * sqrt(1 - p->rule->reliability * p->rule->reliability);
    return true;
}

/* (after - T) / sqrt(r^2 S^2 (1 - r) + S^2 (1 - r2)), T as above: Nunnally & Kotsch 1983. */
static bool nunnally_kotsch(preparation *p) {
    if (!take_error_and_mean(p))
        return false;
    double r = p->rule->reliability, s = p->out->sd_pre;
    p->out->s_diff = s * sqrt(r * r * (1 - r) + 1 - p->out->reliability_post);
    return true;
}

static bool measurable(const preparation *p, double reliability, const char *what) {
    if (reliability > 0)
        return true;
    rp_fail(p->error, RP_E_RULE,
            "Change by %s cannot be judged: the measurement error is larger than the spread of %s.", title_of(p), what);
    return rp_fail_remedy(p->error, "Look at the reliability and the SD, or take another method.");
}

/* ((after - before) r_DD + (M2 - M1)(1 - r_DD)) / (sqrt(r_DD) sqrt(2) S_E): Hageman & Arrindell 1999. Reliabilities of
 * these people's scores follow from S_E and their SDs, since S_E is the same for all; a reliability given for the score
 * after is taken as it is, and brings an error of its own. */
static bool hageman_arrindell(preparation *p) {
    if (!take_error(p) || !need_pairs(p))
        return false;
    double var1 = variance_before(&p->data->pairs), var2 = variance_after(&p->data->pairs);
    double cov = covariance(&p->data->pairs), error1 = p->out->standard_error * p->out->standard_error;
    if (!need_spread(p, var1, "before") || !need_spread(p, var2, "after") ||
        !need_spread(p, var1 + var2 - 2 * cov, "of change"))
        return false;
    bool given = !isnan(p->rule->reliability_post);
    double r1 = 1 - error1 / var1, r2 = given ? p->rule->reliability_post : 1 - error1 / var2;
    double error2 = var2 * (1 - r2);
    if (!measurable(p, r1, "scores before") || !measurable(p, r2, "scores after"))
        return false;
    p->out->r_dd = (var1 * r1 + var2 * r2 - 2 * cov) / (var1 + var2 - 2 * cov);
    if (!measurable(p, p->out->r_dd, "change"))
        return false;
    p->out->mean_pre = p->data->pairs.mean_x;
    p->out->reliability_post = r2;
    p->out->standard_error_post = sqrt(error2);
    p->out->s_diff = sqrt(p->out->r_dd) * sqrt(error1 + error2);
    return true;
}

/* ---- the cut-off ---- */

static bool needs_clinical(rp_cutoff_kind kind) {
    return kind == RP_CUTOFF_A || kind == RP_CUTOFF_C;
}

static bool needs_functional(rp_cutoff_kind kind) {
    return kind == RP_CUTOFF_B || kind == RP_CUTOFF_C;
}

/* Hageman & Arrindell set the cut-off between true scores, whose SD is smaller: S sqrt(r) = sqrt(S^2 - S_E^2). */
static double spread_of(const preparation *p, double sd) {
    double error = p->out->standard_error;
    return p->out->method == RP_CHANGE_HA ? sqrt(sd * sd - error * error) : sd;
}

/* Cut-offs a, b and c: Jacobson & Truax 1991. */
static bool take_cutoff(preparation *p) {
    rp_cutoff_kind kind = p->rule->cutoff_kind;
    double towards_better = p->out->higher_is_worse ? -1 : 1;
    double mean_f = p->rule->functional_mean, sd_f = spread_of(p, p->rule->functional_sd);
    double mean_c = p->out->clinical_mean, sd_c = spread_of(p, p->out->clinical_sd);
    if (needs_functional(kind) && (isnan(mean_f) || isnan(p->rule->functional_sd)))
        return rp_fail(p->error, RP_E_RULE, "The cut-off needs a functional mean and SD, and they are not known.");
    if (needs_clinical(kind) && !need_baseline(p))
        return false;
    if ((needs_functional(kind) && !measurable(p, sd_f, "the functional norm")) ||
        (needs_clinical(kind) && !measurable(p, sd_c, "scores before")))
        return false;
    p->out->has_cutoff = kind != RP_CUTOFF_NONE;
    if (kind == RP_CUTOFF_A)
        p->out->cutoff = mean_c + towards_better * 2 * sd_c;
    else if (kind == RP_CUTOFF_B)
        p->out->cutoff = mean_f - towards_better * 2 * sd_f;
    else if (kind == RP_CUTOFF_C)
        p->out->cutoff = (sd_c * mean_f + sd_f * mean_c) / (sd_c + sd_f);
    else if (kind == RP_CUTOFF_NUMBER)
        p->out->cutoff = p->rule->cutoff;
    return true;
}

static rp_change_scale blank(const rp_change_rule *rule, bool higher_is_worse, rp_change_method method) {
    bool post_given = !isnan(rule->reliability_post);
    return (rp_change_scale){
        .method = method,
        .higher_is_worse = higher_is_worse,
        .reliability = rule->reliability,
        .reliability_post = post_given ? rule->reliability_post : rule->reliability,
        .standard_error = NAN,
        .standard_error_post = NAN,
        .s_diff = NAN,
        .r_dd = NAN,
        .critical = method == RP_CHANGE_HA ? one_sided : two_sided,
        .reliable_change = NAN,
        .cutoff = NAN,
    };
}

bool rp_change_prepare(const rp_change_rule *rule, bool higher_is_worse, rp_change_method method,
                       const rp_change_data *data, rp_change_scale *out, rp_error *error) {
    static bool (*const methods[RP_CHANGE_METHODS])(preparation *) = {
        [RP_CHANGE_JT] = jacobson_truax,    [RP_CHANGE_EN] = edwards_nunnally, [RP_CHANGE_GLN] = gulliksen_lord_novick,
        [RP_CHANGE_HA] = hageman_arrindell, [RP_CHANGE_HLL] = hsu_linn_lord,   [RP_CHANGE_NK] = nunnally_kotsch,
    };
    assert(rule && data && out && error && method < RP_CHANGE_METHODS);
    rp_change_scale scale = blank(rule, higher_is_worse, method);
    preparation p = {rule, data, &scale, error};
    take_statistics(&p);
    if (!methods[method](&p) || !take_cutoff(&p))
        return false;
    *out = scale;
    return true;
}
