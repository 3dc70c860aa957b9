/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The map's "instruments": which questionnaire each is, who answers it, and which columns or stems give its items and
 * scales. */
#include <stdio.h>
#include <string.h>

#include "formats/mapped/map.h"

static const char *const members[] = {"use", "define", "rater", "items", "scales", "change"};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- as written ---- */

static bool parse_use(const rp_map_parser *parser, const json_t *from, const char *where, rp_map_instrument *out) {
    const json_t *use = json_object_get(from, "use");
    if (!rp_json_object(from, "define", where, &out->define, parser->error))
        return false;
    if (json_is_object(use) && !out->define) {
        out->define = use; /* a definition is understood in either place */
        return true;
    }
    if (!rp_json_text(from, "use", where, &out->use, parser->error))
        return false;
    if (!out->use != !out->define)
        return true;
    rp_fail(parser->error, RP_E_RULE, "%s must have one of \"use\" and \"define\", but has %s.", where,
            out->use ? "both" : "neither");
    return rp_fail_remedy(parser->error, "Name a known questionnaire (\"use\": \"phq-9@1\"), or write its definition "
                                         "under \"define\".");
}

/* The raters are a code list of the record; which, its schema says. */
static bool check_rater(const rp_map_parser *parser, const char *where, const char *rater) {
    const rp_table_def *table = rp_schema_table(RP_ADMINISTRATIONS);
    const rp_code_list *codes = table->columns[rp_schema_column(RP_ADMINISTRATIONS, "rater")].codes;
    char list[160] = "";
    for (size_t i = 0; i < codes->n; i++) {
        if (rater && strcmp(codes->codes[i].code, rater) == 0)
            return true;
        size_t n = strlen(list);
        (void)snprintf(list + n, sizeof list - n, "%s\"%s\"", i ? ", " : "", codes->codes[i].code);
    }
    if (rater)
        rp_fail(parser->error, RP_E_UNKNOWN, "\"rater\" in %s is \"%s\", which is no kind of rater.", where, rater);
    else
        rp_fail(parser->error, RP_E_RULE, "\"rater\" is missing in %s: who answers it?", where);
    return rp_fail_remedy(parser->error, "Write one of %s.", list);
}

/* Appends "items" or "scales" to the map's sources. */
static bool parse_sources(const rp_map_parser *parser, const json_t *from, const char *where, bool items) {
    rp_map *map = parser->map;
    const json_t *object = NULL;
    const rp_map_pair *pairs = NULL;
    size_t n = 0;
    const char *member = items ? "items" : "scales";
    if (!rp_json_object(from, member, where, &object, parser->error))
        return false;
    if (!object)
        return true;
    char inner[128];
    (void)snprintf(inner, sizeof inner, "%s.%s", where, member);
    if (!rp_map_parse_pairs(parser, object, inner, &pairs, &n))
        return false;
    for (size_t i = 0; i < n; i++)
        map->sources[map->n_sources++] = (rp_map_source){.name = pairs[i].name,
                                                         .stem = pairs[i].value,
                                                         .instrument = map->n_instruments,
                                                         .is_item = items,
                                                         .index = -1};
    return true;
}

static bool check_name(const rp_map_parser *parser, const char *name) {
    size_t n = strlen(name);
    if (n > 0 && n <= RP_MAP_LIMIT_NAME && !strchr(name, '/'))
        return true;
    rp_fail(parser->error, RP_E_RULE, "The name \"%.60s\" in instruments cannot be used in keys.", name);
    return rp_fail_remedy(parser->error, "Use 1 to %d bytes without \"/\".", RP_MAP_LIMIT_NAME);
}

