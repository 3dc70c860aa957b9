/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The instruments known to a run: those that are built in, those of a map, and a map's figures laid over either. Kept
 * in order of name and version; a few dozen, so they are searched from end to end. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "measures/measures_private.h"
#include "rapport/embedded.h"

struct rp_instruments {
    rp_arena *arena;
    RP_VEC(const rp_instrument *) list;
};

rp_arena *rp_instruments_arena(const rp_instruments *known) {
    return known->arena;
}

/* ---- comparing names and versions ---- */

static int small(char c) {
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : (unsigned char)c;
}

static bool is_digit(rp_text text, size_t i) {
    return i < text.n && text.at[i] >= '0' && text.at[i] <= '9';
}

static size_t skip_zeros(rp_text text, size_t i) {
    while (is_digit(text, i) && text.at[i] == '0')
        i++;
    return i;
}

static size_t digits_from(rp_text text, size_t i) {
    size_t n = 0;
    while (is_digit(text, i + n))
        n++;
    return n;
}

/* Without regard to case, runs of digits by their number: version 10 is after version 9. */
static int compare_versions(rp_text a, rp_text b) {
    size_t i = 0, j = 0;
    while (i < a.n && j < b.n) {
        if (is_digit(a, i) && is_digit(b, j)) {
            i = skip_zeros(a, i);
            j = skip_zeros(b, j);
            size_t in_a = digits_from(a, i), in_b = digits_from(b, j);
            int by_digits = in_a == in_b ? memcmp(a.at + i, b.at + j, in_a) : in_a < in_b ? -1 : 1;
            if (by_digits != 0)
                return by_digits;
            i += in_a;
            j += in_b;
        } else if (small(a.at[i]) != small(b.at[j])) {
            return small(a.at[i]) - small(b.at[j]);
        } else {
            i++;
            j++;
        }
    }
    return (i < a.n) - (j < b.n);
}

/* Without regard to case, byte for byte. */
static int compare_names(rp_text a, rp_text b) {
    size_t i = 0;
    while (i < a.n && i < b.n && small(a.at[i]) == small(b.at[i]))
        i++;
    if (i < a.n && i < b.n)
        return small(a.at[i]) - small(b.at[i]);
    return (i < a.n) - (i < b.n);
}

static int compare_instruments(const rp_instrument *a, const rp_instrument *b) {
    int by_name = compare_names(rp_text_of(a->name), rp_text_of(b->name));
    return by_name != 0 ? by_name : compare_versions(rp_text_of(a->version), rp_text_of(b->version));
}

/* ---- the list ---- */

const rp_instrument *rp_instruments_put(rp_instruments *known, const rp_instrument *instrument, rp_error *error) {
    size_t at = 0;
    for (; at < known->list.n; at++) {
        int order = compare_instruments(known->list.at[at], instrument);
        if (order == 0) {
            rp_fail(error, RP_E_RULE, "Instrument \"%s@%s\" is known already.", instrument->name, instrument->version);
            rp_fail_remedy(error, "Give yours another name or version.");
            return NULL;
        }
        if (order > 0)
            break;
    }
    rp_instrument *copy = rp_arena_take(known->arena, 1, sizeof *copy);
    const rp_instrument **last = rp_vec_push(known->arena, &known->list);
    if (!copy || !last) {
        rp_fail_memory(error);
        return NULL;
    }
    *copy = *instrument;
    memmove(known->list.at + at + 1, known->list.at + at, (known->list.n - 1 - at) * sizeof *known->list.at);
    known->list.at[at] = copy;
    return copy;
}

static bool add_embedded(rp_instruments *known, const rp_embedded *file, rp_error *error) {
    json_t *questionnaire = rp_json_parse((const char *)file->bytes, file->n, file->name, error);
    bool added = questionnaire && rp_instruments_add_fhir(known, questionnaire, file->name, error);
    json_decref(questionnaire);
    return added;
}

rp_instruments *rp_instruments_new(rp_arena *arena, rp_error *error) {
    assert(arena && error);
    rp_instruments *known = rp_arena_take(arena, 1, sizeof *known);
    if (!known) {
        rp_fail_memory(error);
        return NULL;
    }
    known->arena = arena;
    for (const rp_embedded *file = rp_embedded_instruments; file->name; file++)
        if (!add_embedded(known, file, error))
            return NULL;
    return known;
}

size_t rp_instruments_count(const rp_instruments *known) {
    return known->list.n;
}

const rp_instrument *rp_instruments_at(const rp_instruments *known, size_t i) {
    assert(i < known->list.n);
    return known->list.at[i];
}

/* ---- finding ---- */

