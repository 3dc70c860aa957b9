/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of which a median is wanted, each with how often it occurs. What is put down is tidied up whenever the room is
 * full, so that memory goes by the different values, not by the people. */
#include "questions/national/monthly_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_AT_FIRST = 1024 };

static int compare(const void *left, const void *right) {
    const monthly_value *a = left, *b = right;
    if (a->of != b->of)
        return a->of < b->of ? -1 : 1;
    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    if (a->value != b->value)
        return a->value < b->value ? -1 : 1;
    return (a->unit > b->unit) - (a->unit < b->unit);
}

void monthly_spread_sort(monthly_spread *s) {
    if (s->n < 2)
        return;
    qsort(s->at, s->n, sizeof *s->at, compare);
    size_t kept = 0;
    for (size_t i = 1; i < s->n; i++)
        if (compare(&s->at[kept], &s->at[i]) == 0)
            s->at[kept].n += s->at[i].n;
        else
            s->at[++kept] = s->at[i];
    s->n = kept + 1;
}

static bool make_room(monthly_spread *s, rp_arena *arena) {
    monthly_spread_sort(s);
    if (s->room > 0 && s->n <= s->room / 2)
        return true;
    size_t room = s->room > 0 ? 2 * s->room : ROOM_AT_FIRST;
    monthly_value *at = rp_arena_take_unset(arena, room, sizeof *at);
    if (at == NULL)
        return false;
    if (s->n > 0)
        memcpy(at, s->at, s->n * sizeof *at);
    if (s->at != NULL)
        rp_arena_give_back(arena, s->at);
    s->at = at;
    s->room = room;
    return true;
}

bool monthly_spread_put(monthly_spread *s, rp_arena *arena, monthly_value value) {
    if (s->n == s->room && !make_room(s, arena))
        return false;
    s->at[s->n++] = value;
    return true;
}

bool monthly_spread_merge(monthly_spread *into, rp_arena *arena, const monthly_spread *other) {
    for (size_t i = 0; i < other->n; i++)
        if (!monthly_spread_put(into, arena, other->at[i]))
            return false;
    return true;
}

/* The first value of a month, and the one past the last. */
static size_t place_of(const monthly_spread *s, uint16_t of, uint16_t month, bool after) {
    size_t low = 0, high = s->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const monthly_value *v = &s->at[middle];
        bool before = v->of < of || (v->of == of && (v->month < month || (after && v->month == month)));
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The k-th value, from 0, of those that are in. */
static double ordered(const monthly_spread *s, size_t from, size_t to, const bool *is_in, int64_t k) {
    for (size_t i = from; i < to; i++)
        if (is_in[s->at[i].unit] && (k -= s->at[i].n) < 0)
            return s->at[i].value;
    return NAN;
}

monthly_middle monthly_spread_middle(const monthly_spread *s, uint16_t of, uint16_t month, const bool *is_in) {
    size_t from = place_of(s, of, month, false), to = place_of(s, of, month, true);
    int64_t n = 0;
    for (size_t i = from; i < to; i++)
        if (is_in[s->at[i].unit])
            n += s->at[i].n;
    if (n == 0)
        return (monthly_middle){NAN, NAN, NAN};
    double low = ordered(s, from, to, is_in, (n - 1) / 2), high = ordered(s, from, to, is_in, n / 2);
    return (monthly_middle){.median = (low + high) / 2,
                            .largest = ordered(s, from, to, is_in, n - 1),
                            .smallest = ordered(s, from, to, is_in, 0)};
}
