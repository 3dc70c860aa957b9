/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `practitioner` on records made by hand: who somebody's practitioner is, who has a line, and what is said without a
 * name. Numbers of the model stand in test_practitioner_model.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/practitioner_helper.h"

/* ---- whose ------------------------------------------------------------------------------------------------------- */

/* Twelve practitioners of 12 to 23 people each, and seven people of whom it has to be found out. Largest line: q11. */
static world found_out(void) {
    world w = begin();
    twelve(&w, NULL);
    person(&w, "x1", 12, 10, "q00 q11 q11", "");     /* most with q11: 24 */
    person(&w, "x2", 12, 10, "q11 q10 q11 q10", ""); /* as many: q10 came last: 23 */
    person(&w, "x3", 12, 10, "q11 - -", "");         /* one session of three says who: q11: 25 */
    person(&w, "x4", 12, 10, "- -", "");             /* not recorded */
    person(&w, "x5", 12, 10, "", "");                /* never treated */
    person(&w, "x6", 12, -1, "q11", "");             /* no later score: q11's, and not compared */
    person(&w, "x7", 12, 10, "- -", "q11");          /* an activity names q11: 26 */
    seal(&w);
    return w;
}

static void a_practitioner_is_who_held_most_sessions(void **state) {
    (void)state;
    world w = found_out();
    ask(&w, "practitioner", 0, 1);
    /* 12 + 13 + ... + 23 = 210; and x1 x2 x3 x6 x7, of six who entered treatment. */
    is(&w, "practitioner.recorded", 215, 216);
    is(&w, "practitioner.several", 2, 215);    /* x1 x2 */
    is(&w, "practitioner.compared", 214, 215); /* not x6 */
    /* Nobody of theirs is pooled but x4, who is nobody's: the lines of the fewest people, q00 and q01, go with x4. */
    static const int64_t people[] = {26, 23, 21, 20, 19, 18, 17, 16, 15, 14};
    assert_int_equal(table_of(&w, "practitioner.lines")->n_rows, 11);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(line_at(&w, "practitioner.lines", i, "people")->count.n, people[i]);
    assert_int_equal(line_at(&w, "practitioner.lines", 10, "people")->count.n, 25); /* 12 and 13 */
    end(&w);
}

static void one_session_is_of_those_whose_referral_has_ended(void **state) {
    (void)state;
    world w = begin();
    twelve(&w, NULL); /* all of them two sessions, and ended */
    person(&w, "x1", 12, 10, "q00", "");
    person(&w, "x2", 12, 10, "q00 q00", "");
    person(&w, "x3", 12, 10, "-", ""); /* whose is not recorded */
    open_person(&w, "x4", "q00");
    seal(&w);
    ask(&w, "practitioner", 0, 1);
    is(&w, "practitioner.one_session", 2, 213); /* x1 and x3, of 210 and x1 x2 x3 */
    end(&w);
}

/* ---- too few
 * --------------------------------------------------------------------------------------------------------- */

static void with_few_practitioners_nothing_is_told_of_them(void **state) {
    (void)state;
    world w = begin();
    char name[8];
    for (int i = 0; i < 9; i++) /* nine of ten people, and one of nine: it takes ten of ten */
        people_of(&w, practitioner_name(name, i), 10);
    people_of(&w, practitioner_name(name, 9), 9);
    seal(&w);
    ask(&w, "practitioner", 0, 1);
    assert_true(has_caveat(&w,
                           "How far practitioners differ is not told: it takes at least 10 practitioners with at least "
                           "10 people each"));
    assert_null(find(&w, "practitioner.share"));
    assert_int_equal(w.answer->n_tables, 0);
    assert_int_equal(w.answer->n_charts, 0);
    is(&w, "practitioner.compared", 99, 99);
    end(&w);
}

/* Ten of twelve people, and one of nine, who would be alone among those told together: the last of the ten goes too. */
static void nobody_is_alone_among_those_told_together(void **state) {
    (void)state;
    world w = begin();
    char name[8];
    for (int i = 0; i < 11; i++)
        people_of(&w, practitioner_name(name, i), i < 10 ? 12 : 9);
    seal(&w);
    ask(&w, "practitioner", 0, 1);
    assert_int_equal(table_of(&w, "practitioner.lines")->n_rows, 10);
    assert_int_equal(line_at(&w, "practitioner.lines", 9, "people")->count.n, 21);
    assert_int_equal(line_at(&w, "practitioner.lines", 9, "difference")->kind, RP_VALUE_EMPTY);
    end(&w);
}

static void nobody_is_left_where_all_have_lines(void **state) {
    (void)state;
    world w = begin();
    twelve(&w, NULL);
    seal(&w);
    ask(&w, "practitioner", 0, 1);
    assert_int_equal(table_of(&w, "practitioner.lines")->n_rows, 12);
    end(&w);
}

/* ---- names, order, readers
 * ----------------------------------------------------------------------------------------------- */

/* The same people with practitioners who are called otherwise, in another order of names and of rows. */
static void names_change_no_byte(void **state) {
    (void)state;
    static const int other[] = {7, 2, 11, 0, 9, 4, 1, 10, 3, 8, 6, 5};
    world w = begin(), x = begin();
    twelve(&w, NULL);
    twelve(&x, other);
    seal(&w);
    seal(&x);
    same_bytes(bytes_of(&w, "practitioner", 0, 1), bytes_of(&x, "practitioner", 0, 1));
    end(&w);
    end(&x);
}

