/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `alliance`: how did clients and practitioners see their work together?
 *
 * For each questionnaire of the alliance and each rater: moments (a fold) and people (who stands behind them) -> the
 * answer. What the alliance goes along with is another question. */
#include "questions/alliance/alliance.h"
#include "questions/alliance/alliance_parts.h"
#include "questions/common/asked.h"

#include <math.h>
#include <string.h>

const rp_statement_def alliance_statements[] = {
    {"alliance.mean", "Mean of all scores on this scale by this rater, with an interval over people"},
    {"alliance.ceiling", "People whose latest score is the highest possible one, of people measured"},
    {"alliance.ceiling.ever", "People with the highest possible score at least once, of people measured"},
    {"alliance.alpha", "Cronbach's alpha over all completely answered questionnaires, whoever answered them"},
    {"alliance.alpha.within_persons", "Cronbach's alpha of the items' differences from each person's own means"},
    {"alliance.agreement.client", "People with a client's score on the leading scale, of everyone in the cohort"},
    {"alliance.agreement.practitioner",
     "People with a practitioner's score on the leading scale, of everyone in the cohort"},
    {"alliance.agreement.both",
     "People whom client and practitioner both rated at one session or more, of people with a client's score"},
    {"alliance.agreement.difference",
     "Mean of client less practitioner, at sessions that both rated, with an interval over people"},
    {"alliance.agreement.lower_limit", "Lower 95% limit of agreement, several sessions a person allowed for"},
    {"alliance.agreement.upper_limit", "Upper 95% limit of agreement, several sessions a person allowed for"},
    {"alliance.agreement.icc_agreement",
     "ICC(A,1) of client and practitioner, at each person's first session rated by both"},
    {"alliance.agreement.icc_consistency",
     "ICC(C,1) of client and practitioner, at each person's first session rated by both"},
    {"alliance.agreement.within", "Repeated-measures correlation of client and practitioner within dyads"},
    {"alliance.agreement.between", "Correlation of client's and practitioner's means between dyads"},
    {"alliance.coverage.scored", "People with at least one score, of everyone in the cohort"},
    {"alliance.coverage.asked_no_score",
     "People with the questionnaire on record as more than not offered, but never a score, of everyone in the cohort"},
    {"alliance.coverage.not_offered",
     "People with nothing on record but that it was not offered, of everyone in the cohort"},
    {"alliance.coverage.no_record", "People with no record of the questionnaire, of everyone in the cohort"},
    {"alliance.coverage.every_session", "People with a score in each of their sessions, of people with a session"},
    {"alliance.ruptures.judged", "People with scores at two sessions that follow one another, of people measured"},
    {"alliance.ruptures",
     "People with a rupture (a drop of 2 SD from one session to the next), of people with such sessions"},
    {"alliance.ruptures.repaired", "Every rupture by half regained in the next three sessions, of people with one"},
    {"alliance.ruptures.not_repaired", "A rupture not regained in the next three sessions, of people with one"},
    {"alliance.ruptures.not_known",
     "No rupture known not to be repaired, and one of which it is not known, of people with one"},
    {"alliance.circumstances.practitioner_present",
     "Difference of mean scores, answered with the practitioner there and not"},
    {"alliance.circumstances.seen_by_practitioner",
     "Difference of mean scores, by whether and when the practitioner sees the answers"},
    {"alliance.circumstances.moment", "Difference of mean scores, answered before, in or after the session"},
    {"alliance.circumstances.way", "Difference of mean scores, by the way of answering"},
    {"alliance.circumstances.mode", "Difference of mean scores, by the means of the contact"},
    {"alliance.alpha.at_session",
     "Cronbach's alpha of the leading scale's items at one early session, each person once, with an interval"},
    {"alliance.omega_total",
     "Omega total of the sum of the items at one early session, by the model that fits best, with an interval"},
    {"alliance.omega_hierarchical",
     "Share of the sum's variance that is of the general factor alone at that session, with an interval"},
    {"alliance.factors.best",
     "Which model of the items fits best at one early session: its BIC less than that of the next"},
    {"alliance.factors.one_factor", "RMSEA of one factor of all items, with a 90% interval"},
    {"alliance.factors.two_factors", "RMSEA of two factors, bond apart from tasks and goals, with a 90% interval"},
    {"alliance.factors.three_factors", "RMSEA of three factors: tasks, goals, bond, with a 90% interval"},
    {"alliance.factors.second_order", "RMSEA of three factors below a general one, with a 90% interval"},
    {"alliance.factors.bilevel", "RMSEA of a general factor and three beside it, with a 90% interval"},
    {"alliance.factors.as_ordered",
     "Scaled RMSEA of the model that fits best, with answers as ordered categories, with a 90% interval"},
    {"alliance.factors.within_clients",
     "Which model of the items fits best from session to session within clients: its BIC less than that of the next"},
    {"alliance.factors.between_clients",
     "Which model of the items fits best in lasting differences between clients: its BIC less than that of the next"},
    {"alliance.omega_total.within_clients",
     "Omega total of how a client's sum of items varies from session to session, with an interval"},
    {"alliance.omega_total.between_clients",
     "Omega total of how clients differ in the sum of items in the long run, with an interval"},
    {"alliance.factors.correlation.task_goal", "Correlation of the factors of tasks and goals, of three"},
    {"alliance.factors.correlation.task_bond", "Correlation of the factors of tasks and bond, of three"},
    {"alliance.factors.correlation.goal_bond", "Correlation of the factors of goals and bond, of three"},
    {"alliance.dependability.single_session",
     "Share of the variance of one session's score that is lasting differences between clients"},
    {"alliance.dependability.sessions_for_80",
     "Sessions whose mean tells a client's alliance with a dependability of .80"},
    {"alliance.dependability.sessions_for_90",
     "Sessions whose mean tells a client's alliance with a dependability of .90"},
    {"alliance.invariance.sessions",
     "Change of CFI with the same loadings and intercepts at two sessions of the same people"},
    {"alliance.invariance.intensity",
     "Change of CFI with the same loadings and intercepts over low and high intensity"},
    {"alliance.invariance.language", "Change of CFI with the same loadings and intercepts over preferred languages"},
    {"alliance.invariance.ethnicity", "Change of CFI with the same loadings and intercepts over ethnic groups"},
    {"alliance.invariance.mode", "Change of CFI with the same loadings and intercepts over means of the contact"},
    {"alliance.invariance.practitioner_present",
     "Change of CFI with the same loadings and intercepts, practitioner present and not"},
    {"alliance.goals", "People with a goal on record, of everyone in the cohort"},
    {"alliance.goals.agreed_by_both", "A goal recorded as agreed by client and practitioner, of people with a goal"},
    {"alliance.goals.agreement_not_recorded", "No goal about which it is recorded who agreed, of people with a goal"},
    {"alliance.tasks", "People with a task on record, of everyone in the cohort"},
    {"alliance.tasks.agreed_by_both", "A task recorded as agreed by client and practitioner, of people with a task"},
    {"alliance.tasks.agreement_not_recorded", "No task about which it is recorded who agreed, of people with a task"},
    {NULL, NULL},
};

