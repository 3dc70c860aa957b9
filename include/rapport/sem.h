/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 4, models/sem: structural equation models. Knows nothing of therapy.
 *
 *   v = alpha + A v + u,  u ~ (0, S);  B = (I - A)^-1;  mu = F B alpha,  Sigma = F B S B' F'
 *
 * the reticular action model (McArdle & McDonald, Br J Math Stat Psychol 37, 1984): v holds observed variables, then
 * latent ones; A arrows, S variances and covariances, alpha intercepts; F keeps the observed.
 *
 * The order of work: text -> spec; rows -> statistics that merge; fit. A fit never sees rows again. */
#ifndef RAPPORT_SEM_H
#define RAPPORT_SEM_H

#include "rapport/models.h"

/* ---- layout: what is observed ------------------------------------------------------------------------ */

typedef enum rp_sem_missing {
    RP_SEM_LISTWISE, /* rows with a missing value are left out, and counted */
    RP_SEM_FIML      /* every row with at least one value counts (missing at random) */
} rp_sem_missing;

/* Shared by the statistics and by all models that are fitted to them. All borrowed. */
typedef struct rp_sem_layout {
    const char *const *observed; /* names of the variables, as the rows have them */
    size_t n_observed;
    const char *const *groups; /* names; NULL: one group without a name */
    size_t n_groups;           /* at least 1 */
    rp_sem_missing missing;
    /* The statistics keep the values of each row too, for robust errors (RP_SEM_MLR): what the scores of incomplete
     * rows vary by is fourth powers within each pattern of missing values, which are more numbers than the rows. So a
     * fit looks at the rows' values again, but not at where they came from. */
    bool casewise;
    /* Ordered items, for RP_SEM_WLSMV: how many categories each variable has, from 1 to 256; rows hold their numbers
     * from 0. NULL: all variables are numbers. Listwise only. */
    const uint32_t *categories;
    /* The two groups are two levels of the same rows: within clusters, and between them. Listwise only. */
    bool levels;
} rp_sem_layout;

/* ---- spec: what is asked ------------------------------------------------------------------------------- */

typedef enum rp_sem_op {
    RP_SEM_MEASURES,  /* lhs =~ rhs: latent lhs is measured by rhs; an arrow from lhs to rhs */
    RP_SEM_REGRESSES, /* lhs ~ rhs: an arrow from rhs to lhs */
    RP_SEM_COVARIES,  /* lhs ~~ rhs: a variance where both are the same, or a covariance */
    RP_SEM_INTERCEPT, /* lhs ~ 1 */
    RP_SEM_THRESHOLD  /* lhs | t: the bound below category number rhs, from 1 (ordered items) */
} rp_sem_op;

/* A line of the parameter table. Lines of the same label in any group are one parameter. */
typedef struct rp_sem_line {
    rp_sem_op op;
    size_t lhs, rhs; /* variables: observed by their place in the layout, then latent; INTERCEPT: rhs as lhs */
    size_t group;
    size_t parameter;  /* which free parameter it is, from 0; SIZE_MAX: it is fixed at `value` */
    double value;      /* of a fixed one; of a free one the start that the user gave, or NaN */
    const char *label; /* NULL: none */
    bool by_user;      /* it stands in the text; else it was added, as the usual rules have it */
} rp_sem_line;

/* A linear constraint among free parameters: the sum of weights[i] * theta[i] is `constant`. */
typedef struct rp_sem_constraint {
    const double *weights; /* n_parameters */
    double constant;
} rp_sem_constraint;

/* name := expression in labels, as steps of a stack machine. */
typedef enum rp_sem_step_kind {
    RP_SEM_NUMBER,    /* push `number` */
    RP_SEM_PARAMETER, /* push theta[index] */
    RP_SEM_DEFINED,   /* push the value of the defined parameter `index`, an earlier one */
    RP_SEM_ADD,
    RP_SEM_SUBTRACT,
    RP_SEM_MULTIPLY,
    RP_SEM_DIVIDE,
    RP_SEM_POWER,
    RP_SEM_NEGATE,
    RP_SEM_EXP,
    RP_SEM_LOG,
    RP_SEM_SQRT
} rp_sem_step_kind;
typedef struct rp_sem_step {
    rp_sem_step_kind kind;
    double number;
    size_t index;
} rp_sem_step;
typedef struct rp_sem_defined {
    const char *name;
    const char *text; /* the expression as it was written, without blanks */
    const rp_sem_step *steps;
    size_t n_steps;
} rp_sem_defined;

