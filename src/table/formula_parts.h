/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the formula parser share. */
#ifndef RAPPORT_TABLE_FORMULA_PARTS_H
#define RAPPORT_TABLE_FORMULA_PARTS_H

#include "rapport/table.h"

typedef enum token_kind {
    TOKEN_END,
    TOKEN_NAME, /* also `quoted` */
    TOKEN_NUMBER,
    TOKEN_SIGN, /* one of ~ + - * / ^ : ( ) , | */
    TOKEN_BARS, /* || */
} token_kind;

typedef struct token {
    token_kind kind;
    char sign;
    bool quoted;
    double number;
    rp_text text; /* of a name: without quotes */
    size_t at, end;
} token;

enum { FORMULA_MOST_TERMS = 256, FORMULA_MOST_RANDOM = 32 };

/* Terms under way: sets of variables, and whether an intercept was asked for (1), taken out (-1) or not said. */
typedef struct term_set {
    uint64_t terms[FORMULA_MOST_TERMS];
    size_t n;
    int intercept;
} term_set;

typedef struct formula_parser {
    const char *text;
    size_t n, at; /* at: behind the token in hand */
    token before, now;
    int depth;
    rp_arena *arena;
    rp_error *error;
    RP_VEC(rp_variable) variables;
    RP_VEC(rp_formula_random) random;
    RP_VEC(const rp_expression *) offsets;
} formula_parser;

/* Moves to the next token. */
bool formula_next(formula_parser *p);
bool formula_is(const formula_parser *p, char sign);
/* Moves past the sign, or says that `what` was expected. */
bool formula_expect(formula_parser *p, char sign, const char *what);
/* "Here ... was expected", with what is there instead. */
bool formula_unexpected(formula_parser *p, const char *what);
/* Around what calls itself. */
bool formula_deeper(formula_parser *p);

/* The tokens of [from, to) as R writes them back, in arena; NULL: no memory. */
const char *formula_written(formula_parser *p, size_t from, size_t to);

/* An expression from the token in hand on. NULL: see *error. */
rp_expression *formula_arithmetic(formula_parser *p);
bool formula_is_function(rp_text name, rp_expression_kind *out);

/* Sets of terms. The ones with `at` fail by *p->error. */
bool set_add_term(formula_parser *p, term_set *set, uint64_t term, size_t at);
bool set_join(formula_parser *p, term_set *set, const term_set *other, size_t at);
void set_take_away(term_set *set, const term_set *other);
bool set_interact(formula_parser *p, const term_set *a, const term_set *b, term_set *out, size_t at);
/* By how many variables, then as they came; `otherwise` is the intercept where none was said. In arena. */
bool set_settle(formula_parser *p, const term_set *set, bool otherwise, rp_formula_terms *out);

/* What stands right of the bar, as groupings. */
bool formula_grouping(formula_parser *p, const term_set *set, bool apart, size_t at);

#endif
