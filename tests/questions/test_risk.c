/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `risk` on records made by hand: every count is worked out beside it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

/* ---- rows -------------------------------------------------------------------- */

static void seen(world *w, const char *id, const char *contact_id, const char *date, const char *kind) {
    char a[64], b[64], c[64], d[64];
    snprintf(a, sizeof a, "contact_id=%s", contact_id);
    snprintf(b, sizeof b, "referral_id=%s", id);
    snprintf(c, sizeof c, "date=%s", date);
    snprintf(d, sizeof d, "kind=%s", kind);
    assert_int_equal(put_row(w->record, RP_CONTACTS, a, b, c, d, "attendance=attended", NULL), RP_PUT_KEPT);
}

/* "" for what is not recorded. */
typedef struct risk {
    const char *of, *contact, *raised, *origin, *level, *explored, *action, *closed;
} risk;

static void put_risk(world *w, const risk *r) {
    static int next = 0;
    char cells[9][96];
    snprintf(cells[0], sizeof cells[0], "risk_id=q%d", next++);
    snprintf(cells[1], sizeof cells[1], "referral_id=%s", r->of);
    snprintf(cells[2], sizeof cells[2], "contact_id=%s", r->contact);
    snprintf(cells[3], sizeof cells[3], "raised=%s", r->raised);
    snprintf(cells[4], sizeof cells[4], "origin=%s", r->origin);
    snprintf(cells[5], sizeof cells[5], "level=%s", r->level);
    snprintf(cells[6], sizeof cells[6], "explored=%s", r->explored);
    snprintf(cells[7], sizeof cells[7], "action=%s", r->action);
    snprintf(cells[8], sizeof cells[8], "closed=%s", r->closed);
    assert_int_equal(put_row(w->record, RP_RISKS, cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6],
                             cells[7], cells[8], NULL),
                     RP_PUT_KEPT);
}

/* A PHQ-9 of whose items the first and the ninth are on record; `ninth` "" for a blank one, NULL for no answers. */
static void form(world *w, const char *id, const char *contact_id, const char *date, const char *status,
                 const char *ninth) {
    static int next = 0;
    char a[64], b[64], c[64], d[64], s[64], v[64];
    snprintf(a, sizeof a, "administration_id=f%d", next++);
    snprintf(b, sizeof b, "referral_id=%s", id);
    snprintf(c, sizeof c, "contact_id=%s", contact_id);
    snprintf(d, sizeof d, "date=%s", date);
    snprintf(s, sizeof s, "status=%s", status);
    assert_int_equal(put_row(w->record, RP_ADMINISTRATIONS, a, b, c, d, s, *date == '\0' ? "occasion=1" : "occasion=",
                             "instrument=phq-9", "version=1", "rater=client", NULL),
                     RP_PUT_KEPT);
    if (ninth == NULL)
        return;
    snprintf(v, sizeof v, "value=%s", ninth);
    assert_int_equal(put_row(w->record, RP_RESPONSES, a, "item=1", "value=3", NULL), RP_PUT_KEPT);
    assert_int_equal(put_row(w->record, RP_RESPONSES, a, "item=9", v, NULL), RP_PUT_KEPT);
}

/* ---- risks raised -------------------------------------------------------------------- */

