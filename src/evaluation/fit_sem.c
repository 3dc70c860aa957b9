/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pipeline of a structural equation model: text, columns, statistics, estimate, inference. */
#include <stdlib.h>
#include <string.h>

#include "evaluation/fit_sem_parts.h"

/* ---- columns ---- */

/* A column that the data have not is shown where the model names it: wishes say which variable they are. */
static bool show_in_model(const fit_sem_making *m) {
    rp_error found = *m->error;
    if (strcmp(found.file, RP_FORMULA_FILE) != 0)
        return false;
    rp_sem_observed_fail(m->text, (size_t)(found.column - 1), m->error, found.code, "%s", found.message);
    return rp_fail_remedy(m->error, "%s", found.remedy);
}

static bool check_group(const fit_sem_making *m) {
    for (size_t i = 0; m->options->group && i < m->layout->n_observed; i++)
        if (strcmp(m->layout->observed[i], m->options->group) == 0) {
            rp_sem_observed_fail(m->text, i, m->error, RP_E_RULE,
                                 "'%.80s' is what groups the rows, and a variable of the model too.",
                                 m->options->group);
            return rp_fail_remedy(m->error, "Within a group it does not vary: take it out of the model or --group.");
        }
    return true;
}

static bool read_columns(fit_sem_making *m) {
    size_t n = m->layout->n_observed;
    rp_column_wish *wishes = rp_arena_take(m->arena, n + 1, sizeof *wishes);
    if (!wishes)
        return rp_fail_memory(m->error);
    for (size_t i = 0; i < n; i++)
        wishes[i] = (rp_column_wish){.name = m->layout->observed[i], .number = true, .at = i};
    wishes[n] = (rp_column_wish){.name = m->options->group, .codes = true, .at = SIZE_MAX};
    return fit_read(&m->reading, wishes, n + (m->options->group ? 1 : 0)) || show_in_model(m);
}

/* ---- groups ---- */

typedef struct named {
    const char *name;
    uint32_t code;
} named;

static int by_name(const void *a, const void *b) {
    return strcmp(((const named *)a)->name, ((const named *)b)->name);
}

bool fit_sem_groups(fit_sem_making *m) {
    m->layout->n_groups = 1;
    if (!m->options->group)
        return true;
    const rp_names *texts = m->reading.columns->columns[m->layout->n_observed].texts;
    size_t n = rp_names_count(texts);
    named *all = rp_arena_take(m->arena, n + 1, sizeof *all);
    const char **names = rp_arena_take(m->arena, n + 1, sizeof *names);
    m->group_of = rp_arena_take(m->arena, n + 1, sizeof *m->group_of);
    if (!all || !names || !m->group_of)
        return rp_fail_memory(m->error);
    for (uint32_t i = 0; i < n; i++)
        all[i] = (named){rp_names_text(texts, i), i};
    qsort(all, n, sizeof *all, by_name);
    for (uint32_t i = 0; i < n; i++) {
        m->group_of[all[i].code] = i;
        if (!(names[i] = rp_arena_copy(m->arena, all[i].name, strlen(all[i].name))))
            return rp_fail_memory(m->error);
    }
    if (n == 0) {
        rp_fail(m->error, RP_E_RULE, "'%.80s' has no value in any row.", m->options->group);
        return rp_fail_remedy(m->error, "--group takes the column that says which group a row is of.");
    }
    m->layout->groups = names;
    m->layout->n_groups = n;
    return true;
}

/* ---- all of it ---- */

static bool estimate(fit_sem_making *m) {
    const rp_fit_sem_options *asked = m->options;
    const rp_sem_options options = {.estimator = asked->estimator, .starts = asked->starts, .seed = asked->common.seed};
    rp_fit_sem *out = m->out;
    double began = rp_time_seconds();
    out->spec = rp_sem_specify(m->text, m->layout, &asked->rules, m->arena, m->error);
    out->fit = out->spec ? rp_sem_fit_stats(out->spec, m->stats, &options, m->arena, m->error) : NULL;
    double fitted = rp_time_seconds();
    out->seconds.fit = fitted - began;
    if (!out->fit || !fit_sem_infer(m))
        return false;
    out->seconds.infer = rp_time_seconds() - fitted;
    out->warnings = m->reading.warnings.at;
    out->n_warnings = m->reading.warnings.n;
    out->provenance = m->reading.provenance;
    return true;
}

static bool run(fit_sem_making *m) {
    double began = rp_time_seconds();
    m->text = rp_sem_parse(m->options->model, m->arena, m->error);
    m->layout = rp_arena_take(m->arena, 1, sizeof *m->layout);
    if (!m->text)
        return false;
    if (!m->layout)
        return rp_fail_memory(m->error);
    m->out->layout = m->layout;
    m->layout->missing = m->options->missing;
    m->layout->n_observed = rp_sem_observed(m->text, &m->layout->observed);
    if (!check_group(m) || !read_columns(m))
        return false;
    double read = rp_time_seconds();
    m->out->seconds.read = read - began;
    if (!fit_sem_groups(m) || !fit_sem_prepare(m))
        return false;
    m->out->left_out = rp_sem_rows_left_out(m->stats) + m->without_group;
    m->out->seconds.prepare = rp_time_seconds() - read;
    return estimate(m);
}

bool rp_fit_sem_model(const rp_fit_sem_options *options, rp_arena *arena, rp_fit_sem *out, rp_error *error) {
    *out = (rp_fit_sem){.options = options};
    fit_sem_making m = {.options = options, .arena = arena, .out = out, .error = error};
    m.reading = (fit_reading){.asked = &options->common, .arena = arena, .data_arena = rp_arena_new(0), .error = error};
    bool done = m.reading.data_arena ? run(&m) : rp_fail_memory(error);
    rp_arena_free(m.reading.data_arena);
    return done;
}
