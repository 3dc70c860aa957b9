/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Thresholds of ordered items and polychoric correlations of their pairs. Olsson, U. (1979). Maximum likelihood
 * estimation of the polychoric correlation coefficient. Psychometrika 44, 443-460, two-step: Fisher's scoring on
 * atanh(rho), where the likelihood is nearer to a parabola; a step that lowers the likelihood is halved. */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "models/sem/sem_ordered.h"
#include "rapport/maths.h"

static const double END = 0.9999;       /* beyond it a correlation is perfect */
static const double SMALL_STEP = 1e-10; /* of atanh(rho): converged */
static const double ROUNDING = 1e-6;    /* steps below it that lead nowhere: rare cells have few digits */
static const double FLAT = 1e-10;       /* information of a count about atanh(rho): nothing more to learn */
enum { MOST_STEPS = 100, MOST_HALVINGS = 40 };

/* ---- thresholds ------------------------------------------------------------------------------------------ */

size_t sem_thresholds(const int64_t *counts, size_t n, double *thresholds) {
    int64_t total = 0, below = 0;
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        assert(counts[i] >= 0);
        total += counts[i];
        used += counts[i] > 0;
    }
    for (size_t i = 0; i + 1 < n; i++) {
        below += counts[i];
        thresholds[i] = total > 0 ? rp_normal_quantile((double)below / (double)total) : NAN;
    }
    return used;
}

/* Where category i begins, i from 0 to n: it ends where the next begins. */
static double bound(const double *thresholds, size_t n, size_t i) {
    return i == 0 ? -INFINITY : i == n ? INFINITY : thresholds[i - 1];
}

static bool has_width(const double *thresholds, size_t n, size_t i) {
    return bound(thresholds, n, i) < bound(thresholds, n, i + 1);
}

/* ---- cells ----------------------------------------------------------------------------------------------- */

/* A cell is a second difference of what lies below its corners; the corner (i, j) touches four cells. */
static void add_corner(const sem_pair_table *t, size_t i, size_t j, double value, double *cells) {
    double *before = cells + (i - 1) * t->columns + j - 1, *after = before + t->columns;
    before[0] += value;
    if (j < t->columns)
        before[1] -= value;
    if (i < t->rows)
        after[0] -= value;
    if (i < t->rows && j < t->columns)
        after[1] += value;
}

void sem_pair_cells(const sem_pair_table *table, double rho, double *share, double *by_rho) {
    memset(share, 0, table->rows * table->columns * sizeof *share);
    memset(by_rho, 0, table->rows * table->columns * sizeof *by_rho);
    for (size_t i = 1; i <= table->rows; i++)
        for (size_t j = 1; j <= table->columns; j++) {
            double h = bound(table->row_thresholds, table->rows, i);
            double k = bound(table->column_thresholds, table->columns, j);
            add_corner(table, i, j, rp_bivariate_normal_cdf(h, k, rho), share);
            add_corner(table, i, j, rp_bivariate_normal_density(h, k, rho), by_rho);
        }
}

/* ---- the table without empty categories -------------------------------------------------------------------- */

typedef struct pair_work {
    sem_pair_table table; /* its counts are not used: */
    double *counts;       /* they need not be whole */
    double *share, *by_rho;
    double total;
} pair_work;

/* The thresholds between categories of width; returns their number. */
static size_t keep_thresholds(const double *thresholds, size_t n, double *kept) {
    size_t used = 0;
    for (size_t i = 0; i < n; i++)
        if (has_width(thresholds, n, i)) {
            if (used > 0)
                kept[used - 1] = bound(thresholds, n, i);
            used++;
        }
    return used;
}

static void keep_counts(const sem_pair_table *table, pair_work *work) {
    size_t at = 0;
    for (size_t i = 0; i < table->rows; i++)
        for (size_t j = 0; j < table->columns; j++) {
            int64_t count = table->counts[i * table->columns + j];
            bool kept = has_width(table->row_thresholds, table->rows, i) &&
                        has_width(table->column_thresholds, table->columns, j);
            assert(count >= 0 && (kept || count == 0));
            if (!kept)
                continue;
            work->counts[at++] = (double)count;
            work->total += (double)count;
        }
}

static bool work_make(const sem_pair_table *table, pair_work *work, rp_arena *arena) {
    size_t cells = table->rows * table->columns;
    double *rows = rp_arena_take(arena, table->rows, sizeof *rows);
    double *columns = rp_arena_take(arena, table->columns, sizeof *columns);
    *work = (pair_work){.counts = rp_arena_take(arena, cells, sizeof(double)),
                        .share = rp_arena_take(arena, cells, sizeof(double)),
                        .by_rho = rp_arena_take(arena, cells, sizeof(double))};
    if (rows == NULL || columns == NULL || work->counts == NULL || work->share == NULL || work->by_rho == NULL)
        return false;
    work->table.row_thresholds = rows;
    work->table.column_thresholds = columns;
    work->table.rows = keep_thresholds(table->row_thresholds, table->rows, rows);
    work->table.columns = keep_thresholds(table->column_thresholds, table->columns, columns);
    keep_counts(table, work);
    return true;
}

