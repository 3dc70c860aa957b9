/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Can tasks, goals and bond be told apart? By the correlations of the three factors. */
#include "questions/alliance/alliance_factors.h"

#include <math.h>
#include <string.h>

/* Ours: a correlation of factors whose interval reaches this far is not told from 1. */
static const double ALL_BUT_ONE = 0.95;

static size_t latent(const rp_sem_spec *spec, const char *name) {
    for (size_t i = 0; i < spec->n_latent; i++)
        if (strcmp(spec->latent[i], name) == 0)
            return i;
    return SIZE_MAX;
}

/* A factor may point the other way: then its loadings add up to less than 0. */
static double direction(const rp_sem_fit *fit, size_t factor) {
    double sum = 0;
    size_t variable = fit->spec->layout->n_observed + factor;
    for (size_t i = 0; i < fit->spec->n_lines; i++) {
        const rp_sem_line *line = &fit->spec->lines[i];
        if (line->op == RP_SEM_MEASURES && line->lhs == variable)
            sum += line->parameter == SIZE_MAX ? line->value : fit->theta[line->parameter];
    }
    return sum < 0 ? -1 : 1;
}

/* Factors have variance 1, so that their covariance is the correlation; interval by Fisher's z. */
static rp_interval correlation(const rp_sem_fit *fit, alliance_part a, alliance_part b, double level) {
    size_t of[2] = {latent(fit->spec, alliance_part_names[a]), latent(fit->spec, alliance_part_names[b])};
    size_t p = fit->spec->layout->n_observed;
    rp_interval r = {NAN, NAN, NAN, level};
    for (size_t i = 0; i < fit->spec->n_lines; i++) {
        const rp_sem_line *line = &fit->spec->lines[i];
        bool is =
            (line->lhs == p + of[0] && line->rhs == p + of[1]) || (line->lhs == p + of[1] && line->rhs == p + of[0]);
        if (line->op != RP_SEM_COVARIES || !is || line->parameter == SIZE_MAX)
            continue;
        size_t k = line->parameter;
        r.estimate = fit->theta[k] * direction(fit, of[0]) * direction(fit, of[1]);
        double se = sqrt(fit->vcov[k * fit->spec->n_parameters + k]) / (1 - r.estimate * r.estimate);
        double reach = rp_normal_quantile(0.5 + level / 2) * se;
        r.lower = tanh(atanh(r.estimate) - reach);
        r.upper = tanh(atanh(r.estimate) + reach);
    }
    return r;
}

void alliance_write_correlations(const factor_fits *f) {
    static const struct {
        const char *id, *words;
        alliance_part a, b;
    } pairs[] = {{"alliance.factors.correlation.task_goal", "tasks and goals", PART_TASK, PART_GOAL},
                 {"alliance.factors.correlation.task_bond", "tasks and bond", PART_TASK, PART_BOND},
                 {"alliance.factors.correlation.goal_bond", "goals and bond", PART_GOAL, PART_BOND}};
    const alliance_measured *m = f->measured;
    rp_answer *answer = m->set.answer;
    size_t near = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        rp_interval r = correlation(f->of[MODEL_THREE].fit, pairs[i].a, pairs[i].b, m->rows->family->asked->level);
        if (isnan(r.estimate))
            continue;
        bool alike = !(r.upper < ALL_BUT_ONE);
        near += alike;
        rp_statement *s = alliance_factor_statement(m, pairs[i].id, r);
        s->unit = "";
        s->label = rp_answer_text(answer, "Correlation of the factors of %s, which these data %s", pairs[i].words,
                                  alike ? "cannot tell apart" : "tell apart");
        s->text = rp_answer_text(answer,
                                 "%s: in the model of three factors, those of %s correlate %.2f%s, free of the items' "
                                 "errors: these data %s. %lld of %lld people.",
                                 alliance_factor_opening(m), pairs[i].words, r.estimate, alliance_range(answer, &r),
                                 alike ? "cannot tell the two apart" : "tell the two apart", (long long)s->numerator.n,
                                 (long long)s->denominator.n);
    }
    if (near == sizeof pairs / sizeof *pairs)
        rp_answer_caveat(answer,
                         "%s: tasks, goals and bond cannot be told apart in these data: the intervals of all three "
                         "correlations reach %.2f or more (a bound of our own). Their scales say little beside the "
                         "total.",
                         alliance_factor_opening(m), ALL_BUT_ONE);
}