/* Six people, of four of whom a risk is on record. The last date of the record is 31 May 2024. */
static void six(world *w) {
    static const risk risks[] = {
        /* r1: closed on the same day */
        {"r1", "", "2024-01-10T09:00:00Z", "item", "low", "true", "safety_plan", "2024-01-10T17:00:00Z"},
        /* r2: the first closed a week later; the second not explored, nothing recorded, open since 1 April: 60 days */
        {"r2", "", "2024-01-10T09:00:00Z", "item", "low", "true", "gp_told", "2024-01-17T08:00:00Z"},
        {"r2", "", "2024-04-01T09:00:00Z", "words", "high", "false", "", ""},
        /* r3: little is recorded, and it is not known when it was raised */
        {"r3", "", "", "", "", "", "called a friend", ""},
        /* r4: two; the one raised first stands first by its time, not by its row: 60 days to 11 March */
        {"r4", "", "2024-02-01T00:00:00Z", "observed", "none", "true", "", "2024-02-02T00:00:00Z"},
        {"r4", "", "2024-01-11T23:59:59Z", "item", "moderate", "true", "", "2024-03-11T00:00:00Z"},
    };
    *w = begin();
    for (int i = 1; i <= 6; i++) {
        char id[16], contact_id[16];
        snprintf(id, sizeof id, "r%d", i);
        snprintf(contact_id, sizeof contact_id, "k%d", i);
        referral(w, id, "2024-01-01", i == 6 ? "2024-05-31" : "", NULL);
        if (i <= 5)
            seen(w, id, contact_id, "2024-01-10", i <= 2 ? "assessment_and_treatment" : "assessment");
    }
    for (size_t i = 0; i < sizeof risks / sizeof *risks; i++)
        put_risk(w, &risks[i]);
    form(w, "r1", "k1", "2024-01-10", "declined", NULL); /* without any the record would be no evaluation */
    seal(w);
}

static void line_is(const world *w, const char *table, const char *first, int64_t people) {
    assert_int_equal(people_in(w, table, first, NULL, "people"), people);
}

static void people_are_counted_by_what_became_of_all_their_risks(void **state) {
    (void)state;
    world w;
    six(&w);
    ask(&w, "risk", 0, 1);
    is(&w, "risk.raised.per_referral", 4, 6); /* r1 to r4 */
    is(&w, "risk.raised.per_assessed", 4, 5); /* not r6 */
    is(&w, "risk.raised.per_entered", 2, 2);  /* r1 r2 */
    is(&w, "risk.explored", 2, 4);            /* r1 r4 */
    is(&w, "risk.not_explored", 1, 4);        /* r2: one of two */
    is(&w, "risk.explored_not_recorded", 1, 4);
    is(&w, "risk.action.each", 2, 4);                      /* r1 r3 */
    is(&w, "risk.action.some", 1, 4);                      /* r2 */
    is(&w, "risk.action.none", 1, 4);                      /* r4 */
    is(&w, "risk.open", 2, 4);                             /* r2 r3 */
    line_is(&w, "risk.origin", "an answer to an item", 3); /* r1 r2 r4 */
    line_is(&w, "risk.origin", "what the client wrote or said", 1);
    line_is(&w, "risk.origin", "what the practitioner saw", 1);
    line_is(&w, "risk.origin", "not recorded", 1);
    line_is(&w, "risk.level", "low", 2); /* r1 r2 */
    line_is(&w, "risk.level", "high", 1);
    line_is(&w, "risk.level", "explored, no risk found", 1); /* r4 */
    line_is(&w, "risk.level", "immediate", 0);
    line_is(&w, "risk.level", "not recorded", 1);
    line_is(&w, "risk.actions", "a safety plan was made or reviewed", 1);
    line_is(&w, "risk.actions", "another action", 1); /* r3 */
    end(&w);
}

static void times_go_from_raising_to_closing_by_days(void **state) {
    (void)state;
    world w;
    six(&w);
    ask(&w, "risk", 0, 1);
    line_is(&w, "risk.closing", "closed on the day it was raised", 1); /* r1: 0 */
    line_is(&w, "risk.closing", "closed 1 to 7 days later", 1);        /* r2: 7 */
    line_is(&w, "risk.closing", "closed more than 28 days later", 1);  /* r4: 11 January to 11 March, 60 */
    line_is(&w, "risk.closing", "no closing on record", 1);            /* r3 */
    const rp_statement *median = find(&w, "risk.closed.median");
    assert_true(median->estimate == 7); /* of 0, 7 and 60 */
    assert_true(isnan(median->lower));  /* three are too few for an interval */
    is(&w, "risk.closed.median", 3, 4);
    line_is(&w, "risk.still_open", "any open", 2);
    line_is(&w, "risk.still_open", "open for 29 to 90 days", 1); /* r2: 1 April to 31 May, 60 */
    line_is(&w, "risk.still_open", "open, not known for how long", 1);
    end(&w);
}

