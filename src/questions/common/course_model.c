/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "questions/common/course_model.h"

#include <assert.h>

bool rp_question_model_new(const rp_question_courses *courses, size_t room, size_t n_columns, rp_arena *arena,
                           rp_question_model *out) {
    assert(n_columns <= RP_QUESTION_COLUMNS);
    *out = (rp_question_model){.courses = courses, .room = room, .n_columns = n_columns};
    out->y = rp_arena_take_unset(arena, room, sizeof *out->y);
    out->person = rp_arena_take_unset(arena, room, sizeof *out->person);
    out->practitioner = rp_arena_take_unset(arena, room, sizeof *out->practitioner);
    bool fine = out->y != NULL && out->person != NULL && out->practitioner != NULL;
    for (size_t c = 0; c < n_columns; c++) {
        out->columns[c] = rp_arena_take_unset(arena, room, sizeof(double));
        fine = fine && out->columns[c] != NULL;
    }
    return fine;
}

void rp_question_model_row(rp_question_model *model, size_t person, double y, const double *x) {
    const rp_question_courses *of = model->courses;
    assert(model->n < model->room && person < of->n_people);
    for (size_t c = 0; c < model->n_columns; c++)
        model->columns[c][model->n] = x[c];
    model->n_people += model->n == 0 || model->person[model->n - 1] != person;
    model->y[model->n] = y;
    model->person[model->n] = (uint32_t)person;
    /* Somebody of whom no practitioner is recorded stands as a practitioner's only client. */
    model->practitioner[model->n] =
        of->practitioner[person] != RP_NO_ID ? of->practitioner[person] : (uint32_t)(of->n_practitioners + person);
    model->n++;
}

bool rp_question_model_feasible(const rp_question_model *model) {
    return model->n_people >= RP_QUESTION_MODEL_PEOPLE && model->n >= RP_QUESTION_MODEL_ROWS * (model->n_columns + 1);
}

/* ---- as a mixed model ----------------------------------------------------------------------------------------- */

enum { FACTORS = 2 }; /* clients and practitioners, as far as they differ */

/* The spec with its lists, which have to live as long as the fit. */
typedef struct design {
    const char *names[RP_QUESTION_COLUMNS + 1];
    size_t fixed[RP_QUESTION_COLUMNS + 1]; /* its beginning is also what differs by client */
    const double *columns[RP_QUESTION_COLUMNS + 1];
    const uint32_t *groups[FACTORS];
    const char *factor_names[FACTORS];
    uint32_t levels[FACTORS];
    rp_mixed_term terms[FACTORS];
    rp_mixed_spec spec;
} design;

static void add_factor(design *d, const char *name, const uint32_t *groups, size_t levels, size_t slopes) {
    size_t f = d->spec.n_factors++;
    d->factor_names[f] = name;
    d->groups[f] = groups;
    d->levels[f] = (uint32_t)levels;
    d->terms[d->spec.n_terms++] = (rp_mixed_term){f, d->fixed, 1 + slopes};
}

static void lay_out(const rp_question_model *model, design *d) {
    d->names[0] = "(Intercept)";
    for (size_t c = 0; c < model->n_columns; c++) {
        d->names[c + 1] = "predictor";
        d->columns[c + 1] = model->columns[c];
        d->fixed[c + 1] = c + 1;
    }
    d->spec = (rp_mixed_spec){.family = RP_MIXED_GAUSSIAN,
                              .reml = true,
                              .column_names = d->names,
                              .n_columns = model->n_columns + 1,
                              .fixed = d->fixed,
                              .n_fixed = model->n_columns + 1,
                              .factor_names = d->factor_names,
                              .levels = d->levels,
                              .terms = d->terms};
    const rp_question_courses *of = model->courses;
    if (model->clients_differ)
        add_factor(d, "client", model->person, of->n_people, model->slopes);
    if (model->practitioners_differ)
        add_factor(d, "practitioner", model->practitioner, of->n_practitioners + of->n_people, 0);
}

rp_mixed_fit *rp_question_model_fit(const rp_question_model *model, rp_arena *arena, rp_error *error) {
    design *d = rp_arena_take(arena, 1, sizeof *d);
    if (d == NULL)
        return rp_fail_memory(error), NULL;
    lay_out(model, d);
    const rp_mixed_rows rows = {.n = model->n, .columns = d->columns, .groups = d->groups, .y = model->y};
    const rp_mixed_stats *stats = rp_mixed_prepare(&d->spec, &rows, arena, error);
    const rp_mixed_options options = {.quadrature = 1, .threads = 1};
    return stats != NULL ? rp_mixed_fit_stats(stats, &options, arena, error) : NULL;
}

bool rp_question_model_effects(const rp_mixed_fit *fit, const size_t *columns, size_t n, double level, rp_arena *arena,
                               rp_mixed_effect *out, rp_error *error) {
    double *contrasts = rp_arena_take(arena, n * fit->p, sizeof *contrasts);
    if (contrasts == NULL)
        return rp_fail_memory(error);
    for (size_t i = 0; i < n; i++)
        contrasts[i * fit->p + columns[i] + 1] = 1;
    return rp_mixed_contrasts(fit, contrasts, n, RP_MIXED_DF_SATTERTHWAITE, level, arena, out, error);
}

bool rp_question_model_effect(const rp_mixed_fit *fit, size_t column, double level, rp_arena *arena,
                              rp_mixed_effect *out, rp_error *error) {
    return rp_question_model_effects(fit, &column, 1, level, arena, out, error);
}
