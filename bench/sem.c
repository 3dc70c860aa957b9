/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast structural equation models are fitted, after reading.
 *
 *   sem FILE                    a file with columns w1 to w12, in the form of wai_100000.csv
 *
 * Three factors, and a bifactor, by maximum likelihood: of every row with a value (FIML), then of complete rows. Each
 * line: CPU seconds, one thread, of preparing, of the fit with standard errors, and of the fit measures. */
#include <stdio.h>
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
        }
        parts[block] = rp_sem_prepare(layout, &(rp_sem_rows){.n = n, .columns = values}, arena, error);
        if (parts[block] == NULL)
            return NULL;
    }
    return rp_sem_merge(parts, columns->n_blocks, arena, error);
}

static bool run(const char *path, bool general, rp_sem_missing missing, rp_arena *arena, rp_error *error) {
    rp_sem_text *text = rp_sem_parse(general ? bifactor : three_factors, arena, error);
    if (text == NULL)
        return false;
    rp_sem_layout layout = {.n_groups = 1, .missing = missing};
    layout.n_observed = rp_sem_observed(text, &layout.observed);
    rp_column_wish *wishes = rp_arena_take(arena, layout.n_observed, sizeof *wishes);
    if (wishes == NULL)
        return rp_fail_memory(error);
    for (size_t i = 0; i < layout.n_observed; i++)
        wishes[i] = (rp_column_wish){.name = layout.observed[i], .number = true, .at = SIZE_MAX};
    rp_columns *columns = rp_columns_read(&(rp_columns_source){.path = path, .threads = 1, .quiet = true}, wishes,
                                          layout.n_observed, arena, error);
    rp_sem_rules rules = {.means = missing == RP_SEM_FIML, .std_lv = general, .orthogonal = general};
    rp_sem_spec *spec = columns ? rp_sem_specify(text, &layout, &rules, arena, error) : NULL;
    double began = seconds();
    rp_sem_stats *stats = spec ? prepare(&layout, columns, arena, error) : NULL;
    double prepared = seconds();
    rp_sem_fit *fit = stats ? rp_sem_fit_stats(spec, stats, NULL, arena, error) : NULL;
    double done = seconds();
    if (fit == NULL)
        return false;
    rp_sem_measures measures;
    if (!rp_sem_measure(fit, &measures))
        return rp_fail_memory(error);
    double measured = seconds();
    printf("sem %-13s %-13s %7lld rows  log-likelihood %.8f  chi-square %.6f, %g df  "
           "prepare %.3f + fit %.3f + measures %.3f = %.3f s\n",
           general ? "bifactor" : "three factors", missing == RP_SEM_FIML ? "every row" : "complete rows",
           (long long)fit->n, fit->log_lik, fit->chisq, fit->df, prepared - began, done - prepared, measured - done,
           measured - began);
    return true;
}

int main(int n, char **arguments) {
    if (n != 2) {
        fprintf(stderr, "sem FILE\n");
        return 2;
    }
    for (int i = 0; i < 4; i++) {
        rp_arena *arena = rp_arena_new(0);
        rp_error error = {0};
        bool good = arena && run(arguments[1], i % 2, i < 2 ? RP_SEM_FIML : RP_SEM_LISTWISE, arena, &error);
        rp_arena_free(arena);
        if (!good) {
            fprintf(stderr, "sem: %s\n", error.message);
            return 1;
        }
    }
    return 0;
}
