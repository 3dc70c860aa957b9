/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fit as CSV: a line a number that was estimated. */
#include <math.h>

#include "evaluation/fit_page.h"
#include "evaluation/fit_parts.h"

static void put_text(rp_buf *out, const char *text) {
    rp_csv_put(out, rp_text_of(text), true);
}

typedef struct line {
    const char *kind, *factor, *term, *with;
    rp_mixed_effect effect;
} line;

static void put_line(const line *l, rp_buf *out) {
    put_text(out, l->kind);
    rp_buf_put(out, ",");
    put_text(out, l->factor);
    rp_buf_put(out, ",");
    put_text(out, l->term);
    rp_buf_put(out, ",");
    put_text(out, l->with);
    fit_csv_num(out, l->effect.estimate);
    fit_csv_num(out, l->effect.se);
    fit_csv_num(out, l->effect.df);
    fit_csv_num(out, l->effect.statistic);
    fit_csv_num(out, l->effect.p);
    fit_csv_num(out, l->effect.lower);
    fit_csv_num(out, l->effect.upper);
    rp_buf_put(out, "\n");
}

static rp_mixed_effect number(const rp_fit *fit, double estimate, size_t parameter) {
    rp_mixed_effect e = {estimate, NAN, NAN, NAN, NAN, NAN, NAN};
    if (fit->parameters) {
        e.lower = fit->parameters[parameter].lower;
        e.upper = fit->parameters[parameter].upper;
    }
    return e;
}

static void put_term(const rp_fit *fit, size_t t, rp_buf *out) {
    const rp_design_term *about = &fit->design->terms[t];
    const char *factor = fit->design->factor_names[about->factor];
    for (size_t i = 0; i < about->n_columns; i++) {
        const char *term = fit->design->column_names[about->columns[i]];
        line sd = {"sd", factor, term, "", number(fit, fit_sd(fit, t, i), fit_parameter(fit, t, i, i))};
        put_line(&sd, out);
        for (size_t k = 0; k < i; k++) {
            line r = {"correlation", factor, term, fit->design->column_names[about->columns[k]],
                      number(fit, fit_correlation(fit, t, i, k), fit_parameter(fit, t, i, k))};
            put_line(&r, out);
        }
    }
}

void rp_fit_put_csv(const rp_fit *fit, rp_buf *out) {
    rp_buf_put(out, "kind,factor,term,with,estimate,se,df,statistic,p,lower,upper\n");
    if (!fit_has_estimate(fit))
        return;
    for (size_t j = 0; j < fit->fit->p; j++) {
        line l = {"fixed", "", fit->design->column_names[fit->design->fixed[j]], "", fit->effects[j]};
        put_line(&l, out);
    }
    for (size_t t = 0; t < fit->design->n_terms; t++)
        put_term(fit, t, out);
    if (fit->options->family != RP_MIXED_GAUSSIAN)
        return;
    line sigma = {"sd", "", "residual", "",
                  number(fit, fit->fit->sigma, fit->parameters ? fit_parameter_sigma(fit) : 0)};
    put_line(&sigma, out);
    line rho = {"residual_correlation", "", "", "", {fit->fit->rho, NAN, NAN, NAN, NAN, NAN, NAN}};
    if (fit->options->ar1)
        put_line(&rho, out);
}
