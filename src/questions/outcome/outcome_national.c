/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The national rule: the PHQ-9 and one measure of anxiety together, first of those who finished a course, as
 * nationally, then under the other denominators. The flags are the cohort's; docs/national-definitions.md tells them in
 * words. */
#include "questions/common/shared_marks.h"
#include "questions/outcome/outcome_words.h"

#include <math.h>
#include <string.h>

/* A person's cell. A flag that is not known is its reason, between the two that are. */
enum { IS_NOT = RP_NATIONAL_KNOWN, IS = RP_NATIONAL_WHYS, IS_WORSE, CHANGES, RECOVERIES = IS_WORSE };
typedef struct cell {
    unsigned start;     /* rp_known */
    unsigned recovered; /* IS_NOT, a reason, IS */
    unsigned change;    /* IS_NOT (neither), a reason, IS (improved), IS_WORSE (deteriorated) */
    size_t frame;
} cell;
enum { CELLS = 3 * RECOVERIES * CHANGES }; /* times those of the frame */

static size_t cell_of(const rp_frame *frame, const cell *c) {
    return ((c->start * RECOVERIES + c->recovered) * CHANGES + c->change) * frame->n_cells + c->frame;
}

static cell cell_at(const rp_frame *frame, size_t i) {
    cell c = {.frame = i % frame->n_cells};
    i /= frame->n_cells;
    c.change = (unsigned)(i % CHANGES);
    c.recovered = (unsigned)(i / CHANGES % RECOVERIES);
    c.start = (unsigned)(i / CHANGES / RECOVERIES);
    return c;
}

static unsigned code_of(rp_national_flag flag) {
    return flag.is == RP_NOT_KNOWN ? (unsigned)flag.why : flag.is == RP_YES ? IS : IS_NOT;
}

/* ---- one pass ------------------------------------------------------------------------------------ */

/* Cells, then for each measure of the cohort whether it is somebody's measure of anxiety, then of how many people there
 * is what the rule asks for. */
typedef struct layout {
    const rp_frame *frame;
    size_t n_cells, n_measures, n;
} layout;

static layout layout_of(const rp_cohort *cohort, const rp_frame *frame) {
    size_t n_cells = CELLS * frame->n_cells, n = rp_cohort_measures(cohort);
    return (layout){frame, n_cells, n, n_cells + n + sizeof(rp_question_national_seen) / sizeof(int64_t)};
}

static void prepare(void *statistics, const rp_block *block, const void *context) {
    const layout *l = context;
    int64_t *counts = statistics;
    for (size_t e = 0; e < block->n_episodes; e++) {
        const rp_episode *episode = &block->episodes[e];
        const rp_national *n = &episode->national;
        cell c = {.frame = rp_question_cell_of(l->frame, episode),
                  .start = n->flags.case_at_start.is,
                  .recovered = code_of(n->flags.recovered),
                  .change = n->flags.deteriorated.is == RP_YES ? IS_WORSE : code_of(n->flags.improved)};
        counts[cell_of(l->frame, &c)]++;
        if (n->anxiety >= 0)
            counts[l->n_cells + (size_t)n->anxiety] += episode->series[n->anxiety].n > 0;
        rp_question_national_see(episode, (rp_question_national_seen *)(void *)(counts + l->n_cells + l->n_measures));
    }
}

static void merge(void *into, const void *other, const void *context) {
    const layout *l = context;
    for (size_t i = 0; i < l->n; i++)
        ((int64_t *)into)[i] += ((const int64_t *)other)[i];
}

/* ---- what is told of whom ---------------------------------------------------------------------------- */

typedef struct quantity {
    const char *name, *title, *words;
    bool good, of_cases; /* of_cases: who is known to be no case at the start is left out nationally */
} national_quantity;
enum { RECOVERED, RELIABLY_RECOVERED, IMPROVED, DETERIORATED, QUANTITIES };
static const national_quantity quantities[QUANTITIES] = {
    [RECOVERED] = {"national_recovery", "Recovered", "recovered", true, true},
    [RELIABLY_RECOVERED] = {"national_reliable_recovery", "Reliably recovered", "reliably recovered", true, true},
    [IMPROVED] = {"national_reliable_improvement", "Reliably improved", "reliably improved", true, false},
    [DETERIORATED] = {"national_reliable_deterioration", "Reliably deteriorated", "reliably deteriorated", false,
                      false},
};

