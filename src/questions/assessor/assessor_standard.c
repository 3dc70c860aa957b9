/* SPDX-License-Identifier: GPL-3.0-or-later */
/* By who assessed, directly standardised: each line, and everyone else, as if its strata (band of the first PHQ-9 score
 * and group of the problem, crossed) had the sizes that they have among all people assessed.
 *
 * A stratum is held where the line and everyone else have FEW people in it or more: no fewer carry a share with an
 * interval, and a sum over strata tells least of people where each has several. Figures stand to a tenth, for with all
 * their decimals the numbers behind them could be worked out. What is held is told; where it is less than HELD of all,
 * the strata are too small to tell. Source: models/common/weighted_means.c. */
#include "questions/assessor/assessor_parts.h"

#include <math.h>

enum { FEW = 5 };
static const double HELD = 0.5;

const assessor_figure assessor_figures[FIGURES] = {
    {"Recovered, known (%)", OUTCOME(NATIONAL_RECOVERED)},
    {"Reliably improved, known (%)", OUTCOME(NATIONAL_IMPROVED)},
    {"Reliably deteriorated, known (%)", OUTCOME(NATIONAL_DETERIORATED)},
    {"Reliable change not known (%)", OUTCOME(NATIONAL_CHANGE_NOT_KNOWN)},
    {"Ended without treatment (%)", LEAVING(UNTREATED)},
    {"Ended after one treatment contact (%)", LEAVING(ONCE)},
    {"Finished (%)", LEAVING(FINISHED)},
    {"First alliance score (points)", SCORED},
};

/* One figure of one line, and of everyone else. */
typedef struct standard {
    const assessor_work *work;
    const assessor_way *way;
    size_t line, figure;
    int64_t n_held, n_all;     /* people of the strata held, of all */
    rp_moments of[2 * STRATA]; /* the line in each stratum held, then everyone else in each */
    double weights[2 * STRATA];
    size_t n; /* strata held */
} standard;

/* Zeros and ones. */
static rp_moments moments_of_share(int64_t x, int64_t n) {
    double p = n > 0 ? (double)x / (double)n : 0;
    return (rp_moments){.n = n, .mean = p, .m2 = (double)n * p * (1 - p)};
}

static rp_moments moments_of(size_t figure, const assessor_cell *cell) {
    return figure == FIGURE_ALLIANCE ? cell->alliance : moments_of_share(cell->in[figure], cell->people);
}

/* The line in one stratum, and everyone else. */
static void cut(const standard *s, size_t stratum, rp_moments of[2], int64_t *people) {
    assessor_cell others = {0};
    *people = 0;
    for (size_t l = 0; l < s->way->n_lines; l++) {
        const assessor_cell *cell = &s->way->cells[l * STRATA + stratum];
        *people += cell->people;
        if (l == s->line) {
            of[0] = moments_of(s->figure, cell);
            continue;
        }
        others.people += cell->people;
        for (size_t i = 0; i < SHARES; i++)
            others.in[i] += cell->in[i];
        rp_moments_merge(&others.alliance, &cell->alliance);
    }
    of[1] = moments_of(s->figure, &others);
}

static void hold_strata(standard *s) {
    rp_moments both[STRATA][2];
    int64_t people[STRATA];
    bool held[STRATA];
    for (size_t i = 0; i < STRATA; i++) {
        cut(s, i, both[i], &people[i]);
        s->n_all += people[i];
        held[i] = both[i][0].n >= FEW && both[i][1].n >= FEW;
        s->n_held += held[i] ? people[i] : 0;
        s->n += held[i];
    }
    for (size_t i = 0, at = 0; i < STRATA; i++) {
        if (!held[i])
            continue;
        double weight = (double)people[i] / (double)s->n_held;
        s->of[at] = both[i][0];
        s->of[s->n + at] = both[i][1];
        s->weights[at] = weight;
        s->weights[s->n + at] = -weight;
        at++;
    }
}

static rp_count count(const standard *s, uint64_t marks) {
    return rp_question_having(&s->way->sets[BY_SEVERITY], ASSESSED | marks, 0);
}

/* ---- writing ------------------------------------------------------------------------------------------------------
 */

static void put(rp_value *at, const standard *s, const rp_interval *i, rp_count part, rp_count whole) {
    bool points = s->figure == FIGURE_ALLIANCE;
    const double values[] = {i->estimate, i->lower, i->upper};
    for (size_t v = 0; v < 3; v++)
        if (!isnan(values[v]))
            at[v] = rp_value_share(rp_question_rounded(points ? values[v] : 100 * values[v], points ? 2 : 1),
                                   points ? 2 : 1, part, whole);
}

