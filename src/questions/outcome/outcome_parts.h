/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the question `outcome` share. Private to src/questions/outcome.
 *
 * Each outcome is asked in two versions, side by side:
 *   first_to_last  everyone's first score against their last available one;
 *   at_horizon     the score at the baseline against the score at a fixed horizon: only people still measured then.
 * The second is what "completers" are; seeing both shows what leaving them out of sight would do. */
#ifndef RAPPORT_OUTCOME_PARTS_H
#define RAPPORT_OUTCOME_PARTS_H

#include "questions/common/shared_marks.h"
#include "rapport/models.h"
#include "rapport/questions.h"

typedef enum outcome_version { FIRST_TO_LAST, AT_HORIZON, VERSIONS } outcome_version;

/* A time at which scores are looked at: an occasion, or a month since the first score. */
typedef struct outcome_slot {
    int32_t occasion;
    double months; /* NaN: not known */
    const char *label;
} outcome_slot;

enum { OUTCOME_MONTHS = 25 /* slots by month: 0 to 24 */ };

/* What is analysed for one measure, decided before any number is made. */
typedef struct outcome_plan {
    const rp_cohort *cohort;
    const rp_asked *asked;
    const rp_measure *measure;
    size_t measure_index;
    const rp_scale *scale;
    const rp_frame *frame;
    const rp_frame *shared; /* `frame`, or, of a measure of the national rule, cut by what that knows */
    const rp_frame *scores; /* that, cut by how many scores there are of this measure */
    size_t n_tail;          /* its cells: every cell below is cut by them, and they come last */
    bool by_occasion;       /* slots are occasions; else months */
    outcome_slot *slots;
    size_t n_slots, baseline_slot, horizon_slot;
    size_t slot_of_month[OUTCOME_MONTHS]; /* by months; SIZE_MAX: none */
    double horizon_months, window_months; /* by months: nearest score within the window */
    size_t n_arms, n_bands, n_groups;     /* groups: everyone, then arms, then severity bands */
    double bin_low, bin_width;
    size_t n_bins;
    bool research;
} outcome_plan;

/* false: no memory. A measure with no score in the cohort has no slots. */
bool outcome_plan_make(const rp_cohort *cohort, const rp_asked *asked, size_t measure, rp_arena *arena,
                       outcome_plan *out, rp_error *error);
/* "from before treatment to follow-up, 8 months", for sentences; "to follow-up, 8 months", for tables. */
const char *outcome_version_title(const outcome_plan *plan, outcome_version version, rp_answer *answer);
const char *outcome_version_short(const outcome_plan *plan, outcome_version version, rp_answer *answer);
int outcome_band(const outcome_plan *plan, double first_score); /* -1: none */
/* Group 0 is everyone; NULL fields where they do not apply. */
typedef struct outcome_group {
    int arm, band; /* -1: any */
    const char *arm_label, *band_label;
    const char *label; /* "Everyone", the arm, the band */
} outcome_group;
outcome_group outcome_group_at(const outcome_plan *plan, size_t group);

/* The two scores of one person in one version. */
typedef struct outcome_pair {
    bool has_before, has_after;
    double before, after;
} outcome_pair;
/* Which tail a person is in, below plan->n_tail. */
size_t outcome_tail(const outcome_plan *plan, const rp_episode *episode);
outcome_pair outcome_pair_of(const outcome_plan *plan, const rp_series *series, outcome_version version);
/* The score at a slot; NaN where there is none. */
double outcome_at_slot(const outcome_plan *plan, const rp_series *series, size_t slot);
/* The same for the slots from `first` on, in one pass over the scores. Returns how many they are. */
enum { OUTCOME_SLOTS_AT_ONCE = 32 };
size_t outcome_at_slots(const outcome_plan *plan, const rp_series *series, size_t first,
                        double values[OUTCOME_SLOTS_AT_ONCE]);
double outcome_first_score(const rp_series *series); /* NaN: never measured */

/* ---- pass 1: moments --------------------------------------------------------------------------- */

typedef struct outcome_moments {
    rp_moments baseline_all[VERSIONS]; /* everyone with a score before */
    rp_pair_moments *pairs;            /* [version][group] */
    rp_moments *slots;                 /* [0: everyone, 1..arms][slot] */
    rp_moments *completers;            /* [slot]: people also measured at the horizon */
} outcome_moments;
bool outcome_moments_make(const outcome_plan *plan, rp_arena *arena, outcome_moments *out, rp_error *error);
const rp_pair_moments *outcome_pairs(const outcome_plan *plan, const outcome_moments *m, outcome_version v, size_t g);
const rp_moments *outcome_slot_moments(const outcome_plan *plan, const outcome_moments *m, size_t arm_group, size_t s);

