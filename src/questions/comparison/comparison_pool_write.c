/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the organisations' differences are, and what they come to: statements, a table, a forest. */
#include "questions/comparison/comparison_parts.h"

#include <math.h>

typedef struct writing {
    cmp_work *work;
    rp_answer *answer;
    int arm;
    const cmp_pool *pool;
    rp_count treated, compared; /* everyone in the pool who was meant for the arm, and for the comparator */
    rp_answer_table *table;
} writing;

static const char *name_of(const cmp_work *work, size_t o) {
    const rp_record *record = rp_cohort_record(work->cohort);
    uint32_t row = work->organisations[o];
    const char *name = rp_record_text(record, RP_SERVICES, rp_schema_column(RP_SERVICES, "name"), row);
    return name != NULL ? name
                        : rp_record_id_text(record, RP_SERVICES, rp_schema_column(RP_SERVICES, "service_id"), row);
}

static rp_count meant_for(const cmp_work *work, const cmp_pool *pool, int arm) {
    bool in[CMP_ORGANISATIONS + 1] = {false};
    for (size_t o = 0; o < work->n_organisations; o++)
        in[o + 1] = !isnan(pool->weights[o]);
    return cmp_meant_in(work, arm, in);
}

/* ---- statements ---- */

static rp_statement *state(const writing *w, const char *id, const char *label, const char *method,
                           const rp_interval *i) {
    rp_statement *s = cmp_statement(w->work, id);
    s->label = rp_answer_text(w->answer, "%s less %s: %s", cmp_arm(w->work, w->arm), cmp_arm(w->work, 0), label);
    s->arm = cmp_arm(w->work, w->arm);
    s->unit = "points";
    s->behind[0] = w->treated;
    s->behind[1] = w->compared;
    s->estimate = i->estimate;
    s->lower = i->lower;
    s->upper = i->upper;
    s->level = i->level;
    s->method = method;
    return s;
}

static const char *between(const writing *w, const rp_interval *i) {
    return isnan(i->lower)
               ? ""
               : rp_answer_text(w->answer, " (%g%% interval %+.2f to %+.2f)", 100 * i->level, i->lower, i->upper);
}

static const char *by_points(const writing *w, double effect) {
    return rp_answer_text(w->answer, "%s by %.2f points", effect < 0 ? "lower" : "higher", fabs(effect));
}

static void say_two_stages(const writing *w) {
    const cmp_pool *p = w->pool;
    const rp_interval *mean = &p->two_stage, *another = &p->another;
    const char *arm = cmp_arm(w->work, w->arm), *other = cmp_arm(w->work, 0), *measure = w->work->of->name;
    static const char method[] =
        "each organisation's linear mixed model of all later scores, first score and time held; "
        "their differences by random effects, REML";
    state(w, "comparison.pooled", "mean over organisations, in two stages",
          rp_answer_text(w->answer, "%s, interval of Knapp and Hartung", method), mean)
        ->text =
        rp_answer_text(w->answer,
                       "%s: over %zu organisations, with the same first score people meant for %s have later scores "
                       "that are %s%s than people meant for %s in the same organisation: %+.2f standard deviations. "
                       "From organisation to organisation the difference varies with a standard deviation of %.2f "
                       "points, sampling left aside.%s",
                       measure, p->n, arm, by_points(w, mean->estimate), between(w, mean), other,
                       mean->estimate / rp_moments_sd(&w->work->first), p->tau, cmp_beside(w->work));
    if (isnan(another->lower))
        return;
    state(w, "comparison.pooled.another", "in one more such organisation",
          rp_answer_text(w->answer, "%s; prediction interval, t with one degree of freedom less than organisations",
                         method),
          another)
        ->text = rp_answer_text(w->answer,
                                "%s: in one more organisation like these %zu the difference of %s less %s would lie "
                                "between %+.2f and %+.2f points, %g times in a hundred. This, and not the interval of "
                                "the mean, is what a single organisation may be held against.%s",
                                measure, p->n, arm, other, another->lower, another->upper, 100 * another->level,
                                cmp_beside(w->work));
}

static void say_one_stage(const writing *w) {
    const cmp_pool *p = w->pool;
    const rp_interval i = {p->one_stage.estimate, p->one_stage.lower, p->one_stage.upper, w->work->asked->level};
    if (isnan(i.estimate)) {
        if (p->why != NULL)
            rp_answer_caveat(w->answer, "The %s over organisations, in one stage: %s", w->work->of->name, p->why);
        return;
    }
    state(
        w, "comparison.pooled.one_stage", "mean over organisations, in one stage",
        "one linear mixed model of all later scores by REML: an intercept for each organisation, first score and time "
        "held alike in all, people and the difference by organisation as random effects; t interval with "
        "Satterthwaite's degrees of freedom",
        &i)
        ->text = rp_answer_text(w->answer,
                                "%s: in one model of everyone in these %zu organisations, people meant for %s have "
                                "later scores that are %s%s than people meant for %s in the same organisation. From "
                                "organisation to organisation that varies with a standard deviation of %.2f points.%s",
                                w->work->of->name, p->n, cmp_arm(w->work, w->arm), by_points(w, i.estimate),
                                between(w, &i), cmp_arm(w->work, 0), p->one_stage_tau, cmp_beside(w->work));
}

/* ---- table and forest ---- */

static rp_value number(double x, int decimals, rp_count people) {
    return isnan(x) ? (rp_value){0} : rp_value_num(x, decimals, people);
}

