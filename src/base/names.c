/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interned texts: a hash table with open addressing over XXH3. The numbers come from the order of arrival alone, so
 * nothing that a reader sees depends on the hash. Old slot tables stay in the arena: at most as much again.
 *
 * Millions of names do not fit in a processor's cache, so each look-up waits for memory about once. Files are mostly in
 * order, and rp_names_put_many profits: a text is first held against the one before it and against the name that
 * followed that one when it came first. What is left is looked up in two passes, the first only to call the slots from
 * memory. */
#include <assert.h>
#include <string.h>

#include <xxhash.h>

#include "base/base_private.h"

enum { FIRST_SLOTS = 32, PAGE_SHIFT = 8, PAGE_NAMES = 1 << PAGE_SHIFT, FIRST_TEXTS = 1 << 10, MOST_TEXTS = 1 << 18 };
enum { WAVE = 32 }; /* look-ups under way at once: more than a processor can wait for */

/* What stands before a text's bytes. */
typedef struct kept {
    uint32_t n;
    char bytes[]; /* n, and a NUL */
} kept;

typedef struct slot {
    uint32_t number; /* id + 1; 0: free */
    uint32_t hash;
} slot;

struct rp_names {
    rp_arena *arena;
    RP_VEC(const kept **) pages; /* of PAGE_NAMES names */
    size_t n;
    slot *slots;
    size_t n_slots; /* a power of two, or 0 */
    char *texts;    /* room for the next texts */
    size_t room, next_room;
};

rp_names *rp_names_new(rp_arena *arena) {
    rp_names *names = rp_arena_take(arena, 1, sizeof *names);
    if (names) {
        names->arena = arena;
        names->next_room = FIRST_TEXTS;
    }
    return names;
}

static uint32_t hash_of(rp_text text) {
    return (uint32_t)XXH3_64bits(text.n ? text.at : "", text.n);
}

static const kept *kept_at(const rp_names *names, uint32_t id) {
    return names->pages.at[id >> PAGE_SHIFT][id & (PAGE_NAMES - 1)];
}

static uint64_t word(const char *at) {
    uint64_t eight;
    memcpy(&eight, at, sizeof eight);
    return eight;
}

/* Names are short: two words that overlap tell most of them, without a call. */
static bool is_same_bytes(const char *a, const char *b, size_t n) {
    if (n < 8) {
        size_t i = 0;
        while (i < n && a[i] == b[i])
            i++;
        return i == n;
    }
    if (word(a) != word(b) || word(a + n - 8) != word(b + n - 8))
        return false;
    return n <= 16 || memcmp(a + 8, b + 8, n - 16) == 0;
}

static bool is_same(const kept *one, rp_text text) {
    return one->n == text.n && is_same_bytes(one->bytes, text.at, text.n);
}

static bool is_same_text(rp_text a, rp_text b) {
    return a.n == b.n && is_same_bytes(a.at, b.at, a.n);
}

/* The slot of the text, or the free one where it belongs. There is always a free slot. */
static slot *slot_of(const rp_names *names, rp_text text, uint32_t hash) {
    size_t mask = names->n_slots - 1, i = hash & mask;
    for (; names->slots[i].number; i = (i + 1) & mask)
        if (names->slots[i].hash == hash && is_same(kept_at(names, names->slots[i].number - 1), text))
            break;
    return &names->slots[i];
}

/* Keeps the table at most two thirds full. */
static bool make_slots(rp_names *names) {
    if (names->n_slots && (names->n + 1) * 3 <= names->n_slots * 2)
        return true;
    size_t n = names->n_slots ? names->n_slots * 2 : FIRST_SLOTS;
    slot *slots = rp_arena_take(names->arena, n, sizeof *slots);
    if (!slots)
        return false;
    for (size_t old = 0; old < names->n_slots; old++) {
        if (!names->slots[old].number)
            continue;
        size_t i = names->slots[old].hash & (n - 1);
        while (slots[i].number)
            i = (i + 1) & (n - 1);
        slots[i] = names->slots[old];
    }
    names->slots = slots;
    names->n_slots = n;
    return true;
}

