/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `fidelity` on records made by hand: every count is worked out beside it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "questions/asked_helper.h"

static const char CBT[] = "304891004", SELF_HELP[] = "748051000000105", EMPLOYMENT[] = "1098051000000103";

/* A treatment contact with this id; `attendance` as the record has it. */
static void seen(world *w, const char *id, const char *contact_id, const char *by, const char *attendance) {
    char a[64], b[64], c[64], d[64];
    snprintf(a, sizeof a, "contact_id=%s-%s", id, contact_id);
    snprintf(b, sizeof b, "referral_id=%s", id);
    snprintf(c, sizeof c, "practitioner_id=%s", by);
    snprintf(d, sizeof d, "attendance=%s", attendance);
    assert_int_equal(put_row(w->record, RP_CONTACTS, a, b, c, d, "date=2024-02-01", "kind=treatment", NULL),
                     RP_PUT_KEPT);
}

static void did(world *w, const char *id, const char *contact_id, const char *therapy) {
    static int next = 0;
    char a[64], b[64], c[64];
    snprintf(a, sizeof a, "activity_id=x%d", next++);
    snprintf(b, sizeof b, "contact_id=%s-%s", id, contact_id);
    snprintf(c, sizeof c, "therapy=%s", therapy);
    assert_int_equal(put_row(w->record, RP_ACTIVITIES, a, b, c, NULL), RP_PUT_KEPT);
}

/* "" for what is not there. */
static void row(world *w, const char *id, const char *contact_id, const char *protocol, const char *component,
                const char *delivered, const char *adherence, const char *competence, const char *rater) {
    char a[64], b[64], c[64], d[64], e[64], f[64], g[64];
    snprintf(a, sizeof a, "contact_id=%s-%s", id, contact_id);
    snprintf(b, sizeof b, "protocol=%s", protocol);
    snprintf(c, sizeof c, "component=%s", component);
    snprintf(d, sizeof d, "delivered=%s", delivered);
    snprintf(e, sizeof e, "adherence=%s", adherence);
    snprintf(f, sizeof f, "competence=%s", competence);
    snprintf(g, sizeof g, "rater=%s", rater);
    assert_int_equal(put_row(w->record, RP_PROTOCOLS, a, b, c, d, e, f, g, NULL), RP_PUT_KEPT);
}

static void plan(world *w, const char *id, const char *protocol, const char *intensity) {
    char a[64], b[64], c[64];
    snprintf(a, sizeof a, "referral_id=%s", id);
    snprintf(b, sizeof b, "protocol=%s", protocol);
    snprintf(c, sizeof c, "intensity=%s", intensity);
    assert_int_equal(put_row(w->record, RP_PLANS, a, b, c, "date=2024-01-20", NULL), RP_PUT_KEPT);
}

static const char *person(world *w, char out[48], const char *name, const char *by, const char *problem) {
    char p[64];
    snprintf(out, 48, "%s%s", name, by);
    snprintf(p, sizeof p, "problem=%s", problem);
    referral(w, out, "2024-01-01", "2024-06-01", p);
    return out;
}

