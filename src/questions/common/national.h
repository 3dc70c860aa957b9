/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the national rule says of a person, as marks (groups.h): for questions that tell outcomes of groups. Private to
 * src/questions. */
#ifndef RAPPORT_QUESTIONS_NATIONAL_H
#define RAPPORT_QUESTIONS_NATIONAL_H

#include "questions/common/groups.h"
#include "rapport/cohort.h"

typedef enum rp_question_national_mark {
    NATIONAL_RECOVERED,
    NATIONAL_RECOVERY_NOT_KNOWN,
    NATIONAL_IMPROVED,
    NATIONAL_DETERIORATED,
    NATIONAL_CHANGE_NOT_KNOWN, /* of improvement and deterioration alike */
    NATIONAL_NO_CASE,          /* known to be no case at the start */
    NATIONAL_MARKS
} rp_question_national_mark;

/* The marks of a person, the first of them MARK(first). */
uint64_t rp_question_national(const rp_national_flags *flags, unsigned first);

/* An outcome: the mark of those of whom it is known, and of those of whom it is not known. */
typedef struct rp_question_outcome {
    const char *name, *words; /* "recovered", "Recovered" */
    rp_question_national_mark yes, not_known;
    bool good, of_cases; /* of_cases: who is known to be no case at the start is left out nationally */
} rp_question_outcome;
enum { NATIONAL_OUTCOMES = 3 };
extern const rp_question_outcome rp_question_outcomes[NATIONAL_OUTCOMES];

#endif
