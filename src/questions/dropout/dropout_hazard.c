/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What came after each session, of those of whom it is known: the hazard of each end in discrete time. And how
 * treatment ended, of all whose referral has ended. */
#include "questions/common/shares.h"
#include "questions/dropout/dropout_parts.h"

static void put_share(const dropout_work *work, rp_value *row, rp_count part, rp_count whole) {
    if (whole.n > 0)
        rp_question_put_share(work->answer, row, part, whole, work->asked->level);
}

/* ---- after each session ---------------------------------------------------------------------------------------------
 */

static const unsigned said[] = {1, 4, 8, 12};

static void say_left(const dropout_work *work, unsigned k) {
    rp_answer *answer = work->answer;
    rp_question_saying saying = {
        "dropout.hazard.left",
        rp_answer_text(answer, "Left after session %u", k),
        rp_answer_text(answer, "people with session %u, of whom it is known what came next,", k),
        "left after it",
        rp_answer_text(answer, "at session %u", k),
        false};
    rp_question_say(answer, &saying, rp_question_ended(&work->people, k, k, dropout_ways[WAY_LEFT].ways),
                    dropout_at_risk(work, k), work->asked->level)
        ->occasion = rp_answer_text(answer, "session %u", k);
}

static void put_session(const dropout_work *work, rp_answer_table *table, unsigned k) {
    const rp_question_set *people = &work->people;
    uint64_t at = rp_question_at(k), next = rp_question_at(k + 1);
    rp_count known = dropout_at_risk(work, k), ended[WAYS_OF_ENDING];
    for (size_t w = 0; w < WAYS_OF_ENDING; w++)
        ended[w] = rp_question_ended(people, k, k, dropout_ways[w].ways);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, rp_answer_text(work->answer, "session %u", k));
    row[1] = rp_value_count(rp_question_having(people, at, 0));
    row[2] = rp_value_count(rp_question_having(people, at, next | RP_QUESTION_OVER));
    row[3] = rp_value_count(known);
    row[4] = rp_value_count(ended[WAY_LEFT]);
    put_share(work, row + 5, ended[WAY_LEFT], known);
    row[8] = rp_value_count(ended[WAY_AGREED]);
    put_share(work, row + 9, ended[WAY_AGREED], known);
    row[12] = rp_value_count(ended[WAY_OTHER]);
    row[13] = rp_value_count(ended[WAY_NOT_RECORDED]);
    row[14] = rp_value_count(rp_question_having(people, next, 0));
}

void dropout_write_hazard(const dropout_work *work) {
    static const rp_table_column columns[] = {
        {"session", "Session", ""},
        {"at", "Had this session", "people"},
        {"open", "Not ended, no further one so far", "people"},
        {"known", "Known what came next", "people"},
        {"left", "Left", "people"},
        {"left_share", "Left, of these", "%"},
        {"left_lower", "From", "%"},
        {"left_upper", "To", "%"},
        {"agreed", "Ended by agreement", "people"},
        {"agreed_share", "By agreement, of these", "%"},
        {"agreed_lower", "From", "%"},
        {"agreed_upper", "To", "%"},
        {"other", "Ended for another reason", "people"},
        {"not_recorded", "Ended, reason not recorded", "people"},
        {"next", "Had a further one", "people"},
    };
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (dropout_at_risk(work, said[i]).n > 0)
            say_left(work, said[i]);
    rp_answer_table *table = rp_answer_table_add(work->answer, "dropout.hazard", "What came after each session",
                                                 columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        work->answer,
        "Shares are of those of whom it is known what came next: a further treatment session, or the end of the "
        "referral. Where the referral has not ended, a further session may still come; they are left out of their last "
        "session and stand in a column of their own. From and To: %g%% Wilson interval.",
        100 * work->asked->level);
    for (unsigned k = 1; k <= SESSIONS; k++)
        if (rp_question_having(&work->people, rp_question_at(k), 0).n > 0)
            put_session(work, table, k);
}

/* ---- how it ended -------------------------------------------------------------------------------------------------
 */

static rp_count ended_so(const dropout_work *work, uint64_t ways) {
    return rp_question_having_any(&work->people, rp_question_at(1) | RP_QUESTION_OVER, ways);
}

static void say_ends(const dropout_work *work) {
    static const struct {
        rp_question_way way;
        const char *id, *words;
    } ends[] = {
        {WAY_LEFT, "dropout.ends.left", "left: it ended earlier than the practitioner planned, or they declined"},
        {WAY_AGREED, "dropout.ends.agreed", "ended by agreement"},
        {WAY_OTHER, "dropout.ends.other", "ended for another reason, such as being referred on"},
        {WAY_NOT_RECORDED, "dropout.ends.not_recorded", "ended with no reason on record"},
    };
    rp_count all = rp_question_having(&work->people, rp_question_at(1) | RP_QUESTION_OVER, 0);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        rp_question_saying saying = {ends[i].id,
                                     dropout_ways[ends[i].way].title,
                                     "people who entered treatment and whose referral has ended",
                                     ends[i].words,
                                     "entered and ended",
                                     false};
        rp_question_say(work->answer, &saying, ended_so(work, dropout_ways[ends[i].way].ways), all, work->asked->level);
    }
}

void dropout_write_ends(const dropout_work *work) {
    static const rp_table_column columns[] = {
        {"end", "Recorded reason", ""},
        {"ended", "Entered and ended", "people"},
        {"share", "Share", "%"},
        {"lower", "From", "%"},
        {"upper", "To", "%"},
        {"once", "After one session", "people"},
        {"more", "After more", "people"},
    };
    const rp_question_set *people = &work->people;
    rp_count all = rp_question_having(people, rp_question_at(1) | RP_QUESTION_OVER, 0);
    say_ends(work);
    rp_answer_table *table = rp_answer_table_add(work->answer, "dropout.ends", "How treatment ended, as recorded",
                                                 columns, sizeof columns / sizeof *columns);
    table->note = "Of people who entered treatment and whose referral has ended. The first two lines after agreement "
                  "are those who left. Reasons that nobody has are left out.";
    for (size_t e = 0; e < ENDINGS; e++) {
        rp_count ended = ended_so(work, dropout_endings[e].ways);
        if (ended.n <= 0)
            continue;
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(work->answer, dropout_endings[e].title);
        row[1] = rp_value_count(ended);
        put_share(work, row + 2, ended, all);
        row[5] = rp_value_count(rp_question_ended(people, 1, 1, dropout_endings[e].ways));
        row[6] = rp_value_count(
            rp_question_having_any(people, rp_question_at(2) | RP_QUESTION_OVER, dropout_endings[e].ways));
    }
}
