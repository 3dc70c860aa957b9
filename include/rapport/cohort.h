/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 5, record: the cohort, two views of a sealed record, made nowhere else: episodes (one a referral) and sessions
 * (one an attended contact, or an occasion where there are no contacts), in blocks of whole referrals in the order of
 * their keys. Statistics of blocks merge over a fixed tree (rp_cohort_fold). */
#ifndef RAPPORT_COHORT_H
#define RAPPORT_COHORT_H

#include "rapport/record.h"

/* "No record" is never "no". */
typedef enum rp_known { RP_NOT_KNOWN = 0, RP_NO, RP_YES } rp_known;

typedef enum rp_cohort_event {
    RP_COHORT_REFERRED,
    RP_COHORT_ASSESSED,
    RP_COHORT_ENTERED,
    RP_COHORT_ENDED
} rp_cohort_event;
const char *rp_cohort_event_name(rp_cohort_event event); /* "referred" ... */
bool rp_cohort_event_parse(const char *word, rp_cohort_event *out);

typedef struct rp_cohort_options {
    rp_cohort_event event; /* who is in: this happened, between from and to */
    rp_date from, to;      /* RP_NO_DATE: open */
    double horizon_weeks;  /* NaN: not given */
    size_t block_size;     /* referrals in a block; 0: 4096. Tests use small ones */
} rp_cohort_options;

/* A thing measured: one scale of one instrument by one rater. */
typedef struct rp_measure {
    const rp_instrument *instrument;
    int scale;
    const char *rater; /* code text: "client" */
    const char *name;  /* "BDI-II" or "WAI-SR task, client": short title, scale where there are several, rater
                        * where not the client */
    int64_t n_scores;
} rp_measure;

/* Is this what a person means by `word`: the measure's name, the instrument's name or its short title; any case. */
bool rp_measure_is(const rp_measure *measure, const char *word);

/* One score of one person. Of these a service has more than of anything else: keep it small. */
typedef struct rp_point {
    rp_date date;     /* RP_NO_DATE where only the occasion is known */
    int32_t occasion; /* RP_NO_OCCASION where only the date is known */
    double value;
    uint32_t administration; /* its row in RP_ADMINISTRATIONS */
    bool prorated, supplied;
} rp_point;
typedef struct rp_series {
    const rp_point *points; /* in order of (date, occasion, key) */
    uint32_t n;
} rp_series;

/* ---- the national rule: the PHQ-9 and one measure of anxiety together ----------------------------- */

/* Why a flag is not known: the first of these that holds. */
typedef enum rp_national_why {
    RP_NATIONAL_KNOWN,
    RP_NATIONAL_NO_PHQ9,    /* no score of the PHQ-9 */
    RP_NATIONAL_NO_ANXIETY, /* no score of the anxiety measure that counts */
    RP_NATIONAL_ONE_PHQ9,   /* a first score and no later one */
    RP_NATIONAL_ONE_ANXIETY,
    RP_NATIONAL_NO_CUTOFF,    /* one of the two has no cut-off for caseness */
    RP_NATIONAL_NO_THRESHOLD, /* one of the two has no threshold of reliable change */
    RP_NATIONAL_WHYS
} rp_national_why;
const char *rp_national_why_words(rp_national_why why); /* "no score of the PHQ-9"; "" where it is known */

typedef struct rp_national_flag {
    rp_known is;
    rp_national_why why; /* RP_NATIONAL_KNOWN just where `is` is known */
} rp_national_flag;

/* First and last scores of one measure of one person, with the figures that judge them. */
typedef struct rp_national_scores {
    const rp_change_rule *rule; /* its cut-off and its fixed threshold are used; NULL: no measure */
    bool higher_is_worse;
    double first, last; /* NaN: none; last NaN where there is one score alone */
} rp_national_scores;

