/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast structural equation models are fitted, after reading.
 *
 *   sem FILE                    a file with columns w1 to w12, in the form of wai_100000.csv
 *   sem FILE CATEGORIES         the same of ordered items, whose categories are numbered from 1
 *   sem levels                  two levels: 20,000 drawn clients, 6 sessions of 12 items each
 *
 * Three factors, and a bifactor, by maximum likelihood: of every row with a value (FIML), then of complete rows; of
 * ordered items by WLSMV. Of two levels, three factors within clients and one between. Each line: CPU seconds, one
 * thread, of preparing, of the fit with standard errors, and of the fit measures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rapport/sem.h"
#include "rapport/table.h"

static const char *const three_factors = "G =~ w1 + w2 + w3 + w4; T =~ w5 + w6 + w7 + w8; B =~ w9 + w10 + w11 + w12";
static const char *const bifactor = "A =~ w1 + w2 + w3 + w4 + w5 + w6 + w7 + w8 + w9 + w10 + w11 + w12\n"
                                    "G =~ w1 + w2 + w3 + w4; T =~ w5 + w6 + w7 + w8; B =~ w9 + w10 + w11 + w12";

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Block by block, and merged. */
static rp_sem_stats *prepare(const rp_sem_layout *layout, const rp_columns *columns, rp_arena *arena, rp_error *error) {
    size_t p = layout->n_observed;
    rp_sem_stats **parts = rp_arena_take(arena, columns->n_blocks, sizeof *parts);
    const double **values = rp_arena_take(arena, p, sizeof *values);
    if (parts == NULL || values == NULL)
        return rp_fail_memory(error), NULL;
    for (size_t block = 0; block < columns->n_blocks; block++) {
        size_t n = rp_columns_block_rows(columns, block);
        double *room = rp_arena_take_unset(arena, n * p + 1, sizeof *room);
        if (room == NULL)
            return rp_fail_memory(error), NULL;
        for (size_t i = 0; i < p; i++) {
            rp_columns_numbers(columns, i, block, room + i * n);
            values[i] = room + i * n;
            for (size_t k = 0; layout->categories && k < n; k++)
                room[i * n + k] -= 1;
        }
        parts[block] = rp_sem_prepare(layout, &(rp_sem_rows){.n = n, .columns = values}, arena, error);
        if (parts[block] == NULL)
            return NULL;
    }
    return rp_sem_merge(parts, columns->n_blocks, arena, error);
}

/* A case, and what came of it. */
typedef struct timed {
    bool general;
    rp_sem_missing missing;
    uint32_t categories; /* 0: numbers */
    bool levels;
    const rp_sem_fit *fit;
    double prepare, estimate, measure; /* seconds */
} timed;

static void print(const timed *t) {
    const rp_sem_fit *fit = t->fit;
    printf("sem %-13s %-13s %7lld rows  ", t->general ? "bifactor" : "three factors",
           t->levels                   ? "two levels"
           : t->categories             ? "ordered items"
           : t->missing == RP_SEM_FIML ? "every row"
                                       : "complete rows",
           (long long)fit->n);
    if (t->categories)
        printf("chi-square %.7f, scaled %.7f, %g df  ", fit->chisq, fit->chisq_scaled, fit->df);
    else
        printf("log-likelihood %.8f  chi-square %.6f, %g df  ", fit->log_lik, fit->chisq, fit->df);
    printf("prepare %.3f + fit %.3f + measures %.3f = %.3f s\n", t->prepare, t->estimate, t->measure,
           t->prepare + t->estimate + t->measure);
}

/* `columns`, or else one block of rows. */
static bool fit_it(timed *t, const rp_sem_spec *spec, const rp_columns *columns, const rp_sem_rows *rows,
                   rp_arena *arena, rp_error *error) {
    rp_sem_options options = {.estimator = t->categories ? RP_SEM_WLSMV : RP_SEM_ML};
    rp_sem_measures measures;
    double began = seconds();
    rp_sem_stats *stats =
        columns ? prepare(spec->layout, columns, arena, error) : rp_sem_prepare(spec->layout, rows, arena, error);
    double prepared = seconds();
    t->fit = stats ? rp_sem_fit_stats(spec, stats, &options, arena, error) : NULL;
    double done = seconds();
    if (t->fit == NULL)
        return false;
    if (!rp_sem_measure(t->fit, &measures))
        return rp_fail_memory(error);
    t->prepare = prepared - began;
    t->estimate = done - prepared;
    t->measure = seconds() - done;
    return true;
}

