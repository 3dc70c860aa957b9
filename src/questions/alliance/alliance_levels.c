/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same models over all sessions at once, within clients and between them: what rises and falls together from
 * session to session need not be what differs from client to client. Each level has its models while the other one is
 * unrestricted, so that misfit of the one is not taken for misfit of the other (Yuan & Bentler, Sociol Methodol 37,
 * 2007; Ryu & West, Struct Equ Modeling 16, 2009).
 *
 * Within clients: contrasts of a client's sessions, orthogonal and of length 1, have the covariances within clients and
 * no others; n sessions give n - 1 of them. Between: the two-level likelihood, within which nothing is restricted. */
#include "questions/alliance/alliance_levels.h"

#include <math.h>
#include <string.h>

/* Ours: of an item of which less than this lasts, the models between clients have too little to go by. */
static const double LEAST_LASTING = 0.05;

static bool is_tried(const level_fits *f, int level, alliance_model k) {
    bool has_parts = f->measured->rows->has_parts;
    switch (k) {
    case MODEL_ONE:
        return true;
    case MODEL_TWO:
    case MODEL_THREE:
        return has_parts;
    case MODEL_BILEVEL: /* rests on the three, and its search is long */
        return has_parts && f->of[level][MODEL_THREE].usable;
    case MODEL_SECOND_ORDER: /* the three, written otherwise */
    case MODELS:
        break;
    }
    return false;
}

static alliance_model best_of(const level_fits *f, int level) {
    alliance_model best = MODELS;
    for (alliance_model k = 0; k < MODELS; k++)
        if (f->of[level][k].usable &&
            (best == MODELS || f->of[level][k].measures.bic < f->of[level][best].measures.bic))
            best = k;
    return best;
}

/* ---- within clients --------------------------------------------------------------------------------------------- */

typedef struct contrasts {
    double **columns; /* p */
    size_t n, people; /* rows; people with two sessions or more */
} contrasts;

/* Each session less the mean of those before it. */
static void add_contrasts(const alliance_rows *rows, size_t person, double *mean, contrasts *out) {
    size_t p = rows->p, seen = 0;
    memset(mean, 0, p * sizeof *mean);
    for (size_t r = rows->starts[person]; r < rows->starts[person + 1]; r++) {
        if (!alliance_row_is_complete(rows, r))
            continue;
        double before = (double)seen++;
        for (size_t i = 0; i < p; i++) {
            double apart = rows->answers[r * p + i] - mean[i];
            if (before > 0)
                out->columns[i][out->n] = apart * sqrt(before / (before + 1));
            mean[i] += apart / (before + 1);
        }
        out->n += before > 0;
        out->people += seen == 2;
    }
}

static bool make_contrasts(const alliance_rows *rows, rp_arena *arena, contrasts *out) {
    double *mean = rp_arena_take(arena, rows->p, sizeof *mean);
    *out = (contrasts){.columns = rp_arena_take(arena, rows->p, sizeof *out->columns)};
    if (mean == NULL || out->columns == NULL)
        return false;
    for (size_t i = 0; i < rows->p; i++)
        if ((out->columns[i] = rp_arena_take_unset(arena, rows->starts[rows->n_people] + 1, sizeof(double))) == NULL)
            return false;
    for (size_t person = 0; person < rows->n_people; person++)
        add_contrasts(rows, person, mean, out);
    return true;
}

bool alliance_fit_within(level_fits *f, rp_arena *arena, rp_error *error) {
    const alliance_rows *rows = f->measured->rows;
    contrasts of;
    alliance_sample *sample = rp_arena_take(arena, 1, sizeof *sample); /* fits borrow its layout */
    if (sample == NULL || !make_contrasts(rows, arena, &of))
        return rp_fail_memory(error);
    *sample =
        (alliance_sample){.n = of.people, .layout = {.observed = rows->names, .n_observed = rows->p, .n_groups = 1}};
    const rp_sem_rows as_rows = {.n = of.n, .columns = (const double *const *)of.columns};
    sample->stats = rp_sem_prepare(&sample->layout, &as_rows, arena, error);
    bool fine = sample->stats != NULL;
    for (alliance_model k = 0; k < MODELS && fine; k++) {
        if (!is_tried(f, LEVEL_WITHIN, k))
            continue;
        rp_buf text = {0};
        alliance_model_text(rows, k, &text);
        rp_sem_rules rules = alliance_model_rules(k);
        fine = alliance_fit_make(sample, &text, &rules, false, arena, &f->of[LEVEL_WITHIN][k], error);
        rp_buf_free(&text);
    }
    f->best[LEVEL_WITHIN] = best_of(f, LEVEL_WITHIN);
    return fine;
}

