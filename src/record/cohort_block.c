/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One block of a cohort: up to block_size whole referrals with their series of scores and their sessions. */
#include "record/cohort_parts.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define DAYS_IN_A_MONTH (365.25 / 12)

/* Everything needed while one block is made. */
typedef struct maker {
    const rp_cohort *cohort;
    rp_arena *arena;
    size_t n_measures;
    uint32_t *counts; /* scratch: scores of one referral by measure */
    RP_VEC(rp_session) sessions;
} maker;

static int32_t occasion_of(const rp_cohort *cohort, size_t administration) {
    int64_t occasion =
        rp_record_int(cohort->record, RP_ADMINISTRATIONS, cohort->columns.admin_occasion, administration);
    return occasion == RP_NO_INT ? RP_NO_OCCASION : (int32_t)occasion;
}

static double months_of_occasion(const rp_cohort *cohort, int32_t occasion) {
    for (size_t i = 0; i < cohort->occasions.n; i++)
        if (cohort->occasions.at[i].occasion == occasion)
            return cohort->occasions.at[i].months;
    return NAN;
}

static rp_point point_of(const rp_cohort *cohort, size_t administration, size_t score, const rp_point *first) {
    const rp_record *record = cohort->record;
    const cohort_columns *c = &cohort->columns;
    int method = rp_record_code(record, RP_SCORES, c->score_method, score);
    rp_point point = {.date = rp_record_date(record, RP_ADMINISTRATIONS, c->admin_date, administration),
                      .occasion = occasion_of(cohort, administration),
                      .value = rp_record_num(record, RP_SCORES, c->score_value, score),
                      .prorated = method == c->prorated_code,
                      .supplied = method == c->supplied_code};
    point.months = months_of_occasion(cohort, point.occasion);
    rp_date zero = first != NULL ? first->date : point.date;
    if (point.date != RP_NO_DATE && zero != RP_NO_DATE)
        point.months = (point.date - zero) / DAYS_IN_A_MONTH;
    return point;
}

/* The measure of a score with a value, or -1. */
static int measure_of(const rp_cohort *cohort, uint32_t score) {
    bool there = !isnan(rp_record_num(cohort->record, RP_SCORES, cohort->columns.score_value, score));
    return there ? cohort->measure_of_score[score] : -1;
}

/* Two passes over one referral's scores: count by measure, then fill. Administrations come in order, so series do. */
static bool make_series(maker *m, uint32_t referral, rp_episode *episode) {
    const rp_record *record = m->cohort->record;
    rp_rows administrations = rp_record_children(record, RP_ADMINISTRATIONS, referral);
    memset(m->counts, 0, m->n_measures * sizeof *m->counts);
    size_t total = 0;
    for (size_t a = 0; a < administrations.n; a++) {
        rp_rows scores = rp_record_children(record, RP_SCORES, administrations.at[a]);
        for (size_t s = 0; s < scores.n; s++) {
            int measure = measure_of(m->cohort, scores.at[s]);
            if (measure >= 0)
                m->counts[measure]++, total++;
        }
    }
    rp_series *series = rp_arena_take(m->arena, m->n_measures, sizeof *series);
    rp_point *points = rp_arena_take(m->arena, total, sizeof *points);
    if (series == NULL || points == NULL)
        return false;
    for (size_t i = 0, at = 0; i < m->n_measures; at += m->counts[i], i++)
        series[i].points = points + at;
    for (size_t a = 0; a < administrations.n; a++) {
        rp_rows scores = rp_record_children(record, RP_SCORES, administrations.at[a]);
        for (size_t s = 0; s < scores.n; s++) {
            int measure = measure_of(m->cohort, scores.at[s]);
            if (measure < 0)
                continue;
            rp_series *to = &series[measure];
            rp_point *slot = points + (to->points - points) + to->n;
            *slot = point_of(m->cohort, administrations.at[a], scores.at[s], to->n > 0 ? to->points : NULL);
            to->n++;
        }
    }
    episode->series = series;
    return true;
}

static int arm_index(const rp_cohort *cohort, uint32_t referral) {
    const char *arm = rp_cohort_arm_text(cohort, referral);
    for (size_t i = 0; arm != NULL && i < cohort->n_arms; i++)
        if (strcmp(arm, cohort->arms[i]) == 0)
            return (int)i;
    return -1;
}

static bool make_episode(maker *m, uint32_t referral, rp_episode *out) {
    const rp_cohort *cohort = m->cohort;
    rp_stage stage = rp_cohort_stage(cohort, referral);
    *out = (rp_episode){
        .row = referral,
        .id = rp_record_id_text(cohort->record, RP_REFERRALS, 0, referral),
        .arm = arm_index(cohort, referral),
        .received = rp_record_date(cohort->record, RP_REFERRALS, cohort->columns.received, referral),
        .ended = rp_record_date(cohort->record, RP_REFERRALS, cohort->columns.ended, referral),
        .assessed = stage.assessed,
        .entered = stage.entered,
        .finished = stage.finished,
        .over = stage.over,
        .attended = stage.attended,
        .treated = stage.treated,
        .followed_up = stage.followed_up,
        .assessment = stage.undated_assessment && stage.assessments > 1 ? -1 : stage.assessment,
        .assessed_on = stage.undated_assessment ? RP_NO_DATE : stage.assessed_on,
        .treated_on = stage.undated_treatment ? RP_NO_DATE : stage.entered_on,
        .second_treated_on = stage.undated_treatment ? RP_NO_DATE : stage.second_on,
        .last_treated_on = stage.undated_treatment ? RP_NO_DATE : stage.last_on,
    };
    if (!make_series(m, referral, out))
        return false;
    out->national = rp_cohort_national(cohort, referral, out->ended, out->series);
    return true;
}