static void put_row(const writing *w, const char *name, const rp_interval *i, double weight, rp_count treated,
                    rp_count compared, const char *remark) {
    rp_value *row = rp_answer_row(w->table);
    row[0] = rp_value_text(w->answer, name);
    row[1] = rp_value_count(treated);
    row[2] = rp_value_count(compared);
    row[3] = number(i->estimate, 2, treated);
    row[4] = number(i->lower, 2, treated);
    row[5] = number(i->upper, 2, compared);
    row[6] = number(weight, 1, compared);
    row[7] = rp_value_text(w->answer, remark);
}

static void put_point(rp_chart *chart, const char *name, const rp_interval *i, double weight, rp_count people) {
    rp_chart_point *p = rp_chart_point_add(chart);
    p->label = name;
    p->x = weight;
    p->y = i->estimate;
    p->lower = i->lower;
    p->upper = i->upper;
    p->count = people;
}

static const char *remark_of(const cmp_result *r) {
    return r->state == CMP_TOO_FEW  ? "too few people or scores for a model"
           : r->why != NULL         ? r->why
           : r->state != CMP_FITTED ? "no model could be fitted"
                                    : "";
}

static void put_each(const writing *w, rp_chart *chart) {
    for (size_t o = 0; o < w->work->n_organisations; o++) {
        const cmp_result *r = &w->pool->each[o];
        bool in[CMP_ORGANISATIONS + 1] = {false};
        in[o + 1] = true;
        rp_count treated = cmp_meant_in(w->work, w->arm, in), compared = cmp_meant_in(w->work, 0, in);
        bool told = r->state == CMP_FITTED;
        const rp_interval i = {told ? r->effect.estimate : NAN, told ? r->effect.lower : NAN,
                               told ? r->effect.upper : NAN, w->work->asked->level};
        put_row(w, name_of(w->work, o), &i, w->pool->weights[o], treated, compared, remark_of(r));
        if (told)
            put_point(chart, name_of(w->work, o), &i, w->pool->weights[o], treated);
    }
}

static void put_together(const writing *w, rp_chart *chart) {
    const cmp_pool *p = w->pool;
    if (isnan(p->two_stage.estimate))
        return;
    const rp_interval one = {p->one_stage.estimate, p->one_stage.lower, p->one_stage.upper, w->work->asked->level};
    rp_chart_series_add(chart, "Mean");
    put_row(w, "Mean, two stages", &p->two_stage, NAN, w->treated, w->compared, "");
    put_point(chart, "Mean, two stages", &p->two_stage, NAN, w->treated);
    if (!isnan(one.estimate)) {
        put_row(w, "Mean, one stage", &one, NAN, w->treated, w->compared, "");
        put_point(chart, "Mean, one stage", &one, NAN, w->treated);
    }
    if (isnan(p->another.lower))
        return;
    put_row(w, "One more organisation", &p->another, NAN, w->treated, w->compared, "prediction interval");
    rp_chart_series_add(chart, "One more organisation");
    put_point(chart, "One more organisation", &p->another, NAN, w->treated);
}

static void draw(writing *w) {
    static const rp_table_column columns[] = {{"organisation", "Organisation", ""},
                                              {"people", "Meant for it", "people"},
                                              {"compared", "Meant for the comparator", "people"},
                                              {"effect", "Difference", "points"},
                                              {"lower", "From", "points"},
                                              {"upper", "To", "points"},
                                              {"weight", "Weight", "%"},
                                              {"remark", "Remark", ""}};
    const cmp_work *work = w->work;
    const char *arm = cmp_arm(work, w->arm), *other = cmp_arm(work, 0);
    const char *id = rp_answer_text(w->answer, "comparison.organisations.%s.%s", work->of->name, arm);
    const char *title =
        rp_answer_text(w->answer, "%s by organisation: %s less %s, the first score held", work->of->name, arm, other);
    w->table = rp_answer_table_add(w->answer, id, title, columns, 8);
    w->table->note = rp_answer_text(
        w->answer,
        "%s is better. Each organisation: its own linear mixed model of all later scores. Means: random effects over "
        "organisations, in two stages (the differences above, by REML with the interval of Knapp and Hartung) and in "
        "one (one model of everyone).%s",
        work->scale->higher_is_worse ? "Lower" : "Higher", cmp_beside(work));
    rp_chart *chart = rp_answer_chart(w->answer, RP_CHART_FOREST, id, title);
    chart->table_id = id;
    chart->reading =
        "A row an organisation: a square, the larger the more it weighs, on its interval. Diamonds are the "
        "means with their intervals; the bar under them is where one more organisation's difference would "
        "lie, which is what a single organisation may be held against.";
    chart->x_label =
        rp_answer_text(w->answer, "points; to the %s: better", work->scale->higher_is_worse ? "left" : "right");
    rp_chart_line *zero = rp_chart_line_add(chart, "No difference");
    zero->vertical = true;
    zero->intercept = 0;
    rp_chart_series_add(chart, "Organisations");
    put_each(w, chart);
    put_together(w, chart);
}

void cmp_write_pool(cmp_work *work, int arm, const cmp_pool *pool) {
    writing w = {.work = work,
                 .answer = work->answer,
                 .arm = arm,
                 .pool = pool,
                 .treated = meant_for(work, pool, arm),
                 .compared = meant_for(work, pool, 0)};
    if (!isnan(pool->two_stage.estimate)) {
        say_two_stages(&w);
        say_one_stage(&w);
    } else if (pool->n < CMP_LEAST_POOLED)
        rp_answer_caveat(work->answer,
                         "The %s, %s: the organisations whose difference can be told are fewer than %d, too few to "
                         "pool.",
                         work->of->name, cmp_arm(work, arm), CMP_LEAST_POOLED);
    draw(&w);
}
