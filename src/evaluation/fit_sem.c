/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pipeline of a structural equation model: text, columns, statistics, estimate, inference. */
#include <stdlib.h>
#include <string.h>

#include "evaluation/fit_sem_parts.h"

/* ---- columns ---- */

/* A column that the data have not is shown where the model names it: wishes say which variable they are. */
static void show_in_model(const fit_sem_making *m) {
    rp_error found = *m->error;
    if (strcmp(found.file, RP_FORMULA_FILE) != 0)
        return;
    rp_sem_observed_fail(m->text, (size_t)(found.column - 1), m->error, found.code, "%s", found.message);
    rp_fail_remedy(m->error, "%s", found.remedy);
}

/* Text and options agree whether there are two levels. */
static bool check_levels(const fit_sem_making *m) {
    bool levels = rp_sem_has_levels(m->text);
    if (levels == m->layout->levels)
        return true;
    if (levels) {
        rp_fail(m->error, RP_E_RULE, "The model has levels, but nothing says which rows are of one cluster.");
        return rp_fail_remedy(m->error, "Name the column that tells the cluster of each row, as by --cluster "
                                        "practitioner, or take the headings out of the model.");
    }
    rp_fail(m->error, RP_E_RULE, "The rows are in clusters, but the model has no levels.");
    return rp_fail_remedy(m->error,
                          "Write level: within and level: between, each on its own line above its part of the "
                          "model, or leave --cluster out.");
}

/* What groups or clusters the rows is no variable of the model. */
static bool check_apart(const fit_sem_making *m, const char *option, const char *column) {
    for (size_t i = 0; column && i < m->layout->n_observed; i++)
        if (strcmp(m->layout->observed[i], column) == 0) {
            rp_sem_observed_fail(m->text, i, m->error, RP_E_RULE,
                                 "'%.80s' is what %ss the rows, and a variable of the model too.", column, option);
            return rp_fail_remedy(m->error, "Within a %s it does not vary: take it out of the model or --%s.", option,
                                  option);
        }
    return true;
}

/* A column besides, if it is asked for: its place. */
static size_t wish_codes(rp_column_wish *wishes, size_t *n, const char *name) {
    if (!name)
        return SIZE_MAX;
    wishes[*n] = (rp_column_wish){.name = name, .codes = true, .at = SIZE_MAX};
    return (*n)++;
}

/* NULL: see the error. */
static const rp_columns *read_columns(fit_sem_making *m) {
    size_t n = m->layout->n_observed;
    rp_column_wish *wishes = rp_arena_take(m->arena, n + 3, sizeof *wishes);
    if (!wishes) {
        rp_fail_memory(m->error);
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        wishes[i] = (rp_column_wish){.name = m->layout->observed[i], .number = true, .at = i};
    m->group_at = wish_codes(wishes, &n, m->options->group);
    m->cluster_at = wish_codes(wishes, &n, m->options->cluster);
    m->id_at = wish_codes(wishes, &n, m->options->id);
    if (fit_read(&m->reading, wishes, n))
        return m->reading.columns;
    show_in_model(m);
    return NULL;
}

/* ---- groups: in byte order of their names ---- */

typedef struct named {
    const char *name;
    uint32_t code;
} named;

static int by_name(const void *a, const void *b) {
    return strcmp(((const named *)a)->name, ((const named *)b)->name);
}

static bool find_groups(fit_sem_making *m, const rp_columns *columns) {
    static const char *const levels[] = {"within", "between"};
    m->layout->n_groups = m->layout->levels ? 2 : 1;
    if (m->layout->levels)
        m->layout->groups = levels;
    if (!m->options->group)
        return true;
    const rp_names *texts = columns->columns[m->group_at].texts;
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
    if (!out->fit || !fit_sem_infer(m) || (m->options->scores && !fit_sem_score(m)))
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
    m->layout->casewise = m->options->estimator == RP_SEM_MLR;
    m->layout->n_observed = rp_sem_observed(m->text, &m->layout->observed);
    m->layout->levels = m->options->cluster != NULL;
    bool ordered = m->options->estimator == RP_SEM_WLSMV;
    if (!check_levels(m) || !check_apart(m, "group", m->options->group) ||
        !check_apart(m, "cluster", m->options->cluster) || (ordered && !fit_sem_check_ordered(m)))
        return false;
    const rp_columns *columns = read_columns(m);
    if (!columns)
        return false;
    double read = rp_time_seconds();
    m->out->seconds.read = read - began;
    if (!find_groups(m, columns) || (ordered && !fit_sem_categories(m)) || !fit_sem_prepare(m))
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
