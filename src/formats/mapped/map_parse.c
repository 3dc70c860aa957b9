/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON of a map into a struct: its members, their types, and what can be judged without the file. */
#include <string.h>

#include "formats/mapped/map.h"

static const char *const top_members[] = {"name",    "licence",    "citation",     "encoding", "layout",
                                          "missing", "client",     "practitioner", "arm",      "occasion",
                                          "date",    "covariates", "instruments"};
static const char *const arm_members[] = {"column", "values", "comparator", "comparator_note"};
static const char the_map[] = "the map";

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

bool rp_map_parse_pairs(const rp_map_parser *parser, const json_t *object, const char *where, const rp_map_pair **out,
                        size_t *n) {
    size_t count = json_object_size(object);
    if (count > RP_MAP_LIMIT_NAMES)
        return rp_fail(parser->error, RP_E_LIMIT, "%s has %zu members; %d are allowed.", where, count,
                       RP_MAP_LIMIT_NAMES);
    rp_map_pair *pairs = rp_arena_take(parser->arena, count, sizeof *pairs);
    if (!pairs)
        return rp_fail_memory(parser->error);
    json_t *walked = rp_map_walk(object);
    for (void *at = json_object_iter(walked); at; at = json_object_iter_next(walked, at)) {
        rp_map_pair *pair = &pairs[(*n)++];
        pair->name = json_object_iter_key(at);
        if (!rp_json_need_text(object, pair->name, where, &pair->value, parser->error))
            return false;
        if (!pair->name[0] || !pair->value[0]) {
            rp_fail(parser->error, RP_E_RULE, "%s has an empty text (\"%s\": \"%s\").", where, pair->name, pair->value);
            return rp_fail_remedy(parser->error, "Name it, or take the member out.");
        }
    }
    *out = pairs;
    return true;
}

static bool parse_about(const rp_map_parser *parser, const json_t *top) {
    rp_map *map = parser->map;
    map->licence = map->citation = "";
    return rp_json_need_text(top, "name", the_map, &map->name, parser->error) &&
           rp_json_text(top, "licence", the_map, &map->licence, parser->error) &&
           rp_json_text(top, "citation", the_map, &map->citation, parser->error);
}

static bool parse_encoding(const rp_map_parser *parser, const json_t *top) {
    const char *encoding = "utf-8";
    parser->map->form.where = the_map;
    return rp_json_text(top, "encoding", the_map, &encoding, parser->error) &&
           rp_delimited_declare(&parser->map->form, encoding, parser->error);
}

static bool parse_layout(const rp_map_parser *parser, const json_t *top) {
    const char *layout = NULL;
    if (!rp_json_need_text(top, "layout", the_map, &layout, parser->error))
        return false;
    parser->map->wide = strcmp(layout, "wide") == 0;
    if (parser->map->wide || strcmp(layout, "long") == 0)
        return true;
    rp_fail(parser->error, RP_E_RULE, "\"layout\" in the map must be \"wide\" or \"long\", but is \"%s\".", layout);
    return rp_fail_remedy(parser->error,
                          "Write \"wide\" where a row is a person, \"long\" where a row is one person at "
                          "one occasion.");
}

static bool parse_missing(const rp_map_parser *parser, const json_t *top) {
    rp_map *map = parser->map;
    const json_t *list = NULL;
    if (!rp_json_array(top, "missing", the_map, &list, parser->error))
        return false;
    size_t n = json_array_size(list);
    if (n > RP_MAP_LIMIT_NAMES)
        return rp_fail(parser->error, RP_E_LIMIT, "\"missing\" in the map lists %zu texts; %d are allowed.", n,
                       RP_MAP_LIMIT_NAMES);
    map->missing = rp_arena_take(parser->arena, n, sizeof *map->missing);
    if (!map->missing)
        return rp_fail_memory(parser->error);
    for (size_t i = 0; i < n; i++) {
        map->missing[i] = json_string_value(json_array_get(list, i));
        if (map->missing[i])
            continue;
        rp_fail(parser->error, RP_E_RULE, "Entry %zu of \"missing\" in the map is not a text.", i + 1);
        return rp_fail_remedy(parser->error, "Put it in quotes, as it stands in the file: [\"NA\", \"-9\"].");
    }
    map->n_missing = n;
    return true;
}

