/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of the text of structural equation models: a text becomes a specification, and its lines text again. */
#ifndef RAPPORT_TEST_SEM_TEXT_CASE_H
#define RAPPORT_TEST_SEM_TEXT_CASE_H

#include <math.h>
#include <string.h>

#include "rapport/sem.h"

static inline rp_sem_spec *specify(const char *text, size_t n_groups, const rp_sem_rules *rules, rp_arena *arena,
                                   rp_error *error) {
    rp_sem_text *parsed = rp_sem_parse(text, arena, error);
    rp_sem_layout *layout = rp_arena_take(arena, 1, sizeof *layout);
    if (parsed && !layout)
        rp_fail_memory(error);
    if (!parsed || !layout)
        return NULL;
    static const char *const groups[] = {"a", "b", "c"};
    layout->groups = groups;
    layout->n_groups = n_groups;
    layout->n_observed = rp_sem_observed(parsed, &layout->observed);
    return rp_sem_specify(parsed, layout, rules, arena, error);
}

static const char *name_of(const rp_sem_spec *spec, size_t v) {
    size_t p = spec->layout->n_observed;
    return v < p ? spec->layout->observed[v] : spec->latent[v - p];
}

static inline void put_line(const rp_sem_spec *spec, const rp_sem_line *line, rp_buf *out) {
    static const char *const operators[] = {"=~", "~", "~~", "~1"};
    rp_buf_printf(out, "%s %s ", name_of(spec, line->lhs), operators[line->op]);
    if (line->op == RP_SEM_INTERCEPT)
        assert_true(line->lhs == line->rhs);
    else
        rp_buf_printf(out, "%s ", name_of(spec, line->rhs));
    if (spec->layout->n_groups > 1)
        rp_buf_printf(out, "@%zu ", line->group + 1);
    if (line->parameter == SIZE_MAX)
        rp_buf_printf(out, "= %g", line->value);
    else
        rp_buf_printf(out, ": %zu", line->parameter);
    rp_buf_put(out, line->by_user ? " u\n" : "\n");
}

static inline rp_sem_spec *on_levels(const char *text, bool levels, const rp_sem_rules *rules, rp_arena *arena,
                                     rp_error *error) {
    rp_sem_text *parsed = rp_sem_parse(text, arena, error);
    rp_sem_layout *layout = rp_arena_take(arena, 1, sizeof *layout);
    assert_non_null(layout);
    if (parsed == NULL)
        return NULL;
    *layout = (rp_sem_layout){.n_groups = levels ? 2 : 1, .levels = levels};
    layout->n_observed = rp_sem_observed(parsed, &layout->observed);
    return rp_sem_specify(parsed, layout, rules, arena, error);
}

#endif
