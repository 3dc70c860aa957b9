/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of each characteristic two tables: how far its groups came and what is on record of them, and their outcome. Groups
 * stand in a fixed order, which is none of merit. */
#include "questions/equity/equity_parts.h"

/* ---- how far people came ---------------------------------------------------------------------------------------- */

typedef struct step {
    const char *label, *of;        /* "Assessed", "all" */
    unsigned part, whole;          /* marks */
    bool contacts, ends, outcomes; /* what has to be known for it to be told */
} step;
static const step steps[] = {
    {"Assessed", "all", ASSESSED, EVERYONE, true, false, false},
    {"Entered treatment", "all", ENTERED, EVERYONE, true, false, false},
    {"Treated twice or more", "all", TWICE, EVERYONE, true, false, false},
    {"Finished: ended after two or more treatment contacts", "all", FINISHED, EVERYONE, true, true, false},
    {"Ended after one treatment contact", "treated and ended", ENDED_ONCE, ENDED_TREATED, true, true, false},
    {"First treatment within 42 days", "entered treatment", WITHIN_42, ENTERED, true, false, false},
    {"First treatment within 126 days", "entered treatment", WITHIN_126, ENTERED, true, false, false},
    {"First scores on record", "all", FIRST_SCORES, EVERYONE, false, false, true},
    {"First and last scores on record", "all", BOTH_SCORES, EVERYONE, false, false, true},
    {"First and last scores on record", "finished", BOTH_SCORES, FINISHED, true, true, true},
};
enum { N_STEPS = sizeof steps / sizeof *steps };

static bool is_told(const equity_work *work, const step *s) {
    return (work->contacts || !s->contacts) && (work->ends || !s->ends) && (work->outcomes || !s->outcomes);
}

/* Whose row it is: a group, or the one after the last: everyone. */
static uint64_t group_mark(size_t c, size_t group) {
    return group < equity_groups(c) ? GROUP(group) : 0;
}

static const char *label_of(size_t c, size_t group) {
    return group < equity_groups(c) ? equity_characteristics[c].groups[group] : "everyone";
}

static void step_row(const equity_work *work, rp_answer_table *table, size_t c, const step *s, size_t group) {
    uint64_t mark = group_mark(c, group), of = MARK(s->whole), in = of | MARK(s->part);
    const rp_count part[2] = {equity_count(work, c, STEPS, in | mark, 0), equity_count(work, c, STEPS, of | mark, 0)};
    const rp_count all[2] = {equity_count(work, c, STEPS, in, 0), equity_count(work, c, STEPS, of, 0)};
    if (part[1].n == 0)
        return;
    double level = work->asked->level;
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, s->label);
    row[1] = rp_value_text(work->answer, s->of);
    row[2] = rp_value_text(work->answer, label_of(c, group));
    row[3] = rp_value_count(part[1]);
    row[4] = rp_value_count(part[0]);
    rp_question_put_share(work->answer, row + 5, part[0], part[1], level);
    if (mark != 0)
        rp_question_put_difference(work->answer, row + 8, part, all, level);
}

#define DIFFERENCE_COLUMNS                                                                                             \
    {"difference", "Difference from everyone else", "points"}, {"difference_lower", "From", "points"}, {               \
        "difference_upper", "To", "points"                                                                             \
    }

static void write_steps(const equity_work *work, size_t c) {
    static const rp_table_column columns[] = {
        {"what", "What", ""},
        {"of", "Of", ""},
        {"group", "Group", ""},
        {"whole", "People", "people"},
        {"people", "Of them", "people"},
        {"share", "Share", "%"},
        {"lower", "From", "%"},
        {"upper", "To", "%"},
        DIFFERENCE_COLUMNS,
    };
    const equity_characteristic *it = &equity_characteristics[c];
    rp_answer *answer = work->answer;
    rp_answer_table *table =
        rp_answer_table_add(answer, rp_answer_text(answer, "equity.steps.%s", it->name),
                            rp_answer_text(answer, "%s: how far people came, and what is on record", it->title),
                            columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        answer,
        "%s%sWaits: shares of all who entered, whether or not the wait is known. Scores: of the PHQ-9 and the anxiety "
        "measure. From and To: %g%% intervals, of shares by Wilson, of differences by Newcombe (1998, method 10).",
        it->note != NULL ? it->note : "", it->note != NULL ? " " : "", 100 * work->asked->level);
    for (size_t s = 0; s < N_STEPS; s++)
        for (size_t i = 0; is_told(work, &steps[s]) && i <= equity_groups(c); i++)
            step_row(work, table, c, &steps[s], i == 0 ? equity_groups(c) : i - 1); /* everyone first */
}

