/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A map's names become columns of one file. Whatever the file lacks is gathered and told at once, so that nobody has to
 * mend a map one name at a time. */
#include <stdio.h>
#include <string.h>

#include "formats/mapped/map.h"

enum { TELL_AT_MOST = 10 };

typedef struct binder {
    const rp_map *map;
    const rp_header *header;
    const rp_names *columns; /* a column's name -> its position: the header has no name twice */
    rp_arena *arena;
    rp_error *error;
    char lacking[400]; /* what the file does not have, as told so far */
    size_t n_lacking, n_told;
    bool cut;
} binder;

/* Notes a column that is not there: its name, its place in the map, the nearest that is there. */
static void note_lacking(binder *b, const char *column, const char *where) {
    b->n_lacking++;
    if (b->n_told == TELL_AT_MOST || b->cut)
        return;
    char one[300];
    const char *nearest = rp_header_nearest(b->header, column);
    int n = snprintf(one, sizeof one, "%s\"%.60s\" (%.80s%s%.60s%s)", b->n_told ? ", " : "", column, where,
                     nearest ? "; nearest: \"" : "", nearest ? nearest : "", nearest ? "\"" : "");
    size_t used = strlen(b->lacking);
    b->cut = n < 0 || used + (size_t)n >= sizeof b->lacking;
    if (b->cut)
        return;
    memcpy(b->lacking + used, one, (size_t)n + 1);
    b->n_told++;
}

/* The column's position; -1 for no name, and for one that is not there, which is noted. */
static int bind(binder *b, const char *column, const char *where) {
    if (!column)
        return -1;
    uint32_t id = rp_names_find(b->columns, rp_text_trim(rp_text_of(column)));
    if (id == RP_NO_ID) {
        note_lacking(b, column, where);
        return -1;
    }
    return (int)id;
}

static bool fail_lacking(binder *b, const char *file) {
    char more[32] = "", names[220] = "";
    if (b->n_lacking > b->n_told)
        (void)snprintf(more, sizeof more, " and %zu more", b->n_lacking - b->n_told);
    size_t used = 0;
    for (size_t i = 0; i < b->header->n; i++) {
        int n = snprintf(names + used, sizeof names - used, "%s\"%s\"", i ? ", " : "", b->header->names[i]);
        if (n < 0 || used + (size_t)n + 4 >= sizeof names) {
            (void)snprintf(names + used, sizeof names - used, ", …");
            break;
        }
        used += (size_t)n;
    }
    rp_fail(b->error, RP_E_UNKNOWN, "The map names %s that %.60s does not have: %s%s.",
            b->n_lacking == 1 ? "a column" : "columns", rp_path_name(file), b->lacking, more);
    return rp_fail_remedy(b->error, "Its columns are %s.", names);
}

/* ---- long layout ---- */

static bool bind_long(binder *b, int *columns, rp_map_moment *moment) {
    const rp_map *map = b->map;
    char where[160];
    for (size_t s = 0; s < map->n_sources; s++) {
        const rp_map_source *source = &map->sources[s];
        (void)snprintf(where, sizeof where, "instruments.%s.%s.%s", map->instruments[source->instrument].name,
                       source->is_item ? "items" : "scales", source->name);
        columns[s] = bind(b, source->stem, where);
    }
    *moment = (rp_map_moment){.columns = columns, .date = bind(b, map->date, "date")};
    return true;
}

/* ---- wide layout ---- */

/* The column that an occasion gives for a source: by its stem, or by its instrument's name where that has one source.
 */
static const char *wide_column(const rp_map *map, const rp_map_occasion *occasion, const rp_map_source *source) {
    const char *column = json_string_value(json_object_get(occasion->columns, source->stem));
    const rp_map_instrument *one = &map->instruments[source->instrument];
    if (!column && one->n == 1)
        column = json_string_value(json_object_get(occasion->columns, one->name));
    return column;
}

/* The stems that columns may be keyed by, for "did you mean". */
static const char **take_stems(const binder *b, size_t *n) {
    const rp_map *map = b->map;
    const char **stems = rp_arena_take(b->arena, map->n_sources + map->n_instruments + 1, sizeof *stems);
    if (!stems)
        return NULL;
    *n = 0;
    for (size_t s = 0; s < map->n_sources; s++)
        stems[(*n)++] = map->sources[s].stem;
    for (size_t i = 0; i < map->n_instruments; i++)
        if (map->instruments[i].n == 1)
            stems[(*n)++] = map->instruments[i].name;
    if (map->date)
        stems[(*n)++] = map->date;
    return stems;
}

/* Each key of an occasion's columns must be a stem that the map uses: another would be read by nobody. */
static bool check_stems(binder *b, size_t at, const rp_names *known, const char *const *stems, size_t n) {
    char where[64];
    (void)snprintf(where, sizeof where, "\"columns\" in entry %zu of \"occasion\"", at + 1);
    const rp_map_pair *pairs = NULL;
    size_t n_pairs = 0;
    const rp_map_parser parser = {.arena = b->arena, .error = b->error};
    if (!rp_map_parse_pairs(&parser, b->map->occasions[at].columns, where, &pairs, &n_pairs))
        return false;
    for (size_t i = 0; i < n_pairs; i++) {
        if (rp_names_find(known, rp_text_of(pairs[i].name)) != RP_NO_ID)
            continue;
        rp_fail(b->error, RP_E_UNKNOWN, "\"%s\" in %s is no stem that the map's instruments use.", pairs[i].name,
                where);
        const char *nearest = rp_text_nearest(rp_text_of(pairs[i].name), stems, n);
        return rp_fail_remedy(b->error, nearest ? "Did you mean \"%s\"?" : "They use stems such as \"%s\".",
                              nearest ? nearest : stems[0]);
    }
    return true;
}

