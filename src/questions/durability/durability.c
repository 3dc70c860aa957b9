/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `durability`: what is known of people after treatment has ended?
 *
 * One pass over the cohort (durability_people.c) -> who has a score afterwards -> who was still below the cut-offs ->
 * change on each measure -> who was referred again -> what else happened. */
#include "questions/durability/durability.h"
#include "questions/common/asked.h"
#include "questions/common/whom.h"
#include "questions/durability/durability_parts.h"

static const char question_title[] = "Did it last?";

static void choose_measures(durability_work *work) {
    for (size_t m = 0; m < rp_cohort_measures(work->cohort); m++) {
        const rp_measure *measure = rp_cohort_measure(work->cohort, m);
        if (measure->instrument->kind != RP_KIND_OUTCOME || !rp_question_asked_for(work->asked, measure))
            continue;
        if (work->n_measures < MOST_MEASURES)
            work->measures[work->n_measures++] = m;
        else
            work->more_measures = true;
    }
}

static void caveats(const durability_work *work) {
    rp_answer *answer = work->answer;
    rp_answer_caveat(answer, "The record ends with the last date on which it says that something happened. Whose time "
                             "is not over by then is not yet due: neither lost nor well.");
    rp_answer_caveat(answer, "Those who have a score after treatment are often few, and need not be like those who "
                             "have none. Someone may be asked because things went badly, or answer because they went "
                             "well.");
    rp_answer_caveat(answer, "Without a comparator, what holds or does not hold after treatment is not an effect of "
                             "it: people also change by themselves.");
    rp_answer_caveat(answer, "A new referral is not a relapse: people also come back for something else, or because "
                             "coming was good; and who relapses may go elsewhere, or nowhere. Referrals to other "
                             "services are not part of the record.");
    if (work->more_measures)
        rp_answer_caveat(answer, "Change after treatment is told of the first %d measures; ask for others by name.",
                         MOST_MEASURES);
    rp_question_caveat_ended(answer, work->cohort);
}

static bool write(durability_work *work, rp_error *error) {
    durability_write_follow_up(work);
    if (work->asked->n_measures == 0)
        durability_write_held(work);
    if (!durability_write_change(work, error))
        return false;
    durability_write_returns(work);
    durability_write_events(work);
    caveats(work);
    return true;
}

/* Without contacts nobody knows who finished. */
static bool say_nothing_to_tell(durability_work *work) {
    if (!rp_cohort_has_contacts(work->cohort)) {
        rp_answer_needs(work->answer, "contacts");
        rp_answer_caveat(work->answer, "The data hold no contacts, so it is not known who finished treatment and when. "
                                       "With contacts, it could be told what is known of people afterwards.");
        return true;
    }
    if (rp_question_having(&work->people, FINISHED, 0).n > 0)
        return false;
    rp_answer_caveat(work->answer, "Nobody in the cohort is known to have ended after two or more treatment contacts, "
                                   "so nothing can be said of the time after treatment.");
    return true;
}

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    rp_answer *answer = rp_answer_new(arena, "durability", question_title);
    durability_work *work = rp_arena_take(arena, 1, sizeof *work);
    rp_arena *scratch = rp_arena_new(0);
    bool done = false;
    if (answer != NULL && work != NULL && scratch != NULL) {
        *work = (durability_work){
            .cohort = cohort, .asked = asked, .frame = rp_question_frame(cohort, arena), .answer = answer};
        answer->lead = "Of people who ended after two or more treatment contacts: who has a score some time after the "
                       "last of them, whether those who had recovered were still below the cut-offs, and who was "
                       "referred again.";
        choose_measures(work);
        done = work->frame != NULL ? durability_sort(work, scratch, error) : rp_fail_memory(error);
        done = done && (say_nothing_to_tell(work) || write(work, error));
        done = done && (!answer->failed || rp_fail_memory(error));
    } else
        rp_fail_memory(error);
    rp_arena_free(scratch);
    return done ? answer : NULL;
}

static const rp_table_use uses[] = {
    {RP_INTERNET_LOGS,
     "The data hold no internet logs, so who was treated by a course of internet-enabled therapy alone is not among "
     "those who finished. With internet logs, completed courses would count as treatment.",
     RP_CONTACTS},
    {RP_PROBLEMS,
     "The data hold no dated problems, so recovery is judged with the anxiety measure of the problem that the referral "
     "names. With dated problems, it would go by the one that was the main problem in the end.",
     RP_CONTACTS},
    {RP_EVENTS,
     "The data hold no events, so what happened to people after treatment, such as another treatment, is not known, "
     "and a death only where the referral ended by it. With events, it could be told.",
     RP_CONTACTS},
    {RP_TABLES, NULL, -1},
};

const rp_question rp_question_durability = {
    .name = "durability", .title = question_title, .uses = uses, .statements = durability_statements, .ask = ask};
