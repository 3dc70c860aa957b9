/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interned texts: a hash table with open addressing over XXH3. The numbers come from the order of arrival alone, so
 * nothing that a reader sees depends on the hash. Old slot tables stay in the arena: at most as much again. */
#include <assert.h>
#include <string.h>

#include <xxhash.h>

#include "base/base_private.h"

enum { FIRST_SLOTS = 32 };

typedef struct name {
    const char *at;
    size_t n;
    uint64_t hash;
} name;

struct rp_names {
    rp_arena *arena;
    RP_VEC(name) list;
    uint32_t *slots; /* id + 1; 0: free */
    size_t n_slots;  /* a power of two, or 0 */
};

rp_names *rp_names_new(rp_arena *arena) {
    rp_names *names = rp_arena_take(arena, 1, sizeof *names);
    if (names)
        names->arena = arena;
    return names;
}

static uint64_t hash_of(rp_text text) {
    return XXH3_64bits(text.n ? text.at : "", text.n);
}

/* The slot of the text, or the free one where it belongs. There is always a free slot. */
static size_t slot_of(const rp_names *names, rp_text text, uint64_t hash) {
    size_t mask = names->n_slots - 1, i = (size_t)hash & mask;
    for (; names->slots[i]; i = (i + 1) & mask) {
        const name *held = &names->list.at[names->slots[i] - 1];
        if (held->hash == hash && held->n == text.n && (text.n == 0 || memcmp(held->at, text.at, text.n) == 0))
            break;
    }
    return i;
}

/* Keeps the table at most two thirds full. */
static bool make_slots(rp_names *names) {
    if (names->n_slots && (names->list.n + 1) * 3 <= names->n_slots * 2)
        return true;
    size_t n = names->n_slots ? names->n_slots * 2 : FIRST_SLOTS;
    uint32_t *slots = rp_arena_take(names->arena, n, sizeof *slots);
    if (!slots)
        return false;
    for (size_t id = 0; id < names->list.n; id++) {
        size_t i = (size_t)names->list.at[id].hash & (n - 1);
        while (slots[i])
            i = (i + 1) & (n - 1);
        slots[i] = (uint32_t)id + 1;
    }
    names->slots = slots;
    names->n_slots = n;
    return true;
}

uint32_t rp_names_put(rp_names *names, rp_text text) {
    uint64_t hash = hash_of(text);
    if (names->n_slots) {
        size_t i = slot_of(names, text, hash);
        if (names->slots[i])
            return names->slots[i] - 1;
    }
    if (names->list.n >= RP_NO_ID - 1 || !make_slots(names))
        return RP_NO_ID;
    const char *copy = rp_arena_copy(names->arena, text.at, text.n);
    name *fresh = copy ? rp_vec_push(names->arena, &names->list) : NULL;
    if (!fresh)
        return RP_NO_ID;
    *fresh = (name){.at = copy, .n = text.n, .hash = hash};
    uint32_t id = (uint32_t)(names->list.n - 1);
    names->slots[slot_of(names, text, hash)] = id + 1;
    return id;
}

uint32_t rp_names_find(const rp_names *names, rp_text text) {
    if (!names->n_slots)
        return RP_NO_ID;
    size_t i = slot_of(names, text, hash_of(text));
    return names->slots[i] ? names->slots[i] - 1 : RP_NO_ID;
}

const char *rp_names_text(const rp_names *names, uint32_t id) {
    assert(id < names->list.n);
    return names->list.at[id].at;
}

size_t rp_names_count(const rp_names *names) {
    return names->list.n;
}
