/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who has a score after treatment, of those who could have one; and of those who had recovered, who was still below the
 * cut-offs. The worst and the best case stand beside what is known. */
#include "questions/durability/durability_parts.h"

#include <math.h>

static const char finished[] = "people who finished treatment";

static void say(const durability_work *work, durability_quantity q, size_t h, const char *label, const char *of,
                const char *words, rp_count part, rp_count whole) {
    rp_answer *answer = work->answer;
    const char *title = durability_horizons[h].title;
    const char *cohort = q < QUANTITY_SCORED ? "finished" : q == QUANTITY_SCORED ? "due" : "recovered, due";
    bool headline = h == 1 && (q == QUANTITY_SCORED || q == QUANTITY_HELD || q == QUANTITY_NOT_KNOWN);
    rp_question_saying saying = {
        durability_id(q, h), rp_answer_text(answer, "%s: %s", title, label), of, words, cohort, headline};
    rp_question_say(answer, &saying, part, whole, work->asked->level);
}

/* ---- who has a score ------------------------------------------------------------------------------------------ */

static void say_follow_up(const durability_work *work, size_t h) {
    rp_answer *answer = work->answer;
    const rp_question_set *set = &work->people;
    const char *title = durability_horizons[h].title;
    rp_count all = rp_question_having(set, DATED, 0), due = rp_question_having(set, DUE(h), 0);
    say(work, QUANTITY_DUE, h, "due", finished,
        rp_answer_text(answer, "were due for a score at %s within the record", title), due, all);
    say(work, QUANTITY_NOT_DUE, h, "not due within the record", finished,
        rp_answer_text(answer, "were not yet due for a score at %s when the record ends, or died before it", title),
        rp_question_having(set, DATED, DUE(h)), all);
    say(work, QUANTITY_DIED, h, "died before it", finished,
        rp_answer_text(answer, "are known to have died without a score at %s", title),
        rp_question_having(set, DIED(h), 0), all);
    say(work, QUANTITY_SCORED, h, "has a score", "people who finished treatment and were due",
        rp_answer_text(answer, "have an outcome score about %s after treatment", title),
        rp_question_having(set, DUE(h) | SCORED(h), 0), due);
}

void durability_write_follow_up(const durability_work *work) {
    static const rp_table_column columns[] = {
        {"horizon", "After treatment", ""},   {"window", "Days after it", "days"},  {"finished", "Finished", "people"},
        {"died", "Died before", "people"},    {"not_yet", "Not yet due", "people"}, {"due", "Due", "people"},
        {"scored", "With a score", "people"}, {"share", "Of those due", "%"},       {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
    };
    rp_answer *answer = work->answer;
    const rp_question_set *set = &work->people;
    rp_count all = rp_question_having(set, DATED, 0);
    for (size_t h = 0; h < HORIZONS; h++)
        say_follow_up(work, h);
    rp_question_say(answer,
                    &(rp_question_saying){"durability.scored.ever", "Any score after treatment", finished,
                                          "have an outcome score dated after their last treatment contact", "finished",
                                          false},
                    rp_question_having(set, SCORED_AFTER, 0), all, work->asked->level);
    rp_answer_table *table = rp_answer_table_add(answer, "durability.follow_up", "Who has a score after treatment",
                                                 columns, sizeof columns / sizeof *columns);
    table->note = "People who ended after two or more treatment contacts. Days are counted from the last of them, or "
                  "where it has no date from the end of the referral. A score is one of any outcome measure of the "
                  "same referral, in those days. Not yet due: the last of those days lies after the record's end.";
    for (size_t h = 0; h < HORIZONS; h++) {
        const durability_horizon *it = &durability_horizons[h];
        rp_count due = rp_question_having(set, DUE(h), 0), scored = rp_question_having(set, DUE(h) | SCORED(h), 0);
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(answer, it->title);
        row[1] = rp_value_text(answer, rp_answer_text(answer, "%d to %d", it->from, it->to));
        row[2] = rp_value_count(all);
        row[3] = rp_value_count(rp_question_having(set, DIED(h), 0));
        row[4] = rp_value_count(rp_question_having(set, NOT_YET(h), 0));
        row[5] = rp_value_count(due);
        row[6] = rp_value_count(scored);
        rp_question_put_share(work->answer, row + 7, scored, due, work->asked->level);
    }
    if (rp_question_having(set, FINISHED, DATED).n > 0)
        rp_answer_caveat(answer, "Where nobody knows when treatment ended, nothing is told of the time after it.");
}

/* ---- recovered, and then ---------------------------------------------------------------------------------------- */

typedef struct held {
    rp_count of, held, again, not_known, best;
} held;

static held held_at(const durability_work *work, size_t h) {
    const rp_question_set *set = &work->people;
    const uint64_t of = RECOVERED | DUE(h);
    return (held){.of = rp_question_having(set, of, 0),
                  .held = rp_question_having(set, of | HELD(h), 0),
                  .again = rp_question_having(set, of | AGAIN(h), 0),
                  .not_known = rp_question_having(set, of, HELD(h) | AGAIN(h)),
                  .best = rp_question_having(set, of, AGAIN(h))};
}

static void say_held(const durability_work *work, size_t h, const held *it) {
    static const char of[] = "people who had recovered at the end of treatment and were due";
    rp_answer *answer = work->answer;
    const char *title = durability_horizons[h].title;
    say(work, QUANTITY_HELD, h, "below the cut-offs (known)", of,
        rp_answer_text(answer, "are known to have been below both cut-offs about %s after it", title), it->held,
        it->of);
    say(work, QUANTITY_WORST, h, "below the cut-offs, worst case", of,
        rp_answer_text(answer, "were below both cut-offs about %s after it, if nobody of whom it is not known was",
                       title),
        it->held, it->of);
    say(work, QUANTITY_BEST, h, "below the cut-offs, best case", of,
        rp_answer_text(answer, "were below both cut-offs about %s after it, if all of whom it is not known were",
                       title),
        it->best, it->of);
    say(work, QUANTITY_AGAIN, h, "at or past a cut-off again", of,
        rp_answer_text(answer, "are known to have been at or past a cut-off again about %s after it", title), it->again,
        it->of);
    say(work, QUANTITY_NOT_KNOWN, h, "not known", of,
        rp_answer_text(answer, "lack the scores to tell about %s after it", title), it->not_known, it->of);
}

static void draw(const durability_work *work, rp_chart *chart, size_t h, const held *it) {
    rp_chart_point *p = rp_chart_point_add(chart);
    p->label = durability_horizons[h].title;
    p->count = it->of;
    p->of_y = p->of_lower = it->held;
    p->of_upper = it->best;
    p->y = p->lower = p->upper = NAN;
    if (work->answer->failed || it->of.n == 0)
        return;
    p->y = p->lower = (double)it->held.n / (double)it->of.n;
    p->upper = (double)it->best.n / (double)it->of.n;
}

static void put_row(const durability_work *work, rp_answer_table *table, size_t h, const held *it) {
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, durability_horizons[h].title);
    row[1] = rp_value_count(it->of);
    row[2] = rp_value_count(it->held);
    row[3] = rp_value_count(it->again);
    row[4] = rp_value_count(it->not_known);
    rp_question_put_share(work->answer, row + 5, it->held, it->of, work->asked->level);
    if (work->answer->failed)
        return;
    row[8] =
        rp_value_share(100 * rp_rate_interval(it->best.n, it->of.n, work->asked->level).estimate, 1, it->best, it->of);
}

