/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fit of a structural equation model in words: how it ended, what that means, and what to do. */
#include <math.h>

#include "models/sem/sem_parts.h"

typedef RP_VEC(const char *) sentences;

static const double MOVED = 0.05;     /* beside the parameter that an empty direction moves most: worth its name */
static const double COLLINEAR = 1e-8; /* 1 less a squared correlation */

/* False where the sentence, or the place for it, had no memory. */
static bool add(sentences *list, const char *sentence, rp_arena *arena) {
    const char **place = sentence ? rp_vec_push(arena, list) : NULL;
    if (place)
        *place = sentence;
    return place != NULL;
}

static const char *variable(const rp_sem_spec *spec, size_t v) {
    size_t p = spec->layout->n_observed;
    return v < p ? spec->layout->observed[v] : spec->latent[v - p];
}

const char *sem_in_group(const rp_sem_layout *layout, size_t group, rp_arena *arena) {
    if (layout->levels)
        return group == 0 ? " within clusters" : " between clusters";
    if (layout->n_groups < 2 || layout->groups == NULL)
        return "";
    return rp_arena_printf(arena, " in group %s", layout->groups[group]);
}

const char *sem_line_name(const rp_sem_spec *spec, const rp_sem_line *line, rp_arena *arena) {
    static const char *const operators[] = {
        [RP_SEM_MEASURES] = "=~", [RP_SEM_REGRESSES] = "~", [RP_SEM_COVARIES] = "~~", [RP_SEM_INTERCEPT] = "~"};
    const char *group = sem_in_group(spec->layout, line->group, arena);
    if (group == NULL)
        return NULL;
    if (line->op == RP_SEM_THRESHOLD)
        return rp_arena_printf(arena, "%s | t%zu%s", variable(spec, line->lhs), line->rhs, group);
    return rp_arena_printf(arena, "%s %s %s%s", variable(spec, line->lhs), operators[line->op],
                           line->op == RP_SEM_INTERCEPT ? "1" : variable(spec, line->rhs), group);
}

const char *sem_why_singular(const rp_sem_layout *layout, size_t group, const double *cov, rp_arena *arena) {
    size_t p = layout->n_observed;
    const char *where = sem_in_group(layout, group, arena);
    if (where == NULL)
        return NULL;
    for (size_t i = 0; i < p; i++)
        if (!(cov[i * p + i] > 0))
            return rp_arena_printf(arena, "%s does not vary%s: leave it out.", layout->observed[i], where);
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < i; j++) {
            double both = cov[i * p + j];
            if (1 - both * both / (cov[i * p + i] * cov[j * p + j]) < COLLINEAR)
                return rp_arena_printf(arena, "%s and %s are the same but for scale%s: leave one out.",
                                       layout->observed[j], layout->observed[i], where);
        }
    return rp_arena_printf(arena,
                           "The covariances of the variables are not positive definite%s: some variable is a sum of "
                           "others; leave one out.",
                           where);
}

const char *sem_why_not(const rp_sem_spec *spec, const rp_sem_stats *stats, const sem_saturated *saturated, bool *ok,
                        rp_arena *arena) {
    const rp_sem_layout *layout = spec->layout;
    if (layout->levels)
        return sem_levels_why_not(spec, stats, ok, arena);
    const char *why = NULL;
    bool found = false;
    for (size_t g = 0; g < layout->n_groups && !found; g++) {
        int64_t n = rp_sem_rows_used(stats, g);
        if (n <= (int64_t)layout->n_observed) {
            const char *where = sem_in_group(layout, g, arena);
            found = true;
            why = where ? rp_arena_printf(arena, "There %s %lld row%s and %zu variables%s; there have to be more rows.",
                                          n == 1 ? "is" : "are", (long long)n, n == 1 ? "" : "s", layout->n_observed,
                                          where)
                        : NULL;
        } else if (!isfinite(saturated[g].log_lik)) {
            found = true;
            why = sem_why_singular(layout, g, saturated[g].cov, arena);
        }
    }
    *ok = !found || why;
    return why;
}

static double variance(const rp_sem_spec *spec, const double *values, size_t v, size_t group) {
    for (size_t i = 0; i < spec->n_lines; i++) {
        const rp_sem_line *line = &spec->lines[i];
        if (line->op == RP_SEM_COVARIES && line->lhs == v && line->rhs == v && line->group == group)
            return values[i];
    }
    return 0;
}

static const char *improper_variance(const char *name, double value, rp_arena *arena) {
    return name ? rp_arena_printf(arena,
                                  "The variance %s is estimated as %.4g, below 0 (a Heywood case): the model is wrong, "
                                  "or the rows are too few for it. A simpler model is safer.",
                                  name, value)
                : NULL;
}

static const char *improper_correlation(const char *name, double value, rp_arena *arena) {
    return name
               ? rp_arena_printf(arena,
                                 "The correlation of %s is estimated as %.4g, beyond what is possible: the data do not "
                                 "tell the two apart. A model with one of them is safer.",
                                 name, value)
               : NULL;
}

