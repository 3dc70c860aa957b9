/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No line of who assessed may be the people of one practitioner: it would say of that one whom they saw. Disjoint lines
 * of one practitioner alone are taken together; where that is still one practitioner, with the next larger line. A
 * level of qualification is left out where one practitioner alone has it, or is what it leaves of those with any. */
#include "questions/assessor/assessor_parts.h"

/* The people of a line, and whether one practitioner alone assessed them. */
typedef struct tally {
    int64_t people;
    uint32_t one; /* of its practitioners */
    bool several;
} tally;

static void take(tally *t, uint32_t practitioner) {
    t->several = t->several || (t->people > 0 && t->one != practitioner);
    t->one = practitioner;
    t->people++;
}

static bool is_of_one(const tally *t) {
    return t->people > 0 && !t->several;
}

/* Those with a mark of `any` and none of `lacks`. */
static tally tally_of(const assessor_fact *facts, size_t n, uint64_t any, uint64_t lacks) {
    tally t = {0};
    for (size_t i = 0; i < n; i++)
        if ((facts[i].who & any) != 0 && (facts[i].who & lacks) == 0)
            take(&t, facts[i].practitioner);
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
static uint64_t together(const assessor_fact *facts, size_t n, uint64_t lines) {
    tally of[MARKS] = {0};
    uint64_t merged = 0;
    for (size_t m = 0; m < MARKS; m++)
        if ((lines & MARK(m)) != 0) {
            of[m] = tally_of(facts, n, MARK(m), 0);
            merged |= is_of_one(&of[m]) ? MARK(m) : 0;
        }
    for (;;) {
        tally all = tally_of(facts, n, merged, 0);
        size_t next = smallest(of, lines & ~merged);
        if (!is_of_one(&all) || next == MARKS)
            return merged;
        merged |= MARK(next);
    }
}

static uint64_t levels_left_out(const assessor_fact *facts, size_t n) {
    uint64_t out = 0;
    for (size_t m = 0; m < MARKS; m++) {
        if ((LEVELS & MARK(m)) == 0)
            continue;
        tally with = tally_of(facts, n, MARK(m), 0), without = tally_of(facts, n, QUALIFIED, MARK(m));
        out |= is_of_one(&with) || is_of_one(&without) ? MARK(m) : 0;
    }
    tally rest = tally_of(facts, n, QUALIFIED, LEVELS & ~out);
    return is_of_one(&rest) ? LEVELS : out;
}

uint64_t assessor_hide_practitioners(assessor_fact *facts, size_t n) {
    static const struct {
        uint64_t lines, other;
    } ways[WAYS] = {
        {ROLES | ROLE_NOT_KNOWN, OTHER_ROLE},
        {IN_TRAINING | NOT_IN_TRAINING | TRAINING_NOT_KNOWN, OTHER_TRAINING},
        {QUALIFIED | QUALIFIED_LATER | QUALIFIED_NOT_KNOWN | NO_QUALIFICATION, OTHER_QUALIFIED},
    };
    uint64_t merged[WAYS], hidden = levels_left_out(facts, n);
    for (size_t w = 0; w < WAYS; w++) {
        merged[w] = together(facts, n, ways[w].lines);
        hidden |= merged[w];
    }
    hidden |= (hidden & QUALIFIED) != 0 ? LEVELS : 0; /* they lie within it */
    for (size_t i = 0; i < n; i++) {
        for (size_t w = 0; w < WAYS; w++)
            facts[i].who |= (facts[i].who & merged[w]) != 0 ? ways[w].other : 0;
        facts[i].who &= ~hidden;
    }
    return hidden;
}
