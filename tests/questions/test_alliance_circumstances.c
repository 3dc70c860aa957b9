/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `alliance`: the circumstances under which scores were given, on a record made by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

#define TABLE "alliance.circumstances.WAI-SR, client"

/* A score; `more` is one more "column=value" of its administration, "" for none. */
static void rate(world *w, const char *id, unsigned week, const char *more, double value) {
    static int next = 0;
    char a[64], b[64], c[64], v[64];
    snprintf(a, sizeof a, "administration_id=s%d", next++);
    snprintf(b, sizeof b, "referral_id=%s", id);
    snprintf(c, sizeof c, "date=2024-02-%02u", 1 + 7 * week);
    snprintf(v, sizeof v, "value=%g", value);
    assert_int_equal(put_row(w->record, RP_ADMINISTRATIONS, a, b, c, "instrument=wai-sr", "version=1", "rater=client",
                             "status=complete", more[0] != '\0' ? more : NULL, NULL),
                     RP_PUT_KEPT);
    assert_int_equal(put_row(w->record, RP_SCORES, a, "scale=total", v, "method=supplied", NULL), RP_PUT_KEPT);
}

/* `people` with one score each of `more`, 30 and 50 by turns. */
static void one_each(world *w, const char *name, int people, const char *more) {
    for (int i = 0; i < people; i++) {
        char id[32];
        snprintf(id, sizeof id, "%s-%d", name, i);
        referral(w, id, "2024-01-01", "", NULL);
        rate(w, id, 0, more, i % 2 == 0 ? 30 : 50);
    }
}

static const rp_value *row_of(const world *w, const char *words) {
    const rp_answer_table *t = table_of(w, TABLE);
    for (size_t r = 0; r < t->n_rows; r++)
        if (strcmp(t->values[r * t->n_columns + 1].text, words) == 0)
            return &t->values[r * t->n_columns];
    return NULL;
}

static void near(const double *want, double estimate, double lower, double upper) {
    if (!(fabs(estimate - want[0]) < 1e-9 && fabs(lower - want[1]) < 1e-9 && fabs(upper - want[2]) < 1e-9))
        fail_msg("%.13g (%.13g to %.13g)", estimate, lower, upper);
}

/* Seven people, some with scores of both kinds; their scores before and after the session. */
static const double before[7][3] = {{40, 44}, {30}, {50, 52, 49}, {41}, {38}, {45, 46}, {33}};
static const double after[7][3] = {{47}, {35, 36}, {55}, {0}, {36}, {48}, {0}};

static void difference_over_people(void **state) {
    (void)state;
    world w = begin();
    for (int i = 0; i < 7; i++) {
        char id[32];
        snprintf(id, sizeof id, "p%d", i);
        referral(&w, id, "2024-01-01", "", NULL);
        for (unsigned n = 0; n < 3; n++) {
            if (before[i][n] > 0)
                rate(&w, id, n, "moment=before", before[i][n]);
            if (after[i][n] > 0)
                rate(&w, id, n, "moment=after", after[i][n]);
        }
    }
    referral(&w, "nobody", "2024-01-01", "", NULL);
    seal(&w);
    ask(&w, "alliance", 0, 1);
    is(&w, "alliance.circumstances.moment", 5, 7); /* the record above; without the one who has no score */
    /* R 4.2.2, x and y a person's number and sum of scores: Ra = sum(ya) / sum(xa); u = (ya - Ra xa) / sum(xa) -
     * (yb - Rb xb) / sum(xb); Ra - Rb -/+ qt(.975, 6) sqrt(7/6 sum(u^2)) */
    const double difference[] = {0.2878787878788, -4.825863122911, 5.401620698668};
    /* The same with one kind: R -/+ qt(.975, K - 1) sqrt(K / (K - 1) sum((y - R x)^2)) / sum(x), K = 5 and 7 */
    const double mean_after[] = {42.83333333333, 31.81115018775, 53.85551647891};
    const double mean_before[] = {42.54545454545, 35.52595656696, 49.56495252395};
    const rp_statement *s = find(&w, "alliance.circumstances.moment");
    near(difference, s->estimate, s->lower, s->upper);
    assert_non_null(strstr(s->text, "\"after the session\" less that of scores with \"before the session\" is 0.29"));
    assert_non_null(strstr(s->text, "not an effect of them"));
    const rp_value *row = row_of(&w, "after the session");
    near(mean_after, row[3].num, row[4].num, row[5].num);
    near(difference, row[6].num, row[7].num, row[8].num);
    row = row_of(&w, "before the session");
    near(mean_before, row[3].num, row[4].num, row[5].num);
    assert_int_equal(row[2].count.n, 7);           /* the record above */
    assert_int_equal(row[6].kind, RP_VALUE_EMPTY); /* what the other is compared with */
    bool said = false;
    for (size_t i = 0; i < w.answer->n_caveats; i++)
        said = said || strstr(w.answer->caveats[i], "whether the practitioner was there; whether and when") != NULL;
    assert_true(said);
    assert_null(find(&w, "alliance.circumstances.mode"));
    end(&w);
}

