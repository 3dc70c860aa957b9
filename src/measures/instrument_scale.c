/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One scale of an instrument, from the compact form: which items, which reversed, what may be missing, what scores can
 * occur, which way is worse, bands and the rule for change. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "measures/measures_private.h"

/* A reading of one scale. */
typedef struct reading {
    const rp_definition *d;
    const rp_instrument *instrument;
    const json_t *from;
    const char *where;
    rp_scale scale;
} reading;

static bool refuse(const reading *r, const char *message, const char *remedy) {
    rp_fail(r->d->error, RP_E_RULE, "%s %s", r->where, message);
    return rp_fail_remedy(r->d->error, "%s", remedy);
}

/* A list of one may be written as its element alone: a FHIR extension that stands once cannot say that it is a list. */
static size_t list_size(const json_t *list) {
    return json_is_array(list) ? json_array_size(list) : list && !json_is_null(list);
}

static const json_t *list_at(const json_t *list, size_t i) {
    return json_is_array(list) ? json_array_get(list, i) : list;
}

/* The item that an element names. Items that are counted are named "1", "2" …, and may be given as numbers. */
static int item_of(const reading *r, const json_t *element) {
    char number[32];
    if (json_is_string(element))
        return rp_instrument_item(r->instrument, rp_text_of(json_string_value(element)));
    if (!json_is_integer(element))
        return -1;
    snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(element));
    return rp_instrument_item(r->instrument, rp_text_of(number));
}

static bool refuse_item(const reading *r, const char *key, const json_t *element) {
    const char *name = json_is_string(element) ? json_string_value(element) : NULL;
    if (!name) {
        rp_fail(r->d->error, RP_E_UNKNOWN, "\"%s\" of %s lists what is no item's name.", key, r->where);
        return rp_fail_remedy(r->d->error, "List the names of items of this instrument.");
    }
    rp_fail(r->d->error, RP_E_UNKNOWN, "\"%s\" of %s lists \"%s\", which is no item of this instrument.", key, r->where,
            name);
    const char **names = rp_arena_take(r->d->arena, r->instrument->n_items, sizeof *names);
    for (size_t i = 0; names && i < r->instrument->n_items; i++)
        names[i] = r->instrument->items[i].name;
    const char *nearest = names ? rp_text_nearest(rp_text_of(name), names, r->instrument->n_items) : NULL;
    if (nearest)
        return rp_fail_remedy(r->d->error, "Did you mean \"%s\"?", nearest);
    return rp_fail_remedy(r->d->error, "Define the item under \"items\" first.");
}

static int place_in_scale(const rp_scale *scale, int item) {
    for (size_t i = 0; i < scale->n_items; i++)
        if (scale->items[i] == item)
            return (int)i;
    return -1;
}

static bool refuse_twice(const reading *r, const char *key, int item) {
    rp_fail(r->d->error, RP_E_RULE, "\"%s\" of %s lists item \"%s\" twice.", key, r->where,
            r->instrument->items[item].name);
    return rp_fail_remedy(r->d->error, "Take one of the two out.");
}

static bool read_items(reading *r) {
    const json_t *list = json_object_get(r->from, "items");
    size_t n = list_size(list);
    if (n > r->instrument->n_items)
        return refuse(r, "lists more items than there are.", "List each item once.");
    uint16_t *items = rp_arena_take(r->d->arena, n, sizeof *items);
    if (!items)
        return rp_fail_memory(r->d->error);
    r->scale.items = items;
    for (size_t i = 0; i < n; i++) {
        int item = item_of(r, list_at(list, i));
        if (item < 0)
            return refuse_item(r, "items", list_at(list, i));
        if (place_in_scale(&r->scale, item) >= 0)
            return refuse_twice(r, "items", item);
        items[i] = (uint16_t)item;
        r->scale.n_items = i + 1;
    }
    return true;
}

static bool read_reversed(reading *r) {
    const json_t *list = json_object_get(r->from, "reversed");
    bool *reversed = rp_arena_take(r->d->arena, r->scale.n_items, sizeof *reversed);
    if (!reversed)
        return rp_fail_memory(r->d->error);
    r->scale.reversed = reversed;
    for (size_t i = 0; i < list_size(list); i++) {
        int item = item_of(r, list_at(list, i));
        if (item < 0)
            return refuse_item(r, "reversed", list_at(list, i));
        int place = place_in_scale(&r->scale, item);
        if (place < 0) {
            rp_fail(r->d->error, RP_E_RULE, "\"reversed\" of %s lists item \"%s\", which is not in the scale.",
                    r->where, r->instrument->items[item].name);
            return rp_fail_remedy(r->d->error, "Add it to the scale's \"items\", or take it out of \"reversed\".");
        }
        if (reversed[place])
            return refuse_twice(r, "reversed", item);
        reversed[place] = true;
    }
    return true;
}

