/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that read the text of a structural equation model share. */
#ifndef RAPPORT_MODELS_SEM_TEXT_H
#define RAPPORT_MODELS_SEM_TEXT_H

#include "rapport/sem.h"

enum {
    SEM_MOST_BYTES = 1 << 18,
    SEM_MOST_NAME = 255, /* bytes */
    SEM_MOST_ELEMENTS = 1 << 13,
    SEM_MOST_EQUATIONS = 1 << 9,
    SEM_MOST_STEPS = 1 << 12, /* of an expression */
    SEM_MOST_DEPTH = 64,      /* of brackets and signs in an expression, and of its stack */
    SEM_MOST_GROUPS_LISTED = 1 << 10,
    SEM_MOST_LINES = 1 << 18,   /* of a parameter table, all groups */
    SEM_MOST_WEIGHTS = 1 << 24, /* of all equations */
};

/* ---- sem_scan.c ------------------------------------------------------------------------------------------- */

typedef enum sem_token_kind {
    SEM_TOKEN_END,
    SEM_TOKEN_BREAK, /* between statements */
    SEM_TOKEN_NAME,  /* also between quotes or backticks */
    SEM_TOKEN_NUMBER,
    SEM_TOKEN_SIGN, /* one of + - * / ^ ( ) , */
    SEM_TOKEN_MEASURES /* =~, and so on */,
    SEM_TOKEN_REGRESSES,
    SEM_TOKEN_COVARIES,
    SEM_TOKEN_EQUALS,
    SEM_TOKEN_DEFINES,
    SEM_TOKEN_BLOCK /* the colon of level: */
} sem_token_kind;

typedef struct sem_token {
    sem_token_kind kind;
    char sign;
    bool quoted;
    double number;
    rp_text text; /* of a name: without quotes */
    size_t at;    /* byte in the text */
} sem_token;

typedef struct sem_scanner {
    const char *text;
    size_t n, at;
    sem_token before;
    int brackets;
    rp_error *error;
} sem_scanner;

bool sem_next(sem_scanner *s, sem_token *out) RP_MUST_CHECK;
/* A fault at a byte of the text. Returns false. */
bool sem_text_fail(const char *text, size_t at, rp_error *error, rp_code code, const char *format, ...) RP_PRINTF(5, 6);

/* ---- sem_parse.c ------------------------------------------------------------------------------------------ */

/* What stands before a star: one number or label, or one for each group. */
typedef struct sem_modifier {
    size_t n; /* 0: none */
    size_t at;
    const double *numbers; /* NaN: free */
    const uint32_t *labels;
} sem_modifier;

/* Under which heading an element stands. */
typedef enum sem_level { SEM_NO_LEVEL, SEM_WITHIN, SEM_BETWEEN } sem_level;

/* lhs op rhs of the text; a name is a number in `names`. */
typedef struct sem_element {
    rp_sem_op op;
    sem_level level;
    uint32_t lhs, rhs;
    size_t lhs_at, at; /* at: of rhs */
    sem_modifier fixed, start, label;
} sem_element;

/* name := right, or left == right, which is kept as left - right. A step's `index` for RP_SEM_PARAMETER is a place in
 * `labels`, and `places` says where in the text the steps stand. */
typedef struct sem_equation {
    bool defines;
    uint32_t name;    /* in `labels` */
    const char *text; /* what stands on the right, without blanks */
    size_t at;
    const rp_sem_step *steps;
    const size_t *places;
    size_t n_steps;
} sem_equation;

struct rp_sem_text {
    const char *text;
    rp_names *names, *labels;
    RP_VEC(sem_element) elements;
    RP_VEC(sem_equation) equations;
    bool levels;        /* it has headings, of both */
    size_t level_at[3]; /* where they stand, from 1; 0: nowhere */
    bool *latent;       /* of each name */
    const char **observed;
    size_t n_observed;
};

typedef struct sem_parser {
    rp_sem_text *out;
    const sem_token *tokens; /* ended by SEM_TOKEN_END */
    size_t i;
    rp_names *keys; /* of elements */
    sem_level level;
    rp_arena *arena;
    rp_error *error;
} sem_parser;

bool sem_is(const sem_parser *p, char sign);
/* "Here ... was expected", at the token in hand, and what to do. Returns false. */
bool sem_unexpected(sem_parser *p, const char *what, const char *remedy);

/* The byte where a name first stands. */
size_t sem_first_place(const rp_sem_text *text, uint32_t name);

/* ---- sem_levels_text.c ------------------------------------------------------------------------------------ */

/* The heading in hand, whose colon is the token colon_at: what follows stands on that level. */
bool sem_put_level(sem_parser *p, size_t colon_at) RP_MUST_CHECK;
/* Both levels are there, or none. */
bool sem_levels_complete(const rp_sem_text *text, rp_error *error) RP_MUST_CHECK;
/* The text and its names suit the layout: levels in both or in neither, each observed variable on both levels, and each
 * latent one measured wherever it stands. */
bool sem_levels_suit(const rp_sem_text *text, const rp_sem_layout *layout, const rp_sem_rules *rules, rp_arena *arena,
                     rp_error *error) RP_MUST_CHECK;

/* ---- sem_expression.c, sem_define.c, sem_constrain.c ------------------------------------------------------ */

/* The statement in hand, whose operator == or := is the token operator_at. */
bool sem_put_equation(sem_parser *p, size_t operator_at) RP_MUST_CHECK;
/* By how much a step changes the stack's height; how high a stack the steps need. */
int sem_step_change(rp_sem_step_kind kind);
size_t sem_steps_height(const rp_sem_step *steps, size_t n_steps);

/* What a label names: a free parameter, a fixed value, or nothing (SIZE_MAX and NaN). */
typedef struct sem_label {
    size_t parameter;
    double fixed_at;
} sem_label;
/* Constraints and defined parameters of the text into the spec, whose lines are there. `labels`: of all labels. */
bool sem_equations(const rp_sem_text *text, const sem_label *labels, rp_sem_spec *spec, rp_arena *arena,
                   rp_error *error) RP_MUST_CHECK;

/* ---- sem_rules.c ------------------------------------------------------------------------------------------ */

/* A line of one group before labels. */
typedef struct sem_plan_line {
    rp_sem_op op;
    uint32_t lhs, rhs;          /* names */
    const sem_element *element; /* NULL: added */
    bool fixed;
    double value;
} sem_plan_line;

typedef struct sem_names_list {
    uint32_t *at;
    size_t n;
} sem_names_list;

typedef struct sem_plan {
    const rp_sem_text *text;
    const rp_sem_rules *rules;
    sem_level level; /* whose elements it takes */
    bool means;
    bool ordered; /* observed variables are ordered: thresholds, not intercepts; no residual variances of their own */
    size_t n_names;
    bool *indicator, *outcome, *predictor, *spoken_of; /* of each name */
    bool *exogenous;                                   /* observed, and only ever a predictor */
    sem_names_list latent, observed;                   /* in lavaan's order */
    rp_names *keys;                                    /* of lines */
    RP_VEC(sem_plan_line) lines;
    size_t most_lines;
    rp_arena *arena;
    rp_error *error;
} sem_plan;

/* Lines of the first group, or of the level: those of the text, then those that are added. */
bool sem_plan_make(sem_plan *plan) RP_MUST_CHECK;

#endif
