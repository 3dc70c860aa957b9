/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `pathway` on records made by hand: every count is worked out beside it. Definitions: docs/national-definitions.md. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

/* Eight people. The last date on which something happened is 2024-07-01, when g was referred. */
static void eight(world *w) {
    referral(w, "a", "2024-01-01", "2024-05-02", "end_reason=46"); /* all the way */
    contact(w, "a", "2024-01-11", "assessment", "attended");
    contact(w, "a", "2024-01-21", "treatment", "attended");
    contact(w, "a", "2024-02-10", "treatment", "late_seen");
    contact(w, "a", "2024-05-01", "follow_up", "attended");
    referral(w, "b", "2024-01-01", "2024-04-01", "end_reason=47"); /* once, with no assessment on record */
    contact(w, "b", "2024-03-01", "treatment", "attended");
    referral(w, "c", "2024-01-01", "2024-02-10", "end_reason=14"); /* assessed, not treated */
    contact(w, "c", "2024-01-31", "assessment", "attended");
    referral(w, "d", "2024-01-01", "2024-02-01", NULL); /* never seen, no reason recorded */
    contact(w, "d", "2024-01-15", "assessment", "did_not_attend");
    referral(w, "e", "2024-01-01", "", NULL); /* open, last treated 122 days before */
    contact(w, "e", "2024-01-11", "assessment_and_treatment", "attended");
    contact(w, "e", "2024-03-01", "treatment", "attended");
    referral(w, "f", "2024-01-01", "", NULL); /* open, treated once 35 days before */
    contact(w, "f", "2024-05-20", "assessment", "attended");
    contact(w, "f", "2024-05-27", "treatment", "attended");
    referral(w, "g", "2024-07-01", "", NULL); /* open, not seen; an appointment is booked, which is no last date */
    contact(w, "g", "2024-12-01", "assessment", "");
    referral(w, "h", "2024-01-01", "2024-02-05", "end_reason=46"); /* a follow-up before the last treatment is none */
    contact(w, "h", "2024-01-11", "treatment", "attended");
    contact(w, "h", "2024-01-20", "follow_up", "attended");
    contact(w, "h", "2024-02-01", "treatment", "attended");
}

static void steps_are_counted_with_their_losses(void **state) {
    (void)state;
    world w = begin();
    eight(&w);
    seal(&w);
    ask(&w, "pathway", 0, 1);
    is(&w, "pathway.referred", 8, 8);
    is(&w, "pathway.assessed", 4, 8);               /* a c e f */
    is(&w, "pathway.assessed.ended_before", 3, 8);  /* b d h */
    is(&w, "pathway.assessed.not_yet", 1, 8);       /* g */
    is(&w, "pathway.entered", 5, 8);                /* a b e f h */
    is(&w, "pathway.entered.of_step_before", 3, 4); /* a e f */
    is(&w, "pathway.entered.ended_before", 1, 4);   /* c */
    is(&w, "pathway.entered.not_yet", 0, 4);
    is(&w, "pathway.second_treatment", 3, 8); /* a e h */
    is(&w, "pathway.second_treatment.of_step_before", 3, 5);
    is(&w, "pathway.second_treatment.ended_before", 1, 5); /* b */
    is(&w, "pathway.second_treatment.not_yet", 1, 5);      /* f */
    is(&w, "pathway.finished", 2, 8);                      /* a h */
    is(&w, "pathway.finished.of_step_before", 2, 3);
    is(&w, "pathway.finished.not_yet", 1, 3); /* e */
    is(&w, "pathway.followed_up", 1, 8);      /* a */
    is(&w, "pathway.followed_up.of_step_before", 1, 2);
    is(&w, "pathway.followed_up.ended_before", 1, 2); /* h: its follow-up came before its last treatment */
    /* Entered with no assessment on record: b and h, row 2, last column. */
    const rp_answer_table *t = table_of(&w, "pathway.steps");
    assert_int_equal(t->values[2 * t->n_columns + 7].count.n, 2);
    /* The bar of "entered": a b e f h, and g, who has not ended: 6 of 8. Finished: a h, and the open e f g: 5 of 8. */
    assert_true(w.answer->charts[0]->series[0].points[1].upper == 6 / 8.);
    assert_true(w.answer->charts[0]->series[0].points[3].upper == 5 / 8.);
    end(&w);
}

static const rp_chart *flow_of(const world *w) {
    for (size_t i = 0; i < w->answer->n_charts; i++)
        if (w->answer->charts[i]->kind == RP_CHART_FLOW)
            return w->answer->charts[i];
    fail_msg("no flow");
    return NULL;
}

