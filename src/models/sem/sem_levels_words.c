/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What two levels cannot be asked, or tell with doubts, in words. */
#include <math.h>
#include <string.h>

#include "models/sem/sem_parts.h"

/* Beside the variance within: what means of clusters differ by, where rounding alone makes them differ. */
static const double NO_DIFFERENCE = 1e-10;

/* ---- what cannot be fitted at all ------------------------------------------------------------------------------ */

static const char *too_few(const sem_anova *anova, size_t p, rp_arena *arena) {
    if (!(anova->rows > 0))
        return "No row has a value of every variable.";
    if (anova->rows == anova->clusters)
        return "Every cluster has one row alone, so that nothing is known of the level within clusters: fit a model "
               "without levels.";
    if (anova->rows - anova->clusters <= (double)p)
        return rp_arena_printf(arena,
                               "There are %.0f rows in %.0f clusters, and %zu variables; for the level within clusters "
                               "there have to be more rows.",
                               anova->rows, anova->clusters, p);
    if (anova->clusters <= (double)p)
        return rp_arena_printf(arena,
                               "There are %.0f clusters and %zu variables; for the level between clusters there have "
                               "to be more clusters.",
                               anova->clusters, p);
    return "";
}

/* Where means of clusters are the same, or are sums of each other, the likelihood of the level between has no bound. */
static const char *no_spread(const rp_sem_layout *layout, const sem_anova *anova, double *scratch, rp_arena *arena) {
    size_t p = layout->n_observed;
    if (!sem_levels_proper(anova->within, p, scratch))
        return sem_why_singular(layout, 0, anova->within, arena);
    for (size_t i = 0; i < p; i++)
        if (!(anova->between[i * p + i] > NO_DIFFERENCE * anova->within[i * p + i]))
            return rp_arena_printf(
                arena,
                "%s has the same mean in every cluster (were its means taken off?), so that it tells "
                "nothing of the level between clusters: leave it out, or give it as it was.",
                layout->observed[i]);
    if (!sem_levels_proper(anova->between, p, scratch))
        return sem_why_singular(layout, 1, anova->between, arena);
    return "";
}

const char *sem_levels_why_not(const rp_sem_spec *spec, const rp_sem_stats *stats, bool *ok, rp_arena *arena) {
    size_t p = spec->layout->n_observed;
    sem_anova anova;
    double *scratch = rp_arena_take(arena, p * p, sizeof *scratch);
    *ok = scratch && sem_anova_make(stats, &anova, arena);
    if (!*ok)
        return NULL;
    const char *why = too_few(&anova, p, arena);
    if (why && *why == '\0')
        why = no_spread(spec->layout, &anova, scratch, arena);
    *ok = why != NULL;
    return why && *why ? why : NULL;
}

/* ---- what is told with doubts -------------------------------------------------------------------------------------
 */

typedef struct notes {
    RP_VEC(const char *) list;
    rp_arena *arena;
} notes;

static bool add(notes *n, const char *sentence) {
    const char **place = sentence ? rp_vec_push(n->arena, &n->list) : NULL;
    if (place)
        *place = sentence;
    return place != NULL;
}

static size_t parameters_between(const rp_sem_spec *spec, bool *seen) {
    size_t n = 0;
    for (size_t i = 0; i < spec->n_lines; i++) {
        size_t at = spec->lines[i].parameter;
        if (spec->lines[i].group == 0 || at == SIZE_MAX || seen[at])
            continue;
        seen[at] = true;
        n++;
    }
    return n;
}

static bool say_few_clusters(const rp_sem_fit *fit, notes *n) {
    bool *seen = rp_arena_take(n->arena, fit->spec->n_parameters + 1, sizeof *seen);
    if (seen == NULL)
        return false;
    size_t parameters = parameters_between(fit->spec, seen);
    long long clusters = (long long)rp_sem_rows_used(fit->stats, 1);
    if (clusters >= (long long)parameters)
        return true;
    return add(n, rp_arena_printf(n->arena,
                                  "There are %lld clusters, fewer than the %zu parameters between clusters: what is "
                                  "said of that level, and its errors, rest on too few. A simpler model between "
                                  "clusters is safer.",
                                  clusters, parameters));
}

/* Of the unrestricted covariances between clusters. */
static bool say_improper(const rp_sem_fit *fit, const sem_saturated *saturated, notes *n) {
    const rp_sem_layout *layout = fit->spec->layout;
    size_t p = layout->n_observed;
    const double *between = saturated[1].cov;
    double *scratch = rp_arena_take(n->arena, p * p, sizeof *scratch);
    if (scratch == NULL)
        return false;
    if (!saturated[0].converged)
        return add(n, "The unrestricted covariances of both levels were not found, so that there is no chi-square and "
                      "no measure of fit: between clusters the variables differ too little, or the clusters are too "
                      "few. A simpler model between clusters, or one without levels, is safer.");
    if (sem_levels_proper(between, p, scratch))
        return true;
    bool named = false;
    for (size_t i = 0; i < p; i++) {
        if (between[i * p + i] > 0)
            continue;
        named = true;
        if (!add(n, rp_arena_printf(n->arena,
                                    "%s differs between clusters no more than its rows within clusters make it: its "
                                    "variance between clusters is estimated as %.4g. What the model says of it on that "
                                    "level is not to be trusted.",
                                    layout->observed[i], between[i * p + i])))
            return false;
    }
    return named || add(n, "The unrestricted covariances between clusters are not positive definite: means of clusters "
                           "tell of fewer dimensions than there are variables. Chi-square is of little use there; a "
                           "model of fewer latent variables between clusters is safer.");
}

bool sem_levels_say(rp_sem_fit *fit, const sem_saturated *saturated, rp_arena *arena) {
    notes n = {.arena = arena};
    for (size_t i = 0; i < fit->n_notes; i++)
        if (!add(&n, fit->notes[i]))
            return false;
    if (!say_few_clusters(fit, &n) || !say_improper(fit, saturated, &n))
        return false;
    fit->notes = n.list.at;
    fit->n_notes = n.list.n;
    return true;
}
