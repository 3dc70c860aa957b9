/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which instruments, in which versions, the administrations name: looked up once each, so that a million rows cost a
 * million comparisons of numbers. An administration's pair stands in its table's `link` column. */
#include "record/record_parts.h"

enum { SLICE = 1024 };
enum { MOST_SUGGESTIONS = 50 }; /* "did you mean" costs a search; a file that needs more has another trouble */

static const rp_instrument *find_instrument(const rp_record *record, const char *name, const char *version) {
    char text[2 * RP_LIMIT_ID_BYTES + 2];
    int n = snprintf(text, sizeof text, "%s@%s", name, version);
    bool plain = !strchr(name, '@') && !strchr(version, '@'); /* else the name would be cut at the wrong place */
    return record->instruments && plain ? rp_instruments_find(record->instruments, (rp_text){text, (size_t)n}) : NULL;
}

static rp_pair *add_pair(rp_record *record, const char *name_text, const char *version_text) {
    rp_pair *pair = rp_vec_push(record->arena, &record->pairs);
    if (!pair)
        return NULL;
    *pair = (rp_pair){.name_text = name_text, .version_text = version_text, .first = RP_NO_ROW};
    pair->instrument = find_instrument(record, name_text, version_text);
    return pair;
}

/* The pair of one row, as a number; RP_NO_ID: no memory. */
static uint32_t pair_of(rp_record *record, const rp_column *name, const rp_column *version, size_t row) {
    uint32_t ids[2] = {rp_column_id(name, row), rp_column_id(version, row)};
    uint32_t number = rp_names_put(record->pair_names, (rp_text){(const char *)ids, sizeof ids});
    if (number == RP_NO_ID || number < record->pairs.n)
        return number;
    const char *name_text = rp_domain_text(name->domain, ids[0]),
               *version_text = rp_domain_text(version->domain, ids[1]);
    return add_pair(record, name_text, version_text) ? number : RP_NO_ID;
}

/* Pairs found a moment ago: rows of a few pairs take turns. */
typedef struct found_pair {
    uint32_t name, version, link;
} found_pair;
enum { FOUND = 64 };

static uint32_t recall_pair(rp_record *record, const rp_column *name, const rp_column *version, size_t row,
                            found_pair *found) {
    uint32_t of = rp_column_id(name, row), in = rp_column_id(version, row);
    found_pair *one = &found[(of * 8 + in) % FOUND];
    if (one->name != of || one->version != in)
        *one = (found_pair){of, in, pair_of(record, name, version, row)};
    return one->link;
}

bool rp_pairs_find(rp_record *record) {
    rp_held_table *held = &record->tables[RP_ADMINISTRATIONS];
    const rp_column *name = rp_column_of(held, rp_schema_column(RP_ADMINISTRATIONS, "instrument"));
    const rp_column *version = rp_column_of(held, rp_schema_column(RP_ADMINISTRATIONS, "version"));
    const rp_domain *scales = rp_record_domain_named(record, "scale");
    uint32_t links[SLICE] = {0}, name_before = RP_NO_ID, version_before = RP_NO_ID, link = RP_NO_ID;
    found_pair found[FOUND];
    memset(found, 0xff, sizeof found); /* none: RP_NO_ID */
    for (size_t row = 0, n; row < held->n; row += n) {
        const void *names_at, *versions_at;
        n = held->n - row < SLICE ? held->n - row : SLICE;
        n = rp_column_run(name, row, n, &names_at);
        n = rp_column_run(version, row, n, &versions_at);
        const uint32_t *names = names_at, *versions = versions_at; /* there, since both are required */
        for (size_t i = 0; names && versions && i < n; i++) {
            if (names[i] != name_before || versions[i] != version_before) /* rows come in runs */
                link = recall_pair(record, name, version, row + i, found);
            if (link == RP_NO_ID)
                return false;
            name_before = names[i];
            version_before = versions[i];
            links[i] = link;
        }
        if (!rp_column_fill(record->arena, &held->link, row, n, links))
            return false;
    }
    for (size_t i = 0; i < record->pairs.n; i++) { /* computed scores name scales that no row may have named */
        const rp_instrument *one = record->pairs.at[i].instrument;
        for (size_t s = 0; one && s < one->n_scales; s++)
            if (rp_names_put(scales->names, rp_text_of(one->scales[s].name)) == RP_NO_ID)
                return false;
    }
    return true;
}

