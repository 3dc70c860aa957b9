/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `dose` on records made by hand: every count is worked out beside it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/dose_helper.h"

static void component(world *w, const char *id, int session, const char *code, const char *delivered) {
    char a[64], b[64], c[64];
    snprintf(a, sizeof a, "contact_id=%s-%d", id, session);
    snprintf(b, sizeof b, "component=%s", code);
    snprintf(c, sizeof c, "delivered=%s", delivered);
    assert_int_equal(put_row(w->record, RP_PROTOCOLS, a, "protocol=exposure", b, c, NULL), RP_PUT_KEPT);
}

/* Ten people, of whom nine enter treatment. */
static void ten(world *w) {
    *w = begin();
    referral(w, "a", "2024-01-01", "2024-03-01", "end_reason=46"); /* 1 session */
    treated(w, "a", 1, day_of(1), "50");
    activity(w, "a", 1, LOW_THERAPY, "");
    plan(w, "a", "2024-01-05", "6", "low");
    referral(w, "b", "2024-01-01", "2024-03-01", "end_reason=47"); /* 2 */
    treated(w, "b", 1, day_of(1), "30");
    treated(w, "b", 2, day_of(2), "");
    activity(w, "b", 1, LOW_THERAPY, "20");
    activity(w, "b", 2, LOW_THERAPY, "20");
    plan(w, "b", "2023-12-01", "12", "high");                             /* not in force any more */
    plan(w, "b", day_of(1), "2", "low");                                  /* on the day itself */
    referral(w, "c", "2024-01-01", "2024-03-01", "end_reason=completed"); /* 4 */
    course(w, "c", "LLHH");
    plan(w, "c", "2024-01-05", "3", "stepped");
    referral(w, "d", "2024-01-01", "", NULL); /* 4 so far */
    course(w, "d", "HHLL");
    plan(w, "d", "2024-01-05", "8", "high");
    referral(w, "e", "2024-01-01", "2024-03-01", "end_reason=left_early"); /* 6 */
    course(w, "e", "LL?HHL");
    plan(w, "e", "", "10", "stepped");                  /* one alone, without a date */
    referral(w, "f", "2024-01-01", "2024-03-01", NULL); /* 3, no plan */
    course(w, "f", "LBH");
    referral(w, "g", "2024-01-01", "2024-03-01", NULL); /* 2 and a log: 3 */
    course(w, "g", "??");
    assert_int_equal(
        put_row(w->record, RP_INTERNET_LOGS, "referral_id=g", "from=2024-01-02", "to=2024-02-20", "minutes=45", NULL),
        RP_PUT_KEPT);
    plan(w, "g", "2024-01-05", "4", "low"); /* contradict each other */
    plan(w, "g", "2024-01-05", "5", "low");
    referral(w, "h", "2024-01-01", "2024-03-01", NULL); /* none */
    contact(w, "h", "2024-01-10", "assessment", "attended");
    contact(w, "h", "2024-01-20", "treatment", "did_not_attend");
    referral(w, "i", "2024-01-01", "", NULL); /* 1 so far */
    course(w, "i", "N");
    plan(w, "i", "2024-02-01", "6", "low");   /* later alone */
    referral(w, "j", "2024-01-01", "", NULL); /* 6 so far */
    course(w, "j", "LLHHLL");
    plan(w, "j", "2024-01-05", "6", "low");
    plan(w, "j", "2024-02-01", "12", "high"); /* a change */
    component(w, "b", 1, "agenda", "true");
    component(w, "b", 2, "exposure", "false");
    component(w, "c", 1, "agenda", "");
    seal(w);
    ask(w, "dose", 0, 1);
}

