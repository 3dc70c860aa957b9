/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A belt: pieces of work are loaded in order by one thread at a time, worked on side by side, and given out in order.
 * Piece number i always lies in place i % n_places, so that a place is loaded again only when its last piece was given
 * out and given back. All that changes is guarded by one lock, which nobody holds while loading or working. */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/base_private.h"

enum { MOST_THREADS = 256 };

struct rp_belt {
    rp_belt_work work;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t others[MOST_THREADS];
    size_t n_others;
    size_t n_places;
    bool *done;               /* of each place: its piece was worked on */
    uint64_t loaded, given;   /* pieces that were begun to load; that were given out */
    uint64_t back;            /* pieces that were given back */
    bool loading, last, stop; /* last: no piece comes after those loaded */
};

static bool can_load(const rp_belt *belt) {
    return !belt->loading && !belt->last && belt->loaded - belt->back < belt->n_places;
}

/* Loads a piece and works on it. Called and left with the lock held. */
static void load_and_work(rp_belt *belt) {
    size_t place = belt->loaded++ % belt->n_places;
    belt->loading = true;
    pthread_mutex_unlock(&belt->lock);
    bool more = belt->work.load(belt->work.context, place);
    pthread_mutex_lock(&belt->lock);
    belt->loading = false;
    belt->last = !more;
    pthread_cond_broadcast(&belt->changed);
    pthread_mutex_unlock(&belt->lock);
    belt->work.work(belt->work.context, place);
    pthread_mutex_lock(&belt->lock);
    belt->done[place] = true;
    pthread_cond_broadcast(&belt->changed);
}

static void *help(void *of) {
    rp_belt *belt = of;
    pthread_mutex_lock(&belt->lock);
    while (!belt->stop && !belt->last) {
        if (can_load(belt))
            load_and_work(belt);
        else
            pthread_cond_wait(&belt->changed, &belt->lock);
    }
    pthread_mutex_unlock(&belt->lock);
    return NULL;
}

rp_belt *rp_belt_open(int threads, size_t n_places, const rp_belt_work *work) {
    assert(threads > 0 && n_places > 0 && work->load && work->work);
    rp_belt *belt = rp_memory_refused() ? NULL : calloc(1, sizeof *belt + n_places * sizeof *belt->done);
    if (!belt)
        return NULL;
    belt->work = *work;
    belt->n_places = n_places;
    belt->done = (bool *)(belt + 1);
    pthread_mutex_init(&belt->lock, NULL);
    pthread_cond_init(&belt->changed, NULL);
    size_t wanted = (size_t)(threads < MOST_THREADS ? threads : MOST_THREADS) - 1;
    while (belt->n_others < wanted && pthread_create(&belt->others[belt->n_others], NULL, help, belt) == 0)
        belt->n_others++;
    return belt;
}

bool rp_belt_next(rp_belt *belt, size_t *place) {
    pthread_mutex_lock(&belt->lock);
    if (belt->back < belt->given) {
        belt->done[belt->back++ % belt->n_places] = false;
        pthread_cond_broadcast(&belt->changed);
    }
    size_t next = belt->given % belt->n_places;
    while (!belt->done[next] && !(belt->last && belt->given == belt->loaded)) {
        if (can_load(belt))
            load_and_work(belt);
        else
            pthread_cond_wait(&belt->changed, &belt->lock);
    }
    bool found = belt->done[next];
    belt->given += found;
    pthread_mutex_unlock(&belt->lock);
    *place = next;
    return found;
}

void rp_belt_close(rp_belt *belt) {
    if (!belt)
        return;
    pthread_mutex_lock(&belt->lock);
    belt->stop = true;
    pthread_cond_broadcast(&belt->changed);
    pthread_mutex_unlock(&belt->lock);
    for (size_t i = 0; i < belt->n_others; i++)
        pthread_join(belt->others[i], NULL);
    pthread_cond_destroy(&belt->changed);
    pthread_mutex_destroy(&belt->lock);
    free(belt);
}
