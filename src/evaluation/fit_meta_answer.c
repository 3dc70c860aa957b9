/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A meta-analysis as an answer, so that the report room can draw it. What it counts are effects of somebody's own data:
 * it is not protected. */
#include <math.h>

#include "evaluation/fit_meta_parts.h"
#include "evaluation/fit_page.h"

enum { MOST_ROWS = 150, CURVE_POINTS = 2 };

static rp_value p_value(rp_answer *answer, double p) {
    return p < 0.0001 ? rp_value_text(answer, "<0.0001") : fit_value(p, 4);
}

/* ---- tables ---- */

static rp_answer_table *coefficient_table(rp_answer *answer, const char *id, const char *title) {
    static const rp_table_column columns[] = {{"term", "Term", ""},           {"estimate", "Estimate", ""},
                                              {"se", "Standard error", ""},   {"df", "df", ""},
                                              {"statistic", "Statistic", ""}, {"p", "p", ""},
                                              {"lower", "Lower", ""},         {"upper", "Upper", ""}};
    return rp_answer_table_add(answer, id, title, columns, sizeof columns / sizeof *columns);
}

static void put_coefficient(rp_answer *answer, rp_answer_table *table, const char *name, const rp_meta_coefficient *c) {
    int decimals = fit_decimals(c->se, 3);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, name);
    row[1] = fit_value(c->estimate, decimals);
    row[2] = fit_value(c->se, decimals);
    row[3] = isinf(c->df) ? rp_value_text(answer, "infinite") : fit_value(c->df, 1);
    row[4] = fit_value(c->statistic, 2);
    row[5] = p_value(answer, c->p);
    row[6] = fit_value(c->lower, decimals);
    row[7] = fit_value(c->upper, decimals);
}

static void put_coefficients(const rp_fit_meta *fit, rp_answer *answer, rp_arena *arena) {
    rp_answer_table *table = coefficient_table(answer, "fit.coefficients", "Coefficients");
    const char *errors = fit_meta_errors(fit, arena);
    table->note =
        rp_answer_text(answer, "%g%% intervals. Errors %s.", 100 * fit->options->common.level, errors ? errors : "");
    for (size_t j = 0; j < fit->fit->p; j++)
        put_coefficient(answer, table, fit->fit->spec->names[j], &fit->beta[j]);
}

typedef struct line {
    const char *what;
    double value, lower, upper;
    int digits; /* 0: a whole number */
} line;

static void put_line(rp_answer *answer, rp_answer_table *table, const line *l) {
    if (isnan(l->value) && isnan(l->upper))
        return;
    double scale = isnan(l->value) || l->value == 0 ? 0.1 : l->value;
    int decimals = l->digits == 0 ? 0 : fit_decimals(scale, l->digits);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, l->what);
    row[1] = fit_value(l->value, decimals);
    row[2] = fit_value(l->lower, decimals);
    row[3] = fit_value(l->upper, decimals);
}

static void put_differences(const rp_fit_meta *fit, rp_answer *answer) {
    static const rp_table_column columns[] = {
        {"what", "What", ""}, {"value", "Value", ""}, {"lower", "Lower", ""}, {"upper", "Upper", ""}};
    const rp_meta_fit *f = fit->fit;
    bool study = f->spec->study, effect = f->spec->effect;
    const char *study_words = rp_answer_text(answer, "Variance between %s", study ? fit->options->study : "");
    const char *mean_words = rp_answer_text(answer, "The mean as %s", fit->back ? fit->back : "");
    const line lines[] = {
        {"Effects used", (double)f->k, NAN, NAN, 0},
        {"Rows left out", (double)fit->left_out, NAN, NAN, 0},
        {study_words, study ? f->tau2_study : NAN, NAN, NAN, 4},
        {study ? "Variance between the effects of one" : "Variance between effects (tau2), Q-profile interval",
         effect ? f->tau2 : NAN, effect && !study ? fit->tau2.lower : NAN, effect && !study ? fit->tau2.upper : NAN, 4},
        {"I2, per cent", f->i2, NAN, NAN, 3},
        {"H2", f->h2, NAN, NAN, 3},
        {rp_answer_text(answer, "Q on %g degrees of freedom", f->q_df), f->q, NAN, NAN, 5},
        {"  its p", f->q_p, NAN, NAN, 3},
        {rp_answer_text(answer, "True effect of a new study (%s)", rp_meta_prediction_words(fit->options->prediction)),
         NAN, fit->prediction.lower, fit->prediction.upper, 3},
        {mean_words, fit->back ? fit->mean_back.estimate : NAN, fit->mean_back.lower, fit->mean_back.upper, 3},
        {"  of a new study", NAN, fit->back ? fit->prediction_back.lower : NAN,
         fit->back ? fit->prediction_back.upper : NAN, 3},
        {"Log-likelihood", f->log_lik, NAN, NAN, 6},
        {"AIC", f->aic, NAN, NAN, 5},
        {"BIC", f->bic, NAN, NAN, 5}};
    rp_answer_table *table = rp_answer_table_add(answer, "fit.differences", "How effects differ", columns, 4);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        put_line(answer, table, &lines[i]);
}

