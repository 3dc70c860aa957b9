/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose client somebody is, where one practitioner has to be named. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_PRACTITIONER_OF_H
#define RAPPORT_QUESTIONS_PRACTITIONER_OF_H

#include "rapport/record.h"

/* The id of the practitioner who held most of an episode's attended treatment contacts; of several with as many, the
 * one who held one first. Without contacts on record, the one whom the map names for the person. NULL: none is
 * recorded. Borrowed from the record. O(contacts^2) of the episode, which has few. */
const char *rp_question_practitioner_of(const rp_cohort *cohort, const rp_episode *episode);

#endif
