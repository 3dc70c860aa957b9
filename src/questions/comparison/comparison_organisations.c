/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which organisations (services, sites or trials of the record) are told apart: those with enough people of an arm and
 * of the comparator. One whose people in that arm are all of one practitioner is not, since it would tell of that one.
 */
#include "questions/common/lines.h"
#include "questions/comparison/comparison_parts.h"

#include <math.h>
#include <stdlib.h>

typedef struct candidate {
    uint32_t service;
    int64_t people[RP_QUESTION_MOST_ARMS], all; /* with a first and a later score */
    rp_question_whose whose[RP_QUESTION_MOST_ARMS];
} candidate;

static void count(const cmp_work *work, candidate *candidates) {
    for (size_t i = 0; i < work->n_people; i++) {
        const cmp_person *person = &work->people[i];
        if (person->service == CMP_NO_SERVICE || person->arm < 0 || isnan(person->last))
            continue;
        candidate *c = &candidates[person->service];
        c->people[person->arm]++;
        c->all++;
        rp_question_whose_add(&c->whose[person->arm], person->practitioner);
    }
}

static bool is_told_apart(const cmp_work *work, const candidate *c) {
    for (int arm = 1; arm < work->n_arms; arm++)
        if (c->people[0] >= CMP_LEAST_PEOPLE && c->people[arm] >= CMP_LEAST_PEOPLE &&
            !rp_question_of_one(&c->whose[arm]))
            return true;
    return false;
}

static int by_people(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    return x->all != y->all ? (x->all > y->all ? -1 : 1) : (x->service > y->service) - (x->service < y->service);
}

static int by_service(const void *a, const void *b) {
    const candidate *x = a, *y = b;
    return (x->service > y->service) - (x->service < y->service);
}

static void say_left_out(const cmp_work *work, size_t candidates, size_t able) {
    if (able > work->n_organisations)
        rp_answer_caveat(work->answer,
                         "Of the organisations with enough people for a difference on the %s, the %d with the most "
                         "people are looked at one by one; the others are in no pooled figure.",
                         work->of->name, CMP_ORGANISATIONS);
    else if (able < candidates)
        rp_answer_caveat(work->answer,
                         "The %s by organisation: of %zu organisations %zu have %d people or more of an arm and of the "
                         "comparator with a first and a later score, not all of one practitioner; the others are in no "
                         "pooled figure.",
                         work->of->name, candidates, able, CMP_LEAST_PEOPLE);
}

static void number_people(cmp_work *work, uint32_t *number) {
    for (size_t o = 0; o < work->n_organisations; o++)
        number[work->organisations[o]] = (uint32_t)o + 1;
    for (size_t i = 0; i < work->n_people; i++) {
        cmp_person *person = &work->people[i];
        person->organisation = person->service == CMP_NO_SERVICE ? 0 : number[person->service];
        work->marks[i] |= (uint64_t)person->organisation << CMP_ORGANISATION;
    }
}

bool cmp_organisations_make(cmp_work *work, rp_arena *arena, rp_error *error) {
    size_t n = rp_record_rows(rp_cohort_record(work->cohort), RP_SERVICES), seen = 0, able = 0;
    candidate *candidates = rp_arena_take(arena, n, sizeof *candidates);
    uint32_t *number = rp_arena_take(arena, n, sizeof *number);
    work->organisations = rp_arena_take(arena, CMP_ORGANISATIONS, sizeof *work->organisations);
    if (candidates == NULL || number == NULL || work->organisations == NULL)
        return rp_fail_memory(error);
    for (size_t i = 0; i < n; i++)
        candidates[i].service = (uint32_t)i;
    count(work, candidates);
    for (size_t i = 0; i < n; i++) {
        seen += candidates[i].all > 0;
        if (is_told_apart(work, &candidates[i]))
            candidates[able++] = candidates[i];
    }
    qsort(candidates, able, sizeof *candidates, by_people);
    work->n_organisations = able < CMP_ORGANISATIONS ? able : CMP_ORGANISATIONS;
    qsort(candidates, work->n_organisations, sizeof *candidates, by_service);
    for (size_t o = 0; o < work->n_organisations; o++)
        work->organisations[o] = candidates[o].service;
    if (seen > 1)
        say_left_out(work, seen, able);
    if (work->n_organisations < 2) /* one alone is the whole */
        work->n_organisations = 0;
    number_people(work, number);
    return true;
}

typedef struct meant {
    const rp_question_groups *groups;
    uint64_t arm;
    const bool *in;
} meant;

static bool is_meant(const void *context, size_t group) {
    const meant *m = context;
    uint64_t marks = m->groups->at[group].signature;
    return (marks & m->arm) != 0 && m->in[marks >> CMP_ORGANISATION & CMP_ORGANISATIONS];
}

rp_count cmp_meant_in(const cmp_work *work, int arm, const bool *in) {
    const meant m = {&work->set->groups, MARK(CMP_IN_ARM + arm), in};
    return rp_answer_count(work->answer, work->set->universe, is_meant, &m);
}
