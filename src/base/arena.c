/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arenas: memory in chunks that grow, released at once. Chunks come from calloc, so fresh pages are zero for nothing;
 * large ones straight from the system, in pages of 2 MB where it has them: a record of millions of rows spends a
 * quarter of its time on page faults otherwise.
 * With the address sanitiser on, what was not handed out is poisoned, so that an overrun is seen inside a chunk too. */
#include <assert.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/base_private.h"

#if defined(__SANITIZE_ADDRESS__)
#define WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHED 1
#endif
#endif

#ifdef WATCHED
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
#else
#define ASAN_POISON_MEMORY_REGION(at, n)   ((void)(at), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(at, n) ((void)(at), (void)(n))
enum { GAP = 0 };
#endif

enum { ALIGNMENT = 16, FIRST_CHUNK = 4096, LARGE_PAGE = 1 << 21, LARGEST_CHUNK = 1 << 23 };

typedef struct chunk {
    struct chunk *before;
    size_t used, room; /* of the bytes that follow the header */
    size_t dirty;      /* bytes up to here may be other than zero */
    bool mapped;
    bool alone; /* for one request */
} chunk;

enum { HEADER = (sizeof(chunk) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT };

struct rp_arena {
    chunk *current;
    size_t next_chunk, handed_out, limit;
    rp_arena *parent, *first_child, *next_child; /* next_child: of the same parent */
};

/* The one variable of the library that changes: how many requests the test hook still lets pass, plus one; 0: all. */
static atomic_long countdown;

void rp_memory_fail_after(long n) {
    atomic_store(&countdown, n > 0 ? n : 0);
}

bool rp_memory_refused(void) {
    long left = atomic_load_explicit(&countdown, memory_order_relaxed);
    while (left > 1)
        if (atomic_compare_exchange_weak(&countdown, &left, left - 1))
            return false;
    return left == 1;
}

static char *chunk_bytes(chunk *c) {
    return (char *)c + HEADER;
}

/* `size` bytes, a multiple of LARGE_PAGE, that begin at one; the first `in_large` in large pages. NULL: none to be had.
 */
static void *map_large(size_t size, size_t in_large) {
    char *at = mmap(NULL, size + LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        return NULL;
    size_t before = (LARGE_PAGE - (uintptr_t)at % LARGE_PAGE) % LARGE_PAGE;
    if (before)
        munmap(at, before);
    munmap(at + before + size, LARGE_PAGE - before);
    (void)madvise(at + before, in_large, MADV_HUGEPAGE); /* a wish: small pages do as well */
    return at + before;
}

/* `alone`: of a request that gets a chunk for itself, what does not fill a large page comes in small ones, since nobody
 * will use the rest. */
static chunk *chunk_new(size_t room, bool alone) {
    bool mapped = room >= LARGE_PAGE;
    size_t needed = HEADER + room, size = needed;
    if (mapped)
        size = (size + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    chunk *c = mapped ? map_large(size, alone ? needed / LARGE_PAGE * LARGE_PAGE : size) : calloc(1, size);
    if (!c)
        return NULL;
    c->room = size - HEADER;
    c->mapped = mapped;
    ASAN_POISON_MEMORY_REGION(chunk_bytes(c), c->room);
    return c;
}

static void chunk_free(chunk *c) {
    if (!c->mapped) {
        free(c);
        return;
    }
    ASAN_UNPOISON_MEMORY_REGION(chunk_bytes(c), c->room);
    munmap(c, HEADER + c->room);
}

rp_arena *rp_arena_new(size_t limit_bytes) {
    if (rp_memory_refused())
        return NULL;
    rp_arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        return NULL;
    arena->next_chunk = FIRST_CHUNK;
    arena->limit = limit_bytes ? limit_bytes : (size_t)1 << 40;
    return arena;
}

void rp_arena_adopt(rp_arena *parent, rp_arena *child) {
    assert(parent && child && !child->parent);
    child->parent = parent;
    child->next_child = parent->first_child;
    parent->first_child = child;
}

static void leave_parent(const rp_arena *child) {
    rp_arena **at = &child->parent->first_child;
    while (*at != child)
        at = &(*at)->next_child;
    *at = child->next_child;
}

static void free_children(rp_arena *parent) {
    rp_arena *child = parent->first_child;
    parent->first_child = NULL;
    while (child) {
        rp_arena *next = child->next_child;
        child->parent = NULL;
        rp_arena_free(child);
        child = next;
    }
}

void rp_arena_free(rp_arena *arena) {
    if (!arena)
        return;
    free_children(arena);
    if (arena->parent)
        leave_parent(arena);
    for (chunk *c = arena->current; c;) {
        chunk *before = c->before;
        chunk_free(c);
        c = before;
    }
    free(arena);
}

void rp_arena_empty(rp_arena *arena) {
    free_children(arena);
    chunk *c = arena->current;
    if (c && c->before) { /* one chunk instead, next time */
        size_t room = arena->handed_out < LARGEST_CHUNK ? arena->handed_out : LARGEST_CHUNK;
        for (chunk *before; c; c = before) {
            before = c->before;
            chunk_free(c);
        }
        arena->current = NULL;
        while (arena->next_chunk < room)
            arena->next_chunk *= 2;
    } else if (c) {
        c->dirty = c->dirty > c->used ? c->dirty : c->used;
        c->used = 0;
        ASAN_POISON_MEMORY_REGION(chunk_bytes(c), c->room);
    }
    arena->handed_out = 0;
}

/* A chunk with room for `need`. A large request gets a chunk of its own behind the current one, which stays in use. */
static chunk *chunk_for(rp_arena *arena, size_t need) {
    chunk *current = arena->current;
    if (current && current->room - current->used >= need)
        return current;
    bool alone = need > arena->next_chunk / 4;
    chunk *c = chunk_new(alone ? need : arena->next_chunk, alone);
    if (!c)
        return NULL;
    if (alone && current) {
        c->alone = true;
        c->before = current->before;
        current->before = c;
        return c;
    }
    c->before = current;
    arena->current = c;
    if (!alone && arena->next_chunk < LARGEST_CHUNK)
        arena->next_chunk *= 2;
    return c;
}

/* `dirty`: how many of the bytes may be other than zero. */
static void *take(rp_arena *arena, size_t count, size_t size, size_t *dirty) {
    assert(arena);
    size_t bytes = 0;
    if (rp_memory_refused() || __builtin_mul_overflow(count, size, &bytes))
        return NULL;
    if (bytes > arena->limit || bytes > SIZE_MAX / 2)
        return NULL;
    size_t rounded = bytes ? (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    if (rounded > arena->limit - arena->handed_out)
        return NULL;
    chunk *c = chunk_for(arena, rounded + GAP);
    if (!c)
        return NULL;
    char *at = chunk_bytes(c) + c->used;
    size_t used_before = c->dirty > c->used ? c->dirty - c->used : 0;
    *dirty = bytes < used_before ? bytes : used_before;
    c->used += rounded + GAP;
    arena->handed_out += rounded;
    ASAN_UNPOISON_MEMORY_REGION(at, bytes);
    return at;
}

void *rp_arena_take(rp_arena *arena, size_t count, size_t size) {
    size_t dirty = 0;
    void *at = take(arena, count, size, &dirty);
    if (at && dirty)
        memset(at, 0, dirty);
    return at;
}

void *rp_arena_take_unset(rp_arena *arena, size_t count, size_t size) {
    size_t dirty = 0;
    void *at = take(arena, count, size, &dirty);
#ifndef NDEBUG
    if (at) /* so that a test sees it if the bytes count after all */
        memset(at, 0xa5, count * size);
#endif
    return at;
}

void rp_arena_give_back(rp_arena *arena, void *at) {
    if (!at || !arena->current)
        return;
    for (chunk *c = arena->current; c->before; c = c->before) {
        chunk *gone = c->before;
        if (!gone->alone || chunk_bytes(gone) != at)
            continue;
        c->before = gone->before;
        arena->handed_out -= gone->used - GAP;
        chunk_free(gone);
        return;
    }
}

char *rp_arena_copy(rp_arena *arena, const char *text, size_t n) {
    if (n == SIZE_MAX)
        return NULL;
    char *copy = rp_arena_take(arena, n + 1, 1);
    if (copy && n)
        memcpy(copy, text, n);
    return copy;
}

char *rp_arena_printf(rp_arena *arena, const char *format, ...) {
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int n = vsnprintf(NULL, 0, format, list);
    va_end(list);
    char *text = n < 0 ? NULL : rp_arena_take(arena, (size_t)n + 1, 1);
    if (text)
        vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return text;
}

size_t rp_arena_bytes(const rp_arena *arena) {
    return arena->handed_out;
}

bool rp_vec_make_room(rp_arena *arena, void *at_address, size_t n, size_t *room, size_t size) {
    if (n < *room)
        return true;
    size_t larger = *room ? *room : 4;
    if (larger > SIZE_MAX / 2)
        return false;
    larger *= 2;
    void *fresh = rp_arena_take(arena, larger, size);
    if (!fresh)
        return false;
    void *old = NULL;
    memcpy(&old, at_address, sizeof old); /* a copy, because the caller's pointer is of another type than void * */
    if (n)
        memcpy(fresh, old, n * size);
    memcpy(at_address, &fresh, sizeof fresh);
    *room = larger;
    return true;
}
