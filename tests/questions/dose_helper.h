/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of `dose`: treatment sessions that can be named, with what was given in them. */
#ifndef RAPPORT_TEST_DOSE_HELPER_H
#define RAPPORT_TEST_DOSE_HELPER_H

#include "questions/asked_helper.h"

/* "2024-01-08" for session 1, and a week later for each further one. */
static inline const char *day_of(int session) {
    static char text[8][11];
    static int next = 0;
    rp_date first = RP_NO_DATE;
    assert_true(rp_date_parse(rp_text_of("2024-01-08"), &first));
    char *out = text[next++ % 8];
    rp_date_text(first + 7 * (session - 1), out);
    return out;
}

/* Contact "<id>-<session>", attended; "" for minutes that are not recorded. */
static inline void treated(world *w, const char *id, int session, const char *date, const char *minutes) {
    char a[64], b[64], c[64], d[64];
    snprintf(a, sizeof a, "contact_id=%s-%d", id, session);
    snprintf(b, sizeof b, "referral_id=%s", id);
    snprintf(c, sizeof c, "date=%s", date);
    snprintf(d, sizeof d, "minutes=%s", minutes);
    assert_int_equal(put_row(w->record, RP_CONTACTS, a, b, c, d, "kind=treatment", "attendance=attended", NULL),
                     RP_PUT_KEPT);
}

#define LOW_THERAPY  "748051000000105"  /* guided self-help, book */
#define HIGH_THERAPY "304891004"        /* cognitive behavioural therapy */
#define NO_THERAPY   "1098051000000103" /* employment support */

static inline void activity(world *w, const char *id, int session, const char *therapy, const char *minutes) {
    static int next = 0;
    char a[64], b[64], c[64], d[64];
    snprintf(a, sizeof a, "activity_id=x%d", next++);
    snprintf(b, sizeof b, "contact_id=%s-%d", id, session);
    snprintf(c, sizeof c, "therapy=%s", therapy);
    snprintf(d, sizeof d, "minutes=%s", minutes);
    assert_int_equal(put_row(w->record, RP_ACTIVITIES, a, b, c, d, NULL), RP_PUT_KEPT);
}

/* Sessions one a week: L low, H high, B both, N neither, ? nothing on record. */
static inline void course(world *w, const char *id, const char *steps) {
    for (int i = 0; steps[i] != '\0'; i++) {
        treated(w, id, i + 1, day_of(i + 1), "");
        if (steps[i] == 'L' || steps[i] == 'B')
            activity(w, id, i + 1, LOW_THERAPY, "20");
        if (steps[i] == 'H' || steps[i] == 'B')
            activity(w, id, i + 1, HIGH_THERAPY, "20");
        if (steps[i] == 'N')
            activity(w, id, i + 1, NO_THERAPY, "20");
    }
}

/* "" for what is not recorded. */
static inline void plan(world *w, const char *id, const char *date, const char *sessions, const char *intensity) {
    char a[64], b[64], c[64], d[64];
    snprintf(a, sizeof a, "referral_id=%s", id);
    snprintf(b, sizeof b, "date=%s", date);
    snprintf(c, sizeof c, "sessions_planned=%s", sessions);
    snprintf(d, sizeof d, "intensity=%s", intensity);
    assert_int_equal(put_row(w->record, RP_PLANS, a, b, c, d, NULL), RP_PUT_KEPT);
}

/* An estimate, and the people it stands on. */
static inline void estimates(const world *w, const char *id, double estimate, int64_t people) {
    const rp_statement *s = find(w, id);
    if (s == NULL)
        fail_msg("no statement %s", id);
    else if (fabs(s->estimate - estimate) > 1e-12 * fmax(1, fabs(estimate)) || s->numerator.n != people)
        fail_msg("%s: %.15g of %d, expected %.15g of %d", id, s->estimate, (int)s->numerator.n, estimate, (int)people);
}

/* Of several statements of one id, the one about this occasion; NULL: it is not said. */
static inline const rp_statement *find_at(const world *w, const char *id, const char *occasion) {
    for (size_t i = 0; i < w->answer->n_statements; i++) {
        const rp_statement *s = w->answer->statements[i];
        if (strcmp(s->id, id) == 0 && s->occasion != NULL && strcmp(s->occasion, occasion) == 0)
            return s;
    }
    return NULL;
}

static inline void is_at(const world *w, const char *id, const char *occasion, int64_t numerator, int64_t denominator) {
    const rp_statement *s = find_at(w, id, occasion);
    if (s == NULL)
        fail_msg("no statement %s at %s", id, occasion);
    else if (s->numerator.n != numerator || s->denominator.n != denominator)
        fail_msg("%s at %s: %d of %d, expected %d of %d", id, occasion, (int)s->numerator.n, (int)s->denominator.n,
                 (int)numerator, (int)denominator);
}

#endif
