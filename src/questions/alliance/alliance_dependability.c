/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dependability of a client's mean over k sessions: k c / (k c + e), with c the variance between clients and e that
 * from session to session, by the one-way analysis of variance (Brennan 2001, Generalizability Theory). Its interval is
 * that of c / e, by the delta method over clients from sums that merge, on the scale of logarithms. */
#include "questions/alliance/alliance_measurement.h"

#include <math.h>
#include <string.h>

/* Ours: fewer people with two scores do not tell how much scores vary from session to session. */
enum { LEAST_REPEATED = 20, SESSIONS_SHOWN = 10, MOST_SESSIONS = 100 };

/* Numbers of each client, whose totals make the estimate: how many scores, its square, their sum, the sum of squares
 * about the client's own mean, and the square of the sum over how many. */
enum { COUNT, COUNT_SQUARED, SUM, WITHIN, BETWEEN, TOTALS };

static void add_person(double *moments, const rp_series *series) {
    rp_moments own = {0};
    for (size_t i = 0; i < series->n; i++)
        rp_moments_add(&own, series->points[i].value);
    double n = (double)own.n;
    const double of[TOTALS] = {n, n * n, n * own.mean, own.m2, n * own.mean * own.mean};
    rp_item_moments_add(moments, TOTALS, of);
}

static void prepare(void *statistics, const rp_block *block, const void *context) {
    const alliance_family *family = context;
    for (const rp_episode *e = block->episodes; e < block->episodes + block->n_episodes; e++)
        if (e->series[family->measures[0]].n > 0)
            add_person(statistics, &e->series[family->measures[0]]);
}

static void merge(void *into, const void *other, const void *context) {
    (void)context;
    rp_item_moments_merge(into, TOTALS, other);
}

/* ---- the ratio ------------------------------------------------------------------------------------------------ */

typedef struct components {
    double between, within;
} components;

static components components_of(double people, const double *t) {
    double within = t[WITHIN] / (t[COUNT] - people);
    double between = (t[BETWEEN] - t[SUM] * t[SUM] / t[COUNT]) / (people - 1);
    double a_client = (t[COUNT] - t[COUNT_SQUARED] / t[COUNT]) / (people - 1);
    return (components){(between - within) / a_client, within};
}

/* log(c / e) by a total; central differences: the function is smooth, and its totals lie far from where it ends. */
static double slope(double people, const double *totals, size_t which) {
    double at[TOTALS], step = 1e-6 * fmax(fabs(totals[which]), 1), value[2];
    for (int side = 0; side < 2; side++) {
        memcpy(at, totals, sizeof at);
        at[which] += side == 0 ? step : -step;
        components c = components_of(people, at);
        value[side] = log(c.between / c.within);
    }
    return (value[0] - value[1]) / (2 * step);
}

/* c / e, with its interval; NaN where clients do not differ beyond what sessions do. */
static rp_interval ratio_of(const double *moments, double level, components *out) {
    rp_interval ratio = {NAN, NAN, NAN, level};
    double people = moments[0], totals[TOTALS], by[TOTALS], variance = 0;
    const double *means = moments + 1, *cross = means + TOTALS;
    for (size_t i = 0; i < TOTALS; i++)
        totals[i] = people * means[i];
    *out = components_of(people, totals);
    ratio.estimate = out->between > 0 && out->within > 0 ? out->between / out->within : NAN;
    if (isnan(ratio.estimate))
        return ratio;
    for (size_t i = 0; i < TOTALS; i++)
        by[i] = slope(people, totals, i);
    for (size_t i = 0; i < TOTALS; i++)
        for (size_t j = 0; j < TOTALS; j++)
            variance += by[i] * by[j] * cross[i * TOTALS + j] * people / (people - 1);
    double reach = rp_normal_quantile(0.5 + level / 2) * sqrt(variance);
    ratio.lower = ratio.estimate * exp(-reach);
    ratio.upper = ratio.estimate * exp(reach);
    return ratio;
}

static rp_interval dependability(const rp_interval *ratio, double sessions) {
    rp_interval d = *ratio;
    d.estimate = sessions * ratio->estimate / (1 + sessions * ratio->estimate);
    d.lower = sessions * ratio->lower / (1 + sessions * ratio->lower);
    d.upper = sessions * ratio->upper / (1 + sessions * ratio->upper);
    return d;
}

/* The fewest sessions whose mean is so dependable. */
static double fewest(double ratio, double target) {
    return ceil(target / (1 - target) / ratio - 1e-9);
}

