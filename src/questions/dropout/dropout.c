/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `dropout`: of people who entered treatment, who left, and after which session?
 *
 * One pass over the cohort (dropout_people.c) -> one session alone, cumulative incidence of each way of ending, what
 * came after each session, reasons. docs/dropout.md says what is counted and how. */
#include "questions/dropout/dropout.h"
#include "questions/common/chosen.h"
#include "questions/common/shared_marks.h"
#include "questions/common/whom.h"
#include "questions/dropout/dropout_parts.h"

static const char question_title[] = "Who leaves, and when?";

static void say_one_session(const dropout_work *work) {
    rp_question_saying saying = rp_question_one_session("dropout.one_session_share", false);
    rp_question_say(work->answer, &saying, rp_question_ended(&work->people, 1, 1, ANY_WAY),
                    rp_question_having(&work->people, rp_question_at(1) | RP_QUESTION_OVER, 0), work->asked->level);
}

static void say_open(const dropout_work *work) {
    rp_question_saying saying = {"dropout.open",
                                 "Not ended, of people who entered treatment",
                                 "people who entered treatment",
                                 "have no date of ending on record",
                                 "entered",
                                 false};
    rp_question_say(work->answer, &saying, rp_question_having(&work->people, rp_question_at(1), RP_QUESTION_OVER),
                    dropout_entered(work), work->asked->level);
}

enum {
    MOST_PEOPLE = 30000 /* of a cohort, for the models: more would make intervals narrower than anyone needs */
};

static void caveats(const dropout_work *work) {
    rp_answer *answer = work->answer;
    rp_answer_caveat(answer, "One session alone is not the same as leaving: many such referrals end by agreement. The "
                             "share of one session is of ended referrals, which over-represent people who left early; "
                             "the estimates by session take those whose referral has not ended into account.");
    rp_answer_caveat(answer, "A referral without a date of ending counts as one that goes on, however long ago the "
                             "last session was. The estimates take it that how such people will end is like what came "
                             "after the same session for others.");
    if (work->one_in > 1)
        rp_answer_caveat(answer,
                         "The models of leaving rest on one in %zu of the cohort, taken in the order of the referrals' "
                         "ids; that is enough for narrow intervals. All else is of everyone.",
                         work->one_in);
    rp_question_caveat_ended(answer, work->cohort);
}

static bool write(const dropout_work *work, rp_error *error) {
    say_one_session(work);
    say_open(work);
    if (!dropout_knows_ways(work)) {
        rp_answer_caveat(work->answer,
                         "The data hold no reason of ending of anybody who entered treatment and whose referral has "
                         "ended, so it is not known who left and who ended by agreement. With reasons, leaving could "
                         "be told from session to session.");
        rp_question_caveat_ended(work->answer, work->cohort);
        return true;
    }
    dropout_write_incidence(work);
    dropout_write_hazard(work);
    dropout_write_ends(work);
    caveats(work);
    return dropout_write_models(work, error);
}

/* Why nothing can be said; NULL: something can. */
static const char *lack(const dropout_work *work) {
    if (dropout_entered(work).n <= 0)
        return "Nobody in the cohort has a treatment session on record, so nothing can be said of who left.";
    if (rp_question_having(&work->people, rp_question_at(1) | RP_QUESTION_OVER, 0).n <= 0)
        return "Nobody who entered treatment has a date of ending on record, so it is not known who left and who is "
               "still in treatment. With dates and reasons of ending, leaving could be told from session to session.";
    return NULL;
}

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    rp_answer *answer = rp_answer_new(arena, "dropout", question_title);
    dropout_work *work = rp_arena_take(arena, 1, sizeof *work);
    if (answer == NULL || work == NULL)
        return rp_fail_memory(error), NULL;
    *work = (dropout_work){.cohort = cohort,
                           .record = rp_cohort_record(cohort),
                           .asked = asked,
                           .stages = rp_question_frame(cohort, arena),
                           .answer = answer,
                           .one_in = (rp_cohort_episodes(cohort) - (rp_cohort_episodes(cohort) > 0)) / MOST_PEOPLE + 1,
                           .symptoms = rp_question_symptoms_of(cohort, asked),
                           .alliance = rp_question_alliance_of(cohort),
                           .columns = {.end_reason = rp_schema_column(RP_REFERRALS, "end_reason"),
                                       .contact_practitioner = rp_schema_column(RP_CONTACTS, "practitioner_id"),
                                       .log_practitioner = rp_schema_column(RP_INTERNET_LOGS, "practitioner_id"),
                                       .admin_date = rp_schema_column(RP_ADMINISTRATIONS, "date"),
                                       .score_value = rp_schema_column(RP_SCORES, "value")}};
    work->endings = work->stages != NULL ? rp_question_frame_of_endings(work->stages, arena) : NULL;
    if (work->endings == NULL)
        return rp_fail_memory(error), NULL;
    answer->lead = "Of people who had a first treatment session: who left, after which session, and who ended by "
                   "agreement or otherwise. Left means that the recorded reason is an end earlier than the "
                   "practitioner planned, or that they declined. Why somebody left is not recorded.";
    if (!rp_cohort_has_contacts(cohort)) {
        rp_answer_needs(answer, "contacts");
        rp_answer_caveat(answer, "The data hold no contacts, so it is not known who entered treatment and after which "
                                 "session anybody left. With contacts, leaving could be told from session to session.");
        return answer->failed ? (rp_fail_memory(error), NULL) : answer;
    }
    if (!dropout_sort(work, error))
        return NULL;
    const char *why = lack(work);
    if (why != NULL)
        rp_answer_caveat(answer, "%s", why);
    else {
        rp_question_tell_sessions(&work->people, true);
        rp_question_tell_endings(&work->people);
        if (!write(work, error))
            return NULL;
    }
    return answer->failed ? (rp_fail_memory(error), NULL) : answer;
}

static const rp_table_use uses[] = {
    {RP_CLIENTS,
     "The data hold no clients, so age and employment of people are not known. With clients, it could be told whether "
     "they go with leaving.",
     -1},
    {RP_PRACTITIONERS,
     "The data hold no practitioners, so it is not known whom people saw. With practitioners, it could be told how "
     "much "
     "leaving differs between them.",
     -1},
    {RP_INTERNET_LOGS,
     "The data hold no internet logs, so courses of internet-enabled therapy are not among the sessions. With internet "
     "logs, each completed one would count as a session.",
     -1},
    {RP_TABLES, NULL, -1},
};

const rp_question rp_question_dropout = {
    .name = "dropout", .title = question_title, .uses = uses, .statements = dropout_statements, .ask = ask};