const rp_scale *alliance_scale(const alliance_family *family, size_t k) {
    return &family->instrument->scales[rp_cohort_measure(family->cohort, family->measures[k])->scale];
}

alliance_level alliance_level_of(const alliance_family *family, size_t k, double score) {
    if (isnan(score))
        return ALLIANCE_NONE;
    const rp_scale *scale = alliance_scale(family, k);
    /* A mean that was written down with few decimals is no other score. */
    return score >= scale->highest - 1e-6 * (scale->highest - scale->lowest) ? ALLIANCE_HIGHEST : ALLIANCE_BELOW;
}

size_t alliance_slot(const alliance_family *family, const rp_session *session) {
    if (!family->by_occasion)
        return session->number <= family->n_slots ? session->number - 1 : family->n_slots;
    for (size_t s = 0; s < family->n_slots; s++)
        if (rp_cohort_occasion(family->cohort, s)->occasion == session->occasion)
            return s;
    return family->n_slots;
}

static void look_how_far(void *statistics, const rp_block *block, const void *context) {
    const alliance_family *family = context;
    size_t *far = statistics;
    for (const rp_session *s = block->sessions; s < block->sessions + block->n_sessions; s++)
        for (size_t k = 0; k < family->n_scales; k++)
            if (!isnan(s->values[family->measures[k]]) && s->number > *far)
                *far = s->number;
}

