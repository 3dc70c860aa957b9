/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Funnels of true proportions: do organisations of one kind differ by more than chance? Who has a suppressed figure is
 * left out, and told; rounded figures stand in at the middle of what they allow, and an organisation lies beyond a
 * limit only where all that it may be rounded from does. */
#include "questions/published/published_parts.h"

#include <math.h>
#include <string.h>

/* With fewer the spread cannot be told from chance, and a tenth at each end is nobody. */
enum { LEAST_UNITS = 10, CURVE_POINTS = 41 };
static const double WINSORISED = 0.1;
static const struct {
    const char *name, *below, *above;
    double p; /* of the normal distribution, at the upper limit */
} limits[] = {{"95% limits", "below 95%", "above 95%", 0.975}, {"99.8% limits", "below 99.8%", "above 99.8%", 0.999}};
enum { N_LIMITS = sizeof limits / sizeof *limits };

/* What falls under no organisation is none. */
static bool is_unit(const published_subject *s, const char *period) {
    return strcmp(s->period, period) == 0 && strcmp(s->code, "UNKNOWN") != 0;
}

static double middle(published_count count) {
    return ((double)count.low + (double)count.high) / 2;
}

/* x, n: room for the set. */
static size_t collect(const published_work *work, const published_set *set, const published_rate *rate, double *x,
                      double *n, const published_subject **who, size_t *hidden) {
    size_t units = 0;
    for (size_t i = 0; i < set->n; i++) {
        published_result r = published_rate_of(set->subjects[i], rate, work->asked->level);
        if (!r.known || !is_unit(set->subjects[i], set->period))
            continue;
        if (r.x.hidden || r.n.hidden) {
            ++*hidden;
            continue;
        }
        if (r.n.low <= 0)
            continue;
        n[units] = middle(r.n);
        x[units] = fmin(middle(r.x), n[units]);
        who[units++] = set->subjects[i];
    }
    return units;
}

static void add_curves(rp_chart *chart, const rp_funnel *model, double least, double most) {
    for (size_t l = 0; l < N_LIMITS; l++)
        for (int side = -1; side <= 1; side += 2) {
            rp_chart_series_add(chart, limits[l].name);
            for (int i = 0; i < CURVE_POINTS; i++) { /* closer together where the curve bends */
                double share = (double)i / (CURVE_POINTS - 1), n = least + (most - least) * share * share;
                rp_chart_point *p = rp_chart_point_add(chart);
                p->x = n;
                p->y = 100 * rp_funnel_limit(model, n, side * rp_normal_quantile(limits[l].p));
                p->lower = p->upper = NAN;
                p->count = rp_count_none();
            }
        }
}

static void draw(published_work *work, const published_set *set, const published_rate *rate, const rp_funnel *model,
                 const published_subject *const *who, const char *table_id) {
    rp_answer *answer = work->answer;
    rp_chart *chart =
        rp_answer_chart(answer, RP_CHART_FUNNEL, rp_answer_text(answer, "%s.funnel", table_id),
                        rp_answer_text(answer, "%s, %s: %s", set->title, set->period, published_label(answer, rate)));
    double least = INFINITY, most = 0;
    chart->reading = "A point an organisation: the further right, the more referrals it stands on. If organisations "
                     "differed by chance and by their usual spread alone, about 95 in 100 would lie between the inner "
                     "limits and 998 in 1,000 between the outer ones. A point beyond them is a reason to ask, and no "
                     "verdict: nothing here says why.";
    chart->table_id = table_id;
    chart->x_label = "referrals in the denominator";
    chart->y_label = "Per cent";
    rp_chart_series_add(chart, set->title);
    for (size_t i = 0; i < model->n; i++) {
        published_result r = published_rate_of(who[i], rate, work->asked->level);
        rp_chart_point *p = rp_chart_point_add(chart);
        p->label = who[i]->name;
        p->x = middle(r.n);
        p->y = 100 * fmin(1, middle(r.x) / middle(r.n));
        p->lower = 100 * r.rate.low;
        p->upper = 100 * r.rate.high;
        p->count = rp_count_none();
        least = fmin(least, p->x);
        most = fmax(most, p->x);
    }
    add_curves(chart, model, least, most);
    rp_chart_line *target = rp_chart_line_add(chart, "All of them together");
    target->intercept = 100 * model->target;
}

static void say_spread(published_work *work, const published_set *set, const published_rate *rate,
                       const published_funnel *funnel) {
    rp_answer *answer = work->answer;
    const rp_funnel *m = &funnel->model;
    rp_statement *s = rp_answer_statement(answer, "published.overdispersion");
    s->label =
        rp_answer_text(answer, "%s: spread between organisations, %s", set->title, published_label(answer, rate));
    s->measure = "Spread between organisations";
    s->occasion = set->period;
    s->cohort = rp_answer_text(answer, "%s: those without a suppressed figure", set->title);
    s->unit = "times the variance of chance";
    s->estimate = m->phi;
    s->denominator.n = (int64_t)m->n;
    s->method = rp_answer_text(answer,
                               "phi: mean of squared z on the arcsine scale, a tenth winsorised at each end; limits "
                               "additive, tau^2 %.5f (Spiegelhalter 2005)",
                               m->tau2);
    s->text = rp_answer_text(
        answer,
        "%s, %s, %s: the variance of %zu organisations about their common rate of %.1f%% is %.1f "
        "times what chance alone would give%s. Not placed, because a figure of theirs is suppressed: %zu.",
        set->title, s->occasion, published_label(answer, rate), m->n, 100 * m->target, m->phi,
        m->tau2 > 0 ? "; the limits are widened for that" : "", funnel->hidden);
}

const char *published_funnel_place(const published_work *work, const published_funnel *funnel,
                                   const published_subject *subject, const published_rate *rate) {
    published_result r = published_rate_of(subject, rate, work->asked->level);
    if (funnel->period == NULL || !is_unit(subject, funnel->period) || !r.known)
        return "";
    if (r.x.hidden || r.n.hidden)
        return "not placed: suppressed";
    if (r.n.low <= 0)
        return "";
    for (size_t l = N_LIMITS; l-- > 0;) { /* limits are widest at the smallest n that it may have */
        double z = rp_normal_quantile(limits[l].p), n = (double)r.n.low;
        if (r.rate.high < rp_funnel_limit(&funnel->model, n, -z))
            return limits[l].below;
        if (r.rate.low > rp_funnel_limit(&funnel->model, n, z))
            return limits[l].above;
    }
    return "between";
}

published_funnel published_write_funnel(published_work *work, const published_set *set, const published_rate *rate,
                                        const char *table_id) {
    published_funnel out = {.period = NULL};
    rp_arena *arena = work->answer->arena;
    double *x = rp_arena_take(arena, set->n, sizeof *x), *n = rp_arena_take(arena, set->n, sizeof *n);
    double *z = rp_arena_take(arena, set->n, sizeof *z);
    const published_subject **who = rp_arena_take(arena, set->n, sizeof *who);
    if (x == NULL || n == NULL || z == NULL || who == NULL) {
        work->answer->failed = true;
        return out;
    }
    size_t units = collect(work, set, rate, x, n, who, &out.hidden);
    if (units < LEAST_UNITS)
        return out;
    out.model = rp_funnel_infer(x, n, units, WINSORISED, z);
    if (!isnan(out.model.tau2)) {
        out.period = set->period;
        draw(work, set, rate, &out.model, who, table_id);
        say_spread(work, set, rate, &out);
    }
    return out;
}
