/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is hidden. The national rule hides counts below 5 and the rates made of them. Whole counts are safe from
 * subtraction by being rounded; rates are not: of few people they tell the counts exactly. So more rates are hidden
 * here than nationally: where one of the sets that the rates of one family part people into is small, all of that
 * family; and the total's, where what it shows beside the organisations of one level would tell of those that are
 * hidden. */
#include "questions/national/monthly_parts.h"

/* The families' classes: disjoint, and nothing that a family's rates can give is finer than they are together. */
static const struct {
    monthly_family family;
    monthly_class class;
} classes[] = {
    {FAMILY_ENDINGS, {T_BEFORE_TREATMENT, {NO_TALLY, NO_TALLY, NO_TALLY}}},
    {FAMILY_ENDINGS, {T_TREATED_ONCE, {NO_TALLY, NO_TALLY, NO_TALLY}}},
    {FAMILY_ENDINGS, {T_FINISHED, {NO_TALLY, NO_TALLY, NO_TALLY}}},
    {FAMILY_WAITS, {T_FINISHED_6_WEEKS, {NO_TALLY, NO_TALLY, NO_TALLY}}},
    {FAMILY_WAITS, {T_FINISHED_18_WEEKS, {T_FINISHED_6_WEEKS, NO_TALLY, NO_TALLY}}},
    {FAMILY_WAITS, {T_FINISHED, {T_FINISHED_18_WEEKS, NO_TALLY, NO_TALLY}}},
    {FAMILY_CHANGE, {T_IMPROVED, {NO_TALLY, NO_TALLY, NO_TALLY}}},
    {FAMILY_CHANGE, {T_DETERIORATED, {NO_TALLY, NO_TALLY, NO_TALLY}}},
    {FAMILY_CHANGE, {T_FINISHED, {T_IMPROVED, T_DETERIORATED, NO_TALLY}}},
    {FAMILY_RECOVERY, {T_NOT_CASE, {NO_TALLY, NO_TALLY, NO_TALLY}}},
    {FAMILY_RECOVERY, {T_RELIABLY_RECOVERED, {NO_TALLY, NO_TALLY, NO_TALLY}}},
    {FAMILY_RECOVERY, {T_RECOVERED, {T_RELIABLY_RECOVERED, NO_TALLY, NO_TALLY}}},
    {FAMILY_RECOVERY, {T_CASES, {T_RECOVERED, NO_TALLY, NO_TALLY}}},
    {FAMILY_RECOVERY, {T_IMPROVED, {T_RELIABLY_RECOVERED, NO_TALLY, NO_TALLY}}}, /* with FAMILY_CHANGE beside it */
    {FAMILY_OWN, {T_OWN_PAIRED, {NO_TALLY, NO_TALLY, NO_TALLY}}},
    {FAMILY_OWN, {T_OWN_CALLED_FOR, {T_OWN_PAIRED, NO_TALLY, NO_TALLY}}},
    {FAMILY_GAPS, {T_SECOND_28, {NO_TALLY, NO_TALLY, NO_TALLY}}},
    {FAMILY_GAPS, {T_SECOND_90, {NO_TALLY, NO_TALLY, NO_TALLY}}},
    {FAMILY_GAPS, {T_SECOND_LATER, {NO_TALLY, NO_TALLY, NO_TALLY}}},
    {FAMILY_GAPS, {T_SECOND, {T_SECOND_28, T_SECOND_90, T_SECOND_LATER}}},
};

static int64_t size_of(const monthly_class *class, const monthly_cell *sum) {
    int64_t n = sum[class->of].n;
    for (size_t i = 0; i < LESS; i++)
        if (class->less[i] != NO_TALLY)
            n -= sum[class->less[i]].n;
    return n;
}

/* Somebody, and fewer than may be told of. */
static bool few(const rp_monthly *m, int64_t n) {
    return n > 0 && n < m->plan.options.hide_below;
}

