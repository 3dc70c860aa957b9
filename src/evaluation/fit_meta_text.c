/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A meta-analysis as text: what was asked, how it ended, coefficients, how effects differ, what was asked for beside.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "evaluation/fit_meta_parts.h"
#include "evaluation/fit_page.h"

enum { NAME = 24, SUMMARY = 34, MOST_EFFECTS = 60 };

typedef struct page {
    fit_page page;
    const rp_fit_meta *fit;
    rp_arena *arena;
} page;

/* ---- what was asked ---- */

static void put_head(const page *g) {
    const rp_fit_meta *fit = g->fit;
    char text[400];
    snprintf(text, sizeof text, "Meta-analysis, by %s", fit_meta_method_words(fit));
    fit_heading(&g->page, text);
    fit_put_fact(&g->page, "Formula", fit->formula->text);
    fit_put_fact(&g->page, "Effects", fit_meta_reading(fit, g->arena));
    fit_put_data(&g->page, &fit->options->common, &fit->provenance);
    snprintf(text, sizeof text, "%zu effects used, %lld rows left out", fit->fit->k, (long long)fit->left_out);
    fit_put_fact(&g->page, "Rows", text);
    if (fit->options->study) {
        snprintf(text, sizeof text, "%zu of %s", fit->fit->studies, fit->options->study);
        fit_put_fact(&g->page, "Studies", text);
    }
    if (fit->options->correlation > 0) {
        snprintf(text, sizeof text, "sampling errors of a study's effects correlate by %g, as given",
                 fit->options->correlation);
        fit_put_fact(&g->page, "Sampling", text);
    }
    for (size_t i = 0; i < fit->design->n_coded; i++) {
        snprintf(text, sizeof text, "%s: %s", fit->design->coded[i].variable, fit->design->coded[i].reference);
        fit_put_fact(&g->page, "Reference", text);
    }
    rp_buf_put(g->page.out, "\n");
    rp_layout_paragraph(g->page.out, g->page.width, "", "", fit->fit->message);
    rp_buf_put(g->page.out, "\n");
}

/* ---- coefficients ---- */

static void put_coefficient(const page *g, const char *name, const rp_meta_coefficient *c) {
    char p[FIT_NUMBER_ROOM];
    fit_put_name(&g->page, name, NAME);
    fit_put_number(&g->page, c->estimate, c->se, 3, 10);
    fit_put_number(&g->page, c->se, c->se, 3, 9);
    fit_put_number(&g->page, c->df, c->df < 10 ? 1 : 10, 2, 7);
    fit_put_number(&g->page, c->statistic, 1, 3, 8);
    fit_p_value(c->p, p);
    fit_put_right(&g->page, p, 9);
    fit_put_number(&g->page, c->lower, c->se, 3, 10);
    fit_put_number(&g->page, c->upper, c->se, 3, 10);
    rp_buf_put(g->page.out, "\n");
}

static void put_columns(const page *g) {
    rp_buf_printf(g->page.out, "  %*s%10s%9s%7s%8s%9s%10s%10s\n", NAME, "", "Estimate", "SE", "df", "Stat.", "p",
                  "Lower", "Upper");
}

static void put_coefficients(const page *g) {
    const rp_fit_meta *fit = g->fit;
    char text[300];
    fit_heading(&g->page, "Coefficients");
    put_columns(g);
    for (size_t j = 0; j < fit->fit->p; j++)
        put_coefficient(g, fit->fit->spec->names[j], &fit->beta[j]);
    snprintf(text, sizeof text, "%g%% intervals. Errors %s.", 100 * fit->options->common.level,
             fit_meta_errors(fit, g->arena));
    rp_layout_paragraph(g->page.out, g->page.width, "", "", text);
    rp_buf_put(g->page.out, "\n");
}

/* ---- how effects differ ---- */

static void put_sum(const page *g, const char *name, double value, int digits, const char *more) {
    fit_put_name(&g->page, name, SUMMARY);
    fit_put_number(&g->page, value, value, digits, 10);
    rp_buf_printf(g->page.out, "%s%s\n", more && *more ? "  " : "", more ? more : "");
}

static void between(const page *g, double lower, double upper, const char *what, char *out, size_t room) {
    char low[FIT_NUMBER_ROOM], high[FIT_NUMBER_ROOM];
    fit_number(lower, upper - lower, 3, low);
    fit_number(upper, upper - lower, 3, high);
    if (isnan(upper))
        *out = '\0';
    else
        snprintf(out, room, "(%g%% interval %s to %s%s%s)", 100 * g->fit->options->common.level, low, high,
                 *what ? ", " : "", what);
}

