/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Equations in the text of a structural equation model, name := expression and left == right, as steps of a stack
 * machine. R's precedence: ^ from the right, then a sign, then * and /, then + and -. */
#include <string.h>

#include "models/sem/sem_text.h"

typedef struct writer {
    sem_parser *p;
    RP_VEC(rp_sem_step) steps;
    RP_VEC(size_t) places;
    int depth, height; /* of brackets and signs; of the stack */
} writer;

static const sem_token *now(const writer *w) {
    return &w->p->tokens[w->p->i];
}

static bool limit(writer *w, size_t at, const char *what) {
    sem_text_fail(w->p->out->text, at, w->p->error, RP_E_LIMIT, "%s", what);
    return rp_fail_remedy(w->p->error, "Write it in several steps, each with := and a name of its own.");
}

static bool deeper(writer *w) {
    return ++w->depth <= SEM_MOST_DEPTH || limit(w, now(w)->at, "This expression lies too deep in others.");
}

static bool put(writer *w, rp_sem_step step, size_t at, int change) {
    w->height += change;
    if (w->steps.n == SEM_MOST_STEPS || w->height > SEM_MOST_DEPTH)
        return limit(w, at, "This expression is too long.");
    rp_sem_step *place = rp_vec_push(w->p->arena, &w->steps);
    size_t *where = rp_vec_push(w->p->arena, &w->places);
    if (!place || !where)
        return rp_fail_memory(w->p->error);
    *place = step;
    *where = at;
    return true;
}

static bool sum(writer *w);

static bool in_brackets(writer *w) {
    w->p->i++;
    bool fine = deeper(w) && sum(w);
    w->depth--;
    if (!fine)
        return false;
    if (!sem_is(w->p, ')'))
        return sem_unexpected(w->p, "a closing bracket", "Close each bracket that was opened.");
    w->p->i++;
    return true;
}

static bool call(writer *w, const sem_token *name) {
    static const struct {
        const char *name;
        rp_sem_step_kind kind;
    } functions[] = {{"exp", RP_SEM_EXP}, {"log", RP_SEM_LOG}, {"sqrt", RP_SEM_SQRT}};
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (rp_text_is(name->text, functions[i].name))
            return in_brackets(w) && put(w, (rp_sem_step){.kind = functions[i].kind}, name->at, 0);
    sem_text_fail(w->p->out->text, name->at, w->p->error, RP_E_UNKNOWN, "There is no such function.");
    return rp_fail_remedy(w->p->error, "There are exp, log and sqrt.");
}

static bool primary(writer *w) {
    const sem_token *t = now(w);
    if (sem_is(w->p, '('))
        return in_brackets(w);
    if (t->kind == SEM_TOKEN_NUMBER) {
        w->p->i++;
        return put(w, (rp_sem_step){.kind = RP_SEM_NUMBER, .number = t->number}, t->at, 1);
    }
    if (t->kind != SEM_TOKEN_NAME)
        return sem_unexpected(w->p, "a label or a number", "Write labels and numbers with + - * / or ^ between them.");
    w->p->i++;
    if (sem_is(w->p, '(') && !t->quoted)
        return call(w, t);
    uint32_t label = rp_names_put(w->p->out->labels, t->text);
    if (label == RP_NO_ID)
        return rp_fail_memory(w->p->error);
    return put(w, (rp_sem_step){.kind = RP_SEM_PARAMETER, .index = label}, t->at, 1);
}

static bool signed_one(writer *w);

static bool power(writer *w) {
    if (!primary(w))
        return false;
    size_t at = now(w)->at;
    if (!sem_is(w->p, '^'))
        return true;
    w->p->i++;
    bool fine = deeper(w) && signed_one(w);
    w->depth--;
    return fine && put(w, (rp_sem_step){.kind = RP_SEM_POWER}, at, -1);
}

