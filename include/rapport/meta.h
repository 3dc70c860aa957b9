/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 4, models/meta: meta-analysis. Knows nothing of therapy.
 *
 *   y = X beta + u_study + u_effect + e,   u_study ~ N(0, sigma2_study),  u_effect ~ N(0, sigma2_effect),
 *   e ~ N(0, S), S known: variances v, and one correlation r among the errors of a study's effects
 *
 * The usual random-effects model has u_effect alone, and its variance is called tau2. Numbers are defined as metafor
 * (Viechtbauer, J Stat Softw 36, 2010) and clubSandwich define them, unless said.
 *
 * The order of work: figures -> effects with variances; spec and rows -> data, prepared once; fit; infer. */
#ifndef RAPPORT_META_H
#define RAPPORT_META_H

#include "rapport/models.h"

/* ---- effects from raw figures ------------------------------------------------------------------------- */

/* Which figures each takes, in this order. "First less second": positive where the first mean is the larger. */
typedef enum rp_meta_measure {
    RP_META_COR,    /* r, n: correlation; variance (1 - r^2)^2 / (n - 1) */
    RP_META_ZCOR,   /* r, n: Fisher's z; 1 / (n - 3) */
    RP_META_ZCOR_T, /* t, n: of a test of a correlation, or of a simple slope; Fisher's z of t / sqrt(t^2 + n - 2) */
    RP_META_ZCOR_F, /* F (1 numerator degree of freedom), n, sign (1 or -1): the same with t = sign sqrt(F) */
    RP_META_MD,     /* mean, SD, n, mean, SD, n: difference of means, first less second */
    RP_META_SMD, /* as MD: standardised by the pooled SD, with Hedges' exact correction; 1/n1 + 1/n2 + g^2/(2(n1+n2)) */
    RP_META_SMD_T, /* t, n, n: of an independent-samples test */
    RP_META_SMD_F, /* F (1 numerator degree of freedom), n, n, sign (1 or -1) */
    RP_META_SMCC,  /* mean, mean, SD, SD, n, r: change over the SD of change; corrected; 1/n + g^2/(2n) */
    RP_META_SMCR,  /* as SMCC: change over the first SD; 2(1 - r)/n + g^2/(2n) */
    RP_META_OR,    /* events, n, events, n: log odds ratio, first over second */
    RP_META_RR     /* as OR: log risk ratio */
} rp_meta_measure;
enum { RP_META_MEASURES = RP_META_RR + 1, RP_META_MOST_FIGURES = 6 };

/* "ZCOR", and the names of its figures ("r", "n"; n_figures of them). */
const char *rp_meta_measure_name(rp_meta_measure measure);
size_t rp_meta_measure_figures(rp_meta_measure measure, const char *const **names);

typedef struct rp_meta_effect {
    double y, v;
    bool added; /* OR, RR: a cell was 0, and 0.5 was added to each of the four */
    const char
        *trouble; /* why these figures give no effect ("the SD is not above 0"); then y and v are NaN. NULL: they do */
} rp_meta_effect;
rp_meta_effect rp_meta_effect_of(rp_meta_measure measure, const double *figures);
/* tanh, for an interval of z as correlations. */
rp_interval rp_meta_z_to_r(rp_interval z);

/* ---- spec: what is asked ----------------------------------------------------------------------------------- */

typedef enum rp_meta_method {
    RP_META_EE, /* one common effect: no variance between effects at all */
    RP_META_REML,
    RP_META_ML,
    RP_META_DL, /* DerSimonian & Laird 1986; with moderators as metafor has it */
    RP_META_PM  /* Paule & Mandel 1982 */
} rp_meta_method;

typedef enum rp_meta_test {
    RP_META_Z,
    RP_META_T,   /* t with k - p degrees of freedom, errors as they are */
    RP_META_KNHA /* the same, errors after Knapp & Hartung (Stat Med 22, 2003): never shrunk or kept from shrinking */
} rp_meta_test;

typedef struct rp_meta_spec {
    rp_meta_method method;
    rp_meta_test test;        /* KNHA: without `study` and `correlation` only (assert) */
    bool study, effect;       /* which variances are estimated; EE: neither; DL, PM: effect alone (assert) */
    double correlation;       /* of the sampling errors of a study's effects: 0 to below 1 */
    double level;             /* of intervals */
    const char *const *names; /* of the columns of X; an intercept is called "(Intercept)" */
    size_t p;
} rp_meta_spec;

/* Everything borrowed, nothing missing (assert: no NaN), v > 0 (assert). */
typedef struct rp_meta_rows {
    size_t k;
    const double *y, *v;
    const double *const *x; /* p columns of k numbers; NULL: ones */
    const uint32_t *study;  /* k numbers of studies below k; NULL: each effect is a study of its own */
} rp_meta_rows;