static void nine_of(world *w, const char *by) {
    char id[48];
    static const char ct[] = "cognitive_therapy", ba[] = "behavioural_activation", self[] = "practitioner";
    person(w, id, "f1", by, "F32");
    seen(w, id, "k1", by, "attended");
    seen(w, id, "k2", by, "late_seen");
    row(w, id, "k1", ct, "agenda", "true", "4", "3", self); /* one rating of adherence: 5 */
    row(w, id, "k1", ct, "exposure", "false", "6", "", self);
    row(w, id, "k2", ct, "exposure", "true", "2", "", "supervisor"); /* delivered after all */
    did(w, id, "k1", CBT);
    plan(w, id, ct, "high");
    person(w, id, "f2", by, "F32.1");
    seen(w, id, "k1", by, "attended");
    row(w, id, "k1", ct, "agenda", "false", "3", "", self);
    did(w, id, "k1", CBT);
    did(w, id, "k1", SELF_HELP);
    plan(w, id, ba, "stepped");
    person(w, id, "f3", by, "F411");
    seen(w, id, "k1", by, "attended");
    row(w, id, "k1", ba, "activity_scheduling", "true", "", "", "");
    did(w, id, "k1", SELF_HELP);
    plan(w, id, ba, "low");
    person(w, id, "f4", by, "f41.1");
    seen(w, id, "k1", by, "attended");
    row(w, id, "k1", ba, "activity_scheduling", "", "", "", "");
    row(w, id, "k1", ct, "", "true", "", "", "");
    did(w, id, "k1", SELF_HELP);
    plan(w, id, ba, "low");
    person(w, id, "f5", by, "F32"); /* the table of problems says otherwise */
    char of[64];
    snprintf(of, sizeof of, "referral_id=%s", id);
    assert_int_equal(put_row(w->record, RP_PROBLEMS, of, "problem=F411", "rank=primary", NULL), RP_PUT_KEPT);
    seen(w, id, "k1", by, "attended");
    plan(w, id, ct, "");
    for (int again = 0; again < 2; again++) {
        person(w, id, again ? "f7" : "f6", by, "");
        seen(w, id, "k1", by, "attended");
        row(w, id, "k1", "our_own", "agenda", "true", "", again ? "4" : "5", "observer");
        did(w, id, "k1", EMPLOYMENT);
    }
    person(w, id, "f8", by, "Z99");
    seen(w, id, "k1", by, "attended");
    seen(w, id, "k2", by, "did_not_attend"); /* its row says nothing of what was delivered */
    row(w, id, "k2", ct, "agenda", "true", "1", "1", self);
    person(w, id, "f9", by, "83482000");
    seen(w, id, "k1", by, "attended");
    row(w, id, "k1", ct, "", "false", "", "", ""); /* not followed */
}

/* Nine people, and nine of another practitioner who are just like them. */
static void eighteen(world *w) {
    *w = begin();
    practitioner(w, "p1");
    practitioner(w, "p2");
    nine_of(w, "p1");
    nine_of(w, "p2");
    referral(w, "n1", "2024-01-01", "2024-06-01", "problem=F32");
}

static void asked(world *w) {
    eighteen(w);
    seal(w);
    ask(w, "fidelity", 0, 1);
}

static const char ct[] = "cognitive therapy", ba[] = "behavioural activation";

static void which_protocol(void **state) {
    (void)state;
    world w;
    asked(&w);
    is(&w, "fidelity.recorded", 12, 18); /* f1 f2 f3 f4 f6 f7, twice */
    is(&w, "fidelity.several", 2, 12);   /* f4 */
    const char *const table = "fidelity.protocols";
    assert_int_equal(people_in(&w, table, ct, NULL, "people"), 6);               /* f1 f2 f4 */
    assert_int_equal(people_in(&w, table, ba, NULL, "people"), 4);               /* f3 f4 */
    assert_int_equal(people_in(&w, table, "our_own", NULL, "people"), 4);        /* f6 f7 */
    assert_int_equal(people_in(&w, table, "none on record", NULL, "people"), 6); /* f5 f8 f9 */
    assert_int_equal(people_in(&w, table, "protocols not told apart", NULL, "people"), -1);
    end(&w);
}

static void for_which_problem(void **state) {
    (void)state;
    static const struct {
        const char *problem, *protocol;
        int64_t people, of;
    } expected[] = {
        {"depressive episode", "cognitive therapy", 4, 4}, /* f1 f2 */
        {"depressive episode", "behavioural activation", -1, 4},
        {"generalised anxiety disorder", "cognitive therapy", 2, 6},      /* f4, of f3 f4 f5 */
        {"generalised anxiety disorder", "behavioural activation", 4, 6}, /* f3 f4 */
        {"generalised anxiety disorder", "none on record", 2, 6},         /* f5 */
        {"none recorded", "our_own", 4, 4},                               /* f6 f7 */
        {"another problem", "none on record", 2, 2},                      /* f8 */
        {"body dysmorphic disorder", "none on record", 2, 2},             /* f9 */
    };
    world w;
    asked(&w);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const char *const table = "fidelity.problems", *g = expected[i].problem, *p = expected[i].protocol;
        assert_int_equal(people_in(&w, table, g, p, "people"), expected[i].people);
        if (expected[i].people > 0)
            assert_int_equal(people_in(&w, table, g, p, "of"), expected[i].of);
    }
    end(&w);
}

