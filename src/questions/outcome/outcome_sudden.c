/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sudden gains and losses between sessions, at several cut-offs side by side, because the choice of the cut-off decides
 * how many are found. Only where scores go by session: occasions without months of their own, or attended contacts. */
#include "questions/outcome/outcome_words.h"

#include <math.h>

enum { CUTOFFS = 5, LEADING = 2, MOST_SESSIONS = 100, LEAST_SESSIONS = 6 };
static const double share_of_reliable_change[CUTOFFS] = {0.5, 0.75, 1, 1.25, 1.5};

/* A person's cell: how many of the cut-offs, from the lowest, find a gain (those of a higher one are among those of a
 * lower one), the same for losses, whether any session could be judged, and whether a gain at the leading one reversed.
 */
typedef struct cell {
    size_t gains, losses;
    bool analysable, reversed;
} cell;
enum { CELLS = (CUTOFFS + 1) * (CUTOFFS + 1) * 4 }; /* times n_tail */

static size_t cell_of(const cell *c) {
    return ((c->gains * (CUTOFFS + 1) + c->losses) * 2 + c->analysable) * 2 + c->reversed;
}

static cell cell_at(size_t i) {
    return (cell){
        .reversed = i % 2, .analysable = i / 2 % 2, .losses = i / 4 % (CUTOFFS + 1), .gains = i / 4 / (CUTOFFS + 1)};
}

typedef struct finder {
    const outcome_plan *plan;
    double cutoffs[CUTOFFS];
} finder;

static size_t scores_by_slot(const outcome_plan *plan, const rp_episode *episode, double scores[MOST_SESSIONS]) {
    size_t n = plan->n_slots < MOST_SESSIONS ? plan->n_slots : MOST_SESSIONS;
    for (size_t s = 0; s < n; s++)
        scores[s] = outcome_at_slot(plan, &episode->series[plan->measure_index], s);
    return n;
}

/* Sessions of a block stand together by episode; *at moves past those of this one. */
static size_t scores_by_session(const outcome_plan *plan, const rp_block *block, size_t e, size_t *at,
                                double scores[MOST_SESSIONS]) {
    size_t n = 0;
    for (; *at < block->n_sessions && block->sessions[*at].episode == e; ++*at)
        if (n < MOST_SESSIONS)
            scores[n++] = block->sessions[*at].values[plan->measure_index];
    return n;
}

/* How many of the cut-offs the largest of some changes reaches. */
static size_t reached(const finder *f, const rp_sudden *changes, size_t n) {
    size_t most = 0;
    for (size_t i = 0; i < n; i++)
        while (most < CUTOFFS && changes[i].magnitude >= f->cutoffs[most])
            most++;
    return most;
}

/* What the lowest cut-off finds is all that a higher one can find. */
static cell judge(const finder *f, const double *scores, size_t n) {
    rp_sudden gains[MOST_SESSIONS], losses[MOST_SESSIONS];
    bool worse = f->plan->scale->higher_is_worse;
    rp_sudden_found gained = rp_sudden_changes(scores, n, f->cutoffs[0], worse, false, gains, MOST_SESSIONS);
    rp_sudden_found lost = rp_sudden_changes(scores, n, f->cutoffs[0], worse, true, losses, MOST_SESSIONS);
    cell c = {.gains = reached(f, gains, gained.n),
              .losses = reached(f, losses, lost.n),
              .analysable = gained.analysable > 0};
    for (size_t i = 0; i < gained.n; i++)
        c.reversed = c.reversed || (gains[i].reversed && gains[i].magnitude >= f->cutoffs[LEADING]);
    return c;
}

static void prepare(void *statistics, const rp_block *block, const void *context) {
    const finder *f = context;
    size_t at = 0;
    for (size_t e = 0; e < block->n_episodes; e++) {
        double scores[MOST_SESSIONS];
        size_t n = rp_cohort_has_contacts(f->plan->cohort) ? scores_by_session(f->plan, block, e, &at, scores)
                                                           : scores_by_slot(f->plan, &block->episodes[e], scores);
        cell c = judge(f, scores, n);
        ((int64_t *)statistics)[cell_of(&c) * f->plan->n_tail + outcome_tail(f->plan, &block->episodes[e])]++;
    }
}

static void merge(void *into, const void *other, const void *context) {
    const finder *f = context;
    for (size_t i = 0; i < CELLS * f->plan->n_tail; i++)
        ((int64_t *)into)[i] += ((const int64_t *)other)[i];
}

/* Who: at least so many cut-offs found a gain, or a loss; only the analysable; reversed where asked. */
typedef struct sudden_who {
    const outcome_plan *plan;
    size_t gains, losses;
    bool reversed;
} sudden_who;

static bool in_cell(const void *context, size_t i) {
    const sudden_who *who = context;
    cell c = cell_at(i / who->plan->n_tail);
    return c.analysable && c.gains >= who->gains && c.losses >= who->losses && (c.reversed || !who->reversed);
}

