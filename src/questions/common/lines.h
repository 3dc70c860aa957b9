/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No line of an answer may be the people of one practitioner: it would say of that one whom they saw, or how they work.
 * Lines of one practitioner alone are told together; where that is still one practitioner, with the next larger line.
 * What makes people one practitioner's is for each question to say. Private to src/questions. */
#ifndef RAPPORT_QUESTIONS_LINES_H
#define RAPPORT_QUESTIONS_LINES_H

#include "questions/common/groups.h"

/* Whose people: of nobody who is recorded, of one practitioner, or of several. Zero is of nobody. */
typedef struct rp_question_whose {
    uint32_t one; /* one of them */
    bool any, several;
} rp_question_whose;
/* One practitioner more; RP_NO_ID changes nothing. */
void rp_question_whose_add(rp_question_whose *whose, uint32_t practitioner);
void rp_question_whose_join(rp_question_whose *whose, const rp_question_whose *other);
bool rp_question_of_one(const rp_question_whose *whose);

/* Zero is a line of no people. */
typedef struct rp_question_line {
    int64_t people;
    rp_question_whose all, apart; /* `apart`: of those of its people who are told apart from the rest, too */
} rp_question_line;
void rp_question_line_add(rp_question_line *line, const rp_question_whose *whose, bool apart);
void rp_question_line_join(rp_question_line *line, const rp_question_line *other);
/* Are all its people those of one practitioner, or those who are told apart? */
bool rp_question_line_of_one(const rp_question_line *line);

/* A line for each mark. A person is in all those whose mark they have. */
enum { RP_QUESTION_LINES = RP_QUESTION_FRAME_BIT };
void rp_question_lines_add(rp_question_line lines[RP_QUESTION_LINES], uint64_t marks, const rp_question_whose *whose,
                           bool apart);

/* Of n lines, RP_QUESTION_LINES at most, those that go together, MARK(i) for line i: those of one practitioner, and as
 * many more as it takes, fewest people first, those of nobody left out. 0: none need to. All lines together may still
 * be of one practitioner. */
uint64_t rp_question_lines_together(const rp_question_line *lines, size_t n);

#endif
