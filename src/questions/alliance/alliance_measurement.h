/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files share that ask what the alliance's items measure, and how well: structural equation models of the
 * answers to the leading scale. docs/alliance.md says which, and by which rules. Private to src/questions/alliance. */
#ifndef RAPPORT_ALLIANCE_MEASUREMENT_H
#define RAPPORT_ALLIANCE_MEASUREMENT_H

#include "questions/alliance/alliance_parts.h"
#include "rapport/sem.h"

/* Ours, all of them; docs/alliance.md. */
enum {
    MEASURED_LEAST_PEOPLE = 100,    /* of a model, and of each group that is compared */
    MEASURED_LEAST_A_PARAMETER = 5, /* people for each parameter beside the items' means */
    MEASURED_MOST_PEOPLE = 10000,   /* of more, every so-manieth is taken */
    MEASURED_SESSIONS = 5,          /* the first so many are looked at */
    MEASURED_LEAST_ITEMS = 4,       /* of one factor: with fewer there is nothing that could fail to fit */
    MEASURED_LEAST_OF_PART = 3
};

typedef enum alliance_part { PART_TASK, PART_GOAL, PART_BOND, PARTS } alliance_part;
extern const char *const alliance_part_names[PARTS]; /* as scales are called, and factors */

/* What people are told apart by, each with the groups of its own; 0 is for those of none. */
typedef enum alliance_grouping {
    BY_INTENSITY,
    BY_LANGUAGE,
    BY_ETHNICITY,
    BY_MODE,
    BY_PRESENCE,
    GROUPINGS
} alliance_grouping;
const char *alliance_grouping_title(alliance_grouping grouping);
const char *alliance_grouping_id(alliance_grouping grouping);
enum { MOST_GROUPED = 8 };
/* Groups are numbered from 1; NULL: there is none of this number. */
const char *alliance_group_words(alliance_grouping grouping, size_t group);

/* Answers to the leading scale's items, session by session. Of each session the latest questionnaire that has any
 * answers. All in the order of the cohort. */
typedef struct alliance_rows {
    const alliance_family *family;
    size_t p;                           /* items of the leading scale */
    const char *const *names;           /* as the models call them: "item_4" */
    const int *parts;                   /* of each item: an alliance_part; -1: of none */
    bool has_parts;                     /* each part has items enough, and no item lacks a part */
    size_t n_people, one_in;            /* with a row; 1: all of them, else every one_in-th */
    const size_t *starts;               /* n_people + 1 */
    const uint32_t *referral;           /* of each person */
    const uint32_t *slot;               /* of each row; those of a person rise */
    const double *answers;              /* p of each row, reversed ones turned; NaN: not answered */
    const uint8_t *group;               /* GROUPINGS of each row */
    size_t slots;                       /* of the first MEASURED_SESSIONS that there are */
    size_t complete[MEASURED_SESSIONS]; /* people who answered every item then */
    size_t chosen;                      /* the slot with the most of them */
    const char *when;                   /* "session 3" */
} alliance_rows;
/* In arena; false: see *error. n_people 0: there are no answers. */
bool alliance_rows_make(const alliance_family *family, rp_answer *answer, alliance_rows *out, rp_error *error);
/* The row of a person at a slot; SIZE_MAX: none. */
bool alliance_row_is_complete(const alliance_rows *rows, size_t row); /* SIZE_MAX: no */
size_t alliance_row_at(const alliance_rows *rows, size_t person, size_t slot);

/* ---- models ------------------------------------------------------------------------------------------- */

typedef enum alliance_model {
    MODEL_ONE,
    MODEL_TWO, /* bond; task and goal */
    MODEL_THREE,
    MODEL_SECOND_ORDER,
    MODEL_BILEVEL,
    MODELS
} alliance_model;
#define FREE_MODELS MODEL_SECOND_ORDER                  /* those before it have no general factor beside others */
const char *alliance_model_title(alliance_model model); /* "three factors" */
void alliance_model_text(const alliance_rows *rows, alliance_model model, rp_buf *out);
rp_sem_rules alliance_model_rules(alliance_model model);

/* Which rows, by number: one of each person, or two, whose items are variables of their own. */
typedef struct alliance_choice {
    const size_t *which[2]; /* n each; the second NULL: one row a person */
    size_t n;
    const char *const *names;  /* of all variables; NULL: as the rows have them */
    const uint32_t *group;     /* of each person; NULL: no groups */
    const char *const *groups; /* names */
    size_t n_groups;
    const uint64_t *cluster; /* two levels: whose row it is, of complete rows; n_clusters of them. NULL: one level */
    size_t n_clusters;
} alliance_choice;
typedef struct alliance_sample {
    size_t n; /* people */
    rp_sem_layout layout;
    rp_sem_stats *stats;
} alliance_sample;
/* In arena, borrowing the names; NULL: see *error. */
alliance_sample *alliance_sample_make(const alliance_rows *rows, const alliance_choice *choice, rp_arena *arena,
                                      rp_error *error);

/* A fit with what is said of it. Without a fit the message says why there is none. */
typedef struct alliance_fit {
    rp_sem_fit *fit;
    rp_sem_measures measures; /* where it is estimated */
    const char *message;      /* "fitted", "not fitted: fewer than 180 people" */
    bool estimated, usable;   /* usable: and every value is possible */
} alliance_fit;
/* By FIML. `whatever_size`: the rule of so many people a parameter has been looked at. False: see *error. */
bool alliance_fit_make(const alliance_sample *sample, const rp_buf *text, const rp_sem_rules *rules, bool whatever_size,
                       rp_arena *arena, alliance_fit *out, rp_error *error);
/* By the usual convention: "fits well", "does not fit well (CFI, RMSEA)". */
const char *alliance_fit_verdict(rp_answer *answer, const rp_sem_measures *m);
/* "by the usual convention ... it fits well", with the figures; a sentence without its first word's capital. */
const char *alliance_fit_words(rp_answer *answer, const rp_sem_measures *m);

/* ---- who stands behind ------------------------------------------------------------------------------------ */

/* Marks of a person: measured at all; in the models at the stated session; with every item then; in the models of two
 * sessions; measured twice; with every item at some session, and at two; from FIRST_GROUP_MARK on, the groups of each
 * grouping. */
enum {
    MARK_SCORED,
    MARK_MODELLED,
    MARK_COMPLETE,
    MARK_BOTH_SESSIONS,
    MARK_RATED_TWICE,
    MARK_COMPLETE_EVER,
    MARK_COMPLETE_TWICE,
    FIRST_GROUP_MARK,
    GROUP_MARKS = GROUPINGS * MOST_GROUPED
};
typedef struct alliance_measured {
    const alliance_rows *rows;
    rp_question_set set;
    bool compared[GROUPINGS][MOST_GROUPED + 1]; /* groups that are large enough, of groupings that have two such */
    size_t earlier, later;                      /* slots of the models of two sessions; later 0: none */
} alliance_measured;
uint64_t alliance_group_mark(alliance_grouping grouping, size_t group); /* group 0: no mark */

/* Parts of it; false: see *error. *simple: the best of the models without a general factor beside others; MODELS: no
 * model can be used. */
bool alliance_write_factors(const alliance_measured *measured, alliance_model *simple, rp_error *error);
bool alliance_write_invariance(const alliance_measured *measured, alliance_model simple, rp_error *error);
bool alliance_write_two_levels(const alliance_measured *measured, rp_error *error);
bool alliance_write_over_sessions(const alliance_measured *measured, alliance_model simple, rp_error *error);
bool alliance_write_dependability(const alliance_measured *measured, rp_error *error);

#endif
