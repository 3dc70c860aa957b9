/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both models of a panel as texts, and what their fits say. */
#include "questions/alliance_outcome/alliance_outcome_panel.h"
#include "rapport/sem.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { BACK = 3 /* true scores by which the alliance is told: of the same session and two before */ };

/* ---- texts ------------------------------------------------------------------------------------------------------ */

enum { ROOM = 8192 /* more than the longest text, of all sessions with the alliance at each but the last */ };

typedef struct writing {
    const ao_panel *panel;
    char *text; /* ROOM bytes */
    size_t n;
} writing;

static void put(writing *w, const char *format, ...) RP_PRINTF(2, 3);
static void put(writing *w, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int more = vsnprintf(w->text + w->n, ROOM - w->n, format, arguments);
    va_end(arguments);
    assert(more >= 0 && (size_t)more < ROOM - w->n);
    w->n += (size_t)more;
}

/* The session before this one whose alliance is in the panel, both counted from 1; 0: none. */
static size_t alliance_before(const ao_panel_rows *rows, size_t session) {
    size_t before = session - 1;
    while (before > 0 && !rows->has_alliance[before - 1])
        before--;
    return before;
}

static void put_symptoms(writing *w) {
    const ao_panel_rows *rows = &w->panel->rows;
    for (size_t t = 1; t <= rows->sessions; t++) {
        put(w, "n%zu =~ 1*s%zu; s%zu ~~ %.17g*s%zu; n%zu ~~ %sn%zu\n", t, t, t, w->panel->error.variance, t, t,
            t > 1 ? "new*" : "", t);
        if (t > 1)
            put(w, "n%zu ~ p*n%zu", t, t - 1);
        if (t > 1 && rows->has_alliance[t - 2])
            put(w, " + b*c%zu", t - 1);
        put(w, "\n");
    }
    put(w, "Ls =~ 1*n2");
    for (size_t t = 3; t <= rows->sessions; t++)
        put(w, " + 1*n%zu", t);
    put(w, "\nLs ~~ Ls + n1\n");
}

/* The first alliance has its own coefficients: what went before it is not in the panel. With two sessions there is no
 * telling the client's level from what is left of the session before. */
static void put_within(writing *w, size_t t) {
    const ao_panel_rows *rows = &w->panel->rows;
    size_t before = alliance_before(rows, t);
    put(w, "c%zu =~ 1*a%zu; a%zu ~~ 0*a%zu; c%zu ~~ u%zu*c%zu\nc%zu ~ ", t, t, t, t, t, t, t, t);
    for (size_t back = 0; back < BACK && back < t; back++)
        put(w, "%s%s%zu*n%zu", back > 0 ? " + " : "", t > 1 ? "g" : "h", back, t - back);
    if (before > 0 && rows->lags > AO_PANEL_LAGS)
        put(w, " + q%zu*c%zu", t - before, before);
    put(w, "\nLa ~~ 0*c%zu; Ls ~~ 0*c%zu\n", t, t);
}

static void put_alliance(writing *w) {
    const ao_panel_rows *rows = &w->panel->rows;
    const char *sign = "";
    put(w, "La =~ ");
    for (size_t t = 1; t <= rows->sessions; t++)
        if (rows->has_alliance[t - 1]) {
            put(w, "%s1*a%zu", sign, t);
            sign = " + ";
        }
    put(w, "\nLa ~~ La + Ls + n1\n");
    for (size_t t = 1; t <= rows->sessions; t++)
        if (rows->has_alliance[t - 1])
            put_within(w, t);
}

/* The correlation of the next true score and the alliance, all that went before held. */
static void put_explained(writing *w) {
    const ao_panel_rows *rows = &w->panel->rows;
    const char *sign = "";
    put(w, "fresh := (");
    for (size_t t = 1; t <= rows->sessions; t++)
        if (rows->has_alliance[t - 1]) {
            put(w, "%su%zu", sign, t);
            sign = " + ";
        }
    put(w, ") / %zu\npartial := b * sqrt(fresh) / sqrt(b^2 * fresh + new)\n", rows->lags);
}

static void put_panel(writing *w) {
    put_symptoms(w);
    put_alliance(w);
    put_explained(w);
}

/* Scores as they are, and no levels. */
static void put_plain(writing *w) {
    const ao_panel_rows *rows = &w->panel->rows;
    for (size_t t = 1; t <= rows->sessions; t++) {
        if (t > 1)
            put(w, "s%zu ~ p*s%zu", t, t - 1);
        if (t > 1 && rows->has_alliance[t - 2])
            put(w, " + b*a%zu", t - 1);
        put(w, "\n");
        size_t before = alliance_before(rows, t);
        if (!rows->has_alliance[t - 1])
            continue;
        put(w, "a%zu ~ %s*s%zu", t, before > 0 ? "g" : "h", t);
        if (before > 0)
            put(w, " + q%zu*a%zu", t - before, before);
        put(w, "\n");
    }
}

/* ---- fits -------------------------------------------------------------------------------------------------------- */

/* The column of a variable "s3" or "a3". */
static const double *column_of(const ao_panel_rows *rows, const char *name) {
    size_t t = (size_t)(name[1] - '1');
    return name[0] == 's' ? rows->symptoms[t] : rows->alliance[t];
}

