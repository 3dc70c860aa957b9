/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why a binomial model has no estimate: outcomes that a column tells apart without fail (separation: Albert &
 * Anderson, Biometrika 71, 1984), or groups in which all outcomes are alike. A direction of the coefficients in which
 * no row's likelihood falls proves separation, with random effects as without: it holds whatever they are. */
#include <math.h>
#include <string.h>

#include "models/mixed/binomial_parts.h"

static const double ALIKE = 1e-6; /* of the largest, along a direction */
static const double ENDLESS = 30; /* standard deviations of groups, in logits, beyond belief */

static double x_at(const binomial_plan *plan, size_t j, size_t i) {
    return plan->x[j] != NULL ? plan->x[j][i] : 1;
}

static const char *name_of(const binomial_plan *plan, size_t j) {
    return plan->spec->column_names[plan->spec->fixed[j]];
}

static bool constant(const binomial_plan *plan, size_t j) {
    for (size_t i = 1; plan->x[j] != NULL && i < plan->cells->n; i++)
        if (plan->x[j][i] != plan->x[j][0])
            return false;
    return x_at(plan, j, 0) != 0;
}

static bool has_intercept(const binomial_plan *plan) {
    for (size_t j = 0; j < plan->p; j++)
        if (constant(plan, j))
            return true;
    return false;
}

/* ---- separation -------------------------------------------------------------------------------------- */

/* With an intercept any threshold of the column is a direction; without, only 0 is. A column of an indicator whose one
 * value has successes alone is such a case: then both thresholds meet in the other value. */
static bool column_separates(const binomial_plan *plan, size_t j, bool intercept) {
    const binomial_cells *c = plan->cells;
    double least_success = INFINITY, most_success = -INFINITY, least_failure = INFINITY, most_failure = -INFINITY;
    for (size_t i = 0; i < c->n; i++) {
        double x = x_at(plan, j, i);
        if (c->y[i] > 0) {
            least_success = fmin(least_success, x);
            most_success = fmax(most_success, x);
        }
        if (c->y[i] < c->trials[i]) {
            least_failure = fmin(least_failure, x);
            most_failure = fmax(most_failure, x);
        }
    }
    if (intercept)
        return least_success >= most_failure || least_failure >= most_success;
    return (least_success >= 0 && most_failure <= 0) || (least_failure >= 0 && most_success <= 0);
}

bool binomial_separates(const binomial_plan *plan, const double *direction) {
    const binomial_cells *c = plan->cells;
    double most = 0;
    for (int round = 0; round < 2; round++) /* first how far it goes, then whether it goes there everywhere */
        for (size_t i = 0; i < c->n; i++) {
            double d = 0;
            for (size_t j = 0; j < plan->p; j++)
                d += direction[j] * x_at(plan, j, i);
            if (round == 0)
                most = fmax(most, fabs(d));
            else if ((c->y[i] > 0 && d < -ALIKE * most) || (c->y[i] < c->trials[i] && d > ALIKE * most))
                return false;
        }
    return most > 0 && isfinite(most);
}

static const char *say_separated(const char *names, bool several, rp_arena *arena) {
    return rp_arena_printf(arena,
                           "The column%s %s tell%s outcomes apart without fail, everywhere or where %s, so that the "
                           "effect grows without end and has no estimate. Leave %s out of the model, or put values "
                           "together until each has both outcomes.",
                           several ? "s" : "", names, several ? "" : "s",
                           several ? "they take certain values" : "it takes certain values", several ? "one" : "it");
}

const char *binomial_say_separated(const binomial_plan *plan, const double *direction, rp_arena *arena) {
    double most = 0;
    size_t named = 0, wanted = 0;
    const char *names = "";
    for (int round = 0; round < 3; round++)
        for (size_t j = 0; j < plan->p; j++) {
            double size = 0;
            for (size_t i = 0; i < plan->cells->n; i++)
                size = fmax(size, fabs(direction[j] * x_at(plan, j, i)));
            if (round == 0)
                most = fmax(most, size);
            if (round == 0 || size < 1e-3 * most || (constant(plan, j) && plan->p > 1))
                continue;
            if (round == 1) {
                wanted++;
                continue;
            }
            const char *join = named == 0 ? "" : named + 1 == wanted ? " and " : ", ";
            names = rp_arena_printf(arena, "%s%s%s", names, join, name_of(plan, j));
            if (names == NULL)
                return NULL;
            named++;
        }
    return say_separated(wanted > 0 ? names : name_of(plan, 0), wanted > 1, arena);
}

/* ---- groups ------------------------------------------------------------------------------------------ */

