/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many treatment sessions people had, as marks (groups.h), and what is told of it. Universes that mark people so
 * are all told the same in the same order: so it is known in all of them or in none. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_SESSIONS_H
#define RAPPORT_QUESTIONS_SESSIONS_H

#include "questions/common/endings.h"
#include "questions/common/groups.h"

enum { RP_QUESTION_THRESHOLDS = 14 };
/* The mark of so many sessions or more, which is one of the thresholds, 1 to 13 and 15 (assert). */
uint64_t rp_question_at(unsigned sessions);
uint64_t rp_question_at_all(unsigned sessions);       /* all marks of so many sessions */
#define RP_QUESTION_OVER MARK(RP_QUESTION_THRESHOLDS) /* the referral has ended */
/* How it ended, of those whose referral has ended, in universes that tell of it; in others these marks are their own.
 */
#define RP_QUESTION_ENDED(ending) MARK(RP_QUESTION_THRESHOLDS + 1 + (ending))
enum { RP_QUESTION_AFTER_ENDINGS = RP_QUESTION_THRESHOLDS + 1 + ENDINGS };
enum { RP_QUESTION_AFTER_SESSIONS = RP_QUESTION_THRESHOLDS + 1 }; /* from here on a universe's own marks */

/* Sessions in classes: so many, up to before the next. */
enum { RP_QUESTION_BINS = 6 };
typedef struct rp_question_bin {
    unsigned from, below; /* below 0: no end */
    const char *title;
} rp_question_bin;
extern const rp_question_bin rp_question_bins[RP_QUESTION_BINS];
uint64_t rp_question_below(size_t bin); /* the mark that its people lack; 0: none */

/* Sessions after which it is told who stopped. */
enum { RP_QUESTION_STOPS = 7 };
extern const unsigned rp_question_stops[RP_QUESTION_STOPS];

/* Tells a universe what answers say of sessions and of endings; `ends`: the record has dates of ending. */
void rp_question_tell_sessions(const rp_question_set *set, bool ends);
/* Those whose referral has ended in one of these ways (RP_QUESTION_ENDED) after no fewer sessions than `from` and no
 * more than `to`, which is up to 12. */
rp_count rp_question_ended(const rp_question_set *set, unsigned from, unsigned to, uint64_t ways);

/* Endings in the classes in which `dropout` follows them, each of one way or several: what they have in common. */
typedef enum rp_question_way { WAY_LEFT, WAY_AGREED, WAY_OTHER, WAY_NOT_RECORDED, WAYS_OF_ENDING } rp_question_way;
extern const uint64_t rp_question_ways[WAYS_OF_ENDING]; /* marks RP_QUESTION_ENDED */
enum { RP_QUESTION_FOLLOWED = 12 };                     /* sessions after which they are told */

/* After rp_question_tell_sessions: tells a universe of the frame of endings how it ended after each session, as `dose`
 * and `dropout` say. */
void rp_question_tell_endings(const rp_question_set *set);

#endif
