/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From distinct rows to the thresholds of ordered items and the polychoric correlations of their pairs. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/sem/sem_ordered.h"

size_t sem_threshold_count(const rp_sem_layout *layout) {
    size_t n = 0;
    for (size_t j = 0; j < layout->n_observed; j++)
        n += layout->categories[j] - 1;
    return n;
}

size_t sem_threshold_place(const rp_sem_layout *layout, const rp_sem_line *line) {
    size_t n = line->rhs - 1;
    assert(line->op == RP_SEM_THRESHOLD && line->rhs > 0 && line->rhs < layout->categories[line->lhs]);
    for (size_t j = 0; j < line->lhs; j++)
        n += layout->categories[j] - 1;
    return n;
}

/* ---- thresholds ------------------------------------------------------------------------------------------------- */

/* Item j's thresholds and cuts by its counts; its thresholds begin at `first`. */
static void set_item(sem_moments *m, size_t j, const int64_t *counts, size_t categories, size_t first) {
    double *thresholds = m->thresholds + first;
    size_t cut = m->first_cut[j];
    m->used[j] = sem_thresholds(counts, categories, thresholds);
    uint8_t code = 0;
    for (size_t c = 0; c < categories; c++) {
        m->recoded[j * SEM_MOST_CATEGORIES + c] = code;
        code = (uint8_t)(code + (counts[c] > 0));
    }
    for (size_t k = 0; k + 1 < categories; k++) {
        m->cut_of[first + k] = SIZE_MAX;
        if (!isfinite(thresholds[k]))
            continue;
        if (cut == m->first_cut[j] || m->cuts[cut - 1] < thresholds[k])
            m->cuts[cut++] = thresholds[k];
        m->cut_of[first + k] = cut - 1;
    }
    m->first_cut[j + 1] = cut;
}

static bool set_thresholds(sem_moments *m, const rp_sem_layout *layout, const sem_ordered_group *rows,
                           const uint8_t *codes) {
    size_t first = 0;
    for (size_t j = 0; j < m->p; j++) {
        int64_t counts[SEM_MOST_CATEGORIES] = {0};
        for (size_t i = 0; i < rows->distinct; i++)
            counts[codes[j * rows->distinct + i]] += rows->counts[i];
        set_item(m, j, counts, layout->categories[j], first);
        first += layout->categories[j] - 1;
        m->whole = m->whole && m->used[j] > 1;
    }
    m->n_cuts = m->first_cut[m->p];
    return true;
}

/* ---- correlations ------------------------------------------------------------------------------------------------ */

static bool set_pair(sem_moments *m, sem_pair *pair, const sem_ordered_group *rows, const uint8_t *codes,
                     rp_arena *arena, rp_arena *scratch) {
    size_t r = pair->row, c = pair->column, across = m->used[r];
    const uint8_t *of_row = codes + r * rows->distinct, *of_column = codes + c * rows->distinct;
    if (m->used[r] == 0) { /* no rows at all */
        pair->found = (sem_polychoric){.status = SEM_POLYCHORIC_NONE, .correlation = NAN};
        return true;
    }
    pair->counts = rp_arena_take(arena, m->used[c] * across, sizeof *pair->counts);
    if (pair->counts == NULL)
        return false;
    for (size_t i = 0; i < rows->distinct; i++)
        pair->counts[of_column[i] * across + of_row[i]] += rows->counts[i];
    sem_pair_table table = {.rows = m->used[c],
                            .columns = across,
                            .counts = pair->counts,
                            .row_thresholds = m->cuts + m->first_cut[c],
                            .column_thresholds = m->cuts + m->first_cut[r]};
    rp_arena_empty(scratch);
    if (!sem_polychoric_fit(&table, &pair->found, scratch))
        return false;
    m->whole = m->whole && pair->found.status == SEM_POLYCHORIC_CONVERGED;
    return true;
}

