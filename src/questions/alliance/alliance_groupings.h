/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Private to src/questions/alliance. */
#ifndef RAPPORT_ALLIANCE_GROUPINGS_H
#define RAPPORT_ALLIANCE_GROUPINGS_H

#include "questions/alliance/alliance_measurement.h"

typedef struct alliance_group_columns {
    const rp_record *record;
    int mode, present, contact;
} alliance_group_columns;
alliance_group_columns alliance_group_columns_of(const rp_record *record);
/* Numbers of groups, 0 for none: what is of the person, and what is of the session and its questionnaire. */
void alliance_groups_of_person(const alliance_group_columns *columns, const rp_cohort *cohort,
                               const rp_episode *episode, uint8_t out[GROUPINGS]);
void alliance_groups_of_session(const alliance_group_columns *columns, const rp_session *session,
                                uint32_t administration, uint8_t out[GROUPINGS]);

#endif
