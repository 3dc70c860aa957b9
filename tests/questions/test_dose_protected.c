/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An attack on `dose` across its universes: from all counts of sessions and endings that it shows, in whatever table
 * and beside whatever measure, nothing of 1 to 4 people may follow. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/attack_helper.h"
#include "questions/dose_helper.h"

/* The people of an atom had so many sessions, the last atom's or more, and have ended or not. */
enum { SMALLEST = 5, MOST = 16, ATOMS = 2 * (MOST + 1), SHOWN = 200 };
static const unsigned stops[] = {1, 2, 4, 6, 8, 10, 12};
enum { STOPS = sizeof stops / sizeof *stops };

typedef struct service {
    world w;
    int64_t people[ATOMS];
    double shown[SHOWN][ATOMS]; /* sets of atoms, reduced as they come */
    size_t pivots[SHOWN], n_shown;
} service;

static bool over(size_t atom) {
    return atom % 2 == 1;
}

/* Those from so many sessions to before so many; ended 1 or not 0, either -1. */
static void set_of(unsigned from, unsigned below, int ended, double set[ATOMS]) {
    for (size_t a = 0; a < ATOMS; a++)
        set[a] = a / 2 >= from && a / 2 < below && (ended < 0 || over(a) == (ended == 1));
}

/* Takes what is known out of a set; what is left is where it differs. */
static bool reduced(const service *s, double set[ATOMS]) {
    for (size_t i = 0; i < s->n_shown; i++) {
        double factor = set[s->pivots[i]];
        for (size_t a = 0; a < ATOMS; a++)
            set[a] -= factor * s->shown[i][a];
    }
    for (size_t a = 0; a < ATOMS; a++)
        if (fabs(set[a]) > 1e-6)
            return false;
    return true;
}

/* Atoms of nobody are known to be so. */
static void knows(service *s, unsigned from, unsigned below, int ended) {
    double set[ATOMS];
    set_of(from, below, ended, set);
    for (size_t a = 0; a < ATOMS; a++)
        set[a] = s->people[a] > 0 ? set[a] : 0;
    if (reduced(s, set))
        return;
    size_t pivot = 0;
    for (size_t a = 1; a < ATOMS; a++)
        pivot = fabs(set[a]) > fabs(set[pivot]) ? a : pivot;
    assert_true(s->n_shown < SHOWN);
    double by = set[pivot];
    for (size_t a = 0; a < ATOMS; a++)
        s->shown[s->n_shown][a] = set[a] / by;
    for (size_t i = 0; i < s->n_shown; i++) { /* keep it reduced */
        double factor = s->shown[i][pivot];
        for (size_t a = 0; a < ATOMS; a++)
            s->shown[i][a] -= factor * s->shown[s->n_shown][a];
    }
    s->pivots[s->n_shown++] = pivot;
}

/* A count that is shown must be the one that the test expects there, so that the attack knows what it reads. */
static void read(service *s, const char *table, const char *row, const char *column, unsigned from, unsigned below,
                 int ended) {
    const rp_value *value = value_of(&s->w, table, row, NULL, column);
    if (value == NULL || value->suppressed)
        return;
    double set[ATOMS];
    int64_t n = 0;
    set_of(from, below, ended, set);
    for (size_t a = 0; a < ATOMS; a++)
        n += set[a] > 0 ? s->people[a] : 0;
    assert_int_equal(value->count.n, n);
    knows(s, from, below, ended);
}

static bool has_table(const service *s, const char *id) {
    for (size_t i = 0; i < s->w.answer->n_tables; i++)
        if (strcmp(s->w.answer->tables[i]->id, id) == 0)
            return true;
    return false;
}

static void read_all(service *s) {
    static const struct {
        const char *title;
        unsigned from, below;
    } bins[] = {{"1", 1, 2},       {"2", 2, 3},          {"3 to 5", 3, 6},
                {"6 to 9", 6, 10}, {"10 to 14", 10, 15}, {"15 or more", 15, MOST + 1}};
    static const char *const measures[] = {"PHQ-9", "GAD-7"};
    s->n_shown = 0;
    knows(s, 0, MOST + 1, -1);
    read(s, "dose.spread", "people who entered treatment", "people", 1, MOST + 1, -1);
    read(s, "dose.spread", "people who finished a course", "people", 2, MOST + 1, 1);
    for (size_t b = 0; b < sizeof bins / sizeof *bins; b++) {
        read(s, "dose.sessions", bins[b].title, "ended", bins[b].from, bins[b].below, 1);
        read(s, "dose.sessions", bins[b].title, "people", bins[b].from, bins[b].below, -1);
        read(s, "dose.sessions", bins[b].title, "open", bins[b].from, bins[b].below, 0);
    }
    for (size_t k = 0; k < STOPS; k++) {
        char at[32], id[64];
        snprintf(at, sizeof at, "session %u", stops[k]);
        read(s, "dose.stopping", at, "at", stops[k], MOST + 1, -1);
        read(s, "dose.stopping", at, "stopped", stops[k], stops[k] + 1, 1);
        read(s, "dose.stopping", at, "next", stops[k] + 1, MOST + 1, -1);
        read(s, "dose.stopping", at, "open", stops[k], stops[k] + 1, 0);
        for (size_t m = 0; m < 2; m++) {
            snprintf(id, sizeof id, "dose.landmarks.%s", measures[m]);
            if (has_table(s, id))
                read(s, id, at, "at", stops[k], MOST + 1, -1);
            snprintf(id, sizeof id, "dose.stopped.%s", measures[m]);
            if (has_table(s, id))
                read(s, id, at, "stopped", stops[k], stops[k] + 1, 1);
        }
    }
}

