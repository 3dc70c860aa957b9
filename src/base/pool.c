/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads for one loop: each takes the next i from a counter until there is none left. The caller is one of them, so
 * that the work gets done even where no thread can be made. */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/base_private.h"

enum { MOST_THREADS = 256 };

int rp_processors(void) {
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : n < MOST_THREADS ? n : MOST_THREADS;
}

typedef struct pool {
    atomic_size_t next;
    size_t n;
    void (*task)(void *context, size_t i);
    void *context;
} pool;

static void *work(void *of) {
    pool *p = of;
    for (size_t i = atomic_fetch_add(&p->next, 1); i < p->n; i = atomic_fetch_add(&p->next, 1))
        p->task(p->context, i);
    return NULL;
}

void rp_pool_run(int threads, size_t n, void (*task)(void *context, size_t i), void *context) {
    assert(task);
    pool p = {.n = n, .task = task, .context = context};
    pthread_t others[MOST_THREADS];
    size_t wanted = threads > 1 ? (size_t)threads : 1, made = 0;
    if (wanted > n)
        wanted = n;
    if (wanted > MOST_THREADS)
        wanted = MOST_THREADS;
    while (made + 1 < wanted && pthread_create(&others[made], NULL, work, &p) == 0)
        made++;
    work(&p);
    for (size_t i = 0; i < made; i++)
        pthread_join(others[i], NULL);
}
