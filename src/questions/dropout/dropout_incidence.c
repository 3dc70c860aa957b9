/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many have left, or ended otherwise, up to each session: cumulative incidence of ends that exclude each other.
 *
 * An incidence is made of the counts of all sessions before, and of how many referrals of those with so many sessions
 * have not ended, which often are few. It is shown where those who are known to have ended so by then may be shown, out
 * of everyone who entered; and coarse, so that how many have not ended cannot be had from it (dropout_coarse). */
#include "questions/common/shares.h"
#include "questions/dropout/dropout_parts.h"

#include <math.h>

const dropout_way dropout_ways[FOLLOWED_WAYS] = {
    [WAY_LEFT] = {"left", "Left", RP_QUESTION_ENDED(ENDING_LEFT) | RP_QUESTION_ENDED(ENDING_DECLINED)},
    [WAY_AGREED] = {"agreed", "Ended by agreement", RP_QUESTION_ENDED(ENDING_AGREED)},
    [WAY_OTHER] = {"other", "Ended for another reason",
                   RP_QUESTION_ENDED(ENDING_BY_SERVICE) | RP_QUESTION_ENDED(ENDING_REFERRED_ON) |
                       RP_QUESTION_ENDED(ENDING_DIED) | RP_QUESTION_ENDED(ENDING_OTHER)},
    [WAY_NOT_RECORDED] = {"not_recorded", "Ended, reason not recorded", RP_QUESTION_ENDED(ENDING_NOT_RECORDED)},
    [MAY_HAVE_LEFT] = {"may_have_left", "Left, or ended with no reason recorded",
                       RP_QUESTION_ENDED(ENDING_LEFT) | RP_QUESTION_ENDED(ENDING_DECLINED) |
                           RP_QUESTION_ENDED(ENDING_NOT_RECORDED)},
};

/* Sessions after which statements are made; of them the one of the summary. */
static const unsigned said[] = {1, 4, 8, 12};
enum { SAID = sizeof said / sizeof *said, OF_SUMMARY = 4 };
static const char method[] = "Aalen\xe2\x80\x93Johansen, coarse; delta-method interval, complementary log-log";

typedef struct incidence {
    const dropout_work *work;
    const dropout_way *way;
    rp_interval by[SESSIONS]; /* up to session 1, 2, ... */
} incidence;

static void infer(const dropout_work *work, const dropout_way *way, incidence *out) {
    enum { ASKED_FOR, ANY_OTHER, ENDS };
    int64_t at_risk[SESSIONS], ended[SESSIONS * ENDS];
    for (unsigned k = 1; k <= SESSIONS; k++) {
        int64_t all = rp_question_ended(&work->people, k, k, ANY_WAY).n;
        int64_t asked_for = rp_question_ended(&work->people, k, k, way->ways).n;
        at_risk[k - 1] = dropout_at_risk(work, k).n;
        ended[(k - 1) * ENDS + ASKED_FOR] = asked_for;
        ended[(k - 1) * ENDS + ANY_OTHER] = all - asked_for;
    }
    *out = (incidence){.work = work, .way = way};
    if (work->answer->failed) /* the counts may be of nothing */
        return;
    rp_incidence_counts counts = {SESSIONS, ENDS, at_risk, ended};
    rp_incidence_infer(&counts, 1u << ASKED_FOR, work->asked->level, out->by);
    for (size_t k = 0; k < SESSIONS; k++)
        out->by[k] = dropout_coarse(work, out->by[k]);
}

int dropout_decimals(const dropout_work *work) {
    enum { MANY = 5000 };
    return dropout_entered(work).n >= MANY;
}

rp_interval dropout_coarse(const dropout_work *work, rp_interval share) {
    int decimals = 2 + dropout_decimals(work);
    return (rp_interval){rp_question_rounded(share.estimate, decimals), rp_question_rounded(share.lower, decimals),
                         rp_question_rounded(share.upper, decimals), share.level};
}

static bool is_told(const incidence *i, unsigned k) {
    return !i->work->answer->failed && !isnan(i->by[k - 1].estimate);
}

static const char *range(const dropout_work *work, const rp_interval *i) {
    if (isnan(i->lower))
        return "";
    int decimals = dropout_decimals(work);
    return rp_answer_text(work->answer, " (%g%% interval %.*f%% to %.*f%%)", 100 * i->level, decimals, 100 * i->lower,
                          decimals, 100 * i->upper);
}

/* ---- statements -------------------------------------------------------------------------------------------------- */

static void say(const incidence *i, unsigned k, const char *id, const char *words, bool headline) {
    rp_answer *answer = i->work->answer;
    const rp_interval *share = &i->by[k - 1];
    rp_statement *s = rp_answer_statement(answer, id);
    s->numerator = dropout_ended_by(i->work, k, i->way->ways);
    s->denominator = dropout_entered(i->work);
    s->occasion = rp_answer_text(answer, "session %u", k);
    s->label = rp_answer_text(answer, "%s by session %u, of people who entered treatment", i->way->title, k);
    s->cohort = "entered";
    s->unit = "share";
    s->estimate = share->estimate;
    s->lower = share->lower;
    s->upper = share->upper;
    s->level = share->level;
    s->method = method;
    s->headline = headline && k == OF_SUMMARY;
    s->text = rp_answer_text(answer,
                             "By session %u, an estimated %.*f%% of people who entered treatment %s%s. That is on "
                             "record of %lld of %lld; the estimate takes into account that some referrals have not "
                             "ended.",
                             k, dropout_decimals(i->work), 100 * share->estimate, words, range(i->work, share),
                             (long long)s->numerator.n, (long long)s->denominator.n);
}