static void take_farther(void *into, const void *other, const void *context) {
    (void)context;
    size_t *far = into;
    *far = *far < *(const size_t *)other ? *(const size_t *)other : *far;
}

/* Occasions where the record goes by them alone; else sessions by number, as far as anyone got. */
static bool choose_slots(alliance_family *family, rp_error *error) {
    const rp_cohort *cohort = family->cohort;
    family->by_occasion = !rp_cohort_has_contacts(cohort) && rp_cohort_occasions(cohort) > 0;
    family->n_slots = rp_cohort_occasions(cohort);
    rp_fold fold = {sizeof family->n_slots, look_how_far, take_farther, family};
    if (!family->by_occasion && !rp_cohort_fold(cohort, &fold, family->asked->threads, &family->n_slots, error))
        return false;
    family->more_slots = family->n_slots > ALLIANCE_SLOTS;
    if (family->more_slots)
        family->n_slots = ALLIANCE_SLOTS;
    return true;
}

/* The measure `first` and those after it of the same questionnaire and rater, marked as taken. */
static void gather(alliance_family *family, size_t first, bool *taken) {
    const rp_measure *of = rp_cohort_measure(family->cohort, first);
    for (size_t m = first; m < rp_cohort_measures(family->cohort) && family->n_scales < ALLIANCE_SCALES; m++) {
        const rp_measure *measure = rp_cohort_measure(family->cohort, m);
        if (taken[m] || measure->instrument != of->instrument || strcmp(measure->rater, of->rater) != 0 ||
            !rp_question_asked_for(family->asked, measure))
            continue;
        taken[m] = true;
        family->measures[family->n_scales++] = m;
    }
}

/* Has scale a more items than b, or, where none are known, a wider range? */
static bool leads(const rp_scale *a, const rp_scale *b) {
    return a->n_items != b->n_items ? a->n_items > b->n_items : a->highest - a->lowest > b->highest - b->lowest;
}

/* The leading scale first: what comes first is the last that protection hides. */
static void lead_first(alliance_family *family) {
    size_t leading = 0;
    for (size_t k = 1; k < family->n_scales; k++)
        if (leads(alliance_scale(family, k), alliance_scale(family, leading)))
            leading = k;
    size_t measure = family->measures[leading];
    for (size_t k = leading; k > 0; k--)
        family->measures[k] = family->measures[k - 1];
    family->measures[0] = measure;
}

static void find_columns(alliance_family *family) {
    family->rater_column = rp_schema_column(RP_ADMINISTRATIONS, "rater");
    const rp_code_list *raters = rp_schema_table(RP_ADMINISTRATIONS)->columns[family->rater_column].codes;
    for (size_t i = 0; i < raters->n; i++)
        if (strcmp(raters->codes[i].code, family->rater) == 0)
            family->rater_code = (int)i;
    family->item_column = rp_schema_column(RP_RESPONSES, "item");
    family->answer_column = rp_schema_column(RP_RESPONSES, "value");
}

static bool ask_family(alliance_family *family, rp_answer *answer, rp_error *error) {
    const rp_measure *first = rp_cohort_measure(family->cohort, family->measures[0]);
    family->instrument = first->instrument;
    family->rater = first->rater;
    find_columns(family);
    lead_first(family);
    family->name = rp_answer_text(answer, "%s, %s", first->instrument->short_title, first->rater);
    alliance_work *work = rp_arena_take(answer->arena, 1, sizeof *work);
    if (work == NULL)
        return rp_fail_memory(error);
    work->family = family;
    work->answer = answer;
    if (!alliance_gather(family, answer->arena, error) || !choose_slots(family, error) ||
        !alliance_moments_make(family, answer->arena, work->moments, error))
        return false;
    int64_t scores = 0;
    for (size_t k = 0; k < family->n_scales; k++)
        scores += work->moments[k].scores.n;
    if (scores == 0) /* all of them are of people outside the cohort */
        return true;
    if (!alliance_people_make(family, answer->arena, &work->people, error))
        return false;
    work->universe = rp_question_universe(answer, family->frame, family->name, &work->people.whole);
    alliance_write_scales(work);
    alliance_write_trajectory(work);
    return alliance_write_agreement(family, answer, error) && alliance_write_ruptures(family, answer, error) &&
           alliance_write_circumstances(family, answer, error) && alliance_write_coverage(work, error) &&
           alliance_write_measurement(family, answer, error);
}