typedef struct rp_national_flags {
    rp_national_flag case_at_start; /* either first score at caseness; both are needed */
    rp_national_flag case_at_end;
    rp_national_flag recovered; /* a case at the start and not at the end; known not to be, for no case at the start */
    rp_national_flag improved;  /* reliably, on one of the two, and not reliably worse on the other */
    rp_national_flag deteriorated;
    rp_national_flag reliably_recovered; /* recovered and improved */
} rp_national_flags;
/* Source: NHS England, IAPT v2.0 monthly metadata M279 to M281 and annual metadata 2024-25;
 * docs/national-definitions.md has the rule in words, and where it departs. Nothing but its arguments decides. */
rp_national_flags rp_national_judge(const rp_national_scores *phq9, const rp_national_scores *anxiety);

/* The rule's figures are dated rows: from and to, both inclusive, RP_NO_DATE where open. They hold at the end of a
 * referral; one that has not ended, or has no date, goes by the rows that have no end. */
typedef struct rp_national_descriptor {
    const char *begins; /* a problem's code without points: "F431" */
    bool whole;         /* it is all of the code (SNOMED CT), not its beginning */
    const char *instrument;
    rp_date from, to;
} rp_national_descriptor;
typedef struct rp_national_threshold {
    const char *instrument;
    rp_date from, to;
    double caseness, reliable_change; /* at or past it; NaN: not known */
    const char *caseness_source, *change_source;
    bool caseness_confirmed, change_confirmed; /* somebody has read the source */
} rp_national_threshold;
enum { RP_NATIONAL_DESCRIPTORS = 10, RP_NATIONAL_THRESHOLDS = 12 };
const rp_national_descriptor *rp_national_descriptor_at(size_t i); /* NULL past the end */
const rp_national_threshold *rp_national_threshold_at(size_t i);
/* Which row holds on a date; -1: none. `problem` may be NULL. */
int rp_national_descriptor_on(const char *problem, rp_date on);
int rp_national_threshold_on(const char *instrument, rp_date on);
/* The instrument that counts for a problem descriptor on a date, "pcl-5" for F43.1; "gad-7" for any other, for NULL,
 * and where no row holds. */
const char *rp_national_instrument(const char *problem, rp_date on);

/* Problem descriptors in the groups of the national tables (NHS England, monthly metadata, breakdown V011;
 * docs/national-definitions.md). */
typedef enum rp_problem_group {
    RP_PROBLEM_NOT_RECORDED,
    RP_PROBLEM_DEPRESSION,
    RP_PROBLEM_ANXIETY,
    RP_PROBLEM_UNEXPLAINED,
    RP_PROBLEM_OTHER_MENTAL,
    RP_PROBLEM_OTHER,
    RP_PROBLEM_GROUPS
} rp_problem_group;
rp_problem_group rp_national_problem_group(const char *problem); /* NULL, or empty: not recorded */
/* "F43.1" and "f431" are one code, which falls under "F43": ICD-10 under what it begins with. A code of SNOMED CT is
 * all of it. `under` has no points and is in capitals. No problem (NULL) is under none. */
bool rp_problem_is_under(const char *problem, const char *under);
const char *rp_problem_group_words(rp_problem_group group); /* "anxiety and stress" */

typedef struct rp_national {
    int phq9, anxiety; /* measures of the cohort, rated by the client, whose scores count; -1: the record has none */
    rp_problem_group problem; /* of the descriptor that decides which measure of anxiety counts */
    int descriptor; /* row of the descriptor, which has a measure of its own; -1: none, so that the GAD-7 counts */
    int own;        /* the cohort's measure of that row; -1: none, or the record has no score on it */
    rp_national_flags flags;
} rp_national;

