/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How reliable the sum of all items is at one session: alpha, and omega by the models that hold. */
#include "questions/alliance/alliance_factors.h"

#include <math.h>
#include <string.h>

rp_interval alliance_share_interval(double estimate, double se, double level) {
    rp_interval i = {estimate, NAN, NAN, level};
    if (!(estimate > 0 && estimate < 1))
        return i;
    double at = log(estimate / (1 - estimate));
    double reach = rp_normal_quantile(0.5 + level / 2) * se / (estimate * (1 - estimate));
    i.lower = 1 / (1 + exp(reach - at));
    i.upper = 1 / (1 + exp(-reach - at));
    return i;
}

/* 1 - (1 - alpha) F, with n - 1 and (n - 1)(k - 1) degrees of freedom (Feldt, Psychometrika 30, 1965). */
static rp_interval alpha_of(const alliance_rows *rows, double *moments, double level) {
    for (size_t i = 0; i < rows->n_people; i++) {
        size_t row = alliance_row_at(rows, i, rows->chosen), n = 0;
        for (size_t j = 0; row != SIZE_MAX && j < rows->p; j++)
            n += !isnan(rows->answers[row * rows->p + j]);
        if (n == rows->p)
            rp_item_moments_add(moments, rows->p, rows->answers + row * rows->p);
    }
    rp_interval a = {rp_alpha(moments, rows->p), NAN, NAN, level};
    double n = moments[0] - 1, tail = (1 - level) / 2;
    if (isnan(a.estimate) || !(n > 0))
        return a;
    double others = n * (double)(rows->p - 1);
    a.lower = 1 - (1 - a.estimate) * rp_f_quantile(1 - tail, n, others);
    a.upper = 1 - (1 - a.estimate) * rp_f_quantile(tail, n, others);
    return a;
}

static void state(const alliance_measured *m, const char *id, rp_interval i, uint64_t people, const char *label,
                  const char *method, const char *words) {
    rp_answer *answer = m->set.answer;
    const alliance_family *family = m->rows->family;
    rp_statement *s = alliance_statement(answer, family, id, 0, rp_question_having(&m->set, people, 0),
                                         rp_question_having(&m->set, 0, 0), i);
    s->unit = "";
    s->label = rp_answer_text(answer, "%s, %s", label, m->rows->when);
    s->method = method;
    s->text = rp_answer_text(answer, "%s (%s), %s: %s is %.2f%s%s. %lld of %lld people.", family->name,
                             alliance_scale(family, 0)->title, m->rows->when, label, i.estimate,
                             alliance_range(answer, &i), words, (long long)s->numerator.n, (long long)s->denominator.n);
}

static size_t general_of(const rp_sem_spec *spec) {
    for (size_t i = 0; i < spec->n_latent; i++)
        if (strcmp(spec->latent[i], "general") == 0)
            return i;
    return SIZE_MAX;
}

static const char omega_method[] = "omega (McDonald 1999; Zinbarg and others 2005) of the plain sum of the items, from "
                                   "the implied moments of the fit; interval by the delta method on the logit";

bool alliance_omega(const alliance_fit *fit, size_t group, rp_sem_omega *out) {
    rp_arena *scratch = rp_arena_new(0);
    bool fine = scratch != NULL && rp_sem_omega_of(fit->fit, group, general_of(fit->fit->spec), out, scratch);
    rp_arena_free(scratch);
    return fine;
}

static void state_omega(const factor_fits *f) {
    const alliance_measured *m = f->measured;
    rp_answer *answer = m->set.answer;
    double level = m->rows->family->asked->level;
    rp_sem_omega total, part;
    if (f->best == MODELS)
        return;
    answer->failed = answer->failed || !alliance_omega(&f->of[f->best], 0, &total);
    if (answer->failed || isnan(total.total))
        return;
    state(m, "alliance.omega_total", alliance_share_interval(total.total, total.total_se, level), MARK(MARK_MODELLED),
          "Omega total", omega_method,
          rp_answer_text(answer, ", by the model of %s: the share of the sum's variance that is of any factor",
                         alliance_model_title(f->best)));
    alliance_model with = f->of[MODEL_BILEVEL].usable ? MODEL_BILEVEL : MODEL_SECOND_ORDER;
    if (!f->of[with].usable) {
        rp_answer_caveat(answer,
                         "%s, %s: no model with a general factor beside others can be used, so what share of the total "
                         "is of the general factor alone (omega hierarchical) is not told.",
                         m->rows->family->name, m->rows->when);
        return;
    }
    answer->failed = answer->failed || !alliance_omega(&f->of[with], 0, &part);
    if (answer->failed || isnan(part.hierarchical))
        return;
    state(m, "alliance.omega_hierarchical", alliance_share_interval(part.hierarchical, part.hierarchical_se, level),
          MARK(MARK_MODELLED), "Omega hierarchical", omega_method,
          rp_answer_text(answer,
                         ", by the model of %s: the share of the sum's variance that is of the general factor alone, "
                         "%.0f%% of what is of any factor in that model",
                         alliance_model_title(with), 100 * part.hierarchical / part.total));
}

void alliance_write_reliability(const factor_fits *f) {
    const alliance_measured *m = f->measured;
    rp_answer *answer = m->set.answer;
    double *moments = rp_arena_take(answer->arena, rp_item_moments_room(m->rows->p), sizeof *moments);
    if (moments == NULL) {
        answer->failed = true;
        return;
    }
    rp_interval alpha = alpha_of(m->rows, moments, m->rows->family->asked->level);
    if (!isnan(alpha.estimate))
        state(m, "alliance.alpha.at_session", alpha, MARK(MARK_COMPLETE), "Alpha",
              "Cronbach's alpha of complete questionnaires, each person once; interval by F (Feldt 1965)",
              "; each person once");
    state_omega(f);
}
