/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 6, formats: foreign files into a record. docs/map.md describes maps. */
#ifndef RAPPORT_FORMATS_H
#define RAPPORT_FORMATS_H

#include "rapport/record.h"

/* Recognises the input by what it is (a folder with datapackage.json, or with CSV files named as the record's tables;
 * one CSV with a map) and fills the record; the caller seals it. map_path: NULL where none. Faults in rows go to the
 * record's faults; *error is for what stops the whole (no such file, a map at fault, a needed column missing). An input
 * that needs a map and has none is told so, with the remedy. */
bool rp_format_read(const char *path, const char *map_path, bool quiet, rp_record *record,
                    rp_error *error) RP_MUST_CHECK;

/* A data package or a folder of tables. */
bool rp_package_read(const char *folder, bool quiet, rp_record *record, rp_error *error) RP_MUST_CHECK;

/* One delimited file through a map; `map` is the parsed JSON, map_name stands in messages. */
bool rp_mapped_read(const char *csv_path, const json_t *map, const char *map_name, bool quiet, rp_record *record,
                    rp_error *error) RP_MUST_CHECK;

/* One file of published national figures, recognised by its header, into the table `published`: every figure with the
 * interval that its rounding allows (docs/published.md). An unknown header is told with the layouts that are known. */
bool rp_published_read(const char *path, bool quiet, rp_record *record, rp_error *error) RP_MUST_CHECK;

/* Appends a proposed map for one delimited file to *out: JSON text that docs/map.schema.json accepts and that
 * rp_mapped_read reads. It is made from the header and the first rows (at most 10,000, and at most 4 million cells), in
 * memory bounded by those. What is guessed and what the reader must decide stands in its "comment". False: see *error
 * (unreadable, no rows, nothing that looks like a questionnaire); *out may then hold a part. The caller frees *out. */
bool rp_map_propose(const char *csv_path, rp_buf *out, rp_error *error) RP_MUST_CHECK;
/* The same, once the input is seen to be one file of text; files of other programs are told as rp_format_read does. */
bool rp_format_propose_map(const char *path, rp_buf *out, rp_error *error) RP_MUST_CHECK;

#endif
