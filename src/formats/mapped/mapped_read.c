/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One delimited file through a map into a record: parse the map, find its instruments, bind it to the header, read the
 * rows, then say of the whole what a reader must know. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats/mapped/mapped.h"
#include "rapport/formats.h"

/* ---- what is said of the whole ---- */

typedef struct remarks {
    rp_mapped *m;
    RP_VEC(const char *) notes;
    bool failed; /* no memory */
} remarks;

/* A sentence for every report, and a note among the faults under its rule (NULL: the record notes that itself). */
static void remark(remarks *r, const char *rule, const char *text) {
    const char **note = text ? rp_vec_push(r->m->arena, &r->notes) : NULL;
    if (!note) {
        r->failed = true;
        return;
    }
    *note = text;
    if (rule)
        rp_faults_add(rp_record_faults(r->m->record), RP_FAULT_NOTE, r->m->file.path, 0, 0, rule, "%s", text);
}

static void remark_people(remarks *r) {
    rp_mapped *m = r->m;
    if (!m->map.client)
        remark(r, "client_by_row",
               rp_arena_printf(m->arena,
                               "The map names no column for the client: each row is taken for one person, named by "
                               "the row's number in the file."));
    if (m->labels)
        remark(r, "order_by_appearance",
               rp_arena_printf(m->arena,
                               "Occasions are labels, not numbers, in column \"%s\": they are taken in the order "
                               "in which they first appear in the file.",
                               m->map.occasion));
    bool changed = false;
    for (size_t i = 0; i < m->people.n; i++)
        changed = changed || m->people.at[i].changed_practitioner;
    if (changed)
        remark(r, "practitioner_changes",
               rp_arena_printf(m->arena,
                               "Some people saw more than one practitioner; what is told per person names the "
                               "first."));
}

/* How many is not said here: notes stand in reports that hide small numbers. */
static void remark_fractions(remarks *r) {
    rp_mapped *m = r->m;
    for (size_t s = 0; s < m->map.n_sources; s++) {
        const rp_map_source *source = &m->map.sources[s];
        const rp_instrument *instrument = m->map.instruments[source->instrument].instrument;
        if (m->n_fractions[s] > 0)
            remark(
                r, NULL,
                rp_arena_printf(m->arena,
                                "Some scores of %s %s are not whole numbers, though the scale counts in whole points; "
                                "they are taken as the file gives them. The check of the input tells how many.",
                                instrument->short_title, source->name));
    }
}

/* An arm that nobody is in compares with nothing. */
static void remark_comparator(remarks *r) {
    const rp_mapped *m = r->m;
    for (size_t i = 0; m->map.comparator && i < m->people.n; i++)
        if (rp_text_is(m->people.at[i].values[RP_PERSON_ARM].text, m->map.comparator))
            return;
    if (m->map.comparator)
        remark(r, "comparator_empty",
               rp_arena_printf(r->m->arena, "Nobody in the file is in the arm that is to be compared with, \"%s\".",
                               m->map.comparator));
}

static int by_occasion(const void *left, const void *right) {
    const rp_occasion *a = left, *b = right;
    return (a->occasion > b->occasion) - (a->occasion < b->occasion);
}

/* The occasions that the map or the column's labels tell of, in order. NULL: no memory. */
static rp_occasion *list_occasions(rp_mapped *m, size_t *n) {
    *n = m->labels ? rp_names_count(m->labels) : m->map.n_occasions;
    rp_occasion *list = rp_arena_take(m->arena, *n, sizeof *list);
    for (size_t i = 0; list && i < *n; i++) {
        const rp_map_occasion *from = m->labels ? NULL : &m->map.occasions[i];
        list[i].occasion = from ? from->occasion : (int32_t)i + 1;
        list[i].months = from ? from->months : NAN;
        list[i].label = from ? from->label : rp_names_text(m->labels, (uint32_t)i);
        if (!list[i].label)
            list[i].label = rp_arena_printf(m->arena, "occasion %d", (int)list[i].occasion);
        if (!list[i].label)
            return NULL;
    }
    if (list && *n > 1)
        qsort(list, *n, sizeof *list, by_occasion);
    return list;
}