static void at_which_step(void **state) {
    (void)state;
    world w;
    asked(&w);
    is(&w, "fidelity.step.low", 4, 18);                                                        /* f3 f4 */
    is(&w, "fidelity.step.high", 2, 18);                                                       /* f1 */
    is(&w, "fidelity.step.both", 2, 18);                                                       /* f2 */
    is(&w, "fidelity.step.neither", 4, 18);                                                    /* f6 f7 */
    is(&w, "fidelity.step.not_known", 6, 18);                                                  /* f5 f8 f9 */
    assert_int_equal(people_in(&w, "fidelity.steps", ct, "low intensity alone", "people"), 2); /* f4 */
    assert_int_equal(people_in(&w, "fidelity.steps", ba, "low intensity alone", "people"), 4);
    const char *const table = "fidelity.recorded";
    assert_int_equal(people_in(&w, table, "step not known", NULL, "recorded"), 0);
    assert_int_equal(people_in(&w, table, "low intensity alone", NULL, "recorded"), 4);   /* f3 f4 */
    assert_int_equal(people_in(&w, table, "low intensity alone", NULL, "said"), 2);       /* f3 */
    assert_int_equal(people_in(&w, table, "low and high intensity", NULL, "not_all"), 2); /* f2 */
    assert_true(w.answer->charts[0]->series[0].points[0].y == 1);
    end(&w);
}

static void which_components(void **state) {
    (void)state;
    world w;
    asked(&w);
    is(&w, "fidelity.components.recorded", 10, 12);     /* all but f4 */
    is(&w, "fidelity.components.all_delivered", 8, 10); /* all but f2 */
    const char *const table = "fidelity.components", *const agenda = "setting an agenda";
    assert_int_equal(people_in(&w, table, ct, agenda, "people"), 6);
    assert_int_equal(people_in(&w, table, ct, agenda, "delivered"), 2);     /* f1; f8 was not there */
    assert_int_equal(people_in(&w, table, ct, agenda, "not_delivered"), 2); /* f2 */
    assert_int_equal(people_in(&w, table, ct, agenda, "no_row"), 2);        /* f4 */
    assert_int_equal(people_in(&w, table, ct, "exposure", "delivered"), 2); /* f1, at the second contact */
    assert_int_equal(people_in(&w, table, ct, "exposure", "not_delivered"), 0);
    assert_int_equal(people_in(&w, table, ba, "planning activities", "unsaid"), 2); /* f4 */
    const rp_value *mean = value_of(&w, "fidelity.component_shares", ct, NULL, "share");
    assert_true(mean->num == 50 && mean->count.n == 4); /* f1: 2 of 2, f2: 0 of 1; of f4 nothing is known */
    assert_true(value_of(&w, "fidelity.component_shares", ba, NULL, "share")->num == 100); /* f3 */
    end(&w);
}

