/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas as lme4 has them (Bates, Maechler, Bolker & Walker 2015, J Stat Softw 67, section 2), by recursive descent.
 * What a term means is R's (Chambers & Hastie 1992, Statistical Models in S, chapter 2). */
#include <math.h>
#include <string.h>

#include "table/formula_parts.h"

static bool sum(formula_parser *p, term_set *out, bool top);

/* ---- variables ---- */

static bool put_variable(formula_parser *p, const rp_variable *variable, term_set *out) {
    size_t v = 0;
    while (v < p->variables.n && strcmp(p->variables.at[v].text, variable->text) != 0)
        v++;
    if (v == RP_FORMULA_LIMIT_VARIABLES)
        return rp_formula_fail(p->error, RP_E_LIMIT, variable->at, "These are more than %d variables.",
                               RP_FORMULA_LIMIT_VARIABLES);
    if (v == p->variables.n) {
        rp_variable *slot = rp_vec_push(p->arena, &p->variables);
        if (!slot)
            return rp_fail_memory(p->error);
        *slot = *variable;
    }
    return set_add_term(p, out, UINT64_C(1) << v, variable->at);
}

static bool put_column(formula_parser *p, token t, term_set *out) {
    if (!t.quoted && rp_text_is(t.text, ".")) {
        rp_formula_fail(p->error, RP_E_SYNTAX, t.at, "A point for all columns is not taken.");
        return rp_fail_remedy(p->error, "Name each column.");
    }
    char *name = rp_arena_copy(p->arena, t.text.at, t.text.n);
    if (!name)
        return rp_fail_memory(p->error);
    return put_variable(p, &(rp_variable){.text = name, .column = name, .at = t.at}, out);
}

/* ---- functions: the name is read, and the bracket is in hand ---- */

static bool read_degree(formula_parser *p, rp_variable *out) {
    if (!formula_expect(p, ',', "a comma and the degree"))
        return false;
    const token *t = &p->now;
    if (t->kind == TOKEN_NAME && rp_text_is(t->text, "degree")) {
        rp_formula_fail(p->error, RP_E_SYNTAX, t->at, "The degree stands here without its name.");
        return rp_fail_remedy(p->error, "Write poly(x, 2).");
    }
    if (t->kind != TOKEN_NUMBER || t->number != floor(t->number) || t->number < 1 || t->number > 20)
        return formula_unexpected(p, "a degree, a whole number from 1 to 20,");
    out->degree = (int)t->number;
    return formula_next(p);
}

static bool read_factor(formula_parser *p, rp_variable *out) {
    if (p->now.kind != TOKEN_NAME)
        return formula_unexpected(p, "a column");
    out->column = rp_arena_copy(p->arena, p->now.text.at, p->now.text.n);
    return out->column ? formula_next(p) : rp_fail_memory(p->error);
}

static bool read_argument(formula_parser *p, rp_variable *out, rp_expression_kind function) {
    if (out->kind == RP_VARIABLE_FACTOR)
        return read_factor(p, out);
    size_t at = p->now.at;
    rp_expression *inside = formula_arithmetic(p);
    if (inside && function != RP_EXPRESSION_NUMBER) {
        rp_expression *of = rp_arena_take(p->arena, 1, sizeof *of);
        if (!of)
            return rp_fail_memory(p->error);
        *of = (rp_expression){.kind = function, .left = inside, .at = at};
        inside = of;
    }
    out->expression = inside;
    return inside && (out->kind != RP_VARIABLE_POLY || read_degree(p, out));
}

static bool no_such_function(formula_parser *p, const token *name) {
    static const char *const known[] = {"factor", "I", "poly", "log", "exp", "sqrt", "offset", "cbind"};
    const char *nearest = rp_text_nearest(name->text, known, sizeof known / sizeof *known);
    rp_formula_fail(p->error, RP_E_UNKNOWN, name->at, "There is no function %.*s in formulas.", (int)name->text.n,
                    name->text.at);
    if (nearest && strcmp(nearest, "I") != 0)
        return rp_fail_remedy(p->error, "Did you mean %s?", nearest);
    return rp_fail_remedy(p->error,
                          "There are factor, I, poly, log, exp, sqrt and offset; anything else can be a column "
                          "that is made beforehand.");
}

static bool offset(formula_parser *p, size_t at, bool top) {
    if (!top) {
        rp_formula_fail(p->error, RP_E_SYNTAX, at, "An offset is a term of its own.");
        return rp_fail_remedy(p->error, "Write it behind a +, outside of all brackets.");
    }
    const rp_expression *inside = formula_arithmetic(p);
    const rp_expression **slot = inside ? rp_vec_push(p->arena, &p->offsets) : NULL;
    if (!slot)
        return inside ? rp_fail_memory(p->error) : false;
    *slot = inside;
    return true;
}

