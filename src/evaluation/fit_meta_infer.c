/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All that is told of a meta-analysis after its fit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evaluation/fit_meta_parts.h"

/* ---- effects ---- */

static bool put_effects(fit_meta_making *m) {
    rp_fit_meta *out = m->out;
    size_t k = out->fit->k;
    double *weights = rp_arena_take(m->arena, k, sizeof *weights);
    double z = -rp_normal_quantile((1 - m->spec->level) / 2);
    if (!weights)
        return rp_fail_memory(m->error);
    bool known = fit_meta_has_estimate(out);
    if (known && !rp_meta_weights(out->fit, weights, m->error))
        return false;
    for (size_t i = 0; i < k; i++) {
        rp_fit_meta_effect *e = &out->effects[i];
        e->lower = e->y - z * sqrt(e->v);
        e->upper = e->y + z * sqrt(e->v);
        e->weight = known ? weights[i] : NAN;
    }
    return true;
}

/* ---- coefficients, the mean, the next study ---- */

static bool find_robust(fit_meta_making *m) {
    rp_fit_meta *out = m->out;
    out->beta = out->fit->beta;
    if (!m->cluster)
        return true;
    rp_meta_robust *robust = rp_arena_take(m->arena, 1, sizeof *robust);
    if (!robust)
        return rp_fail_memory(m->error);
    if (!rp_meta_robust_errors(out->fit, m->options->robust_kind, m->cluster, m->arena, robust, m->error))
        return false;
    out->robust = robust;
    out->beta = robust->beta;
    for (size_t j = 0; j < out->fit->p; j++)
        if (robust->beta[j].df < 4 &&
            !fit_warn(&m->reading,
                      "'%s' has %.1f degrees of freedom by its clusters: with fewer than 4 its p and its "
                      "interval are not to be trusted (Tipton 2015).",
                      m->spec->names[j], robust->beta[j].df))
            return false;
    return true;
}

static rp_interval turned(const fit_meta_making *m, rp_interval x) {
    if (m->options->measure == RP_META_OR || m->options->measure == RP_META_RR)
        return (rp_interval){exp(x.estimate), exp(x.lower), exp(x.upper), x.level};
    return rp_meta_z_to_r(x);
}

static const char *back_words(const rp_fit_meta_options *options) {
    switch (options->n_figures ? options->measure : RP_META_MD) {
    case RP_META_ZCOR:
    case RP_META_ZCOR_T:
    case RP_META_ZCOR_F:
        return "correlation";
    case RP_META_OR:
        return "odds ratio";
    case RP_META_RR:
        return "risk ratio";
    default:
        return NULL;
    }
}

static void find_mean(fit_meta_making *m) {
    rp_fit_meta *out = m->out;
    const rp_interval none = {NAN, NAN, NAN, m->spec->level};
    out->mean = out->prediction = out->mean_back = out->prediction_back = none;
    if (!out->has_mean)
        return;
    const double one = 1;
    rp_meta_predict(out->fit, &one, m->options->prediction, &out->mean, &out->prediction);
    out->mean = (rp_interval){out->beta[0].estimate, out->beta[0].lower, out->beta[0].upper, m->spec->level};
    if (m->spec->method == RP_META_EE)
        out->prediction = none;
    out->back = back_words(m->options);
    if (out->back) {
        out->mean_back = turned(m, out->mean);
        out->prediction_back = turned(m, out->prediction);
    }
}

static bool find_tau2(fit_meta_making *m) {
    rp_fit_meta *out = m->out;
    out->tau2 = (rp_interval){out->fit->tau2, NAN, NAN, m->spec->level};
    if (m->spec->study || m->spec->correlation > 0 || m->spec->method == RP_META_EE)
        return true;
    if (!rp_meta_tau2_interval(out->fit, &out->tau2, m->error))
        return false;
    return !isnan(out->tau2.upper) ||
           fit_warn(&m->reading, "Effects differ less than sampling lets expect even with no variance between them: "
                                 "there is no interval of tau2.");
}