static void planned_and_delivered(void **state) {
    (void)state;
    world w;
    asked(&w);
    is(&w, "fidelity.planned", 10, 18);            /* f1 to f5 */
    is(&w, "fidelity.planned.followed", 6, 10);    /* f1 f3 f4 */
    is(&w, "fidelity.planned.and_another", 2, 10); /* f4 */
    is(&w, "fidelity.planned.another", 2, 10);     /* f2 */
    is(&w, "fidelity.planned.no_record", 2, 10);   /* f5 */
    const char *const table = "fidelity.planned";
    assert_int_equal(people_in(&w, table, ct, NULL, "people"), 4);   /* f1 f5 */
    assert_int_equal(people_in(&w, table, ct, NULL, "followed"), 2); /* f1 */
    assert_int_equal(people_in(&w, table, ct, NULL, "no_record"), 2);
    assert_int_equal(people_in(&w, table, ba, NULL, "people"), 6); /* f2 f3 f4 */
    assert_int_equal(people_in(&w, table, ba, NULL, "another"), 2);
    const char *const intensity = "fidelity.intensity";
    assert_int_equal(people_in(&w, intensity, "low intensity", NULL, "low"), 4); /* f3 f4 */
    assert_int_equal(people_in(&w, intensity, "high intensity", NULL, "high"), 2);
    assert_int_equal(people_in(&w, intensity, "low first, high where that is not enough", NULL, "both"), 2);
    assert_int_equal(people_in(&w, intensity, "none recorded", NULL, "not_known"), 2); /* f5 */
    end(&w);
}

static const rp_statement *mean_of(const world *w, const char *id, const char *rater) {
    for (size_t i = 0; i < w->answer->n_statements; i++)
        if (strcmp(w->answer->statements[i]->id, id) == 0 && strcmp(w->answer->statements[i]->rater, rater) == 0)
            return w->answer->statements[i];
    return NULL;
}

static void rated_by_whom(void **state) {
    (void)state;
    world w;
    asked(&w);
    is(&w, "fidelity.adherence.rated", 4, 18);      /* f1 f2 */
    is(&w, "fidelity.adherence.self_alone", 2, 4);  /* f2 */
    is(&w, "fidelity.competence.rated", 6, 18);     /* f1 f6 f7 */
    is(&w, "fidelity.competence.self_alone", 2, 6); /* f1 */
    const rp_statement *s = mean_of(&w, "fidelity.adherence.mean", "practitioner");
    assert_true(s->estimate == 4 && s->numerator.n == 4); /* 5 and 3 */
    assert_non_null(strstr(s->text, "what practitioners think of their own sessions"));
    s = mean_of(&w, "fidelity.adherence.mean", "supervisor");
    assert_true(s->estimate == 2 && s->numerator.n == 2);
    s = mean_of(&w, "fidelity.competence.mean", "observer");
    assert_true(s->estimate == 4.5 && s->numerator.n == 4);
    assert_null(mean_of(&w, "fidelity.competence.mean", "supervisor"));
    /* Of 10 attended contacts of nine people: two of f1, one of f2. */
    assert_true(fabs(value_of(&w, "fidelity.ratings", "Adherence", "anyone", "contacts")->num - 30) < 1e-9);
    assert_true(value_of(&w, "fidelity.ratings", "Adherence", "anyone", "mean")->kind == RP_VALUE_EMPTY);
    end(&w);
}

/* A third practitioner alone does EMDR, and alone has ratings by a client. Both are told with the smallest other line,
 * and no mean of a client and a supervisor together. */
static void no_line_is_one_practitioners(void **state) {
    (void)state;
    world w;
    char id[48];
    eighteen(&w);
    practitioner(&w, "p3");
    for (int i = 0; i < 2; i++) {
        person(&w, id, i ? "e1" : "e2", "p3", "F431");
        seen(&w, id, "k1", "p3", "attended");
        row(&w, id, "k1", "emdr", "exposure", "true", "5", "", i ? "client" : "practitioner");
    }
    seal(&w);
    ask(&w, "fidelity", 0, 1);
    const char *const table = "fidelity.protocols", *const other = "protocols not told apart";
    assert_int_equal(people_in(&w, table, "eye movement desensitisation and reprocessing", NULL, "people"), -1);
    assert_int_equal(people_in(&w, table, ba, NULL, "people"), -1);
    assert_int_equal(people_in(&w, table, other, NULL, "people"), 6); /* with f3 f4, the first of the smallest */
    assert_int_equal(people_in(&w, table, ct, NULL, "people"), 6);
    assert_int_equal(people_in(&w, "fidelity.planned", ba, NULL, "people"), -1);
    assert_int_equal(people_in(&w, "fidelity.planned", other, NULL, "followed"), 4); /* f3 f4, as planned itself */
    const rp_answer_table *t = table_of(&w, "fidelity.problems");
    for (size_t r = 0; r < t->n_rows; r++)
        assert_null(strstr(t->values[r * t->n_columns].text, "post-traumatic"));
    assert_null(mean_of(&w, "fidelity.adherence.mean", "client"));
    assert_null(mean_of(&w, "fidelity.adherence.mean", "supervisor"));
    assert_non_null(mean_of(&w, "fidelity.adherence.mean", "practitioner"));
    assert_null(find(&w, "fidelity.adherence.self_alone"));
    assert_int_equal(people_in(&w, "fidelity.ratings", "Adherence", "raters not told apart", "people"), 3);
    end(&w);
}