static bool read_score(reading *r) {
    const char *word = "sum";
    if (!rp_json_text(r->from, "score", r->where, &word, r->d->error))
        return false;
    if (strcmp(word, "sum") != 0 && strcmp(word, "mean") != 0)
        return refuse(r, "has a \"score\" that is not known.", "Write \"sum\" or \"mean\".");
    r->scale.score = strcmp(word, "sum") == 0 ? RP_SCORE_SUM : RP_SCORE_MEAN;
    return true;
}

/* Prorating speaks of the mean answer, which means something only where all are on one response scale. */
static bool same_response_scale(const reading *r) {
    for (size_t i = 1; i < r->scale.n_items; i++) {
        const rp_item *first = &r->instrument->items[r->scale.items[0]],
                      *item = &r->instrument->items[r->scale.items[i]];
        if (item->lowest != first->lowest || item->highest != first->highest)
            return false;
    }
    return true;
}

static bool read_missing(reading *r) {
    static const char *const known[] = {"rule", "may_miss"};
    const json_t *missing = NULL;
    if (!rp_json_object(r->from, "missing", r->where, &missing, r->d->error))
        return false;
    if (!missing)
        return true;
    const char *where = rp_definition_part(r->d, r->where, "member", "missing"), *rule = NULL;
    int64_t may_miss = 0;
    if (!where || !rp_json_only(missing, where, known, sizeof known / sizeof *known, r->d->error) ||
        !rp_json_need_text(missing, "rule", where, &rule, r->d->error) ||
        !rp_json_int(missing, "may_miss", where, &may_miss, r->d->error))
        return false;
    if (strcmp(rule, "all_needed") == 0)
        return may_miss == 0 || refuse(r, "needs all items, yet lets some be missing.",
                                       "Write \"rule\": \"prorate\", or take \"may_miss\" out.");
    if (strcmp(rule, "prorate") != 0)
        return refuse(r, "has a rule for missing items that is not known.", "Write \"all_needed\" or \"prorate\".");
    if (may_miss < 1 || (uint64_t)may_miss >= r->scale.n_items)
        return refuse(r, "prorates, but \"may_miss\" is not from 1 to one less than its items.",
                      "Say how many items may be missing.");
    if (!same_response_scale(r))
        return refuse(r, "prorates items whose response scales differ.", "Write \"rule\": \"all_needed\".");
    r->scale.missing_rule = RP_ITEMS_PRORATE;
    r->scale.items_may_miss = (size_t)may_miss;
    return true;
}

/* The range and wholeness that the items give; NaN where there are none. */
static void derive_range(reading *r) {
    double lowest = 0, highest = 0;
    bool whole = r->scale.score == RP_SCORE_SUM;
    for (size_t i = 0; i < r->scale.n_items; i++) {
        const rp_item *item = &r->instrument->items[r->scale.items[i]];
        lowest += item->lowest;
        highest += item->highest;
        whole = whole && item->lowest == floor(item->lowest) && item->highest == floor(item->highest);
    }
    double n = r->scale.score == RP_SCORE_MEAN ? (double)r->scale.n_items : 1;
    bool has_items = r->scale.n_items > 0;
    r->scale.lowest = has_items ? lowest / n : NAN;
    r->scale.highest = has_items ? highest / n : NAN;
    r->scale.whole = has_items && whole;
}

static bool differs(double given, double derived) {
    return !isnan(derived) && fabs(given - derived) > RP_SCORE_SLACK;
}

static bool read_range(reading *r) {
    derive_range(r);
    double lowest = r->scale.lowest, highest = r->scale.highest;
    if (!rp_json_num(r->from, "lowest", r->where, &lowest, r->d->error) ||
        !rp_json_num(r->from, "highest", r->where, &highest, r->d->error) ||
        !rp_json_bool(r->from, "whole", r->where, &r->scale.whole, r->d->error))
        return false;
    if (isnan(lowest) || isnan(highest))
        return refuse(r, "has no items, so its \"lowest\" and \"highest\" scores must be given.",
                      "Add both, or list the items.");
    if (!(lowest < highest))
        return refuse(r, "has a \"lowest\" score that is not below its \"highest\".", "Swap the two.");
    if (differs(lowest, r->scale.lowest) || differs(highest, r->scale.highest))
        return refuse(r, "gives a range that its items do not make.",
                      "Take \"lowest\" and \"highest\" out, or mend the items.");
    r->scale.lowest = lowest;
    r->scale.highest = highest;
    return true;
}

