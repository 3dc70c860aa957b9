/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Outcome, leaving and alliance of people assessed, by who assessed them, among everyone and in each stratum. Lines of
 * one stratum stand beside each other, since only they are alike in what the stratum holds. */
#include "questions/assessor/assessor_parts.h"

/* Everyone assessed, a band of the first PHQ-9 score, or a group of problems. */
typedef struct stratum {
    const char *label;
    assessor_cut cut;
    uint64_t mark;
} stratum;
enum { MOST_STRATA = 1 + MOST_BANDS + 1 + RP_PROBLEM_GROUPS };

typedef struct writing {
    const assessor_work *work;
    const assessor_way *way;
    stratum strata[MOST_STRATA]; /* that somebody is in */
    size_t n_strata;
} writing;

static rp_count in(const writing *w, assessor_cut cut, uint64_t marks) {
    return rp_question_having(&w->way->sets[cut], ASSESSED | marks, 0);
}

static void add_stratum(writing *w, const char *label, assessor_cut cut, uint64_t mark) {
    if (in(w, cut, mark).n > 0)
        w->strata[w->n_strata++] = (stratum){label, cut, mark};
}

static void list_strata(writing *w) {
    const assessor_work *work = w->work;
    add_stratum(w, "everyone assessed", BY_SEVERITY, 0);
    for (size_t b = 0; work->severity != NULL && b < work->severity->n_bands; b++)
        add_stratum(w, rp_answer_text(work->answer, "first PHQ-9 %s", work->severity->bands[b].label), BY_SEVERITY,
                    BAND(b));
    add_stratum(w, "severity by the PHQ-9 not known", BY_SEVERITY, NO_BAND);
    for (size_t p = RP_PROBLEM_NOT_RECORDED + 1; p < RP_PROBLEM_GROUPS; p++)
        add_stratum(w, rp_problem_group_words((rp_problem_group)p), BY_PROBLEM, PROBLEM(p));
    add_stratum(w, rp_problem_group_words(RP_PROBLEM_NOT_RECORDED), BY_PROBLEM, PROBLEM(RP_PROBLEM_NOT_RECORDED));
}

static void tell_all(const writing *w, assessor_cut cut, uint64_t mark) {
    rp_answer *answer = w->work->answer;
    rp_answer_told(answer, in(w, cut, mark));
    for (size_t m = 0; m < NATIONAL_MARKS; m++)
        if (m != NATIONAL_NO_CASE)
            rp_answer_told(answer, in(w, cut, mark | OUTCOME(m)));
    for (size_t l = 0; l < LEAVINGS; l++)
        rp_answer_told(answer, in(w, cut, mark | LEAVING(l)));
    rp_answer_told(answer, in(w, cut, mark | SCORED));
}

/* The ways share what is said of anyone; both cuts of a way what is said of a line. */
static void tell_margins(const writing *w) {
    for (size_t cut = 0; cut < CUTS; cut++)
        tell_all(w, (assessor_cut)cut, 0);
    for (size_t s = 1; s < w->n_strata; s++)
        tell_all(w, w->strata[s].cut, w->strata[s].mark);
    for (size_t l = 0; l < w->way->n_lines; l++) {
        rp_answer_told(w->work->answer, in(w, BY_SEVERITY, LINE(l)));
        tell_all(w, BY_PROBLEM, LINE(l));
    }
}

/* ---- one row ---------------------------------------------------------------------------------------------------- */

/* Whose row it is: a line, or the last: anyone. */
static const char *label_of(const writing *w, size_t line) {
    return line < w->way->n_lines ? w->way->lines[line].label : "anyone";
}

static uint64_t line_mark(const writing *w, size_t line) {
    return line < w->way->n_lines ? LINE(line) : 0;
}

static void outcome_row(const writing *w, rp_answer_table *table, size_t what, const stratum *s, size_t line) {
    const rp_question_outcome *o = &rp_question_outcomes[what];
    uint64_t of = s->mark | line_mark(w, line);
    rp_question_known known = {
        .known = in(w, s->cut, of | OUTCOME(o->yes)),
        .not_known = in(w, s->cut, of | OUTCOME(o->not_known)),
        .either = rp_question_having_any(&w->way->sets[s->cut], of, OUTCOME(o->yes) | OUTCOME(o->not_known)),
        .whole = in(w, s->cut, of),
        .good = o->good};
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(w->work->answer, o->words);
    row[1] = rp_value_text(w->work->answer, s->label);
    row[2] = rp_value_text(w->work->answer, label_of(w, line));
    rp_question_put_known(w->work->answer, row + 3, &known, w->work->asked->level);
}

static const char *const leavings[LEAVINGS] = {
    [UNTREATED] = "Ended after the assessment, without treatment",
    [ONCE] = "Ended after one treatment contact",
    [FINISHED] = "Finished: ended after two or more",
    [OPEN] = "Still open",
    [END_NOT_KNOWN] = "Not known whether it ended",
};