static bool parse_instrument(const rp_map_parser *parser, const char *name, const json_t *from) {
    rp_map *map = parser->map;
    rp_map_instrument *out = &map->instruments[map->n_instruments];
    if (!check_name(parser, name))
        return false;
    char where[80];
    (void)snprintf(where, sizeof where, "instruments.%s", name);
    *out = (rp_map_instrument){.name = name, .first = map->n_sources};
    if (!rp_json_only(from, where, members, COUNT(members), parser->error) || !parse_use(parser, from, where, out) ||
        !rp_json_text(from, "rater", where, &out->rater, parser->error) || !check_rater(parser, where, out->rater) ||
        !rp_json_object(from, "change", where, &out->change, parser->error) ||
        !parse_sources(parser, from, where, false) || !parse_sources(parser, from, where, true))
        return false;
    out->n = map->n_sources - out->first;
    map->n_instruments++;
    if (out->n > 0)
        return true;
    rp_fail(parser->error, RP_E_RULE, "%s has neither items nor scales, so nothing of it could be read.", where);
    return rp_fail_remedy(parser->error, "Add \"scales\": {SCALE: COLUMN} or \"items\": {ITEM: COLUMN}.");
}

/* Counted beforehand, with unfit members counted as none: what they are is told when they are read. */
static size_t count_sources(json_t *instruments) {
    size_t n = 0;
    for (void *at = json_object_iter(instruments); at; at = json_object_iter_next(instruments, at)) {
        const json_t *one = json_object_iter_value(at);
        n += json_object_size(json_object_get(one, "items")) + json_object_size(json_object_get(one, "scales"));
    }
    return n;
}

bool rp_map_parse_instruments(const rp_map_parser *parser, const json_t *top) {
    rp_map *map = parser->map;
    const json_t *instruments = NULL;
    if (!rp_json_object(top, "instruments", "the map", &instruments, parser->error))
        return false;
    size_t n = json_object_size(instruments), n_sources = count_sources(rp_map_walk(instruments));
    if (n == 0) {
        rp_fail(parser->error, RP_E_RULE, "The map names no instruments, so nothing could be read through it.");
        return rp_fail_remedy(parser->error, "Add \"instruments\": {NAME: {\"use\": …, \"rater\": …, \"scales\": …}}.");
    }
    if (n > RP_MAP_LIMIT_NAMES || n_sources > RP_MAP_LIMIT_CELLS)
        return rp_fail(parser->error, RP_E_LIMIT,
                       "The map names %zu instruments with %zu items and scales; %d and %d "
                       "are allowed.",
                       n, n_sources, RP_MAP_LIMIT_NAMES, RP_MAP_LIMIT_CELLS);
    map->instruments = rp_arena_take(parser->arena, n, sizeof *map->instruments);
    map->sources = rp_arena_take(parser->arena, n_sources, sizeof *map->sources);
    if (!map->instruments || !map->sources)
        return rp_fail_memory(parser->error);
    json_t *walked = rp_map_walk(instruments);
    for (void *at = json_object_iter(walked); at; at = json_object_iter_next(walked, at))
        if (!parse_instrument(parser, json_object_iter_key(at), json_object_iter_value(at)))
            return false;
    return true;
}

/* ---- among those known ---- */

static bool find_known(rp_map_instrument *one, const rp_instruments *known, rp_error *error) {
    one->instrument = rp_instruments_find(known, rp_text_of(one->use));
    if (one->instrument)
        return true;
    rp_fail(error, RP_E_UNKNOWN, "\"%s\" in instruments.%s.use is no questionnaire that is known.", one->use,
            one->name);
    const rp_instrument *nearest = rp_instruments_nearest(known, rp_text_of(one->use));
    if (nearest)
        return rp_fail_remedy(error,
                              "Did you mean \"%s@%s\"? \"rapport measures\" lists them; one of your own can be "
                              "written under \"define\".",
                              nearest->name, nearest->version);
    return rp_fail_remedy(error, "\"rapport measures\" lists those known; one of your own can be written under "
                                 "\"define\".");
}

static bool resolve(rp_map_instrument *one, rp_instruments *known, rp_error *error) {
    if (!one->define)
        return find_known(one, known, error);
    char where[80];
    (void)snprintf(where, sizeof where, "instruments.%s.define", one->name);
    one->instrument = rp_instruments_add_inline(known, one->name, one->define, where, error);
    return one->instrument != NULL;
}