/* Everyone of a step is counted just once on the way to the next; and who they are, on the eight. */
static void the_flow_adds_up(void **state) {
    (void)state;
    static const struct {
        size_t step;
        rp_flow_part part;
        int64_t people;
        const char *label; /* of a reason */
    } expected[] = {
        {0, RP_FLOW_BOX, 8, NULL},
        {1, RP_FLOW_AROUND, 2, NULL}, /* b h: treated with no assessment on record */
        {1, RP_FLOW_ENDED, 1, NULL},  /* d */
        {1, RP_FLOW_REASON, 1, "no reason recorded"},
        {1, RP_FLOW_OPEN, 1, NULL}, /* g */
        {1, RP_FLOW_BOX, 4, NULL},  /* a c e f */
        {2, RP_FLOW_ENDED, 1, NULL},
        {2, RP_FLOW_REASON, 1, "seen, not taken on: suitable, but declined the treatment offered"}, /* c: 14 */
        {2, RP_FLOW_OPEN, 0, NULL},
        {2, RP_FLOW_BOX, 5, NULL}, /* a b e f h */
        {3, RP_FLOW_ENDED, 1, NULL},
        {3, RP_FLOW_REASON, 1, "taken on: ended earlier than the care professional planned"}, /* b: 47 */
        {3, RP_FLOW_OPEN, 1, NULL},                                                           /* f */
        {3, RP_FLOW_BOX, 3, NULL},                                                            /* a e h */
        {4, RP_FLOW_OPEN, 1, NULL},                                                           /* e */
        {4, RP_FLOW_BOX, 2, NULL},                                                            /* a h */
        {5, RP_FLOW_OPEN, 1, NULL},                                                           /* h */
        {5, RP_FLOW_BOX, 1, NULL},                                                            /* a */
    };
    world w = begin();
    eight(&w);
    seal(&w);
    ask(&w, "pathway", 0, 1);
    const rp_chart *flow = flow_of(&w);
    const rp_answer_table *table = table_of(&w, "pathway.flow");
    size_t n = 0;
    int64_t before = 0, around = 0;
    for (size_t s = 0; s < flow->n_series; s++) {
        int64_t left = 0, box = -1;
        for (size_t i = 0; i < flow->series[s].n; i++, n++) {
            const rp_chart_point *p = &flow->series[s].points[i];
            assert_true(n < sizeof expected / sizeof *expected);
            assert_int_equal(s, expected[n].step);
            assert_int_equal(p->part, expected[n].part);
            assert_int_equal(p->count.n, expected[n].people);
            assert_int_equal(table->values[n * table->n_columns + 4].count.n, expected[n].people);
            if (expected[n].label != NULL)
                assert_string_equal(p->label, expected[n].label);
            if (p->part == RP_FLOW_BOX)
                box = p->count.n;
            else if (p->part != RP_FLOW_REASON)
                left += p->count.n;
        }
        if (s > 0) /* those who went around the box of the assessed come back at the next */
            assert_int_equal(before - left + (s == 2 ? around : 0), box);
        around = s == 1 ? flow->series[s].points[0].count.n : around;
        before = box;
    }
    assert_int_equal(n, sizeof expected / sizeof *expected);
    assert_int_equal(table->n_rows, n);
    end(&w);
}

static void endings_and_open_referrals_are_counted(void **state) {
    (void)state;
    world w = begin();
    eight(&w);
    seal(&w);
    ask(&w, "pathway", 0, 1);
    is(&w, "pathway.ended", 5, 8);                  /* a b c d h */
    is(&w, "pathway.ended.not_seen", 1, 5);         /* d */
    is(&w, "pathway.ended.seen_not_treated", 1, 5); /* c */
    is(&w, "pathway.ended.treated_once", 1, 5);     /* b */
    is(&w, "pathway.ended.finished", 2, 5);         /* a h */
    is(&w, "pathway.one_session_share", 1, 3);      /* b, of a b h: M075 / (M056 - M153) = 1 / (5 - 2) */
    is(&w, "pathway.open", 3, 8);                   /* e f g */
    is(&w, "pathway.open.not_treated", 1, 3);       /* g */
    is(&w, "pathway.open.to_60_days", 1, 3);        /* f: 27 May to 1 July is 35 days */
    is(&w, "pathway.open.61_to_90_days", 0, 3);
    is(&w, "pathway.open.91_to_120_days", 0, 3);
    is(&w, "pathway.open.over_120_days", 1, 3); /* e: 1 March to 1 July is 122 days */
    is(&w, "pathway.open.not_known", 0, 3);
    const rp_answer_table *t = table_of(&w, "pathway.reasons");
    assert_int_equal(t->n_rows, 4); /* none recorded: d; 14: c; 46: a h; 47: b, in the order of the list of codes */
    static const char *const codes[] = {"none recorded", "14", "46", "47"};
    static const int64_t people[] = {1, 1, 2, 1};
    for (size_t r = 0; r < 4; r++) {
        assert_string_equal(t->values[r * t->n_columns].text, codes[r]);
        assert_int_equal(t->values[r * t->n_columns + 2].count.n, people[r]);
    }
    t = table_of(&w, "pathway.appointments");
    assert_int_equal(t->n_rows, 8);
    assert_int_equal(t->values[0 * t->n_columns + 1].count.n, 12); /* attended: a 3, b 1, c 1, e 2, f 2, h 3 */
    assert_int_equal(t->values[1 * t->n_columns + 1].count.n, 1);  /* late, seen: a */
    assert_int_equal(t->values[4 * t->n_columns + 1].count.n, 1);  /* did not attend: d */
    assert_int_equal(t->values[6 * t->n_columns + 1].count.n, 1);  /* none recorded: g */
    assert_int_equal(t->values[7 * t->n_columns + 1].count.n, 15);
    end(&w);
}