/* A copy of the text behind its length. Small texts share a piece of memory. */
static const kept *keep(rp_names *names, rp_text text) {
    size_t need = (sizeof(kept) + text.n + sizeof(uint32_t)) & ~(sizeof(uint32_t) - 1);
    if (text.n >= UINT32_MAX - sizeof(kept) - sizeof(uint32_t))
        return NULL;
    if (need > names->room) {
        size_t room = need > names->next_room ? need : names->next_room;
        char *fresh = rp_arena_take(names->arena, room, 1);
        if (!fresh)
            return NULL;
        names->texts = fresh;
        names->room = room;
        names->next_room = names->next_room < MOST_TEXTS ? names->next_room * 2 : MOST_TEXTS;
    }
    kept *one = (kept *)(void *)names->texts;
    one->n = (uint32_t)text.n;
    if (text.n)
        memcpy(one->bytes, text.at, text.n);
    names->texts += need;
    names->room -= need;
    return one;
}

static bool make_page(rp_names *names) {
    if (names->n < names->pages.n << PAGE_SHIFT)
        return true;
    const kept **page = rp_arena_take(names->arena, PAGE_NAMES, sizeof *page);
    const kept ***place = page ? rp_vec_push(names->arena, &names->pages) : NULL;
    if (place)
        *place = page;
    return place != NULL;
}

static uint32_t put_hashed(rp_names *names, rp_text text, uint32_t hash) {
    slot *place = names->n_slots ? slot_of(names, text, hash) : NULL;
    if (place && place->number)
        return place->number - 1;
    const slot *before = names->slots;
    if (names->n >= RP_NO_ID - 1 || !make_slots(names) || !make_page(names))
        return RP_NO_ID;
    if (!place || names->slots != before)
        place = slot_of(names, text, hash);
    const kept *fresh = keep(names, text);
    if (!fresh)
        return RP_NO_ID;
    uint32_t id = (uint32_t)names->n++;
    names->pages.at[id >> PAGE_SHIFT][id & (PAGE_NAMES - 1)] = fresh;
    *place = (slot){.number = id + 1, .hash = hash};
    return id;
}

uint32_t rp_names_put(rp_names *names, rp_text text) {
    return put_hashed(names, text, hash_of(text));
}

/* Up to WAVE texts whose ids nothing nearer told: `at` are their places. */
static bool put_wave(rp_names *names, const rp_text *texts, const uint32_t *at, size_t n, uint32_t *out) {
    uint32_t hashes[WAVE];
    for (size_t i = 0; i < n; i++) {
        hashes[i] = hash_of(texts[at[i]]);
        if (names->n_slots)
            __builtin_prefetch(&names->slots[hashes[i] & (names->n_slots - 1)]);
    }
    for (size_t i = 0; i < n; i++) {
        out[at[i]] = put_hashed(names, texts[at[i]], hashes[i]);
        if (out[at[i]] == RP_NO_ID)
            return false;
    }
    return true;
}

/* What a text's number can be told from without the table: the text before it, and the name after that one's. */
static bool is_near(const rp_names *names, rp_text text, rp_text before, uint32_t id_before, uint32_t *out) {
    if (is_same_text(text, before)) {
        *out = id_before;
        return true;
    }
    if (id_before == RP_NO_ID || id_before + (size_t)1 >= names->n || !is_same(kept_at(names, id_before + 1), text))
        return false;
    *out = id_before + 1;
    return true;
}

bool rp_names_put_many(rp_names *names, const rp_text *texts, size_t n, uint32_t *out) {
    uint32_t wave[WAVE], copies[WAVE];
    uint32_t id_before = RP_NO_ID;
    for (size_t at = 0; at < n;) {
        size_t n_wave = 0, n_copies = 0, from = at;
        for (; at < n && n_wave < WAVE && n_copies < WAVE; at++) {
            bool pending = at > from && out[at - 1] == RP_NO_ID;
            if (pending && is_same_text(texts[at], texts[at - 1])) {
                copies[n_copies++] = (uint32_t)at; /* as the one before it, which is looked up first */
                out[at] = RP_NO_ID;
            } else if (at == 0 || !is_near(names, texts[at], texts[at - 1], id_before, &out[at])) {
                wave[n_wave++] = (uint32_t)at;
                out[at] = RP_NO_ID;
            }
            id_before = out[at];
        }
        if (!put_wave(names, texts, wave, n_wave, out))
            return false;
        for (size_t i = 0; i < n_copies; i++)
            out[copies[i]] = out[copies[i] - 1];
        id_before = out[at - 1];
    }
    return true;
}

uint32_t rp_names_find(const rp_names *names, rp_text text) {
    if (!names->n_slots)
        return RP_NO_ID;
    uint32_t number = slot_of(names, text, hash_of(text))->number;
    return number ? number - 1 : RP_NO_ID;
}

const char *rp_names_text(const rp_names *names, uint32_t id) {
    assert(id < names->n);
    return kept_at(names, id)->bytes;
}

size_t rp_names_count(const rp_names *names) {
    return names->n;
}
