/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who was compared, and by how much the arms differ. */
#include "questions/comparison/comparison_parts.h"

#include <math.h>

const char *cmp_arm(const cmp_work *work, int arm) {
    return rp_cohort_arm(work->cohort, (size_t)arm);
}

const char *cmp_beside(const cmp_work *work) {
    const char *note = rp_record_about(rp_cohort_record(work->cohort))->comparator_note;
    return note == NULL || note[0] == '\0' ? "" : rp_answer_text(work->answer, " What is compared: %s", note);
}

rp_count cmp_meant_for(const cmp_work *work, int arm) {
    return rp_question_having(work->set, MARK(CMP_IN_ARM + arm), 0);
}

rp_statement *cmp_statement(cmp_work *work, const char *id) {
    rp_statement *s = rp_answer_statement(work->answer, id);
    s->measure = work->of->name;
    s->scale = work->scale->name;
    s->rater = work->of->rater;
    s->cohort = rp_cohort_event_name(rp_cohort_chosen(work->cohort)->event);
    s->audience = RP_FOR_SERVICE;
    return s;
}

/* ---- people ---- */

static void put_people(cmp_work *work, rp_answer_table *table, int arm) {
    uint64_t in = MARK(CMP_IN_ARM + arm);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, cmp_arm(work, arm));
    row[1] = rp_value_count(rp_question_having(work->set, in, 0));
    row[2] = rp_value_count(rp_question_having(work->set, in | MARK(CMP_HAS_FIRST), 0));
    row[3] = rp_value_count(rp_question_having(work->set, in | MARK(CMP_HAS_LAST), 0));
    row[4] = rp_value_count(rp_question_having(work->set, in | MARK(CMP_IN_MODEL + CMP_ALL_LATER), 0));
}

void cmp_write_people(cmp_work *work) {
    static const rp_table_column columns[] = {{"arm", "Arm", ""},
                                              {"people", "Meant for it", "people"},
                                              {"first", "First score", "people"},
                                              {"later", "A later score", "people"},
                                              {"model", "In the model of all scores", "people"}};
    rp_answer_table *table =
        rp_answer_table_add(work->answer, rp_answer_text(work->answer, "comparison.people.%s", work->of->name),
                            rp_answer_text(work->answer, "Who is compared on the %s", work->of->name), columns, 5);
    table->note = rp_answer_text(
        work->answer,
        "People count in the arm that they were meant for, whatever they received. Whoever has no later score "
        "is in no model; models take them to be like others of their arm with the same first score.%s",
        cmp_beside(work));
    for (int arm = 0; arm < work->n_arms; arm++)
        put_people(work, table, arm);
}

/* ---- effects ---- */

static rp_value number(double x, int decimals, rp_count people) {
    return isnan(x) ? (rp_value){0} : rp_value_num(x, decimals, people);
}

static rp_count in_model(cmp_work *work, int kind, int arm) {
    return rp_question_having(work->set, MARK(CMP_IN_MODEL + kind) | MARK(CMP_IN_ARM + arm), 0);
}

static const char *remark_of(const cmp_result *r) {
    return r->state == CMP_TOO_FEW      ? "too few people or scores for a model"
           : r->why != NULL             ? r->why
           : r->state == CMP_NOT_FITTED ? "no model could be fitted"
                                        : "";
}

static void put_effect(cmp_work *work, rp_answer_table *table, int kind, int arm, const cmp_result *r) {
    rp_value *row = rp_answer_row(table);
    rp_count treated = cmp_meant_for(work, arm), compared = cmp_meant_for(work, 0);
    double sd = rp_moments_sd(&work->first);
    row[0] = rp_value_text(work->answer, r->label);
    row[10] = rp_value_text(work->answer, remark_of(r));
    if (r->state != CMP_FITTED)
        return;
    row[1] = number(r->effect.estimate, 3, treated);
    row[2] = number(r->effect.lower, 3, treated);
    row[3] = number(r->effect.upper, 3, compared);
    row[4] = number(r->effect.estimate / sd, 2, compared);
    row[5] = number(r->interaction.estimate, 3, treated);
    row[6] = number(r->interaction.lower, 3, treated);
    row[7] = number(r->interaction.upper, 3, compared);
    row[8] = rp_value_count(in_model(work, kind, arm));
    row[9] = rp_value_count(in_model(work, kind, 0));
}

