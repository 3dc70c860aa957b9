/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `practitioner`: do people of one practitioner do alike, and people of one service?
 *
 * One pass over the cohort (practitioner_people.c) -> practitioners and services, in an order without names
 * (practitioner_units.c) -> everyone by line (practitioner_sets.c) -> a mixed model of last scores
 * (practitioner_design.c, practitioner_model.c) -> how far they differ, then side by side for the service alone. */
#include "questions/practitioner/practitioner.h"
#include "questions/common/asked.h"
#include "questions/common/whom.h"
#include "questions/practitioner/practitioner_parts.h"

#include <string.h>

static const char question_title[] = "Do people of one practitioner do alike?";

/* ---- which measure --------------------------------------------------------------------------------------- */

/* The PHQ-9, or, where it is not there or not asked for, the measure of outcome with the most scores. One alone: people
 * by practitioner who have one measure and not another would be very few. */
static bool choose_measure(practitioner_work *work, size_t *out) {
    int64_t most = -1;
    for (size_t m = 0; m < rp_cohort_measures(work->cohort); m++) {
        const rp_measure *measure = rp_cohort_measure(work->cohort, m);
        if (measure->instrument->kind != RP_KIND_OUTCOME || !rp_question_asked_for(work->asked, measure))
            continue;
        int64_t scores = strcmp(measure->instrument->name, "phq-9") == 0 && strcmp(measure->rater, "client") == 0
                             ? INT64_MAX
                             : measure->n_scores;
        if (scores > most) {
            most = scores;
            *out = m;
        }
    }
    return most >= 0;
}

/* ---- what has to be kept in mind --------------------------------------------------------------------------- */

static void caveats(const practitioner_work *work) {
    rp_answer *answer = work->answer;
    rp_answer_caveat(answer,
                     "This is for learning together, and not for appraising anybody. A difference between "
                     "practitioners can lie in who is sent to whom, in what the record does not hold of people, in "
                     "chance, and in how they work; nothing here tells these apart.");
    rp_answer_caveat(answer, "Somebody's practitioner is the one who held most of their treatment sessions; of several "
                             "with as many, the one who came last. What others did for them counts as that one's.");
    rp_answer_caveat(answer,
                     "People without a later score are in no comparison of scores. How many there are may differ "
                     "between practitioners, and so may who they are.");
    if (work->model.fit != NULL && strstr(work->model.held, "steps") != NULL)
        rp_answer_caveat(answer,
                         "The steps of somebody's sessions come out of the treatment in part. Holding them may take "
                         "away some of a difference that is the practitioners', and leave some that is not.");
    if (work->model.fit != NULL && work->model.n_factors == 1)
        rp_answer_caveat(answer,
                         "Services are not told apart: that takes at least %d, each with at least %d people compared "
                         "and two practitioners. What lies between them is part of what lies between practitioners.",
                         PRACTITIONER_SERVICES, PRACTITIONER_PEOPLE);
    rp_question_caveat_ended(answer, work->cohort);
}

/* ---- asking ------------------------------------------------------------------------------------------------- */

static bool write(practitioner_work *work, rp_arena *scratch, rp_error *error) {
    practitioner_write_people(work);
    if (!practitioner_are_enough(work)) {
        rp_answer_caveat(work->answer,
                         "How far practitioners differ is not told: it takes " PRACTITIONER_LEAST_WORDS ".");
    } else {
        if (!practitioner_fit(work, error))
            return false;
        if (work->model.fit != NULL) {
            practitioner_write_spread(work);
            practitioner_write_lines(work);
            practitioner_write_improved(work);
        }
    }
    if (!practitioner_write_one_session(work, scratch))
        return rp_fail_memory(error);
    caveats(work);
    return true;
}

/* Facts live as long as the model's rows are wanted; then they go. */
static bool work_through(practitioner_work *work, rp_error *error) {
    rp_arena *scratch = rp_arena_new(0);
    work->facts = scratch != NULL ? rp_arena_take(scratch, work->n, sizeof *work->facts) : NULL;
    bool done = work->facts != NULL ? practitioner_read(work, error) : rp_fail_memory(error);
    if (done)
        done = (practitioner_find_units(work, scratch) && practitioner_sort(work)) || rp_fail_memory(error);
    if (done && rp_question_having(&work->treated, RECORDED, 0).n == 0)
        rp_answer_caveat(work->answer,
                         "Nobody in the cohort who entered treatment has a practitioner recorded for it, so "
                         "nothing can be said of practitioners.");
    else if (done)
        done = write(work, scratch, error);
    rp_arena_free(scratch);
    work->facts = NULL;
    return done;
}

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    rp_answer *answer = rp_answer_new(arena, "practitioner", question_title);
    practitioner_work *work = rp_arena_take(arena, 1, sizeof *work);
    if (answer == NULL || work == NULL)
        return rp_fail_memory(error), NULL;
    *work = (practitioner_work){.cohort = cohort,
                                .stages = rp_question_frame(cohort, arena),
                                .record = rp_cohort_record(cohort),
                                .asked = asked,
                                .answer = answer,
                                .n = rp_cohort_episodes(cohort)};
    answer->lead =
        "How far last scores of people who began alike differ between practitioners, and between services "
        "where there are several. It is for learning, not for appraisal: nobody is named, and nobody is ranked.";
    size_t measure;
    if (!rp_cohort_has_contacts(cohort)) {
        rp_answer_needs(answer, "contacts");
        rp_answer_caveat(answer,
                         "The data hold no contacts, so it is not known who treated whom. With contacts, it could be "
                         "told how far practitioners differ.");
    } else if (!choose_measure(work, &measure)) {
        rp_answer_needs(answer, "scores");
        rp_answer_caveat(answer,
                         "The data hold no scores of an outcome measure that was asked for, so nothing can be said "
                         "of how far practitioners differ.");
    } else {
        work->measure = rp_cohort_measure(cohort, measure);
        if (work->stages == NULL || !rp_question_measuring_of(cohort, measure, work->stages, arena, &work->measuring))
            return rp_fail_memory(error), NULL;
        if (!work_through(work, error))
            return NULL;
    }
    return answer->failed ? (rp_fail_memory(error), NULL) : answer;
}

static const rp_table_use uses[] = {
    {RP_CLIENTS,
     "The data hold no clients, so people of different ages are compared as if they were alike. With clients, their "
     "age "
     "could be held.",
     -1},
    {RP_ACTIVITIES,
     "The data hold no activities, so it is not known at which step people were treated in contacts. With activities, "
     "the steps "
     "of their sessions could be held, and sessions of which a contact names no practitioner might have one.",
     -1},
    {RP_PROBLEMS,
     "The data hold no dated problems, so people are held alike by the problem that the referral names. With dated "
     "problems, "
     "it would go by the one that was the main problem in the end.",
     -1},
    {RP_INTERNET_LOGS,
     "The data hold no internet logs, so who was treated by a course of internet-enabled therapy alone is not among "
     "those who "
     "entered treatment. With internet logs, completed courses would count as sessions of whoever guided them.",
     -1},
    {RP_TABLES, NULL, -1},
};

const rp_question rp_question_practitioner = {
    .name = "practitioner", .title = question_title, .uses = uses, .statements = practitioner_statements, .ask = ask};