/* ---- outcome ------------------------------------------------------------------------------------------------------
 */

/* Of those who finished, without those known to have been no case where the national rule leaves them out; or of
 * everyone. */
typedef struct among {
    const char *label;
    uint64_t has, lacks;
} among;

static among among_of(const rp_question_outcome *o, bool finished) {
    if (!finished)
        return (among){"all", 0, 0};
    if (!o->of_cases)
        return (among){"finished", MARK(FINISHED), 0};
    return (among){"finished, not known to be no case", MARK(FINISHED), OUTCOME(NATIONAL_NO_CASE)};
}

static rp_question_known known_of(const equity_work *work, size_t c, const rp_question_outcome *o, const among *a,
                                  uint64_t mark) {
    return equity_known(work, c, o, a->has | mark, a->lacks);
}

static void outcome_row(const equity_work *work, rp_answer_table *table, size_t c, const rp_question_outcome *o,
                        const among *a, size_t group) {
    rp_question_known own = known_of(work, c, o, a, group_mark(c, group)), all = known_of(work, c, o, a, 0);
    if (own.whole.n == 0)
        return;
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, o->words);
    row[1] = rp_value_text(work->answer, a->label);
    row[2] = rp_value_text(work->answer, label_of(c, group));
    rp_question_put_known(work->answer, row + 3, &own, work->asked->level);
    if (group < equity_groups(c))
        rp_question_put_difference(work->answer, row + 3 + RP_QUESTION_KNOWN_VALUES,
                                   (const rp_count[]){own.known, own.whole}, (const rp_count[]){all.known, all.whole},
                                   work->asked->level);
}

static void write_outcome(const equity_work *work, size_t c) {
    static const rp_table_column columns[] = {{"outcome", "Outcome", ""},
                                              {"among", "Of", ""},
                                              {"group", "Group", ""},
                                              RP_QUESTION_KNOWN_COLUMNS,
                                              DIFFERENCE_COLUMNS};
    const equity_characteristic *it = &equity_characteristics[c];
    rp_answer *answer = work->answer;
    rp_answer_table *table = rp_answer_table_add(answer, rp_answer_text(answer, "equity.outcome.%s", it->name),
                                                 rp_answer_text(answer, "%s: outcome by the national rule", it->title),
                                                 columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        answer,
        "%s%sShare: of whom it is known, of all. Worst and best case: if those for whom it is not known had, or had "
        "not, had it too. The difference is one of known shares: where groups differ in how many are measured, it may "
        "lie in that. From and To: %g%% intervals, of shares by Wilson, of differences by Newcombe (1998, method 10).",
        it->note != NULL ? it->note : "", it->note != NULL ? " " : "", 100 * work->asked->level);
    for (size_t finished = work->contacts && work->ends ? 2 : 1; finished-- > 0;)
        for (size_t o = 0; o < NATIONAL_OUTCOMES; o++) {
            among a = among_of(&rp_question_outcomes[o], finished == 1);
            for (size_t i = 0; i <= equity_groups(c); i++)
                outcome_row(work, table, c, &rp_question_outcomes[o], &a, i == 0 ? equity_groups(c) : i - 1);
        }
}

/* ---- who is in which group ------------------------------------------------------------------------------------------
 */