/* As it is: the figure, and how it differs from that of everyone else. */
static void put_crude(rp_value *at, const standard *s) {
    double level = s->work->asked->level;
    uint64_t mark = assessor_figures[s->figure].mark;
    const rp_count part[2] = {count(s, LINE(s->line) | mark), count(s, LINE(s->line))};
    const rp_count all[2] = {count(s, mark), count(s, 0)};
    if (s->figure != FIGURE_ALLIANCE) {
        at[0] =
            rp_value_share(rp_question_rounded(100 * (double)part[0].n / (double)part[1].n, 1), 1, part[0], part[1]);
        rp_question_put_difference(s->work->answer, at + 1, part, all, level);
        return;
    }
    rp_moments of[2] = {{0}, {0}};
    for (size_t i = 0; i < s->way->n_lines * STRATA; i++)
        rp_moments_merge(&of[i / STRATA != s->line], &s->way->cells[i].alliance);
    if (of[0].n > 0)
        at[0] = rp_value_num(rp_question_rounded(of[0].mean, 2), 2, part[0]);
    if (of[0].n < FEW || of[1].n < FEW)
        return;
    rp_interval d = rp_weighted_means((const double[]){1, -1}, of, 2, level);
    put(at + 1, s, &d, part[0], all[0]);
}

static void put_standardised(rp_value *at, const standard *s) {
    uint64_t mark = assessor_figures[s->figure].mark;
    double level = s->work->asked->level;
    if ((double)s->n_held < HELD * (double)s->n_all)
        return;
    rp_count part = count(s, LINE(s->line) | mark);
    rp_interval own = rp_weighted_means(s->weights, s->of, s->n, level);
    rp_interval difference = rp_weighted_means(s->weights, s->of, 2 * s->n, level);
    if (s->figure != FIGURE_ALLIANCE && !isnan(own.lower)) { /* a share has ends; t does not know them */
        own.lower = fmax(0, own.lower);
        own.upper = fmin(1, own.upper);
    }
    put(at, s, &own, part, count(s, LINE(s->line)));
    put(at + 3, s, &difference, part, count(s, mark));
}

static void write_row(const assessor_work *work, const assessor_way *way, rp_answer_table *table, size_t figure,
                      size_t line) {
    standard s = {.work = work, .way = way, .line = line, .figure = figure};
    rp_count people = count(&s, LINE(line)), all = count(&s, 0);
    if (work->answer->failed || people.n == 0 || people.n == all.n)
        return;
    hold_strata(&s);
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_text(work->answer, assessor_figures[figure].label);
    row[1] = rp_value_text(work->answer, way->lines[line].label);
    row[2] = rp_value_count(people);
    put_crude(row + 3, &s);
    row[7] = rp_value_share(rp_question_rounded(100 * (double)s.n_held / (double)s.n_all, 0), 0, people, all);
    put_standardised(row + 8, &s);
}

static bool is_told(const assessor_work *work, size_t figure) {
    bool outcome = figure < SHARES && assessor_figures[figure].mark < LEAVING(0);
    return figure == FIGURE_ALLIANCE ? work->alliance >= 0 : !outcome || assessor_has_outcomes(work);
}

void assessor_write_standardised(const assessor_work *work, const assessor_way *way) {
    static const rp_table_column columns[] = {
        {"what", "What", ""},
        {"who", "Assessed by", ""},
        {"people", "Assessed", "people"},
        {"crude", "As it is", ""},
        {"crude_difference", "Difference from everyone else", ""},
        {"crude_lower", "From", ""},
        {"crude_upper", "To", ""},
        {"held", "In strata held", "%"},
        {"standardised", "Standardised", ""},
        {"lower", "From", ""},
        {"upper", "To", ""},
        {"difference", "Difference, standardised", ""},
        {"difference_lower", "From", ""},
        {"difference_upper", "To", ""},
    };
    rp_answer *answer = work->answer;
    rp_answer_table *table = rp_answer_table_add(
        answer, rp_answer_text(answer, "assessor.standardised.%s", way->name),
        rp_answer_text(answer, "Does a difference stay when severity and problem are held? By %s", way->title), columns,
        sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        answer,
        ASSESSOR_NOT_BY_CHANCE
        " Standardised: as if the line, and everyone else, had been made up of first PHQ-9 "
        "bands and problem groups (crossed) as all people assessed are. It takes away what lies in these two alone. "
        "People of one band still differ, in severity and in all else by which they came to an assessor, so that a "
        "difference that stays may lie in that. Held: of all people assessed, those in strata with at least five "
        "people on both sides; the rest stand in no standardised figure, and where less than half are held the strata "
        "are too small to tell and the figure is left out. Known shares: people whose outcome is not known count as "
        "not having had it. From and To: %g%% intervals; standardised by t with Satterthwaite's degrees of freedom "
        "(Cochran 1977, 5.4 and 5.10), difference as it is by Newcombe (1998, method 10), of means by Welch.",
        100 * work->asked->level);
    for (size_t f = 0; f < FIGURES; f++)
        for (size_t l = 0; is_told(work, f) && l < way->n_lines; l++)
            write_row(work, way, table, f, l);
}
