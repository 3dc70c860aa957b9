/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `comparison` share. Private to src/questions/comparison.
 *
 * People count in the arm that they were meant for, whatever they received. An arm is held against the comparator, for
 * one measure at a time; the first score is what is held. */
#ifndef RAPPORT_COMPARISON_PARTS_H
#define RAPPORT_COMPARISON_PARTS_H

#include "questions/common/course_model.h"
#include "questions/common/shared_marks.h"
#include "rapport/models.h"
#include "rapport/questions.h"

enum {
    CMP_MOST_PEOPLE = 10000, /* in models of all scores; more are drawn from: intervals are narrow enough by then */
    CMP_OCCASIONS = 8,       /* later ones that have a model of their own */
    CMP_LEAST_PEOPLE = 10,   /* ours: of each arm, in a model */
    CMP_ORGANISATIONS = 63,  /* told apart at most: as many as their bits among the marks hold */
    CMP_LEAST_POOLED = 3     /* ours: fewer organisations are not pooled */
};
#define CMP_NO_SERVICE UINT32_MAX

typedef struct cmp_person {
    double first, last;    /* NaN: none; `last` is of a later time than `first` */
    int arm;               /* -1: none */
    uint32_t service;      /* row in RP_SERVICES, or CMP_NO_SERVICE */
    uint32_t practitioner; /* of most sessions; RP_NO_ID: none is recorded */
    uint32_t organisation; /* from 1: one of those that are told apart; 0: none of them */
} cmp_person;

/* Models of one arm against the comparator. */
typedef enum cmp_kind { CMP_ALL_LATER, CMP_LAST, CMP_OCCASION, CMP_KINDS = CMP_OCCASION + CMP_OCCASIONS } cmp_kind;
typedef enum cmp_state { CMP_NOT_ASKED, CMP_TOO_FEW, CMP_NOT_FITTED, CMP_FITTED } cmp_state;
typedef struct cmp_result {
    cmp_state state;
    rp_mixed_effect effect;          /* arm less comparator, the first score held */
    rp_mixed_effect milder, severer; /* the same for a first score of one SD to either side of the mean */
    rp_mixed_effect interaction;     /* by how much the effect differs for a point more of the first score */
    const char *why;                 /* of a fit: what a reader has to know; NULL: nothing */
    const char *label;               /* "Last score" */
} cmp_result;

/* A difference from the comparator in these data, in SD, positive is better: beside published ones. */
typedef struct cmp_own_effect {
    const char *who, *of;
    double d, lower, upper;
    rp_count people;
} cmp_own_effect;
typedef struct cmp_own_effects {
    RP_VEC(cmp_own_effect) list;
} cmp_own_effects;

/* One measure. */
typedef struct cmp_work {
    const rp_cohort *cohort;
    const rp_asked *asked;
    rp_answer *answer;
    const rp_frame *stages;
    rp_question_measuring measuring;
    size_t measure;
    const rp_measure *of;
    const rp_scale *scale;
    size_t n_people;
    cmp_person *people; /* of the cohort */
    uint64_t *marks;    /* of each */
    rp_moments first;   /* of everyone with a first score */
    int n_arms;         /* below 2, or without a comparator: no comparison of one's own */
    rp_question_courses courses;
    double important; /* the smallest change that counts as important */
    const char *important_words;
    rp_question_set *set;
    cmp_own_effects own;     /* of all measures so far */
    uint32_t *organisations; /* rows in RP_SERVICES of those told apart, which are called 1, 2 ... */
    size_t n_organisations;
} cmp_work;

/* Marks; those of models are CMP_IN_MODEL + kind, those of arms CMP_IN_ARM + arm, those of what `outcome` tells
 * CMP_TOLD + which. The organisation stands as a number in bits of its own. */
enum { CMP_TOLD_BETTER, CMP_TOLD_RECOVERED, CMP_TOLD_CROSSED, CMP_TOLD_SAME, CMP_TOLD_WORSE, CMP_TOLDS };
enum {
    CMP_HAS_FIRST,
    CMP_HAS_LAST,
    CMP_IMPORTANT,
    CMP_IN_MODEL,
    CMP_IN_ARM = CMP_IN_MODEL + CMP_KINDS,
    CMP_TOLD = CMP_IN_ARM + RP_QUESTION_MOST_ARMS,
    CMP_ORGANISATION = CMP_TOLD + CMP_TOLDS,
    CMP_MARKS = CMP_ORGANISATION + 6
};
_Static_assert((int)CMP_MARKS <= (int)RP_QUESTION_FRAME_BIT, "marks fit below the frame's cell");

