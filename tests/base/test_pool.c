/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads: each i exactly once, whatever the number of threads; the bar shows only to a person who waits. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rapport/base.h"

enum { MANY = 20000 };

static atomic_int visits[MANY];

static void visit(void *context, size_t i) {
    atomic_int *at = context;
    atomic_fetch_add(&at[i], 1);
}

static void each_exactly_once(void **state) {
    (void)state;
    static const int threads[] = {1, 2, 7, 0, -3, 1000};
    static const size_t counts[] = {0, 1, 2, 6, 7, 8, MANY};
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            for (size_t i = 0; i < MANY; i++)
                atomic_store(&visits[i], 0);
            rp_pool_run(threads[t], counts[c], visit, visits);
            for (size_t i = 0; i < MANY; i++)
                assert_int_equal(atomic_load(&visits[i]), i < counts[c]);
        }
}

static void note_thread(void *context, size_t i) {
    ((pthread_t *)context)[i] = pthread_self();
}

static void one_thread_is_the_callers(void **state) {
    (void)state;
    pthread_t who[50];
    rp_pool_run(1, 50, note_thread, who);
    for (int i = 0; i < 50; i++)
        assert_true(pthread_equal(who[i], pthread_self()));
}

/* Both tasks wait for one another, so they can only end when two threads run at the same time. */
static void meet(void *context, size_t i) {
    (void)i;
    pthread_barrier_wait(context);
}

static void two_threads_run_together(void **state) {
    (void)state;
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 2);
    alarm(20); /* ends the test should they never meet */
    rp_pool_run(2, 2, meet, &barrier);
    alarm(0);
    pthread_barrier_destroy(&barrier);
}

static void square(void *context, size_t i) {
    ((double *)context)[i] = (double)i * (double)i;
}

static void results_do_not_depend_on_threads(void **state) {
    (void)state;
    static double one[MANY], seven[MANY];
    rp_pool_run(1, MANY, square, one);
    rp_pool_run(7, MANY, square, seven);
    assert_memory_equal(one, seven, sizeof one);
}

/* What reaches standard error while the bar runs for two pretended seconds; at a terminal or into a pipe. */
static void watch(bool at_terminal, bool quiet, char *seen, size_t size) {
    int reader = -1, writer = -1, ends[2];
    if (at_terminal) {
        reader = posix_openpt(O_RDWR | O_NOCTTY);
        assert_true(reader >= 0 && grantpt(reader) == 0 && unlockpt(reader) == 0);
        writer = open(ptsname(reader), O_RDWR | O_NOCTTY);
    } else {
        assert_int_equal(pipe(ends), 0);
        reader = ends[0];
        writer = ends[1];
    }
    int kept = dup(STDERR_FILENO);
    dup2(writer, STDERR_FILENO);
    rp_progress progress;
    rp_progress_start(&progress, "Reading", quiet);
    rp_progress_at(&progress, 0.1); /* too early */
    progress.started -= 2;
    rp_progress_at(&progress, 0.5);
    rp_progress_at(&progress, 0.6); /* too soon after the last */
    rp_progress_end(&progress);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(writer); /* nobody can write any more: what is read ends, be it in pieces */
    size_t n = 0;
    for (ssize_t got = 1; got > 0 && n<size - 1; n += got> 0 ? (size_t)got : 0)
        got = read(reader, seen + n, size - 1 - n);
    seen[n] = '\0';
    close(reader);
}

static void the_bar_is_for_people(void **state) {
    (void)state;
    char seen[400];
    watch(false, false, seen, sizeof seen);
    assert_string_equal(seen, "");
    watch(true, true, seen, sizeof seen);
    assert_string_equal(seen, "");
    watch(true, false, seen, sizeof seen);
    assert_string_equal(seen, "\rReading [###############               ]  50 %\r\033[K");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_exactly_once),        cmocka_unit_test(one_thread_is_the_callers),
        cmocka_unit_test(two_threads_run_together), cmocka_unit_test(results_do_not_depend_on_threads),
        cmocka_unit_test(the_bar_is_for_people),
    };
    return cmocka_run_group_tests_name("base: pool", tests, NULL, NULL);
}