typedef struct rp_sem_spec {
    const rp_sem_layout *layout;
    const char *const *latent; /* names */
    size_t n_latent;
    bool means; /* intercepts are part of the model; else means are as observed and are left out */
    const rp_sem_line *lines;
    size_t n_lines;
    size_t n_parameters; /* free ones, before constraints */
    const rp_sem_constraint *constraints;
    size_t n_constraints;
    const rp_sem_defined *defined;
    size_t n_defined;
} rp_sem_spec;

/* ---- text: a model in the syntax of lavaan -------------------------------------------------------------- */

/* Blocks `level: 1` (or within) and `level: 2` (or between). Operators =~ ~ ~~ ~1, `==` and `:=`; modifiers number*x
 * (fixed), label*x, NA*x (free), start(number)*x, c(.., ..)*x (one for each group); comments # and !; statements end at
 * a line's end or a semicolon, and go on where a line ends with an operator or a plus. */
typedef struct rp_sem_text rp_sem_text;
/* In arena; `text` is borrowed. NULL: see *error, whose line and column are those of the fault in `text`, whose file is
 * RP_SEM_TEXT_FILE, and whose remedy says what was expected. */
#define RP_SEM_TEXT_FILE "model"
rp_sem_text *rp_sem_parse(const char *text, rp_arena *arena, rp_error *error) RP_MUST_CHECK;
/* The names that are not latent, in order of their first place in the text: what the data have to have. */
size_t rp_sem_observed(const rp_sem_text *text, const char *const **names);
/* Whether the text has blocks of two levels, for which the layout has to have `levels`. */
bool rp_sem_has_levels(const rp_sem_text *text);
/* A fault of the i-th of them, where it first stands in the text. Returns false; the remedy may be added. */
bool rp_sem_observed_fail(const rp_sem_text *text, size_t i, rp_error *error, rp_code code, const char *format, ...)
    RP_PRINTF(5, 6);

/* The usual rules (lavaan's cfa() and sem()), and departures from them. */
typedef struct rp_sem_rules {
    bool std_lv;     /* latent variances are 1; else the first loading of each latent variable is */
    bool orthogonal; /* latent variables do not covary unless the text says so */
    bool growth;     /* intercepts of observed indicators 0, means of latent variables free */
    bool means;      /* intercepts also where the text has none (FIML and several groups have them always) */
    /* Over groups; see lavaan's group.equal: residuals are variances of observed variables, residual covariances those
     * among them, means those of latent variables. */
    bool equal_loadings, equal_intercepts, equal_means, equal_regressions, equal_residuals, equal_residual_covariances,
        equal_lv_variances, equal_lv_covariances;
} rp_sem_rules;
/* In arena; layout borrowed. Residual variances of everything that has an arrow to it, variances of the rest,
 * covariances of exogenous latent variables and of residuals of final outcomes are added as lavaan adds them, but
 * exogenous observed variables are random (fixed.x = FALSE). Ordered variables (layout->categories) have a free
 * threshold below each category but the first, in each group, no intercepts, and residual variances that are what is
 * left of 1 (delta parametrisation; the scales ~*~ are 1); that holds of exogenous ones too. NULL: see *error (a name
 * that the layout has not, with its line and column; an unknown label; a constraint that is not linear). */
rp_sem_spec *rp_sem_specify(const rp_sem_text *text, const rp_sem_layout *layout, const rp_sem_rules *rules,
                            rp_arena *arena, rp_error *error) RP_MUST_CHECK;
/* The value of each defined parameter at theta, and, unless NULL, its derivatives: n_defined by n_parameters. */
bool rp_sem_define(const rp_sem_spec *spec, const double *theta, double *values, double *derivatives,
                   rp_arena *scratch) RP_MUST_CHECK;

/* ---- prepare: statistics that merge ---------------------------------------------------------------------- */

/* A block of rows; everything borrowed. */
typedef struct rp_sem_rows {
    size_t n;
    const double *const *columns; /* n_observed arrays of n numbers; NaN: missing */
    const uint32_t *group;        /* n numbers below n_groups; NULL: all of group 0 */
    const uint64_t *cluster;      /* with layout->levels: whose row it is; rows of one cluster lie in one block */
} rp_sem_rows;

typedef struct rp_sem_stats rp_sem_stats;
/* A block's statistics, in arena; the rows may go after it, the layout is borrowed. Blocks that are prepared apart and
 * merged in order give the same bits whatever thread prepared them; another order of rows agrees within 1e-10. */