static rp_known known_of(unsigned code) {
    return code == IS_NOT ? RP_NO : code == IS ? RP_YES : RP_NOT_KNOWN;
}

static rp_known became(size_t quantity, const cell *c) {
    rp_known recovered = known_of(c->recovered), improved = c->change == IS_WORSE ? RP_NO : known_of(c->change);
    switch (quantity) {
    case RECOVERED:
        return recovered;
    case RELIABLY_RECOVERED:
        if (recovered == RP_NO || improved == RP_NO)
            return RP_NO;
        return recovered == RP_YES ? improved : RP_NOT_KNOWN;
    case IMPROVED:
        return improved;
    default:
        return c->change == IS_WORSE ? RP_YES : c->change == IS ? RP_NO : known_of(c->change);
    }
}

static bool measured_twice(const cell *c) {
    return c->change < RP_NATIONAL_NO_PHQ9 || c->change > RP_NATIONAL_ONE_ANXIETY;
}

typedef struct denominator {
    const char *tail, *cohort, *noun;
    unsigned stages;
    bool official, known_only;
} national_whole;
enum { OFFICIAL, PER_REFERRAL, PER_ASSESSED, PER_ENTERED, PER_MEASURED_TWICE, DENOMINATORS };

static national_whole whole_at(const outcome_plan *plan, const national_quantity *q, size_t i) {
    if (i == OFFICIAL)
        return (national_whole){.cohort = q->of_cases ? "finished, not known to be no case" : "finished",
                                .noun = q->of_cases
                                            ? "people who finished a course of treatment, without those known to "
                                              "have been no case at the start"
                                            : "people who finished a course of treatment",
                                .stages = STAGE_FINISHED,
                                .official = true};
    if (i == PER_MEASURED_TWICE)
        return (national_whole){.tail = "per_measured_twice",
                                .cohort = "measured twice",
                                .noun = "people with two scores on both measures",
                                .known_only = true};
    outcome_denominator d = outcome_denominator_at(plan, i - PER_REFERRAL);
    return (national_whole){.tail = d.tail, .cohort = d.cohort, .noun = d.noun, .stages = d.stages};
}

/* Who is counted: those in the denominator for whom it is one of `became`, a set of rp_known. */
typedef struct who {
    const rp_frame *frame;
    size_t quantity;
    const national_whole *of;
    unsigned became;
} who;
enum { KNOWN_YES = 1u << RP_YES, NOT_KNOWN = 1u << RP_NOT_KNOWN, ANY = KNOWN_YES | NOT_KNOWN | 1u << RP_NO };

static bool in_cell(const void *context, size_t i) {
    const who *w = context;
    cell c = cell_at(w->frame, i);
    rp_known it = became(w->quantity, &c);
    if ((outcome_stages(c.frame) & w->of->stages) != w->of->stages || (w->became >> it & 1) == 0)
        return false;
    if (w->of->official && quantities[w->quantity].of_cases && c.start == RP_NO)
        return false;
    return !w->of->known_only || (measured_twice(&c) && it != RP_NOT_KNOWN);
}

typedef struct reason {
    const rp_frame *frame;
    unsigned why;
} reason;

static bool lacks_for(const void *context, size_t i) {
    const reason *r = context;
    cell c = cell_at(r->frame, i);
    return (outcome_stages(c.frame) & STAGE_FINISHED) != 0 && c.change == r->why;
}

/* ---- writing ------------------------------------------------------------------------------------------- */

typedef struct national_work {
    outcome_plan plan; /* cohort, asked, frame and research alone */
    rp_answer *answer;
    rp_universe *people;
    rp_answer_table *table;
    rp_chart *chart;
    bool cutoffs_confirmed, thresholds_confirmed;
} national_work;

static rp_count count(national_work *work, size_t quantity, const national_whole *d, unsigned became) {
    who w = {work->plan.frame, quantity, d, became};
    return rp_answer_count(work->answer, work->people, in_cell, &w);
}

