/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The course to be expected from a first score, of everyone who started, and how far it misses clients whom the model
 * has not seen.
 *
 * Growth bends: y = b0 + b1 s + b2 s^2 + u0 + u1 s + e, s = log(1 + sessions since the first score), u ~ N(0, D). Given
 * a first score x (s = 0), a client's later score is normal with mean      b(s) + c(s) / v (x - b0),   c(s) = D00 + s
 * D01,   v = D00 + sigma^2 variance  D00 + 2 s D01 + s^2 D11 + sigma^2 - c(s)^2 / v, so that people with one score
 * alone count as well. The log of sessions after Lutz, Martinovich & Howard (J Consult Clin Psychol 67, 1999). */
#include "questions/outcome/outcome_growth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FOLDS = 5, SHOWN = 8, FIRST_SCORES = 3, FEWEST_MEASURED = 20 };
static const int shown[SHOWN] = {2, 3, 4, 6, 8, 12, 16, 20}; /* sessions, the first score's being the first */
static const double range_level = 0.90;

typedef struct course {
    double b0, b1, b2, d00, d01, d11, sigma2;
} course;

typedef struct expected {
    double mean, sd;
} expected;

static expected expect(const course *c, double first, double s) {
    double with_first = c->d00 + s * c->d01, v = c->d00 + c->sigma2;
    double variance = c->d00 + 2 * s * c->d01 + s * s * c->d11 + c->sigma2 - with_first * with_first / v;
    return (expected){c->b0 + c->b1 * s + c->b2 * s * s + with_first / v * (first - c->b0),
                      variance > 0 ? sqrt(variance) : 0};
}

/* ---- fitting -------------------------------------------------------------------------------------------------------
 */

typedef struct expecting {
    outcome_work *work;
    const rp_question_courses *of;
    const rp_universe *people;
    const char *word; /* "session", "occasion" */
} expecting;

/* The place of a person's first score among the sessions; the sessions' end where there is none. */
static size_t first_scored(const rp_question_courses *of, size_t p) {
    size_t i = of->starts[p];
    while (i < of->starts[p + 1] && isnan(of->values[i]))
        i++;
    return i;
}

/* Without the people of one fold; -1: with all. Not converged, or too few: *fitted is false. */
static bool fit_without(const expecting *x, int fold, course *out, bool *fitted, rp_error *error) {
    const rp_question_courses *of = x->of;
    rp_arena *scratch = rp_arena_new(0);
    rp_question_model model;
    *fitted = false;
    if (scratch == NULL || !rp_question_model_new(of, of->starts[of->n_people], 2, scratch, &model)) {
        rp_arena_free(scratch);
        return rp_fail_memory(error);
    }
    model.clients_differ = true;
    model.slopes = 1;
    for (size_t p = 0; p < of->n_people; p++) {
        size_t first = first_scored(of, p);
        for (size_t i = first; i < of->starts[p + 1] && (int)(p % FOLDS) != fold; i++) {
            double s = log(1 + of->number[i] - of->number[first]);
            if (!isnan(of->values[i]))
                rp_question_model_row(&model, p, of->values[i], (const double[]){s, s * s});
        }
    }
    bool fine = true;
    if (rp_question_model_feasible(&model)) {
        const rp_mixed_fit *fit = rp_question_model_fit(&model, scratch, error);
        fine = fit != NULL;
        *fitted = fine && (fit->status == RP_MIXED_CONVERGED || fit->status == RP_MIXED_BOUNDARY);
        if (*fitted) {
            const double *d = fit->variance[0].covariance;
            *out = (course){fit->beta[0], fit->beta[1], fit->beta[2], d[0], d[1], d[3], fit->sigma * fit->sigma};
        }
    }
    rp_arena_free(scratch);
    return fine;
}

/* ---- clients held out
 * ------------------------------------------------------------------------------------------------ */

/* Errors of scores after the first one: by model, and by taking the first score for the later one. */
typedef struct errors {
    rp_pair_moments people; /* x: how many scores a person has, y: the sum of their errors */
    double n, squares, squares_of_first, inside;
    int64_t measured[SHOWN]; /* people with a score at that session */
    double at_squares[SHOWN], at_squares_of_first[SHOWN];
} errors;

static void add_error(errors *e, double session, double miss, double miss_of_first, bool inside) {
    e->n += 1;
    e->squares += miss * miss;
    e->squares_of_first += miss_of_first * miss_of_first;
    e->inside += inside;
    for (size_t k = 0; k < SHOWN; k++)
        if (session == shown[k]) {
            e->measured[k]++;
            e->at_squares[k] += miss * miss;
            e->at_squares_of_first[k] += miss_of_first * miss_of_first;
        }
}

