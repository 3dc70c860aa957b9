/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What came after each session, of those of whom it is known: the hazard of each end in discrete time. And how
 * treatment ended, of all whose referral has ended. */
#include "questions/common/shares.h"
#include "questions/dropout/dropout_parts.h"

#include <math.h>

static void put_share(const dropout_work *work, rp_value *row, rp_count part, rp_count whole) {
    if (whole.n > 0)
        rp_question_put_share(work->answer, row, part, whole, work->asked->level);
}

/* ---- after each session ---------------------------------------------------------------------------------------------
 */

static const unsigned said[] = {1, 4, 8, 12};

/* Of those of whom it is known what came next; coarse, since with those who had the session it would tell of how many
 * it is not. */
static rp_interval hazard_of(const dropout_work *work, unsigned k, uint64_t ways) {
    int64_t left = rp_question_ended(&work->people, k, k, ways).n, known = dropout_at_risk(work, k).n;
    if (work->answer->failed) /* the counts may be of nothing */
        return (rp_interval){NAN, NAN, NAN, work->asked->level};
    return dropout_coarse(work, rp_rate_interval(left, known, work->asked->level));
}

static void say_left(const dropout_work *work, unsigned k) {
    rp_answer *answer = work->answer;
    uint64_t ways = dropout_ways[WAY_LEFT].ways;
    rp_interval share = hazard_of(work, k, ways);
    int decimals = dropout_decimals(work);
    rp_statement *s = rp_answer_statement(answer, "dropout.hazard.left");
    s->numerator = rp_question_ended(&work->people, k, k, ways);
    s->denominator = rp_question_having(&work->people, rp_question_at(k), 0);
    s->label = rp_answer_text(answer, "Left after session %u, of those of whom it is known what came next", k);
    s->occasion = rp_answer_text(answer, "session %u", k);
    s->cohort = rp_answer_text(answer, "at session %u", k);
    s->unit = "share";
    s->estimate = share.estimate;
    s->lower = share.lower;
    s->upper = share.upper;
    s->level = share.level;
    s->method = "count, coarse; Wilson interval";
    s->text = rp_answer_text(answer,
                             "After session %u %lld left of the %lld who had it. Of those of whom it is known what "
                             "came next, these are %.*f%% (%g%% interval %.*f%% to %.*f%%).",
                             k, (long long)s->numerator.n, (long long)s->denominator.n, decimals, 100 * share.estimate,
                             100 * share.level, decimals, 100 * share.lower, decimals, 100 * share.upper);
}

static void put_hazard(const dropout_work *work, rp_value *row, unsigned k, uint64_t ways) {
    rp_interval share = hazard_of(work, k, ways);
    const double numbers[] = {share.estimate, share.lower, share.upper};
    rp_count part = rp_question_ended(&work->people, k, k, ways);
    rp_count whole = rp_question_having(&work->people, rp_question_at(k), 0);
    row[0] = rp_value_count(part);
    for (size_t i = 0; i < 3; i++)
        if (!isnan(numbers[i]))
            row[1 + i] = rp_value_share(rp_question_rounded(100 * numbers[i], dropout_decimals(work)),
                                        dropout_decimals(work), part, whole);
}

static void put_session(const dropout_work *work, rp_answer_table *table, unsigned k) {
    const rp_question_set *people = &work->people;
    uint64_t at = rp_question_at(k), next = rp_question_at(k + 1);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, rp_answer_text(work->answer, "session %u", k));
    row[1] = rp_value_count(rp_question_having(people, at, 0));
    put_hazard(work, row + 2, k, dropout_ways[WAY_LEFT].ways);
    put_hazard(work, row + 6, k, dropout_ways[WAY_AGREED].ways);
    row[10] = rp_value_count(rp_question_ended(people, k, k, dropout_ways[WAY_OTHER].ways));
    row[11] = rp_value_count(rp_question_ended(people, k, k, dropout_ways[WAY_NOT_RECORDED].ways));
    row[12] = rp_value_count(rp_question_having(people, next, 0));
    row[13] = rp_value_count(dropout_at_risk(work, k));
    row[14] = rp_value_count(rp_question_having(people, at, next | RP_QUESTION_OVER));
}

void dropout_write_hazard(const dropout_work *work) {
    static const rp_table_column columns[] = {
        {"session", "Session", ""},
        {"at", "Had this session", "people"},
        {"left", "Left", "people"},
        {"left_share", "Left, of those known", "%"},
        {"left_lower", "From", "%"},
        {"left_upper", "To", "%"},
        {"agreed", "Ended by agreement", "people"},
        {"agreed_share", "By agreement, of those known", "%"},
        {"agreed_lower", "From", "%"},
        {"agreed_upper", "To", "%"},
        {"other", "Ended for another reason", "people"},
        {"not_recorded", "Ended, reason not recorded", "people"},
        {"next", "Had a further one", "people"},
        {"known", "Known what came next", "people"},
        {"open", "Not ended, no further one so far", "people"},
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
        "session and stand in the last column. From and To: %g%% Wilson interval.",
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