static rp_interval share(const national_work *work, rp_count part, rp_count whole) {
    if (work->answer->failed)
        return (rp_interval){NAN, NAN, NAN, work->plan.asked->level};
    return rp_rate_interval(part.n, whole.n, work->plan.asked->level);
}

static rp_statement *begin(national_work *work, size_t quantity, const national_whole *d, const char *bound,
                           rp_count part, rp_count whole) {
    rp_answer *answer = work->answer;
    const char *dot = d->tail != NULL && bound != NULL ? "." : "";
    const char *tail =
        rp_answer_text(answer, "%s%s%s", d->tail != NULL ? d->tail : "", dot, bound != NULL ? bound : "");
    rp_statement *s =
        rp_answer_statement(answer, outcome_id(quantities[quantity].name, FIRST_TO_LAST, *tail != '\0' ? tail : NULL));
    rp_interval i = share(work, part, whole);
    s->measure = "PHQ-9 and the anxiety measure";
    s->rater = "client";
    s->unit = "people";
    s->numerator = part;
    s->denominator = whole;
    s->cohort = d->cohort;
    s->estimate = i.estimate;
    s->lower = i.lower;
    s->upper = i.upper;
    s->level = i.level;
    s->method = "national rule, each measure's own cut-off and threshold; Wilson interval";
    s->confirmed = (quantity > RELIABLY_RECOVERED || work->cutoffs_confirmed) &&
                   (quantity == RECOVERED || work->thresholds_confirmed);
    return s;
}

static void state_known(national_work *work, size_t quantity, const national_whole *d, rp_count known, rp_count of) {
    rp_answer *answer = work->answer;
    rp_statement *s = begin(work, quantity, d, NULL, known, of);
    s->headline = d->official && (quantity == RECOVERED || quantity == DETERIORATED);
    s->label = rp_answer_text(answer, "%s by the national rule (known), of %s", quantities[quantity].title, d->noun);
    s->text = rp_answer_text(answer,
                             "By the national rule %lld of %lld %s are known to have %s: %s (%g%% interval %s to %s).",
                             (long long)known.n, (long long)of.n, d->noun, quantities[quantity].words,
                             outcome_percent(answer, s->estimate, of.n), 100 * s->level,
                             outcome_percent(answer, s->lower, of.n), outcome_percent(answer, s->upper, of.n));
}

static void state_bound(national_work *work, size_t quantity, const national_whole *d, bool best, bool all, rp_count n,
                        rp_count of) {
    rp_answer *answer = work->answer;
    const national_quantity *q = &quantities[quantity];
    rp_statement *s = begin(work, quantity, d, best ? "best" : "worst", n, of);
    s->label =
        rp_answer_text(answer, "%s by the national rule, %s case, of %s", q->title, best ? "best" : "worst", d->noun);
    s->text = rp_answer_text(
        answer, "By the national rule, if %s of those for whom it is not known had %s: %lld of %lld %s, %s.",
        all ? "all" : "none", q->words, (long long)n.n, (long long)of.n, d->noun,
        outcome_percent(answer, s->estimate, of.n));
}

static void table_row(national_work *work, size_t quantity, const national_whole *d, rp_count known, rp_count unknown,
                      rp_count with_unknown, rp_count of) {
    rp_answer *answer = work->answer;
    rp_interval i = share(work, known, of);
    rp_value *row = rp_answer_row(work->table);
    row[0] = rp_value_text(answer, quantities[quantity].title);
    row[1] = rp_value_text(answer, d->noun);
    row[2] = rp_value_count(known);
    row[3] = rp_value_count(of);
    row[4] = rp_value_share(100 * i.estimate, 1, known, of);
    row[5] = rp_value_share(100 * i.lower, 1, known, of);
    row[6] = rp_value_share(100 * i.upper, 1, known, of);
    if (d->known_only)
        return;
    bool good = quantities[quantity].good;
    rp_value every = rp_value_share(100 * share(work, with_unknown, of).estimate, 1, with_unknown, of);
    row[7] = rp_value_count(unknown);
    row[8] = good ? row[4] : every;
    row[9] = good ? every : row[4];
}