static void waits_are_counted(void **state) {
    (void)state;
    world w = begin();
    eight(&w);
    seal(&w);
    ask(&w, "pathway", 0, 1);
    is(&w, "pathway.wait_assessment.within_42_days", 3, 4); /* a 10, c 30, e 10; f 140 */
    is(&w, "pathway.wait_assessment.within_126_days", 3, 4);
    is(&w, "pathway.wait_treatment.within_42_days.per_entered", 3, 5);  /* a 20, e 10, h 10; b 60, f 147 */
    is(&w, "pathway.wait_treatment.within_126_days.per_entered", 4, 5); /* and b */
    is(&w, "pathway.wait_treatment.within_42_days.per_finished", 2, 2); /* a h */
    is(&w, "pathway.wait_treatment.within_126_days.per_finished", 2, 2);
    is(&w, "pathway.wait_second.to_28_days", 2, 3);    /* a 20, h 21 */
    is(&w, "pathway.wait_second.29_to_90_days", 1, 3); /* e 50 */
    is(&w, "pathway.wait_second.over_90_days", 0, 3);
    assert_true(find(&w, "pathway.wait_assessment.median")->estimate == 10); /* 10 10 30 140: the second */
    assert_true(find(&w, "pathway.wait_treatment.median")->estimate == 20);  /* 10 10 20 60 147 */
    assert_true(find(&w, "pathway.wait_second.median")->estimate == 21);     /* 20 21 50 */
    assert_true(isnan(find(&w, "pathway.wait_second.median")->lower));       /* too few for an interval */
    end(&w);
}

static void medians_have_order_statistics_around_them(void **state) {
    (void)state;
    world w = begin();
    for (int i = 1; i <= 20; i++) { /* treated after 1, 2 ... 20 days */
        char id[16], date[80];
        snprintf(id, sizeof id, "p%02d", i);
        snprintf(date, sizeof date, "2024-01-%02d", i + 1);
        referral(&w, id, "2024-01-01", "", NULL);
        contact(&w, id, date, "treatment", "attended");
    }
    referral(&w, "q", "2024-02-01", "2024-03-01", "end_reason=46"); /* treated before being referred: not known */
    contact(&w, "q", "2024-01-20", "treatment", "attended");
    if (!rp_record_seal(w.record, &w.error)) /* a contact before its referral may be told as a fault */
        fail_msg("%s", w.error.message);
    ask(&w, "pathway", 0, 1);
    const rp_statement *s = find(&w, "pathway.wait_treatment.median");
    assert_int_equal(s->numerator.n, 20);
    assert_int_equal(s->denominator.n, 21);
    assert_true(s->estimate == 10);
    assert_true(s->lower == 6 && s->upper == 15); /* R 4.2: qbinom(0.025, 20, 0.5) is 6; 20 + 1 - 6 is 15 */
    const rp_answer_table *t = table_of(&w, "pathway.waits");
    assert_true(t->values[t->n_columns + 7].num == 5 && t->values[t->n_columns + 9].num == 15); /* ranks 20/4, 60/4 */
    assert_int_equal(t->values[t->n_columns + 6].count.n, 1);                                   /* q */
    end(&w);
}

static void neither_blocks_nor_threads_change_a_byte(void **state) {
    (void)state;
    world w = begin();
    eight(&w);
    seal(&w);
    neither_blocks_nor_threads_change_a_byte_of(&w, "pathway");
    end(&w);
}

