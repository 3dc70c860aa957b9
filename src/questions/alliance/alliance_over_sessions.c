/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Do the items measure the same at an early and at a later session? Both are of the same people, so they are variables
 * of one model, in which what is left of an item at one session may go along with what is left of it at the other. */
#include "questions/alliance/alliance_invariance.h"

enum { SIDES = 2 };
static const char *const suffixes[SIDES] = {".early", ".late"};

typedef struct writer {
    const alliance_rows *rows;
    alliance_model model;
    invariance_step step;
    rp_buf *out;
} writer;

/* The factor of an item, as a number and as a name. */
static size_t factor_of(const writer *w, size_t item) {
    int part = w->rows->parts[item];
    return w->model == MODEL_ONE ? 0 : w->model == MODEL_TWO ? part == PART_BOND : (size_t)part;
}

static size_t n_factors(const writer *w) {
    return w->model == MODEL_ONE ? 1 : w->model == MODEL_TWO ? 2 : PARTS;
}

/* The first loading of each factor is 1, by the usual rule; labels make the others the same at both sessions. */
static void put_factors(const writer *w, size_t side) {
    for (size_t f = 0; f < n_factors(w); f++) {
        const char *before = " =~ ";
        rp_buf_printf(w->out, "f%zu%s", f, suffixes[side]);
        for (size_t i = 0; i < w->rows->p; i++) {
            if (factor_of(w, i) != f)
                continue;
            bool labelled = before[1] == '+' && w->step >= STEP_METRIC;
            rp_buf_put(w->out, before);
            if (labelled)
                rp_buf_printf(w->out, "loading%zu*", i);
            rp_buf_printf(w->out, "%s%s", w->rows->names[i], suffixes[side]);
            before = " + ";
        }
        rp_buf_put(w->out, "\n");
    }
}

static void put_text(const writer *w) {
    for (size_t side = 0; side < SIDES; side++)
        put_factors(w, side);
    for (size_t i = 0; i < w->rows->p; i++)
        rp_buf_printf(w->out, "%s%s ~~ %s%s\n", w->rows->names[i], suffixes[0], w->rows->names[i], suffixes[1]);
    if (w->step < STEP_SCALAR)
        return;
    for (size_t side = 0; side < SIDES; side++)
        for (size_t i = 0; i < w->rows->p; i++)
            rp_buf_printf(w->out, "%s%s ~ level%zu*1\n", w->rows->names[i], suffixes[side], i);
    for (size_t f = 0; f < n_factors(w); f++)
        rp_buf_printf(w->out, "f%zu%s ~ 1\n", f, suffixes[1]);
}

static bool choose(const alliance_measured *m, rp_arena *arena, alliance_choice *out) {
    const alliance_rows *rows = m->rows;
    size_t *early = rp_arena_take(arena, rows->n_people, sizeof *early);
    size_t *late = rp_arena_take(arena, rows->n_people, sizeof *late);
    const char **names = rp_arena_take(arena, SIDES * rows->p, sizeof *names);
    if (early == NULL || late == NULL || names == NULL)
        return false;
    *out = (alliance_choice){.which = {early, late}, .names = names};
    for (size_t side = 0; side < SIDES; side++)
        for (size_t i = 0; i < rows->p; i++) {
            names[side * rows->p + i] = rp_arena_printf(arena, "%s%s", rows->names[i], suffixes[side]);
            if (names[side * rows->p + i] == NULL)
                return false;
        }
    for (size_t person = 0; person < rows->n_people; person++) {
        early[out->n] = alliance_row_at(rows, person, m->earlier);
        late[out->n] = alliance_row_at(rows, person, m->later);
        out->n += early[out->n] != SIZE_MAX && late[out->n] != SIZE_MAX;
    }
    return true;
}

static bool fit_steps(const alliance_sample *sample, invariance *i, rp_arena *arena, rp_error *error) {
    bool fine = true;
    for (invariance_step step = 0; step < STEPS && fine; step++) {
        rp_buf text = {0};
        const writer w = {i->measured->rows, i->model, step, &text};
        const rp_sem_rules rules = {.means = true};
        put_text(&w);
        fine = alliance_fit_make(sample, &text, &rules, true, arena, &i->of[step], error);
        rp_buf_free(&text);
    }
    return fine;
}

bool alliance_write_over_sessions(const alliance_measured *m, alliance_model simple, rp_error *error) {
    rp_answer *answer = m->set.answer;
    const alliance_family *family = m->rows->family;
    if (m->later == 0) {
        rp_answer_caveat(answer,
                         "%s: fewer than %d people answered every item at two of the first %d sessions, so whether the "
                         "items measure the same over sessions is not told (a bound of our own).",
                         family->name, MEASURED_LEAST_PEOPLE, MEASURED_SESSIONS);
        return true;
    }
    invariance i = {.measured = m,
                    .model = simple,
                    .id = "alliance.invariance.sessions",
                    .title = "Sessions",
                    .over = rp_answer_text(answer, "%s, %s", alliance_slot_label(family, answer, m->earlier),
                                           alliance_slot_label(family, answer, m->later)),
                    .method = "one confirmatory factor analysis of both sessions of the same people, residuals of the "
                              "same item covarying, by full-information maximum likelihood of answers as numbers",
                    .any = MARK(MARK_BOTH_SESSIONS)};
    rp_arena *arena = rp_arena_new(0);
    alliance_choice choice = {.n = 0};
    bool fine = (arena != NULL && choose(m, arena, &choice)) || rp_fail_memory(error);
    const alliance_sample *sample = fine ? alliance_sample_make(m->rows, &choice, arena, error) : NULL;
    fine = sample != NULL && fit_steps(sample, &i, arena, error);
    if (fine)
        alliance_state_invariance(&i);
    rp_arena_free(arena);
    return fine;
}