static void write_table(cmp_work *work, int arm, const cmp_result *results) {
    static const rp_table_column columns[] = {
        {"scores", "Scores", ""},
        {"effect", "Difference", "points"},
        {"lower", "From", "points"},
        {"upper", "To", "points"},
        {"standardised", "In SD", "standard deviations"},
        {"interaction", "By severity", "points"},
        {"interaction_lower", "From", "points"},
        {"interaction_upper", "To", "points"},
        {"people", "People", "people"},
        {"compared", "Compared with", "people"},
        {"remark", "Remark", ""},
    };
    rp_answer *answer = work->answer;
    rp_answer_table *table = rp_answer_table_add(
        answer, rp_answer_text(answer, "comparison.effects.%s.%s", work->of->name, cmp_arm(work, arm)),
        rp_answer_text(answer, "%s: %s less %s, the first score held", work->of->name, cmp_arm(work, arm),
                       cmp_arm(work, 0)),
        columns, 11);
    table->note = rp_answer_text(
        answer,
        "%s is better. In SD: over the standard deviation of first scores. By severity: by how much the difference "
        "changes for each point that the first score is higher; since it is points over points it is also what stands "
        "there where both scores are standardised. All later scores: a linear mixed model by REML, time held, people "
        "as random effects. The other rows: analysis of covariance. Intervals are t intervals with Satterthwaite's "
        "degrees of freedom.%s",
        work->scale->higher_is_worse ? "Lower" : "Higher", cmp_beside(work));
    for (int kind = 0; kind < CMP_KINDS; kind++)
        if (results[kind].state != CMP_NOT_ASKED)
            put_effect(work, table, kind, arm, &results[kind]);
}

/* "lower by 3.95 points" */
static const char *by_points(rp_answer *answer, double effect) {
    return rp_answer_text(answer, "%s by %.2f points", effect < 0 ? "lower" : "higher", fabs(effect));
}

static const char *judged(const rp_mixed_effect *e) {
    if (isnan(e->lower))
        return "There is no interval, so nothing is said of whether they differ.";
    return e->lower > 0 || e->upper < 0
               ? "The interval leaves nought out: the arms differ by more than chance is apt to make."
               : "The interval holds nought: with these data no difference is shown, and none is ruled out.";
}

static void fill(cmp_work *work, rp_statement *s, int arm, int kind, const rp_mixed_effect *e, const char *label) {
    s->label = label;
    s->arm = cmp_arm(work, arm);
    s->unit = "points";
    s->estimate = e->estimate;
    s->lower = e->lower;
    s->upper = e->upper;
    s->level = work->asked->level;
    s->behind[0] = cmp_meant_for(work, arm);
    s->behind[1] = cmp_meant_for(work, 0);
    s->method = kind == CMP_ALL_LATER
                    ? "linear mixed model of all later scores by REML, people as random effects, first score and time "
                      "held; t interval with Satterthwaite's degrees of freedom"
                    : "analysis of covariance of the last score, the first score held; t interval";
}

static const char *interval(cmp_work *work, const rp_mixed_effect *e) {
    return isnan(e->lower) ? ""
                           : rp_answer_text(work->answer, " (%g%% interval %+.2f to %+.2f)", 100 * work->asked->level,
                                            e->lower, e->upper);
}

static void say_effect(cmp_work *work, int arm, int kind, const char *id, const cmp_result *r) {
    rp_statement *s = cmp_statement(work, id);
    const char *which = kind == CMP_ALL_LATER ? "over all later scores" : "at the last score";
    fill(work, s, arm, kind, &r->effect,
         rp_answer_text(work->answer, "%s less %s, %s", cmp_arm(work, arm), cmp_arm(work, 0), which));
    s->headline = kind == CMP_ALL_LATER;
    s->text = rp_answer_text(
        work->answer,
        "%s: with the same first score, people meant for %s have scores that are %s %s%s than people meant "
        "for %s: %+.2f standard deviations. %s%s",
        work->of->name, cmp_arm(work, arm), by_points(work->answer, r->effect.estimate), which,
        interval(work, &r->effect), cmp_arm(work, 0), r->effect.estimate / rp_moments_sd(&work->first),
        judged(&r->effect), cmp_beside(work));
}

