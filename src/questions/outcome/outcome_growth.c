/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast people change: the slope of a growth model, per week and per session, of everyone with a score at a session,
 * whether or not they stayed. The model takes scores of those who left to be like those of others who did as they did
 * until then (missing at random). */
#include "questions/outcome/outcome_growth.h"

#include <math.h>

enum { GROWTH_MOST_PEOPLE = 10000 /* more are drawn from: the intervals are narrow enough by then */ };

typedef enum unit { PER_WEEK, PER_SESSION, UNITS } unit;
static const char *const unit_ids[UNITS] = {"outcome.growth.per_week", "outcome.growth.per_session"};
static const char *const unit_words[UNITS] = {"week", "session"};

typedef struct slope {
    bool fitted;
    rp_mixed_effect effect;
    double sd; /* between clients */
    const char *remark;
} slope;

static bool has_score(const void *context, const rp_session *sessions, size_t n) {
    const outcome_plan *plan = context;
    for (size_t i = 0; i < n; i++)
        if (!isnan(sessions[i].values[plan->measure_index]))
            return true;
    return false;
}

bool outcome_courses_make(const outcome_plan *plan, rp_arena *arena, rp_question_courses *out, rp_error *error) {
    const rp_question_courses_asked asked = {.cohort = plan->cohort,
                                             .measures = &plan->measure_index,
                                             .n_measures = 1,
                                             .most_people = GROWTH_MOST_PEOPLE,
                                             .threads = plan->asked->threads,
                                             .is_in = has_score,
                                             .context = plan};
    return rp_question_courses_make(&asked, arena, out, error);
}

/* ---- who is in: people with a score at a session, by the band of the first of these ---------------------------- */

enum { IN = 1, WAYS };

static size_t growth_cell(int band, bool in) {
    return (size_t)(band + 1) * WAYS + in;
}

static void count_people(void *statistics, const rp_block *block, const void *context) {
    const outcome_plan *plan = context;
    size_t at = 0;
    for (size_t e = 0; e < block->n_episodes; e++) {
        double first = NAN;
        for (; at < block->n_sessions && block->sessions[at].episode == e; at++)
            if (isnan(first))
                first = block->sessions[at].values[plan->measure_index];
        size_t cell = growth_cell(isnan(first) ? -1 : outcome_band(plan, first), !isnan(first));
        ((int64_t *)statistics)[cell * plan->n_tail + outcome_tail(plan, &block->episodes[e])]++;
    }
}

static size_t n_cells(const outcome_plan *plan) {
    return (plan->n_bands + 1) * WAYS;
}

static void add_up(void *into, const void *other, const void *context) {
    const outcome_plan *plan = context;
    for (size_t i = 0; i < n_cells(plan) * plan->n_tail; i++)
        ((int64_t *)into)[i] += ((const int64_t *)other)[i];
}

bool outcome_growth_people(outcome_work *work, rp_universe **out, rp_error *error) {
    const outcome_plan *plan = &work->plan;
    size_t n = n_cells(plan);
    int64_t *people = rp_arena_take(work->answer->arena, n * plan->n_tail, sizeof *people);
    if (people == NULL)
        return rp_fail_memory(error);
    rp_fold fold = {n * plan->n_tail * sizeof *people, count_people, add_up, plan};
    if (!rp_cohort_fold(plan->cohort, &fold, plan->asked->threads, people, error))
        return false;
    *out = outcome_universe(work, rp_answer_text(work->answer, "%s, growth", plan->measure->name), n, people);
    return true;
}

typedef struct growth_who {
    const outcome_plan *plan;
    outcome_group group;
    bool everyone; /* with or without a score */
} growth_who;

static bool in_growth(const void *context, size_t i) {
    const growth_who *who = context;
    size_t cell = i / who->plan->n_tail, frame = i % who->plan->n_tail % who->plan->frame->n_cells;
    return (who->everyone || cell % WAYS == IN) && (who->group.band < 0 || who->group.band == (int)(cell / WAYS) - 1) &&
           (who->group.arm < 0 || who->group.arm == rp_question_stage_at(frame).arm);
}

