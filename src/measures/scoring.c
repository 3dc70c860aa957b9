/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers into scores. A reversed item counts as lowest + highest - answer. Prorating gives the answered items' mean
 * the weight of all items, which supposes that the missing ones would have been answered as the others were. */
#include <assert.h>
#include <math.h>

#include "measures/measures_private.h"

static size_t may_miss(const rp_scale *scale) {
    return scale->missing_rule == RP_ITEMS_PRORATE ? scale->items_may_miss : 0;
}

rp_score rp_instrument_score(const rp_instrument *instrument, size_t scale_index, const double *answers) {
    assert(instrument && scale_index < instrument->n_scales && answers);
    const rp_scale *scale = &instrument->scales[scale_index];
    rp_score score = {.value = NAN, .items = scale->n_items};
    double sum = 0;
    for (size_t i = 0; i < scale->n_items; i++) {
        const rp_item *item = &instrument->items[scale->items[i]];
        double answer = answers[scale->items[i]];
        if (isnan(answer))
            continue;
        assert(answer >= item->lowest && answer <= item->highest);
        sum += scale->reversed[i] ? item->lowest + item->highest - answer : answer;
        score.answered++;
    }
    size_t missing = score.items - score.answered;
    if (score.answered == 0 || missing > may_miss(scale))
        return score;
    score.prorated = missing > 0;
    /* Multiplied before it is divided: the product of whole numbers is exact, so that there is one rounding. */
    if (scale->score == RP_SCORE_MEAN)
        score.value = sum / (double)score.answered;
    else
        score.value = score.prorated ? sum * (double)score.items / (double)score.answered : sum;
    return score;
}

int rp_scale_band_index(const rp_scale *scale, double score) {
    assert(scale);
    int band = -1;
    for (size_t i = 0; i < scale->n_bands && score >= scale->bands[i].from - RP_SCORE_SLACK; i++)
        band = (int)i;
    return band;
}

const char *rp_scale_band(const rp_scale *scale, double score) {
    int band = rp_scale_band_index(scale, score);
    return band >= 0 ? scale->bands[band].label : NULL;
}
