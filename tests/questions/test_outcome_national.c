/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The national rule in `outcome`, on a record made by hand: every count is worked out beside it. Definitions:
 * docs/national-definitions.md. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

/* First and last PHQ-9 (10, 6) and GAD-7 (8, 4); last below 0: none. */
static void measured(world *w, const char *id, double phq9, double phq9_last, double gad7, double gad7_last) {
    score(w, id, "phq-9", "2024-01-08", phq9);
    score(w, id, "gad-7", "2024-01-08", gad7);
    if (phq9_last >= 0)
        score(w, id, "phq-9", "2024-03-08", phq9_last);
    if (gad7_last >= 0)
        score(w, id, "gad-7", "2024-03-08", gad7_last);
}

static void treated(world *w, const char *id, const char *ended) {
    referral(w, id, "2024-01-01", ended, NULL);
    contact(w, id, "2024-01-08", "assessment_and_treatment", "attended");
    contact(w, id, "2024-01-15", "treatment", "attended");
}

static void seven(world *w) {
    treated(w, "a", "2024-06-01"); /* recovered, reliably */
    measured(w, "a", 15, 5, 12, 3);
    treated(w, "b", "2024-06-01"); /* recovered, within the margin of error */
    measured(w, "b", 10, 9, 7, 7);
    treated(w, "c", "2024-06-01"); /* no case at the start, reliably worse */
    measured(w, "c", 4, 10, 5, 5);
    treated(w, "d", "2024-06-01"); /* a case at the start, measured once */
    measured(w, "d", 15, -1, 12, -1);
    treated(w, "e", ""); /* not finished; reliably improved, still a case */
    measured(w, "e", 20, 12, 12, 12);
    referral(w, "f", "2024-01-01", "2024-02-01", NULL); /* neither seen nor measured */
    treated(w, "g", "2024-06-01");                      /* finished, no score at all */
}

static void counts_are_those_of_the_rule(void **state) {
    (void)state;
    world w = begin();
    seven(&w);
    seal(&w);
    ask(&w, "outcome", 0, 1);
    is(&w, "outcome.national_recovery", 2, 4); /* a b, of a b d g: M192 leaves out c, known to be no case */
    is(&w, "outcome.national_recovery.worst", 2, 4);
    is(&w, "outcome.national_recovery.best", 4, 4); /* and d g */
    is(&w, "outcome.national_recovery.per_referral", 2, 7);
    is(&w, "outcome.national_recovery.per_referral.best", 5, 7); /* a b, and d f g; c and e did not recover */
    is(&w, "outcome.national_recovery.per_assessed", 2, 6);
    is(&w, "outcome.national_recovery.per_entered", 2, 6);
    is(&w, "outcome.national_recovery.per_measured_twice", 2, 4);       /* of a b c e */
    is(&w, "outcome.national_reliable_recovery", 1, 4);                 /* a */
    is(&w, "outcome.national_reliable_recovery.best", 3, 4);            /* a, and d g; b did not improve reliably */
    is(&w, "outcome.national_reliable_improvement", 1, 5);              /* a, of all who finished: M186 */
    is(&w, "outcome.national_reliable_improvement.best", 3, 5);         /* and d g */
    is(&w, "outcome.national_reliable_improvement.per_referral", 2, 7); /* a e */
    is(&w, "outcome.national_reliable_deterioration", 1, 5);            /* c */
    is(&w, "outcome.national_reliable_deterioration.worst", 3, 5);      /* and d g */
    is(&w, "outcome.national_reliable_deterioration.best", 1, 5);
    assert_true(find(&w, "outcome.national_recovery")->confirmed); /* PHQ-9 and GAD-7: both read in their sources */
    const rp_answer_table *t = table_of(&w, "outcome.national_not_known"); /* of those who finished: g, d */
    assert_int_equal(t->n_rows, 2);
    assert_string_equal(t->values[0].text, rp_national_why_words(RP_NATIONAL_NO_PHQ9));
    assert_int_equal(t->values[1].count.n, 1);
    assert_string_equal(t->values[2].text, rp_national_why_words(RP_NATIONAL_ONE_PHQ9));
    end(&w);
}

static void a_recalled_figure_is_marked(void **state) {
    (void)state;
    world w = begin();
    treated(&w, "a", "2024-06-01");
    assert_int_equal(put_row(w.record, RP_PROBLEMS, "referral_id=a", "problem=F431", "date=2024-01-01", NULL),
                     RP_PUT_KEPT);
    score(&w, "a", "phq-9", "2024-01-08", 15);
    score(&w, "a", "pcl-5", "2024-01-08", 40); /* its figures are recalled: instruments/pcl-5.json */
    seal(&w);
    ask(&w, "outcome", 0, 1);
    assert_false(find(&w, "outcome.national_recovery")->confirmed);
    end(&w);
}

/* Is there no national number, and a sentence that holds these words? */
static void says_why_not(world *w, const char *words) {
    seal(w);
    ask(w, "outcome", 0, 1);
    bool said = false;
    for (size_t i = 0; i < w->answer->n_caveats; i++)
        said = said || (strstr(w->answer->caveats[i], "national rule") && strstr(w->answer->caveats[i], words));
    assert_true(said);
    assert_null(find(w, "outcome.national_recovery"));
    end(w);
}

static void what_lacks_is_said_in_words(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "2024-01-01", "2024-06-01", NULL);
    measured(&w, "a", 15, 5, 12, 3);
    says_why_not(&w, "no contacts");
    w = begin();
    treated(&w, "a", "");
    measured(&w, "a", 15, 5, 12, 3);
    says_why_not(&w, "no date of ending");
    w = begin();
    treated(&w, "a", "2024-06-01");
    score(&w, "a", "gad-7", "2024-01-08", 12);
    says_why_not(&w, "nobody has a score of the PHQ-9");
    w = begin();
    treated(&w, "a", "2024-06-01");
    score(&w, "a", "phq-9", "2024-01-08", 12);
    says_why_not(&w, "both of the PHQ-9");
}

static void neither_blocks_nor_threads_change_a_byte(void **state) {
    (void)state;
    world w = begin();
    seven(&w);
    seal(&w);
    ask(&w, "outcome", 3, 1);
    int64_t one = find(&w, "outcome.national_recovery")->numerator.n;
    same_bytes(bytes_of(&w, "outcome", 3, 1), bytes_of(&w, "outcome", 3, 2));
    assert_int_equal(one, 2);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_those_of_the_rule),
        cmocka_unit_test(a_recalled_figure_is_marked),
        cmocka_unit_test(what_lacks_is_said_in_words),
        cmocka_unit_test(neither_blocks_nor_threads_change_a_byte),
    };
    return cmocka_run_group_tests_name("questions: outcome by the national rule", tests, NULL, NULL);
}
