/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One measure out of several, by rules that do not look at what the scores say. */
#include "questions/common/chosen.h"

#include <string.h>

#include "questions/common/asked.h"

static bool is_clients(const rp_measure *measure, rp_instrument_kind kind) {
    return measure->instrument->kind == kind && strcmp(measure->rater, "client") == 0;
}

int rp_question_alliance_of(const rp_cohort *cohort) {
    int best = -1;
    size_t best_items = 0;
    int64_t best_scores = 0;
    for (size_t m = 0; m < rp_cohort_measures(cohort); m++) {
        const rp_measure *measure = rp_cohort_measure(cohort, m);
        size_t items = measure->instrument->scales[measure->scale].n_items;
        if (!is_clients(measure, RP_KIND_ALLIANCE))
            continue;
        if (best >= 0 && (items < best_items || (items == best_items && measure->n_scores <= best_scores)))
            continue;
        best = (int)m;
        best_items = items;
        best_scores = measure->n_scores;
    }
    return best;
}

/* Two for the PHQ-9, one for a total. */
static int rank_of(const rp_measure *measure) {
    const rp_instrument *i = measure->instrument;
    bool total = i->n_scales == 1 || strcmp(i->scales[measure->scale].name, "total") == 0;
    return 2 * (strcmp(i->name, "phq-9") == 0) + total;
}

int rp_question_symptoms_of(const rp_cohort *cohort, const rp_asked *asked) {
    int best = -1, best_rank = 0;
    int64_t best_scores = 0;
    for (size_t m = 0; m < rp_cohort_measures(cohort); m++) {
        const rp_measure *measure = rp_cohort_measure(cohort, m);
        int rank = rank_of(measure);
        if (!is_clients(measure, RP_KIND_OUTCOME) || !rp_question_asked_for(asked, measure))
            continue;
        if (best >= 0 && (rank < best_rank || (rank == best_rank && measure->n_scores <= best_scores)))
            continue;
        best = (int)m;
        best_rank = rank;
        best_scores = measure->n_scores;
    }
    return best;
}
