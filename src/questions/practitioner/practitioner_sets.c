/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everyone of the cohort in two universes: by line, and by who treated them for how long. Protection sees every count
 * of the answer in one of them. A signature of the first holds a line of practitioners and one of services, each as a
 * number, then the marks. */
#include "questions/practitioner/practitioner_parts.h"

#include <assert.h>
#include <math.h>

enum { LINE_BITS = 8, MARKS_FROM = FACTORS * LINE_BITS, NOBODY = 0, TOGETHER = PRACTITIONER_LINES + 1 };
static_assert(TOGETHER < 1 << LINE_BITS, "a line has room");
/* The most classes that protection takes (answer/protect.h); of more, nothing would be shown. */
enum { MOST_GROUPS = 4096 };

static uint64_t line_of(const practitioner_units *units, uint32_t place) {
    if (units->n_lines == 0)
        return NOBODY;
    return units->at[place].line != NO_LINE ? units->at[place].line + 1 : TOGETHER;
}

static uint64_t signature_of(const practitioner_work *work, const practitioner_fact *f) {
    bool recorded = f->practitioner != RP_NO_ID;
    uint64_t marks = (recorded ? WITH_PRACTITIONER : 0) | (practitioner_is_compared(f) ? COMPARED : 0) |
                     (f->entered && f->improved ? IMPROVED : 0);
    uint64_t signature = marks << MARKS_FROM;
    if (!recorded)
        return signature;
    return signature | line_of(&work->units[FACTOR_PRACTITIONER], f->practitioner) |
           line_of(&work->units[FACTOR_SERVICE], f->service) << LINE_BITS;
}

static bool group_by_line(practitioner_work *work) {
    work->lines = (rp_question_set){.answer = work->answer};
    for (size_t i = 0; i < work->n; i++)
        if (!rp_question_group_add(work->answer->arena, &work->lines.groups, signature_of(work, &work->facts[i]),
                                   work->facts[i].cell))
            return false;
    return true;
}

static bool group_treated(practitioner_work *work) {
    work->treated = (rp_question_set){.answer = work->answer};
    for (size_t i = 0; i < work->n; i++) {
        const practitioner_fact *f = &work->facts[i];
        bool recorded = f->practitioner != RP_NO_ID;
        uint64_t marks = (f->entered ? ENTERED : 0) | (recorded ? RECORDED : 0) | (f->several ? SEVERAL : 0) |
                         (f->ended ? ENDED : 0) | (f->once ? ONCE : 0);
        if (!rp_question_group_add(work->answer->arena, &work->treated.groups, marks, f->stage))
            return false;
    }
    return true;
}

bool practitioner_sort(practitioner_work *work) {
    if (!group_treated(work) || !group_by_line(work))
        return false;
    for (size_t factor = 0; factor < FACTORS && work->lines.groups.n > MOST_GROUPS; factor++) {
        work->units[factor].n_lines = 0;
        if (!group_by_line(work))
            return false;
    }
    work->treated.universe = rp_question_universe(work->answer, work->stages, "who treated", &work->treated.groups);
    work->lines.universe =
        rp_question_universe(work->answer, work->measuring.scores, "people by practitioner", &work->lines.groups);
    /* `outcome` tells how many improved, of all who entered treatment. */
    rp_answer_told(work->answer, practitioner_count(work, IMPROVED));
    return true;
}

/* ---- counting ---------------------------------------------------------------------------------------------- */

typedef struct wanted {
    const rp_question_groups *groups;
    unsigned marks;
    size_t factor;
    const bool *lines; /* by a line's number in the signature; NULL: any */
} wanted;

static bool is_wanted(const void *context, size_t group) {
    const wanted *w = context;
    uint64_t signature = w->groups->at[group].signature;
    size_t line = (size_t)(signature >> w->factor * LINE_BITS) & ((1u << LINE_BITS) - 1);
    return (signature >> MARKS_FROM & w->marks) == w->marks && (w->lines == NULL || w->lines[line]);
}

static rp_count count(const practitioner_work *work, unsigned marks, size_t factor, const bool *lines) {
    wanted w = {&work->lines.groups, marks, factor, lines};
    return rp_answer_count(work->answer, work->lines.universe, is_wanted, &w);
}

rp_count practitioner_count(const practitioner_work *work, unsigned marks) {
    return count(work, marks, 0, NULL);
}

rp_count practitioner_count_line(const practitioner_work *work, unsigned marks, size_t factor, size_t line) {
    bool lines[1 << LINE_BITS] = {false};
    lines[line + 1] = true;
    return count(work, marks, factor, lines);
}

rp_count practitioner_count_lines(const practitioner_work *work, unsigned marks) {
    bool lines[1 << LINE_BITS] = {false};
    for (size_t i = 0; i < work->units[FACTOR_PRACTITIONER].n_lines; i++)
        lines[i + 1] = true;
    return count(work, marks, FACTOR_PRACTITIONER, lines);
}

rp_count practitioner_count_rest(const practitioner_work *work, unsigned marks, size_t factor) {
    bool lines[1 << LINE_BITS] = {[TOGETHER] = true};
    return count(work, marks, factor, lines);
}

long long practitioner_tens(int64_t people) {
    return (long long)((people + 5) / 10 * 10);
}
