/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every statement that the question `dropout` can make. */
#include "questions/dropout/dropout_parts.h"

#define ODDS "Odds ratio of leaving after a session, "
#define BY   "up to a session, of people who entered treatment (cumulative incidence)"

const rp_statement_def dropout_statements[] = {
    {"dropout.one_session_share",
     "One treatment contact alone, of those who have one or more and whose referral has ended (as "
     "pathway.one_session_share)"},
    {"dropout.open", "No date of ending on record, of people who entered treatment"},
    {"dropout.incidence.left", "Left " BY},
    {"dropout.incidence.left.worst", "Left, or ended with no reason on record, " BY},
    {"dropout.incidence.agreed", "Ended by agreement " BY},
    {"dropout.hazard.left", "Left after a session, of people who had it and of whom it is known what came next"},
    {"dropout.ends.left", "Left, of people who entered treatment and whose referral has ended"},
    {"dropout.ends.agreed", "Ended by agreement, of people who entered treatment and whose referral has ended"},
    {"dropout.ends.other", "Ended for another reason, of people who entered treatment and whose referral has ended"},
    {"dropout.ends.not_recorded",
     "Ended with no reason on record, of people who entered treatment and whose referral has ended"},
    {"dropout.odds.wait", ODDS "for each four weeks from referral to first treatment"},
    {"dropout.odds.age", ODDS "for each ten years of age"},
    {"dropout.odds.unemployed", ODDS "unemployed against employed"},
    {"dropout.odds.sick", ODDS "long-term sick or disabled against employed"},
    {"dropout.odds.another_situation", ODDS "another situation of work, or none that is told apart, against employed"},
    {"dropout.odds.symptoms", ODDS "for each standard deviation by which the last score was worse"},
    {"dropout.odds.change", ODDS "for each standard deviation by which symptoms had got worse since the first score"},
    {"dropout.odds.alliance", ODDS "for each standard deviation by which the first score of the alliance was higher"},
    {"dropout.practitioners.share", "Share of the variation in leaving that lies between practitioners"},
    {NULL, NULL},
};
