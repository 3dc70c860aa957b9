/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ordered items in words: why they cannot be fitted, and what has to be known of their categories and correlations. */
#include <math.h>

#include "models/sem/sem_ordered.h"
#include "rapport/maths.h"

static const char *in_group(const rp_sem_layout *layout, size_t group, rp_arena *arena) {
    if (layout->n_groups < 2 || layout->groups == NULL)
        return "";
    return rp_arena_printf(arena, " in group %s", layout->groups[group]);
}

/* ---- why not -------------------------------------------------------------------------------------------------------
 */

static const char *bad_pair(const rp_sem_layout *layout, const sem_pair *pair, const char *where, rp_arena *arena) {
    const char *a = layout->observed[pair->column], *b = layout->observed[pair->row];
    if (pair->found.status == SEM_POLYCHORIC_PERFECT)
        return rp_arena_printf(arena,
                               "%s and %s go together without exception%s, so that their polychoric correlation is %g: "
                               "leave one out, or put categories together.",
                               a, b, where, pair->found.correlation);
    return rp_arena_printf(arena, "No polychoric correlation of %s and %s was found%s.", a, b, where);
}

static const char *of_group(const rp_sem_layout *layout, const sem_moments *m, const char *where, rp_arena *arena) {
    if (m->n == 0)
        return rp_arena_printf(arena, "No row has a value of every variable%s.", where);
    for (size_t j = 0; j < m->p; j++)
        if (m->used[j] < 2)
            return rp_arena_printf(arena, "%s does not vary%s: all rows have one category. Leave it out.",
                                   layout->observed[j], where);
    for (size_t k = 0; k < m->n_pairs; k++)
        if (m->pairs[k].found.status != SEM_POLYCHORIC_CONVERGED)
            return bad_pair(layout, &m->pairs[k], where, arena);
    size_t n = m->n_cuts + m->n_pairs;
    for (size_t i = 0; i < n; i++)
        if (!(m->gamma[i * n + i] > 0) || !isfinite(m->gamma[i * n + i]))
            return rp_arena_printf(
                arena,
                "How sure the thresholds and correlations are cannot be told%s: some category is too "
                "rare. Put categories together.",
                where);
    return NULL;
}

const char *sem_wls_why_not(const rp_sem_layout *layout, const sem_moments *moments, bool *ok, rp_arena *arena) {
    for (size_t g = 0; g < layout->n_groups; g++) {
        const sem_moments *m = &moments[g];
        const char *where = in_group(layout, g, arena);
        const char *why = where ? of_group(layout, m, where, arena) : NULL;
        *ok = where != NULL;
        if (why || !*ok)
            return why;
    }
    return NULL;
}

/* ---- notes ----------------------------------------------------------------------------------------------------------
 */

typedef RP_VEC(const char *) sentences;

static bool add(sentences *list, const char *sentence, rp_arena *arena) {
    const char **place = sentence ? rp_vec_push(arena, list) : NULL;
    if (place)
        *place = sentence;
    return place != NULL;
}

/* Of an item's thresholds, those that another or infinity takes the place of. */
static bool note_empty(const rp_sem_layout *layout, const sem_moments *m, const char *where, sentences *list,
                       rp_arena *arena) {
    size_t first = 0;
    for (size_t j = 0; j < m->p; j++) {
        size_t categories = layout->categories[j];
        for (size_t c = 0; c < categories; c++) {
            double from = c == 0 ? -INFINITY : m->thresholds[first + c - 1];
            double to = c + 1 == categories ? INFINITY : m->thresholds[first + c];
            if (from < to)
                continue;
            const char *what = isfinite(from) ? "the thresholds below and above it are one"
                                              : "there is no threshold between it and the end, and it is written as "
                                                "infinite, without an error";
            if (!add(list,
                     rp_arena_printf(arena, "No row has category %zu of %s%s (counted from 0): %s.", c,
                                     layout->observed[j], where, what),
                     arena))
                return false;
        }
        first += categories - 1;
    }
    return true;
}

static bool note_mended(const rp_sem_layout *layout, const sem_moments *m, const char *where, sentences *list,
                        rp_arena *arena) {
    for (size_t k = 0; k < m->n_pairs; k++)
        if (m->pairs[k].found.mended &&
            !add(list,
                 rp_arena_printf(arena,
                                 "Of %s and %s one of the four combinations is not there%s; it was counted as half a "
                                 "row, and the correlation rests on that.",
                                 layout->observed[m->pairs[k].column], layout->observed[m->pairs[k].row], where),
                 arena))
            return false;
    return true;
}

static bool note_indefinite(const sem_moments *m, const char *where, sentences *list, rp_arena *arena) {
    sem_saturated observed;
    if (!sem_moments_saturated(m, 1, &observed, arena))
        return false;
    return rp_cholesky(observed.cov, m->p) ||
           add(list,
               rp_arena_printf(arena,
                               "The polychoric correlations are not those of any one set of variables%s (they are not "
                               "positive definite), as happens with few rows, since each pair is estimated for itself.",
                               where),
               arena);
}

bool sem_wls_note(const sem_moments *moments, rp_sem_fit *fit, rp_arena *arena) {
    const rp_sem_layout *layout = fit->spec->layout;
    sentences list = {0};
    for (size_t i = 0; i < fit->n_notes; i++)
        if (!add(&list, fit->notes[i], arena))
            return false;
    for (size_t g = 0; g < layout->n_groups; g++) {
        const char *where = in_group(layout, g, arena);
        if (!where || !note_empty(layout, &moments[g], where, &list, arena) ||
            !note_mended(layout, &moments[g], where, &list, arena) ||
            !note_indefinite(&moments[g], where, &list, arena))
            return false;
    }
    fit->notes = list.at;
    fit->n_notes = list.n;
    return true;
}
