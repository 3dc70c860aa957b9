/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `published` share. Private to src/questions/published.
 *
 * A subject is an organisation (or a group of England's referrals) in one period, with the figures that are published
 * of it, each as the interval that its printing allows. A rate is one of these counts over another. Counts of this
 * question are of referrals, and are public already: they stand in no universe, and nothing of them is hidden. */
#ifndef RAPPORT_PUBLISHED_PARTS_H
#define RAPPORT_PUBLISHED_PARTS_H

#include "rapport/models.h"
#include "rapport/questions.h"

typedef enum published_measure {
    REFERRED,
    ENTERED,
    SECOND,
    ENDED,
    ENDED_BEFORE,
    ENDED_ONCE,
    FINISHED,
    COURSES, /* of one therapy */
    CASES,
    NOT_CASES,
    IMPROVED,
    UNCHANGED,
    DETERIORATED,
    RECOVERED,
    RELIABLY_RECOVERED,
    WITHIN_6_WEEKS,
    WITHIN_18_WEEKS,
    MEASURES,
    CHANGE_NOT_KNOWN = MEASURES /* what the three kinds of change leave of those who finished; nobody publishes it */
} published_measure;
const char *published_measure_words(published_measure measure); /* "referrals received" */

/* A count that is known to lie between two. */
typedef struct published_count {
    bool known, hidden; /* hidden: a suppressed figure is in it */
    int64_t low, high;
} published_count;

typedef struct published_figure {
    const char *printed; /* NULL: not published */
    double low, high;
} published_figure;

typedef struct published_subject {
    const char *period, *kind, *code, *name, *group;
    bool national, total; /* of England; of everyone, not a group */
    published_figure counts[MEASURES], shares[MEASURES];
} published_subject;

typedef struct published_data {
    published_subject **subjects; /* by kind, name, code, group, period */
    size_t n;
    bool differs; /* a figure was published twice, and not the same */
} published_data;

/* false: see *error. */
bool published_data_read(const rp_record *record, rp_arena *arena, published_data *out, rp_error *error);

/* ---- rates ---- */

typedef enum published_base { OF_CASES, OF_FINISHED, OF_ENTERED, OF_REFERRED } published_base;

typedef struct published_rate {
    const char *id;
    published_measure count;
    published_base base;
    const char *words; /* "recovered" */
    bool published;    /* as a percentage too, of this denominator */
    bool headline;
} published_rate;
extern const published_rate published_rates[];
extern const size_t published_n_rates;

/* "Recovery, of all who finished" */
const char *published_label(rp_answer *answer, const published_rate *rate);

/* Those who are referred and those who finish in one year are two cohorts: their ratio is no share of anyone. */
bool published_is_ratio(const published_rate *rate);
published_count published_base_of(const published_subject *subject, published_base base);
const char *published_base_words(const published_subject *subject, published_base base);

typedef enum published_check { NOT_COMPARED, AGREES, DIFFERS } published_check;

typedef struct published_result {
    bool known; /* both counts are published, and the second is not surely zero */
    published_count x, n;
    rp_bounded_rate rate;            /* of a ratio: low and high alone */
    const published_figure *printed; /* the percentage, as published; NULL: none of this denominator */
    published_check check;           /* does it lie where the counts say? */
} published_result;
published_result published_rate_of(const published_subject *subject, const published_rate *rate, double level);

/* ---- the answer ---- */

typedef struct published_work {
    const rp_published_asked *asked;
    published_data data;
    const char *latest; /* the last period of England, or of all where England is not there */
    rp_answer *answer;
} published_work;

extern const char published_every_period[]; /* "all" */

/* Subjects that stand beside one another: organisations of one kind, or groups of England's referrals. */
typedef struct published_set {
    const char *title, *slug; /* "Provider", "provider" */
    bool groups;
    const char *period;                 /* that is shown; of several, the last, which is the funnel's */
    const published_subject **subjects; /* in alphabetical order */
    size_t n;
} published_set;

/* A funnel of one rate of one set. */
typedef struct published_funnel {
    rp_funnel model;
    const char *period; /* NULL: there is no funnel */
    size_t hidden;      /* units left out because a figure of theirs is suppressed */
} published_funnel;
/* Which limits the unit lies beyond, whatever it was rounded from; "" where it is not judged. */
const char *published_funnel_place(const published_work *work, const published_funnel *funnel,
                                   const published_subject *subject, const published_rate *rate);
/* The funnel of a rate of a set, with its chart (whose numbers stand in the table of that id) and its statement. */
published_funnel published_write_funnel(published_work *work, const published_set *set, const published_rate *rate,
                                        const char *table_id);

void published_say_england(published_work *work);
void published_say_agreement(published_work *work);
void published_write_trend(published_work *work);
void published_write_sets(published_work *work);
void published_write_held(published_work *work);
void published_write_caveats(published_work *work);

extern const rp_statement_def published_statements[];

#endif