/* One referral. */
typedef struct rp_episode {
    uint32_t row; /* in RP_REFERRALS */
    const char *id;
    int arm; /* index into rp_cohort_arm; -1: none */
    rp_date received, ended;
    rp_known assessed, entered, finished, over; /* finished: ended after two or more treatment contacts; over: ended */
    int attended, treated;                      /* contacts; -1 where the record has no contacts */
    rp_known followed_up;                       /* an attended follow-up contact after the last treatment contact */
    /* First attended assessment; first, second and last treatment contact. RP_NO_DATE where there was none, or where
     * one of them has no date, so that it is not known which came first. */
    rp_date assessed_on, treated_on, second_treated_on, last_treated_on;
    int64_t assessment;      /* row in RP_CONTACTS of the first attended assessment; of several on one day the first in
                              * the record's order. -1: none, or several of which one has no date */
    const rp_series *series; /* one for each measure of the cohort */
    rp_national national;
} rp_episode;

/* One attended contact, or one occasion of administration where there are no contacts. */
typedef struct rp_session {
    uint32_t episode; /* index in the block */
    uint32_t number;  /* from 1, within the episode */
    rp_date date;
    int32_t occasion;
    double days;          /* since the episode's first session; NaN */
    int64_t contact;      /* row in RP_CONTACTS, or -1 */
    const double *values; /* one for each measure of the cohort, NaN where not measured then */
} rp_session;

/* What is on record of a practitioner's qualifications at a date. */
typedef enum rp_qualified {
    RP_QUALIFIED_NO_RECORD, /* nothing of this practitioner */
    RP_QUALIFIED_LATER,     /* awarded later or planned for later, and nothing else */
    RP_QUALIFIED_NO_DATE,   /* some of which it is not known whether they were awarded by then, and none that was */
    RP_QUALIFIED_HELD       /* at least one was awarded by then */
} rp_qualified;

/* Who held the first attended assessment, by their status at its date (docs/assessor.md). Statuses of one practitioner
 * that overlap and contradict each other leave it not known. */
typedef struct rp_assessor {
    uint32_t practitioner; /* id, as the contact has it; RP_NO_ID: none is recorded */
    int role;              /* index into the codes of practitioners.role; -1: not known */
    rp_known in_training;  /* RP_NOT_KNOWN where no status of that date says */
    rp_qualified qualified;
    uint64_t held; /* bit i: the level of index i in the codes of qualifications.level was awarded by then */
} rp_assessor;

/* Up to block_size whole referrals in key order, with their sessions. Lives in the arena it was made in. */
typedef struct rp_block {
    size_t first; /* number of its first episode in the cohort */
    const rp_episode *episodes;
    size_t n_episodes;
    const rp_session *sessions;
    size_t n_sessions;
} rp_block;

typedef struct rp_cohort rp_cohort;
/* Chooses who is in; the record is borrowed and sealed. In arena. */
rp_cohort *rp_cohort_new(const rp_record *record, const rp_cohort_options *options, rp_arena *arena,
                         rp_error *error) RP_MUST_CHECK;
const rp_record *rp_cohort_record(const rp_cohort *cohort);
const rp_cohort_options *rp_cohort_chosen(const rp_cohort *cohort);
size_t rp_cohort_episodes(const rp_cohort *cohort);
/* Referrals of the record that are not in, and why: their event did not happen, or not in the window, or cannot be
 * known (no date). */
size_t rp_cohort_left_out(const rp_cohort *cohort, bool not_known);
size_t rp_cohort_measures(const rp_cohort *cohort);
const rp_measure *rp_cohort_measure(const rp_cohort *cohort, size_t i); /* by instrument, scale, rater */
size_t rp_cohort_arms(const rp_cohort *cohort);
const char *rp_cohort_arm(const rp_cohort *cohort, size_t i); /* the comparator first, then byte order */
/* Occasions at which any measure was taken, in order; none where the record goes by dates alone. */
size_t rp_cohort_occasions(const rp_cohort *cohort);
const rp_occasion *rp_cohort_occasion(const rp_cohort *cohort, size_t i); /* label never NULL: "occasion 3" */
bool rp_cohort_has_contacts(const rp_cohort *cohort);
/* Was the client seen at it, or was it not planned? (National rule; docs/national-definitions.md) */
bool rp_cohort_contact_attended(const rp_cohort *cohort, uint32_t contact);
/* Does an administration of the same referral belong to this session? To a contact: the one that it names, or, where it
 * names none, that of its date. To an occasion: of the same date and number. */
