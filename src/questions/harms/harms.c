/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `harms`: who is known to have been harmed, or to have got worse, and of whom is it not known?
 *
 * Two passes over the cohort (harms_people.c) -> each kind of harm under each denominator -> how it was judged -> among
 * those whose change is known and the others -> over time. */
#include "questions/harms/harms.h"
#include "questions/common/whom.h"
#include "questions/harms/harms_parts.h"

static const char question_title[] = "Was anybody harmed?";

static void caveats(const harms_work *work) {
    rp_answer *answer = work->answer;
    if (work->events) {
        rp_answer_caveat(answer, "No record of events does not mean that there were none: what nobody asked about, or "
                                 "wrote down, is not here.");
        rp_answer_caveat(answer, "That an event is on record does not say that treatment brought it about. How it was "
                                 "judged is what was written down, by whoever wrote it.");
        rp_answer_caveat(answer,
                         "People who died are those with a death among the events. Referrals that ended because "
                         "somebody died are told among the ends of referrals; the two need not agree.");
        rp_answer_caveat(answer, "None of the record's reasons of ending says that somebody stopped because of an "
                                 "unwanted effect, so how many did cannot be told. With a reason that says so, it "
                                 "could be.");
    }
    if (work->change_lacks != NULL)
        rp_answer_caveat(
            answer,
            "Reliable deterioration is not told here: %s. On each measure by itself how people changed tells it.%s",
            work->change_lacks, work->events ? " What is told of any harm is of events alone." : "");
    else
        rp_answer_caveat(answer, "Reliable deterioration is by the national rule, the PHQ-9 and a measure of anxiety "
                                 "together. How people changed tells the same, and also tells it on each measure by "
                                 "itself. People with no later score may have got worse as well: it is not known. "
                                 "That somebody got worse does not say that treatment brought it about.");
    rp_question_caveat_ended(answer, work->cohort);
}

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    rp_answer *answer = rp_answer_new(arena, "harms", question_title);
    harms_work *work = rp_arena_take(arena, 1, sizeof *work);
    const rp_frame *stages = rp_question_frame(cohort, arena);
    const rp_frame *frame = stages != NULL ? rp_question_frame_of_harm(stages, arena) : NULL;
    if (answer == NULL || work == NULL || frame == NULL)
        return rp_fail_memory(error), NULL;
    *work = (harms_work){.cohort = cohort,
                         .record = rp_cohort_record(cohort),
                         .asked = asked,
                         .stages = stages,
                         .frame = frame,
                         .answer = answer,
                         .events = rp_record_rows(rp_cohort_record(cohort), RP_EVENTS) > 0};
    answer->lead =
        "People who are known to have got reliably worse, and people with an unwanted effect, a complaint, a "
        "crisis, an admission to hospital or their death on record; of everyone, of those who entered "
        "treatment and of those who finished a course.";
    if (!harms_sort(work, error))
        return NULL;
    harms_write_people(work);
    if (work->events) {
        harms_write_judged(work);
        harms_write_known(work);
        harms_write_trend(work);
    }
    if (answer->n_statements == 0) {
        rp_answer_needs(answer, "events");
        rp_answer_caveat(answer, "The data hold no events, so nothing can be said of unwanted effects, complaints, "
                                 "crises, admissions and deaths. This does not mean that there were none.");
    }
    caveats(work);
    return answer->failed ? (rp_fail_memory(error), NULL) : answer;
}

static const rp_table_use uses[] = {
    {RP_EVENTS,
     "The data hold no events, so it is not known whether there were unwanted effects, complaints, crises, admissions "
     "or deaths; this does not mean that there were none. With events, it could be told of whom they are on record.",
     -1},
    {RP_CONTACTS,
     "The data hold no contacts, so it is not known who entered treatment and who finished. With contacts, harms could "
     "be told of these, too.",
     -1},
    {RP_INTERNET_LOGS,
     "The data hold no internet logs, so who was treated by a course of internet-enabled therapy alone is not among "
     "those who entered treatment. With internet logs, completed courses would count as treatment.",
     RP_CONTACTS},
    {RP_PROBLEMS,
     "The data hold no dated problems, so the national rule chooses the anxiety measure by the problem that the "
     "referral names. With dated problems, it would go by the one that was the main problem in the end.",
     RP_CONTACTS},
    {RP_TABLES, NULL, -1},
};

const rp_question rp_question_harms = {
    .name = "harms", .title = question_title, .uses = uses, .statements = harms_statements, .ask = ask};