/* Of 43 people with a protocol 20, 20 and 3 have one each. With the first 20 the second would tell of the 3: so nothing
 * of theirs may be told, not in another table either. */
static void few_do_not_follow_from_another_table(void **state) {
    (void)state;
    world w = begin();
    practitioner(&w, "p1");
    practitioner(&w, "p2");
    for (int i = 0; i < 55; i++) {
        char id[48], name[24];
        const char *by = i % 2 ? "p1" : "p2";
        const char *protocol = i < 20 ? "cognitive_therapy" : i < 40 ? "behavioural_activation" : "exposure";
        snprintf(name, sizeof name, "r%d", i);
        person(&w, id, name, by, "F32");
        seen(&w, id, "k1", by, "attended");
        plan(&w, id, protocol, "low");
        if (i < 43)
            row(&w, id, "k1", protocol, "agenda", "true", i % 20 < 17 ? "4" : "", "", "practitioner");
    }
    for (int i = 0; i < 3; i++) {
        char id[48];
        snprintf(id, sizeof id, "r%d%s", i, i % 2 ? "p1" : "p2");
        row(&w, id, "k1", "cognitive_therapy", "", "true", "2", "", "observer");
    }
    seal(&w);
    ask(&w, "fidelity", 0, 1);
    assert_int_equal(people_in(&w, "fidelity.protocols", "exposure", NULL, "people"), 3);
    assert_true(rp_answer_protect((rp_answer *)w.answer, 5));
    is(&w, "fidelity.recorded", 43, 55);
    assert_int_equal(people_in(&w, "fidelity.protocols", ct, NULL, "people"), 20);
    assert_true(value_of(&w, "fidelity.protocols", ba, NULL, "people")->suppressed);
    assert_int_equal(people_in(&w, "fidelity.components", ct, "setting an agenda", "delivered"), 20);
    assert_true(value_of(&w, "fidelity.components", ba, "setting an agenda", "delivered")->suppressed);
    assert_true(value_of(&w, "fidelity.components", ba, "setting an agenda", "share")->suppressed);
    assert_true(value_of(&w, "fidelity.planned", ba, NULL, "followed")->suppressed);
    /* The observer rated three people: neither a mean nor what is left of all contacts. */
    assert_true(value_of(&w, "fidelity.ratings", "Adherence", "an independent observer", "mean")->suppressed);
    assert_true(value_of(&w, "fidelity.ratings", "Adherence", "anyone", "contacts")->suppressed);
    end(&w);
}

/* Of 53 people 30 have cognitive therapy, with components, and 23 behavioural activation, 3 of them with components.
 * With the 33 who have components, the 30 would tell of the 3; what is planned would tell of the 30. */
