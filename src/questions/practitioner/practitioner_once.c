/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People who had one treatment session and no more, of those whose referral has ended: how many, and how far the
 * practitioners of the first session differ in it. (By who held most sessions it would tell of who takes people over:
 * one session is always of whoever began.) Of no single practitioner, because beside how many of whose people are
 * compared it would tell of the few who finished and have no later score. */
#include "questions/practitioner/practitioner_parts.h"

#include "questions/common/shares.h"

#include <math.h>
#include <stdlib.h>

static const double WINSORISED = 0.1;

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

static void say_spread(const practitioner_work *work, const rp_funnel *m, double people) {
    rp_answer *answer = work->answer;
    rp_statement *s = rp_answer_statement(answer, "practitioner.one_session.spread");
    s->label = "One session alone: spread between practitioners of the first session";
    s->denominator.n = practitioner_tens((int64_t)people);
    s->cohort =
        "ended after treatment, of practitioners who began with at least 10 such people; people to the nearest ten";
    s->unit = "times the variance of chance";
    s->estimate = rp_question_rounded(m->phi, 2);
    s->method = "phi: mean of squared z on the arcsine scale, a tenth winsorised at each end (Spiegelhalter 2005); no "
                "interval";
    const char *beyond =
        m->tau2 > 0 ? rp_answer_text(answer,
                                     "; beyond chance, about two thirds of practitioners lie within %.0f percentage "
                                     "points of it",
                                     200 * sqrt(m->target * (1 - m->target) * m->tau2))
                    : "; chance is enough to make it";
    s->text = rp_answer_text(answer,
                             "One treatment session and no more, by who held the first: the variance of %zu "
                             "practitioners about their common "
                             "share of %.0f%% is %.1f times what chance alone would give%s. Nothing of people is held "
                             "in it, and to end after "
                             "one session need not be bad: advice may have been enough.",
                             m->n, 100 * m->target, m->phi, beyond);
}

bool practitioner_write_one_session(practitioner_work *work, rp_arena *scratch) {
    beginner *at = rp_arena_take(scratch, work->n, sizeof *at);
    double *x = rp_arena_take(scratch, work->n, sizeof *x), *n = rp_arena_take(scratch, work->n, sizeof *n);
    double *z = rp_arena_take(scratch, work->n, sizeof *z), people = 0;
    if (at == NULL || x == NULL || n == NULL || z == NULL)
        return false;
    say_everyone(work);
    size_t large = collect(work, at);
    for (size_t i = 0; i < large; i++) {
        x[i] = (double)at[i].once;
        n[i] = (double)at[i].people;
        people += n[i];
    }
    rp_funnel model = rp_funnel_infer(x, n, large, WINSORISED, z);
    if (large >= PRACTITIONER_LEAST && !isnan(model.tau2))
        say_spread(work, &model, people);
    return true;
}
