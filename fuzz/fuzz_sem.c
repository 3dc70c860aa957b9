/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzz target: any bytes as the text of a structural equation model. What must hold:
 *   - it ends; a text that is refused is told with what is wrong, where in it, and what to do;
 *   - one that is accepted becomes a table whose lines name known variables, groups and parameters, each parameter in
 * some line; and what is defined has values;
 *   - the same where all variables are ordered, with thresholds, and on two levels where the text has them. */
#include <string.h>

#include "rapport/sem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds) {
    if (!holds)
        __builtin_trap();
}

static void check_refusal(const rp_error *error) {
    must(error->code != RP_OK && error->code != RP_E_MEMORY && error->message[0] && error->remedy[0]);
}

static void check_lines(const rp_sem_spec *spec, rp_arena *arena) {
    size_t v = spec->layout->n_observed + spec->n_latent;
    bool *met = rp_arena_take(arena, spec->n_parameters + 1, sizeof *met);
    must(met != NULL);
    for (size_t i = 0; i < spec->n_lines; i++) {
        const rp_sem_line *line = &spec->lines[i];
        bool threshold = line->op == RP_SEM_THRESHOLD;
        must(line->lhs < v && (threshold ? line->rhs > 0 && line->rhs < 3 : line->rhs < v) &&
             line->group < spec->layout->n_groups);
        must(line->parameter == SIZE_MAX || line->parameter < spec->n_parameters);
        if (line->parameter != SIZE_MAX)
            met[line->parameter] = true;
        must(line->op != RP_SEM_INTERCEPT || line->rhs == line->lhs);
    }
    for (size_t i = 0; i < spec->n_parameters; i++)
        must(met[i]);
}

static void check_defined(const rp_sem_spec *spec, rp_arena *arena) {
    size_t n = spec->n_parameters;
    double *room = rp_arena_take(arena, n + spec->n_defined * (n + 1) + 1, sizeof *room);
    must(room != NULL);
    for (size_t i = 0; i < n; i++)
        room[i] = 0.5 + (double)i / 16;
    must(rp_sem_define(spec, room, room + n, room + n + spec->n_defined, arena));
}

/* Variables as numbers, or each of three categories. */
static void check(const rp_sem_text *parsed, size_t n, size_t groups, bool ordered, rp_arena *arena) {
    static const char *const names[] = {"a", "b"};
    rp_error error = {0};
    rp_sem_layout layout = {.groups = names, .n_groups = groups};
    layout.n_observed = rp_sem_observed(parsed, &layout.observed);
    uint32_t *categories = rp_arena_take(arena, layout.n_observed + 1, sizeof *categories);
    must(categories != NULL);
    for (size_t i = 0; i < layout.n_observed; i++)
        categories[i] = 3;
    layout.categories = ordered ? categories : NULL;
    layout.levels = rp_sem_has_levels(parsed) && groups == 2 && !ordered;
    rp_sem_rules rules = {.std_lv = n % 2, .orthogonal = n % 3 == 0, .equal_loadings = n % 5 == 0, .means = n % 7};
    rp_sem_spec *spec = layout.n_observed ? rp_sem_specify(parsed, &layout, &rules, arena, &error) : NULL;
    if (spec) {
        check_lines(spec, arena);
        check_defined(spec, arena);
    } else if (layout.n_observed) {
        check_refusal(&error);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    rp_arena *arena = rp_arena_new(0);
    rp_error error = {0};
    char *text = arena ? rp_arena_copy(arena, (const char *)data, n) : NULL;
    must(text != NULL);
    rp_sem_text *parsed = rp_sem_parse(text, arena, &error);
    if (parsed == NULL)
        check_refusal(&error);
    for (size_t g = 1; parsed && g <= 2; g++) {
        check(parsed, n, g, false, arena);
        check(parsed, n, g, true, arena);
    }
    rp_arena_free(arena);
    return 0;
}
