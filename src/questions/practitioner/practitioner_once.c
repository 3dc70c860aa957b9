/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People who had one treatment session and no more, of those whose referral has ended: how many, and how far
 * practitioners differ in it. Of no single practitioner, because beside how many of whose people are compared it would
 * tell of the few who finished and have no later score. */
#include "questions/practitioner/practitioner_parts.h"

#include "questions/common/shares.h"

#include <math.h>

static const double WINSORISED = 0.1;

static void say_everyone(const practitioner_work *work) {
    const rp_question_saying saying = {.id = "practitioner.one_session",
                                       .label = "Ended after one treatment session",
                                       .of = "people whose referral has ended after treatment, practitioner recorded,",
                                       .words = "had one treatment session and no more",
                                       .cohort = "ended after treatment, practitioner recorded"};
    rp_question_say(work->answer, &saying, rp_question_having(&work->treated, RECORDED | ENDED | ONCE, 0),
                    rp_question_having(&work->treated, RECORDED | ENDED, 0), work->asked->level);
}

static void say_spread(const practitioner_work *work, const rp_funnel *m, int64_t people) {
    rp_answer *answer = work->answer;
    rp_statement *s = rp_answer_statement(answer, "practitioner.one_session.spread");
    s->label = "One session alone: spread between practitioners";
    s->denominator.n = practitioner_tens(people);
    s->cohort = "ended after treatment, of practitioners with at least 10 such people; people to the nearest ten";
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
    s->text =
        rp_answer_text(answer,
                       "One treatment session and no more: the variance of %zu practitioners about their common "
                       "share of %.0f%% is %.1f times what chance alone would give%s. Nothing of people is held in "
                       "it, and to end after one session need not be bad: advice may have been enough.",
                       m->n, 100 * m->target, m->phi, beyond);
}

bool practitioner_write_one_session(practitioner_work *work) {
    const practitioner_units *units = &work->units[FACTOR_PRACTITIONER];
    rp_arena *arena = work->answer->arena;
    double *x = rp_arena_take(arena, units->n, sizeof *x), *n = rp_arena_take(arena, units->n, sizeof *n);
    double *z = rp_arena_take(arena, units->n, sizeof *z);
    if (x == NULL || n == NULL || z == NULL)
        return false;
    say_everyone(work);
    size_t large = 0;
    int64_t people = 0;
    for (size_t i = 0; i < units->n; i++) {
        if (units->at[i].ended < PRACTITIONER_PEOPLE)
            continue;
        x[large] = (double)units->at[i].once;
        n[large++] = (double)units->at[i].ended;
        people += units->at[i].ended;
    }
    if (large < PRACTITIONER_LEAST)
        return true;
    rp_funnel model = rp_funnel_infer(x, n, large, WINSORISED, z);
    if (!isnan(model.tau2))
        say_spread(work, &model, people);
    return true;
}
