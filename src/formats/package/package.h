/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder of tables: which file holds which table, and what is said of the whole.
 *
 *   datapackage.json, or else the names of the CSV files -> rp_package -> one loop over tables, one over rows */
#ifndef RAPPORT_FORMATS_PACKAGE_H
#define RAPPORT_FORMATS_PACKAGE_H

#include "formats/delimited_rows.h"

enum {
    RP_PACKAGE_LIMIT_TABLES = 1000, /* files in a package */
    RP_PACKAGE_LIMIT_LIST = 1000,   /* entries of any other list in a descriptor */
    RP_PACKAGE_LIMIT_EXTRAS = 200   /* columns of a file that the record does not know */
};

typedef struct rp_package_table {
    rp_table_id table;
    const char *path; /* to open, and for messages */
    rp_delimited_form form;
    const char **missing; /* texts that mean a missing value, beside the empty one */
    size_t n_missing;
} rp_package_table;

typedef struct rp_package {
    const char *folder;     /* as given */
    const char *descriptor; /* path of datapackage.json; NULL: none */
    rp_record *record;      /* borrowed */
    rp_arena *arena;        /* for the time of the reading */
    rp_error *error;
    RP_VEC(rp_package_table) tables; /* in the order of reading */
    rp_about about;
    bool seen[RP_TABLES], read[RP_TABLES];
    uint64_t n_rows[RP_TABLES];     /* of its files, those at fault included */
    const char *trouble[RP_TABLES]; /* why a table that was seen was not read; NULL: it was */
} rp_package;

/* From datapackage.json: tables, instruments (which it adds to those known), about. False: see package->error. */
bool rp_package_from_descriptor(rp_package *package, const json_t *json);
/* From the names of the CSV files in the folder. False: see package->error. */
bool rp_package_from_names(rp_package *package);

/* The path of a file that a descriptor names, in arena; NULL where it is none that may be read (*error says why): it
 * must be relative, without "..", and lie inside the folder after every link is followed. */
const char *rp_package_path(const rp_package *package, const char *name, rp_error *error);

/* Notes a file for reading. False: no memory, or too many. */
bool rp_package_add(rp_package *package, const rp_package_table *table);
/* A table that is not read, and why: a fault of its file. */
void rp_package_give_up(rp_package *package, const rp_package_table *table, const char *rule, const rp_error *why);

/* Reads one file into the record. False only when out of memory; all else is a fault of the file. */
bool rp_package_read_table(rp_package *package, const rp_package_table *table, bool quiet);

#endif