static void put_test(const page *g, const char *name, double value, double df1, double df2, double p) {
    char text[120], shown[FIT_NUMBER_ROOM];
    fit_p_value(p, shown);
    if (isinf(df2))
        snprintf(text, sizeof text, "on %g df, p %s", df1, shown);
    else
        snprintf(text, sizeof text, "F on %g and %g df, p %s", df1, df2, shown);
    if (!isnan(value))
        put_sum(g, name, value, 5, text);
}

static void put_variances(const page *g) {
    const rp_fit_meta *fit = g->fit;
    const rp_meta_fit *f = fit->fit;
    char text[160];
    if (f->spec->study) {
        snprintf(text, sizeof text, "Variance between %.40s", fit->options->study);
        put_sum(g, text, f->tau2_study, 5, NULL);
    }
    if (f->spec->study && f->spec->effect)
        put_sum(g, "Variance between their effects", f->tau2, 5, NULL);
    if (!f->spec->study && f->spec->effect) {
        between(g, fit->tau2.lower, fit->tau2.upper, "Q-profile", text, sizeof text);
        put_sum(g, "Variance between effects (tau2)", f->tau2, 5, text);
        put_sum(g, "  its square root (tau)", sqrt(f->tau2), 4, NULL);
    }
    if (f->spec->study && f->spec->effect) {
        snprintf(text, sizeof text, "per cent: %.1f between %.40s, %.1f within", f->i2_study, fit->options->study,
                 f->i2_effect);
        put_sum(g, "I2", f->i2, 3, text);
    } else {
        put_sum(g, "I2", f->i2, 3, "per cent of the variation is not sampling");
    }
    put_sum(g, "H2", f->h2, 3, NULL);
}

static void put_prediction(const page *g) {
    const rp_fit_meta *fit = g->fit;
    char text[160];
    if (!fit->has_mean)
        return;
    if (fit->fit->spec->method != RP_META_EE) {
        between(g, fit->prediction.lower, fit->prediction.upper, rp_meta_prediction_words(fit->options->prediction),
                text, sizeof text);
        fit_put_name(&g->page, "True effect of a new study", SUMMARY);
        rp_buf_printf(g->page.out, "%s\n", *text ? text : "cannot be told");
    }
    if (!fit->back)
        return;
    between(g, fit->mean_back.lower, fit->mean_back.upper, "", text, sizeof text);
    char name[60];
    snprintf(name, sizeof name, "The mean as %s", fit->back);
    put_sum(g, name, fit->mean_back.estimate, 3, text);
    if (!isnan(fit->prediction_back.upper)) {
        between(g, fit->prediction_back.lower, fit->prediction_back.upper, "", text, sizeof text);
        fit_put_name(&g->page, "  that of a new study", SUMMARY);
        rp_buf_printf(g->page.out, "%s\n", text);
    }
}

static void put_heterogeneity(const page *g) {
    const rp_fit_meta *fit = g->fit;
    const rp_meta_fit *f = fit->fit;
    fit_heading(&g->page, "How effects differ");
    put_variances(g);
    put_test(g, f->p > 1 || !fit->has_mean ? "Q, what moderators leave" : "Q", f->q, f->q_df, INFINITY, f->q_p);
    if (!fit->has_mean) {
        if (!fit->robust)
            put_test(g, "QM, all moderators", f->qm, f->qm_df1, f->qm_df2, f->qm_p);
        else
            put_test(g, "QM, all moderators", fit->robust->qm, fit->robust->qm_df1, fit->robust->qm_df2,
                     fit->robust->qm_p);
    }
    put_prediction(g);
    rp_buf_printf(g->page.out, "  %-*s%10.4f   AIC %.2f   BIC %.2f\n\n", SUMMARY, "Log-likelihood", f->log_lik, f->aic,
                  f->bic);
}

/* ---- what was asked for beside ---- */

static void put_effect(const page *g, size_t i) {
    const rp_fit_meta *fit = g->fit;
    const rp_fit_meta_effect *e = &fit->effects[i];
    double scale = sqrt(e->v);
    fit_put_name(&g->page, e->label, NAME);
    fit_put_number(&g->page, e->y, scale, 2, 9);
    fit_put_number(&g->page, e->lower, scale, 2, 9);
    fit_put_number(&g->page, e->upper, scale, 2, 9);
    fit_put_number(&g->page, e->weight, 1, 3, 8);
    if (fit->influence) {
        fit_put_number(&g->page, fit->influence[i].rstudent, 1, 3, 9);
        fit_put_number(&g->page, fit->influence[i].cook, 1, 3, 8);
    }
    if (fit->without)
        fit_put_number(&g->page, fit->without[i].beta[0].estimate, fit->fit->beta[0].se, 3, 10);
    rp_buf_put(g->page.out, "\n");
}