/* ---- pass 2: counts ----------------------------------------------------------------------------- */

/* What became of a person; the first five are rp_change_class. */
enum { OUTCOME_UNCLASSED = RP_CHANGE_CLASSES, OUTCOME_NO_AFTER, OUTCOME_NO_BEFORE, OUTCOME_CLASSES };
/* UNCLASSED: both scores, but no rule to class them by. */
enum { STAGE_ASSESSED = 1, STAGE_ENTERED = 2, STAGE_FINISHED = 4 };
unsigned outcome_stages(size_t cell); /* of the frame */

typedef struct outcome_rules {
    bool has[VERSIONS][RP_CHANGE_METHODS];
    rp_change_scale scale[VERSIONS][RP_CHANGE_METHODS];
    char why_not[VERSIONS][512]; /* of Jacobson-Truax, the leading method, where it cannot be used */
} outcome_rules;
void outcome_rules_make(const outcome_plan *plan, const outcome_moments *moments, outcome_rules *out);

/* Cells of people in one version: band x class x case before x case after x tail. */
typedef struct outcome_cell {
    int band; /* -1: none */
    int class;
    bool case_before, case_after;
    size_t tail;
} outcome_cell;
size_t outcome_cells(const outcome_plan *plan);
outcome_cell outcome_cell_at(const outcome_plan *plan, size_t i);

typedef struct outcome_counts {
    int64_t *cells;   /* [version][cell] */
    int64_t *slots;   /* [slot][measured then][measured at the horizon][tail] */
    int64_t *methods; /* [version][method][class, or not both scores][tail] */
    int64_t *bins;    /* [first bin and last bin, first to last, or not both scores][tail] */
} outcome_counts;
bool outcome_counts_make(const outcome_plan *plan, const outcome_rules *rules, rp_arena *arena, outcome_counts *out,
                         rp_error *error);
size_t outcome_slot_cell(const outcome_plan *plan, bool measured, bool completer, size_t tail);
enum { OUTCOME_SLOT_CELLS = 4, OUTCOME_METHOD_CELLS = RP_CHANGE_CLASSES + 1 }; /* times n_tail */

/* ---- writing ------------------------------------------------------------------------------------- */

/* Everything that the writers need. */
typedef struct outcome_work {
    outcome_plan plan;
    outcome_moments moments;
    outcome_rules rules;
    outcome_counts counts;
    rp_answer *answer;
    rp_universe *people[VERSIONS]; /* cells */
} outcome_work;

/* A universe of n cells, each with its tails, with these people. The tails are its frame, so that all universes of the
 * measure decide alike what is shown of how many were measured, and how many twice. */
rp_universe *outcome_universe(outcome_work *work, const char *name, size_t n, const int64_t *people);

/* Who is counted: NULL-like members mean "any". */
typedef struct outcome_who {
    const outcome_plan *plan;
    int arm, band;     /* -1: any */
    unsigned classes;  /* bit c: class c */
    unsigned stages;   /* all of these bits */
    int before, after; /* case: 1, not: 0, either: -1 */
    unsigned also;     /* classes that count whatever `before` and `after` say */
} outcome_who;
outcome_who outcome_anyone(const outcome_plan *plan, size_t group);
rp_count outcome_count(outcome_work *work, outcome_version version, outcome_who who);
/* A share with its interval; NaN where memory has run out, which leaves counts that do not go together. */
rp_interval outcome_share(const outcome_work *work, const rp_count *part, const rp_count *whole);
enum {
    OUTCOME_KNOWN = (1u << RP_CHANGE_CLASSES) - 1 + (1u << OUTCOME_UNCLASSED), /* both scores */
    OUTCOME_UNKNOWN = (1u << OUTCOME_NO_AFTER) + (1u << OUTCOME_NO_BEFORE),
    OUTCOME_ANY = (1u << OUTCOME_CLASSES) - 1
};

/* A statement with what every statement of this question carries. */
rp_statement *outcome_statement(outcome_work *work, const char *id, size_t group, outcome_version version);
bool outcome_rule_confirmed(const outcome_work *work);

void outcome_write_definitions(outcome_work *work);
void outcome_write_figures(outcome_work *work);
void outcome_write_people(outcome_work *work);
void outcome_write_rates(outcome_work *work);
void outcome_write_change(outcome_work *work);
void outcome_write_trajectory(outcome_work *work);
void outcome_write_methods(outcome_work *work);
bool outcome_write_growth(outcome_work *work, rp_error *error);
bool outcome_write_points(outcome_work *work, rp_error *error);
bool outcome_write_sudden(outcome_work *work, rp_error *error);
/* Of the cohort as a whole, whatever the measures. */
bool outcome_write_national(const rp_cohort *cohort, const rp_asked *asked, rp_answer *answer, rp_error *error);

#endif