const rp_instrument *rp_instruments_find(const rp_instruments *known, rp_text name) {
    const char *at = name.at ? memchr(name.at, '@', name.n) : NULL;
    rp_text version = {0};
    if (at) {
        version = (rp_text){at + 1, name.n - (size_t)(at + 1 - name.at)};
        name.n = (size_t)(at - name.at);
    }
    const rp_instrument *found = NULL;
    for (size_t i = 0; i < known->list.n; i++) { /* in rising order of version */
        const rp_instrument *one = known->list.at[i];
        if (!name.at || compare_names(rp_text_of(one->name), name) != 0 ||
            (at && compare_versions(rp_text_of(one->version), version) != 0))
            continue;
        if (!found || one->is_inline || !found->is_inline)
            found = one;
    }
    return found;
}

const rp_instrument *rp_instruments_nearest(const rp_instruments *known, rp_text name) {
    size_t n = known->list.n;
    const char *at = name.at ? memchr(name.at, '@', name.n) : NULL;
    const char **candidates = rp_arena_take(known->arena, 2 * n, sizeof *candidates);
    if (!candidates || !name.at)
        return NULL;
    if (at)
        name.n = (size_t)(at - name.at);
    for (size_t i = 0; i < n; i++) {
        candidates[i] = known->list.at[i]->name;
        candidates[n + i] = known->list.at[i]->short_title;
    }
    const char *nearest = rp_text_nearest(name, candidates, 2 * n);
    for (size_t i = 0; i < 2 * n && nearest; i++)
        if (candidates[i] == nearest)
            return rp_instruments_find(known, rp_text_of(known->list.at[i % n]->name));
    return NULL;
}

int rp_instrument_scale(const rp_instrument *instrument, const char *name) {
    for (size_t i = 0; i < instrument->n_scales; i++)
        if (strcmp(instrument->scales[i].name, name) == 0)
            return (int)i;
    return -1;
}

int rp_instrument_item(const rp_instrument *instrument, rp_text name) {
    for (size_t i = 0; i < instrument->n_items; i++)
        if (rp_text_is(name, instrument->items[i].name))
            return (int)i;
    return -1;
}

bool rp_instrument_has_risk_items(const rp_instrument *instrument) {
    for (size_t i = 0; i < instrument->n_items; i++)
        if (!isnan(instrument->items[i].risk_from))
            return true;
    return false;
}

/* ---- a map's figures laid over ---- */

static bool overlay_scale(const rp_definition *d, const json_t *change, rp_scale *scale) {
    const char *where = rp_definition_part(d, d->where, "scale", scale->name);
    return where && rp_change_rule_read(d, change, where, scale, &scale->change);
}

/* `change` keyed by scale name. */
static bool overlay_named(const rp_definition *d, const json_t *change, const rp_instrument *instrument,
                          rp_scale *scales) {
    const char **names = rp_arena_take(d->arena, instrument->n_scales, sizeof *names);
    if (!names)
        return rp_fail_memory(d->error);
    for (size_t i = 0; i < instrument->n_scales; i++)
        names[i] = scales[i].name;
    if (!rp_json_only(change, d->where, names, instrument->n_scales, d->error))
        return false;
    for (size_t i = 0; i < instrument->n_scales; i++) {
        const json_t *one = NULL;
        if (!rp_json_object(change, names[i], d->where, &one, d->error) || (one && !overlay_scale(d, one, &scales[i])))
            return false;
    }
    return true;
}

static bool is_named(const json_t *change, const rp_instrument *instrument) {
    return instrument->n_scales > 1 || json_is_object(json_object_get(change, instrument->scales[0].name));
}

const rp_instrument *rp_instruments_overlay(rp_instruments *known, const rp_instrument *original, const json_t *change,
                                            const char *where, rp_error *error) {
    assert(known && original && where && error);
    rp_definition d = {.arena = known->arena, .where = where, .error = error};
    d.default_source = rp_definition_copy(&d, where);
    rp_instrument *copy = rp_arena_take(known->arena, 1, sizeof *copy);
    rp_scale *scales = rp_arena_take(known->arena, original->n_scales, sizeof *scales);
    if (!d.default_source || !copy || !scales) {
        rp_fail_memory(error);
        return NULL;
    }
    memcpy(scales, original->scales, original->n_scales * sizeof *scales);
    *copy = *original;
    copy->scales = scales;
    if (is_named(change, original) ? !overlay_named(&d, change, original, scales) : !overlay_scale(&d, change, scales))
        return NULL;
    for (size_t i = 0; i < known->list.n; i++)
        if (known->list.at[i] == original) {
            known->list.at[i] = copy;
            return copy;
        }
    assert(!"original is not among those known");
    return NULL;
}
