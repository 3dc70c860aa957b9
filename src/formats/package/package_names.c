/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder without a description: CSV files named as the record's tables. Others are named in a note, so that a slip of
 * spelling does not lose a table unseen. */
#include <string.h>

#include "formats/package/package.h"

static bool is_csv(const char *name) {
    rp_text ignored;
    return name[0] != '.' && rp_delimited_stem(name, &ignored);
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
    const char *const *files;
    size_t n;
    if (!rp_folder_names(package->folder, is_csv, package->arena, &files, &n, package->error))
        return false;
    rp_table_id ignored;
    bool any = false;
    for (size_t i = 0; i < n; i++)
        any = any || find_table(files[i], &ignored);
    if (!any) {
        rp_fail(package->error, RP_E_UNKNOWN,
                "The folder holds neither datapackage.json nor a CSV file named as a table "
                "of the record.");
        rp_fail_at(package->error, package->folder, 0, 0);
        return rp_fail_remedy(package->error,
                              n > 0 ? "Name the tables as docs/package.md gives them, or name one CSV file and its map "
                                      "(--map FILE)."
                                    : "Put referrals.csv, administrations.csv and scores.csv there (docs/package.md).");
    }
    if (n > RP_PACKAGE_LIMIT_TABLES)
        return rp_fail(package->error, RP_E_LIMIT, "The folder holds more than %d CSV files.", RP_PACKAGE_LIMIT_TABLES);
    for (size_t i = 0; i < n; i++)
        if (!add_file(package, files[i]))
            return false;
    return true;
}