static void sessions_are_counted_under_each_denominator(void **state) {
    (void)state;
    world w;
    ten(&w);
    /* a 1, b 2, c 4, d 4, e 6, f 3, g 3, h 0, i 1, j 6 */
    estimates(&w, "dose.sessions.mean.per_referred", 30 / 10., 10);
    estimates(&w, "dose.sessions.mean.per_entered", 30 / 9., 9);
    estimates(&w, "dose.sessions.mean.per_finished", 18 / 5., 5); /* b c e f g */
    estimates(&w, "dose.sessions.median.per_referred", 3, 10);    /* 0 1 1 2 3 | 3 4 4 6 6: the fifth */
    estimates(&w, "dose.sessions.median.per_entered", 3, 9);      /* 1 1 2 3 3 4 4 6 6 */
    estimates(&w, "dose.sessions.median.per_finished", 3, 5);     /* 2 3 3 4 6 */
    static const struct {
        const char *bin;
        int64_t ended, all, open;
    } bins[] = {
        {"1", 1, 2, 1},      /* a; i */
        {"2", 1, 1, 0},      /* b */
        {"3 to 5", 3, 4, 1}, /* c f g; d */
        {"6 to 9", 1, 2, 1}, /* e; j */
        {"10 to 14", 0, 0, 0}, {"15 or more", 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof bins / sizeof *bins; i++) {
        assert_int_equal(people_in(&w, "dose.sessions", bins[i].bin, NULL, "ended"), bins[i].ended);
        assert_int_equal(people_in(&w, "dose.sessions", bins[i].bin, NULL, "people"), bins[i].all);
        assert_int_equal(people_in(&w, "dose.sessions", bins[i].bin, NULL, "open"), bins[i].open);
    }
    end(&w);
}

static void received_is_held_against_the_plan_in_force(void **state) {
    (void)state;
    world w;
    ten(&w);
    is(&w, "dose.plan.recorded", 6, 9);   /* a b c d e j */
    is(&w, "dose.plan.changed", 1, 9);    /* j */
    is(&w, "dose.plan.fewer", 2, 4);      /* a 1 of 6, e 6 of 10 */
    is(&w, "dose.plan.as_planned", 1, 4); /* b 2 of 2, not of 12 */
    is(&w, "dose.plan.more", 1, 4);       /* c 4 of 3 */
    estimates(&w, "dose.plan.difference", (-5 + 0 + 1 - 4) / 4., 4);
    assert_int_equal(people_in(&w, "dose.received", "Not ended, so not compared", NULL, "people"), 2);    /* d j */
    assert_int_equal(people_in(&w, "dose.plan", "No plan on record", NULL, "people"), 1);                 /* f */
    assert_int_equal(people_in(&w, "dose.plan", "Not clear which plan was in force", NULL, "people"), 1); /* g */
    assert_int_equal(people_in(&w, "dose.plan", "Planned later alone", NULL, "people"), 1);               /* i */
    assert_int_equal(people_in(&w, "dose.plan", "A plan in force that does not say how many", NULL, "people"), 0);
    end(&w);
}

static void steps_are_told_as_given_and_as_intended(void **state) {
    (void)state;
    world w;
    ten(&w);
    is(&w, "dose.intensity.low.per_entered", 2, 9);     /* a b */
    is(&w, "dose.intensity.both.per_entered", 5, 9);    /* c d e f j */
    is(&w, "dose.intensity.high.per_entered", 1, 9);    /* g: the log */
    is(&w, "dose.intensity.neither.per_entered", 1, 9); /* i */
    is(&w, "dose.intensity.not_known.per_entered", 0, 9);
    is(&w, "dose.intensity.low.per_finished", 1, 5);                                                    /* b */
    is(&w, "dose.intensity.both.per_finished", 3, 5);                                                   /* c e f */
    is(&w, "dose.intensity.high.per_finished", 1, 5);                                                   /* g */
    assert_int_equal(people_in(&w, "dose.intensity", "Of some sessions not known", NULL, "people"), 2); /* e g */
    const rp_value *mean = value_of(&w, "dose.intensity", "Low and high intensity", NULL, "sessions");
    assert_true(fabs(mean->num - (4 + 4 + 6 + 3 + 6) / 5.) < 1e-12);                      /* c d e f j */
    assert_int_equal(people_in(&w, "dose.intended", "low intensity", NULL, "people"), 3); /* a b j */
    assert_int_equal(people_in(&w, "dose.intended", "low intensity", NULL, "low"), 2);    /* a b */
    assert_int_equal(people_in(&w, "dose.intended", "low intensity", NULL, "both"), 1);   /* j */
    assert_int_equal(people_in(&w, "dose.intended", "not on record", NULL, "people"),
                     3); /* f i, and g, whose plan is not clear */
    end(&w);
}

static void stepping_is_from_a_stage_to_a_stage(void **state) {
    (void)state;
    world w;
    ten(&w);
    is(&w, "dose.stepping.up.per_entered", 3, 9);   /* c; e, the session not known passed over; f, low before high */
    is(&w, "dose.stepping.down.per_entered", 1, 9); /* d */
    is(&w, "dose.stepping.both_ways.per_entered", 1, 9);  /* j */
    is(&w, "dose.stepping.not.per_entered", 3, 9);        /* a b i */
    is(&w, "dose.stepping.not_known.per_entered", 1, 9);  /* g */
    is(&w, "dose.stepping.up.per_finished", 3, 5);        /* c e f */
    is(&w, "dose.stepping.not.per_finished", 1, 5);       /* b */
    is(&w, "dose.stepping.not_known.per_finished", 1, 5); /* g */
    end(&w);
}

static void minutes_say_where_they_are_from(void **state) {
    (void)state;
    world w;
    ten(&w);
    static const char contacts[] = "Treatment contacts: the contact's minutes";
    static const char activities[] = "Treatment contacts: minutes of its activities";
    /* 29 contacts and a log: a's has 50, one of b's 30. */
    estimates(&w, "dose.minutes.contacts.recorded", 2 / 29., 2);
    estimates(&w, "dose.minutes.contacts.per_session", 80 / 2., 2);
    estimates(&w, "dose.minutes.contacts.per_person", 50, 1); /* a */
    assert_int_equal(people_in(&w, "dose.minutes", contacts, NULL, "all"), 1);
    assert_int_equal(people_in(&w, "dose.minutes", contacts, NULL, "some"), 1);
    assert_int_equal(people_in(&w, "dose.minutes", contacts, NULL, "none"), 7);
    /* b 2 contacts, c 4, d 4, e 5 of 6, f 3 with 80 minutes, i 1, j 6; not a, not g. */
    estimates(&w, "dose.minutes.activities.recorded", 25 / 29., 7);
    estimates(&w, "dose.minutes.activities.per_session", (40 + 80 + 80 + 100 + 80 + 20 + 120) / 25., 7);
    estimates(&w, "dose.minutes.activities.per_person", (40 + 80 + 80 + 80 + 20 + 120) / 6., 6);
    assert_int_equal(people_in(&w, "dose.minutes", activities, NULL, "some"), 1); /* e */
    assert_int_equal(people_in(&w, "dose.minutes", activities, NULL, "none"), 2); /* a g */
    estimates(&w, "dose.minutes.logs.recorded", 1, 1);
    estimates(&w, "dose.minutes.logs.per_session", 45, 1);
    end(&w);
}

static void components_are_told_as_far_as_they_are_on_record(void **state) {
    (void)state;
    world w;
    ten(&w);
    estimates(&w, "dose.components.recorded", 3 / 29., 2); /* b twice, c once */
    estimates(&w, "dose.components.delivered", 1 / 2., 1); /* of b's two; c's does not say */
    static const char of[] = "Treatment contacts with a component of a protocol on record";
    assert_int_equal(people_in(&w, "dose.components.recorded", of, NULL, "all"), 1);  /* b */
    assert_int_equal(people_in(&w, "dose.components.recorded", of, NULL, "some"), 1); /* c */
    assert_int_equal(people_in(&w, "dose.components.recorded", of, NULL, "none"), 7);
    assert_int_equal(people_in(&w, "dose.components", "setting an agenda", NULL, "people"), 2);
    assert_int_equal(people_in(&w, "dose.components", "setting an agenda", NULL, "delivered"), 1);
    assert_int_equal(people_in(&w, "dose.components", "exposure", NULL, "people"), 1);
    assert_int_equal(people_in(&w, "dose.components", "exposure", NULL, "delivered"), 0);
    assert_int_equal(people_in(&w, "dose.components", "a shared account of the problem", NULL, "people"), -1);
    end(&w);
}

static void stopping_is_told_with_its_reason(void **state) {
    (void)state;
    world w;
    ten(&w);
    is_at(&w, "dose.stopped", "session 1", 1, 9); /* a; i is open */
    is_at(&w, "dose.stopped", "session 2", 1, 7); /* b */
    is_at(&w, "dose.stopped", "session 4", 1, 4); /* c; d is open */
    is_at(&w, "dose.stopped", "session 6", 1, 2); /* e; j is open */
    assert_null(find_at(&w, "dose.stopped", "session 8"));
    static const char table[] = "dose.stopping";
    assert_int_equal(people_in(&w, table, "session 1", NULL, "next"), 7);
    assert_int_equal(people_in(&w, table, "session 1", NULL, "open"), 1);
    assert_int_equal(people_in(&w, table, "session 1", NULL, "agreed"), 1);
    assert_int_equal(people_in(&w, table, "session 2", NULL, "before_planned"), 1);
    assert_int_equal(people_in(&w, table, "session 4", NULL, "agreed"), 1);
    assert_int_equal(people_in(&w, table, "session 4", NULL, "open"), 1);
    assert_int_equal(people_in(&w, table, "session 6", NULL, "before_planned"), 1);
    assert_int_equal(people_in(&w, table, "session 6", NULL, "no_reason"), 0);
    end(&w);
}

/* The number of sessions stands beside no score, no change and no rate of it. */
static void no_outcome_stands_by_total_sessions(void **state) {
    (void)state;
    world w;
    ten(&w);
    bool said = false;
    for (size_t i = 0; i < w.answer->n_caveats; i++)
        said = said || strstr(w.answer->caveats[i], "No outcome is told by the total number of sessions") != NULL;
    assert_true(said);
    for (size_t i = 0; i < w.answer->n_tables; i++)
        if (strcmp(w.answer->tables[i]->columns[0].id, "sessions") == 0)
            for (size_t c = 1; c < w.answer->tables[i]->n_columns; c++) {
                const char *unit = w.answer->tables[i]->columns[c].unit;
                assert_true(strcmp(unit, "people") == 0 || strcmp(unit, "%") == 0);
            }
    end(&w);
}

/* A session with this practitioner, of one step. */
static void with(world *w, const char *id, int session, const char *practitioner, const char *therapy) {
    char a[64], b[64], c[64], d[64];
    snprintf(a, sizeof a, "contact_id=%s-%d", id, session);
    snprintf(b, sizeof b, "referral_id=%s", id);
    snprintf(c, sizeof c, "date=%s", day_of(session));
    snprintf(d, sizeof d, "practitioner_id=%s", practitioner);
    assert_int_equal(put_row(w->record, RP_CONTACTS, a, b, c, d, "kind=treatment", "attendance=attended", NULL),
                     RP_PUT_KEPT);
    activity(w, id, session, therapy, "20");
}

static void practitioners(world *w) {
    practitioner(w, "p");
    practitioner(w, "q");
    practitioner(w, "s");
}

static void time_for_a_log(world *w, const char *id, const char *practitioner) {
    char a[64], b[64];
    snprintf(a, sizeof a, "referral_id=%s", id);
    snprintf(b, sizeof b, "practitioner_id=%s", practitioner);
    assert_int_equal(put_row(w->record, RP_INTERNET_LOGS, a, b, "from=2024-01-02", "to=2024-02-20", "minutes=45", NULL),
                     RP_PUT_KEPT);
}

/* p and q give low intensity, s alone high: those two lines go together, and neither is p's and q's alone. All are not
 * stepped, by three practitioners. */
static void no_line_of_steps_is_one_practitioners(void **state) {
    (void)state;
    world w = begin();
    practitioners(&w);
    for (int i = 0; i < 6; i++) {
        char id[8];
        snprintf(id, sizeof id, "r%d", i);
        referral(&w, id, "2024-01-01", "", NULL);
        with(&w, id, 1, i == 0 ? "s" : i < 4 ? "p" : "q", i == 0 ? HIGH_THERAPY : LOW_THERAPY);
    }
    seal(&w);
    ask(&w, "dose", 0, 1);
    assert_null(find(&w, "dose.intensity.high.per_entered"));
    assert_null(find(&w, "dose.intensity.low.per_entered"));
    assert_int_equal(people_in(&w, "dose.intensity", "Not told apart", NULL, "people"), 6);
    assert_int_equal(people_in(&w, "dose.intensity", "High intensity alone", NULL, "people"), -1);
    is(&w, "dose.stepping.not.per_entered", 6, 6);
    end(&w);
}

/* Low intensity was given by p and q, but whoever of these finished was with p. */
static void nor_are_those_of_a_line_who_finished(void **state) {
    (void)state;
    static const struct {
        const char *id, *by, *ended, *therapy;
    } all[] = {{"a", "p", "2024-03-01", LOW_THERAPY},
               {"b", "q", "", LOW_THERAPY},
               {"c", "s", "2024-03-01", HIGH_THERAPY},
               {"d", "q", "2024-03-01", HIGH_THERAPY}};
    world w = begin();
    practitioners(&w);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        referral(&w, all[i].id, "2024-01-01", all[i].ended, NULL);
        with(&w, all[i].id, 1, all[i].by, all[i].therapy);
        with(&w, all[i].id, 2, all[i].by, all[i].therapy);
    }
    seal(&w);
    ask(&w, "dose", 0, 1);
    assert_null(find(&w, "dose.intensity.low.per_entered"));
    assert_int_equal(people_in(&w, "dose.intensity", "Not told apart", NULL, "people"), 4);
    end(&w);
}