static void neither_blocks_nor_threads_change_a_byte(void **state) {
    (void)state;
    world w;
    six(&w);
    neither_blocks_nor_threads_change_a_byte_of(&w, "risk");
    end(&w);
}

/* ---- answers ---- */

/* Fifteen people; who is who stands beside each. */
static void fifteen(world *w) {
    *w = begin();
    for (int i = 1; i <= 15; i++) {
        char id[16], contact_id[16];
        snprintf(id, sizeof id, "p%02d", i);
        snprintf(contact_id, sizeof contact_id, "k%02d", i);
        referral(w, id, "2024-01-01", "", NULL);
        seen(w, id, contact_id, "2024-01-10", "treatment");
    }
    form(w, "p01", "", "2024-01-10", "complete", "1"); /* positive; a risk on that day, in another contact */
    put_risk(w, &(risk){"p01", "k01", "2024-01-10T22:00:00Z", "item", "low", "true", "", ""});
    form(w, "p02", "k02", "2024-01-09", "complete", "2"); /* positive; a risk in that contact, dated a day later */
    put_risk(w, &(risk){"p02", "k02", "2024-01-10T08:00:00Z", "item", "low", "true", "", ""});
    form(w, "p03", "", "2024-01-10", "complete", "3"); /* positive; a risk a week later */
    put_risk(w, &(risk){"p03", "", "2024-01-17T08:00:00Z", "words", "high", "true", "", ""});
    form(w, "p04", "", "2024-01-10", "complete", "1"); /* positive; a risk the day before */
    put_risk(w, &(risk){"p04", "", "2024-01-09T08:00:00Z", "words", "low", "true", "", ""});
    form(w, "p05", "", "2024-01-10", "complete", "1"); /* positive first, not last; no risk */
    form(w, "p05", "", "2024-02-10", "complete", "0");
    form(w, "p06", "", "2024-01-10", "complete", "0"); /* positive last, not first; a risk nobody knows when */
    form(w, "p06", "", "2024-02-10", "complete", "1");
    put_risk(w, &(risk){"p06", "", "", "item", "low", "true", "", ""});
    form(w, "p07", "", "2024-01-10", "complete", "0"); /* never positive; a blank between is no answer */
    form(w, "p07", "", "2024-02-10", "partial", "");
    form(w, "p08", "", "2024-01-10", "partial", ""); /* blank alone, and not a no */
    form(w, "p09", "", "2024-01-10", "partial", ""); /* blank, then positive: the first answer is positive */
    form(w, "p09", "", "2024-02-10", "complete", "2");
    put_risk(w, &(risk){"p09", "", "2024-02-10T08:00:00Z", "item", "low", "true", "", ""});
    score(w, "p10", "phq-9", "2024-01-10", 12); /* a score alone */
    form(w, "p11", "", "2024-01-10", "declined", NULL);
    form(w, "p12", "", "2024-01-10", "not_offered", NULL);
    form(w, "p13", "", "2024-01-10", "due", NULL);
    /* p14: nothing at all */
    form(w, "p15", "k15", "", "complete", "1"); /* positive on the day of its contact; a risk then */
    put_risk(w, &(risk){"p15", "", "2024-01-10T08:00:00Z", "item", "low", "true", "", ""});
    seal(w);
}

