/* SPDX-License-Identifier: GPL-3.0-or-later */
/* datapackage.json, a Frictionless Data Package (docs/package.md): which file is which table, instruments that the
 * package brings, and what it says of itself. Members that are not known are let pass, as that standard wants it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "formats/package/package.h"

static const char the_package[] = "the package";

/* ---- resources ---- */

/* Texts that mean missing: schema.missingValues of the resource or of the package. Elements are texts, or objects with
 * a "value". False: no memory. */
static bool read_missing(rp_package *p, const json_t *holder, rp_package_table *out) {
    const json_t *list = json_object_get(holder, "missingValues");
    size_t n = json_array_size(list);
    n = n < RP_PACKAGE_LIMIT_LIST ? n : RP_PACKAGE_LIMIT_LIST;
    if (n == 0)
        return true;
    out->missing = rp_arena_take(p->arena, n, sizeof *out->missing);
    out->n_missing = 0;
    for (size_t i = 0; out->missing && i < n; i++) {
        const json_t *one = json_array_get(list, i);
        const char *text = json_string_value(json_is_object(one) ? json_object_get(one, "value") : one);
        if (text && text[0])
            out->missing[out->n_missing++] = text;
    }
    return out->missing || rp_fail_memory(p->error);
}

/* What of a resource's own description we cannot follow; filled into *why. */
static bool check_resource(const json_t *resource, rp_package_table *out, rp_error *why) {
    const json_t *dialect = json_object_get(resource, "dialect");
    const char *encoding = "utf-8";
    const char *delimiter = json_string_value(json_object_get(dialect, "delimiter"));
    if (!rp_json_text(resource, "encoding", "the resource", &encoding, why) ||
        !rp_delimited_declare(&out->form, encoding, why))
        return false;
    if (json_is_false(json_object_get(dialect, "header"))) {
        rp_fail(why, RP_E_RULE, "It is said to have no header line.");
        return rp_fail_remedy(why, "Begin the file with a line that names the columns.");
    }
    if (delimiter && strlen(delimiter) != 1) {
        rp_fail(why, RP_E_RULE, "Its delimiter \"%.20s\" is not one ASCII character.", delimiter);
        return rp_fail_remedy(why, "Use a comma, a semicolon, a tab or a bar.");
    }
    out->form.separator = delimiter ? delimiter[0] : 0;
    return true;
}

static const char *resource_path(const rp_package *p, const json_t *resource, rp_error *why) {
    const json_t *path = json_object_get(resource, "path");
    if (json_is_array(path) && json_array_size(path) == 1)
        path = json_array_get(path, 0);
    if (json_is_string(path))
        return rp_package_path(p, json_string_value(path), why);
    rp_fail(why, RP_E_RULE, "It names %s.",
            json_is_array(path) ? "several files as parts of one" : "no file (\"path\" is missing)");
    rp_fail_remedy(why, "Give \"path\" with one file; a table may have several resources.");
    return NULL;
}