/* The new figures hold for the instrument wherever the map uses it (the client's and the practitioner's form, say). */
static bool overlay(rp_map *map, size_t i, rp_instruments *known, rp_error *error) {
    rp_map_instrument *one = &map->instruments[i];
    const rp_instrument *original = one->instrument;
    if (!one->change)
        return true;
    for (size_t j = 0; j < i; j++)
        if (map->instruments[j].change && map->instruments[j].instrument == original) {
            rp_fail(error, RP_E_RULE,
                    "instruments.%s and instruments.%s are the same questionnaire, and both have "
                    "\"change\".",
                    map->instruments[j].name, one->name);
            return rp_fail_remedy(error, "Say it once; it holds for both.");
        }
    char where[128];
    (void)snprintf(where, sizeof where, "the study's map (instruments.%s.change)", one->name);
    const rp_instrument *changed = rp_instruments_overlay(known, original, one->change, where, error);
    for (size_t j = 0; changed && j < map->n_instruments; j++)
        if (map->instruments[j].instrument == original)
            map->instruments[j].instrument = changed;
    return changed != NULL;
}

static const char *name_at(const rp_instrument *instrument, bool item, size_t i) {
    return item ? instrument->items[i].name : instrument->scales[i].name;
}

static bool fail_source(const rp_map_instrument *one, const rp_map_source *source, rp_arena *arena, rp_error *error) {
    const rp_instrument *of = one->instrument;
    const char *kind = source->is_item ? "item" : "scale";
    size_t n = source->is_item ? of->n_items : of->n_scales;
    const char **names = rp_arena_take(arena, n, sizeof *names);
    if (!names)
        return rp_fail_memory(error);
    for (size_t i = 0; i < n; i++)
        names[i] = name_at(of, source->is_item, i);
    rp_fail(error, RP_E_UNKNOWN, "\"%s\" in instruments.%s.%ss is no %s of %s@%s.", source->name, one->name, kind, kind,
            of->name, of->version);
    const char *nearest = rp_text_nearest(rp_text_of(source->name), names, n);
    if (nearest)
        return rp_fail_remedy(error, "Did you mean \"%s\"?", nearest);
    if (n == 0)
        return rp_fail_remedy(error, "It has no %ss.", kind);
    return rp_fail_remedy(error, "It has %zu, from \"%s\" to \"%s\".", n, names[0], names[n - 1]);
}

static bool find_sources(rp_map *map, rp_arena *arena, rp_error *error) {
    for (size_t s = 0; s < map->n_sources; s++) {
        rp_map_source *source = &map->sources[s];
        const rp_map_instrument *one = &map->instruments[source->instrument];
        source->index = source->is_item ? rp_instrument_item(one->instrument, rp_text_of(source->name))
                                        : rp_instrument_scale(one->instrument, source->name);
        if (source->index < 0)
            return fail_source(one, source, arena, error);
    }
    return true;
}

/* One rater's answers to one questionnaire may be told once: two entries would make two administrations of it. */
static bool check_twice(const rp_map *map, rp_error *error) {
    for (size_t i = 0; i < map->n_instruments; i++)
        for (size_t j = 0; j < i; j++) {
            const rp_map_instrument *a = &map->instruments[j], *b = &map->instruments[i];
            if (a->instrument != b->instrument || strcmp(a->rater, b->rater) != 0)
                continue;
            rp_fail(error, RP_E_RULE, "instruments.%s and instruments.%s are the same questionnaire by the same rater.",
                    a->name, b->name);
            return rp_fail_remedy(error, "Write their items and scales under one name.");
        }
    return true;
}

bool rp_map_instruments(rp_map *map, rp_instruments *known, rp_arena *arena, rp_error *error) {
    for (size_t i = 0; i < map->n_instruments; i++)
        if (!resolve(&map->instruments[i], known, error))
            return false;
    for (size_t i = 0; i < map->n_instruments; i++)
        if (!overlay(map, i, known, error))
            return false;
    return find_sources(map, arena, error) && check_twice(map, error);
}