/* Nothing in a number says which way is worse, so it is never guessed, but for alliance: there, more is better. */
static bool read_direction(reading *r) {
    bool said = json_is_boolean(json_object_get(r->from, "higher_is_worse"));
    if (!rp_json_bool(r->from, "higher_is_worse", r->where, &r->scale.higher_is_worse, r->d->error))
        return false;
    return said || r->instrument->kind == RP_KIND_ALLIANCE ||
           refuse(r, "does not say which way is worse.",
                  "Add \"higher_is_worse\": true for symptoms, false for well-being.");
}

static bool read_band(reading *r, const json_t *from, const rp_severity_band *before, rp_severity_band *out) {
    static const char *const known[] = {"from", "label"};
    const char *label = NULL;
    out->from = NAN;
    if (!rp_json_only(from, r->where, known, sizeof known / sizeof *known, r->d->error) ||
        !rp_json_num(from, "from", r->where, &out->from, r->d->error) ||
        !rp_json_need_text(from, "label", r->where, &label, r->d->error))
        return false;
    if (!(out->from >= r->scale.lowest && out->from <= r->scale.highest))
        return refuse(r, "has a band that does not begin at a possible score.",
                      "Give each band \"from\" within the range.");
    if (before && before->from >= out->from)
        return refuse(r, "has bands that do not rise.", "Order the bands by \"from\".");
    out->label = rp_definition_copy(r->d, label);
    return out->label != NULL;
}

static bool read_bands(reading *r) {
    const json_t *list = json_object_get(r->from, "bands");
    size_t n = list_size(list);
    if (n > RP_LIMIT_BANDS)
        return refuse(r, "has more bands than are allowed.", "Fifty are the most.");
    rp_severity_band *bands = rp_arena_take(r->d->arena, n, sizeof *bands);
    if (!bands)
        return rp_fail_memory(r->d->error);
    for (size_t i = 0; i < n; i++)
        if (!read_band(r, list_at(list, i), i > 0 ? &bands[i - 1] : NULL, &bands[i]))
            return false;
    r->scale.bands = bands;
    r->scale.n_bands = n;
    return true;
}

static bool read_sources(reading *r) {
    static const char *const known[] = {"key", "bands"};
    const json_t *sources = NULL;
    r->scale.key_source = r->scale.bands_source = rp_figure_source_none();
    if (!rp_json_object(r->from, "sources", r->where, &sources, r->d->error))
        return false;
    if (sources && !rp_json_only(sources, r->where, known, sizeof known / sizeof *known, r->d->error))
        return false;
    /* A total only may say where its range comes from, and need not: there is no key to prove. */
    bool key = r->scale.n_items > 0 || (sources && json_object_get(sources, "key"));
    return (!key || rp_figure_source_read(r->d, sources, "key", r->where, &r->scale.key_source)) &&
           (r->scale.n_bands == 0 || rp_figure_source_read(r->d, sources, "bands", r->where, &r->scale.bands_source));
}

static bool read_change(reading *r) {
    const json_t *change = NULL;
    r->scale.change = rp_change_rule_none();
    if (!rp_json_object(r->from, "change", r->where, &change, r->d->error))
        return false;
    if (!change)
        return true;
    const char *where = rp_definition_part(r->d, r->where, "member", "change");
    return where && rp_change_rule_read(r->d, change, where, &r->scale, &r->scale.change);
}

bool rp_scale_read(const rp_definition *d, const rp_instrument *instrument, const char *name, const json_t *from,
                   rp_scale *out) {
    static const char *const known[] = {"title",   "score", "items",           "reversed", "missing", "lowest",
                                        "highest", "whole", "higher_is_worse", "change",   "bands",   "sources"};
    const char *where = rp_definition_part(d, d->where, "scale", name), *title = name;
    reading r = {.d = d, .instrument = instrument, .from = from, .where = where};
    if (!where || !rp_definition_name(d, name, "scale") ||
        !rp_json_only(from, where, known, sizeof known / sizeof *known, d->error) ||
        !rp_json_text(from, "title", where, &title, d->error))
        return false;
    r.scale.name = rp_definition_copy(d, name);
    r.scale.title = rp_definition_copy(d, title);
    if (!r.scale.name || !r.scale.title || !read_score(&r) || !read_items(&r) || !read_reversed(&r) ||
        !read_missing(&r) || !read_range(&r) || !read_direction(&r) || !read_bands(&r) || !read_sources(&r) ||
        !read_change(&r))
        return false;
    *out = r.scale;
    return true;
}
