/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pipeline of reliability: columns, statistics by blocks, alpha, omega, intraclass correlations, warnings. */
#include <math.h>
#include <string.h>

#include "evaluation/fit_parts.h"

typedef struct making {
    const rp_fit_reliability_options *options;
    fit_reading reading;
    rp_arena *arena;
    rp_scale_stats *stats;
    rp_fit_reliability *out;
    rp_error *error;
} making;

/* ---- columns ---- */

static bool read_columns(making *m) {
    size_t k = m->options->n_items;
    const char *const *items = m->options->items;
    rp_column_wish *wishes = rp_arena_take(m->arena, k, sizeof *wishes);
    if (!wishes)
        return rp_fail_memory(m->error);
    for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j < i; j++)
            if (strcmp(items[i], items[j]) == 0) {
                rp_fail(m->error, RP_E_RULE, "The item '%.80s' is named twice.", items[i]);
                return rp_fail_remedy(m->error, "Name each column once in --items.");
            }
        wishes[i] = (rp_column_wish){.name = items[i], .number = true, .at = SIZE_MAX};
    }
    return fit_read(&m->reading, wishes, k);
}

/* ---- rows ---- */

typedef struct block_work {
    rp_arena *arena;
    rp_scale_stats *stats;
} block_work;

typedef struct all_work {
    const making *m;
    block_work *blocks;
} all_work;

static bool add_block(const making *m, size_t block, rp_scale_stats *stats, rp_arena *scratch) {
    size_t k = stats->k, n = rp_columns_block_rows(m->reading.columns, block);
    double *columns = rp_arena_take_unset(scratch, k * n, sizeof *columns);
    double *answers = rp_arena_take_unset(scratch, k, sizeof *answers);
    if (!columns || !answers)
        return false;
    for (size_t j = 0; j < k; j++)
        rp_columns_numbers(m->reading.columns, j, block, columns + j * n);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < k; j++)
            answers[j] = columns[j * n + i];
        rp_scale_add(stats, answers);
    }
    return true;
}

static void prepare_block(void *context, size_t block) {
    const all_work *all = context;
    block_work *w = &all->blocks[block];
    rp_arena *scratch = rp_arena_new(0);
    w->arena = rp_arena_new(0);
    rp_scale_stats *stats = scratch && w->arena ? rp_scale_new(all->m->options->n_items, w->arena) : NULL;
    w->stats = stats && add_block(all->m, block, stats, scratch) ? stats : NULL;
    rp_arena_free(scratch);
}

static bool prepare(making *m) {
    size_t n = m->reading.columns->n_blocks;
    block_work *blocks = rp_arena_take(m->arena, n, sizeof *blocks);
    m->stats = rp_scale_new(m->options->n_items, m->arena);
    if (!blocks || !m->stats)
        return rp_fail_memory(m->error);
    all_work all = {m, blocks};
    rp_pool_run(m->options->common.threads, n, prepare_block, &all);
    bool fine = true;
    for (size_t b = 0; b < n; b++) {
        fine = fine && blocks[b].stats;
        if (fine)
            rp_scale_merge(m->stats, blocks[b].stats);
        rp_arena_free(blocks[b].arena);
    }
    return fine || rp_fail_memory(m->error);
}

/* An item that is the same in all rows tells nothing apart, and pairs without rows have no covariance. */
static bool check_items(making *m) {
    size_t k = m->options->n_items;
    const char *const *items = m->options->items;
    for (size_t i = 0; i < k; i++) {
        const rp_pair_moments *one = &m->stats->pairs[rp_scale_pair(k, i, i)];
        if (one->n > 1 && one->m_xx > 0)
            continue;
        m->out->message = one->n < 2 ? rp_arena_printf(m->arena, "%s has a value in %lld rows: there have to be more.",
                                                       items[i], (long long)one->n)
                                     : rp_arena_printf(m->arena, "%s does not vary: leave it out.", items[i]);
        return m->out->message || rp_fail_memory(m->error);
    }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < i; j++)
            if (m->stats->pairs[rp_scale_pair(k, j, i)].n < 2) {
                m->out->message = rp_arena_printf(m->arena, "No two rows have both %s and %s.", items[j], items[i]);
                return m->out->message || rp_fail_memory(m->error);
            }
    return true;
}

/* ---- inference ---- */

static bool find_omega(making *m) {
    size_t k = m->options->n_items, factors = (size_t)m->options->factors;
    rp_fit_reliability *out = m->out;
    if (!factors)
        factors = k < 4 ? 1 : 3;
    double *r = rp_arena_take(m->arena, k * k, sizeof *r);
    if (!r)
        return rp_fail_memory(m->error);
    if (factors >= k || k < 3)
        return fit_warn(&m->reading, "There is no omega with %zu factor%s of %zu items.", factors,
                        factors == 1 ? "" : "s", k);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            r[i * k + j] =
                i == j ? 1
                       : rp_pair_moments_correlation(&m->stats->pairs[rp_scale_pair(k, i < j ? i : j, i < j ? j : i)]);
    out->has_omega = true;
    return rp_omega_schmid_leiman(r, k, factors, m->arena, &out->omega) || rp_fail_memory(m->error);
}

