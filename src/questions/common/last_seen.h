/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a record ends. Private to src/questions. */
#ifndef RAPPORT_QUESTION_LAST_SEEN_H
#define RAPPORT_QUESTION_LAST_SEEN_H

#include "rapport/record.h"

/* The last date on which the record says that something happened; RP_NO_DATE: it has no dates. Booked appointments lie
 * in the future, and so do questionnaires that are due: they say nothing of when the record ends. */
rp_date rp_question_last_seen(const rp_record *record);

#endif
