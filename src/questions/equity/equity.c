/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The question `equity`: access, staying, outcome and what is missing, by group of people.
 *
 * Groups (equity_groups.c) -> people by marks (equity_people.c) -> the answer. It tells differences, and neither ranks
 * nor says why: docs/equity.md. */
#include "questions/equity/equity.h"
#include "questions/common/whom.h"
#include "questions/equity/equity_parts.h"

static const char question_title[] = "Does it differ for groups of people?";

#define RECORDED(name, words)                                                                                          \
    { "equity.recorded." name, words " is recorded and, where asked, stated, of everyone in the cohort" }
const rp_statement_def equity_statements[] = {
    RECORDED("gender", "Gender"),
    RECORDED("ethnicity", "Ethnic group"),
    RECORDED("age", "The year of birth, and when the referral came in,"),
    RECORDED("deprivation", "Deprivation of the area"),
    RECORDED("employment", "Employment"),
    RECORDED("long_term_condition", "Whether there is a long-term condition"),
    RECORDED("language", "Preferred language"),
    RECORDED("interpreter", "Whether an interpreter is needed"),
    {NULL, NULL},
};

static bool is_anything_recorded(const equity_work *work) {
    bool any = false;
    for (size_t c = 0; c < CHARACTERISTICS; c++)
        any = any || work->recorded[c];
    return any;
}

static void say_what_cannot_be_told(const equity_work *work) {
    rp_answer *answer = work->answer;
    rp_answer_caveat(answer, "Who of the population is not referred cannot be told from a record of people who were: "
                             "for that, figures of the population by group are needed.");
    rp_answer_caveat(answer,
                     "Groups differ in much besides what is named here, such as need, problem and when they were "
                     "referred. A difference is told, not what it comes from. The groups stand in a fixed order.");
    rp_answer_caveat(answer,
                     "Many groups are compared with everyone else. Of many intervals at %g%% some do not hold zero by "
                     "chance alone.",
                     100 * work->asked->level);
    const char *names = NULL;
    for (size_t c = 0; c < CHARACTERISTICS; c++)
        if (!work->recorded[c])
            names = names == NULL ? equity_characteristics[c].name
                                  : rp_answer_text(answer, "%s, %s", names, equity_characteristics[c].name);
    if (names != NULL)
        rp_answer_caveat(answer, "Not recorded of anybody, so that no groups can be told apart by it: %s.", names);
    if (work->contacts && !work->ends)
        rp_answer_caveat(answer, "The data hold no date of ending, so it is not known who finished or left.");
    if (!work->outcomes)
        rp_answer_caveat(answer, "Nobody has a score both of the PHQ-9 and of a measure of anxiety, so neither the "
                                 "outcome by the national rule nor what is missing of it is told.");
    rp_question_caveat_ended(answer, work->cohort);
}

static rp_answer *ask(const rp_cohort *cohort, const rp_asked *asked, rp_arena *arena, rp_error *error) {
    static const char *const nouns[] = {"people referred", "people assessed", "people who entered treatment",
                                        "people whose referral has ended"};
    rp_answer *answer = rp_answer_new(arena, "equity", question_title);
    equity_work *work = rp_arena_take(arena, 1, sizeof *work);
    if (answer == NULL || work == NULL)
        return rp_fail_memory(error), NULL;
    const rp_record *record = rp_cohort_record(cohort);
    *work = (equity_work){.cohort = cohort,
                          .asked = asked,
                          .frame = rp_question_frame(cohort, arena),
                          .answer = answer,
                          .contacts = rp_cohort_has_contacts(cohort)};
    work->noun = rp_record_about(record)->research ? "people in the study" : nouns[rp_cohort_chosen(cohort)->event];
    if (work->frame == NULL)
        return rp_fail_memory(error), NULL;
    answer->lead = rp_answer_text(answer,
                                  "How far %s came, how long they waited, what became of them and what is missing on "
                                  "record, by gender, ethnic group, age, deprivation, employment, long-term condition "
                                  "and language, each group beside everyone else.",
                                  work->noun);
    if (rp_record_rows(record, RP_CLIENTS) == 0) {
        rp_answer_needs(answer, "clients");
        rp_answer_caveat(answer, "The data hold no clients, so nothing is known of the people beside their referrals. "
                                 "With clients, access, waits and outcomes could be told by group.");
        return answer->failed ? (rp_fail_memory(error), NULL) : answer;
    }
    if (!equity_sort(work, error))
        return NULL;
    if (rp_cohort_episodes(cohort) == 0) {
        rp_answer_caveat(answer, "Nobody is in the cohort, so nothing can be said of groups.");
    } else if (!is_anything_recorded(work)) {
        rp_answer_caveat(answer, "Of nobody is gender, ethnic group, age, deprivation, employment, long-term condition "
                                 "or language recorded, so no groups can be told apart. That a thing is not recorded "
                                 "does not mean that it was not asked.");
    } else {
        equity_write(work);
        say_what_cannot_be_told(work);
    }
    return answer->failed ? (rp_fail_memory(error), NULL) : answer;
}

static const rp_table_use uses[] = {
    {RP_CONTACTS,
     "The data hold no contacts, so it is not known who of each group was assessed and treated, and how long they "
     "waited. With contacts, each step could be told by group.",
     -1},
    {RP_INTERNET_LOGS,
     "The data hold no internet logs, so who was treated by a course of internet-enabled therapy alone counts as not "
     "treated. With internet logs, completed courses would count as treatment.",
     RP_CONTACTS},
    {RP_PROBLEMS,
     "The data hold no dated problems, so the national rule chooses the anxiety measure by the problem that the "
     "referral names. With dated problems, it would go by the one that was the main problem in the end.",
     -1},
    {RP_TABLES, NULL, -1},
};

const rp_question rp_question_equity = {
    .name = "equity", .title = question_title, .uses = uses, .statements = equity_statements, .ask = ask};