rp_sem_stats *rp_sem_prepare(const rp_sem_layout *layout, const rp_sem_rows *rows, rp_arena *arena,
                             rp_error *error) RP_MUST_CHECK;
rp_sem_stats *rp_sem_merge(rp_sem_stats *const *parts, size_t n, rp_arena *arena, rp_error *error) RP_MUST_CHECK;
/* With levels: rows for group 0, clusters for group 1. */
int64_t rp_sem_rows_used(const rp_sem_stats *stats, size_t group);
int64_t rp_sem_rows_left_out(const rp_sem_stats *stats);

/* ---- fit --------------------------------------------------------------------------------------------------- */

typedef enum rp_sem_status {
    RP_SEM_CONVERGED,
    RP_SEM_IMPROPER, /* converged, but a variance below 0 or a correlation beyond 1 (a Heywood case), or covariances
                      * that cannot be true together; see the notes */
    RP_SEM_NOT_IDENTIFIED, /* parameters cannot be told apart by these data: their errors are NaN; see the notes */
    RP_SEM_NOT_CONVERGED,
    RP_SEM_NOT_FITTED /* no estimate at all; see the message */
} rp_sem_status;

typedef enum rp_sem_estimator {
    RP_SEM_ML, /* normal maximum likelihood, divisor N (Wishart's is not offered); FIML where values are missing */
    /* The same estimates; errors that do not rest on normality (Huber and White's sandwich, with observed information),
     * and Yuan & Bentler's scaled chi-square in the form of Mplus: as lavaan's estimator = "MLR". */
    RP_SEM_MLR,
    RP_SEM_WLSMV /* ordered items: diagonally weighted least squares of polychoric correlations; scaled and shifted */
} rp_sem_estimator;

typedef struct rp_sem_options {
    rp_sem_estimator estimator; /* must suit the layout (assert): MLR casewise, WLSMV categories */
    const double *start;        /* n_parameters, or NULL */
    int starts;                 /* 0: one, or several where latent variables outnumber what covaries (a bifactor) */
    int most_evaluations;       /* 0: enough */
    uint64_t seed;              /* of further starts */
} rp_sem_options;

typedef struct rp_sem_fit {
    rp_sem_estimator estimator;
    const rp_sem_spec *spec;
    const rp_sem_stats *stats;
    rp_sem_status status;
    bool incoherent; /* improper in this alone: covariances that cannot be true together, though each could be */
    const char *message;
    const char *const *notes;
    size_t n_notes;
    int evaluations;
    double max_gradient;
    int64_t n;
    size_t n_free; /* parameters less constraints */
    double *theta; /* n_parameters */
    /* n_parameters by n_parameters: of expected information (complete data), observed (FIML, levels), or the sandwich
     * (MLR). */
    double *vcov;
    double log_lik;           /* of the model */
    double log_lik_saturated; /* of unrestricted means and covariances */
    /* Twice the difference; WLSMV: (N - 1) times the minimum (log_lik is NaN). Where two variables are never seen
     * together, or the unrestricted covariances of two levels are not found, log_lik_saturated and chisq are NaN, and a
     * note says so. */
    double chisq, df;
    /* MLR: chisq over `scaling`. WLSMV: chisq over `scaling`, plus `shift`. ML: NaN. */
    double chisq_scaled, df_scaled, scaling, shift;
    const struct sem_moments *moments; /* WLSMV: thresholds and correlations, for what is asked of the fit; else NULL */
    double scaling_baseline;           /* MLR: of the baseline model */
} rp_sem_fit;
/* In arena. NULL: see *error (no memory). */
rp_sem_fit *rp_sem_fit_stats(const rp_sem_spec *spec, const rp_sem_stats *stats, const rp_sem_options *options,
                             rp_arena *arena, rp_error *error) RP_MUST_CHECK;

/* ---- how well it fits ------------------------------------------------------------------------------------------ */

