/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `alliance`: ruptures and repairs, on a record made by hand and on IMPLEMENT. The rule itself is tested in
 * tests/measures/test_ruptures.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

/* A person with weekly sessions and these total scores by `rater`; 0: a session without a score. */
static void course(world *w, const char *name, int people, const char *rater, const double *scores, unsigned n) {
    for (int p = 0; p < people; p++) {
        char id[32], date[32];
        snprintf(id, sizeof id, "%s-%d", name, p);
        referral(w, id, "2024-01-01", "", NULL);
        for (unsigned i = 0; i < n; i++) {
            snprintf(date, sizeof date, "2024-%02u-%02u", 2 + i / 4, 1 + 7 * (i % 4));
            contact(w, id, date, "treatment", "attended");
            if (scores[i] > 0)
                score_by(w, rater, id, "wai-sr", date, scores[i]);
        }
    }
}
#define COURSE(w, name, people, ...)                                                                                   \
    course(w, name, people, "client", (const double[]){__VA_ARGS__},                                                   \
           sizeof((const double[]){__VA_ARGS__}) / sizeof(double))

/* Drops of 20 points, where 2 SD are about 16. */
static world people(int unrepaired, int apart) {
    world w = begin();
    COURSE(&w, "steady", 8, 48, 52, 48, 52, 48, 52);
    COURSE(&w, "repaired", 6, 50, 50, 30, 42, 50, 50);
    COURSE(&w, "unrepaired", unrepaired, 50, 50, 30, 32, 34, 36);
    COURSE(&w, "ended", 5, 50, 50, 30);
    COURSE(&w, "gap", 1, 50, 50, 30, 0, 32, 34);
    COURSE(&w, "once", 5, 50);
    COURSE(&w, "apart", apart, 50, 0, 20);
    COURSE(&w, "never", 6, 0);
    seal(&w);
    ask(&w, "alliance", 0, 1);
    return w;
}

static void what_became_of_drops(void **state) {
    (void)state;
    world w = people(5, 2);
    is(&w, "alliance.ruptures.judged", 8 + 6 + 5 + 5 + 1, 25 + 5 + 2); /* the record above */
    is(&w, "alliance.ruptures", 6 + 5 + 5 + 1, 25);                    /* the same */
    is(&w, "alliance.ruptures.repaired", 6, 17);                       /* the same: 42 is past half way, at 40 */
    is(&w, "alliance.ruptures.not_repaired", 5, 17);                   /* the same */
    is(&w, "alliance.ruptures.not_known", 5 + 1, 17);                  /* the same */
    /* Wilson's interval of 17 of 25: R 4.2.2, prop.test(17, 25, correct = FALSE)$conf.int */
    assert_true(fabs(find(&w, "alliance.ruptures")->lower - 0.484102692731) < 1e-11);
    assert_true(fabs(find(&w, "alliance.ruptures")->upper - 0.827948096931) < 1e-11);
    const rp_answer_table *t = table_of(&w, "alliance.ruptures.WAI-SR, client");
    assert_int_equal(t->n_rows, 5);
    /* R 4.2.2: sqrt(sum of squares about people's own means / sum(n - 1)) of the scores above = sqrt(6848.8 / 111). */
    for (size_t c = 0; c < 5; c++) {
        const rp_value *row = &t->values[c * t->n_columns];
        assert_true(fabs(row[1].num - (1 + 0.5 * (double)c) * 7.85499210062626) < 1e-11);
        assert_int_equal(row[2].count.n, 25);             /* the record above */
        assert_int_equal(row[3].count.n, c < 4 ? 17 : 0); /* the same: 20 points are 2.5 SD and not 3 */
        assert_int_equal(row[6].count.n, c < 4 ? 5 : 0);  /* the same: one not repaired */
    }
    assert_true(fabs(t->values[2 * t->n_columns + 8].num - 7.86496035251426) < 1e-9); /* R 4.2.2: pnorm(-sqrt(2)) */
    end(&w);
}

static void few_do_not_follow(void **state) {
    (void)state;
    world w = people(5, 5);
    rp_answer *answer = (rp_answer *)(uintptr_t)w.answer; /* the test's own */
    assert_true(rp_answer_protect(answer, 5));
    assert_false(find(&w, "alliance.ruptures.judged")->suppressed);
    assert_false(find(&w, "alliance.ruptures.not_repaired")->suppressed);
    end(&w);
    w = people(2, 5); /* two not repaired follow from the others where these are shown */
    answer = (rp_answer *)(uintptr_t)w.answer;
    assert_true(rp_answer_protect(answer, 5));
    assert_true(find(&w, "alliance.ruptures.not_repaired")->suppressed);
    assert_true(find(&w, "alliance.ruptures.not_known")->suppressed);
    assert_null(strstr(find(&w, "alliance.ruptures.not_repaired")->text, "drop"));
    const rp_answer_table *t = table_of(&w, "alliance.ruptures.WAI-SR, client");
    assert_true(t->values[2 * t->n_columns + 6].suppressed);
    end(&w);
    w = people(5, 1); /* `pathway` tells how many were treated twice: all who can be judged, and one */
    answer = (rp_answer *)(uintptr_t)w.answer;
    assert_true(rp_answer_protect(answer, 5));
    assert_true(find(&w, "alliance.ruptures.judged")->suppressed);
    end(&w);
}

static bool told(const world *w, const char *part) {
    for (size_t i = 0; i < w->answer->n_caveats; i++)
        if (strstr(w->answer->caveats[i], part) != NULL)
            return true;
    return false;
}

static void where_it_cannot_be_told(void **state) {
    (void)state;
    world w = begin();
    COURSE(&w, "same", 6, 50, 50, 50);
    seal(&w);
    ask(&w, "alliance", 0, 1);
    assert_null(find(&w, "alliance.ruptures"));
    assert_true(told(&w, "nobody has scores of several sessions that differ"));
    end(&w);
    w = begin();
    COURSE(&w, "apart", 6, 50, 0, 20);
    seal(&w);
    ask(&w, "alliance", 0, 1);
    is(&w, "alliance.ruptures.judged", 0, 6); /* no two sessions in a row */
    assert_null(find(&w, "alliance.ruptures"));
    end(&w);
}

static void neither_blocks_nor_threads(void **state) {
    (void)state;
    world w = people(5, 2);
    same_bytes(bytes_of(&w, "alliance", 3, 1), bytes_of(&w, "alliance", 3, 2));
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_became_of_drops),
        cmocka_unit_test(few_do_not_follow),
        cmocka_unit_test(where_it_cannot_be_told),
        cmocka_unit_test(neither_blocks_nor_threads),
    };
    return cmocka_run_group_tests_name("questions: alliance, ruptures", tests, NULL, NULL);
}
