/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `assessor`: who assessed, and what is on record of client and general practitioner being told of it?
 *
 * One pass over the cohort (assessor_people.c) -> who assessed -> who was told -> the same over time -> what became of
 * people, by who assessed them, in strata and standardised. */
#include "questions/assessor/assessor.h"
#include "questions/assessor/assessor_parts.h"
#include "questions/common/whom.h"

static const char question_title[] = "Who assessed, and who was told?";

void assessor_say(const assessor_work *work, const char *id, const char *label, const char *words, bool headline,
                  rp_count part, rp_count whole) {
    rp_question_saying saying = {id, label, "people assessed", words, "assessed", headline};
    rp_question_say(work->answer, &saying, part, whole, work->asked->level);
}

static void write(assessor_work *work) {
    rp_answer *answer = work->answer;
    const rp_record *record = rp_cohort_record(work->cohort);
    assessor_write_who(work);
    if (rp_record_rows(record, RP_PRACTITIONERS) > 0)
        rp_answer_caveat(answer, "Whether an assessor was registered with a professional body is not part of the "
                                 "record. Status is role and training on the day of the first assessment.");
    rp_question_caveat_ended(answer, work->cohort);
    if (rp_record_rows(record, RP_DISCLOSURES) > 0) {
        assessor_write_telling(work);
        assessor_write_trend(work);
        rp_answer_caveat(answer,
                         "No record of telling does not mean not told: it may have been told and not written down.");
    }
    if (rp_record_rows(record, RP_PRACTITIONERS) > 0)
        assessor_write_courses(work);
}

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    rp_answer *answer = rp_answer_new(arena, "assessor", question_title);
    assessor_work *work = rp_arena_take(arena, 1, sizeof *work);
    if (answer == NULL || work == NULL)
        return rp_fail_memory(error), NULL;
    *work =
        (assessor_work){.cohort = cohort, .asked = asked, .frame = rp_question_frame(cohort, arena), .answer = answer};
    if (work->frame == NULL)
        return rp_fail_memory(error), NULL;
    answer->lead =
        "Who held people's first attended assessment, by role, training and qualification on that day; and whether it "
        "is on record that client and general practitioner were told the assessor's role and qualification. Then what "
        "became of people by who assessed them, severity and problem held apart.";
    if (!rp_cohort_has_contacts(cohort)) {
        rp_answer_needs(answer, "contacts");
        rp_answer_caveat(answer, "The data hold no contacts, so it is not known who was assessed, by whom, and when. "
                                 "With contacts, it could be told who assessed, and of whom it is on record that they "
                                 "were told.");
        return answer->failed ? (rp_fail_memory(error), NULL) : answer;
    }
    if (!assessor_sort(work, error))
        return NULL;
    if (rp_question_having(&work->who, ASSESSED, 0).n > 0)
        write(work);
    else
        rp_answer_caveat(answer, "Nobody in the cohort has an attended assessment on record, so nothing can be said "
                                 "of who assessed.");
    return answer->failed ? (rp_fail_memory(error), NULL) : answer;
}

static const rp_table_use uses[] = {
    {RP_PRACTITIONERS,
     "The data hold no practitioners, so the role, training and qualification of those who assessed are not known. "
     "With practitioners, people could be told by who assessed them.",
     -1},
    {RP_QUALIFICATIONS,
     "The data hold no qualifications, which does not mean that nobody had one. With qualifications, people could be "
     "told by what their assessor had been awarded.",
     RP_PRACTITIONERS},
    {RP_DISCLOSURES,
     "The data hold no disclosures, so it is not known whether anybody was told who assessed, which does not mean not "
     "told. With disclosures, it could be told of whom that is on record.",
     -1},
    {RP_PROBLEMS,
     "The data hold no dated problems, so strata go by the problem that the referral names. With dated problems, they "
     "would go by the one that was the main problem in the end.",
     RP_PRACTITIONERS},
    {RP_INTERNET_LOGS,
     "The data hold no internet logs, so who was treated by a course of internet-enabled therapy alone counts as not "
     "treated. With internet logs, completed courses would count as treatment.",
     RP_PRACTITIONERS},
    {RP_TABLES, NULL, -1},
};

const rp_question rp_question_assessor = {
    .name = "assessor", .title = question_title, .uses = uses, .statements = assessor_statements, .ask = ask};
