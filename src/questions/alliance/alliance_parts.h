/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `alliance` share. Private to src/questions/alliance.
 *
 * A family is one questionnaire by one rater: its scales are of the same people, so that their counts lie in one
 * universe and cannot be played against each other. */
#ifndef RAPPORT_ALLIANCE_PARTS_H
#define RAPPORT_ALLIANCE_PARTS_H

#include "questions/common/frame.h"
#include "questions/common/groups.h"
#include "rapport/models.h"
#include "rapport/questions.h"

/* 4 marks a scale, of RP_QUESTION_FRAME_BIT that there are; no known questionnaire has more. The rest makes a further
 * family. */
enum { ALLIANCE_SCALES = 13, ALLIANCE_SLOTS = 40 /* a longer table is read by nobody */ };

typedef struct alliance_family {
    const rp_cohort *cohort;
    const rp_asked *asked;
    const rp_frame *frame;
    const rp_instrument *instrument;
    const char *rater, *name;         /* "WAI-SR, practitioner": the rater where not the client */
    int rater_column, rater_code;     /* of administrations */
    int item_column, answer_column;   /* of responses */
    const uint32_t *own, *own_starts; /* alliance_gather: administrations; where those of each referral begin */
    size_t measures[ALLIANCE_SCALES]; /* the leading scale first: of the most items */
    size_t n_scales;
    bool by_occasion; /* slots are the cohort's occasions; else sessions by number */
    size_t n_slots;
    bool more_slots; /* there are later ones than the table shows */
} alliance_family;

const rp_scale *alliance_scale(const alliance_family *family, size_t k);
/* What the score of one scale is: not there, below the highest possible one, or that. */
typedef enum alliance_level { ALLIANCE_NONE, ALLIANCE_BELOW, ALLIANCE_HIGHEST } alliance_level;
alliance_level alliance_level_of(const alliance_family *family, size_t k, double score);
/* The slot of a session, or n_slots where the table has none for it. */
size_t alliance_slot(const alliance_family *family, const rp_session *session);
const char *alliance_slot_label(const alliance_family *family, rp_answer *answer, size_t slot); /* "session 3" */

/* ---- moments: over the cohort, mergeable ----------------------------------------------------------- */

typedef struct alliance_scale_moments {
    rp_moments scores;       /* of everyone at every time */
    rp_pair_moments people;  /* x: how many scores, y: their sum */
    const rp_moments *slots; /* n_slots */
    const double *pooled;    /* rp_item_moments of every complete questionnaire */
    const double *within;    /* the same about each person's own means */
} alliance_scale_moments;
/* n_scales of them, in arena; false: see *error. */
bool alliance_moments_make(const alliance_family *family, rp_arena *arena, alliance_scale_moments *out,
                           rp_error *error);
/* Answers to a scale's items in one administration of this family, reversed ones turned; false where one is missing. */
bool alliance_answers(const alliance_family *family, size_t k, uint32_t administration, double *answers);

/* ---- walking over people ------------------------------------------------------------------------------ */

/* A referral with its sessions. */
typedef struct alliance_person {
    const rp_episode *episode;
    const rp_session *sessions;
    size_t n_sessions;
} alliance_person;
/* The next person of a block, {0} before the first; false: there is none. */
bool alliance_next(const rp_block *block, alliance_person *person);
/* Everyone of the cohort in key order. false: see *error. */
bool alliance_walk(const rp_cohort *cohort, void (*visit)(void *context, const alliance_person *person), void *context,
                   rp_error *error);
/* Looks up once which administrations are of this questionnaire by this rater. false: see *error. */
bool alliance_gather(alliance_family *family, rp_arena *arena, rp_error *error);
/* Those of a referral, in order. */
rp_rows alliance_administrations(const alliance_family *family, const rp_episode *episode);

/* ---- people: who stands behind the numbers ---------------------------------------------------------- */

typedef struct alliance_people {
    rp_question_groups whole;  /* by what is said of a person altogether */
    rp_question_groups *slots; /* n_slots: by what is said of a person at that time */
} alliance_people;
bool alliance_people_make(const alliance_family *family, rp_arena *arena, alliance_people *out, rp_error *error);

/* Who is counted, in words of a signature. */
typedef enum alliance_who {
    WHO_ALL,
    WHO_MEASURED, /* a score; in a slot: then */
    WHO_EVER_MEASURED,
    WHO_HIGHEST_LAST, /* the latest score is the highest possible; in a slot: the score then */
    WHO_HIGHEST_EVER, /* at least one score is */
    WHO_COMPLETE,     /* at least one questionnaire with every item of the scale */
    WHO_REPEATED      /* at least two */
} alliance_who;

/* ---- writing ---------------------------------------------------------------------------------------- */

typedef struct alliance_work {
    const alliance_family *family;
    alliance_scale_moments moments[ALLIANCE_SCALES];
    alliance_people people;
    rp_answer *answer;
    rp_universe *universe;
} alliance_work;

rp_count alliance_group_alone(rp_answer *answer, const rp_universe *universe, size_t group);
rp_count alliance_count(rp_answer *answer, const rp_universe *universe, const rp_question_groups *groups, bool slot,
                        size_t k, alliance_who who);

/* People by marks, bits of a signature: each part of the answer has its own, in a universe of its own. What it counts
 * out of (everyone, people measured) is marked in each of them, so that what is left of it is protected there too.
 * `marks` is called by several threads. */
bool alliance_set_make(rp_question_set *set, rp_answer *answer, const alliance_family *family, const char *name,
                       uint64_t (*marks)(const void *context, const alliance_person *person), const void *context,
                       rp_error *error);

/* A statement about scale k; of a family without an instrument: about no measure. */
rp_statement *alliance_statement(rp_answer *answer, const alliance_family *family, const char *id, size_t k,
                                 rp_count part, rp_count whole, rp_interval i);
rp_interval alliance_share(const alliance_family *family, rp_count part, rp_count whole);
/* "<name>: <part> of <whole> <of> (share) <words>." */
typedef struct alliance_saying {
    const char *id, *label, *of, *words, *method;
} alliance_saying;
rp_statement *alliance_say(rp_answer *answer, const alliance_family *family, const alliance_saying *saying,
                           rp_count part, rp_count whole);
const char *alliance_range(rp_answer *answer, const rp_interval *i); /* " (95% interval 1.00 to 2.00)", or "" */
rp_value alliance_number(double num, int decimals, rp_count behind); /* NaN: empty */
rp_value alliance_percent(const alliance_family *family, rp_count part, rp_count whole); /* of nobody: empty */

extern const rp_statement_def alliance_statements[]; /* ended by a NULL id */
void alliance_write_scales(alliance_work *work);
void alliance_write_trajectory(alliance_work *work);
/* Of people, whatever questionnaires they had: `nobody` is a family without an instrument. Nothing where the record has
 * neither goals nor tasks. false: see *error. */
bool alliance_write_goals(const alliance_family *nobody, rp_answer *answer, rp_error *error);
/* Of the client's family; nothing for another one. false: see *error. */
bool alliance_write_agreement(const alliance_family *client, rp_answer *answer, rp_error *error);
bool alliance_write_coverage(alliance_work *work, rp_error *error);
bool alliance_write_circumstances(const alliance_family *family, rp_answer *answer, rp_error *error);
/* What the items measure, and how well: structural equation models of the answers, and dependability over sessions. */
bool alliance_write_measurement(const alliance_family *family, rp_answer *answer, rp_error *error);
bool alliance_write_ruptures(const alliance_family *family, rp_answer *answer, rp_error *error);

#endif