static bool function_term(formula_parser *p, token name, term_set *out, bool top) {
    rp_expression_kind function = RP_EXPRESSION_NUMBER;
    rp_variable variable = {.kind = RP_VARIABLE_NUMBER, .at = name.at};
    bool is_offset = rp_text_is(name.text, "offset");
    if (rp_text_is(name.text, "cbind")) {
        rp_formula_fail(p->error, RP_E_SYNTAX, name.at, "cbind() belongs left of the ~.");
        return rp_fail_remedy(p->error, "Write cbind(successes, failures) ~ ...");
    }
    if (rp_text_is(name.text, "factor"))
        variable.kind = RP_VARIABLE_FACTOR;
    else if (rp_text_is(name.text, "poly"))
        variable.kind = RP_VARIABLE_POLY;
    else if (!rp_text_is(name.text, "I") && !is_offset && !formula_is_function(name.text, &function))
        return no_such_function(p, &name);
    if (!formula_deeper(p) || !formula_next(p) ||
        !(is_offset ? offset(p, name.at, top) : read_argument(p, &variable, function)))
        return false;
    p->depth--;
    size_t end = p->now.end;
    if (!formula_expect(p, ')', "a closing bracket"))
        return false;
    variable.text = formula_written(p, name.at, end);
    if (!variable.text)
        return rp_fail_memory(p->error);
    return is_offset || put_variable(p, &variable, out);
}

/* ---- terms ---- */

static bool number_term(formula_parser *p, term_set *out) {
    if (p->now.number != 0 && p->now.number != 1) {
        rp_formula_fail(p->error, RP_E_SYNTAX, p->now.at,
                        "As a term, 1 is the intercept and 0 is none; other numbers "
                        "have no meaning.");
        return rp_fail_remedy(p->error, "Arithmetic stands in I(), as in I(2 * x).");
    }
    out->intercept = p->now.number == 1 ? 1 : -1;
    return formula_next(p);
}

/* Terms in brackets; with a bar, they vary between groups. */
static bool in_brackets(formula_parser *p, term_set *out, bool top) {
    size_t at = p->now.at;
    term_set inside = {0};
    if (!formula_deeper(p) || !formula_next(p) || !sum(p, &inside, false))
        return false;
    p->depth--;
    if (formula_is(p, '|') || p->now.kind == TOKEN_BARS) {
        bool apart = p->now.kind == TOKEN_BARS;
        if (!top) {
            rp_formula_fail(p->error, RP_E_SYNTAX, p->now.at, "What varies between groups is a term of its own.");
            return rp_fail_remedy(p->error, "Write (terms | group) behind a +, outside of other brackets.");
        }
        return formula_next(p) && formula_grouping(p, &inside, apart, at) &&
               formula_expect(p, ')', "a closing bracket");
    }
    return formula_expect(p, ')', "a closing bracket") && set_join(p, out, &inside, at);
}

static bool primary(formula_parser *p, term_set *out, bool top) {
    *out = (term_set){0};
    token t = p->now;
    if (t.kind == TOKEN_NUMBER)
        return number_term(p, out);
    if (formula_is(p, '('))
        return in_brackets(p, out, top);
    if (t.kind != TOKEN_NAME)
        return formula_unexpected(p, "a term");
    if (!formula_next(p))
        return false;
    return formula_is(p, '(') && !t.quoted ? function_term(p, t, out, top) : put_column(p, t, out);
}

/* `top`: this may be a whole term of the formula. It is none where : or * follows. */
static bool interaction(formula_parser *p, term_set *out, bool top) {
    size_t apart = p->random.n + p->offsets.n;
    if (!primary(p, out, top))
        return false;
    while (formula_is(p, ':')) {
        size_t at = p->now.at;
        term_set right, both;
        if (p->random.n + p->offsets.n > apart)
            return formula_unexpected(p, "a + or the end");
        if (!formula_next(p) || !primary(p, &right, false) || !set_interact(p, out, &right, &both, at))
            return false;
        *out = both;
    }
    return true;
}

static bool crossing(formula_parser *p, term_set *out, bool top) {
    size_t apart = p->random.n + p->offsets.n;
    if (!interaction(p, out, top))
        return false;
    while (formula_is(p, '*')) {
        size_t at = p->now.at;
        term_set right, both;
        if (p->random.n + p->offsets.n > apart)
            return formula_unexpected(p, "a + or the end");
        if (!formula_next(p) || !interaction(p, &right, false) || !set_interact(p, out, &right, &both, at) ||
            !set_join(p, out, &right, at) || !set_join(p, out, &both, at))
            return false;
    }
    return true;
}

