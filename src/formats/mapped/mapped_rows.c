/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of a mapped file into administrations, scores and responses. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "formats/mapped/mapped.h"

enum {
    LONGEST_ID = 64,
    LONGEST_TIME = 16,
    MOST_CELLS = 64
}; /* an id's bytes: record.md; columns of a table, with room */

/* ---- a row of one table being filled ---- */

/* The columns filled here, and where each stands in its table. */
typedef enum column {
    A_KEY,
    A_REFERRAL,
    A_DATE,
    A_OCCASION,
    A_INSTRUMENT,
    A_VERSION,
    A_RATER,
    A_WAY,
    A_PRACTITIONER,
    R_ADMINISTRATION,
    R_ITEM,
    R_VALUE,
    S_ADMINISTRATION,
    S_SCALE,
    S_VALUE,
    S_METHOD,
    COLUMNS
} column;

static const struct {
    rp_table_id table;
    const char *name;
} columns[COLUMNS] = {
    [A_KEY] = {RP_ADMINISTRATIONS, "administration_id"},
    [A_REFERRAL] = {RP_ADMINISTRATIONS, "referral_id"},
    [A_DATE] = {RP_ADMINISTRATIONS, "date"},
    [A_OCCASION] = {RP_ADMINISTRATIONS, "occasion"},
    [A_INSTRUMENT] = {RP_ADMINISTRATIONS, "instrument"},
    [A_VERSION] = {RP_ADMINISTRATIONS, "version"},
    [A_RATER] = {RP_ADMINISTRATIONS, "rater"},
    [A_WAY] = {RP_ADMINISTRATIONS, "way"},
    [A_PRACTITIONER] = {RP_ADMINISTRATIONS, "practitioner_id"},
    [R_ADMINISTRATION] = {RP_RESPONSES, "administration_id"},
    [R_ITEM] = {RP_RESPONSES, "item"},
    [R_VALUE] = {RP_RESPONSES, "value"},
    [S_ADMINISTRATION] = {RP_SCORES, "administration_id"},
    [S_SCALE] = {RP_SCORES, "scale"},
    [S_VALUE] = {RP_SCORES, "value"},
    [S_METHOD] = {RP_SCORES, "method"},
};

typedef struct walk {
    rp_mapped *m;
    int at[COLUMNS]; /* in the record's table; -1: the map has no practitioners */
} walk;

static bool find_columns(walk *w) {
    rp_record *record = w->m->record;
    if (w->m->map.practitioner && rp_record_extra(record, RP_ADMINISTRATIONS, columns[A_PRACTITIONER].name) < 0)
        return rp_fail_memory(w->m->error);
    for (size_t c = 0; c < COLUMNS; c++) {
        w->at[c] = rp_record_column(record, columns[c].table, columns[c].name);
        if (w->at[c] >= MOST_CELLS)
            return rp_fail(w->m->error, RP_E_LIMIT, "The record has more than %d columns of administrations.",
                           MOST_CELLS);
    }
    return true;
}

typedef struct filling {
    rp_table_id table;
    size_t n;
    rp_cell cells[MOST_CELLS];
} filling;

static void begin(const walk *w, filling *f, rp_table_id table, uint32_t line) {
    f->table = table;
    f->n = rp_record_columns(w->m->record, table);
    f->n = f->n < MOST_CELLS ? f->n : MOST_CELLS;
    for (size_t i = 0; i < f->n; i++)
        f->cells[i] = (rp_cell){.line = line};
}

/* `place` tells where in the file the text comes from. */
static void set(const walk *w, filling *f, column c, rp_text text, const rp_cell *place) {
    assert(columns[c].table == f->table && w->at[c] >= 0 && (size_t)w->at[c] < f->n);
    f->cells[w->at[c]] = (rp_cell){.text = text, .line = place->line, .column = place->column};
}

static rp_put put(const walk *w, const filling *f, const rp_row *row) {
    return rp_record_add(w->m->record, f->table, f->cells, f->n, rp_delimited_place(&w->m->file, row), w->m->error);
}

/* ---- administrations ---- */

