/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an input is, by what it holds; and where it cannot be read, what to do instead. */
#include <string.h>

#include "formats/delimited_rows.h"
#include "rapport/formats.h"

/* How files begin that people are likely to bring, and that are not read yet. */
static const struct {
    const char *begins;
    size_t n;
    const char *what, *remedy;
} strangers[] = {
    {"SQLite format 3", 16, "an SQLite database", "Export its tables as CSV files (docs/package.md)."},
    {"PK\3\4", 4, "a workbook or a packed file", "Save each sheet as CSV (UTF-8), or unpack it."},
    {"\xd0\xcf\x11\xe0", 4, "an old workbook", "Save each sheet as CSV (UTF-8)."},
    {"\0\1\0\0Standard ", 13, "an Access database", "Export its tables as CSV (UTF-8)."},
    {"$FL", 3, "an SPSS file", "Save it as CSV (UTF-8) and write a map for it (docs/map.md)."},
    {"<stata_dta>", 11, "a Stata file", "Save it as CSV (UTF-8) and write a map for it (docs/map.md)."},
    {"%PDF", 4, "a PDF", "Ask for the numbers behind it as CSV."},
};

static bool look_at_beginning(const char *path, char *out, size_t size, size_t *n, rp_error *error) {
    if (!rp_delimited_regular(path, error))
        return false;
    FILE *file = fopen(path, "rb");
    if (!file) {
        rp_fail(error, RP_E_FILE, "The file %s.", rp_file_exists(path) ? "cannot be opened" : "is not there");
        rp_fail_at(error, path, 0, 0);
        return rp_fail_remedy(error, "Check its name, and that it may be read.");
    }
    *n = fread(out, 1, size, file);
    (void)fclose(file);
    return true;
}

static bool fail_input(const char *path, const char *what, const char *remedy, rp_error *error) {
    rp_fail(error, RP_E_SYNTAX, "This is %s, which is no input that can be read.", what);
    rp_fail_at(error, path, 0, 0);
    return rp_fail_remedy(error, "%s", remedy);
}

/* A JSON object or array where a table is wanted: most likely the map and the file were swapped. */
static bool begins_as_json(const char *at, size_t n) {
    size_t i = 0;
    while (i < n && (at[i] == ' ' || at[i] == '\t' || at[i] == '\r' || at[i] == '\n'))
        i++;
    return i + 1 < n && (at[i] == '{' || (at[i] == '[' && strchr("\"{[ \t\r\n", at[i + 1])));
}

/* Fails where the file is one of the strangers. */
static bool check_kind(const char *path, rp_error *error) {
    char beginning[64] = {0};
    size_t n = 0;
    if (!look_at_beginning(path, beginning, sizeof beginning, &n, error))
        return false;
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        if (n >= strangers[i].n && memcmp(beginning, strangers[i].begins, strangers[i].n) == 0)
            return fail_input(path, strangers[i].what, strangers[i].remedy, error);
    if (begins_as_json(beginning, n))
        return fail_input(path, "JSON", "Name the CSV file first, and the map after --map.", error);
    return true;
}

static bool fail_no_map(const char *path, rp_error *error) {
    rp_text stem;
    rp_table_id table;
    if (rp_delimited_stem(rp_path_name(path), &stem) && rp_schema_find(stem, &table)) {
        rp_fail(error, RP_E_RULE,
                "This is one table of a record, and a record needs at least referrals and administrations "
                "with scores or responses.");
        rp_fail_at(error, path, 0, 0);
        return rp_fail_remedy(error, "Name the folder that holds the tables.");
    }
    rp_fail(error, RP_E_RULE, "A single file needs a map, which says what its columns mean.");
    rp_fail_at(error, path, 0, 0);
    return rp_fail_remedy(
        error, "'rapport map FILE.csv' proposes one. Read and mend it (docs/map.md), then name it with --map FILE.");
}

static bool read_mapped(const char *path, const char *map_path, bool quiet, rp_record *record, rp_error *error) {
    if (rp_file_is_folder(map_path)) {
        rp_fail(error, RP_E_FILE, "The map is a folder.");
        rp_fail_at(error, map_path, 0, 0);
        return rp_fail_remedy(error, "Name a JSON file after --map (docs/map.md).");
    }
    json_t *map = rp_json_load(map_path, error);
    if (!map && !error->remedy[0] && error->code != RP_E_MEMORY)
        rp_fail_remedy(error, "Mend the map so that it is JSON; docs/map.md shows one.");
    bool fine = map && rp_mapped_read(path, map, map_path, quiet, record, error);
    json_decref(map);
    return fine;
}

static bool read_folder(const char *path, const char *map_path, bool quiet, rp_record *record, rp_error *error) {
    if (!map_path)
        return rp_package_read(path, quiet, record, error);
    rp_fail(error, RP_E_RULE, "A map belongs to one file, and this is a folder of tables.");
    rp_fail_at(error, path, 0, 0);
    return rp_fail_remedy(error, "Leave --map out, or name the one CSV file that the map is for.");
}

/* The folder of a datapackage.json that was named itself. */
static bool read_descriptor(const char *path, const char *map_path, bool quiet, rp_record *record, rp_error *error) {
    rp_arena *arena = rp_arena_new(0);
    const char *folder = arena ? rp_path_folder(arena, path) : NULL;
    bool fine = folder ? read_folder(folder, map_path, quiet, record, error) : rp_fail_memory(error);
    rp_arena_free(arena);
    return fine;
}

bool rp_format_read(const char *path, const char *map_path, bool quiet, rp_record *record, rp_error *error) {
    *error = (rp_error){0};
    if (strcmp(path, "-") == 0) {
        rp_fail(error, RP_E_FILE,
                "A record cannot be read from standard input: rejected rows are shown from the file.");
        return rp_fail_remedy(error, "Save it to a file and name that.");
    }
    if (rp_file_is_folder(path))
        return read_folder(path, map_path, quiet, record, error);
    if (strcmp(rp_path_name(path), "datapackage.json") == 0 && rp_file_exists(path))
        return read_descriptor(path, map_path, quiet, record, error);
    if (!check_kind(path, error))
        return false;
    return map_path ? read_mapped(path, map_path, quiet, record, error) : fail_no_map(path, error);
}

bool rp_format_propose_map(const char *path, rp_buf *out, rp_error *error) {
    *error = (rp_error){0};
    if (strcmp(path, "-") == 0 || rp_file_is_folder(path)) {
        rp_fail(error, RP_E_FILE, "A map is proposed for one CSV file, and this is %s.",
                strcmp(path, "-") == 0 ? "standard input" : "a folder");
        rp_fail_at(error, path, 0, 0);
        return rp_fail_remedy(error, "Name one CSV file. A folder of the record's tables needs no map.");
    }
    return check_kind(path, error) && rp_map_propose(path, out, error);
}
