/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The data of a fit: one delimited file, or a view or table of any input. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "evaluation/fit_parts.h"

enum { FAULTS_KEPT = 10000 };

bool fit_warn(fit_reading *m, const char *format, ...) {
    char text[1000];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    const char **slot = rp_vec_push(m->arena, &m->warnings);
    if (!slot || !(*slot = rp_arena_copy(m->arena, text, strlen(text))))
        return rp_fail_memory(m->error);
    return true;
}

/* ---- one file ---- */

typedef struct file_reading {
    const rp_columns_source *source;
    const rp_column_wish *wishes;
    size_t n_wishes;
    rp_arena *arena;
    rp_columns *columns;
    rp_digest digest;
    rp_error errors[2];
    bool digested;
} file_reading;

/* The digest is taken beside the reading where there is a second thread. */
static void read_or_digest(void *context, size_t i) {
    file_reading *f = context;
    if (i == 0)
        f->columns = rp_columns_read(f->source, f->wishes, f->n_wishes, f->arena, &f->errors[0]);
    else
        f->digested = rp_file_digest(f->source->path, &f->digest, &f->errors[1]);
}

static bool put_file_provenance(fit_reading *m, const file_reading *f) {
    rp_provenance_input *input = rp_arena_take(m->arena, 1, sizeof *input);
    char *name = rp_arena_printf(m->arena, "%s", rp_path_name(f->source->path));
    if (!input || !name)
        return rp_fail_memory(m->error);
    *input = (rp_provenance_input){.name = name,
                                   .bytes = f->digest.bytes,
                                   .rows = f->columns->rows + f->columns->rejected,
                                   .rejected = f->columns->rejected};
    memcpy(input->sha256, f->digest.sha256, sizeof input->sha256);
    m->provenance = (rp_provenance){
        .version = RP_VERSION, .inputs = input, .n_inputs = 1, .title = "", .citation = "", .licence = ""};
    return true;
}

static bool read_file(fit_reading *m, rp_columns_source source, const rp_column_wish *wishes, size_t n) {
    if (rp_file_is_folder(source.path) || m->asked->map) {
        rp_fail(m->error, RP_E_RULE, "%s is not one file with a row for each observation.", source.path);
        if (m->asked->map)
            rp_fail(m->error, RP_E_RULE, "With --map it has to be said which rows are meant.");
        rp_fail_at(m->error, source.path, 0, 0);
        return rp_fail_remedy(m->error, "Say which of its rows, with --table sessions, episodes or a table's name.");
    }
    source.path = m->asked->input;
    file_reading f = {.source = &source, .wishes = wishes, .n_wishes = n, .arena = m->data_arena};
    rp_pool_run(source.threads > 1 ? 2 : 1, 2, read_or_digest, &f);
    if (!f.columns || !f.digested) {
        *m->error = f.errors[f.columns ? 1 : 0];
        return false;
    }
    m->columns = f.columns;
    return put_file_provenance(m, &f);
}

/* ---- a table of a record ---- */

static bool unknown_table(const fit_reading *m) {
    const char *names[RP_TABLES + 2] = {"sessions", "episodes"};
    for (int t = 0; t < RP_TABLES; t++)
        names[t + 2] = rp_schema_table((rp_table_id)t)->name;
    const char *nearest = rp_text_nearest(rp_text_of(m->asked->table), names, RP_TABLES + 2);
    rp_fail(m->error, RP_E_UNKNOWN, "There is no table '%.80s'.", m->asked->table);
    return rp_fail_remedy(m->error, "%s%sThere are sessions and episodes, and the tables of docs/record.md.",
                          nearest ? nearest : "", nearest ? "? " : "");
}