static void leaving_row(const writing *w, rp_answer_table *table, size_t what, const stratum *s, size_t line) {
    uint64_t of = s->mark | line_mark(w, line);
    rp_count part = in(w, s->cut, of | LEAVING(what)), whole = in(w, s->cut, of);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(w->work->answer, leavings[what]);
    row[1] = rp_value_text(w->work->answer, s->label);
    row[2] = rp_value_text(w->work->answer, label_of(w, line));
    row[3] = rp_value_count(whole);
    row[4] = rp_value_count(part);
    rp_question_put_share(w->work->answer, row + 5, part, whole, w->work->asked->level);
}

/* The mean of everyone who has these marks: moments of cells, put together in their order. */
static rp_moments alliance_in(const writing *w, uint64_t mark, size_t line) {
    const assessor_way *way = w->way;
    rp_moments sum = {0};
    for (size_t l = 0; l < way->n_lines; l++)
        for (size_t b = 0; b <= MOST_BANDS; b++)
            for (size_t p = 0; p < RP_PROBLEM_GROUPS; p++)
                if (((ASSESSED | BAND(b) | PROBLEM(p)) & mark) == mark && (line == way->n_lines || line == l))
                    rp_moments_merge(&sum, &way->cells[l * STRATA + b * RP_PROBLEM_GROUPS + p].alliance);
    return sum;
}

static void alliance_row(const writing *w, rp_answer_table *table, size_t what, const stratum *s, size_t line) {
    (void)what;
    uint64_t of = s->mark | line_mark(w, line);
    rp_count scored = in(w, s->cut, of | SCORED), whole = in(w, s->cut, of);
    rp_moments moments = alliance_in(w, s->mark, line);
    rp_interval mean = rp_mean_interval(&moments, w->work->asked->level);
    const double values[] = {mean.estimate, mean.lower, mean.upper};
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(w->work->answer, s->label);
    row[1] = rp_value_text(w->work->answer, label_of(w, line));
    row[2] = rp_value_count(whole);
    row[3] = rp_value_count(scored);
    rp_question_put_share(w->work->answer, row + 4, scored, whole, w->work->asked->level);
    for (size_t i = 0; i < 3; i++)
        if (moments.n > (i > 0))
            row[7 + i] = rp_value_num(rp_question_rounded(values[i], 2), 2, scored);
}

/* ---- tables -------------------------------------------------------------------------------------------------------
 */

typedef void row_writer(const writing *w, rp_answer_table *table, size_t what, const stratum *s, size_t line);

static void write_rows(const writing *w, rp_answer_table *table, size_t what, row_writer *row) {
    for (size_t s = 0; s < w->n_strata; s++)
        for (size_t i = 0; i <= w->way->n_lines; i++) {
            size_t line = i == 0 ? w->way->n_lines : i - 1; /* anyone first */
            if (in(w, w->strata[s].cut, w->strata[s].mark | line_mark(w, line)).n > 0)
                row(w, table, what, &w->strata[s], line);
        }
}

static rp_answer_table *table_of(const writing *w, const char *what, const char *title, const rp_table_column *columns,
                                 size_t n_columns, const char *note) {
    rp_answer *answer = w->work->answer;
    rp_answer_table *table =
        rp_answer_table_add(answer, rp_answer_text(answer, "assessor.%s.%s", what, w->way->name),
                            rp_answer_text(answer, "%s by %s", title, w->way->title), columns, n_columns);
    table->note = rp_answer_text(answer, ASSESSOR_NOT_BY_CHANCE " %s", note);
    return table;
}

static void write_outcome(const writing *w) {
    static const rp_table_column columns[] = {
        {"outcome", "Outcome", ""}, {"among", "Among", ""}, {"who", "Assessed by", ""}, RP_QUESTION_KNOWN_COLUMNS};
    rp_answer_table *table =
        table_of(w, "outcome", "Outcome of people assessed,", columns, sizeof columns / sizeof *columns,
                 rp_answer_text(
                     w->work->answer,
                     "By the national rule, of everyone assessed, whether or not they were treated. From and To: "
                     "%g%% Wilson interval of the known share. Worst and best case: if those for whom it is not known "
                     "had, or had not, had it too.",
                     100 * w->work->asked->level));
    for (size_t o = 0; o < NATIONAL_OUTCOMES; o++)
        write_rows(w, table, o, outcome_row);
}