static void state(outcome_work *work, const rp_universe *people, const char *quantity, sudden_who who, sudden_who of,
                  double cutoff, const char *words, const char *noun) {
    rp_answer *answer = work->answer;
    rp_statement *s = outcome_statement(work, outcome_id(quantity, FIRST_TO_LAST, NULL), 0, FIRST_TO_LAST);
    s->version = NULL;
    s->numerator = rp_answer_count(answer, people, in_cell, &who);
    s->denominator = rp_answer_count(answer, people, in_cell, &of);
    s->cohort = noun;
    rp_interval i = outcome_share(work, &s->numerator, &s->denominator);
    s->estimate = i.estimate;
    s->lower = i.lower;
    s->upper = i.upper;
    s->level = i.level;
    s->confirmed = outcome_rule_confirmed(work);
    s->method = rp_answer_text(
        answer, "Tang & DeRubeis 1999, change of %.2f or more between two sessions; Wilson interval", cutoff);
    s->label = rp_answer_text(answer, "%s, of people %s", words, noun);
    s->text = rp_answer_text(answer, "%s on the %s: %lld of %lld people %s, %s (%g%% interval %s to %s).", words,
                             work->plan.measure->name, (long long)s->numerator.n, (long long)s->denominator.n, noun,
                             outcome_percent(answer, s->estimate, s->denominator.n), 100 * s->level,
                             outcome_percent(answer, s->lower, s->denominator.n),
                             outcome_percent(answer, s->upper, s->denominator.n));
}

static void write_table(outcome_work *work, const rp_universe *people, const finder *f) {
    static const rp_table_column columns[] = {
        {"cutoff", "Cut-off", "points"},
        {"of_reliable_change", "Of reliable change", ""},
        {"gains", "A sudden gain", "people"},
        {"gains_share", "Share", "%"},
        {"losses", "A sudden loss", "people"},
        {"losses_share", "Share", "%"},
        {"of", "Of people with sessions to judge", "people"},
    };
    rp_answer *answer = work->answer;
    rp_answer_table *table = rp_answer_table_add(
        answer, rp_answer_text(answer, "outcome.sudden.%s", work->plan.measure->name),
        rp_answer_text(answer, "%s: sudden gains and losses, by the cut-off chosen", work->plan.measure->name), columns,
        sizeof columns / sizeof *columns);
    table->note =
        "A sudden gain is a large, lasting change for the better between two sessions (Tang & DeRubeis 1999). "
        "How many there are hangs on the cut-off; the statements use the one equal to reliable change.";
    for (size_t k = 0; k < CUTOFFS; k++) {
        sudden_who all = {.plan = &work->plan}, gains = all, losses = all;
        gains.gains = losses.losses = k + 1;
        rp_count of = rp_answer_count(answer, people, in_cell, &all);
        rp_count gained = rp_answer_count(answer, people, in_cell, &gains);
        rp_count lost = rp_answer_count(answer, people, in_cell, &losses);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_num(f->cutoffs[k], 2, rp_count_none());
        row[1] = rp_value_num(share_of_reliable_change[k], 2, rp_count_none());
        row[2] = rp_value_count(gained);
        row[3] = rp_value_share(100 * outcome_share(work, &gained, &of).estimate, 1, gained, of);
        row[4] = rp_value_count(lost);
        row[5] = rp_value_share(100 * outcome_share(work, &lost, &of).estimate, 1, lost, of);
        row[6] = rp_value_count(of);
    }
}

/* Do scores of this measure go by session? */
static bool by_session(const outcome_plan *plan) {
    if (rp_cohort_has_contacts(plan->cohort))
        return true;
    bool plain = plan->by_occasion && plan->n_slots >= LEAST_SESSIONS;
    for (size_t s = 0; s < plan->n_slots; s++)
        plain = plain && isnan(plan->slots[s].months);
    return plain;
}

bool outcome_write_sudden(outcome_work *work, rp_error *error) {
    const rp_change_scale *rule = &work->rules.scale[FIRST_TO_LAST][RP_CHANGE_JT];
    bool ruled = work->rules.has[FIRST_TO_LAST][RP_CHANGE_JT] && rule->reliable_change > 0;
    if (!ruled || !by_session(&work->plan))
        return true;
    finder f = {.plan = &work->plan};
    for (size_t k = 0; k < CUTOFFS; k++)
        f.cutoffs[k] = share_of_reliable_change[k] * rule->reliable_change;
    size_t n = CELLS * work->plan.n_tail;
    int64_t *counts = rp_arena_take(work->answer->arena, n, sizeof *counts);
    if (counts == NULL)
        return rp_fail_memory(error);
    rp_fold fold = {n * sizeof *counts, prepare, merge, &f};
    if (!rp_cohort_fold(work->plan.cohort, &fold, work->plan.asked->threads, counts, error))
        return false;
    rp_universe *people = outcome_universe(
        work, rp_answer_text(work->answer, "%s, sudden changes", work->plan.measure->name), CELLS, counts);
    static const char *const judged = "with sessions to judge";
    sudden_who everyone = {.plan = &work->plan}, gained = everyone, lost = everyone;
    gained.gains = lost.losses = LEADING + 1;
    sudden_who reversed = gained;
    reversed.reversed = true;
    double cutoff = f.cutoffs[LEADING];
    state(work, people, "sudden_gain", gained, everyone, cutoff, "A sudden gain", judged);
    state(work, people, "sudden_gain_reversed", reversed, gained, cutoff,
          "A sudden gain of which half was given back later", "with a sudden gain");
    state(work, people, "sudden_loss", lost, everyone, cutoff, "A sudden loss", judged);
    write_table(work, people, &f);
    return true;
}
