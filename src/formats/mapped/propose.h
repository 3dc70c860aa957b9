/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A map proposed from a file: what the parts of the proposing share. All texts lie in the arena.
 *
 *   header -> names (propose_names.c) -> values (propose_look.c) -> roles and measures (map_propose.c)
 *          -> JSON (propose_write.c) -> read again by the map's own reader
 *
 * Every guess is put into words, for the proposal's "comment". No word of it tells how many people there are. */
#ifndef RAPPORT_FORMATS_PROPOSE_H
#define RAPPORT_FORMATS_PROPOSE_H

#include "formats/mapped/map.h"

enum {
    RP_PROPOSE_ROWS = 10000,     /* rows looked at: past them a column seldom shows what it has not shown yet */
    RP_PROPOSE_CELLS = 4000000,  /* cells looked at, so that a very wide file takes no more time and memory */
    RP_PROPOSE_DISTINCT = 12,    /* texts of one column that are kept: arms and labels are fewer */
    RP_PROPOSE_TEXT = 60,        /* bytes of such a text; a longer one is no label */
    RP_PROPOSE_NOTES = 40,       /* comments: more are not read */
    RP_PROPOSE_COVARIATES = 100, /* further ones are named by hand */
    RP_PROPOSE_SKELETONS = 5     /* definitions to fill in, where no questionnaire is known */
};

typedef enum rp_time_kind {
    RP_TIME_NONE,
    RP_TIME_WORD,   /* value: RP_TIME_BASELINE ..., in order of time */
    RP_TIME_MONTHS, /* value: months since the first occasion */
    RP_TIME_NUMBER  /* value: a running number */
} rp_time_kind;

typedef struct rp_propose_time {
    rp_time_kind kind;
    double value;
    const char *label;
} rp_propose_time;

/* The time that a text tells ("pre", "2m", "wk6", "t1"), in lower case; kind RP_TIME_NONE where it tells none. */
rp_propose_time rp_propose_time_of(const char *text);

typedef enum rp_propose_role {
    RP_ROLE_NONE,
    RP_ROLE_CLIENT,
    RP_ROLE_PRACTITIONER,
    RP_ROLE_ARM,
    RP_ROLE_OCCASION,
    RP_ROLE_DATE,
    RP_ROLE_MEASURE
} rp_propose_role;

typedef struct rp_propose_column {
    const char *name;
    /* by its name */
    const char *stem; /* in lower case, without what tells the time */
    rp_propose_time time;
    const rp_instrument *whole; /* the questionnaire that the stem names; NULL: none */
    const rp_instrument *part;  /* the one that it names but for a number at its end: an item, or a time */
    int number;
    bool guessed; /* only the beginning of the questionnaire's name stands there */
    /* by its values */
    size_t n_present, n_numbers, n_whole, n_dates, n_missing;
    double lowest, highest;
    const char *distinct[RP_PROPOSE_DISTINCT];
    size_t n_distinct; /* RP_PROPOSE_DISTINCT + 1: more, or a text too long to keep */
    bool varies;       /* within a client */
    double code;       /* a number such as 999 that may mean missing; NaN: none */
    rp_propose_role role;
} rp_propose_column;

/* A measured column: `item` counts from 0, -1 is a total; time is an index in `times`. */
typedef struct rp_propose_measure {
    size_t instrument, time;
    int item;
    size_t column;
} rp_propose_measure;

typedef struct rp_propose_instrument {
    const char *name;
    const rp_instrument *known; /* NULL: a skeleton to fill in */
    bool has_total, has_items, whole;
    double lowest, highest; /* of a skeleton: as seen */
} rp_propose_instrument;

typedef struct rp_proposal {
    const char *path;
    rp_encoding encoding;
    rp_arena *arena;
    rp_error *error;
    const rp_instruments *known;
    rp_header header;
    rp_propose_column *columns;
    bool wide, saw_all, repeats, same_twice;
    int client, practitioner, arm, occasion, date; /* columns; -1: none */
    bool missing[32];                              /* by rp_propose_missing */
    size_t n_rows;
    RP_VEC(rp_propose_time) times; /* the first is "none told" */
    RP_VEC(rp_propose_instrument) instruments;
    RP_VEC(rp_propose_measure) measures;
    RP_VEC(const char *) notes;
    bool no_memory;
} rp_proposal;

/* Puts a sentence into the comment. */
void rp_propose_note(rp_proposal *p, const char *format, ...) RP_PRINTF(2, 3);

/* The text of the i-th missing mark that is looked for ("NA", "." ...), or NULL past the end. */
const char *rp_propose_missing(size_t i);

/* Stem, time and questionnaire from the column's name. False: no memory. */
bool rp_propose_name(const rp_proposal *p, rp_propose_column *column);
/* Columns by their names alone: client, occasion, practitioner, arm. */
void rp_propose_roles(rp_proposal *p);
/* Windows-1252 where some row is not UTF-8, none has more than ASCII that is, and all can be read so; else UTF-8. Looks
 * at as many rows as rp_propose_look. */
rp_encoding rp_propose_encoding(const char *path);
/* Looks at the rows. False: see p->error. */
bool rp_propose_look(rp_proposal *p, rp_reader *reader);
bool rp_propose_is_numeric(const rp_propose_column *column);
/* The proposal as JSON. */
void rp_propose_write(rp_proposal *p, rp_buf *out);

#endif