static void put_effects(const rp_fit_meta *fit, rp_answer *answer) {
    static const rp_table_column columns[] = {{"label", "Effect of", ""},
                                              {"y", "Effect", ""},
                                              {"lower", "Lower", ""},
                                              {"upper", "Upper", ""},
                                              {"weight", "Weight (%)", ""},
                                              {"without", "Estimate without it", ""},
                                              {"rstudent", "Student. residual", ""},
                                              {"cook", "Cook's distance", ""}};
    rp_answer_table *table = rp_answer_table_add(answer, "fit.effects", "Effects", columns,
                                                 fit->influence ? 8
                                                 : fit->without ? 6
                                                                : 5);
    for (size_t i = 0; i < fit->fit->k; i++) {
        const rp_fit_meta_effect *e = &fit->effects[i];
        int decimals = fit_decimals(sqrt(e->v), 2);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, e->label);
        row[1] = fit_value(e->y, decimals);
        row[2] = fit_value(e->lower, decimals);
        row[3] = fit_value(e->upper, decimals);
        row[4] = fit_value(e->weight, 2);
        if (fit->without)
            row[5] = fit_value(fit->without[i].beta[0].estimate, fit_decimals(fit->fit->beta[0].se, 3));
        if (fit->influence) {
            row[6] = fit_value(fit->influence[i].rstudent, 2);
            row[7] = fit_value(fit->influence[i].cook, 3);
        }
    }
}

static void put_small_studies(const rp_fit_meta *fit, rp_answer *answer) {
    if (!fit->asymmetry || isnan(fit->asymmetry[RP_META_EGGER].slope.p))
        return;
    rp_answer_table *table = coefficient_table(answer, "fit.small_studies", "Small studies");
    put_coefficient(answer, table, "Egger, the model's own: slope", &fit->asymmetry[RP_META_EGGER_MIXED].slope);
    put_coefficient(answer, table, "Egger, least squares (PET): slope", &fit->asymmetry[RP_META_EGGER].slope);
    put_coefficient(answer, table, "PET: at a standard error of 0", &fit->asymmetry[RP_META_EGGER].limit);
    put_coefficient(answer, table, "PEESE: at a standard error of 0", &fit->asymmetry[RP_META_PEESE].limit);
    if (fit->filled)
        put_coefficient(answer, table,
                        rp_answer_text(answer, "Trim and fill: with %zu on the %s", fit->filled->missing,
                                       fit->filled->right ? "right" : "left"),
                        &fit->filled->fit->beta[0]);
    table->note = "A slope says that small studies tell something else than large ones, and not why.";
}

static void put_selection(const rp_fit_meta *fit, rp_answer *answer) {
    const rp_meta_selection *s = fit->selection;
    if (!s)
        return;
    if (s->status == RP_META_NOT_FITTED) {
        rp_answer_caveat(answer, "There is no model of selection. %s", s->message);
        return;
    }
    rp_answer_table *table = coefficient_table(answer, "fit.selection", "Selection by one step");
    for (size_t j = 0; j < fit->fit->p; j++)
        put_coefficient(answer, table, fit->fit->spec->names[j], &s->beta[j]);
    table->note = rp_answer_text(answer,
                                 "Effects with a one-sided p above %g are seen %.3f times (standard error %.3f) as "
                                 "often as those below; against 1: chi-square %.3f, p %.4f.",
                                 fit->options->selection, s->delta, s->delta_se, s->lrt, s->lrt_p);
}

/* ---- charts ---- */