static void time_text(const rp_mapped_time *time, char out[LONGEST_TIME]) {
    if (time->occasion != RP_NO_OCCASION)
        (void)snprintf(out, LONGEST_TIME, "%" PRId32, time->occasion);
    else
        (void)snprintf(out, LONGEST_TIME, "%.*s", (int)time->date.text.n, time->date.text.at);
}

/* "CLIENT/TIME/INSTRUMENT": readable, and unique since neither a time nor an instrument's name holds a '/'. A client
 * whose own id leaves no room is told by line instead. */
static void administration_id(const rp_text client, const rp_mapped_time *time, const char *instrument, uint32_t line,
                              char out[LONGEST_ID + 1]) {
    char when[LONGEST_TIME];
    time_text(time, when);
    int room = client.n < LONGEST_ID ? (int)client.n : LONGEST_ID;
    int n = snprintf(out, LONGEST_ID + 1, "%.*s/%s/%s", room, client.at, when, instrument);
    if (n > LONGEST_ID)
        (void)snprintf(out, LONGEST_ID + 1, "line-%" PRIu32 "/%s/%.40s", line, when, instrument);
}

/* One instrument's values at one time of one person. */
static bool put_values(const walk *w, const rp_row *row, const rp_map_instrument *one, const int *from,
                       const char *id) {
    for (size_t s = one->first; s < one->first + one->n; s++) {
        const rp_map_source *source = &w->m->map.sources[s];
        if (!w->m->found[s].at)
            continue;
        const rp_cell *place = &row->cells[from[s]];
        filling f;
        begin(w, &f, source->is_item ? RP_RESPONSES : RP_SCORES, place->line);
        set(w, &f, source->is_item ? R_ADMINISTRATION : S_ADMINISTRATION, rp_text_of(id), place);
        set(w, &f, source->is_item ? R_ITEM : S_SCALE, rp_text_of(source->name), place);
        set(w, &f, source->is_item ? R_VALUE : S_VALUE, w->m->found[s], place);
        if (!source->is_item)
            set(w, &f, S_METHOD, rp_text_of("supplied"), place);
        if (put(w, &f, row) == RP_PUT_FAILED)
            return false;
    }
    return true;
}

static bool put_administration(const walk *w, const rp_row *row, uint32_t person, const rp_mapped_time *time,
                               const rp_map_instrument *one, const int *from) {
    rp_mapped *m = w->m;
    const rp_cell practitioner = rp_mapped_cell(m, row, m->binding.practitioner, true), *place = &row->cells[0];
    const rp_text client = m->people.at[person].id.text;
    char id[LONGEST_ID + 1], occasion[LONGEST_TIME];
    administration_id(client, time, one->name, row->line, id);
    filling f;
    begin(w, &f, RP_ADMINISTRATIONS, row->line);
    set(w, &f, A_KEY, rp_text_of(id), place);
    set(w, &f, A_REFERRAL, client, place);
    if (time->occasion != RP_NO_OCCASION) {
        time_text(time, occasion);
        set(w, &f, A_OCCASION, rp_text_of(occasion), &time->at);
    }
    if (time->date.text.at)
        set(w, &f, A_DATE, time->date.text, &time->date);
    set(w, &f, A_INSTRUMENT, rp_text_of(one->instrument->name), place);
    set(w, &f, A_VERSION, rp_text_of(one->instrument->version), place);
    set(w, &f, A_RATER, rp_text_of(one->rater), place);
    set(w, &f, A_WAY, rp_text_of("imported"), place);
    if (practitioner.text.at)
        set(w, &f, A_PRACTITIONER, practitioner.text, &practitioner);
    rp_put kept = put(w, &f, row);
    if (kept != RP_PUT_KEPT)
        return kept == RP_PUT_REJECTED;
    return put_values(w, row, one, from, id);
}

