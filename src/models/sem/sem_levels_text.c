/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a two-level model: its headings, and whether each level has what it needs. */
#include <string.h>

#include "models/sem/sem_text.h"

static const char *const HOW = "Write level: within, and level: between (or 1 and 2), each on its own line.";

/* ---- headings -------------------------------------------------------------------------------------------------- */

static sem_level level_of(const sem_token *t) {
    if (t->kind == SEM_TOKEN_NUMBER)
        return t->number == 1 ? SEM_WITHIN : t->number == 2 ? SEM_BETWEEN : SEM_NO_LEVEL;
    if (t->kind != SEM_TOKEN_NAME)
        return SEM_NO_LEVEL;
    return rp_text_is(t->text, "within") ? SEM_WITHIN : rp_text_is(t->text, "between") ? SEM_BETWEEN : SEM_NO_LEVEL;
}

static bool fail(const rp_sem_text *text, size_t at, rp_error *error, const char *what, const char *remedy) {
    sem_text_fail(text->text, at, error, RP_E_RULE, "%s", what);
    return rp_fail_remedy(error, "%s", remedy);
}

bool sem_put_level(sem_parser *p, size_t colon_at) {
    rp_sem_text *out = p->out;
    size_t at = p->tokens[p->i].at;
    if (colon_at != p->i + 1) { /* something stands before the word `level` */
        p->i = colon_at;
        return sem_unexpected(p, "an operator", HOW);
    }
    p->i = colon_at + 1;
    sem_level level = level_of(&p->tokens[p->i]);
    if (level == SEM_NO_LEVEL)
        return sem_unexpected(p, "1, within, 2 or between", HOW);
    if (!out->levels && out->elements.n > 0)
        return fail(out, at, p->error, "What stands above this heading is of no level.",
                    "Put the first heading before the model.");
    if (out->levels && (p->level == level || out->level_at[level] > 0))
        return fail(out, at, p->error, "This level was begun already.",
                    "Put all that is of one level under one heading.");
    p->i++;
    if (p->tokens[p->i].kind != SEM_TOKEN_END && p->tokens[p->i].kind != SEM_TOKEN_BREAK)
        return sem_unexpected(p, "the end of the heading", HOW);
    out->levels = true;
    out->level_at[level] = at + 1; /* 0: none */
    p->level = level;
    return true;
}

bool sem_levels_complete(const rp_sem_text *text, rp_error *error) {
    for (sem_level level = SEM_WITHIN; text->levels && level <= SEM_BETWEEN; level++) {
        bool any = false;
        for (size_t i = 0; i < text->elements.n; i++)
            any |= text->elements.at[i].level == level;
        if (any)
            continue;
        size_t own = text->level_at[level], other = text->level_at[level == SEM_WITHIN ? SEM_BETWEEN : SEM_WITHIN];
        return fail(text, (own ? own : other) - 1, error,
                    level == SEM_WITHIN ? "The model says nothing of the level within clusters."
                                        : "The model says nothing of the level between clusters.",
                    HOW);
    }
    return true;
}

/* ---- variables -------------------------------------------------------------------------------------------------- */

/* Marks of each name, by level. */
typedef struct marks {
    bool *used[3], *measured[3];
    size_t *at[3]; /* where it stands first */
} marks;

static void use(marks *m, sem_level level, uint32_t name, size_t at) {
    if (!m->used[level][name])
        m->at[level][name] = at;
    m->used[level][name] = true;
}

static bool make_marks(const rp_sem_text *text, marks *m, rp_arena *arena) {
    size_t n = rp_names_count(text->names);
    for (size_t level = SEM_WITHIN; level <= SEM_BETWEEN; level++) {
        m->used[level] = rp_arena_take(arena, n, sizeof(bool));
        m->measured[level] = rp_arena_take(arena, n, sizeof(bool));
        m->at[level] = rp_arena_take(arena, n, sizeof(size_t));
        if (!m->used[level] || !m->measured[level] || !m->at[level])
            return false;
    }
    for (size_t i = 0; i < text->elements.n; i++) {
        const sem_element *e = &text->elements.at[i];
        use(m, e->level, e->lhs, e->lhs_at);
        use(m, e->level, e->rhs, e->at);
        m->measured[e->level][e->lhs] |= e->op == RP_SEM_MEASURES;
    }
    return true;
}

static bool name_suits(const rp_sem_text *text, const marks *m, sem_level level, uint32_t name, rp_error *error) {
    sem_level other = level == SEM_WITHIN ? SEM_BETWEEN : SEM_WITHIN;
    const char *written = rp_names_text(text->names, name);
    if (text->latent[name] && m->used[level][name] && !m->measured[level][name]) {
        sem_text_fail(text->text, m->at[level][name], error, RP_E_RULE, "%s is measured on the other level alone.",
                      written);
        return rp_fail_remedy(error, "Say by =~ what measures it on this level too.");
    }
    if (!text->latent[name] && m->used[level][name] && !m->used[other][name]) {
        sem_text_fail(text->text, m->at[level][name], error, RP_E_RULE, "%s stands on one level alone.", written);
        return rp_fail_remedy(error, "Name it under level: %s as well, as by %s ~~ %s.",
                              other == SEM_WITHIN ? "within" : "between", written, written);
    }
    return true;
}

/* Whatever has a mean has it between clusters; within them it is 0. */
static bool no_means_within(const rp_sem_text *text, rp_error *error) {
    for (size_t i = 0; i < text->elements.n; i++) {
        const sem_element *e = &text->elements.at[i];
        if (e->op == RP_SEM_INTERCEPT && e->level == SEM_WITHIN)
            return fail(text, e->at, error, "Within clusters there are no intercepts.",
                        "Put it under level: between, where the means are.");
    }
    return true;
}

bool sem_levels_suit(const rp_sem_text *text, const rp_sem_layout *layout, const rp_sem_rules *rules, rp_arena *arena,
                     rp_error *error) {
    if (text->levels && !layout->levels)
        return fail(text, text->level_at[SEM_WITHIN] - 1, error,
                    "This model has levels, but the rows have no clusters.",
                    "Say which column tells the cluster of each row, or take the headings out.");
    if (!text->levels && layout->levels)
        return fail(text, 0, error, "The rows are in clusters, but this model has no levels.", HOW);
    if (!text->levels)
        return true;
    if (rules->equal_loadings || rules->equal_intercepts || rules->equal_means || rules->equal_regressions ||
        rules->equal_residuals || rules->equal_residual_covariances || rules->equal_lv_variances ||
        rules->equal_lv_covariances) {
        rp_fail(error, RP_E_RULE, "Rules make parameters equal over groups, not over levels.");
        return rp_fail_remedy(error, "Give loadings that are equal on both levels the same label.");
    }
    marks m = {0};
    if (!make_marks(text, &m, arena))
        return rp_fail_memory(error);
    for (uint32_t name = 0; name < rp_names_count(text->names); name++)
        if (!name_suits(text, &m, SEM_WITHIN, name, error) || !name_suits(text, &m, SEM_BETWEEN, name, error))
            return false;
    return no_means_within(text, error);
}
