/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which protocol is on record: of how many, for which problem, at which step. */
#include "questions/fidelity/fidelity_parts.h"

#include <math.h>

static const char entered[] = "people who entered treatment", none_on_record[] = "none on record";

/* ---- protocols -------------------------------------------------------------------------------------------------- */

static void say(const fidelity_work *work) {
    const rp_question_set *set = &work->all;
    rp_count recorded = rp_question_having(set, RECORDED, 0), said = rp_question_having(set, SAID, 0);
    fidelity_say(work, "fidelity.recorded", "A protocol is on record", entered,
                 "have a protocol on record for one or more contacts", "entered", true, recorded,
                 rp_question_having(set, ENTERED, 0));
    fidelity_say(work, "fidelity.several", "More than one protocol", "people with a protocol on record",
                 "have more than one", "protocol on record", false, rp_question_having(set, SEVERAL, 0), recorded);
    fidelity_say(work, "fidelity.components.recorded", "It is on record whether a component was delivered",
                 "people with a protocol on record",
                 "have it on record of one or more components whether they were delivered", "protocol on record", false,
                 said, recorded);
    fidelity_say(work, "fidelity.components.all_delivered", "All of these components delivered",
                 "people of whom it is on record whether components were delivered",
                 "were given each of these components at one contact or more", "components on record", false,
                 rp_question_having(set, SAID, NOT_ALL), said);
}

void fidelity_write_protocols(const fidelity_work *work) {
    static const rp_table_column columns[] = {
        {"protocol", "Protocol", ""},    {"people", "People", "people"}, {"share", "Of those who entered", "%"},
        {"lower", "Interval from", "%"}, {"upper", "Interval to", "%"},
    };
    const rp_question_set *set = &work->all;
    rp_count all = rp_question_having(set, ENTERED, 0);
    say(work);
    rp_answer_table *table = rp_answer_table_add(work->answer, "fidelity.protocols", "Which protocol is on record",
                                                 columns, sizeof columns / sizeof *columns);
    table->note =
        "People who entered treatment, by the protocols that rows about their attended contacts name. Someone "
        "with several protocols is in several lines. None on record does not mean that none was followed.";
    for (size_t i = 0; i <= PROTOCOLS; i++) {
        bool none = i == PROTOCOLS;
        if (!none && !fidelity_is_line(work, i))
            continue;
        rp_count part = none ? rp_question_having(set, ENTERED, RECORDED) : rp_question_having(set, PROTOCOL(i), 0);
        if (i == OTHER_PROTOCOL && part.n == 0)
            continue;
        rp_value *row = rp_answer_row(table);
        row[0] = rp_value_text(work->answer, none ? none_on_record : fidelity_protocol_title(work, i));
        row[1] = rp_value_count(part);
        rp_question_put_share(work->answer, row + 2, part, all, work->asked->level);
    }
}

/* ---- by problem ---------------------------------------------------------------------------------------------------
 */

static void problem_row(const fidelity_work *work, rp_answer_table *table, const char *protocol, const char *problem,
                        rp_count part, rp_count of) {
    if (part.n <= 0)
        return;
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, problem);
    row[1] = rp_value_text(work->answer, protocol);
    row[2] = rp_value_count(part);
    if (of.n < 0)
        return;
    row[3] = rp_value_count(of);
    rp_question_put_share(work->answer, row + 4, part, of, work->asked->level);
}

static uint64_t problems_in(uint32_t set) {
    uint64_t marks = 0;
    for (size_t g = 0; g < PROBLEMS; g++)
        marks |= (set >> g & 1) != 0 ? PROBLEM(g) : 0;
    return marks;
}

typedef struct unrecorded {
    const rp_question_set *set;
    uint64_t problems;
} unrecorded;

/* Of those with one of these problems, who has no protocol on record. */
static bool is_unrecorded(const void *context, size_t group) {
    const unrecorded *u = context;
    uint64_t marks = u->set->groups.at[group].signature;
    return (marks & ENTERED) != 0 && (marks & RECORDED) == 0 && (marks & u->problems) != 0;
}