static bool family_tells_of_few(const rp_monthly *m, monthly_family family, const monthly_cell *sum) {
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (classes[i].family == family && few(m, size_of(&classes[i].class, sum)))
            return true;
    return false;
}

static bool hidden_by_itself(const rp_monthly *m, const monthly_measure *measure, const monthly_figure *f,
                             const monthly_cell *sum) {
    int64_t least = m->plan.options.hide_below;
    switch (measure->told.statistic) {
    case RP_MONTHLY_COUNT:
        return f->n < least || f->people < least;
    case RP_MONTHLY_SHARE:
        return f->n < least || f->of - f->n < least || family_tells_of_few(m, measure->family, sum);
    case RP_MONTHLY_MEAN:
    case RP_MONTHLY_MEDIAN:
        return f->people < least;
    case RP_MONTHLY_LARGEST:
    case RP_MONTHLY_SMALLEST:
        break;
    }
    return true; /* one person's */
}

static void hide_each(rp_monthly *m, size_t month) {
    for (size_t o = 0; o < m->plan.n_organisations; o++)
        for (size_t i = 0; i < rp_monthly_measures(); i++)
            if (rp_monthly_told(m, i)) {
                monthly_figure *f = monthly_figure_of(m, o, month, i);
                f->hidden = hidden_by_itself(m, monthly_measure_of(i), f, monthly_sum_of(m, o, month));
            }
}

/* ---- the total beside the organisations of a level ---------------------------------------------------------- */

/* All of those together whose figure is hidden. */
static bool sum_of_hidden(const rp_monthly *m, size_t level, size_t month, size_t measure, monthly_cell out[TALLIES]) {
    bool any = false;
    for (size_t t = 0; t < TALLIES; t++)
        out[t] = (monthly_cell){0, 0};
    for (size_t o = m->plan.level_from[level]; o < m->plan.level_from[level + 1]; o++) {
        if (!monthly_figure_of(m, o, month, measure)->hidden)
            continue;
        any = true;
        for (size_t t = 0; t < TALLIES; t++) {
            out[t].n += monthly_sum_of(m, o, month)[t].n;
            out[t].people += monthly_sum_of(m, o, month)[t].people;
        }
    }
    return any;
}

static bool rest_is_few(const rp_monthly *m, const monthly_measure *measure, const monthly_cell *rest) {
    if (measure->told.statistic >= RP_MONTHLY_MEDIAN)
        return few(m, rest[measure->over].people);
    const monthly_cell *part = &rest[measure->tally];
    if (measure->told.statistic != RP_MONTHLY_SHARE)
        return few(m, part->people);
    int64_t of = rest[measure->over].n;
    return few(m, part->n) || few(m, of - part->n) || family_tells_of_few(m, measure->family, rest);
}

/* Counts are rounded, the total's too, unless it was asked for as it is. */
static bool can_be_subtracted(const rp_monthly *m, const monthly_measure *measure) {
    return measure->told.statistic != RP_MONTHLY_COUNT || m->plan.options.exact_total;
}

static void hide_of_total(rp_monthly *m, size_t month, size_t i) {
    const monthly_measure *measure = monthly_measure_of(i);
    monthly_figure *total = monthly_figure_of(m, 0, month, i);
    monthly_cell rest[TALLIES];
    for (size_t level = LEVEL_COMMISSIONER; level < LEVELS && !total->hidden; level++)
        total->hidden = sum_of_hidden(m, level, month, i, rest) && rest_is_few(m, measure, rest);
}

void monthly_hide(rp_monthly *m) {
    for (size_t month = 0; month < m->plan.n_months; month++) {
        hide_each(m, month);
        for (size_t i = 0; i < rp_monthly_measures(); i++)
            if (rp_monthly_told(m, i) && can_be_subtracted(m, monthly_measure_of(i)))
                hide_of_total(m, month, i);
    }
}