static rp_session *add_session(maker *m, uint32_t episode, rp_date date, int32_t occasion, int64_t contact) {
    double *values = rp_arena_take(m->arena, m->n_measures, sizeof *values);
    rp_session *session = values != NULL ? rp_vec_push(m->arena, &m->sessions) : NULL;
    if (session == NULL)
        return NULL;
    for (size_t i = 0; i < m->n_measures; i++)
        values[i] = NAN;
    const rp_session *before = m->sessions.n > 1 ? session - 1 : NULL;
    bool same = before != NULL && before->episode == episode;
    *session = (rp_session){.episode = episode,
                            .number = same ? before->number + 1 : 1,
                            .date = date,
                            .occasion = occasion,
                            .days = NAN,
                            .contact = contact,
                            .values = values};
    return session;
}

static void take_scores(maker *m, uint32_t administration, const rp_session *session) {
    rp_rows scores = rp_record_children(m->cohort->record, RP_SCORES, administration);
    double *values = (double *)session->values;
    for (size_t s = 0; s < scores.n; s++) {
        int measure = measure_of(m->cohort, scores.at[s]);
        if (measure >= 0)
            values[measure] = rp_record_num(m->cohort->record, RP_SCORES, m->cohort->columns.score_value, scores.at[s]);
    }
}

static void days_since_first(maker *m, size_t first) {
    for (size_t i = first; i < m->sessions.n; i++) {
        rp_date zero = m->sessions.at[first].date, date = m->sessions.at[i].date;
        if (zero != RP_NO_DATE && date != RP_NO_DATE)
            m->sessions.at[i].days = date - zero;
    }
}

bool rp_cohort_in_session(const rp_cohort *cohort, const rp_session *session, size_t administration) {
    const rp_record *record = cohort->record;
    const cohort_columns *c = &cohort->columns;
    rp_date on = rp_record_date(record, RP_ADMINISTRATIONS, c->admin_date, administration);
    if (session->contact < 0)
        return on == session->date && occasion_of(cohort, administration) == session->occasion;
    int64_t named = rp_record_refers(record, RP_ADMINISTRATIONS, c->admin_contact, administration);
    return named >= 0 ? named == session->contact : on != RP_NO_DATE && on == session->date;
}

/* With contacts: one session an attended contact. */
static bool sessions_of_contacts(maker *m, uint32_t e, uint32_t referral) {
    const rp_record *record = m->cohort->record;
    const cohort_columns *c = &m->cohort->columns;
    rp_rows contacts = rp_record_children(record, RP_CONTACTS, referral);
    rp_rows administrations = rp_record_children(record, RP_ADMINISTRATIONS, referral);
    for (size_t i = 0; i < contacts.n; i++) {
        if (!rp_cohort_contact_attended(m->cohort, contacts.at[i]))
            continue;
        rp_date date = rp_record_date(record, RP_CONTACTS, c->contact_date, contacts.at[i]);
        int64_t occasion = rp_record_int(record, RP_CONTACTS, c->contact_occasion, contacts.at[i]);
        rp_session *session = add_session(m, e, date, occasion == RP_NO_INT ? RP_NO_OCCASION : (int32_t)occasion,
                                          (int64_t)contacts.at[i]);
        if (session == NULL)
            return false;
        for (size_t a = 0; a < administrations.n; a++)
            if (rp_cohort_in_session(m->cohort, session, administrations.at[a]))
                take_scores(m, administrations.at[a], session);
    }
    return true;
}

static bool sessions_of_occasions(maker *m, uint32_t e, uint32_t referral) {
    const rp_record *record = m->cohort->record;
    rp_rows administrations = rp_record_children(record, RP_ADMINISTRATIONS, referral);
    size_t first = m->sessions.n;
    for (size_t a = 0; a < administrations.n; a++) {
        rp_date date = rp_record_date(record, RP_ADMINISTRATIONS, m->cohort->columns.admin_date, administrations.at[a]);
        int32_t occasion = occasion_of(m->cohort, administrations.at[a]);
        rp_session *session = m->sessions.n > first ? &m->sessions.at[m->sessions.n - 1] : NULL;
        if (session == NULL || !rp_cohort_in_session(m->cohort, session, administrations.at[a]))
            session = add_session(m, e, date, occasion, -1);
        if (session == NULL)
            return false;
        take_scores(m, administrations.at[a], session);
    }
    return true;
}

bool rp_cohort_block(const rp_cohort *cohort, size_t i, rp_arena *arena, rp_block *out, rp_error *error) {
    assert(i < rp_cohort_blocks(cohort));
    maker m = {.cohort = cohort, .arena = arena, .n_measures = cohort->measures.n};
    size_t first = i * cohort->options.block_size;
    size_t n = cohort->n - first < cohort->options.block_size ? cohort->n - first : cohort->options.block_size;
    rp_episode *episodes = rp_arena_take(arena, n, sizeof *episodes);
    m.counts = rp_arena_take(arena, m.n_measures, sizeof *m.counts);
    if (episodes == NULL || m.counts == NULL)
        return rp_fail_memory(error);
    for (uint32_t e = 0; e < n; e++) {
        uint32_t referral = cohort->rows[first + e];
        size_t before = m.sessions.n;
        bool made =
            make_episode(&m, referral, &episodes[e]) &&
            (cohort->has_contacts ? sessions_of_contacts(&m, e, referral) : sessions_of_occasions(&m, e, referral));
        if (!made)
            return rp_fail_memory(error);
        days_since_first(&m, before);
    }
    *out = (rp_block){
        .first = first, .episodes = episodes, .n_episodes = n, .sessions = m.sessions.at, .n_sessions = m.sessions.n};
    return true;
}