static bool note_unknown(rp_package *p, const char *name) {
    const char *names[RP_TABLES];
    for (int t = 0; t < RP_TABLES; t++)
        names[t] = rp_schema_table((rp_table_id)t)->name;
    const char *nearest = rp_text_nearest(rp_text_of(name), names, RP_TABLES);
    rp_faults_add(rp_record_faults(p->record), RP_FAULT_NOTE, p->descriptor, 0, 0, "table_unknown",
                  "The resource \"%.80s\" is no table of the record, so it was not read%s%s%s.", name,
                  nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
    return true;
}

static bool read_resource(rp_package *p, const json_t *resource, const json_t *top, size_t at) {
    char where[48];
    const char *name = NULL;
    (void)snprintf(where, sizeof where, "resource %zu of the package", at + 1);
    if (!rp_json_need_text(resource, "name", where, &name, p->error))
        return false;
    rp_package_table table = {.form = {.where = "datapackage.json"}};
    if (!rp_schema_find(rp_text_of(name), &table.table))
        return note_unknown(p, name);
    rp_error why = {0};
    table.path = p->descriptor;
    const char *path = check_resource(resource, &table, &why) ? resource_path(p, resource, &why) : NULL;
    if (!path) {
        if (why.code == RP_E_MEMORY)
            return rp_fail_memory(p->error);
        rp_package_give_up(p, &table, "resource", &why);
        return true;
    }
    table.path = path;
    return read_missing(p, top, &table) && read_missing(p, json_object_get(resource, "schema"), &table) &&
           rp_package_add(p, &table);
}

/* ---- instruments ---- */

static bool add_file(rp_package *p, const char *name) {
    const char *path = rp_package_path(p, name, p->error);
    json_t *json = path ? rp_json_load(path, p->error) : NULL;
    bool added = json && rp_instruments_add_fhir(rp_record_instruments(p->record), json, path, p->error);
    if (!added && json && !p->error->file[0])
        rp_fail_at(p->error, path, 0, 0);
    json_decref(json);
    return added;
}

static bool add_instrument(rp_package *p, const json_t *one, size_t at) {
    rp_instruments *known = rp_record_instruments(p->record);
    char where[48];
    (void)snprintf(where, sizeof where, "instrument %zu of the package", at + 1);
    if (json_is_string(one))
        return add_file(p, json_string_value(one));
    if (json_object_get(one, "resourceType"))
        return rp_instruments_add_fhir(known, one, where, p->error) != NULL;
    static const char *const members[] = {"name", "define"};
    const char *name = NULL;
    const json_t *define = NULL;
    if (!rp_json_only(one, where, members, 2, p->error) || !rp_json_need_text(one, "name", where, &name, p->error) ||
        !rp_json_object(one, "define", where, &define, p->error))
        return false;
    if (define)
        return rp_instruments_add_inline(known, name, define, where, p->error) != NULL;
    rp_fail(p->error, RP_E_RULE, "\"define\" is missing in %s.", where);
    return rp_fail_remedy(p->error, "Write its definition there, or name a FHIR file instead.");
}

/* ---- what is said of the whole ---- */

/* The first of two members of each entry of a list, joined: licences, sources. NULL: no memory. */
static const char *join(rp_package *p, const json_t *list, const char *first, const char *second) {
    const char *joined = "";
    size_t n = json_array_size(list);
    for (size_t i = 0; joined && i < n && i < RP_PACKAGE_LIMIT_LIST; i++) {
        const json_t *one = json_array_get(list, i);
        const char *text = json_string_value(json_object_get(one, first));
        text = text ? text : json_string_value(json_object_get(one, second));
        if (text)
            joined = rp_arena_printf(p->arena, "%s%s%.2000s", joined, joined[0] ? "; " : "", text);
        if (joined && strlen(joined) > 4000)
            break;
    }
    return joined;
}

static bool read_occasions(rp_package *p, const json_t *list) {
    size_t n = json_array_size(list);
    rp_occasion *occasions = n <= RP_PACKAGE_LIMIT_LIST ? rp_arena_take(p->arena, n, sizeof *occasions) : NULL;
    if (!occasions)
        return n > RP_PACKAGE_LIMIT_LIST
                   ? rp_fail(p->error, RP_E_LIMIT, "\"occasions\" has more than %d entries.", RP_PACKAGE_LIMIT_LIST)
                   : rp_fail_memory(p->error);
    for (size_t i = 0; i < n; i++) {
        int64_t number = INT64_MIN;
        char where[48];
        (void)snprintf(where, sizeof where, "entry %zu of \"occasions\"", i + 1);
        occasions[i].months = NAN;
        if (!rp_json_int(json_array_get(list, i), "occasion", where, &number, p->error) ||
            !rp_json_need_text(json_array_get(list, i), "label", where, &occasions[i].label, p->error) ||
            !rp_json_num(json_array_get(list, i), "months", where, &occasions[i].months, p->error))
            return false;
        if (number <= INT32_MIN || number > INT32_MAX || (i > 0 && number <= occasions[i - 1].occasion)) {
            rp_fail(p->error, RP_E_RULE, "%s has no \"occasion\" that is greater than the one before.", where);
            return rp_fail_remedy(p->error, "Number the occasions in rising order.");
        }
        occasions[i].occasion = (int32_t)number;
    }
    p->about.occasions = occasions;
    p->about.n_occasions = n;
    return true;
}

static bool read_notes(rp_package *p, const json_t *list) {
    size_t n = json_array_size(list);
    n = n < RP_PACKAGE_LIMIT_LIST ? n : RP_PACKAGE_LIMIT_LIST;
    const char **notes = rp_arena_take(p->arena, n, sizeof *notes);
    if (!notes)
        return rp_fail_memory(p->error);
    for (size_t i = 0; i < n; i++)
        if (json_is_string(json_array_get(list, i)))
            notes[p->about.n_notes++] = json_string_value(json_array_get(list, i));
    p->about.notes = notes;
    return true;
}

static bool read_about(rp_package *p, const json_t *top) {
    rp_about *about = &p->about;
    const json_t *licences = NULL, *sources = NULL, *occasions = NULL, *notes = NULL;
    if (!rp_json_text(top, "name", the_package, &about->name, p->error) ||
        !rp_json_text(top, "title", the_package, &about->name, p->error) ||
        !rp_json_text(top, "comparator", the_package, &about->comparator, p->error) ||
        !rp_json_text(top, "comparator_note", the_package, &about->comparator_note, p->error) ||
        !rp_json_bool(top, "research", the_package, &about->research, p->error) ||
        !rp_json_array(top, "licenses", the_package, &licences, p->error) ||
        !rp_json_array(top, "sources", the_package, &sources, p->error) ||
        !rp_json_array(top, "occasions", the_package, &occasions, p->error) ||
        !rp_json_array(top, "notes", the_package, &notes, p->error))
        return false;
    about->licence = join(p, licences, "name", "title");
    about->citation = join(p, sources, "title", "path");
    if (!about->licence || !about->citation)
        return rp_fail_memory(p->error);
    return read_occasions(p, occasions) && read_notes(p, notes);
}

bool rp_package_from_descriptor(rp_package *package, const json_t *json) {
    const json_t *resources = NULL, *instruments = NULL;
    if (!rp_json_array(json, "resources", the_package, &resources, package->error) ||
        !rp_json_array(json, "instruments", the_package, &instruments, package->error) || !read_about(package, json))
        return false;
    if (json_array_size(resources) == 0) {
        rp_fail(package->error, RP_E_RULE, "The package names no resources, so there is nothing to read.");
        return rp_fail_remedy(package->error, "List its files: \"resources\": [{\"name\": \"referrals\", \"path\": "
                                              "\"referrals.csv\"}, …].");
    }
    if (json_array_size(resources) > RP_PACKAGE_LIMIT_TABLES || json_array_size(instruments) > RP_PACKAGE_LIMIT_LIST)
        return rp_fail(package->error, RP_E_LIMIT, "The package lists more than %d resources or %d instruments.",
                       RP_PACKAGE_LIMIT_TABLES, RP_PACKAGE_LIMIT_LIST);
    for (size_t i = 0; i < json_array_size(instruments); i++)
        if (!add_instrument(package, json_array_get(instruments, i), i))
            return false;
    for (size_t i = 0; i < json_array_size(resources); i++)
        if (!read_resource(package, json_array_get(resources, i), json, i))
            return false;
    return true;
}