static bool settle_pair(rp_record *record, rp_pair *pair) {
    const rp_instrument *one = pair->instrument;
    const rp_domain *scales = rp_record_domain_named(record, "scale"), *items = rp_record_domain_named(record, "item");
    if (!one)
        return true;
    pair->scale_ids = rp_arena_take(record->arena, one->n_scales, sizeof *pair->scale_ids);
    pair->item_ids = rp_arena_take(record->arena, one->n_items, sizeof *pair->item_ids);
    pair->fractions = rp_arena_take(record->arena, one->n_scales, sizeof *pair->fractions);
    pair->first_fraction = rp_arena_take(record->arena, one->n_scales, sizeof *pair->first_fraction);
    if (!pair->scale_ids || !pair->item_ids || !pair->fractions || !pair->first_fraction)
        return false;
    for (size_t s = 0; s < one->n_scales; s++)
        pair->scale_ids[s] = rp_domain_find(scales, one->scales[s].name);
    for (size_t i = 0; i < one->n_items; i++)
        pair->item_ids[i] = rp_domain_find(items, one->items[i].name);
    return true;
}

bool rp_pairs_settle(rp_record *record) {
    bool fine = true;
    for (size_t i = 0; i < record->pairs.n && fine; i++)
        fine = settle_pair(record, &record->pairs.at[i]);
    return fine;
}

/* ---- what is told once ---- */

/* Of instruments that are not known: how many rows name them, and which is the first. */
static void count_rows(rp_record *record) {
    const rp_held_table *held = &record->tables[RP_ADMINISTRATIONS];
    bool all_known = true;
    for (size_t i = 0; i < record->pairs.n; i++)
        all_known = all_known && record->pairs.at[i].instrument;
    if (all_known)
        return;
    for (size_t row = 0; row < held->n; row++) {
        rp_pair *pair = &record->pairs.at[rp_column_id(&held->link, row)];
        uint32_t spot = rp_column_id(&held->place, row);
        if (pair->n_rows++ == 0 || rp_spot_before(record, spot, pair->first))
            pair->first = spot;
    }
}

static void tell_unknown(rp_record *record, const rp_pair *pair, bool suggest) {
    rp_text name = rp_text_of(pair->name_text);
    const rp_instrument *nearest =
        suggest && record->instruments ? rp_instruments_nearest(record->instruments, name) : NULL;
    rp_spot_fault(record, pair->first, RP_FAULT_NOTE, RP_RULE_INSTRUMENT_UNKNOWN,
                  "Instrument '%s' version '%s' is not known to this run%s%s%s%s%s, so no range or norm is known. "
                  "Administrations that name it: %zu. Their scores are kept; this is the first.",
                  pair->name_text, pair->version_text, nearest ? " (known: " : "", nearest ? nearest->name : "",
                  nearest ? "@" : "", nearest ? nearest->version : "", nearest ? ")" : "", pair->n_rows);
}

void rp_scores_tell(rp_record *record) {
    size_t suggested = 0;
    count_rows(record);
    for (size_t i = 0; i < record->pairs.n; i++) {
        const rp_pair *pair = &record->pairs.at[i];
        if (!pair->instrument && pair->n_rows)
            tell_unknown(record, pair, suggested++ < MOST_SUGGESTIONS);
        for (size_t s = 0; pair->instrument && s < pair->instrument->n_scales; s++)
            if (pair->fractions[s])
                rp_spot_fault(record, pair->first_fraction[s], RP_FAULT_NOTE, RP_RULE_SCORE_FRACTION,
                              "Supplied scores of %s, %s that are not whole numbers, as prorated scores may be: %zu. "
                              "They are kept; this is the first.",
                              pair->instrument->short_title, pair->instrument->scales[s].title, pair->fractions[s]);
    }
}