static void write_one(national_work *work, size_t quantity, size_t i) {
    const national_quantity *q = &quantities[quantity];
    national_whole d = whole_at(&work->plan, q, i);
    rp_count of = count(work, quantity, &d, ANY), known = count(work, quantity, &d, KNOWN_YES);
    rp_count both = count(work, quantity, &d, KNOWN_YES | NOT_KNOWN), unknown = count(work, quantity, &d, NOT_KNOWN);
    state_known(work, quantity, &d, known, of);
    if (!d.known_only) {
        state_bound(work, quantity, &d, false, !q->good, q->good ? known : both, of);
        state_bound(work, quantity, &d, true, q->good, q->good ? both : known, of);
    }
    table_row(work, quantity, &d, known, unknown, both, of);
    rp_chart_point *p = rp_chart_point_add(work->chart);
    p->count = of;
    p->of_y = p->of_lower = known;
    p->of_upper = both;
    p->y = p->lower = share(work, known, of).estimate;
    p->upper = share(work, both, of).estimate;
    p->label = rp_answer_text(work->answer, "%s, of %s", q->title, d.noun);
}

static void not_known_table(national_work *work) {
    static const rp_table_column columns[] = {{"why", "Why it is not known", ""}, {"people", "People", "people"}};
    rp_answer_table *table =
        rp_answer_table_add(work->answer, "outcome.national_not_known",
                            "The national rule: why reliable change is not known, of people who finished", columns,
                            sizeof columns / sizeof *columns);
    for (unsigned why = RP_NATIONAL_KNOWN + 1; why < RP_NATIONAL_WHYS; why++) {
        rp_count n = rp_answer_count(work->answer, work->people, lacks_for, &(reason){work->plan.frame, why});
        if (n.n <= 0)
            continue;
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(work->answer, rp_national_why_words((rp_national_why)why));
        row[1] = rp_value_count(n);
    }
}

/* The figures of the PHQ-9 and of every measure that is somebody's measure of anxiety, and the names of these. */
static void look_at_figures(national_work *work, const int64_t *is_used) {
    const rp_cohort *cohort = work->plan.cohort;
    const char *names = "";
    work->cutoffs_confirmed = work->thresholds_confirmed = true;
    for (size_t m = 0; m < rp_cohort_measures(cohort); m++) {
        const rp_measure *measure = rp_cohort_measure(cohort, m);
        int row = rp_national_threshold_on(measure->instrument->name, RP_NO_DATE);
        bool phq9 = strcmp(measure->instrument->name, "phq-9") == 0;
        if (is_used[m] == 0 && !phq9)
            continue;
        const rp_national_threshold *figures = row < 0 ? NULL : rp_national_threshold_at((size_t)row);
        bool cutoff = figures == NULL || isnan(figures->caseness) || figures->caseness_confirmed;
        bool threshold = figures == NULL || isnan(figures->reliable_change) || figures->change_confirmed;
        work->cutoffs_confirmed = work->cutoffs_confirmed && cutoff;
        work->thresholds_confirmed = work->thresholds_confirmed && threshold;
        if (!phq9)
            names = rp_answer_text(work->answer, "%s%s%s", names, *names != '\0' ? ", " : "", measure->name);
    }
    rp_answer_caveat(work->answer,
                     "The national rule takes the PHQ-9 and, by the problem recorded, one measure of anxiety: here %s. "
                     "Its definitions, and where this report departs from them, are in docs/national-definitions.md.",
                     names);
    if (!work->cutoffs_confirmed || !work->thresholds_confirmed)
        rp_answer_caveat(work->answer, "The national rule: at least one cut-off or threshold used is not confirmed by "
                                       "a source that we have read. Statements that rest on it are marked.");
}