bool rp_cohort_in_session(const rp_cohort *cohort, const rp_session *session, size_t administration);

/* The measure of a score row of an administration, whether or not it has a value; -1: none of the cohort's. */
int rp_cohort_measure_of(const rp_cohort *cohort, size_t administration, size_t score);

/* One treatment session of an episode: a treatment contact, or a completed internet log. */
typedef struct rp_treatment {
    uint32_t number; /* from 1 */
    rp_date date;
    int64_t contact, log; /* a row in RP_CONTACTS, or one in RP_INTERNET_LOGS; -1 */
    size_t contacts;      /* the episode's contacts that have been looked at */
    rp_date logs_date;    /* of the last log that was met, and its row */
    int64_t logs_row;
} rp_treatment;
/* Moves to the next of the episode->treated sessions, from {0} to the first; false: there is none. In order of dates,
 * a contact before a log of the same day; contacts of one day, and without dates, in the record's order. */
bool rp_cohort_next_treatment(const rp_cohort *cohort, const rp_episode *episode, rp_treatment *treatment);
/* Is it known which of them was first, second and so on? Not where some have a date and some have not. */
bool rp_cohort_treatments_in_order(const rp_cohort *cohort, const rp_episode *episode);

/* The code of the problem that counts for a referral, a row in RP_REFERRALS: primary before secondary before unranked;
 * then the latest, and of one day the last in order (M203). Where the table of problems has none, the referral's own.
 * NULL: none is recorded. Borrowed from the record. O(problems of the referral). */
const char *rp_cohort_problem(const rp_cohort *cohort, uint32_t referral);

/* Steps of what was given, as bits; 0: not known. */
enum { RP_STEP_LOW = 1, RP_STEP_HIGH = 2, RP_STEP_NEITHER = 4 };
/* Of a therapy code (SNOMED CT), by the list of the schema; NULL: not known. */
unsigned rp_therapy_step(const char *therapy);
/* Of an activity, a row in RP_ACTIVITIES, by its therapy. */
unsigned rp_cohort_activity_step(const rp_cohort *cohort, size_t activity);
/* Of a session: those of its activities together; an internet log is high (docs/national-definitions.md). */
unsigned rp_cohort_treatment_steps(const rp_cohort *cohort, const rp_treatment *treatment);
/* The dates of an episode's treatment contacts, those without a date not among them: how many there are. Where
 * there is room for all, `out` has them in order. */
size_t rp_cohort_treatment_dates(const rp_cohort *cohort, const rp_episode *episode, rp_date *out, size_t room);

/* Of an episode without a known first assessment: all not known. O(statuses and qualifications of one practitioner). */
rp_assessor rp_cohort_assessor(const rp_cohort *cohort, const rp_episode *episode);

/* When a score was given, in months since the first of its series: from dates, or the occasion's own; NaN: not known.
 */
double rp_cohort_months(const rp_cohort *cohort, const rp_series *series, size_t point);

size_t rp_cohort_blocks(const rp_cohort *cohort);
/* Block i, in arena. */
bool rp_cohort_block(const rp_cohort *cohort, size_t i, rp_arena *arena, rp_block *out, rp_error *error) RP_MUST_CHECK;

/* Statistics over a cohort: plain memory of `size` bytes whose zero is the identity of merge. Blocks are prepared apart
 * and merged over a fixed binary tree by block number, so that the result has the same bits for any number of threads.
 */
typedef struct rp_fold {
    size_t size;
    void (*prepare)(void *statistics, const rp_block *block, const void *context);
    void (*merge)(void *into, const void *other, const void *context);
    const void *context;
} rp_fold;
bool rp_cohort_fold(const rp_cohort *cohort, const rp_fold *fold, int threads, void *out,
                    rp_error *error) RP_MUST_CHECK;

#endif
