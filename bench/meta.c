/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast meta-analyses are fitted, after reading.
 *
 *   meta FILE                   columns study, yi, vi, x1, x2, in the form of meta_295.csv
 *
 * Effects as one level, as two, with moderators, errors by cluster; then made-up ones, 10,000 of 2,000 studies. Each
 * line: CPU seconds of one thread, the best of several runs. */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "rapport/meta.h"
#include "rapport/table.h"

enum { COLUMNS = 5, MADE_STUDIES = 2000, MADE_EACH = 5, RUNS = 5 };

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct data {
    size_t k;
    double *y, *v, *x1, *x2;
    uint32_t *study;
} data;

/* One fit, and CR2 errors where asked for; seconds. */
static double run_once(const data *d, bool study, bool moderators, bool robust, double *log_lik, double *robust_seconds,
                       rp_error *error) {
    static const char *const names[] = {"(Intercept)", "x1", "x2"};
    rp_arena *arena = rp_arena_new(0);
    const double *const x[] = {NULL, d->x1, d->x2};
    const rp_meta_spec spec = {
        .method = RP_META_REML, .study = study, .effect = true, .level = 0.95, .names = names, .p = moderators ? 3 : 1};
    const rp_meta_rows rows = {.k = d->k, .y = d->y, .v = d->v, .x = x, .study = study ? d->study : NULL};
    double began = seconds();
    rp_meta_data *made = arena ? rp_meta_prepare(&spec, &rows, arena, error) : NULL;
    rp_meta_fit *fit = made ? rp_meta_fit_data(made, arena, error) : NULL;
    double done = seconds() - began;
    rp_meta_robust errors;
    began = seconds();
    if (fit && robust && !rp_meta_robust_errors(fit, RP_META_CR2, d->study, arena, &errors, error))
        fit = NULL;
    *robust_seconds = seconds() - began;
    *log_lik = fit ? fit->log_lik : NAN;
    rp_arena_free(arena);
    return fit ? done : NAN;
}

static bool run(const char *what, const data *d, bool study, bool moderators, bool robust, rp_error *error) {
    double best = INFINITY, best_robust = INFINITY, log_lik = NAN;
    for (int i = 0; i < RUNS; i++) {
        double robust_seconds, one = run_once(d, study, moderators, robust, &log_lik, &robust_seconds, error);
        if (isnan(one))
            return false;
        best = fmin(best, one);
        best_robust = fmin(best_robust, robust_seconds);
    }
    printf("meta %-34s %6zu effects  log-likelihood %.8f  fit %.5f s", what, d->k, log_lik, best);
    if (robust)
        printf("  CR2 %.5f s", best_robust);
    printf("\n");
    return true;
}

static bool read_file(const char *path, data *out, rp_arena *arena, rp_error *error) {
    static const char *const names[COLUMNS] = {"yi", "vi", "x1", "x2", "study"};
    rp_column_wish wishes[COLUMNS];
    double *values[COLUMNS];
    for (int c = 0; c < COLUMNS; c++)
        wishes[c] = (rp_column_wish){.name = names[c], .number = true, .at = SIZE_MAX};
    rp_columns *columns =
        rp_columns_read(&(rp_columns_source){.path = path, .threads = 1, .quiet = true}, wishes, COLUMNS, arena, error);
    if (!columns)
        return false;
    out->k = rp_columns_block_rows(columns, 0);
    for (int c = 0; c < COLUMNS; c++) {
        values[c] = rp_arena_take(arena, out->k, sizeof(double));
        if (!values[c])
            return rp_fail_memory(error);
        rp_columns_numbers(columns, (size_t)c, 0, values[c]);
    }
    out->study = rp_arena_take(arena, out->k, sizeof *out->study);
    if (!out->study)
        return rp_fail_memory(error);
    for (size_t i = 0; i < out->k; i++)
        out->study[i] = (uint32_t)values[4][i] - 1;
    out->y = values[0];
    out->v = values[1];
    out->x1 = values[2];
    out->x2 = values[3];
    return true;
}

/* Numbers without meaning that lie about as meta_295.csv does. */
static bool make_up(data *out, rp_arena *arena, rp_error *error) {
    size_t k = out->k = (size_t)MADE_STUDIES * MADE_EACH;
    double *room = rp_arena_take(arena, 4 * k, sizeof *room);
    out->study = rp_arena_take(arena, k, sizeof *out->study);
    if (!room || !out->study)
        return rp_fail_memory(error);
    out->y = room;
    out->v = room + k;
    out->x1 = room + 2 * k;
    out->x2 = room + 3 * k;
    for (size_t i = 0; i < k; i++) {
        double s = (double)(i / MADE_EACH), e = (double)i;
        out->study[i] = (uint32_t)(i / MADE_EACH);
        out->v[i] = 0.005 + 0.02 * fmod(s * 0.618034, 1);
        out->x1[i] = 2 * fmod(s * 0.754878, 1) - 1;
        out->x2[i] = fmod(e * 0.569840, 1) < 0.4;
        out->y[i] = 0.28 + 0.03 * out->x1[i] - 0.04 * out->x2[i] + 0.42 * (fmod(s * 0.414214, 1) - 0.5) +
                    0.5 * (fmod(e * 0.732051, 1) - 0.5);
    }
    return true;
}

int main(int n, char **arguments) {
    if (n != 2) {
        fprintf(stderr, "meta FILE\n");
        return 2;
    }
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    data file, made;
    bool good = arena && read_file(arguments[1], &file, arena, &error) && make_up(&made, arena, &error) &&
                run("one level", &file, false, false, false, &error) &&
                run("study/effect", &file, true, false, false, &error) &&
                run("study/effect, 2 moderators", &file, true, true, true, &error) &&
                run("study/effect, made up", &made, true, false, false, &error) &&
                run("study/effect, 2 moderators, made up", &made, true, true, true, &error);
    rp_arena_free(arena);
    if (!good)
        fprintf(stderr, "meta: %s\n", error.message);
    return good ? 0 : 1;
}
