/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One block of a cohort: up to block_size whole referrals with their series of scores and their sessions. */
#include "record/cohort_parts.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define DAYS_IN_A_MONTH (365.25 / 12)

/* One administration of the referral at hand. */
typedef struct found {
    uint32_t row;
    rp_date date;
    int32_t occasion;
    int64_t contact;     /* the row that it names, or -1 */
    rp_rows scores;      /* its own */
    const int *measures; /* of these, by scale; NULL: of none that is known */
} found;

/* Everything needed while one block is made. What is kept of it is taken at once, in the size that is needed. */
typedef struct maker {
    const rp_cohort *cohort;
    rp_arena *arena, *scratch;
    size_t n_measures;
    RP_VEC(found) found; /* in scratch */
    rp_episode *episodes;
    rp_series *series;
    rp_point *points;
    rp_session *sessions;
    double *values;
    size_t n_points, n_sessions; /* so far */
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

static found found_at(const rp_cohort *cohort, size_t administration) {
    const cohort_columns *c = &cohort->columns;
    return (found){
        .row = (uint32_t)administration,
        .date = rp_record_date(cohort->record, RP_ADMINISTRATIONS, c->admin_date, administration),
        .occasion = occasion_of(cohort, administration),
        .contact = rp_record_refers(cohort->record, RP_ADMINISTRATIONS, c->admin_contact, administration),
    };
}

static bool find_administrations(maker *m, uint32_t referral) {
    rp_rows rows = rp_record_children(m->cohort->record, RP_ADMINISTRATIONS, referral);
    m->found.n = 0;
    for (size_t a = 0; a < rows.n; a++) {
        found *one = rp_vec_push(m->scratch, &m->found);
        if (one == NULL)
            return false;
        *one = found_at(m->cohort, rows.at[a]);
        one->scores = rp_record_children(m->cohort->record, RP_SCORES, rows.at[a]);
        one->measures = rp_cohort_measures_of(m->cohort, rows.at[a]);
    }
    return true;
}

/* The measure of a score with a value, or -1. */
static int measure_of(const rp_cohort *cohort, const found *of, uint32_t score, double *value) {
    uint32_t scale = of->measures != NULL ? rp_score_scale(cohort->record, score) : RP_NO_ID;
    if (scale == RP_NO_ID)
        return -1;
    *value = rp_record_num(cohort->record, RP_SCORES, cohort->columns.score_value, score);
    return isnan(*value) ? -1 : of->measures[scale];
}

static rp_point point_of(const rp_cohort *cohort, const found *of, uint32_t score, double value,
                         const rp_point *first) {
    const cohort_columns *c = &cohort->columns;
    int method = rp_record_code(cohort->record, RP_SCORES, c->score_method, score);
    rp_point point = {.date = of->date,
                      .occasion = of->occasion,
                      .months = months_of_occasion(cohort, of->occasion),
                      .value = value,
                      .administration = of->row,
                      .prorated = method == c->prorated_code,
                      .supplied = method == c->supplied_code};
    rp_date zero = first != NULL ? first->date : point.date;
    if (point.date != RP_NO_DATE && zero != RP_NO_DATE)
        point.months = (point.date - zero) / DAYS_IN_A_MONTH;
    return point;
}

/* Two passes over one referral's scores: count by measure, then fill. Administrations come in order, so series do. */
static void make_series(maker *m, rp_series *series) {
    double value = NAN;
    for (size_t a = 0; a < m->found.n; a++)
        for (size_t s = 0; s < m->found.at[a].scores.n; s++) {
            int measure = measure_of(m->cohort, &m->found.at[a], m->found.at[a].scores.at[s], &value);
            if (measure >= 0)
                series[measure].n++;
        }
    for (size_t i = 0; i < m->n_measures; i++) {
        series[i].points = m->points + m->n_points;
        m->n_points += series[i].n;
        series[i].n = 0;
    }
    for (size_t a = 0; a < m->found.n; a++)
        for (size_t s = 0; s < m->found.at[a].scores.n; s++) {
            uint32_t score = m->found.at[a].scores.at[s];
            int measure = measure_of(m->cohort, &m->found.at[a], score, &value);
            if (measure < 0)
                continue;
            rp_series *to = &series[measure];
            rp_point *slot = m->points + (to->points - m->points) + to->n;
            *slot = point_of(m->cohort, &m->found.at[a], score, value, to->n > 0 ? to->points : NULL);
            to->n++;
        }
}

static int arm_index(const rp_cohort *cohort, uint32_t referral) {
    const char *arm = rp_cohort_arm_text(cohort, referral);
    for (size_t i = 0; arm != NULL && i < cohort->n_arms; i++)
        if (strcmp(arm, cohort->arms[i]) == 0)
            return (int)i;
    return -1;
}

static rp_episode episode_of(const rp_cohort *cohort, uint32_t referral) {
    rp_stage stage = rp_cohort_stage(cohort, referral);
    return (rp_episode){
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
}

/* ---- sessions -------------------------------------------------------------------------------------------- */

static void add_session(maker *m, uint32_t episode, rp_date date, int32_t occasion, int64_t contact) {
    rp_session *session = &m->sessions[m->n_sessions];
    double *values = m->values + m->n_sessions * m->n_measures;
    for (size_t i = 0; i < m->n_measures; i++)
        values[i] = NAN;
    bool same = m->n_sessions > 0 && session[-1].episode == episode;
    *session = (rp_session){.episode = episode,
                            .number = same ? session[-1].number + 1 : 1,
                            .date = date,
                            .occasion = occasion,
                            .days = NAN,
                            .contact = contact,
                            .values = values};
    m->n_sessions++;
}

static void take_scores(maker *m, const found *from, size_t session) {
    double *values = m->values + session * m->n_measures, value = NAN;
    for (size_t s = 0; s < from->scores.n; s++) {
        int measure = measure_of(m->cohort, from, from->scores.at[s], &value);
        if (measure >= 0)
            values[measure] = value;
    }
}

static void days_since_first(maker *m, size_t first) {
    for (size_t i = first; i < m->n_sessions; i++) {
        rp_date zero = m->sessions[first].date, date = m->sessions[i].date;
        if (zero != RP_NO_DATE && date != RP_NO_DATE)
            m->sessions[i].days = date - zero;
    }
}

static bool is_in(const rp_session *session, const found *one) {
    if (session->contact < 0)
        return one->date == session->date && one->occasion == session->occasion;
    return one->contact >= 0 ? one->contact == session->contact : one->date != RP_NO_DATE && one->date == session->date;
}

bool rp_cohort_in_session(const rp_cohort *cohort, const rp_session *session, size_t administration) {
    found one = found_at(cohort, administration);
    return is_in(session, &one);
}

/* With contacts: one session an attended contact. */
static void sessions_of_contacts(maker *m, uint32_t e) {
    const rp_record *record = m->cohort->record;
    const cohort_columns *c = &m->cohort->columns;
    rp_rows contacts = rp_record_children(record, RP_CONTACTS, m->episodes[e].row);
    size_t first = m->n_sessions;
    for (size_t i = 0; i < contacts.n; i++) {
        if (!rp_cohort_contact_attended(m->cohort, contacts.at[i]))
            continue;
        rp_date date = rp_record_date(record, RP_CONTACTS, c->contact_date, contacts.at[i]);
        int64_t occasion = rp_record_int(record, RP_CONTACTS, c->contact_occasion, contacts.at[i]);
        add_session(m, e, date, occasion == RP_NO_INT ? RP_NO_OCCASION : (int32_t)occasion, (int64_t)contacts.at[i]);
    }
    for (size_t a = 0; a < m->found.n; a++)
        for (size_t i = first; i < m->n_sessions; i++)
            if (is_in(&m->sessions[i], &m->found.at[a]))
                take_scores(m, &m->found.at[a], i);
}

static void sessions_of_occasions(maker *m, uint32_t e) {
    size_t first = m->n_sessions;
    for (size_t a = 0; a < m->found.n; a++) {
        const found *one = &m->found.at[a];
        if (m->n_sessions == first || !is_in(&m->sessions[m->n_sessions - 1], one))
            add_session(m, e, one->date, one->occasion, -1);
        take_scores(m, one, m->n_sessions - 1);
    }
}

/* ---- the block ------------------------------------------------------------------------------------------- */

/* Episodes without their series, and room for these and for sessions: no more than there are rows for. */
static bool make_room(maker *m, const uint32_t *referrals, size_t n) {
    const rp_record *record = m->cohort->record;
    size_t n_scores = 0, n_sessions = 0;
    m->episodes = rp_arena_take(m->arena, n, sizeof *m->episodes);
    for (size_t e = 0; m->episodes != NULL && e < n; e++) {
        m->episodes[e] = episode_of(m->cohort, referrals[e]);
        rp_rows administrations = rp_record_children(record, RP_ADMINISTRATIONS, referrals[e]);
        for (size_t a = 0; a < administrations.n; a++)
            n_scores += rp_record_children(record, RP_SCORES, administrations.at[a]).n;
        n_sessions += m->cohort->has_contacts ? (size_t)m->episodes[e].attended : administrations.n;
    }
    m->series = rp_arena_take(m->arena, n * m->n_measures, sizeof *m->series);
    m->points = rp_arena_take_unset(m->arena, n_scores, sizeof *m->points);
    m->sessions = rp_arena_take_unset(m->arena, n_sessions, sizeof *m->sessions);
    m->values = rp_arena_take_unset(m->arena, n_sessions * m->n_measures, sizeof *m->values);
    return m->episodes != NULL && m->series != NULL && m->points != NULL && m->sessions != NULL && m->values != NULL;
}

static bool make_episode(maker *m, uint32_t e) {
    rp_episode *episode = &m->episodes[e];
    rp_series *series = m->series + e * m->n_measures;
    if (!find_administrations(m, episode->row))
        return false;
    make_series(m, series);
    episode->series = series;
    episode->national = rp_cohort_national(m->cohort, episode->row, episode->ended, series);
    size_t first = m->n_sessions;
    if (m->cohort->has_contacts)
        sessions_of_contacts(m, e);
    else
        sessions_of_occasions(m, e);
    days_since_first(m, first);
    return true;
}

bool rp_cohort_make_block(const rp_cohort *cohort, size_t i, rp_arena *arena, rp_block *out) {
    maker m = {.cohort = cohort, .arena = arena, .scratch = rp_arena_new(0), .n_measures = cohort->measures.n};
    size_t first = i * cohort->options.block_size;
    size_t n = cohort->n - first < cohort->options.block_size ? cohort->n - first : cohort->options.block_size;
    bool made = m.scratch != NULL && make_room(&m, cohort->rows + first, n);
    for (uint32_t e = 0; made && e < n; e++)
        made = make_episode(&m, e);
    rp_arena_free(m.scratch);
    *out = (rp_block){
        .first = first, .episodes = m.episodes, .n_episodes = n, .sessions = m.sessions, .n_sessions = m.n_sessions};
    return made;
}