/* Variances below 0 and correlations beyond 1. *found: any. */
static bool say_improper(const rp_sem_fit *fit, sentences *list, bool *found, rp_arena *arena) {
    const rp_sem_spec *spec = fit->spec;
    double *values = rp_arena_take(arena, spec->n_lines, sizeof *values);
    if (values == NULL || !rp_sem_values(spec, fit->theta, values))
        return false;
    for (size_t i = 0; i < spec->n_lines; i++) {
        const rp_sem_line *line = &spec->lines[i];
        if (line->op != RP_SEM_COVARIES || (line->parameter == SIZE_MAX && isfinite(line->value)))
            continue;
        double product = variance(spec, values, line->lhs, line->group);
        product *= variance(spec, values, line->rhs, line->group);
        bool below = line->lhs == line->rhs && values[i] < 0;
        bool beyond = line->lhs != line->rhs && product > 0 && fabs(values[i]) > sqrt(product);
        if (!below && !beyond)
            continue;
        *found = true;
        const char *name = sem_line_name(spec, line, arena);
        if (!add(list,
                 below ? improper_variance(name, values[i], arena)
                       : improper_correlation(name, values[i] / sqrt(product), arena),
                 arena))
            return false;
    }
    return true;
}

/* What no single variance or correlation shows. *found as above. */
static bool say_incoherent(const rp_sem_fit *fit, sentences *list, bool *found, rp_arena *arena) {
    const rp_sem_layout *layout = fit->spec->layout;
    for (size_t g = 0; g < layout->n_groups; g++) {
        const char *names, *where = sem_in_group(layout, g, arena);
        if (where == NULL || !sem_incoherent(fit, g, &names, arena))
            return false;
        if (names == NULL)
            continue;
        *found = true;
        if (!add(list,
                 rp_arena_printf(arena,
                                 "The covariances of %s%s cannot be true together, though each of them could be: the "
                                 "data do not tell these apart. A model with fewer of them is safer.",
                                 names, where),
                 arena))
            return false;
    }
    return true;
}

/* The parameters that can move without the likelihood changing. */
static bool say_singular(const rp_sem_fit *fit, const double *null, sentences *list, rp_arena *arena) {
    const rp_sem_spec *spec = fit->spec;
    const char *names = "";
    for (size_t k = 0, said = 0; k < spec->n_parameters && said <= 12 && names; k++) {
        if (!(null[k] > MOVED))
            continue;
        const rp_sem_line *line = spec->lines;
        while (line->parameter != k)
            line++;
        const char *name = said < 12 ? sem_line_name(spec, line, arena) : "others";
        names = name ? rp_arena_printf(arena, "%s%s%s", names, said ? ", " : "", name) : NULL;
        said++;
    }
    return add(list,
               names ? rp_arena_printf(arena,
                                       "These parameters cannot be told apart, since some of them can change together "
                                       "and leave the fit as it is: %s. Fix one, or leave it out.",
                                       names)
                     : NULL,
               arena);
}

static bool say_unseen(const rp_sem_fit *fit, sentences *list, rp_arena *arena) {
    const char *names;
    if (!sem_unseen(fit->stats, &names, arena))
        return false;
    return names == NULL ||
           add(list,
               rp_arena_printf(arena,
                               "These variables are never seen together in a row: %s. What they have in common is "
                               "known from the model alone, and no chi-square can tell whether that is right.",
                               names),
               arena);
}

bool sem_say(rp_sem_fit *fit, bool converged, bool singular, const double *null, rp_arena *arena) {
    sentences list = {0};
    bool improper = false;
    if (fit->df < 0 && !add(&list,
                            rp_arena_printf(arena,
                                            "The model has %.0f parameters more than there are %s to estimate them "
                                            "from.",
                                            -fit->df,
                                            fit->spec->layout->categories ? "thresholds and correlations"
                                                                          : "variances, covariances and means"),
                            arena))
        return false;
    if (singular && !say_singular(fit, null, &list, arena))
        return false;
    if (!say_improper(fit, &list, &improper, arena) ||
        (!improper && !say_incoherent(fit, &list, &fit->incoherent, arena)))
        return false;
    if (!say_unseen(fit, &list, arena))
        return false;
    fit->notes = list.at;
    fit->n_notes = list.n;
    if (!converged) {
        fit->status = RP_SEM_NOT_CONVERGED;
        fit->message = "The search ended before it found a best fit; the estimates are not to be used.";
    } else if (singular || fit->df < 0) {
        fit->status = RP_SEM_NOT_IDENTIFIED;
        fit->message = "The model is not identified: other parameters fit as well.";
    } else if (improper || fit->incoherent) {
        fit->status = RP_SEM_IMPROPER;
        fit->message = "The fit converged, but to a value that is not possible.";
    } else {
        fit->status = RP_SEM_CONVERGED;
        fit->message = "The fit converged.";
    }
    return true;
}