static void write_all(national_work *work) {
    static const rp_table_column columns[] = {
        {"outcome", "Outcome", ""},   {"denominator", "Of", ""},
        {"known", "Known", "people"}, {"of", "Of", "people"},
        {"share", "Share", "%"},      {"lower", "From", "%"},
        {"upper", "To", "%"},         {"unknown", "Not known", "people"},
        {"worst", "Worst case", "%"}, {"best", "Best case", "%"},
    };
    rp_answer *answer = work->answer;
    const char *title = "The national rule: PHQ-9 and the anxiety measure together";
    work->chart = rp_answer_chart(answer, RP_CHART_RATES, "outcome.national", title);
    work->chart->table_id = "outcome.national";
    work->chart->reading = "Each line is one outcome among one group of people. The mark is what is known. The bar "
                           "runs to where the share would lie if everyone for whom it is not known had had it too.";
    work->chart->x_label = "Share of people";
    rp_chart_series_add(work->chart, "Everyone");
    work->table = rp_answer_table_add(answer, "outcome.national", title, columns, sizeof columns / sizeof *columns);
    work->table->audience = RP_FOR_PUBLIC;
    work->table->note = rp_answer_text(
        answer,
        "From and To: %g%% Wilson interval of the known share. The national rate is the first of each outcome, "
        "of people who finished; those for whom it is not known stand in its denominator.",
        100 * work->plan.asked->level);
    for (size_t q = 0; q < QUANTITIES; q++)
        for (size_t d = 0; d < DENOMINATORS; d++)
            write_one(work, q, d);
    not_known_table(work);
}

/* Of the frame that it shares with the measures of the rule, which cuts the one that it shares with `harms`. */
static size_t shared_cell(const rp_frame *frame, size_t i) {
    static const rp_question_rule of[CHANGES] = {[IS_NOT] = RULE_NOT_WORSE,
                                                 [IS] = RULE_NOT_WORSE,
                                                 [IS_WORSE] = RULE_WORSE,
                                                 [RP_NATIONAL_NO_PHQ9] = RULE_NO_PHQ9,
                                                 [RP_NATIONAL_NO_ANXIETY] = RULE_NO_ANXIETY,
                                                 [RP_NATIONAL_ONE_PHQ9] = RULE_ONE_PHQ9,
                                                 [RP_NATIONAL_ONE_ANXIETY] = RULE_ONE_ANXIETY,
                                                 [RP_NATIONAL_NO_CUTOFF] = RULE_NO_FIGURES,
                                                 [RP_NATIONAL_NO_THRESHOLD] = RULE_NO_FIGURES};
    cell c = cell_at(frame, i);
    return of[c.change] * frame->n_cells + c.frame;
}

static bool make_people(national_work *work, const layout *l, const int64_t *counts) {
    const rp_frame *shared = rp_question_frame_of_rule(l->frame, work->answer->arena);
    if (shared == NULL)
        return false;
    work->people = rp_answer_universe_in(work->answer, shared, "the national rule", l->n_cells);
    for (size_t i = 0; i < work->people->n_groups; i++) {
        work->people->people[i] = counts[i];
        work->people->frame_cell[i] = (uint16_t)shared_cell(l->frame, i);
    }
    return true;
}

bool outcome_write_national(const rp_cohort *cohort, const rp_asked *asked, rp_answer *answer, rp_error *error) {
    const rp_frame *frame = rp_question_frame(cohort, answer->arena);
    if (frame == NULL)
        return rp_fail_memory(error);
    layout l = layout_of(cohort, frame);
    national_work work = {.plan = {.cohort = cohort,
                                   .asked = asked,
                                   .frame = frame,
                                   .research = rp_record_about(rp_cohort_record(cohort))->research},
                          .answer = answer};
    int64_t *counts = rp_arena_take(answer->arena, l.n, sizeof *counts);
    if (counts == NULL)
        return rp_fail_memory(error);
    rp_fold fold = {l.n * sizeof *counts, prepare, merge, &l};
    if (!rp_cohort_fold(cohort, &fold, asked->threads, counts, error))
        return false;
    const char *why = rp_question_national_lack(
        cohort, (const rp_question_national_seen *)(const void *)(counts + l.n_cells + l.n_measures));
    if (why != NULL) {
        rp_answer_caveat(answer, "The national rule, the PHQ-9 and a measure of anxiety together, is not told: %s.",
                         why);
        return true;
    }
    if (!make_people(&work, &l, counts))
        return rp_fail_memory(error);
    look_at_figures(&work, counts + l.n_cells);
    write_all(&work);
    return true;
}