/* Everything measured at one time: an administration for each instrument that has a value then. */
static bool put_moment(const walk *w, const rp_row *row, uint32_t person, const rp_mapped_time *time, const int *from) {
    rp_mapped *m = w->m;
    for (size_t i = 0; i < m->map.n_instruments; i++) {
        const rp_map_instrument *one = &m->map.instruments[i];
        bool any = false;
        for (size_t s = one->first; s < one->first + one->n; s++) {
            rp_mapped_take(m, row, s, from[s]);
            any = any || m->found[s].at;
        }
        if (any && !put_administration(w, row, person, time, one, from))
            return false;
    }
    return true;
}

/* ---- rows ---- */

/* The cell that says who it is; in a wide file without one, the row's number. Absent: the row was rejected. */
static rp_cell client_of(rp_mapped *m, const rp_row *row, char number[24]) {
    if (m->binding.client < 0) {
        (void)snprintf(number, 24, "%" PRIu64, m->file.n_rows);
        return (rp_cell){.text = rp_text_of(number), .line = row->line};
    }
    rp_cell cell = rp_mapped_cell(m, row, m->binding.client, true);
    if (!cell.text.at)
        rp_delimited_reject(&m->file, row, &cell, "key_missing", "The row does not say which client it is about.");
    return cell;
}

static bool wide_row(const walk *w, const rp_row *row, const rp_cell *client) {
    rp_mapped *m = w->m;
    size_t people = m->people.n;
    uint32_t person = rp_mapped_person_of(m, row, client);
    if (person == RP_NO_ID)
        return rp_fail_memory(m->error);
    if (person < people) {
        rp_delimited_reject(&m->file, row, client, "key_duplicate",
                            "Client %.*s has a row already, in line %u; in wide layout a person has one row.",
                            (int)client->text.n, client->text.at, (unsigned)m->people.at[person].id.line);
        return true;
    }
    if (!rp_mapped_person_values(m, row, person))
        return false;
    for (size_t o = 0; o < m->binding.n_moments; o++) {
        const rp_map_moment *moment = &m->binding.moments[o];
        const rp_mapped_time time = {.occasion = m->map.occasions[o].occasion,
                                     .at = {.line = row->line},
                                     .date = rp_mapped_date(m, row, moment->date)};
        if (!put_moment(w, row, person, &time, moment->columns))
            return false;
    }
    return true;
}

/* Whether an earlier row told of this person and time. False: no memory. */
static bool note_time(rp_mapped *m, uint32_t person, const rp_mapped_time *time, bool *seen) {
    char when[LONGEST_TIME], key[LONGEST_TIME + 16];
    time_text(time, when);
    (void)snprintf(key, sizeof key, "%" PRIu32 "/%s", person, when);
    size_t before = rp_names_count(m->sessions);
    uint32_t id = rp_names_put(m->sessions, rp_text_of(key));
    *seen = id < before;
    return id != RP_NO_ID;
}

static bool long_row(const walk *w, const rp_row *row, const rp_cell *client) {
    rp_mapped *m = w->m;
    rp_mapped_time time;
    if (!rp_mapped_row_time(m, row, &time))
        return true;
    uint32_t person = rp_mapped_person_of(m, row, client);
    bool seen = false;
    if (person == RP_NO_ID || !note_time(m, person, &time, &seen))
        return rp_fail_memory(m->error);
    if (seen) {
        char when[LONGEST_TIME];
        time_text(&time, when);
        rp_delimited_reject(&m->file, row, client, "key_duplicate",
                            "Client %.*s has a row for %s %s already; the first stands.", (int)client->text.n,
                            client->text.at, time.occasion != RP_NO_OCCASION ? "occasion" : "the date", when);
        return true;
    }
    return rp_mapped_person_values(m, row, person) && put_moment(w, row, person, &time, m->binding.moments[0].columns);
}

bool rp_mapped_rows(rp_mapped *m) {
    walk w = {.m = m};
    if (!find_columns(&w))
        return false;
    rp_row row;
    for (;;) {
        rp_read got = rp_delimited_next(&m->file, &row, m->error);
        if (got != RP_READ_ROW)
            return got == RP_READ_END;
        char number[24];
        const rp_cell client = client_of(m, &row, number);
        if (client.text.at && !(m->map.wide ? wide_row(&w, &row, &client) : long_row(&w, &row, &client)))
            return false;
    }
}