static bool signed_one(writer *w) {
    size_t at = now(w)->at;
    bool minus = sem_is(w->p, '-');
    if (!minus && !sem_is(w->p, '+'))
        return power(w);
    w->p->i++;
    bool fine = deeper(w) && signed_one(w);
    w->depth--;
    return fine && (!minus || put(w, (rp_sem_step){.kind = RP_SEM_NEGATE}, at, 0));
}

/* Operands joined by either of two signs, from the left. */
static bool chain(writer *w, bool (*operand)(writer *), const char *signs, const rp_sem_step_kind *kinds) {
    if (!operand(w))
        return false;
    while (sem_is(w->p, signs[0]) || sem_is(w->p, signs[1])) {
        rp_sem_step step = {.kind = kinds[sem_is(w->p, signs[1])]};
        size_t at = now(w)->at;
        w->p->i++;
        if (!operand(w) || !put(w, step, at, -1))
            return false;
    }
    return true;
}

static bool product(writer *w) {
    static const rp_sem_step_kind kinds[] = {RP_SEM_MULTIPLY, RP_SEM_DIVIDE};
    return chain(w, signed_one, "*/", kinds);
}

static bool sum(writer *w) {
    static const rp_sem_step_kind kinds[] = {RP_SEM_ADD, RP_SEM_SUBTRACT};
    return chain(w, product, "+-", kinds);
}

/* ---- equations ------------------------------------------------------------------------------------------------ */

static bool put_left(writer *w, sem_equation *e, size_t operator_at) {
    sem_parser *p = w->p;
    if (!e->defines && !sum(w))
        return false;
    if (e->defines) {
        if (now(w)->kind != SEM_TOKEN_NAME)
            return sem_unexpected(p, "a name", "Write name := expression.");
        e->name = rp_names_put(p->out->labels, now(w)->text);
        p->i++;
        if (e->name == RP_NO_ID)
            return rp_fail_memory(p->error);
    }
    return p->i == operator_at || sem_unexpected(p, e->defines ? "the operator :=" : "an operator",
                                                 "Write name := expression, or expression == expression.");
}

/* Bytes from..to without blanks, line ends and comments. NULL: no memory. */
static const char *squeeze(const sem_parser *p, size_t from, size_t to) {
    const char *text = p->out->text;
    char *out = rp_arena_take(p->arena, to - from + 1, 1);
    size_t n = 0;
    for (size_t i = from; out && i < to; i++) {
        if (text[i] == '#' || text[i] == '!')
            i += strcspn(text + i, "\n");
        if (i < to && !strchr(" \t\r\n", text[i]))
            out[n++] = text[i];
    }
    return out;
}

bool sem_put_equation(sem_parser *p, size_t operator_at) {
    writer w = {.p = p};
    sem_equation e = {.defines = p->tokens[operator_at].kind == SEM_TOKEN_DEFINES, .at = now(&w)->at};
    if (p->out->equations.n == SEM_MOST_EQUATIONS)
        return limit(&w, e.at, "The model has too many equations.");
    if (!put_left(&w, &e, operator_at))
        return false;
    p->i++;
    size_t from = now(&w)->at;
    if (!sum(&w) || (!e.defines && !put(&w, (rp_sem_step){.kind = RP_SEM_SUBTRACT}, p->tokens[operator_at].at, -1)))
        return false;
    if (now(&w)->kind != SEM_TOKEN_END && now(&w)->kind != SEM_TOKEN_BREAK)
        return sem_unexpected(p, "a sign or the end of the statement",
                              "Write labels and numbers with + - * / or ^ between them.");
    e.text = squeeze(p, from, now(&w)->at);
    e.steps = w.steps.at;
    e.places = w.places.at;
    e.n_steps = w.steps.n;
    sem_equation *place = rp_vec_push(p->arena, &p->out->equations);
    if (!place || !e.text)
        return rp_fail_memory(p->error);
    *place = e;
    return true;
}
