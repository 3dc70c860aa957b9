/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text of a structural equation model: its statements. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "models/sem/sem_text.h"

static const sem_token *now(const sem_parser *p) {
    return &p->tokens[p->i];
}

bool sem_is(const sem_parser *p, char sign) {
    return now(p)->kind == SEM_TOKEN_SIGN && now(p)->sign == sign;
}

static bool fail(sem_parser *p, size_t at, rp_code code, const char *what, const char *remedy) {
    sem_text_fail(p->out->text, at, p->error, code, "%s", what);
    return rp_fail_remedy(p->error, "%s", remedy);
}

bool sem_unexpected(sem_parser *p, const char *what, const char *remedy) {
    const sem_token *t = now(p);
    bool ends = t->kind == SEM_TOKEN_END || t->kind == SEM_TOKEN_BREAK;
    sem_text_fail(p->out->text, t->at, p->error, RP_E_SYNTAX,
                  ends ? "The statement ends where %s was expected." : "Here %s was expected.", what);
    return rp_fail_remedy(p->error, "%s", remedy);
}

static bool expect(sem_parser *p, char sign, const char *what, const char *remedy) {
    if (!sem_is(p, sign))
        return sem_unexpected(p, what, remedy);
    p->i++;
    return true;
}

/* ---- modifiers ------------------------------------------------------------------------------------------ */

static bool put_number(sem_parser *p, double *out) {
    bool minus = sem_is(p, '-');
    p->i += minus || sem_is(p, '+');
    if (now(p)->kind != SEM_TOKEN_NUMBER)
        return sem_unexpected(p, "a number", "Write a number before the star, as in 0.5*x.");
    *out = minus ? -now(p)->number : now(p)->number;
    p->i++;
    return true;
}

static bool put_label(sem_parser *p, uint32_t *out) {
    *out = rp_names_put(p->out->labels, now(p)->text);
    p->i++;
    return *out != RP_NO_ID || rp_fail_memory(p->error);
}

typedef struct listed {
    RP_VEC(double) numbers;
    RP_VEC(uint32_t) labels;
} listed;

/* A number, NA, or a label. */
static bool put_item(sem_parser *p, listed *list) {
    const sem_token *t = now(p);
    bool is_na = t->kind == SEM_TOKEN_NAME && !t->quoted && rp_text_is(t->text, "NA");
    bool is_label = t->kind == SEM_TOKEN_NAME && !is_na;
    if (list->numbers.n + list->labels.n == SEM_MOST_GROUPS_LISTED)
        return fail(p, t->at, RP_E_LIMIT, "This list is too long.", "Give one value for each group.");
    if (is_label ? list->numbers.n > 0 : list->labels.n > 0)
        return fail(p, t->at, RP_E_SYNTAX, "This list mixes labels with numbers.",
                    "Write two lists, one of numbers and one of labels: c(NA, 1)*c(a, b)*x.");
    if (is_label) {
        uint32_t *label = rp_vec_push(p->arena, &list->labels);
        return label ? put_label(p, label) : rp_fail_memory(p->error);
    }
    double *number = rp_vec_push(p->arena, &list->numbers);
    if (!number)
        return rp_fail_memory(p->error);
    *number = NAN;
    if (!is_na)
        return put_number(p, number);
    p->i++;
    return true;
}

static bool is_call(const sem_parser *p, const char *name) {
    const sem_token *next = &p->tokens[p->i + (now(p)->kind == SEM_TOKEN_NAME)];
    bool called =
        now(p)->kind == SEM_TOKEN_NAME && !now(p)->quoted && next->kind == SEM_TOKEN_SIGN && next->sign == '(';
    return called && (!name || rp_text_is(now(p)->text, name));
}

/* Items, alone or as c(.., ..). */
static bool put_items(sem_parser *p, listed *list) {
    if (!is_call(p, "c"))
        return put_item(p, list);
    p->i += 2;
    if (!put_item(p, list))
        return false;
    while (sem_is(p, ',')) {
        p->i++;
        if (!put_item(p, list))
            return false;
    }
    return expect(p, ')', "a comma or a closing bracket", "Write one value for each group, as in c(1, NA)*x.");
}

