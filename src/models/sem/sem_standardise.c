/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A structural equation model in units of its own standard deviations. */
#include "models/sem/sem_parts.h"

static double line_value(const rp_sem_line *line, const double *theta) {
    return line->parameter == SIZE_MAX ? line->value : theta[line->parameter];
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

bool rp_sem_standardise(const rp_sem_spec *spec, const double *theta, double *out) {
    rp_arena *scratch = rp_arena_new(0);
    bool done = scratch != NULL;
    for (size_t g = 0; done && g < spec->layout->n_groups; g++) {
        sem_ram ram;
        done = sem_ram_make(spec, g, &ram, scratch);
        bool proper = done && sem_ram_at(&ram, theta);
        for (size_t i = 0; done && i < spec->n_lines; i++) {
            const rp_sem_line *line = &spec->lines[i];
            if (line->group != g)
                continue;
            double x = proper ? standardised(&ram, line, line_value(line, theta)) : NAN;
            out[i] = isfinite(x) ? x : NAN; /* 0 over 0, or something over 0: a variance of nought */
        }
    }
    rp_arena_free(scratch);
    return done;
}