rp_count outcome_growth_count(outcome_work *work, const rp_universe *people, size_t group, bool everyone) {
    const growth_who who = {&work->plan, outcome_group_at(&work->plan, group), everyone};
    return rp_answer_count(work->answer, people, in_growth, &who);
}

/* ---- the models -------------------------------------------------------------------------------------------------- */

static double first_of(const rp_question_courses *of, size_t p) {
    for (size_t i = of->starts[p]; i < of->starts[p + 1]; i++)
        if (!isnan(of->values[i]))
            return of->values[i];
    return NAN;
}

static bool is_of(const outcome_plan *plan, const rp_question_courses *of, size_t p, const outcome_group *group) {
    return (group->arm < 0 || group->arm == of->arm[p]) &&
           (group->band < 0 || group->band == outcome_band(plan, first_of(of, p)));
}

/* Rows of everyone of the group whose times are known. */
static bool fill(const outcome_plan *plan, const rp_question_courses *of, const outcome_group *group, unit per,
                 rp_question_model *model, rp_arena *arena) {
    if (!rp_question_model_new(of, of->starts[of->n_people], 1, arena, model))
        return false;
    model->clients_differ = true;
    model->slopes = 1;
    model->practitioners_differ = of->n_practitioners >= RP_QUESTION_MODEL_PRACTITIONERS;
    for (size_t p = 0; p < of->n_people; p++)
        for (size_t i = of->starts[p]; i < of->starts[p + 1] && is_of(plan, of, p, group); i++) {
            double time = per == PER_WEEK ? of->weeks[i] : of->number[i];
            if (!isnan(time) && !isnan(of->values[i]))
                rp_question_model_row(model, p, of->values[i], &time);
        }
    return true;
}

static bool find_slope(outcome_work *work, const rp_question_courses *of, size_t group, unit per, slope *out,
                       rp_error *error) {
    const outcome_plan *plan = &work->plan;
    const outcome_group g = outcome_group_at(plan, group);
    rp_arena *scratch = rp_arena_new(0);
    rp_question_model model;
    *out = (slope){.remark = "too few people or scores for a model"};
    bool fine = scratch != NULL && fill(plan, of, &g, per, &model, scratch);
    if (!fine)
        rp_fail_memory(error);
    if (fine && rp_question_model_feasible(&model)) {
        const rp_mixed_fit *fit = rp_question_model_fit(&model, scratch, error);
        fine = fit != NULL;
        if (fine)
            out->remark = fit->status == RP_MIXED_CONVERGED ? "" : rp_answer_text(work->answer, "%s", fit->message);
        out->fitted = fine && (fit->status == RP_MIXED_CONVERGED || fit->status == RP_MIXED_BOUNDARY);
        if (out->fitted) {
            out->sd = sqrt(fit->variance[0].covariance[3]);
            fine = rp_question_model_effect(fit, 0, plan->asked->level, scratch, &out->effect, error);
        }
    }
    rp_arena_free(scratch);
    return fine;
}

/* ---- writing -------------------------------------------------------------------------------------------------------
 */

static void state(outcome_work *work, const rp_universe *people, size_t group, unit per, const slope *found) {
    rp_answer *answer = work->answer;
    const rp_mixed_effect *e = &found->effect;
    rp_statement *s = outcome_statement(work, unit_ids[per], group, FIRST_TO_LAST);
    s->version = NULL;
    s->numerator = outcome_growth_count(work, people, group, false);
    s->denominator = outcome_growth_count(work, people, group, true);
    s->cohort = rp_cohort_event_name(rp_cohort_chosen(work->plan.cohort)->event);
    s->unit = "points";
    s->estimate = e->estimate;
    s->lower = e->lower;
    s->upper = e->upper;
    s->level = work->plan.asked->level;
    s->label = rp_answer_text(answer, "Change per %s", unit_words[per]);
    s->method = rp_answer_text(answer,
                               "linear mixed model by REML, level and slope of each client as random effects%s; t "
                               "interval with Satterthwaite's degrees of freedom",
                               found->remark[0] != '\0' ? "; see the remark in the table" : "");
    const char *interval =
        isnan(e->lower) ? ""
                        : rp_answer_text(answer, " (%g%% interval %+.2f to %+.2f)", 100 * s->level, e->lower, e->upper);
    const char *differs =
        found->sd > 0 ? rp_answer_text(answer, " From client to client it differs with an SD of %.2f.", found->sd)
                      : " That it differs from client to client cannot be seen.";
    s->text = rp_answer_text(
        answer,
        "%s%s%s: the score changes by %+.2f points a %s%s, by a straight line through all scores of "
        "%lld of %lld people, whether or not they stayed.%s %s is better. This is change, and not an "
        "effect of treatment.",
        work->plan.measure->name, group > 0 ? ", " : "", group > 0 ? outcome_group_at(&work->plan, group).label : "",
        e->estimate, unit_words[per], interval, (long long)s->numerator.n, (long long)s->denominator.n, differs,
        work->plan.scale->higher_is_worse ? "Lower" : "Higher");
}

