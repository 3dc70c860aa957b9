/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a model's estimates the data leave open though it is identified: the signs of latent variables, and which of
 * several summits is the highest. */
#include <string.h>

#include "models/sem/sem_parts.h"

bool sem_has_several_summits(const rp_sem_spec *spec) {
    for (size_t i = 0; i < spec->n_lines; i++)
        for (size_t j = 0; j < i; j++) {
            const rp_sem_line *a = &spec->lines[i], *b = &spec->lines[j];
            if (a->op != RP_SEM_MEASURES || b->op != RP_SEM_MEASURES || a->rhs != b->rhs || a->group != b->group ||
                a->lhs == b->lhs || a->parameter == SIZE_MAX || b->parameter == SIZE_MAX)
                continue;
            bool apart = true;
            for (size_t k = 0; k < spec->n_lines; k++) {
                const rp_sem_line *c = &spec->lines[k];
                bool both = (c->lhs == a->lhs && c->rhs == b->lhs) || (c->lhs == b->lhs && c->rhs == a->lhs);
                apart = apart && !(both && (c->parameter != SIZE_MAX || c->value != 0));
            }
            if (apart)
                return true;
        }
    return false;
}

/* Whether the line turns its sign with the latent variable. */
static bool turns(const rp_sem_line *line, size_t latent, size_t group) {
    if (group != SIZE_MAX && line->group != group)
        return false;
    if (line->op == RP_SEM_INTERCEPT)
        return line->lhs == latent;
    return (line->lhs == latent) != (line->rhs == latent);
}

/* The latent variable's sign turned in one group, or in all (SIZE_MAX). False: something would not be as before. */
static bool turn(const rp_sem_spec *spec, size_t latent, size_t group, double *theta, bool *turned) {
    memset(turned, 0, spec->n_parameters * sizeof *turned);
    for (size_t i = 0; i < spec->n_lines; i++) {
        const rp_sem_line *line = &spec->lines[i];
        if (!turns(line, latent, group))
            continue;
        if (line->parameter != SIZE_MAX)
            turned[line->parameter] = true;
        else if (line->value != 0)
            return false;
    }
    for (size_t i = 0; i < spec->n_lines; i++) {
        size_t at = spec->lines[i].parameter;
        if (at != SIZE_MAX && turned[at] && !turns(&spec->lines[i], latent, group))
            return false;
    }
    for (size_t c = 0; c < spec->n_constraints; c++)
        for (size_t i = 0; i < spec->n_parameters; i++)
            if (turned[i] && spec->constraints[c].weights[i] != 0)
                return false;
    for (size_t i = 0; i < spec->n_parameters; i++)
        theta[i] = turned[i] ? -theta[i] : theta[i];
    return true;
}

bool sem_set_signs(const rp_sem_spec *spec, double *theta, rp_arena *arena) {
    bool *turned = rp_arena_take(arena, spec->n_parameters + 1, sizeof *turned);
    size_t p = spec->layout->n_observed;
    for (size_t l = p; turned && l < p + spec->n_latent; l++)
        for (size_t g = 0; g < spec->layout->n_groups; g++) {
            const rp_sem_line *first = sem_marker(spec, l, g);
            if (first && first->parameter != SIZE_MAX && theta[first->parameter] < 0 &&
                !turn(spec, l, g, theta, turned))
                (void)turn(spec, l, SIZE_MAX, theta, turned);
        }
    return turned != NULL;
}
