/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pipeline of a meta-analysis: formula, columns, design, effects, fit, inference. */
#include <math.h>
#include <string.h>

#include "evaluation/fit_meta_parts.h"

/* ---- what is asked ---- */

static bool check_formula(const fit_meta_making *m) {
    const rp_formula *formula = m->out->formula;
    const rp_fit_meta_options *options = m->options;
    if (formula->n_random) {
        rp_formula_fail(m->error, RP_E_RULE, formula->random[0].at, "A meta-analysis has its levels in an option.");
        return rp_fail_remedy(m->error, "Leave the term out, and say --random STUDY/EFFECT.");
    }
    if (formula->failures || formula->n_offsets) {
        rp_formula_fail(m->error, RP_E_RULE, 0, "A meta-analysis has no cbind() and no offset().");
        return rp_fail_remedy(m->error, "With counts, say --measure or, --from and the four columns.");
    }
    if (options->n_figures && strcmp(formula->outcome, options->figures[0]) != 0) {
        rp_formula_fail(m->error, RP_E_RULE, 0, "With --from the outcome is its first column, '%.80s', not '%.80s'.",
                        options->figures[0], formula->outcome);
        return rp_fail_remedy(m->error, "Write '%.80s ~ ...': the effect is worked out from the columns.",
                              options->figures[0]);
    }
    return true;
}

/* ---- columns ---- */

typedef struct wishes {
    rp_column_wish *at;
    size_t n;
} wishes;

/* The place of a column that is wanted beside those of the formula. */
static size_t add_wish(wishes *all, const char *name, bool number) {
    if (!name)
        return SIZE_MAX;
    size_t i = 0;
    while (i < all->n && strcmp(all->at[i].name, name) != 0)
        i++;
    if (i == all->n)
        all->at[all->n++] = (rp_column_wish){.name = name, .at = SIZE_MAX};
    all->at[i].number |= number;
    all->at[i].codes |= !number;
    return i;
}

static bool read_columns(fit_meta_making *m) {
    const rp_fit_meta_options *options = m->options;
    wishes all = {0};
    m->design_options = (rp_design_options){.references = options->references, .n_references = options->n_references};
    rp_column_wish *own = rp_design_wishes(m->out->formula, &m->design_options, m->arena, &all.n, m->error);
    if (!own)
        return false;
    all.at = rp_arena_take(m->arena, all.n + RP_META_MOST_FIGURES + 6, sizeof *all.at);
    if (!all.at)
        return rp_fail_memory(m->error);
    memcpy(all.at, own, all.n * sizeof *own);
    m->at.variance = add_wish(&all, options->variance ? options->variance : options->se, true);
    m->at.cumulative = add_wish(&all, options->cumulative, true);
    for (size_t f = 0; f < options->n_figures; f++)
        m->at.figures[f] = add_wish(&all, options->figures[f], true);
    m->at.study = add_wish(&all, options->study, false);
    m->at.effect = add_wish(&all, options->effect, false);
    m->at.robust = add_wish(&all, options->robust, false);
    m->at.label = add_wish(&all, options->label, false);
    return fit_read(&m->reading, all.at, all.n);
}

/* ---- the model ---- */

static bool make_spec(fit_meta_making *m) {
    const rp_design *design = m->out->design;
    const rp_fit_meta_options *options = m->options;
    size_t p = design->n_fixed;
    const char **names = rp_arena_take(m->arena, p, sizeof *names);
    m->spec = rp_arena_take(m->arena, 1, sizeof *m->spec);
    if (!names || !m->spec)
        return rp_fail_memory(m->error);
    if (p == 0) {
        rp_fail(m->error, RP_E_RULE, "The formula has no term, not even an intercept.");
        return rp_fail_remedy(m->error, "Leave the intercept in, or add a moderator.");
    }
    for (size_t j = 0; j < p; j++)
        names[j] = design->column_names[design->fixed[j]];
    *m->spec = (rp_meta_spec){.method = options->method,
                              .test = options->test,
                              .study = options->study != NULL && options->method != RP_META_EE,
                              .effect = (options->effect || !options->study) && options->method != RP_META_EE,
                              .correlation = options->correlation,
                              .level = options->common.level,
                              .names = names,
                              .p = p};
    m->out->has_mean = p == 1 && strcmp(names[0], "(Intercept)") == 0;
    if (!m->out->has_mean && options->small_studies) {
        rp_fail(m->error, RP_E_RULE, "--small-studies is for models without moderators.");
        return rp_fail_remedy(m->error, "Write 'y ~ 1', or leave the option out.");
    }
    return true;
}

static bool estimate(fit_meta_making *m) {
    double began = rp_time_seconds();
    rp_meta_data *data = rp_meta_prepare(m->spec, &m->rows, m->arena, m->error);
    if (!data)
        return false;
    m->out->fit = rp_meta_fit_data(data, m->arena, m->error);
    double fitted = rp_time_seconds();
    m->out->seconds.fit = fitted - began;
    if (!m->out->fit || !fit_meta_infer(m))
        return false;
    m->out->seconds.infer = rp_time_seconds() - fitted;
    for (size_t i = 0; i < m->out->fit->n_notes; i++)
        if (!fit_warn(&m->reading, "%s", m->out->fit->notes[i]))
            return false;
    m->out->warnings = m->reading.warnings.at;
    m->out->n_warnings = m->reading.warnings.n;
    m->out->provenance = m->reading.provenance;
    return true;
}

static bool run(fit_meta_making *m) {
    rp_fit_meta *out = m->out;
    double began = rp_time_seconds();
    if (!(out->formula = rp_formula_parse(m->options->formula, m->arena, m->error)) || !check_formula(m) ||
        !read_columns(m))
        return false;
    double read = rp_time_seconds();
    out->seconds.read = read - began;
    out->design = rp_design_new(out->formula, m->reading.columns, &m->design_options, m->arena, m->error);
    if (!out->design || !make_spec(m) || !fit_meta_gather(m))
        return false;
    out->seconds.prepare = rp_time_seconds() - read;
    return estimate(m);
}

bool rp_fit_meta_model(const rp_fit_meta_options *options, rp_arena *arena, rp_fit_meta *out, rp_error *error) {
    *out = (rp_fit_meta){.options = options};
    fit_meta_making m = {.options = options, .arena = arena, .out = out, .error = error};
    m.reading = (fit_reading){.asked = &options->common, .arena = arena, .data_arena = rp_arena_new(0), .error = error};
    bool done = m.reading.data_arena ? run(&m) : rp_fail_memory(error);
    rp_arena_free(m.reading.data_arena);
    return done;
}
