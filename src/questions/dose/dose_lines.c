/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who gives which step hangs on the practitioner, so that a line of steps can be the people of one practitioner: it
 * would say of that one whom they saw. Lines of one practitioner alone are taken together; where that is still one
 * practitioner, with the next larger line. */
#include "questions/dose/dose_parts.h"

/* Whom the people of a line saw, and those of them who finished, who are told apart. */
typedef struct tally {
    int64_t people;
    dose_seen all, finished;
} tally;

static bool is_of_one(const tally *t) {
    return (t->all.any && !t->all.several) || (t->finished.any && !t->finished.several);
}

static void take(tally *t, const dose_seen *person, bool finished) {
    uint32_t who = person->several ? RP_NO_ID : person->one;
    t->people++;
    dose_see(&t->all, who);
    if (finished)
        dose_see(&t->finished, who);
}

static tally tally_of(const dose_fact *facts, size_t n, uint64_t any) {
    const uint64_t finished = dose_at(2) | OVER;
    tally t = {0};
    for (size_t i = 0; i < n; i++)
        if ((facts[i].marks[STEPS] & any) != 0)
            take(&t, &facts[i].seen, (facts[i].marks[STEPS] & finished) == finished);
    return t;
}

enum { MARKS = RP_QUESTION_FRAME_BIT };

/* The line of the fewest people, but of some; MARKS: there is none. */
static size_t smallest(const tally of[MARKS], uint64_t lines) {
    size_t found = MARKS;
    for (size_t m = 0; m < MARKS; m++)
        if ((lines & MARK(m)) != 0 && of[m].people > 0 && (found == MARKS || of[m].people < of[found].people))
            found = m;
    return found;
}

/* Of disjoint lines those that go together; 0: none. */
static uint64_t together(const dose_fact *facts, size_t n, uint64_t lines) {
    tally of[MARKS] = {0};
    uint64_t merged = 0;
    for (size_t m = 0; m < MARKS; m++)
        if ((lines & MARK(m)) != 0) {
            of[m] = tally_of(facts, n, MARK(m));
            merged |= is_of_one(&of[m]) ? MARK(m) : 0;
        }
    for (;;) {
        tally all = tally_of(facts, n, merged);
        size_t next = smallest(of, lines & ~merged);
        if (!is_of_one(&all) || next == MARKS)
            return merged;
        merged |= MARK(next);
    }
}

#define LINES(first, n) ((first) * (MARK(n) - 1)) /* n marks from this one on */

uint64_t dose_hide_practitioners(dose_fact *facts, size_t n) {
    static const struct {
        uint64_t lines, other;
    } ways[] = {
        {LINES(GIVEN(0), INTENSITIES), OTHER_GIVEN},
        {LINES(STEPPING(0), STEPPINGS), OTHER_STEPPING},
        {LINES(INTENDED(0), DOSE_INTENDED), OTHER_INTENDED},
    };
    enum { WAYS = sizeof ways / sizeof *ways };
    tally not_all = tally_of(facts, n, NOT_ALL);
    uint64_t hidden = is_of_one(&not_all) ? NOT_ALL : 0;
    for (size_t w = 0; w < WAYS; w++) {
        uint64_t merged = together(facts, n, ways[w].lines);
        hidden |= merged;
        for (size_t i = 0; i < n; i++)
            facts[i].marks[STEPS] |= (facts[i].marks[STEPS] & merged) != 0 ? ways[w].other : 0;
    }
    for (size_t i = 0; i < n; i++)
        facts[i].marks[STEPS] &= ~hidden;
    return hidden;
}

bool dose_logs_are_of_one(const dose_fact *facts, size_t n) {
    tally t = {0};
    for (size_t i = 0; i < n; i++)
        if (facts[i].seen_by_log.any)
            take(&t, &facts[i].seen_by_log, false);
    return is_of_one(&t);
}
