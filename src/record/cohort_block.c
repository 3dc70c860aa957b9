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

/* Everything needed while one block is made. What is kept of it is one piece of memory, in the size that is needed. The
 * points of one measure lie side by side, person after person, since most questions look at one measure at a time. */
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
    size_t n_sessions; /* so far */
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

double rp_cohort_months(const rp_cohort *cohort, const rp_series *series, size_t point) {
    assert(point < series->n);
    rp_date date = series->points[point].date, zero = series->points[0].date;
    if (date != RP_NO_DATE && zero != RP_NO_DATE)
        return (date - zero) / DAYS_IN_A_MONTH;
    return months_of_occasion(cohort, series->points[point].occasion);
}

static rp_point point_of(const rp_cohort *cohort, const found *of, uint32_t score, double value) {
    const cohort_columns *c = &cohort->columns;
    int method = rp_record_code(cohort->record, RP_SCORES, c->score_method, score);
    return (rp_point){.date = of->date,
                      .occasion = of->occasion,
                      .value = value,
                      .administration = of->row,
                      .prorated = method == c->prorated_code,
                      .supplied = method == c->supplied_code};
}

/* Administrations come in order, so series do. There is room for as many points as were counted. */
static void fill_series(const maker *m, rp_series *series) {
    double value = NAN;
    for (size_t a = 0; a < m->found.n; a++)
        for (size_t s = 0; s < m->found.at[a].scores.n; s++) {
            uint32_t score = m->found.at[a].scores.at[s];
            int measure = measure_of(m->cohort, &m->found.at[a], score, &value);
            if (measure < 0)
                continue;
            rp_series *to = &series[measure];
            rp_point *slot = m->points + (to->points - m->points) + to->n;
            *slot = point_of(m->cohort, &m->found.at[a], score, value);
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

/* What is known of a block before there is room for it; in scratch. */
typedef struct draft {
    rp_episode *episodes; /* without their series */
    uint32_t *counts;     /* of points, by episode and measure */
    size_t *starts;       /* of each measure's points */
    size_t n, n_points, most_sessions;
} draft;

/* Returns how many administrations there are. */
static size_t count_points(const maker *m, uint32_t referral, uint32_t *counts) {
    const rp_cohort *cohort = m->cohort;
    rp_rows administrations = rp_record_children(cohort->record, RP_ADMINISTRATIONS, referral);
    for (size_t a = 0; a < administrations.n; a++) {
        const found one = {.scores = rp_record_children(cohort->record, RP_SCORES, administrations.at[a]),
                           .measures = rp_cohort_measures_of(cohort, administrations.at[a])};
        for (size_t s = 0; s < one.scores.n; s++) {
            double value = NAN;
            int measure = measure_of(cohort, &one, one.scores.at[s], &value);
            if (measure >= 0)
                counts[measure]++;
        }
    }
    return administrations.n;
}

static bool make_draft(const maker *m, const uint32_t *referrals, size_t n, draft *d) {
    *d = (draft){.episodes = rp_arena_take_unset(m->scratch, n, sizeof *d->episodes),
                 .counts = rp_arena_take(m->scratch, n * m->n_measures, sizeof *d->counts),
                 .starts = rp_arena_take(m->scratch, m->n_measures, sizeof *d->starts),
                 .n = n};
    if (d->episodes == NULL || d->counts == NULL || d->starts == NULL)
        return false;
    for (size_t e = 0; e < n; e++) {
        d->episodes[e] = episode_of(m->cohort, referrals[e]);
        size_t administrations = count_points(m, referrals[e], d->counts + e * m->n_measures);
        d->most_sessions += m->cohort->has_contacts ? (size_t)d->episodes[e].attended : administrations;
    }
    for (size_t i = 0; i < m->n_measures; i++) {
        d->starts[i] = d->n_points;
        for (size_t e = 0; e < n; e++)
            d->n_points += d->counts[e * m->n_measures + i];
    }
    return true;
}

/* The next n of so many bytes of a piece, all of which hold numbers of eight bytes or less. */
static void *carve(char **from, size_t n, size_t size) {
    void *at = *from;
    *from += (n * size + 7) / 8 * 8;
    return at;
}

static bool make_room(maker *m, const draft *d) {
    size_t n_series = d->n * m->n_measures, n_values = d->most_sessions * m->n_measures;
    size_t bytes = d->n * sizeof *m->episodes + n_series * sizeof *m->series + d->n_points * sizeof *m->points +
                   d->most_sessions * sizeof *m->sessions + n_values * sizeof *m->values;
    char *piece = rp_arena_take_unset(m->arena, bytes + 5 * 8, 1);
    if (piece == NULL)
        return false;
    m->episodes = carve(&piece, d->n, sizeof *m->episodes);
    m->series = carve(&piece, n_series, sizeof *m->series);
    m->points = carve(&piece, d->n_points, sizeof *m->points);
    m->sessions = carve(&piece, d->most_sessions, sizeof *m->sessions);
    m->values = carve(&piece, n_values, sizeof *m->values);
    memcpy(m->episodes, d->episodes, d->n * sizeof *m->episodes);
    for (size_t i = 0; i < n_series; i++) {
        size_t *start = &d->starts[i % m->n_measures];
        m->series[i] = (rp_series){.points = m->points + *start, .n = 0};
        *start += d->counts[i];
    }
    return true;
}

static bool make_episode(maker *m, uint32_t e) {
    rp_episode *episode = &m->episodes[e];
    rp_series *series = m->series + e * m->n_measures;
    if (!find_administrations(m, episode->row))
        return false;
    fill_series(m, series);
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
    draft d = {0};
    bool made = m.scratch != NULL && make_draft(&m, cohort->rows + first, n, &d) && make_room(&m, &d);
    for (uint32_t e = 0; made && e < n; e++)
        made = make_episode(&m, e);
    rp_arena_free(m.scratch);
    *out = (rp_block){
        .first = first, .episodes = m.episodes, .n_episodes = n, .sessions = m.sessions, .n_sessions = m.n_sessions};
    return made;
}
