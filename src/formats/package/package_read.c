/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A data package, or a folder of tables, into a record. Whatever table can be read is read, and every fault is
 * gathered, before it is said that a needed table is lacking. */
#include <string.h>

#include "formats/package/package.h"
#include "rapport/formats.h"

bool rp_package_add(rp_package *package, const rp_package_table *table) {
    rp_package_table *place = rp_vec_push(package->arena, &package->tables);
    if (!place)
        return rp_fail_memory(package->error);
    *place = *table;
    return true;
}

/* ---- what is needed at all ---- */

static bool fail_table(rp_package *p, rp_table_id table, const char *remedy) {
    const char *name = rp_schema_table(table)->name;
    if (p->trouble[table])
        rp_fail(p->error, RP_E_RULE, "The table %s could not be read, and nothing can be said without it. %s", name,
                p->trouble[table]);
    else
        rp_fail(p->error, RP_E_UNKNOWN, "The table %s is lacking, and nothing can be said without it.", name);
    rp_fail_at(p->error, p->descriptor ? p->descriptor : p->folder, 0, 0);
    return rp_fail_remedy(p->error, "%s", remedy);
}

static bool check_needed(rp_package *p) {
    if (!p->read[RP_REFERRALS])
        return fail_table(p, RP_REFERRALS, "Give referrals.csv with referral_id and client_id.");
    if (p->n_rows[RP_REFERRALS] == 0) {
        rp_fail(p->error, RP_E_RULE, "The table referrals has no rows, so there is nobody to tell of.");
        rp_fail_at(p->error, p->descriptor ? p->descriptor : p->folder, 0, 0);
        return rp_fail_remedy(p->error, "Check that it was exported in full.");
    }
    if (!p->read[RP_ADMINISTRATIONS])
        return fail_table(p, RP_ADMINISTRATIONS, "Give administrations.csv: which questionnaire was answered when.");
    if (!p->read[RP_SCORES] && !p->read[RP_RESPONSES])
        return fail_table(p, p->seen[RP_RESPONSES] ? RP_RESPONSES : RP_SCORES,
                          "Give scores.csv or responses.csv (docs/package.md).");
    return true;
}

/* ---- the whole ---- */

static bool read_tables(rp_package *p, bool quiet) {
    for (size_t i = 0; i < p->tables.n; i++)
        if (!rp_package_read_table(p, &p->tables.at[i], quiet))
            return false;
    return check_needed(p);
}

static bool read_folder(rp_package *p, bool quiet) {
    const char *name = rp_path_join(p->arena, p->folder, "datapackage.json");
    if (!name)
        return rp_fail_memory(p->error);
    p->about = (rp_about){.name = "", .licence = "", .citation = ""};
    if (!rp_file_exists(name))
        return rp_package_from_names(p) && read_tables(p, quiet) && rp_record_describe(p->record, &p->about, p->error);
    p->descriptor = name;
    json_t *json = rp_json_load(name, p->error);
    bool fine = json && rp_package_from_descriptor(p, json) && read_tables(p, quiet) &&
                rp_record_describe(p->record, &p->about, p->error);
    if (!fine && !p->error->file[0])
        rp_fail_at(p->error, name, 0, 0);
    if (!fine && !p->error->remedy[0] && p->error->code != RP_E_MEMORY)
        rp_fail_remedy(p->error, "Mend datapackage.json; docs/package.md describes it.");
    json_decref(json);
    return fine;
}

bool rp_package_read(const char *folder, bool quiet, rp_record *record, rp_error *error) {
    rp_arena *arena = rp_arena_new(0);
    if (!arena)
        return rp_fail_memory(error);
    *error = (rp_error){0};
    rp_package package = {.folder = folder, .record = record, .arena = arena, .error = error};
    bool fine = read_folder(&package, quiet);
    rp_arena_free(arena);
    return fine;
}
