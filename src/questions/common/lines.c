/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which lines of an answer go together, so that none is the people of one practitioner. */
#include "questions/common/lines.h"

#include <assert.h>

void rp_question_whose_add(rp_question_whose *whose, uint32_t practitioner) {
    if (practitioner == RP_NO_ID)
        return;
    whose->several = whose->several || (whose->any && whose->one != practitioner);
    whose->any = true;
    whose->one = practitioner;
}

void rp_question_whose_join(rp_question_whose *whose, const rp_question_whose *other) {
    if (!other->any)
        return;
    bool several = whose->several || other->several || (whose->any && whose->one != other->one);
    *whose = (rp_question_whose){other->one, true, several};
}

bool rp_question_of_one(const rp_question_whose *whose) {
    return whose->any && !whose->several;
}

void rp_question_line_add(rp_question_line *line, const rp_question_whose *whose, bool apart) {
    line->people++;
    rp_question_whose_join(&line->all, whose);
    if (apart)
        rp_question_whose_join(&line->apart, whose);
}

void rp_question_line_join(rp_question_line *line, const rp_question_line *other) {
    line->people += other->people;
    rp_question_whose_join(&line->all, &other->all);
    rp_question_whose_join(&line->apart, &other->apart);
}

bool rp_question_line_of_one(const rp_question_line *line) {
    return rp_question_of_one(&line->all) || rp_question_of_one(&line->apart);
}

void rp_question_lines_add(rp_question_line lines[RP_QUESTION_LINES], uint64_t marks, const rp_question_whose *whose,
                           bool apart) {
    for (size_t i = 0; i < RP_QUESTION_LINES; i++)
        if ((marks & MARK(i)) != 0)
            rp_question_line_add(&lines[i], whose, apart);
}

static rp_question_line sum_of(const rp_question_line *lines, size_t n, uint64_t set) {
    rp_question_line sum = {0};
    for (size_t i = 0; i < n; i++)
        if ((set & MARK(i)) != 0)
            rp_question_line_join(&sum, &lines[i]);
    return sum;
}

/* The line of the fewest people, but of some, that is not in the set; n: there is none. */
static size_t smallest_but(const rp_question_line *lines, size_t n, uint64_t set) {
    size_t found = n;
    for (size_t i = 0; i < n; i++)
        if ((set & MARK(i)) == 0 && lines[i].people > 0 && (found == n || lines[i].people < lines[found].people))
            found = i;
    return found;
}

uint64_t rp_question_lines_together(const rp_question_line *lines, size_t n) {
    assert(n <= RP_QUESTION_LINES);
    uint64_t set = 0;
    for (size_t i = 0; i < n; i++)
        set |= rp_question_line_of_one(&lines[i]) ? MARK(i) : 0;
    for (;;) {
        rp_question_line sum = sum_of(lines, n, set);
        size_t next = smallest_but(lines, n, set);
        if (!rp_question_line_of_one(&sum) || next == n)
            return set;
        set |= MARK(next);
    }
}