static bool keep(sem_parser *p, sem_modifier *into, const listed *list, size_t at) {
    if (into->n > 0)
        return fail(p, at, RP_E_RULE, "This was given already.", "Give one number, one start and one label at most.");
    *into = (sem_modifier){.n = list->numbers.n + list->labels.n,
                           .at = at,
                           .numbers = list->numbers.n ? list->numbers.at : NULL,
                           .labels = list->labels.n ? list->labels.at : NULL};
    return true;
}

static bool put_start(sem_parser *p, sem_element *e, size_t at) {
    p->i += 2;
    listed list = {0};
    size_t first = now(p)->at;
    if (!put_items(p, &list))
        return false;
    bool numbers = list.labels.n == 0;
    for (size_t i = 0; i < list.numbers.n; i++)
        numbers = numbers && !isnan(list.numbers.at[i]);
    if (!numbers)
        return fail(p, first, RP_E_SYNTAX, "A start is a number.", "Write start(0.5)*x.");
    return expect(p, ')', "a closing bracket", "Write start(0.5)*x.") && keep(p, &e->start, &list, at);
}

/* One modifier and its star; what it is goes into *e. */
static bool put_modifier(sem_parser *p, sem_element *e) {
    size_t at = now(p)->at;
    if (is_call(p, "start")) {
        if (!put_start(p, e, at))
            return false;
    } else if (is_call(p, NULL) && !is_call(p, "c")) {
        return fail(p, at, RP_E_UNKNOWN, "There is no such modifier.",
                    "There are number*, label*, NA*, start( )* and c( )*.");
    } else {
        listed list = {0};
        if (!put_items(p, &list) || !keep(p, list.labels.n ? &e->label : &e->fixed, &list, at))
            return false;
    }
    return expect(p, '*', "a star and a variable", "A number, label or start stands before a star, as in 0.5*x.");
}

/* ---- elements --------------------------------------------------------------------------------------------- */

static bool merge(sem_parser *p, sem_modifier *into, const sem_modifier *from) {
    if (from->n == 0)
        return true;
    if (into->n > 0)
        return fail(p, from->at, RP_E_RULE, "This was given already.",
                    "Give one number, one start and one label at most.");
    *into = *from;
    return true;
}

/* The same element again may add modifiers, as lavaan has it: y ~ a*x + start(2)*x. */
static bool put_element(sem_parser *p, const sem_element *e) {
    bool turned = e->op == RP_SEM_COVARIES && e->rhs < e->lhs;
    uint32_t key[4] = {(uint32_t)e->op, turned ? e->rhs : e->lhs, turned ? e->lhs : e->rhs, (uint32_t)e->level};
    uint32_t id = rp_names_put(p->keys, (rp_text){(const char *)key, sizeof key});
    if (id == RP_NO_ID)
        return rp_fail_memory(p->error);
    if (id < p->out->elements.n) {
        sem_element *old = &p->out->elements.at[id];
        if (e->fixed.n + e->start.n + e->label.n == 0)
            return fail(p, e->at, RP_E_RULE, "This stands in the model already.", "Take one of the two out.");
        return merge(p, &old->fixed, &e->fixed) && merge(p, &old->start, &e->start) && merge(p, &old->label, &e->label);
    }
    if (id == SEM_MOST_ELEMENTS)
        return fail(p, e->at, RP_E_LIMIT, "The model has too many terms.", "Fit a smaller model.");
    sem_element *place = rp_vec_push(p->arena, &p->out->elements);
    if (!place)
        return rp_fail_memory(p->error);
    *place = *e;
    return true;
}

static bool put_name(sem_parser *p, uint32_t *out) {
    *out = rp_names_put(p->out->names, now(p)->text);
    p->i++;
    return *out != RP_NO_ID || rp_fail_memory(p->error);
}