static void write_leaving(const writing *w) {
    static const rp_table_column columns[] = {
        {"leaving", "How it went on", ""},
        {"among", "Among", ""},
        {"who", "Assessed by", ""},
        {"assessed", "Assessed", "people"},
        {"people", "Of them", "people"},
        {"share", "Share", "%"},
        {"lower", "From", "%"},
        {"upper", "To", "%"},
    };
    rp_answer_table *table =
        table_of(w, "leaving", "Leaving and staying of people assessed,", columns, sizeof columns / sizeof *columns,
                 rp_answer_text(w->work->answer, "From and To: %g%% Wilson interval.", 100 * w->work->asked->level));
    for (size_t l = 0; l < LEAVINGS; l++)
        if (in(w, BY_SEVERITY, LEAVING(l)).n > 0)
            write_rows(w, table, l, leaving_row);
}

static void write_alliance(const writing *w) {
    static const rp_table_column columns[] = {
        {"among", "Among", ""},         {"who", "Assessed by", ""},        {"assessed", "Assessed", "people"},
        {"scored", "Scored", "people"}, {"share", "Share scored", "%"},    {"share_lower", "From", "%"},
        {"share_upper", "To", "%"},     {"mean", "First score", "points"}, {"lower", "From", "points"},
        {"upper", "To", "points"},
    };
    const assessor_work *work = w->work;
    const rp_measure *measure = rp_cohort_measure(work->cohort, (size_t)work->alliance);
    rp_answer_table *table = table_of(
        w, "alliance", rp_answer_text(work->answer, "First alliance score (%s) of people assessed,", measure->name),
        columns, sizeof columns / sizeof *columns,
        rp_answer_text(work->answer,
                       "The client's first score on record, whenever it was, of those who have one; with whom it was "
                       "is not told, and need not be who assessed. From and To: %g%% Wilson interval of the share, t "
                       "interval of the mean over people.",
                       100 * work->asked->level));
    write_rows(w, table, 0, alliance_row);
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

/* Somebody assessed of whom any outcome is known. */
bool assessor_has_outcomes(const assessor_work *work) {
    const rp_question_set *set = &work->ways[WAY_ROLE].sets[BY_SEVERITY];
    return rp_question_having(set, ASSESSED, OUTCOME(NATIONAL_CHANGE_NOT_KNOWN)).n > 0 ||
           rp_question_having(set, ASSESSED, OUTCOME(NATIONAL_RECOVERY_NOT_KNOWN)).n > 0;
}

static void say_what_cannot_be_told(const assessor_work *work) {
    rp_answer *answer = work->answer;
    const rp_question_set *set = &work->ways[WAY_ROLE].sets[BY_SEVERITY];
    rp_answer_caveat(answer, ASSESSOR_NOT_BY_CHANCE);
    if (!assessor_has_outcomes(work))
        rp_answer_caveat(answer, "Of nobody assessed is an outcome known by the national rule, so none is told by who "
                                 "assessed.");
    if (rp_question_having(set, ASSESSED, LEAVING(END_NOT_KNOWN)).n == 0)
        rp_answer_caveat(answer, "The data hold no date of ending, so it is not known who left, and when.");
    if (work->alliance < 0)
        rp_answer_caveat(answer, "No client has a score of the alliance on record, so it is not told by who assessed.");
}

/* What strata and means rest on. */
static void say_what_is_recorded(const assessor_work *work, const writing *w) {
    const rp_question_set *severity = &w->way->sets[BY_SEVERITY], *problem = &w->way->sets[BY_PROBLEM];
    rp_count all = in(w, BY_SEVERITY, 0);
    assessor_say(work, "assessor.first_phq9", "Severity by a first PHQ-9 score is known",
                 "have a score of the PHQ-9 by which their severity is known", false,
                 rp_question_having(severity, ASSESSED, NO_BAND), all);
    assessor_say(work, "assessor.problem_recorded", "A problem is recorded", "have a problem recorded", false,
                 rp_question_having(problem, ASSESSED, PROBLEM(RP_PROBLEM_NOT_RECORDED)), in(w, BY_PROBLEM, 0));
    if (work->alliance >= 0)
        assessor_say(work, "assessor.alliance_scored", "A client's score of the alliance is on record",
                     "have a score of the alliance by the client", false, in(w, BY_SEVERITY, SCORED), all);
}

void assessor_write_courses(assessor_work *work) {
    say_what_cannot_be_told(work);
    bool outcomes = assessor_has_outcomes(work);
    for (size_t i = 0; i < WAYS; i++) {
        if (i == WAY_QUALIFIED && rp_record_rows(rp_cohort_record(work->cohort), RP_QUALIFICATIONS) == 0)
            continue;
        writing w = {.work = work, .way = &work->ways[i]};
        list_strata(&w);
        tell_margins(&w);
        if (i == 0)
            say_what_is_recorded(work, &w);
        if (outcomes)
            write_outcome(&w);
        write_leaving(&w);
        if (work->alliance >= 0)
            write_alliance(&w);
        assessor_write_standardised(work, w.way);
    }
}