void durability_write_held(const durability_work *work) {
    static const rp_table_column columns[] = {
        {"horizon", "After treatment", ""},        {"recovered", "Recovered, and due", "people"},
        {"held", "Below both cut-offs", "people"}, {"again", "At or past one again", "people"},
        {"not_known", "Not known", "people"},      {"share", "Below, known (worst case)", "%"},
        {"lower", "Interval from", "%"},           {"upper", "Interval to", "%"},
        {"best", "Below, best case", "%"},
    };
    rp_answer *answer = work->answer;
    const rp_question_set *set = &work->people;
    rp_question_say(answer,
                    &(rp_question_saying){"durability.recovered_at_end", "Recovered at the end of treatment", finished,
                                          "had recovered, by the last scores up to their last treatment contact",
                                          "finished", false},
                    rp_question_having(set, RECOVERED, 0), rp_question_having(set, DATED, 0), work->asked->level);
    rp_chart *chart =
        rp_answer_chart(answer, RP_CHART_RATES, "durability.held", "Recovered, and still below the cut-offs");
    chart->table_id = "durability.held";
    chart->reading =
        "The mark is the share of people recovered and due who are known to have been below both cut-offs. "
        "The bar runs to where it would lie if everyone of whom it is not known had been.";
    chart->x_label = "Share of people who had recovered";
    rp_chart_series_add(chart, "Recovered at the end of treatment");
    rp_answer_table *table =
        rp_answer_table_add(answer, "durability.held", "Recovered at the end of treatment, and afterwards", columns,
                            sizeof columns / sizeof *columns);
    table->note = "The national rule, with the PHQ-9 and the anxiety measure that counts for the person's problem. At "
                  "the end: first score and last score up to the last treatment contact, so that fewer or more may "
                  "have recovered than by the last score of all. Afterwards: of the scores in the days of that time, "
                  "the nearest. One measure at or past its cut-off is enough to be so again. A point or two across a "
                  "cut-off is no reliable change.";
    for (size_t h = 0; h < HORIZONS; h++) {
        held it = held_at(work, h);
        say_held(work, h, &it);
        put_row(work, table, h, &it);
        if (it.of.n > 0)
            draw(work, chart, h, &it);
    }
}