/* The contact that is named, or that of the date; two codes of one meaning are one kind. */
static void means_of_the_contact(void **state) {
    (void)state;
    world w = begin();
    static const char *const modes[] = {"mode=01", "mode=in_person", "mode=11"};
    for (int i = 0; i < 12; i++) {
        char id[32], a[64], b[64];
        snprintf(id, sizeof id, "p%d", i);
        snprintf(a, sizeof a, "contact_id=c%d", i);
        snprintf(b, sizeof b, "referral_id=%s", id);
        referral(&w, id, "2024-01-01", "", NULL);
        assert_int_equal(put_row(w.record, RP_CONTACTS, a, b, "date=2024-02-01", "kind=treatment",
                                 "attendance=attended", modes[i % 3], NULL),
                         RP_PUT_KEPT);
        rate(&w, id, i % 2 == 0 ? 0 : 1, i % 2 == 0 ? "" : a, 30 + i % 3);
    }
    one_each(&w, "late", 2, ""); /* no contact at all */
    seal(&w);
    ask(&w, "alliance", 0, 1);
    assert_int_equal(row_of(&w, "face to face")[2].count.n, 8);            /* the record above: two of three */
    assert_int_equal(row_of(&w, "video")[2].count.n, 4);                   /* the same */
    assert_int_equal(row_of(&w, "not recorded")[2].count.n, 2);            /* the same */
    assert_true(row_of(&w, "face to face")[3].num == 30.5);                /* 30 and 31 by turns */
    assert_true(find(&w, "alliance.circumstances.mode")->estimate == 1.5); /* 32 less 30.5 */
    assert_null(find(&w, "alliance.circumstances.moment"));
    end(&w);
}

/* The first kind of the list is compared with, but not where it is rare. */
static void what_is_compared_with(void **state) {
    (void)state;
    for (int first = 3; first <= 4; first++) {
        world w = begin();
        one_each(&w, "a", first, "moment=before");
        one_each(&w, "b", 8, "moment=after");
        seal(&w);
        ask(&w, "alliance", 0, 1);
        assert_int_equal(row_of(&w, "before the session")[6].kind, first < 4 ? RP_VALUE_NUM : RP_VALUE_EMPTY);
        assert_int_equal(row_of(&w, "after the session")[6].kind, first < 4 ? RP_VALUE_EMPTY : RP_VALUE_NUM);
        end(&w);
    }
}

/* The mean of all scores is told: with those of all kinds but one, that one would follow. */
static void a_hidden_mean_does_not_follow(void **state) {
    (void)state;
    world w = begin();
    one_each(&w, "a", 12, "moment=before");
    one_each(&w, "b", 8, "moment=after");
    one_each(&w, "c", 3, "moment=in");
    seal(&w);
    ask(&w, "alliance", 0, 1);
    rp_answer *answer = (rp_answer *)(uintptr_t)w.answer; /* the test's own */
    assert_true(rp_answer_protect(answer, 5));
    size_t shown = 0;
    for (size_t i = 0; i < answer->n_statements; i++)
        shown += strcmp(answer->statements[i]->id, "alliance.circumstances.moment") == 0 &&
                 !answer->statements[i]->suppressed;
    assert_int_equal(shown, 0);
    assert_false(row_of(&w, "before the session")[3].suppressed);
    assert_true(row_of(&w, "in the session")[3].suppressed);
    assert_true(row_of(&w, "after the session")[3].suppressed);
    assert_true(row_of(&w, "after the session")[6].suppressed);
    end(&w);
}

/* Everybody has a score before the session, three (or six) of them also one in it and one after it. */
static void few_with_another_kind(void **state) {
    (void)state;
    for (int others = 3; others <= 6; others += 3) {
        world w = begin();
        one_each(&w, "a", 12, "moment=before");
        for (int i = 0; i < others; i++) {
            char id[32];
            snprintf(id, sizeof id, "a-%d", i);
            rate(&w, id, 0, "moment=in", 41);
            rate(&w, id, 1, "moment=after", 44);
        }
        seal(&w);
        ask(&w, "alliance", 0, 1);
        rp_answer *answer = (rp_answer *)(uintptr_t)w.answer; /* the test's own */
        assert_true(rp_answer_protect(answer, 5));
        assert_int_equal(row_of(&w, "before the session")[3].suppressed, others < 5);
        assert_int_equal(row_of(&w, "after the session")[3].suppressed, others < 5);
        assert_int_equal(find(&w, "alliance.circumstances.moment")->suppressed, others < 5);
        end(&w);
    }
}

static void neither_blocks_nor_threads(void **state) {
    (void)state;
    world w = begin();
    one_each(&w, "a", 7, "practitioner_present=true");
    one_each(&w, "b", 6, "practitioner_present=false");
    seal(&w);
    same_bytes(bytes_of(&w, "alliance", 3, 1), bytes_of(&w, "alliance", 3, 2));
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(difference_over_people), cmocka_unit_test(means_of_the_contact),
        cmocka_unit_test(what_is_compared_with),  cmocka_unit_test(a_hidden_mean_does_not_follow),
        cmocka_unit_test(few_with_another_kind),  cmocka_unit_test(neither_blocks_nor_threads),
    };
    return cmocka_run_group_tests_name("questions: alliance, circumstances", tests, NULL, NULL);
}