static void put_effects(const page *g) {
    const rp_fit_meta *fit = g->fit;
    size_t shown = fit->fit->k < MOST_EFFECTS ? fit->fit->k : MOST_EFFECTS;
    fit_heading(&g->page, "Effects");
    fit_put_name(&g->page, "", NAME);
    rp_buf_printf(g->page.out, "%9s%9s%9s%8s%s%s\n", "Effect", "Lower", "Upper", "Weight",
                  fit->influence ? " rstudent  Cook D" : "", fit->without ? "   Without" : "");
    for (size_t i = 0; i < shown; i++)
        put_effect(g, i);
    if (shown < fit->fit->k)
        rp_buf_printf(g->page.out, "  ... and %zu more: --format csv or json has all.\n", fit->fit->k - shown);
    if (fit->without)
        rp_layout_paragraph(g->page.out, g->page.width, "", "",
                            "Without: the first coefficient when the effect is left out.");
    rp_buf_put(g->page.out, "\n");
}

static void put_small_studies(const page *g) {
    const rp_fit_meta *fit = g->fit;
    char text[300];
    if (!fit->asymmetry || isnan(fit->asymmetry[RP_META_EGGER].slope.p))
        return;
    fit_heading(&g->page, "Small studies");
    put_columns(g);
    put_coefficient(g, "Egger, mixed: slope", &fit->asymmetry[RP_META_EGGER_MIXED].slope);
    put_coefficient(g, "  at a SE of 0", &fit->asymmetry[RP_META_EGGER_MIXED].limit);
    put_coefficient(g, "Egger, PET: slope", &fit->asymmetry[RP_META_EGGER].slope);
    put_coefficient(g, "  at a SE of 0", &fit->asymmetry[RP_META_EGGER].limit);
    put_coefficient(g, "PEESE: at a SE of 0", &fit->asymmetry[RP_META_PEESE].limit);
    if (fit->filled) {
        snprintf(text, sizeof text, "Trim and fill (L0): %zu missing on the %s (SE %.1f)", fit->filled->missing,
                 fit->filled->right ? "right" : "left", fit->filled->missing_se);
        rp_layout_paragraph(g->page.out, g->page.width, "  ", "    ", text);
        put_coefficient(g, "  with these", &fit->filled->fit->beta[0]);
    }
    rp_layout_paragraph(g->page.out, g->page.width, "", "",
                        "A slope says that small studies tell something else than large ones. Why is another question: "
                        "unpublished studies are one answer, other patients and treatments are others.");
    rp_buf_put(g->page.out, "\n");
}

static void put_selection(const page *g) {
    const rp_fit_meta *fit = g->fit;
    const rp_meta_selection *s = fit->selection;
    char text[300], p[FIT_NUMBER_ROOM];
    if (!s)
        return;
    fit_heading(&g->page, "Selection by one step");
    if (s->status == RP_META_NOT_FITTED || s->status == RP_META_NOT_CONVERGED)
        rp_layout_paragraph(g->page.out, g->page.width, "", "", s->message);
    if (s->status != RP_META_NOT_FITTED) {
        put_columns(g);
        for (size_t j = 0; j < fit->fit->p; j++)
            put_coefficient(g, fit->fit->spec->names[j], &s->beta[j]);
        fit_p_value(s->lrt_p, p);
        snprintf(
            text, sizeof text,
            "Effects with a one-sided p above %g are seen %.3f times (SE %.3f) as often as those below (%zu of %zu "
            "effects). Against the same chance for all: chi-square %.3f on 1 df, p %s. By maximum likelihood, "
            "tau2 %.5f.",
            fit->options->selection, s->delta, s->delta_se, s->below, fit->fit->k, s->lrt, p, s->tau2);
        rp_layout_paragraph(g->page.out, g->page.width, "", "", text);
    }
    rp_buf_put(g->page.out, "\n");
}

static void put_cumulative(const page *g) {
    const rp_fit_meta *fit = g->fit;
    if (!fit->cumulative)
        return;
    char text[120];
    snprintf(text, sizeof text, "One after the other, by %.80s", fit->options->cumulative);
    fit_heading(&g->page, text);
    put_columns(g);
    for (size_t i = 0; i < fit->fit->k; i++)
        put_coefficient(g, fit->effects[fit->order[i]].label, &fit->cumulative[i].beta[0]);
    rp_buf_put(g->page.out, "\n");
}

void rp_fit_meta_put_text(const rp_fit_meta *fit, size_t width, rp_buf *out) {
    page g = {.page = fit_page_new(width, out), .fit = fit, .arena = rp_arena_new(0)};
    if (!g.arena) {
        out->failed = true;
        return;
    }
    put_head(&g);
    if (fit_meta_has_estimate(fit)) {
        put_coefficients(&g);
        put_heterogeneity(&g);
        put_effects(&g);
        put_cumulative(&g);
        put_small_studies(&g);
        put_selection(&g);
    }
    fit_put_warnings(&g.page, fit->warnings, fit->n_warnings);
    rp_arena_free(g.arena);
}