/* people, first, important. In arena; false: see *error. */
bool cmp_people_make(cmp_work *work, rp_arena *arena, rp_error *error);
/* Once all marks are set. */
bool cmp_set_make(cmp_work *work, rp_error *error);
/* How much better the last score is than the first. */
double cmp_improvement(const cmp_work *work, const cmp_person *person);

/* What `outcome` tells of change from the first to the last score, and comparison must not be held against: marks, and,
 * of the finished set, the counts as known. */
void cmp_mark_told(cmp_work *work);
void cmp_tell(cmp_work *work);

/* ---- organisations ---- */

/* Chooses those that are told apart, and marks their people. False: see *error. */
bool cmp_organisations_make(cmp_work *work, rp_arena *arena, rp_error *error);
/* Everyone meant for an arm in those organisations for which `in` is true (by number, 0: in none that is told apart).
 */
rp_count cmp_meant_in(const cmp_work *work, int arm, const bool *in);
typedef struct cmp_pool {
    cmp_result *each;               /* of each organisation, as CMP_ALL_LATER */
    double *weights;                /* of each, in per cent; NaN: not in the pool */
    size_t n;                       /* organisations in the pool */
    rp_interval two_stage, another; /* the mean over organisations; the difference of one more. NaN: none */
    double tau, i2;
    rp_mixed_effect one_stage; /* estimate NaN: none */
    double one_stage_tau;
    const char *why; /* there is no estimate in one stage; NULL: there is */
} cmp_pool;
bool cmp_pool_make(cmp_work *work, int arm, rp_arena *arena, cmp_pool *out, rp_error *error);
void cmp_write_pool(cmp_work *work, int arm, const cmp_pool *pool);
/* The model of all later scores of one organisation alone. */
bool cmp_model_within(cmp_work *work, int arm, uint32_t organisation, rp_arena *arena, cmp_result *out,
                      rp_error *error);
/* The rows of that model, of those organisations for which `in` is true (by number); the first column is the arm. */
bool cmp_model_rows(cmp_work *work, int arm, const bool *in, rp_arena *arena, rp_question_model *out, rp_error *error);

/* All models of an arm; sets marks. */
bool cmp_models_make(cmp_work *work, int arm, rp_arena *arena, cmp_result results[CMP_KINDS], rp_error *error);

void cmp_write_people(cmp_work *work);
void cmp_write_effects(cmp_work *work, int arm, const cmp_result results[CMP_KINDS]);
void cmp_write_important(cmp_work *work, int arm);
void cmp_write_meaning(cmp_work *work, int arm, const cmp_result results[CMP_KINDS]);
void cmp_write_regression(cmp_work *work);
/* Change without a comparator: this service's, beside published ones; and differences from a comparator, apart. */
void cmp_write_published(const rp_cohort *cohort, const rp_asked *asked, const cmp_own_effects *own, rp_answer *answer);
void cmp_write_dose(const rp_asked *asked, rp_answer *answer);

/* A statement with what every statement of this question about a measure carries. */
rp_statement *cmp_statement(cmp_work *work, const char *id);
/* Everyone meant for an arm: who a model's numbers are about. They show nothing of how many were measured, and a model
 * of few is not made (CMP_LEAST_PEOPLE). */
rp_count cmp_meant_for(const cmp_work *work, int arm);
const char *cmp_arm(const cmp_work *work, int arm);
/* What the comparator is, as the record says it, to stand after a figure: " Of the comparison: …"; "" where it does
 * not.
 */
const char *cmp_beside(const cmp_work *work);
/* A statement of another question of this run; NULL: none, or hidden. */
const rp_statement *cmp_quoted(const rp_asked *asked, const char *id, const char *measure, const char *arm);
bool cmp_own(const rp_cohort *cohort); /* is there an arm and a comparator? */

extern const rp_statement_def cmp_statements[];

#endif