/* As lavaan defines them. The baseline model has variances and means alone. What is not defined is NaN. */
typedef struct rp_sem_measures {
    double p; /* of the fit's chisq */
    double baseline_chisq, baseline_df;
    double cfi, tli;                        /* Bentler 1990; Tucker & Lewis 1973 */
    double rmsea, rmsea_lower, rmsea_upper; /* Steiger 1990, with a 90% interval */
    double srmr;                            /* Bentler 1995, means among the residuals where the model has them */
    double srmr_within, srmr_between; /* two levels: of correlations; srmr is their sum, as lavaan has it. Else NaN */
    double aic, bic;
    /* By the scaled chi-squares of model and baseline; ML: NaN. */
    double p_scaled, baseline_chisq_scaled, baseline_df_scaled, cfi_scaled, tli_scaled;
    double rmsea_scaled, rmsea_scaled_lower, rmsea_scaled_upper;
} rp_sem_measures;
/* Of a fit that has an estimate. O(steps of EM). False: no memory. */
bool rp_sem_measure(const rp_sem_fit *fit, rp_sem_measures *out) RP_MUST_CHECK;

/* Each line's value at theta, also where that is neither a parameter nor fixed: the residual variance of an ordered
 * variable, which is what is left of 1 (its line has no parameter, and NaN for a value). NaN where arrows that go in
 * circles have no end. `out` has n_lines places. False: no memory. */
bool rp_sem_values(const rp_sem_spec *spec, const double *theta, double *out) RP_MUST_CHECK;

/* Each line's value where all variables, latent and observed, have a standard deviation of 1 in their group: loadings
 * and regressions times the standard deviation of where they come from over that of where they go; a variance as a
 * share of the whole variance; a covariance as a correlation (of residuals, where both have arrows to them); an
 * intercept in standard deviations. NaN: a variance is not above 0. `out` has n_lines places. False: no memory. */
bool rp_sem_standardise(const rp_sem_spec *spec, const double *theta, double *out) RP_MUST_CHECK;

/* ---- more of a fit that has an estimate; errors by the delta method, NaN where vcov has none ------------------------
 */

/* n_lines standardised values and their errors. False: no memory. */
bool rp_sem_standardised(const rp_sem_fit *fit, double *values, double *errors, rp_arena *scratch) RP_MUST_CHECK;
/* n_defined values and their errors. False: no memory. */
bool rp_sem_defined_errors(const rp_sem_fit *fit, double *values, double *errors, rp_arena *scratch) RP_MUST_CHECK;

/* What one line more, or one fixed line freed, would lower chisq by (the score test; Sorbom 1989), and by what its
 * value would then change about. Lines are those of lavaan's modindices(): loadings, covariances, regressions among
 * variables that have some, intercepts; constraints and equal labels stay. One that the others leave nothing of is not
 * there, and none is of a model that is not identified. WLSMV: of the plain chisq, not of the scaled one. */
typedef struct rp_sem_modification {
    rp_sem_op op;
    size_t lhs, rhs, group;
    double index, change, change_std; /* change_std: as rp_sem_standardise has it */
} rp_sem_modification;
/* Largest index first, in arena. False: no memory. */
bool rp_sem_modifications(const rp_sem_fit *fit, rp_arena *arena, rp_sem_modification **out, size_t *n) RP_MUST_CHECK;

/* Observed less implied, of one group: n_observed means, and n_observed by n_observed covariances and correlations
 * (Bentler's: both over observed standard deviations). FIML: observed is the unrestricted model's; WLSMV: correlations;
 * NaN of two variables that no row has both of, and where the unrestricted covariances of two levels are not found. In
 * arena. */
typedef struct rp_sem_residuals {
    double *mean, *cov, *cor;
} rp_sem_residuals;
bool rp_sem_residuals_of(const rp_sem_fit *fit, size_t group, rp_arena *arena, rp_sem_residuals *out) RP_MUST_CHECK;

/* Each row's latent variables as the regression method has them (Thomson 1934), from what the row has: n_latent arrays
 * of rows->n numbers; NaN: nothing observed. Not for WLSMV, not of two levels (assert). False: no memory. */
bool rp_sem_scores(const rp_sem_fit *fit, const rp_sem_rows *rows, double *const *out, rp_arena *scratch) RP_MUST_CHECK;

/* How reliable the plain sum of the group's observed variables is, as the model has it (McDonald 1999; Zinbarg et al.
 * 2005): the share of its implied variance from all latent variables, and from `general` alone (its place in
 * spec->latent), directly and by way of others, each with its error. SIZE_MAX: none is general, hierarchical is NaN.
 * With ordered items it is the sum of what lies under them. False: no memory. */
typedef struct rp_sem_omega {
    double total, total_se, hierarchical, hierarchical_se;
} rp_sem_omega;
bool rp_sem_omega_of(const rp_sem_fit *fit, size_t group, size_t general, rp_sem_omega *out,
                     rp_arena *scratch) RP_MUST_CHECK;

#endif