static bool write_view(fit_reading *m, bool sessions, rp_buf *csv) {
    const rp_evaluation_options asked = {
        .input = m->asked->input,
        .map = m->asked->map,
        .no_questions = true,
        .asked = {.threads = m->asked->threads},
        .cohort = {.event = RP_COHORT_REFERRED, .from = RP_NO_DATE, .to = RP_NO_DATE},
        .quiet = m->asked->quiet,
    };
    rp_evaluation evaluation;
    if (!rp_evaluate(&asked, m->arena, &evaluation, m->error))
        return false;
    m->provenance = evaluation.provenance;
    return sessions ? rp_evaluation_sessions_csv(&evaluation, csv, m->error)
                    : rp_evaluation_episodes_csv(&evaluation, csv, m->error);
}

static bool write_table(fit_reading *m, rp_table_id table, rp_buf *csv) {
    rp_faults *faults = rp_faults_new(m->arena, FAULTS_KEPT);
    if (!faults)
        return rp_fail_memory(m->error);
    const rp_record *record = rp_evaluation_open(m->asked->input, m->asked->map, m->asked->quiet, m->asked->threads,
                                                 RP_OPEN_WHOLE, m->arena, faults, m->error);
    return record && rp_evaluation_provenance(record, m->arena, &m->provenance, m->error) &&
           rp_evaluation_table_csv(record, table, csv, m->error);
}

static bool read_record(fit_reading *m, rp_columns_source source, const rp_column_wish *wishes, size_t n) {
    rp_table_id table = RP_TABLES;
    bool sessions = strcmp(m->asked->table, "sessions") == 0, view = sessions;
    view = view || strcmp(m->asked->table, "episodes") == 0;
    if (!view && !rp_schema_find(rp_text_of(m->asked->table), &table))
        return unknown_table(m);
    rp_buf csv = {0};
    bool fine = view ? write_view(m, sessions, &csv) : write_table(m, table, &csv);
    if (fine) {
        source.path = m->asked->table;
        source.bytes = (rp_text){csv.at, csv.n};
        m->columns = rp_columns_read(&source, wishes, n, m->data_arena, m->error);
    }
    rp_buf_free(&csv);
    for (size_t i = 0; fine && i < m->provenance.n_inputs; i++)
        if (m->provenance.inputs[i].rejected &&
            !fit_warn(m, "%lld rows of %s were rejected; 'rapport check' lists them.",
                      (long long)m->provenance.inputs[i].rejected, m->provenance.inputs[i].name))
            return false;
    return m->columns != NULL;
}

/* ---- what a reader has to know of it ---- */

/* Text among numbers: at least half of the levels are numbers. */
static bool is_half_numbers(const rp_column_about *column) {
    size_t n = rp_names_count(column->texts), numbers = 0;
    double value;
    for (size_t i = 0; i < n; i++)
        numbers += rp_text_to_num(rp_text_of(rp_names_text(column->texts, (uint32_t)i)), &value);
    return numbers * 2 >= n;
}

static bool warn_of_columns(fit_reading *m) {
    const rp_columns *c = m->columns;
    if (c->rejected && !fit_warn(m, "%lld row%s could not be read and %s left out, the first on line %lld: %s",
                                 (long long)c->rejected, c->rejected == 1 ? "" : "s", c->rejected == 1 ? "is" : "are",
                                 (long long)c->first_rejected.line, c->first_rejected.message))
        return false;
    for (size_t i = 0; i < c->n_columns; i++) {
        const rp_column_about *column = &c->columns[i];
        if (column->odd_text && is_half_numbers(column) &&
            !fit_warn(
                m, "%s is taken as text, since line %u holds '%s'; if that means a missing value, say --missing '%s'.",
                column->name, column->odd_line, column->odd_text, column->odd_text))
            return false;
    }
    return true;
}

bool fit_read(fit_reading *m, const rp_column_wish *wishes, size_t n) {
    const rp_columns_source source = {.path = m->asked->input,
                                      .missing = m->asked->missing,
                                      .n_missing = m->asked->n_missing,
                                      .threads = m->asked->threads,
                                      .quiet = m->asked->quiet};
    return (m->asked->table ? read_record(m, source, wishes, n) : read_file(m, source, wishes, n)) &&
           warn_of_columns(m) &&
           rp_evaluation_stamp(&m->provenance, m->asked->seed, m->asked->clock, m->arena, m->error);
}