static bool is_modifier(const sem_parser *p) {
    const sem_token *t = now(p);
    const sem_token *next = &p->tokens[p->i + (t->kind != SEM_TOKEN_END)];
    bool star = next->kind == SEM_TOKEN_SIGN && next->sign == '*';
    return sem_is(p, '-') || ((t->kind == SEM_TOKEN_NAME || t->kind == SEM_TOKEN_NUMBER) && star) || is_call(p, NULL);
}

/* Modifiers and a variable, or 1 for an intercept. */
static bool put_term(sem_parser *p, sem_element e) {
    while (is_modifier(p))
        if (!put_modifier(p, &e))
            return false;
    const sem_token *t = now(p);
    e.at = t->at;
    if (e.op == RP_SEM_REGRESSES && t->kind == SEM_TOKEN_NUMBER && t->number == 1) {
        p->i++;
        e.op = RP_SEM_INTERCEPT;
        e.rhs = e.lhs;
        return put_element(p, &e);
    }
    if (t->kind != SEM_TOKEN_NAME)
        return sem_unexpected(p, "a variable",
                              t->kind == SEM_TOKEN_NUMBER
                                  ? "A number stands before a star and its variable, as in 0.5*x; an intercept of 0 is "
                                    "x ~ 0*1."
                              : e.op == RP_SEM_REGRESSES
                                  ? "Write variables with a plus between them, or 1 for the intercept."
                                  : "Write variables with a plus between them.");
    if (!put_name(p, &e.rhs))
        return false;
    if (e.op != RP_SEM_COVARIES && e.lhs == e.rhs)
        return fail(p, e.at, RP_E_RULE, "A variable has no arrow to itself.", "Write x ~~ x for a variance.");
    return put_element(p, &e);
}

static bool ends(const sem_parser *p) {
    return now(p)->kind == SEM_TOKEN_END || now(p)->kind == SEM_TOKEN_BREAK;
}

static bool put_terms(sem_parser *p, const sem_element *begun) {
    if (!put_term(p, *begun))
        return false;
    while (sem_is(p, '+')) {
        p->i++;
        if (!put_term(p, *begun))
            return false;
    }
    return ends(p) || sem_unexpected(p, "a plus or the end of the statement",
                                     "Statements end at a line's end or a semicolon; a name that holds other signs "
                                     "stands between backticks: `PHQ-9`.");
}

/* a + b ~ terms: the terms are read once for each name on the left. */
static bool put_formula(sem_parser *p, rp_sem_op op, size_t operator_at) {
    RP_VEC(sem_element) left = {0};
    for (;;) {
        if (now(p)->kind != SEM_TOKEN_NAME)
            return sem_unexpected(p, "a variable", "Write one variable, or some with a plus between them.");
        sem_element *e = rp_vec_push(p->arena, &left);
        if (!e)
            return rp_fail_memory(p->error);
        *e = (sem_element){.op = op, .level = p->level, .lhs_at = now(p)->at};
        if (!put_name(p, &e->lhs))
            return false;
        if (p->i == operator_at)
            break;
        if (!expect(p, '+', "a plus or an operator", "Write one variable, or some with a plus between them."))
            return false;
    }
    for (size_t i = 0; i < left.n; i++) {
        p->i = operator_at + 1;
        if (!put_terms(p, &left.at[i]))
            return false;
    }
    return true;
}

static bool put_statement(sem_parser *p) {
    size_t operator_at = p->i;
    while (p->tokens[operator_at].kind < SEM_TOKEN_MEASURES && p->tokens[operator_at].kind > SEM_TOKEN_BREAK)
        operator_at++;
    switch (p->tokens[operator_at].kind) {
    case SEM_TOKEN_MEASURES:
        return put_formula(p, RP_SEM_MEASURES, operator_at);
    case SEM_TOKEN_REGRESSES:
        return put_formula(p, RP_SEM_REGRESSES, operator_at);
    case SEM_TOKEN_COVARIES:
        return put_formula(p, RP_SEM_COVARIES, operator_at);
    case SEM_TOKEN_EQUALS:
    case SEM_TOKEN_DEFINES:
        return sem_put_equation(p, operator_at);
    case SEM_TOKEN_BLOCK:
        return sem_put_level(p, operator_at);
    default:
        return fail(p, now(p)->at, RP_E_SYNTAX, "This statement has no operator.",
                    "There are =~ (is measured by), ~ (is regressed on), ~~ (covaries with), == and :=.");
    }
}

