/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every statement that the question `practitioner` can make. */
#include "questions/practitioner/practitioner_parts.h"

const rp_statement_def practitioner_statements[] = {
    {"practitioner.recorded", "A practitioner is recorded for the treatment, of people who entered treatment"},
    {"practitioner.several",
     "Treatment sessions with more than one practitioner, of people whose practitioner is recorded"},
    {"practitioner.compared", "A first and a later score on the measure, of people whose practitioner is recorded"},
    {"practitioner.share", "Share of the variance of last scores, what is known of people at the start held, that lies "
                           "between practitioners"},
    {"practitioner.spread", "Standard deviation between practitioners of last scores of people alike in what is held"},
    {"practitioner.share.services", "The same share between services"},
    {"practitioner.spread.services", "The same standard deviation between services"},
    {"practitioner.improved.spread",
     "Standard deviation between practitioners, beyond chance, of the share of people compared who reliably improved"},
    {"practitioner.one_session",
     "One treatment session and no more, of people whose referral has ended after treatment"},
    {"practitioner.one_session.spread",
     "The same of people who had one treatment session and no more, by who held the first session"},
    {NULL, NULL},
};
