/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder without a description: CSV files named as the record's tables. Others are named in a note, so that a slip of
 * spelling does not lose a table unseen. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats/package/package.h"

static bool is_csv(const char *name) {
    rp_text ignored;
    return name[0] != '.' && rp_delimited_stem(name, &ignored);
}

static int by_text(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

typedef struct listing {
    RP_VEC(const char *) names;
} listing;

/* The folder's CSV files in byte order, whatever order the disk gives them in. */
static bool list_folder(rp_package *p, listing *out) {
    DIR *folder = opendir(p->folder);
    if (!folder) {
        rp_fail(p->error, RP_E_FILE, "The folder cannot be read.");
        rp_fail_at(p->error, p->folder, 0, 0);
        return rp_fail_remedy(p->error, "Check that it is there and may be read.");
    }
    bool fine = true;
    for (const struct dirent *entry = readdir(folder); entry && fine; entry = readdir(folder)) {
        if (!is_csv(entry->d_name))
            continue;
        const char *copy = rp_arena_copy(p->arena, entry->d_name, strlen(entry->d_name));
        const char **place = copy ? rp_vec_push(p->arena, &out->names) : NULL;
        fine = place != NULL;
        if (fine)
            *place = copy;
    }
    closedir(folder);
    if (!fine)
        return rp_fail_memory(p->error);
    if (out->names.n > 1)
        qsort(out->names.at, out->names.n, sizeof *out->names.at, by_text);
    return true;
}

static bool find_table(const char *file, rp_table_id *out) {
    rp_text stem;
    return rp_delimited_stem(file, &stem) && rp_schema_find(stem, out);
}

static void note_unknown(const rp_package *p, const char *file) {
    const char *names[RP_TABLES];
    for (int t = 0; t < RP_TABLES; t++)
        names[t] = rp_schema_table((rp_table_id)t)->name;
    rp_text stem = rp_text_of(file);
    (void)rp_delimited_stem(file, &stem);
    const char *nearest = rp_text_nearest(stem, names, RP_TABLES);
    const char *path = rp_path_join(p->arena, p->folder, file);
    rp_faults_add(rp_record_faults(p->record), RP_FAULT_NOTE, path ? path : file, 0, 0, "table_unknown",
                  "This file is named as no table of the record, so it was not read%s%s%s.",
                  nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? ".csv\"?" : "");
}

/* As where a file was packed and kept: its rows are not to be read twice. */
static bool was_added(const rp_package *p, rp_table_id table) {
    for (size_t i = 0; i < p->tables.n; i++)
        if (p->tables.at[i].table == table)
            return true;
    return false;
}

static bool add_file(rp_package *p, const char *file) {
    rp_package_table table = {.form = {.where = "datapackage.json"}};
    if (!find_table(file, &table.table)) {
        note_unknown(p, file);
        return true;
    }
    rp_error why = {0};
    table.path = rp_package_path(p, file, &why);
    if (table.path && was_added(p, table.table)) {
        rp_fail(&why, RP_E_RULE, "Another file in the folder holds the table %s already, so this one was not read.",
                rp_schema_table(table.table)->name);
        rp_fail_remedy(&why, "Keep one of them.");
        rp_package_give_up(p, &table, "resource", &why);
        return true;
    }
    if (table.path)
        return rp_package_add(p, &table);
    if (why.code == RP_E_MEMORY)
        return rp_fail_memory(p->error);
    table.path = p->folder;
    rp_package_give_up(p, &table, "resource", &why);
    return true;
}

bool rp_package_from_names(rp_package *package) {
    listing files = {0};
    if (!list_folder(package, &files))
        return false;
    rp_table_id ignored;
    bool any = false;
    for (size_t i = 0; i < files.names.n; i++)
        any = any || find_table(files.names.at[i], &ignored);
    if (!any) {
        rp_fail(package->error, RP_E_UNKNOWN,
                "The folder holds neither datapackage.json nor a CSV file named as a table "
                "of the record.");
        rp_fail_at(package->error, package->folder, 0, 0);
        return rp_fail_remedy(package->error,
                              files.names.n > 0
                                  ? "Name the tables as docs/package.md gives them, or name one CSV file and its map "
                                    "(--map FILE)."
                                  : "Put referrals.csv, administrations.csv and scores.csv there (docs/package.md).");
    }
    if (files.names.n > RP_PACKAGE_LIMIT_TABLES)
        return rp_fail(package->error, RP_E_LIMIT, "The folder holds more than %d CSV files.", RP_PACKAGE_LIMIT_TABLES);
    for (size_t i = 0; i < files.names.n; i++)
        if (!add_file(package, files.names.at[i]))
            return false;
    return true;
}