static bool check_all_stems(binder *b) {
    size_t n = 0;
    const char **stems = take_stems(b, &n);
    rp_names *known = stems ? rp_names_new(b->arena) : NULL;
    if (!known)
        return rp_fail_memory(b->error);
    for (size_t i = 0; i < n; i++)
        if (rp_names_put(known, rp_text_of(stems[i])) == RP_NO_ID)
            return rp_fail_memory(b->error);
    for (size_t o = 0; o < b->map->n_occasions; o++)
        if (!check_stems(b, o, known, stems, n))
            return false;
    return true;
}

/* One column cannot hold the scores of two occasions: a slip of copying that would go unseen. */
static bool check_repeated(binder *b, const rp_map_moment *moments) {
    size_t *first = rp_arena_take(b->arena, b->header->n, sizeof *first);
    if (!first)
        return rp_fail_memory(b->error);
    for (size_t o = 0; o < b->map->n_occasions; o++)
        for (size_t s = 0; s < b->map->n_sources; s++) {
            int column = moments[o].columns[s];
            if (column < 0 || first[column] == o + 1)
                continue;
            if (first[column] == 0) {
                first[column] = o + 1;
                continue;
            }
            rp_fail(b->error, RP_E_RULE, "Entries %zu and %zu of \"occasion\" both take column \"%s\".", first[column],
                    o + 1, b->header->names[column]);
            return rp_fail_remedy(b->error, "Give each occasion columns of its own.");
        }
    return true;
}

/* Each source must be measured at some occasion. */
static bool check_used(binder *b) {
    const rp_map *map = b->map;
    for (size_t s = 0; s < map->n_sources; s++) {
        bool used = false;
        for (size_t o = 0; o < map->n_occasions && !used; o++)
            used = wide_column(map, &map->occasions[o], &map->sources[s]) != NULL;
        if (used)
            continue;
        rp_fail(b->error, RP_E_RULE, "No occasion has a column for \"%s\" (instruments.%s).", map->sources[s].stem,
                map->instruments[map->sources[s].instrument].name);
        return rp_fail_remedy(b->error,
                              "Add it to \"columns\" of the occasions at which it was measured: {\"%s\": "
                              "COLUMN}.",
                              map->sources[s].stem);
    }
    return true;
}

static bool bind_wide(binder *b, int *columns, rp_map_moment *moments) {
    const rp_map *map = b->map;
    if (!check_all_stems(b) || !check_used(b))
        return false;
    char where[160];
    for (size_t o = 0; o < map->n_occasions; o++) {
        const rp_map_occasion *occasion = &map->occasions[o];
        int *here = columns + o * map->n_sources;
        for (size_t s = 0; s < map->n_sources; s++) {
            (void)snprintf(where, sizeof where, "entry %zu of \"occasion\"", o + 1);
            here[s] = bind(b, wide_column(map, occasion, &map->sources[s]), where);
        }
        const char *date = map->date ? json_string_value(json_object_get(occasion->columns, map->date)) : NULL;
        moments[o] = (rp_map_moment){.columns = here, .date = bind(b, date, where)};
    }
    return check_repeated(b, moments);
}

/* ---- the whole ---- */

static bool bind_moments(binder *b, rp_map_binding *out) {
    const rp_map *map = b->map;
    size_t n = map->wide ? map->n_occasions : 1;
    if (n * map->n_sources > RP_MAP_LIMIT_CELLS)
        return rp_fail(b->error, RP_E_LIMIT, "The map takes %zu values from each row; %d are allowed.",
                       n * map->n_sources, RP_MAP_LIMIT_CELLS);
    int *columns = rp_arena_take(b->arena, n * map->n_sources, sizeof *columns);
    rp_map_moment *moments = rp_arena_take(b->arena, n, sizeof *moments);
    if (!columns || !moments)
        return rp_fail_memory(b->error);
    out->moments = moments;
    out->n_moments = n;
    return map->wide ? bind_wide(b, columns, moments) : bind_long(b, columns, moments);
}

static bool index_header(binder *b) {
    rp_names *columns = rp_names_new(b->arena);
    bool fine = columns != NULL;
    for (size_t i = 0; i < b->header->n && fine; i++)
        fine = rp_names_put(columns, rp_text_of(b->header->names[i])) == i;
    b->columns = columns;
    return fine || rp_fail_memory(b->error);
}

bool rp_map_bind(const rp_map *map, const rp_header *header, const char *file, rp_arena *arena, rp_map_binding *out,
                 rp_error *error) {
    binder b = {.map = map, .header = header, .arena = arena, .error = error};
    int *covariates = rp_arena_take(arena, map->n_covariates, sizeof *covariates);
    if (!covariates)
        return rp_fail_memory(error);
    if (!index_header(&b))
        return false;
    *out = (rp_map_binding){.covariates = covariates};
    out->client = bind(&b, map->client, "client");
    out->practitioner = bind(&b, map->practitioner, "practitioner");
    out->arm = bind(&b, map->arm, "arm.column");
    out->occasion = bind(&b, map->occasion, "occasion");
    char where[160];
    for (size_t i = 0; i < map->n_covariates; i++) {
        (void)snprintf(where, sizeof where, "covariates.%s", map->covariates[i].name);
        covariates[i] = bind(&b, map->covariates[i].value, where);
    }
    return bind_moments(&b, out) && (b.n_lacking == 0 || fail_lacking(&b, file));
}
