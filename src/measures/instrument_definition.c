/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one parser of instruments: the compact form, written inline in a map or made from a FHIR Questionnaire, becomes a
 * checked rp_instrument in the arena. docs/instruments.md describes the form. */
#include <math.h>
#include <string.h>

#include "measures/measures_private.h"

const char *rp_definition_copy(const rp_definition *d, const char *text) {
    const char *copy = rp_arena_copy(d->arena, text, strlen(text));
    if (!copy)
        rp_fail_memory(d->error);
    return copy;
}

const char *rp_definition_part(const rp_definition *d, const char *where, const char *what, const char *name) {
    const char *part = rp_arena_printf(d->arena, "%s, %s \"%s\"", where, what, name);
    if (!part)
        rp_fail_memory(d->error);
    return part;
}

static bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool rp_definition_name(const rp_definition *d, const char *name, const char *what) {
    size_t n = strlen(name);
    bool good = n > 0 && n <= RP_LIMIT_NAME && is_letter_or_digit(name[0]);
    for (size_t i = 1; i < n && good; i++)
        good = is_letter_or_digit(name[i]) || name[i] == '.' || name[i] == '_' || name[i] == '-';
    if (good)
        return true;
    rp_fail(d->error, RP_E_RULE, "The %s name \"%s\" in %s is not one that can be used.", what, name, d->where);
    return rp_fail_remedy(d->error,
                          "Take letters, digits, '.', '_' and '-', beginning with a letter or digit, up to %d.",
                          (int)RP_LIMIT_NAME);
}

/* ---- items ---- */

static bool item_name(const rp_definition *d, const rp_instrument *instrument, size_t known, const char *name) {
    rp_text text = rp_text_of(name);
    if (text.n == 0 || text.n > RP_LIMIT_NAME)
        return rp_fail(d->error, RP_E_RULE, "An item of %s has a name that is empty or longer than %d bytes.", d->where,
                       (int)RP_LIMIT_NAME);
    for (size_t i = 0; i < known; i++)
        if (strcmp(instrument->items[i].name, name) == 0) {
            rp_fail(d->error, RP_E_RULE, "%s defines item \"%s\" twice.", d->where, name);
            return rp_fail_remedy(d->error, "Give each item a name of its own.");
        }
    return true;
}

static bool item_range(const rp_definition *d, const rp_item *item) {
    if (item->lowest < item->highest) /* JSON holds no NaN, and our own default for "not given" fails here */
        return true;
    rp_fail(d->error, RP_E_RULE, "Item \"%s\" of %s needs a \"lowest\" answer that is below its \"highest\".",
            item->name, d->where);
    return rp_fail_remedy(d->error, "Give the lowest and the highest number that an answer can have.");
}

static bool read_item(const rp_definition *d, const json_t *from, const rp_instrument *instrument, size_t at,
                      rp_item *item) {
    static const char *const known[] = {"name", "lowest", "highest", "wording"};
    const char *name = NULL, *wording = NULL;
    if (!rp_json_only(from, d->where, known, sizeof known / sizeof *known, d->error) ||
        !rp_json_need_text(from, "name", d->where, &name, d->error) || !item_name(d, instrument, at, name) ||
        !rp_json_num(from, "lowest", d->where, &item->lowest, d->error) ||
        !rp_json_num(from, "highest", d->where, &item->highest, d->error) ||
        !rp_json_text(from, "wording", d->where, &wording, d->error))
        return false;
    item->name = rp_definition_copy(d, name);
    item->wording = wording ? rp_definition_copy(d, wording) : NULL;
    return item->name && (item->wording || !wording) && item_range(d, item);
}

static bool too_many(const rp_definition *d, const char *what, size_t limit) {
    return rp_fail(d->error, RP_E_LIMIT, "%s has more than %zu %s.", d->where, limit, what);
}

static rp_item *take_items(const rp_definition *d, size_t n) {
    rp_item *items = NULL;
    if (n > RP_LIMIT_ITEMS)
        too_many(d, "items", RP_LIMIT_ITEMS);
    else if (!(items = rp_arena_take(d->arena, n, sizeof *items)))
        rp_fail_memory(d->error);
    return items;
}

static bool read_item_list(const rp_definition *d, const json_t *list, rp_instrument *instrument, rp_item **out) {
    size_t n = json_array_size(list);
    rp_item *items = *out = take_items(d, n);
    instrument->items = items;
    for (size_t i = 0; items && i < n; i++)
        if (!read_item(d, json_array_get(list, i), instrument, i, &items[i]))
            return false;
    instrument->n_items = n;
    return items != NULL;
}