static bool set_pairs(sem_moments *m, const sem_ordered_group *rows, uint8_t *codes, rp_arena *arena) {
    rp_arena *scratch = rp_arena_new(0);
    bool good = scratch != NULL;
    for (size_t j = 0; j < m->p; j++) /* from here on among those that are not empty */
        for (size_t i = 0; i < rows->distinct; i++)
            codes[j * rows->distinct + i] = m->recoded[j * SEM_MOST_CATEGORIES + codes[j * rows->distinct + i]];
    size_t at = 0;
    for (size_t c = 0; good && c < m->p; c++)
        for (size_t r = c + 1; good && r < m->p; r++, at++) {
            m->pairs[at] = (sem_pair){.row = r, .column = c};
            good = set_pair(m, &m->pairs[at], rows, codes, arena, scratch);
        }
    rp_arena_free(scratch);
    return good;
}

/* ---- a group ------------------------------------------------------------------------------------------------------
 */

static bool make_room(sem_moments *m, size_t n_thresholds, rp_arena *arena) {
    m->used = rp_arena_take(arena, 2 * m->p + 1, sizeof *m->used);
    m->first_cut = m->used ? m->used + m->p : NULL;
    m->cuts = rp_arena_take(arena, 2 * n_thresholds + 1, sizeof *m->cuts);
    m->thresholds = m->cuts ? m->cuts + n_thresholds : NULL;
    m->cut_of = rp_arena_take(arena, n_thresholds + 1, sizeof *m->cut_of);
    m->recoded = rp_arena_take(arena, m->p * SEM_MOST_CATEGORIES, sizeof *m->recoded);
    m->pairs = rp_arena_take(arena, m->n_pairs + 1, sizeof *m->pairs);
    return m->used && m->cuts && m->cut_of && m->recoded && m->pairs;
}

static bool of_group(const rp_sem_stats *stats, size_t group, bool with_gamma, sem_moments *m, rp_arena *arena,
                     rp_arena *scratch) {
    const sem_ordered_group *rows = &stats->ordered->groups[group];
    size_t p = stats->layout->n_observed;
    *m = (sem_moments){.n = rows->n, .p = p, .n_pairs = p * (p - 1) / 2, .whole = rows->n > 0};
    uint8_t *codes =
        rows->distinct < SIZE_MAX / p ? rp_arena_take_unset(scratch, p * rows->distinct + 1, sizeof *codes) : NULL;
    if (codes == NULL || !make_room(m, sem_threshold_count(stats->layout), arena))
        return false;
    sem_ordered_unpack(stats, group, codes);
    return set_thresholds(m, stats->layout, rows, codes) && set_pairs(m, rows, codes, arena) &&
           (!with_gamma || !m->whole || sem_gamma_make(rows, codes, m, arena));
}

sem_moments *sem_moments_make(const rp_sem_stats *stats, bool with_gamma, rp_arena *arena) {
    assert(stats->ordered);
    size_t n_groups = stats->layout->n_groups;
    sem_moments *out = rp_arena_take(arena, n_groups, sizeof *out);
    rp_arena *scratch = rp_arena_new(0);
    bool good = out && scratch;
    for (size_t g = 0; good && g < n_groups; g++) {
        good = of_group(stats, g, with_gamma, &out[g], arena, scratch);
        rp_arena_empty(scratch);
    }
    rp_arena_free(scratch);
    return good ? out : NULL;
}

bool sem_moments_saturated(const sem_moments *moments, size_t n_groups, sem_saturated *out, rp_arena *arena) {
    for (size_t g = 0; g < n_groups; g++) {
        const sem_moments *m = &moments[g];
        out[g] = (sem_saturated){.log_lik = NAN, .converged = m->whole};
        out[g].mean = rp_arena_take(arena, m->p, sizeof *out[g].mean);
        out[g].cov = rp_arena_take(arena, m->p * m->p, sizeof *out[g].cov);
        if (out[g].mean == NULL || out[g].cov == NULL)
            return false;
        for (size_t i = 0; i < m->p; i++)
            out[g].cov[i * m->p + i] = 1;
        for (size_t k = 0; k < m->n_pairs; k++) {
            const sem_pair *pair = &m->pairs[k];
            out[g].cov[pair->row * m->p + pair->column] = pair->found.correlation;
            out[g].cov[pair->column * m->p + pair->row] = pair->found.correlation;
        }
    }
    return true;
}
