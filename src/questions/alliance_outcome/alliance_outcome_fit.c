/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One model of this question: rows of numbers in, effects out. REML, with Satterthwaite's degrees of freedom. */
#include "questions/alliance_outcome/alliance_outcome_parts.h"

#include <assert.h>
#include <math.h>

bool ao_model_new(size_t room, size_t n_columns, uint64_t mark, rp_arena *arena, ao_model *out) {
    assert(n_columns <= AO_COLUMNS);
    *out = (ao_model){.room = room, .n_columns = n_columns, .mark = mark};
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

void ao_model_row(ao_model *model, const ao_sessions *sessions, size_t person, double y, const double *x) {
    assert(model->n < model->room);
    for (size_t c = 0; c < model->n_columns; c++)
        model->columns[c][model->n] = x[c];
    model->y[model->n] = y;
    model->person[model->n] = (uint32_t)person;
    /* Somebody of whom no practitioner is recorded stands as a practitioner's only client. */
    model->practitioner[model->n] = sessions->of.practitioner[person] != RP_NO_ID
                                        ? sessions->of.practitioner[person]
                                        : (uint32_t)(sessions->of.n_practitioners + person);
    model->n++;
    model->n_people += (sessions->marks[person] & model->mark) == 0;
    sessions->marks[person] |= model->mark;
}

/* ---- as a mixed model --------------------------------------------------------------------------------------- */

enum { CLIENT, PRACTITIONER, FACTORS };

/* The spec's lists, which have to live as long as the fit. */
typedef struct design {
    const char *names[AO_COLUMNS + 1];
    size_t fixed[AO_COLUMNS + 1], intercept_and_first[2];
    const double *columns[AO_COLUMNS + 1];
    const uint32_t *groups[FACTORS];
    const char *factor_names[FACTORS];
    uint32_t levels[FACTORS];
    rp_mixed_term terms[FACTORS];
    rp_mixed_spec spec;
} design;

/* Factors that are not used are left out, so that the groups of those that are stand first. */
static void add_factor(design *d, const char *name, const uint32_t *groups, size_t levels, bool slopes) {
    size_t f = d->spec.n_factors++;
    d->factor_names[f] = name;
    d->groups[f] = groups;
    d->levels[f] = (uint32_t)levels;
    d->terms[d->spec.n_terms++] = (rp_mixed_term){f, d->intercept_and_first, slopes ? 2 : 1};
}

static void lay_out(const ao_sessions *sessions, const ao_model *model, design *d) {
    *d = (design){.names = {"(Intercept)"}, .intercept_and_first = {0, 1}};
    for (size_t c = 0; c < model->n_columns; c++) {
        d->names[c + 1] = "x";
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
    if (model->clients_differ)
        add_factor(d, "client", model->person, sessions->of.n_people, model->slopes);
    if (model->practitioners_differ)
        add_factor(d, "practitioner", model->practitioner, sessions->of.n_practitioners + sessions->of.n_people, false);
}

static rp_mixed_fit *fit(const ao_model *model, design *d, rp_arena *arena, rp_error *error) {
    const rp_mixed_rows rows = {.n = model->n, .columns = d->columns, .groups = d->groups, .y = model->y};
    const rp_mixed_stats *stats = rp_mixed_prepare(&d->spec, &rows, arena, error);
    const rp_mixed_options options = {.quadrature = 1, .threads = 1};
    return stats != NULL ? rp_mixed_fit_stats(stats, &options, arena, error) : NULL;
}

/* What has to be said of it is kept, in an arena that outlives the fit. */
static bool take(const ao_pairing *pairing, const ao_model *model, const rp_mixed_fit *done, size_t wanted,
                 ao_result *result, rp_arena *arena, rp_error *error) {
    result->mark = model->mark;
    if (done->status != RP_MIXED_CONVERGED)
        result->why = rp_answer_text(pairing->answer, "%s", done->message);
    if (done->status == RP_MIXED_NOT_CONVERGED || done->status == RP_MIXED_NOT_FITTED) {
        result->state = AO_NOT_FITTED;
        return true;
    }
    double contrast[AO_COLUMNS + 1] = {0};
    contrast[wanted + 1] = 1;
    result->state = AO_FITTED;
    result->slope_sd = model->slopes ? sqrt(done->variance[0].covariance[3]) : NAN;
    return rp_mixed_contrast(done, contrast, RP_MIXED_DF_SATTERTHWAITE, pairing->asked->level, arena, &result->effect,
                             error);
}

bool ao_model_fit(const ao_pairing *pairing, const ao_sessions *sessions, const ao_model *model, size_t n_wanted,
                  const size_t *wanted, ao_result *const *results, rp_arena *arena, rp_error *error) {
    bool few = model->n_people < AO_FEWEST_PEOPLE || model->n < AO_ROWS_A_COEFFICIENT * (model->n_columns + 1);
    for (size_t i = 0; i < n_wanted && few; i++)
        results[i]->state = model->n > 0 ? AO_TOO_FEW : AO_NOT_ASKED;
    if (few)
        return true;
    design d;
    lay_out(sessions, model, &d);
    rp_mixed_fit *done = fit(model, &d, arena, error);
    for (size_t i = 0; i < n_wanted && done != NULL; i++)
        if (!take(pairing, model, done, wanted[i], results[i], arena, error))
            return false;
    return done != NULL;
}
