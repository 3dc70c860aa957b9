/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this run has said about the matter of a claim. */
#include <math.h>
#include <string.h>

#include "questions/claims/claims_parts.h"

static bool is_or_any(const char *wanted, const char *there) {
    return wanted == NULL || (there != NULL && strcmp(wanted, there) == 0);
}

static bool fits(const rp_claim_bearing *bearing, const rp_statement *s) {
    return strcmp(bearing->statement, s->id) == 0 && s->arm == NULL && s->severity == NULL &&
           is_or_any(bearing->measure, s->measure) && is_or_any(bearing->rater, s->rater);
}

static int rank(const rp_statement *s) {
    return (s->suppressed ? 0 : 2) + (s->headline ? 1 : 0);
}

const rp_statement *claims_find(const rp_asked *asked, const rp_claim_bearing *bearing) {
    const rp_statement *best = NULL;
    for (size_t a = 0; a < asked->n_before; a++)
        for (size_t i = 0; i < asked->before[a]->n_statements; i++) {
            const rp_statement *s = asked->before[a]->statements[i];
            if (fits(bearing, s) && (best == NULL || rank(s) > rank(best)))
                best = s;
        }
    return best;
}

rp_verdict claims_hold(const rp_claim *claim, const rp_statement *found) {
    if (found == NULL || found->suppressed || isnan(found->estimate))
        return RP_VERDICT_CANNOT_BE_TOLD;
    /* Without an interval the figure is a count of everyone, and stands for itself. */
    double lower = isnan(found->lower) ? found->estimate : found->lower;
    double upper = isnan(found->upper) ? found->estimate : found->upper;
    bool holds =
        (isnan(claim->at_least) || lower >= claim->at_least) && (isnan(claim->at_most) || upper <= claim->at_most);
    bool fails =
        (!isnan(claim->at_least) && upper < claim->at_least) || (!isnan(claim->at_most) && lower > claim->at_most);
    return holds ? RP_VERDICT_SUPPORTED : fails ? RP_VERDICT_CONTRADICTED : RP_VERDICT_CANNOT_BE_TOLD;
}