/* {"names": […] or "count": n, "lowest", "highest"}: items that share one response scale. */
static bool read_alike(const rp_definition *d, const json_t *from, rp_instrument *instrument, rp_item **out) {
    static const char *const known[] = {"names", "count", "lowest", "highest"};
    const json_t *names = NULL;
    int64_t count = -1;
    rp_item alike = {0};
    if (!rp_json_only(from, d->where, known, sizeof known / sizeof *known, d->error) ||
        !rp_json_array(from, "names", d->where, &names, d->error) ||
        !rp_json_int(from, "count", d->where, &count, d->error) ||
        !rp_json_num(from, "lowest", d->where, &alike.lowest, d->error) ||
        !rp_json_num(from, "highest", d->where, &alike.highest, d->error))
        return false;
    if (!names == (count < 0) || count == 0) {
        rp_fail(d->error, RP_E_RULE, "The items of %s need either \"names\" or a \"count\" above 0.", d->where);
        return rp_fail_remedy(d->error, "Give one of the two; with \"count\", the items are named 1, 2, 3 and so on.");
    }
    size_t n = names ? json_array_size(names) : (size_t)count;
    rp_item *items = *out = take_items(d, n);
    instrument->items = items;
    for (size_t i = 0; items && i < n; i++) {
        items[i] = alike;
        const char *name = names ? json_string_value(json_array_get(names, i)) : NULL;
        items[i].name = name ? rp_definition_copy(d, name) : rp_arena_printf(d->arena, "%zu", i + 1);
        if (!items[i].name)
            return rp_fail_memory(d->error);
        if (names && !name)
            return rp_fail(d->error, RP_E_RULE, "\"names\" of the items of %s must be texts.", d->where);
        if (!item_name(d, instrument, i, items[i].name) || !item_range(d, &items[i]))
            return false;
    }
    instrument->n_items = n;
    return items != NULL;
}

static bool read_items(const rp_definition *d, const json_t *from, rp_instrument *instrument, rp_item **out) {
    const json_t *items = json_object_get(from, "items");
    *out = NULL;
    if (!items || json_is_null(items))
        return true;
    if (json_is_array(items))
        return read_item_list(d, items, instrument, out);
    if (json_is_object(items))
        return read_alike(d, items, instrument, out);
    return rp_fail(d->error, RP_E_RULE,
                   "\"items\" of %s must be a list of items, or an object with \"names\" or \"count\".", d->where);
}

/* ---- items about risk ---- */

static bool risk_item(const rp_definition *d, const json_t *from, rp_instrument *instrument, rp_item *items) {
    static const char *const known[] = {"item", "from", "source"};
    const char *name = NULL;
    double least = NAN;
    if (!rp_json_only(from, d->where, known, sizeof known / sizeof *known, d->error) ||
        !rp_json_need_text(from, "item", d->where, &name, d->error) ||
        !rp_json_num(from, "from", d->where, &least, d->error))
        return false;
    int at = rp_instrument_item(instrument, rp_text_of(name));
    if (at < 0 || items == NULL) {
        rp_fail(d->error, RP_E_UNKNOWN, "\"risk\" of %s names item \"%s\", which is not defined.", d->where, name);
        return rp_fail_remedy(d->error, "Name one of its items.");
    }
    if (!(least > items[at].lowest && least <= items[at].highest)) {
        rp_fail(d->error, RP_E_RULE,
                "\"from\" of risk item \"%s\" of %s must lie above the item's lowest answer, %g, "
                "and not above its highest, %g.",
                name, d->where, items[at].lowest, items[at].highest);
        return rp_fail_remedy(d->error, "Give the lowest answer that tells of a risk.");
    }
    if (!isnan(items[at].risk_from))
        return rp_fail(d->error, RP_E_RULE, "\"risk\" of %s names item \"%s\" twice.", d->where, name);
    items[at].risk_from = least;
    const char *part = rp_definition_part(d, d->where, "risk item", name);
    return part != NULL && rp_figure_source_read(d, from, "source", part, &items[at].risk_source);
}

