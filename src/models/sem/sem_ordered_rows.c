/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of ordered items as the distinct ones, sorted, with their counts: nothing that a fit needs is lost, and neither
 * the order of rows nor how they came in blocks leaves a trace. A row is packed into words, each item with the bits
 * that its categories need; a radix sort (Seward 1954) over the bytes that differ brings equal rows together. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "models/sem/sem_ordered.h"

/* A record: the group, `stride` words of key, the count. */
typedef struct records {
    size_t n, stride;
    uint64_t *words;
} records;

static size_t width(const records *r) {
    return r->stride + 2;
}

/* ---- packing ---------------------------------------------------------------------------------------------------- */

typedef struct place {
    size_t word;
    unsigned shift, bits;
} place;

static unsigned bits_for(uint32_t categories) {
    unsigned bits = 1;
    while ((uint32_t)1 << bits < categories)
        bits++;
    return bits;
}

/* Where an item lies, after the one before it; the first: {0, 64, 0}. No item lies in two words. */
static place next_place(place before, uint32_t categories) {
    unsigned bits = bits_for(categories);
    return before.shift >= bits ? (place){before.word, before.shift - bits, bits}
                                : (place){before.word + 1, 64 - bits, bits};
}

static size_t stride_of(const rp_sem_layout *layout) {
    place at = {0, 64, 0};
    for (size_t j = 0; j < layout->n_observed; j++)
        at = next_place(at, layout->categories[j]);
    return at.word + 1;
}

void sem_ordered_unpack(const rp_sem_stats *stats, size_t group, uint8_t *codes) {
    const sem_ordered_group *rows = &stats->ordered->groups[group];
    size_t stride = stats->ordered->stride;
    place at = {0, 64, 0};
    for (size_t j = 0; j < stats->layout->n_observed; j++, codes += rows->distinct) {
        at = next_place(at, stats->layout->categories[j]);
        uint64_t mask = ((uint64_t)1 << at.bits) - 1;
        for (size_t i = 0; i < rows->distinct; i++)
            codes[i] = (uint8_t)(rows->keys[i * stride + at.word] >> at.shift & mask);
    }
}

/* ---- sorting ------------------------------------------------------------------------------------------------------
 */

/* One pass over a byte of a word of the records, from one order to another. False: all have the same byte. */
static bool pass(const records *r, size_t word, unsigned shift, const size_t *from, size_t *to) {
    size_t start[257] = {0}, wide = width(r);
    for (size_t i = 0; i < r->n; i++)
        start[1 + (r->words[i * wide + word] >> shift & 255)]++;
    for (size_t b = 0; b < 256; b++) {
        if (start[b + 1] == r->n)
            return false;
        start[b + 1] += start[b];
    }
    for (size_t i = 0; i < r->n; i++)
        to[start[r->words[from[i] * wide + word] >> shift & 255]++] = from[i];
    return true;
}

/* Ascending by group and key. NULL: no memory. */
static const size_t *sorted(const records *r, rp_arena *scratch) {
    size_t *order = rp_arena_take_unset(scratch, r->n + 1, sizeof *order);
    size_t *other = rp_arena_take_unset(scratch, r->n + 1, sizeof *other);
    if (order == NULL || other == NULL)
        return NULL;
    for (size_t i = 0; i < r->n; i++)
        order[i] = i;
    for (size_t word = r->stride + 1; word-- > 0;)
        for (unsigned shift = 0; shift < 64; shift += 8)
            if (pass(r, word, shift, order, other)) {
                size_t *kept = order;
                order = other;
                other = kept;
            }
    return order;
}

static bool same(const records *r, size_t a, size_t b) {
    return memcmp(r->words + a * width(r), r->words + b * width(r), (r->stride + 1) * sizeof *r->words) == 0;
}

/* Records in order become a group's distinct rows. `n`: records of the group. */
static bool fill_group(const records *r, const size_t *order, size_t n, sem_ordered_group *out, rp_arena *arena) {
    for (size_t i = 0; i < n; i++)
        out->distinct += i == 0 || !same(r, order[i - 1], order[i]);
    out->keys = rp_arena_take_unset(arena, out->distinct * r->stride + 1, sizeof *out->keys);
    out->counts = rp_arena_take(arena, out->distinct + 1, sizeof *out->counts);
    if (out->keys == NULL || out->counts == NULL)
        return false;
    for (size_t i = 0, at = 0; i < n; i++) {
        const uint64_t *record = r->words + order[i] * width(r);
        at += i > 0 && !same(r, order[i - 1], order[i]);
        memcpy(out->keys + at * r->stride, record + 1, r->stride * sizeof *record);
        out->counts[at] += (int64_t)record[r->stride + 1];
        out->n += (int64_t)record[r->stride + 1];
    }
    return true;
}

static bool fill_groups(const records *r, rp_sem_stats *out, rp_arena *arena, rp_arena *scratch) {
    size_t n_groups = out->layout->n_groups, from = 0;
    struct sem_ordered_rows *rows = rp_arena_take(arena, 1, sizeof *rows);
    const size_t *order = sorted(r, scratch);
    if (rows == NULL || order == NULL)
        return false;
    rows->stride = r->stride;
    rows->groups = rp_arena_take(arena, n_groups, sizeof *rows->groups);
    out->ordered = rows;
    for (size_t g = 0; rows->groups && g < n_groups; g++) {
        size_t to = from;
        while (to < r->n && r->words[order[to] * width(r)] == g)
            to++;
        if (!fill_group(r, order + from, to - from, &rows->groups[g], arena))
            return false;
        from = to;
    }
    return rows->groups != NULL;
}