static void few_do_not_follow_from_what_was_planned(void **state) {
    (void)state;
    world w = begin();
    practitioner(&w, "p1");
    practitioner(&w, "p2");
    for (int i = 0; i < 65; i++) {
        char id[48], name[24];
        const char *by = i % 2 ? "p1" : "p2";
        const char *protocol = i < 30 ? "cognitive_therapy" : "behavioural_activation";
        snprintf(name, sizeof name, "r%d", i);
        person(&w, id, name, by, "F32");
        seen(&w, id, "k1", by, "attended");
        plan(&w, id, protocol, "low");
        if (i < 53)
            row(&w, id, "k1", protocol, i < 33 ? "agenda" : "", "true", "", "", "");
    }
    seal(&w);
    ask(&w, "fidelity", 0, 1);
    assert_int_equal(people_in(&w, "fidelity.planned", ct, NULL, "followed"), 30);
    assert_true(rp_answer_protect((rp_answer *)w.answer, 5));
    is(&w, "fidelity.components.recorded", 33, 53);
    assert_true(value_of(&w, "fidelity.protocols", ct, NULL, "people")->suppressed);
    assert_true(value_of(&w, "fidelity.planned", ct, NULL, "followed")->suppressed);
    assert_true(value_of(&w, "fidelity.planned", ct, NULL, "share")->suppressed);
    end(&w);
}

static void more_protocols_than_there_is_room_for(void **state) {
    (void)state;
    world w = begin();
    practitioner(&w, "p1");
    practitioner(&w, "p2");
    for (int i = 0; i < 40; i++) { /* 20 protocols, two people each */
        char id[48], name[24], protocol[24];
        const char *by = i % 2 ? "p1" : "p2";
        snprintf(name, sizeof name, "r%d", i);
        snprintf(protocol, sizeof protocol, "q%02d", i / 2);
        person(&w, id, name, by, "F32");
        seen(&w, id, "k1", by, "attended");
        row(&w, id, "k1", protocol, "agenda", "true", "", "", "");
    }
    seal(&w);
    ask(&w, "fidelity", 0, 1);
    assert_int_equal(people_in(&w, "fidelity.protocols", "q00", NULL, "people"), 2);
    assert_int_equal(people_in(&w, "fidelity.protocols", "q14", NULL, "people"), 2);
    assert_int_equal(people_in(&w, "fidelity.protocols", "q15", NULL, "people"), -1);
    assert_int_equal(people_in(&w, "fidelity.protocols", "protocols not told apart", NULL, "people"), 10);
    end(&w);
}

static void nobody_treated_is_said(void **state) {
    (void)state;
    world w = begin();
    referral(&w, "r1", "2024-01-01", "", NULL);
    contact(&w, "r1", "2024-01-10", "assessment", "attended");
    seal(&w);
    ask(&w, "fidelity", 0, 1);
    assert_int_equal(w.answer->n_statements, 0);
    assert_non_null(strstr(w.answer->caveats[0], "Nobody in the cohort has a treatment contact"));
    end(&w);
}

/* What may be claimed is not more than the record holds. */
static void what_is_not_told_is_said(void **state) {
    (void)state;
    world w;
    asked(&w);
    assert_true(has_caveat(&w, "no list of which protocol is recommended"));
    assert_true(has_caveat(&w, "Outcomes are not compared by protocol, by adherence"));
    end(&w);
}

static void neither_blocks_nor_threads_change_a_byte(void **state) {
    (void)state;
    world w;
    eighteen(&w);
    seal(&w);
    neither_blocks_nor_threads_change_a_byte_of(&w, "fidelity");
    end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(which_protocol),
        cmocka_unit_test(for_which_problem),
        cmocka_unit_test(at_which_step),
        cmocka_unit_test(which_components),
        cmocka_unit_test(planned_and_delivered),
        cmocka_unit_test(rated_by_whom),
        cmocka_unit_test(no_line_is_one_practitioners),
        cmocka_unit_test(few_do_not_follow_from_another_table),
        cmocka_unit_test(few_do_not_follow_from_what_was_planned),
        cmocka_unit_test(more_protocols_than_there_is_room_for),
        cmocka_unit_test(nobody_treated_is_said),
        cmocka_unit_test(what_is_not_told_is_said),
        cmocka_unit_test(neither_blocks_nor_threads_change_a_byte),
    };
    return cmocka_run_group_tests_name("fidelity", tests, NULL, NULL);
}
