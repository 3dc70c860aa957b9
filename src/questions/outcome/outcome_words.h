/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of the question `outcome`: ids, nouns, and sentences' parts. Private to src/questions/outcome. */
#ifndef RAPPORT_OUTCOME_WORDS_H
#define RAPPORT_OUTCOME_WORDS_H

#include "questions/outcome/outcome_parts.h"

extern const rp_statement_def outcome_statements[]; /* ended by a NULL id */

/* The literal of the list for "outcome.<quantity>[.at_horizon][.<tail>]"; it must be there (assert). */
const char *outcome_id(const char *quantity, outcome_version version, const char *tail);

/* "47%", "47.3%" where the denominator carries a decimal; "not defined" for NaN. */
const char *outcome_percent(rp_answer *answer, double share, int64_t denominator);
/* " in the arm usual care", " among those who began severe", or "". */
const char *outcome_in_group(rp_answer *answer, const outcome_group *group);

typedef struct outcome_denominator {
    const char *tail;   /* "per_referral" */
    const char *cohort; /* "referred" */
    const char *noun;   /* "people referred" */
    unsigned stages;
    bool known_only; /* people with both scores: nothing unknown is left */
    bool cases_only;
} outcome_denominator;
enum { OUTCOME_DENOMINATORS = 6 };
outcome_denominator outcome_denominator_at(const outcome_plan *plan, size_t i);
/* Does the record hold it? per_assessed, per_entered and per_finished need contacts. */
bool outcome_denominator_held(const outcome_work *work, outcome_version version, const outcome_denominator *d);

#endif
