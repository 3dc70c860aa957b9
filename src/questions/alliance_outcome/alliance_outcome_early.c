/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Early alliance and the last score as reviews of many studies take them: a plain correlation, nothing held. */
#include <math.h>

#include "questions/alliance_outcome/alliance_outcome_parts.h"
#include "rapport/meta.h"

void ao_correlate(const ao_pairing *pairing, const ao_rows *rows, ao_result *result) {
    rp_pair_moments moments = {0};
    for (size_t i = 0; i < rows->model.n; i++)
        rp_pair_moments_add(&moments, rows->model.columns[0][i], rows->model.y[i]);
    const rp_measure *outcome = ao_outcome(pairing);
    bool turn = outcome->instrument->scales[outcome->scale].higher_is_worse;
    double r = rp_pair_moments_correlation(&moments);
    const double figures[] = {turn ? -r : r, (double)moments.n};
    rp_meta_effect z = isfinite(r) && moments.n >= RP_QUESTION_MODEL_PEOPLE ? rp_meta_effect_of(RP_META_ZCOR, figures)
                                                                            : (rp_meta_effect){.y = NAN, .v = NAN};
    double level = pairing->asked->level, half = rp_normal_quantile(0.5 + level / 2) * sqrt(z.v);
    result->correlation = rp_meta_z_to_r((rp_interval){z.y, z.y - half, z.y + half, level});
    result->mark = rows->mark;
}

void ao_say_correlation(const ao_pairing *pairing, const rp_question_set *set, const ao_result *early) {
    rp_answer *answer = pairing->answer;
    const rp_interval *r = &early->correlation;
    const char *alliance = ao_alliance_name(pairing, 0), *outcome = ao_outcome(pairing)->name;
    if (isnan(r->estimate))
        return;
    rp_statement *s = rp_answer_statement(answer, "alliance_outcome.early.correlation");
    s->numerator = rp_question_having(set, early->mark, 0);
    s->denominator = rp_question_having(set, 0, 0);
    s->label = rp_answer_text(answer, "%s, %s: correlation of early alliance and the last score", alliance, outcome);
    s->measure = outcome;
    s->scale = ao_scale(pairing, 0)->title;
    s->rater = pairing->rater;
    s->unit = "correlation";
    s->audience = RP_FOR_SERVICE;
    s->cohort = rp_cohort_event_name(rp_cohort_chosen(pairing->cohort)->event);
    s->estimate = r->estimate;
    s->lower = r->lower;
    s->upper = r->upper;
    s->level = r->level;
    s->method = "Pearson correlation, turned so that above nought a better alliance goes with a better last score; "
                "interval by Fisher's z, people taken as independent";
    s->text = rp_answer_text(
        answer,
        "%s, and %s: of the first of sessions 2 to 5 with both, the alliance correlates %+.3f with how good the last "
        "score is (%g%% interval %+.3f to %+.3f). Nothing is held, not even the first score. %lld of %lld people. This "
        "describes; it gives no verdict.",
        alliance, outcome, r->estimate, 100 * r->level, r->lower, r->upper, (long long)s->numerator.n,
        (long long)s->denominator.n);
}
