/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Change on each measure from the last score of treatment to each horizon, of those due who have both; and how those
 * who have a score at the horizon stood at the end of treatment, beside those who have none. */
#include "questions/durability/durability_parts.h"

#include <math.h>

/* Of one measure at one horizon, of those due with a score at the end of treatment. */
typedef struct sums {
    rp_pair_moments pairs;    /* x: at the end of treatment, y: at the horizon */
    rp_moments with, without; /* at the end, of those with and without a score at the horizon */
} sums;

static void add_scores(const durability_work *work, const rp_episode *e, uint64_t marks, sums *all) {
    rp_date end = durability_end_of_treatment(e);
    for (size_t m = 0; m < work->n_measures; m++) {
        durability_scores s = durability_scores_of(&e->series[work->measures[m]], end);
        for (size_t h = 0; h < HORIZONS && !isnan(s.end); h++) {
            sums *of = &all[m * HORIZONS + h];
            if ((marks & DUE(h)) == 0)
                continue;
            rp_moments_add(isnan(s.at[h]) ? &of->without : &of->with, s.end);
            if (!isnan(s.at[h]))
                rp_pair_moments_add(&of->pairs, s.end, s.at[h]);
        }
    }
}

static void prepare(void *statistics, const rp_block *block, const void *context) {
    const durability_work *work = context;
    for (size_t e = 0; e < block->n_episodes; e++) {
        uint64_t marks = work->facts[block->first + e].marks;
        if ((marks & DATED) != 0)
            add_scores(work, &block->episodes[e], marks, statistics);
    }
}

static void merge(void *into, const void *other, const void *context) {
    const durability_work *work = context;
    sums *to = into;
    const sums *from = other;
    for (size_t i = 0; i < work->n_measures * HORIZONS; i++) {
        rp_pair_moments_merge(&to[i].pairs, &from[i].pairs);
        rp_moments_merge(&to[i].with, &from[i].with);
        rp_moments_merge(&to[i].without, &from[i].without);
    }
}

/* ---- the people of a measure ---------------------------------------------------------------------------------- */

static bool people_of(const durability_work *work, size_t m, rp_question_set *out) {
    const uint64_t shared = FINISHED | DUE(0) | DUE(1) | DUE(2) | SCORED(0) | SCORED(1) | SCORED(2);
    rp_answer *answer = work->answer;
    *out = (rp_question_set){.answer = answer};
    for (size_t i = 0; i < rp_cohort_episodes(work->cohort); i++) {
        const durability_fact *f = &work->facts[i];
        uint64_t scores = f->scores >> (4 * m), marks = f->marks & shared;
        marks |= (scores & 1) != 0 ? AT_END : 0;
        for (size_t h = 0; h < HORIZONS; h++)
            marks |= (scores >> (1 + h) & 1) != 0 ? AT(h) : 0;
        if (!rp_question_group_add(answer->arena, &out->groups, marks, f->cell))
            return false;
    }
    const rp_measure *measure = rp_cohort_measure(work->cohort, work->measures[m]);
    out->universe = rp_question_universe(answer, work->frame,
                                         rp_answer_text(answer, "after treatment, %s", measure->name), &out->groups);
    /* These stand in the first universe too. */
    for (size_t h = 0; h < HORIZONS; h++) {
        rp_answer_told(answer, rp_question_having(out, DUE(h), 0));
        rp_answer_told(answer, rp_question_having(out, DUE(h) | SCORED(h), 0));
    }
    return true;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static void state(const durability_work *work, size_t m, size_t h, const rp_question_set *set, const rp_paired *p) {
    rp_answer *answer = work->answer;
    const rp_measure *measure = rp_cohort_measure(work->cohort, work->measures[m]);
    bool worse = measure->instrument->scales[measure->scale].higher_is_worse;
    rp_statement *s = rp_answer_statement(answer, durability_id(QUANTITY_CHANGE, h));
    s->measure = measure->name;
    s->rater = measure->rater;
    s->numerator = rp_question_having(set, DUE(h) | AT_END | AT(h), 0);
    s->denominator = rp_question_having(set, DUE(h), 0);
    s->cohort = "due";
    s->unit = "points";
    s->estimate = p->change.estimate;
    s->lower = p->change.lower;
    s->upper = p->change.upper;
    s->level = p->change.level;
    s->method = "mean of after minus before, paired t interval; people with both scores";
    s->label = rp_answer_text(answer, "Change to %s after treatment", durability_horizons[h].title);
    const char *range = isnan(p->change.lower)
                            ? ""
                            : rp_answer_text(answer, " (%g%% interval %.1f to %.1f)", 100 * p->change.level,
                                             p->change.lower, p->change.upper);
    s->text = rp_answer_text(answer,
                             "Mean change on the %s from the last score of treatment to about %s after it: %.1f "
                             "points%s, among the %lld of %lld people due who have both scores. %s is worse.",
                             measure->name, durability_horizons[h].title, p->change.estimate, range,
                             (long long)s->numerator.n, (long long)s->denominator.n, worse ? "Higher" : "Lower");
}

static void put_mean(const durability_work *work, rp_value *row, const rp_moments *moments, rp_count people) {
    rp_interval mean = rp_mean_interval(moments, work->asked->level);
    row[0] = rp_value_count(people);
    if (people.n <= 0)
        return;
    row[1] = rp_value_num(mean.estimate, 1, people);
    row[2] = rp_value_num(mean.lower, 1, people);
    row[3] = rp_value_num(mean.upper, 1, people);
}

static void put_row(const durability_work *work, rp_answer_table *table, size_t h, const rp_question_set *set,
                    const sums *of, const rp_paired *p) {
    rp_count both = rp_question_having(set, DUE(h) | AT_END | AT(h), 0);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, durability_horizons[h].title);
    row[1] = rp_value_count(rp_question_having(set, DUE(h), 0));
    put_mean(work, row + 2, &of->with, both);
    put_mean(work, row + 6, &of->without, rp_question_having(set, DUE(h) | AT_END, AT(h)));
    if (both.n <= 0)
        return;
    const double numbers[] = {p->mean_after, p->change.estimate, p->change.lower, p->change.upper};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        row[10 + i] = rp_value_num(numbers[i], 1, both);
}

