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
    double x[PRACTITIONER_LINES], n[PRACTITIONER_LINES]; /* by line */
    size_t units;
    rp_funnel model;
    double most;               /* people of one practitioner */
    rp_count people, improved; /* of all lines */
} funnel;

/* The lines that there are, as they stand among the units. NaN in model.tau2: there is no spread to be had. */
static void make_funnel(const practitioner_work *work, funnel *f) {
    const practitioner_units *units = &work->units[FACTOR_PRACTITIONER];
    double z[PRACTITIONER_LINES];
    *f = (funnel){.units = units->n_lines,
                  .people = practitioner_count_lines(work, COMPARED),
                  .improved = practitioner_count_lines(work, COMPARED | IMPROVED)};
    for (size_t i = 0; i < units->n_lines; i++) {
        f->x[i] = (double)units->at[i].improved;
        f->n[i] = (double)units->at[i].compared;
        f->most = fmax(f->most, f->n[i]);
    }
    f->model = rp_funnel_infer(f->x, f->n, f->units, WINSORISED, z);
}

/* The arcsine scale has the same spread everywhere; on that of shares it is so much by the delta method. */
void practitioner_say_shares(const practitioner_work *work, rp_statement *s, const practitioner_shares *shares,
                             const char *what) {
    rp_answer *answer = work->answer;
    rp_interval tau = rp_share_spread(shares->x, shares->n, shares->units, work->asked->level);
    double points = 200 * sqrt(shares->share * (1 - shares->share));
    s->unit = "percentage points";
    /* To a tenth: from more digits a reader could look for the shares that are hidden. */
    s->estimate = rp_question_rounded(points * tau.estimate, 1);
    s->lower = rp_question_rounded(points * tau.lower, 1);
    s->upper = rp_question_rounded(points * tau.upper, 1);
    s->level = tau.level;
    s->method = "standard deviation of practitioners' shares beyond chance (Paule & Mandel), Q-profile interval "
                "(Viechtbauer 2007); arcsine scale, turned by the delta method";
    const char *interval =
        isnan(tau.lower) ? "; they differ by less than chance is apt to let them, so that there is no interval"
                         : rp_answer_text(answer, " (%g%% interval %.1f to %.1f)", 100 * tau.level, s->lower, s->upper);
    s->text =
        rp_answer_text(answer,
                       "%s: beyond chance, the shares of %zu practitioners differ by a standard deviation of %.1f "
                       "percentage points%s, about a common share of %.0f%%. Nothing of people is held in it.",
                       what, shares->units, s->estimate, interval, 100 * shares->share);
}

static void say_spread(const practitioner_work *work, const funnel *f) {
    rp_statement *s = rp_answer_statement(work->answer, "practitioner.improved.spread");
    s->label = "Reliably improved: standard deviation between practitioners";
    s->measure = work->measure->instrument->short_title;
    s->scale = work->measure->instrument->scales[work->measure->scale].name;
    s->rater = work->measure->rater;
    s->denominator = f->people;
    s->behind[0] = f->improved;
    s->cohort = "compared, of practitioners who are shown side by side";
    const practitioner_shares shares = {f->x, f->n, f->units, f->model.target};
    practitioner_say_shares(work, s, &shares,
                            rp_answer_text(work->answer, "Reliably improved on the %s", work->measure->name));
}

/* ---- the picture and its table --------------------------------------------------------------------------------- */

/* The share of all together, as coarse as leaves it open how many improved, by ten people and more: a small number that
 * is hidden elsewhere cannot be had from the limits. */
static double coarse_target(const funnel *f) {
    double step = fmax(0.01, 10 / (double)f->people.n);
    return step * round(f->model.target / step);
}

static void add_curves(rp_chart *chart, const funnel *f) {
    rp_funnel model = f->model;
    model.target = coarse_target(f);
    double least = PRACTITIONER_PEOPLE, most = fmax(2 * least, ceil(f->most / 10) * 10);
    for (size_t l = 0; l < N_LIMITS; l++)
        for (int side = -1; side <= 1; side += 2) {
            rp_chart_series_add(chart, limits[l].name);
            for (int i = 0; i < CURVE_POINTS; i++) { /* closer together where the curve bends */
                double share = (double)i / (CURVE_POINTS - 1), n = least + (most - least) * share * share;
                rp_chart_point *p = rp_chart_point_add(chart);
                p->x = n;
                p->y = rp_question_rounded(100 * rp_funnel_limit(&model, n, side * rp_normal_quantile(limits[l].p)), 1);
                p->lower = p->upper = NAN;
                p->count = f->people;
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
    rp_chart_line *target = rp_chart_line_add(chart, "All of them together, nearly");
    target->intercept = rp_question_rounded(100 * coarse_target(f), 1);
    target->count = f->people;
}

void practitioner_write_improved(practitioner_work *work) {
    funnel f;
    if (!work->ruled || work->units[FACTOR_PRACTITIONER].n_lines < PRACTITIONER_LEAST)
        return;
    make_funnel(work, &f);
    if (isnan(f.model.tau2))
        return;
    say_spread(work, &f);
    draw(work, &f);
}
