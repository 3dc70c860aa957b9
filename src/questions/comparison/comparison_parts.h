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
    CMP_LEAST_PEOPLE = 10    /* ours: of each arm, in a model */
};

typedef struct cmp_person {
    double first, last; /* NaN: none; `last` is of a later time than `first` */
    int arm;            /* -1: none */
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
} cmp_work;

/* Marks; those of models are CMP_IN_MODEL + kind, those of arms CMP_IN_ARM + arm. */
enum { CMP_HAS_FIRST, CMP_HAS_LAST, CMP_IMPORTANT, CMP_IN_MODEL, CMP_IN_ARM = CMP_IN_MODEL + CMP_KINDS };

/* people, first, important. In arena; false: see *error. */
bool cmp_people_make(cmp_work *work, rp_arena *arena, rp_error *error);
/* Once all marks are set. */
bool cmp_set_make(cmp_work *work, rp_error *error);
/* How much better the last score is than the first. */
double cmp_improvement(const cmp_work *work, const cmp_person *person);

/* All models of an arm; sets marks. */
bool cmp_models_make(cmp_work *work, int arm, rp_arena *arena, cmp_result results[CMP_KINDS], rp_error *error);

void cmp_write_people(cmp_work *work);
void cmp_write_effects(cmp_work *work, int arm, const cmp_result results[CMP_KINDS]);
void cmp_write_important(cmp_work *work, int arm);
void cmp_write_meaning(cmp_work *work, int arm, const cmp_result results[CMP_KINDS]);
void cmp_write_regression(cmp_work *work);
/* Change without a comparator: this service's, beside published ones; and published controlled effects, apart. */
void cmp_write_published(const rp_cohort *cohort, const rp_asked *asked, rp_answer *answer);
void cmp_write_dose(const rp_asked *asked, rp_answer *answer);

/* A statement with what every statement of this question about a measure carries. */
rp_statement *cmp_statement(cmp_work *work, const char *id);
/* Everyone meant for an arm: who a model's numbers are about. They show nothing of how many were measured, and a model
 * of few is not made (CMP_LEAST_PEOPLE). */
rp_count cmp_meant_for(const cmp_work *work, int arm);
const char *cmp_arm(const cmp_work *work, int arm);
/* A statement of another question of this run; NULL: none, or hidden. */
const rp_statement *cmp_quoted(const rp_asked *asked, const char *id, const char *measure, const char *arm);
bool cmp_own(const rp_cohort *cohort); /* is there an arm and a comparator? */

extern const rp_statement_def cmp_statements[];

#endif
