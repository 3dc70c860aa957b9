/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who was referred again after the end, and what else is on record of the time after treatment. */
#include "questions/durability/durability_parts.h"

/* ---- later referrals -------------------------------------------------------------------------------------------- */

static void say(const durability_work *work, size_t r) {
    rp_answer *answer = work->answer;
    const rp_question_set *set = &work->people;
    const char *title = durability_returns[r].title;
    rp_count over = rp_question_having(set, FINISHED | OVER(r), 0);
    rp_question_say(answer,
                    &(rp_question_saying){durability_return_ids[r],
                                          rp_answer_text(answer, "Referred again within %s", title),
                                          "people who finished, and whose time for it is over,",
                                          rp_answer_text(answer, "were referred again within %s of the end", title),
                                          "finished, time over", r + 1 == RETURNS},
                    rp_question_having(set, FINISHED | OVER(r) | BACK(r), 0), over, work->asked->level);
    rp_question_say(answer,
                    &(rp_question_saying){durability_return_open_ids[r],
                                          rp_answer_text(answer, "%s from the end not over within the record", title),
                                          "people who finished treatment",
                                          rp_answer_text(answer,
                                                         "have not had %s since the end when the record ends, or died "
                                                         "before",
                                                         title),
                                          "finished", false},
                    rp_question_having(set, FINISHED, OVER(r)), rp_question_having(set, FINISHED, 0),
                    work->asked->level);
}

typedef struct group {
    const char *title;
    uint64_t has, lacks;
} group;

static void put_row(const durability_work *work, rp_answer_table *table, size_t r, const group *g) {
    const rp_question_set *set = &work->people;
    rp_count all = rp_question_having(set, g->has, g->lacks);
    rp_count over = rp_question_having(set, g->has | OVER(r), g->lacks);
    rp_count back = rp_question_having(set, g->has | OVER(r) | BACK(r), g->lacks);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, durability_returns[r].title);
    row[1] = rp_value_text(work->answer, g->title);
    row[2] = rp_value_count(all);
    row[3] = rp_value_count(rp_question_having(set, g->has | GONE(r), g->lacks));
    row[4] = rp_value_count(rp_question_having(set, g->has, g->lacks | OVER(r) | GONE(r)));
    row[5] = rp_value_count(over);
    row[6] = rp_value_count(back);
    rp_question_put_share(work->answer, row + 7, back, over, work->asked->level);
}

void durability_write_returns(const durability_work *work) {
    static const rp_table_column columns[] = {
        {"within", "Within", ""},
        {"group", "People who", ""},
        {"people", "People", "people"},
        {"died", "Died before", "people"},
        {"not_yet", "Not yet over", "people"},
        {"over", "Over", "people"},
        {"again", "Referred again", "people"},
        {"share", "Of those over", "%"},
        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
    };
    static const group groups[] = {
        {"finished", FINISHED, 0},
        {"finished, recovered at the end", FINISHED | RECOVERED, 0},
        {"finished, not recovered", FINISHED | NOT_RECOVERED, 0},
        {"finished, no case at the start", FINISHED | NO_CASE, 0},
        {"finished, not known if recovered", FINISHED, RECOVERED | NOT_RECOVERED | NO_CASE},
        {"ended after one treatment", ONCE, 0},
    };
    for (size_t r = 0; r < RETURNS; r++)
        say(work, r);
    rp_answer_table *table = rp_answer_table_add(work->answer, "durability.referred_again", "Who was referred again",
                                                 columns, sizeof columns / sizeof *columns);
    table->note = "A later referral of the same client to a service of this record, received on the day on which this "
                  "one ended or after it, or one that names this one as the previous. Over: as many months have passed "
                  "within the record. The national rule tells who had recovered; who was no case at the start cannot "
                  "recover. People differ in more than in having recovered.";
    for (size_t r = 0; r < RETURNS; r++)
        for (size_t g = 0; g < sizeof groups / sizeof *groups; g++)
            put_row(work, table, r, &groups[g]);
}

/* ---- what else happened --------------------------------------------------------------------------------------------
 */

void durability_write_events(const durability_work *work) {
    static const rp_table_column columns[] = {
        {"event", "On record after treatment", ""},
        {"people", "People", "people"},
        {"share", "Of those who finished", "%"},
        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
        {"scored", "Also with a score", "people"},
    };
    if (rp_record_rows(rp_cohort_record(work->cohort), RP_EVENTS) == 0)
        return;
    const rp_question_set *set = &work->people;
    rp_count all = rp_question_having(set, DATED, 0);
    rp_answer_table *table =
        rp_answer_table_add(work->answer, "durability.events", "What else happened after treatment", columns,
                            sizeof columns / sizeof *columns);
    table->note = "People who finished, with an event dated after their last treatment contact. Someone with several "
                  "kinds is in several lines. Also with a score: any outcome score after treatment, which such an "
                  "event may have moved. No event on record does not mean that nothing happened, and after the end of "
                  "a referral few services would come to know.";
    for (size_t k = 0; k < work->events->n; k++) {
        rp_count part = rp_question_having(set, DATED | EVENT(k), 0);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(work->answer, work->events->codes[k].meaning);
        row[1] = rp_value_count(part);
        rp_question_put_share(work->answer, row + 2, part, all, work->asked->level);
        row[5] = rp_value_count(rp_question_having(set, DATED | EVENT(k) | SCORED_AFTER, 0));
    }
}
