/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file on its way through its map: what the parts of the reading share.
 *
 *   row -> client -> time -> person's values -> one administration for each instrument with a value at that time
 *
 * People are kept until the end of the file, since a long file tells about them in many rows; all else goes to the
 * record at once. */
#ifndef RAPPORT_FORMATS_MAPPED_H
#define RAPPORT_FORMATS_MAPPED_H

#include "formats/mapped/map.h"

/* What is told of a person beside the map's covariates; these come first. */
enum { RP_PERSON_ARM, RP_PERSON_PRACTITIONER, RP_PERSON_COVARIATES };

typedef struct rp_mapped_person {
    rp_place place;  /* of the first row */
    rp_cell id;      /* text in the arena, as are the values' */
    rp_cell *values; /* arm, practitioner, covariates; absent text: not told so far */
    bool changed_practitioner;
} rp_mapped_person;

typedef struct rp_mapped_practitioner {
    rp_place place;
    rp_cell id;
} rp_mapped_practitioner;

/* When a row, or one occasion of it, was measured. */
typedef struct rp_mapped_time {
    int32_t occasion; /* RP_NO_OCCASION: only the date is known */
    rp_cell at;       /* where the occasion was told */
    rp_cell date;     /* absent text: not known */
} rp_mapped_time;

typedef struct rp_mapped {
    rp_map map;
    rp_map_binding binding;
    rp_delimited file;
    rp_record *record; /* borrowed */
    rp_arena *arena;   /* for the time of the reading */
    rp_error *error;

    rp_names *labels;        /* long, where the column's values are no numbers: the value of occasion i + 1 */
    bool *missing_is_number; /* for each missing text: it may be somebody's name */

    rp_names *ids; /* of people: number i is people.at[i] */
    RP_VEC(rp_mapped_person) people;
    rp_names *practitioner_ids;
    RP_VEC(rp_mapped_practitioner) practitioners;
    rp_names *texts;    /* person's values, once each */
    rp_names *sessions; /* person and time, to find the same twice */

    rp_text *found;      /* for each source: its value in the row at hand, or absent */
    size_t *n_fractions; /* for each source: values taken that are not whole where the scale is */
} rp_mapped;

/* ---- cells: mapped_cells.c ---- */

/* The cell without blanks around it, and absent where it is missing. `names`: it names somebody or some time, so
 * missing codes that are numbers do not count. column -1 gives an absent cell. */
rp_cell rp_mapped_cell(const rp_mapped *m, const rp_row *row, int column, bool names);
/* Takes a source's value into m->found: a number, else a fault of that value alone. Whether the instrument can have it,
 * the record judges. */
void rp_mapped_take(rp_mapped *m, const rp_row *row, size_t source, int column);

/* ---- time: mapped_time.c ---- */

/* Long layout without "values": learns whether the occasion column holds numbers or labels. Reads the file once. */
bool rp_mapped_learn_occasions(rp_mapped *m);
/* When a row of a long file was measured; false: the row was rejected. */
bool rp_mapped_row_time(rp_mapped *m, const rp_row *row, rp_mapped_time *out);
/* The date that a moment's column holds, or an absent cell; a date that is none is a fault of that value. */
rp_cell rp_mapped_date(rp_mapped *m, const rp_row *row, int column);

/* ---- people: mapped_people.c ---- */

/* The person's number, added when new; RP_NO_ID when out of memory. */
uint32_t rp_mapped_person_of(rp_mapped *m, const rp_row *row, const rp_cell *id);
/* What the row tells of the person; a value that differs from an earlier one is a fault. False: no memory. */
bool rp_mapped_person_values(rp_mapped *m, const rp_row *row, uint32_t person);
/* Clients, referrals and practitioners to the record. False: see m->error. */
bool rp_mapped_put_people(rp_mapped *m);

/* ---- rows: mapped_rows.c ---- */

/* Every row of the file. False: see m->error. */
bool rp_mapped_rows(rp_mapped *m);

#endif