/* ---- between clients: is there anything? ------------------------------------------------------------------------ */

/* Share of an item's variance that lasts, by the one-way analysis of variance. */
static double lasting(const alliance_rows *rows, size_t item) {
    double people = 0, within = 0, n = 0, squares = 0, between = 0, all = 0;
    for (size_t person = 0; person < rows->n_people; person++) {
        rp_moments own = {0};
        for (size_t r = rows->starts[person]; r < rows->starts[person + 1]; r++)
            if (alliance_row_is_complete(rows, r))
                rp_moments_add(&own, rows->answers[r * rows->p + item]);
        if (own.n == 0)
            continue;
        double size = (double)own.n, apart = own.mean - all;
        people++;
        within += own.m2;
        between += apart * apart * size * n / (n + size); /* about the mean of all so far */
        all += apart * size / (n + size);
        n += size;
        squares += size * size;
    }
    double error = within / (n - people);
    double variance = (between - error * (people - 1)) / (n - squares / n);
    return variance / (variance + error);
}

static const char *alike_words(const alliance_rows *rows, rp_answer *answer) {
    const rp_instrument *instrument = rows->family->instrument;
    const rp_scale *scale = alliance_scale(rows->family, 0);
    const char *names = NULL;
    for (size_t i = 0; i < rows->p; i++)
        if (!(lasting(rows, i) >= LEAST_LASTING)) {
            const char *name = instrument->items[scale->items[i]].name;
            names = names == NULL ? name : rp_answer_text(answer, "%s, %s", names, name);
        }
    return names == NULL ? NULL
                         : rp_answer_text(answer,
                                          "clients hardly differ in the long run in what they answer to %s: less than "
                                          "%.0f%% of the variance lasts (a bound of our own)",
                                          names, 100 * LEAST_LASTING);
}

/* ---- between clients: fits -------------------------------------------------------------------------------------- */

static bool choose(const alliance_rows *rows, rp_arena *arena, alliance_choice *out) {
    size_t n = rows->starts[rows->n_people];
    size_t *which = rp_arena_take(arena, n, sizeof *which);
    uint64_t *cluster = rp_arena_take(arena, n, sizeof *cluster);
    if (which == NULL || cluster == NULL)
        return false;
    *out = (alliance_choice){.which = {which, NULL}, .cluster = cluster};
    for (size_t person = 0; person < rows->n_people; person++) {
        size_t before = out->n;
        for (size_t r = rows->starts[person]; r < rows->starts[person + 1]; r++)
            if (alliance_row_is_complete(rows, r)) {
                which[out->n] = r;
                cluster[out->n++] = person;
            }
        out->n_clusters += out->n > before;
    }
    return true;
}

/* MODELS: between clients no item goes along with another. */
static void put_text(const alliance_rows *rows, alliance_model k, const bool *held, rp_buf *out) {
    rp_buf_put(out, "level: within\n");
    for (size_t i = 0; i < rows->p; i++) {
        rp_buf_printf(out, "%s ~~ %s", rows->names[i], rows->names[i]);
        for (size_t j = i + 1; j < rows->p; j++)
            rp_buf_printf(out, " + %s", rows->names[j]);
        rp_buf_put(out, "\n");
    }
    rp_buf_put(out, "level: between\n");
    if (k != MODELS)
        alliance_model_text(rows, k, out);
    for (size_t i = 0; i < rows->p; i++)
        if (k == MODELS || held[i])
            rp_buf_printf(out, "%s ~~ %s%s\n", rows->names[i], held[i] ? "0*" : "", rows->names[i]);
}

/* Residual variances between clients that came out below 0 and are not held yet. */
static size_t hold(const rp_sem_fit *fit, size_t p, bool *held) {
    size_t n = 0;
    for (size_t i = 0; i < fit->spec->n_lines; i++) {
        const rp_sem_line *line = &fit->spec->lines[i];
        if (line->op != RP_SEM_COVARIES || line->group != LEVEL_BETWEEN || line->lhs != line->rhs || line->lhs >= p ||
            line->parameter == SIZE_MAX || !(fit->theta[line->parameter] < 0))
            continue;
        held[line->lhs] = true;
        n++;
    }
    return n;
}

