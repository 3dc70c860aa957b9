/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a meta-analysis that went wrong, or not quite right. */
#include "models/meta/meta_parts.h"

static bool has_larger_study(const rp_meta_data *data) {
    return data->studies < data->k;
}

const char *meta_why_not(const rp_meta_data *data, bool *ok, rp_arena *arena) {
    const rp_meta_spec *spec = data->spec;
    const char *why = NULL;
    bool variance = spec->study || spec->effect, df = variance || spec->test != RP_META_Z;
    if (data->k == 0)
        return "There is no effect.";
    if (data->k < data->p || (df && data->k == data->p))
        why =
            rp_arena_printf(arena,
                            "%zu effect%s for %zu coefficient%s: %s cannot be told. One common effect, with z for its "
                            "test, needs no more effects than coefficients.",
                            data->k, data->k == 1 ? "" : "s", data->p, data->p == 1 ? "" : "s",
                            data->k < data->p ? "they" : "how effects differ");
    else if (data->collinear != SIZE_MAX)
        why = rp_arena_printf(arena, "Column '%s' says nothing that the columns before it do not: leave it out.",
                              spec->names[data->collinear]);
    else if (spec->study && spec->effect && !has_larger_study(data))
        return "Each study has one effect: variances of studies and of effects cannot be told apart. Leave one out.";
    else if (spec->study && data->studies == 1)
        return "There is one study: a variance between studies cannot be told.";
    else
        return NULL;
    *ok = why != NULL;
    return why;
}

/* ---- of a fit that has an estimate ---- */

typedef RP_VEC(const char *) notes;

static bool note(notes *list, rp_arena *arena, const char *text) {
    const char **slot = rp_vec_push(arena, list);
    if (slot)
        *slot = text;
    return slot != NULL;
}

static bool note_several(notes *list, rp_arena *arena, const meta_found *found) {
    return !found->several || note(list, arena,
                                   "The likelihood has more than one summit; the highest of those found is told. Look "
                                   "at the variance's interval.");
}

static bool note_scale(notes *list, rp_arena *arena, const rp_meta_fit *fit) {
    return !(fit->spec->test == RP_META_KNHA && fit->scale < 1) ||
           note(list, arena,
                "Knapp and Hartung's factor is below 1: effects differ less than their variances let expect, and the "
                "errors are smaller than those of z.");
}

static bool note_prediction(notes *list, rp_arena *arena, const rp_meta_fit *fit) {
    return fit->k >= 10 || fit->spec->method == RP_META_EE ||
           note(list, arena,
                rp_arena_printf(arena, "With %zu effects the variance between them is hardly known.", fit->k));
}

static const char *boundary_words(const rp_meta_fit *fit) {
    bool effect = fit->spec->effect && fit->tau2 == 0, study = fit->spec->study && fit->tau2_study == 0;
    return effect && study ? "Both variances are 0: effects differ no more than sampling lets expect."
           : study         ? "The variance between studies is 0: studies differ no more than their effects do."
           : fit->spec->study
               ? "The variance between effects of a study is 0: they differ no more than sampling lets expect."
               : "The variance between effects is 0: they differ no more than sampling lets expect.";
}

bool meta_say(rp_meta_fit *fit, const meta_found *found, rp_arena *arena) {
    notes list = {0};
    bool boundary = (fit->spec->effect && fit->tau2 == 0) || (fit->spec->study && fit->tau2_study == 0);
    fit->status = !found->converged ? RP_META_NOT_CONVERGED : boundary ? RP_META_BOUNDARY : RP_META_CONVERGED;
    fit->message = !found->converged
                       ? "The search did not come to an end: look at effects and variances far from the others."
                   : boundary ? boundary_words(fit)
                              : "The fit converged.";
    bool done =
        note_several(&list, arena, found) && note_scale(&list, arena, fit) && note_prediction(&list, arena, fit);
    fit->notes = list.at;
    fit->n_notes = list.n;
    for (size_t i = 0; i < list.n; i++)
        done = done && list.at[i];
    return done;
}
