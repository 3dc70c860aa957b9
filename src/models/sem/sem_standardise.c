/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A structural equation model in units of its own standard deviations. */
#include "models/sem/sem_parts.h"

/* At the theta of `ram`, which has what is left to ordered variables. */
static double line_value(const sem_ram *ram, const rp_sem_line *line, const double *theta) {
    if (line->parameter != SIZE_MAX)
        return theta[line->parameter];
    bool rest =
        ram->spec->layout->categories && line->op == RP_SEM_COVARIES && line->lhs == line->rhs && line->lhs < ram->p;
    return rest ? ram->s[line->lhs * ram->v + line->lhs] : line->value;
}

/* Total: of the variable altogether, from E. Own: what its arrows leave, from S. */
static double total_sd(const sem_ram *ram, size_t i) {
    return sqrt(ram->e[i * ram->v + i]);
}
static double own_sd(const sem_ram *ram, size_t i) {
    return sqrt(ram->s[i * ram->v + i]);
}

static double standardised(const sem_ram *ram, const rp_sem_line *line, double value) {
    switch (line->op) {
    case RP_SEM_MEASURES:
        return value * total_sd(ram, line->lhs) / total_sd(ram, line->rhs);
    case RP_SEM_REGRESSES:
        return value * total_sd(ram, line->rhs) / total_sd(ram, line->lhs);
    case RP_SEM_INTERCEPT:
        return value / total_sd(ram, line->lhs);
    case RP_SEM_THRESHOLD: /* in standard deviations already */
        return value;
    case RP_SEM_COVARIES:
        break;
    }
    if (line->lhs == line->rhs)
        return value / (total_sd(ram, line->lhs) * total_sd(ram, line->lhs));
    return value / (own_sd(ram, line->lhs) * own_sd(ram, line->rhs));
}

static double as_it_is(const sem_ram *ram, const rp_sem_line *line, double value) {
    (void)ram;
    (void)line;
    return value;
}

/* Each line's value, and what `scale` makes of it. */
static bool each_line(const rp_sem_spec *spec, const double *theta,
                      double (*scale)(const sem_ram *, const rp_sem_line *, double), double *out) {
    rp_arena *scratch = rp_arena_new(0);
    bool done = scratch != NULL;
    for (size_t g = 0; done && g < spec->layout->n_groups; g++) {
        sem_ram ram;
        done = sem_ram_make(spec, g, &ram, scratch);
        bool proper = done && sem_ram_at(&ram, theta);
        for (size_t i = 0; done && i < spec->n_lines; i++)
            if (spec->lines[i].group == g)
                out[i] = proper ? scale(&ram, &spec->lines[i], line_value(&ram, &spec->lines[i], theta)) : NAN;
    }
    rp_arena_free(scratch);
    return done;
}

bool rp_sem_values(const rp_sem_spec *spec, const double *theta, double *out) {
    return each_line(spec, theta, as_it_is, out);
}

bool rp_sem_standardise(const rp_sem_spec *spec, const double *theta, double *out) {
    if (!each_line(spec, theta, standardised, out))
        return false;
    for (size_t i = 0; i < spec->n_lines; i++)
        out[i] = isfinite(out[i]) || spec->lines[i].op == RP_SEM_THRESHOLD ? out[i] : NAN; /* over a variance of 0 */
    return true;
}