/* What is left of an item between clients is often nought, so that its estimate falls below 0 as often as not: there it
 * is held at 0, and the model fitted again. */
static bool fit_model(level_fits *f, alliance_model k, const alliance_sample *sample, alliance_fit *out,
                      rp_arena *arena, rp_error *error) {
    enum { ROUNDS = 4 };
    const alliance_rows *rows = f->measured->rows;
    bool *held = rp_arena_take(arena, rows->p, sizeof *held), again = true, fine = true;
    if (held == NULL)
        return rp_fail_memory(error);
    for (int round = 0; round < ROUNDS && again && fine; round++) {
        rp_buf text = {0};
        put_text(rows, k, held, &text);
        rp_sem_rules rules = alliance_model_rules(k);
        fine = alliance_fit_make(sample, &text, &rules, k == MODELS, arena, out, error);
        rp_buf_free(&text);
        size_t more = fine && k != MODELS && out->estimated && !out->usable ? hold(out->fit, rows->p, held) : 0;
        again = more > 0 && round + 1 < ROUNDS;
        if (k != MODELS)
            f->held[k] += again ? more : 0;
    }
    return fine;
}

/* Measures of this level alone: its own baseline, whose other level is unrestricted too, and as many as there are
 * clients instead of rows. */
static void measure(alliance_fit *of, const rp_sem_fit *baseline, double clients) {
    rp_sem_measures *m = &of->measures;
    double over = fmax(of->fit->chisq - of->fit->df, 0);
    double most = fmax(baseline->chisq - baseline->df, over);
    double to_clients = sqrt((double)of->fit->n / clients);
    m->cfi = most > 0 ? 1 - over / most : 1;
    m->tli = (baseline->chisq / baseline->df - of->fit->chisq / of->fit->df) / (baseline->chisq / baseline->df - 1);
    m->rmsea *= to_clients;
    m->rmsea_lower *= to_clients;
    m->rmsea_upper *= to_clients;
    m->srmr = m->srmr_between;
}

static bool fit_all(level_fits *f, const alliance_sample *sample, rp_arena *arena, rp_error *error) {
    alliance_fit baseline = {.estimated = false};
    if (!fit_model(f, MODELS, sample, &baseline, arena, error))
        return false;
    for (alliance_model k = 0; k < MODELS && baseline.estimated; k++) {
        alliance_fit *of = &f->of[LEVEL_BETWEEN][k];
        if (!is_tried(f, LEVEL_BETWEEN, k))
            continue;
        if (!fit_model(f, k, sample, of, arena, error))
            return false;
        if (of->estimated)
            measure(of, baseline.fit, (double)sample->n);
    }
    if (!baseline.estimated)
        f->alike = "the search for how clients differ in the long run came to no end";
    f->best[LEVEL_BETWEEN] = best_of(f, LEVEL_BETWEEN);
    return true;
}

bool alliance_fit_between(level_fits *f, rp_arena *arena, rp_error *error) {
    alliance_choice choice = {.n = 0};
    f->best[LEVEL_BETWEEN] = MODELS;
    f->alike = alike_words(f->measured->rows, f->measured->set.answer);
    if (f->alike != NULL)
        return true;
    if (!choose(f->measured->rows, arena, &choice))
        return rp_fail_memory(error);
    const alliance_sample *sample = alliance_sample_make(f->measured->rows, &choice, arena, error);
    return sample != NULL && fit_all(f, sample, arena, error);
}

/* ---- both ------------------------------------------------------------------------------------------------------- */

bool alliance_write_two_levels(const alliance_measured *measured, rp_error *error) {
    level_fits f = {.measured = measured};
    if (rp_question_having(&measured->set, MARK(MARK_COMPLETE_TWICE), 0).n < MEASURED_LEAST_PEOPLE) {
        rp_answer_caveat(measured->set.answer,
                         "%s: fewer than %d people answered every item at two sessions or more, so whether the items "
                         "hang together within clients as they do between them is not told (a bound of our own).",
                         measured->rows->family->name, MEASURED_LEAST_PEOPLE);
        return true;
    }
    rp_arena *arena = rp_arena_new(0);
    bool fine = (arena != NULL || rp_fail_memory(error)) && alliance_fit_within(&f, arena, error) &&
                alliance_fit_between(&f, arena, error);
    if (fine)
        alliance_state_levels(&f);
    rp_arena_free(arena);
    return fine;
}
