/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The panels of one pairing: who is in, which sessions, and what they come to. */
#include "questions/alliance_outcome/alliance_outcome_panel.h"

#include <math.h>

/* ---- rows ------------------------------------------------------------------------------------------------------- */

static bool take_room(ao_panel_rows *rows, size_t n, rp_arena *arena) {
    for (size_t t = 0; t < AO_PANEL_SESSIONS; t++) {
        rows->symptoms[t] = rp_arena_take_unset(arena, n + 1, sizeof(double));
        rows->alliance[t] = rp_arena_take_unset(arena, n + 1, sizeof(double));
        if (rows->symptoms[t] == NULL || rows->alliance[t] == NULL)
            return false;
    }
    return true;
}

/* A person's scores at the first sessions: of two at one session the earlier. False: there are none. */
static bool put_person(const ao_sessions *s, size_t k, size_t p, ao_panel_rows *rows) {
    bool any = false;
    for (size_t t = 0; t < AO_PANEL_SESSIONS; t++)
        rows->symptoms[t][rows->n] = rows->alliance[t][rows->n] = NAN;
    for (size_t i = s->of.starts[p]; i < s->of.starts[p + 1]; i++) {
        if (!(s->of.place[i] >= 1 && s->of.place[i] <= AO_PANEL_SESSIONS))
            continue;
        size_t t = (size_t)s->of.place[i] - 1;
        double *symptoms = &rows->symptoms[t][rows->n], *alliance = &rows->alliance[t][rows->n];
        *symptoms = isnan(*symptoms) ? ao_symptoms(s, i) : *symptoms;
        *alliance = isnan(*alliance) ? ao_alliance(s, i, k) : *alliance;
        any = any || !isnan(*symptoms) || !isnan(*alliance);
    }
    return any;
}

static size_t having(const ao_panel_rows *rows, const double *a, const double *b) {
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++)
        n += !isnan(a[i]) && !isnan(b[i]);
    return n;
}

/* The first sessions as long as enough people have a score, and those whose alliance enough people have who also have
 * the next score. */
static void choose_sessions(ao_panel_rows *rows) {
    while (rows->sessions < AO_PANEL_SESSIONS &&
           having(rows, rows->symptoms[rows->sessions], rows->symptoms[rows->sessions]) >= AO_PANEL_PEOPLE)
        rows->sessions++;
    for (size_t t = 0; t + 1 < rows->sessions; t++) {
        rows->has_alliance[t] = having(rows, rows->alliance[t], rows->symptoms[t + 1]) >= AO_PANEL_PEOPLE;
        rows->lags += rows->has_alliance[t];
    }
}

/* Is there a value of this person in the panel that was chosen? */
static bool is_told(const ao_panel_rows *rows, size_t i) {
    bool any = false;
    for (size_t t = 0; t < rows->sessions; t++)
        any = any || !isnan(rows->symptoms[t][i]) || (rows->has_alliance[t] && !isnan(rows->alliance[t][i]));
    return any;
}

static double mean_of(const ao_panel_rows *rows, const double *values) {
    rp_moments m = {0};
    for (size_t i = 0; i < rows->n; i++)
        if (!isnan(values[i]))
            rp_moments_add(&m, values[i]);
    return m.mean;
}

/* Spread about the client's own mean once each session's mean is taken out; and, unless NULL, the variance between
 * people at one session. */
static double spread_within(const ao_panel_rows *rows, double *const *columns, const bool *in, double *variance) {
    double means[AO_PANEL_SESSIONS], squares = 0, freedom = 0, all = 0, n_all = 0;
    for (size_t t = 0; t < rows->sessions; t++)
        means[t] = in == NULL || in[t] ? mean_of(rows, columns[t]) : NAN;
    for (size_t i = 0; i < rows->n; i++) {
        rp_moments own = {0};
        for (size_t t = 0; t < rows->sessions; t++) {
            double apart = columns[t][i] - means[t];
            if (isnan(apart))
                continue;
            rp_moments_add(&own, apart);
            all += apart * apart;
            n_all++;
        }
        squares += own.n > 1 ? own.m2 : 0;
        freedom += own.n > 1 ? (double)own.n - 1 : 0;
    }
    if (variance != NULL)
        *variance = n_all > (double)rows->sessions ? all / (n_all - (double)rows->sessions) : NAN;
    return freedom > 0 ? sqrt(squares / freedom) : NAN;
}

