/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of this room share: a record to fill, a folder to write into, maps and files from text, and the faults
 * that came of them. Each test program includes it once, after cmocka. */
#ifndef FORMATS_HELPER_H
#define FORMATS_HELPER_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rapport/formats.h"

typedef struct run {
    rp_arena *arena;
    rp_record *record;
    rp_faults *faults;
    rp_error error;
    char folder[256]; /* of this test alone; taken away at its end */
} run;

/* A fresh record in r. */
static inline void record_start(run *r) {
    rp_arena_free(r->arena);
    r->arena = rp_arena_new(0);
    rp_instruments *known = rp_instruments_new(r->arena, &r->error);
    assert_non_null(known);
    r->faults = rp_faults_new(r->arena, 1000);
    r->record = rp_record_new(r->arena, known, r->faults);
    assert_non_null(r->record);
    r->error = (rp_error){0};
}

static inline int run_start(void **state) {
    run *r = calloc(1, sizeof *r);
    const char *base = getenv("TMPDIR");
    snprintf(r->folder, sizeof r->folder, "%s/rapport-test-XXXXXX", base ? base : P_tmpdir);
    if (!mkdtemp(r->folder))
        return -1;
    record_start(r);
    *state = r;
    return 0;
}

static inline void path_in(const run *r, const char *name, char out[512]) {
    snprintf(out, 512, "%s/%s", r->folder, name);
}

/* Takes away what a test wrote; folders inside hold files alone. */
static inline void clear_folder(rp_arena *arena, const char *path) {
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder)) != NULL;) {
        const char *inner = rp_path_join(arena, path, entry->d_name);
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        struct stat about;
        if (lstat(inner, &about) == 0 && S_ISDIR(about.st_mode))
            clear_folder(arena, inner);
        else
            remove(inner);
    }
    if (folder)
        closedir(folder);
    rmdir(path);
}

static inline int run_end(void **state) {
    run *r = *state;
    clear_folder(r->arena, r->folder);
    rp_arena_free(r->arena);
    free(r);
    return 0;
}

static inline void write_file(const run *r, const char *name, const char *text) {
    char path[512];
    rp_error error;
    path_in(r, name, path);
    assert_true(rp_file_write(path, text, strlen(text), &error));
}

/* JSON written with ' for ", for the reader's sake. Owned. */
static inline json_t *json_of(const char *text) {
    rp_error error;
    char bytes[8192];
    size_t n = strlen(text);
    assert_true(n < sizeof bytes);
    for (size_t i = 0; i < n; i++)
        bytes[i] = text[i] == '\'' ? '"' : text[i];
    json_t *value = rp_json_parse(bytes, n, "test", &error);
    if (!value)
        fail_msg("%s in %s", error.message, text);
    return value;
}

/* Reads `csv` through `map` (with ' for ") into a fresh record; not sealed. */
static inline bool read_mapped(run *r, const char *csv, const char *map) {
    char path[512];
    record_start(r);
    write_file(r, "data.csv", csv);
    path_in(r, "data.csv", path);
    json_t *json = json_of(map);
    bool fine = rp_mapped_read(path, json, "map.json", true, r->record, &r->error);
    json_decref(json);
    return fine;
}

static inline void seal(run *r) {
    if (!rp_record_seal(r->record, &r->error))
        fail_msg("%s", r->error.message);
}

static inline void must_read(run *r, const char *csv, const char *map) {
    if (!read_mapped(r, csv, map))
        fail_msg("%s: %s %s", r->error.file, r->error.message, r->error.remedy);
    seal(r);
}

/* The fault at this line and column (0: any) under this rule. */
static inline const rp_fault *find_fault(const run *r, const char *rule, int64_t line, int64_t column) {
    for (size_t i = 0; i < rp_faults_kept(r->faults); i++) {
        const rp_fault *fault = rp_faults_at(r->faults, i);
        if (strcmp(fault->rule, rule) == 0 && (!line || fault->line == line) && (!column || fault->column == column))
            return fault;
    }
    for (size_t i = 0; i < rp_faults_kept(r->faults); i++)
        print_message("  %s:%d:%d %s %s\n", rp_faults_at(r->faults, i)->file, (int)rp_faults_at(r->faults, i)->line,
                      (int)rp_faults_at(r->faults, i)->column, rp_faults_at(r->faults, i)->rule,
                      rp_faults_at(r->faults, i)->message);
    fail_msg("no fault %s at %d:%d", rule, (int)line, (int)column);
    return NULL;
}

/* How many faults and notes there are under a rule. */
static inline size_t count_rule(const run *r, const char *rule) {
    size_t n = 0;
    for (size_t i = 0; i < rp_faults_rules(r->faults); i++) {
        rp_fault_level level;
        size_t count = 0;
        if (strcmp(rp_faults_rule(r->faults, i, &level, &count), rule) == 0)
            n += count;
    }
    return n;
}

static inline void assert_has(const char *text, const char *part) {
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in: %s", part, text);
}

static inline size_t rows_of(const run *r, rp_table_id table) {
    return rp_record_rows(r->record, table);
}

static inline int column_of(const run *r, rp_table_id table, const char *name) {
    int column = rp_record_column(r->record, table, name);
    if (column < 0)
        fail_msg("no column %s", name);
    return column;
}

/* The row whose key is `key`. */
static inline size_t row_of(const run *r, rp_table_id table, const char *key_column, const char *key) {
    int column = column_of(r, table, key_column);
    for (size_t row = 0; row < rows_of(r, table); row++)
        if (strcmp(rp_record_id_text(r->record, table, column, row), key) == 0)
            return row;
    fail_msg("no %s %s", key_column, key);
    return 0;
}

/* A text (TEXT or extra) of the referral with this id; NULL: missing. */
static inline const char *referral_text(const run *r, const char *id, const char *column) {
    size_t row = row_of(r, RP_REFERRALS, "referral_id", id);
    return rp_record_text(r->record, RP_REFERRALS, column_of(r, RP_REFERRALS, column), row);
}

/* The value of a scale in the administration with this id; fails where there is none. */
static inline double score_of(const run *r, const char *administration, const char *scale) {
    int of = column_of(r, RP_SCORES, "administration_id"), name = column_of(r, RP_SCORES, "scale");
    for (size_t row = 0; row < rows_of(r, RP_SCORES); row++)
        if (strcmp(rp_record_id_text(r->record, RP_SCORES, of, row), administration) == 0 &&
            strcmp(rp_record_id_text(r->record, RP_SCORES, name, row), scale) == 0)
            return rp_record_num(r->record, RP_SCORES, column_of(r, RP_SCORES, "value"), row);
    fail_msg("no score %s of %s", scale, administration);
    return 0;
}

#endif