static void write_groups(const equity_work *work) {
    static const rp_table_column columns[] = {{"characteristic", "Characteristic", ""},
                                              {"group", "Group", ""},
                                              {"people", "People", "people"},
                                              {"share", "Of all", "%"},
                                              {"lower", "From", "%"},
                                              {"upper", "To", "%"}};
    rp_answer *answer = work->answer;
    rp_answer_table *table =
        rp_answer_table_add(answer, "equity.groups", rp_answer_text(answer, "Who the %s are", work->noun), columns,
                            sizeof columns / sizeof *columns);
    table->note = rp_answer_text(answer,
                                 "As far as the record says. Someone with several referrals counts with each. From and "
                                 "To: %g%% Wilson interval.",
                                 100 * work->asked->level);
    for (size_t c = 0; c < CHARACTERISTICS; c++)
        for (size_t g = 0; g < equity_groups(c); g++) {
            rp_count part = equity_count(work, c, STEPS, GROUP(g), 0);
            if (part.n == 0)
                continue;
            rp_value *row = rp_answer_row(table);
            row[0] = rp_value_text(answer, equity_characteristics[c].title);
            row[1] = rp_value_text(answer, equity_characteristics[c].groups[g]);
            row[2] = rp_value_count(part);
            rp_question_put_share(answer, row + 3, part, equity_count(work, c, STEPS, 0, 0), work->asked->level);
        }
}

/* Neither not recorded nor not stated. */
static void say_recorded(const equity_work *work, size_t c) {
    const equity_characteristic *it = &equity_characteristics[c];
    uint64_t lacks = GROUP(equity_groups(c) - 1) | (it->not_stated >= 0 ? GROUP((unsigned)it->not_stated) : 0);
    rp_question_saying saying = {.id = it->recorded_id,
                                 .label = rp_answer_text(work->answer, "Recorded: %s", it->title),
                                 .of = work->noun,
                                 .words = rp_answer_text(work->answer, "have %s recorded%s", it->possessive,
                                                         it->not_stated >= 0 ? " and stated" : ""),
                                 .cohort = rp_cohort_event_name(rp_cohort_chosen(work->cohort)->event)};
    rp_question_say(work->answer, &saying, equity_count(work, c, STEPS, 0, lacks), equity_count(work, c, STEPS, 0, 0),
                    work->asked->level);
}

/* What stands beside every characteristic, and how many are in a group, are known in each universe. */
static void tell_margins(const equity_work *work, size_t c) {
    rp_answer *answer = work->answer;
    for (size_t s = 0; s < N_STEPS; s++)
        if (is_told(work, &steps[s])) {
            rp_answer_told(answer, equity_count(work, c, STEPS, MARK(steps[s].whole), 0));
            rp_answer_told(answer, equity_count(work, c, STEPS, MARK(steps[s].whole) | MARK(steps[s].part), 0));
        }
    for (size_t finished = 0; work->outcomes && finished < 2; finished++)
        for (size_t o = 0; o < NATIONAL_OUTCOMES; o++) {
            among a = among_of(&rp_question_outcomes[o], finished == 1);
            rp_question_known all = known_of(work, c, &rp_question_outcomes[o], &a, 0);
            rp_answer_told(answer, all.whole);
            rp_answer_told(answer, all.known);
            rp_answer_told(answer, all.not_known);
        }
    for (size_t g = 0; g < equity_groups(c); g++)
        for (size_t side = 0; side < SIDES; side++) {
            rp_answer_told(answer, equity_count(work, c, (equity_side)side, GROUP(g), 0));
            rp_answer_told(answer, equity_count(work, c, (equity_side)side, GROUP(g) | MARK(FINISHED), 0));
        }
}

void equity_write(equity_work *work) {
    for (size_t c = 0; c < CHARACTERISTICS; c++) {
        say_recorded(work, c);
        if (work->recorded[c])
            tell_margins(work, c);
    }
    write_groups(work);
    for (size_t c = 0; c < CHARACTERISTICS; c++) {
        if (!work->recorded[c])
            continue;
        write_steps(work, c);
        if (work->outcomes)
            write_outcome(work, c);
    }
    equity_write_charts(work);
}
