/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FHIR R4 Questionnaires (https://hl7.org/fhir/R4/questionnaire.html). Title, version, copyright and items are FHIR's
 * own elements; what FHIR has no place for stands in one complex extension, urn:rapport:scoring, whose nested
 * extensions are turned into a plain object without regard to what they say. Together they make the compact form that
 * maps use, and the one parser of that form does the rest. */
#include <assert.h>
#include <string.h>

#include "measures/measures_private.h"

static const char scoring_url[] = "urn:rapport:scoring";

static const char *const resource_known[] = {
    "resourceType",
    "id",
    "meta",
    "language",
    "text",
    "extension",
    "url",
    "identifier",
    "version",
    "name",
    "title",
    "status",
    "experimental",
    "subjectType",
    "date",
    "publisher",
    "contact",
    "purpose",
    "copyright",
    "description",
    "approvalDate",
    "lastReviewDate",
    "effectivePeriod",
    "code",
    "item",
};

/* ---- nested extensions into a plain object ---- */

/* Adds value under key and takes it over; a key that stands there already becomes a list. False: out of memory. */
static bool put_member(json_t *object, const char *key, json_t *value) {
    json_t *there = json_object_get(object, key);
    if (!there)
        return json_object_set_new(object, key, value) == 0;
    if (json_is_array(there))
        return json_array_append_new(there, value) == 0;
    json_t *list = json_array();
    bool listed = json_array_append(list, there) == 0 && json_array_append(list, value) == 0 &&
                  json_object_set(object, key, list) == 0;
    json_decref(list);
    json_decref(value);
    return listed;
}

static bool is_simple(const char *key) {
    static const char *const types[] = {"valueString",  "valueCode", "valueInteger", "valueDecimal",
                                        "valueBoolean", "valueDate", "valueUri"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(key, types[i]) == 0)
            return true;
    return false;
}

static json_t *object_of(const rp_definition *d, const json_t *extensions, const char *where);

/* What one extension holds, owned: its simple value, or the object that its nested extensions make. */
static json_t *content_of(const rp_definition *d, const json_t *extension, const char *where) {
    const json_t *nested = json_object_get(extension, "extension"), *value = NULL;
    size_t values = 0;
    const char *key;
    json_t *member;
    json_object_foreach(rp_json_walk(extension), key, member) {
        if (is_simple(key)) {
            value = member;
            values++;
        } else if (strcmp(key, "url") != 0 && strcmp(key, "id") != 0 && strcmp(key, "extension") != 0) {
            rp_fail(d->error, RP_E_UNKNOWN, "An extension in %s has \"%s\", which is not read here.", where, key);
            rp_fail_remedy(d->error, "Use valueString, valueCode, valueInteger, valueDecimal, valueBoolean, valueDate, "
                                     "valueUri or nested extensions.");
            return NULL;
        }
    }
    if (nested && values == 0)
        return object_of(d, nested, where);
    if (!nested && values == 1 && !json_is_object(value) && !json_is_array(value) && !json_is_null(value))
        return json_incref(rp_json_walk(value));
    rp_fail(d->error, RP_E_SYNTAX, "An extension in %s holds neither one simple value nor nested extensions.", where);
    return NULL;
}

/* Depth is bounded by the cap of the JSON reader. */
static json_t *object_of(const rp_definition *d, const json_t *extensions, const char *where) {
    json_t *object = json_is_array(extensions) ? json_object() : NULL;
    if (!object) {
        rp_fail(d->error, RP_E_SYNTAX, "\"extension\" in %s is not a list.", where);
        return NULL;
    }
    for (size_t i = 0; i < json_array_size(extensions); i++) {
        const json_t *extension = json_array_get(extensions, i);
        const char *url = json_string_value(json_object_get(extension, "url"));
        const char *part = url ? rp_definition_part(d, where, "extension", url) : NULL;
        json_t *content = part ? content_of(d, extension, part) : NULL;
        if (!url)
            rp_fail(d->error, RP_E_SYNTAX, "An extension in %s has no \"url\".", where);
        else if (content && !put_member(object, url, content))
            rp_fail_memory(d->error);
        else if (content)
            continue;
        json_decref(object);
        return NULL;
    }
    return object;
}

/* The object of the scoring extension, owned. */
static json_t *scoring_of(const rp_definition *d, const json_t *questionnaire) {
    static const char *const known[] = {"short_title", "kind", "measures", "source", "recall", "scales", "risk"};
    const json_t *extensions = json_object_get(questionnaire, "extension"), *found = NULL;
    for (size_t i = 0; i < json_array_size(extensions); i++) {
        const json_t *one = json_array_get(extensions, i);
        const char *url = json_string_value(json_object_get(one, "url"));
        if (!url || strcmp(url, scoring_url) != 0)
            continue; /* others' extensions do not change the scoring, so FHIR lets them be passed over */
        if (found) {
            rp_fail(d->error, RP_E_RULE, "The questionnaire has the extension %s twice.", scoring_url);
            return NULL;
        }
        found = one;
    }
    if (!found) {
        rp_fail(d->error, RP_E_RULE, "The questionnaire has no extension %s, so its scoring is not known.",
                scoring_url);
        rp_fail_remedy(d->error, "Add it as docs/instruments.md shows.");
        return NULL;
    }
    json_t *scoring = content_of(d, found, "the scoring");
    if (scoring && (!json_is_object(scoring) ||
                    !rp_json_only(scoring, "the scoring", known, sizeof known / sizeof *known, d->error))) {
        if (!json_is_object(scoring))
            rp_fail(d->error, RP_E_SYNTAX, "The extension %s must hold nested extensions.", scoring_url);
        json_decref(scoring);
        return NULL;
    }
    return scoring;
}

/* ---- items ---- */

/* The lowest and highest of the answer options, all whole numbers. */
static bool option_range(const rp_definition *d, const json_t *item, const char *where, json_int_t *lowest,
                         json_int_t *highest) {
    static const char *const known[] = {"id", "valueInteger"};
    const json_t *options = NULL;
    if (!rp_json_array(item, "answerOption", where, &options, d->error))
        return false;
    for (size_t i = 0; i < json_array_size(options); i++) {
        const json_t *option = json_array_get(options, i);
        int64_t value = 0;
        if (!rp_json_only(option, where, known, sizeof known / sizeof *known, d->error) ||
            !rp_json_int(option, "valueInteger", where, &value, d->error))
            return false;
        if (!json_is_integer(json_object_get(option, "valueInteger")))
            return rp_fail(d->error, RP_E_RULE, "An answer option in %s has no \"valueInteger\".", where);
        *lowest = i == 0 || value < *lowest ? value : *lowest;
        *highest = i == 0 || value > *highest ? value : *highest;
    }
    if (json_array_size(options) >= 2)
        return true;
    rp_fail(d->error, RP_E_RULE, "Fewer than two answer options stand in %s.", where);
    return rp_fail_remedy(d->error, "Give each answer as {\"valueInteger\": n}.");
}

/* An item of the compact form, owned; *skip where the FHIR item asks nothing. */
static json_t *item_of(const rp_definition *d, const json_t *from, bool *skip) {
    static const char *const known[] = {"id", "linkId", "code", "prefix", "text", "type", "required", "answerOption"};
    const char *name = NULL, *type = NULL, *wording = NULL;
    json_int_t lowest = 0, highest = 0;
    if (!rp_json_need_text(from, "linkId", "an item", &name, d->error))
        return NULL;
    const char *where = rp_definition_part(d, "the questionnaire", "item", name);
    if (!where || !rp_json_only(from, where, known, sizeof known / sizeof *known, d->error) ||
        !rp_json_need_text(from, "type", where, &type, d->error) ||
        !rp_json_text(from, "text", where, &wording, d->error))
        return NULL;
    *skip = strcmp(type, "display") == 0;
    if (*skip)
        return NULL;
    if (strcmp(type, "choice") != 0) {
        rp_fail(d->error, RP_E_RULE, "%s is of type \"%s\", which is not scored here.", where, type);
        rp_fail_remedy(d->error, "Use \"choice\" with whole-numbered answer options, or \"display\" for words alone.");
        return NULL;
    }
    if (!option_range(d, from, where, &lowest, &highest))
        return NULL;
    json_t *item =
        json_pack("{s:s, s:I, s:I, s:s*}", "name", name, "lowest", lowest, "highest", highest, "wording", wording);
    if (!item)
        rp_fail_memory(d->error);
    return item;
}

static json_t *items_of(const rp_definition *d, const json_t *questionnaire) {
    const json_t *from = NULL;
    if (!rp_json_array(questionnaire, "item", "the questionnaire", &from, d->error))
        return NULL;
    json_t *items = json_array();
    if (!items)
        rp_fail_memory(d->error);
    for (size_t i = 0; items && i < json_array_size(from); i++) {
        bool skip = false;
        json_t *item = item_of(d, json_array_get(from, i), &skip);
        if (skip)
            continue;
        bool failed = !item;
        if (item && json_array_append_new(items, item) != 0)
            failed = !rp_fail_memory(d->error);
        if (failed) {
            json_decref(items);
            return NULL;
        }
    }
    return items;
}

/* ---- the whole ---- */

static bool check_resource(const rp_definition *d, const json_t *questionnaire, const char **name) {
    static const char where[] = "the questionnaire";
    const char *type = NULL, *needed = NULL;
    if (!rp_json_need_text(questionnaire, "resourceType", where, &type, d->error))
        return false;
    if (strcmp(type, "Questionnaire") != 0)
        return rp_fail(d->error, RP_E_RULE, "This is a FHIR %s, not a Questionnaire.", type);
    return rp_json_only(questionnaire, where, resource_known, sizeof resource_known / sizeof *resource_known,
                        d->error) &&
           rp_json_need_text(questionnaire, "id", where, name, d->error) &&
           rp_json_need_text(questionnaire, "status", where, &needed, d->error) &&
           rp_json_need_text(questionnaire, "version", where, &needed, d->error) &&
           rp_json_need_text(questionnaire, "title", where, &needed, d->error) &&
           rp_json_need_text(questionnaire, "copyright", where, &needed, d->error);
}

/* The compact form of the whole, owned. */
static json_t *compact_of(const rp_definition *d, const json_t *questionnaire) {
    static const char *const taken[][2] = {{"title", "title"}, {"version", "version"}, {"licence", "copyright"}};
    json_t *compact = scoring_of(d, questionnaire), *items = compact ? items_of(d, questionnaire) : NULL;
    bool whole = items != NULL;
    if (whole && json_object_set_new(compact, "items", items) != 0)
        whole = rp_fail_memory(d->error);
    for (size_t i = 0; i < 3 && whole; i++)
        if (json_object_set(compact, taken[i][0], json_object_get(questionnaire, taken[i][1])) != 0)
            whole = rp_fail_memory(d->error);
    if (!whole) {
        json_decref(compact);
        return NULL;
    }
    return compact;
}

const rp_instrument *rp_instruments_add_fhir(rp_instruments *known, const json_t *questionnaire, const char *file,
                                             rp_error *error) {
    assert(known && file && error);
    rp_definition d = {.arena = rp_instruments_arena(known), .where = "the questionnaire", .error = error};
    const char *name = NULL;
    const rp_instrument *added = NULL;
    rp_instrument instrument;
    json_t *compact = check_resource(&d, questionnaire, &name) ? compact_of(&d, questionnaire) : NULL;
    if (compact && rp_definition_read(&d, name, compact, &instrument))
        added = rp_instruments_put(known, &instrument, error);
    json_decref(compact);
    if (!added)
        rp_fail_at(error, file, 0, 0);
    return added;
}
