/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every statement that the question `assessor` can make. */
#include "questions/assessor/assessor_parts.h"

#define ROLE_OF(code, words)                                                                                           \
    { "assessor.role." code, "Assessed by " words ", as their role was on that day, of people assessed" }
#define TELLING_OF(tail, whom, what)                                                                                   \
    {"assessor.told." tail, "Recorded that " whom " was told the assessor's " what ", of people assessed"},            \
        {"assessor.not_told." tail,                                                                                    \
         "Recorded that " whom " was not told the assessor's " what ", of people assessed"},                           \
    {                                                                                                                  \
        "assessor.no_record." tail, "No record of whether " whom " was told the assessor's " what                      \
                                    " (this does not mean not told), of people assessed"                               \
    }

const rp_statement_def assessor_statements[] = {
    {"assessor.recorded", "A practitioner is recorded for the first attended assessment, of people assessed"},
    ROLE_OF("pwp", "a psychological wellbeing practitioner"),
    ROLE_OF("cbt_therapist", "a cognitive behavioural therapist"),
    ROLE_OF("counsellor", "a counsellor"),
    ROLE_OF("psychologist", "a clinical or counselling psychologist"),
    ROLE_OF("psychotherapist", "a psychotherapist"),
    ROLE_OF("psychiatrist", "a psychiatrist"),
    ROLE_OF("nurse", "a mental health nurse"),
    ROLE_OF("social_worker", "a social worker"),
    ROLE_OF("assistant", "an assistant psychologist"),
    ROLE_OF("employment_adviser", "an employment adviser"),
    ROLE_OF("supervisor", "a supervisor without a caseload"),
    ROLE_OF("administrator", "an administrator"),
    ROLE_OF("other", "someone in another role"),
    {"assessor.role_not_known",
     "A practitioner is recorded, and not known in which role on that day, of people assessed"},
    {"assessor.in_training", "Assessed by someone recorded as in training on that day, of people assessed"},
    {"assessor.not_in_training", "Assessed by someone recorded as not in training on that day, of people assessed"},
    {"assessor.qualified",
     "Assessed by someone with a qualification on record that was awarded by that day, of people assessed"},
    {"assessor.first_phq9", "A score of the PHQ-9 by the client by which severity is known, of people assessed"},
    {"assessor.problem_recorded", "A problem is recorded, of people assessed"},
    {"assessor.alliance_scored", "A score of the alliance by the client is on record, of people assessed"},
    TELLING_OF("client.role", "the client", "role"),
    TELLING_OF("client.qualification", "the client", "qualification"),
    TELLING_OF("gp.role", "the GP", "role"),
    TELLING_OF("gp.qualification", "the GP", "qualification"),
    {NULL, NULL},
};