static void on_occasion(world *w, const char *id, const char *referral_id, const char *occasion, const char *kind) {
    char a[80], b[80], c[80], d[80];
    snprintf(a, sizeof a, "contact_id=%s", id);
    snprintf(b, sizeof b, "referral_id=%s", referral_id);
    snprintf(c, sizeof c, "occasion=%s", occasion);
    snprintf(d, sizeof d, "kind=%s", kind);
    assert_int_equal(put_row(w->record, RP_CONTACTS, a, b, c, d, "attendance=attended", NULL), RP_PUT_KEPT);
}

static void contacts_without_dates_count_and_their_waits_are_not_known(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "u", "2024-01-01", "2024-06-01", "end_reason=46"); /* followed up: the last of its contacts in order */
    on_occasion(&w, "u1", "u", "1", "treatment");
    on_occasion(&w, "u2", "u", "2", "treatment");
    on_occasion(&w, "u3", "u", "3", "follow_up");
    referral(&w, "v", "2024-01-01", "2024-06-01", "end_reason=46"); /* a follow-up between two treatments is none */
    on_occasion(&w, "v1", "v", "1", "treatment");
    on_occasion(&w, "v2", "v", "2", "follow_up");
    on_occasion(&w, "v3", "v", "3", "treatment");
    referral(&w, "x", "2024-01-01", "", NULL); /* one dated, one not: which was last is not known */
    contact(&w, "x", "2024-02-01", "treatment", "attended");
    on_occasion(&w, "x2", "x", "2", "treatment");
    seal(&w);
    ask(&w, "pathway", 0, 1);
    is(&w, "pathway.second_treatment", 3, 3);
    is(&w, "pathway.finished", 2, 3);
    is(&w, "pathway.followed_up", 1, 3); /* u */
    is(&w, "pathway.wait_treatment.within_126_days.per_entered", 0, 3);
    is(&w, "pathway.wait_treatment.median", 0, 3);
    assert_true(isnan(find(&w, "pathway.wait_treatment.median")->estimate));
    is(&w, "pathway.open.not_known", 1, 1); /* x */
    end(&w);
}

static void without_contacts_it_says_so(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "2024-01-01", "2024-05-02", "end_reason=46");
    referral(&w, "b", "2024-01-01", "", NULL);
    seal(&w);
    ask(&w, "pathway", 0, 1);
    assert_int_equal(w.answer->n_needs_missing, 1);
    assert_string_equal(w.answer->needs_missing[0], "contacts");
    is(&w, "pathway.referred", 2, 2);
    is(&w, "pathway.ended", 1, 2);
    is(&w, "pathway.open", 1, 2);
    assert_null(find(&w, "pathway.assessed")); /* not known is not none */
    assert_null(find(&w, "pathway.one_session_share"));
    assert_null(find(&w, "pathway.open.not_treated"));
    end(&w);
}

static void without_endings_nobody_is_called_open(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "2024-01-01", "", NULL);
    contact(&w, "a", "2024-01-11", "assessment_and_treatment", "attended");
    seal(&w);
    ask(&w, "pathway", 0, 1);
    is(&w, "pathway.entered", 1, 1);
    assert_null(find(&w, "pathway.finished"));
    assert_null(find(&w, "pathway.ended"));
    assert_null(find(&w, "pathway.open"));
    assert_null(find(&w, "pathway.wait_treatment.within_42_days.per_finished"));
    assert_null(find(&w, "pathway.second_treatment.not_yet"));
    assert_null(find(&w, "pathway.second_treatment.ended_before"));
    const rp_chart *flow = flow_of(&w);
    assert_int_equal(flow->n_series, 4); /* to the second treatment contact, which a has not had */
    assert_string_equal(flow->series[3].points[0].label, "Not on record; who has ended is not known");
    assert_int_equal(flow->series[3].points[0].count.n, 1);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_counted_with_their_losses),
        cmocka_unit_test(the_flow_adds_up),
        cmocka_unit_test(endings_and_open_referrals_are_counted),
        cmocka_unit_test(waits_are_counted),
        cmocka_unit_test(medians_have_order_statistics_around_them),
        cmocka_unit_test(neither_blocks_nor_threads_change_a_byte),
        cmocka_unit_test(contacts_without_dates_count_and_their_waits_are_not_known),
        cmocka_unit_test(without_contacts_it_says_so),
        cmocka_unit_test(without_endings_nobody_is_called_open),
    };
    return cmocka_run_group_tests_name("questions: pathway", tests, NULL, NULL);
}