static void say_severity(cmp_work *work, int arm, const char *id, const rp_mixed_effect *e, bool severer) {
    double sd = rp_moments_sd(&work->first);
    double at = work->first.mean + (severer == work->scale->higher_is_worse ? sd : -sd);
    if (at < work->scale->lowest || at > work->scale->highest)
        return; /* nobody can score so */
    rp_statement *s = cmp_statement(work, id);
    fill(work, s, arm, CMP_ALL_LATER, e,
         rp_answer_text(work->answer, "%s less %s, first score one SD %s than the mean", cmp_arm(work, arm),
                        cmp_arm(work, 0), severer ? "more severe" : "milder"));
    s->text =
        rp_answer_text(work->answer,
                       "%s: among people whose first score is one standard deviation %s than the mean (%.1f "
                       "points), those meant for %s have later scores that are %s%s than those meant for %s.%s",
                       work->of->name, severer ? "more severe" : "milder", at, cmp_arm(work, arm),
                       by_points(work->answer, e->estimate), interval(work, e), cmp_arm(work, 0), cmp_beside(work));
}

static void say_interaction(cmp_work *work, int arm, const rp_mixed_effect *e) {
    rp_statement *s = cmp_statement(work, "comparison.interaction");
    fill(work, s, arm, CMP_ALL_LATER, e,
         rp_answer_text(work->answer, "%s: does the difference hang on severity?", cmp_arm(work, arm)));
    s->unit = "standard deviations";
    s->text = rp_answer_text(
        work->answer,
        "%s: for each standard deviation that the first score is higher, the difference between %s and %s changes by "
        "%+.3f standard deviations%s, which is %+.2f points. %s%s",
        work->of->name, cmp_arm(work, arm), cmp_arm(work, 0), e->estimate, interval(work, e),
        e->estimate * rp_moments_sd(&work->first),
        isnan(e->lower)                ? ""
        : e->lower > 0 || e->upper < 0 ? "The interval leaves nought out."
                                       : "The interval holds nought: that the difference hangs on severity is not "
                                         "shown, and not ruled out.",
        cmp_beside(work));
}

/* For the axis of differences from a comparator. */
static void keep(cmp_work *work, int arm, const rp_mixed_effect *e) {
    cmp_own_effect *own = rp_vec_push(work->answer->arena, &work->own.list);
    double better = (work->scale->higher_is_worse ? -1 : 1) / rp_moments_sd(&work->first);
    if (own == NULL) {
        work->answer->failed = true;
        return;
    }
    *own = (cmp_own_effect){.who = rp_answer_text(work->answer, "These data, %s, %s less %s", work->of->name,
                                                  cmp_arm(work, arm), cmp_arm(work, 0)),
                            .of = work->of->instrument->measures,
                            .d = better * e->estimate,
                            .lower = better * (better < 0 ? e->upper : e->lower),
                            .upper = better * (better < 0 ? e->lower : e->upper),
                            .people = cmp_meant_for(work, arm)};
}

void cmp_write_effects(cmp_work *work, int arm, const cmp_result results[CMP_KINDS]) {
    const cmp_result *all = &results[CMP_ALL_LATER];
    if (all->state == CMP_FITTED) {
        say_effect(work, arm, CMP_ALL_LATER, "comparison.effect", all);
        keep(work, arm, &all->effect);
        if (!isnan(all->interaction.estimate)) {
            say_severity(work, arm, "comparison.effect.milder", &all->milder, false);
            say_severity(work, arm, "comparison.effect.severer", &all->severer, true);
            say_interaction(work, arm, &all->interaction);
        }
    }
    if (results[CMP_LAST].state == CMP_FITTED)
        say_effect(work, arm, CMP_LAST, "comparison.effect.last", &results[CMP_LAST]);
    write_table(work, arm, results);
}