static bool describe(rp_mapped *m) {
    remarks r = {.m = m};
    remark_people(&r);
    remark_fractions(&r);
    remark_comparator(&r);
    size_t n = 0;
    const rp_occasion *occasions = list_occasions(m, &n);
    if (r.failed || !occasions)
        return rp_fail_memory(m->error);
    const rp_about about = {.name = m->map.name,
                            .licence = m->map.licence,
                            .citation = m->map.citation,
                            .comparator = m->map.comparator,
                            .comparator_note = m->map.comparator_note,
                            .research = true,
                            .occasions = occasions,
                            .n_occasions = n,
                            .notes = r.notes.at,
                            .n_notes = r.notes.n};
    return rp_record_describe(m->record, &about, m->error);
}

/* ---- the reading ---- */

static bool take_room(rp_mapped *m) {
    size_t n = m->map.n_sources;
    m->ids = rp_names_new(m->arena);
    m->texts = rp_names_new(m->arena);
    m->sessions = rp_names_new(m->arena);
    m->practitioner_ids = rp_names_new(m->arena);
    m->found = rp_arena_take(m->arena, n, sizeof *m->found);
    m->n_fractions = rp_arena_take(m->arena, n, sizeof *m->n_fractions);
    m->missing_is_number = rp_arena_take(m->arena, m->map.n_missing, sizeof *m->missing_is_number);
    if (!m->ids || !m->texts || !m->sessions || !m->practitioner_ids || !m->found || !m->n_fractions ||
        !m->missing_is_number)
        return rp_fail_memory(m->error);
    double number = 0;
    for (size_t i = 0; i < m->map.n_missing; i++)
        m->missing_is_number[i] = rp_text_to_num(rp_text_of(m->map.missing[i]), &number);
    return true;
}

/* What is at fault in the map has its place in the map's file. */
static bool of_map(rp_mapped *m, bool fine, const char *map_name) {
    if (fine)
        return true;
    if (!m->error->remedy[0] && m->error->code != RP_E_MEMORY)
        rp_fail_remedy(m->error, "Mend the map; docs/map.md describes each of its members.");
    return m->error->file[0] ? false : rp_fail_at(m->error, map_name, 0, 0);
}

/* The map says how the file is written, and the file which of the map's columns it has. */
static bool open_both(rp_mapped *m, const char *path, const json_t *json, const char *map_name) {
    return of_map(m, rp_map_parse(json, map_name, m->arena, &m->map, m->error), map_name) &&
           rp_delimited_open(&m->file, m->record, path, &m->map.form, m->arena, m->error) &&
           of_map(m,
                  rp_map_instruments(&m->map, rp_record_instruments(m->record), m->arena, m->error) &&
                      rp_map_bind(&m->map, &m->file.header, m->file.path, m->arena, &m->binding, m->error),
                  map_name);
}

static bool check_any(rp_mapped *m) {
    if (m->file.n_rows > 0)
        return true;
    rp_fail(m->error, RP_E_RULE, "The file has a header line and no rows, so it tells of nobody.");
    rp_fail_at(m->error, m->file.path, m->file.header.line, 1);
    return rp_fail_remedy(m->error, "Check that it was saved or exported in full.");
}

static bool read_through(rp_mapped *m, const char *path, const json_t *json, const char *map_name, bool quiet) {
    return open_both(m, path, json, map_name) && rp_delimited_begin(&m->file, quiet, m->error) && take_room(m) &&
           (m->map.wide || m->map.n_occasions > 0 || !m->map.occasion || rp_mapped_learn_occasions(m)) &&
           rp_mapped_rows(m) && check_any(m) && rp_mapped_put_people(m) && describe(m);
}

bool rp_mapped_read(const char *csv_path, const json_t *map, const char *map_name, bool quiet, rp_record *record,
                    rp_error *error) {
    rp_arena *arena = rp_arena_new(0);
    if (!arena)
        return rp_fail_memory(error);
    rp_mapped m = {.record = record, .arena = arena, .error = error};
    *error = (rp_error){0};
    bool fine = read_through(&m, csv_path, map, map_name, quiet);
    rp_delimited_close(&m.file);
    rp_arena_free(arena);
    return fine;
}
