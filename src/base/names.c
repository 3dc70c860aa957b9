/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interned texts: a hash table with open addressing. The numbers come from the order of arrival alone, so nothing that
 * a reader sees depends on the hash.
 *
 * Most names are short. A text of up to 15 bytes lies in its place itself, with zeros behind it, so that two words tell
 * whether two are the same; a longer one lies elsewhere, and its place points there.
 *
 * Millions of names do not fit in a processor's cache, so each look-up waits for memory about once. Files are mostly in
 * order, and rp_names_put_short profits: a text is first held against the few names that followed the one before it
 * when that came first. What is left is looked up in two passes, the first only to call the slots from memory.
 *
 * The keys of a table mostly come in byte order, but for a few that are out of place. As long as they do, there are no
 * slots at all: a text that comes after all but the last few names, and is none of these, is new. */
#include <assert.h>
#include <string.h>

#include <xxhash.h>

#include "base/base_private.h"

enum { FIRST_SLOTS = 32, PAGE_SHIFT = 8, PAGE_NAMES = 1 << PAGE_SHIFT };
enum { WAVE = 32 }; /* look-ups under way at once: more than a processor can wait for */
enum { AHEAD = 8 }; /* names that a file in order may leave out: contacts that nobody attended, say */

typedef struct far_name {
    const char *text; /* ended by a zero, which is not counted in n */
    uint32_t n;
    uint8_t spare[3], is_long; /* is_long: the last byte, 0 in a short text */
} far_name;

typedef union name {
    char bytes[16]; /* a short text, and at least one zero */
    far_name far;
} name;

typedef struct slot {
    uint32_t number; /* id + 1; 0: free */
    uint32_t hash;
} slot;

struct rp_names {
    rp_arena *arena;
    RP_VEC(name *) pages; /* of PAGE_NAMES names */
    size_t n;
    slot *slots;
    size_t n_slots;  /* below 2^32; 0 at first, and while names come in order */
    size_t expected; /* names, when slots are made */
    uint32_t recent; /* the last one found or made by rp_names_put_short */
    /* While names come in order: the last one in byte order, and that of all but the AHEAD last made; their words as
     * numbers that sort so. */
    rp_words furthest, furthest_but_last;
    bool settled;
};

rp_names *rp_names_new(rp_arena *arena) {
    rp_names *names = rp_arena_take(arena, 1, sizeof *names);
    if (names)
        names->arena = arena;
    return names;
}

void rp_names_settle(rp_names *names) {
    rp_arena_give_back(names->arena, names->slots);
    names->slots = NULL;
    names->n_slots = 0;
    names->settled = true;
}

/* ---- texts ---- */

static_assert(sizeof(name) == sizeof(rp_words) && sizeof(const char *) <= 8, "a name is two words");

static name *name_at(const rp_names *names, uint32_t id) {
    return &names->pages.at[id >> PAGE_SHIFT][id & (PAGE_NAMES - 1)];
}

static uint64_t lowest_first(uint64_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(word);
#else
    return word;
#endif
}

static rp_words words_of(const char bytes[16]) {
    rp_words words;
    memcpy(&words, bytes, sizeof words);
    return (rp_words){lowest_first(words.low), lowest_first(words.high)};
}

bool rp_text_to_words(rp_text text, rp_words *out) {
    char bytes[16] = {0};
    if (text.n >= sizeof bytes || (text.n && memchr(text.at, '\0', text.n)))
        return false;
    if (text.n)
        memcpy(bytes, text.at, text.n);
    *out = words_of(bytes);
    return true;
}

static bool is_short(const name *one, rp_words text) {
    rp_words words = words_of(one->bytes);
    return words.low == text.low && words.high == text.high;
}

static bool is_far(const name *one, rp_text text) {
    return one->far.is_long && one->far.n == text.n && memcmp(one->far.text, text.at, text.n) == 0;
}