/* With values given, the comparator must be one of the arms that they name. */
static bool check_comparator(const rp_map_parser *parser) {
    const rp_map *map = parser->map;
    if (!map->comparator || map->n_arms == 0)
        return true;
    const char **arms = rp_arena_take(parser->arena, map->n_arms, sizeof *arms);
    if (!arms)
        return rp_fail_memory(parser->error);
    for (size_t i = 0; i < map->n_arms; i++) {
        arms[i] = map->arms[i].value;
        if (strcmp(arms[i], map->comparator) == 0)
            return true;
    }
    rp_fail(parser->error, RP_E_UNKNOWN, "The comparator \"%s\" in arm is none of the arms that arm.values names.",
            map->comparator);
    const char *nearest = rp_text_nearest(rp_text_of(map->comparator), arms, map->n_arms);
    return rp_fail_remedy(parser->error, "Write an arm's new name there, such as \"%s\".", nearest ? nearest : arms[0]);
}

static bool parse_arm(const rp_map_parser *parser, const json_t *top) {
    rp_map *map = parser->map;
    const json_t *arm = NULL, *values = NULL;
    if (!rp_json_object(top, "arm", the_map, &arm, parser->error))
        return false;
    if (!arm)
        return true;
    if (!rp_json_only(arm, "arm", arm_members, COUNT(arm_members), parser->error) ||
        !rp_json_need_text(arm, "column", "arm", &map->arm, parser->error) ||
        !rp_json_object(arm, "values", "arm", &values, parser->error) ||
        !rp_json_text(arm, "comparator", "arm", &map->comparator, parser->error) ||
        !rp_json_text(arm, "comparator_note", "arm", &map->comparator_note, parser->error))
        return false;
    return (!values || rp_map_parse_pairs(parser, values, "arm.values", &map->arms, &map->n_arms)) &&
           check_comparator(parser);
}

/* Covariates become further columns of referrals, so they must not be called as one that is there. */
static bool parse_covariates(const rp_map_parser *parser, const json_t *top) {
    rp_map *map = parser->map;
    const json_t *covariates = NULL;
    if (!rp_json_object(top, "covariates", the_map, &covariates, parser->error))
        return false;
    if (covariates && !rp_map_parse_pairs(parser, covariates, "covariates", &map->covariates, &map->n_covariates))
        return false;
    for (size_t i = 0; i < map->n_covariates; i++) {
        const char *name = map->covariates[i].name;
        if (rp_schema_column(RP_REFERRALS, name) < 0 && strcmp(name, "practitioner_id") != 0)
            continue;
        rp_fail(parser->error, RP_E_RULE, "The covariate \"%s\" has the name of a column that referrals have already.",
                name);
        return rp_fail_remedy(parser->error, "Give it another name, such as \"%s_as_given\".", name);
    }
    return true;
}

static bool parse_columns(const rp_map_parser *parser, const json_t *top) {
    rp_map *map = parser->map;
    if (!rp_json_text(top, "client", the_map, &map->client, parser->error) ||
        !rp_json_text(top, "practitioner", the_map, &map->practitioner, parser->error) ||
        !rp_json_text(top, "date", the_map, &map->date, parser->error))
        return false;
    if (map->wide || map->client)
        return true;
    rp_fail(parser->error, RP_E_RULE, "The map has no \"client\", which long layout needs: which rows are one person?");
    return rp_fail_remedy(parser->error, "Add \"client\" with the column that says who it is.");
}

bool rp_map_parse(const json_t *json, const char *file, rp_arena *arena, rp_map *out, rp_error *error) {
    *out = (rp_map){.file = file};
    const rp_map_parser parser = {.map = out, .arena = arena, .error = error};
    return rp_json_only(json, the_map, top_members, COUNT(top_members), error) && parse_about(&parser, json) &&
           parse_encoding(&parser, json) && parse_layout(&parser, json) && parse_missing(&parser, json) &&
           parse_columns(&parser, json) && parse_arm(&parser, json) && parse_covariates(&parser, json) &&
           rp_map_parse_occasions(&parser, json) && rp_map_parse_instruments(&parser, json);
}
