/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much people would seem to improve if nothing were done at all, since those at or past a cut-off were chosen for
 * high scores. */
#include "questions/comparison/comparison_parts.h"

#include <math.h>

#include "questions/common/percent.h"

/* Retest correlations of people who seek help and get none, over as long as treatment takes. No figure for that was
 * read; these two are an assumed range, and alpha is none of them: it says how items go together on one day. */
static const double retest[] = {0.60, 0.89};

/* The cut-off of the scale, where the definition gives a number. */
static double cutoff_of(const cmp_work *work) {
    const rp_change_rule *rule = &work->scale->change;
    return rule->cutoff_kind == RP_CUTOFF_NUMBER ? rule->cutoff : NAN;
}

static double untreated_correlation(const cmp_work *work, int64_t *n) {
    rp_pair_moments pairs = {0};
    for (size_t i = 0; i < work->n_people; i++)
        if (work->people[i].arm == 0 && !isnan(work->people[i].last))
            rp_pair_moments_add(&pairs, work->people[i].first, work->people[i].last);
    *n = pairs.n;
    return rp_pair_moments_correlation(&pairs);
}

static void say(cmp_work *work, const char *id, double r, const char *whence, rp_count people) {
    rp_answer *answer = work->answer;
    double cutoff = cutoff_of(work), sd = rp_moments_sd(&work->first);
    rp_regression_to_mean m = rp_regression_to_mean_of(work->first.mean, sd, cutoff, r, work->scale->higher_is_worse);
    rp_statement *s = cmp_statement(work, id);
    s->label = rp_answer_text(answer, "Regression to the mean alone, retest correlation %.2f", r);
    s->behind[0] = people;
    s->unit = "points";
    s->estimate = m.improvement;
    s->method = "normal first and later scores with the mean and standard deviation of first scores here; those at or "
                "past the cut-off looked at again (Davis 1976)";
    s->text = rp_answer_text(
        answer,
        "%s: were nothing done, and did a first and a later score correlate %.2f (%s), those at or past the cut-off of "
        "%g would still seem to improve by %.1f points, %.2f standard deviations, and %s of them would be on the other "
        "side of it. It rests on first scores: mean %.1f, standard deviation %.1f.",
        work->of->name, r, whence, cutoff, m.improvement, m.effect, rp_question_percent(answer, m.back, 100),
        work->first.mean, sd);
}

void cmp_write_regression(cmp_work *work) {
    double sd = rp_moments_sd(&work->first);
    if (isnan(cutoff_of(work)) || !(sd > 0) || work->first.n < CMP_LEAST_PEOPLE)
        return;
    rp_count people = rp_question_having(work->set, 0, 0); /* the numbers tell nothing of how many were measured */
    int64_t n = 0;
    double r = work->n_arms > 1 ? untreated_correlation(work, &n) : NAN;
    if (isfinite(r) && n >= RP_QUESTION_MODEL_PEOPLE)
        say(work, "comparison.regression_to_mean.here", r,
            rp_answer_text(work->answer, "as in %s here, first to last", cmp_arm(work, 0)), cmp_meant_for(work, 0));
    say(work, "comparison.regression_to_mean.low", retest[0], "assumed", people);
    say(work, "comparison.regression_to_mean.high", retest[1], "assumed", people);
    rp_answer_caveat(work->answer,
                     "How first and later scores of people who seek help correlate where nothing is done is not known "
                     "for as long as treatment takes: the range from %.2f to %.2f is assumed. Since people seek help "
                     "when they are worse than they usually are, more may fall back than this says.",
                     retest[0], retest[1]);
}