static void lines_have_no_names(void **state) {
    (void)state;
    world w = found_out();
    rp_buf all = bytes_of(&w, "practitioner", 0, 1);
    char name[8];
    for (int i = 0; i < 12; i++)
        assert_null(strstr(all.at, practitioner_name(name, i)));
    assert_non_null(strstr(all.at, "one practitioner"));
    rp_buf_free(&all);
    end(&w);
}

static void lines_go_by_people_and_not_by_what_came_out(void **state) {
    (void)state;
    world w = begin();
    twelve(&w, NULL);
    seal(&w);
    ask(&w, "practitioner", 0, 1);
    const rp_answer_table *t = table_of(&w, "practitioner.lines");
    bool rises = false, falls = false;
    for (size_t r = 1; r < t->n_rows; r++) {
        double before = line_at(&w, t->id, r - 1, "difference")->num, now = line_at(&w, t->id, r, "difference")->num;
        rises = rises || now > before;
        falls = falls || now < before;
        assert_true(line_at(&w, t->id, r - 1, "people")->count.n >= line_at(&w, t->id, r, "people")->count.n);
    }
    assert_true(rises && falls);
    end(&w);
}

static void the_public_sees_no_practitioner(void **state) {
    (void)state;
    world w = found_out();
    ask(&w, "practitioner", 0, 1);
    rp_answer *answer = (rp_answer *)(uintptr_t)w.answer;
    assert_true(rp_answer_protect(answer, 5));
    const rp_answer *public = rp_answer_for(answer, RP_FOR_PUBLIC, w.arena);
    const rp_answer *service = rp_answer_for(answer, RP_FOR_SERVICE, w.arena);
    assert_int_equal(public->n_tables + public->n_charts, 0);
    assert_int_equal(service->n_charts, 2);
    for (size_t i = 0; i < public->n_statements; i++) {
        const char *id = public->statements[i]->id;
        assert_true(strcmp(id, "practitioner.compared") == 0 || strcmp(id, "practitioner.share") == 0 ||
                    strcmp(id, "practitioner.spread") == 0);
    }
    assert_int_equal(public->n_statements, 3);
    end(&w);
}

/* One person whose practitioner is not recorded: how many are recorded would tell of that one. How far practitioners
 * differ may still be told. */
static void a_few_whose_practitioner_is_not_recorded_stay_hidden(void **state) {
    (void)state;
    world w = found_out();
    ask(&w, "practitioner", 0, 1);
    assert_true(rp_answer_protect((rp_answer *)(uintptr_t)w.answer, 5));
    assert_true(find(&w, "practitioner.recorded")->suppressed);
    assert_true(find(&w, "practitioner.compared")->suppressed);
    assert_false(find(&w, "practitioner.share")->suppressed);
    assert_int_equal(find(&w, "practitioner.share")->denominator.n, 210); /* 214, to the nearest ten */
    const rp_answer_table *t = table_of(&w, "practitioner.lines");
    for (size_t r = 0; r + 1 < t->n_rows; r++)
        assert_false(t->values[r * t->n_columns + 1].suppressed);
    assert_true(t->values[(t->n_rows - 1) * t->n_columns + 1].suppressed); /* with all the lines it would tell of x4 */
    end(&w);
}

static void lines_of_few_go_with_a_larger_number(void **state) {
    (void)state;
    world w = begin();
    twelve(&w, NULL);
    seal(&w);
    ask(&w, "practitioner", 0, 1);
    assert_true(rp_answer_protect((rp_answer *)(uintptr_t)w.answer, 15));
    const rp_answer_table *t = table_of(&w, "practitioner.lines");
    for (size_t r = 0; r < t->n_rows; r++) /* 23 down to 12 */
        for (size_t c = 1; c < t->n_columns; c++)
            assert_true(t->values[r * t->n_columns + c].suppressed || r < 9);
    end(&w);
}

/* ---- what cannot be told
 * ----------------------------------------------------------------------------------------------------- */

static void nobody_recorded_is_said(void **state) {
    (void)state;
    world w = begin();
    person(&w, "r1", 12, 10, "- -", "");
    seal(&w);
    ask(&w, "practitioner", 0, 1);
    assert_true(has_caveat(&w, "Nobody in the cohort who entered treatment has a practitioner recorded"));
    assert_int_equal(w.answer->n_statements, 0);
    end(&w);
}

static void neither_blocks_nor_threads_change_a_byte(void **state) {
    (void)state;
    world w = found_out();
    neither_blocks_nor_threads_change_a_byte_of(&w, "practitioner");
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_practitioner_is_who_held_most_sessions),
        cmocka_unit_test(one_session_is_of_those_whose_referral_has_ended),
        cmocka_unit_test(with_few_practitioners_nothing_is_told_of_them),
        cmocka_unit_test(nobody_is_alone_among_those_told_together),
        cmocka_unit_test(nobody_is_left_where_all_have_lines),
        cmocka_unit_test(names_change_no_byte),
        cmocka_unit_test(lines_have_no_names),
        cmocka_unit_test(lines_go_by_people_and_not_by_what_came_out),
        cmocka_unit_test(the_public_sees_no_practitioner),
        cmocka_unit_test(a_few_whose_practitioner_is_not_recorded_stay_hidden),
        cmocka_unit_test(lines_of_few_go_with_a_larger_number),
        cmocka_unit_test(nobody_recorded_is_said),
        cmocka_unit_test(neither_blocks_nor_threads_change_a_byte),
    };
    return cmocka_run_group_tests_name("questions: practitioner", tests, NULL, NULL);
}
