/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of this room share: a run with its instruments, definitions from text, and pairs of scores from the
 * reference data. Each test program includes it once, after cmocka. */
#ifndef MEASURES_HELPER_H
#define MEASURES_HELPER_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rapport/measures.h"

enum { BUILT_IN = 28 }; /* questionnaires that ship: the files of instruments/ */

typedef struct run {
    rp_arena *arena;
    rp_instruments *known;
    rp_error error;
} run;

static inline int run_start(void **state) {
    run *r = calloc(1, sizeof *r);
    r->arena = rp_arena_new(0);
    r->known = rp_instruments_new(r->arena, &r->error);
    *state = r;
    return r->known ? 0 : -1;
}

static inline int run_end(void **state) {
    run *r = *state;
    rp_arena_free(r->arena);
    free(r);
    return 0;
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
        fail_msg("%s", error.message);
    return value;
}

static inline const rp_instrument *add_inline(run *r, const char *name, const char *text) {
    json_t *definition = json_of(text);
    const rp_instrument *added = rp_instruments_add_inline(r->known, name, definition, "instruments.x", &r->error);
    json_decref(definition);
    return added;
}

static inline const rp_instrument *add_fhir(run *r, const char *text) {
    json_t *questionnaire = json_of(text);
    const rp_instrument *added = rp_instruments_add_fhir(r->known, questionnaire, "x.json", &r->error);
    json_decref(questionnaire);
    return added;
}

static inline void assert_near(double got, double wanted, double within) {
    if (!(fabs(got - wanted) <= within))
        fail_msg("got %.17g, wanted %.17g within %g", got, wanted, within);
}

static inline void assert_refused(const rp_instrument *added, const rp_error *error, const char *word) {
    assert_null(added);
    if (!strstr(error->message, word) && !strstr(error->remedy, word))
        fail_msg("wanted \"%s\" in: %s / %s", word, error->message, error->remedy);
}

/* ---- the reference data ---- */

enum { CELLS = 32, PEOPLE = 200 };

/* A CSV of plain cells, some in quotes, none with a comma in it. */
typedef struct sheet {
    char *text;
    char *names[CELLS];
    size_t n_names;
    char *next;
} sheet;

static inline char *unquoted(char *cell) {
    size_t n = strlen(cell);
    if (n >= 2 && cell[0] == '"' && cell[n - 1] == '"') {
        cell[n - 1] = '\0';
        cell++;
    }
    return cell;
}

/* The next line's cells; 0 at the end. */
static inline size_t sheet_line(sheet *s, char **cells) {
    if (!*s->next)
        return 0;
    char *line = s->next, *end = strchr(line, '\n');
    s->next = end ? end + 1 : line + strlen(line);
    if (end)
        *end = '\0';
    size_t n = 0;
    for (char *cell = line; cell && n < CELLS; n++) {
        char *comma = strchr(cell, ',');
        if (comma)
            *comma = '\0';
        cells[n] = unquoted(cell);
        cell = comma ? comma + 1 : NULL;
    }
    return n;
}

/* Skips the test, saying so, where the reference data are not there. */
static inline sheet sheet_open(rp_arena *arena, const char *name) {
    const char *shared = getenv("RAPPORT_SHARED");
    char path[512];
    snprintf(path, sizeof path, "%s/data/%s", shared ? shared : "../shared", name);
    rp_text text;
    rp_error error;
    if (!rp_file_exists(path)) {
        print_message("skipped: there is no %s (set RAPPORT_SHARED)\n", path);
        skip();
    }
    assert_true(rp_file_read(path, 1 << 20, arena, &text, &error));
    sheet s = {.text = rp_arena_copy(arena, text.at, text.n)};
    s.next = s.text;
    s.n_names = sheet_line(&s, s.names);
    return s;
}

static inline size_t sheet_column(const sheet *s, const char *name) {
    for (size_t i = 0; i < s->n_names; i++)
        if (strcmp(s->names[i], name) == 0)
            return i;
    fail_msg("no column %s", name);
    return 0;
}

/* Scores of people at two times; NaN where there is none. */
typedef struct pairs {
    char ids[PEOPLE][16];
    double before[PEOPLE], after[PEOPLE];
    size_t n;
} pairs;

static inline size_t pairs_of(pairs *p, const char *id) {
    for (size_t i = 0; i < p->n; i++)
        if (strcmp(p->ids[i], id) == 0)
            return i;
    assert_true(p->n < PEOPLE);
    snprintf(p->ids[p->n], sizeof p->ids[0], "%s", id);
    p->before[p->n] = p->after[p->n] = NAN;
    return p->n++;
}

/* From a long sheet: the score at `first` and at `last`; with both NULL, the first and the last that there is. */
static inline void pairs_read(pairs *p, rp_arena *arena, const char *file, const char *id, const char *time,
                              const char *score, const char *first, const char *last) {
    sheet s = sheet_open(arena, file);
    size_t id_at = sheet_column(&s, id), time_at = sheet_column(&s, time), score_at = sheet_column(&s, score);
    char *cells[CELLS];
    while (sheet_line(&s, cells)) {
        double value;
        size_t one = pairs_of(p, cells[id_at]);
        if (!rp_text_to_num(rp_text_of(cells[score_at]), &value))
            continue;
        if (first ? strcmp(cells[time_at], first) == 0 : isnan(p->before[one]))
            p->before[one] = value;
        if (last ? strcmp(cells[time_at], last) == 0 : true)
            p->after[one] = value;
    }
}

static inline rp_change_data pairs_data(const pairs *p) {
    rp_change_data data = {0};
    for (size_t i = 0; i < p->n; i++) {
        if (!isnan(p->before[i]))
            rp_moments_add(&data.baseline_all, p->before[i]);
        if (!isnan(p->before[i]) && !isnan(p->after[i]))
            rp_pair_moments_add(&data.pairs, p->before[i], p->after[i]);
    }
    return data;
}

#endif