/* With a second one for high intensity each line is told; so is one of which it is not known whose people they are. */
static void lines_of_several_practitioners_are_told(void **state) {
    (void)state;
    for (int named = 0; named < 2; named++) {
        world w = begin();
        practitioners(&w);
        for (int i = 0; i < 6; i++) {
            char id[8];
            snprintf(id, sizeof id, "r%d", i);
            referral(&w, id, "2024-01-01", "", NULL);
            with(&w, id, 1,
                 i == 0   ? "s"
                 : i == 1 ? (named ? "q" : "")
                 : i < 4  ? "p"
                          : "q",
                 i < 2 ? HIGH_THERAPY : LOW_THERAPY);
        }
        seal(&w);
        ask(&w, "dose", 0, 1);
        is(&w, "dose.intensity.high.per_entered", 2, 6);
        is(&w, "dose.intensity.low.per_entered", 4, 6);
        end(&w);
    }
}

static void one_practitioners_time_is_not_told(void **state) {
    (void)state;
    for (int several = 0; several < 2; several++) {
        world w = begin();
        practitioners(&w);
        for (int i = 0; i < 2; i++) {
            const char *id = i == 0 ? "a" : "b";
            referral(&w, id, "2024-01-01", "", NULL);
            with(&w, id, 1, "p", LOW_THERAPY);
            time_for_a_log(&w, id, several && i == 1 ? "q" : "p");
        }
        seal(&w);
        ask(&w, "dose", 0, 1);
        assert_int_equal(find(&w, "dose.minutes.logs.per_session") != NULL, several);
        assert_int_equal(
            people_in(&w, "dose.minutes", "Internet therapy logs: the practitioner's time", NULL, "people"),
            several ? 2 : -1);
        end(&w);
    }
}