static void hold_out(const expecting *x, size_t p, const course *c, errors *e) {
    const rp_question_courses *of = x->of;
    size_t first = first_scored(of, p);
    double z = rp_normal_quantile(1 - (1 - range_level) / 2), n = 0, sum = 0;
    for (size_t i = first + 1; i < of->starts[p + 1]; i++) {
        if (isnan(of->values[i]))
            continue;
        double since = of->number[i] - of->number[first];
        expected y = expect(c, of->values[first], log(1 + since));
        double miss = of->values[i] - y.mean;
        add_error(e, since + 1, miss, of->values[i] - of->values[first], fabs(miss) <= z * y.sd);
        n += 1;
        sum += miss;
    }
    if (n > 0)
        rp_pair_moments_add(&e->people, n, sum);
}

static bool hold_all_out(const expecting *x, errors *e, bool *fitted, rp_error *error) {
    *e = (errors){0};
    for (int fold = 0; fold < FOLDS; fold++) {
        course c;
        if (!fit_without(x, fold, &c, fitted, error))
            return false;
        if (!*fitted)
            return true;
        for (size_t p = (size_t)fold; p < x->of->n_people; p += FOLDS)
            hold_out(x, p, &c, e);
    }
    return true;
}

/* ---- writing
 * ----------------------------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Quartiles of the first scores, as whole points of the scale where it has whole scores, else to a tenth; each once. */
static size_t choose_first_scores(const expecting *x, rp_arena *arena, double out[FIRST_SCORES]) {
    double *all = rp_arena_take(arena, x->of->n_people, sizeof *all);
    size_t n = 0;
    for (size_t p = 0; all != NULL && p < x->of->n_people; p++)
        if (first_scored(x->of, p) < x->of->starts[p + 1])
            all[n++] = x->of->values[first_scored(x->of, p)];
    if (n == 0)
        return 0;
    qsort(all, n, sizeof *all, by_size);
    size_t kept = 0;
    for (size_t q = 0; q < FIRST_SCORES; q++) {
        double score = all[(n - 1) * (q + 1) / (FIRST_SCORES + 1)];
        score = x->work->plan.scale->whole ? round(score) : round(10 * score) / 10;
        if (kept == 0 || out[kept - 1] < score)
            out[kept++] = score;
    }
    return kept;
}

static void state(const expecting *x, const errors *e) {
    outcome_work *work = x->work;
    rp_answer *answer = work->answer;
    rp_interval bias = rp_ratio_interval(&e->people, work->plan.asked->level);
    rp_statement *s = outcome_statement(work, "outcome.expected.error", 0, FIRST_TO_LAST);
    s->version = NULL;
    s->numerator = outcome_growth_count(work, x->people, 0, false);
    s->denominator = outcome_growth_count(work, x->people, 0, true);
    s->cohort = rp_cohort_event_name(rp_cohort_chosen(work->plan.cohort)->event);
    s->unit = "points";
    s->estimate = sqrt(e->squares / e->n);
    s->label = "Expected course: how far it misses";
    s->method =
        "root mean square error on clients held out of the model, one fifth of them at a time; growth model with "
        "the log of sessions, given the first score";
    s->text = rp_answer_text(answer,
                             "%s: of clients whom the model had not seen, later scores lie %.1f points from the course "
                             "expected by the first "
                             "score (root mean square); taking the first score for the later ones misses by %.1f. On "
                             "average scores lie %+.2f "
                             "points from it%s. %.0f%% of them lie within its %.0f%% range. The model rests on %lld of "
                             "%lld people: everyone "
                             "with a score at a session, whether or not they stayed.",
                             work->plan.measure->name, s->estimate, sqrt(e->squares_of_first / e->n), bias.estimate,
                             isnan(bias.lower) ? ""
                                               : rp_answer_text(answer, " (%g%% interval %+.2f to %+.2f)",
                                                                100 * bias.level, bias.lower, bias.upper),
                             100 * e->inside / e->n, 100 * range_level, (long long)s->numerator.n,
                             (long long)s->denominator.n);
}

