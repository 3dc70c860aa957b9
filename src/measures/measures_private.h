/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to the room: how a definition becomes an instrument, and how it joins those known. */
#ifndef RAPPORT_MEASURES_PRIVATE_H
#define RAPPORT_MEASURES_PRIVATE_H

#include "rapport/measures.h"

/* Limits of a definition, each far past what people use: a hostile file should not take the run with it. */
enum {
    RP_LIMIT_ITEMS = 1000,
    RP_LIMIT_SCALES = 100,
    RP_LIMIT_BANDS = 50,
    RP_LIMIT_NAME = 64 /* bytes, as ids of the record */
};

/* Scores and thresholds are decimals that binary numbers do not hold exactly (a mean of 2.3, a change of 0.73): "at" a
 * threshold means within this of it. Ten thousand times finer than any score is given. */
#define RP_SCORE_SLACK 1e-9

/* What one definition is read with. */
typedef struct rp_definition {
    rp_arena *arena;
    const char *where; /* which definition it is, in words, for messages */
    const char
        *default_source; /* of figures that name no source, which are then confirmed; NULL: each must name its own */
    rp_error *error;
} rp_definition;

/* jansson's iteration does not change what it walks, though its signatures do not say so. */
static inline json_t *rp_json_walk(const json_t *value) {
    return (json_t *)(uintptr_t)value;
}

/* Copies into the arena; NULL with the error filled when out of memory. */
const char *rp_definition_copy(const rp_definition *d, const char *text);
/* "<where>, <what> "<name>"" in arena; NULL with the error filled. */
const char *rp_definition_part(const rp_definition *d, const char *where, const char *what, const char *name);
/* A name that stands in columns, files and ids: letters, digits, '.', '_' and '-', the first no sign. */
bool rp_definition_name(const rp_definition *d, const char *name, const char *what);

/* sources.NAME of an object into *out; absent: the definition's default, or a failure where there is none. */
bool rp_figure_source_read(const rp_definition *d, const json_t *sources, const char *name, const char *where,
                           rp_figure_source *out);
rp_figure_source rp_figure_source_none(void);

/* Lays the members of `change` over *rule; a member that is null takes its figure away. The scale gives the possible
 * scores. *rule is changed only where it succeeds. */
bool rp_change_rule_read(const rp_definition *d, const json_t *change, const char *where, const rp_scale *scale,
                         rp_change_rule *rule);

/* One scale of an instrument whose kind and items are read already. */
bool rp_scale_read(const rp_definition *d, const rp_instrument *instrument, const char *name, const json_t *from,
                   rp_scale *out);

/* The compact form (docs/instruments.md) into *out. */
bool rp_definition_read(const rp_definition *d, const char *name, const json_t *from, rp_instrument *out);

/* Takes the instrument among those known, by name and version, both of which must not be known together yet. Copied. */
const rp_instrument *rp_instruments_put(rp_instruments *known, const rp_instrument *instrument, rp_error *error);
rp_arena *rp_instruments_arena(const rp_instruments *known);

#endif
