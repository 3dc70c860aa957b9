/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Until when a record tells: what is not there after that day is not known to be lacking. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_RECORD_END_H
#define RAPPORT_QUESTIONS_RECORD_END_H

#include "rapport/cohort.h"

/* The last date on which the record says that something happened; RP_NO_DATE: it has no dates. Over all referrals of
 * the record, whoever is in the cohort. O(rows of referrals, contacts and internet logs). */
rp_date rp_question_record_end(const rp_record *record);

#endif
