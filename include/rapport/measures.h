/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floor 4, measures: questionnaires. Their definition, scoring, norms, caseness, reliable and clinically significant
 * change. Knows nothing of services or models. docs/instruments.md gives the file format. */
#ifndef RAPPORT_MEASURES_H
#define RAPPORT_MEASURES_H

#include "rapport/json.h"
#include "rapport/maths.h"
#include "rapport/table.h"

/* Where a figure comes from, and from when to when it holds. Every norm, cut-off and threshold has one. */
typedef struct rp_figure_source {
    const char *text;    /* citation, or "the study's map" */
    const char *licence; /* "" where the figure is a fact without one */
    rp_date from, to;    /* RP_NO_DATE: open */
    bool confirmed;      /* false: recalled or second-hand; every report that uses it says so */
} rp_figure_source;

/* ---- reliable and clinically significant change: the rule ---------------------------------- */

typedef enum rp_change_method {
    RP_CHANGE_JT,  /* Jacobson & Truax 1991 */
    RP_CHANGE_EN,  /* Edwards & Nunnally: Speer 1992 */
    RP_CHANGE_GLN, /* Gulliksen, Lord & Novick: Hsu 1989 */
    RP_CHANGE_HA,  /* Hageman & Arrindell 1999 */
    RP_CHANGE_HLL, /* Hsu, Linn & Lord: Hsu 1989 */
    RP_CHANGE_NK,  /* Nunnally & Kotsch 1983 */
    RP_CHANGE_METHODS
} rp_change_method;
const char *rp_change_method_name(rp_change_method method);  /* "jacobson_truax" ... */
const char *rp_change_method_title(rp_change_method method); /* "Jacobson–Truax" ... */

typedef enum rp_cutoff_kind { RP_CUTOFF_NONE, RP_CUTOFF_A, RP_CUTOFF_B, RP_CUTOFF_C, RP_CUTOFF_NUMBER } rp_cutoff_kind;
typedef enum rp_sd_kind { RP_SD_BASELINE_PAIRED, RP_SD_BASELINE_ALL, RP_SD_NUMBER } rp_sd_kind;

/* What an instrument or a map says about change on one scale. NaN where not said. */
typedef struct rp_change_rule {
    double reliability;      /* in (0, 1) */
    double reliability_post; /* Nunnally-Kotsch, Hageman-Arrindell. NaN: as reliability; for Hageman-Arrindell, from the
                                standard error of measurement and the SD after */
    rp_sd_kind sd_kind;
    double sd; /* with RP_SD_NUMBER */
    double functional_mean, functional_sd;
    rp_cutoff_kind cutoff_kind;
    double cutoff;          /* with RP_CUTOFF_NUMBER: at or past it (towards worse) is a case */
    double reliable_change; /* a fixed threshold: with Jacobson-Truax, |change| >= it is reliable; NaN: by the method.
                               The other methods, asked for by name, go by their own index */
    double minimally_important; /* smallest change that matters to people; NaN: not known */
    rp_figure_source reliability_source, functional_source, cutoff_source, reliable_change_source,
        minimally_important_source; /* of a figure that is not given: no text, confirmed */
} rp_change_rule;
rp_change_rule rp_change_rule_none(void); /* nothing said: all NaN, kinds none, SD of the baseline of the pairs */

/* ---- instruments ------------------------------------------------------------------------- */

typedef enum rp_instrument_kind { RP_KIND_OUTCOME, RP_KIND_ALLIANCE, RP_KIND_OTHER } rp_instrument_kind;
typedef enum rp_missing_rule {
    RP_ITEMS_ALL_NEEDED, /* a missing item: no score */
    RP_ITEMS_PRORATE     /* up to items_may_miss missing: mean of those answered x number of items */
} rp_missing_rule;
typedef enum rp_scale_score { RP_SCORE_SUM, RP_SCORE_MEAN } rp_scale_score;

typedef struct rp_item {
    const char *name;       /* "1", "task1" */
    double lowest, highest; /* of the response scale */
    const char *wording;    /* NULL where the licence does not let it ship */
    double risk_from;       /* an answer of so much or more tells of a risk to the person or to others, and is to be
                             * talked about with them; NaN: the item does not ask about that */
    rp_figure_source risk_source;
} rp_item;

typedef struct rp_severity_band {
    double from; /* inclusive; bands in rising order */
    const char *label;
} rp_severity_band;

typedef struct rp_scale {
    const char *name;  /* "total", "task" */
    const char *title; /* "Total", "Agreement on tasks" */
    rp_scale_score score;
    const uint16_t *items; /* indices into the instrument's items; none: total only, scores are supplied */
    const bool *reversed;  /* per item of this scale */
    size_t n_items;
    rp_figure_source key_source; /* of which items, and which reversed; of the range where there are no items */
    rp_missing_rule missing_rule;
    size_t items_may_miss;
    double lowest, highest; /* possible scores */
    bool whole;             /* only whole numbers can occur (when not prorated) */
    bool higher_is_worse;
    rp_change_rule change;
    const rp_severity_band *bands;
    size_t n_bands;
    rp_figure_source bands_source;
} rp_scale;