static bool run(const char *path, timed *t, rp_arena *arena, rp_error *error) {
    rp_sem_text *text = rp_sem_parse(t->general ? bifactor : three_factors, arena, error);
    if (text == NULL)
        return false;
    rp_sem_layout layout = {.n_groups = 1, .missing = t->missing};
    layout.n_observed = rp_sem_observed(text, &layout.observed);
    rp_column_wish *wishes = rp_arena_take(arena, layout.n_observed, sizeof *wishes);
    uint32_t *categories = rp_arena_take(arena, layout.n_observed, sizeof *categories);
    if (wishes == NULL || categories == NULL)
        return rp_fail_memory(error);
    for (size_t i = 0; i < layout.n_observed; i++) {
        wishes[i] = (rp_column_wish){.name = layout.observed[i], .number = true, .at = SIZE_MAX};
        categories[i] = t->categories;
    }
    layout.categories = t->categories ? categories : NULL;
    rp_columns *columns = rp_columns_read(&(rp_columns_source){.path = path, .threads = 1, .quiet = true}, wishes,
                                          layout.n_observed, arena, error);
    rp_sem_rules rules = {.means = t->missing == RP_SEM_FIML, .std_lv = t->general, .orthogonal = t->general};
    rp_sem_spec *spec = columns ? rp_sem_specify(text, &layout, &rules, arena, error) : NULL;
    if (spec == NULL || !fit_it(t, spec, columns, NULL, arena, error))
        return false;
    print(t);
    return true;
}

enum { CLIENTS = 20000, SESSIONS = 6, ITEMS = 12 };

/* Three factors of four items of each session, one of all items of each client. */
static bool draw_sessions(const double **columns, uint64_t *client, rp_arena *arena) {
    double *values = rp_arena_take_unset(arena, (size_t)CLIENTS * SESSIONS * ITEMS, sizeof *values);
    for (size_t i = 0; values && i < ITEMS; i++)
        columns[i] = values + i * CLIENTS * SESSIONS;
    for (size_t c = 0; values && c < CLIENTS; c++) {
        rp_draws draws = rp_draws_of(1, c, 0);
        double common = rp_draw(&draws) - 0.5, own[ITEMS];
        for (size_t i = 0; i < ITEMS; i++)
            own[i] = common + 0.5 * (rp_draw(&draws) - 0.5);
        for (size_t s = 0; s < SESSIONS; s++) {
            double shared = rp_draw(&draws), factor = 0;
            client[c * SESSIONS + s] = c;
            for (size_t i = 0; i < ITEMS; i++) {
                factor = i % 4 ? factor : shared + rp_draw(&draws);
                values[(i * CLIENTS + c) * SESSIONS + s] = 3 + own[i] + factor + 1.2 * rp_draw(&draws);
            }
        }
    }
    return values != NULL;
}

static bool run_levels(rp_arena *arena, rp_error *error) {
    rp_sem_text *text = rp_sem_parse("level: within\nG =~ w1 + w2 + w3 + w4; T =~ w5 + w6 + w7 + w8;"
                                     "B =~ w9 + w10 + w11 + w12\nlevel: between\n"
                                     "A =~ w1 + w2 + w3 + w4 + w5 + w6 + w7 + w8 + w9 + w10 + w11 + w12",
                                     arena, error);
    uint64_t *client = rp_arena_take_unset(arena, CLIENTS * SESSIONS, sizeof *client);
    const double *columns[ITEMS];
    if (text == NULL)
        return false;
    if (client == NULL || !draw_sessions(columns, client, arena))
        return rp_fail_memory(error);
    rp_sem_layout layout = {.n_groups = 2, .levels = true};
    layout.n_observed = rp_sem_observed(text, &layout.observed); /* in the order of the text: w1 to w12 */
    rp_sem_spec *spec = rp_sem_specify(text, &layout, &(rp_sem_rules){0}, arena, error);
    rp_sem_rows rows = {.n = CLIENTS * SESSIONS, .columns = columns, .cluster = client};
    timed t = {.missing = RP_SEM_LISTWISE, .levels = true};
    if (spec == NULL || !fit_it(&t, spec, NULL, &rows, arena, error))
        return false;
    print(&t);
    return true;
}

static int levels(void) {
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    bool good = arena && run_levels(arena, &error);
    rp_arena_free(arena);
    if (!good)
        fprintf(stderr, "sem: %s\n", error.message);
    return !good;
}

int main(int n, char **arguments) {
    if (n == 2 && strcmp(arguments[1], "levels") == 0)
        return levels();
    long categories = n == 3 ? strtol(arguments[2], NULL, 10) : 0;
    if (n < 2 || n > 3 || (n == 3 && (categories < 2 || categories > 256))) {
        fprintf(stderr, "sem FILE [CATEGORIES] | levels\n");
        return 2;
    }
    for (int i = categories ? 2 : 0; i < 4; i++) {
        rp_arena *arena = rp_arena_new(0);
        rp_error error = {0};
        timed t = {
            .general = i % 2, .missing = i < 2 ? RP_SEM_FIML : RP_SEM_LISTWISE, .categories = (uint32_t)categories};
        bool good = arena && run(arguments[1], &t, arena, &error);
        rp_arena_free(arena);
        if (!good) {
            fprintf(stderr, "sem: %s\n", error.message);
            return 1;
        }
    }
    return 0;
}
