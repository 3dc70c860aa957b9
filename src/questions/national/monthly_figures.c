/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From counts to figures, and to what stands in the file: the rounding of the publications (data quality statement). */
#include "questions/national/monthly_parts.h"

#include "rapport/json.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { ROUNDED_TO = 5, LEAST_HIDDEN = 5 };

/* ---- figures ------------------------------------------------------------------------------------------ */

static void add_up(rp_monthly *m, size_t o, size_t month) {
    monthly_cell *sum = monthly_sum_of(m, o, month);
    for (size_t u = 0; u < m->plan.n_units; u++) {
        if (!m->plan.organisations[o].is_in[u])
            continue;
        const monthly_cell *cells = monthly_cell_of(&m->plan, &m->counts, u, month);
        for (size_t t = 0; t < TALLIES; t++) {
            sum[t].n += cells[t].n;
            sum[t].people += cells[t].people;
        }
    }
}

static double middle_of(const monthly_middle *middle, rp_monthly_statistic statistic) {
    return statistic == RP_MONTHLY_MEDIAN    ? middle->median
           : statistic == RP_MONTHLY_LARGEST ? middle->largest
                                             : middle->smallest;
}

static monthly_figure figure_of(const rp_monthly *m, size_t o, size_t month, const monthly_measure *measure) {
    const monthly_cell *sum = monthly_sum_of(m, o, month);
    if (measure->told.statistic >= RP_MONTHLY_MEDIAN) {
        monthly_middle middle = monthly_spread_middle(&m->counts.spread, (uint16_t)measure->tally, (uint16_t)month,
                                                      m->plan.organisations[o].is_in);
        int64_t people = sum[measure->over].people;
        return (monthly_figure){
            .n = people, .of = people, .people = people, .value = middle_of(&middle, measure->told.statistic)};
    }
    return (monthly_figure){.n = sum[measure->tally].n,
                            .of = measure->over >= 0 ? sum[measure->over].n : 0,
                            .people = sum[measure->tally].people,
                            .value = NAN};
}

rp_monthly *rp_monthly_make(const rp_cohort *cohort, const rp_monthly_options *options, rp_arena *arena,
                            rp_error *error) {
    assert(options->hide_below == 0 || options->hide_below >= LEAST_HIDDEN);
    rp_monthly *m = rp_arena_take(arena, 1, sizeof *m);
    if (m == NULL)
        return rp_fail_memory(error), NULL;
    m->plan.cohort = cohort;
    m->plan.options = *options;
    m->plan.arena = arena;
    if (!monthly_plan_make(&m->plan, error) || !monthly_count(&m->plan, &m->counts, error))
        return NULL;
    size_t n = m->plan.n_organisations * m->plan.n_months;
    m->sums = rp_arena_take(arena, n * TALLIES, sizeof *m->sums);
    m->figures = rp_arena_take(arena, n * rp_monthly_measures(), sizeof *m->figures);
    if (m->sums == NULL || m->figures == NULL)
        return rp_fail_memory(error), NULL;
    for (size_t o = 0; o < m->plan.n_organisations; o++)
        for (size_t month = 0; month < m->plan.n_months; month++) {
            add_up(m, o, month);
            for (size_t i = 0; i < rp_monthly_measures(); i++)
                if (rp_monthly_told(m, i))
                    *monthly_figure_of(m, o, month, i) = figure_of(m, o, month, monthly_measure_of(i));
        }
    if (options->hide_below > 0)
        monthly_hide(m);
    return m;
}

/* ---- what stands in the file ------------------------------------------------------------------------------ */

static void print_number(double value, char out[32]) {
    if (!isnan(value))
        rp_number_text(value, out);
}

static void print_exact(const monthly_figure *f, rp_monthly_statistic statistic, char out[32]) {
    double of = f->of > 0 ? (double)f->of : NAN;
    if (statistic == RP_MONTHLY_COUNT)
        (void)snprintf(out, 32, "%lld", (long long)f->n);
    else if (statistic == RP_MONTHLY_SHARE)
        print_number(100 * (double)f->n / of, out);
    else
        print_number(statistic == RP_MONTHLY_MEAN ? (double)f->n / of : f->value, out);
}

/* Counts to the nearest 5, percentages to whole ones (to one decimal for the total, where it is not rounded), both of
 * unrounded counts; means to one decimal. */
static void print_rounded(const monthly_figure *f, rp_monthly_statistic statistic, bool exact, char out[32]) {
    int64_t scale = exact ? 1000 : 100;
    if (statistic == RP_MONTHLY_COUNT)
        (void)snprintf(out, 32, "%lld", (long long)(exact ? f->n : (f->n + ROUNDED_TO / 2) / ROUNDED_TO * ROUNDED_TO));
    else if (statistic == RP_MONTHLY_SHARE)
        print_number((double)((2 * scale * f->n + f->of) / (2 * f->of)) / (exact ? 10 : 1), out);
    else if (statistic == RP_MONTHLY_MEAN)
        (void)snprintf(out, 32, "%.1f", (double)f->n / (double)f->of);
    else
        print_number(f->value, out);
}

/* "*" as a count means 0 to 4 to whoever reads the file, so that it stands for nothing else. */
static const char *mark_of(const rp_monthly *m, const monthly_figure *f, rp_monthly_statistic statistic) {
    bool as_published = m->plan.options.hide_below == LEAST_HIDDEN && f->n < LEAST_HIDDEN;
    return statistic != RP_MONTHLY_COUNT || as_published ? "*" : "-";
}

void rp_monthly_print(const rp_monthly *m, size_t o, size_t month, size_t measure, char out[32]) {
    const monthly_figure *f = monthly_figure_of(m, o, month, measure);
    rp_monthly_statistic statistic = monthly_measure_of(measure)->told.statistic;
    out[0] = '\0';
    if (f->hidden)
        (void)snprintf(out, 32, "%s", mark_of(m, f, statistic));
    else if (m->plan.options.hide_below == 0)
        print_exact(f, statistic, out);
    else
        print_rounded(f, statistic, o == 0 && m->plan.options.exact_total, out);
}

bool rp_monthly_told(const rp_monthly *m, size_t measure) {
    const monthly_measure *it = monthly_measure_of(measure);
    return it->told.lack == NULL && (monthly_measure_needs(it) & m->plan.lacks) == 0;
}

size_t rp_monthly_organisations(const rp_monthly *m) {
    return m->plan.n_organisations;
}

const rp_monthly_organisation *rp_monthly_organisation_at(const rp_monthly *m, size_t i) {
    assert(i < m->plan.n_organisations);
    return &m->plan.organisations[i].told;
}

size_t rp_monthly_months(const rp_monthly *m) {
    return m->plan.n_months;
}

void rp_monthly_days(const rp_monthly *m, size_t month, rp_date *first, rp_date *last) {
    assert(month < m->plan.n_months);
    *first = m->plan.days[month].first;
    *last = m->plan.days[month].last;
}

size_t rp_monthly_notes(const rp_monthly *m) {
    return m->plan.n_notes;
}

const char *rp_monthly_note_at(const rp_monthly *m, size_t i) {
    assert(i < m->plan.n_notes);
    return m->plan.notes[i];
}
