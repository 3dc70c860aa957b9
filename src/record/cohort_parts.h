/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the cohort share. Private to src/record. */
#ifndef RAPPORT_COHORT_PARTS_H
#define RAPPORT_COHORT_PARTS_H

#include "rapport/cohort.h"
#include "record/record_parts.h"

/* Columns and codes that the cohort reads, looked up once. */
typedef struct cohort_columns {
    int received, ended, arm, problem;
    int descriptor, descriptor_rank, descriptor_date; /* of the table problems */
    int contact_date, contact_occasion, planned, attendance, kind, contact_practitioner;
    int status_practitioner, status_from, status_to, role, in_training; /* of the table practitioners */
    int level, awarded, award_planned;                                  /* of the table qualifications */
    int log_to, therapy;
    int admin_date, admin_occasion, admin_contact, rater;
    int score_value, score_method;
    int attended_code, late_seen_code;
    int assessment_code, treatment_code, assessment_and_treatment_code, review_and_treatment_code, follow_up_code;
    int prorated_code, supplied_code;
    int primary_code, secondary_code;
} cohort_columns;

/* Blocks that are kept once they are made, since nearly every question asks for all of them several times: as many as
 * take no more memory than the record itself. Which they are hangs on the threads; what they hold does not. */
typedef struct rp_kept {
    rp_block *blocks; /* one each; without episodes: not kept */
    size_t bytes, most;
} rp_kept;

struct rp_cohort {
    const rp_record *record;
    rp_cohort_options options;
    cohort_columns columns;
    rp_arena *arena;
    uint32_t *rows; /* referrals that are in, in key order */
    size_t n;
    size_t left_out, left_out_not_known;
    bool has_contacts, has_ended;
    RP_VEC(rp_measure) measures;
    int *measure_at; /* by pair of instrument and version, rater, scale: the measure, or -1 */
    size_t n_raters, n_scales;
    int phq9, gad7, anxiety[RP_NATIONAL_DESCRIPTORS];  /* measures of the national rule; -1: none */
    rp_change_rule thresholds[RP_NATIONAL_THRESHOLDS]; /* its dated rows, as rules of change */
    rp_change_rule no_threshold;                       /* where no row holds */
    const char **arms;
    size_t n_arms;
    RP_VEC(rp_occasion) occasions;
    unsigned *steps; /* by the known codes of activities.therapy */
    rp_kept *kept;
};

/* How far one referral went, and when. Dates are RP_NO_DATE where it did not happen or is not dated. */
typedef struct rp_stage {
    rp_known assessed, entered, finished, over;
    rp_known followed_up;
    rp_date assessed_on, entered_on, second_on, last_on; /* of treatment contacts: the first, the second, the last */
    rp_date followed_on;                                 /* the last attended follow-up */
    bool undated_assessment, undated_treatment;          /* there is one without a date */
    int assessments;                                     /* attended */
    int64_t assessment;                                  /* the contact of the first; -1: none */
    bool follow_up;                                      /* an attended follow-up, whenever it was */
    int attended, treated;
} rp_stage;
rp_stage rp_cohort_stage(const rp_cohort *cohort, uint32_t referral);
bool rp_cohort_contact_treats(const rp_cohort *cohort, uint32_t contact); /* attended, of a kind that holds treatment */
const char *rp_cohort_arm_text(const rp_cohort *cohort, uint32_t referral); /* NULL: none */

/* A problem descriptor without dots and spaces, in capitals; cut short where it is longer than any that is known. */
enum { RP_PROBLEM_ROOM = 24 };
void rp_problem_code(const char *problem, char code[RP_PROBLEM_ROOM]);

/* The national flags of one referral with these series; `ended` decides which dated rows hold. */
rp_national rp_cohort_national(const rp_cohort *cohort, uint32_t referral, rp_date ended, const rp_series *series);

void rp_cohort_find_national(rp_cohort *cohort); /* after the measures */
bool rp_cohort_find_measures(rp_cohort *cohort); /* false: no memory */
/* The measures of an administration's scores, by scale: -1 where nothing was ever measured on it. NULL: of an
 * instrument that this run does not know. */
const int *rp_cohort_measures_of(const rp_cohort *cohort, size_t administration);
bool rp_cohort_find_occasions(rp_cohort *cohort); /* false: no memory */
bool rp_cohort_find_steps(rp_cohort *cohort);     /* false: no memory */

/* Makes a block anew. False: no memory. */
bool rp_cohort_make_block(const rp_cohort *cohort, size_t i, rp_arena *arena, rp_block *out);

#endif
