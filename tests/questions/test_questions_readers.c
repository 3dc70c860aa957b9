/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every question asked of small services made at random, made into what each reader sees, and attacked: universe by
 * universe, with the counts of all three reports side by side. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "answer/union_attack.h"
#include "questions/asked_helper.h"

enum { SMALLEST = 5, READERS = 3, ROUNDS = 60, MOST_UNIVERSES = 2000 };

static const rp_audience readers[READERS] = {RP_FOR_PUBLIC, RP_FOR_SERVICE, RP_FOR_FULL};

/* ---- a service at random --------------------------------------------------------------------------------------- */

static const char *day(char out[11], int days) {
    rp_date start;
    assert_true(rp_date_parse(rp_text_of("2024-01-01"), &start));
    rp_date_text(start + days, out);
    return out;
}

static void telling(world *w, const char *id, uint64_t *seed) {
    static const char *const tos[] = {"to=client", "to=gp"};
    static const char *const matters[] = {"matter=assessor_role", "matter=assessor_qualification"};
    static const char *const tolds[] = {"told=yes", "told=no", "told=shown_on_screen", "told=not_recorded"};
    char a[64];
    snprintf(a, sizeof a, "referral_id=%s", id);
    assert_int_equal(put_row(w->record, RP_DISCLOSURES, a, tos[next_random(seed) % 2], matters[next_random(seed) % 2],
                             tolds[next_random(seed) % 4], NULL),
                     RP_PUT_KEPT);
}

static void course(world *w, const char *id, int from, uint64_t *seed) {
    char on[11];
    uint64_t treatments = next_random(seed) % 4;
    int then = from;
    for (uint64_t k = 0; k <= treatments; k++) {
        then += 7 + (int)(next_random(seed) % 50);
        contact(w, id, day(on, then), k == 0 ? "assessment" : "treatment",
                next_random(seed) % 8 ? "attended" : "did_not_attend");
        if (next_random(seed) % 4)
            score(w, id, "phq-9", day(on, then), (double)(next_random(seed) % 28));
        if (next_random(seed) % 4)
            score(w, id, "gad-7", day(on, then), (double)(next_random(seed) % 22));
        if (next_random(seed) % 2)
            score_by(w, next_random(seed) % 2 ? "client" : "practitioner", id, "wai-sr", day(on, then),
                     12 + (double)(next_random(seed) % 49));
    }
    if (next_random(seed) % 2)
        telling(w, id, seed);
}

static world service_at_random(uint64_t *seed) {
    static const char *const reasons[] = {"end_reason=", "end_reason=46", "end_reason=47"};
    world w = begin();
    int n = 25 + (int)(next_random(seed) % 40);
    for (int i = 0; i < n; i++) {
        char id[32], received[11], ended[11];
        snprintf(id, sizeof id, "p%d", i);
        int from = (int)(next_random(seed) % 400);
        bool is_over = next_random(seed) % 4;
        referral(&w, id, day(received, from), is_over ? day(ended, from + 250) : "",
                 is_over ? reasons[next_random(seed) % 3] : NULL);
        if (next_random(seed) % 6)
            course(&w, id, from, seed);
    }
    seal(&w);
    return w;
}

/* ---- the attack -------------------------------------------------------------------------------------------------- */

typedef struct seen {
    const rp_universe *of[MOST_UNIVERSES];
    size_t n;
} seen;

static void take_universe(seen *s, const rp_count *count) {
    if (count->universe == NULL || count->n < 0)
        return;
    for (size_t i = 0; i < s->n; i++)
        if (s->of[i] == count->universe)
            return;
    assert_true(s->n < MOST_UNIVERSES);
    s->of[s->n++] = count->universe;
}

/* The full copy holds whatever the others hold. */
static void universes_of(seen *s, const rp_answer *full) {
    s->n = 0;
    for (size_t i = 0; i < full->n_statements; i++)
        take_universe(s, &full->statements[i]->denominator);
    for (size_t t = 0; t < full->n_tables; t++)
        for (size_t i = 0; i < full->tables[t]->n_rows * full->tables[t]->n_columns; i++)
            take_universe(s, &full->tables[t]->values[i].count);
    for (size_t c = 0; c < full->n_charts; c++)
        for (size_t k = 0; k < full->charts[c]->n_series; k++)
            for (size_t i = 0; i < full->charts[c]->series[k].n; i++)
                take_universe(s, &full->charts[c]->series[k].points[i].count);
}