/* ---- the whole --------------------------------------------------------------------------------------------- */

static bool scan(sem_parser *p, size_t n) {
    sem_scanner scanner = {.text = p->out->text, .n = n, .error = p->error};
    RP_VEC(sem_token) tokens = {0};
    for (;;) {
        sem_token *t = rp_vec_push(p->arena, &tokens);
        if (!t)
            return rp_fail_memory(p->error);
        if (!sem_next(&scanner, t))
            return false;
        if (t->kind == SEM_TOKEN_END)
            break;
    }
    p->tokens = tokens.at;
    return true;
}

static bool put_statements(sem_parser *p) {
    while (now(p)->kind != SEM_TOKEN_END) {
        if (now(p)->kind != SEM_TOKEN_BREAK && !put_statement(p))
            return false;
        p->i += now(p)->kind == SEM_TOKEN_BREAK;
    }
    return p->out->elements.n > 0 || sem_unexpected(p, "a model", "Write, for instance, f =~ x1 + x2 + x3.");
}

static bool sort_names(sem_parser *p) {
    rp_sem_text *out = p->out;
    size_t n = rp_names_count(out->names);
    out->latent = rp_arena_take(p->arena, n, sizeof *out->latent);
    out->observed = rp_arena_take(p->arena, n, sizeof *out->observed);
    if (!out->latent || !out->observed)
        return rp_fail_memory(p->error);
    for (size_t i = 0; i < out->elements.n; i++)
        out->latent[out->elements.at[i].lhs] |= out->elements.at[i].op == RP_SEM_MEASURES;
    for (uint32_t i = 0; i < n; i++)
        if (!out->latent[i])
            out->observed[out->n_observed++] = rp_names_text(out->names, i);
    return true;
}

rp_sem_text *rp_sem_parse(const char *text, rp_arena *arena, rp_error *error) {
    size_t n = strlen(text);
    if (n > SEM_MOST_BYTES) {
        sem_text_fail(text, 0, error, RP_E_LIMIT, "This text is longer than %d bytes.", SEM_MOST_BYTES);
        return rp_fail_remedy(error, "Fit a smaller model."), NULL;
    }
    rp_sem_text *out = rp_arena_take(arena, 1, sizeof *out);
    sem_parser p = {.out = out, .keys = rp_names_new(arena), .arena = arena, .error = error};
    if (!out || !p.keys || !(out->names = rp_names_new(arena)) || !(out->labels = rp_names_new(arena)))
        return rp_fail_memory(error), NULL;
    out->text = text;
    return scan(&p, n) && put_statements(&p) && sem_levels_complete(out, error) && sort_names(&p) ? out : NULL;
}

size_t rp_sem_observed(const rp_sem_text *text, const char *const **names) {
    *names = text->observed;
    return text->n_observed;
}

bool rp_sem_has_levels(const rp_sem_text *text) {
    return text->levels;
}

size_t sem_first_place(const rp_sem_text *text, uint32_t name) {
    for (size_t i = 0; i < text->elements.n; i++) {
        const sem_element *e = &text->elements.at[i];
        if (e->lhs == name)
            return e->lhs_at;
        if (e->rhs == name)
            return e->at;
    }
    return 0;
}

bool rp_sem_observed_fail(const rp_sem_text *text, size_t i, rp_error *error, rp_code code, const char *format, ...) {
    char words[400];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(words, sizeof words, format, list);
    va_end(list);
    uint32_t name = rp_names_find(text->names, rp_text_of(text->observed[i]));
    return sem_text_fail(text->text, sem_first_place(text, name), error, code, "%s", words);
}