typedef struct rp_instrument {
    const char *name;        /* "phq-9" */
    const char *version;     /* "1" */
    const char *title;       /* "Patient Health Questionnaire (9 items)" */
    const char *short_title; /* "PHQ-9" */
    rp_instrument_kind kind;
    const char *measures; /* "depression", "working alliance" */
    const char *licence;  /* of wording and of use, in words */
    const char *source;   /* citation */
    const char *recall;   /* "the last two weeks"; "" where not known */
    const rp_item *items;
    size_t n_items;
    const rp_scale *scales;
    size_t n_scales;
    bool is_inline; /* defined in a map */
} rp_instrument;

/* The instruments known to a run. In arena; pointers into it stay valid as long as the arena. */
typedef struct rp_instruments rp_instruments;
/* With those that are built in. NULL: see *error (out of memory, or a built-in file at fault). */
rp_instruments *rp_instruments_new(rp_arena *arena, rp_error *error) RP_MUST_CHECK;
/* Adds one from a FHIR Questionnaire (docs/instruments.md); name@version must be new. `file` stands in messages. */
const rp_instrument *rp_instruments_add_fhir(rp_instruments *known, const json_t *questionnaire, const char *file,
                                             rp_error *error) RP_MUST_CHECK;
/* Adds one from the compact form that maps use inline ({"title", "kind", "items", "scales", ...}); `where` stands in
 * messages. */
const rp_instrument *rp_instruments_add_inline(rp_instruments *known, const char *name, const json_t *definition,
                                               const char *where, rp_error *error) RP_MUST_CHECK;
/* "phq-9@1", or "phq-9" (one that a map defines before any other, then the newest version); case-insensitive. NULL: not
 * known. */
const rp_instrument *rp_instruments_find(const rp_instruments *known, rp_text name);
const rp_instrument *rp_instruments_nearest(const rp_instruments *known, rp_text name); /* for "did you mean"; NULL */
size_t rp_instruments_count(const rp_instruments *known);
const rp_instrument *rp_instruments_at(const rp_instruments *known, size_t i); /* in order of name */
int rp_instrument_scale(const rp_instrument *instrument, const char *name);    /* index or -1 */
int rp_instrument_item(const rp_instrument *instrument, rp_text name);         /* index or -1 */
bool rp_instrument_has_risk_items(const rp_instrument *instrument);
/* A copy whose scales' change rules are overlaid by the members of a map's "change" object (only those named there;
 * their source becomes `where`, confirmed). Applies to every scale of an outcome instrument with one scale, else
 * `change` is keyed by scale name. In arena of `known`; replaces the original in `known`. */
const rp_instrument *rp_instruments_overlay(rp_instruments *known, const rp_instrument *original, const json_t *change,
                                            const char *where, rp_error *error) RP_MUST_CHECK;

/* ---- scoring ----------------------------------------------------------------------------- */

typedef struct rp_score {
    double value; /* NaN: no score */
    size_t answered, items;
    bool prorated;
} rp_score;
/* answers: one value per item of the instrument, NaN where missing; values within the response scale (assert).
 * Reversed items count as lowest + highest - value. Cost O(items of the scale). */
rp_score rp_instrument_score(const rp_instrument *instrument, size_t scale, const double *answers);
/* The band of a score, as an index into the scale's bands; -1 where there is none, and for NaN. */
int rp_scale_band_index(const rp_scale *scale, double score);
/* The band's label for a score, or NULL where there are no bands. */
const char *rp_scale_band(const rp_scale *scale, double score);

/* ---- classifying change -------------------------------------------------------------------- */

/* Statistics of the people who are classified (those with both scores), and of all with a first score. */
typedef struct rp_change_data {
    rp_pair_moments pairs; /* x: before, y: after */
    rp_moments baseline_all;
} rp_change_data;

/* A rule made ready for one set of people by one method: everything that classifying one person needs. */
typedef struct rp_change_scale {
    rp_change_method method;
    bool higher_is_worse;
    double reliability, reliability_post;
    double sd_pre, sd_post, mean_pre, mean_post; /* as used */
    double standard_error;                       /* S_E = sd sqrt(1 - r) */
    double standard_error_post;                  /* HA: of the score after */
    double s_diff;                               /* the denominator of the method's index; JT: sqrt(2) S_E */
    double r_dd;                                 /* HA: reliability of the difference */
    double critical;                             /* 1.96; HA: 1.65 */
    double reliable_change; /* change needed: fixed threshold, or critical * s_diff for JT; NaN where it depends on the
                               first score */
    bool fixed_threshold;   /* the instrument's own threshold decides, not the index */
    bool has_cutoff;
    double cutoff;                     /* HA, kinds a, b and c: on the scale of true scores */
    double clinical_mean, clinical_sd; /* used for cut-off a or c */
} rp_change_scale;