/* ---- prepare ------------------------------------------------------------------------------------------------- */

/* Effects in order of study, with what does not depend on the variances. In arena; rows may go, the spec is borrowed.
 * NULL: no memory. O(k p^2). */
typedef struct rp_meta_data rp_meta_data;
rp_meta_data *rp_meta_prepare(const rp_meta_spec *spec, const rp_meta_rows *rows, rp_arena *arena,
                              rp_error *error) RP_MUST_CHECK;

/* ---- fit ------------------------------------------------------------------------------------------------------- */

typedef enum rp_meta_status {
    RP_META_CONVERGED,
    RP_META_BOUNDARY, /* converged, with a variance of 0 */
    RP_META_NOT_CONVERGED,
    RP_META_NOT_FITTED /* no estimate at all: collinear columns, no more effects than coefficients; see the message */
} rp_meta_status;

/* What is not defined is NaN. */
typedef struct rp_meta_coefficient {
    double estimate, se, df, statistic, p, lower, upper; /* df infinite: z */
} rp_meta_coefficient;

typedef struct rp_meta_fit {
    const rp_meta_spec *spec;
    const rp_meta_data *data;
    rp_meta_status status;
    const char *message;
    const char *const *notes;
    size_t n_notes;
    int evaluations;
    double max_gradient; /* of the log-likelihood by the standard deviations; EE, DL, PM: 0 */
    size_t k, p, studies;
    rp_meta_coefficient *beta;     /* p */
    double *vcov;                  /* p by p */
    double scale;                  /* KNHA: what vcov was multiplied by; else 1 */
    double tau2, tau2_study;       /* of effects, of studies; 0 where the model has none */
    double tau2_se, tau2_study_se; /* REML, ML with both: of the expected information; tau2_se also of DL and PM */
    double log_lik, aic, bic;      /* REML: restricted, with + log|X'X| / 2; else of ML, at this tau2 */
    double q, q_df, q_p;           /* residual heterogeneity, at variances of 0 */
    double qm, qm_df1, qm_df2,
        qm_p;      /* all columns but the intercept (or all, where there is none); df2 infinite: chi2 */
    double i2, h2; /* per cent, of all variances together */
    double i2_study, i2_effect;
    double typical_v; /* the sampling variance that I2 compares with (Higgins & Thompson 2002) */
} rp_meta_fit;
/* REML and ML by Newton's method with analytic first and second derivatives, from several places; the best is kept.
 * O(k p^2) an evaluation. In arena. NULL: see *error (no memory). */
rp_meta_fit *rp_meta_fit_data(const rp_meta_data *data, rp_arena *arena, rp_error *error) RP_MUST_CHECK;

/* ---- infer: of a fit that has an estimate -------------------------------------------------------------------- */

/* tau2 with its Q-profile interval (Viechtbauer, Stat Med 26, 2007); without `study` and with method other than EE
 * (assert). Where even tau2 = 0 leaves less heterogeneity than chance is apt to, both limits are NaN; a lower limit
 * below 0 is 0. O(k p^2) times the steps. */
bool rp_meta_tau2_interval(const rp_meta_fit *fit, rp_interval *out, rp_error *error) RP_MUST_CHECK;

/* What share of the weight each effect has, in per cent, in the order of the rows: sums of rows of V^-1. */
bool rp_meta_weights(const rp_meta_fit *fit, double *out, rp_error *error) RP_MUST_CHECK;

/* The mean at a row of X (p numbers), and the interval that holds the true effect of a new study or effect. */
typedef enum rp_meta_prediction {
    RP_META_PREDICT_Z,      /* normal quantile */
    RP_META_PREDICT_T,      /* t with k - p degrees of freedom */
    RP_META_PREDICT_HIGGINS /* t with k - p - 1 (Higgins, Thompson & Spiegelhalter 2009; Riley et al. 2011) */
} rp_meta_prediction;
const char *rp_meta_prediction_words(rp_meta_prediction kind); /* "normal quantile" */
/* The mean's interval is by the fit's own test. *prediction: NaN limits where the kind has no degrees of freedom. */
void rp_meta_predict(const rp_meta_fit *fit, const double *row, rp_meta_prediction kind, rp_interval *mean,
                     rp_interval *prediction);

/* Errors that hold when effects of a cluster depend on each other in any way. `cluster`: k numbers, in the order of the
 * rows; effects of one study are of one cluster (else *error). */
