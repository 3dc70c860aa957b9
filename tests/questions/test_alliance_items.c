/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers to items, on records made by hand: an item that is worded the other way round is turned before the items of a
 * scale are held against each other. WAI-S: answers 1 to 7, items 4 and 10 turned (instruments/wai-s.json). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

enum { ITEMS = 12, PEOPLE = 5 };

static bool is_turned(int item) {
    return item == 4 || item == 10;
}

/* One questionnaire of a person who means `meant` by every item. */
static void answers(world *w, int person, int meant, bool turned) {
    char id[32], a[64], b[64], item[32], value[32];
    snprintf(id, sizeof id, "r%d", person);
    referral(w, id, "2024-01-01", "", NULL);
    snprintf(a, sizeof a, "administration_id=a%d", person);
    snprintf(b, sizeof b, "referral_id=%s", id);
    assert_int_equal(put_row(w->record, RP_ADMINISTRATIONS, a, b, "date=2024-02-01", "instrument=wai-s", "version=1",
                             "rater=client", "status=complete", NULL),
                     RP_PUT_KEPT);
    for (int i = 1; i <= ITEMS; i++) {
        snprintf(item, sizeof item, "item=%d", i);
        snprintf(value, sizeof value, "value=%d", turned && is_turned(i) ? 8 - meant : meant);
        assert_int_equal(put_row(w->record, RP_RESPONSES, a, item, value, NULL), RP_PUT_KEPT);
    }
}

static double alpha_of(bool turned) {
    world w = begin();
    for (int p = 0; p < PEOPLE; p++)
        answers(&w, p, p + 2, turned);
    seal(&w);
    ask(&w, "alliance", 0, 1);
    const rp_statement *alpha = find(&w, "alliance.alpha");
    assert_non_null(alpha);
    double estimate = alpha->estimate;
    end(&w);
    return estimate;
}

/* Whoever means the same by every item gives items that go together perfectly: alpha is 1, by its definition. */
static void turned_items_go_with_the_others(void **state) {
    (void)state;
    assert_true(fabs(alpha_of(true) - 1) < 1e-12);
}

/* Answers that were not given the other way round do, once turned, run against the rest. With ten items x and two 8 - x
 * the variance of the sum is 64 var(x), of the items 12 var(x): alpha = 12/11 (1 - 12/64) = 0.886363..., by hand. */
static void and_are_turned_once(void **state) {
    (void)state;
    assert_true(fabs(alpha_of(false) - 12.0 / 11 * (1 - 12.0 / 64)) < 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turned_items_go_with_the_others),
        cmocka_unit_test(and_are_turned_once),
    };
    return cmocka_run_group_tests_name("questions: answers to the alliance's items", tests, NULL, NULL);
}