/* The names of the items for which `which` holds; NULL: none. */
static const char *list_items(const making *m, const bool *which) {
    rp_buf list = {0};
    for (size_t i = 0; i < m->options->n_items; i++)
        if (which[i])
            rp_buf_printf(&list, "%s%s", list.n ? ", " : "", m->options->items[i]);
    const char *out = list.n ? rp_arena_copy(m->arena, list.at, list.n) : NULL;
    rp_buf_free(&list);
    return out;
}

static bool warn_of_omega(making *m) {
    const rp_omega *o = &m->out->omega;
    size_t k = m->options->n_items, f = o->factors;
    if (!m->out->has_omega)
        return true;
    if (o->status == RP_OMEGA_NOT_POSITIVE)
        return fit_warn(&m->reading, "There is no omega: the correlations of the items are not positive definite. Some "
                                     "item is a sum of others, or too few rows have the same items.");
    if (o->status == RP_OMEGA_NOT_CONVERGED &&
        !fit_warn(&m->reading, "The search for omega's factors ended before it found the best ones; omega is not to be "
                               "used."))
        return false;
    if ((k - f) * (k - f) < k + f &&
        !fit_warn(&m->reading,
                  "%zu factors are more than %zu items determine: omega is one of many values, and other "
                  "programs find others. --factors with a smaller number is safer.",
                  f, k))
        return false;
    if (f == 1 && !fit_warn(&m->reading, "With one factor omega hierarchical has no meaning of its own; omega total "
                                         "has."))
        return false;
    if (f == 2 && !fit_warn(&m->reading, "Two factors do not determine a general one: its two loadings are taken to be "
                                         "equal. Omega hierarchical rests on that."))
        return false;
    if (o->at_bound && !fit_warn(&m->reading, "An item or a factor would have no variance of its own (a Heywood case): "
                                              "it is kept at 0.005. Fewer factors are safer."))
        return false;
    const char *turned = list_items(m, o->turned);
    return !turned || fit_warn(&m->reading,
                               "Omega turns items with a negative loading on the general factor, as psych "
                               "does: %s. Alpha does not.",
                               turned);
}

static bool warn(making *m) {
    size_t k = m->options->n_items;
    bool *below = rp_arena_take(m->arena, k, sizeof *below);
    if (!below)
        return rp_fail_memory(m->error);
    for (size_t i = 0; i < k; i++)
        below[i] = m->out->items[i].with_first < 0;
    const char *names = list_items(m, below);
    if (names && !fit_warn(&m->reading,
                           "Some items go against the others: %s. If they are worded the other way round, "
                           "turn them in the data; alpha takes them as they are.",
                           names))
        return false;
    if (m->out->left_out &&
        !fit_warn(&m->reading, "%lld rows have no item at all, and are left out.", (long long)m->out->left_out))
        return false;
    if (m->out->complete < m->out->n &&
        !fit_warn(&m->reading,
                  "%lld of %lld rows lack some item. Alpha and omega are of the rows that each pair of "
                  "items has; intraclass correlations of the %lld rows that have all.",
                  (long long)(m->out->n - m->out->complete), (long long)m->out->n, (long long)m->out->complete))
        return false;
    return warn_of_omega(m);
}

static bool infer(making *m) {
    rp_fit_reliability *out = m->out;
    double began = rp_time_seconds();
    out->n = m->stats->rows;
    out->left_out = m->stats->empty;
    out->complete = (int64_t)m->stats->complete[0];
    out->mean = m->stats->score.n ? m->stats->score.mean : NAN;
    out->sd = rp_moments_sd(&m->stats->score);
    out->items = rp_arena_take(m->arena, m->options->n_items, sizeof *out->items);
    if (!out->items)
        return rp_fail_memory(m->error);
    if (!check_items(m))
        return false;
    if (!out->message) {
        if (!rp_scale_infer(m->stats, m->options->common.level, &out->alpha, out->items, m->arena))
            return rp_fail_memory(m->error);
        rp_icc_infer(m->stats->complete, m->options->n_items, m->options->common.level, out->icc);
        if (!find_omega(m) || !warn(m))
            return false;
        if (isnan(out->alpha.alpha))
            out->message = "The sum of the items does not vary.";
    }
    out->seconds.infer = rp_time_seconds() - began;
    return true;
}

static bool run(making *m) {
    double began = rp_time_seconds();
    if (!read_columns(m))
        return false;
    double read = rp_time_seconds();
    m->out->seconds.read = read - began;
    if (!prepare(m))
        return false;
    m->out->seconds.prepare = rp_time_seconds() - read;
    if (!infer(m))
        return false;
    m->out->warnings = m->reading.warnings.at;
    m->out->n_warnings = m->reading.warnings.n;
    m->out->provenance = m->reading.provenance;
    return true;
}

bool rp_fit_reliability_of(const rp_fit_reliability_options *options, rp_arena *arena, rp_fit_reliability *out,
                           rp_error *error) {
    *out = (rp_fit_reliability){.options = options};
    making m = {.options = options, .arena = arena, .out = out, .error = error};
    m.reading = (fit_reading){.asked = &options->common, .arena = arena, .data_arena = rp_arena_new(0), .error = error};
    bool done = m.reading.data_arena ? run(&m) : rp_fail_memory(error);
    rp_arena_free(m.reading.data_arena);
    return done;
}