static rp_chart_point *add_point(rp_chart *chart, const char *label, double x, double y, double lower, double upper) {
    rp_chart_point *p = rp_chart_point_add(chart);
    p->label = label;
    p->x = x;
    p->y = y;
    p->lower = lower;
    p->upper = upper;
    p->count = rp_count_none();
    return p;
}

static void draw_forest(const rp_fit_meta *fit, rp_answer *answer, rp_arena *arena) {
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_FOREST, "fit.forest", "Effects and what they come to");
    const char *reading = fit_meta_reading(fit, arena);
    chart->reading =
        "A row an effect: a square, the larger the more it weighs, on its interval. The diamond is the mean "
        "with its interval; the bar under it is where the true effect of a new study would lie.";
    chart->table_id = "fit.effects";
    chart->x_label = reading ? reading : "";
    rp_chart_series_add(chart, "Effects");
    for (size_t i = 0; i < fit->fit->k; i++) {
        const rp_fit_meta_effect *e = &fit->effects[i];
        add_point(chart, e->label, e->weight, e->y, e->lower, e->upper);
    }
    if (fit->has_mean) {
        rp_chart_series_add(chart, "Mean");
        add_point(chart, "Mean", NAN, fit->mean.estimate, fit->mean.lower, fit->mean.upper);
    }
    if (fit->has_mean && !isnan(fit->prediction.upper)) {
        rp_chart_series_add(chart, "New study");
        add_point(chart, "True effect of a new study", NAN, fit->prediction.estimate, fit->prediction.lower,
                  fit->prediction.upper);
    }
    rp_chart_line *zero = rp_chart_line_add(chart, "No effect");
    zero->vertical = true;
}

static void draw_funnel(const rp_fit_meta *fit, rp_answer *answer) {
    double most = 0, mean = fit->mean.estimate, z = -rp_normal_quantile((1 - fit->options->common.level) / 2);
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_FUNNEL, "fit.funnel", "Effects by their standard errors");
    chart->reading = "A point an effect: the further left, the more exact. If effects differed by sampling alone, most "
                     "would lie between the dashed lines. More points on one side than on the other at the right say "
                     "that small studies tell something else; not why.";
    chart->table_id = "fit.effects";
    chart->x_label = "standard error";
    chart->y_label = "Effect";
    rp_chart_series_add(chart, "Effects");
    for (size_t i = 0; i < fit->fit->k; i++) {
        const rp_fit_meta_effect *e = &fit->effects[i];
        add_point(chart, e->label, sqrt(e->v), e->y, NAN, NAN);
        most = fmax(most, sqrt(e->v));
    }
    for (int side = -1; side <= 1; side += 2) {
        rp_chart_series_add(
            chart, rp_answer_text(answer, "%g%% of effects, were sampling all", 100 * fit->options->common.level));
        for (int i = 0; i < CURVE_POINTS; i++)
            add_point(chart, NULL, i * most, mean + side * z * i * most, NAN, NAN);
    }
    rp_chart_line *level = rp_chart_line_add(chart, "The mean");
    level->intercept = mean;
}

rp_answer *rp_fit_meta_answer(const rp_fit_meta *fit, rp_arena *arena) {
    rp_answer *answer = rp_answer_new(arena, "fit", "Meta-analysis");
    if (!answer)
        return NULL;
    const char *reading = fit_meta_reading(fit, arena);
    answer->lead = rp_answer_text(answer, "%s, by %s. Effects: %s. %s", fit->formula->text, fit_meta_method_words(fit),
                                  reading ? reading : "", fit->fit->message);
    if (fit_meta_has_estimate(fit)) {
        put_coefficients(fit, answer, arena);
        put_differences(fit, answer);
        put_effects(fit, answer);
        put_small_studies(fit, answer);
        put_selection(fit, answer);
        if (fit->fit->k <= MOST_ROWS)
            draw_forest(fit, answer, arena);
        if (fit->has_mean)
            draw_funnel(fit, answer);
    }
    for (size_t i = 0; i < fit->design->n_coded; i++)
        rp_answer_caveat(answer, "Levels of %s are compared with '%s'.", fit->design->coded[i].variable,
                         fit->design->coded[i].reference);
    for (size_t i = 0; i < fit->n_warnings; i++)
        rp_answer_caveat(answer, "%s", fit->warnings[i]);
    if (fit->fit->k > MOST_ROWS)
        rp_answer_caveat(answer, "There are too many effects for a forest plot (more than %d): the table has all.",
                         MOST_ROWS);
    return answer->failed ? NULL : answer;
}