static rp_sem_fit *fit_text(const ao_panel *panel, void (*write)(writing *w), rp_arena *arena, rp_error *error) {
    writing w = {.panel = panel, .text = rp_arena_take(arena, ROOM, 1)};
    rp_sem_layout *layout = rp_arena_take(arena, 1, sizeof *layout);
    if (w.text == NULL || layout == NULL)
        return rp_fail_memory(error), NULL;
    write(&w);
    rp_sem_text *text = rp_sem_parse(w.text, arena, error);
    if (text == NULL)
        return NULL;
    *layout = (rp_sem_layout){.n_groups = 1, .missing = RP_SEM_FIML};
    layout->n_observed = rp_sem_observed(text, &layout->observed);
    const double **columns = rp_arena_take(arena, layout->n_observed, sizeof *columns);
    if (columns == NULL)
        return rp_fail_memory(error), NULL;
    for (size_t i = 0; i < layout->n_observed; i++)
        columns[i] = column_of(&panel->rows, layout->observed[i]);
    const rp_sem_rules rules = {.means = true};
    const rp_sem_rows rows = {.n = panel->rows.n, .columns = columns};
    const rp_sem_spec *spec = rp_sem_specify(text, layout, &rules, arena, error);
    const rp_sem_stats *stats = spec != NULL ? rp_sem_prepare(layout, &rows, arena, error) : NULL;
    const rp_sem_options options = {.estimator = RP_SEM_ML};
    return stats != NULL ? rp_sem_fit_stats(spec, stats, &options, arena, error) : NULL;
}

/* Why a fit gives no number; NULL: it does. */
static const char *fault_of(const rp_sem_fit *fit) {
    switch (fit->status) {
    case RP_SEM_CONVERGED:
        return NULL;
    case RP_SEM_IMPROPER:
        return "the model came out with a variance below nought or a correlation beyond 1, which happens where people "
               "or sessions are too few for it, or it does not hold";
    case RP_SEM_NOT_IDENTIFIED:
        return "these data do not tell the model's coefficients apart";
    case RP_SEM_NOT_CONVERGED:
        return "the search for the model's coefficients came to no end";
    case RP_SEM_NOT_FITTED:
    default:
        return "the model could not be fitted";
    }
}

static const ao_estimate none = {NAN, NAN, NAN, NAN};

static ao_estimate estimate_of(double value, double variance, double level) {
    double error = sqrt(variance), z = rp_normal_quantile(0.5 + level / 2);
    return error > 0 ? (ao_estimate){value, error, value - z * error, value + z * error} : none;
}

static ao_estimate labelled(const rp_sem_fit *fit, const char *label, double level) {
    const rp_sem_spec *spec = fit->spec;
    for (size_t i = 0; i < spec->n_lines; i++) {
        const rp_sem_line *line = &spec->lines[i];
        if (line->label != NULL && line->parameter != SIZE_MAX && strcmp(line->label, label) == 0)
            return estimate_of(fit->theta[line->parameter], fit->vcov[line->parameter * (spec->n_parameters + 1)],
                               level);
    }
    return none;
}

/* The square of a correlation, whose interval goes by Fisher's z with an error by the delta method: a square's own
 * would go below nought. Where the correlation's interval holds nought, so does the share's. */
static ao_estimate square_of(double r, double variance, double level) {
    ao_estimate z = estimate_of(atanh(r), variance / pow(1 - r * r, 2), level);
    if (isnan(z.value))
        return none;
    double low = tanh(z.lower), high = tanh(z.upper), a = low * low, b = high * high;
    return (ao_estimate){r * r, fabs(2 * r) * sqrt(variance), low < 0 && high > 0 ? 0 : fmin(a, b), fmax(a, b)};
}

static bool explained_of(const rp_sem_fit *fit, double level, rp_arena *arena, ao_estimate *out) {
    const rp_sem_spec *spec = fit->spec;
    size_t n = spec->n_parameters, last = spec->n_defined - 1; /* `partial` */
    double *values = rp_arena_take(arena, spec->n_defined, sizeof *values);
    double *slopes = rp_arena_take(arena, spec->n_defined * n, sizeof *slopes), variance = 0;
    if (values == NULL || slopes == NULL || !rp_sem_define(spec, fit->theta, values, slopes, arena))
        return false;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (slopes[last * n + i] != 0 && slopes[last * n + j] != 0)
                variance += slopes[last * n + i] * fit->vcov[i * n + j] * slopes[last * n + j];
    *out = square_of(values[last], variance, level);
    return true;
}

static bool fit_plain(ao_panel *panel, double level, rp_arena *arena, rp_error *error) {
    const rp_sem_fit *fit = fit_text(panel, put_plain, arena, error);
    if (fit == NULL)
        return false;
    if (fault_of(fit) == NULL)
        panel->plain = labelled(fit, "b", level);
    return true;
}

bool ao_panel_fit(ao_panel *panel, bool with_plain, double level, rp_arena *arena, rp_error *error) {
    const rp_sem_fit *fit = fit_text(panel, put_panel, arena, error);
    if (fit == NULL)
        return false;
    panel->why = fault_of(fit);
    if (panel->why == NULL) {
        panel->forward = labelled(fit, "b", level);
        panel->backward = labelled(fit, "g0", level);
        if (!explained_of(fit, level, arena, &panel->explained))
            return rp_fail_memory(error);
    }
    if (panel->why == NULL && isnan(panel->forward.value))
        panel->why = "the model gives no standard error";
    return !with_plain || fit_plain(panel, level, arena, error);
}