bool ao_panel_rows_make(const ao_sessions *sessions, size_t k, uint64_t mark, rp_arena *arena, ao_panel_rows *out) {
    *out = (ao_panel_rows){0};
    if (!take_room(out, sessions->of.n_people, arena))
        return false;
    size_t *person = rp_arena_take(arena, sessions->of.n_people, sizeof *person);
    if (person == NULL)
        return false;
    for (size_t p = 0; p < sessions->of.n_people; p++)
        if (put_person(sessions, k, p, out))
            person[out->n++] = p;
    choose_sessions(out);
    for (size_t i = 0; i < out->n; i++)
        if (is_told(out, i))
            sessions->marks[person[i]] |= mark;
    out->symptoms_within = spread_within(out, out->symptoms, NULL, &out->variance);
    out->alliance_within = spread_within(out, out->alliance, out->has_alliance, NULL);
    return true;
}

/* ---- all of them ------------------------------------------------------------------------------------------------ */

static const char *lack_of(const ao_pairing *pairing, const ao_panel *panel) {
    const ao_panel_rows *rows = &panel->rows;
    if (rows->sessions < AO_PANEL_LEAST)
        return rp_answer_text(pairing->answer,
                              "%d people or more would have to have a score at each of the first %d sessions",
                              AO_PANEL_PEOPLE, AO_PANEL_LEAST);
    if (rows->lags < AO_PANEL_LAGS)
        return rp_answer_text(pairing->answer,
                              "%d people or more would have to have the alliance of a session and the score before the "
                              "next one, at %d of the first %zu sessions",
                              AO_PANEL_PEOPLE, AO_PANEL_LAGS, rows->sessions);
    if (!(rows->symptoms_within > 0) || !(rows->alliance_within > 0))
        return "scores of one client do not differ from session to session";
    if (!(panel->error.variance >= 0))
        return rp_answer_text(pairing->answer,
                              "how reliably %s measures is not known, neither from answers to its items nor from its "
                              "definition",
                              ao_outcome(pairing)->name);
    return NULL;
}

ao_verdict ao_panel_verdict(const ao_estimate *forward, double margin) {
    if (forward->lower > -margin && forward->upper < margin)
        return AO_SMALLER_THAN_MATTERS;
    return forward->lower > 0 || forward->upper < 0 ? AO_SHOWN : AO_CANNOT_BE_TOLD;
}

static bool make_one(const ao_pairing *pairing, const ao_sessions *sessions, size_t k, rp_arena *arena, ao_panel *panel,
                     rp_error *error) {
    enum { FIRST_MARK = 30 }; /* above those of the models */
    const ao_estimate none = {NAN, NAN, NAN, NAN};
    *panel = (ao_panel){.mark = MARK(FIRST_MARK + k),
                        .forward = none,
                        .backward = none,
                        .plain = none,
                        .explained = none,
                        .margin = NAN,
                        .smallest = NAN};
    if (!ao_panel_rows_make(sessions, k, panel->mark, arena, &panel->rows) ||
        !ao_panel_error_of(pairing, sessions, &panel->rows, arena, &panel->error))
        return rp_fail_memory(error);
    panel->why = lack_of(pairing, panel);
    if (panel->why != NULL)
        return true;
    panel->margin = AO_PANEL_MATTERS * panel->rows.symptoms_within / panel->rows.alliance_within;
    if (!ao_panel_fit(panel, k == 0, pairing->asked->level, arena, error))
        return false;
    panel->smallest = (rp_normal_quantile(0.5 + pairing->asked->level / 2) + rp_normal_quantile(AO_PANEL_POWER)) *
                      panel->forward.error;
    panel->verdict = panel->why == NULL ? ao_panel_verdict(&panel->forward, panel->margin) : AO_CANNOT_BE_TOLD;
    return true;
}

bool ao_panels_make(const ao_pairing *pairing, const ao_sessions *sessions, rp_arena *arena, ao_panel panels[AO_SCALES],
                    rp_error *error) {
    bool fine = true;
    for (size_t k = 0; k < pairing->n_scales && fine; k++)
        fine = make_one(pairing, sessions, k, arena, &panels[k], error);
    return fine;
}