static uint32_t hash_of_words(rp_words text) {
    uint64_t x = text.low * UINT64_C(0x9e3779b97f4a7c15) ^ text.high * UINT64_C(0xc2b2ae3d27d4eb4f);
    x = (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return (uint32_t)(x ^ x >> 32);
}

/* ---- slots ---- */

/* What is looked for. */
typedef struct key {
    rp_words words;
    rp_text text; /* of a long one; at NULL: `words` are the text */
    uint32_t hash;
} key;

static key key_of(rp_text text) {
    key k = {.text = text};
    if (!rp_text_to_words(text, &k.words)) {
        k.hash = (uint32_t)XXH3_64bits(text.at, text.n);
        return k;
    }
    return (key){.words = k.words, .hash = hash_of_words(k.words)};
}

/* Where a search begins: larger hashes further on, so that a larger table is filled from a smaller one in order. */
static size_t home_of(uint32_t hash, size_t n_slots) {
    return (size_t)((uint64_t)hash * n_slots >> 32);
}

static size_t after(size_t i, size_t n_slots) {
    return i + 1 < n_slots ? i + 1 : 0;
}

/* The slot of the text, or the free one where it belongs. There is always a free slot. */
static slot *slot_of(const rp_names *names, const key *k) {
    size_t i = home_of(k->hash, names->n_slots);
    for (; names->slots[i].number; i = after(i, names->n_slots)) {
        if (names->slots[i].hash != k->hash)
            continue;
        const name *one = name_at(names, names->slots[i].number - 1);
        if (k->text.at ? is_far(one, k->text) : is_short(one, k->words))
            break;
    }
    return &names->slots[i];
}

static bool move_slots(rp_names *names, size_t n) {
    slot *slots = n < UINT32_MAX ? rp_arena_take(names->arena, n, sizeof *slots) : NULL; /* home_of goes no further */
    if (!slots)
        return false;
    for (size_t old = 0; old < names->n_slots; old++) {
        if (!names->slots[old].number)
            continue;
        size_t i = home_of(names->slots[old].hash, n);
        while (slots[i].number)
            i = after(i, n);
        slots[i] = names->slots[old];
    }
    rp_arena_give_back(names->arena, names->slots);
    names->slots = slots;
    names->n_slots = n;
    return true;
}

static bool have_slots(const rp_names *names, size_t n) {
    return n * 3 <= names->n_slots * 2;
}

/* Keeps the table at most two thirds full. */
static bool make_slots(rp_names *names) {
    return have_slots(names, names->n + 1) || move_slots(names, names->n_slots ? names->n_slots * 2 : FIRST_SLOTS);
}

void rp_names_expect(rp_names *names, size_t n) {
    enum { MOST = 1 << 23 }; /* a wrong guess costs 100 MB at most */
    n = n < MOST ? n : MOST;
    names->expected = n;
    if (names->n_slots && !have_slots(names, n))
        (void)move_slots(names, n + n / 2 + FIRST_SLOTS);
}

/* Names came in order until now: all of them are short. */
static bool make_first_slots(rp_names *names) {
    size_t n = names->n > names->expected ? names->n : names->expected;
    if (!move_slots(names, n + n / 2 + FIRST_SLOTS))
        return false;
    for (uint32_t id = 0; id < names->n; id++) {
        uint32_t hash = hash_of_words(words_of(name_at(names, id)->bytes));
        size_t i = home_of(hash, names->n_slots);
        while (names->slots[i].number)
            i = after(i, names->n_slots);
        names->slots[i] = (slot){.number = id + 1, .hash = hash};
    }
    return true;
}

static bool make_page(rp_names *names) {
    if (names->n < names->pages.n << PAGE_SHIFT)
        return true;
    name *page = rp_arena_take(names->arena, PAGE_NAMES, sizeof *page);
    name **place = page ? rp_vec_push(names->arena, &names->pages) : NULL;
    if (place)
        *place = page;
    return place != NULL;
}

static bool keep(rp_names *names, const key *k, name *out) {
    if (!k->text.at) {
        rp_words words = {lowest_first(k->words.low), lowest_first(k->words.high)};
        memcpy(out->bytes, &words, sizeof words);
        return true;
    }
    const char *copy = k->text.n < UINT32_MAX ? rp_arena_copy(names->arena, k->text.at, k->text.n) : NULL;
    if (copy)
        out->far = (far_name){.text = copy, .n = (uint32_t)k->text.n, .is_long = 1};
    return copy != NULL;
}

static uint32_t put(rp_names *names, const key *k) {
    assert(!names->settled);
    if (!names->n_slots && !make_first_slots(names))
        return RP_NO_ID;
    slot *place = slot_of(names, k);
    if (place->number)
        return place->number - 1;
    const slot *before = names->slots;
    if (names->n >= RP_NO_ID - 1 || !make_slots(names) || !make_page(names))
        return RP_NO_ID;
    if (names->slots != before)
        place = slot_of(names, k);
    uint32_t id = (uint32_t)names->n;
    if (!keep(names, k, name_at(names, id)))
        return RP_NO_ID;
    names->n++;
    *place = (slot){.number = id + 1, .hash = k->hash};
    return id;
}

uint32_t rp_names_put(rp_names *names, rp_text text) {
    key k = key_of(text);
    return put(names, &k);
}

/* ---- many at once ---- */

static rp_words sorting(rp_words text) {
    return (rp_words){__builtin_bswap64(text.low), __builtin_bswap64(text.high)};
}

static bool comes_after(rp_words a, rp_words b) {
    return a.low != b.low ? a.low > b.low : a.high > b.high;
}

/* Where names have come in order so far: is this a new one that comes in order too? */
static bool is_next(const rp_names *names, rp_words text) {
    rp_words place = sorting(text);
    if (names->n_slots || (names->n > AHEAD && !comes_after(place, names->furthest_but_last)))
        return false;
    if (names->n == 0 || comes_after(place, names->furthest))
        return true;
    for (size_t i = names->n > AHEAD ? names->n - AHEAD : 0; i < names->n; i++)
        if (is_short(name_at(names, (uint32_t)i), text))
            return false;
    return true;
}

static uint32_t append(rp_names *names, rp_words text) {
    uint32_t id = (uint32_t)names->n;
    if (names->n >= RP_NO_ID - 1 || !make_page(names) || !keep(names, &(key){.words = text}, name_at(names, id)))
        return RP_NO_ID;
    names->n++;
    if (id == 0 || comes_after(sorting(text), names->furthest))
        names->furthest = sorting(text);
    if (id < AHEAD)
        return id;
    rp_words passed = sorting(words_of(name_at(names, id - AHEAD)->bytes));
    if (id == AHEAD || comes_after(passed, names->furthest_but_last))
        names->furthest_but_last = passed;
    return id;
}

/* The name in the slot where the search begins, if it is this one: most often it is. RP_NO_ID: it may be further on. */
static uint32_t at_home(const rp_names *names, rp_words text, uint32_t hash) {
    if (!names->n_slots)
        return RP_NO_ID;
    slot here = names->slots[home_of(hash, names->n_slots)];
    bool found = here.number && here.hash == hash && is_short(name_at(names, here.number - 1), text);
    return found ? here.number - 1 : RP_NO_ID;
}

/* Up to WAVE texts whose ids nothing nearer told: `at` are their places. Slots are called from memory first, then the
 * names that they lead to. */
static bool put_wave(rp_names *names, const rp_words *texts, const uint32_t *at, size_t n, uint32_t *out) {
    uint32_t hashes[WAVE];
    for (size_t i = 0; i < n; i++) {
        hashes[i] = hash_of_words(texts[at[i]]);
        if (names->n_slots)
            __builtin_prefetch(&names->slots[home_of(hashes[i], names->n_slots)]);
    }
    for (size_t i = 0; i < n && names->n_slots; i++) {
        uint32_t number = names->slots[home_of(hashes[i], names->n_slots)].number;
        if (number)
            __builtin_prefetch(name_at(names, number - 1));
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t id =
            is_next(names, texts[at[i]]) ? append(names, texts[at[i]]) : at_home(names, texts[at[i]], hashes[i]);
        if (id == RP_NO_ID)
            id = put(names, &(key){.words = texts[at[i]], .hash = hashes[i]});
        if (id == RP_NO_ID)
            return false;
        out[at[i]] = id;
    }
    return true;
}

/* The text among the few names from `first` on; RP_NO_ID: it is none of them. */
static uint32_t find_near(const rp_names *names, uint32_t first, rp_words text) {
    for (uint32_t i = 0; i < AHEAD && first + i < names->n; i++)
        if (is_short(name_at(names, first + i), text))
            return first + i;
    return RP_NO_ID;
}

/* Where the rows before these left off, or where the first rows of another table begin. */
static uint32_t find_again(const rp_names *names, rp_words text) {
    uint32_t id = find_near(names, names->recent, text);
    return id != RP_NO_ID ? id : find_near(names, 0, text);
}

bool rp_names_put_short(rp_names *names, const rp_words *texts, size_t n, uint32_t *out) {
    uint32_t wave[WAVE], before = RP_NO_ID; /* the last one that is known */
    for (size_t at = 0; at < n;) {
        size_t n_wave = 0;
        for (; at < n && n_wave < WAVE; at++) {
            out[at] = before == RP_NO_ID ? find_again(names, texts[at]) : find_near(names, before + 1, texts[at]);
            if (out[at] == RP_NO_ID)
                wave[n_wave++] = (uint32_t)at;
            else
                before = out[at];
        }
        if (!put_wave(names, texts, wave, n_wave, out))
            return false;
        before = names->recent = out[at - 1];
    }
    return true;
}

/* ---- finding ---- */

uint32_t rp_names_find(const rp_names *names, rp_text text) {
    assert(!names->settled);
    key k = key_of(text);
    if (!names->n_slots) { /* few ask for one name of a list that is being filled by many */
        uint32_t id = 0;
        while (id < names->n && (k.text.at || !is_short(name_at(names, id), k.words)))
            id++;
        return id < names->n ? id : RP_NO_ID;
    }
    uint32_t number = slot_of(names, &k)->number;
    return number ? number - 1 : RP_NO_ID;
}

const char *rp_names_text(const rp_names *names, uint32_t id) {
    assert(id < names->n);
    const name *one = name_at(names, id);
    return one->far.is_long ? one->far.text : one->bytes;
}

size_t rp_names_count(const rp_names *names) {
    return names->n;
}
