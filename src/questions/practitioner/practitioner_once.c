/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People who had one treatment session and no more, of those whose referral has ended: how many, and how far the
 * practitioners of the first session differ in it. (By who held most sessions it would tell of who takes people over:
 * one session is always of whoever began.) Of no single practitioner, because beside how many of whose people are
 * compared it would tell of the few who finished and have no later score. */
#include "questions/practitioner/practitioner_parts.h"

#include "questions/common/shares.h"

#include <math.h>
#include <stdlib.h>

/* One person, then all people of one practitioner. */
typedef struct beginner {
    uint32_t id;
    int64_t people, once;
} beginner;

static int by_id(const void *a, const void *b) {
    const beginner *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* So that no sum hangs on names. */
static int by_people(const void *a, const void *b) {
    const beginner *x = a, *y = b;
    if (x->people != y->people)
        return x->people > y->people ? -1 : 1;
    return x->once < y->once ? -1 : x->once > y->once;
}

/* Practitioners with enough people whose referral has ended. `at`: room for everyone. */
static size_t collect(const practitioner_work *work, beginner *at) {
    size_t n = 0, kept = 0, large = 0;
    for (size_t i = 0; i < work->n; i++)
        if (work->facts[i].ended && work->facts[i].began != RP_NO_ID)
            at[n++] = (beginner){work->facts[i].began, 1, work->facts[i].once};
    qsort(at, n, sizeof *at, by_id);
    for (size_t i = 0; i < n; i++) {
        if (kept > 0 && at[kept - 1].id == at[i].id) {
            at[kept - 1].people++;
            at[kept - 1].once += at[i].once;
        } else {
            at[kept++] = at[i];
        }
    }
    qsort(at, kept, sizeof *at, by_people);
    while (large < kept && at[large].people >= PRACTITIONER_PEOPLE)
        large++;
    return large;
}

static void say_everyone(const practitioner_work *work) {
    const rp_question_saying saying = {.id = "practitioner.one_session",
                                       .label = "Ended after one treatment session",
                                       .of = "people whose referral has ended after treatment",
                                       .words = "had one treatment session and no more",
                                       .cohort = "ended after treatment"};
    rp_question_say(work->answer, &saying, rp_question_having(&work->treated, ENDED | ONCE, 0),
                    rp_question_having(&work->treated, ENDED, 0), work->asked->level);
}

static void say_spread(const practitioner_work *work, const practitioner_shares *shares, double people) {
    rp_statement *s = rp_answer_statement(work->answer, "practitioner.one_session.spread");
    s->label = "One session alone: standard deviation between practitioners of the first session";
    s->denominator.n = practitioner_tens((int64_t)people);
    s->cohort =
        "ended after treatment, of practitioners who began with at least 10 such people; people to the nearest ten";
    practitioner_say_shares(work, s, shares, "One treatment session and no more, by who held the first");
}

bool practitioner_write_one_session(practitioner_work *work, rp_arena *scratch) {
    beginner *at = rp_arena_take(scratch, work->n, sizeof *at);
    if (at == NULL)
        return false;
    say_everyone(work);
    size_t large = collect(work, at);
    double *x = rp_arena_take(scratch, large, sizeof *x), *n = rp_arena_take(scratch, large, sizeof *n);
    if (x == NULL || n == NULL)
        return false;
    double people = 0, once = 0;
    for (size_t i = 0; i < large; i++) {
        x[i] = (double)at[i].once;
        n[i] = (double)at[i].people;
        once += x[i];
        people += n[i];
    }
    const practitioner_shares shares = {x, n, large, once / people};
    if (large >= PRACTITIONER_LEAST && once > 0 && once < people)
        say_spread(work, &shares, people);
    return true;
}
