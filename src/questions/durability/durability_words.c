/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every statement that the question `durability` can make. */
#include "questions/durability/durability_parts.h"

/* At each horizon, in the order of durability_quantity. */
#define AT_HORIZON(tail, months)                                                                                       \
    {"durability.due." tail, "Time for a score at " months " is over within the record, of people who finished"},      \
        {"durability.not_due." tail,                                                                                   \
         "Time for a score at " months " is not over, or died before, of people who finished"},                        \
        {"durability.died." tail, "Known to have died before a score at " months ", of people who finished"},          \
        {"durability.scored." tail, "An outcome score about " months " after treatment, of those due"},                \
        {"durability.held." tail,                                                                                      \
         "Below the cut-offs about " months " after treatment, known, of those due who had recovered"},                \
        {"durability.held." tail ".worst",                                                                             \
         "Below the cut-offs about " months " after treatment, if nobody of whom it is not known was"},                \
        {"durability.held." tail ".best",                                                                              \
         "Below the cut-offs about " months " after treatment, if everybody of whom it is not known was"},             \
        {"durability.case_again." tail,                                                                                \
         "At or past a cut-off about " months " after treatment, of those due who had recovered"},                     \
        {"durability.held_not_known." tail,                                                                            \
         "Not known whether below the cut-offs about " months " after treatment, of those due who had recovered"},     \
    {                                                                                                                  \
        "durability.change." tail, "Mean change from the last score of treatment to about " months " after it"         \
    }

enum { FIRST_OF_HORIZONS = 2 };
const rp_statement_def durability_statements[] = {
    {"durability.scored.ever", "An outcome score after the end of treatment, of people who finished"},
    {"durability.recovered_at_end",
     "Recovered by the last scores of treatment (national rule), of people who finished"},
    AT_HORIZON("3_months", "3 months"),
    AT_HORIZON("6_months", "6 months"),
    AT_HORIZON("12_months", "12 months"),
    {"durability.referred_again.6_months", "A later referral within 6 months of the end, of those whose 6 are over"},
    {"durability.referred_again.12_months", "A later referral within 12 months of the end, of those whose 12 are over"},
    {"durability.referred_again.not_due.6_months",
     "6 months from the end are not over, or died before, of people who finished"},
    {"durability.referred_again.not_due.12_months",
     "12 months from the end are not over, or died before, of people who finished"},
    {NULL, NULL},
};

const char *durability_id(durability_quantity quantity, size_t horizon) {
    return durability_statements[FIRST_OF_HORIZONS + horizon * QUANTITIES + quantity].id;
}

const char *const durability_return_ids[RETURNS] = {"durability.referred_again.6_months",
                                                    "durability.referred_again.12_months"};
const char *const durability_return_open_ids[RETURNS] = {"durability.referred_again.not_due.6_months",
                                                         "durability.referred_again.not_due.12_months"};