static bool ask_families(const alliance_family *nobody, rp_answer *answer, rp_error *error) {
    const rp_cohort *cohort = nobody->cohort;
    bool *taken = rp_arena_take(answer->arena, rp_cohort_measures(cohort), sizeof *taken);
    if (taken == NULL)
        return rp_fail_memory(error);
    for (size_t m = 0; m < rp_cohort_measures(cohort); m++) {
        const rp_measure *measure = rp_cohort_measure(cohort, m);
        if (taken[m] || measure->instrument->kind != RP_KIND_ALLIANCE || !rp_question_asked_for(nobody->asked, measure))
            continue;
        alliance_family *family = rp_arena_take(answer->arena, 1, sizeof *family);
        if (family == NULL)
            return rp_fail_memory(error);
        *family = *nobody;
        gather(family, m, taken);
        if (!ask_family(family, answer, error))
            return false;
    }
    return true;
}

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    rp_answer *answer = rp_answer_new(arena, "alliance", "How was the alliance seen?");
    if (answer == NULL)
        return rp_fail_memory(error), NULL;
    answer->lead =
        rp_answer_text(answer, "What was said of the working alliance, by each rater, over time; whether the items of "
                               "each scale go together, and how many can score no higher; what became of the "
                               "questionnaires; whether client and practitioner agree; drops from one session to the "
                               "next, and whether they were made good; whether scores differ by the circumstances; "
                               "whether the items measure one thing or three, how well, and in all groups alike; how "
                               "many sessions tell a client's alliance; goals and tasks on record.");
    const alliance_family nobody = {
        .cohort = cohort, .asked = asked, .frame = rp_question_frame(cohort, answer->arena)};
    if (nobody.frame == NULL)
        return rp_fail_memory(error), NULL;
    if (!ask_families(&nobody, answer, error))
        return NULL;
    if (answer->n_tables == 0) {
        rp_answer_needs(answer, "scores");
        rp_answer_caveat(answer, "The data hold no scores of a measure of the alliance that was asked for, so nothing "
                                 "can be said about it.");
    } else {
        rp_answer_caveat(answer, "A missing questionnaire is not a poor alliance, nor a good one: the means are of "
                                 "those who answered.");
        rp_answer_caveat(answer, "Those who leave early are in the early means and not in the later ones, so a rise "
                                 "over time is not by itself a growing alliance.");
    }
    if (!alliance_write_goals(&nobody, answer, error))
        return NULL;
    if (answer->failed)
        return rp_fail_memory(error), NULL;
    return answer;
}

static const rp_table_use uses[] = {
    {RP_CONTACTS,
     "The data hold no contacts, so the times of answering stand for sessions. With contacts, scores could be told by "
     "the session that they belong to, and by what means it was held.",
     -1},
    {RP_GOALS,
     "The data hold no goals, which does not mean that none were set. With goals, it could be told who has one and who "
     "agreed to it.",
     -1},
    {RP_TASKS,
     "The data hold no tasks, which does not mean that none were set. With tasks, it could be told who has one and who "
     "agreed to it.",
     -1},
    {RP_GOAL_RATINGS,
     "The data hold no ratings of goals. With ratings, it could be told whose goals were looked at again.", RP_GOALS},
    {RP_TABLES, NULL, -1},
};

const rp_question rp_question_alliance = {.name = "alliance",
                                          .title = "How was the alliance seen?",
                                          .uses = uses,
                                          .statements = alliance_statements,
                                          .ask = ask};
