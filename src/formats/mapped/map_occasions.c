/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The map's "occasion": a list in wide layout; in long layout a column, with or without a list of its values. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "formats/mapped/map.h"

static const char *const wide_members[] = {"columns", "occasion", "label", "months"};
static const char *const value_members[] = {"occasion", "label", "months"};
static const char *const long_members[] = {"column", "values"};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* An entry's number, label and months; the number must be new. */
static bool parse_entry(const rp_map_parser *parser, const json_t *entry, const char *where, rp_map_occasion *out) {
    rp_map *map = parser->map;
    int64_t number = INT64_MIN;
    out->months = NAN;
    if (!rp_json_int(entry, "occasion", where, &number, parser->error) ||
        !rp_json_text(entry, "label", where, &out->label, parser->error) ||
        !rp_json_num(entry, "months", where, &out->months, parser->error))
        return false;
    if (number == INT64_MIN) {
        rp_fail(parser->error, RP_E_RULE, "\"occasion\" is missing in %s.", where);
        return rp_fail_remedy(parser->error, "Number the occasions in order of time: \"occasion\": 1.");
    }
    if (number < -RP_MAP_LIMIT_OCCASION || number > RP_MAP_LIMIT_OCCASION)
        return rp_fail(parser->error, RP_E_LIMIT, "The occasion %lld in %s is past %d.", (long long)number, where,
                       RP_MAP_LIMIT_OCCASION);
    out->occasion = (int32_t)number;
    for (size_t i = 0; i < map->n_occasions; i++)
        if (map->occasions[i].occasion == out->occasion) {
            rp_fail(parser->error, RP_E_RULE,
                    "Occasion %d stands twice in the map: entries %zu and %zu of "
                    "\"occasion\".",
                    (int)out->occasion, i + 1, map->n_occasions + 1);
            return rp_fail_remedy(parser->error, "Give each occasion a number of its own.");
        }
    map->n_occasions++;
    return true;
}

static bool take_occasions(const rp_map_parser *parser, size_t n) {
    if (n > RP_MAP_LIMIT_NAMES)
        return rp_fail(parser->error, RP_E_LIMIT, "\"occasion\" in the map has %zu entries; %d are allowed.", n,
                       RP_MAP_LIMIT_NAMES);
    parser->map->occasions = rp_arena_take(parser->arena, n, sizeof *parser->map->occasions);
    return parser->map->occasions || rp_fail_memory(parser->error);
}

static bool parse_wide(const rp_map_parser *parser, const json_t *list) {
    rp_map *map = parser->map;
    if (!json_is_array(list) || json_array_size(list) == 0) {
        rp_fail(parser->error, RP_E_RULE, "Wide layout needs \"occasion\" as a list with an entry for each occasion.");
        return rp_fail_remedy(parser->error, "Write \"occasion\": [{\"columns\": {STEM: COLUMN}, \"occasion\": 1, "
                                             "\"label\": \"before\", \"months\": 0}].");
    }
    if (!take_occasions(parser, json_array_size(list)))
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *entry = json_array_get(list, i);
        rp_map_occasion *out = &map->occasions[i];
        char where[64];
        (void)snprintf(where, sizeof where, "entry %zu of \"occasion\"", i + 1);
        if (!rp_json_only(entry, where, wide_members, COUNT(wide_members), parser->error) ||
            !rp_json_object(entry, "columns", where, &out->columns, parser->error) ||
            !parse_entry(parser, entry, where, out))
            return false;
        if (!out->columns) {
            rp_fail(parser->error, RP_E_RULE, "\"columns\" is missing in %s.", where);
            return rp_fail_remedy(parser->error, "Say which columns were measured then: \"columns\": {STEM: COLUMN}.");
        }
    }
    return true;
}

static bool parse_values(const rp_map_parser *parser, const json_t *values) {
    rp_map *map = parser->map;
    if (!take_occasions(parser, json_object_size(values)))
        return false;
    json_t *walked = rp_map_walk(values);
    for (void *at = json_object_iter(walked); at; at = json_object_iter_next(walked, at)) {
        const char *value = json_object_iter_key(at);
        rp_map_occasion *out = &map->occasions[map->n_occasions];
        char where[128];
        (void)snprintf(where, sizeof where, "occasion.values.%.80s", value);
        out->value = value;
        if (!rp_json_only(json_object_iter_value(at), where, value_members, COUNT(value_members), parser->error) ||
            !parse_entry(parser, json_object_iter_value(at), where, out))
            return false;
        out->label = out->label ? out->label : value;
    }
    return true;
}

static bool parse_long(const rp_map_parser *parser, const json_t *from) {
    rp_map *map = parser->map;
    if (json_is_array(from)) {
        rp_fail(parser->error, RP_E_RULE,
                "\"occasion\" in the map is a list, which is for wide layout; the layout is "
                "long.");
        return rp_fail_remedy(parser->error, "Name the column that tells the occasion, or write \"layout\": \"wide\".");
    }
    map->occasion = json_string_value(from);
    if (map->occasion)
        return true;
    const json_t *values = NULL;
    if (!rp_json_only(from, "occasion", long_members, COUNT(long_members), parser->error) ||
        !rp_json_need_text(from, "column", "occasion", &map->occasion, parser->error) ||
        !rp_json_object(from, "values", "occasion", &values, parser->error))
        return false;
    if (values && json_object_size(values) == 0) {
        rp_fail(parser->error, RP_E_RULE, "occasion.values is empty, so no row would have an occasion.");
        return rp_fail_remedy(parser->error, "List the column's values, or leave \"values\" out.");
    }
    return !values || parse_values(parser, values);
}

bool rp_map_parse_occasions(const rp_map_parser *parser, const json_t *top) {
    const json_t *from = json_object_get(top, "occasion");
    if (json_is_null(from))
        from = NULL;
    if (parser->map->wide)
        return parse_wide(parser, from);
    if (from)
        return parse_long(parser, from);
    if (parser->map->date)
        return true;
    rp_fail(parser->error, RP_E_RULE, "The map has neither \"occasion\" nor \"date\": when was each row measured?");
    return rp_fail_remedy(parser->error, "Name the column that tells the occasion (or the date).");
}