static void put_row(outcome_work *work, rp_answer_table *table, const rp_universe *people, size_t group, unit per,
                    const slope *found) {
    rp_count in = outcome_growth_count(work, people, group, false);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, outcome_group_at(&work->plan, group).label);
    row[1] = rp_value_text(work->answer, unit_words[per]);
    const double numbers[] = {found->effect.estimate, found->effect.lower, found->effect.upper, found->sd};
    for (size_t i = 0; i < 4 && found->fitted; i++)
        row[2 + i] = isnan(numbers[i]) ? row[2 + i] : rp_value_num(numbers[i], 3, in);
    row[6] = rp_value_count(in);
    row[6].of = outcome_growth_count(work, people, group, true);
    row[7] = rp_value_text(work->answer, found->remark);
}

static rp_answer_table *add_table(outcome_work *work, const rp_question_courses *of) {
    static const rp_table_column columns[] = {
        {"group", "Of", ""},
        {"per", "Change per", ""},
        {"slope", "Points", "points"},
        {"lower", "From", "points"},
        {"upper", "To", "points"},
        {"sd", "SD between clients", "points"},
        {"people", "People", "people"},
        {"remark", "Remark", ""},
    };
    rp_answer *answer = work->answer;
    const char *name = work->plan.measure->name;
    rp_answer_table *table = rp_answer_table_add(answer, rp_answer_text(answer, "outcome.growth.%s", name),
                                                 rp_answer_text(answer, "%s: change per week and per session", name),
                                                 columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        answer,
        "A straight line through all scores at sessions of everyone who has one, whether or not they stayed. Change is "
        "often faster at first. People whose first score was bad tend to score better later whatever is done, so bands "
        "of the first score differ for that alone. From and To: %g%% t interval.%s",
        100 * work->plan.asked->level,
        of->one_in == 1 ? ""
                        : rp_answer_text(answer,
                                         " The models rest on one in %zu of these people, taken in the order of the "
                                         "referrals' ids: that is enough for narrow intervals.",
                                         of->one_in));
    return table;
}

bool outcome_write_growth(outcome_work *work, rp_error *error) {
    const outcome_plan *plan = &work->plan;
    rp_arena *scratch = rp_arena_new(0);
    rp_question_courses of;
    rp_universe *people = NULL;
    bool fine = scratch != NULL || rp_fail_memory(error);
    fine = fine && outcome_courses_make(plan, scratch, &of, error) &&
           (of.n_people == 0 || outcome_growth_people(work, &people, error));
    rp_answer_table *table = fine && of.n_people >= RP_QUESTION_MODEL_PEOPLE ? add_table(work, &of) : NULL;
    for (size_t g = 0; table != NULL && g < plan->n_groups && fine; g++)
        for (unit per = 0; per < UNITS && fine; per++) {
            slope found;
            fine = find_slope(work, &of, g, per, &found, error);
            if (fine && found.fitted && outcome_group_at(plan, g).band < 0)
                state(work, people, g, per, &found);
            if (fine)
                put_row(work, table, people, g, per, &found);
        }
    if (table != NULL && fine)
        fine = outcome_write_expected(work, &of, people, error);
    rp_arena_free(scratch);
    return fine;
}