/* ---- table and chart ----------------------------------------------------------------------------------------------
 */

static void put_row(const incidence *i, rp_answer_table *table, unsigned k) {
    const rp_interval *share = &i->by[k - 1];
    const double numbers[] = {share->estimate, share->lower, share->upper};
    rp_answer *answer = i->work->answer;
    rp_count part = dropout_ended_by(i->work, k, i->way->ways), whole = dropout_entered(i->work);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(answer, i->way->title);
    row[1] = rp_value_text(answer, rp_answer_text(answer, "session %u", k));
    for (size_t n = 0; n < 3; n++)
        if (!isnan(numbers[n]))
            row[2 + n] = rp_value_share(rp_question_rounded(100 * numbers[n], dropout_decimals(i->work)),
                                        dropout_decimals(i->work), part, whole);
    row[5] = rp_value_count(part);
    row[5].of = whole;
}

static void put_point(const incidence *i, rp_chart *chart, unsigned k) {
    const rp_interval *share = &i->by[k - 1];
    rp_chart_point *p = rp_chart_point_add(chart);
    p->x = k;
    int decimals = dropout_decimals(i->work);
    p->y = rp_question_rounded(100 * share->estimate, decimals);
    p->lower = rp_question_rounded(100 * share->lower, decimals);
    p->upper = rp_question_rounded(100 * share->upper, decimals);
    p->count = dropout_ended_by(i->work, k, i->way->ways);
}

static rp_answer_table *add_table(const dropout_work *work) {
    static const rp_table_column columns[] = {
        {"end", "How it ended", ""}, {"session", "By session", ""}, {"share", "Estimate", "%"},
        {"lower", "From", "%"},      {"upper", "To", "%"},          {"people", "On record", "people"},
    };
    rp_answer_table *table =
        rp_answer_table_add(work->answer, "dropout.incidence", "Who had left or ended by which session", columns,
                            sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        work->answer,
        "Of people who entered treatment: the share whose referral ended so after that session or before. On record: "
        "of "
        "whom that is known. Where the referral has not ended, people are followed up to the session before their "
        "last. Figures are told %s, so that no few people can be worked out from them. From and To: %g%% interval. "
        "Ends that are rarer stand at the last session alone.",
        dropout_decimals(work) == 0 ? "in whole per cent" : "to a tenth of a per cent", 100 * work->asked->level);
    return table;
}

static rp_chart *add_chart(const dropout_work *work) {
    rp_chart *chart = rp_answer_chart(work->answer, RP_CHART_TRAJECTORY, "dropout.incidence",
                                      "Who had left or ended by which session");
    chart->table_id = "dropout.incidence";
    chart->reading =
        "Each line is one way in which treatment can end. A mark is the estimated share of all who entered treatment "
        "that had ended so by that session; the bar is the range in which it plausibly lies. At each session the lines "
        "add up to all who had ended by then. The rest were still in treatment. Below: of how many people it is on "
        "record.";
    chart->x_label = "Treatment session";
    chart->y_label = "Ended so by then (%)";
    chart->y_low = 0;
    return chart;
}

/* Ends that are followed together, each at the last session. */
static void put_single(const dropout_work *work, rp_answer_table *table) {
    static const rp_question_ending single[] = {ENDING_BY_SERVICE, ENDING_REFERRED_ON, ENDING_DIED, ENDING_OTHER};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
        incidence of;
        infer(work, &dropout_endings[single[i]], &of);
        if (is_told(&of, SESSIONS) && dropout_ended_by(work, SESSIONS, of.way->ways).n > 0)
            put_row(&of, table, SESSIONS);
    }
}

static void say_all(const incidence ways[FOLLOWED_WAYS]) {
    for (size_t i = 0; i < SAID; i++)
        if (is_told(&ways[WAY_LEFT], said[i])) {
            say(&ways[WAY_LEFT], said[i], "dropout.incidence.left", "had left", true);
            say(&ways[MAY_HAVE_LEFT], said[i], "dropout.incidence.left.worst",
                "had left, or had ended with no reason recorded, and may have left", false);
        }
    for (size_t i = 0; i < SAID; i++)
        if (is_told(&ways[WAY_AGREED], said[i]))
            say(&ways[WAY_AGREED], said[i], "dropout.incidence.agreed", "had ended by agreement", true);
}

void dropout_write_incidence(const dropout_work *work) {
    incidence ways[FOLLOWED_WAYS];
    for (size_t w = 0; w < FOLLOWED_WAYS; w++)
        infer(work, &dropout_ways[w], &ways[w]);
    say_all(ways);
    rp_answer_table *table = add_table(work);
    rp_chart *chart = add_chart(work);
    for (size_t w = 0; w < FOLLOWED_WAYS; w++) {
        if (w < WAYS_OF_ENDING)
            rp_chart_series_add(chart, dropout_ways[w].title);
        for (unsigned k = 1; k <= SESSIONS; k++) {
            if (!is_told(&ways[w], k))
                continue;
            put_row(&ways[w], table, k);
            if (w < WAYS_OF_ENDING)
                put_point(&ways[w], chart, k);
        }
    }
    put_single(work, table);
}