/* Every set of atoms with 1 to 4 people. */
static void try_sets(const service *s, const size_t *few, size_t n_few, size_t next, double set[ATOMS],
                     int64_t people) {
    if (people >= SMALLEST)
        return;
    if (people > 0) {
        double copy[ATOMS];
        memcpy(copy, set, sizeof copy);
        if (reduced(s, copy))
            fail_msg("%d people follow from what is shown", (int)people);
    }
    for (size_t i = next; i < n_few; i++) {
        set[few[i]] = 1;
        try_sets(s, few, n_few, i + 1, set, people + s->people[few[i]]);
        set[few[i]] = 0;
    }
}

static void attack(const service *s) {
    size_t few[ATOMS], n = 0;
    double set[ATOMS] = {0};
    for (size_t a = 0; a < ATOMS; a++)
        if (s->people[a] > 0 && s->people[a] < SMALLEST)
            few[n++] = a;
    try_sets(s, few, n, 0, set, 0);
}

/* Few people with many sessions, few who have not ended; most have scores. */
static void make(service *s, uint64_t *state) {
    memset(s, 0, sizeof *s);
    s->w = begin();
    int n = 30 + (int)(next_random(state) % 90);
    for (int i = 0; i < n; i++) {
        char id[16];
        snprintf(id, sizeof id, "r%d", i);
        uint64_t chance = next_random(state);
        unsigned sessions = (unsigned)(chance % 4 == 0 ? chance / 4 % (MOST + 1) : chance / 4 % 8);
        bool ended = chance / 1000 % 12 > 0;
        referral(&s->w, id, "2024-01-01", ended ? "2024-09-01" : "", chance / 100 % 2 ? "end_reason=46" : NULL);
        for (unsigned k = 1; k <= sessions; k++) {
            treated(&s->w, id, (int)k, day_of((int)k), "");
            if (next_random(state) % 12 > 0)
                score(&s->w, id, "phq-9", day_of((int)k), (double)(next_random(state) % 28));
            if (next_random(state) % 3 > 0)
                score(&s->w, id, "gad-7", day_of((int)k), (double)(next_random(state) % 22));
        }
        s->people[2 * sessions + ended]++;
    }
    seal(&s->w);
    ask(&s->w, "dose", 0, 1);
}

static void nothing_of_few_follows_from_sessions_and_endings(void **state) {
    (void)state;
    uint64_t chance = 20;
    size_t shown = 0;
    static service s;
    for (int i = 0; i < 60; i++) {
        make(&s, &chance);
        assert_true(rp_answer_protect((rp_answer *)s.w.answer, SMALLEST));
        read_all(&s);
        attack(&s);
        shown += s.n_shown;
        end(&s.w);
    }
    assert_true(shown > 60 * 3); /* it does not hold because nothing is shown */
}

/* Without protection it does follow: the attack can find something. */
static void the_attack_finds_what_is_not_protected(void **state) {
    (void)state;
    uint64_t chance = 20;
    static service s;
    make(&s, &chance);
    read_all(&s);
    size_t few = 0;
    for (size_t a = 0; a < ATOMS; a++) {
        double set[ATOMS] = {0};
        set[a] = 1;
        few += s.people[a] > 0 && s.people[a] < SMALLEST && reduced(&s, set);
    }
    assert_true(few > 0);
    end(&s.w);
}

/* How many had a session stands in the table of stopping and beside each measure: everywhere or nowhere. */
static void who_had_a_session_is_hidden_everywhere_or_nowhere(void **state) {
    (void)state;
    uint64_t chance = 7;
    static service s;
    for (int i = 0; i < 30; i++) {
        make(&s, &chance);
        assert_true(rp_answer_protect((rp_answer *)s.w.answer, SMALLEST));
        for (size_t k = 1; k < STOPS; k++) {
            char at[32];
            snprintf(at, sizeof at, "session %u", stops[k]);
            const rp_value *here = value_of(&s.w, "dose.stopping", at, NULL, "at");
            const rp_value *there = value_of(&s.w, "dose.landmarks.PHQ-9", at, NULL, "at");
            if (here != NULL && there != NULL)
                assert_int_equal(here->suppressed, there->suppressed);
        }
        end(&s.w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_of_few_follows_from_sessions_and_endings),
        cmocka_unit_test(the_attack_finds_what_is_not_protected),
        cmocka_unit_test(who_had_a_session_is_hidden_everywhere_or_nowhere),
    };
    return cmocka_run_group_tests_name("questions: dose, protected", tests, NULL, NULL);
}