static rp_answer_table *add_table(const expecting *x, const char *id) {
    static const rp_table_column columns[] = {
        {"first", "First score", "points"},
        {"session", "At", ""},
        {"expected", "Expected", "points"},
        {"lower", "Range from", "points"},
        {"upper", "Range to", "points"},
        {"error", "Misses held-out clients by", "points"},
        {"error_of_first", "First score misses by", "points"},
    };
    rp_answer *answer = x->work->answer;
    rp_answer_table *table = rp_answer_table_add(
        answer, id,
        rp_answer_text(answer, "%s: the course to be expected from a first score", x->work->plan.measure->name),
        columns, sizeof columns / sizeof *columns);
    table->note = rp_answer_text(
        answer,
        "From everyone with a score at a %s, whether or not they stayed; scores after leaving are taken to be like "
        "those "
        "of others who did as they did until then. First scores: the quartiles; they stand at %s 1. Range: where "
        "%.0f%% "
        "of single clients are expected. Misses: root mean square error on clients held out. It is no target, and no "
        "judgement of a client who does otherwise.",
        x->word, x->word, 100 * range_level);
    return table;
}

static void put(const expecting *x, rp_answer_table *table, rp_chart *chart, const course *c, const errors *e,
                double first, size_t k) {
    const rp_scale *scale = x->work->plan.scale;
    rp_count in = outcome_growth_count(x->work, x->people, 0, false);
    expected y = expect(c, first, log((double)shown[k]));
    double z = rp_normal_quantile(1 - (1 - range_level) / 2), n = (double)e->measured[k];
    rp_value *row = rp_answer_row(table);
    row[0] = rp_value_num(first, scale->whole ? 0 : 1, in);
    row[1] = rp_value_text(x->work->answer, rp_answer_text(x->work->answer, "%s %d", x->word, shown[k]));
    row[2] = rp_value_num(y.mean, 1, in);
    row[3] = rp_value_num(fmax(scale->lowest, y.mean - z * y.sd), 1, in);
    row[4] = rp_value_num(fmin(scale->highest, y.mean + z * y.sd), 1, in);
    row[5] = rp_value_num(sqrt(e->at_squares[k] / n), 1, in);
    row[6] = rp_value_num(sqrt(e->at_squares_of_first[k] / n), 1, in);
    rp_chart_point *p = rp_chart_point_add(chart);
    p->x = shown[k];
    p->y = y.mean;
    p->lower = p->upper = NAN;
    p->count = in;
    p->label = rp_answer_text(x->work->answer, "%s %d", x->word, shown[k]);
}

static void write(const expecting *x, const course *c, const errors *e, const double *firsts, size_t n_firsts) {
    rp_answer *answer = x->work->answer;
    const rp_scale *scale = x->work->plan.scale;
    const char *id = rp_answer_text(answer, "outcome.expected.%s", x->work->plan.measure->name);
    rp_answer_table *table = add_table(x, id);
    rp_chart *chart = rp_answer_chart(
        answer, RP_CHART_TRAJECTORY, id,
        rp_answer_text(answer, "%s: the course to be expected from a first score", x->work->plan.measure->name));
    chart->table_id = id;
    chart->reading =
        rp_answer_text(answer,
                       "Each line is the mean course to be expected of people with that first score. Single "
                       "people differ widely from it. %s is better.",
                       scale->higher_is_worse ? "Lower" : "Higher");
    chart->x_label = x->word;
    chart->y_label = x->work->plan.measure->name;
    chart->y_low = scale->lowest;
    chart->y_high = scale->highest;
    for (size_t f = 0; f < n_firsts; f++) {
        rp_chart_series_add(chart, rp_answer_text(answer, "first score %g", firsts[f]));
        for (size_t k = 0; k < SHOWN; k++)
            if (e->measured[k] >= FEWEST_MEASURED)
                put(x, table, chart, c, e, firsts[f], k);
    }
    state(x, e);
}

bool outcome_write_expected(outcome_work *work, const rp_question_courses *courses, const rp_universe *people,
                            rp_error *error) {
    bool contacts = rp_cohort_has_contacts(work->plan.cohort);
    const expecting x = {work, courses, people, contacts ? "session" : "occasion"};
    course whole;
    errors e;
    bool fitted;
    if (!fit_without(&x, -1, &whole, &fitted, error))
        return false;
    if (!fitted)
        return true;
    if (!hold_all_out(&x, &e, &fitted, error))
        return false;
    bool any = false;
    for (size_t k = 0; k < SHOWN; k++)
        any = any || e.measured[k] >= FEWEST_MEASURED;
    if (!fitted || !any)
        return true;
    rp_arena *scratch = rp_arena_new(0);
    if (scratch == NULL)
        return rp_fail_memory(error);
    double firsts[FIRST_SCORES];
    size_t n_firsts = choose_first_scores(&x, scratch, firsts);
    rp_arena_free(scratch);
    write(&x, &whole, &e, firsts, n_firsts);
    return true;
}
