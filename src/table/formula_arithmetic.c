/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Formulas: arithmetic on columns, with R's precedence: ^ from the right, then a sign, then * and /, then + and -. */
#include <string.h>

#include "table/formula_parts.h"

static const struct {
    const char *name;
    rp_expression_kind kind;
} functions[] = {{"log", RP_EXPRESSION_LOG}, {"exp", RP_EXPRESSION_EXP}, {"sqrt", RP_EXPRESSION_SQRT}};

bool formula_is_function(rp_text name, rp_expression_kind *out) {
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (rp_text_is(name, functions[i].name)) {
            *out = functions[i].kind;
            return true;
        }
    return false;
}

static rp_expression *make(formula_parser *p, rp_expression what) {
    rp_expression *made = rp_arena_take(p->arena, 1, sizeof *made);
    if (made)
        *made = what;
    else
        rp_fail_memory(p->error);
    return made;
}

static rp_expression *in_brackets(formula_parser *p) {
    rp_expression *inside = formula_deeper(p) && formula_next(p) ? formula_arithmetic(p) : NULL;
    p->depth--;
    return inside && formula_expect(p, ')', "a closing bracket") ? inside : NULL;
}

static rp_expression *call(formula_parser *p, token name) {
    rp_expression_kind kind = RP_EXPRESSION_NUMBER;
    bool plain = rp_text_is(name.text, "I");
    if (!plain && !formula_is_function(name.text, &kind)) {
        rp_formula_fail(p->error, RP_E_UNKNOWN, name.at, "There is no function %.*s in arithmetic.", (int)name.text.n,
                        name.text.at);
        rp_fail_remedy(p->error, "There are log, exp and sqrt; a column of such values can be made beforehand.");
        return NULL;
    }
    rp_expression *inside = in_brackets(p);
    return inside && !plain ? make(p, (rp_expression){.kind = kind, .left = inside, .at = name.at}) : inside;
}

static rp_expression *primary(formula_parser *p) {
    token t = p->now;
    if (t.kind == TOKEN_NUMBER)
        return formula_next(p) ? make(p, (rp_expression){.number = t.number, .at = t.at}) : NULL;
    if (formula_is(p, '('))
        return in_brackets(p);
    if (t.kind != TOKEN_NAME)
        return formula_unexpected(p, "a column or a number"), NULL;
    if (!formula_next(p))
        return NULL;
    if (formula_is(p, '(') && !t.quoted)
        return call(p, t);
    char *name = rp_arena_copy(p->arena, t.text.at, t.text.n);
    if (!name)
        return rp_fail_memory(p->error), NULL;
    return make(p, (rp_expression){.kind = RP_EXPRESSION_COLUMN, .column = name, .at = t.at});
}

static rp_expression *signed_one(formula_parser *p);

static rp_expression *power(formula_parser *p) {
    rp_expression *base = primary(p);
    size_t at = p->now.at;
    if (!base || !formula_is(p, '^'))
        return base;
    rp_expression *exponent = formula_deeper(p) && formula_next(p) ? signed_one(p) : NULL;
    p->depth--;
    return exponent ? make(p, (rp_expression){.kind = RP_EXPRESSION_POWER, .left = base, .right = exponent, .at = at})
                    : NULL;
}

static rp_expression *signed_one(formula_parser *p) {
    size_t at = p->now.at;
    bool minus = formula_is(p, '-');
    if (!minus && !formula_is(p, '+'))
        return power(p);
    rp_expression *of = formula_deeper(p) && formula_next(p) ? signed_one(p) : NULL;
    p->depth--;
    return of && minus ? make(p, (rp_expression){.kind = RP_EXPRESSION_MINUS, .left = of, .at = at}) : of;
}

/* Operands joined by either of two signs, from the left. */
static rp_expression *chain(formula_parser *p, rp_expression *(*operand)(formula_parser *), const char *signs,
                            const rp_expression_kind *kinds) {
    rp_expression *left = operand(p);
    while (left && p->now.kind == TOKEN_SIGN && strchr(signs, p->now.sign)) {
        rp_expression_kind kind = kinds[p->now.sign == signs[1]];
        size_t at = p->now.at;
        rp_expression *right = formula_next(p) ? operand(p) : NULL;
        if (!right)
            return NULL;
        left = make(p, (rp_expression){.kind = kind, .left = left, .right = right, .at = at});
    }
    return left;
}

static rp_expression *product(formula_parser *p) {
    static const rp_expression_kind kinds[] = {RP_EXPRESSION_MULTIPLY, RP_EXPRESSION_DIVIDE};
    return chain(p, signed_one, "*/", kinds);
}

rp_expression *formula_arithmetic(formula_parser *p) {
    static const rp_expression_kind kinds[] = {RP_EXPRESSION_ADD, RP_EXPRESSION_SUBTRACT};
    return chain(p, product, "+-", kinds);
}