static void answers_to_item_9_are_told_and_blanks_are_not_answered(void **state) {
    (void)state;
    world w;
    fifteen(&w);
    ask(&w, "risk", 0, 1);
    is(&w, "risk.item.never_given", 3, 15);         /* p12 p13 p14 */
    is(&w, "risk.item.not_done", 1, 15);            /* p11 */
    is(&w, "risk.item.scores_alone", 1, 15);        /* p10 */
    is(&w, "risk.item.filled", 10, 15);             /* p01 to p09, p15 */
    is(&w, "risk.item.not_answered", 3, 10);        /* p07 p08 p09 */
    is(&w, "risk.item.answered", 9, 10);            /* all but p08 */
    is(&w, "risk.item.positive", 8, 9);             /* all but p07 */
    is(&w, "risk.item.positive.first", 7, 9);       /* nor p06 */
    is(&w, "risk.item.positive.last", 7, 9);        /* p06, and not p05 */
    is(&w, "risk.item.not_raised_then", 3, 8);      /* p03 p04 p05 */
    is(&w, "risk.item.not_raised_since", 2, 8);     /* p04 p05 */
    is(&w, "risk.item.not_raised_not_known", 1, 8); /* p06 */
    const rp_statement *s = find(&w, "risk.item.positive");
    assert_string_equal(s->measure, "PHQ-9");
    assert_true(s->confirmed);
    neither_blocks_nor_threads_change_a_byte_of(&w, "risk");
    end(&w);
}

static void scores_alone_tell_nothing_of_an_item(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "r1", "2024-01-01", "", NULL);
    score(&w, "r1", "phq-9", "2024-01-10", 12);
    seal(&w);
    ask(&w, "risk", 0, 1);
    assert_int_equal(w.answer->n_statements, 0);
    assert_true(has_caveat(&w, "does not mean that there were none"));
    end(&w);
    w = begin();
    referral(&w, "r1", "2024-01-01", "", NULL);
    seen(&w, "r1", "k1", "2024-01-10", "treatment");
    score(&w, "r1", "phq-9", "2024-01-10", 12);
    put_risk(&w, &(risk){"r1", "k1", "2024-01-10T22:00:00Z", "item", "low", "true", "", ""});
    seal(&w);
    ask(&w, "risk", 0, 1);
    is(&w, "risk.raised.per_referral", 1, 1);
    assert_null(find(&w, "risk.item.filled"));
    assert_true(has_caveat(&w, "no score tells what somebody answered"));
    end(&w);
}

/* Of 40 people a risk was raised of 20, of whom 18 have one that was explored: the other 2 are not told, nor are those
 * of whom it is not recorded; how many there are of whom a risk was raised is told all the same. */
static void few_are_hidden(void **state) {
    (void)state;
    world w = begin();
    for (int i = 0; i < 40; i++) {
        char id[16];
        snprintf(id, sizeof id, "r%d", i);
        referral(&w, id, "2024-01-01", "", NULL);
        contact(&w, id, "2024-01-10", "treatment", "attended");
        if (i < 20)
            put_risk(&w, &(risk){id, "", "2024-01-10T22:00:00Z", "item", "low", i < 18 ? "true" : "false", "gp_told",
                                 "2024-01-12T22:00:00Z"});
    }
    form(&w, "r0", "", "2024-01-10", "declined", NULL);
    seal(&w);
    ask(&w, "risk", 0, 1);
    assert_true(rp_answer_protect((rp_answer *)w.answer, 5));
    is(&w, "risk.raised.per_referral", 20, 40);
    assert_true(find(&w, "risk.explored")->suppressed);
    assert_true(find(&w, "risk.not_explored")->suppressed);
    is(&w, "risk.action.each", 20, 20);
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_counted_by_what_became_of_all_their_risks),
        cmocka_unit_test(times_go_from_raising_to_closing_by_days),
        cmocka_unit_test(neither_blocks_nor_threads_change_a_byte),
        cmocka_unit_test(answers_to_item_9_are_told_and_blanks_are_not_answered),
        cmocka_unit_test(scores_alone_tell_nothing_of_an_item),
        cmocka_unit_test(few_are_hidden),
    };
    return cmocka_run_group_tests_name("questions: risk", tests, NULL, NULL);
}