typedef enum rp_meta_robust_kind {
    RP_META_CR1, /* times S / (S - p), t with S - p degrees of freedom, S clusters (metafor's robust()) */
    RP_META_CR2  /* Bell & McCaffrey 2002, the model as its own target; Satterthwaite's degrees of freedom for each
                  * coefficient (Pustejovsky & Tipton 2018) */
} rp_meta_robust_kind;
typedef struct rp_meta_robust {
    rp_meta_robust_kind kind;
    size_t clusters;
    rp_meta_coefficient *beta;
    double *vcov;
    double qm, qm_df1, qm_df2, qm_p; /* CR1: F; CR2: NaN */
} rp_meta_robust;
/* In arena. O(k p^2 + sum of n^3 over clusters of n effects). */
bool rp_meta_robust_errors(const rp_meta_fit *fit, rp_meta_robust_kind kind, const uint32_t *cluster, rp_arena *arena,
                           rp_meta_robust *out, rp_error *error) RP_MUST_CHECK;

/* ---- what single effects do ------------------------------------------------------------------------------------ */

/* The fit again without a group of rows. NaN: it has no estimate without them. */
typedef struct rp_meta_without {
    rp_meta_status status;
    rp_meta_coefficient *beta; /* p */
    double tau2, tau2_study, q, q_p, i2, h2;
} rp_meta_without;
/* `groups`: k numbers below n_groups, in the order of the rows; NULL: each row alone (n_groups is k). n_groups results,
 * in arena. */
bool rp_meta_leave_out(const rp_meta_fit *fit, const uint32_t *groups, size_t n_groups, rp_arena *arena,
                       rp_meta_without **out, rp_error *error) RP_MUST_CHECK;

/* As metafor's influence(), of models without `study` and `correlation` (assert). */
typedef struct rp_meta_influence {
    double rstudent, dffits, cook, cov_ratio, tau2, q, hat, weight; /* tau2, q: without it; weight: per cent */
    double *dfbetas;                                                /* p */
} rp_meta_influence;
bool rp_meta_influences(const rp_meta_fit *fit, rp_arena *arena, rp_meta_influence **out,
                        rp_error *error) RP_MUST_CHECK;

/* The first 1, 2, ... k rows in this order (`order`: k places of rows; NULL: as they are). */
bool rp_meta_cumulate(const rp_meta_fit *fit, const size_t *order, rp_arena *arena, rp_meta_without **out,
                      rp_error *error) RP_MUST_CHECK;

/* ---- small studies ------------------------------------------------------------------------------------------------
 */

typedef enum rp_meta_asymmetry_kind {
    RP_META_EGGER_MIXED, /* metafor's regtest(): the fit's own model, with the standard error as one more column */
    RP_META_EGGER,       /* Egger et al. 1997: least squares weighted by 1 / v, on the standard error (also: PET) */
    RP_META_PEESE        /* the same on the variance */
} rp_meta_asymmetry_kind;
typedef struct rp_meta_asymmetry {
    rp_meta_coefficient slope; /* of the standard error or variance */
    rp_meta_coefficient limit; /* the intercept: the effect expected where the standard error is 0 */
} rp_meta_asymmetry;
/* Of fits with an intercept as their only column, without `study` and `correlation` (assert). All NaN with fewer than
 * three effects or where the standard errors are all the same. */
bool rp_meta_asymmetry_test(const rp_meta_fit *fit, rp_meta_asymmetry_kind kind, rp_meta_asymmetry *out,
                            rp_error *error) RP_MUST_CHECK;

/* Trim and fill, estimator L0 (Duval & Tweedie 2000); the side is that to which Egger's slope points away. As above. */
typedef struct rp_meta_filled {
    bool right;     /* effects are missing on the right */
    size_t missing; /* how many */
    double missing_se;
    double *y, *v;    /* `missing` filled effects */
    rp_meta_fit *fit; /* with them */
} rp_meta_filled;
bool rp_meta_trim_fill(const rp_meta_fit *fit, rp_arena *arena, rp_meta_filled *out, rp_error *error) RP_MUST_CHECK;

/* Selection by one step (Vevea & Hedges 1995): an effect whose one-sided p is above `alpha` is seen `delta` times as
 * often as one below. By maximum likelihood, whatever the fit's method. Without `study` and `correlation` (assert). */
typedef struct rp_meta_selection {
    rp_meta_status status;
    const char *message;       /* why there is no estimate: no effect on one side of the step */
    rp_meta_coefficient *beta; /* p, z */
    double tau2, tau2_se, delta, delta_se;
    double log_lik;
    double lrt, lrt_p; /* against delta = 1, 1 degree of freedom */
    size_t below;      /* effects with p <= alpha */
} rp_meta_selection;
/* In arena. `alpha` in (0, 1). `greater`: p is of the hypothesis that the effect is above 0; else below. */
bool rp_meta_select(const rp_meta_fit *fit, double alpha, bool greater, rp_arena *arena, rp_meta_selection *out,
                    rp_error *error) RP_MUST_CHECK;

#endif