static rp_interval sessions_for(const rp_interval *ratio, double target) {
    return (rp_interval){fewest(ratio->estimate, target), fewest(ratio->upper, target), fewest(ratio->lower, target),
                         ratio->level};
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

static const char method[] =
    "one-way analysis of variance of scores by client; interval by the delta method over clients, of the logarithm of "
    "the variance between clients over that between sessions";

static void fill(rp_statement *s, const char *label, const char *unit) {
    s->label = label;
    s->unit = unit;
    s->method = method;
}

static void state_single(const alliance_measured *m, const rp_interval *ratio) {
    const alliance_family *family = m->rows->family;
    rp_answer *answer = m->set.answer;
    rp_interval one = dependability(ratio, 1);
    rp_statement *s =
        alliance_statement(answer, family, "alliance.dependability.single_session", 0,
                           rp_question_having(&m->set, MARK(MARK_SCORED), 0), rp_question_having(&m->set, 0, 0), one);
    s->behind[0] = rp_question_having(&m->set, MARK(MARK_RATED_TWICE), 0);
    fill(s, "Dependability of one session's score", "");
    s->text =
        rp_answer_text(answer,
                       "%s (%s): of how scores of single sessions vary, %.2f%s is lasting differences between clients; "
                       "the rest varies from session to session. From %lld of %lld people.",
                       family->name, alliance_scale(family, 0)->title, one.estimate, alliance_range(answer, &one),
                       (long long)s->numerator.n, (long long)s->denominator.n);
}

static const char *so_many(rp_answer *answer, double sessions) {
    return sessions > MOST_SESSIONS ? rp_answer_text(answer, "more than %d", MOST_SESSIONS)
                                    : rp_answer_text(answer, "%.0f", sessions);
}

static void state_sessions(const alliance_measured *m, const rp_interval *ratio, const char *id, double target) {
    const alliance_family *family = m->rows->family;
    rp_answer *answer = m->set.answer;
    rp_interval n = sessions_for(ratio, target);
    rp_statement *s = alliance_statement(answer, family, id, 0, rp_question_having(&m->set, MARK(MARK_SCORED), 0),
                                         rp_question_having(&m->set, 0, 0), n);
    s->behind[0] = rp_question_having(&m->set, MARK(MARK_RATED_TWICE), 0);
    fill(s, rp_answer_text(answer, "Sessions for a dependability of %.2f", target), "sessions");
    s->text = rp_answer_text(
        answer, "%s (%s): the mean of %s session%s (%g%% interval %s to %s) tells a client's alliance to %.2f.",
        family->name, alliance_scale(family, 0)->title, so_many(answer, n.estimate), n.estimate == 1 ? "" : "s",
        100 * n.level, so_many(answer, n.lower), so_many(answer, n.upper), target);
}

static void write_table(const alliance_measured *m, const rp_interval *ratio) {
    static const rp_table_column columns[] = {
        {"sessions", "Sessions", ""}, {"dependability", "Dependability", ""}, {"lower", "From", ""},
        {"upper", "To", ""},          {"people", "People", "people"},
    };
    const alliance_family *family = m->rows->family;
    rp_answer *answer = m->set.answer;
    rp_answer_table *table =
        rp_answer_table_add(answer, rp_answer_text(answer, "alliance.dependability.%s", family->name),
                            rp_answer_text(answer, "%s, %s: how many sessions tell a client's alliance?", family->name,
                                           alliance_scale(family, 0)->title),
                            columns, sizeof columns / sizeof *columns);
    table->audience = RP_FOR_FULL;
    table->note = rp_answer_text(answer,
                                 "Dependability of the mean of so many sessions: the share of its variance that is "
                                 "lasting differences between clients. People: with a score. From and To: %g%% "
                                 "interval over clients.",
                                 100 * ratio->level);
    rp_count repeated = rp_question_having(&m->set, MARK(MARK_RATED_TWICE), 0);
    for (int k = 1; k <= SESSIONS_SHOWN; k++) {
        rp_interval d = dependability(ratio, k);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_num(k, 0, rp_count_none());
        row[1] = rp_value_num(d.estimate, 2, repeated);
        row[2] = alliance_number(d.lower, 2, repeated);
        row[3] = alliance_number(d.upper, 2, repeated);
        row[4] = rp_value_count(rp_question_having(&m->set, MARK(MARK_SCORED), 0));
    }
}

bool alliance_write_dependability(const alliance_measured *m, rp_error *error) {
    const alliance_family *family = m->rows->family;
    rp_answer *answer = m->set.answer;
    double moments[1 + TOTALS + TOTALS * TOTALS] = {0}; /* rp_item_moments_room(TOTALS) */
    rp_fold fold = {sizeof moments, prepare, merge, family};
    if (!rp_cohort_fold(family->cohort, &fold, family->asked->threads, moments, error))
        return false;
    if (rp_question_having(&m->set, MARK(MARK_RATED_TWICE), 0).n < LEAST_REPEATED) {
        rp_answer_caveat(answer,
                         "%s: fewer than %d people have two scores or more, so how many sessions tell a client's "
                         "alliance is not told.",
                         family->name, LEAST_REPEATED);
        return true;
    }
    components c;
    rp_interval ratio = ratio_of(moments, family->asked->level, &c);
    if (isnan(ratio.estimate)) {
        rp_answer_caveat(answer,
                         "%s: clients differ no more than one client's sessions do, so no number of sessions is found "
                         "that would tell a client's alliance.",
                         family->name);
        return true;
    }
    state_single(m, &ratio);
    state_sessions(m, &ratio, "alliance.dependability.sessions_for_80", 0.8);
    state_sessions(m, &ratio, "alliance.dependability.sessions_for_90", 0.9);
    write_table(m, &ratio);
    rp_answer_caveat(answer, "Dependability takes sessions as if each were as unlike the next as any other. Where the "
                             "alliance moves slowly, sessions close to each other are more alike, and the figures are "
                             "too favourable.");
    return true;
}
