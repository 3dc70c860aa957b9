/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas: sets of terms. A term is the set of its variables, as bits, so that a:b and b:a are one. */
#include <string.h>

#include "table/formula_parts.h"

static bool has(const term_set *set, uint64_t term) {
    for (size_t i = 0; i < set->n; i++)
        if (set->terms[i] == term)
            return true;
    return false;
}

bool set_add_term(formula_parser *p, term_set *set, uint64_t term, size_t at) {
    if (has(set, term))
        return true;
    if (set->n == FORMULA_MOST_TERMS)
        return rp_formula_fail(p->error, RP_E_LIMIT, at, "These are more than %d terms.", FORMULA_MOST_TERMS);
    set->terms[set->n++] = term;
    return true;
}

bool set_join(formula_parser *p, term_set *set, const term_set *other, size_t at) {
    for (size_t i = 0; i < other->n; i++)
        if (!set_add_term(p, set, other->terms[i], at))
            return false;
    if (other->intercept)
        set->intercept = other->intercept;
    return true;
}

void set_take_away(term_set *set, const term_set *other) {
    size_t kept = 0;
    for (size_t i = 0; i < set->n; i++)
        if (!has(other, set->terms[i]))
            set->terms[kept++] = set->terms[i];
    set->n = kept;
    if (other->intercept)
        set->intercept = -other->intercept;
}

bool set_interact(formula_parser *p, const term_set *a, const term_set *b, term_set *out, size_t at) {
    *out = (term_set){0};
    if (a->intercept || b->intercept) {
        rp_formula_fail(p->error, RP_E_SYNTAX, at, "The intercept (1 or 0) cannot be part of an interaction.");
        return rp_fail_remedy(p->error, "Write it as a term of its own, behind a +.");
    }
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++)
            if (!set_add_term(p, out, a->terms[i] | b->terms[k], at))
                return false;
    return true;
}

bool set_settle(formula_parser *p, const term_set *set, bool otherwise, rp_formula_terms *out) {
    uint64_t *terms = rp_arena_take(p->arena, set->n, sizeof *terms);
    if (!terms)
        return rp_fail_memory(p->error);
    size_t n = 0;
    for (int order = 1; n < set->n; order++)
        for (size_t i = 0; i < set->n; i++)
            if (__builtin_popcountll(set->terms[i]) == order)
                terms[n++] = set->terms[i];
    *out = (rp_formula_terms){.intercept = set->intercept ? set->intercept > 0 : otherwise, .terms = terms, .n = n};
    return true;
}

/* ---- what stands right of a bar ---- */

/* g, g:h, g/h: columns joined by ':' within each step, and '/' between steps. */
typedef struct grouping {
    rp_text columns[8];
    size_t ends[8]; /* of each step: how many columns it and those before it have */
    size_t n, steps;
} grouping;

static bool one_column(formula_parser *p, grouping *out) {
    static const char what[] = "a column that groups the rows";
    if (formula_is(p, '(')) {
        if (!formula_deeper(p) || !formula_next(p) || !one_column(p, out))
            return false;
        p->depth--;
        return formula_expect(p, ')', "a closing bracket");
    }
    token t = p->now;
    if (t.kind != TOKEN_NAME)
        return formula_unexpected(p, what);
    if (!formula_next(p))
        return false;
    if (rp_text_is(t.text, "factor") && !t.quoted && formula_is(p, '('))
        return one_column(p, out); /* it is one always */
    if (formula_is(p, '(')) {
        rp_formula_fail(p->error, RP_E_SYNTAX, t.at, "Rows are grouped by columns, not by what a function makes.");
        return rp_fail_remedy(p->error, "Make it a column of the data first.");
    }
    if (out->n == sizeof out->columns / sizeof *out->columns)
        return rp_formula_fail(p->error, RP_E_LIMIT, t.at, "These are more than %zu columns.", out->n);
    for (size_t i = 0; i < out->n; i++)
        if (rp_text_equal(out->columns[i], t.text))
            return rp_formula_fail(p->error, RP_E_RULE, t.at, "%.*s groups the rows already.", (int)t.text.n,
                                   t.text.at);
    out->columns[out->n++] = t.text;
    return true;
}

static bool read_grouping(formula_parser *p, grouping *out) {
    *out = (grouping){0};
    for (bool more = true; more;) {
        if (!one_column(p, out))
            return false;
        while (formula_is(p, ':'))
            if (!formula_next(p) || !one_column(p, out))
                return false;
        out->ends[out->steps++] = out->n;
        more = formula_is(p, '/');
        if (more && !formula_next(p))
            return false;
    }
    return true;
}

static bool put_random(formula_parser *p, rp_formula_terms terms, const grouping *g, size_t n, size_t at) {
    if (p->random.n == FORMULA_MOST_RANDOM)
        return rp_formula_fail(p->error, RP_E_LIMIT, at, "These are more than %d groupings.", FORMULA_MOST_RANDOM);
    const char **by = rp_arena_take(p->arena, n, sizeof *by);
    rp_formula_random *random = by ? rp_vec_push(p->arena, &p->random) : NULL;
    const char *name = "";
    for (size_t i = 0; random && name && i < n; i++) {
        by[i] = rp_arena_copy(p->arena, g->columns[i].at, g->columns[i].n);
        name = by[i] ? rp_arena_printf(p->arena, "%s%s%s", name, i ? ":" : "", by[i]) : NULL;
    }
    if (!random || !name)
        return rp_fail_memory(p->error);
    *random = (rp_formula_random){.terms = terms, .by = by, .n_by = n, .name = name, .at = at};
    return true;
}

/* The finer grouping first, as lme4 has it. */
static bool put_steps(formula_parser *p, rp_formula_terms terms, const grouping *g, size_t at) {
    for (size_t step = g->steps; step-- > 0;)
        if (!put_random(p, terms, g, g->ends[step], at))
            return false;
    return true;
}

bool formula_grouping(formula_parser *p, const term_set *set, bool apart, size_t at) {
    grouping g;
    rp_formula_terms terms = {0};
    if (!read_grouping(p, &g) || !set_settle(p, set, true, &terms))
        return false;
    if (!terms.intercept && terms.n == 0)
        return rp_formula_fail(p->error, RP_E_SYNTAX, at, "Nothing varies between these groups.");
    if (!apart)
        return put_steps(p, terms, &g, at);
    if (terms.intercept && !put_steps(p, (rp_formula_terms){.intercept = true}, &g, at))
        return false;
    for (size_t i = 0; i < terms.n; i++)
        if (!put_steps(p, (rp_formula_terms){.terms = terms.terms + i, .n = 1}, &g, at))
            return false;
    return true;
}
