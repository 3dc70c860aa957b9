/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People who reliably improved, of those compared, by practitioner: a proportion, and so a funnel. Nothing of people is
 * held in it. How many have no score, or had one session alone, is not told by practitioner: beside how many are
 * compared it would tell of the few who finished and have no later score. */
#include "questions/practitioner/practitioner_parts.h"

#include "questions/common/shares.h"

#include <math.h>

enum { CURVE_POINTS = 41 };
static const double WINSORISED = 0.1;
static const char table_id[] = "practitioner.improved";
static const struct {
    const char *name;
    double p; /* of the normal distribution, at the upper limit */
} limits[] = {{"95% limits", 0.975}, {"99.8% limits", 0.999}};
enum { N_LIMITS = sizeof limits / sizeof *limits };

typedef struct funnel {
    rp_funnel model;
    double most;               /* people of one practitioner */
    rp_count people, improved; /* of all lines */
} funnel;

/* The lines that there are, as they stand among the units. NaN in model.tau2: too few, or no spread to be had. */
static funnel make_funnel(const practitioner_work *work) {
    const practitioner_units *units = &work->units[FACTOR_PRACTITIONER];
    double x[PRACTITIONER_LINES], n[PRACTITIONER_LINES], z[PRACTITIONER_LINES];
    funnel f = {.people = practitioner_count_lines(work, COMPARED),
                .improved = practitioner_count_lines(work, COMPARED | IMPROVED)};
    for (size_t i = 0; i < units->n_lines; i++) {
        x[i] = (double)units->at[i].improved;
        n[i] = (double)units->at[i].compared;
        f.most = fmax(f.most, n[i]);
    }
    f.model = rp_funnel_infer(x, n, units->n_lines, WINSORISED, z);
    return f;
}

/* On the scale of shares, by the delta method: the arcsine scale has the same spread everywhere. */
static double spread_of(const rp_funnel *m) {
    return 2 * sqrt(m->target * (1 - m->target) * m->tau2);
}

static void say_spread(const practitioner_work *work, const funnel *f) {
    rp_answer *answer = work->answer;
    const rp_funnel *m = &f->model;
    rp_statement *s = rp_answer_statement(answer, "practitioner.improved.spread");
    s->label = "Reliably improved: spread between practitioners";
    s->measure = work->measure->instrument->short_title;
    s->scale = work->measure->instrument->scales[work->measure->scale].name;
    s->rater = work->measure->rater;
    s->denominator = f->people;
    s->behind[0] = f->improved;
    s->cohort = "compared, of practitioners who are shown side by side";
    s->unit = "times the variance of chance";
    s->estimate = rp_question_rounded(m->phi, 2);
    s->method = "phi: mean of squared z on the arcsine scale, a tenth winsorised at each end; additive limits "
                "(Spiegelhalter 2005); no interval";
    const char *beyond =
        m->tau2 > 0 ? rp_answer_text(answer,
                                     "; beyond chance, about two thirds of practitioners lie within %.0f percentage "
                                     "points of it",
                                     100 * spread_of(m))
                    : "; chance is enough to make it";
    s->text =
        rp_answer_text(answer,
                       "Reliably improved on the %s: the variance of %zu practitioners about their common share of "
                       "%.0f%% is %.1f times what chance alone would give%s. Nothing of people is held in it.",
                       work->measure->name, m->n, 100 * m->target, m->phi, beyond);
}

/* ---- the picture and its table --------------------------------------------------------------------------------- */

static void add_curves(rp_chart *chart, const funnel *f) {
    double least = PRACTITIONER_PEOPLE, most = fmax(2 * least, ceil(f->most / 10) * 10);
    for (size_t l = 0; l < N_LIMITS; l++)
        for (int side = -1; side <= 1; side += 2) {
            rp_chart_series_add(chart, limits[l].name);
            for (int i = 0; i < CURVE_POINTS; i++) { /* closer together where the curve bends */
                double share = (double)i / (CURVE_POINTS - 1), n = least + (most - least) * share * share;
                rp_chart_point *p = rp_chart_point_add(chart);
                p->x = n;
                p->y =
                    rp_question_rounded(100 * rp_funnel_limit(&f->model, n, side * rp_normal_quantile(limits[l].p)), 1);
                p->lower = p->upper = NAN;
                p->count = f->people;
                p->of_y = f->improved;
            }
        }
}

static rp_chart *add_chart(const practitioner_work *work) {
    rp_chart *chart = rp_answer_chart(work->answer, RP_CHART_FUNNEL, table_id, "Reliably improved, by practitioner");
    chart->table_id = table_id;
    chart->reading =
        "A point a practitioner: the further right, the more people it stands on. If practitioners differed "
        "by chance and by their usual spread alone, about 95 in 100 would lie between the inner limits and "
        "998 in 1,000 between the outer ones. A point beyond them is a reason to ask, and no verdict: "
        "nothing here says why.";
    chart->x_label = "people compared";
    chart->y_label = "Per cent";
    rp_chart_series_add(chart, "Practitioners");
    return chart;
}

static rp_answer_table *add_table(const practitioner_work *work) {
    static const rp_table_column columns[] = {
        {"who", "Of whom", ""},
        {"people", "People compared", "people"},
        {"improved", "Reliably improved", "people"},
        {"share", "Share", "%"},
        {"lower", "From", "%"},
        {"upper", "To", "%"},
    };
    rp_answer_table *table = rp_answer_table_add(work->answer, table_id, "Reliably improved, by practitioner", columns,
                                                 sizeof columns / sizeof *columns);
    table->audience = RP_FOR_SERVICE;
    table->note = rp_answer_text(work->answer,
                                 "The practitioners who are shown side by side, in the same order: of how many people, "
                                 "never of the share. Change of "
                                 "%.1f points or more on the %s. From and To: %g%% intervals (Wilson). Unlike "
                                 "differences of scores these shares "
                                 "are neither shrunken nor held for anything: who began high can improve more, so who "
                                 "gets whom can make all of a "
                                 "difference.",
                                 work->rule.reliable_change, work->measure->name, 100 * work->asked->level);
    return table;
}

static void draw(const practitioner_work *work, const funnel *f) {
    rp_chart *chart = add_chart(work);
    rp_answer_table *table = add_table(work);
    for (size_t line = 0; line < work->units[FACTOR_PRACTITIONER].n_lines && !work->answer->failed; line++) {
        rp_count people = practitioner_count_line(work, COMPARED, FACTOR_PRACTITIONER, line);
        rp_count improved = practitioner_count_line(work, COMPARED | IMPROVED, FACTOR_PRACTITIONER, line);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(work->answer, "one practitioner");
        row[1] = rp_value_count(people);
        row[2] = rp_value_count(improved);
        rp_question_put_share(work->answer, row + 3, improved, people, work->asked->level);
        rp_chart_point *p = rp_chart_point_add(chart);
        p->x = (double)people.n;
        p->y = 100 * (double)improved.n / (double)people.n;
        p->lower = p->upper = NAN;
        p->count = people;
        p->of_y = improved;
    }
    add_curves(chart, f);
    rp_chart_line *target = rp_chart_line_add(chart, "All of them together");
    target->intercept = rp_question_rounded(100 * f->model.target, 1);
    target->count = f->improved;
}

void practitioner_write_improved(practitioner_work *work) {
    if (!work->ruled || work->units[FACTOR_PRACTITIONER].n_lines < PRACTITIONER_LEAST)
        return;
    funnel f = make_funnel(work);
    if (isnan(f.model.tau2))
        return;
    say_spread(work, &f);
    draw(work, &f);
}