/* ---- what was asked for beside ---- */

typedef struct moment {
    double when;
    size_t at;
} moment;

static int by_time(const void *a, const void *b) {
    const moment *left = a, *right = b;
    return left->when != right->when ? (left->when < right->when ? -1 : 1)
                                     : (left->at > right->at) - (left->at < right->at);
}

static bool find_cumulative(fit_meta_making *m) {
    size_t k = m->out->fit->k;
    moment *moments = rp_arena_take(m->arena, k, sizeof *moments);
    m->out->order = rp_arena_take(m->arena, k, sizeof *m->out->order);
    if (!moments || !m->out->order)
        return rp_fail_memory(m->error);
    for (size_t i = 0; i < k; i++)
        moments[i] = (moment){m->when[i], i};
    qsort(moments, k, sizeof *moments, by_time);
    for (size_t i = 0; i < k; i++)
        m->out->order[i] = moments[i].at;
    return rp_meta_cumulate(m->out->fit, m->out->order, m->arena, &m->out->cumulative, m->error);
}

static bool find_small_studies(fit_meta_making *m) {
    rp_fit_meta *out = m->out;
    out->asymmetry = rp_arena_take(m->arena, 3, sizeof *out->asymmetry);
    out->filled = rp_arena_take(m->arena, 1, sizeof *out->filled);
    if (!out->asymmetry || !out->filled)
        return rp_fail_memory(m->error);
    for (int kind = 0; kind < 3; kind++)
        if (!rp_meta_asymmetry_test(out->fit, (rp_meta_asymmetry_kind)kind, &out->asymmetry[kind], m->error))
            return false;
    if (isnan(out->asymmetry[RP_META_EGGER].slope.p)) { /* fewer than three, or all errors the same */
        out->filled = NULL;
        return fit_warn(&m->reading, "Whether small studies tell something else cannot be seen: there are fewer than "
                                     "three effects, or their standard errors are all the same.");
    }
    if (!rp_meta_trim_fill(out->fit, m->arena, out->filled, m->error))
        return false;
    return out->fit->k >= 10 || fit_warn(&m->reading, "With fewer than 10 effects, tests of small studies find little "
                                                      "(Sterne et al. 2011).");
}

static bool find_selection(fit_meta_making *m) {
    m->out->selection = rp_arena_take(m->arena, 1, sizeof *m->out->selection);
    if (!m->out->selection)
        return rp_fail_memory(m->error);
    return rp_meta_select(m->out->fit, m->options->selection, !m->options->below, m->arena, m->out->selection,
                          m->error);
}

static bool find_extras(fit_meta_making *m) {
    rp_fit_meta *out = m->out;
    bool simple = !m->spec->study && m->spec->correlation == 0;
    if (m->when && !find_cumulative(m))
        return false;
    if (m->options->influence && !rp_meta_leave_out(out->fit, NULL, out->fit->k, m->arena, &out->without, m->error))
        return false;
    if (m->options->influence && simple && !rp_meta_influences(out->fit, m->arena, &out->influence, m->error))
        return false;
    return (!m->options->small_studies || find_small_studies(m)) && (!(m->options->selection > 0) || find_selection(m));
}

bool fit_meta_infer(fit_meta_making *m) {
    if (!put_effects(m))
        return false;
    if (!fit_meta_has_estimate(m->out)) {
        m->out->beta = m->out->fit->beta;
        const rp_interval none = {NAN, NAN, NAN, m->spec->level};
        m->out->tau2 = m->out->mean = m->out->prediction = m->out->mean_back = m->out->prediction_back = none;
        m->out->has_mean = false;
        return true;
    }
    if (!find_robust(m) || !find_tau2(m))
        return false;
    find_mean(m);
    return find_extras(m);
}