static bool arithmetic_as_term(formula_parser *p) {
    if (!formula_is(p, '/') && !formula_is(p, '^'))
        return false;
    rp_formula_fail(p->error, RP_E_SYNTAX, p->now.at, "%c between terms has no meaning here.", p->now.sign);
    rp_fail_remedy(p->error, p->now.sign == '/' ? "Write a + a:b for b within a, or I(x / 10) for arithmetic."
                                                : "Write I(x^2) for arithmetic, or poly(x, 2).");
    return true;
}

static bool sum(formula_parser *p, term_set *out, bool top) {
    *out = (term_set){0};
    bool minus = formula_is(p, '-');
    if ((minus || formula_is(p, '+')) && !formula_next(p))
        return false;
    for (;;) {
        size_t at = p->now.at;
        term_set one;
        if (!crossing(p, &one, top && !minus) || arithmetic_as_term(p))
            return false;
        if (minus)
            set_take_away(out, &one);
        else if (!set_join(p, out, &one, at))
            return false;
        minus = formula_is(p, '-');
        if (!minus && !formula_is(p, '+'))
            return true;
        if (!formula_next(p))
            return false;
    }
}

/* ---- the whole ---- */

static bool counts_of_both(formula_parser *p, rp_formula *out) {
    for (int i = 0; i < 2; i++) /* past the name and the bracket */
        if (!formula_next(p))
            return false;
    out->response = formula_arithmetic(p);
    if (!out->response || !formula_expect(p, ',', "a comma, and the failures,"))
        return false;
    out->failures = formula_arithmetic(p);
    return out->failures && formula_expect(p, ')', "a closing bracket");
}

static bool outcome(formula_parser *p, rp_formula *out) {
    size_t from = p->now.at;
    if (formula_is(p, '~') || p->now.kind == TOKEN_END) {
        formula_unexpected(p, "the outcome");
        return rp_fail_remedy(p->error, "Write the outcome, a ~ and the terms: score ~ time + (1 | client).");
    }
    bool both = p->now.kind == TOKEN_NAME && rp_text_is(p->now.text, "cbind") && p->at < p->n && p->text[p->at] == '(';
    if (both ? !counts_of_both(p, out) : (out->response = formula_arithmetic(p)) == NULL)
        return false;
    size_t end = p->now.at;
    out->outcome = formula_written(p, from, end);
    if (!out->outcome)
        return rp_fail_memory(p->error);
    return formula_expect(p, '~', "a ~");
}

static bool whole(formula_parser *p, rp_formula *out) {
    term_set fixed;
    if (!formula_next(p) || !outcome(p, out) || !sum(p, &fixed, true))
        return false;
    if (formula_is(p, '|') || p->now.kind == TOKEN_BARS) {
        rp_formula_fail(p->error, RP_E_SYNTAX, p->now.at, "What varies between groups stands in brackets.");
        return rp_fail_remedy(p->error, "Write (1 | group).");
    }
    if (p->now.kind != TOKEN_END)
        return formula_unexpected(p, "a + or the end");
    return set_settle(p, &fixed, true, &out->fixed);
}

rp_formula *rp_formula_parse(const char *text, rp_arena *arena, rp_error *error) {
    size_t n = strlen(text);
    if (n > RP_FORMULA_LIMIT_BYTES || !rp_text_is_utf8((rp_text){text, n})) {
        if (n > RP_FORMULA_LIMIT_BYTES)
            rp_fail(error, RP_E_LIMIT, "The formula has more than %d bytes.", RP_FORMULA_LIMIT_BYTES);
        else
            rp_fail(error, RP_E_ENCODING, "The formula is not UTF-8.");
        rp_fail_remedy(error, "Write a shorter one, in UTF-8.");
        return NULL;
    }
    formula_parser p = {.text = text, .n = n, .arena = arena, .error = error};
    rp_formula *out = rp_arena_take(arena, 1, sizeof *out);
    p.text = out ? rp_arena_copy(arena, text, n) : NULL;
    if (!p.text)
        return rp_fail_memory(error), NULL;
    if (!whole(&p, out)) {
        if (!error->remedy[0] && error->code != RP_E_MEMORY)
            rp_fail_remedy(error, "docs/fit.md tells how formulas are written.");
        return NULL;
    }
    out->text = p.text;
    out->variables = p.variables.at;
    out->n_variables = p.variables.n;
    out->random = p.random.at;
    out->n_random = p.random.n;
    out->offsets = p.offsets.at;
    out->n_offsets = p.offsets.n;
    return out;
}