/* ---- prepare -------------------------------------------------------------------------------------------------------
 */

static bool check_layout(const rp_sem_layout *layout, rp_error *error) {
    assert(layout->missing == RP_SEM_LISTWISE && !layout->casewise && !layout->levels);
    for (size_t j = 0; j < layout->n_observed; j++) {
        assert(layout->categories[j] > 0);
        if (layout->categories[j] <= SEM_MOST_CATEGORIES)
            continue;
        rp_fail(error, RP_E_LIMIT, "The ordered variable %s has %u categories, and can have %d.", layout->observed[j],
                (unsigned)layout->categories[j], SEM_MOST_CATEGORIES);
        return rp_fail_remedy(error, "Put neighbouring categories together.");
    }
    return true;
}

static bool bad_category(const rp_sem_layout *layout, size_t j, size_t row, double value, rp_error *error) {
    rp_fail(error, RP_E_RULE, "The ordered variable %s is %.10g in row %zu; its categories are the numbers 0 to %u.",
            layout->observed[j], value, row + 1, (unsigned)layout->categories[j] - 1);
    return rp_fail_remedy(error, "Number the categories from 0, or say how many there are.");
}

/* Adds each row's category of item j to its record; a row without one has the count 0. */
static bool pack_item(const rp_sem_layout *layout, const rp_sem_rows *rows, size_t j, place at, records *r,
                      rp_error *error) {
    size_t wide = width(r);
    for (size_t i = 0; i < rows->n; i++) {
        double value = rows->columns[j][i];
        uint64_t *record = r->words + i * wide;
        if (isnan(value)) {
            record[r->stride + 1] = 0;
            continue;
        }
        if (!(value >= 0) || value >= layout->categories[j] || value != floor(value))
            return bad_category(layout, j, i, value, error);
        record[1 + at.word] |= (uint64_t)value << at.shift;
    }
    return true;
}

static bool pack(const rp_sem_rows *rows, rp_sem_stats *out, records *r, rp_error *error) {
    const rp_sem_layout *layout = out->layout;
    size_t wide = width(r);
    place at = {0, 64, 0};
    for (size_t i = 0; i < rows->n; i++) {
        r->words[i * wide] = rows->group ? rows->group[i] : 0;
        assert(r->words[i * wide] < layout->n_groups);
        r->words[i * wide + wide - 1] = 1;
    }
    for (size_t j = 0; j < layout->n_observed; j++) {
        at = next_place(at, layout->categories[j]);
        if (!pack_item(layout, rows, j, at, r, error))
            return false;
    }
    for (size_t i = 0; i < rows->n; i++) /* complete ones together */
        if (r->words[i * wide + wide - 1])
            memmove(r->words + r->n++ * wide, r->words + i * wide, wide * sizeof *r->words);
    out->left_out = (int64_t)(rows->n - r->n);
    return true;
}

bool sem_ordered_prepare(const rp_sem_rows *rows, rp_sem_stats *out, rp_arena *arena, rp_error *error) {
    if (!check_layout(out->layout, error))
        return false;
    rp_arena *scratch = rp_arena_new(0);
    records r = {.stride = stride_of(out->layout)};
    bool room = scratch && rows->n < SIZE_MAX / width(&r);
    r.words = room ? rp_arena_take(scratch, rows->n * width(&r) + 1, sizeof *r.words) : NULL;
    bool good = r.words ? pack(rows, out, &r, error) : rp_fail_memory(error);
    if (good && !fill_groups(&r, out, arena, scratch))
        good = rp_fail_memory(error);
    rp_arena_free(scratch);
    return good;
}

/* ---- merge --------------------------------------------------------------------------------------------------------
 */

static bool gather(rp_sem_stats *const *parts, size_t n, records *r, rp_arena *scratch) {
    size_t all = 0, n_groups = parts[0]->layout->n_groups;
    for (size_t i = 0; i < n; i++)
        for (size_t g = 0; g < n_groups; g++)
            all += parts[i]->ordered->groups[g].distinct;
    r->words = all < SIZE_MAX / width(r) ? rp_arena_take_unset(scratch, all * width(r) + 1, sizeof *r->words) : NULL;
    for (size_t i = 0; r->words && i < n; i++)
        for (size_t g = 0; g < n_groups; g++) {
            const sem_ordered_group *group = &parts[i]->ordered->groups[g];
            for (size_t k = 0; k < group->distinct; k++) {
                uint64_t *record = r->words + r->n++ * width(r);
                record[0] = g;
                memcpy(record + 1, group->keys + k * r->stride, r->stride * sizeof *record);
                record[r->stride + 1] = (uint64_t)group->counts[k];
            }
        }
    return r->words != NULL;
}

bool sem_ordered_merge(rp_sem_stats *const *parts, size_t n, rp_sem_stats *out, rp_arena *arena) {
    rp_arena *scratch = rp_arena_new(0);
    records r = {.stride = stride_of(out->layout)};
    bool good = scratch && gather(parts, n, &r, scratch) && fill_groups(&r, out, arena, scratch);
    rp_arena_free(scratch);
    return good;
}