static bool write_measure(const durability_work *work, size_t m, const sums *all) {
    static const rp_table_column columns[] = {
        {"horizon", "After treatment", ""},      {"due", "Due", "people"},
        {"with", "With a score then", "people"}, {"with_mean", "Their mean at the end", "points"},
        {"with_lower", "From", "points"},        {"with_upper", "To", "points"},
        {"without", "Without one", "people"},    {"without_mean", "Their mean at the end", "points"},
        {"without_lower", "From", "points"},     {"without_upper", "To", "points"},
        {"mean_then", "Mean then", "points"},    {"change", "Mean change", "points"},
        {"change_lower", "From", "points"},      {"change_upper", "To", "points"},
    };
    rp_answer *answer = work->answer;
    const rp_measure *measure = rp_cohort_measure(work->cohort, work->measures[m]);
    rp_question_set set;
    if (!people_of(work, m, &set))
        return false;
    rp_answer_table *table =
        rp_answer_table_add(answer, rp_answer_text(answer, "durability.change.%s", measure->name),
                            rp_answer_text(answer, "%s: from the end of treatment onwards", measure->name), columns,
                            sizeof columns / sizeof *columns);
    table->note = rp_answer_text(answer,
                                 "People due with two or more scores up to the last treatment contact; at the end is "
                                 "the last of these. With and without a score then: how alike they were at the end "
                                 "of treatment. Change is of those with one alone. From and To: %g%% t interval.",
                                 100 * work->asked->level);
    for (size_t h = 0; h < HORIZONS; h++) {
        const sums *of = &all[m * HORIZONS + h];
        bool worse = measure->instrument->scales[measure->scale].higher_is_worse;
        rp_paired p = rp_paired_infer(&of->pairs, worse, work->asked->level);
        if (of->pairs.n > 0)
            state(work, m, h, &set, &p);
        put_row(work, table, h, &set, of, &p);
    }
    return !answer->failed;
}

bool durability_write_change(const durability_work *work, rp_error *error) {
    size_t n = work->n_measures * HORIZONS;
    if (n == 0)
        return true;
    sums *all = rp_arena_take(work->answer->arena, n, sizeof *all);
    if (all == NULL)
        return rp_fail_memory(error);
    rp_fold fold = {n * sizeof *all, prepare, merge, work};
    if (!rp_cohort_fold(work->cohort, &fold, work->asked->threads, all, error))
        return false;
    for (size_t m = 0; m < work->n_measures; m++)
        if (!write_measure(work, m, all))
            return rp_fail_memory(error);
    return true;
}