/* Nobody is known to have ended: nothing is said of finishing, stopping and what was received of a plan. */
static void without_endings_less_is_told(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "2024-01-01", "", NULL);
    course(&w, "a", "LL");
    plan(&w, "a", "2024-01-05", "2", "low");
    seal(&w);
    ask(&w, "dose", 0, 1);
    estimates(&w, "dose.sessions.mean.per_entered", 2, 1);
    assert_null(find(&w, "dose.sessions.mean.per_finished"));
    assert_null(find(&w, "dose.plan.fewer"));
    assert_null(find(&w, "dose.stopped"));
    assert_null(find(&w, "dose.stepping.not.per_finished"));
    assert_int_equal(people_in(&w, "dose.sessions", "2", NULL, "people"), 1);
    end(&w);
}

static void nobody_treated_is_said(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "a", "2024-01-01", "", NULL);
    contact(&w, "a", "2024-01-10", "assessment", "attended");
    seal(&w);
    ask(&w, "dose", 0, 1);
    assert_int_equal(w.answer->n_statements, 0);
    assert_non_null(strstr(w.answer->caveats[0], "Nobody in the cohort has a treatment session"));
    end(&w);
}

static void threads_change_no_byte(void **state) {
    (void)state;
    world w;
    ten(&w);
    same_bytes(bytes_of(&w, "dose", 3, 1), bytes_of(&w, "dose", 3, 2));
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sessions_are_counted_under_each_denominator),
        cmocka_unit_test(received_is_held_against_the_plan_in_force),
        cmocka_unit_test(steps_are_told_as_given_and_as_intended),
        cmocka_unit_test(stepping_is_from_a_stage_to_a_stage),
        cmocka_unit_test(minutes_say_where_they_are_from),
        cmocka_unit_test(components_are_told_as_far_as_they_are_on_record),
        cmocka_unit_test(stopping_is_told_with_its_reason),
        cmocka_unit_test(no_outcome_stands_by_total_sessions),
        cmocka_unit_test(no_line_of_steps_is_one_practitioners),
        cmocka_unit_test(nor_are_those_of_a_line_who_finished),
        cmocka_unit_test(lines_of_several_practitioners_are_told),
        cmocka_unit_test(one_practitioners_time_is_not_told),
        cmocka_unit_test(without_endings_less_is_told),
        cmocka_unit_test(nobody_treated_is_said),
        cmocka_unit_test(threads_change_no_byte),
    };
    return cmocka_run_group_tests_name("questions: dose", tests, NULL, NULL);
}
