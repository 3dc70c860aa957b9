/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which lines go together, so that none is the people of one practitioner. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "questions/common/lines.h"

static void see(rp_question_line *line, uint32_t practitioner, int people, bool apart) {
    for (int i = 0; i < people; i++) {
        rp_question_whose whose = {0};
        rp_question_whose_add(&whose, practitioner);
        rp_question_line_add(line, &whose, apart);
    }
}

static void whose_people_they_are(void **state) {
    (void)state;
    rp_question_whose whose = {0}, other = {0};
    rp_question_whose_add(&whose, RP_NO_ID);
    assert_false(whose.any);
    assert_false(rp_question_of_one(&whose)); /* nobody's */
    rp_question_whose_add(&whose, 0);
    rp_question_whose_add(&whose, 0);
    rp_question_whose_add(&whose, RP_NO_ID);
    assert_true(rp_question_of_one(&whose));
    rp_question_whose_join(&whose, &other); /* nobody more */
    assert_true(rp_question_of_one(&whose));
    rp_question_whose_add(&other, 4);
    rp_question_whose_join(&whose, &other);
    assert_false(rp_question_of_one(&whose));
    rp_question_whose_join(&other, &whose); /* several stay several */
    rp_question_whose_add(&other, 4);
    assert_false(rp_question_of_one(&other));
}

static void nothing_has_to_go(void **state) {
    (void)state;
    rp_question_line lines[3] = {0};
    assert_int_equal(0, rp_question_lines_together(lines, 3));
    see(&lines[0], 3, 1, false);
    see(&lines[0], 4, 1, false);
    see(&lines[2], RP_NO_ID, 5, false); /* nobody knows whose */
    assert_int_equal(0, rp_question_lines_together(lines, 3));
}

/* Two lines of one practitioner each, not the same one: together they are of two. */
static void lines_of_one_go_together(void **state) {
    (void)state;
    rp_question_line lines[3] = {0};
    see(&lines[0], 3, 2, false);
    see(&lines[1], 3, 1, false);
    see(&lines[1], 4, 1, false);
    see(&lines[2], 4, 7, false);
    assert_int_equal(MARK(0) | MARK(2), rp_question_lines_together(lines, 3));
}

/* Lines 0 and 3 are both of practitioner 3. The next larger one is line 1, of four people; line 4 is nobody's. */
static void the_next_larger_goes_with_them(void **state) {
    (void)state;
    rp_question_line lines[5] = {0};
    see(&lines[0], 3, 9, false);
    see(&lines[1], 3, 2, false);
    see(&lines[1], 4, 2, false);
    see(&lines[2], 3, 3, false);
    see(&lines[2], 4, 3, false);
    see(&lines[3], 3, 1, false);
    assert_int_equal(MARK(0) | MARK(1) | MARK(3), rp_question_lines_together(lines, 5));
}

/* Lines of several practitioners, of whose people those told apart are one's: line 1 must go, and line 0 with it, since
 * the people told apart are still of practitioner 4; then line 2, in which one of 3 is told apart. */
static void people_told_apart(void **state) {
    (void)state;
    rp_question_line lines[3] = {0};
    see(&lines[0], 3, 1, false);
    see(&lines[0], 4, 1, false);
    see(&lines[1], 3, 2, false);
    see(&lines[1], 4, 2, true);
    see(&lines[2], 3, 3, true);
    see(&lines[2], 4, 3, true);
    assert_false(rp_question_line_of_one(&lines[0]));
    assert_true(rp_question_line_of_one(&lines[1]));
    assert_int_equal(MARK(0) | MARK(1) | MARK(2), rp_question_lines_together(lines, 3));
}

/* Of one practitioner in all, everything goes together and is still of one. */
static void one_practitioner_in_all(void **state) {
    (void)state;
    rp_question_line lines[RP_QUESTION_LINES] = {0};
    rp_question_whose whose = {0};
    rp_question_whose_add(&whose, 3);
    rp_question_lines_add(lines, MARK(1) | MARK(RP_QUESTION_LINES - 1), &whose, false);
    rp_question_lines_add(lines, MARK(1), &whose, false);
    assert_int_equal(2, lines[1].people);
    assert_int_equal(MARK(1) | MARK(RP_QUESTION_LINES - 1), rp_question_lines_together(lines, RP_QUESTION_LINES));
    rp_question_line_join(&lines[1], &lines[RP_QUESTION_LINES - 1]);
    assert_int_equal(3, lines[1].people);
    assert_true(rp_question_line_of_one(&lines[1]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whose_people_they_are),    cmocka_unit_test(nothing_has_to_go),
        cmocka_unit_test(lines_of_one_go_together), cmocka_unit_test(the_next_larger_goes_with_them),
        cmocka_unit_test(people_told_apart),        cmocka_unit_test(one_practitioner_in_all),
    };
    return cmocka_run_group_tests_name("questions: lines", tests, NULL, NULL);
}
