/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A map as it was written (docs/map.md), and the same bound to one file's columns. All texts are borrowed from the
 * JSON, all arrays lie in the arena given.
 *
 *   JSON -> rp_map_parse -> rp_map_instruments -> rp_map_bind -> rows (mapped_rows.h) */
#ifndef RAPPORT_FORMATS_MAP_H
#define RAPPORT_FORMATS_MAP_H

#include "formats/delimited_rows.h"

enum {
    RP_MAP_LIMIT_NAMES = 1000,      /* entries of one list or object in a map: far past what people write by hand */
    RP_MAP_LIMIT_CELLS = 1 << 16,   /* measured values in one row: as many as a row may have fields */
    RP_MAP_LIMIT_NAME = 40,         /* bytes of an instrument's name in the map, which goes into keys */
    RP_MAP_LIMIT_OCCASION = 1000000 /* occasion numbers stay within these, both ways */
};

typedef struct rp_map_pair {
    const char *name, *value;
} rp_map_pair;

/* One item or scale of one instrument, and what gives its values: a column, or in wide layout a stem. */
typedef struct rp_map_source {
    const char *name; /* of the item or scale */
    const char *stem;
    size_t instrument; /* index in the map */
    bool is_item;
    int index; /* of the item or scale in the instrument; by rp_map_instruments */
} rp_map_source;

typedef struct rp_map_instrument {
    const char *name;     /* its key in the map */
    const char *use;      /* a known one's name, or */
    const json_t *define; /* its definition, written inline */
    const json_t *change; /* NULL: as the instrument has it */
    const char *rater;
    size_t first, n;                 /* its sources */
    const rp_instrument *instrument; /* by rp_map_instruments */
} rp_map_instrument;

typedef struct rp_map_occasion {
    const char *value;     /* long: what stands in the occasion column; NULL in wide */
    const json_t *columns; /* wide: STEM: COLUMN */
    int32_t occasion;
    const char *label; /* NULL: none given */
    double months;     /* NaN: not known */
} rp_map_occasion;

typedef struct rp_map {
    const char *file; /* for messages */
    const char *name, *licence, *citation;
    rp_delimited_form form; /* of the data's file */
    bool wide;
    const char **missing;
    size_t n_missing;
    const char *client, *practitioner, *date, *arm, *occasion; /* columns; NULL: none */
    const char *comparator, *comparator_note;                  /* NULL: none */
    const rp_map_pair *arms; /* what stands in the column, and the arm that it means */
    size_t n_arms;
    rp_map_occasion *occasions; /* in the map's order; none in long layout without "values" */
    size_t n_occasions;
    const rp_map_pair *covariates; /* the record's name, and the column */
    size_t n_covariates;
    rp_map_instrument *instruments;
    size_t n_instruments;
    rp_map_source *sources; /* of all instruments, one after another */
    size_t n_sources;
} rp_map;

/* What the parts of the parser share. */
typedef struct rp_map_parser {
    rp_map *map;
    rp_arena *arena;
    rp_error *error;
} rp_map_parser;

/* false: *error says where in the map. */
bool rp_map_parse(const json_t *json, const char *file, rp_arena *arena, rp_map *out, rp_error *error);

/* Parts of the parser, a file each. */
bool rp_map_parse_occasions(const rp_map_parser *parser, const json_t *top);
bool rp_map_parse_instruments(const rp_map_parser *parser, const json_t *top);
/* The members of an object whose values are texts ("where": {NAME: TEXT}), in the map's order. */
bool rp_map_parse_pairs(const rp_map_parser *parser, const json_t *object, const char *where, const rp_map_pair **out,
                        size_t *n);
/* jansson's iteration does not change what it walks, though its signatures do not say so. */
static inline json_t *rp_map_walk(const json_t *value) {
    return (json_t *)(uintptr_t)value;
}

/* Finds, defines and overlays the map's instruments among those known. */
bool rp_map_instruments(rp_map *map, rp_instruments *known, rp_arena *arena, rp_error *error);

/* Where a row has what belongs to one occasion; in long layout there is one of these for all. */
typedef struct rp_map_moment {
    const int *columns; /* one for each source of the map; -1: not measured then */
    int date;
} rp_map_moment;

typedef struct rp_map_binding {
    int client, practitioner, arm, occasion; /* columns; -1: none */
    const int *covariates;
    const rp_map_moment *moments; /* wide: one for each occasion of the map */
    size_t n_moments;
} rp_map_binding;

/* Names -> columns of this file. Every column that the file lacks is told in one message. */
bool rp_map_bind(const rp_map *map, const rp_header *header, const char *file, rp_arena *arena, rp_map_binding *out,
                 rp_error *error);

#endif