void fidelity_write_problems(const fidelity_work *work) {
    static const rp_table_column columns[] = {
        {"problem", "Problem", ""},      {"protocol", "Protocol on record", ""},
        {"people", "People", "people"},  {"of", "Of people with this problem", "people"},
        {"share", "Share of them", "%"}, {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
    };
    const rp_question_set *set = &work->all;
    const fidelity_merged *m = &work->merged;
    rp_answer_table *table = rp_answer_table_add(work->answer, "fidelity.problems", "Which protocol for which problem",
                                                 columns, sizeof columns / sizeof *columns);
    table->note = "People who entered treatment, by the problem descriptor that counts: primary before secondary, then "
                  "the latest, else that of the referral. Lines of nobody are left out.";
    for (size_t g = 0; g < PROBLEMS; g++) {
        rp_count of = rp_question_having(set, ENTERED | PROBLEM(g), 0);
        const char *problem = fidelity_problem_title(g);
        for (size_t i = 0; i < PROTOCOLS; i++)
            if (fidelity_is_line(work, i) && (m->problems_of[i] >> g & 1) == 0)
                problem_row(work, table, fidelity_protocol_title(work, i), problem,
                            rp_question_having(set, PROTOCOL(i) | PROBLEM(g), 0), of);
        problem_row(work, table, "none on record", problem, rp_question_having(set, ENTERED | PROBLEM(g), RECORDED),
                    of);
    }
    for (size_t i = 0; i < PROTOCOLS; i++)
        if (fidelity_is_line(work, i))
            problem_row(work, table, fidelity_protocol_title(work, i), fidelity_problem_title(OTHER_PROBLEM),
                        rp_question_having_any(set, PROTOCOL(i), problems_in(m->problems_of[i])), rp_count_none());
    unrecorded u = {set, problems_in(m->problems_of[PROTOCOLS])};
    problem_row(work, table, none_on_record, fidelity_problem_title(OTHER_PROBLEM),
                rp_answer_count(work->answer, set->universe, is_unrecorded, &u), rp_count_none());
}

/* ---- by step --------------------------------------------------------------------------------------------------------
 */

static void say_steps(const fidelity_work *work) {
    static const char *const ids[STEPS] = {"fidelity.step.low", "fidelity.step.high", "fidelity.step.both",
                                           "fidelity.step.neither", "fidelity.step.not_known"};
    static const char *const words[STEPS] = {
        "have low-intensity therapy alone on record", "have high-intensity therapy alone on record",
        "have both low- and high-intensity therapy on record", "have activities of neither step alone on record",
        "have no activity on record whose step is known"};
    for (size_t s = 0; s < STEPS; s++)
        if ((work->merged.steps >> s & 1) == 0)
            fidelity_say(work, ids[s], rp_answer_text(work->answer, "By step: %s", fidelity_step_titles[s]), entered,
                         words[s], "entered", false, rp_question_having(&work->all, STEP(s), 0),
                         rp_question_having(&work->all, ENTERED, 0));
}

static uint64_t steps_in(uint32_t set) {
    uint64_t marks = 0;
    for (size_t s = 0; s < STEPS; s++)
        marks |= (set >> s & 1) != 0 ? STEP(s) : 0;
    return marks;
}

/* `has` of those of a step, or of the steps that are not told apart, beside everyone with `whole`. */
static void step_row(const fidelity_work *work, rp_answer_table *table, const char *protocol, const char *step,
                     uint64_t has, uint64_t steps, rp_count whole) {
    rp_count part = rp_question_having_any(&work->all, has, steps);
    if (part.n <= 0)
        return;
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, protocol);
    row[1] = rp_value_text(work->answer, step);
    row[2] = rp_value_count(part);
    rp_question_put_share(work->answer, row + 3, part, whole, work->asked->level);
}

static void step_rows(const fidelity_work *work, rp_answer_table *table, const char *protocol, uint64_t has,
                      uint32_t merged) {
    rp_count whole = rp_question_having(&work->all, has, 0);
    for (size_t s = 0; s < STEPS; s++)
        if ((merged >> s & 1) == 0)
            step_row(work, table, protocol, fidelity_step_titles[s], has, STEP(s), whole);
    step_row(work, table, protocol, "steps not told apart", has, steps_in(merged), whole);
}

