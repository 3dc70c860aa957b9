/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of people at a session, who stopped after it, and for which reason it ended, as recorded. What their scores were then
 * stands with each measure (dose_changes.c). */
#include "questions/dose/dose_parts.h"

const char *const dose_reason_titles[REASONS] = {"Agreed ending", "Earlier than the practitioner planned",
                                                 "Earlier than the client asked for", "Another reason",
                                                 "Reason not known"};

uint64_t dose_reason_marks(dose_reason reason) {
    static const uint64_t of[REASONS] = {
        [AGREED] = RP_QUESTION_ENDED(ENDING_AGREED),
        [BEFORE_PLANNED] = RP_QUESTION_ENDED(ENDING_LEFT),
        [BEFORE_WISHED] = RP_QUESTION_ENDED(ENDING_BY_SERVICE),
        [OTHER_REASON] = RP_QUESTION_ENDED(ENDING_DECLINED) | RP_QUESTION_ENDED(ENDING_REFERRED_ON) |
                         RP_QUESTION_ENDED(ENDING_DIED) | RP_QUESTION_ENDED(ENDING_OTHER),
        [NO_REASON] = RP_QUESTION_ENDED(ENDING_NOT_RECORDED),
    };
    return of[reason];
}

static void say_stopped(const dose_work *work, unsigned session) {
    const rp_question_set *set = &work->sessions;
    rp_answer *answer = work->answer;
    rp_count at = rp_question_having(set, rp_question_at(session), 0);
    rp_count stopped = rp_question_having(set, rp_question_at(session) | OVER, rp_question_at(session + 1));
    rp_question_saying saying = {
        "dose.stopped",
        rp_answer_text(answer, "Stopped after session %u", session),
        rp_answer_text(answer,
                       session == 1 ? "people with a treatment session" : "people with %u treatment sessions or more",
                       session),
        rp_answer_text(answer, "had no further one, and their referral has ended"),
        rp_answer_text(answer, "at session %u", session),
        false};
    rp_question_say(answer, &saying, stopped, at, work->asked->level)->occasion =
        rp_answer_text(answer, "session %u", session);
}

static void put_row(const dose_work *work, rp_answer_table *table, unsigned session) {
    const rp_question_set *set = &work->sessions;
    uint64_t at = rp_question_at(session), next = rp_question_at(session + 1);
    rp_count here = rp_question_having(set, at, 0), stopped = rp_question_having(set, at | OVER, next);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, rp_answer_text(work->answer, "session %u", session));
    row[1] = rp_value_count(here);
    row[2] = rp_value_count(stopped);
    dose_share(work, row + 3, stopped, here);
    row[6] = rp_value_count(rp_question_having(set, next, 0));
    row[7] = rp_value_count(rp_question_having(set, at, next | OVER));
    for (size_t i = 0; i < REASONS; i++)
        row[8 + i] = rp_value_count(rp_question_ended(set, session, session, dose_reason_marks((dose_reason)i)));
}

void dose_write_stopping(dose_work *work) {
    if (!work->ends)
        return;
    const rp_table_column columns[] = {
        {"session", "Session", ""},
        {"at", "Had this session", "people"},
        {"stopped", "Stopped after it", "people"},
        {"share", "Stopped, of those who had it", "%"},
        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
        {"next", "Had a further one", "people"},
        {"open", "Not ended, no further one so far", "people"},
        {"agreed", dose_reason_titles[AGREED], "people"},
        {"before_planned", dose_reason_titles[BEFORE_PLANNED], "people"},
        {"before_wished", dose_reason_titles[BEFORE_WISHED], "people"},
        {"other_reason", dose_reason_titles[OTHER_REASON], "people"},
        {"no_reason", dose_reason_titles[NO_REASON], "people"},
    };
    rp_answer_table *table = rp_answer_table_add(work->answer, "dose.stopping", "Who stopped after which session",
                                                 columns, sizeof columns / sizeof *columns);
    table->note =
        "Stopped: no further treatment session, and the referral has ended. Reasons are those recorded at the "
        "end, of those who stopped; codes that are retired or say that it is not known stand with those who "
        "have none on record.";
    for (size_t i = 0; i < RP_QUESTION_STOPS; i++)
        if (rp_question_having(&work->sessions, rp_question_at(rp_question_stops[i]), 0).n > 0) {
            say_stopped(work, rp_question_stops[i]);
            put_row(work, table, rp_question_stops[i]);
        }
}
