/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The models of what items measure, as texts, and their fits. */
#include "questions/alliance/alliance_measurement.h"

#include <math.h>

enum { TASKS = 1 << PART_TASK, GOALS = 1 << PART_GOAL, BONDS = 1 << PART_BOND, ALL_ITEMS = 1 << PARTS };

const char *alliance_model_title(alliance_model model) {
    static const char *const titles[MODELS] = {
        [MODEL_ONE] = "one factor",
        [MODEL_TWO] = "two factors (bond; tasks and goals)",
        [MODEL_THREE] = "three factors (tasks, goals, bond)",
        [MODEL_SECOND_ORDER] = "three factors below a general one (second order)",
        [MODEL_BILEVEL] = "a general factor and three beside it (bilevel)",
    };
    return titles[model];
}

/* ---- texts ------------------------------------------------------------------------------------------------ */

static bool is_of(const alliance_rows *rows, size_t item, unsigned parts) {
    return (parts & ALL_ITEMS) != 0 || (rows->parts[item] >= 0 && (parts >> rows->parts[item] & 1) != 0);
}

static void put_factor(const alliance_rows *rows, const char *name, unsigned parts, rp_buf *out) {
    const char *before = " =~ ";
    rp_buf_put(out, name);
    for (size_t i = 0; i < rows->p; i++)
        if (is_of(rows, i, parts)) {
            rp_buf_printf(out, "%s%s", before, rows->names[i]);
            before = " + ";
        }
    rp_buf_put(out, "\n");
}

static void put_three(const alliance_rows *rows, rp_buf *out) {
    for (int part = 0; part < PARTS; part++)
        put_factor(rows, alliance_part_names[part], 1U << part, out);
}

void alliance_model_text(const alliance_rows *rows, alliance_model model, rp_buf *out) {
    switch (model) {
    case MODEL_ONE:
        put_factor(rows, "general", ALL_ITEMS, out);
        return;
    case MODEL_TWO:
        put_factor(rows, "agreement", TASKS | GOALS, out);
        put_factor(rows, "bond", BONDS, out);
        return;
    case MODEL_THREE:
        put_three(rows, out);
        return;
    case MODEL_SECOND_ORDER:
        put_three(rows, out);
        rp_buf_put(out, "general =~ task + goal + bond\n");
        return;
    case MODEL_BILEVEL:
        put_factor(rows, "general", ALL_ITEMS, out);
        put_three(rows, out);
        return;
    case MODELS:
        break;
    }
}

/* The second-order model keeps the scale of a first item, so that a variance below 0 could come out and be told. */
rp_sem_rules alliance_model_rules(alliance_model model) {
    return (rp_sem_rules){.means = true, .std_lv = model != MODEL_SECOND_ORDER, .orthogonal = model == MODEL_BILEVEL};
}

/* ---- rows --------------------------------------------------------------------------------------------------- */

/* Columns of the answers of rows, of one of a row's sides after the other. */
static void fill_columns(const alliance_rows *rows, const size_t *which, size_t n, double *const *columns) {
    for (size_t r = 0; r < n; r++)
        for (size_t i = 0; i < rows->p; i++)
            columns[i][r] = rows->answers[which[r] * rows->p + i];
}

alliance_sample *alliance_sample_make(const alliance_rows *rows, const alliance_choice *choice, rp_arena *arena,
                                      rp_error *error) {
    size_t p = rows->p, sides = choice->which[1] != NULL ? 2 : 1, n = choice->n;
    alliance_sample *s = rp_arena_take(arena, 1, sizeof *s);
    double **columns = rp_arena_take(arena, sides * p, sizeof *columns);
    if (s == NULL || columns == NULL)
        return rp_fail_memory(error), NULL;
    for (size_t i = 0; i < sides * p; i++)
        if ((columns[i] = rp_arena_take_unset(arena, n + 1, sizeof(double))) == NULL)
            return rp_fail_memory(error), NULL;
    for (size_t side = 0; side < sides; side++)
        fill_columns(rows, choice->which[side], n, columns + side * p);
    bool levels = choice->cluster != NULL;
    s->n = levels ? choice->n_clusters : n;
    s->layout = (rp_sem_layout){.observed = choice->names != NULL ? choice->names : rows->names,
                                .n_observed = sides * p,
                                .groups = choice->groups,
                                .n_groups = levels                   ? 2
                                            : choice->groups != NULL ? choice->n_groups
                                                                     : 1,
                                .missing = levels ? RP_SEM_LISTWISE : RP_SEM_FIML,
                                .levels = levels};
    const rp_sem_rows of = {
        .n = n, .columns = (const double *const *)columns, .group = choice->group, .cluster = choice->cluster};
    s->stats = rp_sem_prepare(&s->layout, &of, arena, error);
    return s->stats != NULL ? s : NULL;
}

/* ---- fits --------------------------------------------------------------------------------------------------- */

/* Parameters beside the items' means, which are as many as the items; of two levels, those between clusters, since
 * nothing is restricted within them. */
static const char *too_few(const alliance_sample *sample, const rp_sem_spec *spec, rp_arena *arena) {
    size_t p = sample->layout.n_observed, beside = p * sample->layout.n_groups;
    beside = sample->layout.levels ? p + p * (p + 1) / 2 : beside;
    size_t of = spec->n_parameters > beside ? spec->n_parameters - beside : 0;
    size_t needed = MEASURED_LEAST_A_PARAMETER * of;
    needed = needed < MEASURED_LEAST_PEOPLE ? MEASURED_LEAST_PEOPLE : needed;
    if (sample->n >= needed)
        return NULL;
    const char *text = rp_arena_printf(arena, "not fitted: fewer than %zu people", needed);
    return text != NULL ? text : "";
}

static const char *outcome_of(const rp_sem_fit *fit) {
    switch (fit->status) {
    case RP_SEM_CONVERGED:
        return "fitted";
    case RP_SEM_IMPROPER:
        return "has an impossible value";
    case RP_SEM_NOT_IDENTIFIED:
        return "not identified by these data";
    case RP_SEM_NOT_CONVERGED:
        return "did not converge";
    case RP_SEM_NOT_FITTED:
        break;
    }
    return "could not be fitted";
}

bool alliance_fit_make(const alliance_sample *sample, const rp_buf *text, const rp_sem_rules *rules, bool whatever_size,
                       rp_arena *arena, alliance_fit *out, rp_error *error) {
    *out = (alliance_fit){0};
    const char *kept = text->failed ? NULL : rp_arena_printf(arena, "%s", text->at); /* the fit borrows it */
    if (kept == NULL)
        return rp_fail_memory(error);
    const rp_sem_text *parsed = rp_sem_parse(kept, arena, error);
    rp_sem_spec *spec = parsed != NULL ? rp_sem_specify(parsed, &sample->layout, rules, arena, error) : NULL;
    if (spec == NULL)
        return false;
    out->message = whatever_size ? NULL : too_few(sample, spec, arena);
    if (out->message != NULL)
        return true;
    const rp_sem_options options = {.estimator = sample->layout.categories != NULL ? RP_SEM_WLSMV : RP_SEM_ML};
    out->fit = rp_sem_fit_stats(spec, sample->stats, &options, arena, error);
    if (out->fit == NULL)
        return false;
    out->message = outcome_of(out->fit);
    out->usable = out->fit->status == RP_SEM_CONVERGED;
    out->estimated = out->usable || out->fit->status == RP_SEM_IMPROPER;
    return !out->estimated || rp_sem_measure(out->fit, &out->measures) || rp_fail_memory(error);
}
