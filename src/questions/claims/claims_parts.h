/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `claims` share. */
#ifndef RAPPORT_CLAIMS_PARTS_H
#define RAPPORT_CLAIMS_PARTS_H

#include "questions/claims/claims.h"

/* The statement of this run that bears on a claim: of those that fit, a headline one before others, one that is shown
 * before one that is hidden. NULL: none. */
const rp_statement *claims_find(const rp_asked *asked, const rp_claim_bearing *bearing);
/* What one's own figure says of a claim about one's own service: by its interval, which has to lie on one side. */
rp_verdict claims_hold(const rp_claim *claim, const rp_statement *found);

/* Each claim with its verdict; then what these data tell, each statement once; then the table of all. */
void claims_write(const rp_asked *asked, rp_answer *answer);
/* Pooled correlations of the ledger. */
void claims_write_pooled(const rp_asked *asked, rp_answer *answer);

#endif
