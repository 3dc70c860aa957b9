/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of `practitioner`: people with sessions, each with a practitioner or none. */
#ifndef RAPPORT_TEST_PRACTITIONER_HELPER_H
#define RAPPORT_TEST_PRACTITIONER_HELPER_H

#include <stdlib.h>

#include "questions/asked_helper.h"

static inline const char *practitioner_name(char out[8], int i) {
    snprintf(out, 8, "q%02u", (unsigned)i % 100);
    return out;
}

/* A week apart, from 10 January 2024; `whose`: practitioners, "-" for one who is not recorded. `activity`: who is named
 * by an activity of the first session, or "". */
static inline void sessions(world *w, const char *id, const char *whose, const char *activity) {
    static int next = 0;
    char a[64], b[64], c[64], d[64];
    int day = 10;
    snprintf(b, sizeof b, "referral_id=%s", id);
    for (const char *at = whose; *at != '\0'; day += 7) {
        size_t length = strcspn(at, " ");
        snprintf(a, sizeof a, "contact_id=s%d", next++);
        snprintf(c, sizeof c, "date=2024-%02d-%02d", 1 + (day - 1) / 28, 1 + (day - 1) % 28);
        snprintf(d, sizeof d, "practitioner_id=%.*s", *at == '-' ? 0 : (int)length, at);
        assert_int_equal(put_row(w->record, RP_CONTACTS, a, b, c, d, "kind=treatment", "attendance=attended", NULL),
                         RP_PUT_KEPT);
        if (at == whose && *activity != '\0') {
            char e[64], f[64];
            snprintf(e, sizeof e, "activity_id=v%d", next);
            snprintf(f, sizeof f, "practitioner_id=%s", activity);
            assert_int_equal(put_row(w->record, RP_ACTIVITIES, e, a, f, NULL), RP_PUT_KEPT);
        }
        at += length;
        at += strspn(at, " ");
    }
}

/* Referred, treated, ended; PHQ-9 `first`, then `last` (below 0: none). */
static inline void person(world *w, const char *id, double first, double last, const char *whose,
                          const char *activity) {
    referral(w, id, "2024-01-01", "2024-08-01", NULL);
    score(w, id, "phq-9", "2024-01-05", first);
    if (last >= 0)
        score(w, id, "phq-9", "2024-07-01", last);
    sessions(w, id, whose, activity);
}

static inline void open_person(world *w, const char *id, const char *whose) {
    referral(w, id, "2024-01-01", "", NULL);
    sessions(w, id, whose, "");
}

/* n people of two sessions each. All began at 12, so that a first score tells nothing; last scores: see last_of. */
static inline double last_of(int practitioner, int person) {
    static const int between[] = {0, 3, -2, 1, -4, 2, 5, -1, -3, 4, 0, -5};
    return 10 + between[practitioner % 12] + (person * 5 + practitioner) % 7 - 3;
}

static inline void people_of(world *w, const char *name, int n) {
    int number = (int)strtol(name + 1, NULL, 10);
    char id[32], whose[32];
    practitioner(w, name);
    snprintf(whose, sizeof whose, "%s %s", name, name);
    for (int i = 0; i < n; i++) {
        snprintf(id, sizeof id, "r%02d-%02d", number, i);
        person(w, id, 12, last_of(number, i), whose, "");
    }
}

/* Twelve practitioners: number i has 12 + i people, whose number and scores stay as they are whatever it is called.
 * `called`: the number in the name of each; NULL: its own. */
static inline void twelve(world *w, const int *called) {
    char name[8], whose[32], id[32];
    for (int i = 11; i >= 0; i--) /* rows of practitioners in an order of their own */
        practitioner(w, practitioner_name(name, called != NULL ? 11 - called[i] : i));
    for (int p = 0; p < 12; p++) {
        practitioner_name(name, called != NULL ? called[p] : p);
        snprintf(whose, sizeof whose, "%s %s", name, name);
        for (int i = 0; i < 12 + p; i++) {
            snprintf(id, sizeof id, "r%02d-%02d", p, i);
            person(w, id, 12, last_of(p, i), whose, "");
        }
    }
}

/* The same numbers of people, who began at 6 to 24, are 20 to 69 years old and have a depression, an anxiety or no
 * problem on record. With `services`, practitioners 2 s and 2 s + 1 are of service s. */
static inline void varied(world *w, bool services) {
    static const int of_service[] = {3, 0, -2, 2, -1, -2};
    char name[8], whose[32], id[32], a[64], b[64], c[64], d[64], e[64];
    for (int s = 0; services && s < 6; s++) {
        snprintf(a, sizeof a, "service_id=s%d", s);
        assert_int_equal(put_row(w->record, RP_SERVICES, a, NULL), RP_PUT_KEPT);
    }
    for (int p = 0; p < 12; p++) {
        practitioner(w, practitioner_name(name, p));
        snprintf(whose, sizeof whose, "%s %s", name, name);
        for (int i = 0; i < 12 + p; i++) {
            int first = 6 + (i * 7 + 3 * p) % 19, problem = (i + p) % 3;
            double end =
                last_of(p, i) - 7 + (problem == 1) + (services ? first / 3 + 5 + of_service[p / 2] : first / 2 + 2);
            snprintf(id, sizeof id, "r%02d-%02d", p, i);
            snprintf(a, sizeof a, "referral_id=%s", id);
            snprintf(b, sizeof b, "client_id=c-%s", id);
            snprintf(c, sizeof c, "birth_year=%d", 2024 - 20 - (i * 11 + p) % 50);
            snprintf(d, sizeof d, "problem=%s", problem == 0 ? "F32" : problem == 1 ? "F411" : "");
            snprintf(e, sizeof e, services ? "service_id=s%d" : "service_id=", p / 2);
            assert_int_equal(put_row(w->record, RP_CLIENTS, b, c, NULL), RP_PUT_KEPT);
            assert_int_equal(
                put_row(w->record, RP_REFERRALS, a, b, d, e, "received=2024-01-01", "ended=2024-08-01", NULL),
                RP_PUT_KEPT);
            score(w, id, "phq-9", "2024-01-05", first);
            score(w, id, "phq-9", "2024-07-01", end);
            sessions(w, id, whose, "");
        }
    }
}

static inline const rp_value *line_at(const world *w, const char *table, size_t row, const char *column) {
    const rp_answer_table *t = table_of(w, table);
    assert_true(row < t->n_rows);
    return &t->values[row * t->n_columns + column_of(t, column)];
}

#endif