/* false: the rule lacks what the method needs, or the data do (error says which: no reliability, no SD, fewer than two
 * pairs). Cut-off a = M_clin + 2 SD_clin towards better; b = M_func - 2 SD_func towards worse; c = (SD_c M_f + SD_f
 * M_c) / (SD_c + SD_f) (Jacobson & Truax 1991). Clinical mean and SD are the baseline's. */
bool rp_change_prepare(const rp_change_rule *rule, bool higher_is_worse, rp_change_method method,
                       const rp_change_data *data, rp_change_scale *out, rp_error *error) RP_MUST_CHECK;

/* Reliable change alone. */
typedef enum rp_reliable { RP_RELIABLY_IMPROVED, RP_NOT_RELIABLY_CHANGED, RP_RELIABLY_DETERIORATED } rp_reliable;
rp_reliable rp_change_reliable(const rp_change_scale *scale, double before, double after);
/* The method's index (JT: RCI), signed so that negative is better when higher is worse; NaN with a fixed threshold. */
double rp_change_index(const rp_change_scale *scale, double before, double after);
bool rp_change_is_case(const rp_change_scale *scale, double score); /* on the clinical side; needs has_cutoff */
/* HA's clinical significance index: how far past the cut-off the estimated true score after is, in standard errors,
 * signed as the score is. It must pass `critical` for recovery (or harm). NaN with another method or without a cut-off.
 */
double rp_change_cutoff_index(const rp_change_scale *scale, double after);

/* Reliable change and the cut-off together, as Jacobson & Truax combine them. Without a cut-off RECOVERED and HARMED do
 * not occur. */
typedef enum rp_change_class {
    RP_RECOVERED, /* reliably improved, from the clinical to the functional side */
    RP_IMPROVED,  /* reliably improved, not recovered */
    RP_UNCHANGED,
    RP_DETERIORATED, /* reliably deteriorated, not harmed */
    RP_HARMED,       /* reliably deteriorated, from the functional to the clinical side */
    RP_CHANGE_CLASSES
} rp_change_class;
rp_change_class rp_change_classify(const rp_change_scale *scale, double before, double after);

/* ---- sudden gains and losses ------------------------------------------------------------------- */

/* One sudden change between two sessions that follow one another (Tang & DeRubeis, J Consult Clin Psychol 67, 1999). */
typedef struct rp_sudden {
    size_t session;   /* the session before it, from 0 */
    double magnitude; /* how much the score changed, above 0 */
    bool reversed;    /* a later session gave back half of it or more */
} rp_sudden;

typedef struct rp_sudden_found {
    size_t n;          /* sudden changes, in order; the first `room` are in the caller's list */
    size_t analysable; /* pairs of sessions that could be judged */
    bool any_reversed;
} rp_sudden_found;

/* Sudden gains (changes for the better), or with `losses` those for the worse, in one person's scores by session, NaN
 * where a session has none. All three criteria must hold between sessions n and n + 1, from the second session to the
 * one before the last but one:
 *   1. the change is `cutoff` or more (> 0);
 *   2. it is a quarter or more of the score at n;
 *   3. the means of up to three scores up to n and of up to three from n + 1 differ by more than the two-sided 5% point
 *      of t times sqrt(((n1 - 1) s1^2 + (n2 - 1) s2^2) / (n1 + n2 - 2)), at least two on each side; degrees of freedom
 *      fall with each score that is missing (Lutz and others, J Consult Clin Psychol 81, 2013: 2.776, 3.182, 4.303).
 * Both sessions' scores and two on each side make a pair analysable. Scores that may be below zero are not for this:
 * criterion 2 is a share. Cost O(sessions). */
rp_sudden_found rp_sudden_changes(const double *scores, size_t n_sessions, double cutoff, bool higher_is_worse,
                                  bool losses, rp_sudden *out, size_t room);

/* ---- ruptures and repairs of the alliance ---------------------------------------------------------- */

/* Rapport's own rule; docs/alliance.md has it in words, with what others do. A rupture: the score is worse than at the
 * session before by `cutoff` or more. It is repaired where one of the next RP_REPAIR_SESSIONS sessions has a score that
 * regains half of the drop or more; not repaired where each of them has a score and none does; and not known where one
 * of them has no score, or is not there, and none of the others does. */
enum { RP_REPAIR_SESSIONS = 3 };
typedef struct rp_ruptures {
    size_t judged; /* pairs of sessions that follow one another and both have a score */
    size_t repaired, not_repaired, not_known;
} rp_ruptures;

/* In one person's scores by session, NaN where a session has none. cutoff > 0 (assert). Cost O(sessions). */
rp_ruptures rp_ruptures_find(const double *scores, size_t n_sessions, double cutoff, bool higher_is_worse);

#endif