static size_t attack_all(const rp_answer *const copies[READERS], uint64_t *seed, size_t *counts) {
    static attack a;
    static seen s;
    size_t told = 0;
    universes_of(&s, copies[READERS - 1]);
    for (size_t u = 0; u < s.n; u++) {
        attack_begin(&a, s.of[u]);
        for (int r = 0; r < READERS; r++)
            attack_see_answer(&a, copies[r]);
        attack_prepare(&a, seed);
        assert_true(a.smallest_shown >= SMALLEST);
        told += attack_few_told(&a, SMALLEST);
        *counts += a.n_counts;
    }
    return told;
}

static void three_reports_of_a_small_service_tell_of_nobody(void **state) {
    (void)state;
    uint64_t seed = 31;
    size_t counts = 0, hidden = 0, shown_to[READERS] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        world w = service_at_random(&seed);
        for (size_t q = 0; q < rp_questions_count(); q++) {
            ask(&w, rp_questions_at(q)->name, 0, 1);
            rp_answer *answer = (rp_answer *)w.answer;
            assert_true(rp_answer_protect(answer, SMALLEST));
            const rp_answer *copies[READERS];
            for (int r = 0; r < READERS; r++) {
                copies[r] = rp_answer_for(answer, readers[r], w.arena);
                assert_non_null(copies[r]);
                shown_to[r] += copies[r]->n_statements + copies[r]->n_tables + copies[r]->n_charts;
            }
            hidden += copies[0]->n_suppressed;
            size_t told = attack_all(copies, &seed, &counts);
            if (told > 0)
                fail_msg("round %d, %s: %d sets of few people", round, answer->question, (int)told);
        }
        end(&w);
    }
    assert_true(counts > 5000 && hidden > 100); /* both ways were tried */
    assert_true(0 < shown_to[0] && shown_to[0] < shown_to[1] && shown_to[1] < shown_to[2]);
}

/* The attacker finds what is there: shown in full, the same services are told of one by one. */
static void without_protection_they_would(void **state) {
    (void)state;
    uint64_t seed = 31;
    world w = service_at_random(&seed);
    ask(&w, "pathway", 0, 1);
    static attack a;
    attack_begin(&a, find(&w, "pathway.entered")->numerator.universe);
    attack_see_answer(&a, w.answer);
    attack_prepare(&a, &seed);
    assert_true(attack_few_told(&a, SMALLEST) > 10);
    end(&w);
}

/* Every question has something for anyone, of a service that has something to tell; what is of a group stays with the
 * service, and no question shows a plot of single people to any but analysts. */
static void the_public_sees_no_group(void **state) {
    (void)state;
    uint64_t seed = 32;
    world w = service_at_random(&seed);
    for (size_t q = 0; q < rp_questions_count(); q++) {
        ask(&w, rp_questions_at(q)->name, 0, 1);
        rp_answer *answer = (rp_answer *)w.answer;
        assert_true(rp_answer_protect(answer, SMALLEST));
        const rp_answer *public = rp_answer_for(answer, RP_FOR_PUBLIC, w.arena);
        for (size_t i = 0; i < public->n_statements; i++)
            if (public->statements[i]->arm != NULL || public->statements[i]->severity != NULL)
                fail_msg("%s is of a group", public->statements[i]->id);
        const rp_answer *service = rp_answer_for(answer, RP_FOR_SERVICE, w.arena);
        for (size_t c = 0; c < service->n_charts; c++)
            assert_false(rp_chart_is_of_persons(service->charts[c]));
        assert_true(public->n_caveats == answer->n_caveats); /* what is to be kept in mind is for everyone */
    }
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_reports_of_a_small_service_tell_of_nobody),
        cmocka_unit_test(without_protection_they_would),
        cmocka_unit_test(the_public_sees_no_group),
    };
    return cmocka_run_group_tests_name("questions: three readers of one run", tests, NULL, NULL);
}