/* One empty cell of four: 0.5 there and in the opposite one, as much less in the other two. */
static bool mend(pair_work *work) {
    if (work->table.rows != 2 || work->table.columns != 2)
        return false;
    double *c = work->counts;
    int empty = 0, where = 0;
    for (int i = 0; i < 4; i++)
        if (c[i] == 0) {
            empty++;
            where = i;
        }
    if (empty != 1)
        return false;
    double diagonal = where == 0 || where == 3 ? 0.5 : -0.5;
    c[0] += diagonal;
    c[3] += diagonal;
    c[1] -= diagonal;
    c[2] -= diagonal;
    return true;
}

/* ---- the estimate ------------------------------------------------------------------------------------------ */

/* Log-likelihood, its slope and its expected information at rho. */
static void likelihood(pair_work *work, double rho, sem_polychoric *out) {
    sem_pair_cells(&work->table, rho, work->share, work->by_rho);
    out->correlation = rho;
    out->log_lik = out->slope = out->information = 0;
    for (size_t i = 0; i < work->table.rows * work->table.columns; i++) {
        double share = fmax(work->share[i], DBL_EPSILON); /* differences of numbers near 1 have no more */
        double relative = work->by_rho[i] / share;
        if (work->counts[i] > 0)
            out->log_lik += work->counts[i] * log(share);
        out->slope += work->counts[i] * relative;
        out->information += work->total * work->by_rho[i] * relative;
    }
}

/* A step of scoring from *out, halved until the likelihood does not fall, and the slope does where the
 * summit was passed; how far it went, 0 where nowhere. */
static double score_step(pair_work *work, double *step, sem_polychoric *out) {
    const sem_polychoric from = *out;
    double square = 1 - from.correlation * from.correlation;
    *step = fmax(fmin(from.slope / (from.information * square), 1), -1);
    double move = *step;
    for (int i = 0; i < MOST_HALVINGS; i++, move /= 2) {
        double rho = tanh(atanh(from.correlation) + move);
        likelihood(work, fmax(fmin(rho, END), -END), out);
        bool beyond = out->slope * from.slope < 0 && fabs(out->slope) > fabs(from.slope) / 2;
        if (!beyond && out->log_lik >= from.log_lik - 1e-14 * fabs(from.log_lik))
            return move;
    }
    *out = from;
    return 0;
}

/* At the end of what is searched, or so near to it that cells and their shares no longer change. */
static bool is_perfect(const pair_work *work, const sem_polychoric *at) {
    double square = 1 - at->correlation * at->correlation;
    return (fabs(at->correlation) >= END && at->slope * at->correlation > 0) ||
           at->information * square * square <= FLAT * work->total;
}

static void search(pair_work *work, sem_polychoric *out) {
    double step = 0;
    likelihood(work, 0, out);
    out->status = SEM_POLYCHORIC_NOT_CONVERGED;
    while (out->steps < MOST_STEPS) {
        out->steps++;
        double moved = score_step(work, &step, out);
        if (is_perfect(work, out)) {
            out->status = SEM_POLYCHORIC_PERFECT;
            return;
        }
        if (fabs(step) <= SMALL_STEP || moved == 0)
            break;
    }
    if (fabs(step) <= ROUNDING)
        out->status = SEM_POLYCHORIC_CONVERGED;
}

/* Two by two with an empty diagonal: nothing to search. */
static bool diagonal(const pair_work *work, double *correlation) {
    const double *c = work->counts;
    if (work->table.rows != 2 || work->table.columns != 2)
        return false;
    *correlation = c[0] + c[3] > 0 ? 1 : -1;
    return (c[0] == 0 && c[3] == 0) || (c[1] == 0 && c[2] == 0);
}

bool sem_polychoric_fit(const sem_pair_table *table, sem_polychoric *out, rp_arena *arena) {
    pair_work work;
    assert(table->rows > 0 && table->columns > 0);
    if (!work_make(table, &work, arena))
        return false;
    *out = (sem_polychoric){.status = SEM_POLYCHORIC_NONE,
                            .correlation = NAN,
                            .log_lik = NAN,
                            .slope = NAN,
                            .information = NAN,
                            .rows_used = work.table.rows,
                            .columns_used = work.table.columns};
    if (work.table.rows < 2 || work.table.columns < 2 || work.total <= 0)
        return true;
    double perfect;
    if (diagonal(&work, &perfect)) {
        out->status = SEM_POLYCHORIC_PERFECT;
    } else {
        out->mended = mend(&work);
        search(&work, out);
        perfect = out->correlation > 0 ? 1 : -1;
    }
    if (out->status == SEM_POLYCHORIC_PERFECT) {
        out->correlation = perfect;
        out->log_lik = out->slope = out->information = NAN;
    }
    return true;
}