static bool read_risk(const rp_definition *d, const json_t *from, rp_instrument *instrument, rp_item *items) {
    const json_t *risk = json_object_get(from, "risk");
    for (size_t i = 0; i < instrument->n_items; i++) {
        items[i].risk_from = NAN;
        items[i].risk_source = rp_figure_source_none();
    }
    if (!risk || json_is_null(risk))
        return true;
    if (json_is_object(risk)) /* a list of one may stand without it */
        return risk_item(d, risk, instrument, items);
    if (!json_is_array(risk))
        return rp_fail(d->error, RP_E_RULE, "\"risk\" of %s must be an item that asks about risk, or a list of them.",
                       d->where);
    for (size_t i = 0; i < json_array_size(risk); i++)
        if (!risk_item(d, json_array_get(risk, i), instrument, items))
            return false;
    return true;
}

/* ---- the whole ---- */

static bool read_scales(const rp_definition *d, const json_t *from, rp_instrument *instrument) {
    const json_t *scales = NULL;
    if (!rp_json_object(from, "scales", d->where, &scales, d->error))
        return false;
    size_t n = scales ? json_object_size(scales) : 0;
    if (n == 0) {
        rp_fail(d->error, RP_E_RULE, "%s has no scales.", d->where);
        return rp_fail_remedy(d->error, "Define at least one under \"scales\", for instance \"total\".");
    }
    if (n > RP_LIMIT_SCALES)
        return too_many(d, "scales", RP_LIMIT_SCALES);
    rp_scale *out = rp_arena_take(d->arena, n, sizeof *out);
    if (!out)
        return rp_fail_memory(d->error);
    size_t i = 0;
    const char *name;
    json_t *scale;
    json_object_foreach(rp_json_walk(scales), name, scale) {
        if (!rp_scale_read(d, instrument, name, scale, &out[i++]))
            return false;
    }
    instrument->scales = out;
    instrument->n_scales = n;
    return true;
}

static bool read_kind(const rp_definition *d, const json_t *from, rp_instrument_kind *out) {
    static const char *const words[] = {"outcome", "alliance", "other"};
    static const rp_instrument_kind kinds[] = {RP_KIND_OUTCOME, RP_KIND_ALLIANCE, RP_KIND_OTHER};
    const char *word = NULL;
    if (!rp_json_need_text(from, "kind", d->where, &word, d->error))
        return false;
    for (size_t i = 0; i < 3; i++)
        if (strcmp(word, words[i]) == 0) {
            *out = kinds[i];
            return true;
        }
    rp_fail(d->error, RP_E_RULE, "\"kind\" of %s is \"%s\", which is not known.", d->where, word);
    return rp_fail_remedy(d->error, "Write \"outcome\", \"alliance\" or \"other\".");
}

/* A text that may be absent, copied; `fallback` then stands for it. With no fallback it is needed. */
static bool read_text(const rp_definition *d, const json_t *from, const char *key, const char *fallback,
                      const char **out) {
    const char *text = fallback;
    bool found = fallback ? rp_json_text(from, key, d->where, &text, d->error)
                          : rp_json_need_text(from, key, d->where, &text, d->error);
    if (!found)
        return false;
    *out = rp_definition_copy(d, text);
    return *out != NULL;
}

bool rp_definition_read(const rp_definition *d, const char *name, const json_t *from, rp_instrument *out) {
    static const char *const known[] = {"title",  "short_title", "version", "kind",   "measures", "licence",
                                        "source", "recall",      "items",   "scales", "risk"};
    /* A map vouches for what it defines; an instrument file must say where it has things from, and under what licence.
     */
    const char *own = d->default_source, *licence = own ? "" : NULL;
    rp_instrument it = {0};
    rp_item *items = NULL;
    if (!rp_definition_name(d, name, "instrument") ||
        !rp_json_only(from, d->where, known, sizeof known / sizeof *known, d->error) ||
        !(it.name = rp_definition_copy(d, name)) || !read_text(d, from, "title", name, &it.title) ||
        !read_text(d, from, "short_title", it.title, &it.short_title) ||
        !read_text(d, from, "version", "map", &it.version) || !rp_definition_name(d, it.version, "version") ||
        !read_kind(d, from, &it.kind) || !read_text(d, from, "measures", "", &it.measures) ||
        !read_text(d, from, "licence", licence, &it.licence) || !read_text(d, from, "source", own, &it.source) ||
        !read_text(d, from, "recall", "", &it.recall) || !read_items(d, from, &it, &items) ||
        !read_risk(d, from, &it, items) || !read_scales(d, from, &it))
        return false;
    *out = it;
    return true;
}