/* ---- what is on record at each step ------------------------------------------------------------------------------ */

static void draw(const fidelity_work *work, rp_chart *chart, const char *step, rp_count all, rp_count recorded) {
    rp_chart_point *p = rp_chart_point_add(chart);
    p->label = step;
    p->count = all;
    p->of_y = recorded;
    p->of_lower = p->of_upper = rp_count_none();
    p->y = work->answer->failed ? NAN : (double)recorded.n / (double)all.n;
    p->lower = p->upper = NAN;
}

static void recorded_row(const fidelity_work *work, rp_answer_table *table, rp_chart *chart, const char *step,
                         uint64_t steps) {
    const rp_question_set *set = &work->all;
    rp_count all = rp_question_having_any(set, ENTERED, steps), recorded = rp_question_having_any(set, RECORDED, steps);
    if (all.n <= 0)
        return;
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, step);
    row[1] = rp_value_count(all);
    row[2] = rp_value_count(recorded);
    rp_question_put_share(work->answer, row + 3, recorded, all, work->asked->level);
    row[6] = rp_value_count(rp_question_having_any(set, SAID, steps));
    row[7] = rp_value_count(rp_question_having_any(set, NOT_ALL, steps));
    draw(work, chart, step, all, recorded);
}

void fidelity_write_recorded(const fidelity_work *work) {
    static const rp_table_column columns[] = {
        {"step", "Step of what was done", ""},
        {"people", "People", "people"},
        {"recorded", "A protocol on record", "people"},
        {"share", "Share of them", "%"},
        {"lower", "Interval from", "%"},
        {"upper", "Interval to", "%"},
        {"said", "Components on record", "people"},
        {"not_all", "Some not delivered", "people"},
    };
    if (rp_record_rows(work->record, RP_ACTIVITIES) == 0)
        return;
    rp_answer *answer = work->answer;
    rp_chart *chart = rp_answer_chart(answer, RP_CHART_RATES, "fidelity.recorded", "A protocol on record, by step");
    chart->table_id = "fidelity.recorded";
    chart->reading =
        "The mark is the share of people treated at that step who have a protocol on record. Of all others "
        "it is not known what was delivered.";
    chart->x_label = "Share of people who entered treatment";
    rp_chart_series_add(chart, "A protocol on record");
    rp_answer_table *table = rp_answer_table_add(answer, "fidelity.recorded", "What is on record, by step", columns,
                                                 sizeof columns / sizeof *columns);
    table->note = "People who entered treatment. Components on record: of one or more it is on record whether it was "
                  "delivered. Steps of nobody are left out.";
    uint32_t merged = work->merged.steps;
    for (size_t s = 0; s < STEPS; s++)
        if ((merged >> s & 1) == 0)
            recorded_row(work, table, chart, fidelity_step_titles[s], STEP(s));
    recorded_row(work, table, chart, "steps not told apart", steps_in(merged));
}

void fidelity_write_steps(const fidelity_work *work) {
    static const rp_table_column columns[] = {
        {"protocol", "Protocol", ""},        {"step", "Step of what was done", ""}, {"people", "People", "people"},
        {"share", "Of the protocol's", "%"}, {"lower", "Interval from", "%"},       {"upper", "Interval to", "%"},
    };
    if (rp_record_rows(work->record, RP_ACTIVITIES) == 0)
        return;
    say_steps(work);
    rp_answer_table *table =
        rp_answer_table_add(work->answer, "fidelity.steps", "At which step", columns, sizeof columns / sizeof *columns);
    table->note = "People who entered treatment, by the steps of the therapies that were recorded at their attended "
                  "contacts (NHS England metadata, M090 to M120). Lines of nobody are left out.";
    step_rows(work, table, "anyone", ENTERED, work->merged.steps);
    for (size_t i = 0; i < PROTOCOLS; i++)
        if (fidelity_is_line(work, i))
            step_rows(work, table, fidelity_protocol_title(work, i), PROTOCOL(i), work->merged.steps_of[i]);
}