/* Whether every group of a factor has successes alone or failures alone; *single: none has more than one trial. */
static bool groups_are_alike(const binomial_plan *plan, size_t factor, bool *single, bool *no_memory, rp_arena *arena) {
    const binomial_cells *c = plan->cells;
    double *y = rp_arena_take(arena, plan->spec->levels[factor], sizeof *y);
    double *trials = rp_arena_take(arena, plan->spec->levels[factor], sizeof *trials);
    if (y == NULL || trials == NULL) {
        *no_memory = true;
        return false;
    }
    for (size_t i = 0; i < c->n; i++) {
        y[c->keys[factor][i]] += c->y[i];
        trials[c->keys[factor][i]] += c->trials[i];
    }
    bool alike = true;
    *single = true;
    for (size_t g = 0; g < plan->spec->levels[factor]; g++) {
        alike &= y[g] == 0 || y[g] == trials[g];
        *single &= trials[g] <= 1;
    }
    return alike;
}

static bool one_group(const binomial_plan *plan, size_t factor) {
    const uint32_t *key = plan->cells->keys[factor];
    for (size_t i = 1; i < plan->cells->n; i++)
        if (key[i] != key[0])
            return false;
    return true;
}

static bool check_groups(const binomial_plan *plan, const char **fault, rp_arena *arena) {
    const rp_mixed_spec *spec = plan->spec;
    for (size_t t = 0; t < spec->n_terms && *fault == NULL; t++) {
        size_t factor = spec->terms[t].factor;
        const char *name = spec->factor_names[factor];
        bool single = false, no_memory = false, one = one_group(plan, factor);
        bool alike = !one && groups_are_alike(plan, factor, &single, &no_memory, arena);
        if (no_memory)
            return false;
        if (one)
            *fault = rp_arena_printf(arena,
                                     "All rows are of one %s, so that differences between them cannot be told. Leave "
                                     "this grouping factor out of the model.",
                                     name);
        else if (alike && single)
            *fault = rp_arena_printf(arena,
                                     "No %s has more than one trial, so that differences between groups cannot be "
                                     "told from chance within them. More rows a group are needed.",
                                     name);
        else if (alike)
            *fault = rp_arena_printf(arena,
                                     "Within each %s all outcomes are alike, so that the differences between groups "
                                     "grow without end and have no estimate. Leave this grouping factor out of the "
                                     "model.",
                                     name);
        if ((one || alike) && *fault == NULL)
            return false;
    }
    return true;
}

double *binomial_column_products(const binomial_plan *plan, rp_arena *arena) {
    const binomial_cells *c = plan->cells;
    size_t m = plan->spec->n_columns;
    double *total = rp_arena_take(arena, mixed_packed(m + 1), sizeof *total);
    for (size_t a = 0; total != NULL && a < m; a++)
        for (size_t b = 0; b <= a; b++) {
            const double *one = c->columns[a], *other = c->columns[b];
            if (one == NULL && other == NULL)
                total[mixed_packed(a) + b] = (double)c->n;
            else
                total[mixed_packed(a) + b] =
                    one != NULL ? binomial_column_sum(other, one, c->n) : binomial_column_sum(NULL, other, c->n);
        }
    return total;
}

bool binomial_check(const binomial_plan *plan, const char **fault, const char **close, rp_arena *arena) {
    const binomial_cells *c = plan->cells;
    *fault = *close = NULL;
    if (c->n == 0) {
        *fault = "There are no rows to fit the model to.";
        return true;
    }
    mixed_fault columns;
    double *total = binomial_column_products(plan, arena);
    if (total == NULL || !mixed_check_columns(plan->spec, total, &columns, arena))
        return false;
    *fault = columns.fault;
    *close = columns.close;
    bool success = false, failure = false, intercept = has_intercept(plan);
    for (size_t i = 0; i < c->n; i++) {
        success |= c->y[i] > 0;
        failure |= c->y[i] < c->trials[i];
    }
    if (*fault == NULL && (!success || !failure))
        *fault = "The outcome has the same value in every row, so that there is nothing to explain.";
    for (size_t j = 0; *fault == NULL && j < plan->p; j++)
        if ((!intercept || !constant(plan, j)) && column_separates(plan, j, intercept)) {
            *fault = say_separated(name_of(plan, j), false, arena);
            if (*fault == NULL)
                return false;
        }
    return *fault != NULL || check_groups(plan, fault, arena);
}

/* ---- afterwards ---------------------------------------------------------------------------------------- */

static bool has_ones(const rp_mixed_fit *fit, const rp_mixed_term *term) {
    for (size_t a = 0; a < term->n_columns; a++)
        if (fit->stats->binomial->columns[term->columns[a]] == NULL)
            return true;
    return false;
}

const char *binomial_endless(const rp_mixed_fit *fit, const double *turned, rp_arena *arena) {
    const rp_mixed_spec *spec = fit->spec;
    for (size_t t = 0; t < spec->n_terms; t++) {
        double square = 0;
        for (size_t k = 0; k < mixed_packed(spec->terms[t].n_columns); k++, turned++)
            square += *turned * *turned;
        if (has_ones(fit, &spec->terms[t]) && sqrt(square) > ENDLESS)
            return rp_arena_printf(arena,
                                   "The differences between the groups of %s grow without end and have no "
                                   "estimate: within most groups all outcomes are alike. Leave this grouping "
                                   "factor out of the model.",
                                   spec->factor_names[spec->terms[t].factor]);
    }
    return NULL;
}
